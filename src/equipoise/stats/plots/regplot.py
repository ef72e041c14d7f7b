"""The bubble plot of a meta-regression, from its rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from equipoise.errors import DataError
from equipoise.figures import Figure, FittedPoint, PlotAxis, Point
from equipoise.figures import regplot as draw
from equipoise.stats.effects.effect_sizes import EffectSizes
from equipoise.stats.plots import _common as common

if TYPE_CHECKING:
    from equipoise.stats.moderators.regression_result import MetaRegression


def regplot_figure(
    effects: EffectSizes,
    moderator: ArrayLike,
    line: Sequence[FittedPoint],
    *,
    moderator_name: str,
    weights: ArrayLike | None = None,
    level: float = 0.95,
    groups: Sequence[str] | None = None,
    names: Sequence[str] = (),
    title: str = "",
    width: float = 560.0,
) -> Figure:
    """Draw the trials' effects against a moderator, with the fitted line and its bands.

    Trials without a value of the moderator, or without an effect, are left out and named in the text
    twin. The R call is ``metafor::regplot(fit)``.

    Args:
        effects: The trials.
        moderator: The moderator of each trial, ``nan`` where it is not known.
        line: The fitted line and its limits, on the scale of analysis.
        moderator_name: What the moderator is, with its unit.
        weights: What the bubbles' areas are in proportion to; one over the variance by default.
        level: The level of the limits.
        groups: A category for each trial, drawn by shape and shade.
        names: Labels of trials to write beside their marks.
        title: What the figure is.
        width: Width of the figure.

    Raises:
        DataError: If there is not one value for each trial.
    """
    x = np.asarray(moderator, dtype=np.float64)
    size = 1.0 / effects.vi if weights is None else np.asarray(weights, dtype=np.float64)
    n = len(effects)
    if x.shape != (n,) or size.shape != (n,) or (groups is not None and len(groups) != n):
        raise DataError(
            f"moderator, weights and groups must have {n} values, one for each trial",
            rule="a value for each trial",
        )
    known = effects.estimable & np.isfinite(x) & np.isfinite(size)
    y = common.drawn(effects, effects.yi)
    points = [
        Point(
            float(x[i]),
            float(y[i]),
            effects.study[i],
            size=float(size[i]),
            kind="trial" if groups is None else str(groups[i]),
        )
        for i in np.flatnonzero(known).tolist()
    ]
    missing = [name for name, there in zip(effects.study, known, strict=True) if not there]
    return draw(
        points,
        [_shown(effects, place) for place in line],
        x=PlotAxis(moderator_name),
        y=common.effect_axis(effects),
        title=title or f"Bubble plot: {moderator_name}, {common.count(len(points))}",
        description=f"Effects of the trials against {moderator_name}, with the fitted line.",
        null=common.drawn_null(effects),
        confidence=level,
        named=tuple(names),
        notes=[f"Not drawn: {', '.join(missing)}."] if missing else [],
        width=width,
    )


def regplot(fit: MetaRegression, variable: str, *, title: str = "", width: float = 560.0) -> Figure:
    """Draw a meta-regression against one of its moderators, the others held at their means.

    The R call is ``metafor::regplot(fit, mod = variable)``.

    Args:
        fit: The meta-regression.
        variable: A moderator with numbers for values.
        title: What the figure is.
        width: Width of the figure.
    """
    rows = fit.regplot_rows(variable)
    effects, entering = fit.effects, fit.matrix.rows
    moderator, weights = np.full(len(effects), np.nan), np.full(len(effects), np.nan)
    moderator[entering], weights[entering] = rows.x, rows.weight
    line = [
        FittedPoint(x, each.estimate, each.ci_low, each.ci_high, low, high)
        for x, each, low, high in zip(
            rows.grid, rows.line.rows, rows.line.pi_low, rows.line.pi_high, strict=True
        )
    ]
    return regplot_figure(
        effects,
        moderator,
        line,
        moderator_name=variable,
        weights=weights,
        level=fit.options.level,
        title=title,
        width=width,
    )


def _shown(effects: EffectSizes, place: FittedPoint) -> FittedPoint:
    """Bring a place of the line to the scale of the axis."""

    def drawn(value: float | None) -> float | None:
        return None if value is None else common.drawn_one(effects, value)

    return FittedPoint(
        x=place.x,
        estimate=common.drawn_one(effects, place.estimate),
        ci_low=drawn(place.ci_low),
        ci_high=drawn(place.ci_high),
        pi_low=drawn(place.pi_low),
        pi_high=drawn(place.pi_high),
    )
