"""Take each row its first complete way, and say what could not be done."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from equipoise.errors import DataError
from equipoise.kernels.batches import Bools, Floats, Ints
from equipoise.stats.effects._effect_notes import conversion_notes
from equipoise.stats.effects._effect_routes import TABLE_COLUMNS
from equipoise.stats.effects._effect_rules import say_missing
from equipoise.stats.effects._route_types import Computed, EffectOptions, Plan, Way
from equipoise.stats.effects.inputs import Columns
from equipoise.stats.notes import Note

_OFFERED: Final = 3


@dataclass(frozen=True, slots=True, eq=False)
class Converted:
    """Effect sizes with the numbers they were computed from and the route of each row."""

    computed: Computed
    values: Mapping[str, Floats]
    route: tuple[str | None, ...]


def open_ways(measure: str, plan: Plan, given: Mapping[str, Any]) -> tuple[Way, ...]:
    """Return the ways whose columns were all given.

    Raises:
        DataError: If there is none, or columns are given that none of them uses.
    """
    known = dict.fromkeys(name for way in plan.ways for name in (*way.needs, *way.may_use))
    extra = [name for name in given if name not in known]
    if extra:
        raise DataError(
            f"{measure} does not use {', '.join(extra)}; it uses {', '.join(known)}",
            rule=f"columns of {measure}",
        )
    ways = tuple(way for way in plan.ways if given.keys() >= set(way.needs))
    if not ways:
        raise DataError(_nothing_complete(measure, plan, given), rule=f"columns of {measure}")
    used = {name for way in ways for name in (*way.needs, *way.may_use)}
    idle = [name for name in given if name not in used]
    if idle:
        offers = [_nearest(plan.ways, name, given) for name in idle]
        raise DataError(
            f"{measure} cannot use " + ", and cannot use ".join(offers),
            rule=f"columns of {measure}",
        )
    return ways


def _nothing_complete(measure: str, plan: Plan, given: Mapping[str, Any]) -> str:
    """Say what the way nearest to the columns given still needs."""
    best = max(plan.ways, key=lambda way: _share(way, given))
    missing = ", ".join(name for name in best.needs if name not in given)
    others = list(dict.fromkeys(" with ".join(w.needs) for w in plan.ways if w is not best))
    text = f"{measure} needs {', '.join(best.needs)}; not given: {missing}"
    if others and len(others) <= _OFFERED:
        text += "; or " + ", or ".join(others)
    return text


def _share(way: Way, given: Mapping[str, Any]) -> float:
    return sum(name in given for name in way.needs) / len(way.needs)


def _nearest(ways: tuple[Way, ...], name: str, given: Mapping[str, Any]) -> str:
    users = [way for way in ways if name in way.needs or name in way.may_use]
    best = max(users, key=lambda way: _share(way, given))
    missing = ", ".join(n for n in best.needs if n not in given)
    return f"{name} without {missing}"


def choose(columns: Columns, ways: tuple[Way, ...]) -> Ints:
    """Return the position of each row's first complete way; record the rows that have none."""
    size = len(columns.study)
    chosen = np.full(size, -1, dtype=np.intp)
    for position, way in enumerate(ways):
        complete = np.ones(size, dtype=np.bool_)
        for name in way.needs:
            complete &= ~columns.missing[name]
        chosen[complete & (chosen < 0)] = position
    _record_incomplete(columns, ways, np.asarray(chosen < 0, dtype=np.bool_))
    return chosen


def _record_incomplete(columns: Columns, ways: tuple[Way, ...], without: Bools) -> None:
    if len(ways) == 1:
        for name in ways[0].needs:
            columns.problems.check(
                columns.missing[name],
                f"{name} must not be missing",
                functools.partial(say_missing, name),
            )
        return
    listed = ", or ".join(dict.fromkeys(" and ".join(way.needs) for way in ways[:_OFFERED]))
    columns.problems.check(
        without, f"a row needs {listed}", lambda row: _incomplete_text(columns, ways, row)
    )


def _incomplete_text(columns: Columns, ways: tuple[Way, ...], row: int) -> str:
    """Say what a row has, and what would complete the ways it is nearest to."""
    has = [name for name in columns.values if not columns.missing[name][row]]
    lacks = [[name for name in way.needs if columns.missing[name][row]] for way in ways]
    fewest = min(len(names) for names in lacks)
    offers = dict.fromkeys(" and ".join(names) for names in lacks if len(names) == fewest)
    listed = ", or ".join(list(offers)[:_OFFERED])
    return f"it has {', '.join(has) or 'nothing'}; {listed} would complete it"


