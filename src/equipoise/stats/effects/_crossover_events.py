"""Routes from what crossover trials report about events to their effect sizes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from equipoise.kernels.batches import Bools, Floats
from equipoise.kernels.distributions import normal_critical
from equipoise.kernels.effects import crossover, two_by_two
from equipoise.kernels.effects.matched_pairs import PairTables
from equipoise.stats.effects._design_rows import Rows, column, fill_from_effect_sizes, known
from equipoise.stats.effects._effect_routes import ALL_EVENTS, NO_EVENTS
from equipoise.stats.options import RATIO

_PAIRS: Final = ("both", "only_1", "only_2", "neither")
_MARGINS: Final = ("events_1", "events_2", "n")
_FIRST: Final = ("first_events_1", "first_n_1", "first_events_2", "first_n_2")
_KERNELS: Final = {
    "RD": two_by_two.risk_difference,
    "RR": two_by_two.log_risk_ratio,
    "OR": two_by_two.log_odds_ratio,
}
_ROUNDING: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Options:
    """The options of crossover trials that concern events."""

    assumed_r: float | None
    analysis: str
    zero_cells: str
    add: float
    level: float


def fill(rows: Rows, measure: str, options: Options) -> dict[str, Floats]:
    """Give rows their effects and routes; return the columns they were computed from."""
    r = column(rows.columns, "r")
    if options.analysis == "first-period":
        rows.refuse(~known(rows.columns, _FIRST), "its first period is not reported")
    else:
        _fill_reported(rows, options)
        r = _fill_pairs(rows, measure, options, r)
        r = _fill_margins(rows, measure, options, r)
    _fill_first_period(rows, measure, options)
    return {"n": _people(rows), "r": r}


def recorded(rows: Rows, options: Options) -> dict[str, Any]:
    """Return the options shared with parallel trials that were used."""
    if all(route in {None, "paired-estimate"} for route in rows.routes):
        return {}
    return {"zero_cells": options.zero_cells, "add": options.add, "double_zero": "drop"}


def _people(rows: Rows) -> Floats:
    n, pairs = column(rows.columns, "n"), sum(column(rows.columns, name) for name in _PAIRS)
    return np.where(np.isfinite(n), n, pairs)


def _fill_reported(rows: Rows, options: Options) -> None:
    c = rows.columns
    width = (column(c, "ci_high") - column(c, "ci_low")) / (2.0 * normal_critical(options.level))
    se = np.where(np.isfinite(column(c, "se")), column(c, "se"), width)
    ready = known(c, ("estimate",)) & np.isfinite(se)
    with np.errstate(over="ignore"):  # refused when the table is closed
        rows.fill(ready, column(c, "estimate"), se**2, "paired-estimate")


def _fill_pairs(rows: Rows, measure: str, options: Options, r: Floats) -> Floats:
    """Fill rows that have the table of pairs; return the correlations with theirs."""
    where = rows.open & known(rows.columns, _PAIRS)
    if not where.any():
        return r
    pairs = PairTables(*(np.where(where, column(rows.columns, name), 1.0) for name in _PAIRS))
    observed = crossover.margins_of_pairs(pairs)
    empty = _corrected_rows(rows, measure, observed.table, where, options)
    margins = crossover.margins_of_pairs(crossover.corrected_pairs(pairs, empty, options.add))
    _fill_table(rows, measure, margins, where & rows.open, "paired-table")
    return np.where(where, observed.r, r)


def _fill_margins(rows: Rows, measure: str, options: Options, r: Floats) -> Floats:
    """Fill rows that have the events under each treatment and a correlation; return those used."""
    where = rows.open & known(rows.columns, _MARGINS)
    told = where & np.isfinite(r)
    if options.assumed_r is not None:
        r = np.where(where & ~told, options.assumed_r, r)
    where &= np.isfinite(r)
    if not where.any():
        return r
    events_1, events_2, n = (np.where(where, column(rows.columns, m), 1.0) for m in _MARGINS)
    observed = two_by_two.tables(events_1, n, events_2, n)
    _refuse_impossible(rows, _corrected(observed, options), np.where(where, r, 0.0))
    where &= rows.open
    empty = _corrected_rows(rows, measure, observed, where, options)
    used = two_by_two.corrected(observed, empty, options.add)
    margins = crossover.margins_with_correlation(used, np.where(where, r, 0.0))
    where &= rows.open
    _fill_table(rows, measure, margins, where & told, "paired-margins-r")
    _fill_table(rows, measure, margins, where & ~told, "paired-margins-assumed-r")
    return r


def _corrected(t: two_by_two.Tables, options: Options) -> two_by_two.Tables:
    """Return the tables with the correction that is due, whatever becomes of the rows."""
    due = two_by_two.has_zero(t) & (options.zero_cells == "only-zero")
    return two_by_two.corrected(t, due, options.add)


def _fill_table(
    rows: Rows, measure: str, margins: crossover.Margins, where: Bools, route: str
) -> None:
    yi, _ = _KERNELS[measure](margins.table)
    with np.errstate(divide="ignore", invalid="ignore"):
        vi = crossover.paired_variance(measure, margins)
    with np.errstate(invalid="ignore"):
        bad = ~(np.isfinite(yi) & np.isfinite(vi) & (vi > 0.0))
    none_differs = "no person's outcomes differ, or a cell is empty and uncorrected"
    rows.refuse(where & bad, none_differs)
    rows.fill(where & ~bad, yi, vi, route)


def _corrected_rows(
    rows: Rows, measure: str, t: two_by_two.Tables, where: Bools, options: Options
) -> Bools:
    """Refuse ratios of trials that say nothing; return which other rows are corrected."""
    none, only = two_by_two.without_events(t), two_by_two.only_events(t)
    if measure in RATIO:
        rows.refuse(where & none, NO_EVENTS)
        rows.refuse(where & only, ALL_EVENTS)
    empty = where & rows.open & two_by_two.has_zero(t)
    if options.zero_cells == "none":
        return np.zeros(empty.shape, dtype=np.bool_)
    text = (
        f"{options.add:g} was added to each marginal count of {{trials}} "
        f"(zero_cells: {options.zero_cells})"
    )
    rows.note("zero-cells-corrected", text, empty)
    return empty


def _refuse_impossible(rows: Rows, t: two_by_two.Tables, r: Floats) -> None:
    """Refuse rows whose risks do not allow the correlation."""
    low, high = crossover.correlation_range(t)
    with np.errstate(invalid="ignore"):
        beyond = np.asarray((r < low - _ROUNDING) | (r > high + _ROUNDING))
    for row in np.flatnonzero(beyond):
        alone = np.arange(r.size) == row
        rows.refuse(
            alone,
            f"a correlation of {r[row]:.3g} is impossible with these risks: it lies between "
            f"{low[row]:.3g} and {high[row]:.3g}",
        )
    rows.note("impossible-correlation", "{trials}: the risks do not allow the correlation", beyond)


def _fill_first_period(rows: Rows, measure: str, options: Options) -> None:
    where = rows.open & known(rows.columns, _FIRST)
    values = {name.removeprefix("first_"): column(rows.columns, name) for name in _FIRST}
    fill_from_effect_sizes(
        rows, where, measure, values, "first-period", zero_cells=options.zero_cells, add=options.add  # type: ignore[arg-type]  # RD, RR or OR
    )  # fmt: skip
