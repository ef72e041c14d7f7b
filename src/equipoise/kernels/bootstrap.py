r"""Intervals from bootstrap draws of one quantity.

``draws`` are :math:`R` values :math:`t^*` of an estimate :math:`t`, in any order. Quantiles follow
Davison and Hinkley 1997 (Bootstrap Methods and their Application, section 5.2): the
:math:`(R+1) p`-th value, between two values by a straight line on the normal scale, as
``boot::boot.ci`` in R. ``nan`` where ``R`` draws do not reach so far into the tail.
"""

from __future__ import annotations

import math

import numpy as np
from scipy import special

from equipoise.kernels.batches import Floats

Interval = tuple[float, float]
_NONE: Interval = (math.nan, math.nan)
_WHOLE = 1e-9


def quantile(draws: Floats, probability: float) -> float:
    """Return a quantile of the draws; ``nan`` outside of the first and last."""
    ordered, place = np.sort(draws), (draws.size + 1) * probability
    if not 1.0 - _WHOLE <= place <= draws.size + _WHOLE:
        return math.nan
    whole = abs(place - round(place)) < _WHOLE
    below = round(place) if whole else math.floor(place)
    first = float(ordered[below - 1])
    if whole:
        return first
    ends = special.ndtri(np.array([below, below + 1]) / (draws.size + 1.0))
    share = (float(special.ndtri(probability)) - ends[0]) / (ends[1] - ends[0])
    second = float(ordered[below])
    return first if first == second else first + float(share) * (second - first)


def percentile(draws: Floats, level: float) -> Interval:
    """Return the quantiles of the draws themselves. Efron 1979, doi:10.1214/aos/1176344552."""
    tail = (1.0 - level) / 2.0
    return quantile(draws, tail), quantile(draws, 1.0 - tail)


def basic(estimate: float, draws: Floats, level: float) -> Interval:
    """Return the percentile limits mirrored at the estimate (the pivot is the error)."""
    low, high = percentile(draws, level)
    return 2.0 * estimate - high, 2.0 * estimate - low


def studentised(
    estimate: float, se: float, draws: Floats, draw_se: Floats, level: float
) -> Interval:
    """Return the limits by the draws' own t statistics; ``nan`` where their quantile is infinite."""
    with np.errstate(divide="ignore", invalid="ignore"):
        t = (draws - estimate) / draw_se
    t = np.where(np.isnan(t), 0.0, t)
    low, high = percentile(t, level)
    if not (math.isfinite(low) and math.isfinite(high)):
        return _NONE
    return estimate - se * high, estimate - se * low


def bias_corrected(estimate: float, draws: Floats, jackknife: Floats, level: float) -> Interval:
    r"""Return the bias-corrected and accelerated limits (BCa).

    The bias is the normal quantile of the share of draws below the estimate (ties by half), the
    acceleration :math:`\sum d^3 / (6 (\sum d^2)^{3/2})` of the distances ``d`` of the ``jackknife``
    estimates below their mean; no acceleration where they are all the same. Efron 1987,
    doi:10.1080/01621459.1987.10478410.
    """
    share = float((draws < estimate).mean() + 0.5 * (draws == estimate).mean())
    if not 0.0 < share < 1.0:
        return _NONE
    distance = jackknife.mean() - jackknife
    scale = float((distance**2).sum()) ** 1.5
    acceleration = float((distance**3).sum()) / (6.0 * scale) if scale > 0.0 else 0.0
    bias = float(special.ndtri(share))
    tail = (1.0 - level) / 2.0
    ends = []
    for z in (float(special.ndtri(tail)), float(special.ndtri(1.0 - tail))):
        rest = 1.0 - acceleration * (bias + z)
        moved = bias + (bias + z) / rest if rest > 0.0 else math.nan
        ends.append(quantile(draws, float(special.ndtr(moved))))
    return ends[0], ends[1]
