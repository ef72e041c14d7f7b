"""Means of single groups: as they are, standardised, as logarithms."""

from __future__ import annotations

import numpy as np

from equipoise.kernels.batches import Floats
from equipoise.kernels.effects.two_means import hedges_correction


def mean_of_group(mean: Floats, sd: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Return the mean and its variance s²/n; the R call is ``escalc("MN")``."""
    return mean, sd**2 / n


def log_mean(mean: Floats, sd: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Return log m and its variance s²/(n m²); ``nan`` unless the mean is above zero.

    The R call is ``escalc("MNLN")``.
    """
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return np.log(mean), (sd / mean) ** 2 / n


def standardised_mean(mean: Floats, sd: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Return J m/s and its variance 1/n + y²/(2n), J Hedges' factor with n − 1 degrees of freedom.

    The R call is ``escalc("SMN")``.
    """
    yi = hedges_correction(n - 1.0) * mean / sd
    return yi, (1.0 + yi**2 / 2.0) / n
