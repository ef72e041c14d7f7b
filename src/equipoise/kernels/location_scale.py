r"""Location-scale models: the between-study variance depends on what is known of each study.

:math:`y_i \sim N(x_i'\beta, v_i + \tau_i^2)` with :math:`\log \tau_i^2 = z_i'\alpha`, or
:math:`\tau_i^2 = z_i'\alpha \ge 0`. For given ``alpha`` the location is a weighted regression, so the
(restricted) likelihood is a function of ``alpha`` alone; its gradient and Hessian are exact and
cost ``O(k p² q)``. Viechtbauer and López-López 2022, doi:10.1002/jrsm.1562.

Newton's method runs from several starts in orthonormal scale columns, so that neither units nor
correlated columns matter. For the identity link an active set keeps every :math:`\tau_i^2 \ge 0`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from equipoise.kernels.batches import Floats, Ints

_LAST_STEP = 1e-10
_MAX_ITERATIONS = 200
# A Newton step may change a log variance by this much: e³ is a factor of twenty.
_LONGEST = 3.0
# A variance this far (in log units) below the smallest sampling variance is zero for all purposes.
_FLOOR = 45.0
_ARMIJO = 1e-4
_ROUNDING = 1e-14
_SHORTEST = 1e-12
# E log of a squared standard normal is minus Euler's constant less log 2.
_LOG_CHI2 = -1.2703628454614782
_SAME = 1e-8


@dataclass(frozen=True, slots=True, eq=False)
class LocationScale:
    """A fitted location-scale model of ``k`` studies.

    ``alpha`` has shape ``(q,)`` and ``beta`` ``(p,)``, with covariances; that of ``alpha`` is the
    inverse of the observed information, ``nan`` where ``at_boundary``: some ``tau2`` (shape ``(k,)``)
    is held at zero by the identity link. ``log_likelihood`` has no constant. ``gradient`` is the
    largest slope that remains, in log-likelihood per unit of the orthonormal columns; ``agree``
    of ``starts`` reached the same maximum.
    """

    alpha: Floats
    alpha_covariance: Floats
    beta: Floats
    beta_covariance: Floats
    tau2: Floats
    log_likelihood: float
    gradient: float
    at_boundary: bool
    converged: bool
    iterations: int
    starts: int
    agree: int


@dataclass(frozen=True, slots=True, eq=False)
class _Point:
    """The log-likelihood at some scale coefficients, with its slope and curvature."""

    value: float
    slope: Floats
    curve: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Path:
    """Where one start ended; ``held`` are the studies whose variance is held at zero."""

    gamma: Floats
    point: _Point
    iterations: int
    converged: bool
    held: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class _Problem:
    """Data with the scale columns made orthonormal (times the root of ``k``)."""

    y: Floats
    v: Floats
    x: Floats
    basis: Floats
    log_link: bool
    restricted: bool

    def tau2(self, gamma: Floats) -> Floats:
        """Return the variances of the studies."""
        eta = self.basis @ gamma
        if self.log_link:
            return np.asarray(np.exp(np.minimum(eta, 700.0)), dtype=np.float64)
        return np.asarray(np.maximum(eta, 0.0), dtype=np.float64)


def fit(
    y: Floats, v: Floats, x: Floats, z: Floats, *, log_link: bool, restricted: bool
) -> LocationScale:
    """Maximise the (restricted) likelihood; the R call is ``metafor::rma(yi, vi, mods, scale = )``.

    ``x`` of shape ``(k, p)`` and ``z`` of shape ``(k, q)`` must have full column rank and include
    their intercepts. ``converged`` is false where the likelihood rises for ever (log link: towards
    no heterogeneity in some studies) or no feasible start exists (identity link).
    """
    centre = y[v.argmin()] if _spans_constant(x) else 0.0
    q, r = np.linalg.qr(z)
    size = np.sqrt(y.size)
    problem = _Problem(y - centre, v, x, q * size, log_link, restricted)
    starts = _starts(problem)
    climb = _climb_free if log_link else _climb_held
    paths = [climb(problem, start) for start in starts]
    if not paths:
        return _nowhere(y.size, x.shape[1], z.shape[1])
    best = max(paths, key=lambda path: path.point.value)
    agree = sum(
        path.converged and best.point.value - path.point.value < _SAME * (1 + abs(best.point.value))
        for path in paths
    )
    return _result(problem, best, r / size, (centre, len(paths), agree))


def log_likelihood(y: Floats, v: Floats, x: Floats, tau2: Floats, *, restricted: bool) -> float:
    """Return the (restricted) log-likelihood at given variances, without its constant."""
    value, _, _ = _evaluate(y, v, x, tau2, restricted=restricted)
    return value


def _result(
    problem: _Problem, best: _Path, r: Floats, search: tuple[float, int, int]
) -> LocationScale:
    centre, starts, agree = search
    tau2 = problem.tau2(best.gamma)
    alpha = np.asarray(np.linalg.solve(r, best.gamma), dtype=np.float64)
    beta, covariance = _location(problem, tau2, centre)
    unknown = np.full((alpha.size, alpha.size), np.nan)
    free = not best.held and best.converged
    inverse = np.linalg.inv(r)
    spread = inverse @ np.linalg.inv(-best.point.curve) @ inverse.T if free else unknown
    return LocationScale(
        alpha=alpha,
        alpha_covariance=spread,
        beta=beta,
        beta_covariance=covariance,
        tau2=tau2,
        log_likelihood=best.point.value,
        gradient=float(np.abs(_free_slope(problem, best)).max(initial=0.0)),
        at_boundary=bool(best.held),
        converged=best.converged,
        iterations=best.iterations,
        starts=starts,
        agree=agree,
    )


def _nowhere(k: int, p: int, q: int) -> LocationScale:
    """Return what is known where no scale coefficients give every study a variance."""
    nowhere = np.full
    return LocationScale(
        alpha=nowhere(q, np.nan),
        alpha_covariance=nowhere((q, q), np.nan),
        beta=nowhere(p, np.nan),
        beta_covariance=nowhere((p, p), np.nan),
        tau2=nowhere(k, np.nan),
        log_likelihood=-np.inf,
        gradient=np.inf,
        at_boundary=False,
        converged=False,
        iterations=0,
        starts=0,
        agree=0,
    )


def _location(problem: _Problem, tau2: Floats, centre: float) -> tuple[Floats, Floats]:
    root = 1.0 / np.sqrt(problem.v + tau2)
    q, r = np.linalg.qr(root[:, None] * problem.x)
    beta = np.linalg.solve(r, q.T @ (root * problem.y))
    inverse = np.linalg.inv(r)
    if centre:
        # The constant is in the span of the columns: add its own coefficients.
        beta = beta + np.linalg.lstsq(problem.x, np.full(root.size, centre), rcond=None)[0]
    return beta, inverse @ inverse.T


def _spans_constant(x: Floats) -> bool:
    ones = np.ones(x.shape[0])
    q, _ = np.linalg.qr(x)
    return bool(np.abs(ones - q @ (q.T @ ones)).max() < 1e-10)  # noqa: PLR2004  # rounding of a projection


def _evaluate(
    y: Floats, v: Floats, x: Floats, tau2: Floats, *, restricted: bool
) -> tuple[float, Floats, tuple[Floats, Floats, Floats]]:
    """Return the log-likelihood, its slope in each variance, and weights, Q and residuals."""
    total = v + tau2
    weights = 1.0 / total
    root = np.sqrt(weights)
    q, r = np.linalg.qr(root[:, None] * x)
    scaled = root * y
    residual = scaled - q @ (q.T @ scaled)
    value = -0.5 * (np.log(total).sum() + residual @ residual)
    leverage = (q**2).sum(axis=1) if restricted else np.zeros(y.size)
    if restricted:
        value -= np.log(np.abs(np.diagonal(r))).sum()
    slope = 0.5 * weights * (residual**2 - (1.0 - leverage))
    return float(value), slope, (weights, q, residual)


def _at(problem: _Problem, gamma: Floats) -> _Point:
    r"""Return the log-likelihood with exact derivatives in the orthonormal coefficients.

    With ``P`` the projection and ``s = P y``, the second derivatives in two variances are
    :math:`P_{ij}^2 / 2 - P_{ij} s_i s_j` (restricted; the first term is diagonal for ML). Both sums
    over pairs of studies are sums of ``p × p`` matrices, one for each scale column.
    """
    tau2 = problem.tau2(gamma)
    value, slope, (weights, q, residual) = _evaluate(
        problem.y, problem.v, problem.x, tau2, restricted=problem.restricted
    )
    first = problem.basis * tau2[:, None] if problem.log_link else problem.basis
    curve = _curve(first, weights, q, residual, restricted=problem.restricted)
    if problem.log_link:
        curve = curve + problem.basis.T @ ((slope * tau2)[:, None] * problem.basis)
    return _Point(value, first.T @ slope, curve)


def _curve(
    first: Floats, weights: Floats, q: Floats, residual: Floats, *, restricted: bool
) -> Floats:
    scaled = first * weights[:, None]
    # s_i = sqrt(w_i) e_i and P_ij = sqrt(w_i w_j) (1[i = j] - q_i'q_j)
    pulled = scaled * residual[:, None]
    inside = q.T @ pulled
    curve = -(pulled.T @ pulled - inside.T @ inside)
    if not restricted:
        return np.asarray(curve + 0.5 * scaled.T @ scaled, dtype=np.float64)
    leverage = (q**2).sum(axis=1)
    blocks = np.einsum("ka,ki,kj->aij", scaled, q, q).reshape(first.shape[1], -1)
    squares = scaled.T @ ((1.0 - 2.0 * leverage)[:, None] * scaled) + blocks @ blocks.T
    return np.asarray(curve + 0.5 * squares, dtype=np.float64)


def _uphill(slope: Floats, curve: Floats) -> Floats:
    """Return Newton's step where the curvature is downwards, else a step uphill of its size."""
    values, vectors = np.linalg.eigh(-curve)
    size = np.abs(values)
    size = np.maximum(size, 1e-12 * size.max(initial=0.0) + np.finfo(np.float64).tiny)
    return np.asarray(vectors @ ((vectors.T @ slope) / size), dtype=np.float64)


