"""Checks that what one file names exists in another, and that ids are used once."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from equipoise.review.checks.draft import Draft, has_numbers
from equipoise.review.checks.protocol import unplanned
from equipoise.review.model import Arm, CertaintyDecision, Problem, Result
from equipoise.review.problems import Place, did_you_mean, error, one_of, warning
from equipoise.review.protocol import Plan
from equipoise.review.rows import ARMS, JUDGEMENTS, RESULTS, STUDIES


def check_references(draft: Draft) -> Iterator[Problem]:
    """Check every id that points into another file."""
    yield from _duplicate_studies(draft)
    yield from _arms(draft)
    for row in draft.results.rows:
        yield from _result(draft, row)
    yield from _judgements(draft)
    if draft.plan is not None:
        yield from _protocol(draft, draft.plan)
        for decision in draft.decisions:
            yield from _decision(draft.plan, decision)


def unknown_id(
    place: Place, value: str, known: Collection[str], where: str, *, what: str | None = None
) -> Iterator[Problem]:
    """Report an id that ``where`` does not declare; ``what`` names it where the field does not."""
    if value not in known:
        message = f"{where} has no such id.{did_you_mean(value, known)}"
        code = f"unknown-{what or place.field}".replace("_", "-")
        yield error(place, code, message, found=value, allowed=one_of(known))


def _undeclared(plan: Plan, place: Place, value: str, collection: str) -> Iterator[Problem]:
    if plan.lists(collection):
        where = f"[[{collection}]] of review.toml"
        yield from unknown_id(place, value, plan.declared[collection], where)


def _duplicate_studies(draft: Draft) -> Iterator[Problem]:
    for study in draft.studies.rows:
        first = draft.study_of[study.id]
        if first is not study:
            place = Place(STUDIES.file, study.line, "study")
            message = f"This study is already in line {first.line}."
            yield error(place, "duplicate-study", message, found=study.id, allowed="unique ids")


def _arms(draft: Draft) -> Iterator[Problem]:
    for arm in draft.arms.rows:
        yield from _study(draft, ARMS.file, arm.line, arm.study)
        first = draft.arm_of[arm.study, arm.id]
        if first is not arm:
            place = Place(ARMS.file, arm.line, "arm")
            message = f"This arm of {arm.study} is already in line {first.line}."
            yield error(
                place, "duplicate-arm", message, found=arm.id, allowed="unique in the study"
            )
        if draft.plan is not None:
            place = Place(ARMS.file, arm.line, "treatment")
            yield from _undeclared(draft.plan, place, arm.treatment, "treatments")


def _study(draft: Draft, file: str, line: int | None, study: str) -> Iterator[Problem]:
    if draft.studies.complete:
        place = Place(file, line, "study")
        yield from unknown_id(place, study, draft.study_of, STUDIES.file, what="study")


def _result(draft: Draft, row: Result) -> Iterator[Problem]:
    yield from _study(draft, RESULTS.file, row.line, row.study)
    if draft.arms.complete and (row.study in draft.study_of or not draft.studies.complete):
        yield from _result_arms(draft, row)
    if draft.plan is not None:
        yield from _result_cell(draft.plan, row)


def _result_arms(draft: Draft, row: Result) -> Iterator[Problem]:
    known = draft.arms_of[row.study]
    if not known:
        place = Place(RESULTS.file, row.line, "arm")
        message = f"{ARMS.file} lists no arm of this study."
        allowed = f"an arm that {ARMS.file} lists"
        yield error(place, "unknown-arm", message, found=row.arm, allowed=allowed)
        return
    where = f"{row.study} in {ARMS.file}"
    yield from unknown_id(Place(RESULTS.file, row.line, "arm"), row.arm, known, where)
    if row.reference_arm is None:
        return
    place = Place(RESULTS.file, row.line, "reference_arm")
    yield from unknown_id(place, row.reference_arm, known, where)
    if row.reference_arm == row.arm:
        message = "An arm cannot be compared with itself."
        yield error(place, "own-reference", message, found=row.arm)
    arm = draft.arm_of.get((row.study, row.arm))
    reference = draft.arm_of.get((row.study, row.reference_arm))
    if arm and reference:
        yield from _stratum(place, arm, reference)


def _stratum(place: Place, arm: Arm, reference: Arm) -> Iterator[Problem]:
    if arm.stratum != reference.stratum:
        message = f"Arms are compared within a stratum; '{arm.id}' belongs to another."
        yield error(
            place,
            "another-stratum",
            message,
            found=reference.stratum or "no stratum",
            allowed=arm.stratum or "no stratum",
        )


def _result_cell(plan: Plan, row: Result) -> Iterator[Problem]:
    def place(field: str) -> Place:
        return Place(RESULTS.file, row.line, field)

    yield from _undeclared(plan, place("outcome"), row.outcome, "outcomes")
    if row.scale is not None:
        yield from _undeclared(plan, place("scale"), row.scale, "scales")
    if row.time is not None and row.time not in plan.declared["times"]:
        yield from _undeclared(plan, place("time"), row.time, "times")
        return
    outcome = plan.outcome_of.get(row.outcome)
    if outcome is not None and row.time not in (outcome.times or (None,)):
        message = (
            f"The protocol plans '{outcome.id}' "
            + (f"for {one_of(outcome.times)} only" if outcome.times else "without time windows")
            + "; this row enters no analysis."
        )
        yield warning(place("time"), "unplanned-cell", message, found=row.time or "nothing")


def _judgements(draft: Draft) -> Iterator[Problem]:
    for row in draft.judgements.rows:
        yield from _study(draft, JUDGEMENTS.file, row.line, row.study)
        if draft.plan is None:
            continue
        for field, value, collection in (
            ("outcome", row.outcome, "outcomes"),
            ("time", row.time, "times"),
        ):
            if value is not None:
                place = Place(JUDGEMENTS.file, row.line, field)
                yield from _undeclared(draft.plan, place, value, collection)


def _protocol(draft: Draft, plan: Plan) -> Iterator[Problem]:
    for group in plan.subgroups:
        if draft.studies.columns and group.column not in draft.studies.columns:
            place = plan.decoder.place_of(group, "column")
            yield from unknown_id(place, group.column, draft.studies.columns, STUDIES.file)
    for planned in plan.sensitivity:
        for study in planned.studies if draft.studies.complete else ():
            place = plan.decoder.place_of(planned, "studies")
            yield from unknown_id(place, study, draft.study_of, STUDIES.file, what="study")


def _decision(plan: Plan, decision: CertaintyDecision) -> Iterator[Problem]:
    def place(field: str) -> Place:
        return Place(decision.file or "decisions", decision.line, field)

    yield from _undeclared(plan, place("comparison"), decision.comparison, "comparisons")
    yield from _undeclared(plan, place("outcome"), decision.outcome, "outcomes")
    if decision.time is not None and decision.time not in plan.declared["times"]:
        yield from _undeclared(plan, place("time"), decision.time, "times")
        return
    outcome = plan.outcome_of.get(decision.outcome)
    if outcome is not None:
        yield from unplanned(place("time"), outcome, decision.time)


def check_treatments_planned(draft: Draft) -> Iterator[Problem]:
    """Warn of results that can enter no comparison because no comparison names their arms."""
    if draft.plan is None or not draft.comparisons_are_sound:
        return
    used = {c.treatment for c in draft.plan.comparisons}
    used |= {t for c in draft.plan.comparisons for t in c.comparators}
    for row in draft.sound_results:
        arm = draft.arm_of.get((row.study, row.arm))
        known = arm is not None and arm.treatment in draft.plan.declared["treatments"]
        if arm and known and arm.treatment not in used and has_numbers(row):
            place = Place(RESULTS.file, row.line, "arm")
            message = (
                f"No comparison names treatment '{arm.treatment}'; this row enters no analysis."
            )
            yield warning(place, "unplanned-treatment", message, found=row.arm)
