"""From effect sizes to estimates, under the protocol's methods and those shown beside them."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from typing import cast

from equipoise.findings import Effect, Estimate, Heterogeneity, Methods, Note
from equipoise.review.model import Protocol
from equipoise.stats import EffectSizes, MetaAnalysis, MethodSpec, pool, resolve_methods
from equipoise.synthesis.cells import Cell

PRESETS = ("cochrane-2025", "as-published")
ZERO_SUM = "a zero sum"
"""The reason ``equipoise.stats.pool`` gives when Mantel–Haenszel sums are zero."""


def preset_names(protocol: Protocol) -> tuple[str, ...]:
    """Name the protocol's preset and the one shown beside it, the protocol's first.

    Where the protocol names none to compare with, the other preset is shown. Where it names its
    own preset again there is only one.
    """
    preset = protocol.methods.preset
    other = next(name for name in PRESETS if name != preset)
    return tuple(dict.fromkeys((preset, protocol.methods.compare or other)))


def cell_methods(protocol: Protocol, cell: Cell) -> dict[str, MethodSpec]:
    """Resolve the methods of a cell, by preset.

    The protocol's changes, and then the cell's own, apply to the protocol's preset only: the one
    shown beside it stays as it is defined.

    Raises:
        MethodError: The changes are not defined for the cell's measure; see ``method_problems``,
            which finds all such cells beforehand.
    """
    primary, *others = preset_names(protocol)
    specs = {primary: resolve_methods(primary, cell.measure, **cell_changes(protocol, cell))}
    return specs | {name: resolve_methods(name, cell.measure) for name in others}


def cell_changes(protocol: Protocol, cell: Cell) -> dict[str, str | float]:
    """Put together the changes to the preset that hold for a cell, its own above all others."""
    return {**protocol.methods.changes, **cell.method_changes}


def inverse_variance_instead(spec: MethodSpec) -> MethodSpec:
    """Replace a method that needs counts by inverse variance, with everything else kept."""
    given = {name: value for name, value in spec.changed if name not in {"method", "tau2"}}
    kept = {name: getattr(spec, name) for name in given}
    tau2 = spec.tau2 if spec.model == "random" else None
    return resolve_methods(
        spec.preset, spec.measure, **{**kept, "method": "IV", "model": spec.model, "tau2": tau2}
    )


def fit(effects: EffectSizes, spec: MethodSpec) -> MetaAnalysis | None:
    """Pool effect sizes; ``None`` when not a single trial can be estimated."""
    return pool(effects, methods=spec) if effects.k else None


def estimate(found: MetaAnalysis) -> Estimate:
    """Turn a pooled result into data, with ``None`` where a number is not defined."""
    return Estimate(
        methods=_methods(found.methods),
        k=found.k,
        effect=effect(
            *_shown(found), analysis_estimate=float(found.estimate), analysis_se=float(found.se)
        ),
        statistic=number(found.statistic),
        statistic_name="z" if number(found.df) is None else "t",
        df=number(found.df),
        p=number(found.p),
        pi_low=number(found.transformed.pi_low),
        pi_high=number(found.transformed.pi_high),
        heterogeneity=_heterogeneity(found),
        diagnostics=_diagnostics(found),
        notes=tuple(Note(note.code, note.text) for note in found.notes),
    )


def effect(
    shown: float, low: float, high: float, *, analysis_estimate: float, analysis_se: float
) -> Effect:
    """Make an effect of finite floats; an end beyond the largest float is held there."""
    largest = sys.float_info.max
    return Effect(
        estimate=min(float(shown), largest),
        ci_low=min(float(low), largest),
        ci_high=min(float(high), largest),
        analysis_estimate=analysis_estimate,
        analysis_se=analysis_se,
    )


def ratio(logarithm: float) -> float:
    """Turn a logarithm into a ratio; one beyond the largest float is held there."""
    try:
        return math.exp(logarithm)
    except OverflowError:
        return sys.float_info.max


def number(value: object) -> float | None:
    """Turn a number that may be missing, NaN or infinite into a float or ``None``."""
    if value is None:
        return None
    converted = float(cast("float", value))
    return converted if math.isfinite(converted) else None


def _shown(found: MetaAnalysis) -> tuple[float, float, float]:
    shown = found.transformed
    return shown.estimate, shown.ci_low, shown.ci_high


def _methods(spec: MethodSpec) -> Methods:
    return Methods(
        preset=spec.preset,
        measure=spec.measure,
        model=spec.model,
        method=spec.method,
        tau2=spec.tau2,
        ci=spec.ci,
        pi=spec.pi,
        tau2_ci=spec.tau2_ci,
        i2=spec.i2,
        level=spec.level,
        zero_cells=spec.zero_cells,
        add=spec.add,
        double_zero=spec.double_zero,
        smd_variance=spec.smd_variance,
        changed=dict(spec.changed),
    )


def _heterogeneity(found: MetaAnalysis) -> Heterogeneity:
    tau2_low, tau2_high = _pair(found.tau2_ci)
    i2_low, i2_high = _pair(found.i2_ci)
    q_df = number(found.q_df)
    return Heterogeneity(
        tau2=number(found.tau2),
        tau2_ci_low=tau2_low,
        tau2_ci_high=tau2_high,
        i2=number(found.i2),
        i2_definition=found.methods.i2,
        i2_q=number(found.i2_q),
        i2_tau2=number(found.i2_tau2),
        i2_ci_low=i2_low,
        i2_ci_high=i2_high,
        h2=number(found.h2),
        q=number(found.q),
        q_df=None if q_df is None else int(q_df),
        q_p=number(found.q_p),
    )


def _pair(ends: object) -> tuple[float | None, float | None]:
    if ends is None:
        return None, None
    low, high = cast("tuple[float, float]", ends)
    return number(low), number(high)


def _diagnostics(found: MetaAnalysis) -> dict[str, float | int | bool | str]:
    """Keep the diagnostics that are plain values."""
    plain: Mapping[str, object] = {
        name: getattr(found.diagnostics, name) for name in found.diagnostics.__slots__
    }
    kept: dict[str, float | int | bool | str] = {}
    for name, value in plain.items():
        if isinstance(value, bool | int | str):
            kept[name] = value
        elif (value_ := number(value)) is not None:
            kept[name] = value_
    return kept
