"""The marks of a forest plot: squares, diamonds, prediction bars, and arrows where clipped."""

from __future__ import annotations

import math
from typing import Final

from equipoise.figures._palette import INK, INTERVAL, PAPER, PREDICTION, SQUARE
from equipoise.figures._svg import Element, line, polygon, tag
from equipoise.figures.axis import Interval, Projection

EDGE: Final = 9.0
_LARGEST_SQUARE: Final = 14.0
_SMALLEST_SQUARE: Final = 2.0
_UNWEIGHTED_SQUARE: Final = 7.0
_HALF_DIAMOND: Final = {"subtotal": 6.0, "total": 7.5}
_ARROW: Final = 4.0
_TAIL: Final = 12.0
_CUT: Final = 0.4


def square_side(weight: float | None, heaviest: float) -> float:
    """Give the side of a square whose area is proportional to the weight.

    The heaviest row has the largest square. Below two pixels a square would vanish, so it stays
    at two. Without weights all squares are alike.
    """
    if weight is None or heaviest <= 0:
        return _UNWEIGHTED_SQUARE
    return max(_SMALLEST_SQUARE, _LARGEST_SQUARE * math.sqrt(weight / heaviest))


def study_marks(
    projection: Projection, interval: Interval, y: float, side: float, *, hollow: bool
) -> list[Element]:
    """Draw a trial: its square with the interval over it; ``hollow`` where it has no weight."""
    marks: list[Element] = []
    if interval.estimate is not None and projection.side(interval.estimate) == 0:
        x = projection.position(interval.estimate)
        fill = PAPER if hollow else SQUARE
        stroke = INTERVAL if hollow else None
        marks.append(
            tag(
                "rect",
                x=x - side / 2,
                y=y - side / 2,
                width=side,
                height=side,
                fill=fill,
                stroke=stroke,
            )
        )
    marks.extend(_whisker(projection, interval, y, INTERVAL, 1.5))
    return marks


def diamond_marks(projection: Projection, interval: Interval, y: float, kind: str) -> list[Element]:
    """Draw a pooled estimate: a diamond from end to end, filled for totals, open for subtotals."""
    fill = INK if kind == "total" else PAPER
    corners = _diamond(projection, interval, y, _HALF_DIAMOND[kind])
    marks: list[Element] = []
    if corners:
        marks.append(polygon(corners, fill=fill, stroke=INK, stroke_width=1.3))
    marks.extend(_arrows(projection, interval, y, INK))
    return marks


def prediction_marks(projection: Projection, interval: Interval, y: float) -> list[Element]:
    """Draw a prediction interval: a flat bar with upright ends, unlike any diamond."""
    x1, x2 = projection.position(interval.low), projection.position(interval.high)
    marks: list[Element] = []
    if not _outside(projection, interval):
        marks.append(tag("rect", x=x1, y=y - 2.5, width=x2 - x1, height=5, fill=PREDICTION))
    marks.extend(
        line(x, y - 6, x, y + 6, stroke=PREDICTION, stroke_width=2)
        for x, value in ((x1, interval.low), (x2, interval.high))
        if projection.side(value) == 0
    )
    marks.extend(_arrows(projection, interval, y, PREDICTION))
    return marks


def _outside(projection: Projection, interval: Interval) -> bool:
    """Tell whether all of an interval lies beyond the same end of the axis."""
    return projection.side(interval.low) * projection.side(interval.high) == 1


def _whisker(
    projection: Projection, interval: Interval, y: float, colour: str, width: float
) -> list[Element]:
    x1, x2 = projection.position(interval.low), projection.position(interval.high)
    if _outside(projection, interval):
        x1 = x2 - _TAIL * projection.side(interval.low)
    marks = [line(x1, y, x2, y, stroke=colour, stroke_width=width)]
    return marks + _arrows(projection, interval, y, colour)


def _arrows(projection: Projection, interval: Interval, y: float, colour: str) -> list[Element]:
    """Point beyond each edge of the axis that the interval crosses or lies behind."""
    arrows = []
    if projection.side(interval.low) < 0:
        arrows.append(_arrow(projection.start, y, -1, colour))
    if projection.side(interval.high) > 0:
        arrows.append(_arrow(projection.end, y, 1, colour))
    return arrows


def _arrow(x: float, y: float, direction: int, colour: str) -> Element:
    tip = x + direction * (EDGE - 1)
    return polygon([(x, y - _ARROW), (tip, y), (x, y + _ARROW)], fill=colour)


def _diamond(
    projection: Projection, interval: Interval, y: float, half: float
) -> list[tuple[float, float]]:
    """Give the corners; a side beyond the axis is cut off upright where the axis ends."""
    if interval.estimate is None or _outside(projection, interval):
        return []
    middle = projection.position(interval.estimate)
    upper: list[tuple[float, float]] = []
    for value in (interval.low, interval.estimate, interval.high):
        x = projection.position(value)
        cut = _CUT if projection.side(value) else 0.0
        point = (x, y - half * (1.0 if x == middle else cut))
        if point not in upper:
            upper.append(point)
    lower = [(x, 2 * y - above) for x, above in reversed(upper) if above != y]
    return upper + lower
