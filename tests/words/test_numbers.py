"""How numbers are written."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import example, given
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
        (5.55e-17, "0.00"),
        (-9.9e-13, "0.00"),
        (1.1e-12, "1.10 × 10⁻¹²"),
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
        (numbers.magnitude, -5.55e-17, "0.00"),
        (numbers.tau2, 5.55e-17, "0.00"),
        (numbers.ratio, 5.55e-17, "5.55 × 10⁻¹⁷"),
        (numbers.ratio, 0.514, "0.51"),
        (numbers.more_or_fewer, -5.55e-17, "the same number"),
        (numbers.count, 999_999_999_999_999, "999,999,999,999,999"),
        (numbers.count, 1e15, "1.00 × 10¹⁵"),
        (numbers.count, -1e300, "−1.00 × 10³⁰⁰"),
        (numbers.people, 10**18, "1.00 × 10¹⁸ people"),
        (numbers.statistic, 1.79e308, "1.79 × 10³⁰⁸"),
        (numbers.percent, 5e20, "5.00 × 10²⁰%"),
        (numbers.bound_of_scale, 2e30, "2.00 × 10³⁰"),
        (numbers.bound_of_scale, 5e-324, "5.00 × 10⁻³²⁴"),
        (numbers.p_in_table, 0.00034, "0.0003"),
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


RULES = (
    numbers.estimate,
    numbers.ratio,
    numbers.magnitude,
    numbers.p_value,
    numbers.p_in_table,
    numbers.count,
    numbers.per_thousand,
    numbers.per_thousand_size,
    numbers.more_or_fewer,
    numbers.percent,
    numbers.weight,
    numbers.share,
    numbers.tau2,
    numbers.statistic,
    numbers.degrees_of_freedom,
    numbers.bound_of_scale,
)


@pytest.mark.parametrize("rule", RULES)
@given(value=FINITE)
@example(value=1.7976931348623157e308)
@example(value=-1.7976931348623157e308)
@example(value=5e-324)
@example(value=999_999_999_999_999.9)
def test_every_finite_number_can_be_written_in_short(
    rule: Callable[[float], str], value: float
) -> None:
    written = rule(value)
    assert len(written) <= 27
    assert "-" not in written
    assert "E" not in written
    assert any(character.isdecimal() for character in written) or written == "the same number"


@given(st.integers(min_value=0, max_value=10**300))
def test_every_number_of_things_has_its_noun(value: int) -> None:
    for rule, noun in (
        (numbers.trials, "trial"),
        (numbers.people, "pe"),
        (numbers.analyses, "analys"),
        (numbers.defensible_analyses, "defensible analys"),
    ):
        assert f" {noun}" in rule(value)


@given(FINITE, FINITE)
def test_rounding_keeps_order_of_counts(one: float, other: float) -> None:
    small, large = sorted((abs(one) % 1e6, abs(other) % 1e6))
    low, high = (int(numbers.per_thousand(x).replace(",", "")) for x in (small, large))
    assert low <= high
