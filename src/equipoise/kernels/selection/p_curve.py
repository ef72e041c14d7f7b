r"""The distribution of significant p-values: p-curve for trials tested by a normal statistic.

Given a true shift :math:`\delta` of z, the chance that a significant result is as extreme as
observed, or more, is :math:`q = P_\delta(|Z| \ge |z|) / P_\delta(|Z| \ge c)`, and uniform. Stouffer's
sum of the normal scores of ``q`` is standard normal at the true shift: below zero where results are
more extreme than the shift makes them, above zero where they are less so.
"""

from __future__ import annotations

import numpy as np
from scipy import special

from equipoise.kernels.batches import Floats, Ints
from equipoise.kernels.roots import Roots, safeguarded_newton

_CERTAIN = 40.0
"""This many standard errors beyond the critical value, power is one to the last digit."""


def log_power(shift: float, critical: Floats | float) -> Floats:
    """Return the log of the chance that ``|Z|`` is at least ``critical`` if its mean is ``shift``."""
    beyond = np.asarray(critical, dtype=np.float64)
    upper, lower = special.log_ndtr(shift - beyond), special.log_ndtr(-shift - beyond)
    return np.asarray(np.logaddexp(upper, lower), dtype=np.float64)


def shift_of_power(power: float, critical: float) -> float:
    """Return the mean of z, zero or above, at which a two-sided test has ``power``.

    It is exact to machine precision. ``power`` lies above that at zero and below one.
    """

    def function(shift: Floats, _index: Ints) -> tuple[Floats, Floats]:
        gap = power - np.exp(log_power(float(shift[0]), critical))
        slope = np.exp(-0.5 * (critical - shift) ** 2) - np.exp(-0.5 * (critical + shift) ** 2)
        step = gap * np.sqrt(2.0 * np.pi) / np.maximum(slope, np.finfo(np.float64).tiny)
        return np.atleast_1d(gap), step

    low, high = np.zeros(1), np.array([critical + _CERTAIN])
    root = safeguarded_newton(function, low, high, start=np.array([critical]), scale=np.ones(1))
    return float(root.x[0])


def stouffer(z: Floats, critical: float, shift: float) -> float:
    """Return Stouffer's sum for the significant ``z``, all beyond ``critical``, at a true shift.

    Scores are taken from logarithms: a z of 30 counts as what it is, not as the smallest p-value a
    double can tell from zero.
    """
    log_q = np.minimum(log_power(shift, np.abs(z)) - log_power(shift, critical), 0.0)
    return float(special.ndtri_exp(log_q).sum() / np.sqrt(z.size))


def shift_for_score(z: Floats, critical: float, score: float) -> Roots:
    """Return the shift at which Stouffer's sum is ``score``; zero where it is more already there.

    The sum rises with the shift: the larger the true effect, the less extreme the same results.
    """

    def function(shift: Floats, _index: Ints) -> tuple[Floats, Floats]:
        return np.array([score - stouffer(z, critical, float(shift[0]))]), np.array([np.inf])

    zero = np.zeros(1)
    if stouffer(z, critical, 0.0) >= score:
        return Roots(zero, np.zeros(1, dtype=np.intp), np.ones(1, dtype=np.bool_), zero)
    high = np.array([2.0 * float(np.abs(z).max()) + _CERTAIN])
    return safeguarded_newton(function, zero, high, start=np.ones(1), scale=np.ones(1))
