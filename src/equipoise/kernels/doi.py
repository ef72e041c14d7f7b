r"""The Doi plot and its LFK index: effects against the normal quantile of their weighted rank.

Studies in order of their effects stand on a scale of 0 to 1 at the middle of their share of the
weights :math:`N_i = 100 \max(v) / v_i`; ``z`` is the normal quantile of that place. Furuya-Kanamori,
Barendregt and Doi 2018, doi:10.1097/XEB.0000000000000141.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import special

from equipoise.kernels.batches import Floats, Ints

_WEIGHT: Final = 100.0
"""The weight of the least precise study: with it, half a unit is taken from each middle rank."""


@dataclass(frozen=True, slots=True, eq=False)
class Doi:
    """``order`` sorts the studies by effect; ``z`` are their quantiles in that order, shape ``(k,)``.

    ``tip`` is the place in that order of the study nearest the top of the plot.
    """

    order: Ints
    z: Floats
    tip: int
    index: float


def doi(yi: Floats, vi: Floats) -> Doi:
    r"""Return the plot's points and its index.

    With ``j`` the study of smallest :math:`|z|`, and ranges over all studies, the index is

    .. math:: \frac{5}{2 k} \sum_i \left( z_i + \frac{range(z)}{range(y)} (y_i - y_j) \right),

    as ``metasens::lfkindex`` in R. Equal effects stand in the order of their precision, the least
    precise first, so that the order of rows does not matter (R keeps the rows' order). The index is
    ``nan`` where all effects are equal.
    """
    order = np.lexsort((-vi, yi)).astype(np.intp)
    y, weight = yi[order], _WEIGHT * vi.max() / vi[order]
    total = weight.sum()
    below = np.cumsum(weight) - weight / 2.0 - 0.5
    # From the far end, so that a place next to 1 keeps its digits.
    above = np.cumsum(weight[::-1])[::-1] - weight / 2.0 + 0.5
    z = np.where(
        below < above, special.ndtri(below / total), -special.ndtri(np.minimum(above / total, 1.0))
    )
    tip = int(np.argmin(np.abs(z)))
    spread = y[-1] - y[0]
    if spread == 0.0:
        return Doi(order, z, tip, np.nan)
    scaled = (z.max() - z.min()) / spread * (y - y[tip])
    return Doi(order, z, tip, float(2.5 / y.size * (z + scaled).sum()))
