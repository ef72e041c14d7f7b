from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.errors import DataError
from equipoise.figures import Axis, Figure, ForestRow, forest
from equipoise.figures._palette import INK, PREDICTION, SQUARE
from figures.invented import RATIO_AXIS, clipped, events, trial
from figures.reading import all_named, odd_coordinates, points_of, root, texts

AXIS = Axis("log", 1.0, "Risk ratio", "Favours A", "Favours B")
LINEAR = Axis("linear", 0.0, "Mean difference", "Favours A", "Favours B")


def draw(rows: Sequence[ForestRow], axis: Axis = AXIS, panel_width: float = 280.0) -> Figure:
    return forest(
        rows,
        axis=axis,
        left_columns=(),
        right_columns=(),
        title="t",
        description="d",
        panel_width=panel_width,
    )


def study(estimate: float, low: float, high: float, weight: float | None = None) -> ForestRow:
    return ForestRow("study", "Alder", (), (), estimate, low, high, weight)


def squares(figure: Figure) -> list[tuple[float, float, float]]:
    """Give left edge, top and side of each filled square."""
    return [
        (float(node.attrib["x"]), float(node.attrib["y"]), float(node.attrib["width"]))
        for node in all_named(figure.svg, "rect")
        if node.attrib["fill"] == SQUARE
    ]


def test_the_area_of_a_square_is_proportional_to_its_weight() -> None:
    figure = draw([study(1, 0.5, 2, 60.0), study(1, 0.5, 2, 30.0), study(1, 0.5, 2, 10.0)])
    areas = [side**2 for _, _, side in squares(figure)]
    assert areas[1] / areas[0] == pytest.approx(30 / 60, rel=2e-3)
    assert areas[2] / areas[0] == pytest.approx(10 / 60, rel=4e-3)


def test_squares_are_alike_without_weights_and_visible_with_tiny_ones() -> None:
    assert len({side for *_, side in squares(draw([study(1, 0.5, 2), study(2, 1, 4)]))}) == 1
    tiny = draw([study(1, 0.5, 2, 99.9999), study(1, 0.5, 2, 1e-9), study(1, 0.5, 2, 0.0)])
    assert [side for *_, side in squares(tiny)] == [14.0, 2.0, 2.0]


def test_a_trial_that_was_not_pooled_has_an_open_square() -> None:
    figure = draw([study(1, 0.5, 2, 50.0), study(1, 0.5, 2, None)])
    assert len(squares(figure)) == 1
    assert len([r for r in all_named(figure.svg, "rect") if "stroke" in r.attrib]) == 1


def test_a_diamond_spans_its_interval_and_peaks_at_its_estimate() -> None:
    figure = draw(
        [ForestRow("total", "Total", (), (), 1.0, 0.5, 2.0)], replace(AXIS, low=0.25, high=4.0)
    )
    panel = float(root(figure.svg).attrib["width"]) - 12 - 280
    corners = list(points_of(next(p for p in all_named(figure.svg, "polygon") if p.get("stroke"))))
    start, end = panel + 9, panel + 271
    expected = [start + (end - start) * share for share in (0.25, 0.5, 0.75)]
    assert sorted({x for x, _ in corners}) == pytest.approx(expected, abs=0.01)
    widest = [
        x for x, y in corners if y in (min(y for _, y in corners), max(y for _, y in corners))
    ]
    assert widest == pytest.approx([expected[1]] * 2, abs=0.01)


def arrows(figure: Figure) -> list[tuple[float, float, float]]:
    """Give the three x coordinates of each arrow head of a row."""
    return [
        tuple(x for x, _ in points_of(node))  # type: ignore[misc]  # arrows have three corners
        for group in all_named(figure.svg, "g")
        for node in group.iter("{http://www.w3.org/2000/svg}polygon")
        if "stroke" not in node.attrib
    ]


def test_clipped_intervals_end_in_arrows_that_point_outwards() -> None:
    axis = replace(LINEAR, low=-10.0, high=10.0)
    left, right, both, inside = (
        draw([study(*ends)], axis) for ends in ((0, -20, 5), (0, -5, 20), (0, -20, 20), (0, -5, 5))
    )
    assert [tip < base for base, tip, _ in arrows(left)] == [True]
    assert [tip > base for base, tip, _ in arrows(right)] == [True]
    assert len(arrows(both)) == 2
    assert arrows(inside) == []


