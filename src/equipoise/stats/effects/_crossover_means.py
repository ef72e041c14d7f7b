"""Routes from what crossover trials report about means to their effect sizes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from equipoise.kernels.batches import Bools, Floats
from equipoise.kernels.distributions import normal_critical
from equipoise.kernels.effects import crossover
from equipoise.kernels.effects.paired_means import Pairs
from equipoise.stats.effects._design_rows import Rows, column, fill_from_effect_sizes, known
from equipoise.stats.options import SmdVariance

_FIRST: Final = (
    "first_mean_1", "first_sd_1", "first_n_1", "first_mean_2", "first_sd_2", "first_n_2",
)  # fmt: skip
_ONE: Final = 1.0 + 1e-9
"""An implied correlation beyond 1 by rounding only is 1."""


@dataclass(frozen=True, slots=True)
class Options:
    """The options of crossover trials that concern means."""

    assumed_r: float | None
    analysis: str
    interval: str
    smd_formula: str
    smd_variance: SmdVariance
    level: float


@dataclass(frozen=True, slots=True, eq=False)
class _Paired:
    """The paired difference of each row as far as it is known; ``ways`` says whence its error."""

    difference: Floats
    se: Floats
    r: Floats
    ways: tuple[str | None, ...]


def fill(rows: Rows, measure: str, options: Options) -> dict[str, Floats]:
    """Give rows their effects and routes; return the columns they were computed from.

    Numbers that leave the range of floats on the way are refused when the table is closed.
    """
    with np.errstate(over="ignore"):
        return _fill_ways(rows, measure, options)


def _fill_ways(rows: Rows, measure: str, options: Options) -> dict[str, Floats]:
    if options.analysis == "first-period":
        rows.refuse(~known(rows.columns, _FIRST), "its first period is not reported")
        paired = _nothing(len(rows.columns.study))
    elif measure == "ROM":
        paired = _ratios(rows, options)
    else:
        paired = _differences(rows, measure, options)
    _fill_first_period(rows, measure, options)
    _note_correlations(rows, paired)
    n = column(rows.columns, "n")
    return {"n": n, "r": paired.r, "sd_difference": paired.se * np.sqrt(n)}


def recorded(rows: Rows, measure: str, options: Options) -> dict[str, Any]:
    """Return the options shared with parallel trials that were used."""
    if measure == "SMD" and "first-period" in rows.routes:
        return {"smd_variance": options.smd_variance}
    return {}


def _nothing(size: int) -> _Paired:
    blank = np.full(size, np.nan)
    return _Paired(blank, blank, blank, (None,) * size)


def _paired(rows: Rows, options: Options, *, raw: bool) -> _Paired:
    """Find each row's paired difference; ``raw`` says that ``se`` and the limits are of it."""
    c = rows.columns
    means = column(c, "mean_1") - column(c, "mean_2")
    reported = column(c, "estimate")
    difference = np.where(np.isfinite(reported), reported, means) if raw else means
    reported_se = _reported(rows, options, difference) if raw else {}
    errors = reported_se | _tested(rows, difference)
    se, ways = _first_known(errors, difference.size)
    r = _correlations(rows, se, options)
    from_r = _se_from_r(rows, r)
    missing = ~np.isfinite(se) & np.isfinite(from_r)
    told = np.isfinite(column(c, "r"))
    ways = [
        ("paired-r" if told[i] else "paired-assumed-r") if missing[i] else way
        for i, way in enumerate(ways)
    ]
    return _Paired(difference, np.where(missing, from_r, se), r, tuple(ways))


def _reported(rows: Rows, options: Options, difference: Floats) -> dict[str, Floats]:
    c = rows.columns
    df = column(c, "n") - 1.0 if options.interval == "t" else np.full(difference.size, np.inf)
    interval = crossover.se_from_interval(
        column(c, "ci_low"), column(c, "ci_high"), df, options.level
    )
    return {"paired-se": column(c, "se"), "paired-ci": interval}


def _tested(rows: Rows, difference: Floats) -> dict[str, Floats]:
    c = rows.columns
    n = column(c, "n")
    t_of_p = crossover.t_from_p(column(c, "p"), n - 1.0)
    return {
        "paired-sd": column(c, "sd_difference") / np.sqrt(n),
        "paired-t": crossover.se_from_t(difference, column(c, "t")),
        "paired-p": crossover.se_from_t(difference, t_of_p),
    }


def _first_known(errors: Mapping[str, Floats], size: int) -> tuple[Floats, list[str | None]]:
    """Return the first finite error above zero of each row, and what it came from.

    A difference of zero has no error by its t or p: the next way is tried.
    """
    se = np.full(size, np.nan)
    ways: list[str | None] = [None] * size
    for way, values in errors.items():
        with np.errstate(invalid="ignore"):
            new = ~np.isfinite(se) & np.isfinite(values) & (values > 0.0)
        se = np.where(new, values, se)
        ways = [way if new[i] else old for i, old in enumerate(ways)]
    return se, ways


