r"""Meta-regression of a batch: effects that depend on what is known of each study.

:math:`y_i \sim N(x_i'\beta, v_i + \tau^2)` with ``p`` columns in ``x``. Each fit is one QR
decomposition of the ``k × p`` weighted design, so the precision is that of the design and not of its
square. With :math:`H = Q Q'` of that decomposition, everything needed of the projection
:math:`P = W - W X (X' W X)^{-1} X' W` is a sum over studies or over ``p × p`` entries: time is
``O(k p^2)``, memory ``O(k p)`` a row, and no ``k × k`` matrix is formed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equipoise.kernels.batches import Batch, Bools, Floats, Ints
from equipoise.kernels.roots import Roots, safeguarded_newton
from equipoise.kernels.tau2 import BetweenStudy

# The log-likelihood is a sum of terms about one unit wide in log(v + tau2).
_SCAN_STEP = 0.5
_SCAN_POINTS = (8, 96)
# A column that keeps less than this share of its length beside those before it is no new column.
_NEW_COLUMN = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """What is known of each study: ``columns`` of shape ``(B, k, p)``, zero where none is present.

    ``intercept`` says that the first column is one for every study. Effects may then be counted
    from the most precise study, which keeps the digits of effects far from zero.
    """

    columns: Floats
    intercept: bool

    def rows(self, index: Ints) -> Design:
        """Take the designs of some meta-analyses (a row may be taken more than once)."""
        return Design(self.columns[index], self.intercept)


@dataclass(frozen=True, slots=True, eq=False)
class Regression:
    """Weighted regressions of a batch.

    ``coefficients`` has shape ``(B, p)``, ``covariance`` ``(B, p, p)``; ``q`` is the weighted sum of
    squared residuals, shape ``(B,)``; ``residuals`` and ``hat`` (leverages) have shape ``(B, k)``.
    ``full_rank`` marks designs whose columns can be told apart; the others are ``nan``.
    """

    coefficients: Floats
    covariance: Floats
    q: Floats
    residuals: Floats
    hat: Floats
    full_rank: Bools


@dataclass(frozen=True, slots=True, eq=False)
class Decomposed:
    """The weighted design as Q R, with the residuals of the effects at these weights."""

    weights: Floats
    q: Floats
    r: Floats
    coefficients: Floats
    residuals: Floats
    full_rank: Bools


def with_intercept(batch: Batch, columns: Floats) -> Design:
    """Put a column of ones before ``columns`` of shape ``(B, k, p - 1)``."""
    ones = np.ones((*batch.present.shape, 1))
    together = np.concatenate((ones, columns), axis=2)
    return Design(np.where(batch.present[:, :, None], together, 0.0), intercept=True)


def weighted_regression(batch: Batch, design: Design, tau2: Floats) -> Regression:
    """Regress with the weights ``1 / (vi + tau2)``.

    The R call is ``metafor::rma(yi, vi, mods = X, tau2 = tau2)``.
    """
    d = decompose(batch, design, tau2)
    identity = np.broadcast_to(np.eye(d.r.shape[1]), (d.r.shape[0], d.r.shape[1], d.r.shape[1]))
    inverse = _solve(d.r, identity, d.full_rank)
    coefficients = d.coefficients.copy()
    if design.intercept:
        coefficients[:, 0] += batch.centre
    q = np.where(d.full_rank, (d.weights * d.residuals**2).sum(axis=1), np.nan)
    covariance = inverse @ np.swapaxes(inverse, 1, 2)
    hat = (d.q**2).sum(axis=2)
    return Regression(coefficients, covariance, q, d.residuals, hat, d.full_rank)


def dersimonian_laird(batch: Batch, design: Design) -> BetweenStudy:
    r"""Estimate the residual variance by moments: :math:`\max(0, (Q_E - (k-p)) / tr P)`.

    The R call is ``metafor::rma(yi, vi, mods = X, method = "DL")``. Raudenbush 2009.
    """
    rows = _enough(batch, design)
    result = _blank(batch, design)
    if rows.size:
        parts = _Parts(batch.rows(rows), design.rows(rows), np.zeros(rows.size))
        df = residual_df(batch, design)[rows]
        result.tau2[rows] = np.maximum((parts.q - df) / parts.trace, 0.0)
        result.at_boundary[rows] = result.tau2[rows] == 0.0
    return result


def paule_mandel(batch: Batch, design: Design) -> BetweenStudy:
    r"""Estimate the residual variance by solving :math:`Q_E(\tau^2) = k - p`; zero if it is below.

    The R call is ``metafor::rma(yi, vi, mods = X, method = "PM")``. doi:10.6028/jres.087.022.
    """
    return q_root(batch, design, residual_df(batch, design))


def q_root(batch: Batch, design: Design, target: Floats) -> BetweenStudy:
    r"""Solve :math:`Q_E(\tau^2) = target`; zero where Q at zero is below it.

    Q falls strictly in τ², so the root is unique; Newton's method is applied to ``1 / Q``.
    """
    result, rows = _blank(batch, design), _enough(batch, design)
    if rows.size:
        start = _Parts(batch.rows(rows), design.rows(rows), np.zeros(rows.size))
        rows = rows[start.q > target[rows]]
    if rows.size == 0:
        return result
    part, x, goal = batch.rows(rows), design.rows(rows), target[rows]

    def function(t: Floats, index: Ints) -> tuple[Floats, Floats]:
        at = _Parts(part.rows(index), x.rows(index), t)
        return at.q - goal[index], (at.q / goal[index] - 1.0) * at.q / at.form

    spread, smallest, _ = _extent(part, x)
    zero = np.zeros(rows.size)
    roots = safeguarded_newton(function, zero, spread / goal, start=zero, scale=smallest)
    _put(result, rows, roots)
    return result


def maximum_likelihood(batch: Batch, design: Design, *, restricted: bool) -> BetweenStudy:
    r"""Maximise the (restricted) likelihood of the residual variance over :math:`\tau^2 \ge 0`.

    As `equipoise.kernels.tau2.maximum_likelihood`: the score is scanned up to a bound beyond which
    it is negative, each fall through zero is refined to machine precision, and the highest of these
    maxima and the boundary is taken. The R call is ``metafor::rma(yi, vi, mods = X, method =
    "REML")`` (or ``"ML"``). Raudenbush 2009; Viechtbauer 2005, doi:10.3102/10769986030003261.
    """
    result, rows = _blank(batch, design), _enough(batch, design)
    if rows.size == 0:
        return result
    part, x = batch.rows(rows), design.rows(rows)
    grid = _scan_grid(part, x)
    score = np.stack(
        [_Parts(part, x, t).score(restricted=restricted) for t in grid.T], axis=1
    )  # a column at a time, so that memory stays that of one fit
    owner, place = np.nonzero((score[:, :-1] > 0.0) & (score[:, 1:] <= 0.0))
    roots = _refine(
        part.rows(owner), x.rows(owner), grid, score, (owner, place), restricted=restricted
    )
    _put(result, rows, _highest(part, x, owner, roots, score[:, 0] <= 0.0, restricted=restricted))
    return result


def log_likelihood(batch: Batch, design: Design, tau2: Floats, *, restricted: bool) -> Floats:
    """Return the (restricted) log-likelihood without its constant, shape ``(B,)``.

    The constant of the restricted one is that without ``log det(X'X)`` (see R's ``logLik`` for the
    other convention): it bears on comparisons between designs only.
    """
    d = decompose(batch, design, tau2)
    total = np.where(batch.present, batch.vi + tau2[:, None], 1.0)
    value = -0.5 * (np.log(total).sum(axis=1) + (d.weights * d.residuals**2).sum(axis=1))
    if restricted:
        diagonal = np.abs(np.diagonal(d.r, axis1=1, axis2=2))
        value = value - np.log(diagonal).sum(axis=1)
    return np.asarray(value, dtype=np.float64)


def decompose(batch: Batch, design: Design, tau2: Floats) -> Decomposed:
    """Decompose the design at the weights ``1 / (vi + tau2)`` and regress the effects on it."""
    weights = 1.0 / (batch.vi + tau2[:, None])
    root = np.sqrt(weights)
    weighted = root[:, :, None] * design.columns
    q, r = np.linalg.qr(weighted)
    full_rank = _full_rank(weighted, r)
    y = batch.yi if design.intercept else batch.yi + batch.centre[:, None]
    y = np.where(batch.present, y, 0.0)
    share = np.swapaxes(q, 1, 2) @ (root * y)[:, :, None]
    coefficients = _solve(r, share, full_rank)[:, :, 0]
    fitted = (design.columns @ coefficients[:, :, None])[:, :, 0]
    residuals = np.where(batch.present, y - fitted, 0.0)
    return Decomposed(weights, q, r, coefficients, residuals, full_rank)


def _full_rank(weighted: Floats, r: Floats) -> Bools:
    if weighted.shape[1] < weighted.shape[2]:
        return np.zeros(weighted.shape[0], dtype=np.bool_)
    length = np.sqrt((weighted**2).sum(axis=1))
    kept = np.abs(np.diagonal(r, axis1=1, axis2=2))
    return np.asarray((kept > _NEW_COLUMN * length).all(axis=1), dtype=np.bool_)


def _solve(r: Floats, right: Floats, good: Bools) -> Floats:
    """Solve ``r x = right`` where the rows' designs have full rank; ``nan`` elsewhere."""
    shape = (r.shape[0], r.shape[2], right.shape[2])
    out = np.full(shape, np.nan)
    if good.any():
        out[good] = np.linalg.solve(r[good], right[good])
    return out


