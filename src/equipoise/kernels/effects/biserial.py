"""The correlation of a yes-or-no variable with a quantity, from the two groups' means."""

from __future__ import annotations

import numpy as np
from scipy import special

from equipoise.kernels.batches import Floats
from equipoise.kernels.effects.conversions import cohens_d
from equipoise.kernels.effects.two_means import Groups


def point_biserial(g: Groups) -> tuple[Floats, Floats]:
    """Return the point-biserial correlation and its variance under stratified sampling.

    r = d / √(d² + h), with d the uncorrected standardised difference, m = N − 2 and
    h = m/n₁ + m/n₂: exactly the correlation of the group's label with the outcome. The variance
    is the delta method's for fixed group sizes, h² (1/n₁ + 1/n₂ + d²/(2N)) / (h + d²)³.

    The R call is ``escalc("RPB")``. Tate 1954, doi:10.1214/aoms/1177728730; Jacobs and Viechtbauer
    2017, doi:10.1002/jrsm.1218.
    """
    n = g.n_1 + g.n_2
    d = cohens_d(g)
    h = (n - 2.0) / g.n_1 + (n - 2.0) / g.n_2
    total = h + d**2
    variance = 1.0 / g.n_1 + 1.0 / g.n_2 + d**2 / (2.0 * n)
    return d / np.sqrt(total), (h / total) ** 2 / total * variance


def biserial(g: Groups) -> tuple[Floats, Floats]:
    """Return the biserial correlation and Soper's variance.

    For groups that are a cut quantity: r_b = √(p q) r_pb / φ(z), with p = n₁/N, q = n₂/N, z the
    quantile with p above it and r_pb the point-biserial correlation. It may exceed 1 in small
    samples. The variance, with r_b brought back to 1 for it, is
    (pq/φ² − (3/2 + (1 − pz/φ)(1 + qz/φ)) r_b² + r_b⁴) / (N − 1).

    The R call is ``escalc("RBIS")``. Soper 1914, doi:10.1093/biomet/10.2-3.384; Jacobs and
    Viechtbauer 2017, doi:10.1002/jrsm.1218.
    """
    n = g.n_1 + g.n_2
    p, q = g.n_1 / n, g.n_2 / n
    z = -special.ndtri(p)
    density = np.exp(-(z**2) / 2.0) / np.sqrt(2.0 * np.pi)
    yi = np.sqrt(p * q) / density * point_biserial(g)[0]
    square = np.clip(yi, -1.0, 1.0) ** 2
    factor = 1.5 + (1.0 - p * z / density) * (1.0 + q * z / density)
    vi = (p * q / density**2 - factor * square + square**2) / (n - 1.0)
    return yi, np.asarray(vi, dtype=np.float64)
