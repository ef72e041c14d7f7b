"""Checks of one row of ``results.csv`` by itself: which numbers stand together, and which are there.

A row is arm-level or contrast-level, and its numbers are those of its outcome's kind. A row without
any number is complete: it records that the outcome was measured.
"""

from __future__ import annotations

from collections.abc import Iterator

from equipoise.review.checks.draft import has_numbers
from equipoise.review.model import Outcome, Problem, Result
from equipoise.review.problems import Place, error, one_of, warning
from equipoise.review.rows import RESULTS

ARM_NUMBERS = ("events", "person_time", "mean", "sd")
CONTRAST_NUMBERS = ("estimate", "ci_low", "ci_high", "o_minus_e", "variance")
_NUMBERS_OF_KIND = {
    "binary": ("events",),
    "continuous": ("mean", "sd", "se"),
    "rate": ("events", "person_time"),
    "time-to-event": ("events", "person_time"),
}
_WITH_O_MINUS_E = ("PETO", "HR")
_LEAVE_EMPTY = (
    "Fill in what is missing, or leave the row without numbers and say in 'note' what was reported."
)


def check_entry(row: Result, outcome: Outcome | None) -> Iterator[Problem]:
    """Check that a row's numbers belong together and to its outcome."""
    if not has_numbers(row):
        return
    if row.reference_arm is None:
        yield from _arm_level(row, outcome)
    else:
        yield from _contrast_level(row)


def _place(row: Result, field: str) -> Place:
    return Place(RESULTS.file, row.line, field)


def _filled(row: Result, names: tuple[str, ...]) -> list[str]:
    return [name for name in names if getattr(row, name) is not None]


def _arm_level(row: Result, outcome: Outcome | None) -> Iterator[Problem]:
    foreign = _filled(row, CONTRAST_NUMBERS)
    if foreign:
        message = "A row with a contrast names the arm it is compared with in 'reference_arm'."
        yield error(_place(row, foreign[0]), "mixed-levels", message, found=", ".join(foreign))
    elif outcome is not None:
        yield from _of_kind(row, outcome)


def _of_kind(row: Result, outcome: Outcome) -> Iterator[Problem]:
    own = _NUMBERS_OF_KIND[outcome.kind]
    foreign = [name for name in _filled(row, (*ARM_NUMBERS, "se")) if name not in own]
    if foreign:
        report = warning if _filled(row, own) else error
        message = f"'{outcome.id}' is {outcome.kind}: these numbers do not belong to it."
        found = ", ".join(foreign)
        yield report(
            _place(row, foreign[0]), "kind-mismatch", message, found=found, allowed=one_of(own)
        )
        if not _filled(row, own):
            return
    missing = list(_missing_of_arm(row, outcome.kind))
    if missing:
        yield error(
            _place(row, missing[0]),
            "incomplete-row",
            _LEAVE_EMPTY,
            found=f"no {', no '.join(missing)}",
            allowed=_complete(outcome.kind),
        )
    if outcome.kind == "time-to-event":
        message = (
            "Numbers of one arm give no hazard ratio; enter the contrast where it is reported."
        )
        yield warning(_place(row, "events"), "no-hazard-ratio", message)


def _missing_of_arm(row: Result, kind: str) -> Iterator[str]:
    wanted = {
        "binary": ("n", "events"),
        "continuous": ("n", "mean"),
        "rate": ("events", "person_time"),
        "time-to-event": (),
    }[kind]
    yield from (name for name in wanted if getattr(row, name) is None)
    if kind == "continuous" and row.sd is None and row.se is None:
        yield "sd or se"


def _complete(kind: str) -> str:
    return {
        "binary": "n with events",
        "continuous": "n with mean and sd (or se)",
        "rate": "events with person_time",
    }[kind]


def _contrast_level(row: Result) -> Iterator[Problem]:
    foreign = _filled(row, ARM_NUMBERS)
    if foreign:
        message = "A contrast-level row holds the contrast; numbers of one arm have their own row."
        yield error(_place(row, foreign[0]), "mixed-levels", message, found=", ".join(foreign))
        return
    numbers = _filled(row, (*CONTRAST_NUMBERS, "se"))
    if not numbers:
        return
    if row.measure is None:
        message = "A contrast needs the measure it is in, such as MD, SMD or RR (on the log scale)."
        yield error(_place(row, "measure"), "missing-measure", message, found="nothing")
    if not _is_complete_contrast(row):
        yield error(
            _place(row, numbers[0]),
            "incomplete-row",
            _LEAVE_EMPTY,
            found=f"{', '.join(numbers)} alone",
            allowed="estimate with se, or with ci_low and ci_high; or o_minus_e with variance",
        )
    if row.o_minus_e is not None and row.measure not in (None, *_WITH_O_MINUS_E):
        message = "O − E and its variance give a log odds ratio (Peto) or a log hazard ratio."
        allowed = one_of(_WITH_O_MINUS_E)
        yield error(
            _place(row, "measure"),
            "measure-without-o-e",
            message,
            found=row.measure,
            allowed=allowed,
        )


def _is_complete_contrast(row: Result) -> bool:
    if row.estimate is not None:
        return row.se is not None or None not in (row.ci_low, row.ci_high)
    return row.o_minus_e is not None and row.variance is not None
