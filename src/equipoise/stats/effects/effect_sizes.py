"""Effect sizes of trials: what each one says, on the scale where they are pooled."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, Unpack

from equipoise.stats.effects._conversion import choose, convert, open_ways
from equipoise.stats.effects._effect_routes import settle
from equipoise.stats.effects._effect_rules import check_range, check_values
from equipoise.stats.effects._plans import plan_for
from equipoise.stats.effects._route_types import EffectOptions
from equipoise.stats.effects._scales import as_reported, on_analysis_scale, read_scale
from equipoise.stats.effects.effect_table import SCHEMA_VERSION, EffectSizes
from equipoise.stats.effects.inputs import read_columns
from equipoise.stats.effects.reported import Reported, check_names
from equipoise.stats.options import (
    COUNTED,
    MATCHED,
    ONE_GROUP,
    UNCORRECTED,
    DoubleZero,
    HedgesJ,
    MeanCi,
    Measure,
    Medians,
    SmdVariance,
    ZeroCells,
    check_fraction,
    check_option,
)
from equipoise.stats.presets import check_add

__all__ = ["SCHEMA_VERSION", "EffectSizes", "effect_sizes"]


def effect_sizes(
    measure: Measure,
    *,
    data: Any = None,
    study: Any = None,
    zero_cells: ZeroCells = "only-zero",
    add: float = 0.5,
    double_zero: DoubleZero = "drop",
    smd_variance: SmdVariance = "hedges-ls",
    level: float = 0.95,
    scale: Any = "log",
    medians: Medians = "luo-wan-shi",
    mean_ci: MeanCi = "t",
    yates: bool = False,
    j: HedgesJ = "exact",
    **reported: Unpack[Reported],
) -> EffectSizes:
    """Compute the effect size and its variance for each trial, from whatever it reported.

    Columns are sequences, or, with ``data`` (a dict of columns, or a pandas, polars or pyarrow
    table), column names; `Reported` names them all. Arm 1 is the treatment, arm 2 the comparator.
    Every row takes the first way it is complete for, in the order below; ``route`` and ``explain()``
    of the result say which, and what it supposes.

    ======================  ================================================================
    two by two              ``events_1 n_1 events_2 n_2``, or ``n_1 n_2 events_total`` with
                            ``odds_ratio``, ``phi`` or ``chi2 sign``, or the accuracy of a test: RR
                            OR RD PETO AS; PHI YUQ YUY RTET and PBIT OR2D OR2DN OR2DL
    two groups' means       ``mean sd n`` of each arm, or instead of the SD ``se``, ``mean_ci_low
                            mean_ci_high``, ``q1 q3``, ``min max``, or these with ``median`` and no
                            mean; or both means with ``se``, ``ci_low ci_high``, ``t`` or ``p`` of
                            the difference: MD SMD SMDH SMD1 SMD1H CLESN (AUCN) ROM VR (no means) CVR,
                            D2OR D2ORN D2ORL, RPB RBIS; ``auc n_1 n_2``: CLES (AUC)
    differences in SDs      ``n_1 n_2`` with ``t``, ``f sign``, ``d``, ``g``, ``r`` or ``p sign``:
                            SMD D2OR D2ORN D2ORL RPB RBIS
    two groups' rates       ``events_1 time_1 events_2 time_2``: IRR IRD IRSD
    estimates as reported   ``estimate`` with ``se``, ``ci_low ci_high`` or ``p``: RR OR RD IRR IRD
                            MD SMD ROM HR GENERIC; ``o_minus_e variance``: PETO HR GENERIC; the
                            log-rank test's ``p sign`` with events: HR
    correlations            ``n`` with ``r``, ``t`` or ``p sign``: COR UCOR ZCOR; with
                            ``covariates``: PCOR ZPCOR
    regressions             ``r n r_squared``, or ``n covariates r_squared`` with ``t`` or ``p sign``:
                            SPCOR ZSPCOR; ``r_squared n`` or ``f n predictors``: R2 ZR2
    one group               ``events n``: PR PLN PLO PRZ PAS PFT; ``events time``: IR IRLN IRS
                            IRFT; ``mean sd n``, or what stands in for the SD: MN SMN MNLN CVLN SDLN
    a group measured twice  ``mean_1 sd_1 mean_2 sd_2 r n``: MC SMCC SMCR SMCRH SMCRP SMCRPH CLESCN
                            (AUCCN) ROMC CVRC; without means: VRC
    matched pairs           ``both only_1 only_2 neither``: MPRD MPRR MPOR MPORC MPPETO;
                            ``events_1 events_2 n r``: MPORM
    reliability             ``alpha items n``: ARAW AHW ABT
    genotypes               ``homozygous_a heterozygous homozygous_b``: REH
    ======================  ================================================================

    ZPHI ZTET ZPB ZBIS are Fisher's z of PHI RTET RPB RBIS. ``docs/statistics/effect-sizes.md`` has
    every formula, ``docs/statistics/routes.md`` every way.

    The defaults equal ``metafor::escalc(add = 1/2, to = "only0")`` but for ``double_zero``, which
    metafor keeps. The zero-cell correction is for the trials' own estimates; Mantel-Haenszel and
    Peto pooling use the counts as observed unless told otherwise.

    Args:
        measure: The effect measure.
        data: The table that column names refer to.
        study: Labels; numbered from 1 if not given.
        zero_cells: Which trials get the zero-cell correction.
        add: What is added to each cell.
        double_zero: What becomes of trials with no (or only) events in both arms.
        smd_variance: How the standardised mean difference's variance is computed.
        level: The level of all confidence limits given.
        scale: The scale of ``estimate ci_low ci_high`` of ratios: ``log``, ``natural``, or a column of
            these words. A standard error is always that of the logarithm.
        medians: How mean and standard deviation come from a median.
        mean_ci: Whether intervals and p-values of means used Student's or normal quantiles.
        yates: Whether ``chi2`` was computed with Yates' correction.
        j: Hedges' correction of the standardised mean difference: ``exact`` or ``approximate``.
        **reported: The columns of numbers; see `Reported`.

    Raises:
        DataError: For numbers that cannot be what they claim, and rows that no way can use, all
            rows at once.
        MethodError: For an option that does not exist.

    Example:
        >>> trials = effect_sizes("RR", events_1=[4], n_1=[123], events_2=[11], n_2=[139])
        >>> round(float(trials.yi[0]), 4)
        -0.8893
        >>> effect_sizes("SMD", t=[2.0], n_1=[50], n_2=[50]).route
        ('t-statistic',)
    """
    options = _checked(
        measure,
        EffectOptions(
            zero_cells, add, double_zero, smd_variance, level, medians, mean_ci, yates, j
        ),
    )
    given = check_names(reported)
    plan = plan_for(measure, given)
    ways = open_ways(measure, plan, given)
    columns = read_columns(data, study, given)
    check_values(columns)
    used = on_analysis_scale(columns, measure, read_scale(data, scale, len(columns.study)))
    chosen = choose(used, ways)
    columns.problems.raise_if_any()
    done = convert(used, plan, (ways, chosen), measure, options)
    computed = done.computed
    check_range(columns, computed.yi, computed.vi, computed.reasons)
    columns.problems.raise_if_any()
    yi, vi, reasons = settle(computed)
    return EffectSizes(
        measure=measure,
        study=columns.study,
        yi=yi,
        vi=vi,
        reasons=reasons,
        columns=MappingProxyType(as_reported(done.values, columns)),
        options=MappingProxyType(_recorded(measure, options)),
        notes=computed.notes,
        backend=columns.backend,
        route=done.route,
        settings=MappingProxyType(_settings(options)),
    )


def _checked(measure: str, options: EffectOptions) -> EffectOptions:
    """Return the options if all are words and numbers that exist."""
    check_option("measure", measure)
    for name in ("zero_cells", "double_zero", "smd_variance", "medians", "mean_ci", "j"):
        check_option(name, getattr(options, name))
    check_add(options.add)
    check_fraction("level", options.level)
    return options


def _settings(options: EffectOptions) -> dict[str, Any]:
    """Return the options that bear on the ways from reported numbers."""
    return {name: getattr(options, name) for name in ("level", "medians", "mean_ci", "yates", "j")}


def _recorded(measure: str, options: EffectOptions) -> dict[str, Any]:
    """Return the options that bear on this measure."""
    if measure == "SMD":
        return {"smd_variance": options.smd_variance}
    if measure in UNCORRECTED:
        return {"zero_cells": "none"}
    if measure not in COUNTED:
        return {}
    recorded = {"zero_cells": options.zero_cells, "add": options.add}
    if measure in ONE_GROUP | MATCHED:
        return recorded
    return recorded | {"double_zero": options.double_zero}
