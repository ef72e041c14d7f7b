"""Permutation tests and subsets as batches, against the same analyses in a plain loop."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from bench.figure import Figure, compare
from bench.trials import trials_of
from equipoise.stats import MetaAnalysis, pool
from equipoise.stats.heterogeneity.gosh import gosh
from equipoise.stats.resampling.permutation import permutation_test

TRIALS = 13
MANY = 20
PATTERNS = 1_000
LOOPED = 50


def figures() -> Iterator[Figure]:
    """Measure 1,000 sign patterns and all subsets, each against a loop over fifty of them."""
    yield _signs()
    yield _every_subset(pool(trials_of(TRIALS)), "REML", runs=5)
    yield _every_subset(pool(trials_of(MANY), model="common"), "a common effect", runs=3)


def _signs() -> Figure:
    trials = trials_of(TRIALS)
    fit = pool(trials)
    generator = np.random.Generator(np.random.PCG64(1))
    signs = generator.choice((-1.0, 1.0), size=(LOOPED, TRIALS))

    def loop() -> None:
        for row in signs:
            pool(replace(trials, yi=row * trials.yi), methods=fit.methods)

    return compare(
        f"permutation test of {TRIALS} trials, REML and Hartung-Knapp: a pattern of {PATTERNS:,}",
        lambda: permutation_test(fit, exact=False, iterations=PATTERNS, ci=False),
        "one in a loop over pool",
        loop,
        aim="under 0.1",
        items=(PATTERNS, LOOPED),
    )


def _every_subset(fit: MetaAnalysis, how: str, *, runs: int) -> Figure:
    generator = np.random.Generator(np.random.PCG64(1))
    chosen = generator.random((LOOPED, fit.k)) < 0.5
    chosen[:, :2] = True
    subsets = [fit.effects.subset(mask) for mask in chosen]
    count = 2**fit.k - 1 - fit.k

    def loop() -> None:
        for trials in subsets:
            pool(trials, methods=fit.methods)

    return compare(
        f"GOSH of {fit.k} trials by {how}, clusters included: a subset of all {count:,}",
        lambda: gosh(fit, subsets=count),
        "one in a loop over pool",
        loop,
        aim="under 0.2",
        runs=runs,
        items=(count, LOOPED),
    )
