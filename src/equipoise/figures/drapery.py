"""Drapery plots: the p-value of every value the effect could have, for each trial and for all."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from equipoise.errors import DataError
from equipoise.figures._palette import MUTED
from equipoise.figures._plane import Plane, fixed_axis, level, upright
from equipoise.figures._svg import Element, text
from equipoise.figures.axis import TICK_SIZE, format_value, restore, transform
from equipoise.figures.model import Area, Curve, Figure, PlotAxis, Scale
from equipoise.figures.scatter import WIDTH, Additions, scatter
from equipoise.figures.text_twin import table

_BESIDE = 54.0


def drapery(
    trials: Sequence[Curve],
    pooled: Sequence[Curve],
    *,
    x: PlotAxis,
    title: str,
    description: str,
    prediction: Sequence[tuple[float, float, float]] = (),
    null: float | None = None,
    levels: Sequence[float] = (0.1, 0.05),
    notes: Sequence[str] = (),
    width: float = WIDTH,
    height: float = 380.0,
    prefix: str = "",
) -> Figure:
    """Draw p-value functions: a thin curve for each trial, a thick one for each pooled estimate.

    Where a curve crosses the dotted line of p = 0.05 its 95% confidence interval ends; its tip is
    the estimate. ``prediction`` are places (p, low, high) that bound the shaded region: at the
    height p, the prediction interval of level 1 − p. The R call is ``meta::drapery(type =
    "pvalue")``. Rücker and Schwarzer 2021, doi:10.1002/jrsm.1410.

    Args:
        trials: The trials' curves, as (value, p).
        pooled: The pooled curves, as (value, p).
        x: The axis of the effect; fix its ends, because curves run on for ever.
        title: What the figure is.
        description: What it shows.
        prediction: Places of the prediction region.
        null: The value of no effect.
        levels: The p-values to draw a dotted line at, each with its confidence level beside it.
        notes: Sentences for the text twin.
        width: Width of the figure.
        height: Height of the plane.
        prefix: Start of the ids in the SVG.

    Raises:
        DataError: p-values outside 0 to 1, or numbers that have no place on the axis.
    """
    for curve in (*trials, *pooled):
        if any(not 0.0 <= p <= 1.0 for _, p in curve.points):
            raise DataError(f"“{curve.label}” leaves 0 to 1.", rule="p-values lie between 0 and 1")
    x = fixed_axis(x, [value for curve in (*trials, *pooled) for value, _ in curve.points])
    y = PlotAxis("p-value (two-sided)", low=0.0, high=1.0)
    curves = [Curve("", level(p, x), "dotted", "ink", in_legend=False) for p in levels]
    if null is not None:
        curves.append(Curve("no effect", upright(null, y), "dashed", "muted"))
    areas = []
    if prediction:
        lower = [(low, p) for p, low, _ in prediction]
        upper = [(high, p) for p, _, high in prediction]
        areas.append(Area("prediction region", (*lower, *reversed(upper)), "prediction"))
    return scatter(
        [],
        x=x,
        y=y,
        title=title,
        description=description,
        curves=[*curves, *trials, *pooled],
        areas=areas,
        notes=[*([] if null is None else [f"No effect: {format_value(null)}."]), *notes],
        tables=(_table([*trials, *pooled], prediction, levels, x.scale),),
        width=width,
        height=height,
        prefix=prefix,
        additions=Additions(before=lambda plane: _levels(plane, levels), beside=_BESIDE),
    )


def _levels(plane: Plane, levels: Sequence[float]) -> list[Element]:
    """Name the dotted lines by the confidence level whose interval ends there."""
    return [
        text(
            plane.right + 6,
            plane.y.position(p) + 4,
            f"{100 * (1 - p):g}% CI",
            font_size=TICK_SIZE,
            fill=MUTED,
        )
        for p in levels
    ]


def _table(
    curves: Sequence[Curve],
    prediction: Sequence[tuple[float, float, float]],
    levels: Sequence[float],
    scale: Scale,
) -> str:
    """Write each curve's tip, and between which values it lies above each dotted line."""
    head = ["", "Tip"]
    for p in levels:
        head.extend([f"{100 * (1 - p):g}% CI, from", "to"])
    body = []
    for curve in curves:
        heights = [p for _, p in curve.points]
        if not heights:
            continue
        tip = heights.index(max(heights))
        sides = (curve.points[: tip + 1], curve.points[tip:][::-1])
        limits = [_crossing(side, p, scale) for p in levels for side in sides]
        body.append((curve.label, format_value(curve.points[tip][0]), *limits))
    if prediction:
        lower = sorted(((low, p) for p, low, _ in prediction), key=lambda place: place[1])
        upper = sorted(((high, p) for p, _, high in prediction), key=lambda place: place[1])
        limits = [_crossing(side, p, scale) for p in levels for side in (lower, upper)]
        body.append(("Prediction interval", "", *limits))
    return table(head, body)


def _crossing(side: Sequence[tuple[float, float]], p: float, scale: Scale) -> str:
    """Give where a rising side of a curve reaches ``p``, between two of its places; else a dash."""
    for (value, before), (beyond, after) in pairwise(side):
        if before <= p <= after and after > before:
            low, high = transform(scale, value), transform(scale, beyond)
            share = (p - before) / (after - before)
            return format_value(restore(scale, low + share * (high - low)))
    return "—"
