r"""How much a new trial must weigh to bring a confidence limit to a threshold, in closed form."""

from __future__ import annotations

import math


def tipping_weight(gap: float, weight: float, pull: float, critical: float) -> float | None:
    r"""Return the weight of a new trial that brings a normal confidence limit to a threshold.

    The pooled estimate lies ``gap`` > 0 beyond the threshold with the total ``weight`` ``W``, the new
    trial ``pull`` beyond it (negative: on the other side). With :math:`s = \sqrt{W + w}` the limit is
    at the threshold where :math:`pull \cdot s^2 - z s + W (gap - pull) = 0`. The smallest root above
    :math:`\sqrt W` counts; ``None`` where there is none, because the trial supports the effect. A
    root is written so that nothing cancels.
    """
    constant = weight * (gap - pull)
    if pull == 0.0:
        root = constant / critical
    elif pull < 0.0:
        square = math.sqrt(critical**2 + 4.0 * -pull * constant)
        root = 2.0 * constant / (critical + square)
    else:
        discriminant = critical**2 - 4.0 * pull * constant
        if discriminant < 0.0:
            return None
        root = 2.0 * constant / (critical + math.sqrt(discriminant))
    added = root**2 - weight
    return added if added > 0.0 else None
