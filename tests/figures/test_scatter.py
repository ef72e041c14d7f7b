"""Where marks, lines and areas of scatter figures lie, and what their twins say."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.errors import DataError
from equipoise.figures import (
    Area,
    Curve,
    DensityGrid,
    Figure,
    FittedPoint,
    FunnelRow,
    PlotAxis,
    Point,
    PooledLine,
    baujat,
    doi,
    drapery,
    funnel,
    gosh,
    labbe,
    qq,
    radial,
    regplot,
    scatter,
    sequential,
)
from equipoise.figures._palette import AREAS, LINES
from equipoise.figures._plane import Plane, clip_area, clip_line
from equipoise.figures.axis import Projection
from figures.invented_scatter import RATIO, SCATTER_FIGURES, drapery_curves, funnel_contours
from figures.reading import SVG, all_named, odd_coordinates, points_of, root, texts

X, Y = PlotAxis("across"), PlotAxis("up")
Spot = tuple[float, float]


def draw(points: Sequence[Point], x: PlotAxis = X, y: PlotAxis = Y, **more: object) -> Figure:
    return scatter(points, x=x, y=y, title="t", description="d", **more)  # type: ignore[arg-type]  # options by name


def marks(figure: Figure) -> dict[str, Spot]:
    """Give the middle of each mark by the name in its tooltip."""
    found = {}
    for node in all_named(figure.svg, "g"):
        title, mark = node.find(f"{SVG}title"), node.find(f"{SVG}circle")
        if title is not None and mark is not None:
            name = str(title.text).rpartition(": ")[0]
            found[name] = (float(mark.attrib["cx"]), float(mark.attrib["cy"]))
    return found


def radii(figure: Figure) -> list[float]:
    return [float(node.attrib["r"]) for node in all_named(figure.svg, "circle")]


def paths(figure: Figure, tone: str) -> list[list[Spot]]:
    """Give the places of the lines of one colour; broken lines are joined."""
    return [
        [(float(a), float(b)) for a, b in re.findall(r"(-?[\d.]+) (-?[\d.]+)", node.attrib["d"])]
        for node in all_named(figure.svg, "path")
        if node.attrib.get("stroke") == LINES[tone]
    ]


def plane_of(figure: Figure) -> tuple[float, float, float, float]:
    """Give the plane's edges (left, right, top, bottom) from the two axis lines."""
    lines = [
        tuple(float(node.attrib[k]) for k in ("x1", "y1", "x2", "y2"))
        for node in all_named(figure.svg, "line")
    ]
    level = next(each for each in lines if each[1] == each[3])
    upright = next(each for each in lines if each[0] == each[2])
    return level[0], level[2], upright[1], upright[3]


# --- marks --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("x", "y"),
    [
        (X, Y),
        (replace(X, scale="log"), Y),
        (X, replace(Y, reverse=True)),
        (replace(X, reverse=True), replace(Y, scale="log", reverse=True)),
    ],
)
def test_marks_lie_where_their_values_say(x: PlotAxis, y: PlotAxis) -> None:
    values = {"a": (1.0, 2.0), "b": (3.0, 7.0), "c": (8.0, 5.0)}
    at = marks(draw([Point(*v, name) for name, v in values.items()], x, y))
    for side, axis in ((0, x), (1, y)):
        scaled = {
            name: math.log(v[side]) if axis.scale == "log" else v[side]
            for name, v in values.items()
        }
        share = (scaled["b"] - scaled["a"]) / (scaled["c"] - scaled["a"])
        seen = (at["b"][side] - at["a"][side]) / (at["c"][side] - at["a"][side])
        assert seen == pytest.approx(share, abs=2e-4)
        rises = at["c"][side] > at["a"][side]
        assert rises == ((side == 0) != axis.reverse)