@pytest.mark.parametrize("kind", ["study", "total", "subtotal", "prediction"])
def test_an_interval_beyond_the_axis_leaves_only_an_arrow_at_the_edge(kind: str) -> None:
    row = ForestRow(kind, "Alder", (), (), 50.0, 40.0, 60.0)  # type: ignore[arg-type]  # a kind
    figure = draw([row], replace(LINEAR, low=-10.0, high=10.0))
    assert len(arrows(figure)) == 1
    assert squares(figure) == []
    assert not [p for p in all_named(figure.svg, "polygon") if "stroke" in p.attrib]
    assert not [r for r in all_named(figure.svg, "rect") if r.attrib["fill"] == PREDICTION]


def test_totals_are_filled_subtotals_open_and_predictions_flat() -> None:
    figure = events()
    fills = [p.attrib["fill"] for p in all_named(figure.svg, "polygon") if p.get("stroke") == INK]
    assert fills == ["#ffffff", INK]
    bars = [r for r in all_named(figure.svg, "rect") if r.attrib["fill"] == PREDICTION]
    assert [bar.attrib["height"] for bar in bars] == ["5"]


def test_a_row_that_cannot_be_estimated_keeps_its_place_and_has_no_mark() -> None:
    with_it = draw([study(1, 0.5, 2), ForestRow("study", "Birch 2005")])
    without = draw([study(1, 0.5, 2)])
    assert with_it.height > without.height
    assert len(squares(with_it)) == len(squares(without)) == 1
    assert "Birch 2005" in texts(with_it.svg)
    assert "Not estimable" in texts(with_it.svg)
    assert "Birch 2005" in with_it.text


def test_not_estimable_is_said_once() -> None:
    assert texts(events().svg).count("Not estimable") == 1
    assert "—" in texts(events().svg)


def test_all_rows_may_be_not_estimable_and_there_may_be_none() -> None:
    only_gaps = draw([ForestRow("study", f"Trial {i}") for i in range(3)])
    assert texts(only_gaps.svg).count("Not estimable") == 3
    assert "Favours A" in texts(draw([]).svg)


def test_rows_stand_below_each_other_in_the_order_given() -> None:
    rows = [trial(f"Trial {i}", 0.5 + i / 40, 2.0, 1.0 + i) for i in range(60)]
    figure = forest(
        rows,
        axis=RATIO_AXIS,
        left_columns=("a", "b", "c", "d", "e"),
        right_columns=("f",),
        title="t",
        description="d",
    )
    heights = {
        "".join(node.itertext()): float(node.attrib["y"]) for node in all_named(figure.svg, "text")
    }
    ys = [heights[f"Trial {i}"] for i in range(60)]
    assert all(b - a == pytest.approx(22.0, abs=0.011) for a, b in pairwise(ys))
    assert figure.height > ys[-1]
    assert figure.text.index("Trial 0 ") < figure.text.index("Trial 59 ")


def test_links_and_anchors_reach_the_rows() -> None:
    figure = events()
    assert [a.attrib["href"] for a in all_named(figure.svg, "a")] == [
        "#trial-alder",
        "https://example.org/birch",
    ]
    assert [g.attrib["id"] for g in all_named(figure.svg, "g") if "id" in g.attrib] == ["row-alder"]


def test_a_long_label_is_shortened_and_kept_whole_in_its_tooltip() -> None:
    label = "The trial of " + "very " * 30 + "long names 1998"
    figure = draw([replace(study(1, 0.5, 2), label=label)])
    shown = [text for text in texts(figure.svg) if text.endswith("…")]
    assert len(shown) == 1
    assert label in [node.text for node in all_named(figure.svg, "title")]
    assert label in figure.text


def test_thresholds_are_dashed_and_named_and_those_off_the_axis_left_to_the_twin() -> None:
    axis = replace(AXIS, low=0.5, high=2.0, thresholds=((0.8, "MID"), (9.0, "far away")))
    figure = draw([study(1, 0.5, 2)], axis)
    assert len([x for x in all_named(figure.svg, "line") if "stroke-dasharray" in x.attrib]) == 1
    assert "MID" in texts(figure.svg)
    assert "far away" not in texts(figure.svg)
    assert "far away" in figure.text


def test_the_twin_says_where_each_interval_lies() -> None:
    below, above, across = study(0.5, 0.3, 0.9), study(2, 1.5, 3), study(1, 1.0, 2)
    lines = draw([below, above, across]).text.splitlines()
    ends = [line.rsplit("  ", 1)[1] for line in lines if line.startswith("Alder")]
    assert ends == ["Favours A", "Favours B", "includes no effect"]


