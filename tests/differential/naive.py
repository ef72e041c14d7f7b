"""A slow, obvious reference engine for pooling: loops, thirty digits, published formulas.

It shares no code and no idea of efficiency with ``equipoise.kernels``. Formulas: Cochrane Handbook,
chapter 10; DerSimonian and Laird (1986), doi:10.1016/0197-2456(86)90046-2; Paule and Mandel (1982),
doi:10.6028/jres.087.022; Viechtbauer (2005), doi:10.3102/10769986030003261 (likelihoods);
Viechtbauer (2007), doi:10.1002/sim.2514 (Q-profile); Higgins and Thompson (2002),
doi:10.1002/sim.1186 (I²); Knapp and Hartung (2003), doi:10.1002/sim.1482; Higgins, Thompson and
Spiegelhalter (2009), doi:10.1111/j.1467-985X.2008.00552.x (prediction). Mantel–Haenszel variances:
Robins, Breslow and Greenland (1986), doi:10.2307/2531052; Greenland and Robins (1985),
doi:10.2307/2530643; Sato (1989), doi:10.2307/2531513.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from differential.naive_distributions import (
    Real,
    chi2_quantile,
    chi2_upper,
    mp,
    mpf,
    normal_quantile,
    normal_upper,
    t_quantile,
    t_upper,
)
from differential.naive_effects import Effect, Table, cells, peto_o_minus_e


@dataclass(frozen=True, slots=True)
class Fit:
    """What the naive engine found; names follow ``equipoise.stats.MetaAnalysis``."""

    estimate: float
    se: float
    statistic: float
    p: float
    ci_low: float
    ci_high: float
    tau2: float
    q: float
    q_p: float
    i2_q: float
    i2_tau2: float
    h2: float
    weights: tuple[float, ...]


def weighted_mean(y: Sequence[Real], w: Sequence[Real]) -> Real:
    return mp.fsum(wi * yi for wi, yi in zip(w, y, strict=True)) / mp.fsum(w)


def q_statistic(y: Sequence[Real], v: Sequence[Real], tau2: Real) -> Real:
    """Give the generalised Q: the weighted spread of the studies when weights allow for τ²."""
    w = [1 / (vi + tau2) for vi in v]
    mean = weighted_mean(y, w)
    return mp.fsum(wi * (yi - mean) ** 2 for wi, yi in zip(w, y, strict=True))


def tau2_dl(y: Sequence[Real], v: Sequence[Real], centre: Real | None = None) -> Real:
    """DerSimonian and Laird's moment estimate; RevMan's M-H version measures Q from ``centre``."""
    w = [1 / vi for vi in v]
    mean = weighted_mean(y, w) if centre is None else centre
    q = mp.fsum(wi * (yi - mean) ** 2 for wi, yi in zip(w, y, strict=True))
    c = mp.fsum(w) - mp.fsum(wi**2 for wi in w) / mp.fsum(w)
    return max(mpf(0), (q - (len(y) - 1)) / c)


def tau2_where_q_is(y: Sequence[Real], v: Sequence[Real], target: Real) -> Real:
    """Find the τ² at which the generalised Q (decreasing in τ²) equals a value, or 0."""
    if q_statistic(y, v, mpf(0)) <= target:
        return mpf(0)
    high = max(v)
    while q_statistic(y, v, high) > target:
        high *= 2
    return bisect(lambda tau2: q_statistic(y, v, tau2) - target, mpf(0), high)


def tau2_pm(y: Sequence[Real], v: Sequence[Real]) -> Real:
    """Paule and Mandel: the τ² at which Q equals its expectation, k − 1."""
    return tau2_where_q_is(y, v, mpf(len(y) - 1))


def log_likelihood(y: Sequence[Real], v: Sequence[Real], tau2: Real, *, restricted: bool) -> Real:
    """Give the (restricted) log-likelihood of τ², without its constant."""
    w = [1 / (vi + tau2) for vi in v]
    value = mp.fsum(mp.log(wi) for wi in w) - q_statistic(y, v, tau2)
    return (value - mp.log(mp.fsum(w)) if restricted else value) / 2


def score(y: Sequence[Real], v: Sequence[Real], tau2: Real, *, restricted: bool) -> Real:
    """Give the derivative of ``log_likelihood`` with respect to τ²."""
    w = [1 / (vi + tau2) for vi in v]
    mean = weighted_mean(y, w)
    spread = mp.fsum((wi * (yi - mean)) ** 2 for wi, yi in zip(w, y, strict=True))
    value = spread - mp.fsum(w)
    return (value + mp.fsum(wi**2 for wi in w) / mp.fsum(w) if restricted else value) / 2


def tau2_likelihood(y: Sequence[Real], v: Sequence[Real], *, restricted: bool) -> Real:
    """Maximise the likelihood over τ² ≥ 0: look everywhere, then halve each bracket.

    The score may change sign several times, so a grid finds all brackets and the highest of the
    stationary points and of the boundary wins.
    """

    def slope(tau2: Real) -> Real:
        return score(y, v, tau2, restricted=restricted)

    scale = max(*v, (max(y) - min(y)) ** 2)
    grid = [mpf(0)] + [scale * mpf(10) ** (mpf(i) / 4) for i in range(-32, 9)]
    slopes = [slope(tau2) for tau2 in grid]
    brackets = zip(grid, grid[1:], slopes, slopes[1:], strict=False)
    peaks = [bisect(slope, lo, hi) for lo, hi, before, after in brackets if before > 0 >= after]
    candidates = [mpf(0), *peaks]
    return max(candidates, key=lambda t: log_likelihood(y, v, t, restricted=restricted))


def bisect(f: Callable[[Real], Real], low: Real, high: Real) -> Real:
    """Halve a bracket on which ``f`` falls from positive to not positive."""
    for _ in range(75):
        middle = (low + high) / 2
        low, high = (middle, high) if f(middle) > 0 else (low, middle)
    return (low + high) / 2


def estimate_tau2(method: str | None, y: Sequence[Real], v: Sequence[Real]) -> Real:
    if method is None or len(y) == 1:
        return mpf(0)
    if method == "DL":
        return tau2_dl(y, v)
    if method == "PM":
        return tau2_pm(y, v)
    return tau2_likelihood(y, v, restricted=method == "REML")


def q_profile(effects: Sequence[Effect], level: float = 0.95) -> tuple[float, float]:
    """Invert the generalised Q test for an interval of τ², cut at zero."""
    y, v = [mpf(e[0]) for e in effects], [mpf(e[1]) for e in effects]
    df, tail = len(y) - 1, (1 - level) / 2
    low = tau2_where_q_is(y, v, chi2_quantile(1 - tail, df))
    high = tau2_where_q_is(y, v, chi2_quantile(tail, df))
    return float(low), float(high)


def typical_variance(v: Sequence[Real]) -> Real:
    """Give Higgins and Thompson's typical within-study variance."""
    w = [1 / vi for vi in v]
    return (len(v) - 1) * mp.fsum(w) / (mp.fsum(w) ** 2 - mp.fsum(wi**2 for wi in w))