def _downwards(curve: Floats) -> bool:
    """Return whether the curvature is that of a strict maximum."""
    return bool((np.linalg.eigvalsh(curve) < 0.0).all())


def _no_gain(now: _Point, step: Floats) -> bool:
    """Return whether the step promises less than rounding of the likelihood can show.

    Newton's step then ends at the maximum to about the square of what it has left.
    """
    return bool(abs(now.slope @ step) <= _ROUNDING * (1.0 + abs(now.value)))


def _shorten(
    problem: _Problem, gamma: Floats, now: _Point, step: Floats, longest: float
) -> tuple[float, _Point]:
    """Halve the step until the likelihood rises enough; the share taken and where it leads."""
    share, gain = min(1.0, longest), float(now.slope @ step)
    while share > _SHORTEST:
        there = _at(problem, gamma + share * step)
        if there.value >= now.value + _ARMIJO * share * gain - 1e-13 * abs(now.value):
            return share, there
        share *= 0.5
    return 0.0, now


def _climb_free(problem: _Problem, gamma: Floats) -> _Path:
    """Climb without bounds (log link)."""
    now = _at(problem, gamma)
    floor = np.log(problem.v.min()) - _FLOOR
    for iteration in range(1, _MAX_ITERATIONS + 1):
        step = _uphill(now.slope, now.curve)
        change = np.abs(problem.basis @ step).max()
        # Towards no heterogeneity the gain vanishes too, but there steps stay long.
        small = change <= _LAST_STEP or (change <= _LAST_STEP**0.5 and _no_gain(now, step))
        if small and _downwards(now.curve):
            last = gamma + step
            return _Path(last, _at(problem, last), iteration, converged=True)
        share, then = _shorten(problem, gamma, now, step, _LONGEST / max(change, 1e-300))
        gamma = gamma + share * step
        now, eta = then, problem.basis @ gamma
        if share == 0.0 or eta.max() < floor or eta.min() < floor - 2.0 * _FLOOR:
            return _Path(gamma, now, iteration, converged=False)
    return _Path(gamma, now, _MAX_ITERATIONS, converged=False)


