"""Routes of single groups, paired measurements, matched pairs, correlations and reliability.

Each measure is a line of a table: the columns it needs, the kernel, and what it means when the
kernel finds no answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from equipoise.errors import MethodError
from equipoise.kernels.batches import Bools, Floats
from equipoise.kernels.effects import (
    correlations,
    crossover,
    determination,
    genotypes,
    matched_pairs,
    paired_means,
    pooled_changes,
    proportions,
    ranks,
    reliability,
    single_means,
    single_rates,
    two_by_two,
    variability,
)
from equipoise.stats.effects._effect_routes import NO_OVERLAP, TABLE_COLUMNS
from equipoise.stats.effects._route_types import Computed, EffectOptions
from equipoise.stats.effects._zero_cells import corrected_rows, correction_note, refuse_correction
from equipoise.stats.effects.inputs import Columns
from equipoise.stats.options import UNCORRECTED

_Kernel = Callable[..., tuple[Floats, Floats]]

_FEW: Final = "too few participants"
_NO_RATIO: Final = "means that are zero or differ in sign have no ratio"
_NO_LOG: Final = "its logarithm needs a mean above zero"
_LIMIT: Final = "a correlation of 1 or -1, or too few participants, has no sampling variance"
_ALIKE: Final = "all pairs have the same outcome under both treatments: nothing varies"
_NO_SUCH_PAIRS: Final = "no pairs have these margins and this correlation"
_EXPLAINED: Final = "its square exceeds R², R² is 1, or there are too few participants"
_EMPTY: Final = "no events, or nothing but events, uncorrected"


@dataclass(frozen=True, slots=True)
class _Line:
    columns: tuple[str, ...]
    kernel: _Kernel
    why: str


def _paired(
    kernel: Callable[[paired_means.Pairs], tuple[Floats, Floats]],
) -> Callable[..., tuple[Floats, Floats]]:
    return lambda *values: kernel(paired_means.Pairs(*values))


_PAIRED_COLUMNS: Final = ("mean_1", "sd_1", "mean_2", "sd_2", "r", "n")
_PAIR_COUNTS: Final = ("both", "only_1", "only_2", "neither")
_MEAN_COLUMNS: Final = ("mean", "sd", "n")
_ALPHA_COLUMNS: Final = ("alpha", "items", "n")
_PARTIAL_COLUMNS: Final = ("r", "n", "covariates")
_SEMI_PARTIAL_COLUMNS: Final = ("r", "n", "r_squared")
_AUC_COLUMNS: Final = ("auc", "n_1", "n_2")
_GENOTYPES: Final = ("homozygous_a", "heterozygous", "homozygous_b")

_PLAIN: Final[Mapping[str, _Line]] = {
    "COR": _Line(("r", "n"), correlations.correlation, _LIMIT),
    "UCOR": _Line(("r", "n"), correlations.unbiased_correlation, _LIMIT),
    "ZCOR": _Line(("r", "n"), correlations.fisher_correlation, _LIMIT),
    "PCOR": _Line(_PARTIAL_COLUMNS, correlations.partial_correlation, _LIMIT),
    "ZPCOR": _Line(_PARTIAL_COLUMNS, correlations.fisher_partial, _LIMIT),
    "SPCOR": _Line(_SEMI_PARTIAL_COLUMNS, correlations.semi_partial, _EXPLAINED),
    "ZSPCOR": _Line(_SEMI_PARTIAL_COLUMNS, correlations.fisher_semi_partial, _EXPLAINED),
    "R2": _Line(("r_squared", "n"), determination.raw, "an R² of 0 or 1 has no sampling variance"),
    "ZR2": _Line(("r_squared", "n"), determination.fisher, "an R² of 1 has no z"),
    "CLES": _Line(_AUC_COLUMNS, ranks.superiority, NO_OVERLAP),
    "AUC": _Line(_AUC_COLUMNS, ranks.superiority, NO_OVERLAP),
    "REH": _Line(_GENOTYPES, genotypes.relative_excess, "a genotype that nobody has"),
    "MN": _Line(_MEAN_COLUMNS, single_means.mean_of_group, _FEW),
    "SMN": _Line(_MEAN_COLUMNS, single_means.standardised_mean, _FEW),
    "MNLN": _Line(_MEAN_COLUMNS, single_means.log_mean, _NO_LOG),
    "SDLN": _Line(("sd", "n"), variability.log_sd, _FEW),
    "CVLN": _Line(_MEAN_COLUMNS, variability.log_cv, f"{_NO_LOG}, and two participants"),
    "MC": _Line(_PAIRED_COLUMNS, _paired(paired_means.mean_change), "the change has no spread"),
    "SMCC": _Line(_PAIRED_COLUMNS, _paired(paired_means.change_standardised), _FEW),
    "SMCR": _Line(_PAIRED_COLUMNS, _paired(paired_means.raw_standardised), _FEW),
    "SMCRH": _Line(_PAIRED_COLUMNS, _paired(paired_means.raw_standardised_unequal), _FEW),
    "SMCRP": _Line(_PAIRED_COLUMNS, _paired(pooled_changes.standardised), _FEW),
    "SMCRPH": _Line(_PAIRED_COLUMNS, _paired(pooled_changes.standardised_unequal), _FEW),
    "CLESCN": _Line(_PAIRED_COLUMNS, _paired(pooled_changes.superiority), NO_OVERLAP),
    "AUCCN": _Line(_PAIRED_COLUMNS, _paired(pooled_changes.superiority), NO_OVERLAP),
    "ROMC": _Line(_PAIRED_COLUMNS, _paired(paired_means.log_ratio_of_paired_means), _NO_RATIO),
    "VRC": _Line(("sd_1", "sd_2", "r", "n"), paired_means.log_paired_variability_ratio, _LIMIT),
    "CVRC": _Line(_PAIRED_COLUMNS, _paired(paired_means.log_paired_cv_ratio), _NO_LOG),
    "ARAW": _Line(_ALPHA_COLUMNS, reliability.raw_alpha, "alpha is 1, or too few participants"),
    "AHW": _Line(
        _ALPHA_COLUMNS, reliability.hakstian_whalen, "alpha is 1, or too few participants"
    ),
    "ABT": _Line(_ALPHA_COLUMNS, reliability.bonett, "alpha is 1, or too few participants"),
}

_PROPORTIONS: Final[Mapping[str, _Kernel]] = {
    "PR": proportions.proportion,
    "PLN": proportions.log_proportion,
    "PLO": proportions.logit,
    "PRZ": proportions.probit,
    "PAS": proportions.arcsine,
    "PFT": proportions.freeman_tukey,
}

_RATES: Final[Mapping[str, _Kernel]] = {
    "IR": single_rates.rate,
    "IRLN": single_rates.log_rate,
    "IRS": single_rates.root_rate,
    "IRFT": single_rates.freeman_tukey_rate,
}

_PAIRS: Final[Mapping[str, Callable[[matched_pairs.PairTables], tuple[Floats, Floats]]]] = {
    "MPRD": matched_pairs.paired_risk_difference,
    "MPRR": matched_pairs.paired_log_risk_ratio,
    "MPOR": matched_pairs.paired_log_odds_ratio,
    "MPORC": matched_pairs.conditional_log_odds_ratio,
    "MPPETO": matched_pairs.conditional_log_peto,
}


MEAN_MEASURES: Final = frozenset({"MN", "SMN", "MNLN", "SDLN", "CVLN"})
"""Measures of a single group's mean and standard deviation."""


