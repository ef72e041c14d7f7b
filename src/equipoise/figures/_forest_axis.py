"""Draw what frames the rows of a forest plot: lines of reference, the axis, and the footer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from equipoise.figures._forest_layout import LINE_HEIGHT, MARGIN, SMALL, ForestLayout
from equipoise.figures._forest_marks import EDGE
from equipoise.figures._palette import INK, THRESHOLD
from equipoise.figures._svg import HALO, Element, clean, line, polygon, text
from equipoise.figures.axis import TICK_SIZE, Projection, ticks
from equipoise.figures.model import Axis
from equipoise.figures.text_width import ellipsise, text_width, wrap

_LABEL_LINE: Final = 15.0
_TICK: Final = 5.0
_FAVOURS_GAP: Final = 14.0
_FAVOURS_ARROW: Final = 14.0
_FOOTER_LEAST: Final = 300.0


@dataclass(frozen=True, slots=True)
class ThresholdLabel:
    """A threshold's label: its middle from the panel's left edge, and its line (0 is lowest)."""

    value: float
    shown: str
    whole: str
    middle: float
    level: int


def threshold_labels(
    axis: Axis, low: float, high: float, panel_width: float
) -> tuple[ThresholdLabel, ...]:
    """Place the labels above the picture, on as many lines as keep them apart."""
    projection = Projection(axis.scale, low, high, EDGE, panel_width - EDGE)
    placed: list[ThresholdLabel] = []
    ends: list[float] = []
    for value, label in sorted(axis.thresholds):
        if projection.side(value):
            continue
        shown = ellipsise(clean(label), panel_width, SMALL)
        half = text_width(shown, SMALL) / 2
        middle = min(max(projection.position(value), half), panel_width - half)
        level = next((i for i, end in enumerate(ends) if end <= middle - half), len(ends))
        ends[level : level + 1] = [middle + half + 8]
        placed.append(ThresholdLabel(value, shown, clean(label), middle, level))
    return tuple(placed)


def threshold_space(labels: Sequence[ThresholdLabel]) -> float:
    """Give the height the labels need."""
    return _LABEL_LINE * max((label.level + 1 for label in labels), default=0)


def reference_lines(
    axis: Axis, projection: Projection, layout: ForestLayout, labels: Sequence[ThresholdLabel]
) -> list[Element]:
    """Draw the line of no effect, and the thresholds dashed and named."""
    bottom = layout.rows_bottom
    marks: list[Element] = []
    if axis.null is not None and projection.side(axis.null) == 0:
        x = projection.position(axis.null)
        marks.append(line(x, layout.rows_top - 2, x, bottom, stroke=INK))
    names: list[Element] = []
    for label in labels:
        x = projection.position(label.value)
        y = layout.rows_top - 6 - label.level * _LABEL_LINE
        marks.append(line(x, y + 3, x, bottom, stroke=THRESHOLD, stroke_dasharray="5 3"))
        names.append(_threshold_name(label, layout.panel[0] + label.middle, y))
    return marks + names


def _threshold_name(label: ThresholdLabel, x: float, y: float) -> Element:
    return text(
        x,
        y,
        label.shown,
        full=label.whole,
        text_anchor="middle",
        font_size=SMALL,
        fill=THRESHOLD,
        **HALO,
    )


def axis_marks_below(
    axis: Axis, projection: Projection, layout: ForestLayout
) -> tuple[list[Element], float]:
    """Draw the axis with its ticks and directions; also give its bottom."""
    y = layout.rows_bottom
    marks: list[Element] = [line(projection.start, y, projection.end, y, stroke=INK)]
    for value, label in ticks(projection):
        x = projection.position(value)
        marks.append(line(x, y, x, y + _TICK, stroke=INK))
        baseline = y + _TICK + TICK_SIZE
        marks.append(text(x, baseline, label, text_anchor="middle", font_size=TICK_SIZE))
    top = y + _TICK + TICK_SIZE + 6
    widths = _favours_widths(axis, layout.panel[1] - layout.panel[0])
    left, left_lines = _favours(axis.favours_low, layout.panel[0], -1, widths[0], top)
    right, right_lines = _favours(axis.favours_high, layout.panel[1], 1, widths[1], top)
    return marks + left + right, top + max(left_lines, right_lines) * LINE_HEIGHT


def _favours_widths(axis: Axis, panel_width: float) -> tuple[float, float]:
    """Share the width below the axis: half each, unless one side needs less than its half."""
    arrow = _FAVOURS_ARROW + 6
    needs = [text_width(clean(side), SMALL) for side in (axis.favours_low, axis.favours_high)]
    room = panel_width - _FAVOURS_GAP
    left, right = (min(need + arrow, room / 2) for need in needs)
    return room - right, room - left


def _favours(
    words: str, edge: float, direction: int, width: float, top: float
) -> tuple[list[Element], int]:
    """Write who is favoured on one side of the axis, with an arrow pointing that way."""
    if not clean(words):
        return [], 0
    lines = wrap(clean(words), width - _FAVOURS_ARROW - 4, SMALL, max_lines=4)
    y = top + LINE_HEIGHT - 8
    tail = edge - direction * _FAVOURS_ARROW
    marks = [
        line(tail, y, edge - direction * 5, y, stroke=INK, stroke_width=1.3),
        polygon([(edge - direction * 6, y - 3.5), (edge, y), (edge - direction * 6, y + 3.5)]),
    ]
    anchor = "start" if direction < 0 else "end"
    whole = words if lines[-1].endswith("…") else ""
    marks.extend(
        text(
            tail - direction * 5,
            y + 4 + i * LINE_HEIGHT,
            content,
            full=whole,
            text_anchor=anchor,
            font_size=SMALL,
        )
        for i, content in enumerate(lines)
    )
    return marks, len(lines)


def footer_marks_below(
    footer: Sequence[str], layout: ForestLayout, axis_bottom: float
) -> tuple[list[Element], float]:
    """Write the footer beside the axis where there is room, else below it; also give its bottom."""
    beside = layout.panel[0] - 2 * MARGIN
    roomy = beside >= _FOOTER_LEAST
    width = beside if roomy else layout.width - 2 * MARGIN
    top = layout.rows_bottom - 2 if roomy else axis_bottom + 4
    lines = [part for entry in footer for part in wrap(clean(entry), width, SMALL)]
    marks = [
        text(MARGIN, top + (i + 1) * LINE_HEIGHT, content, font_size=SMALL)
        for i, content in enumerate(lines)
        if content
    ]
    return marks, top + len(lines) * LINE_HEIGHT + 2
