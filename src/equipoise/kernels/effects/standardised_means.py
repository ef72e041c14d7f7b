"""Standardised mean differences of two groups that need not have the same spread."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy import special

from equipoise.kernels.batches import Floats
from equipoise.kernels.effects.two_means import Groups, hedges_correction

_NO_OVERLAP: Final = 8.0


def average_variance_difference(g: Groups) -> tuple[Floats, Floats]:
    """Return J (m₁ − m₂) / s with s² the plain average of both variances, and its variance.

    J is Hedges' exact factor with n₁ + n₂ − 2 degrees of freedom. The variance allows for unequal
    spread: g² (s₁⁴/(n₁−1) + s₂⁴/(n₂−1)) / (8 s⁴) + (s₁²/(n₁−1) + s₂²/(n₂−1)) / s².

    The R call is ``escalc("SMDH")``. Bonett 2008, doi:10.1037/1082-989X.13.2.99, but with g where
    he has the uncorrected difference.
    """
    square_1, square_2 = g.sd_1**2, g.sd_2**2
    average = (square_1 + square_2) / 2.0
    with np.errstate(divide="ignore", invalid="ignore"):
        yi = hedges_correction(g.n_1 + g.n_2 - 2.0) * (g.mean_1 - g.mean_2) / np.sqrt(average)
        ratio_1, ratio_2 = square_1 / average, square_2 / average
        vi = yi**2 / 8.0 * (ratio_1**2 / (g.n_1 - 1.0) + ratio_2**2 / (g.n_2 - 1.0))
        vi = vi + ratio_1 / (g.n_1 - 1.0) + ratio_2 / (g.n_2 - 1.0)
    return yi, vi


def comparator_difference(g: Groups) -> tuple[Floats, Floats]:
    """Return Glass's Δ, J (m₁ − m₂) / s₂, and its variance for groups of equal spread.

    J has n₂ − 1 degrees of freedom; the variance is 1/n₁ + 1/n₂ + Δ² / (2 n₂). ``sd_1`` is not
    used. The R call is ``escalc("SMD1")``. Hedges 1981, doi:10.3102/10769986006002107.
    """
    yi = _glass(g)
    return yi, 1.0 / g.n_1 + 1.0 / g.n_2 + yi**2 / (2.0 * g.n_2)


def comparator_difference_unequal(g: Groups) -> tuple[Floats, Floats]:
    """Return Glass's Δ and its variance for groups of unequal spread.

    The variance is (s₁²/s₂²)/(n₁−1) + 1/(n₂−1) + Δ² / (2 (n₂−1)). The R call is
    ``escalc("SMD1H")``. Bonett 2008, doi:10.1037/1082-989X.13.2.99, equation 12, with the
    corrected Δ where he has the uncorrected one.
    """
    yi = _glass(g)
    with np.errstate(divide="ignore", invalid="ignore"):
        vi = (g.sd_1 / g.sd_2) ** 2 / (g.n_1 - 1.0) + (1.0 + yi**2 / 2.0) / (g.n_2 - 1.0)
    return yi, vi


def superiority(g: Groups) -> tuple[Floats, Floats]:
    """Return P(X₁ > X₂) for normal groups, Φ(δ), and its variance by the delta method.

    δ = (m₁ − m₂) / √(s₁² + s₂²); its variance is (s₁²/(n₁−1) + s₂²/(n₂−1)) / (s₁² + s₂²) +
    δ² (s₁⁴/(n₁−1) + s₂⁴/(n₂−1)) / (2 (s₁² + s₂²)²), with Bonett's n − 1 throughout as in ``SMDH``,
    and that of the probability φ(δ)² times as much. ``nan`` from |δ| = 8, where the probability is
    0 or 1 to machine precision. The R call is ``escalc("CLESN")``. McGraw and Wong 1992,
    doi:10.1037/0033-2909.111.2.361; Vargha and Delaney 2000, doi:10.3102/10769986025002101.
    """
    square_1, square_2 = g.sd_1**2, g.sd_2**2
    total = square_1 + square_2
    with np.errstate(divide="ignore", invalid="ignore"):
        delta = (g.mean_1 - g.mean_2) / np.sqrt(total)
        delta = np.where(np.abs(delta) < _NO_OVERLAP, delta, np.nan)
        share_1, share_2 = square_1 / total, square_2 / total
        spread = share_1**2 / (g.n_1 - 1.0) + share_2**2 / (g.n_2 - 1.0)
        variance = share_1 / (g.n_1 - 1.0) + share_2 / (g.n_2 - 1.0) + delta**2 / 2.0 * spread
    slope = np.exp(-(delta**2) / 2.0) / np.sqrt(2.0 * np.pi)
    return np.asarray(special.ndtr(delta), dtype=np.float64), slope**2 * variance


def _glass(g: Groups) -> Floats:
    return hedges_correction(g.n_2 - 1.0) * (g.mean_1 - g.mean_2) / g.sd_2
