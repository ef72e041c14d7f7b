"""Effect sizes of two groups' means: mean difference, standardised mean difference."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import special

from equipoise.kernels.batches import Bools, Floats

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


def approximate_correction(df: Floats) -> Floats:
    """Return Hedges' approximate factor 1 − 3 / (4m − 1); ``nan`` for m ≤ 1, as the exact one."""
    m = np.where(df > 1.0, df, np.nan)
    return 1.0 - 3.0 / (4.0 * m - 1.0)


def standardised_difference(
    g: Groups, variance: str = "hedges-ls", *, approximate: bool = False
) -> tuple[Floats, Floats]:
    """Return the standardised mean difference and its variance, by the name of the variance.

    d is the difference over the pooled standard deviation, g = J d, N = n₁ + n₂, m = N − 2,
    u = 1/n₁ + 1/n₂; J is exact, or with ``approximate`` 1 − 3/(4m − 1). All are g but the last.

    ==============  ============================================================================
    ``hedges-ls``   u + g²/(2N); the R call is ``escalc("SMD", vtype="LS")``
    ``hedges-ls2``  J² (u + d²/(2N)), Borenstein and others 2009; ``vtype="LS2"``
    ``hedges-ub``   u + (1 − (m − 2)/(m J²)) g², unbiased with the exact J; ``vtype="UB"``
    ``hedges-av``   u + ḡ²/(2N), ḡ the mean of all g weighted by N; ``vtype="AV"``
    ``revman``      u + g²/(2 (N − 3.94)), J always approximate, as RevMan computes them
    ``cohens-d``    d itself, with u + d²/(2N); ``escalc("SMD", correct=FALSE)``
    ==============  ============================================================================

    Hedges 1981, doi:10.3102/10769986006002107; Viechtbauer 2007, doi:10.3102/1076998606298034.
    ``nan`` where there are too few participants.
    """
    n = g.n_1 + g.n_2
    df, u = n - 2.0, 1.0 / g.n_1 + 1.0 / g.n_2
    with np.errstate(divide="ignore", invalid="ignore"):
        pooled = np.sqrt(((g.n_1 - 1.0) * g.sd_1**2 + (g.n_2 - 1.0) * g.sd_2**2) / df)
        d = (g.mean_1 - g.mean_2) / pooled
        rough = approximate or variance == "revman"
        factor = approximate_correction(df) if rough else hedges_correction(df)
        yi = d if variance == "cohens-d" else factor * d
        enough = (df > 1.0) & (n > _REVMAN_OFFSET) & np.isfinite(yi)
        vi = _VARIANCES[variance](_Difference(yi, factor, u, n, enough))
    return np.where(enough, yi, np.nan), np.where(enough, vi, np.nan)


@dataclass(frozen=True, slots=True, eq=False)
class _Difference:
    """What the variances are made of: estimate, J, 1/n₁ + 1/n₂, N, and who has an estimate."""

    yi: Floats
    factor: Floats
    u: Floats
    n: Floats
    enough: Bools


def _by_average(s: _Difference) -> Floats:
    if not s.enough.any():
        return np.full(s.yi.shape, np.nan)
    mean = np.average(s.yi[s.enough], weights=s.n[s.enough])
    return s.u + mean**2 / (2.0 * s.n)


def _unbiased(s: _Difference) -> Floats:
    df = s.n - 2.0
    return s.u + (1.0 - (df - 2.0) / (df * s.factor**2)) * s.yi**2


_VARIANCES: Final[Mapping[str, Callable[[_Difference], Floats]]] = {
    "hedges-ls": lambda s: s.u + s.yi**2 / (2.0 * s.n),
    "hedges-ls2": lambda s: s.factor**2 * s.u + s.yi**2 / (2.0 * s.n),
    "hedges-ub": _unbiased,
    "hedges-av": _by_average,
    "revman": lambda s: s.u + s.yi**2 / (2.0 * (s.n - _REVMAN_OFFSET)),
    "cohens-d": lambda s: s.u + s.yi**2 / (2.0 * s.n),
}
