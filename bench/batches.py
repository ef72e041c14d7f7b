"""Many analyses in one batch, against the same analyses in a plain loop."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bench.figure import Figure, compare
from bench.trials import trials_of
from equipoise.kernels.batches import Batch, from_block
from equipoise.kernels.tau2 import maximum_likelihood
from equipoise.stats import pool, pool_subsets, resolve_methods

TRIALS = 13
FITS = 10_000
LOOPED = 100


def figures() -> Iterator[Figure]:
    """Measure leave-one-out and 10,000 REML fits, as batches and as loops."""
    yield _leave_one_out()
    yield _reml()


def _leave_one_out() -> Figure:
    trials = trials_of(TRIALS)
    keep = ~np.eye(TRIALS, dtype=np.bool_)
    methods = [resolve_methods("cochrane-2025", "GENERIC")]
    return compare(
        f"leaving out each of {TRIALS} trials, REML and Hartung-Knapp, as one batch",
        lambda: pool_subsets(trials, keep, methods),
        "a loop over pool",
        lambda: [pool(trials.subset(mask)) for mask in keep],
        aim="under 0.2",
    )


def _reml() -> Figure:
    batch = simulated(FITS)
    rows = [batch.rows(np.array([row])) for row in range(LOOPED)]
    return compare(
        f"a REML fit of {TRIALS} trials, one of {FITS:,} in a batch",
        lambda: maximum_likelihood(batch, restricted=True),
        "one in a loop over batches of one",
        lambda: [maximum_likelihood(row, restricted=True) for row in rows],
        aim="under 0.2, and 40 µs",
        runs=5,
        items=(FITS, LOOPED),
    )


def simulated(rows: int) -> Batch:
    """Make ``rows`` different meta-analyses of 13 trials, a third of them with τ² near zero."""
    generator = np.random.Generator(np.random.PCG64(1))
    trials = trials_of(TRIALS)
    tau = np.array([0.0, 0.2, 0.6])[np.arange(rows) % 3, None]
    yi = np.sqrt(trials.vi + tau**2) * generator.standard_normal((rows, TRIALS))
    return from_block(yi, trials.vi[None, :], np.ones(yi.shape, dtype=np.bool_))
