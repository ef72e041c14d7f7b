"""How the time of one large meta-analysis grows with the number of its trials."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from bench.figure import Figure, compare
from bench.trials import trials_of
from equipoise.stats import EffectSizes, pool

SIZES = (1_000, 4_000, 16_000)


def figures() -> Iterator[Figure]:
    """Measure each size against the one before it: nothing may grow faster than the trials."""
    for small, large in pairwise(SIZES):
        yield _growth(trials_of(small), trials_of(large))


def _growth(small: EffectSizes, large: EffectSizes) -> Figure:
    times = large.k // small.k
    return compare(
        f"pool {large.k:,} trials (REML, Hartung-Knapp, Q-profile, prediction interval)",
        lambda: pool(large),
        f"pool {small.k:,} trials",
        lambda: pool(small),
        aim=f"at most {times}, linear growth",
    )
