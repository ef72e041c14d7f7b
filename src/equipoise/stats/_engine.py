"""The one engine under `pool` and `pool_subsets`: a batch of subsets of the same trials."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from equipoise.kernels.batches import Batch, Bools, Floats, from_block
from equipoise.kernels.distributions import normal_two_sided
from equipoise.kernels.given_weights import mean_with_weights
from equipoise.kernels.henmi_copas import henmi_copas
from equipoise.kernels.intervals import (
    Inference,
    hartung_knapp,
    infer,
    prediction,
    wider,
)
from equipoise.kernels.inverse_variance import weighted_mean
from equipoise.kernels.kenward_roger import kenward_roger
from equipoise.kernels.profile_mean import profile_mean
from equipoise.kernels.tau2 import dersimonian_laird
from equipoise.stats._between_study import between_study
from equipoise.stats._core import Core, known, random_core, single_trials
from equipoise.stats._count_cores import mantel_haenszel_core, peto_core
from equipoise.stats._weights import pooling_weights
from equipoise.stats.effects.effect_sizes import EffectSizes
from equipoise.stats.method_spec import MethodSpec

__all__ = [
    "Core",
    "core_key",
    "fit_core",
    "intervals",
    "narrower_than_usual",
    "prediction_spread",
    "predictions",
]


def core_key(spec: MethodSpec) -> tuple[str, ...]:
    """Return what of the methods bears on the estimate, so that intervals can share it."""
    between = (str(spec.tau2), str(spec.tau2_value), str(spec.tau2_weights))
    weights = (spec.weighting, str(spec.weights))
    counts = (spec.mh_counts, spec.mh_rd_variance, spec.zero_cells, str(spec.add))
    return (spec.model, spec.method, *between, *weights, *counts)


def fit_core(effects: EffectSizes, keep: Bools, spec: MethodSpec) -> Core:
    """Pool each subset in ``keep`` (shape ``(B, n)``) by the methods of ``spec``."""
    batch = from_block(effects.yi, effects.vi, keep & effects.estimable)
    if spec.method == "MH":
        core = mantel_haenszel_core(effects, keep, batch, spec)
    elif spec.method == "Peto":
        core = peto_core(effects, keep, batch)
    else:
        core = _inverse_variance(batch, spec)
        if spec.weighting != "inverse-variance":
            core = _reweighted(core, pooling_weights(effects, batch, spec))
    return single_trials(core)


def _inverse_variance(batch: Batch, spec: MethodSpec) -> Core:
    zero = np.zeros(batch.k.size)
    common = weighted_mean(batch, zero)
    if spec.model == "common":
        return Core(
            batch, batch.k, common.estimate, common.se, common.q, common.q,
            batch.k - 1, common.weights, zero, None,
        )  # fmt: skip
    return random_core(batch, common.q, batch.k - 1, between_study(batch, spec, common.q))


def _reweighted(core: Core, weights: Floats) -> Core:
    """Replace the mean by one with other weights; τ² and heterogeneity stay as they are."""
    fit = mean_with_weights(core.batch, weights, known(core.tau2))
    return Core(
        core.batch, core.k, fit.estimate, fit.se, core.spread, core.q, core.q_df, fit.weights,
        core.tau2, core.between,
    )  # fmt: skip


def intervals(core: Core, spec: MethodSpec) -> Inference:
    """Test and interval of each subset; a single trial keeps its own Wald interval."""
    wald = _wald(core, spec.level)
    if spec.ci == "wald":
        return wald
    return _where_several(core, _INTERVALS[spec.ci](core, spec, wald), wald)


def predictions(core: Core, ci: Inference, spec: MethodSpec) -> tuple[Floats, Floats]:
    """Prediction intervals; ``nan`` where not defined."""
    se, df = prediction_spread(core, ci, spec)
    return prediction(core.estimate, se, core.tau2, df, spec.level)


def prediction_spread(core: Core, ci: Inference, spec: MethodSpec) -> tuple[Floats, Floats]:
    """Return the standard error and the degrees of freedom of the prediction interval."""
    k = core.k.astype(np.float64)
    if spec.pi == "follow-ci":
        return ci.se, ci.df
    if spec.pi in {"HTS", "V"}:
        return core.se, k - (2.0 if spec.pi == "HTS" else 1.0)
    if spec.pi in {"HK", "HK-PR"}:
        se = hartung_knapp(core.se, core.spread, k, floor=False)
        return se, k - (2.0 if spec.pi == "HK-PR" else 1.0)
    if spec.pi in {"KR", "KR-PR"}:
        adjusted = kenward_roger(core.batch, core.tau2)
        return adjusted.se, adjusted.df - (1.0 if spec.pi == "KR-PR" else 0.0)
    return core.se, np.full(k.shape, np.inf)


def _wald(core: Core, level: float) -> Inference:
    return infer(core.estimate, core.se, np.full(core.k.shape, np.inf), level)


def _where_several(core: Core, special: Inference, wald: Inference) -> Inference:
    """Take the special interval where there are several trials, and else Wald's."""
    several = core.k > 1
    names = ("se", "statistic", "df", "p", "low", "high")
    return Inference(
        *(np.where(several, getattr(special, name), getattr(wald, name)) for name in names)
    )


