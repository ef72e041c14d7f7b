"""Quantiles and tail probabilities, accurate in both tails.

Tails are always computed from the far side (``P(X < -x)``, never ``1 - P(X < x)``), so that a
p-value of 1e-300 stays what it is.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import special

from equipoise.kernels.batches import Floats


def normal_critical(level: float) -> float:
    """Return ``z`` with ``P(-z < Z < z) = level``; the R call is ``qnorm(1 - (1 - level) / 2)``."""
    return float(-special.ndtri((1.0 - level) / 2.0))


def normal_two_sided(statistic: Floats) -> Floats:
    """Return ``P(|Z| > |statistic|)``."""
    return np.asarray(2.0 * special.ndtr(-np.abs(statistic)), dtype=np.float64)


def t_critical(level: float, df: Floats) -> Floats:
    """Return ``t`` with ``P(-t < T < t) = level``; ``nan`` where ``df`` is not positive."""
    return _where_positive(df, lambda d: -_floats(special.stdtrit(d, (1.0 - level) / 2.0)))


def t_two_sided(statistic: Floats, df: Floats) -> Floats:
    """Return ``P(|T| > |statistic|)``; ``nan`` where ``df`` is not positive."""
    return _where_positive(df, lambda d: 2.0 * special.stdtr(d, -np.abs(statistic)))


def chi2_upper(statistic: Floats, df: Floats) -> Floats:
    """Return ``P(X > statistic)`` for chi-square; ``nan`` where ``df`` is not positive."""
    return _where_positive(df, lambda d: special.chdtrc(d, statistic))


def chi2_critical(upper_tail: float, df: Floats) -> Floats:
    """Return the value with ``upper_tail`` of chi-square above it."""
    return _where_positive(df, lambda d: _floats(special.chdtri(d, upper_tail)))


def _floats(values: object) -> Floats:
    return np.asarray(values, dtype=np.float64)


def _where_positive(df: Floats, function: Callable[[Floats], Floats]) -> Floats:
    degrees = np.asarray(df, dtype=np.float64)
    positive = degrees > 0.0
    values = function(np.where(positive, degrees, 1.0))
    return np.asarray(np.where(positive, values, np.nan), dtype=np.float64)
