r"""p-uniform*: mean and variance of effects, where significant and other trials were selected apart.

Each estimate is normal with mean :math:`\mu` and variance :math:`v_i + \tau^2`, cut off at its
critical value :math:`c_i`: significant ones lie above, the others below. Their likelihood

.. math:: \sum_i \log \phi(a_i) - \log \sigma_i - \log \Phi(\mp b_i),
    \quad a_i = (y_i - \mu) / \sigma_i, \quad b_i = (c_i - \mu) / \sigma_i

needs no shares of published trials. For given τ² it is concave in the mean, whose maximum Newton's
method finds; along these maxima the derivative in τ² is scanned, and each fall through zero refined.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import special

from equipoise.kernels.batches import Bools, Floats, Ints
from equipoise.kernels.roots import Roots, safeguarded_newton
from equipoise.kernels.selection.p_uniform import hazard

_POINTS = 97
"""τ² is scanned at zero and at this many points, by factors of about 1.4."""
_DOUBLINGS = 200
_FAR_BELOW, _FAR_ABOVE = 1e-4, 1e4


@dataclass(frozen=True, slots=True, eq=False)
class Truncated:
    """Estimates, variances and critical values; ``above`` marks the significant ones."""

    yi: Floats
    vi: Floats
    critical: Floats
    above: Bools

    @property
    def unit(self) -> float:
        """The smallest standard error: a magnitude below which nothing can be told."""
        return float(np.sqrt(self.vi.min()))


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """The likelihood and its derivatives at ``n`` points: mean ``m`` and variance ``t``."""

    value: Floats
    m: Floats
    t: Floats
    mm: Floats
    mt: Floats
    tt: Floats


@dataclass(frozen=True, slots=True)
class Maximum:
    """A maximum of the likelihood.

    ``bounded`` is false where it keeps rising up to the largest variance looked at.
    """

    mu: float
    tau2: float
    log_likelihood: float
    score: tuple[float, float]
    at_boundary: bool
    bounded: bool
    iterations: int


def terms(trials: Truncated, mu: Floats, tau2: Floats) -> Terms:
    """Return log-likelihood and derivatives at the points ``mu``, ``tau2`` of shape ``(n,)``."""
    variance = trials.vi + tau2[:, None]
    sigma = np.sqrt(variance)
    a, b = (trials.yi - mu[:, None]) / sigma, (trials.critical - mu[:, None]) / sigma
    side = np.where(trials.above, 1.0, -1.0)
    tail = special.log_ndtr(-side * b)
    h = side * hazard(side * b)
    slope = h * (h - b)
    u, g = a - h, a**2 - 1.0 - b * h
    g_fall = a**2 - 0.5 * b * (h + b * slope)
    value = -0.5 * a**2 - 0.5 * np.log(2.0 * np.pi * variance) - tail
    return Terms(
        value.sum(axis=1),
        (u / sigma).sum(axis=1),
        (0.5 * g / variance).sum(axis=1),
        -((1.0 - slope) / variance).sum(axis=1),
        (0.5 * (b * slope - a - u) / (variance * sigma)).sum(axis=1),
        (-0.5 * (g_fall + g) / variance**2).sum(axis=1),
    )


def best_mean(trials: Truncated, tau2: Floats) -> Roots:
    """Maximise the likelihood over the mean for each τ² of shape ``(n,)``."""

    def function(mu: Floats, index: Ints) -> tuple[Floats, Floats]:
        at = terms(trials, mu, tau2[index])
        with np.errstate(divide="ignore", invalid="ignore"):
            step = -at.m / at.mm
        return at.m, np.where(np.isfinite(step), step, np.inf)

    low, high = _bracket(trials, tau2)
    scale = np.sqrt(trials.vi.min() + tau2)
    return safeguarded_newton(function, low, high, start=0.5 * (low + high), scale=scale)


def best_variance(trials: Truncated, mu: float) -> tuple[float, Terms]:
    """Maximise the likelihood over τ² for a given mean; return it with the terms there."""

    def at(tau2: Floats) -> Terms:
        return terms(trials, np.full(tau2.size, mu), tau2)

    def step(found: Terms) -> Floats:
        return _newton(found.t, found.tt)

    tau2, _, _ = _highest(trials, at, step, abs(mu))
    return tau2, at(np.array([tau2]))


def maximise(trials: Truncated) -> Maximum:
    """Maximise the likelihood over mean and τ², the boundary included."""
    count = 0

    def at(tau2: Floats) -> Terms:
        nonlocal count
        means = best_mean(trials, tau2)
        count += int(means.iterations.sum())
        return terms(trials, means.x, tau2)

    def step(found: Terms) -> Floats:
        return _newton(found.t, found.tt - found.mt**2 / found.mm)

    tau2, boundary, bounded = _highest(trials, at, step, 0.0)
    mean = best_mean(trials, np.array([tau2])).x
    here = terms(trials, mean, np.array([tau2]))
    score = (float(here.m[0]), float(here.t[0]))
    return Maximum(float(mean[0]), tau2, float(here.value[0]), score, boundary, bounded, count)


def _newton(score: Floats, curvature: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        step = -score / curvature
    return np.asarray(np.where(curvature < 0.0, step, np.inf), dtype=np.float64)


def _highest(
    trials: Truncated, at: Callable[[Floats], Terms], step: Callable[[Terms], Floats], reach: float
) -> tuple[float, bool, bool]:
    """Return the τ² of the highest maximum, whether it is zero, and whether one exists."""
    spread = float(np.ptp(trials.yi) + np.abs(trials.critical).max() + reach) ** 2
    ends = (_FAR_BELOW * float(trials.vi.min()), _FAR_ABOVE * (spread + float(trials.vi.max())))
    grid = np.concatenate(([0.0], np.geomspace(*ends, _POINTS)))
    score = at(grid).t
    place = np.flatnonzero((score[:-1] > 0.0) & (score[1:] <= 0.0))
    candidates = [grid[-1:]] if score[-1] > 0.0 else []
    if score[0] <= 0.0:
        candidates.append(np.zeros(1))
    if place.size:
        candidates.append(_refined(at, step, grid[place], grid[place + 1], trials))
    tau2 = np.concatenate(candidates)
    best = float(tau2[int(at(tau2).value.argmax())])
    return best, best == 0.0, best < grid[-1]


def _refined(
    at: Callable[[Floats], Terms],
    step: Callable[[Terms], Floats],
    low: Floats,
    high: Floats,
    trials: Truncated,
) -> Floats:
    def function(tau2: Floats, _index: Ints) -> tuple[Floats, Floats]:
        found = at(tau2)
        return found.t, step(found)

    scale = np.full(low.size, float(trials.vi.min()))
    return safeguarded_newton(function, low, high, start=0.5 * (low + high), scale=scale).x


def _bracket(trials: Truncated, tau2: Floats) -> tuple[Floats, Floats]:
    """Widen intervals around the estimates until the score changes its sign inside."""
    width = np.sqrt(trials.vi.max() + tau2)
    low, high = trials.yi.min() - width, trials.yi.max() + width
    for _ in range(_DOUBLINGS):
        short, beyond = terms(trials, low, tau2).m < 0.0, terms(trials, high, tau2).m > 0.0
        if not (short.any() or beyond.any()):
            break
        width = 2.0 * width
        low, high = np.where(short, low - width, low), np.where(beyond, high + width, high)
    return low, high


def profile_limits(
    trials: Truncated, top: Maximum, critical: float
) -> tuple[float, float, float, float]:
    """Return the profile-likelihood limits of the mean and of τ² (the lower is zero at least).

    They are where twice the fall of the log-likelihood is ``critical``; ``nan`` where it never
    falls so far.
    """
    below, above = (_mean_limit(trials, top, critical, side) for side in (-1.0, 1.0))
    return below, above, *_variance_limits(trials, top, critical)


def _mean_limit(trials: Truncated, top: Maximum, critical: float, side: float) -> float:
    """Walk away from the estimate until the likelihood has fallen enough, then refine."""

    def gap(mu: float) -> tuple[float, float]:
        at = best_variance(trials, mu)[1]
        return 2.0 * (top.log_likelihood - float(at.value[0])) - critical, -2.0 * float(at.m[0])

    inside, width = top.mu, np.sqrt(trials.vi.max() + top.tau2)
    outside = inside
    for _ in range(_DOUBLINGS):
        outside = inside + side * width
        if gap(outside)[0] >= 0.0:
            break
        inside, width = outside, 2.0 * width
        if width > _FAR_ABOVE * (np.ptp(trials.yi) + trials.unit + np.abs(trials.critical).max()):
            return float("nan")

    def function(x: Floats, _index: Ints) -> tuple[Floats, Floats]:
        value, slope = gap(float(x[0]))
        step = -value / slope if slope != 0.0 else np.inf
        return np.array([-side * value]), np.array([step])

    low, high = np.array([min(inside, outside)]), np.array([max(inside, outside)])
    scale = np.array([trials.unit])
    return float(
        safeguarded_newton(function, low, high, start=0.5 * (low + high), scale=scale).x[0]
    )


def _variance_limits(trials: Truncated, top: Maximum, critical: float) -> tuple[float, float]:
    def gap(tau2: float) -> tuple[float, float]:
        point = np.array([tau2])
        at = terms(trials, best_mean(trials, point).x, point)
        return 2.0 * (top.log_likelihood - float(at.value[0])) - critical, -2.0 * float(at.t[0])

    def root(inside: float, outside: float) -> float:
        side = 1.0 if outside > inside else -1.0

        def function(x: Floats, _index: Ints) -> tuple[Floats, Floats]:
            value, slope = gap(float(x[0]))
            step = -value / slope if slope != 0.0 else np.inf
            return np.array([-side * value]), np.array([step])

        low, high = np.array([min(inside, outside)]), np.array([max(inside, outside)])
        scale = np.array([float(trials.vi.min())])
        return float(
            safeguarded_newton(function, low, high, start=0.5 * (low + high), scale=scale).x[0]
        )

    lower = root(top.tau2, 0.0) if gap(0.0)[0] > 0.0 else 0.0
    inside, outside = top.tau2, 2.0 * top.tau2 + float(trials.vi.max())
    for _ in range(_DOUBLINGS):
        if gap(outside)[0] >= 0.0:
            return lower, root(inside, outside)
        inside, outside = outside, 4.0 * outside
    return lower, float("nan")