def _climb_held(problem: _Problem, gamma: Floats) -> _Path:
    """Climb with every variance at or above zero (identity link), by an active set."""
    now, held = _at(problem, gamma), list[int]()
    for iteration in range(1, _MAX_ITERATIONS + 1):
        free = _null_space(problem.basis[held], gamma.size)
        step = free @ _uphill(free.T @ now.slope, free.T @ now.curve @ free)
        eta, move = problem.basis @ gamma, problem.basis @ step
        move[held] = 0.0
        small = np.abs(move).max() <= _LAST_STEP * (np.abs(eta).max() + problem.v.min())
        if small or (_no_gain(now, step) and _room(eta, move, held)[1] is None):
            drop = _pushed_inwards(problem, now, held)
            if drop is None:
                strict = free.shape[1] == 0 or _downwards(free.T @ now.curve @ free)
                last = gamma + step
                return _Path(last, _at(problem, last), iteration, strict, tuple(held))
            held.remove(drop)
            continue
        longest, hit = _room(eta, move, held)
        share, now = _shorten(problem, gamma, now, step, longest)
        gamma = gamma + share * step
        if hit is not None and share >= min(1.0, longest):
            held.append(hit)
            gamma = _onto(problem, gamma, held)
            now = _at(problem, gamma)
        elif share == 0.0:
            return _Path(gamma, now, iteration, converged=False, held=tuple(held))
    return _Path(gamma, now, _MAX_ITERATIONS, converged=False, held=tuple(held))


