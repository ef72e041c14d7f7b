"""The radial (Galbraith) plot of a meta-analysis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from equipoise.figures import Figure, Point
from equipoise.figures import radial as draw
from equipoise.kernels.distributions import normal_critical
from equipoise.kernels.influence import radial as coordinates
from equipoise.stats.plots import _common as common

if TYPE_CHECKING:
    from equipoise.stats.results import MetaAnalysis


def radial(
    fit: MetaAnalysis, *, names: Sequence[str] = (), title: str = "", width: float = 600.0
) -> Figure:
    """Draw each trial's effect in standard errors against its precision.

    With random effects a trial's variance is ``v + τ²``, as it weighs in the mean. A ray from the origin
    through a trial meets the arc at its effect; the pooled effect's own limits are the thick piece
    of the arc. About a share of trials equal to the level of the methods should lie in the band.
    The R call is ``metafor::radial(fit)``.

    Args:
        fit: The meta-analysis.
        names: Labels of trials to write beside their marks.
        title: What the figure is.
        width: Width of the figure.
    """
    effects = fit.effects
    rows = common.estimable(effects)
    x, y = coordinates(effects.yi[rows], effects.vi[rows], fit.tau2 or 0.0)
    points = [
        Point(float(a), float(b), effects.study[row]) for a, b, row in zip(x, y, rows, strict=True)
    ]
    axis = common.effect_axis(effects)
    pooled, low, high = common.drawn(
        effects, np.array([fit.estimate, fit.ci_low, fit.ci_high])
    ).tolist()
    random = bool(fit.tau2)
    return draw(
        points,
        effect_label=axis.label,
        effect_scale=axis.scale,
        title=title or f"Radial plot, {common.count(fit.k)}",
        description=f"{common.pooled_text(fit)}.",
        pooled=pooled,
        limits=(low, high) if common.finite([low, high]) else None,
        band=round(normal_critical(fit.methods.level), 2),
        x_label="1 / √(variance + τ²)" if random else "1 / standard error",
        y_label="Effect / √(variance + τ²)" if random else "Effect / standard error",
        named=tuple(names),
        notes=common.left_out(effects),
        width=width,
    )
