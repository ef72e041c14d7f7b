"""Draw a scatter figure where the layout puts it: areas, lines, axes, marks."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

from equipoise.figures._labels import Anchor
from equipoise.figures._legend import DASHES
from equipoise.figures._markers import marker
from equipoise.figures._palette import AREAS, INK, LINES, PAPER, RULE
from equipoise.figures._plane import Plane, Spot, clip_area, clip_line
from equipoise.figures._scatter_layout import LINE_HEIGHT, MARGIN, TICK, ScatterLayout
from equipoise.figures._svg import Element, clean, group, line, linked, number, polygon, tag, text
from equipoise.figures.axis import TICK_SIZE, format_value
from equipoise.figures.model import Area, Curve, PlotAxis, Point

_ALIKE: Final = 4.0
_SMALLEST: Final = 2.0
_ARROW: Final = 5.0
_CORNERS: Final = 3


def radius(point: Point, largest_size: float, largest: float) -> float:
    """Give a mark's radius: its area is proportional to the size, two pixels at least."""
    if point.size is None or largest_size <= 0:
        return _ALIKE
    return max(_SMALLEST, largest * math.sqrt(point.size / largest_size))


def axis_marks(layout: ScatterLayout, *, frame: bool = True) -> list[Element]:
    """Draw the frame, the ticks, and the labels of both axes."""
    plane = layout.plane
    marks = [
        line(plane.left, plane.bottom, plane.right, plane.bottom, stroke=INK),
        line(plane.left, plane.top, plane.left, plane.bottom, stroke=INK),
    ]
    if frame:
        marks.append(line(plane.left, plane.top, plane.right, plane.top, stroke=RULE))
        marks.append(line(plane.right, plane.top, plane.right, plane.bottom, stroke=RULE))
    for value, label in layout.x_ticks:
        x = plane.x.position(value)
        marks.append(line(x, plane.bottom, x, plane.bottom + TICK, stroke=INK))
        y = plane.bottom + TICK + TICK_SIZE
        marks.append(text(x, y, label, text_anchor="middle", font_size=TICK_SIZE))
    for value, label in layout.y_ticks:
        y = plane.y.position(value)
        marks.append(line(plane.left - TICK, y, plane.left, y, stroke=INK))
        x = plane.left - TICK - 4
        marks.append(text(x, y + 4, label, text_anchor="end", font_size=TICK_SIZE))
    return marks + _axis_labels(layout)


def _axis_labels(layout: ScatterLayout) -> list[Element]:
    """Write the upright axis's label above it and the other's in the middle below."""
    marks = [
        text(MARGIN, layout.y_label_top + 11 + i * LINE_HEIGHT, part, font_weight="bold")
        for i, part in enumerate(layout.y_label)
    ]
    middle = (layout.plane.left + layout.plane.right) / 2
    marks.extend(
        text(
            middle,
            layout.x_label_top + 11 + i * LINE_HEIGHT,
            part,
            text_anchor="middle",
            font_weight="bold",
        )
        for i, part in enumerate(layout.x_label)
    )
    return marks


def area_marks(areas: Sequence[Area], plane: Plane) -> list[Element]:
    """Fill the regions, the first one furthest back."""
    marks = []
    for area in areas:
        kept = clip_area([plane.at(*point) for point in area.outline], plane)
        if len(kept) >= _CORNERS:
            marks.append(polygon(kept, fill=AREAS[area.tone]))
    return marks


def curve_marks(curves: Sequence[Curve], plane: Plane) -> list[Element]:
    """Draw the lines, the first one furthest back."""
    marks = []
    for curve in curves:
        pieces = clip_line([plane.at(*point) for point in curve.points], plane)
        if not pieces:
            continue
        path = "".join(_path(piece) for piece in pieces)
        drawn = tag(
            "path",
            *((tag("title", clean(curve.label)),) if clean(curve.label) else ()),
            d=path,
            fill="none",
            stroke=LINES[curve.tone],
            stroke_width=curve.width,
            stroke_dasharray=DASHES[curve.dash],
            stroke_linejoin="round",
        )
        marks.append(drawn)
    return marks


def _path(spots: Sequence[Spot]) -> str:
    written = [f"{number(x)} {number(y)}" for x, y in spots]
    return f"M{written[0]}L{' '.join(written[1:])}"


def point_marks(
    points: Sequence[Point],
    kinds: Mapping[str, int],
    plane: Plane,
    *,
    axes: tuple[PlotAxis, PlotAxis],
    largest: float,
) -> tuple[list[Element], list[Anchor]]:
    """Draw the marks, large ones first so that small ones stay in sight; also give their anchors.

    A mark outside the plane becomes an arrow at its edge. Anchors are in the order of ``points``.
    """
    biggest = max((point.size or 0.0 for point in points), default=0.0)
    anchors = []
    drawn = []
    for point in points:
        size = radius(point, biggest, largest)
        spot = plane.at(point.x, point.y)
        anchors.append(Anchor(plane.nearest(spot), size, point.label))
        if plane.holds(spot):
            kind = kinds[point.kind]
            mark = marker(kind, *spot, size, hollow=point.hollow, edge=PAPER)
        else:
            mark = _arrow(plane, spot)
        said = f"{point.label}: {axes[0].label} {format_value(point.x)}, "
        said += f"{axes[1].label} {format_value(point.y)}"
        whole = group([tag("title", clean(said)), mark])
        drawn.append((size, linked(whole, point.href, label=point.label)))
    order = sorted(range(len(drawn)), key=lambda i: (-drawn[i][0], i))
    return [drawn[i][1] for i in order], anchors


def _arrow(plane: Plane, spot: Spot) -> Element:
    """Point from the edge of the plane to a mark beyond it."""
    x, y = plane.nearest(spot)
    dx, dy = spot[0] - x, spot[1] - y
    far = math.hypot(dx, dy)
    dx, dy = dx / far * _ARROW, dy / far * _ARROW
    back = (x - 2 * dx, y - 2 * dy)
    return polygon([(x, y), (back[0] - dy, back[1] + dx), (back[0] + dy, back[1] - dx)], fill=INK)
