"""Doi plots: effects against the normal deviates of their ranks."""

from __future__ import annotations

from collections.abc import Sequence

from equipoise.figures._plane import fixed_axis, upright
from equipoise.figures.model import Curve, Figure, PlotAxis, Point
from equipoise.figures.scatter import HEIGHT, WIDTH, Named, scatter


def doi(
    points: Sequence[Point],
    *,
    x: PlotAxis,
    title: str,
    description: str,
    named: Named | Sequence[str] = "none",
    notes: Sequence[str] = (),
    width: float = WIDTH,
    height: float = HEIGHT,
    prefix: str = "",
) -> Figure:
    """Draw effects (x) against the absolute normal deviates of their ranks (y), zero on top.

    A line joins the trials in the order of their effects; its two limbs are alike where the trials
    are symmetric about the tip, which the upright marks. The caller computes the deviates.
    Furuya-Kanamori, Barendregt and Doi 2018, doi:10.1097/XEB.0000000000000141; read the caution
    beside the LFK index before using it.

    Raises:
        DataError: Numbers that have no place on the axes.
    """
    y = fixed_axis(
        PlotAxis("Absolute normal deviate of the rank", low=0.0, reverse=True),
        [point.y for point in points],
    )
    curves = []
    if points:
        tip = min(points, key=lambda point: (point.y, point.x))
        limbs = tuple(sorted((point.x, point.y) for point in points))
        curves = [
            Curve("tip", upright(tip.x, y), "dotted", "ink"),
            Curve("limbs", limbs, "solid", "muted"),
        ]
    return scatter(
        points,
        x=x,
        y=y,
        title=title,
        description=description,
        curves=curves,
        named=named,
        notes=notes,
        width=width,
        height=height,
        prefix=prefix,
    )
