"""Fully resolved methods, as every result carries them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from equipoise.stats.options import (
    I2,
    Ci,
    DoubleZero,
    Method,
    MhCounts,
    MhRdVariance,
    Model,
    Pi,
    SmdVariance,
    Tau2,
    Tau2Ci,
    Weighting,
    ZeroCells,
)


@dataclass(frozen=True, slots=True)
class MethodSpec:
    """Fully resolved methods: nothing is left to a default.

    ``tau2`` and ``pi`` are ``None`` where the model has none; ``tau2_value`` is given where τ² is
    fixed, ``tau2_weights`` (one a trial) where a general Q estimates it, ``weights`` (one a trial)
    where the ``weighting`` is ``given``. ``changed`` lists what departs from the preset, as
    (option, value).
    """

    preset: str
    measure: str
    model: Model
    method: Method
    tau2: Tau2 | None
    ci: Ci
    pi: Pi | None
    tau2_ci: Tau2Ci
    i2: I2
    level: float
    zero_cells: ZeroCells
    double_zero: DoubleZero
    add: float
    smd_variance: SmdVariance
    changed: tuple[tuple[str, str], ...] = ()
    mh_counts: MhCounts = "observed"
    mh_rd_variance: MhRdVariance = "sato"
    tau2_value: float | None = None
    tau2_weights: tuple[float, ...] | None = None
    weighting: Weighting = "inverse-variance"
    weights: tuple[float, ...] | None = None

    def for_trials(self, kept: Sequence[bool]) -> MethodSpec:
        """Return the methods for some of the trials: their own weights, and all else the same."""
        return replace(
            self,
            tau2_weights=_kept(self.tau2_weights, kept),
            weights=_kept(self.weights, kept),
        )


def _kept(values: tuple[float, ...] | None, kept: Sequence[bool]) -> tuple[float, ...] | None:
    if values is None:
        return None
    return tuple(value for value, keep in zip(values, kept, strict=True) if keep)
