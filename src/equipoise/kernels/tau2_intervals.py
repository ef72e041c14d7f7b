r"""Confidence intervals of the between-study variance other than the Q-profile.

Limits are truncated at zero. All work on a `Batch`, with ``O(k)`` memory per row, and are exact:
limits solve their equation to machine precision.
"""

from __future__ import annotations

import numpy as np

from equipoise.kernels.batches import Batch, Floats, Ints
from equipoise.kernels.distributions import chi2_critical, normal_critical
from equipoise.kernels.heterogeneity import Tau2Interval
from equipoise.kernels.inverse_variance import projection_trace
from equipoise.kernels.quadratic_forms import distribution, spread
from equipoise.kernels.roots import safeguarded_newton
from equipoise.kernels.tau2 import log_likelihood
from equipoise.kernels.tau2_moments import general_q_root, held, within

# Log-likelihoods in log(v + tau2) are sums of terms about one unit wide.
_SCAN_STEP = 0.25
_SCAN_POINTS = 400
_WIDEN = 4.0


def wald(tau2: Floats, se: Floats, level: float) -> Tau2Interval:
    r"""Return τ² ± z · se. Poor unless there are very many studies: τ² is far from normal.

    The R call is ``metafor::confint(fit, type = "Wald")``. Biggerstaff and Tweedie 1997,
    doi:10.1002/(SICI)1097-0258(19970415)16:7<753::AID-SIM494>3.0.CO;2-G.
    """
    half = normal_critical(level) * se
    return Tau2Interval(np.maximum(tau2 - half, 0.0), tau2 + half, np.zeros(tau2.size, np.bool_))


def sidik_jonkman(batch: Batch, tau2: Floats, level: float) -> Tau2Interval:
    r"""Return :math:`(k-1) \hat\tau^2 / \chi^2_{k-1}` at the upper and lower quantiles.

    ``tau2`` is Sidik and Jonkman's estimate, of which this is the interval. Never reaches zero, and
    covers poorly unless τ² is large beside the variances within studies. Sidik and Jonkman 2005,
    doi:10.1111/j.1467-9876.2005.00489.x.
    """
    tail = (1.0 - level) / 2.0
    df = (batch.k - 1).astype(np.float64)
    low = df * tau2 / chi2_critical(tail, df)
    high = df * tau2 / chi2_critical(1.0 - tail, df)
    return Tau2Interval(low, high, np.zeros(tau2.size, np.bool_))


def general_q_interval(batch: Batch, weights: Floats, level: float) -> Tau2Interval:
    r"""Return the interval of the τ² that make the observed :math:`Q_a` neither small nor large.

    The limits are the τ² under which the observed value stands at the upper and lower
    ``(1 - level) / 2`` quantile of the exact distribution of :math:`Q_a`. Weights ``1 / vi`` are
    those of Biggerstaff and Jackson 2008, doi:10.1002/sim.3428; Jackson recommends
    ``1 / sqrt(vi)`` where little is known about τ² beforehand: 2013, doi:10.1002/jrsm.1081. The R
    call is ``metafor::confint(rma(yi, vi, weights = a, method = "GENQ"))``. ``empty`` marks data
    less variable than chance alone would make them: the interval is reported as (0, 0).
    """
    tail = (1.0 - level) / 2.0
    n = batch.k.size
    twice = batch.rows(np.tile(np.arange(n), 2))
    goals = np.repeat([1.0 - tail, tail], n)
    block = np.broadcast_to(weights, batch.vi.shape)
    low, high = np.split(general_q_root(twice, np.concatenate((block, block)), goals).tau2, 2)
    a, rows = held(batch, block), np.flatnonzero(batch.k > 1)
    empty = np.zeros(n, dtype=np.bool_)
    observed = spread(batch.rows(rows), a[rows])
    if rows.size:
        safe = np.where(observed > 0.0, observed, 1.0)
        at_zero = distribution(safe, a[rows], within(batch)[rows]).probability
        empty[rows] = np.where(observed > 0.0, at_zero, 0.0) < tail
    return Tau2Interval(low, high, empty)


