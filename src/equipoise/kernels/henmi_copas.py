r"""Henmi and Copas's interval: common-effect weights, random-effects uncertainty.

Publication bias pulls most at small trials, to which random-effects weights give more say. So the
mean keeps the weights :math:`w_i = 1 / v_i`, and only its uncertainty allows for τ². With
:math:`W_1 = \sum w_i` and :math:`W_j = \sum w_i^j / W_1`, ``R`` is :math:`\sqrt{W_1}` times the
error of the mean: normal, of variance :math:`1 + \tau^2 W_2`. The interval inverts the
distribution of :math:`U = R / f(Q)`, where :math:`f(Q)^2 = 1 + \hat\tau^2(Q) W_2` and
:math:`\hat\tau^2(Q)` is DerSimonian and Laird's estimate. Given ``R``, the distribution of ``Q`` is
taken as the gamma distribution with the same mean and variance; τ² is taken as estimated. Henmi
and Copas 2010, doi:10.1002/sim.4029.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from equipoise.kernels.batches import Batch, Floats, Ints
from equipoise.kernels.distributions import normal_critical
from equipoise.kernels.inverse_variance import projection_trace
from equipoise.kernels.quadratic_forms import expectation, variance
from equipoise.kernels.roots import safeguarded_newton

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)
# Panels end at these distances from the lower limit, in units of the normal density, and around
# the place where the gamma probability rises from zero to one, in units of its rise.
_NORMAL_ENDS = np.array([0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.5])
_RISE_ENDS = np.array([-9.0, -6.0, -4.0, -2.5, -1.5, -0.7, 0.0, 0.7, 1.5, 2.5, 4.0, 6.0, 9.0])
# The normal density falls below exp(-40) of what it was where its square has grown by this.
_BEYOND = 80.0
_FARTHEST = 38.0
_SMALLEST = 1e-100
# Rows are taken together up to so many, each with some five hundred nodes.
_CHUNK = 1_000


@dataclass(frozen=True, slots=True, eq=False)
class Pivot:
    """The critical value of estimate / standard error, and the p-value; shape ``(B,)``."""

    critical: Floats
    p: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Moments:
    """What the distribution of U is made of; shape ``(B, 1)`` each.

    Given R of r standard deviations, Q has the mean ``mean + r² mean_slope`` and the variance
    ``var + r² var_slope``. ``ratio`` is W1 / W2 - 1, ``df`` k - 1, ``deviation`` that of R.
    """

    mean: Floats
    mean_slope: Floats
    var: Floats
    var_slope: Floats
    ratio: Floats
    df: Floats
    deviation: Floats

    def rows(self, index: Ints) -> _Moments:
        """Take some rows."""
        return _Moments(*(getattr(self, name)[index] for name in self.__slots__))


def henmi_copas(batch: Batch, tau2: Floats, statistic: Floats, level: float) -> Pivot:
    """Invert the distribution of U; ``nan`` where there are fewer than two studies.

    The interval is estimate ± critical · se with the common-effect mean, DerSimonian and Laird's τ²
    and :math:`se^2 = (1 + τ^2 W_2) / W_1`. The R call is ``metafor::hc(fit)``, which has the
    interval only and finds it to about 1e-4.

    Args:
        batch: The studies.
        tau2: DerSimonian and Laird's estimates, shape ``(B,)``.
        statistic: Estimate over standard error.
        level: The level of the interval.
    """
    critical, p = np.full(batch.k.size, np.nan), np.full(batch.k.size, np.nan)
    several = np.flatnonzero(batch.k > 1)
    for start in range(0, several.size, _CHUNK):
        rows = several[start : start + _CHUNK]
        moments = _moments(batch.rows(rows), tau2[rows])
        deviation = moments.deviation[:, 0]
        critical[rows] = deviation * _quantile(moments, level)
        x = np.abs(statistic[rows]) / deviation
        p[rows] = np.minimum(1.0, 2.0 * _tail(moments, x)[0])
    return Pivot(critical, p)


def _moments(batch: Batch, tau2: Floats) -> _Moments:
    """Return the moments of Q given R, from sums over studies without cancellation."""
    weights = 1.0 / batch.vi
    total = np.where(batch.present, batch.vi, 0.0) + np.where(batch.present, tau2[:, None], 0.0)
    w1 = weights.sum(axis=1)
    share = weights / w1[:, None]
    w2 = (share * weights).sum(axis=1)
    apart = (weights - w2[:, None]) ** 2
    # c'Pc and c'PSPc with c the covariance of the estimates with R.
    drift = tau2**2 * (share * apart).sum(axis=1)
    cross = drift + tau2**3 * (share * weights * apart).sum(axis=1)
    vr = 1.0 + tau2 * w2
    mean_slope = drift / vr
    crossed = cross / vr
    columns = (
        expectation(weights, total) - mean_slope,
        mean_slope,
        variance(weights, total) - 4.0 * crossed + 2.0 * mean_slope**2,
        4.0 * (crossed - mean_slope**2),
        projection_trace(weights) / w2,
        batch.k - 1.0,
        np.sqrt(vr),
    )
    return _Moments(*(np.asarray(column, dtype=np.float64)[:, None] for column in columns))


def _quantile(m: _Moments, level: float) -> Floats:
    """Return the x whose upper tail is half of what the level leaves out.

    U never exceeds R, so x is below the normal critical value; it shrinks as 1 / deviation.
    """
    tail, bound = 0.5 * (1.0 - level), normal_critical(level)
    scale = bound / m.deviation[:, 0]

    def function(x: Floats, index: Ints) -> tuple[Floats, Floats]:
        probability, density = _tail(m.rows(index), x)
        excess = probability - tail
        return excess, excess / density

    high = np.full(scale.shape, bound)
    return safeguarded_newton(function, 1e-6 * scale, high, start=scale, scale=scale).x


def _tail(m: _Moments, x: Floats) -> tuple[Floats, Floats]:
    """Return P(U > deviation · x), and minus its derivative in x, by Gauss's rule on panels."""
    at = np.maximum(x, _SMALLEST)[:, None]
    ends = _panel_ends(m, at)
    half = 0.5 * np.diff(ends, axis=1)[:, :, None]
    middle = 0.5 * (ends[:, 1:] + ends[:, :-1])[:, :, None]
    shape = (x.size, (ends.shape[1] - 1) * _NODES.size)
    r = (middle + half * _NODES).reshape(shape)
    weights = (half * _WEIGHTS).reshape(shape)
    density = np.exp(-0.5 * r**2) / np.sqrt(2.0 * np.pi) * weights
    below, slope = _q_below(m, r, at)
    first = np.exp(-0.5 * at**2) / np.sqrt(2.0 * np.pi) * _q_below(m, at, at)[0]
    return (below * density).sum(axis=1), (slope * density).sum(axis=1) + first[:, 0]


