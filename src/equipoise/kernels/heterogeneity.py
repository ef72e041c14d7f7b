"""How much trials differ beyond chance: typical variance, I², H², Q-profile intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equipoise.kernels.batches import Batch, Bools, Floats
from equipoise.kernels.distributions import chi2_critical
from equipoise.kernels.inverse_variance import projection_trace, weighted_mean
from equipoise.kernels.tau2 import q_root


@dataclass(frozen=True, slots=True, eq=False)
class Tau2Interval:
    """Confidence limits of τ², shape ``(B,)``. ``empty`` marks intervals wholly below zero."""

    low: Floats
    high: Floats
    empty: Bools


def typical_variance(batch: Batch) -> Floats:
    r"""Return the typical within-study variance :math:`(k-1) / (W - W_2/W)`, shape ``(B,)``.

    Higgins and Thompson 2002, doi:10.1002/sim.1186.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        value = (batch.k - 1) / projection_trace(1.0 / batch.vi)
    return np.asarray(np.where(batch.k > 1, value, np.nan), dtype=np.float64)


def i2_from_tau2(tau2: Floats, typical: Floats) -> Floats:
    """Return I² in percent as the share of τ² in the total variance (metafor, RevMan 2025)."""
    return np.asarray(100.0 * tau2 / (tau2 + typical), dtype=np.float64)


def i2_from_q(q: Floats, df: Floats) -> Floats:
    """Return I² in percent as ``max(0, (Q - df) / Q)`` (Higgins et al. 2003, RevMan 5)."""
    with np.errstate(invalid="ignore", divide="ignore"):
        value = 100.0 * np.maximum(0.0, (q - df) / q)
    value = np.where((q == 0.0) & (df > 0), 0.0, value)
    return np.asarray(np.where(df > 0, value, np.nan), dtype=np.float64)


def q_profile(batch: Batch, level: float) -> Tau2Interval:
    r"""Return the Q-profile confidence interval of τ², to machine precision.

    The limits solve :math:`Q(\tau^2) = \chi^2_{k-1}` at its upper and lower ``(1 - level) / 2``
    quantile, truncated at zero. Where even Q(0) is below the lower quantile the whole interval
    lies below zero: it is reported as (0, 0) and marked ``empty``, for data less variable than
    chance alone would make them. The R call is ``metafor::confint(fit, type = "QP")``.
    Viechtbauer 2007, doi:10.1002/sim.2514.
    """
    tail = (1.0 - level) / 2.0
    df = (batch.k - 1).astype(np.float64)
    upper_quantile, lower_quantile = chi2_critical(tail, df), chi2_critical(1.0 - tail, df)
    twice = batch.rows(np.tile(np.arange(batch.k.size), 2))
    both = q_root(twice, np.concatenate((upper_quantile, lower_quantile))).tau2
    low, high = np.split(both, 2)
    at_zero = weighted_mean(batch, np.zeros(batch.k.size)).q
    return Tau2Interval(low, high, (batch.k > 1) & (at_zero < lower_quantile))
