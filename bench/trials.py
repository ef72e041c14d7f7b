"""The trials that every benchmark pools."""

from __future__ import annotations

import numpy as np

from equipoise.kernels.batches import Floats
from equipoise.stats import EffectSizes, effect_sizes


def trials_of(k: int) -> EffectSizes:
    """Make ``k`` trials from fixed numbers: the same every time, different from each other."""
    steps = np.arange(k)
    return effect_sizes(
        "GENERIC", estimate=np.sin(steps) - 0.3, se=0.2 + 0.02 * (steps % 5), study=None
    )


def moderators_of(k: int) -> Floats:
    """Make two moderators, shape ``(k, 2)``."""
    steps = np.arange(k)
    return np.column_stack((np.cos(2.0 * steps), steps % 4)).astype(np.float64)
