"""A slow, obvious meta-regression: whole matrices, thirty digits, textbook formulas.

It shares nothing with ``equipoise.kernels``: the weight matrix and the projection are formed as
``k × k`` matrices, roots are found by halving. Raudenbush 2009 (moment estimators with moderators);
Knapp and Hartung 2003, doi:10.1002/sim.1482; Viechtbauer 2007, doi:10.1002/sim.2514 (Q-profile);
Viechtbauer and López-López 2022, doi:10.1002/jrsm.1562 (location and scale).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from differential.naive import bisect
from differential.naive_distributions import Real, chi2_quantile, mp, mpf

Matrix = Any


@dataclass(frozen=True, slots=True)
class Problem:
    """Effects, variances, and the model matrix with its intercept."""

    y: Matrix
    v: Sequence[Real]
    x: Matrix

    @property
    def k(self) -> int:
        return len(self.v)

    @property
    def p(self) -> int:
        return int(self.x.cols)


def problem(y: Sequence[float], v: Sequence[float], x: Sequence[Sequence[float]]) -> Problem:
    return Problem(
        mp.matrix([mpf(value) for value in y]), [mpf(value) for value in v], mp.matrix(x)
    )


def weights_at(one: Problem, tau2: Real | Sequence[Real]) -> Matrix:
    extra = tau2 if isinstance(tau2, (list, tuple)) else [tau2] * one.k
    return mp.diag([1 / (v + t) for v, t in zip(one.v, extra, strict=True)])


def projection(one: Problem, w: Matrix) -> Matrix:
    """Give W − W X (X'WX)⁻¹ X'W."""
    return w - w * one.x * mp.inverse(one.x.T * w * one.x) * one.x.T * w


def trace(matrix: Matrix) -> Real:
    return mp.fsum(matrix[i, i] for i in range(matrix.rows))


def form(one: Problem, matrix: Matrix) -> Real:
    return (one.y.T * matrix * one.y)[0]


def coefficients(one: Problem, tau2: Real | Sequence[Real]) -> tuple[Matrix, Matrix]:
    """Give the coefficients and their classic covariance."""
    w = weights_at(one, tau2)
    covariance = mp.inverse(one.x.T * w * one.x)
    return covariance * one.x.T * w * one.y, covariance


def q(one: Problem, tau2: Real) -> Real:
    return form(one, projection(one, weights_at(one, tau2)))


def log_likelihood(one: Problem, tau2: Real | Sequence[Real], *, restricted: bool) -> Real:
    """Give the log-likelihood with all constants, that of REML with log|X'X| / 2."""
    w = weights_at(one, tau2)
    value = mp.fsum(mp.log(w[i, i]) for i in range(one.k)) - form(one, projection(one, w))
    count = one.k
    if restricted:
        value += mp.log(mp.det(one.x.T * one.x)) - mp.log(mp.det(one.x.T * w * one.x))
        count -= one.p
    return (value - count * mp.log(2 * mp.pi)) / 2


def score(one: Problem, tau2: Real, *, restricted: bool) -> Real:
    w = weights_at(one, tau2)
    matrix = projection(one, w)
    return form(one, matrix * matrix) - trace(matrix if restricted else w)


def tau2_likelihood(one: Problem, *, restricted: bool) -> Real:
    """Maximise over τ² ≥ 0: look everywhere, halve each bracket, take the highest."""

    def slope(tau2: Real) -> Real:
        return score(one, tau2, restricted=restricted)

    ends = [one.y[i] for i in range(one.k)]
    scale = max(*one.v, (max(ends) - min(ends)) ** 2)
    grid = [mpf(0)] + [scale * mpf(10) ** (mpf(i) / 4) for i in range(-24, 7)]
    slopes = [slope(t) for t in grid]
    brackets = zip(grid, grid[1:], slopes, slopes[1:], strict=False)
    peaks = [bisect(slope, lo, hi) for lo, hi, before, after in brackets if before > 0 >= after]
    return max([mpf(0), *peaks], key=lambda t: log_likelihood(one, t, restricted=restricted))


def where_q_is(one: Problem, target: Real) -> Real:
    if q(one, mpf(0)) <= target:
        return mpf(0)
    high = max(one.v)
    while q(one, high) > target:
        high *= 2
    return bisect(lambda t: q(one, t) - target, mpf(0), high)


def _moment(one: Problem, w: Matrix) -> Real:
    """Give the estimate that puts y'Py at its expectation tr(PV) + τ² tr(P)."""
    matrix = projection(one, w)
    excess = form(one, matrix) - trace(matrix * mp.diag(one.v))
    return max(mpf(0), excess / trace(matrix))


def _hunter_schmidt(one: Problem, factor: Real) -> Real:
    total = mp.fsum(1 / v for v in one.v)
    return max(mpf(0), (factor * q(one, mpf(0)) - one.k) / total)


def _crude(one: Problem) -> Real:
    values = [one.y[i] for i in range(one.k)]
    mean = mp.fsum(values) / one.k
    return mp.fsum((value - mean) ** 2 for value in values) / one.k


def _sidik_jonkman(one: Problem) -> Real:
    start = _crude(one)
    return start * q(one, start) / (one.k - one.p)


ESTIMATORS: dict[str, Callable[[Problem], Real]] = {
    "DL": lambda one: _moment(one, weights_at(one, mpf(0))),
    "HE": lambda one: _moment(one, mp.eye(one.k)),
    "HS": lambda one: _hunter_schmidt(one, mpf(1)),
    "HSk": lambda one: _hunter_schmidt(one, mpf(one.k) / (one.k - one.p)),
    "SJ": _sidik_jonkman,
    "PM": lambda one: where_q_is(one, mpf(one.k - one.p)),
    "ML": lambda one: tau2_likelihood(one, restricted=False),
    "REML": lambda one: tau2_likelihood(one, restricted=True),
}


def tau2_error(one: Problem, tau2: Real, estimator: str) -> Real:
    """Give the error of τ², c · sd(y'Py), from traces of whole matrices."""
    total = mp.diag([v + tau2 for v in one.v])
    w = weights_at(one, mpf(0))
    df = one.k - one.p
    if estimator == "ML":
        return mp.sqrt(2 / trace(weights_at(one, tau2) ** 2))
    if estimator == "REML":
        return mp.sqrt(2 / trace(projection(one, weights_at(one, tau2)) ** 2))
    if estimator == "PM":
        at = weights_at(one, tau2)
        return mp.sqrt(2 * mpf(df)) * one.k / df / trace(at)
    start = _crude(one)
    used, factor = {
        "DL": (w, 1 / trace(projection(one, w))),
        "HE": (mp.eye(one.k), 1 / mpf(df)),
        "HS": (w, 1 / trace(w)),
        "HSk": (w, mpf(one.k) / df / trace(w)),
        "SJ": (weights_at(one, start), start / df),
    }[estimator]
    product = projection(one, used) * total
    return factor * mp.sqrt(2 * trace(product * product))


def q_profile(one: Problem, level: float = 0.95) -> tuple[Real, Real]:
    df, tail = one.k - one.p, (1 - level) / 2
    return (
        where_q_is(one, chi2_quantile(1 - tail, df)),
        where_q_is(one, chi2_quantile(tail, df)),
    )
