"""Say in plain text what a scatter figure shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from equipoise.figures._svg import clean
from equipoise.figures.axis import decimals_for, format_alike, format_value
from equipoise.figures.model import Area, Curve, PlotAxis, Point
from equipoise.figures.text_twin import table

_MOST_VERTICES: Final = 11
_TWO: Final = 2
_PLAIN: Final = 1e6


def points_table(points: Sequence[Point], x: PlotAxis, y: PlotAxis, size_name: str) -> str:
    """Write a row for each point: its name, both values, its size and category if there are any."""
    if not points:
        return "No points."
    columns = [
        ("", [point.label for point in points]),
        (x.label, _alike([point.x for point in points])),
        (y.label, _alike([point.y for point in points])),
    ]
    sizes = [point.size for point in points]
    if any(size is not None for size in sizes):
        columns.append((size_name, ["" if s is None else format_value(s) for s in sizes]))
    if len({point.kind for point in points}) > 1:
        columns.append(("Kind", [point.kind for point in points]))
    return table([name for name, _ in columns], zip(*(cells for _, cells in columns), strict=True))


def _alike(values: Sequence[float]) -> list[str]:
    whole = all(value == round(value) and abs(value) < _PLAIN for value in values)
    decimals = 0 if whole else decimals_for(values)
    return [format_alike(value, decimals) for value in values]


def lines_and_areas(
    curves: Sequence[Curve], areas: Sequence[Area], x: PlotAxis, y: PlotAxis
) -> str:
    """Say where the named lines run and what bounds the areas, by all or some of their vertices."""
    said = [_line_in_words(each) for each in curves if clean(each.label) and each.points]
    said.extend(f"Area, {each.label}: {_places(each.outline)}." for each in areas)
    if not said:
        return ""
    return "\n".join(map(clean, [f"Lines and areas, as ({x.label}, {y.label}):", *said]))


def _line_in_words(curve: Curve) -> str:
    first, last = curve.points[0], curve.points[-1]
    if len(curve.points) == _TWO and first[0] == last[0]:
        return f"Upright, {curve.label}: {format_value(first[0])}."
    if len(curve.points) == _TWO and first[1] == last[1]:
        return f"Level line, {curve.label}: {format_value(first[1])}."
    return f"Line, {curve.label}: {_places(curve.points)}."


def _places(places: Sequence[tuple[float, float]]) -> str:
    kept = list(places)
    thinned = ""
    if len(kept) > _MOST_VERTICES:
        steps = _MOST_VERTICES - 1
        kept = [places[round(i * (len(places) - 1) / steps)] for i in range(_MOST_VERTICES)]
        thinned = f" ({_MOST_VERTICES} of {len(places)} places)"
    return "; ".join(f"({format_value(a)}, {format_value(b)})" for a, b in kept) + thinned
