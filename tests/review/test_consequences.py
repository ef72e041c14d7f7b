"""One mistake is reported where it stands, and not again wherever it has consequences."""

from __future__ import annotations

import pytest

from review.folders import Copy, only, with_code


def test_an_arm_without_its_comparator_is_worth_a_look(folder: Copy) -> None:
    folder.replace("results.csv", "Trial A,placebo,,pain,short,pain-0-100,57,,52.6,23.1", "#")
    text = folder.read("results.csv").split("\n")
    folder.write("results.csv", "\n".join(line for line in text if not line.startswith("#")))
    problem = only(folder.problems())
    assert (problem.code, problem.severity) == ("one-sided", "warning")
    assert (problem.line, problem.field, problem.found) == (2, "arm", "drug A")
    assert folder.reading().review is not None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Trial A,placebo,,pain,short", "Trial A,placbo,,pain,short"),
        ("Trial A,placebo,,pain,short", "Trial A,placebo,,pian,short"),
        ("57,,52.6,23.1", "57,,n/a,23.1"),
    ],
)
def test_a_mistake_beside_an_arm_does_not_make_it_look_alone(
    folder: Copy, old: str, new: str
) -> None:
    folder.replace("results.csv", old, new)
    assert with_code(folder.problems(), "one-sided") == []
    assert len(folder.problems()) == 1


def test_ids_that_are_allowed_are_listed_as_in_the_file(folder: Copy) -> None:
    folder.replace("results.csv", "Trial A,drug A", "Study A,drug A")
    assert only(folder.problems()).allowed == "Trial A, Trial B, Trial C, Trial D"


def test_a_study_without_arms_is_told_so(folder: Copy) -> None:
    text = folder.read("arms.csv").split("\n")
    folder.write("arms.csv", "\n".join(line for line in text if not line.startswith("Trial B")))
    found = with_code(folder.problems(), "unknown-arm")
    assert {p.message for p in found} == {"arms.csv lists no arm of this study."}


@pytest.mark.parametrize(
    ("old", "new"),
    [('treatment = "drug-a"', 'treatment = "drug-b"'), ('name = "drug A v placebo"', "name = 1")],
)
def test_a_damaged_comparison_does_not_make_its_rows_look_unplanned(
    folder: Copy, old: str, new: str
) -> None:
    folder.replace("review.toml", old, new)
    assert len(folder.problems()) == 1
