"""Effect sizes of trials: what each one says, on the scale where they are pooled."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from equipoise.stats.effects import _effect_routes as routes
from equipoise.stats.effects._effect_rules import check_range
from equipoise.stats.effects._route_types import EffectOptions
from equipoise.stats.effects.effect_table import SCHEMA_VERSION, EffectSizes
from equipoise.stats.effects.inputs import read_columns
from equipoise.stats.options import (
    COUNTED,
    MATCHED,
    ONE_GROUP,
    UNCORRECTED,
    DoubleZero,
    Measure,
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
    events_1: Any = None,
    n_1: Any = None,
    events_2: Any = None,
    n_2: Any = None,
    mean_1: Any = None,
    sd_1: Any = None,
    mean_2: Any = None,
    sd_2: Any = None,
    time_1: Any = None,
    time_2: Any = None,
    estimate: Any = None,
    se: Any = None,
    ci_low: Any = None,
    ci_high: Any = None,
    o_minus_e: Any = None,
    variance: Any = None,
    events: Any = None,
    n: Any = None,
    time: Any = None,
    mean: Any = None,
    sd: Any = None,
    r: Any = None,
    covariates: Any = None,
    both: Any = None,
    only_1: Any = None,
    only_2: Any = None,
    neither: Any = None,
    alpha: Any = None,
    items: Any = None,
    zero_cells: ZeroCells = "only-zero",
    add: float = 0.5,
    double_zero: DoubleZero = "drop",
    smd_variance: SmdVariance = "hedges-ls",
    level: float = 0.95,
) -> EffectSizes:
    """Compute the effect size and its variance for each trial.

    Arguments are sequences, or, with ``data`` (a dict of columns, or a pandas, polars or pyarrow
    table), column names. Arm 1 is the treatment, arm 2 the comparator.

    ======================  ================================================================
    two by two              ``events_1 n_1 events_2 n_2``: RR OR RD AS PETO (also ``o_minus_e
                            variance``); PHI YUQ YUY RTET and PBIT OR2D OR2DN OR2DL
    two groups' means       ``mean_1 sd_1 n_1 mean_2 sd_2 n_2``: MD SMD SMDH SMD1 SMD1H CLESN ROM
                            VR (no means) CVR, D2OR D2ORN D2ORL, RPB RBIS
    two groups' rates       ``events_1 time_1 events_2 time_2``: IRR IRD IRSD
    correlations            ``r n``: COR UCOR ZCOR; with ``covariates``: PCOR ZPCOR
    one group               ``events n``: PR PLN PLO PRZ PAS PFT; ``events time``: IR IRLN IRS
                            IRFT; ``mean sd n``: MN SMN MNLN CVLN; ``sd n``: SDLN
    a group measured twice  ``mean_1 sd_1 mean_2 sd_2 r n``: MC SMCC SMCR SMCRH ROMC CVRC; without
                            means: VRC
    matched pairs           ``both only_1 only_2 neither``: MPRD MPRR MPOR MPORC MPPETO
    reliability             ``alpha items n``: ARAW AHW ABT
    ``HR GENERIC``          ``estimate`` with ``se`` or ``ci_low ci_high``, or ``o_minus_e
                            variance``; hazard ratios as logarithms; each row may use another
    ======================  ================================================================

    ZPHI ZTET ZPB ZBIS are Fisher's z of PHI RTET RPB RBIS. ``docs/statistics/effect-sizes.md`` has
    every formula.

    The defaults equal ``metafor::escalc(add = 1/2, to = "only0")`` but for ``double_zero``, which
    metafor keeps. The zero-cell correction is for the trials' own estimates; Mantel-Haenszel and
    Peto pooling use the counts as observed unless told otherwise.

    Args:
        measure: The effect measure.
        data: The table that column names refer to.
        study: Labels; numbered from 1 if not given.
        events_1: Events in arm 1 (fractions are allowed after adjustment for clustering).
        n_1: Participants in arm 1.
        events_2: Events in arm 2.
        n_2: Participants in arm 2.
        mean_1: Mean in arm 1.
        sd_1: Standard deviation in arm 1.
        mean_2: Mean in arm 2.
        sd_2: Standard deviation in arm 2.
        time_1: Person-time in arm 1.
        time_2: Person-time in arm 2.
        estimate: The trial's own estimate on the analysis scale.
        se: Its standard error.
        ci_low: Its lower confidence limit, same scale.
        ci_high: Its upper confidence limit, same scale.
        o_minus_e: Observed minus expected events in arm 1.
        variance: The variance of ``o_minus_e``.
        events: Events in a single group.
        n: Participants of a single group, pairs of a correlation or of a change.
        time: Person-time of a single group.
        mean: Mean of a single group.
        sd: Standard deviation of a single group.
        r: A correlation: the effect itself, or that of the two measurements of a change.
        covariates: How many variables a partial correlation holds constant.
        both: Pairs with an event under either treatment.
        only_1: Pairs with an event under treatment 1 only.
        only_2: Pairs with an event under treatment 2 only.
        neither: Pairs without an event.
        alpha: Cronbach's alpha.
        items: Items of the scale.
        zero_cells: Which trials get the zero-cell correction.
        add: What is added to each cell.
        double_zero: What becomes of trials with no (or only) events in both arms.
        smd_variance: How the standardised mean difference's variance is computed.
        level: The level of ``ci_low`` and ``ci_high``.

    Raises:
        DataError: For numbers that cannot be what they claim, all rows at once.
        MethodError: For an option that does not exist.

    Example:
        >>> trials = effect_sizes("RR", events_1=[4], n_1=[123], events_2=[11], n_2=[139])
        >>> round(float(trials.yi[0]), 4)
        -0.8893
    """
    check_option("measure", measure)
    check_option("zero_cells", zero_cells)
    check_option("double_zero", double_zero)
    check_option("smd_variance", smd_variance)
    check_add(add)
    check_fraction("level", level)
    given = {
        "events_1": events_1, "n_1": n_1, "events_2": events_2, "n_2": n_2,
        "mean_1": mean_1, "sd_1": sd_1, "mean_2": mean_2, "sd_2": sd_2,
        "time_1": time_1, "time_2": time_2, "estimate": estimate, "se": se,
        "ci_low": ci_low, "ci_high": ci_high, "o_minus_e": o_minus_e, "variance": variance,
        "events": events, "n": n, "time": time, "mean": mean, "sd": sd, "r": r,
        "covariates": covariates, "both": both, "only_1": only_1, "only_2": only_2,
        "neither": neither, "alpha": alpha, "items": items,
    }  # fmt: skip
    route = routes.choose_route(measure, {name: v for name, v in given.items() if v is not None})
    columns = read_columns(data, study, route.arguments)
    route.check(columns)
    columns.problems.raise_if_any()
    options = EffectOptions(zero_cells, add, double_zero, smd_variance, level)
    computed = route.compute(columns, measure, options)
    check_range(columns, computed.yi, computed.vi, computed.reasons)
    columns.problems.raise_if_any()
    yi, vi, reasons = routes.settle(computed)
    return EffectSizes(
        measure=measure,
        study=columns.study,
        yi=yi,
        vi=vi,
        reasons=reasons,
        columns=MappingProxyType(dict(columns.values)),
        options=MappingProxyType(_recorded(measure, options)),
        notes=computed.notes,
        backend=columns.backend,
    )


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
