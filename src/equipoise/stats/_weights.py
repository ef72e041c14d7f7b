"""From the names of the weights to the weights of the trials."""

from __future__ import annotations

import numpy as np

from equipoise.errors import MethodError
from equipoise.kernels.batches import Batch, Floats
from equipoise.stats.effects.effect_sizes import EffectSizes
from equipoise.stats.method_spec import MethodSpec

_ARMS = ("n_1", "n_2")


def pooling_weights(effects: EffectSizes, batch: Batch, spec: MethodSpec) -> Floats:
    """Return the weights of ``spec`` for every place of the batch, shape ``(B, n)``.

    Raises:
        MethodError: If the trials have no sizes, or there is not one weight for each.
    """
    if spec.weighting == "ivhet":
        return 1.0 / batch.vi
    if spec.weighting == "sample-size":
        values = _sizes(effects, batch)
    elif spec.weights is not None:
        values = one_each("weights", spec.weights, batch)
    else:
        values = np.ones(batch.vi.shape[1])
    return np.asarray(np.broadcast_to(values, batch.vi.shape))


def one_each(name: str, values: tuple[float, ...] | None, batch: Batch) -> Floats:
    """Return the user's weights as an array.

    Raises:
        MethodError: If there is not one weight for each trial.
    """
    weights = np.array(values, dtype=np.float64)
    if weights.size != batch.vi.shape[1]:
        raise MethodError(
            f"{name} has {weights.size} values for {batch.vi.shape[1]} trials; give one "
            "for each trial, in the order of the trials",
            spec=name,
            reason="not one weight a trial",
        )
    return weights


def _sizes(effects: EffectSizes, batch: Batch) -> Floats:
    """Return n₁ n₂ / (n₁ + n₂), by which two arms' sizes count as one; or n of a single group."""
    columns = effects.columns
    if all(name in columns for name in _ARMS):
        first, second = (columns[name] for name in _ARMS)
        sizes = first * (second / (first + second))
    elif "n" in columns:
        sizes = columns["n"]
    else:
        raise MethodError(
            f"the {effects.measure} effects come without numbers of participants; give "
            "weights= instead of weighting='sample-size'",
            spec="weighting=sample-size",
            reason="no sizes",
        )
    known = np.isfinite(sizes)
    if np.any(batch.present & ~known):
        raise MethodError(
            "a trial lacks its number of participants; give weights= instead of "
            "weighting='sample-size'",
            spec="weighting=sample-size",
            reason="no size of a trial",
        )
    return np.asarray(np.where(known, sizes, 1.0), dtype=np.float64)
