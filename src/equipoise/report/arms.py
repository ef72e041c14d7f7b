"""The numbers each side of a trial reported, as columns of a table or a plot."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from equipoise.findings import ArmSummary, Trial
from equipoise.words import numbers

ArmKind = Literal["binary", "continuous", "rate", "people", "none"]

NOT_KNOWN: Final = "–"
HEADERS: Final[dict[ArmKind, tuple[str, ...]]] = {
    "binary": ("Events", "Total"),
    "continuous": ("Mean", "SD", "Total"),
    "rate": ("Events", "Person-time"),
    "people": ("Total",),
    "none": (),
}


@dataclass(frozen=True, slots=True)
class ArmTotals:
    """What the trials of a finding add up to on both sides, ready for the columns."""

    treatment: tuple[str, ...]
    comparator: tuple[str, ...]


def arm_kind(trials: Sequence[Trial]) -> ArmKind:
    """Tell which numbers the trials' arms have; trials given as contrasts may have none."""
    arms = [arm for trial in trials for arm in (trial.treatment, trial.comparator)]
    if any(arm.person_time is not None for arm in arms):
        return "rate"
    if any(arm.events is not None for arm in arms):
        return "binary"
    if any(arm.mean is not None for arm in arms):
        return "continuous"
    return "people" if any(arm.n is not None for arm in arms) else "none"


def arm_cells(kind: ArmKind, arm: ArmSummary) -> tuple[str, ...]:
    """Write an arm's numbers in the order of ``HEADERS``; a dash where nobody knows."""
    people, events = _written(arm.n), _written(arm.events)
    cells: dict[ArmKind, tuple[str, ...]] = {
        "binary": (events, people),
        "continuous": (_measured(arm.mean), _measured(arm.sd), people),
        "rate": (events, _written(arm.person_time)),
        "people": (people,),
        "none": (),
    }
    return cells[kind]


def arm_totals(kind: ArmKind, trials: Sequence[Trial]) -> ArmTotals:
    """Add up events, people and person-time; means and standard deviations stay empty."""
    return ArmTotals(
        treatment=_totals(kind, [trial.treatment for trial in trials]),
        comparator=_totals(kind, [trial.comparator for trial in trials]),
    )


def _totals(kind: ArmKind, arms: Sequence[ArmSummary]) -> tuple[str, ...]:
    people, events = _sum(arm.n for arm in arms), _sum(arm.events for arm in arms)
    cells: dict[ArmKind, tuple[str, ...]] = {
        "binary": (events, people),
        "continuous": ("", "", people),
        "rate": (events, _sum(arm.person_time for arm in arms)),
        "people": (people,),
        "none": (),
    }
    return cells[kind]


def _sum(values: Iterable[float | None]) -> str:
    known = list(values)
    total = [value for value in known if value is not None]
    return numbers.count(sum(total)) if known and len(total) == len(known) else NOT_KNOWN


def _written(value: float | None) -> str:
    return NOT_KNOWN if value is None else numbers.count(value)


def _measured(value: float | None) -> str:
    return NOT_KNOWN if value is None else numbers.estimate(value)
