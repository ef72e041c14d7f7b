"""Covariances of functions of estimates by the delta method, with thirty digits and plain loops."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from differential.naive_distributions import Real, mpf

Function = Callable[..., Real]
Matrix = Sequence[Sequence[Real]]


def slopes(function: Function, at: Sequence[Real]) -> list[Real]:
    """Give the partial derivatives by central differences."""
    found = []
    for i, value in enumerate(at):
        step = mpf(10) ** -9 * max(abs(value), mpf(1))
        ends = [[*at[:i], value + sign * step, *at[i + 1 :]] for sign in (1, -1)]
        found.append((function(*ends[0]) - function(*ends[1])) / (2 * step))
    return found


def covariance_of(first: Function, second: Function, at: Sequence[Real], sampling: Matrix) -> Real:
    """Give the covariance of two functions of estimates whose own covariances are ``sampling``."""
    one, other = slopes(first, at), slopes(second, at)
    size = range(len(at))
    return sum(one[i] * other[j] * sampling[i][j] for i in size for j in size)


def diagonal(*variances: Real) -> list[list[Real]]:
    """Give the covariances of independent estimates."""
    size = range(len(variances))
    return [[variances[i] if i == j else mpf(0) for j in size] for i in size]


def binomial(events: Real, n: Real) -> Real:
    """Give the variance of a count of events."""
    return events * (n - events) / n


def multinomial(cells: Sequence[Real]) -> list[list[Real]]:
    """Give the covariances of counts of which only the sum is fixed."""
    n = sum(cells)
    size = range(len(cells))
    return [[(cells[i] if i == j else 0) - cells[i] * cells[j] / n for j in size] for i in size]


def of_sample_covariances(sigma: Matrix, pairs: Sequence[tuple[int, int]], n: Real) -> Matrix:
    """Give Cov(s_ij, s_kl) of normal variables, (σ_ik σ_jl + σ_il σ_jk)/(n − 1): Isserlis."""
    return [
        [(sigma[i][k] * sigma[j][m] + sigma[i][m] * sigma[j][k]) / (n - 1) for k, m in pairs]
        for i, j in pairs
    ]
