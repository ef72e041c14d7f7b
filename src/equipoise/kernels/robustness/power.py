r"""The chance that a test of a mean finds it: normal tests, t-tests, and Hartung and Knapp's.

If weights are inverse variances, the mean over its standard error is :math:`Z \sim N(\lambda, 1)`,
and the factor Q/(k − 1) by which Hartung and Knapp scale its variance is independent of it and a
chi-squared variable over its degrees of freedom. Each of their rules rejects where
:math:`|Z|` exceeds some :math:`c(\sqrt{Q/(k-1)})`, so that power is one integral. Without a
floor it is that of the non-central t distribution.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from scipy import special

from equipoise.kernels.batches import Floats, Ints
from equipoise.kernels.roots import safeguarded_newton

_NODES: Final = 40
_TAIL: Final = 1e-18
"""Chance left out at either end of the factor's distribution."""
_STEPS: Final = np.array([-9.0, -6.0, -3.0, -1.0, 0.0, 1.0, 3.0, 6.0, 9.0])
"""Where panels are cut, in standard errors about the middle of what rises or falls there."""


def normal_power(shift: Floats | float, critical: Floats | float) -> Floats:
    """Return the chance that ``|Z|`` is above ``critical`` if the mean of Z is ``shift``."""
    mean = np.asarray(shift, dtype=np.float64)
    both = special.ndtr(mean - critical) + special.ndtr(-mean - critical)
    return np.asarray(both, dtype=np.float64)


def scaled_power(shift: float, df: float, limit: Callable[[Floats], Floats], slope: float) -> float:
    r"""Return the chance that ``|Z|`` is above ``limit(s)``, ``s`` the root of chi-squared over ``df``.

    Gauss-Legendre panels are put where the integrand bends: about ``shift / slope``, where the limit
    passes the mean, and at ``1 / slope`` around it; accurate to about 1e-14.

    Args:
        shift: The mean of Z.
        df: Degrees of freedom of the factor, one at least.
        limit: The critical value for each ``s``: ``slope × s``, or a floor where that is higher.
        slope: How fast the critical value rises with ``s``.
    """
    low, high = (float(np.sqrt(special.chdtri(df, p) / df)) for p in (1.0 - _TAIL, _TAIL))
    floor = float(limit(np.zeros(1))[0])
    middle = abs(shift) / slope
    around = 1.0 + _STEPS / np.sqrt(2.0 * df)
    cuts = np.concatenate((middle + _STEPS / slope, [floor / slope], around, [low, high]))
    edges = np.unique(np.clip(cuts, low, high))
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    half = 0.5 * np.diff(edges)
    s = (edges[:-1] + half)[:, None] + half[:, None] * nodes
    density = np.exp(
        np.log(2.0) + 0.5 * df * np.log(0.5 * df) - special.gammaln(0.5 * df)
        + special.xlogy(df - 1.0, s) - 0.5 * df * s**2
    )  # fmt: skip
    inner = normal_power(shift, limit(s))
    return float((half[:, None] * weights * density * inner).sum())


def shift_for_power(power: float, of: Callable[[float], float], high: float) -> float:
    """Return the shift, zero or above, at which the rising function ``of`` it is ``power``."""

    def function(shift: Floats, _index: Ints) -> tuple[Floats, Floats]:
        return np.array([power - of(float(shift[0]))]), np.array([np.inf])

    while of(high) < power:
        high *= 2.0
    zero, end = np.zeros(1), np.array([high])
    root = safeguarded_newton(function, zero, end, start=0.5 * end, scale=np.ones(1))
    return float(root.x[0])