class _Parts:
    """Traces and quadratic forms of the projection at some τ², all of shape ``(B,)``.

    ``q`` is y'Py, ``form`` y'PPy; ``trace`` tr P; ``weights`` the weights. Derivatives in τ² are
    made when a step needs them.
    """

    def __init__(self, batch: Batch, design: Design, tau2: Floats) -> None:
        self._at = d = decompose(batch, design, tau2)
        self.hat = (d.q**2).sum(axis=2)
        weighted = d.weights * d.residuals
        self.q = (weighted * d.residuals).sum(axis=1)
        self.form = (weighted**2).sum(axis=1)
        self.trace: Floats = (d.weights * (1.0 - self.hat)).sum(axis=1)

    def score(self, *, restricted: bool) -> Floats:
        """Return twice the score."""
        return np.asarray(self.form - self._penalty(restricted), dtype=np.float64)

    def step(self, *, restricted: bool) -> Floats:
        """Return Newton's step on penalty / form, which is nearly linear in τ²."""
        penalty, form = self._penalty(restricted), self.form
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            fall = self._penalty_slope(restricted) * form - penalty * self._form_slope()
            step = (form - penalty) * form / fall
        return np.asarray(np.where(np.isfinite(step), step, np.inf), dtype=np.float64)

    def _penalty(self, restricted: bool) -> Floats:
        total: Floats = self._at.weights.sum(axis=1)
        return self.trace if restricted else total

    def _penalty_slope(self, restricted: bool) -> Floats:
        """Return -tr PP, or minus the sum of squared weights."""
        w = self._at.weights
        if not restricted:
            return np.asarray(-(w**2).sum(axis=1), dtype=np.float64)
        inner = np.swapaxes(self._at.q, 1, 2) @ (w[:, :, None] * self._at.q)
        squared = (inner**2).sum(axis=(1, 2))
        value = (w**2 * (1.0 - 2.0 * self.hat)).sum(axis=1) + squared
        return np.asarray(-value, dtype=np.float64)

    def _form_slope(self) -> Floats:
        """Return -2 y'PPPy, the projection applied to the weighted residuals once more."""
        d = self._at
        again = d.weights**1.5 * d.residuals
        inside = d.q @ (np.swapaxes(d.q, 1, 2) @ again[:, :, None])
        return np.asarray(-2.0 * ((again - inside[:, :, 0]) ** 2).sum(axis=1), dtype=np.float64)


