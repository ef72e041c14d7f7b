"""Baujat plots: which trials make the heterogeneity, and which move the mean."""

from __future__ import annotations

from collections.abc import Sequence

from equipoise.figures._plane import ends, fixed_axis
from equipoise.figures.model import Figure, PlotAxis, Point
from equipoise.figures.scatter import HEIGHT, WIDTH, Named, scatter


def baujat(
    points: Sequence[Point],
    *,
    title: str,
    description: str,
    named: Named | Sequence[str] = "all",
    notes: Sequence[str] = (),
    width: float = WIDTH,
    height: float = HEIGHT,
    prefix: str = "",
) -> Figure:
    """Draw contribution to heterogeneity (x) against influence on the pooled estimate (y).

    Names are written from the upper right corner, where the trials lie that a reader looks for, as
    far as there is room. Baujat and others 2002, doi:10.1002/sim.1221; ``metafor::baujat``.

    Raises:
        DataError: Numbers that are not finite.
    """
    x = fixed_axis(PlotAxis("Contribution to heterogeneity", low=0.0), [p.x for p in points])
    y = fixed_axis(PlotAxis("Influence on the pooled estimate", low=0.0), [p.y for p in points])
    if named == "all":
        across, up = ends(x)[1], ends(y)[1]
        far = sorted(points, key=lambda p: (-((p.x / across) ** 2 + (p.y / up) ** 2), p.label))
        named = [point.label for point in far]
    return scatter(
        points,
        x=x,
        y=y,
        title=title,
        description=description,
        named=named,
        notes=notes,
        width=width,
        height=height,
        prefix=prefix,
    )
