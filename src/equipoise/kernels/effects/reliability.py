"""Cronbach's α of a scale with so many items, and its transformations."""

from __future__ import annotations

import numpy as np

from equipoise.kernels.batches import Floats


def raw_alpha(alpha: Floats, items: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Return α and its variance 2m(1 − α)² / ((m − 1)(n − 2)), m items.

    The R call is ``escalc("ARAW")``. Bonett 2010, doi:10.1037/a0020142.
    """
    return alpha, (1.0 - alpha) ** 2 * _scale(items, n)


def hakstian_whalen(alpha: Floats, items: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Return 1 − ∛(1 − α) and its variance 18m(n − 1)(1 − α)^(2/3) / ((m − 1)(9n − 11)²).

    One less Hakstian and Whalen's cube root, so that it grows with α. The R call is
    ``escalc("AHW")``. Hakstian and Whalen 1976, doi:10.1007/BF02291840.
    """
    root = np.cbrt(1.0 - alpha)
    vi = 18.0 * items * (n - 1.0) * root**2 / ((items - 1.0) * (9.0 * n - 11.0) ** 2)
    return 1.0 - root, np.where(n > 2.0, vi, np.nan)  # noqa: PLR2004  # as for the other two


def bonett(alpha: Floats, items: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Return −log(1 − α) and its variance 2m / ((m − 1)(n − 2)), without Bonett's small correction.

    The sign makes it grow with α. The R call is ``escalc("ABT")``. Bonett 2002,
    doi:10.3102/10769986027004335.
    """
    with np.errstate(divide="ignore"):
        return -np.log1p(-alpha), _scale(items, n)


def inverse_hakstian_whalen(values: Floats) -> Floats:
    """Return 1 − (1 − y)³."""
    return 1.0 - (1.0 - values) ** 3


def inverse_bonett(values: Floats) -> Floats:
    """Return 1 − exp(−y)."""
    return -np.expm1(-values)


def _scale(items: Floats, n: Floats) -> Floats:
    return 2.0 * items / ((items - 1.0) * np.where(n > 2.0, n - 2.0, np.nan))  # noqa: PLR2004  # the formula's own
