"""Effect sizes of crossover trials, comparable with those of parallel trials."""

from __future__ import annotations

from typing import Any, Final, Literal, get_args

from equipoise.errors import DataError, MethodError
from equipoise.stats.effects import _crossover_events as events_routes
from equipoise.stats.effects import _crossover_means as means_routes
from equipoise.stats.effects._crossover_rules import check_crossover
from equipoise.stats.effects._design_rows import Rows, check_assumed, close_rows, open_rows
from equipoise.stats.effects.effect_table import EffectSizes
from equipoise.stats.options import (
    SmdVariance,
    check_fraction,
    check_option,
    check_word,
)
from equipoise.stats.presets import check_add

CrossoverMeasure = Literal["MD", "SMD", "ROM", "RD", "RR", "OR"]
CrossoverAnalysis = Literal["paired", "first-period"]
"""``paired`` uses all periods where a row allows it, and else the first period."""

PairedInterval = Literal["t", "z"]
CrossoverSmd = Literal["cousineau", "handbook"]
PairedZeroCells = Literal["only-zero", "none"]

_MEANS: Final = ("MD", "SMD", "ROM")
_MEAN_COLUMNS: Final = (
    "mean_1", "sd_1", "mean_2", "sd_2", "n", "r", "estimate", "se", "ci_low", "ci_high",
    "sd_difference", "t", "p",
    "first_mean_1", "first_sd_1", "first_n_1", "first_mean_2", "first_sd_2", "first_n_2",
)  # fmt: skip
_EVENT_COLUMNS: Final = (
    "both", "only_1", "only_2", "neither", "events_1", "events_2", "n", "r",
    "estimate", "se", "ci_low", "ci_high",
    "first_events_1", "first_n_1", "first_events_2", "first_n_2",
)  # fmt: skip
_WITHOUT: Final = (
    "its numbers do not give the variance of a paired comparison; give a standard error, interval, "
    "SD of differences, t, p or r of it, or assumed_r"
)