def _refine(
    part: Batch,
    design: Design,
    grid: Floats,
    score: Floats,
    falls: tuple[Ints, Ints],
    *,
    restricted: bool,
) -> Roots:
    owner, place = falls
    low, high = grid[owner, place], grid[owner, place + 1]
    s_low, s_high = score[owner, place], score[owner, place + 1]

    def function(t: Floats, index: Ints) -> tuple[Floats, Floats]:
        at = _Parts(part.rows(index), design.rows(index), t)
        return at.score(restricted=restricted), at.step(restricted=restricted)

    smallest = part.vi.min(axis=1, initial=np.inf)
    start = low + (high - low) * s_low / (s_low - s_high)
    return safeguarded_newton(function, low, high, start=start, scale=smallest)


def _highest(
    batch: Batch,
    design: Design,
    owner: Ints,
    roots: Roots,
    boundary: Bools,
    *,
    restricted: bool,
) -> Roots:
    """Choose for each row the highest of its local maxima, the boundary among them."""
    n = batch.k.size
    best = Roots(np.zeros(n), np.zeros(n, dtype=np.intp), np.ones(n, dtype=np.bool_), np.zeros(n))
    top = np.where(
        boundary, log_likelihood(batch, design, np.zeros(n), restricted=restricted), -np.inf
    )
    reached = log_likelihood(batch.rows(owner), design.rows(owner), roots.x, restricted=restricted)
    for i, row in enumerate(owner):
        if reached[i] > top[row]:
            top[row] = reached[i]
            for name in ("x", "iterations", "converged", "last_step"):
                getattr(best, name)[row] = getattr(roots, name)[i]
    return best


