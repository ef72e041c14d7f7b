"""Pooling with weights that are not the inverse variances: equal, by size, or someone's own."""

from __future__ import annotations

import numpy as np

from equipoise.kernels.batches import Batch, Floats
from equipoise.kernels.inverse_variance import WeightedMean, weighted_mean
from equipoise.kernels.tau2_moments import held


def mean_with_weights(batch: Batch, weights: Floats, tau2: Floats) -> WeightedMean:
    r"""Pool with any weights ``a`` above zero, shape ``(B, k)``; rows without a study give ``nan``.

    The mean is :math:`\sum a_i y_i / A` and its variance :math:`\sum a_i^2 (v_i + \tau^2) / A^2`,
    ``A`` the sum of the weights: right for weights fixed beforehand, whatever they are. ``q`` is
    the weighted sum of squared residuals of the inverse-variance fit at the same τ²: it tells how
    well the variances describe the spread, which does not depend on the weights of the mean. The R
    call is ``metafor::rma(yi, vi, weights = a)``, or ``weighted = FALSE`` for equal weights.
    """
    kept = held(batch, weights)
    total = kept.sum(axis=1)
    total[batch.k == 0] = np.nan
    share = kept / total[:, None]
    relative = (share * batch.yi).sum(axis=1)
    spread = np.where(batch.present, batch.vi + tau2[:, None], 0.0)
    se = np.sqrt((share**2 * spread).sum(axis=1))
    return WeightedMean(batch.centre + relative, se, weighted_mean(batch, tau2).q, kept)