def test_a_mark_lies_over_the_tick_of_its_value() -> None:
    figure = draw([Point(0.0, 0.0, "a"), Point(10.0, 4.0, "b")], PlotAxis("x", low=0, high=10))
    tick = next(
        node for node in all_named(figure.svg, "text")
        if node.text == "10" and node.get("text-anchor") == "middle"
    )  # fmt: skip
    assert float(tick.attrib["x"]) == pytest.approx(marks(figure)["b"][0], abs=0.01)


def test_areas_of_marks_are_proportional_to_sizes() -> None:
    figure = draw([Point(i, i, str(i), size=s) for i, s in enumerate((100.0, 50.0, 25.0))])
    large, middle, small = sorted(radii(figure), reverse=True)
    assert (middle / large) ** 2 == pytest.approx(0.5, rel=4e-3)
    assert (small / large) ** 2 == pytest.approx(0.25, rel=4e-3)


def test_without_sizes_marks_are_alike_and_tiny_ones_stay_visible() -> None:
    assert len(set(radii(draw([Point(0, 0, "a"), Point(1, 1, "b")])))) == 1
    tiny = draw([Point(0, 0, "a", size=1.0), Point(1, 1, "b", size=1e-9), Point(2, 2, "c", size=0)])
    assert min(radii(tiny)) == 2.0


def test_large_marks_lie_behind_small_ones() -> None:
    figure = draw([Point(0, 0, "small", size=1), Point(0, 0, "large", size=100)])
    assert radii(figure) == sorted(radii(figure), reverse=True)


def test_a_mark_outside_a_fixed_range_becomes_an_arrow_at_the_edge() -> None:
    figure = draw([Point(20.0, 0.5, "far"), Point(0.5, 0.5, "in")], PlotAxis("x", low=0, high=1))
    assert set(marks(figure)) == {"in"}
    arrow = max(all_named(figure.svg, "polygon"), key=lambda node: max(points_of(node)))
    assert max(x for x, _ in points_of(arrow)) == pytest.approx(plane_of(figure)[1], abs=0.01)
    assert "far" in figure.text


def test_categories_differ_in_shape_and_are_in_the_legend_when_there_are_several() -> None:
    one = draw([Point(0, 0, "a"), Point(1, 1, "b")])
    assert "trial" not in texts(one.svg)
    two = draw([Point(0, 0, "a", kind="random"), Point(1, 1, "b", kind="alternate")])
    assert {"random", "alternate"} <= set(texts(two.svg))
    assert len(all_named(two.svg, "circle")) == 2  # the mark and its sample
    assert "alternate" in two.text


def test_hollow_marks_are_open() -> None:
    figure = draw([Point(0, 0, "a", hollow=True)])
    assert all_named(figure.svg, "circle")[0].attrib["fill"] == "#ffffff"


def test_links_go_only_where_they_may() -> None:
    figure = draw([Point(0, 0, "a", href="#a"), Point(1, 1, "b", href="javascript:alert(1)")])
    assert [node.attrib["href"] for node in all_named(figure.svg, "a")] == ["#a"]
    assert root(figure.svg).attrib["role"] == "group"


# --- names beside marks -------------------------------------------------------------------------


def test_names_are_written_as_asked() -> None:
    points = [Point(float(i), float(i % 3), f"trial {i}") for i in range(6)]
    assert not [t for t in texts(draw(points).svg) if t.startswith("trial")]
    assert "trial 4" in texts(draw(points, named=["trial 4"]).svg)
    assert len([t for t in texts(draw(points, named="all").svg) if t.startswith("trial")]) == 6


def test_a_crowd_leaves_out_names_rather_than_covering_them_and_the_first_named_goes_first() -> (
    None
):
    points = [Point(0.0, 0.0, f"trial {i}") for i in range(60)]
    figure = draw([*points, Point(5, 5, "far")], named=["trial 30", *(p.label for p in points)])
    written = [t for t in texts(figure.svg) if t.startswith("trial")]
    assert written[0] == "trial 30"
    assert 1 < len(written) < 60
    assert all(f"trial {i}" in figure.text for i in range(60))


