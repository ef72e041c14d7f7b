"""The tipping point: the smallest new trial that would undo a conclusion."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from equipoise.errors import MethodError
from equipoise.kernels.batches import Floats, Ints
from equipoise.kernels.distributions import normal_critical
from equipoise.kernels.robustness.tipping import tipping_weight
from equipoise.kernels.roots import safeguarded_newton
from equipoise.stats import printing
from equipoise.stats.effects.effect_sizes import SCHEMA_VERSION, EffectSizes
from equipoise.stats.notes import Note
from equipoise.stats.pooling import pool
from equipoise.stats.robustness import _common as common
from equipoise.stats.small_studies._common import check_null

if TYPE_CHECKING:
    from equipoise.stats.results import MetaAnalysis

_SHARES: Final = np.geomspace(1e-4, 1e6, 101)
"""Weights of the new trial, as shares of all others together, among which the first crossing is
sought: steps of 26%."""


@dataclass(frozen=True, slots=True, eq=False)
class TippingPoint:
    """The new trial with the least weight that brings the confidence interval to ``threshold``.

    ``effect`` is what it finds, ``variance`` its sampling variance (``None`` if no single trial of
    any size does it), ``share`` its information ``1 / variance`` over that of all trials.
    ``participants`` is its size if a participant tells as much as the median of the trials says.
    """

    fit: MetaAnalysis
    effect: float
    threshold: float
    variance: float | None
    se: float | None
    share: float | None
    participants: int | None
    participants_now: int | None
    exact: bool
    caution: tuple[Note, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return strict JSON data."""
        names = (
            "effect", "threshold", "variance", "se", "share", "participants", "participants_now",
            "exact",
        )  # fmt: skip
        return {
            "schema_version": SCHEMA_VERSION,
            "kind": "tipping-point",
            **{name: getattr(self, name) for name in names},
            "caution": common.notes_json(self.caution),
        }

    def __str__(self) -> str:
        effects = self.fit.effects
        name = printing.short_name(effects)
        found, goal = (common.shown_value(effects, v) for v in (self.effect, self.threshold))
        head = f"Tipping point: a new trial that finds {name} {found}"
        if self.variance is None or self.share is None or self.se is None:
            line = f"  No size of one such trial brings the interval to {goal}"
        else:
            digits = printing.decimals(self.se)
            line = (
                f"  The interval reaches {goal} if its standard error is "
                f"{printing.number(self.se, digits)} or less: {100.0 * self.share:.3g}% of the "
                "information there is"
            )
            if self.participants is not None:
                line += f", about {self.participants} participants"
        return "\n".join([head, line, *common.caution_lines(self.caution)])


def tipping_point(
    fit: MetaAnalysis, effect: float = 0.0, *, threshold: float = 0.0
) -> TippingPoint:
    r"""Return the smallest new trial that would bring the confidence interval to a threshold.

    For a common effect with Wald's interval it is closed: a trial that finds the threshold itself
    needs the weight :math:`W ((W d / z)^2 / W - 1)`, ``W`` being the total weight and ``d`` the distance
    of the estimate from the threshold (without a threshold this is Rosenberg's fail-safe number in
    units of weight, doi:10.1111/j.0014-3820.2005.tb01004.x). With random effects the new trial also
    changes τ², and everything is pooled again: the first crossing from small to large trials is
    found to machine precision. There may be none, as even a very large trial is one trial among
    others that differ.

    Args:
        fit: The meta-analysis, whose interval excludes ``threshold``.
        effect: What the new trial finds, on the analysis scale.
        threshold: What the interval must reach: no effect, or a minimal important difference.

    Raises:
        MethodError: If the interval already reaches the threshold; for measures without a value of
            no effect; with weights of your own for τ².

    Example:
        >>> from equipoise.stats import effect_sizes, pool
        >>> fit = pool(effect_sizes("GENERIC", estimate=[2, 4], se=[1, 1]), model="common")
        >>> round(tipping_point(fit).share, 4)
        3.6857
    """
    check_null(fit, "a tipping point")
    effect, threshold = (
        common.check_number(name, value)
        for name, value in (("effect", effect), ("threshold", threshold))
    )
    if fit.ci_low <= threshold <= fit.ci_high:
        raise MethodError(
            f"the confidence interval ({fit.ci_low:.4g} to {fit.ci_high:.4g}) already includes "
            f"{threshold:.4g}: there is nothing to tip",
            spec=f"threshold={threshold!r}",
            reason="already reached",
        )
    closed = fit.methods.model == "common"
    weight = _closed(fit, effect, threshold) if closed else _searched(fit, effect, threshold)
    now = common.participants(fit)
    keep = fit.effects.estimable
    information = float((1.0 / fit.effects.vi[keep]).sum())
    return TippingPoint(
        fit=fit,
        effect=effect,
        threshold=threshold,
        variance=None if weight is None else 1.0 / weight,
        se=None if weight is None else 1.0 / math.sqrt(weight),
        share=None if weight is None else weight / information,
        participants=_size(fit, weight, now),
        participants_now=None if now is None else int(np.nansum(now[keep])),
        exact=closed and fit.methods.method == "IV",
        caution=_cautions(fit, weight),
    )