def pool(
    effects: Sequence[Effect],
    *,
    tau2: str | None = "REML",
    ci: str = "hksj",
    level: float = 0.95,
    tau2_value: Real | None = None,
) -> Fit:
    """Pool by inverse variance; ``tau2=None`` is the common-effect model."""
    y, v = [mpf(e[0]) for e in effects], [mpf(e[1]) for e in effects]
    between = estimate_tau2(tau2, y, v) if tau2_value is None else tau2_value
    w = [1 / (vi + between) for vi in v]
    mean = weighted_mean(y, w)
    se = standard_error(y, w, mean, ci)
    df = None if ci == "wald" else len(y) - 1
    half = se * (normal_quantile(level) if df is None else t_quantile(level, df))
    return summarise(y, v, w, (mean, se, half), df, common=tau2 is None, tau2=between)


def standard_error(y: Sequence[Real], w: Sequence[Real], mean: Real, ci: str) -> Real:
    """Give the classic standard error, or Hartung and Knapp's, or theirs with a floor of one."""
    classic = 1 / mp.sqrt(mp.fsum(w))
    if ci in ("wald", "t"):
        return classic
    spread = mp.fsum(wi * (yi - mean) ** 2 for wi, yi in zip(w, y, strict=True)) / (len(y) - 1)
    factor = mp.sqrt(spread)
    return classic * (max(mpf(1), factor) if ci == "hksj-floor" else factor)


def summarise(
    y: Sequence[Real],
    v: Sequence[Real],
    w: Sequence[Real],
    centre: tuple[Real, Real, Real],
    df: int | None,
    *,
    common: bool,
    tau2: Real,
) -> Fit:
    """Turn a mean, its standard error and its half-width into everything that is reported."""
    mean, se, half = centre
    statistic = mean / se
    upper = normal_upper(abs(statistic)) if df is None else t_upper(abs(statistic), df)
    q, k = q_statistic(y, v, mpf(0)), len(y)
    i2_q = max(mpf(0), (q - (k - 1)) / q) if q > 0 else mpf(0)
    ratio = tau2 / typical_variance(v) if k > 1 else mpf(0)
    h2 = q / (k - 1) if common and k > 1 else 1 + ratio
    return Fit(
        estimate=float(mean),
        se=float(se),
        statistic=float(statistic),
        p=float(2 * upper),
        ci_low=float(mean - half),
        ci_high=float(mean + half),
        tau2=float(tau2),
        q=float(q),
        q_p=float(chi2_upper(q, k - 1)) if k > 1 else float("nan"),
        i2_q=float(100 * i2_q),
        i2_tau2=float(100 * ratio / (1 + ratio)),
        h2=float(h2),
        weights=tuple(float(100 * wi / mp.fsum(w)) for wi in w),
    )


