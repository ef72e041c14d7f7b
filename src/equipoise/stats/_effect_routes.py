"""The routes from what a trial reported to its effect size.

A route names the columns it needs, the rules they must keep, and the computation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from equipoise.errors import DataError
from equipoise.kernels import rates, two_by_two, two_means
from equipoise.kernels.batches import Bools, Floats
from equipoise.kernels.distributions import normal_critical
from equipoise.stats._effect_rules import (
    CONTRAST_WAYS,
    SCORE_COLUMNS,
    check_contrast,
    check_means,
    check_rates,
    check_table,
)
from equipoise.stats.inputs import Columns
from equipoise.stats.notes import Note
from equipoise.stats.options import (
    CONTRAST,
    MEAN,
    RATE,
    RATIO,
    TABLE,
    DoubleZero,
    SmdVariance,
    ZeroCells,
)

NO_EVENTS = "no events in either arm"
ALL_EVENTS = "all participants had events in both arms"

_TABLE_COLUMNS = ("events_1", "n_1", "events_2", "n_2")
_MEAN_COLUMNS = ("mean_1", "sd_1", "n_1", "mean_2", "sd_2", "n_2")
_RATE_COLUMNS = ("events_1", "time_1", "events_2", "time_2")


@dataclass(frozen=True, slots=True)
class EffectOptions:
    """The options of `equipoise.stats.effect_sizes`."""

    zero_cells: ZeroCells
    add: float
    double_zero: DoubleZero
    smd_variance: SmdVariance
    level: float


@dataclass(frozen=True, slots=True, eq=False)
class Computed:
    """Raw effect sizes, the reasons known so far, and remarks."""

    yi: Floats
    vi: Floats
    reasons: dict[int, str]
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Route:
    """A route: the arguments to read, the rules, and the computation."""

    arguments: Mapping[str, Any]
    check: Callable[[Columns], None]
    compute: Callable[[Columns, str, EffectOptions], Computed]


def choose_route(measure: str, given: Mapping[str, Any]) -> Route:
    """Return the route for a measure and the arguments given.

    Raises:
        DataError: If arguments are missing, or given that the measure does not use.
    """
    if measure in CONTRAST or (measure == "PETO" and "o_minus_e" in given):
        ways = CONTRAST_WAYS if measure in CONTRAST else (SCORE_COLUMNS,)
        if not any(all(name in given for name in way) for way in ways):
            listed = ", or ".join(" with ".join(way) for way in ways)
            raise DataError(f"{measure} needs {listed}", rule=f"columns of {measure}")
        allowed = tuple(dict.fromkeys(name for way in ways for name in way))
        return Route(_only(measure, given, allowed), check_contrast, _contrast)
    if measure in TABLE:
        return Route(_exactly(measure, given, _TABLE_COLUMNS), check_table, _table)
    if measure in MEAN:
        return Route(_exactly(measure, given, _MEAN_COLUMNS), check_means, _means)
    if measure in RATE:
        return Route(_exactly(measure, given, _RATE_COLUMNS), check_rates, _rates)
    raise AssertionError(measure)  # pragma: no cover  # measures are checked before


def settle(computed: Computed) -> tuple[Floats, Floats, tuple[str | None, ...]]:
    """Blank the rows that cannot be estimated and give each its reason."""
    with np.errstate(invalid="ignore"):
        good = np.isfinite(computed.yi) & np.isfinite(computed.vi) & (computed.vi > 0.0)
    for row in computed.reasons:
        good[row] = False
    reasons = tuple(
        None if ok else computed.reasons.get(row, "its variance is not defined")
        for row, ok in enumerate(good)
    )
    return np.where(good, computed.yi, np.nan), np.where(good, computed.vi, np.nan), reasons


def _exactly(measure: str, given: Mapping[str, Any], needed: tuple[str, ...]) -> Mapping[str, Any]:
    missing = [name for name in needed if name not in given]
    if missing:
        raise DataError(
            f"{measure} needs {', '.join(needed)}; not given: {', '.join(missing)}",
            rule=f"columns of {measure}",
        )
    return _only(measure, given, needed)


def _only(measure: str, given: Mapping[str, Any], allowed: tuple[str, ...]) -> Mapping[str, Any]:
    extra = [name for name in given if name not in allowed]
    if extra:
        raise DataError(
            f"{measure} does not use {', '.join(extra)}; it uses {', '.join(allowed)}",
            rule=f"columns of {measure}",
        )
    return given


def _corrected_rows(zero: Bools, rule: ZeroCells) -> Bools:
    """Return which studies get the correction."""
    if rule == "none":
        return np.zeros(zero.shape, dtype=np.bool_)
    if rule == "all":
        return np.ones(zero.shape, dtype=np.bool_)
    if rule == "if-any-zero":
        return np.full(zero.shape, bool(zero.any()))
    return zero


def corrected_tables(
    values: Mapping[str, Floats], rule: ZeroCells, add: float
) -> two_by_two.Tables:
    """Return the tables with the zero-cell correction."""
    observed = two_by_two.tables(*(values[name] for name in _TABLE_COLUMNS))
    rows = _corrected_rows(two_by_two.has_zero(observed), rule)
    return two_by_two.corrected(observed, rows, add, reciprocal=rule == "treatment-arm")


def _table(columns: Columns, measure: str, options: EffectOptions) -> Computed:
    observed = two_by_two.tables(*(columns.values[name] for name in _TABLE_COLUMNS))
    used = corrected_tables(columns.values, options.zero_cells, options.add)
    yi, vi = _TABLE_KERNELS[measure](used)
    if options.zero_cells == "only-zero-variance":
        zero = two_by_two.has_zero(observed)
        yi = np.where(zero, _TABLE_KERNELS[measure](observed)[0], yi)
    none, only = two_by_two.without_events(observed), two_by_two.only_events(observed)
    reasons: dict[int, str] = {}
    if measure in {"RR", "OR"}:
        dropped = _dropped(measure, none, only, options)
        reasons = {int(i): NO_EVENTS if none[i] else ALL_EVENTS for i in np.flatnonzero(dropped)}
        if measure == "RR" and options.double_zero == "revman":
            yi = np.where(only, 0.0, yi)
    reasons |= _undefined_tables(observed, yi, vi, measure, reasons)
    changed = ((used.a != observed.a) | (used.c != observed.c)).nonzero()[0]
    rows = tuple(int(row) for row in changed if int(row) not in reasons)
    return Computed(yi, vi, reasons, _correction_note(rows, options))


def _dropped(measure: str, none: Bools, only: Bools, options: EffectOptions) -> Bools:
    if options.double_zero == "keep":
        return np.zeros(none.shape, dtype=np.bool_)
    if options.double_zero == "revman" and measure == "RR":
        return none
    return none | only


def _undefined_tables(
    t: two_by_two.Tables, yi: Floats, vi: Floats, measure: str, known: Mapping[int, str]
) -> dict[int, str]:
    with np.errstate(invalid="ignore"):
        bad = ~(np.isfinite(yi) & np.isfinite(vi) & (vi > 0.0))
    none, only = two_by_two.without_events(t), two_by_two.only_events(t)
    reasons = {}
    for row in np.flatnonzero(bad):
        if int(row) in known:
            continue
        if none[row]:
            reasons[int(row)] = NO_EVENTS
        elif only[row]:
            reasons[int(row)] = ALL_EVENTS
        else:
            reasons[int(row)] = f"an empty cell, uncorrected: the {measure} is not defined"
    return reasons


def _peto(t: two_by_two.Tables) -> tuple[Floats, Floats]:
    return two_by_two.log_peto(*two_by_two.observed_minus_expected(t))


_TABLE_KERNELS: dict[str, Callable[[two_by_two.Tables], tuple[Floats, Floats]]] = {
    "RR": two_by_two.log_risk_ratio,
    "OR": two_by_two.log_odds_ratio,
    "RD": two_by_two.risk_difference,
    "PETO": _peto,
}


def _correction_note(rows: tuple[int, ...], options: EffectOptions) -> tuple[Note, ...]:
    if not rows:
        return ()
    trials = "1 trial" if len(rows) == 1 else f"{len(rows)} trials"
    where = {
        "only-zero": f"{options.add:g} was added to each count",
        "if-any-zero": f"{options.add:g} was added to each count",
        "all": f"{options.add:g} was added to each count",
        "treatment-arm": "each arm's counts got its share of a correction",
        "only-zero-variance": f"{options.add:g} was added to each count for the variance",
    }[options.zero_cells]
    return (
        Note(
            "zero-cells-corrected", f"{where} of {trials} (zero_cells: {options.zero_cells})", rows
        ),
    )


def _means(columns: Columns, measure: str, options: EffectOptions) -> Computed:
    v = columns.values
    groups = two_means.Groups(v["mean_1"], v["sd_1"], v["n_1"], v["mean_2"], v["sd_2"], v["n_2"])
    if measure == "MD":
        return Computed(*two_means.mean_difference(groups), {})
    revman = options.smd_variance == "revman"
    yi, vi = two_means.standardised_difference(groups, revman=revman)
    few = {int(row): "too few participants to standardise" for row in np.flatnonzero(np.isnan(yi))}
    return Computed(yi, vi, few)


def _rates(columns: Columns, measure: str, options: EffectOptions) -> Computed:
    observed = rates.Rates(*(columns.values[name] for name in _RATE_COLUMNS))
    zero = (observed.events_1 == 0) | (observed.events_2 == 0)
    none = (observed.events_1 == 0) & (observed.events_2 == 0)
    rows = _corrected_rows(zero, options.zero_cells)
    used = rates.corrected_rates(
        observed, rows, options.add, reciprocal=options.zero_cells == "treatment-arm"
    )
    kernel = rates.log_rate_ratio if measure == "IRR" else rates.rate_difference
    yi, vi = kernel(used)
    if options.zero_cells == "only-zero-variance":
        yi = np.where(zero, kernel(observed)[0], yi)
    drop = measure in RATIO and options.double_zero != "keep"
    with np.errstate(invalid="ignore"):
        bad = ~(np.isfinite(yi) & np.isfinite(vi) & (vi > 0.0)) | (none & drop)
    reasons = {
        int(row): NO_EVENTS if none[row] else "no events in one arm, uncorrected"
        for row in np.flatnonzero(bad)
    }
    changed = tuple(int(row) for row in np.flatnonzero(rows) if int(row) not in reasons)
    return Computed(yi, vi, reasons, _correction_note(changed, options))


def _contrast(columns: Columns, _measure: str, options: EffectOptions) -> Computed:
    """Use for each row the first complete way: standard error, interval, O - E and V."""
    size = len(columns.study)
    blank = np.full(size, np.nan)
    v = {name: columns.values.get(name, blank) for way in CONTRAST_WAYS for name in way}
    from_interval = (v["ci_high"] - v["ci_low"]) / (2.0 * normal_critical(options.level))
    se = np.where(np.isfinite(v["se"]), v["se"], from_interval)
    score_y, score_v = two_by_two.log_peto(v["o_minus_e"], v["variance"])
    direct = np.isfinite(v["estimate"]) & np.isfinite(se)
    yi = np.where(direct, v["estimate"], score_y)
    with np.errstate(over="ignore"):
        vi = np.where(direct, se**2, score_v)
    reasons = {
        int(row): "V is zero: no information"
        for row in np.flatnonzero(~direct & (v["variance"] == 0))
    }
    return Computed(yi, vi, reasons)
