"""Permutation tests and subsets as batches, against the same analyses in a plain loop."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from bench.figure import Figure, compare
from equipoise.stats import EffectSizes, MethodSpec, effect_sizes, pool
from equipoise.stats.heterogeneity.gosh import gosh
from equipoise.stats.resampling.permutation import permutation_test

TRIALS = 13
LOOPED = 50
"""The plain loops do this many fits; ratios are for as many, so that a run stays short."""


def figures() -> Iterator[Figure]:
    """Measure 1,000 sign patterns and all subsets, each against a loop of a part of them."""
    trials = _trials(TRIALS)
    fit, common = pool(trials), pool(trials, model="common", ci="wald")
    generator = np.random.Generator(np.random.PCG64(1))
    signs = generator.choice((-1.0, 1.0), size=(LOOPED, TRIALS))
    subsets = [np.append(row > 0.0, True)[1:] for row in signs]

    def flipped() -> None:
        for row in signs:
            pool(replace(trials, yi=row * trials.yi), methods=fit.methods)

    def some_subsets(methods: MethodSpec) -> None:
        for mask in subsets:
            pool(trials.subset(mask), methods=methods)

    yield compare(
        f"permutation test of {TRIALS} trials, 1,000 patterns, REML and Hartung-Knapp",
        lambda: permutation_test(fit, exact=False, iterations=1000, ci=False),
        f"a loop over {LOOPED} of the patterns",
        flipped,
        aim="under 0.7 (the whole loop is 20 times as long)",
    )
    yield compare(
        f"GOSH of {TRIALS} trials, all 8,178 subsets by REML, clusters included",
        lambda: gosh(fit),
        f"a loop over {LOOPED} of the subsets",
        lambda: some_subsets(fit.methods),
        aim="under 20 (the whole loop is 164 times as long)",
    )
    twenty = pool(_trials(20), model="common", ci="wald")
    yield compare(
        "GOSH of 20 trials, all 1,048,555 subsets by a common effect, clusters included",
        lambda: gosh(twenty),
        f"a loop over {LOOPED} subsets",
        lambda: some_subsets(common.methods),
        aim="under 400 (the whole loop is 20,971 times as long)",
        runs=3,
    )


def _trials(count: int) -> EffectSizes:
    """Make trials from fixed numbers: the same every time, different from each other."""
    steps = np.arange(count)
    return effect_sizes(
        "GENERIC", estimate=np.sin(steps) - 0.3, se=0.2 + 0.02 * (steps % 5), study=None
    )
