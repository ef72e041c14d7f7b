from __future__ import annotations

import pytest

from equipoise.errors import DataError
from equipoise.figures import Figure, GridCell, gap_map
from figures.invented import small_map, wide_map
from figures.reading import SVG, all_named, odd_coordinates, root, texts

ROWS = [("r1", "Pain"), ("r2", "Harms")]
COLUMNS = [("c1", "drug A v placebo"), ("c2", "drug B v placebo")]


def draw(*cells: GridCell) -> Figure:
    return gap_map(cells, rows=ROWS, columns=COLUMNS, title="t", description="d")


def cell_shapes(figure: Figure) -> dict[str, dict[str, str]]:
    """Give the attributes of the first shape of each cell, by the cell's tooltip."""
    found = {}
    for group in all_named(figure.svg, "g"):
        title, shape = group.find(f"{SVG}title"), group.find(f"{SVG}rect")
        assert title is not None
        found[str(title.text)] = {} if shape is None else dict(shape.attrib)
    return found


def test_each_state_has_a_shape_of_its_own_and_says_its_text() -> None:
    figure = draw(
        GridCell("r1", "c1", "pooled", "3", "3 trials"),
        GridCell("r1", "c2", "single trial", "1", "1 trial"),
        GridCell("r2", "c1", "not poolable", "2", "2 trials"),
        GridCell("r2", "c2", "no data", "", "nobody measured it"),
    )
    pooled, single, apart, none = cell_shapes(figure).values()
    assert pooled["fill"] != single["fill"]
    assert "stroke-dasharray" not in single
    assert "stroke-dasharray" in apart
    assert none["fill"].startswith("url(#")
    assert {"3", "1", "2", "none"} <= set(texts(figure.svg))


def test_the_hatching_refers_to_a_pattern_of_the_same_figure() -> None:
    figure = draw(GridCell("r1", "c1", "no data", "", ""))
    pattern = all_named(figure.svg, "pattern")[0].attrib["id"]
    used = {shape["fill"] for shape in cell_shapes(figure).values() if shape}
    assert used == {f"url(#{pattern})"}


def test_a_place_without_a_cell_was_not_planned() -> None:
    figure = draw(GridCell("r1", "c1", "pooled", "3", "3 trials"))
    assert cell_shapes(figure)["Harms, drug B v placebo: not planned"] == {}
    assert "not planned: 3" in figure.text


def test_the_twin_lists_every_cell_with_its_detail() -> None:
    figure = draw(
        GridCell("r2", "c2", "single trial", "1", "one trial of 40 people"),
        GridCell("r1", "c1", "pooled", "3", "three trials of 300 people"),
    )
    rows = [line for line in figure.text.splitlines() if line.startswith(("Pain", "Harms"))]
    assert len(rows) == 4
    assert rows[0].endswith("three trials of 300 people")
    assert rows[3].endswith("one trial of 40 people")


def test_links_name_their_cell() -> None:
    figure = draw(GridCell("r1", "c1", "pooled", "3", "3 trials", "#finding-1"))
    (link,) = all_named(figure.svg, "a")
    assert link.attrib["href"] == "#finding-1"
    assert link.attrib["aria-label"] == "Pain, drug A v placebo: 3 trials"


def test_the_legend_explains_the_states_that_occur_and_no_others() -> None:
    shown = texts(draw(GridCell("r1", "c1", "pooled", "3", "")).svg)
    assert "trials pooled" in shown
    assert "planned, no data" not in shown


def test_many_columns_have_tilted_headers_inside_the_figure() -> None:
    assert not [t for t in all_named(small_map().svg, "text") if "transform" in t.attrib]
    assert len([t for t in all_named(wide_map().svg, "text") if "transform" in t.attrib]) == 13
    assert odd_coordinates(wide_map().svg) == []


@pytest.mark.parametrize(
    "cells",
    [
        [GridCell("r9", "c1", "pooled", "", "")],
        [GridCell("r1", "c9", "pooled", "", "")],
        [GridCell("r1", "c1", "pooled", "", ""), GridCell("r1", "c1", "no data", "", "")],
    ],
)
def test_a_cell_without_a_place_of_its_own_is_refused(cells: list[GridCell]) -> None:
    with pytest.raises(DataError) as caught:
        draw(*cells)
    assert caught.value.rows == (len(cells) - 1,)


def test_a_grid_needs_rows_and_columns() -> None:
    with pytest.raises(DataError):
        gap_map([], rows=[], columns=COLUMNS, title="t", description="d")


def test_the_order_of_the_cells_does_not_matter() -> None:
    cells = [
        GridCell("r1", "c1", "pooled", "3", "x"),
        GridCell("r2", "c2", "no data", "", "y"),
    ]
    assert draw(*cells) == draw(*reversed(cells))
    assert root(draw(*cells).svg).attrib["role"] == "img"
