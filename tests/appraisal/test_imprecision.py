"""Imprecision: thresholds crossed first, then the amount of data."""

from __future__ import annotations

import math

import pytest

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


def test_an_unknown_number_of_people_leaves_the_domain_open() -> None:
    found = evidence((-15, -20, -11), TRIAL, thresholds=MD, people=None, typical_sd=20.0)
    assert appraise_imprecision(found).levels is None
