"""Where an interval lies decides the verdict, on either side and for either direction."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.appraisal import Thresholds
from equipoise.synthesis.verdicts import against_null, category
from support.review_factory import EVENTS, PAIN, contrast, events, protocol
from synthesis.findings import finding

LOWER = Thresholds("MD", ratio=False, sign=-1, mid=10)
RATIO = Thresholds("RR", ratio=True, sign=-1)
MIRROR = {
    "important benefit": "important harm",
    "benefit": "harm",
    "little or no difference": "little or no difference",
    "unclear": "unclear",
    "harm": "benefit",
    "important harm": "important benefit",
}


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (-30, -12, "important benefit"),
        (-30, -10, "important benefit"),
        (-30, -9.99, "benefit"),
        (-9, -1, "little or no difference"),
        (-9, 9, "little or no difference"),
        (-10, 9, "unclear"),
        (-30, 0, "unclear"),
        (-30, 30, "unclear"),
        (1, 30, "harm"),
        (10, 30, "important harm"),
    ],
)
def test_intervals_against_a_minimal_important_difference(
    low: float, high: float, expected: str
) -> None:
    assert category(low, high, LOWER) == expected


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0.5, 0.9, "benefit"), (0.5, 1.0, "unclear"), (1.1, 3.0, "harm"), (0.99, 1.01, "unclear")],
)
def test_without_one_only_the_side_counts(low: float, high: float, expected: str) -> None:
    assert category(low, high, RATIO) == expected


ends = st.tuples(st.floats(-50, 50), st.floats(-50, 50)).map(lambda e: (min(e), max(e)))


@given(ends)
def test_turning_the_sign_turns_the_verdict(interval: tuple[float, float]) -> None:
    low, high = interval
    assert category(-high, -low, LOWER) == MIRROR[category(low, high, LOWER)]


@given(ends)
def test_turning_the_direction_turns_the_verdict(interval: tuple[float, float]) -> None:
    higher = Thresholds("MD", ratio=False, sign=1, mid=10)
    assert category(*interval, higher) == MIRROR[category(*interval, LOWER)]


@given(ends, st.floats(0, 1))
def test_a_narrower_interval_never_becomes_unclear(
    interval: tuple[float, float], share: float
) -> None:
    low, high = interval
    middle = (low + high) / 2
    inner = [middle + share * (end - middle) for end in interval]
    if against_null(low, high, LOWER) != "unclear" and share < 1:
        assert against_null(inner[0], inner[1], LOWER) == against_null(low, high, LOWER)


def test_the_rule_is_a_sentence_with_the_numbers() -> None:
    found = finding(contrast("A", estimate=-15.79, ci_low=-32.09, ci_high=0.51))
    made = found.verdicts["as-published"]
    assert made.category == "unclear"
    assert (made.mid, made.mid_unit) == (10, "points")
    assert made.rule == (
        "The 95% confidence interval, −32.09 to 0.51, includes no difference (0); the minimal "
        "important difference is 10 points, and the interval does not lie wholly on one side of it."
    )


def test_other_minimal_important_differences_are_judged_beside() -> None:
    trial = contrast("A", estimate=-25, ci_low=-35, ci_high=-15)
    from_protocol = finding(trial, plan=protocol(replace(PAIN, mid_alternatives=(20.0,))))
    (other,) = from_protocol.verdict_alternatives
    assert from_protocol.verdicts["as-published"].category == "important benefit"
    assert (other.category, other.mid) == ("benefit", 20)


def test_risks_are_held_against_a_difference_per_1000() -> None:
    outcome = replace(EVENTS, mid_per_1000=20.0, assumed_risk=0.1)
    trial = events("A", (1100, 10000), (1000, 10000))
    made = finding(trial, plan=protocol(outcome), cell="drug-placebo.events")
    verdict = made.verdicts["as-published"]
    assert verdict.against_null == "favours comparator"
    assert verdict.category == "little or no difference"
    assert verdict.mid_unit == "per 1,000"
    assert "per 1,000, lies wholly within it" in verdict.rule


def test_nothing_estimated_is_unclear_and_says_so() -> None:
    found = finding(events("A", (0, 9), (0, 9)), cell="drug-placebo.events")
    assert {verdict.category for verdict in found.verdicts.values()} == {"unclear"}
    assert "Nothing could be estimated" in found.verdicts["as-published"].rule
