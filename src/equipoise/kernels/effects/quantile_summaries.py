"""Mean and standard deviation from a median with quartiles, extremes, or both.

What was reported decides the formula: S1 is minimum, median, maximum; S2 is first quartile, median,
third quartile; S3 is all five. A missing pair of numbers is ``nan``. The formulas suppose normal
data (Luo, Wan, Shi) or log-normal data (Shi's other paper), and were fitted to samples of five and
more; `skewness` says where the supposition of normality does not fit what was reported.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import special

from equipoise.kernels.batches import Bools, Floats

FEWEST: Final = 5.0
"""People below which the formulas are not defined here, as in metafor."""


@dataclass(frozen=True, slots=True, eq=False)
class FiveNumbers:
    """Five-number summaries with sizes, shape ``(k,)`` each; ``nan`` for what is not known."""

    low: Floats
    q1: Floats
    median: Floats
    q3: Floats
    high: Floats
    n: Floats

    @property
    def has_range(self) -> Bools:
        """Whether both extremes are known."""
        return np.isfinite(self.low) & np.isfinite(self.high)

    @property
    def has_quartiles(self) -> Bools:
        """Whether both quartiles are known."""
        return np.isfinite(self.q1) & np.isfinite(self.q3)

    def logarithms(self) -> FiveNumbers:
        """Return the logarithms of all five, ``nan`` where one of them is not above zero."""
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = [np.log(v) for v in (self.low, self.q1, self.median, self.q3, self.high)]
        low, q1, median, q3, high = (np.where(np.isfinite(v), v, np.nan) for v in logs)
        return FiveNumbers(low, q1, median, q3, high, self.n)


def normal_mean(s: FiveNumbers) -> Floats:
    """Return Luo's mean: the median and the mid-range or mid-quartiles, optimally weighted.

    S1: w = 4/(4 + n^0.75); S2: w = 0.7 + 0.39/n; S3: w₁ = 2.2/(2.2 + n^0.75) and
    w₂ = 0.7 − 0.72/n^0.55; the rest of the weight goes to the median. Luo, Wan, Liu and Tong 2018,
    doi:10.1177/0962280216669183, equations 7, 11 and 15. The R call is
    ``metafor::conv.fivenum(method="luo/wan/shi", test=FALSE)``.
    """
    range_only, both = s.has_range & ~s.has_quartiles, s.has_range & s.has_quartiles
    power = s.n**0.75
    w_range = np.where(range_only, 4.0 / (4.0 + power), np.where(both, 2.2 / (2.2 + power), 0.0))
    w_quartiles = np.where(both, 0.7 - 0.72 / s.n**0.55, 0.7 + 0.39 / s.n)
    w_quartiles = np.where(s.has_quartiles, w_quartiles, 0.0)
    mean = (1.0 - w_range - w_quartiles) * s.median
    mean = mean + w_range * _or_zero((s.low + s.high) / 2.0)
    mean = mean + w_quartiles * _or_zero((s.q1 + s.q3) / 2.0)
    return _known(s, mean)


def normal_sd(s: FiveNumbers) -> Floats:
    """Return the standard deviation of Wan (one pair) or of Shi (both pairs).

    S1: (max − min)/ξ with ξ = 2Φ⁻¹((n − 0.375)/(n + 0.25)); S2: (q₃ − q₁)/η with
    η = 2Φ⁻¹((0.75n − 0.125)/(n + 0.25)); S3: both, weighted w and 1 − w, w = 1/(1 + 0.07 n^0.6).
    The median is not used. Wan, Wang, Liu and Tong 2014, doi:10.1186/1471-2288-14-135, equations 9
    and 16; Shi, Luo, Weng and others 2020, doi:10.1002/jrsm.1429, equation 10.
    """
    by_range, by_quartiles = _spreads(s)
    both = s.has_range & s.has_quartiles
    w = np.where(both, 1.0 / (1.0 + 0.07 * s.n**0.6), s.has_range.astype(np.float64))
    sd = w * _or_zero(by_range) + (1.0 - w) * _or_zero(by_quartiles)
    return np.where((s.has_range | s.has_quartiles) & (s.n >= FEWEST), sd, np.nan)


def skewness(s: FiveNumbers) -> tuple[Floats, Floats]:
    """Return the statistic of the test for skewness and its critical value at 5 %.

    S1: |min + max − 2m|/(max − min) against 1/ln(n + 9) + 2.5/(n + 1); S2: |q₁ + q₃ − 2m|/(q₃ − q₁)
    against 2.65/√n − 6/n²; S3: the larger of 2.65 ln(0.6n)/√n times the first and of the second,
    against 3/√n − 40/n³. Data are skewed where the statistic is at least the critical value. Shi, Luo, Wan
    and others 2023, doi:10.1177/09622802231172043; the R call is ``metafor::conv.fivenum``.
    """
    n = np.where(s.n >= FEWEST, s.n, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        tails = np.abs(s.low + s.high - 2.0 * s.median) / (s.high - s.low)
        middle = np.abs(s.q1 + s.q3 - 2.0 * s.median) / (s.q3 - s.q1)
        five = np.maximum(2.65 * np.log(0.6 * n) / np.sqrt(n) * tails, middle)
    both = s.has_range & s.has_quartiles
    statistic = np.where(both, five, np.where(s.has_quartiles, middle, tails))
    of_quartiles = 2.65 / np.sqrt(n) - 6.0 / n**2
    of_range = 1.0 / np.log(n + 9.0) + 2.5 / (n + 1.0)
    critical = np.where(s.has_quartiles, of_quartiles, of_range)
    return statistic, np.where(both, 3.0 / np.sqrt(n) - 40.0 / n**3, critical)


@dataclass(frozen=True, slots=True)
class _LogCoefficients:
    """Shi's a and b in φ = 1 + (a σ² + b σ⁴)/n, in one scenario.

    ``mean`` divides the mean, ``second`` and ``first`` the two terms of the variance.
    """

    mean: tuple[float, float]
    second: tuple[float, float]
    first: tuple[float, float]


_S1: Final = _LogCoefficients((0.565, 0.37), (2.26, 5.92), (2.26, 1.48))
_S2: Final = _LogCoefficients((0.57, 0.75), (2.28, 12.0), (2.28, 3.0))
_S3: Final = _LogCoefficients((0.405, 0.315), (1.62, 5.04), (1.62, 1.26))


def log_normal(s: FiveNumbers) -> tuple[Floats, Floats]:
    """Return mean and standard deviation on the original scale, for log-normal data.

    μ is Luo's mean of the logarithms, σ² and σ⁴ the powers of the normal standard deviation of the
    logarithms, each over its own correction. The mean is exp(μ + σ²/2)/φ and the variance
    exp(2μ + 2σ²)/φ₁ − exp(2μ + σ²)/φ₂, with φ = 1 + (a σ² + b σ⁴)/n in each. ``nan`` where a number
    is not above zero. Shi, Tong, Wang and Genton 2020, doi:10.4310/SII.2020.v13.n4.a9. The R call is
    ``metafor::conv.fivenum(dist="lnorm", test=FALSE)``.
    """
    logs = s.logarithms()
    mu, raw = normal_mean(logs), normal_sd(logs)
    both, quartiles = s.has_range & s.has_quartiles, s.has_quartiles
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        log_n = np.log(s.n)
        of_variance = np.where(
            both, 1.0 + 0.28 / log_n**2,
            np.where(quartiles, 1.0 + 1.58 / s.n, 1.01 + 0.25 / log_n**2),
        )  # fmt: skip
        of_fourth = np.where(
            both, 1.0 + 3.93 / s.n,
            np.where(quartiles, 1.0 + 19.2 / s.n**1.2, 1.0 + 2.23 / log_n**2),
        )  # fmt: skip
        square, fourth = raw**2 / of_variance, raw**4 / of_fourth
        phi, phi_1, phi_2 = _corrections(square, fourth, s.n, both, quartiles)
        mean = np.exp(mu + square / 2.0) / phi
        variance = np.exp(2.0 * mu + 2.0 * square) / phi_1 - np.exp(2.0 * mu + square) / phi_2
        sd = np.sqrt(variance)
    complete = np.isfinite(logs.median) & (logs.has_range == s.has_range)
    complete &= logs.has_quartiles == s.has_quartiles
    return np.where(complete, mean, np.nan), np.where(complete, sd, np.nan)


def _corrections(
    square: Floats, fourth: Floats, n: Floats, both: Bools, quartiles: Bools
) -> tuple[Floats, Floats, Floats]:
    """Return φ of the mean, and those of the two terms of the variance."""

    def one(name: str) -> Floats:
        pairs = [getattr(c, name) for c in (_S1, _S2, _S3)]
        (a1, b1), (a2, b2), (a3, b3) = pairs
        a = np.where(both, a3, np.where(quartiles, a2, a1))
        b = np.where(both, b3, np.where(quartiles, b2, b1))
        return np.asarray(1.0 + (a * square + b * fourth) / n, dtype=np.float64)

    return one("mean"), one("second"), one("first")


def _spreads(s: FiveNumbers) -> tuple[Floats, Floats]:
    with np.errstate(divide="ignore", invalid="ignore"):
        xi = 2.0 * special.ndtri((s.n - 0.375) / (s.n + 0.25))
        eta = 2.0 * special.ndtri((0.75 * s.n - 0.125) / (s.n + 0.25))
        return (s.high - s.low) / xi, (s.q3 - s.q1) / eta


def _or_zero(values: Floats) -> Floats:
    return np.where(np.isfinite(values), values, 0.0)


def _known(s: FiveNumbers, values: Floats) -> Floats:
    enough = (s.has_range | s.has_quartiles) & np.isfinite(s.median) & (s.n >= FEWEST)
    return np.where(enough, values, np.nan)
