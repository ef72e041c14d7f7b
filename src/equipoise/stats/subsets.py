"""Many subsets and many methods at once: the engine of sensitivity analyses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from equipoise.errors import DataError, MethodError
from equipoise.kernels.batches import Bools, Floats, Ints
from equipoise.kernels.intervals import Inference
from equipoise.stats._engine import Core, core_key, fit_core, intervals
from equipoise.stats.effects.effect_sizes import EffectSizes
from equipoise.stats.presets import MethodSpec, with_effect_options


@dataclass(frozen=True, slots=True, eq=False)
class SubsetFits:
    """Fits of ``M`` methods to ``B`` subsets on the analysis scale: arrays ``(M, B)``.

    ``nan`` where a fit is not defined: no trial can be estimated, a Mantel-Haenszel sum is zero,
    τ² of a single trial or of a common effect, an iteration that did not converge. ``k`` counts
    the estimable trials of each subset, shape ``(B,)``.
    """

    estimate: Floats
    se: Floats
    ci_low: Floats
    ci_high: Floats
    p: Floats
    tau2: Floats
    k: Ints


def pool_subsets(effects: EffectSizes, keep: Bools, methods: Sequence[MethodSpec]) -> SubsetFits:
    """Pool every subset of the trials by every set of methods.

    Equals a loop of `pool` over subsets and methods; methods that differ only in their intervals
    share one fit.

    Args:
        effects: The trials.
        keep: Which trials are in each subset, booleans of shape ``(B, n)``.
        methods: Resolved methods for the measure of ``effects``.

    Raises:
        DataError: If ``keep`` has the wrong shape or type.
        MethodError: If methods were resolved for another measure.
    """
    mask = _checked(effects, keep)
    cores: dict[tuple[str, ...], Core] = {}
    rows = []
    for given in methods:
        if given.measure != effects.measure:
            raise MethodError(
                f"the methods were resolved for {given.measure}, the effect sizes are "
                f"{effects.measure}",
                spec=f"measure={given.measure}",
                reason="another measure",
            )
        spec = with_effect_options(given, dict(effects.options))
        key = core_key(spec)
        if key not in cores:
            cores[key] = fit_core(effects, mask, spec)
        rows.append((intervals(cores[key], spec), cores[key], spec))
    return _stack(rows, np.count_nonzero(mask & effects.estimable, axis=1))


def _stack(rows: list[tuple[Inference, Core, MethodSpec]], k: Ints) -> SubsetFits:
    shape = (len(rows), k.size)

    def blank() -> Floats:
        return np.full(shape, np.nan)

    fits = SubsetFits(blank(), blank(), blank(), blank(), blank(), blank(), k)
    for m, (inference, core, spec) in enumerate(rows):
        good = np.isfinite(core.estimate)
        if core.between is not None:
            good &= core.between.converged
        fits.estimate[m] = np.where(good, core.estimate, np.nan)
        fits.se[m] = np.where(good, inference.se, np.nan)
        fits.ci_low[m] = np.where(good, inference.low, np.nan)
        fits.ci_high[m] = np.where(good, inference.high, np.nan)
        fits.p[m] = np.where(good, inference.p, np.nan)
        if spec.model == "random":
            fits.tau2[m] = np.where(good, core.tau2, np.nan)
    return fits


def _checked(effects: EffectSizes, keep: Bools) -> Bools:
    mask = np.asarray(keep)
    if mask.dtype != np.bool_ or mask.shape[1:] != (len(effects),):
        raise DataError(
            f"keep must be booleans of shape (B, {len(effects)}), not {mask.dtype} of shape "
            f"{mask.shape}",
            rule="shape of keep",
        )
    return mask
