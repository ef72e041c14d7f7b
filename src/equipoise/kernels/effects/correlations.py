"""Pearson's correlation, its unbiased form, Fisher's z, partial and semi-partial correlations."""

from __future__ import annotations

from typing import Final

import numpy as np

from equipoise.kernels.batches import Floats
from equipoise.kernels.effects.associations import fisher_z

_FEWEST: Final = 5.0
# r and R² are printed with two decimals; beyond that, a square above R² is a contradiction.
_ROUNDED: Final = 0.01
# Steps from the middle outwards: 270 of 0.15 reach where sech x, the slowest decay, is below 1e-17.
_NODES: Final = np.arange(271.0)


def correlation(r: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Return r and its large-sample variance (1 − r²)² / (n − 1); the R call is ``escalc("COR")``.

    Kendall and Stuart, The Advanced Theory of Statistics, volume 1.
    """
    return r, _variance(r, n - 1.0)


def unbiased_correlation(r: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Return Olkin and Pratt's unbiased correlation and its large-sample variance.

    r ₂F₁(½, ½; (n − 2)/2; 1 − r²), with the corrected r in (1 − r²)² / (n − 1). ``nan`` below five
    people. The R call is ``escalc("UCOR")``. Olkin and Pratt 1958, doi:10.1214/aoms/1177706717.
    """
    enough = n >= _FEWEST
    yi = np.where(enough, r * _olkin_pratt(r, np.where(enough, n, _FEWEST)), np.nan)
    return yi, _variance(yi, n - 1.0)


def fisher_correlation(r: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Return artanh r and its variance 1 / (n − 3); the R call is ``escalc("ZCOR")``.

    Fisher 1921, Metron 1, 3–32.
    """
    return _artanh(r), _reciprocal(n - 3.0)


def partial_correlation(r: Floats, n: Floats, covariates: Floats) -> tuple[Floats, Floats]:
    """Return a partial correlation and its variance (1 − r²)² / (n − 1 − covariates).

    ``covariates`` counts the variables held constant; metafor's ``mi`` is one more, for the
    predictor itself. The R call is ``escalc("PCOR")`` of metafor 4 and later. Aloe 2014,
    doi:10.1080/00221309.2013.853021.
    """
    return r, _variance(r, n - 1.0 - covariates)


def fisher_partial(r: Floats, n: Floats, covariates: Floats) -> tuple[Floats, Floats]:
    """Return artanh r and its variance 1 / (n − 3 − covariates); the R call is ``escalc("ZPCOR")``.

    Each variable held constant costs one person. Fisher 1924, Metron 3, 329.
    """
    return _artanh(r), _reciprocal(n - 3.0 - covariates)


def semi_partial(r: Floats, n: Floats, r_squared: Floats) -> tuple[Floats, Floats]:
    """Return a semi-partial correlation and its large-sample variance.

    r² is what the predictor adds to the R² of the whole regression, and S = R² − r² the R² of the
    others alone. The variance is ((1 − R²)² + S (1 − S)) / n. ``nan`` where r² exceeds R² by more
    than rounding. The R call is ``escalc("SPCOR")``. Aloe and Becker 2012,
    doi:10.3102/1076998610396901; Aloe 2014, doi:10.1080/00221309.2013.853021.
    """
    others = r_squared - r**2
    rest = np.where(others >= -_ROUNDED, others, np.nan)
    return r, ((1.0 - r_squared) ** 2 + rest * (1.0 - rest)) / n


def fisher_semi_partial(r: Floats, n: Floats, r_squared: Floats) -> tuple[Floats, Floats]:
    """Return artanh r of a semi-partial correlation and its variance, vi / (1 − r²)².

    z does not stabilise this variance, which is carried over. The R call is ``escalc("ZSPCOR")``
    of metafor 4.8.
    """
    return fisher_z(*semi_partial(r, n, r_squared))


def _variance(r: Floats, degrees: Floats) -> Floats:
    return ((1.0 - r) * (1.0 + r)) ** 2 * _reciprocal(degrees)


def _reciprocal(degrees: Floats) -> Floats:
    return 1.0 / np.where(degrees > 0.0, degrees, np.nan)


def _artanh(r: Floats) -> Floats:
    return np.arctanh(np.where(np.abs(r) < 1.0, r, np.nan))


def _olkin_pratt(r: Floats, n: Floats) -> Floats:
    """Return ₂F₁(½, ½; (n − 2)/2; 1 − r²) for n of five or more.

    By Euler's integral with t = tanh² x it is the integral of sech^(n−4) x / √(1 + r² sinh² x)
    over all x, divided by the same at r = 1. Both integrands are analytic within π/2 of the real
    line and die out exponentially, so the trapezoid rule is exact to machine precision.
    """
    power = n - 4.0
    step = np.minimum(0.15, 0.45 / np.sqrt(power))
    x = step[:, None] * _NODES
    log_cosh = np.log1p(2.0 * np.sinh(x / 2.0) ** 2)
    decay = np.exp(-power[:, None] * log_cosh)
    # sqrt(1 + r² sinh²) is cosh times sqrt(tanh² r² + sech²), which cannot overflow.
    relative = np.sqrt((r[:, None] * np.tanh(x)) ** 2 + np.exp(-2.0 * log_cosh))
    weight = decay * np.exp(-log_cosh)
    weight[:, 0] /= 2.0  # both integrands are even: the middle counts once, the rest twice
    return np.asarray((weight / relative).sum(axis=1) / weight.sum(axis=1))
