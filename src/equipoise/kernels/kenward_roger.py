r"""Kenward and Roger's variance and degrees of freedom of a random-effects mean, after REML.

The inverse-variance mean is computed with an estimated τ², so that its variance is larger than
:math:`1 / \sum w_i` and its distribution wider than the normal. With :math:`w_i = 1 / (v_i +
\tau^2)`, :math:`W_j = \sum w_i^j` and the expected information of REML,
:math:`I = tr(PP) / 2 = (W_2 - 2 W_3 / W_1 + W_2^2 / W_1^2) / 2`, their general result becomes

.. math:: V = \frac{1}{W_1} + \frac{2 (W_3 - W_2^2 / W_1)}{I W_1^2}, \qquad
          \nu = \frac{2 I}{(V W_2)^2}.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equipoise.kernels.batches import Batch, Floats
from equipoise.kernels.inverse_variance import projection_trace_squared


@dataclass(frozen=True, slots=True, eq=False)
class KenwardRoger:
    """The adjusted standard error and its degrees of freedom, shape ``(B,)``."""

    se: Floats
    df: Floats


def kenward_roger(batch: Batch, tau2: Floats) -> KenwardRoger:
    r"""Adjust the standard error of the mean for τ² being an estimate of REML's.

    Kenward and Roger's own degrees of freedom have the unadjusted :math:`1 / W_1` in the place of
    ``V``; those here are the ones Partlett and Riley studied, a little fewer, and those of
    ``meta::metagen(method.random.ci = "KR")``. ``nan`` where there are fewer than two studies.
    Kenward and Roger 1997, doi:10.2307/2533558; Partlett and Riley 2017, doi:10.1002/sim.7140.
    """
    weights = 1.0 / (batch.vi + np.where(np.isnan(tau2), 0.0, tau2)[:, None])
    with np.errstate(invalid="ignore", divide="ignore"):
        total = weights.sum(axis=1)
        share = weights / total[:, None]
        second = (share * weights).sum(axis=1)
        # W3 / W1 - (W2 / W1)²: the weighted variance of the weights, without cancellation.
        unequal = (share * (weights - second[:, None]) ** 2).sum(axis=1)
        information = 0.5 * projection_trace_squared(weights)
        variance = (1.0 + 2.0 * unequal / information) / total
        df = 2.0 * information / (variance * second * total) ** 2
    several = batch.k > 1
    return KenwardRoger(np.where(several, np.sqrt(variance), np.nan), np.where(several, df, np.nan))