def prediction_interval(
    effects: Sequence[Effect], *, tau2: str, ci: str, pi: str, level: float = 0.95
) -> tuple[float, float] | None:
    """Give the interval for the effect in a new setting, or ``None`` where it is not defined."""
    y, v = [mpf(e[0]) for e in effects], [mpf(e[1]) for e in effects]
    k, between = len(y), estimate_tau2(tau2, y, v)
    w = [1 / (vi + between) for vi in v]
    mean = weighted_mean(y, w)
    kind = {"follow-ci": ci, "HTS": "t", "V": "t", "HK": "hksj", "normal": "wald"}[pi]
    df = k - 2 if pi == "HTS" else k - 1
    if kind != "wald" and df < 1:
        return None
    quantile = normal_quantile(level) if kind == "wald" else t_quantile(level, df)
    half = quantile * mp.sqrt(standard_error(y, w, mean, kind) ** 2 + between)
    return float(mean - half), float(mean + half)


def mantel_haenszel(
    measure: str, tables: Sequence[Table], rd_variance: str = "sato"
) -> tuple[Real, Real]:
    """Pool tables by Mantel and Haenszel without any correction: estimate and variance.

    The variance of the risk difference is Sato's, or Greenland and Robins' (``"greenland-robins"``).
    """
    if measure == "OR":
        return _mh_odds_ratio(tables)
    if measure == "RR":
        return _mh_risk_ratio(tables)
    return _mh_risk_difference(tables, rd_variance)


def _mh_odds_ratio(tables: Sequence[Table]) -> tuple[Real, Real]:
    r = s = pr = ps_qr = qs = mpf(0)
    for table in tables:
        a, b, c, d = cells(table)
        n = a + b + c + d
        ri, si, pi, qi = a * d / n, b * c / n, (a + d) / n, (b + c) / n
        r, s = r + ri, s + si
        pr, ps_qr, qs = pr + pi * ri, ps_qr + pi * si + qi * ri, qs + qi * si
    return mp.log(r / s), (pr / r**2 + ps_qr / (r * s) + qs / s**2) / 2


def _mh_risk_ratio(tables: Sequence[Table]) -> tuple[Real, Real]:
    r = s = p = mpf(0)
    for table in tables:
        a, n1, c, n2 = (mpf(x) for x in table)
        n = n1 + n2
        r, s = r + a * n2 / n, s + c * n1 / n
        p += (n1 * n2 * (a + c) - a * c * n) / n**2
    return mp.log(r / s), p / (r * s)


def _mh_risk_difference(tables: Sequence[Table], variance: str) -> tuple[Real, Real]:
    top = weight = p = q = robust = mpf(0)
    for table in tables:
        a, b, c, d = cells(table)
        n1, n2 = a + b, c + d
        n = n1 + n2
        top, weight = top + (a * n2 - c * n1) / n, weight + n1 * n2 / n
        p += (n1**2 * c - n2**2 * a + n1 * n2 * (n2 - n1) / 2) / n**2
        q += (a * d + c * b) / (2 * n)
        robust += (a * b * n2**3 + c * d * n1**3) / (n1 * n2 * n**2)
    difference = top / weight
    return difference, (difference * p + q if variance == "sato" else robust) / weight**2


def mantel_haenszel_random(measure: str, tables: Sequence[Table], effects: Sequence[Effect]) -> Fit:
    """RevMan's "M-H, random": DL's τ² with Q measured from the M-H estimate, then inverse variance."""
    centre, _ = mantel_haenszel(measure, tables)
    y, v = [e[0] for e in effects], [e[1] for e in effects]
    return pool(effects, tau2="DL", ci="wald", tau2_value=tau2_dl(y, v, centre))


def peto(tables: Sequence[Table]) -> tuple[Real, Real]:
    """Pool tables by Peto's one-step method: log odds ratio and variance."""
    parts = [peto_o_minus_e(table) for table in tables]
    variance = mp.fsum(part[1] for part in parts)
    return mp.fsum(part[0] for part in parts) / variance, 1 / variance


def between_groups(groups: Sequence[tuple[float, float]]) -> tuple[float, int, float]:
    """Test groups (estimate, standard error) for difference: Q, degrees of freedom, p."""
    y, v = [mpf(g[0]) for g in groups], [mpf(g[1]) ** 2 for g in groups]
    q, df = q_statistic(y, v, mpf(0)), len(groups) - 1
    return float(q), df, float(chi2_upper(q, df))
