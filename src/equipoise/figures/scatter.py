"""Draw values against values: the figure under funnel, Baujat, L'Abbé and the other scatter plots."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from equipoise.errors import DataError
from equipoise.figures._labels import label_marks
from equipoise.figures._legend import MarkSample, Sample, legend_marks
from equipoise.figures._plane import Plane, check_place, check_plot_axis, choose_span
from equipoise.figures._scatter_draw import area_marks, axis_marks, curve_marks, point_marks
from equipoise.figures._scatter_layout import MARGIN, lay_out
from equipoise.figures._scatter_twin import lines_and_areas, points_table
from equipoise.figures._svg import Element, clean, document, figure_id
from equipoise.figures.model import Area, Curve, Figure, PlotAxis, Point
from equipoise.figures.text_twin import assemble

Named = Literal["all", "none"]
Extra = Callable[[Plane], Sequence[Element]]

WIDTH: Final = 560.0
HEIGHT: Final = 360.0
_LARGEST_RADIUS: Final = 9.0


def _nothing(_: Plane) -> Sequence[Element]:
    return ()


@dataclass(frozen=True, slots=True)
class Additions:
    """What one kind of figure adds to a scatter figure.

    ``behind`` and ``before`` draw beyond marks and lines once the plane is known; ``above`` and
    ``beside`` are the pixels they need at the top of the figure and to the right of the plane; ``frame``
    closes the plane on those two sides.
    """

    behind: Extra = _nothing
    before: Extra = _nothing
    above: float = 0.0
    beside: float = 0.0
    frame: bool = True


def scatter(
    points: Sequence[Point],
    *,
    x: PlotAxis,
    y: PlotAxis,
    title: str,
    description: str,
    curves: Sequence[Curve] = (),
    areas: Sequence[Area] = (),
    named: Named | Sequence[str] = "none",
    kinds: Sequence[str] = (),
    size_name: str = "Size",
    spans_curves: bool = False,
    notes: Sequence[str] = (),
    tables: Sequence[str] = (),
    width: float = WIDTH,
    height: float = HEIGHT,
    largest: float = _LARGEST_RADIUS,
    prefix: str = "",
    additions: Additions = Additions(),
) -> Figure:
    """Draw points over lines and areas in a plane of two axes.

    Areas lie furthest back, then lines, then marks, then names. What leaves the plane is cut at
    its edge; a mark beyond it becomes an arrow there. Nothing is computed here but positions.

    Args:
        points: The marks.
        x: The level axis.
        y: The upright axis.
        title: What the figure is, for ``<title>`` and the text twin; it is not drawn.
        description: What it shows, for ``<desc>`` and the text twin.
        curves: Lines, the first furthest back.
        areas: Regions, the first furthest back.
        named: Which marks have their names written beside them, as room allows: all, none, or the
            labels listed, the most important first. The tooltip names every mark.
        kinds: The order of the categories, which decides their shape and shade; those not listed
            follow in order of appearance. The legend names them where there is more than one.
        size_name: What the sizes are, for the text twin.
        spans_curves: Whether the ranges take in the lines and areas as well as the points.
        notes: Sentences for the text twin.
        tables: Tables for the text twin, instead of those of the points and lines.
        width: Width of the figure; about 340 suits a telephone.
        height: Height of the plane.
        largest: Radius of the largest mark.
        prefix: Start of the ids in the SVG; by default they come from the title.
        additions: What one kind of figure draws beyond this.

    Raises:
        DataError: Numbers that have no place on the axes.
    """
    contents = _Contents(points, curves, areas, x, y)
    _check(contents)
    numbered = _numbered(points, kinds)
    layout = lay_out(
        x,
        y,
        _spans(contents, spans_curves=spans_curves),
        samples=_samples(contents, numbered),
        width=width,
        height=height,
        room=(additions.above, additions.beside),
    )
    drawn, anchors = point_marks(points, numbered, layout.plane, axes=(x, y), largest=largest)
    wanted = _wanted(points, named)
    others = [anchor for i, anchor in enumerate(anchors) if i not in set(wanted)]
    svg = document(
        [
            *area_marks(areas, layout.plane),
            *additions.behind(layout.plane),
            *curve_marks(curves, layout.plane),
            *axis_marks(layout, frame=additions.frame),
            *drawn,
            *label_marks([anchors[i] for i in wanted], others, layout.plane),
            *additions.before(layout.plane),
            *legend_marks(layout.legend, MARGIN, layout.legend_top),
        ],
        width=math.ceil(layout.width),
        height=math.ceil(layout.height),
        title=title,
        description=description,
        identifier=figure_id(prefix, title, description),
    )
    blocks = (
        *(tables or (points_table(points, x, y, size_name),)),
        "" if tables else lines_and_areas(curves, areas, x, y),
        "\n".join(map(clean, notes)),
    )
    return Figure(
        svg=svg,
        title=clean(title),
        description=clean(description),
        text=assemble(title, description, *blocks),
        width=math.ceil(layout.width),
        height=math.ceil(layout.height),
    )


@dataclass(frozen=True, slots=True)
class _Contents:
    """What is drawn, and the axes it is drawn on."""

    points: Sequence[Point]
    curves: Sequence[Curve]
    areas: Sequence[Area]
    x: PlotAxis
    y: PlotAxis

    def outlines(self) -> list[tuple[float, float]]:
        """Give the vertices of all lines and areas."""
        lines = [place for curve in self.curves for place in curve.points]
        return lines + [place for area in self.areas for place in area.outline]


def _check(contents: _Contents) -> None:
    x, y = contents.x, contents.y
    check_plot_axis(x)
    check_plot_axis(y)
    for i, point in enumerate(contents.points):
        check_place(point.x, x, i)
        check_place(point.y, y, i)
        if point.size is not None and not (math.isfinite(point.size) and point.size >= 0):
            raise DataError(
                f"Row {i + 1} has the size {point.size}.",
                rows=(i,),
                rule="sizes are finite and not negative",
            )
    for one, other in contents.outlines():
        check_place(one, x)
        check_place(other, y)


def _spans(
    contents: _Contents, *, spans_curves: bool
) -> tuple[tuple[float, float], tuple[float, float]]:
    places = [(point.x, point.y) for point in contents.points]
    if spans_curves:
        places.extend(contents.outlines())
    return (
        choose_span(contents.x, [place[0] for place in places]),
        choose_span(contents.y, [place[1] for place in places]),
    )


def _numbered(points: Sequence[Point], kinds: Sequence[str]) -> dict[str, int]:
    """Number the categories that occur: listed ones keep their place in the list."""
    occurring = {point.kind for point in points}
    every = dict.fromkeys((*kinds, *(point.kind for point in points)))
    return {name: i for i, name in enumerate(every) if name in occurring}


def _samples(contents: _Contents, kinds: dict[str, int]) -> list[Sample]:
    samples: list[Sample] = []
    if len(kinds) > 1:
        hollow = {point.kind for point in contents.points if point.hollow}
        samples.extend(MarkSample(name, i, name in hollow) for name, i in kinds.items())
    named: list[Curve | Area] = [*contents.curves, *contents.areas]
    samples.extend(each for each in named if each.in_legend and clean(each.label))
    return samples


def _wanted(points: Sequence[Point], named: Named | Sequence[str]) -> list[int]:
    """List the points that want a name, the most important first."""
    if isinstance(named, str):
        return list(range(len(points))) if named == "all" else []
    rank = {label: i for i, label in reversed(list(enumerate(named)))}
    chosen = [i for i, point in enumerate(points) if point.label in rank]
    return sorted(chosen, key=lambda i: (rank[points[i].label], i))