# --- lines and areas ----------------------------------------------------------------------------

PLANE = Plane(
    0.0, 10.0, 0.0, 10.0, Projection("linear", 0, 1, 0, 10), Projection("linear", 0, 1, 10, 0)
)
coordinates = st.integers(-500, 500).map(lambda n: n / 10)
spots = st.lists(st.tuples(coordinates, coordinates), min_size=2, max_size=6)


def within(spot: Spot) -> bool:
    return all(-1e-9 <= c <= 10 + 1e-9 for c in spot)


@given(spots)
@settings(max_examples=60, deadline=None)
def test_what_is_left_of_a_line_lies_inside_and_on_the_line(line: list[Spot]) -> None:
    for piece in clip_line(line, PLANE):
        assert all(map(within, piece))
    inside = [spot for spot in line if within(spot)]
    kept = [spot for piece in clip_line(line, PLANE) for spot in piece]
    assert all(min(math.dist(spot, k) for k in kept) < 1e-6 for spot in inside)


def area(corners: Sequence[Spot]) -> float:
    turned = [*corners[1:], *corners[:1]]
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(corners, turned, strict=True))) / 2


def test_a_line_through_the_plane_keeps_the_part_between_its_edges() -> None:
    assert clip_line([(-10.0, 5.0), (20.0, 5.0)], PLANE) == [[(0.0, 5.0), (10.0, 5.0)]]
    assert clip_line([(-10.0, -5.0), (-5.0, 20.0)], PLANE) == []
    assert clip_line([(5.0, 5.0), (5.0, 20.0), (8.0, 20.0), (8.0, 5.0)], PLANE) == [
        [(5.0, 5.0), (5.0, 10.0)],
        [(8.0, 10.0), (8.0, 5.0)],
    ]


@given(st.floats(-20, 9), st.floats(0.5, 30), st.floats(-20, 9), st.floats(0.5, 30))
@settings(max_examples=60, deadline=None)
def test_what_is_left_of_a_rectangle_is_its_common_part_with_the_plane(
    left: float, width: float, top: float, height: float
) -> None:
    right, bottom = left + width, top + height
    kept = clip_area([(left, top), (right, top), (right, bottom), (left, bottom)], PLANE)
    across = max(0.0, min(right, 10) - max(left, 0))
    down = max(0.0, min(bottom, 10) - max(top, 0))
    assert area(kept) == pytest.approx(across * down, abs=1e-9) if kept else across * down == 0


def test_a_line_lies_where_its_places_are() -> None:
    curve = Curve("fit", ((0.0, 0.0), (1.0, 1.0), (2.0, 0.0)), tone="threshold")
    points = [Point(0, 0, "a"), Point(1, 1, "b"), Point(2, 0, "c")]
    figure = draw(points, curves=[curve])
    at = marks(figure)
    assert paths(figure, "threshold") == [[at["a"], at["b"], at["c"]]]
    assert "Line, fit: (0, 0); (1, 1); (2, 0)." in figure.text


def test_curves_stretch_the_range_only_when_asked() -> None:
    far = Curve("far", ((0.0, 0.0), (100.0, 100.0)), tone="threshold")
    points = [Point(0, 0, "a"), Point(1, 1, "b")]
    near, wide = draw(points, curves=[far]), draw(points, curves=[far], spans_curves=True)
    assert "100" not in texts(near.svg)
    assert "100" in texts(wide.svg)
    left, right, top, bottom = plane_of(near)
    assert all(left <= x <= right and top <= y <= bottom for x, y in paths(near, "threshold")[0])


# --- single figures -----------------------------------------------------------------------------


