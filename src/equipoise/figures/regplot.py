"""Bubble plots of a meta-regression: trials, the fitted line, and its bands."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from equipoise.errors import DataError
from equipoise.figures._plane import fixed_axis, level
from equipoise.figures.model import Area, AreaTone, Curve, Figure, FittedPoint, PlotAxis, Point
from equipoise.figures.scatter import HEIGHT, WIDTH, Named, scatter

_BUBBLE = 14.0


def regplot(
    points: Sequence[Point],
    line: Sequence[FittedPoint],
    *,
    x: PlotAxis,
    y: PlotAxis,
    title: str,
    description: str,
    null: float | None = None,
    confidence: float = 0.95,
    size_name: str = "Weight",
    named: Named | Sequence[str] = "none",
    kinds: Sequence[str] = (),
    notes: Sequence[str] = (),
    width: float = WIDTH,
    height: float = HEIGHT,
    prefix: str = "",
) -> Figure:
    """Draw effects (y) against a moderator (x), with the fitted line and its bands.

    Bubbles have areas in proportion to ``Point.size``. Bands are drawn where every place of the line
    has the limits; the prediction band lies behind the confidence band. The R call is
    ``metafor::regplot``.

    Raises:
        DataError: Numbers that have no place on the axes, or a line that does not ascend in x.
    """
    if any(here.x <= before.x for before, here in pairwise(line)):
        raise DataError("The line must ascend in x.", rule="places of the line are in order")
    limits = [
        value
        for place in line
        for value in (place.estimate, place.ci_low, place.ci_high, place.pi_low, place.pi_high)
        if value is not None
    ]
    x = fixed_axis(x, [p.x for p in points] + [place.x for place in line])
    y = fixed_axis(y, [p.y for p in points] + limits + ([] if null is None else [null]))
    share = f"{100 * confidence:g}%"
    areas = [
        *_band(line, "pi_low", "pi_high", f"{share} prediction band", "prediction"),
        *_band(line, "ci_low", "ci_high", f"{share} confidence band", "interval"),
    ]
    curves = [] if null is None else [Curve("no effect", level(null, x), "dotted", "ink")]
    if line:
        places = tuple((place.x, place.estimate) for place in line)
        curves.append(Curve("fitted mean effect", places, "solid", "interval", 1.8))
    return scatter(
        points,
        x=x,
        y=y,
        title=title,
        description=description,
        curves=curves,
        areas=areas,
        named=named,
        kinds=kinds,
        size_name=size_name,
        notes=notes,
        width=width,
        height=height,
        largest=_BUBBLE,
        prefix=prefix,
    )


def _band(
    line: Sequence[FittedPoint], low: str, high: str, label: str, tone: AreaTone
) -> list[Area]:
    """Bound the band between two limits, if every place has them."""
    lower = [(place.x, getattr(place, low)) for place in line]
    upper = [(place.x, getattr(place, high)) for place in line]
    outline = (*lower, *reversed(upper))
    if not line or any(value is None for _, value in outline):
        return []
    return [Area(label, outline, tone)]