def further_columns(measure: str) -> tuple[str, ...]:
    """Return the numbers a measure is computed from."""
    if measure in _PLAIN:
        return _PLAIN[measure].columns
    if measure in _PAIRS:
        return _PAIR_COUNTS
    if measure == "MPORM":
        return (*TABLE_COLUMNS, "r")
    return ("events", "n") if measure in _PROPORTIONS else ("events", "time")


def compute(columns: Columns, measure: str, options: EffectOptions) -> Computed:
    """Compute a measure of single groups, pairs, correlations or scales."""
    if measure in _PLAIN:
        return _plain(columns, measure, options)
    if measure in _PAIRS:
        return _pairs(columns, measure, options)
    if measure == "MPORM":
        return _margins(columns, options)
    return (_proportions if measure in _PROPORTIONS else _rates)(columns, measure, options)


def _plain(columns: Columns, measure: str, options: EffectOptions) -> Computed:
    if measure in UNCORRECTED:
        refuse_correction(measure, options)
    line = _PLAIN[measure]
    yi, vi = line.kernel(*(columns.values[name] for name in line.columns))
    return Computed(yi, vi, _reasons(yi, vi, line.why))


def _proportions(columns: Columns, measure: str, options: EffectOptions) -> Computed:
    events, n = columns.values["events"], columns.values["n"]
    empty = np.asarray((events == 0.0) | (events == n), dtype=np.bool_)
    rows, add = _rows(measure, empty, options)
    kernel = _PROPORTIONS[measure]
    yi, vi = kernel(events + add, n + 2.0 * add)
    if options.zero_cells == "only-zero-variance":
        yi = np.where(empty, kernel(events, n)[0], yi)
    return _with_note(yi, vi, rows, options)


