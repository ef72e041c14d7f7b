"""Draw specification curves: what every defensible analysis of the same trials would say."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, Literal

from equipoise.errors import DataError
from equipoise.figures._curve_draw import axis_marks, band_marks, matrix_marks, point_marks
from equipoise.figures._curve_layout import lay_out
from equipoise.figures._svg import clean, document, figure_id
from equipoise.figures.axis import (
    Interval,
    check_axis,
    check_interval,
    choose_range,
    decimals_for,
    format_alike,
)
from equipoise.figures.model import Axis, CurvePoint, Figure
from equipoise.figures.text_twin import assemble, axis_in_words, table

Order = Literal["estimate", "given"]

_ORDERS: Final = ("estimate", "given")


def specification_curve(
    points: Sequence[CurvePoint],
    *,
    axis: Axis,
    dimensions: Sequence[str],
    title: str,
    description: str,
    order: Order = "estimate",
    categories: Sequence[str] = (),
    category_name: str = "Verdict",
    reference: str | None = None,
    reference_label: str = "protocol",
    panel_width: float = 620.0,
    prefix: str = "",
) -> Figure:
    """Draw estimates with their intervals side by side, and below them the choices behind each.

    A point's category shows in its shape and its shade, and again as the first block of the dot
    matrix, so that it can be read where hundreds of points leave no room for shapes. Intervals
    that leave the axis end in an arrow. Nothing is computed here but positions.

    Args:
        points: The specifications.
        axis: The effect axis, upright; ``axis.label`` stands above it.
        dimensions: Names of the choices, in the order of ``CurvePoint.choices``.
        title: What the figure is, for ``<title>`` and the text twin; it is not drawn.
        description: What it shows, for ``<desc>`` and the text twin.
        order: By estimate (ties by interval, then label), or as given.
        categories: The order of the categories, which decides their shape and shade; those not
            listed follow in order of appearance. Listed categories that no point has are left out.
        category_name: What the categories are.
        reference: Label of the one specification to point out, if any.
        reference_label: What to call it in the picture.
        panel_width: Largest width of the picture without its labels.
        prefix: Start of the ids in the SVG; by default they come from the title.

    Raises:
        DataError: No points, numbers that have no place on the axis, a point with more or fewer
            choices than there are dimensions, or a reference that is not among the points.
    """
    check_axis(axis)
    _check(points, axis, dimensions, reference)
    shown = _ordered(points, order)
    kinds = _numbered(points, categories)
    intervals = [Interval(point.low, point.high, point.estimate) for point in shown]
    layout = lay_out(
        shown,
        axis,
        choose_range(axis, intervals),
        dimensions=[(category_name, tuple(kinds)), *_options(points, dimensions)],
        panel_width=panel_width,
    )
    at = next((i for i, point in enumerate(shown) if point.label == reference), None)
    width, height = math.ceil(layout.width), math.ceil(layout.height)
    svg = document(
        [
            *band_marks(layout, at, clean(reference_label)),
            *axis_marks(axis, layout),
            *point_marks(shown, intervals, kinds, layout),
            *matrix_marks(layout, kinds),
        ],
        width=width,
        height=height,
        title=title,
        description=description,
        identifier=figure_id(prefix, title, description),
    )
    blocks = _twin(shown, dimensions, category_name, reference, reference_label)
    return Figure(
        svg=svg,
        title=clean(title),
        description=clean(description),
        text=assemble(title, description, *blocks, axis_in_words(axis)),
        width=width,
        height=height,
    )


def _check(
    points: Sequence[CurvePoint], axis: Axis, dimensions: Sequence[str], reference: str | None
) -> None:
    if not points:
        raise DataError(
            "A specification curve needs a specification.", rule="there is at least one point"
        )
    for i, point in enumerate(points):
        if len(point.choices) != len(dimensions):
            raise DataError(
                f"“{point.label}” names {len(point.choices)} choices for "
                f"{len(dimensions)} dimensions.",
                rows=(i,),
                rule="a point has one choice for each dimension",
            )
        check_interval(Interval(point.low, point.high, point.estimate), axis.scale, i)
    if reference is not None and all(point.label != reference for point in points):
        raise DataError(
            f"No specification is called “{reference}”.",
            rule="the reference is the label of a point",
        )


def _ordered(points: Sequence[CurvePoint], order: Order) -> list[CurvePoint]:
    if order not in _ORDERS:
        raise DataError(
            f"Order “{order}” is not known; allowed: {', '.join(_ORDERS)}.",
            rule="order is one of those listed",
        )
    if order == "given":
        return list(points)
    return sorted(points, key=lambda point: (point.estimate, point.low, point.high, point.label))


def _numbered(points: Sequence[CurvePoint], categories: Sequence[str]) -> dict[str, int]:
    """Number the categories that occur: listed ones keep their place in the list."""
    occurring = dict.fromkeys(point.category for point in points)
    every = dict.fromkeys((*categories, *occurring))
    return {name: i for i, name in enumerate(every) if name in occurring}


def _options(
    points: Sequence[CurvePoint], dimensions: Sequence[str]
) -> list[tuple[str, tuple[str, ...]]]:
    """List each dimension's options in the order the caller's points name them."""
    return [
        (name, tuple(dict.fromkeys(point.choices[i] for point in points)))
        for i, name in enumerate(dimensions)
    ]


def _twin(
    points: Sequence[CurvePoint],
    dimensions: Sequence[str],
    category_name: str,
    reference: str | None,
    reference_label: str,
) -> tuple[str, str]:
    header = ("Specification", "Estimate", "Low", "High", category_name, *dimensions)
    decimals = decimals_for([point.estimate for point in points])
    body = []
    for point in points:
        mark = f" ({reference_label})" if point.label == reference else ""
        values = (point.estimate, point.low, point.high)
        numbers = (format_alike(value, decimals) for value in values)
        body.append((point.label + mark, *numbers, point.category, *point.choices))
    said = [point.category for point in points]
    counts = (f"{clean(name)}: {said.count(name)}" for name in dict.fromkeys(said))
    return table(header, body), f"Specifications: {len(points)} ({', '.join(counts)})."
