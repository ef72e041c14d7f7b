from __future__ import annotations

import math
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.errors import DataError
from equipoise.figures.axis import (
    Interval,
    Projection,
    check_axis,
    check_interval,
    choose_range,
    decimals_for,
    format_alike,
    format_value,
    ticks,
)
from equipoise.figures.model import Axis


def ratio(**more: float) -> Axis:
    return Axis("log", 1.0, "RR", "", "", **more)  # type: ignore[arg-type]  # low and high only


def difference(**more: float) -> Axis:
    return Axis("linear", 0.0, "MD", "", "", **more)  # type: ignore[arg-type]  # low and high only


@pytest.mark.parametrize(
    ("scale", "low", "high", "labels"),
    [
        ("log", 0.2, 5.0, ["0.2", "0.5", "1", "2", "5"]),
        ("log", 0.01, 100.0, ["0.01", "0.1", "1", "10", "100"]),
        ("log", 0.8, 1.25, ["0.8", "0.9", "1.0", "1.1", "1.2"]),
        ("log", 1e-6, 1e6, ["10⁻⁶", "0.0001", "0.01", "1", "100", "10,000", "10⁶"]),
        ("linear", -60.0, 60.0, ["−60", "−40", "−20", "0", "20", "40", "60"]),
        ("linear", -0.3, 0.2, ["−0.3", "−0.2", "−0.1", "0", "0.1", "0.2"]),
        ("linear", 0.0, 2e-6, ["0", "5×10⁻⁷", "10⁻⁶", "1.5×10⁻⁶", "2×10⁻⁶"]),
        ("linear", -1e6, 1e6, ["−10⁶", "−500,000", "0", "500,000", "10⁶"]),
    ],
)
def test_ticks_are_round_numbers(scale: str, low: float, high: float, labels: list[str]) -> None:
    projection = Projection(scale, low, high, 0.0, 320.0)  # type: ignore[arg-type]  # a scale's name
    assert [label for _, label in ticks(projection)] == labels


def test_ticks_thin_out_where_there_is_little_room() -> None:
    wide = ticks(Projection("linear", -1000.0, 1000.0, 0.0, 400.0))
    tight = ticks(Projection("linear", -1000.0, 1000.0, 0.0, 90.0))
    assert len(tight) < len(wide)
    assert len(ticks(Projection("linear", -1000.0, 1000.0, 0.0, 10.0))) == 1


def test_a_log_axis_has_equal_ratios_at_equal_distances() -> None:
    projection = Projection("log", 0.1, 10.0, 0.0, 200.0)
    assert projection.position(1.0) == pytest.approx(100.0)
    assert projection.position(0.5) + projection.position(2.0) == pytest.approx(200.0)


def test_values_beyond_the_range_sit_on_its_edge_and_say_so() -> None:
    projection = Projection("log", 0.1, 10.0, 20.0, 220.0)
    assert projection.position(0.0) == 20.0
    assert projection.position(math.inf) == 220.0
    assert [projection.side(value) for value in (0.0, 1.0, 11.0)] == [-1, 0, 1]


def test_one_imprecise_trial_does_not_squeeze_the_others() -> None:
    precise = [Interval(-3.0, 1.0, -1.0), Interval(-2.0, 2.0, 0.0), Interval(-1.0, 3.0, 1.0)]
    low, high = choose_range(difference(), [*precise, Interval(-500.0, 500.0, 0.5)])
    assert low <= -3.0
    assert high >= 3.0
    assert high - low < 20.0


def test_ratios_as_large_as_floats_reach_lie_outside_the_axis() -> None:
    axis = Axis(scale="log", null=1.0, label="HR", favours_low="", favours_high="")
    largest, smallest = sys.float_info.max, sys.float_info.min
    low, high = choose_range(axis, [Interval(smallest, largest, largest)])
    assert 0 < low < 1 < high < largest
    projection = Projection("log", low, high, 0, 100)
    assert (projection.side(largest), projection.side(smallest)) == (1, -1)
    assert ticks(projection)


def test_fixed_ends_are_kept() -> None:
    assert choose_range(ratio(low=0.5, high=4.0), [Interval(0.1, 9.0, 1.0)]) == (0.5, 4.0)
    low, high = choose_range(difference(low=10.0), [Interval(-3.0, 1.0, -1.0)])
    assert low == 10.0
    assert high > low


