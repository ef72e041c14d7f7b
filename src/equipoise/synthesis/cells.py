"""The planned grid: which comparison × outcome × time the protocol asks about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from equipoise.review.model import (
    AnalysisPlan,
    Comparison,
    Outcome,
    Protocol,
    Scale,
    Subgroup,
    TimeWindow,
)


@dataclass(frozen=True, slots=True)
class Cell:
    """One planned cell: a comparison, an outcome, and a time window or none.

    ``plan`` is where the protocol departs from the outcome's defaults for this cell.
    """

    comparison: Comparison
    outcome: Outcome
    time: TimeWindow | None
    plan: AnalysisPlan | None

    @property
    def id(self) -> str:
        """The cell's name in the findings: ``comparison.outcome`` or ``comparison.outcome.time``."""
        parts = [self.comparison.id, self.outcome.id]
        return ".".join(parts if self.time is None else [*parts, self.time.id])

    @property
    def time_id(self) -> str | None:
        """The id of the time window, if the cell has one."""
        return None if self.time is None else self.time.id

    @property
    def title(self) -> str:
        """What the cell is about, in words."""
        title = f"{self.comparison.name}: {self.outcome.name}"
        return title if self.time is None else f"{title}, {self.time.name}"

    @property
    def measure(self) -> str:
        """The effect measure: the plan's where it departs from the outcome's."""
        if self.plan is not None and self.plan.measure is not None:
            return self.plan.measure
        return self.outcome.measure

    @property
    def number(self) -> str | None:
        """The number the source gives this analysis."""
        return None if self.plan is None else self.plan.number

    @property
    def method_changes(self) -> Mapping[str, str | float]:
        """Changes to the preset for this cell alone."""
        return {} if self.plan is None else self.plan.methods


def planned_cells(protocol: Protocol) -> tuple[Cell, ...]:
    """List every planned cell, in protocol order: comparisons, then outcomes, then times."""
    return tuple(_cells(protocol))


def _cells(protocol: Protocol) -> Iterator[Cell]:
    plans = {(plan.comparison, plan.outcome, plan.time): plan for plan in protocol.analyses}
    times = {time.id: time for time in protocol.times}
    for comparison in protocol.comparisons:
        for outcome in protocol.outcomes:
            for time_id in outcome.times or (None,):
                time = None if time_id is None else times[time_id]
                plan = plans.get((comparison.id, outcome.id, time_id))
                yield Cell(comparison, outcome, time, plan)


@dataclass(frozen=True)
class ProtocolIndex:
    """The protocol's parts by id, looked up many times in one synthesis."""

    protocol: Protocol

    @cached_property
    def treatments(self) -> dict[str, str]:
        """Names of treatments by id."""
        return {treatment.id: treatment.name for treatment in self.protocol.treatments}

    @cached_property
    def scales(self) -> dict[str, Scale]:
        """Scales by id."""
        return {scale.id: scale for scale in self.protocol.scales}

    @cached_property
    def subgroups(self) -> dict[str, Subgroup]:
        """Planned groupings by id."""
        return {subgroup.id: subgroup for subgroup in self.protocol.subgroups}

    def groupings(self, cell: Cell) -> tuple[tuple[Subgroup, str | None], ...]:
        """List the cell's planned groupings with their published numbers, in protocol order.

        Those the cell's plan names come first; groupings planned everywhere follow.
        """
        uses = () if cell.plan is None else cell.plan.subgroups
        named = [(self.subgroups[use.by], use.number) for use in uses]
        taken = {subgroup.id for subgroup, _ in named}
        everywhere = [s for s in self.protocol.subgroups if s.everywhere and s.id not in taken]
        return (*named, *((subgroup, None) for subgroup in everywhere))
