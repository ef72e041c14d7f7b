"""Effect sizes of two groups' means: mean difference, standardised mean difference."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from equipoise.kernels.batches import Floats

# Part of the variance formula of RevMan's statistical methods.
_REVMAN_OFFSET = 3.94


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """Means, standard deviations and sizes of two groups, shape ``(k,)`` each."""

    mean_1: Floats
    sd_1: Floats
    n_1: Floats
    mean_2: Floats
    sd_2: Floats
    n_2: Floats


def mean_difference(g: Groups) -> tuple[Floats, Floats]:
    """Return the mean difference and its variance, not assuming equal variances.

    The R call is ``escalc("MD")``.
    """
    return g.mean_1 - g.mean_2, g.sd_1**2 / g.n_1 + g.sd_2**2 / g.n_2


def hedges_correction(df: Floats) -> Floats:
    """Return Hedges' exact small-sample factor Γ(m/2) / (√(m/2) Γ((m-1)/2)); ``nan`` for m ≤ 1."""
    m = np.where(df > 1.0, df, np.nan)
    value = np.exp(special.gammaln(m / 2.0) - special.gammaln((m - 1.0) / 2.0))
    return np.asarray(value / np.sqrt(m / 2.0), dtype=np.float64)


def standardised_difference(g: Groups, *, revman: bool) -> tuple[Floats, Floats]:
    """Return Hedges' g and its variance.

    With ``revman`` the factor is 1 - 3 / (4N - 9) and the variance N / (n1 n2) +
    g² / (2 (N - 3.94)), as RevMan computes them; else the factor is exact and the variance
    1 / n1 + 1 / n2 + g² / (2N), metafor's ``escalc("SMD", vtype = "LS")``. Hedges 1981,
    doi:10.3102/10769986006002107. ``nan`` where there are too few participants.
    """
    n = g.n_1 + g.n_2
    df = n - 2.0
    with np.errstate(divide="ignore", invalid="ignore"):
        pooled = np.sqrt(((g.n_1 - 1.0) * g.sd_1**2 + (g.n_2 - 1.0) * g.sd_2**2) / df)
        factor = 1.0 - 3.0 / (4.0 * n - 9.0) if revman else hedges_correction(df)
        yi = factor * (g.mean_1 - g.mean_2) / pooled
        spread = yi**2 / (2.0 * (n - _REVMAN_OFFSET)) if revman else yi**2 / (2.0 * n)
    enough = (df > 1.0) & (n > _REVMAN_OFFSET)
    vi = 1.0 / g.n_1 + 1.0 / g.n_2 + spread
    return np.where(enough, yi, np.nan), np.where(enough, vi, np.nan)
