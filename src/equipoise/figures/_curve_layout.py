"""Where everything in a specification curve goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from equipoise.figures._svg import clean
from equipoise.figures.axis import TICK_SIZE, Projection, ticks
from equipoise.figures.model import Axis, CurvePoint
from equipoise.figures.text_width import ellipsise, text_width

SIZE: Final = 13.0
SMALL: Final = 12.0
MARGIN: Final = 12.0
ROW: Final = 16.0
EDGE: Final = 9.0

_CURVE_HEIGHT: Final = 230.0
_WIDEST_STEP: Final = 40.0
_NARROWEST_PANEL: Final = 240.0
_OPTION_MOST: Final = 210.0
_THRESHOLD_MOST: Final = 150.0
_SAMPLE: Final = 16.0
_TOP: Final = 42.0
_BLOCK_GAP: Final = 10.0


@dataclass(frozen=True, slots=True)
class OptionRow:
    """A row of the dot matrix. ``members`` are positions of points that made this choice."""

    name: str
    y: float
    members: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A dimension of the dot matrix with its options."""

    name: str
    y: float
    rows: tuple[OptionRow, ...]


@dataclass(frozen=True, slots=True)
class CurveLayout:
    """The finished measures. ``step`` is the distance between points; ``gutter`` holds labels."""

    panel: tuple[float, float]
    curve: tuple[float, float]
    step: float
    projection: Projection
    blocks: tuple[Block, ...]
    thresholds: tuple[tuple[float, str, str], ...]
    width: float
    height: float

    def x(self, position: int) -> float:
        """Give the x coordinate of a point by its position from the left."""
        return self.panel[0] + (position + 0.5) * self.step


def lay_out(
    points: Sequence[CurvePoint],
    axis: Axis,
    bounds: tuple[float, float],
    *,
    dimensions: Sequence[tuple[str, Sequence[str]]],
    panel_width: float,
) -> CurveLayout:
    """Measure the labels and place the points and the rows of the dot matrix.

    ``dimensions`` are names with their options; the first is the category, the others follow
    ``CurvePoint.choices``.
    """
    top, bottom = _TOP, _TOP + _CURVE_HEIGHT
    projection = Projection(axis.scale, *bounds, bottom - EDGE, top + EDGE)
    blocks = _blocks(points, dimensions, bottom + _BLOCK_GAP)
    panel_start = MARGIN + _gutter(blocks, axis, projection) + 10
    width = min(panel_width, max(_NARROWEST_PANEL, _WIDEST_STEP * len(points)))
    panel = (panel_start, panel_start + width)
    thresholds = _threshold_labels(axis, projection)
    room = max((text_width(shown, SMALL) for _, shown, _ in thresholds), default=0.0)
    return CurveLayout(
        panel=panel,
        curve=(top, bottom),
        step=width / len(points),
        projection=projection,
        blocks=blocks,
        thresholds=thresholds,
        width=panel[1] + (room + 8 if room else 0.0) + MARGIN,
        height=blocks[-1].rows[-1].y + ROW / 2 + MARGIN,
    )


def _gutter(blocks: Sequence[Block], axis: Axis, projection: Projection) -> float:
    """Give the width of the labels beside the panel."""
    options = [text_width(option_text(row.name), SMALL) for block in blocks for row in block.rows]
    heads = [text_width(clean(block.name), SIZE, bold=True) for block in blocks]
    tick = max(text_width(label, TICK_SIZE) for _, label in ticks(projection, vertical=True))
    sides = [
        max((text_width(word, SMALL) for word in clean(side).split()), default=0.0) + tick + 30
        for side in (axis.favours_low, axis.favours_high)
    ]
    widest = max(*(option + _SAMPLE + 4 for option in options), *heads, *sides)
    return min(widest, _OPTION_MOST + _SAMPLE)


def option_text(name: str) -> str:
    """Shorten an option's name to the room it has."""
    return ellipsise(clean(name), _OPTION_MOST - 8, SMALL)


def _blocks(
    points: Sequence[CurvePoint], dimensions: Sequence[tuple[str, Sequence[str]]], top: float
) -> tuple[Block, ...]:
    chosen = zip(*((point.category, *point.choices) for point in points), strict=True)
    blocks: list[Block] = []
    for (name, options), choices in zip(dimensions, chosen, strict=True):
        head = top + ROW / 2
        rows = tuple(
            OptionRow(option, head + (i + 1) * ROW, _members(choices, option))
            for i, option in enumerate(options)
        )
        blocks.append(Block(name, head, rows))
        top = rows[-1].y + ROW / 2 + _BLOCK_GAP
    return tuple(blocks)


def _members(chosen: Sequence[str], option: str) -> tuple[int, ...]:
    return tuple(i for i, choice in enumerate(chosen) if choice == option)


def _threshold_labels(axis: Axis, projection: Projection) -> tuple[tuple[float, str, str], ...]:
    """Give the y coordinate, the short and the whole text of each label, kept apart downwards."""
    inside = [entry for entry in axis.thresholds if projection.side(entry[0]) == 0]
    placed: list[tuple[float, str, str]] = []
    for value, label in sorted(inside, reverse=True):
        y = projection.position(value)
        if placed:
            y = max(y, placed[-1][0] + 14)
        shown = ellipsise(clean(label), _THRESHOLD_MOST, SMALL)
        placed.append((y, shown, clean(label)))
    return tuple(placed)
