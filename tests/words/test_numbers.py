"""How numbers are written."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.words import numbers

FINITE = st.floats(allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (-15.792824, "−15.79"),
        (-32.0938, "−32.09"),
        (0.514, "0.51"),
        (10.66, "10.66"),
        (0.125, "0.13"),
        (-0.125, "−0.13"),
        (2.675, "2.68"),
        (1.0, "1.00"),
        (0.0, "0.00"),
        (-0.0, "0.00"),
        (0.01, "0.01"),
        (0.003421, "0.00342"),
        (-0.00099996, "−0.00100"),
        (999.99, "999.99"),
        (12345.6, "12,346"),
        (-1000, "−1,000"),
        (2.5e7, "2.50 × 10⁷"),
        (9.999e6, "1.00 × 10⁷"),
        (1.234e-8, "1.23 × 10⁻⁸"),
        (7, "7.00"),
    ],
)
def test_an_estimate_has_two_decimals_or_three_digits(value: float, written: str) -> None:
    assert numbers.estimate(value) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.0512, "p = 0.051"),
        (0.0005, "p < 0.001"),
        (0.001, "p = 0.001"),
        (0.0994, "p = 0.099"),
        (0.1784, "p = 0.18"),
        (0.999, "p > 0.99"),
        (1.0, "p = 1.00"),
        (0.0, "p < 0.001"),
        (1e-300, "p < 0.001"),
    ],
)
def test_a_p_value_is_never_nought_and_never_rounded_to_one(value: float, written: str) -> None:
    assert numbers.p_value(value) == written


@pytest.mark.parametrize(
    ("rule", "value", "written"),
    [
        (numbers.count, 2309, "2,309"),
        (numbers.count, 12.5, "12.5"),
        (numbers.count, 12.0, "12"),
        (numbers.trials, 1, "one trial"),
        (numbers.trials, 67, "67 trials"),
        (numbers.people, 1, "one person"),
        (numbers.people, 2309, "2,309 people"),
        (numbers.analyses, 1, "one analysis"),
        (numbers.defensible_analyses, 120, "120 defensible analyses"),
        (numbers.files, {"a": "0"}, "one file"),
        (numbers.files, {"a": "0", "b": "1"}, "2 files"),
        (numbers.per_thousand, 87.5, "88"),
        (numbers.per_thousand, -0.4, "0"),
        (numbers.per_thousand_size, -90.2, "90"),
        (numbers.more_or_fewer, 24.4, "24 more"),
        (numbers.more_or_fewer, -1083.0, "1,083 fewer"),
        (numbers.more_or_fewer, 0.0, "the same number"),
        (numbers.more_or_fewer, -0.0, "the same number"),
        (numbers.percent, 69.4, "69%"),
        (numbers.weight, 34.134428, "34.1%"),
        (numbers.share, 0.6875, "69%"),
        (numbers.share, 0.999, "more than 99%"),
        (numbers.share, 0.001, "less than 1%"),
        (numbers.share, 1.0, "100%"),
        (numbers.share, 0.95, "95%"),
        (numbers.tau2, 132.3647, "132.36"),
        (numbers.statistic, -1.9449, "−1.94"),
        (numbers.degrees_of_freedom, 2.0, "2"),
        (numbers.bound_of_scale, 100.0, "100"),
        (numbers.bound_of_scale, -5.5, "−5.5"),
        (numbers.magnitude, -15.79, "15.79"),
    ],
)
def test_every_kind_of_number_has_its_rule(rule: object, value: object, written: str) -> None:
    assert callable(rule)
    assert rule(value) == written


def test_an_interval_reads_low_to_high() -> None:
    assert numbers.interval(-32.09, 0.51) == "−32.09 to 0.51"


@given(FINITE)
def test_an_estimate_never_holds_a_hyphen_or_minus_nought(value: float) -> None:
    written = numbers.estimate(value)
    assert "-" not in written
    assert not re.fullmatch(r"−0(\.0+)?", written)


@given(st.floats(min_value=-999, max_value=999))
def test_an_estimate_lies_within_half_a_unit_of_its_last_digit(value: float) -> None:
    written = numbers.estimate(value)
    if "×" in written:
        assert abs(value) < 1e-6
        return
    decimals = len(written.partition(".")[2])
    read = float(written.replace("−", "-"))
    assert abs(read - value) <= 0.5 * 10**-decimals * (1 + 1e-9)


@given(FINITE, FINITE)
def test_rounding_keeps_order_of_counts(one: float, other: float) -> None:
    small, large = sorted((abs(one) % 1e6, abs(other) % 1e6))
    low, high = (int(numbers.per_thousand(x).replace(",", "")) for x in (small, large))
    assert low <= high
