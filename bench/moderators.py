"""Permutation tests of a meta-regression: one batch, against a loop over fits."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bench.figure import Figure, compare
from bench.trials import moderators_of, trials_of
from equipoise.stats.moderators.meta_regression import meta_regression

TRIALS = 13
PERMUTATIONS = 1000
LOOPED = 50


def figures() -> Iterator[Figure]:
    """Measure 1,000 permutations of two moderators, and 50 fits in a loop."""
    trials, moderators = trials_of(TRIALS), moderators_of(TRIALS)
    fit = meta_regression(trials, moderators)
    generator = np.random.Generator(np.random.PCG64(1))
    orders = generator.permuted(np.tile(np.arange(TRIALS), (LOOPED, 1)), axis=1)
    yield compare(
        f"a permutation of 2 moderators in {TRIALS} trials, REML each time, "
        f"one of {PERMUTATIONS:,}",
        lambda: fit.permute(PERMUTATIONS),
        "one in a loop over meta_regression",
        lambda: [meta_regression(trials, moderators[order]) for order in orders],
        aim="under 0.1",
        items=(PERMUTATIONS, LOOPED),
    )