def _scan_grid(batch: Batch, design: Design) -> Floats:
    """Return points from zero to a bound, equally spaced in log(min v + τ²), shape ``(B, G)``.

    With u = min v + τ² and d = max v - min v, y'PPy is at most S / u², S the unweighted sum of
    squared residuals, and tr P at least (k - p) / (u + d), because P has k - p eigenvalues of at
    least the smallest weight: the score is negative when (k - p) u² - S u - S d > 0.
    """
    spread, smallest, largest = _extent(batch, design)
    df = residual_df(batch, design)
    root = np.sqrt(spread**2 + 4.0 * df * spread * (largest - smallest))
    bound = np.maximum((spread + root) / df - smallest, 0.0)
    span = np.log1p(bound / smallest)
    points = int(np.clip(np.ceil(span.max(initial=0.0) / _SCAN_STEP), *_SCAN_POINTS)) + 1
    grid = smallest[:, None] * np.expm1(span[:, None] * np.linspace(0.0, 1.0, points))
    grid[:, 0] = 0.0
    return np.asarray(grid, dtype=np.float64)


def _extent(batch: Batch, design: Design) -> tuple[Floats, Floats, Floats]:
    """Return the unweighted sum of squared residuals, and the smallest and largest ``vi``."""
    ones = np.where(batch.present, 1.0, np.inf)
    flat = Batch(batch.yi, ones, batch.present, batch.k, batch.centre)
    residuals = decompose(flat, design, np.zeros(batch.k.size)).residuals
    largest = np.where(batch.present, batch.vi, 0.0).max(axis=1, initial=0.0)
    return (residuals**2).sum(axis=1), batch.vi.min(axis=1, initial=np.inf), largest


def residual_df(batch: Batch, design: Design) -> Floats:
    """Return ``k - p`` of each row."""
    df: Floats = (batch.k - design.columns.shape[2]).astype(np.float64)
    return df


def _enough(batch: Batch, design: Design) -> Ints:
    """Return the rows whose residual variance can be estimated."""
    full_rank = decompose(batch, design, np.zeros(batch.k.size)).full_rank
    return np.flatnonzero((residual_df(batch, design) > 0.0) & full_rank)


def _blank(batch: Batch, design: Design) -> BetweenStudy:
    """Return zero for every row, ``nan`` where it cannot be estimated."""
    n = batch.k.size
    tau2 = np.full(n, np.nan)
    tau2[_enough(batch, design)] = 0.0
    certain = np.ones(n, dtype=np.bool_)
    return BetweenStudy(tau2, np.zeros(n, dtype=np.intp), certain, tau2 == 0.0, np.zeros(n))


def _put(result: BetweenStudy, rows: Ints, roots: Roots) -> None:
    """Write the solutions of some rows among those at the boundary and those undefined."""
    result.tau2[rows] = roots.x
    result.iterations[rows] = roots.iterations
    result.converged[rows] = roots.converged
    result.last_step[rows] = roots.last_step
    result.at_boundary[rows] = roots.x == 0.0
