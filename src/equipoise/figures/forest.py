"""Draw forest plots in the layout readers of systematic reviews know."""

from __future__ import annotations

import math
from collections.abc import Sequence

from equipoise.errors import DataError
from equipoise.figures._forest_axis import (
    axis_marks_below,
    footer_marks_below,
    reference_lines,
    threshold_labels,
    threshold_space,
)
from equipoise.figures._forest_draw import header_marks, row_interval, row_marks
from equipoise.figures._forest_layout import MARGIN, cells, is_drawn, lay_out
from equipoise.figures._forest_marks import EDGE
from equipoise.figures._svg import clean, document, figure_id
from equipoise.figures.axis import (
    Projection,
    check_axis,
    check_interval,
    choose_range,
    format_value,
)
from equipoise.figures.model import Axis, Figure, ForestRow
from equipoise.figures.text_twin import NOT_ESTIMABLE, assemble, axis_in_words, table


def forest(
    rows: Sequence[ForestRow],
    *,
    axis: Axis,
    left_columns: Sequence[str],
    right_columns: Sequence[str],
    title: str,
    description: str,
    footer: Sequence[str] = (),
    left_groups: Sequence[tuple[str, int]] = (),
    label_header: str = "Study",
    panel_width: float = 280.0,
    prefix: str = "",
) -> Figure:
    """Draw a forest plot.

    Trials are squares whose area is proportional to their weight, with their interval as a line;
    subtotals are open and totals filled diamonds; a prediction interval is a flat bar with upright
    ends. An interval that leaves the axis ends in an arrow. A row without an estimate keeps its
    place and its texts and has no mark. The order and the numbers are the caller's: nothing is
    computed here but positions.

    Args:
        rows: The rows from top to bottom.
        axis: The picture's axis; ``axis.label`` stands above the picture, ``axis.favours_low`` and
            ``axis.favours_high`` below it, as given (for example "Favours placebo").
        left_columns: Headers of the columns between label and picture.
        right_columns: Headers of the columns after the picture.
        title: What the figure is, for ``<title>`` and the text twin; it is not drawn.
        description: What it shows, for ``<desc>`` and the text twin.
        footer: Lines on heterogeneity and tests, below the rows.
        left_groups: Headers above several left columns, each with the number it spans, from the
            first left column on; an empty name skips columns.
        label_header: Header of the label column.
        panel_width: Width of the picture alone. For a narrow page, leave out the left columns and
            take about 200.
        prefix: Start of the ids in the SVG; by default they come from the title. Give one where
            figures with the same title and description share a page.

    Returns:
        The figure with its text twin: the same table, and in words where each interval lies.

    Raises:
        DataError: Numbers that have no place on the axis, or more texts than columns.
    """
    check_axis(axis)
    _check_rows(rows, axis, len(left_columns), len(right_columns))
    _check_groups(left_groups, len(left_columns))
    low, high = choose_range(axis, [row_interval(row) for row in rows if is_drawn(row)])
    labels = threshold_labels(axis, low, high, panel_width)
    layout = lay_out(
        rows,
        axis,
        label_header=label_header,
        left_columns=left_columns,
        right_columns=right_columns,
        left_groups=left_groups,
        panel_width=panel_width,
        threshold_space=threshold_space(labels),
    )
    start, end = layout.panel
    projection = Projection(axis.scale, low, high, start + EDGE, end - EDGE)
    axis_marks, axis_bottom = axis_marks_below(axis, projection, layout)
    footer_marks, footer_bottom = footer_marks_below(footer, layout, axis_bottom)
    height = max(axis_bottom, footer_bottom) + MARGIN
    svg = document(
        [
            *header_marks(layout, left_groups),
            *reference_lines(axis, projection, layout, labels),
            *axis_marks,
            *row_marks(layout, projection),
            *footer_marks,
        ],
        width=math.ceil(layout.width),
        height=math.ceil(height),
        title=title,
        description=description,
        identifier=figure_id(prefix, title, description),
    )
    header = (label_header, *_full_names(left_columns, left_groups), *right_columns)
    twin = _twin(rows, axis, header, len(left_columns), len(right_columns))
    return Figure(
        svg=svg,
        title=clean(title),
        description=clean(description),
        text=assemble(title, description, twin, "\n".join(map(clean, footer)), axis_in_words(axis)),
        width=math.ceil(layout.width),
        height=math.ceil(height),
    )


def _check_rows(rows: Sequence[ForestRow], axis: Axis, left: int, right: int) -> None:
    for i, row in enumerate(rows):
        if row.kind in ("heading", "note"):
            continue
        if len(row.left) > left or len(row.right) > right:
            raise DataError(
                f"Row {i + 1} has more texts than there are columns.",
                rows=(i,),
                rule="a row has at most one text for each column",
            )
        if row.weight is not None and not (math.isfinite(row.weight) and row.weight >= 0):
            raise DataError(
                f"Row {i + 1} has the weight {row.weight}.",
                rows=(i,),
                rule="weights are finite and not negative",
            )
        if is_drawn(row):
            check_interval(row_interval(row), axis.scale, i)
        elif row.kind != "prediction" and (row.low, row.high) != (None, None):
            raise DataError(
                f"Row {i + 1} has an interval without an estimate.",
                rows=(i,),
                rule="only a prediction interval stands without an estimate",
            )


def _check_groups(groups: Sequence[tuple[str, int]], columns: int) -> None:
    if any(span < 1 for _, span in groups) or sum(span for _, span in groups) > columns:
        raise DataError(
            "The column groups span more columns than there are.",
            rule="groups span one column or more, and together no more than the left columns",
        )


def _full_names(columns: Sequence[str], groups: Sequence[tuple[str, int]]) -> list[str]:
    """Put each group's name before the names of its columns, as a table in one line needs."""
    names = [clean(name) for name, span in groups for _ in range(span)]
    names.extend([""] * (len(columns) - len(names)))
    pairs = zip(names, columns, strict=True)
    return [f"{name}: {clean(column)}" if name else clean(column) for name, column in pairs]


def _twin(
    rows: Sequence[ForestRow], axis: Axis, header: Sequence[str], left: int, right: int
) -> str:
    """Write the table, and in words what the picture adds: where each interval lies.

    Without any columns the numbers would be in the picture alone, so the twin then spells them out.
    Without a value of no effect there is nothing to lie above or below.
    """
    bare = left + right == 0
    places = [] if axis.null is None else ["Where it lies"]
    extra = ["Estimate [interval]"] if bare else []
    body: list[Sequence[str]] = []
    for row in rows:
        if row.kind in ("heading", "note"):
            body.append((row.label,))
            continue
        numbers = [_numbers(row)] if bare else []
        texts = (*cells(row, left, "left"), *cells(row, right, "right"))
        where = [] if axis.null is None else [_where(row, axis, axis.null)]
        body.append((row.label, *texts, *numbers, *where))
    return table([*header, *extra, *places], body)


def _numbers(row: ForestRow) -> str:
    if not is_drawn(row):
        return "—"
    interval = row_interval(row)
    ends = f"[{format_value(interval.low)}, {format_value(interval.high)}]"
    return ends if row.estimate is None else f"{format_value(row.estimate)} {ends}"


def _where(row: ForestRow, axis: Axis, null: float) -> str:
    if not is_drawn(row):
        return NOT_ESTIMABLE if row.kind != "prediction" else ""
    interval = row_interval(row)
    if interval.high < null:
        return axis.favours_low or "below no effect"
    if interval.low > null:
        return axis.favours_high or "above no effect"
    return "includes no effect"
