"""Where everything in a forest plot goes: columns from text widths, rows from wrapped labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final, Literal

from equipoise.figures._svg import clean
from equipoise.figures.model import Axis, ForestRow
from equipoise.figures.text_twin import looks_numeric
from equipoise.figures.text_width import balance, text_width, wrap

SIZE: Final = 13.0
SMALL: Final = 12.0
LINE_HEIGHT: Final = 16.0
MARGIN: Final = 12.0
COLUMN_GAP: Final = 14.0
INDENT: Final = 10.0
BASELINE: Final = 4.5

_ROW_PADDING: Final = 6.0
_BLOCK_GAP: Final = 6.0
_LABEL_LEAST: Final = 90.0
_LABEL_MOST: Final = 230.0
_CELL_MOST: Final = 190.0
_HEADER_WORDS: Final = 76.0
_LABEL_LINES: Final = 2
_BOLD: Final = ("heading", "subtotal", "total")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of text: where it starts and ends, its header, and to which side it is set."""

    start: float
    width: float
    header: tuple[str, ...]
    flush: Literal["left", "right"]

    @property
    def anchor(self) -> tuple[float, str]:
        """Give the x coordinate its texts hang on and their SVG ``text-anchor``."""
        if self.flush == "left":
            return self.start, "start"
        return self.start + self.width, "end"


@dataclass(frozen=True, slots=True)
class PlacedRow:
    """A row, the lines of its label, and its top and height."""

    row: ForestRow
    lines: tuple[str, ...]
    indent: float
    top: float
    height: float

    @property
    def middle(self) -> float:
        """Give the y coordinate of the row's marks and cells."""
        return self.top + self.height / 2


@dataclass(frozen=True, slots=True)
class ForestLayout:
    """The finished measures of a forest plot. ``panel`` is the picture's left and right edge."""

    label: Column
    left: tuple[Column, ...]
    right: tuple[Column, ...]
    panel: tuple[float, float]
    panel_header: tuple[str, ...]
    header_top: float
    header_bottom: float
    rows: tuple[PlacedRow, ...]
    rows_top: float
    rows_bottom: float
    width: float


def is_bold(row: ForestRow) -> bool:
    """Tell whether a row's text is set bold."""
    return row.kind in _BOLD


def cells(row: ForestRow, columns: int, side: Literal["left", "right"]) -> tuple[str, ...]:
    """Give a row's texts, filled up to the number of columns.

    Missing texts of a study that is not estimable become a dash, so that the gap is seen.
    """
    given = row.left if side == "left" else row.right
    missing = "—" if row.kind == "study" and not is_drawn(row) else ""
    filled = (*given, *[""] * (columns - len(given)))
    return tuple(clean(cell) or missing for cell in filled)


def is_drawn(row: ForestRow) -> bool:
    """Tell whether a row has anything to draw; a prediction interval is nothing but its ends."""
    if row.kind == "prediction":
        return row.low is not None and row.high is not None
    return row.kind not in ("heading", "note") and row.estimate is not None


def lay_out(
    rows: Sequence[ForestRow],
    axis: Axis,
    *,
    label_header: str,
    left_columns: Sequence[str],
    right_columns: Sequence[str],
    left_groups: Sequence[tuple[str, int]],
    panel_width: float,
    threshold_space: float,
) -> ForestLayout:
    """Measure the texts and place columns and rows."""
    label = _label_column(rows, label_header)
    left = _columns(label.start + label.width + COLUMN_GAP, left_columns, rows, "left")
    left = _widened_for_groups(left, left_groups)
    panel_start = _end_of(left, label) + COLUMN_GAP
    panel = (panel_start, panel_start + panel_width)
    right = _columns(panel[1] + COLUMN_GAP, right_columns, rows, "right")
    panel_header = balance(clean(axis.label), panel_width + COLUMN_GAP, SIZE, bold=True)
    column_lines = max(len(column.header) for column in (label, *left, *right))
    lines = max(column_lines + (1 if left_groups else 0), len(panel_header))
    header_bottom = MARGIN + lines * LINE_HEIGHT + _BLOCK_GAP
    rows_top = header_bottom + threshold_space + _BLOCK_GAP
    note_width = _end_of(left, label) - label.start
    placed = _placed(rows, label, note_width, rows_top)
    return ForestLayout(
        label=label,
        left=left,
        right=right,
        panel=panel,
        panel_header=panel_header,
        header_top=MARGIN,
        header_bottom=header_bottom,
        rows=placed,
        rows_top=rows_top,
        rows_bottom=placed[-1].top + placed[-1].height + _BLOCK_GAP if placed else rows_top,
        width=(_end_of(right, label) if right else panel[1]) + MARGIN,
    )


