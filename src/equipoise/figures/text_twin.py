"""Say in plain text what a figure shows: aligned tables for a terminal or a screen reader."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

from equipoise.figures._svg import clean
from equipoise.figures.axis import format_value
from equipoise.figures.model import Axis

NOT_ESTIMABLE: Final = "Not estimable"

_GAP: Final = "  "
_HEADER_ROOM: Final = 10
_NUMERIC_START: Final = re.compile(r"\[?[−+<>=≤≥~±-]?\s?\d|[—–-]$|$")


def looks_numeric(cells: Iterable[str]) -> bool:
    """Tell whether a column reads as numbers, which are set flush right.

    Dashes, empty cells and "Not estimable" stand in for numbers and do not count against it.
    """
    return all(
        _NUMERIC_START.match(cell) or cell.lower() == NOT_ESTIMABLE.lower() for cell in cells
    )


def columns_wide(text: str) -> int:
    """Count the columns ``text`` takes in a terminal; wide letters take two, accents none."""
    return len(text) if text.isascii() else sum(map(_letter_columns, text))


def _letter_columns(letter: str) -> int:
    if letter.isascii():
        return 1
    if unicodedata.combining(letter) or unicodedata.category(letter) == "Cf":
        return 0
    return 2 if unicodedata.east_asian_width(letter) in ("W", "F") else 1


def _padded(text: str, width: int, *, right: bool) -> str:
    space = " " * (width - columns_wide(text))
    return space + text if right else text + space


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Align rows under a header. Rows shorter than the header (headings, notes) may run on.

    Columns whose cells all look like numbers are set flush right. A header wider than its column
    is broken between words into lines.
    """
    head = [clean(cell) for cell in header]
    body = [[clean(cell) for cell in row] for row in rows]
    columns = list(zip(*(row for row in body if len(row) == len(head)), strict=True))
    columns = columns or [()] * len(head)
    stacks = [_stacked(cell, column) for cell, column in zip(head, columns, strict=True)]
    widths = [
        max(columns_wide(cell) for cell in (*stack, *column))
        for stack, column in zip(stacks, columns, strict=True)
    ]
    right = [looks_numeric(column) and any(column) for column in columns]

    def written(row: Sequence[str]) -> str:
        if len(row) < len(head):
            return _GAP.join(row)
        cells = (
            _padded(cell, width, right=flush)
            for cell, width, flush in zip(row, widths, right, strict=True)
        )
        return _GAP.join(cells).rstrip()

    deepest = max(len(stack) for stack in stacks)
    lifted = [[""] * (deepest - len(stack)) + stack for stack in stacks]
    top = [written(line) for line in zip(*lifted, strict=True)]
    rule = _GAP.join("-" * width for width in widths)
    return "\n".join([*top, rule, *map(written, body)])


def _stacked(header: str, column: Sequence[str]) -> list[str]:
    """Break a header into lines about as wide as its column or its own longest word."""
    words = header.split() or [""]
    room = max(_HEADER_ROOM, *(columns_wide(cell) for cell in (*words, *column)))
    lines = [words[0]]
    for word in words[1:]:
        if columns_wide(lines[-1]) + 1 + columns_wide(word) <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def axis_in_words(axis: Axis) -> str:
    """Say what the axis of a picture says: the null, the directions, the dashed lines."""
    null = "" if axis.null is None else f"; no effect at {format_value(axis.null)}"
    lines = [f"Axis: {axis.label}; {axis.scale} scale{null}."]
    if axis.favours_low:
        lines.append(f"Below it: {axis.favours_low}.")
    if axis.favours_high:
        lines.append(f"Above it: {axis.favours_high}.")
    lines.extend(f"Threshold at {format_value(value)}: {name}." for value, name in axis.thresholds)
    return "\n".join(map(clean, lines))


def assemble(title: str, description: str, *blocks: str) -> str:
    """Join title, description and blocks with empty lines between; ends in one line end."""
    parts = [clean(title), clean(description), *blocks]
    return "\n\n".join(part for part in parts if part) + "\n"
