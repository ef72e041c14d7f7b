"""Tables in which each row goes its own way from what was reported to an effect size."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np

from equipoise.errors import DataError, MethodError
from equipoise.kernels.batches import Bools, Floats
from equipoise.stats.effects._effect_rules import check_range
from equipoise.stats.effects._route_types import Computed
from equipoise.stats.effects.design_words import ASSUMED_ROUTES, DESIGN_WORDS
from equipoise.stats.effects.effect_sizes import effect_sizes
from equipoise.stats.effects.effect_table import EffectSizes
from equipoise.stats.effects.inputs import Columns, read_columns
from equipoise.stats.notes import Note
from equipoise.stats.options import Measure

_ROW = re.compile(r"\brow (\d+) \(")


@dataclass(slots=True, eq=False)
class Rows:
    """Effect sizes being put together row by row; ``routes`` says which way each row went."""

    columns: Columns
    yi: Floats
    vi: Floats
    reasons: dict[int, str] = field(default_factory=dict)
    routes: list[str | None] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    @property
    def open(self) -> Bools:
        """Rows that have neither a route nor a reason yet."""
        waiting = [route is None for route in self.routes]
        for row in self.reasons:
            waiting[row] = False
        return np.array(waiting, dtype=np.bool_)

    def fill(self, where: Bools, yi: Floats, vi: Floats, route: str) -> None:
        """Give the rows in ``where`` their effects and their route."""
        self.yi[where], self.vi[where] = yi[where], vi[where]
        for row in np.flatnonzero(where):
            self.routes[row] = route

    def refuse(self, where: Bools, reason: str) -> None:
        """Leave rows without an estimate and say why; the first reason of a row stands."""
        for row in np.flatnonzero(where):
            self.reasons.setdefault(int(row), reason)

    def note(self, code: str, text: str, where: Bools) -> None:
        """Add a remark about rows, where there are any; ``{trials}`` in it says how many."""
        rows = tuple(int(row) for row in np.flatnonzero(where))
        if rows:
            self.notes.append(Note(code, text.format(trials=trials(len(rows))), rows))


def open_rows(data: Any, study: Any, arguments: Mapping[str, Any], needs: str) -> Rows:
    """Read the columns that were given and start with every row open.

    Raises:
        DataError: If nothing was given, or the columns cannot be read.
    """
    given = {name: value for name, value in arguments.items() if value is not None}
    if not given:
        raise DataError(f"there are no columns; {needs}", rule="columns are given")
    columns = read_columns(data, study, given)
    size = len(columns.study)
    return Rows(columns, np.full(size, np.nan), np.full(size, np.nan), routes=[None] * size)


def column(columns: Columns, name: str) -> Floats:
    """Return a column, ``nan`` in every row if it was not given."""
    return columns.values.get(name, np.full(len(columns.study), np.nan))


def known(columns: Columns, names: Sequence[str]) -> Bools:
    """Return which rows have a value in all of these columns."""
    found = np.all([np.isfinite(column(columns, name)) for name in names], axis=0)
    return np.asarray(found, dtype=np.bool_)


def fill_from_effect_sizes(
    rows: Rows, where: Bools, measure: Measure, values: Mapping[str, Floats], route: str,
    **options: Any,
) -> None:  # fmt: skip
    """Compute rows as those of a parallel trial, with what that says of them.

    Raises:
        DataError: For numbers that cannot be what they claim to be, by their place in the table.
    """
    places = np.flatnonzero(where)
    if not places.size:
        return
    given: dict[str, Any] = {name: numbers[places] for name, numbers in values.items()}
    labels = [rows.columns.study[i] for i in places]
    try:
        effects = effect_sizes(measure, study=labels, **given, **options)
    except DataError as error:
        text = _ROW.sub(lambda found: f"row {places[int(found[1])]} (", str(error))
        raise DataError(text, rows=_moved(error.rows, places), rule=error.rule) from error
    yi, vi = rows.yi.copy(), rows.vi.copy()
    yi[places], vi[places] = effects.yi, effects.vi
    rows.fill(where, yi, vi, route)
    rows.reasons |= {
        int(places[i]): reason for i, reason in enumerate(effects.reasons) if reason is not None
    }
    rows.notes += [Note(n.code, n.text, _moved(n.rows, places)) for n in effects.notes]


def _moved(rows: Sequence[int], places: Any) -> tuple[int, ...]:
    return tuple(int(places[row]) for row in rows)


def close_rows(
    measure: Measure,
    rows: Rows,
    *,
    used: Mapping[str, Floats],
    options: Mapping[str, Any],
    without: str,
    assumed_r: float | None = None,
) -> EffectSizes:
    """Make the table: a note for each route, and a reason for each row that has none.

    ``used`` holds the columns the effects were computed from, beside those given; ``without`` is the
    reason of rows that no route fits; ``assumed_r`` the correlation that notes name as assumed.
    """
    rows.refuse(rows.open, without)
    _check_range(rows)
    good = np.isfinite(rows.yi) & np.isfinite(rows.vi) & (rows.vi > 0.0)
    good[list(rows.reasons)] = False
    rows.refuse(~good, "its variance is zero or not defined")
    return EffectSizes(
        measure=measure,
        study=rows.columns.study,
        yi=np.where(good, rows.yi, np.nan),
        vi=np.where(good, rows.vi, np.nan),
        reasons=tuple(rows.reasons.get(row) for row in range(good.size)),
        columns=MappingProxyType(dict(rows.columns.values) | dict(used)),
        options=MappingProxyType(dict(options)),
        notes=(*_route_notes(rows, good, assumed_r), *rows.notes),
        backend=rows.columns.backend,
        route=tuple(rows.routes),
    )


def _check_range(rows: Rows) -> None:
    computed = Computed(rows.yi, rows.vi, rows.reasons)
    with np.errstate(invalid="ignore"):
        empty = np.flatnonzero(~(computed.vi > 0.0)).tolist()
    check_range(rows.columns, computed.yi, computed.vi, [*rows.reasons, *empty])
    rows.columns.problems.raise_if_any()


def _route_notes(rows: Rows, good: Bools, assumed_r: float | None) -> list[Note]:
    """Return what was done with which rows, in the order of ``DESIGN_WORDS``."""
    notes = []
    for route, (text, _) in DESIGN_WORDS.items():
        places = tuple(i for i, way in enumerate(rows.routes) if way == route and good[i])
        if places:
            assumed = assumed_r is not None and route in ASSUMED_ROUTES
            value = f", {assumed_r:g}" if assumed else ""
            notes.append(Note(route, f"{trials(len(places))}: {text}{value}", places))
    return notes


def trials(count: int) -> str:
    """Return ``1 trial`` or ``3 trials``."""
    return "1 trial" if count == 1 else f"{count} trials"


def check_between(columns: Columns, name: str, low: float, high: float) -> None:
    """Record values outside a closed range."""
    values = column(columns, name)
    with np.errstate(invalid="ignore"):
        outside = np.asarray((values < low) | (values > high))
    rule = f"{name} must be between {low:g} and {high:g}"
    columns.problems.check(outside, rule, lambda row: f"{name} is {values[row]:g}, but {rule}")


def check_assumed(name: str, value: object, low: float, high: float) -> None:
    """Raise `MethodError` unless an assumed value is ``None`` or a number in a closed range."""
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if value is not None and (not number or not low <= float(value) <= high):  # type: ignore[arg-type]  # checked
        raise MethodError(
            f"{name} must be a number between {low:g} and {high:g}, not {value!r}",
            spec=f"{name}={value!r}",
            reason="outside its range",
        )