def _null_space(rows: Floats, size: int) -> Floats:
    """Return an orthonormal basis of what the held rows leave free."""
    if rows.shape[0] == 0:
        return np.eye(size)
    full, _ = np.linalg.qr(rows.T, mode="complete")
    return np.asarray(full[:, rows.shape[0] :], dtype=np.float64)


def _onto(problem: _Problem, gamma: Floats, held: list[int]) -> Floats:
    """Put the point exactly where the held variances are zero."""
    free = _null_space(problem.basis[held], gamma.size)
    return np.asarray(free @ (free.T @ gamma), dtype=np.float64)


def _room(eta: Floats, move: Floats, held: list[int]) -> tuple[float, int | None]:
    """Return how far the step may go before a variance is zero, and whose that is."""
    falling = move < 0.0
    falling[held] = False
    reach = np.where(falling, np.maximum(eta, 0.0) / np.where(falling, -move, 1.0), np.inf)
    first = int(reach.argmin())
    return (float(reach[first]), first) if reach[first] <= 1.0 else (np.inf, None)


def _pushed_inwards(problem: _Problem, now: _Point, held: list[int]) -> int | None:
    """Return the held study whose variance the likelihood would rather raise, if any."""
    if not held:
        return None
    pressure = np.linalg.lstsq(problem.basis[held].T, now.slope, rcond=None)[0]
    worst = int(pressure.argmax())
    return held[worst] if pressure[worst] > _SAME * np.abs(now.slope).max() else None


def _free_slope(problem: _Problem, path: _Path) -> Floats:
    free = _null_space(problem.basis[list(path.held)], path.gamma.size)
    return np.asarray(free.T @ path.point.slope, dtype=np.float64)


def _starts(problem: _Problem) -> list[Floats]:
    """Return scale coefficients to climb from: flat ones of several heights, and slopes."""
    k = problem.y.size
    q, _ = np.linalg.qr(problem.x)
    residual = problem.y - q @ (q.T @ problem.y)
    spread = max(float(residual @ residual) / k, 1e-3 * float(problem.v.mean()))
    heights = [spread * factor for factor in (1.0, 0.1, 0.01)]
    if problem.log_link:
        project = _project(problem.basis)
        crude = np.log(np.maximum(residual**2, 1e-3 * spread)) - _LOG_CHI2
        flat = [project(np.full(k, np.log(height))) for height in heights]
        sloped = [flat[1] + sign * unit for unit in np.eye(flat[0].size) for sign in (-1.0, 1.0)]
        return [*flat, project(crude), *sloped]
    return _feasible(problem, heights, residual**2)


def _project(basis: Floats) -> Callable[[Floats], Floats]:
    return lambda eta: np.asarray(basis.T @ eta / basis.shape[0], dtype=np.float64)


def _feasible(problem: _Problem, heights: list[float], squares: Floats) -> list[Floats]:
    """Return starts at which no variance is below zero."""
    project = _project(problem.basis)
    targets = [*(np.full(squares.size, height) for height in heights), squares]
    inside = [project(target) for target in targets]
    inner = _inner_point(problem.basis)
    if inner is not None:
        inside += [inner * height for height in heights]
    smallest = 1e-9 * heights[0]
    return [gamma for gamma in inside if (problem.basis @ gamma).min() > smallest]


def _inner_point(basis: Floats) -> Floats | None:
    """Return coefficients that give every study a variance of at least one, if there are any."""
    from scipy.optimize import linprog  # noqa: PLC0415  # heavy, and for this link only

    rows: Ints = np.arange(basis.shape[0])
    cost = basis.mean(axis=0)
    found = linprog(cost, A_ub=-basis[rows], b_ub=-np.ones(rows.size), bounds=(None, None))
    return np.asarray(found.x, dtype=np.float64) if found.success else None
