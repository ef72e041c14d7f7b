"""The logarithm of a ratio of two groups' means."""

from __future__ import annotations

import numpy as np

from equipoise.kernels.batches import Floats
from equipoise.kernels.effects.two_means import Groups


def log_ratio_of_means(g: Groups) -> tuple[Floats, Floats]:
    """Return the bias-corrected log ratio of means and its variance.

    log(m₁/m₂) + ½ (c₁ − c₂) with variance c₁ + c₂, where c = s²/(n m²) is the squared coefficient
    of variation of a mean. ``nan`` where the means differ in sign or one is zero.

    The R call is ``escalc("ROM")`` of metafor 5 (before, without the correction). Hedges, Gurevitch
    and Curtis 1999, doi:10.1890/0012-9658(1999)080[1150:TMAORR]2.0.CO;2; the correction:
    Lajeunesse 2015, doi:10.1890/14-2402.1.
    """
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        first, second = (g.sd_1 / g.mean_1) ** 2 / g.n_1, (g.sd_2 / g.mean_2) ** 2 / g.n_2
        yi = np.log(g.mean_1 / g.mean_2) + (first - second) / 2.0
    return yi, first + second
