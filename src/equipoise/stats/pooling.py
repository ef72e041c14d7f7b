"""Pooling trials."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from equipoise.errors import ConvergenceError, DataError, MethodError
from equipoise.kernels.batches import Floats
from equipoise.kernels.distributions import chi2_upper, normal_critical
from equipoise.kernels.heterogeneity import (
    i2_from_q,
    i2_from_tau2,
    typical_variance,
)
from equipoise.kernels.intervals import Inference
from equipoise.stats._between_study import confidence_interval, standard_error
from equipoise.stats._engine import Core, fit_core, intervals, narrower_than_usual, predictions
from equipoise.stats.effects.effect_sizes import EffectSizes
from equipoise.stats.notes import Note
from equipoise.stats.options import I2, Ci, Method, Model, Pi, Preset, Tau2, Tau2Ci, Weighting
from equipoise.stats.presets import MethodSpec, resolve_methods, with_effect_options
from equipoise.stats.results import Diagnostics, MetaAnalysis

# With fewer a t distribution has no variance.
_FEWEST_DF = 2.0


def pool(
    effects: EffectSizes,
    *,
    preset: Preset | None = None,
    model: Model | None = None,
    method: Method | None = None,
    weighting: Weighting | None = None,
    weights: Sequence[float] | Floats | None = None,
    tau2: Tau2 | float | None = None,
    tau2_weights: Sequence[float] | Floats | None = None,
    ci: Ci | None = None,
    pi: Pi | None = None,
    tau2_ci: Tau2Ci | None = None,
    i2: I2 | None = None,
    level: float | None = None,
    methods: MethodSpec | None = None,
) -> MetaAnalysis:
    """Pool the trials that can be estimated.

    Without options the methods are those of Cochrane since 2025: random effects by REML,
    Hartung-Knapp-Sidik-Jonkman interval, Q-profile interval of τ², prediction interval; in R
    ``metafor::rma(yi, vi, method = "REML", test = "knha")``. Options not given follow from the
    preset and from those given; see `resolve_methods`. The options the effect sizes were computed
    with are recorded as they were, whatever the preset would choose.

    Args:
        effects: The trials' effect sizes.
        preset: The set of methods to start from.
        model: ``random`` or ``common``.
        method: ``IV``, ``MH`` or ``Peto``.
        weighting: The weights of the trials, where the method is ``IV``.
        weights: Weights of one's own, one a trial. They bear on the mean and its variance only: τ²
            and Q are those of inverse variance, as in metafor.
        tau2: The estimator of the between-study variance, or its value.
        tau2_weights: The weights of Q by which ``GENQ`` and ``GENQM`` estimate it, one a trial. The
            trials are pooled by inverse variance all the same.
        ci: The confidence interval.
        pi: The prediction interval.
        tau2_ci: The confidence interval of the between-study variance.
        i2: The definition of I² that is shown first.
        level: The level of all intervals.
        methods: Fully resolved methods, instead of all options above.

    Raises:
        MethodError: For options that do not exist or do not go together.
        DataError: If no trial can be estimated.

    Example:
        >>> from equipoise.stats import effect_sizes
        >>> trials = effect_sizes("GENERIC", estimate=[0.1, 0.4, 0.3], se=[0.1, 0.2, 0.2])
        >>> round(pool(trials, ci="wald").estimate, 3)
        0.206
    """
    given = {
        "model": model, "method": method, "weighting": weighting, "weights": weights, "tau2": tau2,
        "tau2_weights": tau2_weights, "ci": ci, "pi": pi, "tau2_ci": tau2_ci, "i2": i2,
        "level": level,
    }  # fmt: skip
    spec = resolve_for(effects, preset, given, methods)
    if effects.k == 0:
        raise DataError("nothing can be estimated: " + _why_not(effects), rule="estimable trials")
    core = fit_core(effects, np.ones((1, len(effects)), dtype=np.bool_), spec)
    _check_core(core, spec)
    return _result(effects, spec, core, intervals(core, spec))


def resolve_for(
    effects: EffectSizes,
    preset: Preset | None,
    given: dict[str, Any],
    methods: MethodSpec | None,
) -> MethodSpec:
    """Resolve the methods for these effect sizes, recording how the effects were computed."""
    if methods is None:
        spec = resolve_methods(preset or "cochrane-2025", effects.measure, **given)
        return with_effect_options(spec, dict(effects.options))
    if preset is not None or any(value is not None for value in given.values()):
        raise MethodError(
            "give methods or single options, not both",
            spec="methods",
            reason="methods are already resolved",
        )
    if methods.measure != effects.measure:
        raise MethodError(
            f"the methods were resolved for {methods.measure}, the effect sizes are "
            f"{effects.measure}; use resolve_methods(..., measure={effects.measure!r})",
            spec=f"measure={methods.measure}",
            reason="another measure",
        )
    return with_effect_options(methods, dict(effects.options))


def _check_core(core: Core, spec: MethodSpec) -> None:
    if not math.isfinite(core.estimate[0]):
        raise MethodError(
            f"the {spec.method} estimate is not defined for these trials: one arm has no events "
            "in any of them; use method='IV', or Peto odds ratios",
            spec=f"method={spec.method}",
            reason="a zero sum",
        )
    if core.between is not None and not core.between.converged[0]:
        raise ConvergenceError(
            f"tau2 by {spec.tau2} did not converge; use tau2='DL' and report these data",
            diagnostics={
                "iterations": int(core.between.iterations[0]),
                "last_step": float(core.between.last_step[0]),
            },
        )


def _result(
    effects: EffectSizes, spec: MethodSpec, core: Core, inference: Inference
) -> MetaAnalysis:
    k = int(core.k[0])
    heterogeneity = _heterogeneity(core, spec)
    pi_low = pi_high = None
    if spec.pi is not None and k > 1:
        low, high = predictions(core, inference, spec)
        pi_low, pi_high = finite(low[0]), finite(high[0])
    total = core.weights[0].sum()
    return MetaAnalysis(
        effects=effects,
        methods=spec,
        k=k,
        estimate=float(core.estimate[0]),
        se=float(inference.se[0]),
        statistic=finite(inference.statistic[0]),
        df=finite(inference.df[0]),
        p=finite(inference.p[0]),
        ci_low=float(inference.low[0]),
        ci_high=float(inference.high[0]),
        pi_low=pi_low,
        pi_high=pi_high,
        weights=100.0 * core.weights[0] / total,
        diagnostics=_diagnostics(core),
        notes=_notes(core, spec, inference, effects, tau2_ci=heterogeneity["tau2_ci_empty"]),
        **{name: value for name, value in heterogeneity.items() if name != "tau2_ci_empty"},
    )


def _heterogeneity(core: Core, spec: MethodSpec) -> dict[str, Any]:
    """Return the heterogeneity fields of the result; all ``None`` for a single trial."""
    names = (
        "tau2", "tau2_se", "tau2_ci", "i2", "i2_q", "i2_tau2", "i2_ci", "h2", "q", "q_df", "q_p",
    )  # fmt: skip
    fields: dict[str, Any] = dict.fromkeys(names)
    fields |= {"tau2_method": None, "tau2_ci_empty": False}
    df = int(core.q_df[0])
    if core.k[0] <= 1 or df < 1:
        return fields
    degrees = np.array([float(df)])
    fields |= {
        "q": float(core.q[0]),
        "q_df": df,
        "q_p": finite(chi2_upper(core.q, degrees)[0]),
        "i2_q": finite(i2_from_q(core.q, degrees)[0]),
    }
    if spec.model == "common":
        return fields | {"i2": fields["i2_q"], "h2": float(core.q[0]) / df}
    return fields | _random_heterogeneity(core, spec, fields["i2_q"])


def _random_heterogeneity(core: Core, spec: MethodSpec, i2_q: float | None) -> dict[str, Any]:
    typical = typical_variance(core.batch)
    i2_tau2 = finite(i2_from_tau2(core.tau2, typical)[0])
    fields: dict[str, Any] = {
        "tau2": float(core.tau2[0]),
        "tau2_se": finite(standard_error(core.batch, core.tau2, spec)[0]),
        "tau2_method": spec.tau2,
        "i2_tau2": i2_tau2,
        "i2": i2_q if spec.i2 == "q" else i2_tau2,
        "h2": float(core.tau2[0] / typical[0]) + 1.0,
    }
    limits = confidence_interval(core.batch, core.tau2, spec)
    if limits is not None:
        low, high = float(limits.low[0]), float(limits.high[0])
        share = i2_from_tau2(np.array([low, high]), typical)
        fields |= {
            "tau2_ci": (low, high),
            "i2_ci": (float(share[0]), float(share[1])),
            "tau2_ci_empty": bool(limits.empty[0]),
        }
    return fields


def _diagnostics(core: Core) -> Diagnostics:
    if core.between is None or core.k[0] <= 1:
        return Diagnostics(converged=True, iterations=0, at_boundary=False, last_step=0.0)
    return Diagnostics(
        converged=bool(core.between.converged[0]),
        iterations=int(core.between.iterations[0]),
        at_boundary=bool(core.between.at_boundary[0]),
        last_step=float(core.between.last_step[0]),
    )


def _notes(
    core: Core, spec: MethodSpec, inference: Inference, effects: EffectSizes, *, tau2_ci: bool
) -> tuple[Note, ...]:
    notes = list(effects.notes)
    if spec.method == "Peto" or (spec.method == "MH" and spec.mh_counts == "observed"):
        notes += _observed_note(effects.notes, spec.method)
    out = tuple(int(row) for row in np.flatnonzero(~effects.estimable))
    if out:
        trials = "1 trial" if len(out) == 1 else f"{len(out)} trials"
        notes.append(Note("not-estimable", f"{trials} could not be estimated", out))
    if not effects.zero_is_no_effect:
        text = f"p tests zero on the analysis scale, which is not 'no effect' for {effects.measure}"
        notes.append(Note("p-tests-zero", text))
    if core.k[0] == 1:
        text = "a single trial: its own estimate and Wald interval; no heterogeneity"
        return (*notes, Note("single-trial", text))
    if tau2_ci:
        name = "Q-profile" if spec.tau2_ci == "q-profile" else "general-Q"
        text = f"the {name} interval of tau2 lies below zero: trials agree more than chance allows"
        notes.append(Note("tau2-ci-empty", text))
    return (*notes, *_interval_notes(core, spec, inference))


def _interval_notes(core: Core, spec: MethodSpec, inference: Inference) -> tuple[Note, ...]:
    """Say what should not be read from the interval of the mean."""
    if inference.se[0] == 0.0:
        text = "the trials' estimates are equal, so this interval has no width: do not rely on it"
        return (Note("zero-width-interval", text),)
    if spec.ci == "hksj" and _narrower_than_wald(core, spec, inference):
        text = "the Hartung-Knapp interval is narrower than Wald's: do not rely on how narrow it is"
        return (Note("hksj-narrower", text),)
    if spec.ci == "hksj-if-wider" and math.isinf(inference.df[0]):
        text = "Wald's interval is shown: the Hartung-Knapp interval is narrower"
        return (Note("wald-wider", text),)
    if spec.ci == "hksj-iqwig" and narrower_than_usual(core, spec)[0]:
        text = (
            "the classic standard error is used: the Hartung-Knapp interval is narrower than "
            "DerSimonian and Laird's"
        )
        return (Note("hksj-corrected", text),)
    if spec.ci == "kenward-roger" and inference.df[0] < _FEWEST_DF:
        text = (
            "Kenward and Roger leave fewer than two degrees of freedom: the interval says nothing"
        )
        return (Note("few-degrees-of-freedom", text),)
    return ()


def _narrower_than_wald(core: Core, spec: MethodSpec, inference: Inference) -> bool:
    """Compare the intervals themselves: a smaller standard error can still give a wider one."""
    classic = 2.0 * normal_critical(spec.level) * core.se[0]
    return bool(inference.high[0] - inference.low[0] < classic)


def _observed_note(known: tuple[Note, ...], method: str) -> tuple[Note, ...]:
    """Say that a correction shown for the trials did not enter the pooled estimate."""
    if not any(note.code == "zero-cells-corrected" for note in known):
        return ()
    text = f"the pooled {method} estimate uses the counts as observed, without that correction"
    return (Note("observed-counts", text),)


def _why_not(effects: EffectSizes) -> str:
    reasons = dict.fromkeys(reason for reason in effects.reasons if reason)
    return "; ".join(reasons) if reasons else "there are no trials"


def finite(value: Any) -> float | None:
    """Return a Python float, ``None`` where it is not finite."""
    return float(value) if math.isfinite(value) else None
