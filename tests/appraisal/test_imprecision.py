"""Imprecision: the worse of what the interval crosses and how much data there is."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appraisal.evidence import MD, RR, evidence, weigh
from equipoise.appraisal import Thresholds
from equipoise.appraisal.imprecision import appraise_imprecision

TRIAL = weigh(0, 100)
PER_1000 = Thresholds(
    "RR", ratio=True, sign=-1, mid=20, mid_unit="per 1,000", per_1000=True, assumed_risk=0.1
)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(-20, -11, 0), (-20, -9, 1), (-9, 9, 0), (-9, 11, 1), (-20, 11, 2), (-20, -10, 0)],
)
def test_thresholds_crossed_with_a_minimal_important_difference(
    low: float, high: float, expected: int
) -> None:
    found = evidence(((low + high) / 2, low, high), TRIAL, typical_sd=20.0)
    assert appraise_imprecision(found).levels == expected


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0.8, 1.1, 1), (0.8, 1.3, 1), (0.7, 1.3, 2), (0.74, 1.26, 2), (0.3, 0.9, 0)],
)
def test_ratios_without_one(low: float, high: float, expected: int) -> None:
    found = evidence((1.0, low, high), TRIAL, thresholds=RR, people=100_000)
    assert appraise_imprecision(found).levels == expected


def test_per_1000_thresholds_are_crossed_on_the_absolute_scale() -> None:
    """At a risk of 10 %, RR 0.8 and 1.2 are 20 fewer and 20 more in 1,000."""
    narrow = evidence((1.0, 0.81, 1.19), TRIAL, thresholds=PER_1000, people=100_000)
    wide = evidence((1.0, 0.79, 1.21), TRIAL, thresholds=PER_1000, people=100_000)
    assert appraise_imprecision(narrow).levels == 0
    assert appraise_imprecision(wide).levels == 2


def test_few_people_count_even_where_nothing_is_crossed() -> None:
    needed = 2 * math.ceil(2 * (1.959964 + 0.841621) ** 2 * 20**2 / 10**2)
    for people, expected in ((needed, 0), (needed - 1, 1), (math.ceil(0.3 * needed) - 1, 2)):
        found = evidence((-15, -20, -11), TRIAL, people=people, typical_sd=20.0)
        domain = appraise_imprecision(found)
        assert domain.levels == expected
        assert domain.receipt.inputs["people_needed"] == needed


def test_events_need_the_optimal_information_size() -> None:
    """At a risk of 20 %, detecting a quarter less takes 903 people an arm."""
    found = evidence((0.5, 0.3, 0.8), TRIAL, thresholds=RR, people=1806, control_risk=0.2)
    domain = appraise_imprecision(found)
    assert domain.receipt.inputs["people_needed"] == 1806
    assert domain.levels == 0


def test_without_a_basis_the_rule_of_thumb_is_used() -> None:
    found = evidence((-15, -20, -11), TRIAL, thresholds=Thresholds("MD", ratio=False, sign=-1))
    assert appraise_imprecision(found).receipt.inputs["people_needed"] == 400


@pytest.mark.parametrize("measure", ["IRR", "HR", "IRD", "GENERIC"])
def test_an_unknown_number_of_people_leaves_the_domain_open(measure: str) -> None:
    ratio = measure in {"IRR", "HR"}
    bounds = (0.5, 0.3, 0.8) if ratio else (-15.0, -20.0, -11.0)
    lines = Thresholds(measure, ratio=ratio, sign=-1)
    domain = appraise_imprecision(evidence(bounds, TRIAL, thresholds=lines, people=None))
    assert (domain.levels, domain.proposal) == (None, "not judged")
    assert domain.receipt.inputs["levels_by_thresholds"] == 0
    assert domain.receipt.inputs["levels_by_information_size"] is None
    assert "the amount of data is not judged" in str(domain.receipt.inputs["reason"])


def test_what_is_crossed_counts_though_the_number_of_people_is_unknown() -> None:
    domain = appraise_imprecision(evidence((0, -20, 0), TRIAL, people=None, typical_sd=20.0))
    assert domain.levels == 1
    assert "the amount of data is not judged" in str(domain.receipt.inputs["reason"])


@pytest.mark.parametrize(("people", "expected"), [(399, None), (400, 0)])
def test_people_known_in_part_are_enough_or_not_judged(people: int, expected: int | None) -> None:
    lines = Thresholds("GENERIC", ratio=False, sign=-1)
    found = evidence(
        (-15, -20, -11), TRIAL, thresholds=lines, people=people, everybody_counted=False
    )
    domain = appraise_imprecision(found)
    assert domain.levels == expected
    assert ("not known for every trial" in str(domain.receipt.inputs["reason"])) == (people < 400)


def test_a_wider_interval_is_not_excused_by_crossing_a_threshold() -> None:
    """Ten people are far too few, whether or not the interval crosses one threshold."""
    narrow, wide = (
        appraise_imprecision(evidence((-15, -20, high), TRIAL, people=10, typical_sd=20.0))
        for high in (-11, -9)
    )
    assert (narrow.levels, wide.levels) == (2, 2)
    assert wide.receipt.inputs["levels_by_thresholds"] == 1


LINES = (
    MD, Thresholds("MD", ratio=False, sign=1), Thresholds("SMD", ratio=False, sign=1, mid=0.2),
    RR, PER_1000, Thresholds("HR", ratio=True, sign=-1),
)  # fmt: skip
Ends = tuple[float, float]
STEPS = st.tuples(st.floats(0, 3), st.floats(0, 3))


@given(
    lines=st.sampled_from(LINES), middle=st.floats(-2, 2), steps=STEPS, further=STEPS,
    people=st.tuples(st.integers(0, 3000), st.integers(0, 3000)),
    risk=st.sampled_from([None, 0.05, 0.4]),
)  # fmt: skip
def test_a_wider_interval_or_fewer_people_never_rate_better(
    *,
    lines: Thresholds,
    middle: float,
    steps: Ends,
    further: Ends,
    people: tuple[int, int],
    risk: float | None,
) -> None:
    narrow = middle - steps[0], middle + steps[1]
    wide = narrow[0] - further[0], narrow[1] + further[1]
    fewer, more = sorted(people)
    rated = levels(lines, narrow, more, risk)
    assert levels(lines, wide, more, risk) >= rated
    assert levels(lines, narrow, fewer, risk) >= rated
    assert levels(lines, wide, fewer, risk) >= rated


def levels(lines: Thresholds, ends: Ends, people: int, risk: float | None) -> int:
    """Rate an interval given on the log scale for ratios, in tens of points for MD."""
    size = 10.0 if lines.measure == "MD" else 1.0
    low, high = (math.exp(x) if lines.ratio else size * x for x in ends)
    found = evidence(
        (low, low, high), TRIAL, thresholds=lines, people=people, control_risk=risk,
        typical_sd=20.0,
    )  # fmt: skip
    rated = appraise_imprecision(found).levels
    assert rated is not None
    return rated
