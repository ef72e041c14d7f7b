r"""Profile likelihood of the mean: its interval and test without a normal approximation.

For each mean μ the between-study variance is the one that makes the data most likely; the profile
:math:`\ell(\mu) = \max_{\tau^2} \ell(\mu, \tau^2)` then tells how well each μ agrees with the data.
Unlike Wald's interval the result need not be symmetric and allows for the uncertainty of τ².
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equipoise.kernels.batches import Batch, Floats, Ints
from equipoise.kernels.distributions import normal_critical
from equipoise.kernels.roots import safeguarded_newton

_SCAN_STEP = 0.5
_SCAN_POINTS = (8, 96)
_SIDE_POINTS = 33


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """Limits of the mean and the signed root of the likelihood ratio at zero, shape ``(B,)``."""

    low: Floats
    high: Floats
    statistic: Floats


def profile_mean(batch: Batch, estimate: Floats, tau2: Floats, level: float) -> Profile:
    r"""Return the means whose profile log-likelihood is within :math:`\chi^2_1 / 2` of the top.

    ``estimate`` and ``tau2`` are those of maximum likelihood. Where the profile has several peaks
    the interval reaches from the first such mean to the last. The statistic tests a mean of zero
    and is compared with the normal distribution. Hardy and Thompson 1996,
    doi:10.1002/(SICI)1097-0258(19960330)15:6<619::AID-SIM188>3.0.CO;2-A. The R call is
    ``metaplus::metaplus(yi, sei)``, which prints this interval.
    """
    low, high, statistic = (np.full(batch.k.size, np.nan) for _ in range(3))
    rows = np.flatnonzero(batch.k > 1)
    part = batch.rows(rows)
    best = estimate[rows] - part.centre
    top = _height(part, best, tau2[rows])
    floor = top - 0.5 * normal_critical(level) ** 2
    low[rows] = part.centre + _limit(part, best, floor, side=-1.0)
    high[rows] = part.centre + _limit(part, best, floor, side=1.0)
    drop = np.maximum(top - _profile(part, -part.centre), 0.0)
    statistic[rows] = np.sign(estimate[rows]) * np.sqrt(2.0 * drop)
    return Profile(low, high, statistic)


def variance_about(batch: Batch, mean: Floats) -> Floats:
    r"""Return the τ² of greatest likelihood when the mean is known (relative to ``centre``).

    The score :math:`\sum w_i^2 (y_i - \mu)^2 - \sum w_i` is scanned for every fall through zero up
    to the largest squared distance, beyond which it is negative; the highest peak is taken.
    """
    squared = np.where(batch.present, (batch.yi - mean[:, None]) ** 2, 0.0)
    smallest = batch.vi.min(axis=1, initial=np.inf)
    width = np.log1p(squared.max(axis=1, initial=0.0) / smallest)
    points = int(np.clip(np.ceil(width.max(initial=0.0) / _SCAN_STEP), *_SCAN_POINTS)) + 1
    grid = smallest[:, None] * np.expm1(width[:, None] * np.linspace(0.0, 1.0, points))
    grid[:, 0] = 0.0
    columns = [_known_score(batch.vi, squared, grid[:, j])[0] for j in range(points)]
    score = np.stack(columns, axis=1)
    owner, place = np.nonzero((score[:, :-1] > 0.0) & (score[:, 1:] <= 0.0))
    vi, apart = batch.vi[owner], squared[owner]

    def function(t: Floats, index: Ints) -> tuple[Floats, Floats]:
        value, step = _known_score(vi[index], apart[index], t)
        return value, step

    low, high = grid[owner, place], grid[owner, place + 1]
    start = 0.5 * (low + high)
    peaks = safeguarded_newton(function, low, high, start=start, scale=smallest[owner]).x
    best = np.zeros(mean.size)
    height = _height(batch, mean, best)
    reached = _height(batch.rows(owner), mean[owner], peaks)
    for row, peak, level in zip(owner, peaks, reached, strict=True):
        if level > height[row]:
            best[row], height[row] = peak, level
    return best


def _known_score(vi: Floats, squared: Floats, tau2: Floats) -> tuple[Floats, Floats]:
    """Return twice the score and Newton's step on form / sum of weights, nearly linear in τ²."""
    weights = 1.0 / (vi + tau2[:, None])
    form = (weights**2 * squared).sum(axis=1)
    total = weights.sum(axis=1)
    form_slope = -2.0 * (weights**3 * squared).sum(axis=1)
    total_slope = -(weights**2).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        step = (form - total) * form / (total_slope * form - total * form_slope)
    return form - total, np.where(np.isfinite(step), step, np.inf)


def _height(batch: Batch, mean: Floats, tau2: Floats) -> Floats:
    """Return the log-likelihood of a mean (relative to ``centre``) and a variance."""
    total = np.where(batch.present, batch.vi + tau2[:, None], 1.0)
    residual = np.where(batch.present, batch.yi - mean[:, None], 0.0)
    return np.asarray(-0.5 * (np.log(total) + residual**2 / total).sum(axis=1), dtype=np.float64)


def _profile(batch: Batch, mean: Floats) -> Floats:
    return _height(batch, mean, variance_about(batch, mean))


def _limit(batch: Batch, best: Floats, floor: Floats, *, side: float) -> Floats:
    """Return the last mean on one side of the estimate whose profile reaches ``floor``.

    Beyond the outermost estimate the profile only falls, so the scan ends there or, where the
    profile is still too high, at a distance doubled until it is not.
    """
    farthest = np.where(batch.present, side * batch.yi, -np.inf).max(axis=1, initial=-np.inf)
    reach = np.maximum(farthest - side * best, 0.0)
    reach += np.sqrt(batch.vi.min(axis=1, initial=np.inf))
    open_rows = np.arange(best.size)
    while open_rows.size:
        at = best[open_rows] + side * reach[open_rows]
        open_rows = open_rows[_profile(batch.rows(open_rows), at) >= floor[open_rows]]
        reach[open_rows] *= 2.0
    grid = reach[:, None] * np.linspace(0.0, 1.0, _SIDE_POINTS)
    index = np.repeat(np.arange(best.size), _SIDE_POINTS)
    means = best[index] + side * grid.ravel()
    inside = _profile(batch.rows(index), means).reshape(grid.shape) >= floor[:, None]
    inside[:, 0] = True
    last = _SIDE_POINTS - 1 - inside[:, ::-1].argmax(axis=1)
    every = np.arange(best.size)
    low, high = grid[every, last], grid[every, last + 1]

    def function(distance: Floats, index: Ints) -> tuple[Floats, Floats]:
        part = batch.rows(index)
        mean = best[index] + side * distance
        tau2 = variance_about(part, mean)
        above = _height(part, mean, tau2) - floor[index]
        residual = np.where(part.present, part.yi - mean[:, None], 0.0)
        slope = side * (residual / (part.vi + tau2[:, None])).sum(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            step = -above / slope
        return above, np.where(np.isfinite(step), step, np.inf)

    roots = safeguarded_newton(function, low, high, start=0.5 * (low + high), scale=reach)
    return best + side * roots.x
