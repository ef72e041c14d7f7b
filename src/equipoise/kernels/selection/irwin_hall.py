r"""The sum of ``n`` independent uniform variables: the Irwin-Hall distribution.

Its distribution function is a piecewise polynomial with alternating signs. Up to 25 terms, and in
far tails, the polynomial is summed in exact fractions. Elsewhere the Fourier series of the density
on its own range is used, whose coefficients :math:`(\sin(\pi m / n) / (\pi m / n))^n` fall fast
enough for machine precision.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Final

import numpy as np

from equipoise.kernels.roots import safeguarded_newton

_EXACT_UP_TO: Final = 25
_FAR: Final = 1e-6
"""Below this the Fourier series, accurate to 1e-16, no longer has ten digits."""


def irwin_hall_cdf(x: float, n: int) -> float:
    """Return the chance that ``n`` uniform variables add up to ``x`` or less."""
    if x <= 0.0:
        return 0.0
    if x >= n:
        return 1.0
    if 2.0 * x > n:
        return 1.0 - irwin_hall_cdf(n - x, n)
    if n <= _EXACT_UP_TO:
        return _polynomial(x, n)
    value = _series(x, n)
    return value if value > _FAR else _polynomial(x, n)


def irwin_hall_quantile(tail: float, n: int) -> float:
    """Return the value that ``n`` uniform variables fall below with the chance ``tail``."""

    def function(x: np.ndarray, _index: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return np.array([tail - irwin_hall_cdf(float(x[0]), n)]), np.array([np.inf])

    root = safeguarded_newton(
        function, np.zeros(1), np.array([float(n)]), start=np.array([0.5 * n]), scale=np.zeros(1)
    )
    return float(root.x[0])


def _polynomial(x: float, n: int) -> float:
    exact = Fraction(x)
    terms = ((-1) ** j * math.comb(n, j) * (exact - j) ** n for j in range(math.floor(x) + 1))
    return float(sum(terms, Fraction(0)) / math.factorial(n))


def _series(x: float, n: int) -> float:
    m = np.arange(1, n)
    coefficients = np.sinc(m / n) ** n / (np.pi * m)
    waves = np.sin(2.0 * np.pi * m * (x - 0.5 * n) / n)
    return float(0.5 + (x - 0.5 * n) / n + (coefficients * waves).sum())