def test_the_sides_of_a_funnel_are_where_a_trial_is_just_significant() -> None:
    """At standard error 0.4 the region p >= 0.10 ends at ± 1.644854 × 0.4 around no effect."""
    rows = [FunnelRow("edge", math.exp(1.6448536269514722 * 0.4), 0.4), FunnelRow("b", 1.0, 0.8)]
    wide = replace(RATIO, low=0.01, high=100.0)
    figure = funnel(rows, x=wide, title="t", description="d", null=1.0)
    white = next(
        node for node in all_named(figure.svg, "polygon") if node.attrib["fill"] == AREAS["paper"]
    )
    corners = list(points_of(white))
    tip = min(corners, key=lambda spot: spot[1])
    foot = max(corners)
    x, y = marks(figure)["edge"]
    assert (x - tip[0]) / (y - tip[1]) == pytest.approx(
        (foot[0] - tip[0]) / (foot[1] - tip[1]), rel=1e-3
    )


@pytest.mark.parametrize("precision", ["se", "variance", "precision"])
def test_the_dashed_funnel_goes_through_a_trial_on_its_edge(precision: str) -> None:
    z = 1.959963984540054
    rows = [FunnelRow(f"at {se}", 2.0 * math.exp(-z * se), se) for se in (0.1, 0.25, 0.5, 0.75)]
    figure = funnel(
        rows, x=RATIO, title="t", description="d", pooled=2.0,
        precision=precision,  # type: ignore[arg-type]  # one of the words
    )  # fmt: skip
    left = next(p for p in paths(figure, "interval") if p[-1][0] < p[0][0] or p[0][0] < p[-1][0])
    for x, y in marks(figure).values():
        distances = [_distance((x, y), a, b) for a, b in pairwise(left)]
        assert min(distances) < 0.6


def _distance(spot: Spot, a: Spot, b: Spot) -> float:
    dx, dy = b[0] - a[0], b[1] - a[1]
    far = dx * dx + dy * dy
    t = 0.0 if far == 0 else ((spot[0] - a[0]) * dx + (spot[1] - a[1]) * dy) / far
    t = min(max(t, 0.0), 1.0)
    return math.dist(spot, (a[0] + t * dx, a[1] + t * dy))


def test_a_funnel_has_regions_only_around_no_effect_and_never_on_sample_size() -> None:
    def fills(figure: Figure) -> set[str]:
        return {node.attrib.get("fill", "") for node in all_named(figure.svg, "polygon")}

    rows = [FunnelRow("a", 0.2, 0.1, n=50), FunnelRow("b", 0.4, 0.2, n=20)]
    drawn = {
        "with": funnel(rows, x=X, title="t", description="d", null=0.0),
        "single group": funnel(rows, x=X, title="t", description="d"),
        "off": funnel(rows, x=X, title="t", description="d", null=0.0, contours=False),
        "size": funnel(rows, x=X, title="t", description="d", null=0.0, pooled=0.3, precision="n"),
    }
    assert AREAS["dark"] in fills(drawn["with"])
    for name in ("single group", "off", "size"):
        assert AREAS["dark"] not in fills(drawn[name])


def test_precise_trials_are_on_top_whatever_stands_on_the_axis() -> None:
    rows = [FunnelRow("precise", 1.0, 0.1, n=900), FunnelRow("small", 1.2, 0.6, n=20)]
    for precision in ("se", "variance", "precision", "n"):
        at = marks(funnel(rows, x=RATIO, title="t", description="d", precision=precision))
        assert at["precise"][1] < at["small"][1]


def test_filled_trials_are_open_and_told_in_words() -> None:
    figure = funnel_contours()
    assert "added by trim and fill" in texts(figure.svg)
    assert figure.text.count("added by trim and fill") == 2


