"""How much trials differ beyond chance: typical variance, I², H, R_b, Q-profile intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equipoise.kernels.batches import Batch, Bools, Floats
from equipoise.kernels.distributions import chi2_critical, normal_critical
from equipoise.kernels.inverse_variance import projection_trace, weighted_mean
from equipoise.kernels.quadratic_forms import expectation, variance
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


def birge_ratio(q: Floats, df: Floats) -> Floats:
    r"""Return Birge's ratio :math:`\sqrt{Q / (k-1)}`, by which the spread exceeds its expectation.

    Below one where trials agree more than chance would have them. Higgins and Thompson's H is the
    larger of it and one. Birge 1932, doi:10.1103/PhysRev.40.207.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(df > 0, np.sqrt(q / df), np.nan), dtype=np.float64)


def h_interval(q: Floats, df: Floats, level: float) -> tuple[Floats, Floats]:
    r"""Return Higgins and Thompson's test-based confidence limits of H, not below one.

    They are :math:`\exp(\ln H \pm z\, se)`, with :math:`se = (\ln Q - \ln (k-1)) / (2 \sqrt{2Q} - 2
    \sqrt{2k-3})` where Q exceeds k, and else :math:`\sqrt{(1 - 1 / (3 (k-2)^2)) / (2 (k-2))}`, which
    two studies leave undefined (``nan``). The R call is ``meta::metagen``, as its ``lower.H`` and
    ``upper.H``. Higgins and Thompson 2002, doi:10.1002/sim.1186.
    """
    k = df + 1.0
    with np.errstate(invalid="ignore", divide="ignore"):
        above = 0.5 * (np.log(q) - np.log(df)) / (np.sqrt(2.0 * q) - np.sqrt(2.0 * k - 3.0))
        below = np.sqrt((1.0 - 1.0 / (3.0 * (k - 2.0) ** 2)) / (2.0 * (k - 2.0)))
        se = np.where(q > k, above, np.where(df > 1.0, below, np.nan))
        middle, reach = np.log(birge_ratio(q, df)), normal_critical(level) * se
        low, high = np.exp(middle - reach), np.exp(middle + reach)
    return np.maximum(low, 1.0), np.maximum(high, 1.0)


def r_b(batch: Batch, tau2: Floats) -> Floats:
    r"""Return R_b in percent: the mean over studies of :math:`\tau^2 / (v_i + \tau^2)`.

    Unlike I² it needs no typical variance. Crippa and others 2016, doi:10.1002/sim.6980. The R
    call is ``meta::metagen``, as its ``Rb`` (times 100).
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        share = (tau2[:, None] / (batch.vi + tau2[:, None])).sum(axis=1) / batch.k
    return np.asarray(np.where(batch.k > 1, 100.0 * share, np.nan), dtype=np.float64)


def r_b_interval(batch: Batch, tau2: Floats, q: Floats, level: float) -> tuple[Floats, Floats]:
    r"""Return Wald's limits of R_b by the delta method, in percent and cut to 0 and 100.

    R_b is there a function of Q through DerSimonian and Laird's τ², so the limits belong to that
    estimator, and to values above zero. Crippa and others 2016, appendix D.
    """
    weights = 1.0 / batch.vi
    present = batch.present.astype(np.float64)
    total = np.where(batch.present, batch.vi, 0.0) + present * tau2[:, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        a = np.where(batch.present, batch.vi, 0.0) * expectation(weights, present)[:, None]
        excess = (q - (batch.k - 1))[:, None] + a
        slope = np.where(batch.present, a / excess**2, 0.0).sum(axis=1) / batch.k
        reach = 100.0 * normal_critical(level) * slope * np.sqrt(variance(weights, total))
    middle = r_b(batch, tau2)
    return np.clip(middle - reach, 0.0, 100.0), np.clip(middle + reach, 0.0, 100.0)


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