def profile_likelihood(
    batch: Batch, tau2: Floats, level: float, *, restricted: bool
) -> Tau2Interval:
    r"""Return the τ² whose (restricted) log-likelihood is within :math:`\chi^2_1 / 2` of the top.

    ``tau2`` is the estimate by the same likelihood. Where the likelihood has several peaks the
    interval reaches from the first such τ² to the last. The R call is
    ``metafor::confint(fit, type = "PL")``. Hardy and Thompson 1996,
    doi:10.1002/(SICI)1097-0258(19960330)15:6<619::AID-SIM188>3.0.CO;2-A.
    """
    rows = np.flatnonzero(batch.k > 1)
    part, best = batch.rows(rows), tau2[rows]
    floor = log_likelihood(part, best, restricted=restricted)
    floor = floor - 0.5 * normal_critical(level) ** 2
    grid = _scan(part, best, floor, restricted=restricted)
    inside = _heights(part, grid, restricted=restricted) >= floor[:, None]
    first = inside.argmax(axis=1)
    last = grid.shape[1] - 1 - inside[:, ::-1].argmax(axis=1)
    every = np.arange(rows.size)
    low = np.where(first == 0, 0.0, np.nan)
    down = np.flatnonzero(first > 0)
    low[down] = _crossing(
        part.rows(down),
        (grid[down, first[down] - 1], grid[down, first[down]]),
        floor[down],
        restricted=restricted,
        rising=True,
    )
    high = _crossing(
        part,
        (grid[every, last], grid[every, last + 1]),
        floor,
        restricted=restricted,
        rising=False,
    )
    limits = np.full((2, batch.k.size), np.nan)
    limits[0, rows], limits[1, rows] = low, high
    return Tau2Interval(limits[0], limits[1], np.zeros(batch.k.size, dtype=np.bool_))


def _scan(batch: Batch, best: Floats, floor: Floats, *, restricted: bool) -> Floats:
    """Return sorted points from zero, over the estimate, to where the likelihood only falls.

    With S the raw sum of squares the score is negative beyond ``2 S / df + 2 sqrt(S v / df)``, v
    the largest variance; from there the end is moved until the likelihood is below ``floor``.
    """
    df = batch.k - 1.0
    largest = within(batch).max(axis=1, initial=0.0)
    smallest = batch.vi.min(axis=1, initial=np.inf)
    raw = spread(batch, batch.present.astype(np.float64))
    end = 2.0 * raw / df + 2.0 * np.sqrt(raw * largest / df) + largest + best
    open_rows = np.arange(end.size)
    while open_rows.size:
        height = log_likelihood(batch.rows(open_rows), end[open_rows], restricted=restricted)
        open_rows = open_rows[height >= floor[open_rows]]
        end[open_rows] *= _WIDEN
    width = np.log1p(end / smallest)
    points = int(np.clip(np.ceil(width.max(initial=0.0) / _SCAN_STEP), 8, _SCAN_POINTS)) + 1
    grid = smallest[:, None] * np.expm1(width[:, None] * np.linspace(0.0, 1.0, points))
    grid[:, 0], grid[:, -1] = 0.0, end
    return np.sort(np.concatenate((grid, best[:, None]), axis=1), axis=1)


def _heights(batch: Batch, grid: Floats, *, restricted: bool) -> Floats:
    index = np.repeat(np.arange(batch.k.size), grid.shape[1])
    flat = log_likelihood(batch.rows(index), grid.ravel(), restricted=restricted)
    heights: Floats = flat.reshape(grid.shape)
    return heights


def _crossing(
    batch: Batch, ends: tuple[Floats, Floats], floor: Floats, *, restricted: bool, rising: bool
) -> Floats:
    """Return where the log-likelihood crosses ``floor`` between two points."""
    sign = -1.0 if rising else 1.0

    def function(t: Floats, index: Ints) -> tuple[Floats, Floats]:
        part = batch.rows(index)
        above = log_likelihood(part, t, restricted=restricted) - floor[index]
        with np.errstate(invalid="ignore", divide="ignore"):
            step = -above / _score(part, t, restricted=restricted)
        return sign * above, np.where(np.isfinite(step), step, np.inf)

    low, high = ends
    smallest = batch.vi.min(axis=1, initial=np.inf)
    return safeguarded_newton(function, low, high, start=0.5 * (low + high), scale=smallest).x


def _score(batch: Batch, tau2: Floats, *, restricted: bool) -> Floats:
    weights = 1.0 / (batch.vi + tau2[:, None])
    mean = (weights * batch.yi).sum(axis=1) / weights.sum(axis=1)
    residual = np.where(batch.present, batch.yi - mean[:, None], 0.0)
    form = ((weights * residual) ** 2).sum(axis=1)
    trace = projection_trace(weights) if restricted else weights.sum(axis=1)
    return np.asarray(0.5 * (form - trace), dtype=np.float64)
