from __future__ import annotations

import doctest

import pytest

from equipoise.review import Problem, format_problem, problems
from equipoise.review.problems import Place, did_you_mean, error, in_order, one_of, shown, warning

EVENTS = Problem("results.csv", 14, "events", "17", "0 to n (12)", "Swapped?", "events-above-n")


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (EVENTS, "results.csv:14 events: found 17, allowed 0 to n (12) — Swapped?"),
        (
            Problem("a.csv", 2, None, "", "", "Look.", "x", "warning"),
            "a.csv:2 (warning): Look.",
        ),
        (Problem("a.csv", None, None, "", "b", "", "x"), "a.csv: allowed b"),
        (Problem("a.csv", 1, "f", "c", "", "", "x"), "a.csv:1 f: found c"),
    ],
)
def test_a_problem_is_one_line_with_its_place_first(problem: Problem, text: str) -> None:
    assert format_problem(problem) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (17.0, "17"),
        (0.1, "0.1"),
        (-3, "-3"),
        (10**400, "a very large number"),
        ("two\nlines", "two\\nlines"),
        ("\x1b[31m", "\\x1b[31m"),
        ("x" * 200, "x" * 59 + "…"),
        ("", ""),
    ],
)
def test_what_was_found_is_short_and_printable(value: object, text: str) -> None:
    assert shown(value) == text


def test_long_lists_are_cut_and_counted() -> None:
    assert one_of([str(i) for i in range(3)]) == "0, 1, 2"
    assert one_of([str(i) for i in range(30)]).endswith("11, … (30 in all)")
    assert one_of([]) == "nothing: none is declared"


def test_near_misses() -> None:
    assert did_you_mean("Placebo", ["placebo"]) == " Did you mean 'placebo'?"
    assert not did_you_mean("zebra", ["placebo"])


def test_near_misses_are_not_sought_among_thousands() -> None:
    assert did_you_mean("trial 1x", [f"trial {i}" for i in range(300)])
    assert not did_you_mean("trial 1x", [f"trial {i}" for i in range(301)])


def test_order_is_by_file_then_line_and_otherwise_stable() -> None:
    made = [
        error(Place("b", 2), "second", ""),
        error(Place("b", 2), "third", ""),
        warning(Place("b"), "first-of-b", ""),
        error(Place("unheard-of", 1), "last", ""),
        error(Place("a", 9), "first", ""),
    ]
    ordered = [p.code for p in in_order(made, ("a", "b"))]
    assert ordered == ["first", "first-of-b", "second", "third", "last"]


def test_the_example_of_the_docstring() -> None:
    assert doctest.testmod(problems).failed == 0
    assert doctest.testmod(problems).attempted == 1
