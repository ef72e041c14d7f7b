"""Draw gap maps: what is known for each outcome of each comparison, and what nobody measured."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from equipoise.errors import DataError
from equipoise.figures._palette import FAINT, HATCH, INK, MUTED, PAPER, SHADES
from equipoise.figures._svg import (
    Attribute,
    Element,
    clean,
    document,
    figure_id,
    group,
    line,
    linked,
    tag,
    text,
)
from equipoise.figures.model import Figure, GridCell
from equipoise.figures.text_twin import assemble, table
from equipoise.figures.text_width import balance, ellipsise, text_width, wrap

State: TypeAlias = Literal["pooled", "single trial", "not poolable", "no data", "not planned"]

_STATES: Final[tuple[State, ...]] = (
    "pooled",
    "single trial",
    "not poolable",
    "no data",
    "not planned",
)
_EMPTY_TEXT: Final[Mapping[State, str]] = {
    "pooled": "pooled",
    "single trial": "1",
    "not poolable": "not pooled",
    "no data": "none",
    "not planned": "–",
}
_MEANING: Final[Mapping[State, str]] = {
    "pooled": "trials pooled",
    "single trial": "a single trial",
    "not poolable": "data that cannot be pooled",
    "no data": "planned, no data",
    "not planned": "not planned",
}

_SIZE: Final = 13.0
_CELL_SIZE: Final = 12.0
_LINE: Final = 15.0
_MARGIN: Final = 12.0
_ROW_LABEL_MOST: Final = 250.0
_ROW_LEAST: Final = 34.0
_COLUMN_LEAST: Final = 48.0
_COLUMN_MOST: Final = 128.0
_UPRIGHT_WIDTH: Final = 640.0
_UPRIGHT_LEAST: Final = 88.0
_TILT: Final = 50.0
_TILTED_MOST: Final = 250.0
_SHAPE_HEIGHT: Final = 22.0
_MARK: Final = SHADES[0]


@dataclass(frozen=True, slots=True)
class _Grid:
    """Measures of the grid: where cells start, and how large they are."""

    left: float
    top: float
    column_width: float
    row_tops: tuple[float, ...]
    row_heights: tuple[float, ...]
    columns: int
    tilted: bool

    @property
    def right(self) -> float:
        return self.left + self.columns * self.column_width

    @property
    def bottom(self) -> float:
        return self.row_tops[-1] + self.row_heights[-1] if self.row_tops else self.top

    def middle(self, row: int, column: int) -> tuple[float, float]:
        x = self.left + (column + 0.5) * self.column_width
        return x, self.row_tops[row] + self.row_heights[row] / 2


def gap_map(
    cells: Sequence[GridCell],
    *,
    rows: Sequence[tuple[str, str]],
    columns: Sequence[tuple[str, str]],
    title: str,
    description: str,
    prefix: str = "",
) -> Figure:
    """Draw a grid of outcomes by comparisons.

    Each state has a shape of its own and says its text: pooled trials a filled disc, a single
    trial a ring, data that cannot be pooled a dashed ring, planned but unmeasured a hatched cell,
    and not planned a dash. A place in the grid without a cell was not planned.

    Args:
        cells: The cells, in any order.
        rows: Id and label of each row (outcomes), from the top.
        columns: Id and label of each column (comparisons), from the left.
        title: What the figure is, for ``<title>`` and the text twin; it is not drawn.
        description: What it shows, for ``<desc>`` and the text twin.
        prefix: Start of the ids in the SVG; by default they come from the title.

    Raises:
        DataError: Two cells for one place, or a cell for a row or column that is not listed.
    """
    placed = _placed(cells, rows, columns)
    labels = [wrap(clean(label), _ROW_LABEL_MOST, _SIZE) for _, label in rows]
    grid = _measured(placed, labels, [clean(label) for _, label in columns])
    identifier = figure_id(prefix, title, description)
    legend, legend_bottom, legend_right = _legend(placed, grid, identifier)
    width = math.ceil(max(_right_edge(grid, columns), legend_right) + _MARGIN)
    height = math.ceil(legend_bottom + _MARGIN)
    svg = document(
        [
            _hatching(identifier),
            *_headers(grid, columns),
            *_row_labels(grid, labels),
            *(
                _cell(cell, (rows[i][1], columns[j][1]), grid, (i, j), identifier)
                for (i, j), cell in placed.items()
            ),
            *legend,
        ],
        width=width,
        height=height,
        title=title,
        description=description,
        identifier=identifier,
    )
    return Figure(
        svg=svg,
        title=clean(title),
        description=clean(description),
        text=assemble(title, description, *_twin(placed, rows, columns)),
        width=width,
        height=height,
    )


Placed: TypeAlias = dict[tuple[int, int], GridCell]


def _placed(
    cells: Sequence[GridCell],
    rows: Sequence[tuple[str, str]],
    columns: Sequence[tuple[str, str]],
) -> Placed:
    """Put every cell in its place, row by row, and fill up with cells that were not planned."""
    if not rows or not columns:
        raise DataError("A gap map needs a row and a column.", rule="rows and columns are listed")
    row_at = {key: i for i, (key, _) in enumerate(rows)}
    column_at = {key: j for j, (key, _) in enumerate(columns)}
    found: Placed = {}
    for n, cell in enumerate(cells):
        place = (row_at.get(cell.row, -1), column_at.get(cell.column, -1))
        if -1 in place or place in found:
            raise DataError(
                f"Cell {n + 1} ({cell.row}, {cell.column}) has no place of its own in the grid.",
                rows=(n,),
                rule="each cell names a listed row and column, and no two name the same",
            )
        found[place] = cell
    for i, (row, _) in enumerate(rows):
        for j, (column, _) in enumerate(columns):
            found.setdefault((i, j), GridCell(row, column, "not planned", "", "not planned"))
    return dict(sorted(found.items()))


def _shown(cell: GridCell) -> str:
    return clean(cell.text) or _EMPTY_TEXT[cell.state]


# --- measures ----------------------------------------------------------------------------------


def _measured(placed: Placed, labels: Sequence[tuple[str, ...]], headers: Sequence[str]) -> _Grid:
    widest = max(text_width(_shown(cell), _CELL_SIZE) for cell in placed.values()) + 26
    words = max(
        (text_width(word, _SIZE, bold=True) for header in headers for word in header.split()),
        default=0.0,
    )
    upright = min(max(widest, words + 10, _UPRIGHT_LEAST), _COLUMN_MOST)
    tilted = upright * len(headers) > _UPRIGHT_WIDTH
    column_width = min(max(widest, _COLUMN_LEAST), _COLUMN_MOST) if tilted else upright
    label_width = max(text_width(part, _SIZE) for lines in labels for part in lines)
    top = _MARGIN + _header_height(headers, column_width, tilted=tilted)
    heights = [max(_ROW_LEAST, len(lines) * _LINE + 12) for lines in labels]
    tops = [top + sum(heights[:i]) for i in range(len(heights))]
    return _Grid(
        left=_MARGIN + label_width + 12,
        top=top,
        column_width=column_width,
        row_tops=tuple(tops),
        row_heights=tuple(heights),
        columns=len(headers),
        tilted=tilted,
    )


def _tilted_text(header: str) -> str:
    return ellipsise(header, _TILTED_MOST, _SIZE)


def _header_height(headers: Sequence[str], column_width: float, *, tilted: bool) -> float:
    if not tilted:
        return max(len(_upright_text(header, column_width)) for header in headers) * _LINE + 8
    longest = max(text_width(_tilted_text(header), _SIZE) for header in headers)
    return longest * math.sin(math.radians(_TILT)) + 20


def _upright_text(header: str, column_width: float) -> tuple[str, ...]:
    return balance(header, column_width - 8, _SIZE, bold=True)


def _right_edge(grid: _Grid, columns: Sequence[tuple[str, str]]) -> float:
    """Give the right edge of the grid and of the tilted headers, which lean out of it."""
    edges = [grid.right]
    if grid.tilted:
        lean = math.cos(math.radians(_TILT))
        for j, (_, label) in enumerate(columns):
            reach = text_width(_tilted_text(clean(label)), _SIZE) * lean
            edges.append(grid.left + (j + 0.5) * grid.column_width + reach + 8)
    return max(edges)


# --- marks -------------------------------------------------------------------------------------


def _hatching(identifier: str) -> Element:
    stripe = line(0, 0, 0, 6, stroke=HATCH, stroke_width=1.1)
    pattern = tag(
        "pattern",
        stripe,
        id=f"{identifier}-hatching",
        width=6,
        height=6,
        patternUnits="userSpaceOnUse",
        patternTransform="rotate(45)",
    )
    return tag("defs", pattern)


def _headers(grid: _Grid, columns: Sequence[tuple[str, str]]) -> list[Element]:
    marks: list[Element] = []
    for j, (_, label) in enumerate(columns):
        x = grid.left + (j + 0.5) * grid.column_width
        name = clean(label)
        if grid.tilted:
            turn = f"rotate(-{_TILT:.0f} {x:.2f} {grid.top - 10:.2f})"
            shown = _tilted_text(name)
            marks.append(text(x, grid.top - 10, shown, full=name, transform=turn))
            continue
        lines = _upright_text(name, grid.column_width)
        first = grid.top - 8 - (len(lines) - 1) * _LINE
        marks.extend(
            text(x, first + i * _LINE, part, text_anchor="middle", font_weight="bold")
            for i, part in enumerate(lines)
        )
    return marks


def _row_labels(grid: _Grid, labels: Sequence[tuple[str, ...]]) -> list[Element]:
    marks: list[Element] = []
    for top, height, lines in zip(grid.row_tops, grid.row_heights, labels, strict=True):
        first = top + height / 2 + 4.5 - (len(lines) - 1) * _LINE / 2
        marks.extend(text(_MARGIN, first + i * _LINE, part) for i, part in enumerate(lines))
        marks.append(line(_MARGIN, top, grid.right, top, stroke=FAINT))
    marks.append(line(_MARGIN, grid.bottom, grid.right, grid.bottom, stroke=FAINT))
    return marks


def _cell(
    cell: GridCell, names: tuple[str, str], grid: _Grid, place: tuple[int, int], identifier: str
) -> Element:
    x, y = grid.middle(*place)
    row, column = map(clean, names)
    said = f"{row}, {column}: {clean(cell.detail) or _MEANING[cell.state]}"
    shown = ellipsise(_shown(cell), grid.column_width - 16, _CELL_SIZE)
    width = grid.column_width - 6
    height = grid.row_heights[place[0]] - 6
    marks = _symbol(cell.state, shown, (x, y), (width, height), identifier)
    return linked(group([tag("title", said), *marks]), cell.href, label=said)


def _symbol(
    state: State,
    shown: str,
    middle: tuple[float, float],
    room: tuple[float, float],
    identifier: str,
) -> list[Element]:
    """Draw a state: its shape, as wide as its text needs, and the text in it."""
    x, y = middle
    written = text_width(shown, _CELL_SIZE)
    if state == "not planned":
        return [_symbol_text(shown, middle, fill=MUTED)]
    if state == "no data":
        paper = written + 6
        return [
            _box(middle, room, 2.0, fill=f"url(#{identifier}-hatching)", stroke=HATCH),
            _box(middle, (paper, 16.0), 2.0, fill=PAPER),
            _symbol_text(shown, middle, fill=INK),
        ]
    width = min(max(_SHAPE_HEIGHT, written + 12), room[0])
    looks: dict[str, Attribute] = {"fill": _MARK if state == "pooled" else PAPER, "stroke": _MARK}
    looks["stroke_width"] = 2
    looks["stroke_dasharray"] = "4 3" if state == "not poolable" else None
    return [
        _box((x, y), (width, _SHAPE_HEIGHT), _SHAPE_HEIGHT / 2, **looks),
        _symbol_text(shown, middle, fill=PAPER if state == "pooled" else INK),
    ]


def _box(
    middle: tuple[float, float], size: tuple[float, float], radius: float, **looks: Attribute
) -> Element:
    x, y = middle[0] - size[0] / 2, middle[1] - size[1] / 2
    return tag("rect", x=x, y=y, width=size[0], height=size[1], rx=radius, **looks)


def _symbol_text(shown: str, middle: tuple[float, float], *, fill: str) -> Element:
    x, y = middle
    return text(x, y + 4.2, shown, text_anchor="middle", font_size=_CELL_SIZE, fill=fill)


def _legend(placed: Placed, grid: _Grid, identifier: str) -> tuple[list[Element], float, float]:
    """Explain the states that occur; also give the legend's bottom and right edge."""
    occurring = {cell.state for cell in placed.values()}
    marks: list[Element] = []
    x, y, furthest = _MARGIN, grid.bottom + 26, _MARGIN
    for state in (state for state in _STATES if state in occurring):
        sample = {"pooled": "k", "single trial": "1", "not poolable": "k"}.get(state)
        shown = sample or _EMPTY_TEXT[state]
        symbol_width = max(_SHAPE_HEIGHT, text_width(shown, _CELL_SIZE) + 18)
        meaning_width = text_width(_MEANING[state], _CELL_SIZE)
        if x > _MARGIN and x + symbol_width + meaning_width > grid.right:
            x, y = _MARGIN, y + 30
        room = (symbol_width, _SHAPE_HEIGHT)
        marks.extend(_symbol(state, shown, (x + symbol_width / 2, y), room, identifier))
        marks.append(text(x + symbol_width + 6, y + 4.2, _MEANING[state], font_size=_CELL_SIZE))
        x += symbol_width + 6 + meaning_width + 20
        furthest = max(furthest, x - 20)
    return marks, y + _SHAPE_HEIGHT / 2, furthest


# --- the text twin -----------------------------------------------------------------------------


def _twin(
    placed: Placed,
    rows: Sequence[tuple[str, str]],
    columns: Sequence[tuple[str, str]],
) -> tuple[str, str]:
    """List every cell, row by row, and count the states."""
    body = [
        (rows[i][1], columns[j][1], cell.state, _shown(cell), cell.detail)
        for (i, j), cell in placed.items()
    ]
    states = [cell.state for cell in placed.values()]
    counts = (f"{state}: {states.count(state)}" for state in _STATES if state in states)
    header = ("Row", "Column", "State", "Shown", "Detail")
    return table(header, body), f"Cells: {len(states)} ({', '.join(counts)})."
