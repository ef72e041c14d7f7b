"""Mean and standard deviation from quantiles of data that need not be normal.

Two methods of McGrath, Zhao, Steele and others 2020, doi:10.1177/0962280219889080: quantile
estimation, which fits four distributions and keeps the one that comes closest, and Box and Cox's
transformation, which makes the summary symmetric and integrates back. Every fit has one parameter
that matters for shape and others that are linear given it, so the search is in one dimension, over
a grid and then by golden sections to the precision a minimum allows.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import special

from equipoise.kernels.batches import Floats
from equipoise.kernels.effects.quantile_summaries import FEWEST, FiveNumbers, normal_mean, normal_sd

_GOLDEN: Final = (math.sqrt(5.0) - 1.0) / 2.0
_SECTIONS: Final = 90
_GRID: Final = 161
_SAME: Final = 1e-10
_LARGEST_POWER: Final = 3.0
# Gauss-Legendre nodes of the integrals over the transformed normal distribution.
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(200)
_FAR: Final = 12.0


@dataclass(frozen=True, slots=True)
class Fit:
    """A fitted distribution: its name, moments, and the sum of squared distances."""

    family: str
    mean: float
    sd: float
    distance: float


def quantile_estimation(s: FiveNumbers) -> tuple[Floats, Floats]:
    """Return mean and standard deviation of the distribution closest to the quantiles.

    Normal, log-normal, gamma and Weibull distributions are fitted to the extremes at 1/n and
    1 − 1/n, the quartiles and the median by least squares; only the normal one where a number is not
    above zero. The R call is ``estmeansd::qe.mean.sd``, which adds the beta distribution, holds
    parameters within bounds that depend on the unit of measurement (a gamma rate of at most 100),
    and stops at its optimiser's tolerance; none of these here. ``nan`` below five people.
    """
    fits = [_closest(*_points(s, row)) if _usable(s, row) else None for row in range(s.n.size)]
    return _moments([None if fit is None else (fit.mean, fit.sd) for fit in fits])


def closest_family(s: FiveNumbers) -> list[str | None]:
    """Return the name of the distribution that `quantile_estimation` keeps for each summary."""
    return [
        _closest(*_points(s, row)).family if _usable(s, row) else None for row in range(s.n.size)
    ]


def box_cox(s: FiveNumbers) -> tuple[Floats, Floats]:
    """Return mean and standard deviation by Box and Cox's transformation.

    λ from 0 to 3 makes the transformed summary as symmetric around its median as it can be (the sum of
    the squares of the ratios of upper to lower distances, less 1). Mean and standard deviation of
    the transformed data are Luo's and Wan's. Back come the moments of the inverse
    transform of that normal distribution, cut where the transform has no inverse and, symmetrically, on the
    other side. The integrals are exact here; ``estmeansd::bc.mean.sd`` simulates them unless told
    otherwise, and a negative λ is taken as 0 in both. ``nan`` where a number is not above zero.
    """
    moments = [_box_cox_row(s, row) if _usable(s, row) else None for row in range(s.n.size)]
    return _moments(moments)


def _moments(rows: list[tuple[float, float] | None]) -> tuple[Floats, Floats]:
    pairs = [(math.nan, math.nan) if row is None else row for row in rows]
    table = np.array(pairs, dtype=np.float64).reshape(len(pairs), 2)
    return table[:, 0], table[:, 1]


def _usable(s: FiveNumbers, row: int) -> bool:
    pair = s.has_range[row] or s.has_quartiles[row]
    return bool(pair and np.isfinite(s.median[row]) and s.n[row] >= FEWEST)


def _points(s: FiveNumbers, row: int) -> tuple[Floats, Floats]:
    """Return the probabilities and the quantiles that are known, in order."""
    edge = 1.0 / s.n[row]
    p = np.array([edge, 0.25, 0.5, 0.75, 1.0 - edge])
    q = np.array([s.low[row], s.q1[row], s.median[row], s.q3[row], s.high[row]])
    # A pair counts only as a pair, as in the formulas for normal data.
    if not s.has_range[row]:
        q[[0, 4]] = np.nan
    if not s.has_quartiles[row]:
        q[[1, 3]] = np.nan
    known = np.isfinite(q)
    return p[known], q[known]


def _closest(p: Floats, q: Floats) -> Fit:
    """Return the best fit; the first of normal, log-normal, gamma, Weibull among equals."""
    fits = [_normal(p, q)]
    if q[0] > 0.0:
        fits += [_log_normal(p, q), _gamma(p, q), _weibull(p, q)]
    return min(fits, key=lambda fit: fit.distance)


def _normal(p: Floats, q: Floats) -> Fit:
    """Fit q = μ + σ z by least squares; z sums to zero, as the points are symmetric."""
    z = special.ndtri(p)
    sd = float(z @ q / (z @ z))
    mean = float(np.mean(q))
    return Fit("normal", mean, sd, float(np.sum((mean + sd * z - q) ** 2)))


def _log_normal(p: Floats, q: Floats) -> Fit:
    z = special.ndtri(p)
    sigma, scale, distance = _profile(lambda s: np.exp(s * z), q, 1e-4, 10.0)
    mean = scale * math.exp(sigma**2 / 2.0)
    return Fit("log-normal", mean, mean * math.sqrt(math.expm1(sigma**2)), distance)


def _gamma(p: Floats, q: Floats) -> Fit:
    shape, scale, distance = _profile(
        lambda a: np.asarray(special.gammaincinv(a, p), dtype=np.float64), q, 1e-3, 1e8
    )
    return Fit("gamma", shape * scale, math.sqrt(shape) * scale, distance)


def _weibull(p: Floats, q: Floats) -> Fit:
    waiting = -np.log1p(-p)
    shape, scale, distance = _profile(lambda c: waiting ** (1.0 / c), q, 1e-2, 1e4)
    log_first = special.gammaln(1.0 + 1.0 / shape)
    # sqrt(Γ(1 + 2/c) − Γ(1 + 1/c)²) without the difference of two like numbers.
    with np.errstate(over="ignore"):
        relative = np.sqrt(np.expm1(special.gammaln(1.0 + 2.0 / shape) - 2.0 * log_first))
        mean = float(scale * np.exp(log_first))
        return Fit("weibull", mean, float(mean * relative), distance)


def _profile(
    quantiles: Callable[[float], Floats], q: Floats, low: float, high: float
) -> tuple[float, float, float]:
    """Return the shape, the scale and the distance of the least-squares fit scale × quantiles."""

    def scale_of(shape: float) -> tuple[float, Floats]:
        with np.errstate(over="ignore", invalid="ignore"):
            u = quantiles(shape)
            top = float(np.max(u))
            if not 0.0 < top < math.inf:
                return math.nan, u
            # Scaled so that squares stay within the range of floats.
            v = u / top
            return float(v @ q / (v @ v)) / top, u

    def distance_at(log_shape: float) -> float:
        scale, u = scale_of(math.exp(log_shape))
        with np.errstate(over="ignore", invalid="ignore"):
            value = float(np.sum((scale * u - q) ** 2))
        return value if math.isfinite(value) else math.inf

    best = math.exp(_minimise(distance_at, math.log(low), math.log(high)))
    scale, _ = scale_of(best)
    return best, scale, distance_at(math.log(best))


def _minimise(function: Callable[[float], float], low: float, high: float) -> float:
    """Return where a function of one variable is least: a grid, then golden sections."""
    grid = np.linspace(low, high, _GRID)
    values = [function(float(x)) for x in grid]
    best = int(np.argmin(values))
    a, b = float(grid[max(best - 1, 0)]), float(grid[min(best + 1, _GRID - 1)])
    for _ in range(_SECTIONS):
        if b - a <= _SAME * (abs(a) + abs(b)):
            break
        step = _GOLDEN * (b - a)
        if function(b - step) <= function(a + step):
            b = a + step
        else:
            a = b - step
    return (a + b) / 2.0


def _box_cox_row(s: FiveNumbers, row: int) -> tuple[float, float] | None:
    """Return the moments of one summary; the powers are taken relative to the median."""
    here = slice(row, row + 1)
    one = FiveNumbers(s.low[here], s.q1[here], s.median[here], s.q3[here], s.high[here], s.n[here])
    unit = float(one.median[0])
    _, q = _points(one, 0)
    if not q[0] > 0.0:
        return None
    power = _symmetric_power(s, row)
    relative = [v / unit for v in (one.low, one.q1, one.median, one.q3, one.high)]
    low, q1, median, q3, high = (_transform(v, power) for v in relative)
    shown = FiveNumbers(low, q1, median, q3, high, one.n)
    mean, sd = float(normal_mean(shown)[0]), float(_wan_sd(shown)[0])
    first, second = _inverse_moments(mean, sd, power)
    return unit * first, unit * math.sqrt(second)


def _wan_sd(s: FiveNumbers) -> Floats:
    """Return Wan's standard deviation, in S3 the plain mean of both (as in ``bc.mean.sd``)."""
    blank = np.full(s.n.shape, np.nan)
    by_range = normal_sd(FiveNumbers(s.low, blank, s.median, blank, s.high, s.n))
    by_quartiles = normal_sd(FiveNumbers(blank, s.q1, s.median, s.q3, blank, s.n))
    both = np.isfinite(by_range) & np.isfinite(by_quartiles)
    single = np.where(np.isfinite(by_range), by_range, by_quartiles)
    return np.where(both, (by_range + by_quartiles) / 2.0, single)


