"""What the checks look at: a folder as far as it could be read, sound or not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from equipoise.review.model import (
    Arm,
    BiasJudgement,
    CertaintyDecision,
    Comparison,
    Outcome,
    Result,
    Scale,
    Study,
)
from equipoise.review.protocol import Plan
from equipoise.review.rows import Rows

K = TypeVar("K")
V = TypeVar("V")

NUMBERS = (
    "n",
    "events",
    "person_time",
    "mean",
    "sd",
    "se",
    "estimate",
    "ci_low",
    "ci_high",
    "o_minus_e",
    "variance",
)


@dataclass(frozen=True)
class Cell:
    """The results rows that meet in one analysis: comparison × outcome × time."""

    comparison: Comparison
    outcome: Outcome
    time: str | None
    measure: str
    rows: tuple[Result, ...]


@dataclass(frozen=True)
class Draft:
    """The plan and the tables. ``plan`` is ``None`` where ``review.toml`` could not be read."""

    plan: Plan | None
    studies: Rows[Study]
    arms: Rows[Arm]
    results: Rows[Result]
    judgements: Rows[BiasJudgement]
    decisions: tuple[CertaintyDecision, ...]

    @cached_property
    def study_of(self) -> dict[str, Study]:
        """Studies by id; the first row where an id is repeated."""
        return _first_of((study.id, study) for study in self.studies.rows)

    @cached_property
    def arm_of(self) -> dict[tuple[str, str], Arm]:
        """Arms by study and id; the first row where an id is repeated."""
        return _first_of(((arm.study, arm.id), arm) for arm in self.arms.rows)

    @cached_property
    def arms_of(self) -> defaultdict[str, list[str]]:
        """The ids of each study's arms."""
        ids: defaultdict[str, list[str]] = defaultdict(list)
        for arm in self.arms.rows:
            ids[arm.study].append(arm.id)
        return ids

    @cached_property
    def sound_results(self) -> tuple[Result, ...]:
        """Results in which every filled-in cell could be read."""
        return tuple(row for row in self.results.rows if row.line not in self.results.damaged)

    @cached_property
    def comparisons_are_sound(self) -> bool:
        """Whether every comparison could be read and names declared treatments.

        One with a mistake in it would make all its rows look as if they belonged nowhere.
        """
        if self.plan is None:
            return False
        declared = set(self.plan.declared["treatments"])
        named = {t for c in self.plan.comparisons for t in (c.treatment, *c.comparators)}
        return named <= declared and len(self.plan.comparisons) == len(
            self.plan.declared["comparisons"]
        )

    @cached_property
    def outcome_of(self) -> dict[str, Outcome]:
        """Outcomes by id."""
        return {} if self.plan is None else dict(self.plan.outcome_of)

    def scale(self, row: Result) -> Scale | None:
        """Return the scale a row was measured on: its own, else the outcome's usual one."""
        name = self.scale_id(row)
        return None if self.plan is None or name is None else self.plan.scale_of.get(name)

    def scale_id(self, row: Result) -> str | None:
        """Return the id of the scale a row was measured on, where one is named."""
        outcome = self.outcome_of.get(row.outcome)
        return row.scale or (outcome.scale if outcome else None)

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """Every analysis for which there are rows with numbers, in the order of the protocol."""
        return tuple(self._cells())

    def _cells(self) -> Iterator[Cell]:
        if self.plan is None:
            return
        rows_at: defaultdict[tuple[str, str | None], list[Result]] = defaultdict(list)
        for row in self.sound_results:
            if has_numbers(row):
                rows_at[row.outcome, row.time].append(row)
        for comparison in self.plan.comparisons:
            for outcome in self.plan.outcomes:
                for time in outcome.times or (None,):
                    rows = self._taking_part(comparison, rows_at.get((outcome.id, time), []))
                    if rows:
                        measure = self.plan.measure(comparison.id, outcome, time)
                        yield Cell(comparison, outcome, time, measure, rows)

    def _taking_part(self, comparison: Comparison, rows: list[Result]) -> tuple[Result, ...]:
        """Keep contrasts of the two sides, and arm rows of strata that have both sides."""
        sides = {comparison.treatment: 1, **dict.fromkeys(comparison.comparators, 2)}
        found: defaultdict[tuple[str, str | None], set[int]] = defaultdict(set)
        for row in rows:
            arm = self.arm_of.get((row.study, row.arm))
            if row.reference_arm is None and arm and arm.treatment in sides:
                found[row.study, arm.stratum].add(sides[arm.treatment])
        return tuple(row for row in rows if self._takes_part(row, sides, found))

    def _takes_part(
        self,
        row: Result,
        sides: dict[str, int],
        found: dict[tuple[str, str | None], set[int]],
    ) -> bool:
        arm = self.arm_of.get((row.study, row.arm))
        side = sides.get(arm.treatment) if arm else None
        if arm is None or side is None:
            return False
        if row.reference_arm is None:
            return len(found[row.study, arm.stratum]) == 2  # noqa: PLR2004 - both sides
        reference = self.arm_of.get((row.study, row.reference_arm))
        return reference is not None and sides.get(reference.treatment, side) != side


def _first_of(entries: Iterable[tuple[K, V]]) -> dict[K, V]:
    """Keep the first entry of each key, in the order of the file."""
    found: dict[K, V] = {}
    for key, value in entries:
        found.setdefault(key, value)
    return found


def has_numbers(row: Result) -> bool:
    """Say whether a row holds any number; one without says that the outcome was measured."""
    return any(getattr(row, name) is not None for name in NUMBERS)
