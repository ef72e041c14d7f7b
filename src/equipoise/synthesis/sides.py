"""One side of a trial in one cell: its arms' rows read, checked and combined."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from equipoise.findings import ArmSummary, Note
from equipoise.review.model import Arm, Result
from equipoise.synthesis.combining import Counts, Means, combine_counts, combine_means

COUNT_MEASURES = frozenset({"RR", "OR", "RD", "PETO"})
MEAN_MEASURES = frozenset({"MD", "SMD"})
RATE_MEASURES = frozenset({"IRR", "IRD"})
RATIO_MEASURES = frozenset({"RR", "OR", "PETO", "IRR", "HR"})
BINARY_MEASURES = COUNT_MEASURES

_NUMBERS = (
    "n", "events", "person_time", "mean", "sd", "se",
    "estimate", "ci_low", "ci_high", "o_minus_e", "variance",
)  # fmt: skip


def has_numbers(row: Result) -> bool:
    """Say whether a row holds any number at all."""
    return any(getattr(row, name) is not None for name in _NUMBERS)


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a trial: the combined numbers, or the reason why there are none."""

    summary: ArmSummary
    problem: str | None
    notes: tuple[Note, ...]


def read_side(
    arms: Sequence[Arm], rows: Sequence[Result], measure: str, names: dict[str, str]
) -> Side:
    """Combine the rows of one side's arms into the numbers ``measure`` needs.

    Arms without usable numbers are left out with a note as long as another arm of the side has
    some; if none has, the side carries the first arm's problem.
    """
    by_arm = {row.arm: row for row in reversed(rows)}
    read = [(arm, *_arm_numbers(arm, by_arm.get(arm.id), measure, names)) for arm in arms]
    usable = [(arm, summary) for arm, summary, problem, _ in read if problem is None]
    notes = tuple(note for *_, of_arm in read for note in of_arm)
    if not usable:
        return Side(_together(arms, [s for _, s, _, _ in read], names), read[0][2], notes)
    used = [arm for arm, _ in usable]
    summary = _together(used, [summary for _, summary in usable], names)
    return Side(summary, None, (*notes, *_combining_notes(arms, used)))


def blank_side(arms: Sequence[Arm], names: dict[str, str]) -> ArmSummary:
    """Describe a side that has no arm-level numbers of its own."""
    return _together(arms, [], names)


def _arm_numbers(
    arm: Arm, row: Result | None, measure: str, names: dict[str, str]
) -> tuple[ArmSummary, str | None, tuple[Note, ...]]:
    blank = ArmSummary((arm.id,), arm.treatment, _label(arm, names))
    if row is None or not has_numbers(row):
        return blank, f"no numbers for {_label(arm, names)}", ()
    sd, notes = _standard_deviation(arm, row, measure, names)
    summary = ArmSummary(
        blank.arms, blank.treatment, blank.label,
        n=row.n, events=row.events, person_time=row.person_time, mean=row.mean, sd=sd,
    )  # fmt: skip
    return summary, _problem(summary, measure), notes


def _standard_deviation(
    arm: Arm, row: Result, measure: str, names: dict[str, str]
) -> tuple[float | None, tuple[Note, ...]]:
    if row.sd is not None or row.se is None or row.n is None or measure not in MEAN_MEASURES:
        return row.sd, ()
    text = (
        f"The standard deviation of {_label(arm, names)} was computed from its standard error "
        "(standard error × square root of the number of people)."
    )
    return row.se * math.sqrt(row.n), (Note("sd-from-se", text),)


def _problem(summary: ArmSummary, measure: str) -> str | None:
    """Give the reason in words why a side's numbers cannot enter ``measure``."""
    for field, words in _needed(measure):
        if getattr(summary, field) is None:
            return f"{words} missing for {summary.label}"
    if measure in COUNT_MEASURES | MEAN_MEASURES and not (summary.n or 0) > 0:
        return f"no people in {summary.label}"
    if measure in MEAN_MEASURES and not (summary.sd or 0) > 0:
        return f"the standard deviation of {summary.label} is not above zero"
    if measure in RATE_MEASURES and not (summary.person_time or 0) > 0:
        return f"no person-time in {summary.label}"
    return None


def _needed(measure: str) -> tuple[tuple[str, str], ...]:
    if measure in COUNT_MEASURES:
        return (("n", "number of people"), ("events", "number of events"))
    if measure in MEAN_MEASURES:
        return (("n", "number of people"), ("mean", "mean"), ("sd", "standard deviation"))
    if measure in RATE_MEASURES:
        return (("events", "number of events"), ("person_time", "person-time"))
    return (("arms", "arm"),)


def _together(
    arms: Sequence[Arm], parts: Sequence[ArmSummary], names: dict[str, str]
) -> ArmSummary:
    """Describe arms as one, with the combined numbers of those parts that are complete."""
    exposure = [Counts(p.events, p.n) for p in parts if p.events is not None and p.n is not None]
    rates = [
        Counts(p.events, p.person_time)
        for p in parts
        if p.events is not None and p.person_time is not None
    ]
    means = [
        Means(p.mean, p.sd, p.n)
        for p in parts
        if p.mean is not None and p.sd is not None and p.n is not None
    ]
    return ArmSummary(
        arms=tuple(arm.id for arm in arms),
        treatment=" + ".join(_unique(arm.treatment for arm in arms)),
        label=" + ".join(_unique(_label(arm, names) for arm in arms)),
        **_combined(parts, exposure, rates, means),
    )


def _combined(
    parts: Sequence[ArmSummary],
    exposure: Sequence[Counts],
    rates: Sequence[Counts],
    means: Sequence[Means],
) -> dict[str, float | None]:
    if len(parts) == 1:
        only = parts[0]
        fields = ("n", "events", "person_time", "mean", "sd")
        return {field: getattr(only, field) for field in fields}
    found: dict[str, float | None] = {}
    if len(means) == len(parts) and means:
        found["mean"], found["sd"], found["n"] = combine_means(means)
    if len(rates) == len(parts) and rates:
        found["events"], found["person_time"] = combine_counts(rates)
    if len(exposure) == len(parts) and exposure:
        found["events"], found["n"] = combine_counts(exposure)
    return found


def _combining_notes(arms: Sequence[Arm], used: Sequence[Arm]) -> tuple[Note, ...]:
    notes = []
    if len(used) > 1:
        ids = ", ".join(arm.id for arm in used)
        notes.append(Note("arms-combined", f"Arms combined into one: {ids}."))
    left_out = [arm.id for arm in arms if arm not in used]
    if left_out:
        text = f"Arms left out because they have no usable numbers: {', '.join(left_out)}."
        notes.append(Note("arms-left-out", text))
    return tuple(notes)


def _label(arm: Arm, names: dict[str, str]) -> str:
    return arm.description or names.get(arm.treatment, arm.treatment)


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))
