"""What the engine finds out about each subset before any interval."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from equipoise.kernels.batches import Batch, Floats, Ints
from equipoise.kernels.inverse_variance import weighted_mean
from equipoise.kernels.tau2 import BetweenStudy


@dataclass(frozen=True, slots=True, eq=False)
class Core:
    """Pooled estimates of ``B`` subsets before any interval; shape ``(B,)`` unless said.

    ``se`` is the classic standard error; ``spread`` the weighted sum of squared residuals of the
    inverse-variance fit (for Hartung and Knapp); ``weights`` has shape ``(B, n)`` and is not
    scaled. ``tau2`` is ``nan`` where there are fewer than two trials, and zero for a common effect.
    """

    batch: Batch
    k: Ints
    estimate: Floats
    se: Floats
    spread: Floats
    q: Floats
    q_df: Ints
    weights: Floats
    tau2: Floats
    between: BetweenStudy | None


def random_core(batch: Batch, q: Floats, q_df: Ints, between: BetweenStudy) -> Core:
    """Pool by inverse variance at the between-study variances found."""
    fit = weighted_mean(batch, known(between.tau2))
    return Core(
        batch, batch.k, fit.estimate, fit.se, fit.q, q, q_df, fit.weights, between.tau2, between
    )


def known(tau2: Floats) -> Floats:
    """Return τ² with zero where it is not defined: a single trial pools to itself."""
    return np.where(np.isnan(tau2), 0.0, tau2)


def single_trials(core: Core) -> Core:
    """Give subsets of one trial that trial's own estimate and variance."""
    alone = (core.k == 1) & (core.batch.k == 1)
    if not alone.any():
        return core
    own = weighted_mean(core.batch, np.zeros(core.k.size))
    return replace(
        core,
        estimate=np.where(alone, own.estimate, core.estimate),
        se=np.where(alone, own.se, core.se),
        spread=np.where(alone, 0.0, core.spread),
        q=np.where(alone, 0.0, core.q),
        weights=np.where(alone[:, None], core.batch.present.astype(np.float64), core.weights),
        tau2=np.where(alone, np.nan, core.tau2),
    )
