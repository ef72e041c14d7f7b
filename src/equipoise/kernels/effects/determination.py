"""R², the share of an outcome's variance that a regression explains, and its Fisher's z."""

from __future__ import annotations

import numpy as np

from equipoise.kernels.batches import Floats


def raw(r_squared: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Return R² and its large-sample variance 4 R² (1 − R²)² / n, for random predictors.

    R² is that of the sample, not adjusted for the number of predictors; the variance is 0 where R²
    is 0 or 1. The R call is ``escalc("R2")`` of metafor 4.8. Kendall and Stuart 1979, The
    Advanced Theory of Statistics, volume 2; Olkin and Finn 1995,
    doi:10.1037/0033-2909.118.1.155.
    """
    return r_squared, 4.0 * r_squared * (1.0 - r_squared) ** 2 / n


def fisher(r_squared: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Return artanh √R² and its variance 1/n; ``nan`` where R² is 1.

    The R call is ``escalc("ZR2")`` of metafor 4.8. Olkin and Finn 1995,
    doi:10.1037/0033-2909.118.1.155 (who have twice the logarithm, and so four times the variance).
    """
    below = np.where(r_squared < 1.0, r_squared, np.nan)
    return np.arctanh(np.sqrt(below)), 1.0 / n


def inverse_fisher(z: Floats) -> Floats:
    """Return R² = tanh² z; 0 below z = 0, where no R² is."""
    return np.tanh(np.maximum(z, 0.0)) ** 2