def test_the_twin_names_the_group_of_a_column() -> None:
    head = events().text.split("\n\n")[2].split("---")[0]
    assert head.count("Drug A:") == 2
    assert head.count("Placebo:") == 2


def test_a_narrower_panel_gives_a_narrower_figure() -> None:
    assert draw([study(1, 0.5, 2)], panel_width=180).width == draw([study(1, 0.5, 2)]).width - 100


def test_the_same_rows_give_the_same_bytes() -> None:
    assert clipped() == clipped()


@pytest.mark.parametrize(
    "row",
    [
        study(math.nan, 0.5, 2.0),
        study(1.0, 2.0, 0.5),
        study(0.0, 0.0, 2.0),
        study(1.0, 0.5, 2.0, -1.0),
        study(1.0, 0.5, 2.0, math.inf),
        ForestRow("study", "half", (), (), 1.0, 0.5, None),
        ForestRow("total", "no estimate", (), (), None, 0.5, 2.0),
        ForestRow("study", "too many", ("text",), (), 1.0, 0.5, 2.0),
    ],
)
def test_rows_that_cannot_be_drawn_are_refused_and_named(row: ForestRow) -> None:
    with pytest.raises(DataError):
        draw([study(1, 0.5, 2), row])


@pytest.mark.parametrize("groups", [(("a", 2),), (("a", 0),)])
def test_groups_of_columns_that_are_not_there_are_refused(groups: tuple[tuple[str, int]]) -> None:
    with pytest.raises(DataError):
        forest(
            [],
            axis=AXIS,
            left_columns=("one",),
            right_columns=(),
            left_groups=groups,
            title="t",
            description="d",
        )


exponents = st.floats(min_value=-6.0, max_value=6.0)


@st.composite
def any_rows(draw_from: st.DrawFn) -> tuple[list[ForestRow], Axis]:
    """Give rows of every kind on either scale, from 1e-6 to 1e6, some with open ends."""
    log = draw_from(st.booleans())
    rows = []
    for _ in range(draw_from(st.integers(0, 6))):
        kind = draw_from(st.sampled_from(["study", "subtotal", "total", "prediction"]))
        ends = sorted(draw_from(st.tuples(exponents, exponents, exponents)))
        low, middle, high = (10**e if log else e * 10 ** abs(e) for e in ends)
        if draw_from(st.integers(0, 5)) == 0:
            low, high = (0.0 if log else -math.inf), math.inf
        if draw_from(st.integers(0, 5)) == 0:
            low = high = middle
        weight = draw_from(st.none() | st.floats(0.0, 100.0))
        blank = draw_from(st.integers(0, 5)) == 0
        row = ForestRow(kind, "Row", weight=weight)  # type: ignore[arg-type]  # a kind's name
        rows.append(row if blank else replace(row, estimate=middle, low=low, high=high))
    axis = AXIS if log else LINEAR
    if draw_from(st.booleans()):
        axis = replace(axis, low=0.5 if log else -1.0, high=2.0 if log else 1.0)
    return rows, axis


@settings(max_examples=80, deadline=None)
@given(any_rows())
def test_whatever_the_rows_the_picture_is_sound(case: tuple[list[ForestRow], Axis]) -> None:
    rows, axis = case
    figure = draw(rows, axis)
    svg = root(figure.svg)
    assert odd_coordinates(figure.svg) == []
    right = figure.width - 12
    left = right - 280
    for x, _, side in squares(figure):
        assert left <= x
        assert x + side <= right + 0.01
    for node in svg.iter("{http://www.w3.org/2000/svg}polygon"):
        for x, y in points_of(node):
            assert left - 0.01 <= x <= right + 0.01
            assert 0 <= y <= figure.height
    for bar in all_named(figure.svg, "rect"):
        assert float(bar.attrib["width"]) >= 0


def test_without_a_value_of_no_effect_there_is_no_line_and_no_side() -> None:
    rows = [study(0.2, 0.1, 0.3, 60.0), study(0.4, 0.3, 0.5, 40.0)]
    bare = draw(rows, Axis("linear", None, "Proportion", "", ""))
    lined = draw(rows, Axis("linear", 0.2, "Proportion", "", ""))
    assert len(all_named(lined.svg, "line")) == len(all_named(bare.svg, "line")) + 1
    assert "Where it lies" not in bare.text
    assert "no effect" not in bare.text
    assert "0.2 [0.1, 0.3]" in bare.text
