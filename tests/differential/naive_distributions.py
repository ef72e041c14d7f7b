"""Distribution functions to thirty digits: slow, obvious, and not shared with the engine."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, TypeAlias

from mpmath import mp, mpf  # type: ignore[import-untyped]  # mpmath has no types

__all__ = [
    "Real",
    "chi2_quantile",
    "chi2_upper",
    "mp",
    "mpf",
    "normal_quantile",
    "normal_upper",
    "t_quantile",
    "t_upper",
]

mp.dps = 30  # fourteen spare digits: cancellation in the sums below never reaches a double

Real: TypeAlias = Any
"""Every number of the naive engine: mpmath's float of thirty digits, which has no types."""


def normal_upper(z: Real) -> Real:
    """Give P(Z > z) of the standard normal."""
    return mp.erfc(z / mp.sqrt(2)) / 2


def t_upper(t: Real, df: int) -> Real:
    """Give P(T > t) for t ≥ 0 of Student's t, by the incomplete beta function."""
    x = mpf(df) / (df + t * t)
    return mp.betainc(mpf(df) / 2, mpf(1) / 2, 0, x, regularized=True) / 2


def chi2_upper(q: Real, df: int) -> Real:
    """Give P(X > q) of the chi-squared distribution, by the incomplete gamma function."""
    return mp.gammainc(mpf(df) / 2, q / 2, mp.inf, regularized=True)


@cache
def normal_quantile(level: float) -> Real:
    """Give z with P(|Z| < z) = level."""
    return mp.sqrt(2) * mp.erfinv(mpf(level))


@cache
def t_quantile(level: float, df: int) -> Real:
    """Give t with P(|T| < t) = level, by bisection."""
    tail = (1 - mpf(level)) / 2
    return _where_upper_tail_is(tail, lambda t: t_upper(t, df))


@cache
def chi2_quantile(probability: float, df: int) -> Real:
    """Give q with P(X < q) = probability, by bisection."""
    return _where_upper_tail_is(1 - mpf(probability), lambda q: chi2_upper(q, df))


def _where_upper_tail_is(tail: Real, upper: Callable[[Real], Real]) -> Real:
    """Find where a decreasing tail probability crosses a value."""
    low, high = mpf(0), mpf(1)
    while upper(high) > tail:
        high *= 2
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if upper(middle) > tail else (low, middle)
    return (low + high) / 2