def _by_t(core: Core, se: Floats, level: float) -> Inference:
    return infer(core.estimate, se, core.k.astype(np.float64) - 1.0, level)


def _t(core: Core, spec: MethodSpec, _: Inference) -> Inference:
    return _by_t(core, core.se, spec.level)


def _hksj(core: Core, spec: MethodSpec, _: Inference) -> Inference:
    k = core.k.astype(np.float64)
    se = hartung_knapp(core.se, core.spread, k, floor=spec.ci == "hksj-floor")
    return _by_t(core, se, spec.level)


def _hksj_if_wider(core: Core, spec: MethodSpec, wald: Inference) -> Inference:
    return wider(_hksj(core, spec, wald), wald)


def _hksj_iqwig(core: Core, spec: MethodSpec, wald: Inference) -> Inference:
    """Take the classic standard error where Hartung and Knapp's interval is too narrow.

    The rule of IQWiG's General Methods 6, as R's meta has it: too narrow is narrower than
    DerSimonian and Laird's Wald interval, whatever estimates τ²; t keeps its k - 1 df.
    """
    adjusted, classic = _hksj(core, spec, wald), _by_t(core, core.se, spec.level)
    narrow = narrower_than_usual(core, spec)
    names = ("se", "statistic", "df", "p", "low", "high")
    return Inference(
        *(np.where(narrow, getattr(classic, name), getattr(adjusted, name)) for name in names)
    )


def narrower_than_usual(core: Core, spec: MethodSpec) -> Bools:
    """Say where Hartung and Knapp's interval is narrower than DerSimonian and Laird's Wald one."""
    wald = _wald(core, spec.level)
    adjusted = _hksj(core, spec, wald)
    usual = weighted_mean(core.batch, known(dersimonian_laird(core.batch).tau2))
    yardstick = infer(usual.estimate, usual.se, wald.df, spec.level)
    narrow = adjusted.high - adjusted.low < yardstick.high - yardstick.low
    return np.asarray(narrow, dtype=np.bool_)


def _kenward_roger(core: Core, spec: MethodSpec, _: Inference) -> Inference:
    adjusted = kenward_roger(core.batch, core.tau2)
    return infer(core.estimate, adjusted.se, adjusted.df, spec.level)


def _henmi_copas(core: Core, spec: MethodSpec, wald: Inference) -> Inference:
    pivot = henmi_copas(core.batch, core.tau2, wald.statistic, spec.level)
    half = pivot.critical * core.se
    low, high = core.estimate - half, core.estimate + half
    return Inference(core.se, wald.statistic, wald.df, pivot.p, low, high)


def _profile(core: Core, spec: MethodSpec, wald: Inference) -> Inference:
    """Take interval and test from the profile likelihood."""
    profile = profile_mean(core.batch, core.estimate, core.tau2, spec.level)
    p = normal_two_sided(profile.statistic)
    return Inference(core.se, profile.statistic, wald.df, p, profile.low, profile.high)


_INTERVALS: Final[dict[str, Callable[[Core, MethodSpec, Inference], Inference]]] = {
    "t": _t,
    "hksj": _hksj,
    "hksj-floor": _hksj,
    "hksj-if-wider": _hksj_if_wider,
    "hksj-iqwig": _hksj_iqwig,
    "kenward-roger": _kenward_roger,
    "henmi-copas": _henmi_copas,
    "profile-likelihood": _profile,
}
