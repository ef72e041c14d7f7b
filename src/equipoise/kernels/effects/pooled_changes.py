"""Change in standard deviations pooled over both occasions, s² = (s₁² + s₂²) / 2.

These compare with parallel trials standardised in the same way. J has the degrees of freedom of
s² of two correlated measurements, m = 2 (n − 1) / (1 + r²).
"""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy import special

from equipoise.kernels.batches import Floats
from equipoise.kernels.effects import crossover
from equipoise.kernels.effects.paired_means import Pairs
from equipoise.kernels.effects.two_means import hedges_correction

_NO_OVERLAP: Final = 8.0


def standardised(p: Pairs) -> tuple[Floats, Floats]:
    """Return g = J change / s and its variance 2 (1 − r)/n + g² (1 + r²)/(4n), for equal spreads.

    The same as in crossover trials. The R call is ``escalc("SMCRP")`` of metafor 4.8.
    Cousineau 2020, The Quantitative Methods for Psychology 16.
    """
    sd = crossover.pooled_sd(p.sd_1, p.sd_2)
    return crossover.standardised_difference(p.change, sd, p.r, p.n, handbook=False)


def standardised_unequal(p: Pairs) -> tuple[Floats, Floats]:
    """Return g = J change / s and its variance for unequal spreads.

    The variance is s_change² / (s² (n − 1)) + g² (s₁⁴ + s₂⁴ + 2 r² s₁² s₂²) / (8 s⁴ (n − 1)). The R
    call is ``escalc("SMCRPH")`` of metafor 4.8. Bonett 2008,
    doi:10.1037/1082-989X.13.2.99, equation 10, with g where he has the uncorrected change.
    """
    yi = hedges_correction(2.0 * (p.n - 1.0) / (1.0 + p.r**2)) * _uncorrected(p)
    return yi, _variance(p, yi)


def superiority(p: Pairs) -> tuple[Floats, Floats]:
    """Return P(X₁ > X₂) for normal measurements of two different people, and its variance.

    Φ(d/√2) with d = change / s; not the share of people who themselves have more, which is
    Φ(change / s_change). It compares with the probability of superiority in parallel trials, and only
    its variance, exp(−d²/2)/(4π) times that of d, profits by the pairing. ``nan`` from |d/√2| = 8.
    The R call is ``escalc("CLESCN")`` of metafor 4.8. McGraw and Wong 1992,
    doi:10.1037/0033-2909.111.2.361; Bonett 2008, doi:10.1037/1082-989X.13.2.99.
    """
    d = _uncorrected(p)
    d = np.where(np.abs(d) < _NO_OVERLAP * np.sqrt(2.0), d, np.nan)
    slope = np.exp(-(d**2) / 2.0) / (4.0 * np.pi)
    return np.asarray(special.ndtr(d / np.sqrt(2.0)), dtype=np.float64), slope * _variance(p, d)


def _uncorrected(p: Pairs) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return p.change / crossover.pooled_sd(p.sd_1, p.sd_2)


def _variance(p: Pairs, effect: Floats) -> Floats:
    """Return Bonett's variance of a change of so many pooled standard deviations."""
    sd = crossover.pooled_sd(p.sd_1, p.sd_2)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        first, second = (p.sd_1 / sd) ** 2, (p.sd_2 / sd) ** 2
        spread = (first**2 + second**2 + 2.0 * p.r**2 * first * second) / 8.0
        change = (np.sqrt(p.change_variance) / sd) ** 2
        return (change + effect**2 * spread) / np.where(p.n > 1.0, p.n - 1.0, np.nan)
