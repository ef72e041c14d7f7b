"""Draw the texts and rows of a forest plot where the layout puts them."""

from __future__ import annotations

from collections.abc import Sequence

from equipoise.errors import DataError
from equipoise.figures._forest_layout import (
    BASELINE,
    LINE_HEIGHT,
    MARGIN,
    SIZE,
    SMALL,
    Column,
    ForestLayout,
    PlacedRow,
    cells,
    is_bold,
    is_drawn,
)
from equipoise.figures._forest_marks import (
    diamond_marks,
    prediction_marks,
    square_side,
    study_marks,
)
from equipoise.figures._palette import MUTED, RULE
from equipoise.figures._svg import HALO, Element, clean, group, line, linked, safe_anchor, text
from equipoise.figures.axis import Interval, Projection
from equipoise.figures.model import ForestRow
from equipoise.figures.text_twin import NOT_ESTIMABLE
from equipoise.figures.text_width import ellipsise


def row_interval(row: ForestRow) -> Interval:
    """Give what a row draws; a lone estimate is an interval without width.

    Raises:
        DataError: One end of an interval without the other.
    """
    if row.low is not None and row.high is not None:
        return Interval(row.low, row.high, row.estimate)
    if row.low is None and row.high is None and row.estimate is not None:
        return Interval(row.estimate, row.estimate, row.estimate)
    raise DataError(
        f"“{clean(row.label)}” has one end of an interval without the other.",
        rule="a row has both ends of an interval or none",
    )


def header_marks(layout: ForestLayout, groups: Sequence[tuple[str, int]]) -> list[Element]:
    bottom = layout.header_bottom - 6
    middle = sum(layout.panel) / 2
    marks = [
        mark
        for column in (layout.label, *layout.left, *layout.right)
        for mark in _lines_up_from(bottom, *column.anchor, column.header)
    ]
    marks.extend(_lines_up_from(bottom, middle, "middle", layout.panel_header))
    marks.extend(_group_marks(layout, groups))
    marks.append(_rule(layout, layout.header_bottom, RULE))
    return marks


def _rule(layout: ForestLayout, y: float, colour: str) -> Element:
    return line(MARGIN, y, layout.width - MARGIN, y, stroke=colour)


def _lines_up_from(bottom: float, x: float, anchor: str, lines: Sequence[str]) -> list[Element]:
    return [
        text(x, bottom - i * LINE_HEIGHT, content, text_anchor=anchor, font_weight="bold")
        for i, content in enumerate(reversed(lines))
        if content
    ]


def _group_marks(layout: ForestLayout, groups: Sequence[tuple[str, int]]) -> list[Element]:
    marks: list[Element] = []
    first = 0
    for name, span in groups:
        held = layout.left[first : first + span]
        first += span
        if not clean(name):
            continue
        deepest = max(len(column.header) for column in held)
        baseline = layout.header_bottom - 6 - deepest * LINE_HEIGHT
        x1, x2 = held[0].start, held[-1].start + held[-1].width
        shown = ellipsise(clean(name), x2 - x1 + 4, SIZE, bold=True)
        middle = (x1 + x2) / 2
        marks.append(
            text(middle, baseline - 3, shown, full=name, text_anchor="middle", font_weight="bold")
        )
        marks.append(line(x1, baseline + 1.5, x2, baseline + 1.5, stroke=RULE))
    return marks


def row_marks(layout: ForestLayout, projection: Projection) -> list[Element]:
    weights = [placed.row.weight for placed in layout.rows if placed.row.kind == "study"]
    heaviest = max((weight for weight in weights if weight is not None), default=0.0)
    return [_row(placed, layout, projection, heaviest) for placed in layout.rows]


def _row(
    placed: PlacedRow, layout: ForestLayout, projection: Projection, heaviest: float
) -> Element:
    row = placed.row
    marks = [_label(placed, layout.label)]
    left = cells(row, len(layout.left), "left")
    right = cells(row, len(layout.right), "right")
    if row.kind not in ("heading", "note"):
        columns = (*layout.left, *layout.right)
        marks.extend(_cell_marks((*left, *right), columns, placed))
        marks.extend(_picture(placed, projection, heaviest))
    if row.kind in ("study", "subtotal", "total") and not is_drawn(row):
        marks.extend(_not_estimable((*left, *right), layout.panel, placed.middle))
    return group(
        marks,
        id=safe_anchor(row.anchor),
        font_weight="bold" if is_bold(row) else None,
    )


def _label(placed: PlacedRow, column: Column) -> Element:
    row = placed.row
    note = row.kind == "note"
    first = placed.middle + BASELINE - (len(placed.lines) - 1) * LINE_HEIGHT / 2
    whole = clean(row.label)
    shortened = whole if "".join(placed.lines[-1:]).endswith("…") else ""
    lines = [
        text(
            column.start + placed.indent,
            first + i * LINE_HEIGHT,
            content,
            full=shortened,
            font_size=SMALL if note else None,
            fill=MUTED if note else None,
        )
        for i, content in enumerate(placed.lines)
    ]
    label = lines[0] if len(lines) == 1 else group(lines)
    return linked(label, row.href)


def _cell_marks(
    contents: Sequence[str], columns: Sequence[Column], placed: PlacedRow
) -> list[Element]:
    marks = []
    for content, column in zip(contents, columns, strict=True):
        if not content:
            continue
        x, anchor = column.anchor
        shown = ellipsise(content, column.width + 1, SIZE, bold=is_bold(placed.row))
        y = placed.middle + BASELINE
        marks.append(text(x, y, shown, full=content, text_anchor=anchor))
    return marks


def _not_estimable(contents: Sequence[str], panel: tuple[float, float], y: float) -> list[Element]:
    """Say so in the picture unless one of the columns already does."""
    if any(NOT_ESTIMABLE.lower() in content.lower() for content in contents):
        return []
    middle = sum(panel) / 2
    return [
        text(
            middle,
            y + BASELINE,
            NOT_ESTIMABLE,
            text_anchor="middle",
            fill=MUTED,
            font_style="italic",
            font_weight="normal",
            **HALO,
            font_size=SMALL,
        )
    ]


def _picture(placed: PlacedRow, projection: Projection, heaviest: float) -> list[Element]:
    row = placed.row
    if not is_drawn(row):
        return []
    interval, y = row_interval(row), placed.middle
    if row.kind == "prediction":
        return prediction_marks(projection, interval, y)
    if row.kind in ("subtotal", "total"):
        return diamond_marks(projection, interval, y, row.kind)
    side = square_side(row.weight, heaviest)
    return study_marks(projection, interval, y, side, hollow=row.weight is None and heaviest > 0)
