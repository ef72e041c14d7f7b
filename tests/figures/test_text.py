from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.figures.text_twin import columns_wide, looks_numeric, table
from equipoise.figures.text_width import balance, ellipsise, text_width, wrap

words = st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc")), max_size=60)


def test_digits_are_equally_wide() -> None:
    assert len({text_width(digit, 13.0) for digit in "0123456789"}) == 1


def test_letters_differ_in_width_and_accents_take_none() -> None:
    assert text_width("iii", 13.0) < text_width("mmm", 13.0)
    assert text_width("é", 13.0) == text_width("e\u0301", 13.0) == text_width("e", 13.0)
    assert text_width("漢", 13.0) > text_width("M", 13.0)
    assert text_width("total", 13.0, bold=True) > text_width("total", 13.0)


@given(words, st.floats(min_value=30.0, max_value=300.0))
def test_wrapped_lines_fit_and_lose_nothing(text: str, width: float) -> None:
    lines = wrap(text, width, 13.0)
    assert all(text_width(line, 13.0) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


@given(words, st.integers(min_value=1, max_value=3))
def test_lines_beyond_the_limit_end_in_an_ellipsis(text: str, most: int) -> None:
    lines = wrap(text, 60.0, 13.0, max_lines=most)
    whole = wrap(text, 60.0, 13.0)
    assert len(lines) == min(most, len(whole))
    assert (len(whole) > most) == (lines != whole)
    if lines != whole:
        assert lines[-1].endswith("…")


def test_a_shortened_text_fits_and_a_fitting_one_is_left_alone() -> None:
    assert ellipsise("short", 100.0, 13.0) == "short"
    shortened = ellipsise("a label that does not fit", 60.0, 13.0)
    assert shortened.endswith("…")
    assert text_width(shortened, 13.0) <= 60.0


def test_headers_break_into_lines_of_similar_length() -> None:
    assert wrap("Risk ratio (95% CI)", 105.0, 13.0, bold=True) == ("Risk ratio (95%", "CI)")
    assert balance("Risk ratio (95% CI)", 105.0, 13.0, bold=True) == ("Risk ratio", "(95% CI)")


def test_a_table_aligns_numbers_right_and_words_left() -> None:
    written = table(
        ("Study", "Total", "Effect"),
        [("Alder", "5", "0.50 [0.20, 1.10]"), ("A heading",), ("Birch", "120", "Not estimable")],
    )
    assert written.splitlines() == [
        "Study  Total             Effect",
        "-----  -----  -----------------",
        "Alder      5  0.50 [0.20, 1.10]",
        "A heading",
        "Birch    120      Not estimable",
    ]


def test_a_table_counts_wide_letters_as_two_columns() -> None:
    assert columns_wide("漢字") == 4
    written = table(("Name", "x"), [("漢字漢字", "1"), ("e\u0301", "2")]).splitlines()
    assert written[2] == "漢字漢字  1"
    assert written[3] == "e\u0301         2"


def test_a_table_breaks_headers_that_are_wider_than_their_column() -> None:
    top = table(("k", "Between-trial variance estimator"), [("1", "REML")]).splitlines()
    assert [line.strip() for line in top[:3]] == ["Between-trial", "variance", "k  estimator"]


@pytest.mark.parametrize("cell", ["12", "−1.5", "[0.2, 3]", "<0.01", "—", "", "42%"])
def test_what_reads_as_a_number(cell: str) -> None:
    assert looks_numeric([cell])


@pytest.mark.parametrize("cell", ["REML", "−", "[low, high]", "about 3"])
def test_what_reads_as_words(cell: str) -> None:
    assert not looks_numeric([cell])
