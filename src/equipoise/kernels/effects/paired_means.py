"""Change within a group, or the difference of matched pairs: means measured twice.

``r`` is the correlation of the two measurements, ``n`` the number of people or pairs. The change
is the first mean less the second.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equipoise.kernels.batches import Floats
from equipoise.kernels.effects.two_means import hedges_correction


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Means, standard deviations, correlation and size of paired measurements, ``(k,)`` each."""

    mean_1: Floats
    sd_1: Floats
    mean_2: Floats
    sd_2: Floats
    r: Floats
    n: Floats

    @property
    def change(self) -> Floats:
        """First mean less second mean."""
        return self.mean_1 - self.mean_2

    @property
    def change_variance(self) -> Floats:
        """Variance of a person's change, s₁² + s₂² − 2 r s₁ s₂ (written so that it stays ≥ 0)."""
        return (self.sd_1 - self.sd_2) ** 2 + 2.0 * (1.0 - self.r) * self.sd_1 * self.sd_2


def mean_change(p: Pairs) -> tuple[Floats, Floats]:
    """Return the mean change and its variance; the R call is ``escalc("MC")``."""
    return p.change, p.change_variance / p.n


def change_standardised(p: Pairs) -> tuple[Floats, Floats]:
    """Return J change / s_change and its variance 1/n + y²/(2n), J with n − 1 degrees of freedom.

    The R call is ``escalc("SMCC")``. Gibbons, Hedeker and Davis 1993,
    doi:10.3102/10769986018003271.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        yi = hedges_correction(p.n - 1.0) * p.change / np.sqrt(p.change_variance)
    return yi, (1.0 + yi**2 / 2.0) / p.n


def raw_standardised(p: Pairs) -> tuple[Floats, Floats]:
    """Return J change / s₁ and its variance 2 (1 − r)/n + y²/(2n), for equal spreads.

    The R call is ``escalc("SMCR")``. Becker 1988, doi:10.1111/j.2044-8317.1988.tb00901.x.
    """
    yi = hedges_correction(p.n - 1.0) * p.change / p.sd_1
    return yi, (2.0 * (1.0 - p.r) + yi**2 / 2.0) / p.n


def raw_standardised_unequal(p: Pairs) -> tuple[Floats, Floats]:
    """Return J change / s₁ and its variance for unequal spreads.

    The variance is s_change² / (s₁² (n − 1)) + y² / (2 (n − 1)). The R call is
    ``escalc("SMCRH")``. Bonett 2008, doi:10.1037/1082-989X.13.2.99, equation 13, with the corrected
    value where he has the uncorrected one.
    """
    yi = hedges_correction(p.n - 1.0) * p.change / p.sd_1
    with np.errstate(divide="ignore", invalid="ignore"):
        return yi, (p.change_variance / p.sd_1**2 + yi**2 / 2.0) / (p.n - 1.0)


def log_ratio_of_paired_means(p: Pairs) -> tuple[Floats, Floats]:
    """Return log(m₁/m₂) and its variance (c₁² + c₂² − 2 r c₁ c₂)/n, c = s/m.

    Without a correction for bias. ``nan`` where the means differ in sign or one is zero. The R call
    is ``escalc("ROMC")`` of metafor 4. Lajeunesse 2011, doi:10.1890/11-0423.1.
    """
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return np.log(p.mean_1 / p.mean_2), _relative_spread(p) / p.n


def log_paired_variability_ratio(
    sd_1: Floats, sd_2: Floats, r: Floats, n: Floats
) -> tuple[Floats, Floats]:
    """Return log(s₁/s₂) and its variance (1 − r²)/(n − 1); the R call is ``escalc("VRC")``.

    Nakagawa and others 2015, doi:10.1111/2041-210X.12309; the variance by the delta method for
    correlated normal measurements.
    """
    return np.log(sd_1 / sd_2), _shared(r, n)


def log_paired_cv_ratio(p: Pairs) -> tuple[Floats, Floats]:
    """Return the log ratio of coefficients of variation, and the sum of the two variances above.

    ``nan`` where a mean is not above zero. The R call is ``escalc("CVRC")`` of metafor 4.
    """
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        yi = np.log(p.sd_1 / p.mean_1) - np.log(p.sd_2 / p.mean_2)
        return yi, _shared(p.r, p.n) + _relative_spread(p) / p.n


def _relative_spread(p: Pairs) -> Floats:
    first, second = p.sd_1 / p.mean_1, p.sd_2 / p.mean_2
    return first**2 + second**2 - 2.0 * p.r * first * second


def _shared(r: Floats, n: Floats) -> Floats:
    return (1.0 - r) * (1.0 + r) / np.where(n > 1.0, n - 1.0, np.nan)
