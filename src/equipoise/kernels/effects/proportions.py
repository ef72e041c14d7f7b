"""Proportions of single groups and their transformations, and the arcsine difference of two."""

from __future__ import annotations

import numpy as np
from scipy import special

from equipoise.kernels.batches import Floats
from equipoise.kernels.effects.two_by_two import Tables


def proportion(events: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Return p and its variance p (1 − p) / n; the R call is ``escalc("PR")``."""
    p = events / n
    return p, p * (n - events) / n**2


def log_proportion(events: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Return log p and its variance 1/x − 1/n; the R call is ``escalc("PLN")``."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log(events / n), (n - events) / (events * n)


def logit(events: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Return log odds and their variance 1/x + 1/(n − x); the R call is ``escalc("PLO")``."""
    rest = n - events
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log(events / rest), 1.0 / events + 1.0 / rest


def probit(events: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Return z = Φ⁻¹(p) and its variance p (1 − p) / (n φ(z)²); the R call is ``escalc("PRZ")``."""
    p = events / n
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        z = special.ndtri(p)
        vi = 2.0 * np.pi * p * (n - events) / n**2 * np.exp(z**2)
    return np.asarray(z, dtype=np.float64), np.asarray(vi, dtype=np.float64)


def arcsine(events: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Return arcsin √p and its variance 1 / (4n); the R call is ``escalc("PAS")``.

    Defined without and with nothing but events: no correction. Rücker and others 2009,
    doi:10.1002/sim.3511.
    """
    return np.arcsin(np.sqrt(events / n)), 0.25 / n


def freeman_tukey(events: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Return Freeman and Tukey's double arcsine and its variance 1 / (4n + 2).

    ½ (arcsin √(x/(n+1)) + arcsin √((x+1)/(n+1))): half of Freeman and Tukey's, so that it is on the
    scale of `arcsine`. The R call is ``escalc("PFT")``. Freeman and Tukey 1950,
    doi:10.1214/aoms/1177729756.
    """
    low, high = np.sqrt(events / (n + 1.0)), np.sqrt((events + 1.0) / (n + 1.0))
    return (np.arcsin(low) + np.arcsin(high)) / 2.0, 1.0 / (4.0 * n + 2.0)


def arcsine_difference(t: Tables) -> tuple[Floats, Floats]:
    """Return arcsin √p₁ − arcsin √p₂ and its variance 1/(4n₁) + 1/(4n₂).

    Defined for tables without events in either arm, which it keeps. The R call is
    ``escalc("AS")``. Rücker and others 2009, doi:10.1002/sim.3511.
    """
    (y1, v1), (y2, v2) = arcsine(t.a, t.n1), arcsine(t.c, t.n2)
    return y1 - y2, v1 + v2


def inverse_arcsine(values: Floats) -> Floats:
    """Return sin² y; what lies beyond 0 or π/2 (a confidence limit) becomes 0 or 1."""
    return np.sin(np.clip(values, 0.0, np.pi / 2.0)) ** 2


def inverse_freeman_tukey(values: Floats, n: Floats) -> Floats:
    """Return the proportion whose double arcsine in ``n`` people is ``values``.

    Miller's closed form: with t = 2y and s = sin t + (sin t − 1/sin t) / n, the proportion is
    ½ (1 − sign(cos t) √(1 − s²)). What lies beyond the transformed 0 or 1 becomes 0 or 1.

    For a pooled value ``n`` is the harmonic mean of the studies' sizes, as in R's
    ``transf.ipft.hm``; the result depends on that choice, and can mislead where sizes differ
    widely (Schwarzer and others 2019, doi:10.1002/jrsm.1348).
    Miller 1978, doi:10.1080/00031305.1978.10479283.
    """
    lowest = freeman_tukey(np.zeros_like(n), n)[0]
    highest = freeman_tukey(n, n)[0]
    inside = (values > lowest) & (values < highest)
    t = 2.0 * np.where(inside, values, np.pi / 4.0)
    sine = np.sin(t)
    s = np.clip(sine + (sine - 1.0 / sine) / n, -1.0, 1.0)
    p = (1.0 - np.sign(np.cos(t)) * np.sqrt((1.0 - s) * (1.0 + s))) / 2.0
    p = np.where(inside, p, np.where(values <= lowest, 0.0, 1.0))
    return np.asarray(np.where(np.isnan(values), np.nan, p), dtype=np.float64)