def crossover_effects(
    measure: CrossoverMeasure,
    *,
    data: Any = None,
    study: Any = None,
    mean_1: Any = None,
    sd_1: Any = None,
    mean_2: Any = None,
    sd_2: Any = None,
    n: Any = None,
    r: Any = None,
    estimate: Any = None,
    se: Any = None,
    ci_low: Any = None,
    ci_high: Any = None,
    sd_difference: Any = None,
    t: Any = None,
    p: Any = None,
    both: Any = None,
    only_1: Any = None,
    only_2: Any = None,
    neither: Any = None,
    events_1: Any = None,
    events_2: Any = None,
    first_mean_1: Any = None,
    first_sd_1: Any = None,
    first_n_1: Any = None,
    first_mean_2: Any = None,
    first_sd_2: Any = None,
    first_n_2: Any = None,
    first_events_1: Any = None,
    first_events_2: Any = None,
    assumed_r: float | None = None,
    analysis: CrossoverAnalysis = "paired",
    interval: PairedInterval = "t",
    smd_formula: CrossoverSmd = "cousineau",
    smd_variance: SmdVariance = "hedges-ls",
    zero_cells: PairedZeroCells = "only-zero",
    add: float = 0.5,
    level: float = 0.95,
) -> EffectSizes:
    """Compute the effect size of each crossover trial by the first way its row allows.

    The estimate is that of a parallel trial; the variance is that of a paired comparison. A row may
    leave any cell empty. For means the standard error of the paired difference is taken from,
    in this order: ``se``; ``ci_low ci_high``; ``sd_difference``; ``t``; ``p``; ``r``; ``assumed_r``.
    For events, from ``estimate`` with ``se`` or an interval; the table of pairs ``both only_1 only_2
    neither``; ``events_1 events_2 n`` with ``r`` or ``assumed_r``. Rows with nothing of the kind use
    the first period, if given, as a parallel trial. Notes say which rows went which way.

    Treating a crossover trial as if its treatments had been given to different people is
    ``assumed_r=0``: a standard error that is too large wherever people resemble themselves.

    ROM, RR and OR are analysed as logarithms, and their ``estimate``, ``se`` and limits are too; for
    MD and SMD these are of the difference in means, in the outcome's units. Formulas:
    ``docs/statistics/designs.md``. In R, for a known r: ``metafor::escalc`` with ``"MC"``,
    ``"SMCRP"``, ``"ROMC"``, ``"MPRD"``, ``"MPRR"``, ``"MPOR"``. Elbourne and others 2002,
    doi:10.1093/ije/31.1.140; Cochrane Handbook 23.2.

    Args:
        measure: The effect measure.
        data: The table that column names refer to.
        study: Labels; numbered from 1 if not given.
        mean_1: Mean under treatment 1.
        sd_1: Standard deviation under treatment 1.
        mean_2: Mean under treatment 2.
        sd_2: Standard deviation under treatment 2.
        n: People who had both treatments.
        r: Correlation of a person's two outcomes.
        estimate: The trial's own paired estimate.
        se: The standard error of that estimate, or of the difference of the means.
        ci_low: Its lower confidence limit.
        ci_high: Its upper confidence limit.
        sd_difference: Standard deviation of the people's differences.
        t: Paired t statistic.
        p: Two-sided p-value of the paired t test.
        both: People with an event under either treatment.
        only_1: People with an event under treatment 1 only.
        only_2: People with an event under treatment 2 only.
        neither: People without an event.
        events_1: People with an event under treatment 1.
        events_2: People with an event under treatment 2.
        first_mean_1: Mean in the first period of those who had treatment 1 first.
        first_sd_1: Their standard deviation.
        first_n_1: Their number.
        first_mean_2: Mean in the first period of those who had treatment 2 first.
        first_sd_2: Their standard deviation.
        first_n_2: Their number.
        first_events_1: Events in the first period of those who had treatment 1 first.
        first_events_2: Events in the first period of those who had treatment 2 first.
        assumed_r: The correlation of rows that tell nothing about theirs.
        analysis: ``paired``, or the first period only (if what was given first may carry over).
        interval: Whether limits of differences in means are those of t with n − 1 df, or of z.
        smd_formula: ``cousineau`` (metafor's SMCRP) or ``handbook`` (Cochrane Handbook 23.2.7.2).
        smd_variance: The variance of a first period's SMD, as in `effect_sizes`.
        zero_cells: Whether trials with an empty marginal cell are corrected.
        add: What is added to each marginal cell.
        level: The level of ``ci_low`` and ``ci_high``.

    Raises:
        DataError: For numbers that cannot be what they claim, all rows at once.
        MethodError: For an option that does not exist, or a measure that is not defined here.

    Example:
        >>> trials = crossover_effects(
        ...     "MD", mean_1=[7.0], sd_1=[2.38], mean_2=[6.5], sd_2=[2.21], n=[10], assumed_r=0.68
        ... )
        >>> round(float(trials.sei[0]), 3)
        0.583
    """
    _check_measure(measure)
    check_word("analysis", analysis, get_args(CrossoverAnalysis))
    check_word("interval", interval, get_args(PairedInterval))
    check_word("smd_formula", smd_formula, get_args(CrossoverSmd))
    check_word("zero_cells", zero_cells, get_args(PairedZeroCells))
    check_option("smd_variance", smd_variance)
    check_assumed("assumed_r", assumed_r, -1.0, 1.0)
    check_add(add)
    check_fraction("level", level)
    given = {
        "mean_1": mean_1, "sd_1": sd_1, "mean_2": mean_2, "sd_2": sd_2, "n": n, "r": r,
        "estimate": estimate, "se": se, "ci_low": ci_low, "ci_high": ci_high,
        "sd_difference": sd_difference, "t": t, "p": p, "both": both, "only_1": only_1,
        "only_2": only_2, "neither": neither, "events_1": events_1, "events_2": events_2,
        "first_mean_1": first_mean_1, "first_sd_1": first_sd_1, "first_n_1": first_n_1,
        "first_mean_2": first_mean_2, "first_sd_2": first_sd_2, "first_n_2": first_n_2,
        "first_events_1": first_events_1, "first_events_2": first_events_2,
    }  # fmt: skip
    rows = _open(measure, data, study, given)
    if measure in _MEANS:
        options = means_routes.Options(
            assumed_r, analysis, interval, smd_formula, smd_variance, level
        )
        used = means_routes.fill(rows, measure, options)
        recorded = means_routes.recorded(rows, measure, options)
    else:
        counts = events_routes.Options(assumed_r, analysis, zero_cells, add, level)
        used = events_routes.fill(rows, measure, counts)
        recorded = events_routes.recorded(rows, counts)
    return close_rows(
        measure, rows, used=used, options=recorded, without=_WITHOUT, assumed_r=assumed_r
    )


def _open(measure: str, data: Any, study: Any, given: dict[str, Any]) -> Rows:
    allowed = _MEAN_COLUMNS if measure in _MEANS else _EVENT_COLUMNS
    extra = [name for name, value in given.items() if value is not None and name not in allowed]
    if extra:
        raise DataError(
            f"{measure} of crossover trials does not use {', '.join(extra)}; it uses "
            f"{', '.join(allowed)}",
            rule=f"columns of {measure}",
        )
    rows = open_rows(data, study, given, f"{measure} uses some of {', '.join(allowed)}")
    check_crossover(rows.columns)
    rows.columns.problems.raise_if_any()
    return rows


def _check_measure(measure: object) -> None:
    if measure not in get_args(CrossoverMeasure):
        raise MethodError(
            f"crossover trials are computed for {', '.join(get_args(CrossoverMeasure))}, not "
            f"{measure!r}; matched pairs have further measures in effect_sizes",
            spec=f"measure={measure!r}",
            reason="not defined for crossover trials",
        )