def _q_below(m: _Moments, r: Floats, x: Floats) -> tuple[Floats, Floats]:
    """Return P(f(Q) < r / x) given R of r deviations, and minus its derivative in x."""
    mean, var = m.mean + r**2 * m.mean_slope, m.var + r**2 * m.var_slope
    squared = (r / x) ** 2
    limit = m.ratio * (squared - 1.0) + m.df
    shape, scale = mean**2 / var, var / mean
    ratio = limit / scale
    with np.errstate(under="ignore", over="ignore"):
        log_density = special.xlogy(shape - 1.0, ratio) - ratio - special.gammaln(shape)
        slope = np.exp(log_density) / scale * 2.0 * m.ratio * squared / x
    return special.gammainc(shape, ratio), slope


def _panel_ends(m: _Moments, x: Floats) -> Floats:
    """Return the ends of the panels: finest where the gamma probability rises."""
    steep = m.ratio / x**2 - m.mean_slope
    with np.errstate(invalid="ignore", divide="ignore"):
        centre = np.sqrt((m.mean - m.df + m.ratio) / steep)
    rises = (steep > 0.0) & (centre < _FARTHEST)
    centre = np.where(rises, np.maximum(centre, x), x)
    with np.errstate(invalid="ignore", divide="ignore"):  # where nothing rises: not used
        spread = np.sqrt(m.var + centre**2 * m.var_slope)
        width = np.where(rises, spread / (2.0 * centre * np.abs(steep)), 1.0)
    last = np.sqrt(centre**2 + _BEYOND)
    unit = 1.0 / np.maximum(1.0, x)
    ends = np.concatenate(
        (x + unit * _NORMAL_ENDS, centre + width * _RISE_ENDS, centre + _NORMAL_ENDS, last), axis=1
    )
    return np.sort(np.clip(ends, x, last), axis=1)
