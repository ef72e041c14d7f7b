"""Permutation tests of a meta-regression: one batch, against a loop over fits."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bench.figure import Figure, compare
from equipoise.stats import effect_sizes
from equipoise.stats.moderators.meta_regression import meta_regression

TRIALS = 13
PERMUTATIONS = 1000
LOOPED = 50


def figures() -> Iterator[Figure]:
    """Measure 1,000 permutations of two moderators, and 50 fits in a loop."""
    steps = np.arange(TRIALS)
    trials = effect_sizes(
        "GENERIC", estimate=np.sin(steps) - 0.3, se=0.2 + 0.02 * (steps % 5), study=None
    )
    moderators = np.column_stack((np.cos(2.0 * steps), steps % 4)).astype(float)
    fit = meta_regression(trials, moderators)
    orders = np.random.Generator(np.random.PCG64(1)).permuted(np.tile(steps, (LOOPED, 1)), axis=1)

    def loop() -> None:
        for order in orders:
            meta_regression(trials, moderators[order])

    yield compare(
        f"{PERMUTATIONS} permutations of 2 moderators in {TRIALS} trials, REML each time",
        lambda: fit.permute(PERMUTATIONS),
        f"{LOOPED} of them as a loop over meta_regression",
        loop,
        aim="under 1 (a twentieth of a loop over all)",
    )