def test_a_ray_through_a_trial_meets_the_arc_at_its_effect() -> None:
    """The tick of an effect, the trial with that effect and the origin lie on one line."""
    points = [Point(2.0, 2.0 * math.log(0.5), "half"), Point(5.0, 5.0 * math.log(1.25), "more")]
    figure = radial(
        points, effect_label="Risk ratio", effect_scale="log", title="t", description="d",
        pooled=0.8, limits=(0.6, 1.0),
    )  # fmt: skip
    origin = (plane_of(figure)[0], paths(figure, "interval")[0][0][1])
    x, y = marks(figure)["half"]
    rise = (y - origin[1]) / (x - origin[0]) / math.log(0.5)
    ticks = [
        (float(str(node.text)), float(node.attrib["x"]), float(node.attrib["y"]) - 4)
        for node in all_named(figure.svg, "text")
        if node.get("text-anchor") is None and re.fullmatch(r"[\d.]+", str(node.text))
    ]
    assert len(ticks) > 2
    for effect, at_x, at_y in ticks:
        slope = (at_y - origin[1]) / (at_x - origin[0])
        assert slope == pytest.approx(rise * math.log(effect), abs=2e-4)


def test_every_trial_lies_within_the_arc() -> None:
    for scale in (0.01, 1.0, 40.0):
        points = [Point(1.0 + i, scale * (i - 2) * (1 + i), str(i)) for i in range(9)]
        figure = radial(
            points, effect_label="Difference", effect_scale="linear", title="t", description="d",
            pooled=scale, limits=(0.5 * scale, 1.5 * scale),
        )  # fmt: skip
        left, right, *_ = plane_of(figure)
        origin = (left, paths(figure, "interval")[0][0][1])
        assert max(math.dist(spot, origin) for spot in marks(figure).values()) < right - left


def test_pooled_lines_of_a_labbe_plot_have_their_effect_everywhere() -> None:
    points = [Point(0.0, 0.0, "0"), Point(0.5, 0.5, "half")]
    lines = [PooledLine("RR", 0.6), PooledLine("OR", 0.5), PooledLine("RD", -0.1)]
    figure = labbe(
        points, treatment="A", comparator="B", title="t", description="d", pooled=lines,
    )  # fmt: skip
    zero, half = marks(figure)["0"], marks(figure)["half"]

    def risks(spot: Spot) -> Spot:
        return (
            0.5 * (spot[0] - zero[0]) / (half[0] - zero[0]),
            0.5 * (spot[1] - zero[1]) / (half[1] - zero[1]),
        )

    rr, odds, rd = (paths(figure, tone)[0] for tone in ("interval", "prediction", "threshold"))
    for spot in rr[5:-1:7]:
        x, y = risks(spot)
        assert y / x == pytest.approx(0.6, rel=5e-3)
    for spot in odds[5:-1:7]:
        x, y = risks(spot)
        assert (y / (1 - y)) / (x / (1 - x)) == pytest.approx(0.5, rel=5e-3)
    for spot in rd[5:-1:7]:
        x, y = risks(spot)
        assert y - x == pytest.approx(-0.1, abs=2e-3)


def test_an_arcsine_line_is_capped_at_certainty() -> None:
    figure = labbe(
        [Point(0.9, 1.0, "a")], treatment="A", comparator="B", title="t", description="d",
        pooled=[PooledLine("AS", 0.3)],
    )  # fmt: skip
    assert "(1, 1)" in figure.text


def test_a_gosh_plot_counts_every_subset_once_in_each_margin() -> None:
    grid = DensityGrid((0.0, 1.0, 2.0), (0.0, 50.0, 100.0), ((3, 0), (4, 5)), ((1, 0), (0, 5)), "m")
    figure = gosh(grid, x=X, title="t", description="d")
    assert "Subsets: 12." in figure.text
    rows = [line.split() for line in figure.text.splitlines()]
    assert ["0", "1", "3", "1"] in rows
    assert ["1", "2", "9", "5"] in rows
    assert ["50", "100", "5", "5"] in rows
    cells = [n for n in all_named(figure.svg, "rect") if n.attrib["fill"] != "#ffffff"]
    assert len(cells) == 3 + (2 + 2) + (2 + 2) + 2  # cells, two margins of each kind, the key


