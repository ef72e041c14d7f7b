"""From the numbers of two groups to effect sizes: tables, means, rates."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from equipoise.kernels.batches import Bools, Floats
from equipoise.kernels.effects import (
    associations,
    biserial,
    conversions,
    proportions,
    rates,
    ratios_of_means,
    single_rates,
    standardised_means,
    tetrachoric,
    two_by_two,
    two_means,
    variability,
)
from equipoise.stats.effects._route_types import Computed, EffectOptions
from equipoise.stats.effects._zero_cells import corrected_rows, correction_note, refuse_correction
from equipoise.stats.effects.inputs import Columns
from equipoise.stats.options import RATIO, TABLE, UNCORRECTED, ZeroCells

NO_EVENTS = "no events in either arm"
ALL_EVENTS = "all participants had events in both arms"
NO_OVERLAP = "the groups do not overlap, or there are too few participants"

TABLE_COLUMNS = ("events_1", "n_1", "events_2", "n_2")
MEAN_COLUMNS = ("mean_1", "sd_1", "n_1", "mean_2", "sd_2", "n_2")
RATE_COLUMNS = ("events_1", "time_1", "events_2", "time_2")


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


def corrected_tables(
    values: Mapping[str, Floats], rule: ZeroCells, add: float
) -> two_by_two.Tables:
    """Return the tables with the zero-cell correction."""
    observed = two_by_two.tables(*(values[name] for name in TABLE_COLUMNS))
    rows = corrected_rows(two_by_two.has_zero(observed), rule)
    return two_by_two.corrected(observed, rows, add, reciprocal=rule == "treatment-arm")


def compute_tables(columns: Columns, measure: str, options: EffectOptions) -> Computed:
    """Compute a measure of two-by-two tables, with the correction for empty cells."""
    observed = two_by_two.tables(*(columns.values[name] for name in TABLE_COLUMNS))
    used = observed
    if measure in UNCORRECTED:
        refuse_correction(measure, options)
    else:
        used = corrected_tables(columns.values, options.zero_cells, options.add)
    yi, vi = _TABLE_KERNELS[measure](used)
    if options.zero_cells == "only-zero-variance":
        zero = two_by_two.has_zero(observed)
        yi = np.where(zero, _TABLE_KERNELS[measure](observed)[0], yi)
    none, only = two_by_two.without_events(observed), two_by_two.only_events(observed)
    reasons: dict[int, str] = {}
    if measure in _UNINFORMED_BY_DOUBLE_ZERO:
        dropped = _dropped(measure, none, only, options)
        reasons = {int(i): NO_EVENTS if none[i] else ALL_EVENTS for i in np.flatnonzero(dropped)}
        if measure == "RR" and options.double_zero == "revman":
            yi = np.where(only, 0.0, yi)
    reasons |= _undefined_tables(observed, yi, vi, measure, reasons)
    changed = ((used.a != observed.a) | (used.c != observed.c)).nonzero()[0]
    rows = tuple(int(row) for row in changed if int(row) not in reasons)
    return Computed(yi, vi, reasons, correction_note(rows, options))


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


def _logistic_difference(t: two_by_two.Tables) -> tuple[Floats, Floats]:
    return conversions.odds_ratio_to_difference(t, conversions.LOGISTIC_FACTOR)


def _normal_difference(t: two_by_two.Tables) -> tuple[Floats, Floats]:
    return conversions.odds_ratio_to_difference(t, conversions.NORMAL_FACTOR)


_TABLE_KERNELS: dict[str, Callable[[two_by_two.Tables], tuple[Floats, Floats]]] = {
    "RR": two_by_two.log_risk_ratio,
    "OR": two_by_two.log_odds_ratio,
    "RD": two_by_two.risk_difference,
    "PETO": _peto,
    "AS": proportions.arcsine_difference,
    "PHI": associations.phi_coefficient,
    "ZPHI": lambda t: associations.fisher_z(*associations.phi_coefficient(t)),
    "YUQ": associations.yules_q,
    "YUY": associations.yules_y,
    "RTET": tetrachoric.tetrachoric_correlation,
    "ZTET": lambda t: associations.fisher_z(*tetrachoric.tetrachoric_correlation(t)),
    "PBIT": conversions.probit_difference,
    "OR2D": _logistic_difference,
    "OR2DN": _normal_difference,
    "OR2DL": _logistic_difference,
}

_UNINFORMED_BY_DOUBLE_ZERO = TABLE - UNCORRECTED - {"RD", "PETO"}

_MEAN_KERNELS: dict[str, Callable[[two_means.Groups], tuple[Floats, Floats]]] = {
    "SMDH": standardised_means.average_variance_difference,
    "SMD1": standardised_means.comparator_difference,
    "SMD1H": standardised_means.comparator_difference_unequal,
    "CLESN": standardised_means.superiority,
    "AUCN": standardised_means.superiority,
    "ROM": ratios_of_means.log_ratio_of_means,
    "VR": variability.log_variability_ratio,
    "CVR": variability.log_cv_ratio,
    "D2OR": lambda g: conversions.difference_to_odds_ratio(g, conversions.LOGISTIC_FACTOR),
    "D2ORN": lambda g: conversions.difference_to_odds_ratio(g, conversions.NORMAL_FACTOR),
    "D2ORL": lambda g: conversions.difference_to_odds_ratio(g, conversions.LOGISTIC_FACTOR),
    "RPB": biserial.point_biserial,
    "ZPB": lambda g: associations.fisher_z(*biserial.point_biserial(g)),
    "RBIS": biserial.biserial,
    "ZBIS": lambda g: associations.fisher_z(*biserial.biserial(g)),
}

_WHY_NO_MEANS = {
    "ROM": "means that are zero or differ in sign have no ratio",
    "CVR": "a coefficient of variation needs means above zero, and two participants an arm",
    "VR": "too few participants",
    "CLESN": NO_OVERLAP,
    "AUCN": NO_OVERLAP,
    "ZBIS": "the biserial correlation is 1 or beyond and has no z, or too few participants",
}


def compute_means(columns: Columns, measure: str, options: EffectOptions) -> Computed:
    """Compute a measure of two groups' means or spreads."""
    v = dict.fromkeys(("mean_1", "mean_2"), np.zeros(len(columns.study))) | dict(columns.values)
    groups = two_means.Groups(v["mean_1"], v["sd_1"], v["n_1"], v["mean_2"], v["sd_2"], v["n_2"])
    if measure == "MD":
        return Computed(*two_means.mean_difference(groups), {})
    if measure == "SMD":
        yi, vi = two_means.standardised_difference(
            groups, options.smd_variance, approximate=options.j == "approximate"
        )
    else:
        yi, vi = _MEAN_KERNELS[measure](groups)
    why = _WHY_NO_MEANS.get(measure, "too few participants to standardise")
    bad = ~(np.isfinite(yi) & np.isfinite(vi))
    return Computed(yi, vi, {int(row): why for row in np.flatnonzero(bad)})


def compute_rates(columns: Columns, measure: str, options: EffectOptions) -> Computed:
    """Compute a measure of two groups' event rates."""
    observed = rates.Rates(*(columns.values[name] for name in RATE_COLUMNS))
    if measure in UNCORRECTED:
        refuse_correction(measure, options)
        return Computed(*single_rates.root_rate_difference(observed), {})
    zero = (observed.events_1 == 0) | (observed.events_2 == 0)
    none = (observed.events_1 == 0) & (observed.events_2 == 0)
    rows = corrected_rows(zero, options.zero_cells)
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
    return Computed(yi, vi, reasons, correction_note(changed, options))
