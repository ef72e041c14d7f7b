"""Arms combined equal the arms' people taken together."""

from __future__ import annotations

import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.errors import DataError
from equipoise.synthesis import Counts, Means, combine_counts, combine_means

people = st.lists(st.floats(-50, 50), min_size=2, max_size=8)


def summary(values: list[float]) -> Means:
    return Means(statistics.fmean(values), statistics.stdev(values), len(values))


@given(st.lists(people, min_size=2, max_size=4))
def test_combined_means_equal_the_summary_of_all_people(arms: list[list[float]]) -> None:
    combined = combine_means([summary(arm) for arm in arms])
    together = summary([value for arm in arms for value in arm])
    assert combined.n == together.n
    assert combined.mean == pytest.approx(together.mean, abs=1e-9)
    assert combined.sd == pytest.approx(together.sd, abs=1e-9)


def test_two_arms_follow_the_handbook_formula() -> None:
    (m1, s1, n1), (m2, s2, n2) = (10.0, 4.0, 20.0), (14.0, 6.0, 30.0)
    expected = (
        ((n1 - 1) * s1**2 + (n2 - 1) * s2**2 + n1 * n2 / (n1 + n2) * (m1 - m2) ** 2) / (n1 + n2 - 1)
    ) ** 0.5
    combined = combine_means([Means(m1, s1, n1), Means(m2, s2, n2)])
    assert combined == pytest.approx((12.4, expected, 50.0))


def test_the_spread_between_arms_is_not_lost() -> None:
    apart = combine_means([Means(0, 1, 10), Means(100, 1, 10)])
    assert apart.sd > 50


def test_one_arm_stays_as_it_is() -> None:
    assert combine_means([Means(5.5, 2.25, 7)]) == Means(5.5, 2.25, 7)


def test_counts_add_up() -> None:
    assert combine_counts([Counts(2, 30), Counts(5, 40)]) == Counts(7, 70)


def test_nothing_to_combine_is_an_error() -> None:
    with pytest.raises(DataError):
        combine_means([])
    with pytest.raises(DataError):
        combine_counts([])
