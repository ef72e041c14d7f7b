"""Checks inside ``review.toml``: ids, references, and values that contradict each other."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from equipoise.review.model import Comparison, Outcome, Problem, Scale
from equipoise.review.problems import Place, did_you_mean, error, one_of, warning
from equipoise.review.protocol import Plan

MEASURES = {
    "binary": ("RR", "OR", "RD", "PETO", "GENERIC"),
    "continuous": ("MD", "SMD", "GENERIC"),
    "rate": ("IRR", "IRD", "GENERIC"),
    "time-to-event": ("HR", "GENERIC"),
}
_ID = re.compile(r"\w[\w-]*")


def check_protocol(plan: Plan) -> Iterator[Problem]:
    """Check the protocol against itself."""
    yield from _ids(plan)
    for comparison in plan.comparisons:
        yield from _comparison(plan, comparison)
    for scale in plan.scales:
        yield from _scale(plan, scale)
    yield from _windows(plan)
    for outcome in plan.outcomes:
        yield from _outcome(plan, outcome)
        yield from _important_differences(plan, outcome)
    yield from _analyses(plan)
    yield from _sensitivity(plan)
    yield from _included(plan)


def unknown(
    plan: Plan, entry: object, field: str, value: str, collection: str
) -> Iterator[Problem]:
    """Report a reference to an id that ``[[collection]]`` does not declare."""
    declared = plan.declared[collection]
    if plan.lists(collection) and value not in declared:
        message = f"No entry of [[{collection}]] has this id.{did_you_mean(value, declared)}"
        place = plan.decoder.place_of(entry, field)
        yield error(place, "unknown-id", message, found=value, allowed=one_of(declared))


def _ids(plan: Plan) -> Iterator[Problem]:
    collections: dict[str, Sequence[Any]] = {
        "treatments": plan.treatments,
        "comparisons": plan.comparisons,
        "times": plan.times,
        "scales": plan.scales,
        "outcomes": plan.outcomes,
        "subgroups": plan.subgroups,
        "sensitivity": plan.sensitivity,
    }
    if plan.review is not None:
        yield from _id_form(plan, plan.review)
    for name, entries in collections.items():
        seen: set[str] = set()
        for entry in entries:
            yield from _id_form(plan, entry)
            if entry.id in seen:
                place = plan.decoder.place_of(entry, "id")
                message = f"Two entries of [[{name}]] have this id."
                yield error(place, "duplicate-id", message, found=entry.id, allowed="unique ids")
            seen.add(entry.id)
    for name in ("treatments", "comparisons", "outcomes"):
        if plan.file is not None and not plan.declared[name]:
            message = f"A review plans at least one entry of [[{name}]]."
            yield error(plan.decoder.place((name,)), "nothing-planned", message)


def _id_form(plan: Plan, entry: Any) -> Iterator[Problem]:
    if not _ID.fullmatch(entry.id):
        message = "Ids become parts of names and links."
        place = plan.decoder.place_of(entry, "id")
        allowed = "letters, digits, - and _, beginning with a letter or digit"
        yield error(place, "bad-id", message, found=entry.id, allowed=allowed)


def _comparison(plan: Plan, comparison: Comparison) -> Iterator[Problem]:
    place = plan.decoder.place_of(comparison, "comparators")
    yield from unknown(plan, comparison, "treatment", comparison.treatment, "treatments")
    for comparator in dict.fromkeys(comparison.comparators):
        yield from unknown(plan, comparison, "comparators", comparator, "treatments")
    if not comparison.comparators:
        message = "A comparison holds its treatment against at least one comparator."
        yield error(place, "no-comparator", message, found="nothing")
    if comparison.treatment in comparison.comparators:
        message = "A treatment cannot be its own comparator."
        yield error(place, "own-comparator", message, found=comparison.treatment)
    yield from _repeated(place, comparison.comparators, "comparator")


def _repeated(place: Place, values: Sequence[str], what: str) -> Iterator[Problem]:
    for value, count in Counter(values).items():
        if count > 1:
            yield error(place, "listed-twice", f"This {what} is listed twice.", found=value)


def _scale(plan: Plan, scale: Scale) -> Iterator[Problem]:
    if scale.low is not None and scale.high is not None and scale.low >= scale.high:
        place = plan.decoder.place_of(scale, "low")
        message = (
            "The low end of a scale lies below its high end; 'direction' says which is better."
        )
        yield error(
            place, "low-above-high", message, found=scale.low, allowed=f"below {scale.high:g}"
        )


def _windows(plan: Plan) -> Iterator[Problem]:
    for time in plan.times:
        if time.from_days is None or time.to_days is None:
            continue
        if time.from_days > time.to_days:
            place = plan.decoder.place_of(time, "from_days")
            message = "The window ends before it begins."
            yield error(
                place,
                "low-above-high",
                message,
                found=time.from_days,
                allowed=f"{time.to_days:g} or less",
            )


def _outcome(plan: Plan, outcome: Outcome) -> Iterator[Problem]:
    for time in dict.fromkeys(outcome.times):
        yield from unknown(plan, outcome, "times", time, "times")
    place = plan.decoder.place_of(outcome, "times")
    yield from _repeated(place, outcome.times, "time window")
    yield from _measure(plan, outcome, outcome.measure, outcome)
    if outcome.scale is not None:
        yield from unknown(plan, outcome, "scale", outcome.scale, "scales")
        scale = plan.scale_of.get(outcome.scale)
        if scale and scale.direction != outcome.direction:
            message = (
                f"Its usual scale '{scale.id}' says that {scale.direction} is better. Results on "
                "that scale are read in the scale's direction."
            )
            place = plan.decoder.place_of(outcome, "direction")
            yield warning(place, "direction-conflict", message, found=outcome.direction)


def _measure(plan: Plan, entry: object, measure: str, outcome: Outcome) -> Iterator[Problem]:
    allowed = MEASURES[outcome.kind]
    if measure not in allowed:
        place = plan.decoder.place_of(entry, "measure")
        message = f"This measure is not defined for {outcome.kind} outcomes."
        yield error(
            place, "measure-of-another-kind", message, found=measure, allowed=one_of(allowed)
        )


def _important_differences(plan: Plan, outcome: Outcome) -> Iterator[Problem]:
    mids = [("mid", outcome.mid), ("mid_smd", outcome.mid_smd)]
    mids += [("mid_alternatives", value) for value in outcome.mid_alternatives]
    for field, value in mids:
        if value is not None and value <= 0:
            message = "A minimal important difference is a size without a sign."
            place = plan.decoder.place_of(outcome, field)
            yield error(place, "out-of-range", message, found=value, allowed="above 0")
    per_1000 = outcome.mid_per_1000
    if per_1000 is not None and not 0 < per_1000 <= 1000:  # noqa: PLR2004 - per 1,000 people
        message = "It counts people in 1,000."
        place = plan.decoder.place_of(outcome, "mid_per_1000")
        allowed = "above 0, up to 1000"
        yield error(place, "out-of-range", message, found=per_1000, allowed=allowed)
    risk = outcome.assumed_risk
    if risk is not None and not 0 <= risk <= 1:
        message = "A risk is a proportion: write 0.1 for 10 %."
        place = plan.decoder.place_of(outcome, "assumed_risk")
        yield error(place, "out-of-range", message, found=risk, allowed="0 to 1")


def _analyses(plan: Plan) -> Iterator[Problem]:
    seen: set[tuple[str, str, str | None]] = set()
    for analysis in plan.analyses:
        yield from unknown(plan, analysis, "comparison", analysis.comparison, "comparisons")
        yield from unknown(plan, analysis, "outcome", analysis.outcome, "outcomes")
        for use in analysis.subgroups:
            yield from unknown(plan, use, "by", use.by, "subgroups")
        outcome = plan.outcome_of.get(analysis.outcome)
        if outcome is not None:
            place = plan.decoder.place_of(analysis, "time")
            yield from unplanned(place, outcome, analysis.time)
            if analysis.measure is not None:
                yield from _measure(plan, analysis, analysis.measure, outcome)
        cell = (analysis.comparison, analysis.outcome, analysis.time)
        if cell in seen:
            place = plan.decoder.place_of(analysis, "comparison")
            message = "This analysis is planned twice; write one entry."
            found = " × ".join(part for part in cell if part)
            yield error(place, "planned-twice", message, found=found)
        seen.add(cell)


def unplanned(place: Place, outcome: Outcome, time: str | None) -> Iterator[Problem]:
    """Report a time the outcome is not planned for (or a missing one where it has windows)."""
    if time in (outcome.times or (None,)):
        return
    allowed = one_of(outcome.times) if outcome.times else "nothing: it has no time windows"
    message = f"Outcome '{outcome.id}' is not planned for this time."
    yield error(place, "unplanned-cell", message, found=time or "nothing", allowed=allowed)


def _sensitivity(plan: Plan) -> Iterator[Problem]:
    for planned in plan.sensitivity:
        place = plan.decoder.place_of(planned, "studies")
        if planned.kind == "exclude-studies" and not planned.studies:
            message = "Name the studies to leave out."
            yield error(place, "missing-key", message, found="nothing")
        elif planned.kind != "exclude-studies" and planned.studies:
            message = f"A sensitivity analysis of kind '{planned.kind}' takes no list of studies."
            yield error(place, "not-allowed", message, found=one_of(planned.studies))


def _included(plan: Plan) -> Iterator[Problem]:
    for entry in (plan.included, *plan.included.parts):
        for field in ("trials", "participants"):
            value = getattr(entry, field)
            if value is not None and value < 0:
                place = plan.decoder.place_of(entry, field)
                yield error(
                    place,
                    "out-of-range",
                    "A count cannot be negative.",
                    found=value,
                    allowed="0 or more",
                )
