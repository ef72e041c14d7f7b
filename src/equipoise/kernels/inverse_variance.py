"""Inverse-variance pooling of a batch at given between-study variances."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equipoise.kernels.batches import Batch, Floats


@dataclass(frozen=True, slots=True, eq=False)
class WeightedMean:
    """Weighted means of a batch: ``estimate``, ``se`` and ``q`` of shape ``(B,)``.

    ``weights`` has shape ``(B, k)``; ``q`` is the weighted sum of squared residuals at these
    weights: Cochran's Q when they are ``1 / vi``.
    """

    estimate: Floats
    se: Floats
    q: Floats
    weights: Floats


def weighted_mean(batch: Batch, tau2: Floats) -> WeightedMean:
    """Pool with the weights ``1 / (vi + tau2)``; rows without a study give ``nan``."""
    weights = 1.0 / (batch.vi + tau2[:, None])
    total = weights.sum(axis=1)
    total[batch.k == 0] = np.nan
    relative = (weights * batch.yi).sum(axis=1) / total
    residual = np.where(batch.present, batch.yi - relative[:, None], 0.0)
    q = (weights * residual**2).sum(axis=1)
    q[batch.k == 0] = np.nan
    return WeightedMean(batch.centre + relative, np.sqrt(1.0 / total), q, weights)


def q_around(batch: Batch, centre: Floats) -> Floats:
    """Return the inverse-variance weighted squared distances from ``centre``, shape ``(B,)``."""
    distance = batch.yi - (centre - batch.centre)[:, None]
    total: Floats = (np.where(batch.present, distance, 0.0) ** 2 / batch.vi).sum(axis=1)
    return total


def projection_trace(weights: Floats) -> Floats:
    r"""Return :math:`tr P = W - W_2 / W` of each row, without cancellation.

    :math:`P = diag(w) - w w' / W` is never formed. The subtraction loses all digits when one
    study holds nearly all the weight; twice the sum of the pairs' products over W does not.
    """
    pairs = (weights * _before(weights)).sum(axis=1)
    trace: Floats = 2.0 * pairs / weights.sum(axis=1)
    return trace


def projection_trace_squared(weights: Floats) -> Floats:
    r"""Return :math:`tr PP = W_2 - 2 W_3 / W + (W_2 / W)^2` of each row, without cancellation."""
    total = weights.sum(axis=1)
    squared = weights * weights
    others = _before(weights) + _before(weights[:, ::-1])[:, ::-1]
    diagonal = ((weights * others) ** 2).sum(axis=1)
    trace: Floats = (diagonal + 2.0 * (squared * _before(squared)).sum(axis=1)) / total**2
    return trace


def _before(values: Floats) -> Floats:
    """Return the sums of what stands before each place of each row."""
    sums = np.zeros_like(values)
    np.cumsum(values[:, :-1], axis=1, out=sums[:, 1:])
    return sums
