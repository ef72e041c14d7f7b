r"""Risks when some outcomes are missing, by informative-missingness odds ratios.

With risk :math:`\pi` among the observed, a share :math:`\alpha` missing and the odds of an event among
the missing :math:`\delta` times those among the observed, the risk of all is

.. math:: \pi^* = (1 - \alpha) \pi + \alpha \frac{\delta \pi}{1 - \pi + \delta \pi}.

Its variance adds what is unknown of :math:`\pi`, of :math:`\alpha`, and of :math:`\log \delta`.
Higgins, White and Wood 2008, doi:10.1177/1740774508091600; White, Higgins and Wood 2008,
doi:10.1002/sim.3008.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equipoise.kernels.batches import Floats


@dataclass(frozen=True, slots=True, eq=False)
class Arm:
    """An arm of each trial: events among ``n`` observed, and how many are ``missing``."""

    events: Floats
    n: Floats
    missing: Floats


@dataclass(frozen=True, slots=True, eq=False)
class AllRandomised:
    """The risk of all randomised, its variance for known odds ratios, and its slope in log δ."""

    risk: Floats
    variance: Floats
    slope: Floats


def risk_of_all(arm: Arm, odds_ratio: Floats) -> AllRandomised:
    """Return the risk of all randomised; odds ratios of zero and infinity are their limits.

    All arrays have shape ``(k,)``. Zero: no missing participant had an event; infinity: all had.
    """
    p, total = arm.events / arm.n, arm.n + arm.missing
    share = arm.missing / total
    delta = np.broadcast_to(odds_ratio, p.shape)
    infinite = np.isinf(delta)
    finite = np.where(infinite, 1.0, delta)
    below = 1.0 - p + finite * p
    with np.errstate(divide="ignore", invalid="ignore"):
        unseen = np.where(infinite, 1.0, finite * p / below)
        by_p = np.where(infinite, 0.0, finite / below**2)
        slope = np.where(infinite, 0.0, finite * p * (1.0 - p) / below**2)
    variance = p * (1.0 - p) / arm.n * (1.0 - share + share * by_p) ** 2
    variance = variance + share * (1.0 - share) / total * (unseen - p) ** 2
    return AllRandomised((1.0 - share) * p + share * unseen, variance, share * slope)


def compare(
    measure: str, one: AllRandomised, two: AllRandomised, sd: tuple[float, float], rho: float
) -> tuple[Floats, Floats]:
    """Return log risk ratios, log odds ratios or risk differences and their variances.

    ``sd`` are the standard deviations of the log odds ratios of missingness in both arms, ``rho`` their
    correlation. Undefined comparisons are not finite.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        if measure == "RD":
            scale = [np.ones(one.risk.shape), np.ones(one.risk.shape)]
            yi = one.risk - two.risk
        elif measure == "RR":
            scale = [1.0 / one.risk, 1.0 / two.risk]
            yi = np.log(one.risk) - np.log(two.risk)
        else:
            scale = [1.0 / (arm.risk * (1.0 - arm.risk)) for arm in (one, two)]
            yi = np.log(one.risk / (1.0 - one.risk)) - np.log(two.risk / (1.0 - two.risk))
        vi = scale[0] ** 2 * one.variance + scale[1] ** 2 * two.variance
        u1, u2 = scale[0] * one.slope * sd[0], scale[1] * two.slope * sd[1]
        vi = vi + u1**2 + u2**2 - 2.0 * rho * u1 * u2
    return np.asarray(yi, dtype=np.float64), np.asarray(vi, dtype=np.float64)
