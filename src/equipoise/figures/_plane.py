"""The plane of a scatter figure: its ranges, where a value falls, and what lies outside it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from equipoise.errors import DataError
from equipoise.figures.axis import Projection, restore, rounded, transform
from equipoise.figures.model import PlotAxis

Spot = tuple[float, float]

_PADDING: Final = 0.05
_LARGEST: Final = 1e200
# Values that differ by less than this share are one value and rounding.
_ALIKE: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Plane:
    """The rectangle the data are drawn in, in pixels, and the two projections onto its sides."""

    left: float
    right: float
    top: float
    bottom: float
    x: Projection
    y: Projection

    def at(self, x: float, y: float) -> Spot:
        """Give the pixel of a pair of values; it may lie outside the rectangle."""
        return self.x.place(x), self.y.place(y)

    def holds(self, spot: Spot) -> bool:
        """Tell whether a pixel lies in the rectangle."""
        return self.left <= spot[0] <= self.right and self.top <= spot[1] <= self.bottom

    def nearest(self, spot: Spot) -> Spot:
        """Give the pixel of the rectangle nearest to ``spot``."""
        x = min(max(spot[0], self.left), self.right)
        return x, min(max(spot[1], self.top), self.bottom)


def check_plot_axis(axis: PlotAxis) -> None:
    """Refuse an axis that cannot be drawn.

    Raises:
        DataError: An end that is not finite, not positive on a log scale, or a reversed range.
    """
    given = [value for value in (axis.low, axis.high) if value is not None]
    for value in given:
        check_place(value, axis)
    if len(given) == 2 and not given[0] < given[1]:  # noqa: PLR2004  both ends were given
        raise DataError(
            "The axis must start below its end.", rule="axis low is smaller than axis high"
        )


def check_place(value: float, axis: PlotAxis, row: int | None = None) -> None:
    """Refuse a value that has no place on the axis.

    Raises:
        DataError: A value that is not finite or beyond 10²⁰⁰, or not positive on a log scale.
    """
    if math.isfinite(value) and abs(value) <= _LARGEST and (axis.scale == "linear" or value > 0):
        return
    where = "" if row is None else f"Row {row + 1}: "
    raise DataError(
        f"{where}{value} has no place on an axis with a {axis.scale} scale ({axis.label}).",
        rows=() if row is None else (row,),
        rule="values are finite, below 1e200, and positive on a log scale",
    )


def choose_span(axis: PlotAxis, values: Iterable[float]) -> tuple[float, float]:
    """Choose the range that holds all values, with a margin and round ends, or take fixed ends."""
    inside = [transform(axis.scale, value) for value in values]
    fixed = [transform(axis.scale, end) for end in (axis.low, axis.high) if end is not None]
    inside = inside or fixed or [0.0]
    low, high = min(inside), max(inside)
    if axis.low is not None:
        low = transform(axis.scale, axis.low)
        high = max(high, low)
    if axis.high is not None:
        high = transform(axis.scale, axis.high)
        low = min(low, high)
    margin = _margin(low, high, axis)
    low -= 0.0 if axis.low is not None else margin
    high += 0.0 if axis.high is not None else margin
    chosen = rounded(axis.scale, restore(axis.scale, low), restore(axis.scale, high))
    return (
        chosen[0] if axis.low is None else axis.low,
        chosen[1] if axis.high is None else axis.high,
    )


def fixed_axis(axis: PlotAxis, values: Iterable[float]) -> PlotAxis:
    """Fix the ends of an axis to the range that holds ``values``, which must have a place on it."""
    held = list(values)
    check_plot_axis(axis)
    for row, value in enumerate(held):
        check_place(value, axis, row)
    low, high = choose_span(axis, held)
    return replace(axis, low=low, high=high)


def ends(axis: PlotAxis) -> tuple[float, float]:
    """Give the ends of an axis that has both."""
    if axis.low is None or axis.high is None:
        msg = "the axis has no fixed ends"
        raise ValueError(msg)
    return axis.low, axis.high


def upright(value: float, y: PlotAxis) -> tuple[Spot, ...]:
    """Give the ends of an upright line through the plane."""
    low, high = ends(y)
    return (value, low), (value, high)


def level(value: float, x: PlotAxis) -> tuple[Spot, ...]:
    """Give the ends of a level line through the plane."""
    low, high = ends(x)
    return (low, value), (high, value)


def _margin(low: float, high: float, axis: PlotAxis) -> float:
    """Give the margin beyond the outermost value: wide where all values are the same."""
    size = max(abs(low), abs(high))
    if high - low > _ALIKE * size:
        return _PADDING * (high - low)
    return math.log(2) / 2 if axis.scale == "log" else size / 2 or 0.5


# --- what lies outside -------------------------------------------------------------------------


def clip_line(spots: Sequence[Spot], plane: Plane) -> list[list[Spot]]:
    """Cut a line of pixels at the rectangle's sides; give the pieces that lie inside."""
    pieces: list[list[Spot]] = []
    for start, end in pairwise(spots):
        part = _clip_segment(start, end, plane)
        if part is None:
            continue
        if pieces and pieces[-1][-1] == part[0]:
            pieces[-1].append(part[1])
        else:
            pieces.append(list(part))
    return pieces


def _clip_segment(start: Spot, end: Spot, plane: Plane) -> tuple[Spot, Spot] | None:
    """Keep the part of a segment that lies inside (Liang and Barsky's rule)."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    first, last = 0.0, 1.0
    sides = (
        (-dx, start[0] - plane.left), (dx, plane.right - start[0]),
        (-dy, start[1] - plane.top), (dy, plane.bottom - start[1]),
    )  # fmt: skip
    for towards, room in sides:
        if towards == 0.0:
            if room < 0.0:
                return None
        elif towards < 0.0:
            first = max(first, room / towards)
        else:
            last = min(last, room / towards)
    if first > last:
        return None
    entry = start if first == 0.0 else (start[0] + first * dx, start[1] + first * dy)
    leave = end if last == 1.0 else (start[0] + last * dx, start[1] + last * dy)
    return entry, leave


def clip_area(spots: Sequence[Spot], plane: Plane) -> list[Spot]:
    """Cut a region of pixels at the rectangle's sides (Sutherland and Hodgman's rule)."""
    kept = list(spots)
    for axis, edge, direction in (
        (0, plane.left, 1), (0, plane.right, -1), (1, plane.top, 1), (1, plane.bottom, -1),
    ):  # fmt: skip
        kept = _cut(kept, axis, edge, direction)
    return kept


def _cut(spots: Sequence[Spot], axis: int, edge: float, direction: int) -> list[Spot]:
    """Keep what lies on one side of an upright (axis 0) or level (axis 1) line."""
    kept: list[Spot] = []
    for before, here in zip((*spots[-1:], *spots[:-1]), spots, strict=True):
        was, is_in = ((spot[axis] - edge) * direction >= 0 for spot in (before, here))
        if was != is_in:
            share = (edge - before[axis]) / (here[axis] - before[axis])
            other = before[1 - axis] + share * (here[1 - axis] - before[1 - axis])
            kept.append((edge, other) if axis == 0 else (other, edge))
        if is_in:
            kept.append(here)
    return kept