@pytest.mark.parametrize(
    "axis",
    [
        Axis("log", 0.0, "", "", ""),
        Axis("log", 1.0, "", "", "", low=-1.0),
        Axis("linear", math.nan, "", "", ""),
        Axis("linear", 0.0, "", "", "", thresholds=((math.inf, "far"),)),
        Axis("linear", 0.0, "", "", "", low=2.0, high=2.0),
    ],
)
def test_an_axis_that_cannot_be_drawn_is_refused(axis: Axis) -> None:
    with pytest.raises(DataError):
        check_axis(axis)


@pytest.mark.parametrize(
    ("interval", "scale"),
    [
        (Interval(math.nan, 1.0, 0.5), "linear"),
        (Interval(0.0, math.nan, 0.5), "linear"),
        (Interval(0.0, 1.0, math.nan), "linear"),
        (Interval(0.0, 1.0, math.inf), "linear"),
        (Interval(1.0, 0.0, 0.5), "linear"),
        (Interval(0.5, 2.0, 0.0), "log"),
        (Interval(-0.5, 2.0, 1.0), "log"),
        (Interval(0.0, 0.0, None), "log"),
    ],
)
def test_numbers_without_a_place_on_the_axis_are_refused(interval: Interval, scale: str) -> None:
    with pytest.raises(DataError) as caught:
        check_interval(interval, scale, 4)  # type: ignore[arg-type]  # a scale's name
    assert caught.value.rows == (4,)
    assert "Row 5" in str(caught.value)


def test_open_ends_are_allowed() -> None:
    check_interval(Interval(0.0, math.inf, 1.0), "log", 0)
    check_interval(Interval(-math.inf, math.inf, None), "linear", 0)


finite = st.floats(min_value=-1e6, max_value=1e6)
positive = st.floats(min_value=1e-6, max_value=1e6)


@given(st.lists(st.tuples(finite, finite, finite), max_size=8), st.sampled_from(["linear", "log"]))
def test_null_and_estimates_are_always_on_the_axis(
    triples: list[tuple[float, float, float]], scale: str
) -> None:
    ordered = [sorted(triple) for triple in triples]
    if scale == "log":
        ordered = [[10 ** (value * 6e-6) for value in triple] for triple in ordered]
    axis = ratio() if scale == "log" else difference()
    low, high = choose_range(axis, [Interval(low, high, mid) for low, mid, high in ordered])
    assert low < high
    assert axis.null is not None
    assert low <= axis.null <= high
    assert all(low <= mid <= high for _, mid, _ in ordered)
    marks = ticks(Projection(axis.scale, low, high, 0.0, 280.0))
    assert marks
    assert all(low <= value <= high for value, _ in marks)
    assert len({label for _, label in marks}) == len(marks)


@given(positive)
def test_written_values_read_back_within_their_decimals(value: float) -> None:
    text = format_value(value)
    if "10" in text and any(letter in "⁻⁰¹²³⁴⁵⁶⁷⁸⁹" for letter in text):
        return
    assert float(text.replace(",", "")) == pytest.approx(value, rel=6e-3)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-15.79, "−15.8"),
        (3.264, "3.26"),
        (1234.4, "1234"),
        (2.5e7, "2.5×10⁷"),
        (-1e-5, "−10⁻⁵"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
    ],
)
def test_values_are_written_for_people(value: float, text: str) -> None:
    assert format_value(value) == text


def test_a_column_of_values_shares_its_decimals() -> None:
    column = [0.62, 1.1, 0.999, 13.6]
    decimals = decimals_for(column)
    assert [format_alike(value, decimals) for value in column] == ["0.62", "1.10", "1.00", "13.60"]
    assert format_alike(-0.0001, decimals) == "0.00"
    assert format_alike(-31.04, decimals_for([-15.8, -9.2, 30.1])) == "−31.0"
    assert format_alike(2e9, decimals_for([1e9, 3e9])) == "2×10⁹"


@pytest.mark.parametrize("scale", ["linear", "log"])
def test_without_a_value_of_no_effect_the_range_is_that_of_the_data(scale: str) -> None:
    axis = Axis(scale, None, "", "", "")  # type: ignore[arg-type]  # a scale
    check_axis(axis)
    low, high = choose_range(axis, [Interval(40.0, 60.0, 50.0), Interval(45.0, 70.0, 55.0)])
    assert 20.0 < low <= 40.0
    assert 70.0 <= high < 90.0


@pytest.mark.parametrize("scale", ["linear", "log"])
def test_an_axis_with_nothing_on_it_still_has_a_range(scale: str) -> None:
    low, high = choose_range(Axis(scale, None, "", "", ""), [])  # type: ignore[arg-type]  # a scale
    assert low < high
