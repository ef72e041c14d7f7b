"""Checks of counts: people, events, person-time."""

from __future__ import annotations

from collections.abc import Iterator

from equipoise.review.checks.draft import Draft
from equipoise.review.model import Arm, Problem, Result, Study
from equipoise.review.problems import Place, error, shown, warning
from equipoise.review.rows import ARMS, RESULTS, STUDIES


def check_randomised(draft: Draft) -> Iterator[Problem]:
    """Check the numbers randomised of studies and arms."""
    entries: list[tuple[str, Study | Arm]] = [(STUDIES.file, study) for study in draft.studies.rows]
    entries += [(ARMS.file, arm) for arm in draft.arms.rows]
    for file, entry in entries:
        if entry.n_randomised is not None and entry.n_randomised <= 0:
            place = Place(file, entry.line, "n_randomised")
            message = "Leave the cell empty when the number is not known."
            found = entry.n_randomised
            yield error(place, "n-not-positive", message, found=found, allowed="1 or more")


def check_counts(draft: Draft, row: Result) -> Iterator[Problem]:
    """Check one row's counts against each other and against the number randomised."""
    yield from _signs(row)
    yield from _events_within_n(draft, row)
    yield from _whole(row)
    yield from _randomised(draft, row)


def _place(row: Result, field: str) -> Place:
    return Place(RESULTS.file, row.line, field)


def _signs(row: Result) -> Iterator[Problem]:
    if row.n is not None and row.n <= 0:
        message = "An arm without people gives no numbers; leave the row's numbers empty."
        yield error(_place(row, "n"), "n-not-positive", message, found=row.n, allowed="above 0")
    if row.events is not None and row.events < 0:
        message = "A count cannot be negative."
        yield error(
            _place(row, "events"), "events-negative", message, found=row.events, allowed="0 or more"
        )
    if row.person_time is not None and row.person_time <= 0:
        message = "People were followed for some time."
        found = row.person_time
        yield error(
            _place(row, "person_time"),
            "person-time-not-positive",
            message,
            found=found,
            allowed="above 0",
        )


def _events_within_n(draft: Draft, row: Result) -> Iterator[Problem]:
    outcome = draft.outcome_of.get(row.outcome)
    if outcome is not None and outcome.kind == "rate":
        return  # a person can have several events
    if row.events is None or row.n is None or row.n <= 0 or row.events <= row.n:
        return
    message = "More people with the event than people; are the two columns swapped?"
    allowed = f"0 to n ({shown(row.n)})"
    place = _place(row, "events")
    yield error(place, "events-above-n", message, found=row.events, allowed=allowed)


def _whole(row: Result) -> Iterator[Problem]:
    for field in ("n", "events"):
        value = getattr(row, field)
        if value is not None and not float(value).is_integer():
            message = (
                "A count of people is a whole number, unless it was adjusted (for clusters) or "
                "worked out from a percentage; say so in 'note'."
            )
            yield warning(_place(row, field), "count-not-whole", message, found=value)


def _randomised(draft: Draft, row: Result) -> Iterator[Problem]:
    if row.n is None or row.reference_arm is not None:
        return
    arm = draft.arm_of.get((row.study, row.arm))
    study = draft.study_of.get(row.study)
    for owner, limit in (
        ("this arm", arm.n_randomised if arm else None),
        ("this study", study.n_randomised if study else None),
    ):
        if limit is not None and 0 < limit < row.n:
            message = f"More people analysed than {owner} randomised."
            allowed = f"up to {limit}"
            yield warning(
                _place(row, "n"), "n-above-randomised", message, found=row.n, allowed=allowed
            )
            return
