"""Trials that randomise groups of people: how much less they know than their size suggests."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equipoise.kernels.batches import Floats, Ints
from equipoise.kernels.effects.arms import totals


def design_effect(icc: Floats, mean_size: Floats, cv: Floats) -> Floats:
    """Return the factor by which clustering multiplies the variance.

    1 + (M − 1) ICC for clusters of one size M, and 1 + ((1 + cv²) M − 1) ICC where their sizes have
    the coefficient of variation ``cv`` (SD over mean). The second supposes that clusters are
    weighted by size, and is somewhat large for other analyses. Cochrane Handbook 23.1.4; Eldridge,
    Ashby and Kerry 2006, doi:10.1093/ije/dyl129.
    """
    return 1.0 + ((1.0 + cv**2) * mean_size - 1.0) * icc


@dataclass(frozen=True, slots=True, eq=False)
class ClusterTotals:
    """What the clusters of each arm add up to, shape ``(arms,)`` each.

    ``squares`` is Σ (xⱼ − nⱼ p)², the squared distances of clusters' events from expectation.
    """

    clusters: Floats
    events: Floats
    n: Floats
    squares: Floats


def cluster_totals(events: Floats, n: Floats, arm: Ints, arms: int) -> ClusterTotals:
    """Add up clusters; ``arm`` (from 0) says which arm each belongs to."""
    count = np.bincount(arm, minlength=arms).astype(np.float64)
    x, size = totals(events, arm, arms), totals(n, arm, arms)
    squares = totals((events - n * (x / size)[arm]) ** 2, arm, arms)
    return ClusterTotals(count, x, size, squares)


def ratio_design_effect(t: ClusterTotals) -> Floats:
    """Return the design effect of each arm's proportion by the ratio estimator.

    The variance of p = Σx / Σn as a ratio of two sums over m clusters is
    m / (m − 1) Σ (xⱼ − nⱼ p)² / (Σn)²; the design effect is that over p (1 − p) / Σn. Rao and Scott
    1992, doi:10.2307/2532311. ``nan`` for a single cluster and where p is 0 or 1.
    """
    p = t.events / t.n
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = t.clusters / (t.clusters - 1.0) * t.squares / t.n**2
        deff = variance / (p * (1.0 - p) / t.n)
    return np.where((t.clusters > 1.0) & (p > 0.0) & (p < 1.0), deff, np.nan)
