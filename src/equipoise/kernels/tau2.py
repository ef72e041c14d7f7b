r"""Between-study variance: DerSimonian-Laird, Paule-Mandel, maximum likelihood, REML.

Each study's estimate is :math:`y_i \sim N(\mu, v_i + \tau^2)`. All estimators are truncated at
zero, work on a `Batch`, use ``O(k)`` memory per row, and stop by a rule relative to the data's own
scale (an absolute one, as peers use, changes results with the unit of measurement).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equipoise.kernels.batches import Batch, Bools, Floats, Ints
from equipoise.kernels.inverse_variance import (
    projection_trace,
    projection_trace_squared,
    weighted_mean,
)
from equipoise.kernels.roots import Roots, safeguarded_newton

# Log-likelihoods in log(v + tau2) are sums of terms about one unit wide: a scan at steps of half
# a unit cannot step over a maximum that matters.
_SCAN_STEP = 0.5
_SCAN_POINTS = (8, 96)


@dataclass(frozen=True, slots=True, eq=False)
class BetweenStudy:
    """Between-study variances of a batch, all of shape ``(B,)``.

    ``tau2`` is ``nan`` where there are fewer than two studies. ``at_boundary`` marks estimates
    truncated at (or maximal at) zero. ``last_step`` bounds the remaining error of an iteration.
    """

    tau2: Floats
    iterations: Ints
    converged: Bools
    at_boundary: Bools
    last_step: Floats


def dersimonian_laird(batch: Batch, q: Floats | None = None) -> BetweenStudy:
    r"""Estimate by the method of moments: :math:`\max(0, (Q - (k-1)) / (W - W_2 / W))`.

    ``W`` and ``W2`` are the sums of ``1 / vi`` and of its square. ``q`` replaces Cochran's Q by
    another (RevMan's "M-H, random" uses Q around the Mantel-Haenszel estimate). The R call is
    ``metafor::rma(yi, vi, method = "DL")``. DerSimonian and Laird 1986,
    doi:10.1016/0197-2456(86)90046-2.
    """
    observed = weighted_mean(batch, np.zeros(batch.k.size)).q if q is None else q
    with np.errstate(invalid="ignore", divide="ignore"):
        moment = (observed - (batch.k - 1)) / projection_trace(1.0 / batch.vi)
    enough = batch.k > 1
    return _closed_form(np.where(enough, np.maximum(moment, 0.0), np.nan))


def paule_mandel(batch: Batch) -> BetweenStudy:
    r"""Estimate by solving :math:`Q(\tau^2) = k - 1` (Paule and Mandel 1982; empirical Bayes).

    The R call is ``metafor::rma(yi, vi, method = "PM")``. doi:10.6028/jres.087.022.
    """
    return q_root(batch, (batch.k - 1).astype(np.float64))


def q_root(batch: Batch, target: Floats) -> BetweenStudy:
    r"""Solve the generalised Q statistic :math:`Q(\tau^2) = target`; zero where Q(0) is below it.

    Q falls strictly in τ², so the root is unique. Newton's method is applied to ``1 / Q``, which is
    linear in τ² when all variances are equal and close to it otherwise.
    """
    value, _ = _q_and_slope(batch, np.zeros(batch.k.size))
    rows = np.flatnonzero((batch.k > 1) & (value > target))
    if rows.size == 0:
        return _at_boundary(batch)
    part, goal = batch.rows(rows), target[rows]
    spread, smallest, _ = _extent(part)

    def function(t: Floats, index: Ints) -> tuple[Floats, Floats]:
        q, slope = _q_and_slope(part.rows(index), t)
        return q - goal[index], (q / goal[index] - 1.0) * q / -slope

    roots = safeguarded_newton(
        function, np.zeros(rows.size), spread / goal, start=np.zeros(rows.size), scale=smallest
    )
    return _scatter(batch, rows, roots)


def maximum_likelihood(batch: Batch, *, restricted: bool) -> BetweenStudy:
    r"""Maximise the (restricted) likelihood over :math:`\tau^2 \ge 0`, globally.

    The score is scanned from zero to a bound beyond which it is negative; every fall through zero
    is refined to machine precision and the highest of these maxima and of the boundary is taken.
    Peers iterate from one starting value and stop at an absolute change of 1e-5, which can stop
    short of the maximum or in a lower one. The R call is ``metafor::rma(yi, vi, method = "REML")``
    (or ``"ML"``). Viechtbauer 2005, doi:10.3102/10769986030003261.
    """
    rows = np.flatnonzero(batch.k > 1)
    if rows.size == 0:
        return _at_boundary(batch)
    part = batch.rows(rows)
    grid = _scan_grid(part)
    score = _score_grid(part, grid, restricted=restricted)
    falls = (score[:, :-1] > 0.0) & (score[:, 1:] <= 0.0)
    owner, place = np.nonzero(falls)
    low, high = grid[owner, place], grid[owner, place + 1]
    many = part.rows(owner)

    def function(t: Floats, index: Ints) -> tuple[Floats, Floats]:
        return _score_and_step(many.rows(index), t, restricted=restricted)

    _, smallest, _ = _extent(many)
    s_low, s_high = score[owner, place], score[owner, place + 1]
    start = low + (high - low) * s_low / (s_low - s_high)
    roots = safeguarded_newton(function, low, high, start=start, scale=smallest)
    best = _best_maximum(part, owner, roots, score[:, 0] <= 0.0, restricted=restricted)
    return _scatter(batch, rows, best)


def log_likelihood(batch: Batch, tau2: Floats, *, restricted: bool) -> Floats:
    """Return the (restricted) log-likelihood without its constant, shape ``(B,)``."""
    fit = weighted_mean(batch, tau2)
    total = np.where(batch.present, batch.vi + tau2[:, None], 1.0)
    value = -0.5 * (np.log(total).sum(axis=1) + fit.q)
    if restricted:
        value = value - 0.5 * np.log(fit.weights.sum(axis=1))
    return np.asarray(value, dtype=np.float64)


def _extent(batch: Batch) -> tuple[Floats, Floats, Floats]:
    """Return the raw sum of squares of ``yi`` and the smallest and largest ``vi`` of each row."""
    mean = batch.yi.sum(axis=1) / batch.k
    residual = np.where(batch.present, batch.yi - mean[:, None], 0.0)
    largest = np.where(batch.present, batch.vi, 0.0).max(axis=1, initial=0.0)
    return (residual**2).sum(axis=1), batch.vi.min(axis=1, initial=np.inf), largest


def _q_and_slope(batch: Batch, tau2: Floats) -> tuple[Floats, Floats]:
    fit = weighted_mean(batch, tau2)
    relative = (fit.estimate - batch.centre)[:, None]
    residual = np.where(batch.present, batch.yi - relative, 0.0)
    return fit.q, -((fit.weights * residual) ** 2).sum(axis=1)


def _upper_bound(batch: Batch) -> Floats:
    """Return a τ² beyond which the score of both likelihoods is negative.

    With u = min v + τ² and d = max v - min v, the quadratic form in the score is at most
    S / u² · (u + d) / (k - 1) times its expectation, S the raw sum of squares: negative when
    (k - 1) u² - S u - S d > 0. The bound is doubled against rounding.
    """
    spread, smallest, largest = _extent(batch)
    df = batch.k - 1.0
    root = np.sqrt(spread**2 + 4.0 * df * spread * (largest - smallest))
    return np.asarray(np.maximum((spread + root) / df - smallest, 0.0), dtype=np.float64)


def _scan_grid(batch: Batch) -> Floats:
    """Return points from zero to the bound, equally spaced in log(min v + τ²), shape (B, G)."""
    _, smallest, _ = _extent(batch)
    bound = _upper_bound(batch)
    span = np.log1p(bound / smallest)
    points = int(np.clip(np.ceil(span.max(initial=0.0) / _SCAN_STEP), *_SCAN_POINTS)) + 1
    grid = smallest[:, None] * np.expm1(span[:, None] * np.linspace(0.0, 1.0, points))
    grid[:, 0] = 0.0
    return np.asarray(grid, dtype=np.float64)


def _score_grid(batch: Batch, grid: Floats, *, restricted: bool) -> Floats:
    """Return twice the score at each point of the scan, shape ``(B, G)``."""
    index = np.repeat(np.arange(batch.k.size), grid.shape[1])
    form, trace, _, _ = _score_parts(batch.rows(index), grid.ravel(), restricted=restricted)
    difference: Floats = (form - trace).reshape(grid.shape)
    return difference


def _score_and_step(batch: Batch, tau2: Floats, *, restricted: bool) -> tuple[Floats, Floats]:
    """Return twice the score and Newton's step on trace / form, nearly linear in τ²."""
    form, trace, form_slope, trace_slope = _score_parts(batch, tau2, restricted=restricted)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        step = (form - trace) * form / (trace_slope * form - trace * form_slope)
    return form - trace, np.where(np.isfinite(step), step, np.inf)


def _score_parts(
    batch: Batch, tau2: Floats, *, restricted: bool
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return y'PPy and tr P (or the sum of weights for ML) with their derivatives in τ²."""
    weights = 1.0 / (batch.vi + tau2[:, None])
    squared = weights * weights
    w1, w2 = weights.sum(axis=1), squared.sum(axis=1)
    mean = (weights * batch.yi).sum(axis=1) / w1
    residual = np.where(batch.present, batch.yi - mean[:, None], 0.0)
    weighted = squared * residual
    form = (weighted * residual).sum(axis=1)
    drift = weighted.sum(axis=1)
    form_slope = -2.0 * (weights * weighted * residual).sum(axis=1) + 2.0 * drift**2 / w1
    if not restricted:
        return form, w1, form_slope, -w2
    return form, projection_trace(weights), form_slope, -projection_trace_squared(weights)


def _best_maximum(
    batch: Batch, owner: Ints, roots: Roots, boundary: Bools, *, restricted: bool
) -> Roots:
    """Choose for each row the highest of its local maxima, the boundary among them."""
    n = batch.k.size
    zero = np.zeros(n)
    best = Roots(zero.copy(), np.zeros(n, dtype=np.intp), np.ones(n, dtype=np.bool_), zero.copy())
    height = np.where(boundary, log_likelihood(batch, zero, restricted=restricted), -np.inf)
    peaks = log_likelihood(batch.rows(owner), roots.x, restricted=restricted)
    for place, row in enumerate(owner):
        best.iterations[row] += roots.iterations[place]
        best.converged[row] &= roots.converged[place]
        if peaks[place] > height[row]:
            height[row] = peaks[place]
            best.x[row] = roots.x[place]
            best.last_step[row] = roots.last_step[place]
    return best


def _closed_form(tau2: Floats) -> BetweenStudy:
    n = tau2.size
    return BetweenStudy(
        tau2, np.zeros(n, dtype=np.intp), np.ones(n, dtype=np.bool_), tau2 == 0.0, np.zeros(n)
    )


def _at_boundary(batch: Batch) -> BetweenStudy:
    """Return zero for every row, undefined where there are fewer than two studies."""
    return _closed_form(np.where(batch.k > 1, 0.0, np.nan))


def _scatter(batch: Batch, rows: Ints, roots: Roots) -> BetweenStudy:
    """Put the solutions of some rows among those at the boundary and those undefined."""
    result = _at_boundary(batch)
    result.tau2[rows] = roots.x
    result.iterations[rows] = roots.iterations
    result.converged[rows] = roots.converged
    result.last_step[rows] = roots.last_step
    result.at_boundary[rows] = roots.x == 0.0
    return result
