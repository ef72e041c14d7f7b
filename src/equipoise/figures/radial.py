"""Radial (Galbraith) plots, with the scale of effects on an arc."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from equipoise.errors import DataError
from equipoise.figures._palette import INK, LINES
from equipoise.figures._plane import Plane, Spot, check_place, ends, fixed_axis
from equipoise.figures._scatter_layout import MARGIN, SIZE
from equipoise.figures._svg import Element, clean, line, number, tag, text
from equipoise.figures.axis import TICK_SIZE, Projection, format_value, restore, ticks, transform
from equipoise.figures.model import Area, Curve, Figure, PlotAxis, Point, Scale
from equipoise.figures.scatter import Additions, Named, scatter
from equipoise.figures.text_width import ellipsise

_HEIGHT: Final = 420.0
_ABOVE: Final = 18.0
_BESIDE: Final = 56.0
_LEFT: Final = 58.0
_INNER: Final = 0.95
_ROUNDS: Final = 4
_ARC_STEPS: Final = 60
# A tick's label next to the end of the arc keeps clear of the axis.
_ROOM: Final = 8.0
_LARGEST_LOG: Final = 400.0
# Slopes that differ by less than this share are one slope and rounding.
_ALIKE: Final = 1e-6


def radial(
    points: Sequence[Point],
    *,
    effect_label: str,
    effect_scale: Scale,
    title: str,
    description: str,
    pooled: float | None = None,
    limits: tuple[float, float] | None = None,
    band: float = 2.0,
    x_label: str = "Precision (1 / standard error)",
    y_label: str = "Effect in standard errors",
    named: Named | Sequence[str] = "none",
    notes: Sequence[str] = (),
    width: float = 600.0,
    prefix: str = "",
) -> Figure:
    """Draw effects in standard errors (y) against precision (x): an effect is a slope.

    The ray from the origin through a trial meets the arc at the trial's effect; the solid ray is
    the pooled effect. Trials outside the band around it (``± band`` standard errors) fit it badly;
    ``limits`` of the pooled effect are a thick piece of the arc. The R call is ``metafor::radial``.
    Galbraith 1988, doi:10.1002/sim.4780070807.

    Args:
        points: The trials: ``x`` is 1/√(v + τ²), ``y`` the effect over √(v + τ²), both on the scale
            of analysis.
        effect_label: What the arc shows.
        effect_scale: Whether effects are analysed as logarithms; the arc shows the display scale.
        title: What the figure is.
        description: What it shows.
        pooled: The pooled effect on the display scale.
        limits: Its confidence limits on the display scale.
        band: Half the height of the band, in standard errors.
        x_label: Label of the level axis.
        y_label: Label of the upright axis.
        named: Which trials have their names beside them.
        notes: Sentences for the text twin.
        width: Width of the figure.
        prefix: Start of the ids in the SVG.

    Raises:
        DataError: Precisions that are not positive, or numbers that are not finite.
    """
    for i, point in enumerate(points):
        if not point.x > 0:
            raise DataError(
                f"Row {i + 1} has the precision {point.x}.",
                rows=(i,),
                rule="precisions are positive",
            )
    shown = [value for value in (pooled, *(limits or ())) if value is not None]
    for value in shown:
        check_place(value, PlotAxis(effect_label, effect_scale))
    slope = None if pooled is None else transform(effect_scale, pooled)
    panel_width = width - _LEFT - _BESIDE
    height = min(_HEIGHT, 0.85 * panel_width)
    aspect = height / panel_width
    pooled_slopes = [transform(effect_scale, value) for value in shown]
    x, y = _axes(points, pooled_slopes, band, (x_label, y_label), aspect)
    curves, areas = _rays(slope, band, x, y, aspect)
    if limits is not None:
        curves.append(
            Curve("limits of the pooled effect, on the arc", (), tone="interval", width=5)
        )
    slopes = [*(point.y / point.x for point in points), *pooled_slopes]
    arc = _Arc(effect_label, effect_scale, min(slopes, default=-1.0), max(slopes, default=1.0))
    return scatter(
        points,
        x=x,
        y=y,
        title=title,
        description=description,
        curves=curves,
        areas=areas,
        named=named,
        notes=[*_in_words(effect_label, pooled, limits), *notes],
        width=width,
        height=height,
        prefix=prefix,
        additions=Additions(
            before=lambda plane: arc.marks(plane, limits),
            above=_ABOVE,
            beside=_BESIDE,
            frame=False,
        ),
    )


def _axes(
    points: Sequence[Point],
    slopes: Sequence[float],
    band: float,
    labels: tuple[str, str],
    aspect: float,
) -> tuple[PlotAxis, PlotAxis]:
    """Choose the ranges so that every trial lies within the arc and ``slopes`` meet it in sight.

    The arc's radius is the width of the plane. Where a ray meets it depends on both ranges, so they
    are widened in a few rounds; the last round only places the trials.
    """
    heights = [*(point.y for point in points), band, -band]
    for _ in range(_ROUNDS):
        y = fixed_axis(PlotAxis(labels[1]), heights)
        x = PlotAxis(labels[0], low=0.0, high=_furthest(points, y, aspect))
        heights += [slope * _reach(slope, x, y, aspect) for slope in slopes]
    return x, y


def _furthest(points: Sequence[Point], y: PlotAxis, aspect: float) -> float:
    """Give the end of the level axis that keeps every trial within the arc.

    A trial at the share ``u`` of the height from the origin must have less than the share
    √((1 − margin)² − (u · aspect)²) of the width.
    """
    low, high = ends(y)
    return max(
        (
            point.x / math.sqrt(max(_INNER**2 - (point.y / (high - low) * aspect) ** 2, 0.04))
            for point in points
        ),
        default=1.0,
    )


def _reach(slope: float, x: PlotAxis, y: PlotAxis, aspect: float) -> float:
    """Give the precision at which a ray meets the arc."""
    furthest, (low, high) = ends(x)[1], ends(y)
    return furthest / math.hypot(1.0, slope * furthest / (high - low) * aspect)


def _rays(
    slope: float | None, band: float, x: PlotAxis, y: PlotAxis, aspect: float
) -> tuple[list[Curve], list[Area]]:
    """Draw no effect, the pooled effect and the band around it, each as far as the arc."""
    curves = [Curve("zero", ((0.0, 0.0), (ends(x)[1], 0.0)), "dotted", "ink")]
    if slope is None:
        return curves, []
    end = _reach(slope, x, y, aspect)
    curves.append(Curve("pooled", ((0.0, 0.0), (end, slope * end)), "solid", "interval", 1.6))
    outline = ((0.0, -band), (end, slope * end - band), (end, slope * end + band), (0.0, band))
    return curves, [Area(f"within {format_value(band)} standard errors", outline, "interval")]


@dataclass(frozen=True, slots=True)
class _Arc:
    """The scale of effects: its label, its scale, and the outermost slopes it must show."""

    label: str
    scale: Scale
    low: float
    high: float

    def marks(self, plane: Plane, limits: tuple[float, float] | None) -> list[Element]:
        """Draw the arc with its ticks, its name, and the confidence limits on it."""
        low, high = self._range(plane)
        if not low < high:  # effects nobody can draw
            return []
        marks = [_along(plane, low, high, 1.0, INK)]
        if limits is not None:
            first, last = (min(max(transform(self.scale, end), low), high) for end in limits)
            marks.append(_along(plane, first, last, 5.0, LINES["interval"]))
        drawn = (restore(self.scale, low), restore(self.scale, high))
        top, bottom = _spot(plane, high), _spot(plane, low)
        for value, label in ticks(Projection(self.scale, *drawn, bottom[1], top[1]), vertical=True):
            marks.extend(_tick(plane, transform(self.scale, value), label))
        name = clean(self.label)
        shown = ellipsise(name, plane.right - plane.left + _BESIDE, SIZE, bold=True)
        x, y = plane.right + _BESIDE, MARGIN + 11
        marks.append(text(x, y, shown, full=name, text_anchor="end", font_weight="bold"))
        return marks

    def _range(self, plane: Plane) -> tuple[float, float]:
        """Widen the slopes a little, but not beyond where the arc leaves the plane."""
        span, size = self.high - self.low, max(abs(self.low), abs(self.high))
        margin = 0.06 * span if span > _ALIKE * size else 0.25 * size or 0.5
        ends_of = [_slope_at(plane, edge) for edge in (plane.bottom - _ROOM, plane.top + _ROOM)]
        low = min(max(self.low - margin, ends_of[0]), ends_of[1])
        high = max(min(self.high + margin, ends_of[1]), ends_of[0])
        if not low < high:
            low, high = ends_of
        if self.scale == "log":
            low, high = (min(max(end, -_LARGEST_LOG), _LARGEST_LOG) for end in (low, high))
        return low, high


def _aspect(plane: Plane) -> float:
    """Give how many pixels up a slope of one climbs for each pixel along."""
    up = plane.y.place(0.0) - plane.y.place(1.0)
    return up / (plane.x.place(1.0) - plane.x.place(0.0))


def _slope_at(plane: Plane, edge: float) -> float:
    """Give the slope of the ray that meets the arc at the height ``edge``."""
    radius = plane.right - plane.left
    sine = min(max((plane.y.place(0.0) - edge) / radius, -0.999), 0.999)
    return math.tan(math.asin(sine)) / _aspect(plane)


def _spot(plane: Plane, slope: float, out: float = 0.0) -> Spot:
    """Give the pixel where a ray meets the arc, or ``out`` pixels beyond it."""
    angle = math.atan(slope * _aspect(plane))
    reach = plane.right - plane.left + out
    return plane.left + reach * math.cos(angle), plane.y.place(0.0) - reach * math.sin(angle)


def _along(plane: Plane, low: float, high: float, width: float, colour: str) -> Element:
    slopes = [low + (high - low) * i / _ARC_STEPS for i in range(_ARC_STEPS + 1)]
    spots = [_spot(plane, slope) for slope in slopes]
    path = "M" + "L".join(f"{number(x)} {number(y)}" for x, y in spots)
    return tag("path", d=path, fill="none", stroke=colour, stroke_width=width)


def _tick(plane: Plane, slope: float, label: str) -> list[Element]:
    inner, outer = _spot(plane, slope), _spot(plane, slope, 5.0)
    x, y = _spot(plane, slope, 9.0)
    return [line(*inner, *outer, stroke=INK), text(x, y + 4, label, font_size=TICK_SIZE)]


def _in_words(label: str, pooled: float | None, limits: tuple[float, float] | None) -> list[str]:
    said = [f"Arc: {label}."]
    if pooled is not None:
        said.append(f"Pooled: {format_value(pooled)}.")
    if limits is not None:
        said.append(f"Limits: {format_value(limits[0])} to {format_value(limits[1])}.")
    return said
