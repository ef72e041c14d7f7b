from __future__ import annotations

import re
import statistics
from collections.abc import Iterable
from dataclasses import replace

import pytest

from equipoise.errors import DataError
from equipoise.figures import Axis, CurvePoint, Figure, specification_curve
from equipoise.figures._palette import BAND
from figures.invented import RATIO_AXIS, curve, points
from figures.reading import all_named, odd_coordinates, points_of, texts

DIMENSIONS = ("Model", "Interval", "Trials")


def draw(made: list[CurvePoint], axis: Axis = RATIO_AXIS, **more: str) -> Figure:
    return specification_curve(
        made,
        axis=axis,
        dimensions=DIMENSIONS,
        title="t",
        description="d",
        **more,  # type: ignore[arg-type]  # options by name
    )


def dots(figure: Figure) -> list[list[float]]:
    """Give the x coordinates of the dots of each row of the matrix."""
    return [
        [float(x) for x in re.findall(r"M([\d.]+) ", node.attrib["d"])]
        for node in all_named(figure.svg, "path")
    ]


def tooltips(figure: Figure) -> list[str]:
    return [str(node.text) for node in all_named(figure.svg, "title") if node.text != "t"]


@pytest.mark.parametrize("n", [1, 3, 24, 300])
def test_every_point_is_drawn_once_and_chose_once_in_every_dimension(n: int) -> None:
    made = points(n)
    figure = draw(made)
    assert len([t for t in tooltips(figure) if t.startswith("specification")]) == n
    rows = dots(figure)
    assert sum(map(len, rows)) == n * (1 + len(DIMENSIONS))
    assert odd_coordinates(figure.svg) == []
    assert figure.width < 1000
    assert sum(line.startswith("specification") for line in figure.text.splitlines()) == n


def test_points_are_sorted_by_estimate_or_left_as_given() -> None:
    made = points(6)
    by_estimate = [p.label for p in sorted(made, key=lambda p: p.estimate)]

    def order(figure: Figure) -> list[str]:
        return [tip.split(":")[0] for tip in tooltips(figure)]

    assert order(draw(made)) == by_estimate
    assert order(draw(made, order="given")) == [p.label for p in made]
    assert order(draw(made[::-1])) == by_estimate


def test_dots_stand_below_their_points() -> None:
    made = points(5)
    figure = draw(made, order="given")
    xs = sorted({x for row in dots(figure) for x in row})
    rows = dots(figure)
    first_choice = [i for i, p in enumerate(made) if p.choices[0] == made[0].choices[0]]
    verdicts = len({p.category for p in made})
    assert rows[verdicts] == [xs[i] for i in first_choice]


def test_categories_differ_in_shape_as_well_as_in_shade() -> None:
    figure = draw(points(24))
    kinds = set()
    for group in all_named(figure.svg, "g"):
        mark = list(group)[-1]
        corners = len(list(points_of(mark))) if mark.tag.endswith("polygon") else 0
        kinds.add((mark.tag.rsplit("}")[-1], corners, mark.attrib["fill"]))
    assert len(kinds) == 3
    assert len({(name, corners) for name, corners, _ in kinds}) == 3


def test_a_listed_category_keeps_its_mark_in_every_figure() -> None:
    one = [CurvePoint("a", 1.0, 0.9, 1.1, "harm", ())]
    two = [CurvePoint("b", 1.0, 0.9, 1.1, "unclear", ()), *one]

    def shade(made: list[CurvePoint], categories: tuple[str, ...]) -> str | None:
        figure = specification_curve(
            made,
            axis=RATIO_AXIS,
            dimensions=(),
            title="t",
            description="d",
            order="given",
            categories=categories,
        )
        return list(all_named(figure.svg, "g")[-1])[-1].get("fill")

    assert shade(one, ("unclear", "harm")) == shade(two, ("unclear", "harm"))
    assert shade(one, ()) != shade(two, ())


def test_the_reference_has_a_band_and_is_named() -> None:
    figure = curve()
    bands = [rect for rect in all_named(figure.svg, "rect") if rect.attrib["fill"] == BAND]
    assert len(bands) == 1
    assert "protocol" in texts(figure.svg)
    assert "specification 1 (protocol)" in figure.text


def test_intervals_beyond_the_axis_end_in_arrows() -> None:
    axis = replace(RATIO_AXIS, low=0.5, high=2.0)
    inside = CurvePoint("in", 1.0, 0.8, 1.2, "unclear", ("a", "b", "c"))
    both = replace(inside, label="both", low=0.1, high=9.0)
    outside = replace(inside, label="out", estimate=5.0, low=4.0, high=9.0)

    def heads(point: CurvePoint) -> int:
        return len(list(all_named(draw([point], axis).svg, "g")[0])) - 1

    # An interval and a mark; two arrows more; an interval and an arrow without a mark.
    assert [heads(point) for point in (inside, both, outside)] == [2, 4, 2]


@pytest.mark.parametrize(
    ("made", "reference"),
    [
        ([], None),
        ([replace(points(1)[0], choices=("one",))], None),
        ([replace(points(1)[0], low=9.0)], None),
        (points(2), "nobody"),
    ],
)
def test_what_cannot_be_drawn_is_refused(made: list[CurvePoint], reference: str | None) -> None:
    with pytest.raises(DataError):
        specification_curve(
            made,
            axis=RATIO_AXIS,
            dimensions=DIMENSIONS,
            title="t",
            description="d",
            reference=reference,
        )


def test_an_order_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(DataError, match="estimate, given"):
        draw(points(2), order="random")


def test_a_column_of_labels_is_measured_once_however_many_points(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    counted: list[int] = []

    def median(values: Iterable[float]) -> float:
        counted.append(1)
        return statistics.median(values)

    monkeypatch.setattr("equipoise.figures.axis.median", median)
    calls = []
    for number in (5, 500):
        counted.clear()
        draw(points(number))
        calls.append(len(counted))
    assert calls[0] == calls[1]