def convert(
    columns: Columns,
    plan: Plan,
    taken: tuple[tuple[Way, ...], Ints],
    measure: str,
    options: EffectOptions,
) -> Converted:
    """Follow the ways, compute the measure where they lead to its numbers, put all together.

    ``taken`` is the ways with each row's position among them, from `choose`.
    """
    ways, chosen = taken
    work = _Work.of(columns, plan)
    for position in sorted(set(chosen.tolist())):
        work.follow(ways[position], np.flatnonzero(chosen == position), options)
    computed = work.compute(measure, plan, options)
    route = tuple(ways[position].code for position in chosen)
    notes = conversion_notes(
        measure, columns.values, work.values, remarks=work.remarks, route=route, failed=work.failed
    )
    return Converted(
        Computed(computed.yi, computed.vi, computed.reasons, (*computed.notes, *notes)),
        work.shown(columns, plan),
        route,
    )


@dataclass(slots=True)
class _Work:
    """The numbers on their way: values to compute from, estimates given directly, remarks."""

    columns: Columns
    values: dict[str, Floats]
    remarks: dict[str, Floats]
    yi: Floats
    vi: Floats
    ready: Bools
    standardised: Bools
    failed: dict[int, str]

    @classmethod
    def of(cls, columns: Columns, plan: Plan) -> _Work:
        size = len(columns.study)
        blank = np.full(size, np.nan)
        values = {name: blank.copy() for name in plan.base} | {
            name: v.copy() for name, v in columns.values.items()
        }
        none = np.zeros(size, dtype=np.bool_)
        return cls(columns, values, {}, blank, blank.copy(), none, none.copy(), {})

    def follow(self, way: Way, rows: Ints, options: EffectOptions) -> None:
        """Convert the rows of one way, and note which of them have no answer."""
        names = (*way.needs, *way.may_use)
        blank = np.full(rows.size, np.nan)
        own = {n: self.values[n][rows] if n in self.values else blank for n in names}
        # What leaves the range of floats is no answer, and is said to be none below.
        with np.errstate(all="ignore"):
            given = way.convert(own, options)
        for name, numbers in given.items():
            self._put(name, rows, numbers)
        failed = np.zeros(rows.size, dtype=np.bool_)
        for name, numbers in given.items():
            if not name.startswith("_"):
                failed |= ~(np.isfinite(numbers) & _positive(name, numbers))
        self.failed |= {int(row): way.why for row in rows[failed]}
        if "yi" not in given:
            self.ready[rows[~failed]] = True
            self.standardised[rows] = way.standardised

    def _put(self, name: str, rows: Ints, numbers: Floats) -> None:
        if name in {"yi", "vi"}:
            (self.yi if name == "yi" else self.vi)[rows] = numbers
            return
        home = self.remarks if name.startswith("_") else self.values
        home.setdefault(name, np.full(self.yi.shape, np.nan))[rows] = numbers

    def compute(self, measure: str, plan: Plan, options: EffectOptions) -> Computed:
        """Compute the measure for the rows that have its numbers."""
        rows = np.flatnonzero(self.ready)
        if plan.compute is None or (rows.size == 0 and self.failed):
            return Computed(self.yi, self.vi, dict(self.failed))
        whole = self.columns
        labels = tuple(whole.study[row] for row in rows)
        numbers = {name: self.values[name][rows] for name in plan.base}
        part = Columns(numbers, {}, labels, whole.backend, whole.problems)
        with np.errstate(all="ignore"):
            done = plan.compute(part, measure, options)
        yi, vi = self.yi.copy(), self.vi.copy()
        yi[rows], vi[rows] = done.yi, done.vi
        reasons = {int(rows[row]): reason for row, reason in done.reasons.items()}
        notes = tuple(
            Note(note.code, note.text, tuple(int(rows[row]) for row in note.rows))
            for note in done.notes
        )
        return Computed(yi, vi, reasons | self.failed, notes)

    def shown(self, columns: Columns, plan: Plan) -> dict[str, Floats]:
        """Return the numbers reported and those worked out from them, in the papers' units."""
        shown = dict(columns.values)
        found = {n: np.where(self.standardised, columns.values.get(n, np.nan), v)
                 for n, v in self.values.items()}  # fmt: skip
        worked_out = any(n not in shown and np.isfinite(v).any() for n, v in found.items())
        if worked_out or _telling(plan, shown):
            shown |= {name: found[name] for name in plan.base}
        if "events_1" in shown and "time_1" not in shown:
            # Whoever shows or pools counts finds all four columns, or none.
            blank = np.full(self.yi.shape, np.nan)
            shown = dict.fromkeys(TABLE_COLUMNS, blank) | shown
        shown |= {name: found[name] for name in found if name in {*columns.values, *_SCORE}}
        return shown


_SCORE: Final = ("o_minus_e", "variance")


def _telling(plan: Plan, shown: Mapping[str, Floats]) -> bool:
    """Whether columns of the measure itself, and not sizes alone, are among those given."""
    return any(name in shown for name in plan.base if not name.startswith("n"))


def _positive(name: str, numbers: Floats) -> Bools:
    """Standard deviations and variances of zero are no answer."""
    with np.errstate(invalid="ignore"):
        if name.startswith("sd") or name == "vi":
            return np.asarray(numbers > 0.0, dtype=np.bool_)
    return np.ones(numbers.shape, dtype=np.bool_)