def _closed(fit: MetaAnalysis, effect: float, threshold: float) -> float | None:
    side = 1.0 if fit.estimate > threshold else -1.0
    gap, pull = side * (fit.estimate - threshold), side * (effect - threshold)
    return tipping_weight(gap, fit.se**-2, pull, normal_critical(fit.methods.level))


def _searched(fit: MetaAnalysis, effect: float, threshold: float) -> float | None:
    """Pool again with trials of growing weight until the limit has crossed; refine the first."""
    if fit.methods.tau2_weights is not None:
        raise MethodError(
            "the new trial would need a weight of its own for tau2; use another tau2",
            spec="tau2_weights",
            reason="the weight of a new trial is not known",
        )
    side = 1.0 if fit.estimate > threshold else -1.0
    methods = replace(fit.methods, method="IV", tau2_ci="none", pi=None)
    scale = float((1.0 / fit.effects.vi[fit.effects.estimable]).sum())

    def gap(weight: float) -> float:
        again = pool(_with_trial(fit.effects, effect, 1.0 / weight), methods=methods)
        return side * ((again.ci_low if side > 0.0 else again.ci_high) - threshold)

    weights = scale * _SHARES
    before = 0.0
    for weight in weights:
        if gap(float(weight)) <= 0.0:
            break
        before = float(weight)
    else:
        return None
    if before == 0.0:
        return float(weights[0])

    def function(x: Floats, _index: Ints) -> tuple[Floats, Floats]:
        return np.array([gap(float(x[0]))]), np.array([math.inf])

    low, high = np.array([before]), np.array([float(weight)])
    root = safeguarded_newton(function, low, high, start=0.5 * (low + high), scale=np.zeros(1))
    return float(root.x[0])


def _with_trial(effects: EffectSizes, effect: float, variance: float) -> EffectSizes:
    """Return the estimable trials and a new one, as estimates with variances."""
    keep = effects.estimable
    kept = effects.subset(keep)
    return EffectSizes(
        measure=effects.measure,
        study=(*kept.study, "new trial"),
        yi=np.append(kept.yi, effect),
        vi=np.append(kept.vi, variance),
        reasons=(*kept.reasons, None),
        columns=MappingProxyType({}),
        options=effects.options,
    )


def _size(fit: MetaAnalysis, weight: float | None, now: Floats | None) -> int | None:
    """Return the participants of a trial with that weight, by the median information of one."""
    if weight is None or now is None:
        return None
    keep = fit.effects.estimable & (now > 0.0)
    if not keep.any():
        return None
    each = float(np.median(1.0 / (fit.effects.vi[keep] * now[keep])))
    return math.ceil(weight / each)


def _cautions(fit: MetaAnalysis, weight: float | None) -> tuple[Note, ...]:
    notes = []
    if fit.methods.method != "IV":
        text = (
            f"the new trial is combined with the {fit.methods.method} estimate by inverse variance"
        )
        notes.append(Note("by-inverse-variance", text))
    if weight is None and fit.methods.model == "random":
        text = "trials differ so much that one more, however large, does not settle the mean"
        notes.append(Note("no-single-trial", text))
    return tuple(notes)
