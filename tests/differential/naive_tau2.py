"""Slow, obvious versions of the further estimators and intervals of τ² and of the mean.

Matrices are formed where the fast engine has only sums; iterated estimators are iterated;
distributions are series. Formulas: Viechtbauer (2005), doi:10.3102/10769986030003261; Sidik and
Jonkman (2005), doi:10.1111/j.1467-9876.2005.00489.x; DerSimonian and Kacker (2007),
doi:10.1016/j.cct.2006.04.004; Jackson (2013), doi:10.1002/jrsm.1081; Ruben (1962),
doi:10.1214/aoms/1177704580 (series); Hardy and Thompson (1996).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from differential import naive
from differential.naive_distributions import Real, chi2_quantile, mp, mpf

Values = Sequence[Real]
Matrix = NDArray[np.float64]
_SWEEPS = 20_000


def projection(weights: Sequence[Real]) -> list[list[Real]]:
    """Give P, whose quadratic form is the weighted spread about the weighted mean."""
    total = mp.fsum(weights)
    return [
        [(a if i == j else mpf(0)) - a * b / total for j, b in enumerate(weights)]
        for i, a in enumerate(weights)
    ]


def product(one: list[list[Real]], other: list[list[Real]]) -> list[list[Real]]:
    columns = list(zip(*other, strict=True))
    return [
        [mp.fsum(a * b for a, b in zip(row, column, strict=True)) for column in columns]
        for row in one
    ]


def scaled(matrix: list[list[Real]], diagonal: Values) -> list[list[Real]]:
    return [[a * s for a, s in zip(row, diagonal, strict=True)] for row in matrix]


def trace(matrix: list[list[Real]]) -> Real:
    return mp.fsum(row[i] for i, row in enumerate(matrix))


def form(y: Values, weights: Values) -> Real:
    """Give y'Py."""
    p, k = projection(weights), range(len(y))
    return mp.fsum(y[i] * p[i][j] * y[j] for i in k for j in k)


def general_q(y: Values, v: Values, weights: Values) -> Real:
    """Equate the form to its expectation."""
    p = projection(weights)
    return max(mpf(0), (form(y, weights) - trace(scaled(p, v))) / trace(p))


def hedges_cochran(y: Values, v: Values) -> Real:
    k = len(y)
    mean = mp.fsum(y) / k
    return max(mpf(0), mp.fsum((a - mean) ** 2 for a in y) / (k - 1) - mp.fsum(v) / k)


def hunter_schmidt(y: Values, v: Values, *, small: bool) -> Real:
    k = len(y)
    q = naive.q_statistic(y, v, mpf(0)) * (mpf(k) / (k - 1) if small else 1)
    return max(mpf(0), (q - k) / mp.fsum(1 / vi for vi in v))


def sidik_jonkman(y: Values, v: Values, start: Real | None = None) -> Real:
    """Multiply a first guess, the crude variance, by the Q it leaves for each degree of freedom."""
    k = len(y)
    mean = mp.fsum(y) / k
    guess = mp.fsum((a - mean) ** 2 for a in y) / k if start is None else start
    return guess * naive.q_statistic(y, v, guess) / (k - 1)


def iterated_sidik_jonkman(y: Values, v: Values) -> Real:
    return settle(lambda t: sidik_jonkman(y, v, t), sidik_jonkman(y, v))


def iterated_dersimonian_laird(y: Values, v: Values) -> Real:
    def again(tau2: Real) -> Real:
        return general_q(y, v, [1 / (vi + tau2) for vi in v])

    return settle(again, again(mpf(0)))


def empirical_bayes(y: Values, v: Values) -> Real:
    """Morris's iteration: weighted excess of each squared residual, with k / (k − 1)."""
    k = len(y)

    def again(tau2: Real) -> Real:
        w = [1 / (vi + tau2) for vi in v]
        mean = naive.weighted_mean(y, w)
        excess = (
            wi * (mpf(k) / (k - 1) * (yi - mean) ** 2 - vi)
            for wi, yi, vi in zip(w, y, v, strict=True)
        )
        return max(mpf(0), mp.fsum(excess) / mp.fsum(w))

    return settle(again, hedges_cochran(y, v))


def settle(again: Callable[[Real], Real], value: Real) -> Real:
    """Repeat until nothing changes in twenty digits."""
    for _ in range(_SWEEPS):
        before, value = value, again(value)
        if abs(value - before) <= mpf(10) ** -20 * abs(value):
            return value
    raise AssertionError("the iteration did not settle")


def median_paule_mandel(y: Values, v: Values) -> Real:
    return naive.tau2_where_q_is(y, v, chi2_quantile(0.5, len(y) - 1))


def moment_error(v: Values, tau2: Real, weights: Values, factor: Real | None = None) -> Real:
    """Give the standard deviation of factor × y'Py; the factor is 1 / tr P unless given."""
    p = projection(weights)
    ps = scaled(p, [vi + tau2 for vi in v])
    return mp.sqrt(2 * trace(product(ps, ps))) * (1 / trace(p) if factor is None else factor)


def form_probability(value: float, weights: Sequence[float], variances: Sequence[float]) -> float:
    """Give P(y'Py ≤ value) from the eigenvalues, as Ruben's mixture of chi-squared probabilities."""
    a, s = np.array(weights), np.sqrt(np.array(variances))
    p = np.diag(a) - np.outer(a, a) / a.sum()
    eigenvalues = np.linalg.eigvalsh(s[:, None] * p * s[None, :])[1:]
    smallest, df = float(eigenvalues[0]), len(eigenvalues)
    rest = 1 - smallest / eigenvalues
    mixing = [float(np.prod(np.sqrt(smallest / eigenvalues)))]
    powers: list[float] = []
    total = mixing[0] * chi2_at_most(value / smallest, df)
    while 1 - math.fsum(mixing) > 1e-13:
        j = len(mixing)
        powers.append(float((rest**j).sum()) / 2)
        mixing.append(math.fsum(powers[i] * mixing[j - 1 - i] for i in range(j)) / j)
        total += mixing[j] * chi2_at_most(value / smallest, df + 2 * j)
    return total


def chi2_at_most(value: float, df: int) -> float:
    return float(mp.gammainc(mpf(df) / 2, 0, mpf(value) / 2, regularized=True))


def known_mean_likelihood(y: Values, v: Values, mean: Real, tau2: Real) -> Real:
    terms = (
        mp.log(vi + tau2) + (yi - mean) ** 2 / (vi + tau2) for yi, vi in zip(y, v, strict=True)
    )
    return -mp.fsum(terms) / 2


def profile(y: Values, v: Values, mean: Real) -> Real:
    """Give the highest likelihood a mean can reach: a grid, then halving between its neighbours."""

    def slope(tau2: Real) -> Real:
        w = [1 / (vi + tau2) for vi in v]
        return mp.fsum(wi**2 * (yi - mean) ** 2 - wi for wi, yi in zip(w, y, strict=True))

    scale = max(*v, *((yi - mean) ** 2 for yi in y))
    grid = [mpf(0)] + [scale * mpf(10) ** (mpf(i) / 4) for i in range(-32, 5)]
    slopes = [slope(tau2) for tau2 in grid]
    brackets = zip(grid, grid[1:], slopes, slopes[1:], strict=False)
    peaks = [
        naive.bisect(slope, lo, hi) for lo, hi, before, after in brackets if before > 0 >= after
    ]
    return max(known_mean_likelihood(y, v, mean, t) for t in [mpf(0), *peaks])