def _symmetric_power(s: FiveNumbers, row: int) -> float:
    """Return λ in [0, 3] under which upper and lower distances from the median are most alike."""
    median = s.median[row]
    pairs = [
        (math.log(low[row] / median), math.log(high[row] / median))
        for low, high in ((s.low, s.high), (s.q1, s.q3))
        if np.isfinite(low[row]) and np.isfinite(high[row])
    ]

    def asymmetry(power: float) -> float:
        total = 0.0
        for low, high in pairs:
            down = -low if power == 0.0 else -math.expm1(power * low) / power
            up = high if power == 0.0 else math.expm1(power * high) / power
            total += math.inf if down <= 0.0 else (up / down - 1.0) ** 2
        return total

    inner = _minimise(asymmetry, 0.0, _LARGEST_POWER)
    return 0.0 if asymmetry(0.0) <= asymmetry(inner) else inner


def _transform(values: Floats, power: float) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(values)
        return logs if power == 0.0 else np.expm1(power * logs) / power


def _inverse_moments(mean: float, sd: float, power: float) -> tuple[float, float]:
    """Return mean and variance of the inverse transform of a symmetrically cut normal variable."""
    if power == 0.0:
        with np.errstate(over="ignore"):
            first = np.exp(mean + sd**2 / 2.0)
            return float(first), float(first**2 * np.expm1(sd**2))
    half = min(abs(mean + 1.0 / power) / sd, _FAR)
    z = half * _NODES
    weights = _WEIGHTS * np.exp(-(z**2) / 2.0)
    weights = weights / np.sum(weights)
    base = np.maximum(power * (mean + sd * z) + 1.0, 0.0)
    values = base ** (1.0 / power)
    first = float(weights @ values)
    return first, float(weights @ (values - first) ** 2)