def test_a_fuller_cell_is_darker_and_a_marked_one_orange() -> None:
    grid = DensityGrid((0.0, 1.0, 2.0), (0.0, 1.0), ((1,), (100,)))
    cells = [
        n.attrib["fill"] for n in all_named(gosh(grid, x=X, title="t", description="d").svg, "rect")
    ]
    first, second = cells[1:3]
    assert sum(bytes.fromhex(first[1:])) > sum(bytes.fromhex(second[1:]))
    marked = replace(grid, marked=((1,), (100,)))
    fills = [
        n.attrib["fill"]
        for n in all_named(gosh(marked, x=X, title="t", description="d").svg, "rect")
    ]
    assert "#c2570c" in fills


def test_a_drapery_twin_reads_the_intervals_off_the_curves() -> None:
    """The first trial: log ratio −0.9, standard error 0.57; 95% CI by hand 0.133 to 1.24."""
    row = next(line for line in drapery_curves().text.splitlines() if line.startswith("Alder"))
    values = [float(cell) for cell in row.split()[2:]]
    expected = [math.exp(-0.9 + z * 0.57) for z in (0, -1.6449, 1.6449, -1.96, 1.96)]
    assert values == pytest.approx(expected, rel=6e-3)


def test_bands_are_drawn_only_where_all_places_have_limits() -> None:
    line = [FittedPoint(0.0, 1.0, 0.5, 1.5), FittedPoint(1.0, 2.0, 1.5, 2.5)]
    figure = regplot([Point(0.5, 1.5, "a", size=1)], line, x=X, y=Y, title="t", description="d")
    assert "95% confidence band" in texts(figure.svg)
    assert "95% prediction band" not in texts(figure.svg)


# --- small and bad input ------------------------------------------------------------------------

EMPTY: dict[str, Callable[[], Figure]] = {
    "scatter": lambda: draw([]),
    "funnel": lambda: funnel([], x=RATIO, title="t", description="d", null=1.0, pooled=1.0),
    "bare funnel": lambda: funnel([], x=X, title="t", description="d"),
    "baujat": lambda: baujat([], title="t", description="d"),
    "radial": lambda: radial(
        [], effect_label="e", effect_scale="log", title="t", description="d", pooled=1.0
    ),
    "labbe": lambda: labbe([], treatment="a", comparator="b", title="t", description="d"),
    "qq": lambda: qq([], title="t", description="d"),
    "drapery": lambda: drapery([], [], x=RATIO, title="t", description="d"),
    "regplot": lambda: regplot([], [], x=X, y=Y, title="t", description="d"),
    "doi": lambda: doi([], x=X, title="t", description="d"),
    "sequential": lambda: sequential([], [], title="t", description="d"),
}


@pytest.mark.parametrize("name", EMPTY)
def test_nothing_to_draw_is_an_empty_figure(name: str) -> None:
    figure = EMPTY[name]()
    assert odd_coordinates(figure.svg) == []
    assert root(figure.svg).attrib["role"] == "img"


ONE: dict[str, Callable[[], Figure]] = {
    "scatter": lambda: draw([Point(3.0, 3.0, "only")]),
    "log": lambda: draw([Point(1e-300, 1e150, "only")], replace(X, scale="log"), replace(Y, scale="log")),
    "funnel": lambda: funnel([FunnelRow("only", 1.0, 0.2)], x=RATIO, title="t", description="d", pooled=1.0, null=1.0),
    "wild funnel": lambda: funnel([FunnelRow("only", 1.0, 900.0)], x=RATIO, title="t", description="d", pooled=1.0, null=1.0, tau2=4.0),
    "baujat": lambda: baujat([Point(0.0, 0.0, "only")], title="t", description="d"),
    "radial": lambda: radial([Point(1.0, 0.0, "only")], effect_label="e", effect_scale="log", title="t", description="d", pooled=1.0, limits=(1.0, 1.0)),
    "steep radial": lambda: radial([Point(1e-3, 1e3, "only")], effect_label="e", effect_scale="log", title="t", description="d"),
    "labbe": lambda: labbe([Point(0.0, 0.0, "only", size=0.0)], treatment="a", comparator="b", title="t", description="d"),
    "qq": lambda: qq([Point(0.0, 0.0, "only")], title="t", description="d"),
}  # fmt: skip