def _correlations(rows: Rows, se: Floats, options: Options) -> Floats:
    """Return each row's r: reported, else implied by three SDs, else assumed."""
    c = rows.columns
    r = column(c, "r")
    implied = crossover.implied_correlation(
        column(c, "sd_1"), column(c, "sd_2"), se * np.sqrt(column(c, "n"))
    )
    r = np.where(np.isfinite(r), r, implied)
    if options.assumed_r is not None:
        r = np.where(np.isfinite(r), r, options.assumed_r)
    return np.where(np.abs(r) <= _ONE, np.clip(r, -1.0, 1.0), r)


def _se_from_r(rows: Rows, r: Floats) -> Floats:
    pairs = _pairs(rows, np.where(np.abs(r) <= 1.0, r, np.nan))
    return np.sqrt(pairs.change_variance / pairs.n)


def _pairs(rows: Rows, r: Floats) -> Pairs:
    c = rows.columns
    return Pairs(
        mean_1=column(c, "mean_1"),
        sd_1=column(c, "sd_1"),
        mean_2=column(c, "mean_2"),
        sd_2=column(c, "sd_2"),
        r=r,
        n=column(c, "n"),
    )


def _impossible(rows: Rows, r: Floats) -> Bools:
    """Refuse rows whose standard deviations cannot belong together; return which."""
    with np.errstate(invalid="ignore"):
        beyond = np.asarray(np.abs(r) > 1.0)
    for row in np.flatnonzero(beyond):
        alone = np.arange(r.size) == row
        reason = (
            f"its standard deviations and the error of its difference imply a correlation of "
            f"{r[row]:.3g}, which is impossible: one of them is not what it was taken for"
        )
        rows.refuse(alone, reason)
    text = "{trials}: the error of the difference contradicts the standard deviations"
    rows.note("impossible-correlation", text, beyond)
    return beyond


def _differences(rows: Rows, measure: str, options: Options) -> _Paired:
    paired = _paired(rows, options, raw=True)
    _impossible(rows, paired.r)
    yi, vi = paired.difference, paired.se**2
    if measure == "SMD":
        yi, vi = _standardised(rows, paired, options)
    _fill(rows, paired, yi, vi)
    return paired


def _standardised(rows: Rows, paired: _Paired, options: Options) -> tuple[Floats, Floats]:
    """Standardise by the SD within a treatment, known or inferred from that of the differences."""
    c = rows.columns
    n = column(c, "n")
    pooled = crossover.pooled_sd(column(c, "sd_1"), column(c, "sd_2"))
    inferred = crossover.sd_within(paired.se * np.sqrt(n), paired.r)
    sd = np.where(np.isfinite(pooled), pooled, inferred)
    used = np.isfinite(sd) & ~np.isfinite(pooled) & np.isfinite(paired.difference)
    text = "{trials}: the SD within a treatment inferred from that of the differences and r"
    rows.note("sd-inferred", text, used)
    handbook = options.smd_formula == "handbook"
    return crossover.standardised_difference(paired.difference, sd, paired.r, n, handbook=handbook)


def _ratios(rows: Rows, options: Options) -> _Paired:
    c = rows.columns
    reported = column(c, "se")
    width = (column(c, "ci_high") - column(c, "ci_low")) / (2.0 * normal_critical(options.level))
    se = np.where(np.isfinite(reported), reported, width)
    ready = known(c, ("estimate",)) & np.isfinite(se)
    rows.fill(ready, column(c, "estimate"), se**2, "paired-estimate")
    paired = _paired(rows, options, raw=False)
    _impossible(rows, np.where(ready, np.nan, paired.r))
    pairs = _pairs(rows, paired.r)
    no_ratio = known(c, ("mean_1", "mean_2")) & ~(pairs.mean_1 * pairs.mean_2 > 0.0) & rows.open
    rows.refuse(no_ratio, "means that are zero or differ in sign have no ratio")
    _fill(rows, paired, *crossover.log_ratio_of_means(pairs))
    return paired


def _fill(rows: Rows, paired: _Paired, yi: Floats, vi: Floats) -> None:
    ready = rows.open & np.isfinite(yi) & np.isfinite(vi)
    for way in dict.fromkeys(w for w in paired.ways if w is not None):
        rows.fill(ready & np.array([w == way for w in paired.ways], dtype=np.bool_), yi, vi, way)


def _fill_first_period(rows: Rows, measure: str, options: Options) -> None:
    where = rows.open & known(rows.columns, _FIRST)
    values = {name.removeprefix("first_"): column(rows.columns, name) for name in _FIRST}
    fill_from_effect_sizes(
        rows, where, measure, values, "first-period", smd_variance=options.smd_variance  # type: ignore[arg-type]  # MD, SMD or ROM
    )  # fmt: skip


def _note_correlations(rows: Rows, paired: _Paired) -> None:
    """Say where a correlation was derived from what was reported, and of what size it is."""
    told = np.isfinite(column(rows.columns, "r"))
    indirect = {None, "paired-r", "paired-assumed-r"}
    direct = np.array([way not in indirect for way in paired.ways], dtype=np.bool_)
    spread = known(rows.columns, ("sd_1", "sd_2", "n"))
    with np.errstate(invalid="ignore"):
        derived = direct & spread & ~told & (np.abs(paired.r) <= 1.0)
    listed = ", ".join(f"{r:.2f}" for r in paired.r[derived])
    text = f"{{trials}}: the correlation follows from the reported numbers: {listed}"
    rows.note("correlation-derived", text, derived)
