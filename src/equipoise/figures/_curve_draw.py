"""Draw the points, the axis and the dot matrix of a specification curve."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from equipoise.figures._curve_layout import (
    EDGE,
    MARGIN,
    SIZE,
    SMALL,
    CurveLayout,
    OptionRow,
    option_text,
)
from equipoise.figures._markers import marker
from equipoise.figures._palette import BAND, FAINT, INK, MUTED, SHADES, THRESHOLD
from equipoise.figures._svg import Element, clean, group, line, number, polygon, tag, text
from equipoise.figures.axis import (
    TICK_SIZE,
    Interval,
    Projection,
    decimals_for,
    format_alike,
    ticks,
)
from equipoise.figures.model import Axis, CurvePoint
from equipoise.figures.text_width import text_width, wrap

_SHAPE_LINE: Final = 14.0
_DOTTED_STEP: Final = 7.0
_SAMPLE_RADIUS: Final = 4.0


def band_marks(layout: CurveLayout, at: int | None, name: str) -> list[Element]:
    """Lay a band behind the specification to point out, and name it above."""
    if at is None:
        return []
    width = max(layout.step, 3.0)
    x = layout.x(at)
    half = text_width(name, SMALL) / 2
    middle = min(max(x, layout.panel[0] + half), layout.panel[1] - half)
    top = layout.curve[0]
    return [
        tag(
            "rect",
            x=x - width / 2,
            y=top,
            width=width,
            height=layout.height - MARGIN - top,
            fill=BAND,
        ),
        text(middle, top - 4, name, text_anchor="middle", font_size=SMALL, fill=MUTED),
    ]


# --- the axis ----------------------------------------------------------------------------------


def axis_marks(axis: Axis, layout: CurveLayout) -> list[Element]:
    """Draw the upright axis, the line of no effect, and the thresholds with their names."""
    left, right = layout.panel
    top, bottom = layout.curve
    projection = layout.projection
    marks = [
        text(MARGIN, MARGIN + SIZE - 2, clean(axis.label), font_weight="bold"),
        line(left, top, left, bottom, stroke=INK),
    ]
    for value, label in ticks(projection, vertical=True):
        y = projection.position(value)
        marks.append(line(left - 4, y, left, y, stroke=INK))
        marks.append(text(left - 7, y + 4, label, text_anchor="end", font_size=TICK_SIZE))
    if axis.null is not None and projection.side(axis.null) == 0:
        y = projection.position(axis.null)
        marks.append(line(left, y, right, y, stroke=INK))
    marks.extend(_threshold_marks(axis, layout))
    marks.extend(_favours(axis.favours_high, layout, up=True))
    marks.extend(_favours(axis.favours_low, layout, up=False))
    return marks


def _threshold_marks(axis: Axis, layout: CurveLayout) -> list[Element]:
    left, right = layout.panel
    projection = layout.projection
    values = [value for value, _ in axis.thresholds if projection.side(value) == 0]
    marks = [
        line(left, y, right + 3, y, stroke=THRESHOLD, stroke_dasharray="5 3")
        for y in map(projection.position, values)
    ]
    marks.extend(
        text(right + 8, y + 4, shown, full=whole, font_size=SMALL, fill=THRESHOLD)
        for y, shown, whole in layout.thresholds
    )
    return marks


def _favours(words: str, layout: CurveLayout, *, up: bool) -> list[Element]:
    """Write who is favoured at one end of the axis, with an arrow pointing that way."""
    if not clean(words):
        return []
    labels = [label for _, label in ticks(layout.projection, vertical=True)]
    tick = max(text_width(label, TICK_SIZE) for label in labels)
    room = layout.panel[0] - MARGIN - 14 - tick - 14
    lines = wrap(clean(words), room, SMALL, max_lines=4)
    top, bottom = layout.curve
    first = top + 12 if up else bottom - 2 - (len(lines) - 1) * _SHAPE_LINE
    tip, tail = (top + 2, top + 16) if up else (bottom, bottom - 14)
    back = tip + 6 if up else tip - 6
    x = MARGIN + 4
    marks = [
        line(x, tail, x, back, stroke=INK, stroke_width=1.3),
        polygon([(x - 3.5, back), (x, tip), (x + 3.5, back)]),
    ]
    whole = words if lines[-1].endswith("…") else ""
    marks.extend(
        text(x + 10, first + i * _SHAPE_LINE, part, full=whole, font_size=SMALL)
        for i, part in enumerate(lines)
    )
    return marks


# --- the points --------------------------------------------------------------------------------


def point_marks(
    points: Sequence[CurvePoint],
    intervals: Sequence[Interval],
    kinds: Mapping[str, int],
    layout: CurveLayout,
) -> list[Element]:
    """Draw each estimate with its interval; the tooltip says its name, numbers and category."""
    radius = min(max(layout.step * 0.42, 1.6), 5.0)
    stroke = min(max(layout.step * 0.25, 0.7), 1.6)
    decimals = decimals_for([point.estimate for point in points])
    marks = []
    for i, (point, interval) in enumerate(zip(points, intervals, strict=True)):
        kind = kinds[point.category]
        shade = SHADES[kind % len(SHADES)]
        x = layout.x(i)
        parts = _whisker(layout.projection, interval, x, shade, stroke)
        if layout.projection.side(point.estimate) == 0:
            y = layout.projection.position(point.estimate)
            parts.append(marker(kind, x, y, radius))
        values = (point.estimate, point.low, point.high)
        numbers = [format_alike(value, decimals) for value in values]
        said = f"{point.label}: {numbers[0]} [{numbers[1]}, {numbers[2]}], {point.category}"
        marks.append(group([tag("title", clean(said)), *parts]))
    return marks


def _whisker(
    projection: Projection, interval: Interval, x: float, shade: str, width: float
) -> list[Element]:
    """Draw an upright interval, with an arrow at each edge of the axis it goes beyond."""
    y1, y2 = projection.position(interval.low), projection.position(interval.high)
    below, above = projection.side(interval.low) < 0, projection.side(interval.high) > 0
    if projection.side(interval.low) > 0:
        y1 = y2 + EDGE
    if projection.side(interval.high) < 0:
        y2 = y1 - EDGE
    marks = [line(x, y1, x, y2, stroke=shade, stroke_width=width)]
    half = min(max(width * 2, 1.2), 3.5)
    for beyond, y, direction in ((below, projection.start, 1), (above, projection.end, -1)):
        if beyond:
            tip = y + direction * (EDGE - 2)
            marks.append(polygon([(x - half, y), (x, tip), (x + half, y)], fill=shade))
    return marks


# --- the dot matrix ----------------------------------------------------------------------------


def matrix_marks(layout: CurveLayout, kinds: Mapping[str, int]) -> list[Element]:
    """Draw a block for each dimension: a row for each option, a dot for each point that took it.

    The first block is the categories'; its rows begin with their marks and so are the legend.
    """
    marks: list[Element] = []
    for i, block in enumerate(layout.blocks):
        marks.append(text(MARGIN, block.y + 4, clean(block.name), font_weight="bold"))
        for row in block.rows:
            marks.extend(_option_marks(layout, row))
            if i == 0:
                x = layout.panel[0] - 8 - text_width(option_text(row.name), SMALL) - 9
                marks.append(marker(kinds[row.name], x, row.y, _SAMPLE_RADIUS))
    return marks


def _option_marks(layout: CurveLayout, row: OptionRow) -> list[Element]:
    left, right = layout.panel
    shown = option_text(row.name)
    return [
        line(left, row.y, right, row.y, stroke=FAINT),
        _dots(layout, row.y, row.members),
        text(left - 8, row.y + 4, shown, full=row.name, text_anchor="end", font_size=SMALL),
    ]


def _dots(layout: CurveLayout, y: float, members: Sequence[int]) -> Element:
    """Draw a row's dots as one path; where points are dense, as upright strokes."""
    dotted = layout.step >= _DOTTED_STEP
    start, stroke = (y, "h0") if dotted else (y - 4.5, "v9")
    path = "".join(f"M{number(layout.x(i))} {number(start)}{stroke}" for i in members)
    width = min(layout.step * 0.7, 7.0) if dotted else max(layout.step * 0.7, 0.7)
    return tag(
        "path", d=path, stroke=INK, stroke_width=width, stroke_linecap="round" if dotted else None
    )