def _end_of(columns: Sequence[Column], label: Column) -> float:
    last = columns[-1] if columns else label
    return last.start + last.width


def _label_column(rows: Sequence[ForestRow], header: str) -> Column:
    widths = [
        text_width(clean(row.label), SIZE, bold=is_bold(row)) + INDENT
        for row in rows
        if row.kind not in ("heading", "note")
    ]
    width = min(max([_LABEL_LEAST, text_width(header, SIZE, bold=True), *widths]), _LABEL_MOST)
    return Column(MARGIN, width, wrap(header, width, SIZE, bold=True), "left")


def _columns(
    start: float,
    headers: Sequence[str],
    rows: Sequence[ForestRow],
    side: Literal["left", "right"],
) -> tuple[Column, ...]:
    placed: list[Column] = []
    for i, name in enumerate(headers):
        body = [(cells(row, len(headers), side)[i], is_bold(row)) for row in rows]
        placed.append(_column(start, clean(name), body))
        start += placed[-1].width + COLUMN_GAP
    return tuple(placed)


def _column(start: float, name: str, body: Sequence[tuple[str, bool]]) -> Column:
    widest_cell = max((text_width(cell, SIZE, bold=bold) for cell, bold in body), default=0.0)
    widest_word = max((text_width(word, SIZE, bold=True) for word in name.split()), default=0.0)
    cell_width = min(widest_cell, _CELL_MOST)
    lines = balance(
        name, min(max(_HEADER_WORDS, cell_width, widest_word), _CELL_MOST), SIZE, bold=True
    )
    header_width = max(text_width(line, SIZE, bold=True) for line in lines)
    flush: Literal["left", "right"] = "right" if looks_numeric(cell for cell, _ in body) else "left"
    return Column(start, max(cell_width, header_width), lines, flush)


def _widened_for_groups(
    columns: tuple[Column, ...], groups: Sequence[tuple[str, int]]
) -> tuple[Column, ...]:
    """Give a group whose name is wider than its columns the room it needs."""
    extra = [0.0] * len(columns)
    first = 0
    for name, span in groups:
        held = columns[first : first + span]
        room = held[-1].start + held[-1].width - held[0].start
        lacking = min(text_width(clean(name), SIZE, bold=True), _CELL_MOST) - room
        extra[first : first + span] = [max(0.0, lacking) / span] * span
        first += span
    shifts = [0.0, *accumulate(extra)]
    return tuple(
        Column(column.start + shift, column.width + more, column.header, column.flush)
        for column, shift, more in zip(columns, shifts, extra, strict=False)
    )


def _placed(
    rows: Sequence[ForestRow], label: Column, note_width: float, top: float
) -> tuple[PlacedRow, ...]:
    has_headings = any(row.kind == "heading" for row in rows)
    placed: list[PlacedRow] = []
    for row in rows:
        indent = INDENT if has_headings and row.kind == "study" else 0.0
        lines = _label_lines(row, label.width - indent, note_width)
        space_above = _BLOCK_GAP if row.kind in ("heading", "total") and placed else 0.0
        height = len(lines) * LINE_HEIGHT + _ROW_PADDING
        placed.append(PlacedRow(row, lines, indent, top + space_above, height))
        top = placed[-1].top + height
    return tuple(placed)


def _label_lines(row: ForestRow, width: float, note_width: float) -> tuple[str, ...]:
    text, bold = clean(row.label), is_bold(row)
    if row.kind == "note":
        return wrap(text, note_width, SMALL)
    if row.kind == "heading":
        return wrap(text, note_width, SIZE, bold=bold)
    return wrap(text, width, SIZE, max_lines=_LABEL_LINES, bold=bold)
