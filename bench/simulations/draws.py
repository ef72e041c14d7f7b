"""Meta-analyses drawn at random, of which the truth is known."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from scipy import special

from equipoise.kernels.batches import Bools, Floats, from_block
from equipoise.kernels.distributions import normal_critical
from equipoise.kernels.heterogeneity import typical_variance
from equipoise.stats import EffectSizes, effect_sizes

SMALLEST, LARGEST = 0.009, 0.6
"""Sampling variances are a quarter of a χ² variable with one degree of freedom, between these."""

_SEED: Final = 20_251_123
_QUARTER: Final = 0.25


@dataclass(frozen=True, slots=True)
class Scenario:
    """How many trials, and τ² in units of the typical sampling variance of these trials."""

    k: int
    ratio: float

    @property
    def i2(self) -> float:
        """The share of the variance that lies between trials."""
        return self.ratio / (1.0 + self.ratio)

    def generator(self) -> np.random.Generator:
        """Return the source of this scenario's draws, the same each time."""
        return np.random.Generator(np.random.PCG64([_SEED, self.k, round(100.0 * self.ratio)]))


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """Meta-analyses of a scenario whose true mean is zero.

    ``effects`` holds blocks of shape ``(B, k)``; ``tau2`` and ``typical``, the typical sampling
    variance, have shape ``(B,)``.
    """

    effects: EffectSizes
    tau2: Floats
    typical: Floats

    @property
    def keep(self) -> Bools:
        """All trials of all meta-analyses."""
        return np.ones(self.effects.yi.shape, dtype=np.bool_)

    def first(self, count: int) -> Draws:
        """Take the first few."""
        effects = replace(self.effects, yi=self.effects.yi[:count], vi=self.effects.vi[:count])
        return Draws(effects, self.tau2[:count], self.typical[:count])

    def known_width(self, level: float, *, new_trial: bool) -> Floats:
        """Return how wide the interval of the mean, or of a new trial, were if τ² was known."""
        total = (1.0 / (self.effects.vi + self.tau2[:, None])).sum(axis=1)
        variance = 1.0 / total + (self.tau2 if new_trial else 0.0)
        return np.asarray(2.0 * normal_critical(level) * np.sqrt(variance), dtype=np.float64)


def draw(scenario: Scenario, rows: int, generator: np.random.Generator) -> Draws:
    """Draw ``rows`` meta-analyses: variances first, then τ² to match, then normal estimates."""
    shape = (rows, scenario.k)
    vi = _variances(generator.random(shape))
    batch = from_block(np.zeros(shape), vi, np.ones(shape, dtype=np.bool_))
    typical = typical_variance(batch)
    tau2 = scenario.ratio * typical
    yi = np.sqrt(vi + tau2[:, None]) * generator.standard_normal(shape)
    empty = effect_sizes("GENERIC", estimate=[0.0] * scenario.k, se=[1.0] * scenario.k)
    return Draws(replace(empty, yi=yi, vi=vi), tau2, typical)


def _variances(uniform: Floats) -> Floats:
    """Turn uniform numbers into sampling variances: the truncated distribution's quantiles."""
    low, high = (special.chdtr(1.0, limit / _QUARTER) for limit in (SMALLEST, LARGEST))
    upper = 1.0 - (low + (high - low) * uniform)
    return np.asarray(_QUARTER * special.chdtri(1.0, upper), dtype=np.float64)