def _rates(columns: Columns, measure: str, options: EffectOptions) -> Computed:
    events, time = columns.values["events"], columns.values["time"]
    empty = np.asarray(events == 0.0, dtype=np.bool_)
    rows, add = _rows(measure, empty, options)
    kernel = _RATES[measure]
    yi, vi = kernel(events + add, time)
    if options.zero_cells == "only-zero-variance":
        yi = np.where(empty, kernel(events, time)[0], yi)
    return _with_note(yi, vi, rows, options)


def _pairs(columns: Columns, measure: str, options: EffectOptions) -> Computed:
    observed = matched_pairs.PairTables(*(columns.values[name] for name in _PAIR_COUNTS))
    empty = matched_pairs.has_empty_cell(observed)
    rows, _ = _rows(measure, empty, options)
    yi, vi = _PAIRS[measure](matched_pairs.corrected_pairs(observed, rows, options.add))
    if options.zero_cells == "only-zero-variance":
        yi = np.where(empty, _PAIRS[measure](observed)[0], yi)
    return _with_note(yi, vi, rows, options)


def _margins(columns: Columns, options: EffectOptions) -> Computed:
    """Compute the marginal log odds ratio of pairs of which only margins and φ are known."""
    observed = two_by_two.tables(*(columns.values[name] for name in TABLE_COLUMNS))
    r = columns.values["r"]
    empty = two_by_two.has_zero(observed)
    rows, _ = _rows("MPORM", empty, options)
    used = two_by_two.corrected(observed, rows, options.add)
    yi, _ = two_by_two.log_odds_ratio(used)
    if options.zero_cells == "only-zero-variance":
        yi = np.where(empty, two_by_two.log_odds_ratio(observed)[0], yi)
    margins = crossover.margins_with_correlation(used, r)
    done = _with_note(yi, crossover.paired_variance("OR", margins), rows, options)
    alike = np.flatnonzero(~crossover.pairs_differ(margins))
    torn = np.flatnonzero(~crossover.pairs_exist(crossover.margins_with_correlation(observed, r)))
    reasons = {int(row): _ALIKE for row in alike} | {int(row): _NO_SUCH_PAIRS for row in torn}
    return replace(done, reasons=done.reasons | reasons)


def _rows(measure: str, empty: Bools, options: EffectOptions) -> tuple[Bools, Floats]:
    """Return which studies get the correction, and what is added to their counts.

    Raises:
        MethodError: For a correction that needs two arms, or that the measure does not have.
    """
    if measure in UNCORRECTED:
        refuse_correction(measure, options)
        return np.zeros(empty.shape, dtype=np.bool_), np.zeros(empty.shape)
    if options.zero_cells == "treatment-arm":
        raise MethodError(
            f"{measure} has no arms to share a correction; use zero_cells='only-zero'",
            spec=f"measure={measure}, zero_cells=treatment-arm",
            reason="needs two arms",
        )
    rows = corrected_rows(empty, options.zero_cells)
    return rows, np.where(rows, options.add, 0.0)


def _with_note(yi: Floats, vi: Floats, rows: Bools, options: EffectOptions) -> Computed:
    reasons = _reasons(yi, vi, _EMPTY)
    changed = tuple(int(row) for row in np.flatnonzero(rows) if int(row) not in reasons)
    return Computed(yi, vi, reasons, correction_note(changed, options))


def _reasons(yi: Floats, vi: Floats, why: str) -> dict[int, str]:
    with np.errstate(invalid="ignore"):
        bad = ~(np.isfinite(yi) & np.isfinite(vi) & (vi > 0.0))
    return {int(row): why for row in np.flatnonzero(bad)}
