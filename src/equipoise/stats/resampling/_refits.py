"""Pooling other values in the places of the trials, by the methods of a fit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from equipoise.kernels.batches import Floats
from equipoise.stats._engine import Core, fit_core, intervals
from equipoise.stats.effects.effect_sizes import EffectSizes
from equipoise.stats.method_spec import MethodSpec

if TYPE_CHECKING:
    from equipoise.kernels.intervals import Inference

# Rows are pooled in blocks of about this many numbers: the scan of a likelihood holds some dozens
# of times as many.
_BLOCK = 20_000


def blocks(count: int, columns: int) -> Iterator[slice]:
    """Part ``count`` rows into slices that keep memory bounded."""
    step = max(1, _BLOCK // max(1, columns))
    return (slice(start, start + step) for start in range(0, count, step))


def refit(
    effects: EffectSizes, yi: Floats, vi: Floats | None, spec: MethodSpec
) -> tuple[Core, Inference]:
    """Pool each row of ``yi`` (and ``vi``) of shape ``(B, n)`` in the places of the trials.

    Not estimable trials stay so. The block is pooled as one batch: `blocks` parts a large one.
    """
    # The engine spreads yi and vi over the rows of the mask: a row each is as good as one for all.
    changed = replace(effects, yi=yi, vi=effects.vi if vi is None else vi)
    keep = np.broadcast_to(effects.estimable, yi.shape)
    core = fit_core(changed, keep, spec)
    return core, intervals(core, spec)


def statistics(effects: EffectSizes, yi: Floats, spec: MethodSpec) -> Floats:
    """Return the test statistic of each row of ``yi``; zero where all its estimates are zero."""
    if spec.ci == "henmi-copas":
        # Its statistic is Wald's: what it adds, quadrature for each row, is another quantile.
        spec = replace(spec, ci="wald")
    parts = [refit(effects, yi[part], None, spec)[1].statistic for part in blocks(*yi.shape)]
    value = np.concatenate(parts) if parts else np.empty(0)
    nothing = ~np.where(effects.estimable, yi, 0.0).any(axis=1)
    return np.where(nothing, 0.0, value)
