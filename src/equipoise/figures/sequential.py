"""Sequential plots: the cumulative test statistic against its boundaries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from equipoise.figures._plane import fixed_axis, level, upright
from equipoise.figures.model import Curve, Figure, PlotAxis, Point
from equipoise.figures.scatter import HEIGHT, WIDTH, Named, scatter


def sequential(
    looks: Sequence[Point],
    boundaries: Sequence[Curve],
    *,
    title: str,
    description: str,
    x_label: str = "Information, in participants",
    y_label: str = "Cumulative Z",
    required: float | None = None,
    favours_low: str = "",
    favours_high: str = "",
    named: Named | Sequence[str] = "none",
    notes: Sequence[str] = (),
    width: float = WIDTH,
    height: float = HEIGHT,
    prefix: str = "",
) -> Figure:
    """Draw the cumulative Z (y) against the information accrued (x), with boundaries.

    Args:
        looks: The analyses in order, each after a further trial.
        boundaries: Lines of benefit, harm and futility, in the units of both axes.
        title: What the figure is.
        description: What it shows.
        x_label: What information is counted in.
        y_label: What the statistic is.
        required: The required information, drawn as an upright.
        favours_low: Who is favoured below zero, added to the upright axis's label.
        favours_high: Who is favoured above zero.
        named: Which looks have their names beside them.
        notes: Sentences for the text twin.
        width: Width of the figure.
        height: Height of the plane.
        prefix: Start of the ids in the SVG.

    Raises:
        DataError: Numbers that have no place on the axes.
    """
    places = [place for boundary in boundaries for place in boundary.points]
    ends = [] if required is None else [required]
    x = fixed_axis(
        PlotAxis(x_label, low=0.0), [p.x for p in looks] + [at for at, _ in places] + ends
    )
    sides = ((favours_high, "above"), (favours_low, "below"))
    said = [f"{words} {side} zero" for words, side in sides if words.strip()]
    label = f"{y_label} ({'; '.join(said)})" if said else y_label
    y = fixed_axis(PlotAxis(label), [p.y for p in looks] + [z for _, z in places] + [0.0])
    curves = [Curve("", level(0.0, x), "solid", "faint", in_legend=False), *boundaries]
    if required is not None:
        curves.append(Curve("required information", upright(required, y), "dashed", "threshold"))
    if looks:
        path = tuple((point.x, point.y) for point in looks)
        curves.append(Curve("cumulative Z", path, "solid", "interval", 1.6))
    return scatter(
        [replace(look, size=None) for look in looks],
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
