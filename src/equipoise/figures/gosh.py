"""GOSH plots: the pooled estimates of all subsets of trials against their heterogeneity."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from equipoise.errors import DataError
from equipoise.figures._palette import INK, SHADES
from equipoise.figures._plane import Plane, check_place
from equipoise.figures._scatter_layout import MARGIN
from equipoise.figures._svg import Element, clean, line, tag, text
from equipoise.figures.axis import format_value
from equipoise.figures.model import DensityGrid, Figure, PlotAxis
from equipoise.figures.scatter import WIDTH, Additions, scatter
from equipoise.figures.text_twin import table
from equipoise.figures.text_width import ellipsise, text_width

_ABOVE: Final = 62.0
_BESIDE: Final = 76.0
_GAP: Final = 6.0
_FAINTEST: Final = 0.18
_LEGEND: Final = 20.0


def gosh(
    grid: DensityGrid,
    *,
    x: PlotAxis,
    title: str,
    description: str,
    y: PlotAxis | None = None,
    pooled: float | None = None,
    notes: Sequence[str] = (),
    width: float = WIDTH,
    height: float = 340.0,
    prefix: str = "",
) -> Figure:
    """Draw how many subsets of the trials gave which estimate (x) with which heterogeneity (y).

    A cell is the darker the more subsets lie in it (by the logarithm of their number); above and
    beside the plane stand the sums of columns and rows. Where the grid marks some of the subsets, a
    cell runs from blue (none of them marked) to orange (all of them), and the histograms show the
    marked ones in orange. Two separate clouds are a sign that some trials make the heterogeneity. The
    R call is ``metafor::gosh``. Olkin, Dahabreh and Trikalinos 2012, doi:10.1002/jrsm.1053.

    Args:
        grid: The counts.
        x: The axis of the estimate; its range is that of the grid.
        title: What the figure is.
        description: What it shows.
        y: The axis of the heterogeneity; I² in per cent by default.
        pooled: The estimate of all trials, marked on the axis.
        notes: Sentences for the text twin.
        width: Width of the figure.
        height: Height of the plane.
        prefix: Start of the ids in the SVG.

    Raises:
        DataError: Edges that do not ascend, counts that do not fit them, or marked subsets that
            are more than there are.
    """
    across = x
    up = y or PlotAxis("I² (%)")
    _check(grid, across, up)
    x_axis = PlotAxis(across.label, across.scale, grid.x_edges[0], grid.x_edges[-1])
    y_axis = PlotAxis(up.label, up.scale, grid.y_edges[0], grid.y_edges[-1])
    total = sum(map(sum, grid.counts))
    above = _ABOVE + (_LEGEND if grid.marked else 0.0)
    return scatter(
        [],
        x=x_axis,
        y=y_axis,
        title=title,
        description=description,
        notes=[
            f"Subsets: {total}.",
            *([] if pooled is None else [f"All trials: {format_value(pooled)}."]),
            *notes,
        ],
        tables=(_margin_table(grid, 0, x_axis.label), _margin_table(grid, 1, y_axis.label)),
        width=width,
        height=height,
        prefix=prefix,
        additions=Additions(
            behind=lambda plane: _cells(grid, plane),
            before=lambda plane: [
                *_histograms(grid, plane, above),
                *_pooled(plane, pooled),
                *_key(grid, plane),
            ],
            above=above,
            beside=_BESIDE,
        ),
    )


def _check(grid: DensityGrid, x: PlotAxis, y: PlotAxis) -> None:
    shape = (len(grid.x_edges) - 1, len(grid.y_edges) - 1)
    for edges, axis in ((grid.x_edges, x), (grid.y_edges, y)):
        for edge in edges:
            check_place(edge, axis)
        if len(edges) < 2 or any(b <= a for a, b in pairwise(edges)):  # noqa: PLR2004  two ends
            raise DataError("Edges of the grid must ascend.", rule="edges ascend")
    for counts in (grid.counts, grid.marked or grid.counts):
        if len(counts) != shape[0] or any(len(column) != shape[1] for column in counts):
            raise DataError("The counts do not fit the grid.", rule="a count for each cell")
    for i, column in enumerate(grid.counts):
        part = grid.marked[i] if grid.marked else (0,) * shape[1]
        if any(not 0 <= some <= every for some, every in zip(part, column, strict=True)):
            raise DataError("More subsets are marked than there are.", rule="0 ≤ marked ≤ count")


def _cells(grid: DensityGrid, plane: Plane) -> list[Element]:
    most = max(max(column) for column in grid.counts)
    marks: list[Element] = []
    for i, column in enumerate(grid.counts):
        x1, x2 = (plane.x.position(edge) for edge in grid.x_edges[i : i + 2])
        for j, count in enumerate(column):
            if not count:
                continue
            y1, y2 = (plane.y.position(edge) for edge in grid.y_edges[j : j + 2])
            share = grid.marked[i][j] / count if grid.marked else 0.0
            marks.append(
                tag(
                    "rect",
                    x=min(x1, x2),
                    y=min(y1, y2),
                    width=abs(x2 - x1) + 0.3,
                    height=abs(y2 - y1) + 0.3,
                    fill=_colour(share, _depth(count, most)),
                )
            )
    return marks


def _depth(count: int, most: int) -> float:
    """Give how dark a cell is, from a faint tone for one subset to 1 for the fullest cell."""
    if most <= 1:
        return 1.0
    return _FAINTEST + (1.0 - _FAINTEST) * math.log(count) / math.log(most)


def _colour(share: float, depth: float) -> str:
    """Mix blue and orange by the share that is marked, then with white by the depth."""
    blue, orange = _channels(SHADES[0]), _channels(SHADES[1])
    mixed = [b + share * (o - b) for b, o in zip(blue, orange, strict=True)]
    return "#" + "".join(f"{round(255 + depth * (value - 255)):02x}" for value in mixed)


def _channels(colour: str) -> tuple[int, int, int]:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return red, green, blue


def _sums(counts: Sequence[Sequence[int]], side: int) -> list[int]:
    """Sum the columns (0: along x) or the rows (1: along y)."""
    if side == 0:
        return [sum(column) for column in counts]
    return [sum(row) for row in zip(*counts, strict=True)]


def _histograms(grid: DensityGrid, plane: Plane, above: float) -> list[Element]:
    """Stand bars over the columns and lay bars beside the rows; marked subsets in front."""
    floors = (MARGIN + above - _GAP, plane.right + _GAP)
    marks: list[Element] = []
    for side, room in ((0, _ABOVE), (1, _BESIDE)):
        every = _sums(grid.counts, side)
        unit = (room - 2 * _GAP) / (max(every) or 1)
        bars = [count * unit for count in every]
        marks.extend(_bars(grid, plane, floors[side], bars, upright=side == 0))
        if grid.marked:
            bars = [count * unit for count in _sums(grid.marked, side)]
            marks.extend(_bars(grid, plane, floors[side], bars, upright=side == 0, fill=SHADES[1]))
    return marks


def _bars(
    grid: DensityGrid,
    plane: Plane,
    floor: float,
    lengths: Sequence[float],
    *,
    upright: bool,
    fill: str = SHADES[0],
) -> list[Element]:
    edges, projection = (grid.x_edges, plane.x) if upright else (grid.y_edges, plane.y)
    marks = []
    for long, (low, high) in zip(lengths, pairwise(edges), strict=True):
        if not long:
            continue
        near, far = sorted((projection.position(low), projection.position(high)))
        thick = max(far - near - 0.6, 0.4)
        if upright:
            marks.append(tag("rect", x=near, y=floor - long, width=thick, height=long, fill=fill))
        else:
            marks.append(tag("rect", x=floor, y=near, width=long, height=thick, fill=fill))
    return marks


def _pooled(plane: Plane, pooled: float | None) -> list[Element]:
    """Mark the estimate of all trials by an upright."""
    if pooled is None or plane.x.side(pooled):
        return []
    x = plane.x.position(pooled)
    return [line(x, plane.top, x, plane.bottom, stroke=INK, stroke_dasharray="5 3")]


def _key(grid: DensityGrid, plane: Plane) -> list[Element]:
    """Say above the histogram what the two colours are."""
    if not grid.marked:
        return []
    y = MARGIN + 10
    marks: list[Element] = []
    x = plane.left
    for fill, words in ((SHADES[1], grid.marked_name or "marked"), (SHADES[0], "other subsets")):
        marks.append(tag("rect", x=x, y=y - 9, width=12, height=10, fill=fill))
        shown = ellipsise(clean(words), 200.0, 12.0)
        marks.append(text(x + 17, y, shown, full=words, font_size=12))
        x += 17 + text_width(shown, 12.0) + 18
    return marks


def _margin_table(grid: DensityGrid, side: int, label: str) -> str:
    edges = grid.x_edges if side == 0 else grid.y_edges
    head = [f"{label}, from", "to", "Subsets"]
    columns = [_sums(grid.counts, side)]
    if grid.marked:
        head.append(grid.marked_name or "Marked")
        columns.append(_sums(grid.marked, side))
    body = [
        (format_value(low), format_value(high), *map(str, counts))
        for (low, high), *counts in zip(pairwise(edges), *columns, strict=True)
    ]
    return table(head, body)
