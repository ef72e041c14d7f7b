"""Normal quantile plots of residuals."""

from __future__ import annotations

from collections.abc import Sequence

from equipoise.figures._plane import ends, fixed_axis
from equipoise.figures.model import Area, Curve, Figure, PlotAxis, Point
from equipoise.figures.scatter import HEIGHT, WIDTH, Named, scatter


def qq(
    points: Sequence[Point],
    *,
    title: str,
    description: str,
    envelope: Sequence[tuple[float, float, float]] = (),
    envelope_name: str = "envelope",
    x_label: str = "Normal quantile",
    y_label: str = "Standardised residual",
    named: Named | Sequence[str] = "none",
    notes: Sequence[str] = (),
    width: float = WIDTH,
    height: float = HEIGHT,
    prefix: str = "",
) -> Figure:
    """Draw residuals (y) against the normal quantiles of their ranks (x).

    Points on the dotted line are as a normal sample would have them. ``envelope`` are places
    (quantile, low, high) between which they would lie by chance; the caller says of which kind.
    The R call is ``metafor::qqnorm``.

    Raises:
        DataError: Numbers that are not finite.
    """
    x = fixed_axis(PlotAxis(x_label), [p.x for p in points] + [at for at, _, _ in envelope])
    limits = [value for _, low, high in envelope for value in (low, high)]
    y = fixed_axis(PlotAxis(y_label), [p.y for p in points] + limits)
    low, high = max(ends(x)[0], ends(y)[0]), min(ends(x)[1], ends(y)[1])
    areas = []
    if envelope:
        lower = [(at, value) for at, value, _ in envelope]
        upper = [(at, value) for at, _, value in envelope]
        areas.append(Area(envelope_name, (*lower, *reversed(upper)), "interval"))
    return scatter(
        points,
        x=x,
        y=y,
        title=title,
        description=description,
        curves=[Curve("normal", ((low, low), (high, high)), "dotted", "ink")],
        areas=areas,
        named=named,
        notes=notes,
        width=width,
        height=height,
        prefix=prefix,
    )
