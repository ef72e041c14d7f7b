"""Mantel-Haenszel pooling of tables and of rates, for a batch of subsets of the same studies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from equipoise.kernels.batches import Bools, Floats
from equipoise.kernels.effects.rates import Rates
from equipoise.kernels.effects.two_by_two import Tables


@dataclass(frozen=True, slots=True, eq=False)
class MantelHaenszel:
    """Estimates and standard errors on the analysis scale, shape ``(B,)``; weights ``(k,)``.

    The estimate is ``nan`` where it is not defined: no events in one arm of all studies.
    """

    estimate: Floats
    se: Floats
    weights: Floats


def log_risk_ratio(t: Tables, keep: Bools) -> MantelHaenszel:
    """Pool risk ratios; variance of Greenland and Robins 1985, doi:10.2307/2530643.

    The R call is ``metafor::rma.mh(measure = "RR")``.
    """
    total = _sums(keep)
    r, s = t.a * t.n2 / t.n, t.c * t.n1 / t.n
    p = (t.n1 * t.n2 * (t.a + t.c) - t.a * t.c * t.n) / t.n**2
    with np.errstate(divide="ignore", invalid="ignore"):
        estimate = np.log(total(r) / total(s))
        se = np.sqrt(total(p) / (total(r) * total(s)))
    return _defined(estimate, se, s)


def log_odds_ratio(t: Tables, keep: Bools) -> MantelHaenszel:
    """Pool odds ratios; variance of Robins, Breslow and Greenland 1986, doi:10.2307/2531052.

    The R call is ``metafor::rma.mh(measure = "OR")``.
    """
    total = _sums(keep)
    r, s = t.a * t.d / t.n, t.b * t.c / t.n
    p, q = (t.a + t.d) / t.n, (t.b + t.c) / t.n
    with np.errstate(divide="ignore", invalid="ignore"):
        sum_r, sum_s = total(r), total(s)
        estimate = np.log(sum_r / sum_s)
        variance = 0.5 * (
            total(p * r) / sum_r**2
            + (total(p * s) + total(q * r)) / (sum_r * sum_s)
            + total(q * s) / sum_s**2
        )
        se = np.sqrt(variance)
    return _defined(estimate, se, s)


def risk_difference(t: Tables, keep: Bools, *, sato: bool) -> MantelHaenszel:
    """Pool risk differences.

    The variance is Sato's (1989, doi:10.2307/2531783), consistent for few large and for many
    small studies and used by ``metafor::rma.mh(measure = "RD")``, or that of Greenland and Robins
    (1985, doi:10.2307/2530643), consistent for few large ones and used by RevMan.
    """
    total = _sums(keep)
    w = t.n1 * t.n2 / t.n
    with np.errstate(divide="ignore", invalid="ignore"):
        estimate = total((t.a * t.n2 - t.c * t.n1) / t.n) / total(w)
        if sato:
            x1, x2 = t.n1 / t.n, t.n2 / t.n
            p = t.c * x1**2 - t.a * x2**2 + x1 * x2 * (t.n2 - t.n1) / 2.0
            q = (t.a * t.d + t.c * t.b) / (2.0 * t.n)
            variance = (estimate * total(p) + total(q)) / total(w) ** 2
        else:
            j = (t.a * t.b * t.n2**3 + t.c * t.d * t.n1**3) / (t.n1 * t.n2 * t.n**2)
            variance = total(j) / total(w) ** 2
        se = np.sqrt(variance)
    return _defined(estimate, se, w)


def log_rate_ratio(r: Rates, keep: Bools) -> MantelHaenszel:
    """Pool incidence rate ratios; variance of Greenland and Robins 1985, doi:10.2307/2530643.

    The R call is ``metafor::rma.mh(measure = "IRR")``. Rothman, Greenland and Lash 2008, Modern
    Epidemiology, chapter 15.
    """
    total = _sums(keep)
    time = r.time_1 + r.time_2
    first, second = r.events_1 * r.time_2 / time, r.events_2 * r.time_1 / time
    spread = (r.time_1 / time) * (r.time_2 / time) * (r.events_1 + r.events_2)
    with np.errstate(divide="ignore", invalid="ignore"):
        estimate = np.log(total(first) / total(second))
        se = np.sqrt(total(spread) / (total(first) * total(second)))
    return _defined(estimate, se, second)


def rate_difference(r: Rates, keep: Bools) -> MantelHaenszel:
    """Pool incidence rate differences, with the weights ``t1 t2 / (t1 + t2)``.

    The R call is ``metafor::rma.mh(measure = "IRD")``. Rothman, Greenland and Lash 2008, Modern
    Epidemiology, chapter 15.
    """
    total = _sums(keep)
    w = r.time_1 / (r.time_1 + r.time_2) * r.time_2
    difference = r.events_1 / r.time_1 - r.events_2 / r.time_2
    spread = r.events_1 / r.time_1**2 + r.events_2 / r.time_2**2
    with np.errstate(divide="ignore", invalid="ignore"):
        estimate = total(w * difference) / total(w)
        se = np.sqrt(total(w**2 * spread)) / total(w)
    return _defined(estimate, se, w)


def _sums(keep: Bools) -> Callable[[Floats], Floats]:
    """Return a function that sums study values over each subset, in study order."""

    def total(values: Floats) -> Floats:
        result: Floats = np.where(keep, values, 0.0).sum(axis=1)
        return result

    return total


def _defined(estimate: Floats, se: Floats, weights: Floats) -> MantelHaenszel:
    good = np.isfinite(estimate) & np.isfinite(se) & (se > 0.0)
    return MantelHaenszel(np.where(good, estimate, np.nan), np.where(good, se, np.nan), weights)
