"""R's way to the REML estimate of τ², with the rule by which it stops as an argument.

``metafor::rma`` takes Fisher's scoring steps from Hedges's estimate, halved where they would pass
zero, until a step is below ``stop``: 1e-5 unless its caller says otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, variance

R_DEFAULT = 1e-5


@dataclass(frozen=True, slots=True)
class Mean:
    """A pooled mean and the τ² it rests on."""

    estimate: float
    se: float
    tau2: float


def reml(y: Sequence[float], v: Sequence[float], stop: float = R_DEFAULT) -> Mean:
    """Pool as R does by default, or until a step is below ``stop``."""
    tau2 = max(0.0, variance(y) - fmean(v))
    change = stop + 1.0
    while change > stop:
        w = [1.0 / (b + tau2) for b in v]
        one, two, three = (sum(a**power for a in w) for power in (1, 2, 3))
        mean = sum(a * b for a, b in zip(w, y, strict=True)) / one
        form = sum((a * (b - mean)) ** 2 for a, b in zip(w, y, strict=True))
        step = (form - (one - two / one)) / (two - 2.0 * three / one + (two / one) ** 2)
        while tau2 + step < 0.0:
            step /= 2.0
        tau2 += step
        change = abs(step)
    w = [1.0 / (b + tau2) for b in v]
    estimate = sum(a * b for a, b in zip(w, y, strict=True)) / sum(w)
    return Mean(estimate, sum(w) ** -0.5, tau2)
