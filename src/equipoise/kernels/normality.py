r"""Are values normal? Shapiro and Wilk's test, Anderson and Darling's, and Q-Q coordinates.

Both tests estimate mean and variance from the values, shape ``(n,)``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.polynomial.polynomial import polyval
from scipy import special

from equipoise.kernels.batches import Floats

SHAPIRO_RANGE = (3, 5000)
ANDERSON_FEWEST = 8

# Royston 1995, AS R94: coefficients in rising powers. The first two correct the two outermost
# weights, in powers of 1 / sqrt(n); the others give the mean and the log standard deviation of the
# normalised statistic, for up to 11 values in powers of n, beyond that in powers of log n.
_LAST = (0.0, 0.221157, -0.147981, -2.07119, 4.434685, -2.706056)
_LAST_BUT_ONE = (0.0, 0.042981, -0.293762, -1.752461, 5.682633, -3.582633)
_SMALL_MEAN = (0.544, -0.39978, 0.025054, -6.714e-4)
_SMALL_LOG_SD = (1.3822, -0.77857, 0.062767, -0.0020322)
_LARGE_MEAN = (-1.5861, -0.31082, -0.083751, 0.0038915)
_LARGE_LOG_SD = (-0.4803, -0.082676, 0.0030302)
_GAMMA = (-2.273, 0.459)
_THREE, _FIVE, _SMALL = 3, 5, 11

# D'Agostino and Stephens 1986, Goodness-of-Fit Techniques, table 4.9: upper end of the modified
# statistic, coefficients of the exponent in rising powers, and whether p is one minus the power.
_ANDERSON_P = (
    (0.2, (-13.436, 101.14, -223.73), True),
    (0.34, (-8.318, 42.796, -59.938), True),
    (0.6, (0.9177, -4.279, -1.38), False),
    (10.0, (1.2937, -5.709, 0.0186), False),
)
_ANDERSON_SMALLEST = 3.7e-24

# Blom's plotting positions for few values, Hazen's for more: those of R's ppoints.
_FEW = 10


@dataclass(frozen=True, slots=True)
class NormalityTest:
    """A test of normality: its statistic (W or A²) and p."""

    statistic: float
    p: float


def shapiro_wilk(values: Floats) -> NormalityTest | None:
    """Test normality by the correlation of the ordered values with normal scores, squared.

    Shapiro and Wilk's W with Royston's approximations of weights and p. The R call is
    ``shapiro.test``. ``None`` for fewer than 3 or more than 5000 values, or values that are all the
    same. Shapiro and Wilk 1965, doi:10.1093/biomet/52.3-4.591; Royston 1995, doi:10.2307/2986146.
    """
    n = values.size
    if not SHAPIRO_RANGE[0] <= n <= SHAPIRO_RANGE[1] or np.ptp(values) == 0.0:
        return None
    centred = np.sort(values) - np.median(values)
    centred = (centred - centred.mean()) / np.ptp(values)
    weights = _weights(n)
    total = float((centred**2).sum())
    w = float((weights * centred).sum()) ** 2 / total
    # 1 - W by the residuals of the regression on the weights: W can be very close to one.
    short = float(((centred - (weights * centred).sum() * weights) ** 2).sum()) / total
    return NormalityTest(min(w, 1.0), _shapiro_p(min(w, 1.0), max(short, 0.0), n))


def anderson_darling(values: Floats) -> NormalityTest | None:
    """Test normality by the distance of the distribution functions, tails weighing more.

    ``statistic`` is A² unmodified; p is Stephens's approximation for the modified one. The R call is
    ``nortest::ad.test``. ``None`` for fewer than 8 values, or values that are all the same.
    D'Agostino and Stephens 1986, Goodness-of-Fit Techniques.
    """
    n = values.size
    if n < ANDERSON_FEWEST or np.ptp(values) == 0.0:
        return None
    z = np.sort((values - values.mean()) / values.std(ddof=1))
    odd = 2.0 * np.arange(1, n + 1) - 1.0
    statistic = float(-n - (odd * (special.log_ndtr(z) + special.log_ndtr(-z[::-1]))).mean())
    return NormalityTest(statistic, _anderson_p(statistic * (1.0 + 0.75 / n + 2.25 / n**2)))


def normal_positions(n: int) -> Floats:
    """Return the normal quantiles against which ``n`` ordered values are drawn (R's ``qqnorm``)."""
    offset = 0.375 if n <= _FEW else 0.5
    share = (np.arange(1, n + 1) - offset) / (n + 1.0 - 2.0 * offset)
    return np.asarray(special.ndtri(share), dtype=np.float64)


def _weights(n: int) -> Floats:
    """Return Royston's weights, of unit length and antisymmetric."""
    if n == _THREE:
        return np.array([-math.sqrt(0.5), 0.0, math.sqrt(0.5)])
    m = special.ndtri((np.arange(1, n + 1) - 0.375) / (n + 0.25))
    squared, root = float((m**2).sum()), 1.0 / math.sqrt(n)
    last = float(polyval(root, _LAST)) + m[-1] / math.sqrt(squared)
    if n <= _FIVE:
        scale = math.sqrt((squared - 2.0 * m[-1] ** 2) / (1.0 - 2.0 * last**2))
        ends = [last]
    else:
        before = float(polyval(root, _LAST_BUT_ONE)) + m[-2] / math.sqrt(squared)
        left = squared - 2.0 * (m[-1] ** 2 + m[-2] ** 2)
        scale = math.sqrt(left / (1.0 - 2.0 * (last**2 + before**2)))
        ends = [before, last]
    weights = m / scale
    weights[-len(ends) :] = ends
    weights[: len(ends)] = [-value for value in reversed(ends)]
    return np.asarray(weights, dtype=np.float64)


def _shapiro_p(w: float, short: float, n: int) -> float:
    """Return p of W; ``short`` is 1 - W."""
    if n == _THREE:
        # Exact; W is at least 3/4.
        return max(0.0, 6.0 / math.pi * (math.asin(math.sqrt(w)) - math.asin(math.sqrt(0.75))))
    if short <= 0.0:
        return 1.0
    y = math.log(short)
    if n <= _SMALL:
        gamma = float(polyval(float(n), _GAMMA))
        if y >= gamma:
            return 0.0
        y = -math.log(gamma - y)
        mean, log_sd = polyval(float(n), _SMALL_MEAN), polyval(float(n), _SMALL_LOG_SD)
    else:
        size = math.log(n)
        mean, log_sd = polyval(size, _LARGE_MEAN), polyval(size, _LARGE_LOG_SD)
    return float(special.ndtr(-(y - float(mean)) / math.exp(float(log_sd))))


def _anderson_p(modified: float) -> float:
    for end, coefficients, complement in _ANDERSON_P:
        if modified < end:
            power = math.exp(float(polyval(modified, coefficients)))
            return 1.0 - power if complement else power
    return _ANDERSON_SMALLEST
