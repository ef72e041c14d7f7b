"""The drapery plot of a meta-analysis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import special

from equipoise.figures import Curve, Figure, PlotAxis
from equipoise.figures import drapery as draw
from equipoise.kernels.batches import Floats, single
from equipoise.kernels.inverse_variance import weighted_mean
from equipoise.stats.plots import _common as common
from equipoise.stats.pooling import pool

if TYPE_CHECKING:
    from equipoise.stats.results import MetaAnalysis

# Dense where curves bend: near p = 0 and at the tip.
_P: Final = (
    0.0005, 0.002, 0.005, 0.01, 0.02, 0.035, 0.05, 0.075, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4,
    0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.98,
)  # fmt: skip
_REACH: Final = 2.0


def drapery(
    fit: MetaAnalysis,
    *,
    levels: Sequence[float] = (0.1, 0.05),
    title: str = "",
    width: float = 560.0,
) -> Figure:
    """Draw the p-value of every value the effect could have: for each trial, and pooled.

    The pooled curve is made of the fit's own confidence intervals at many levels, so it is right
    for every interval method: at the height p it is as wide as the interval of level 1 − p. The shaded
    region is made of prediction intervals in the same way. Trials have Wald intervals. For random
    effects by inverse variance the common-effect curve is drawn too, dashed. The R call is
    ``meta::drapery(fit, type = "pvalue")``. Rücker and Schwarzer 2021, doi:10.1002/jrsm.1410.

    Args:
        fit: The meta-analysis.
        levels: p-values to draw a dotted line at.
        title: What the figure is.
        width: Width of the figure.
    """
    effects = fit.effects
    rows = common.estimable(effects)
    low, high = _range(fit)
    axis = replace(
        common.effect_axis(effects),
        low=common.drawn_one(effects, low),
        high=common.drawn_one(effects, high),
    )
    trials = [
        _normal(fit, axis, (float(effects.yi[i]), float(effects.sei[i])), effects.study[i])
        for i in rows
    ]
    pooled, region = _pooled(fit, axis)
    curves = [replace(each, in_legend=False, tone="faint", width=0.9) for each in trials]
    return draw(
        curves,
        [*_common_effect(fit, axis), pooled],
        x=axis,
        title=title or f"Drapery plot, {common.count(fit.k)}",
        description=f"{common.pooled_text(fit)}; p-value functions of the trials and pooled.",
        prediction=region,
        null=common.drawn_null(effects),
        levels=levels,
        notes=common.left_out(effects),
        width=width,
    )


def _range(fit: MetaAnalysis) -> tuple[float, float]:
    """Return the range on the scale of analysis: all estimates and a little of their curves."""
    effects = fit.effects
    yi, sei = effects.yi[effects.estimable], effects.sei[effects.estimable]
    reach = _REACH * float(np.median(sei))
    low, high = float(yi.min()) - reach, float(yi.max()) + reach
    return min(low, fit.ci_low), max(high, fit.ci_high)


def _normal(fit: MetaAnalysis, axis: PlotAxis, estimate: tuple[float, float], label: str) -> Curve:
    """Draw the p-value function of a normal estimate and its standard error."""
    value, se = estimate
    half = se * -special.ndtri(np.array(_P) / 2.0)
    return _joined(fit, axis, value, (value - half, value + half), label)


def _joined(
    fit: MetaAnalysis, axis: PlotAxis, tip: float, limits: tuple[Floats, Floats], label: str
) -> Curve:
    """Join the lower limits upwards, the tip, and the upper limits downwards."""
    low, high = limits
    values = np.concatenate((low, [tip], high[::-1]))
    p = np.concatenate((_P, [1.0], _P[::-1]))
    inside = np.isfinite(values)
    drawn = common.drawn(fit.effects, values[inside])
    seen = np.isfinite(drawn) & ((drawn > 0.0) | (axis.scale == "linear"))
    places = zip(drawn[seen].tolist(), p[inside][seen].tolist(), strict=True)
    return Curve(label, tuple(places))


def _pooled(fit: MetaAnalysis, axis: PlotAxis) -> tuple[Curve, list[tuple[float, float, float]]]:
    """Pool again at each level; return the curve, and the places of the prediction region."""
    spec = replace(fit.methods, tau2_ci="none")
    fits = [pool(fit.effects, methods=replace(spec, level=1.0 - p)) for p in _P]
    limits = (np.array([f.ci_low for f in fits]), np.array([f.ci_high for f in fits]))
    curve = _joined(fit, axis, fit.estimate, limits, _model(fit))
    region = []
    for p, one in zip(_P, fits, strict=True):
        if one.pi_low is None or one.pi_high is None:
            continue
        low, high = (common.drawn_one(fit.effects, v) for v in (one.pi_low, one.pi_high))
        if common.finite([low, high]) and (low > 0.0 or axis.scale == "linear"):
            region.append((p, low, high))
    tip = common.drawn_one(fit.effects, fit.estimate)
    looks = replace(curve, tone="interval", width=2.4)
    return looks, [*region, (1.0, tip, tip)] if region else []


def _model(fit: MetaAnalysis) -> str:
    return "pooled, random effects" if fit.methods.model == "random" else "pooled, common effect"


def _common_effect(fit: MetaAnalysis, axis: PlotAxis) -> list[Curve]:
    if fit.methods.model != "random" or fit.methods.method != "IV" or fit.k < 2:  # noqa: PLR2004  one trial is its own mean
        return []
    effects = fit.effects
    rows = effects.estimable
    mean = weighted_mean(single(effects.yi[rows], effects.vi[rows]), np.zeros(1))
    estimate = (float(mean.estimate[0]), float(mean.se[0]))
    curve = _normal(fit, axis, estimate, "pooled, common effect")
    return [replace(curve, tone="prediction", dash="dashed", width=1.8)]
