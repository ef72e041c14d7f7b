"""Hostile texts, odd addresses, and what a figure must carry for everybody to read it."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import pytest

import equipoise.figures
from equipoise.figures import (
    Area,
    Axis,
    Curve,
    CurvePoint,
    DensityGrid,
    Figure,
    ForestRow,
    GridCell,
    PlotAxis,
    Point,
    drapery,
    forest,
    gap_map,
    gosh,
    radial,
    scatter,
    specification_curve,
)
from equipoise.figures._svg import clean, number, safe_href
from figures.invented import FIGURES
from figures.reading import SVG, all_named, odd_coordinates, root, texts

HOSTILE = [
    "<script>alert(1)</script>",
    "</text></svg><img src=x onerror=alert(1)>",
    "\"quoted\" & 'quoted' &amp; ]]> <!-- -->",
    "emoji 🧪👩🏽‍🔬 and 漢字",
    "\u202etxet desrever\u202c",
    "עברית ועוד",
    "null \x00 bell \x07 escape \x1b[31m",
    "lone surrogate \ud800 and \ufffe",
    "line\nbreak\ttab\u2028separator",
    "",
    "w" * 500,
]


def hostile_forest(text: str) -> Figure:
    row = ForestRow("study", text, (text,), (text,), 1.0, 0.5, 2.0, 100.0, text, text)
    return forest(
        [row, ForestRow("heading", text), ForestRow("note", text), ForestRow("study", text)],
        axis=Axis("log", 1.0, text, text, text, ((1.5, text),)),
        left_columns=(text,),
        right_columns=(text,),
        left_groups=((text, 1),),
        title=text,
        description=text,
        footer=(text,),
        prefix=text,
    )


def hostile_map(text: str) -> Figure:
    return gap_map(
        [GridCell("r", "c", "pooled", text, text, text), GridCell("r", "d", "no data", text, text)],
        rows=[("r", text)],
        columns=[("c", text), ("d", text)],
        title=text,
        description=text,
    )


def hostile_curve(text: str) -> Figure:
    return specification_curve(
        [CurvePoint(text, 1.0, 0.5, 2.0, text, (text,))],
        axis=Axis("log", 1.0, text, text, text, ((1.5, text),)),
        dimensions=(text,),
        title=text,
        description=text,
        reference=text,
        reference_label=text,
        category_name=text,
    )


def hostile_scatter(text: str) -> Figure:
    return scatter(
        [
            Point(1.0, 1.0, text, 1.0, text, href=text),
            Point(2.0, 2.0, text, 2.0, f"{text} too", hollow=True),
        ],
        x=PlotAxis(text),
        y=PlotAxis(text, "log"),
        curves=[Curve(text, ((1.0, 1.0), (2.0, 2.0)))],
        areas=[Area(text, ((1.0, 1.0), (2.0, 2.0), (2.0, 1.0)))],
        named="all",
        size_name=text,
        notes=[text],
        title=text,
        description=text,
        prefix=text,
    )


def hostile_radial(text: str) -> Figure:
    return radial(
        [Point(1.0, 1.0, text)],
        effect_label=text,
        effect_scale="log",
        title=text,
        description=text,
        pooled=1.0,
        limits=(0.5, 2.0),
        x_label=text,
        y_label=text,
        named=[text],
    )


def hostile_gosh(text: str) -> Figure:
    return gosh(
        DensityGrid((0.0, 1.0), (0.0, 1.0), ((2,),), ((1,),), text),
        x=PlotAxis(text),
        title=text,
        description=text,
        notes=[text],
    )


def hostile_drapery(text: str) -> Figure:
    curve = Curve(text, ((0.5, 0.1), (1.0, 1.0), (2.0, 0.1)))
    return drapery([curve], [curve], x=PlotAxis(text, "log"), title=text, description=text)


HOSTILE_FIGURES = (
    hostile_forest, hostile_map, hostile_curve, hostile_scatter, hostile_radial, hostile_gosh,
    hostile_drapery,
)  # fmt: skip


@pytest.mark.parametrize("draw", HOSTILE_FIGURES)
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_stay_texts(draw: Callable[[str], Figure], text: str) -> None:
    figure = draw(text)
    names = {node.tag.removeprefix(SVG) for node in root(figure.svg).iter()}
    assert not names & {"script", "img", "foreignObject", "style", "image", "use"}
    attributes = {name for node in root(figure.svg).iter() for name in node.attrib}
    assert not any(name.startswith("on") for name in attributes)
    for part in (figure.svg, figure.text, figure.title, figure.description):
        assert not set(part) & set("\x00\x07\x1b\ud800\ufffe\u202e\u202c\u2028")
        part.encode("utf-8")
    assert odd_coordinates(figure.svg) == []


def test_a_hostile_label_is_read_back_as_it_was() -> None:
    label = "<b>\"A\" & 'B'</b>"
    assert label in texts(hostile_forest(label).svg)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("#row-1", "#row-1"),
        ("#row 1", "#row-1"),
        ("https://example.org/a?b=1&c=2", "https://example.org/a?b=1&c=2"),
        ("HTTP://example.org", "HTTP://example.org"),
        ("javascript:alert(1)", None),
        (" javascript:alert(1)", None),
        ("java\nscript:alert(1)", None),
        ("data:text/html,x", None),
        ("//example.org", None),
        ("file:///etc/passwd", None),
        ("https://example.org/ onclick=x", None),
        ("#", None),
        ("", None),
        (None, None),
    ],
)
def test_only_anchors_and_web_addresses_are_links(given: str | None, kept: str | None) -> None:
    assert safe_href(given) == kept


def test_a_refused_address_leaves_the_label() -> None:
    figure = forest(
        [ForestRow("study", "Alder 2001", href="javascript:alert(1)")],
        axis=Axis("log", 1.0, "", "", ""),
        left_columns=(),
        right_columns=(),
        title="t",
        description="d",
    )
    assert "Alder 2001" in texts(figure.svg)
    assert all_named(figure.svg, "a") == []
    assert "javascript" not in figure.svg


def test_control_characters_are_shown_as_missing_and_direction_overrides_dropped() -> None:
    assert clean("a\x00b") == "a\ufffdb"
    assert clean("\u202eabc\u202c  d\n e") == "abc d e"


def test_a_coordinate_that_is_not_finite_is_a_defect() -> None:
    with pytest.raises(ValueError, match="finite"):
        number(float("nan"))
    assert [number(value) for value in (1.0, -0.001, 1.006, 100.0)] == ["1", "0", "1.01", "100"]


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_names_and_describes_itself(name: str) -> None:
    figure = FIGURES[name]()
    svg = root(figure.svg)
    by_id = {node.attrib["id"]: node for node in svg.iter() if "id" in node.attrib}
    assert by_id[svg.attrib["aria-labelledby"]].text == figure.title
    assert by_id[svg.attrib["aria-describedby"]].text == figure.description
    assert svg.attrib["viewBox"] == f"0 0 {figure.width:g} {figure.height:g}"
    assert not figure.svg.startswith("<?xml")
    assert figure.text.startswith(figure.title + "\n\n" + figure.description + "\n")


@pytest.mark.parametrize("name", FIGURES)
def test_an_image_has_no_links_and_a_figure_with_links_is_no_image(name: str) -> None:
    svg = FIGURES[name]().svg
    expected = "group" if all_named(svg, "a") else "img"
    assert root(svg).attrib["role"] == expected


def test_ids_are_unique_across_the_figures_of_a_page() -> None:
    ids = [
        node.attrib["id"]
        for draw in FIGURES.values()
        for node in root(draw().svg).iter()
        if "id" in node.attrib
    ]
    assert len(ids) == len(set(ids))


def test_a_prefix_keeps_equal_figures_apart() -> None:
    cells = [GridCell("r", "c", "no data", "", "")]

    def drawn(prefix: str) -> set[str]:
        figure = gap_map(
            cells,
            rows=[("r", "R")],
            columns=[("c", "C")],
            title="t",
            description="d",
            prefix=prefix,
        )
        return {node.attrib["id"] for node in root(figure.svg).iter() if "id" in node.attrib}

    assert drawn("one").isdisjoint(drawn("two"))


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_text_and_marks_stand_out_from_the_paper() -> None:
    palette = equipoise.figures._palette
    for colour in (palette.INK, palette.MUTED, palette.LINK, palette.THRESHOLD):
        assert contrast(colour, palette.PAPER) >= 7.0
    assert contrast(palette.MUTED, palette.BAND) >= 4.5
    for colour in (palette.SQUARE, palette.INTERVAL, palette.PREDICTION, *palette.SHADES):
        assert contrast(colour, palette.PAPER) >= 3.0
    assert contrast(palette.SQUARE, palette.INTERVAL) >= 3.0
    for area in palette.AREAS.values():
        assert contrast(palette.INK, area) >= 7.0
        assert contrast(palette.SHADES[0], area) >= 3.0
        assert contrast(palette.LINES["interval"], area) >= 3.0
    for colour in palette.LINES.values():
        assert contrast(colour, palette.PAPER) >= 3.0


def test_the_room_needs_nothing_but_the_standard_library() -> None:
    allowed = {"equipoise.figures", "equipoise.errors"}
    standard = {
        "__future__", "collections", "dataclasses", "hashlib", "itertools", "math", "pathlib",
        "re", "statistics", "typing", "unicodedata", "xml",
    }  # fmt: skip
    for file in Path(equipoise.figures.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            modules = (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
            for module in modules:
                known = ".".join(module.split(".")[:2]) in allowed
                assert known or module.split(".")[0] in standard, (file.name, module)