@pytest.mark.parametrize("name", ONE)
def test_one_trial_is_drawn(name: str) -> None:
    figure = ONE[name]()
    assert "only" in figure.text
    assert odd_coordinates(figure.svg) == []


BAD: dict[str, Callable[[], Figure]] = {
    "nan": lambda: draw([Point(math.nan, 0.0, "a")]),
    "infinite": lambda: draw([Point(0.0, math.inf, "a")]),
    "negative on a log scale": lambda: draw([Point(-1.0, 0.0, "a")], replace(X, scale="log")),
    "huge": lambda: draw([Point(1e250, 0.0, "a")]),
    "size": lambda: draw([Point(0.0, 0.0, "a", size=-1.0)]),
    "line": lambda: draw([], curves=[Curve("c", ((0.0, math.nan),))]),
    "area": lambda: draw([], areas=[Area("c", ((0.0, math.nan),))]),
    "reversed axis": lambda: draw([], PlotAxis("x", low=2.0, high=1.0)),
    "no error": lambda: funnel([FunnelRow("a", 1.0, 0.0)], x=X, title="t", description="d"),
    "no size": lambda: funnel(
        [FunnelRow("a", 1.0, 0.1)], x=X, title="t", description="d", precision="n"
    ),
    "unknown precision": lambda: funnel(
        [], x=X, title="t", description="d", precision="weight"  # type: ignore[arg-type]  # on purpose
    ),
    "risk": lambda: labbe(
        [Point(1.2, 0.0, "a")], treatment="a", comparator="b", title="t", description="d"
    ),
    "ratio": lambda: labbe(
        [], treatment="a", comparator="b", title="t", description="d",
        pooled=[PooledLine("RR", -1.0)],
    ),
    "p-value": lambda: drapery([Curve("c", ((0.0, 1.2),))], [], x=X, title="t", description="d"),
    "precision": lambda: radial(
        [Point(0.0, 1.0, "a")], effect_label="e", effect_scale="linear", title="t", description="d"
    ),
    "line order": lambda: regplot(
        [], [FittedPoint(1, 1), FittedPoint(0, 1)], x=X, y=Y, title="t", description="d"
    ),
    "edges": lambda: gosh(DensityGrid((1.0, 0.0), (0.0, 1.0), ((1,),)), x=X, title="t", description="d"),
    "counts": lambda: gosh(DensityGrid((0.0, 1.0), (0.0, 1.0), ((1, 2),)), x=X, title="t", description="d"),
    "more marked": lambda: gosh(
        DensityGrid((0.0, 1.0), (0.0, 1.0), ((1,),), ((2,),)), x=X, title="t", description="d"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_what_has_no_place_is_refused(name: str) -> None:
    with pytest.raises(DataError):
        BAD[name]()


@pytest.mark.parametrize("name", SCATTER_FIGURES)
def test_figures_are_the_same_bytes_each_time(name: str) -> None:
    draw_it = SCATTER_FIGURES[name]
    assert draw_it().svg == draw_it().svg


@given(
    st.lists(
        st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.floats(0, 1e9)),
        min_size=1, max_size=12,
    )
)  # fmt: skip
@settings(max_examples=40, deadline=None)
def test_every_mark_lies_in_the_plane_unless_the_range_is_fixed(
    given_points: list[tuple[float, float, float]],
) -> None:
    points = [Point(x, y, f"t{i}", size=s) for i, (x, y, s) in enumerate(given_points)]
    figure = draw(points, named="all")
    left, right, top, bottom = plane_of(figure)
    at = marks(figure)
    assert len(at) == len(points)
    assert all(left <= x <= right and top <= y <= bottom for x, y in at.values())
