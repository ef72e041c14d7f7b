"""Peto's one-step pooling of O - E and V, for a batch of subsets of the same studies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equipoise.kernels.batches import Bools, Floats


@dataclass(frozen=True, slots=True, eq=False)
class Peto:
    """Log odds (or hazard) ratios, standard errors and heterogeneity Q, shape ``(B,)``."""

    estimate: Floats
    se: Floats
    q: Floats


def peto(o_minus_e: Floats, variance: Floats, keep: Bools) -> Peto:
    """Pool Σ(O - E) / ΣV; counts are never corrected and studies with V = 0 say nothing.

    The R call is ``metafor::rma.peto``. Yusuf et al. 1985, doi:10.1016/S0033-0620(85)80003-7.
    """
    informative = keep & (variance > 0.0)
    o = np.where(informative, o_minus_e, 0.0)
    v = np.where(informative, variance, 0.0)
    total = v.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        estimate = o.sum(axis=1) / total
        se = np.sqrt(1.0 / total)
        residual = np.where(informative, o_minus_e / variance - estimate[:, None], 0.0)
    q = (v * residual**2).sum(axis=1)
    empty = total == 0.0
    return Peto(np.where(empty, np.nan, estimate), np.where(empty, np.nan, se), q)
