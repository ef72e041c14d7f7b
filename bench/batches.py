"""Many analyses in one batch, against the same analyses in a plain loop."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bench.figure import Figure, compare
from equipoise.stats import EffectSizes, effect_sizes, pool, pool_subsets, resolve_methods

TRIALS = 13


def figures() -> Iterator[Figure]:
    """Measure leave-one-out as one batch and as a loop."""
    trials = trials_of(TRIALS)
    keep = ~np.eye(TRIALS, dtype=np.bool_)
    methods = [resolve_methods("cochrane-2025", "GENERIC")]

    def loop() -> None:
        for mask in keep:
            pool(trials.subset(mask))

    yield compare(
        f"leaving out each of {TRIALS} trials, REML and Hartung-Knapp, as one batch",
        lambda: pool_subsets(trials, keep, methods),
        "the same as a loop over pool",
        loop,
        aim="under 0.2",
    )


def trials_of(k: int) -> EffectSizes:
    """Make ``k`` trials from fixed numbers: the same every time, different from each other."""
    steps = np.arange(k)
    return effect_sizes(
        "GENERIC", estimate=np.sin(steps) - 0.3, se=0.2 + 0.02 * (steps % 5), study=None
    )
