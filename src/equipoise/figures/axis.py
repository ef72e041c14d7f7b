"""The axis of a picture: its range, its ticks, and where a value falls."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Final

from equipoise.errors import DataError
from equipoise.figures.model import Axis, Scale
from equipoise.figures.text_width import text_width

Tick = tuple[float, str]

TICK_SIZE: Final = 12.0
_MOST_TICKS: Final = 7
_TICK_GAP: Final = 8.0
_PADDING: Final = 0.03
_REACH: Final = 2.5
_ROUNDING: Final = 0.12
_ROUND_STEPS: Final = 5
_WIDE_RATIO: Final = 100.0
_LARGEST: Final = 1e290
_NARROW_DECADES: Final = 0.7
_SUPERSCRIPTS: Final = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True)
class Interval:
    """What a row draws, on the display scale. Ends may be infinite; the estimate may be absent."""

    low: float
    high: float
    estimate: float | None


@dataclass(frozen=True, slots=True)
class Projection:
    """Map values from ``low`` … ``high`` to coordinates ``start`` … ``end`` (``end`` may be less)."""

    scale: Scale
    low: float
    high: float
    start: float
    end: float

    def position(self, value: float) -> float:
        """Give the coordinate of ``value``; values beyond the range sit on its edge."""
        return self.place(min(max(value, self.low), self.high))

    def place(self, value: float) -> float:
        """Give the coordinate of ``value``, beyond the edges too."""
        low, high = transform(self.scale, self.low), transform(self.scale, self.high)
        fraction = (transform(self.scale, value) - low) / (high - low)
        return self.start + fraction * (self.end - self.start)

    def side(self, value: float) -> int:
        """Tell where ``value`` lies: −1 below the range, 0 within it, 1 above it."""
        return (value > self.high) - (value < self.low)


def transform(scale: Scale, value: float) -> float:
    """Give the value whose equal steps are equal lengths: itself, or its logarithm."""
    if scale == "linear":
        return value
    return math.log(value) if value > 0 else -math.inf


def restore(scale: Scale, value: float) -> float:
    """Give back the value of which ``value`` is the transform."""
    return value if scale == "linear" else math.exp(value)


def check_axis(axis: Axis) -> None:
    """Refuse an axis that cannot be drawn.

    Raises:
        DataError: A value that is not finite, not positive on a log scale, or a reversed range.
    """
    fixed = [value for value in (axis.low, axis.high) if value is not None]
    null = [] if axis.null is None else [axis.null]
    for value in (*null, *fixed, *(value for value, _ in axis.thresholds)):
        if not math.isfinite(value) or (axis.scale == "log" and value <= 0):
            raise DataError(
                f"An axis with a {axis.scale} scale cannot show {value}.",
                rule="axis values are finite, and positive on a log scale",
            )
    if len(fixed) == 2 and not fixed[0] < fixed[1]:  # noqa: PLR2004  both ends were given
        raise DataError(
            "The axis must start below its end.", rule="axis low is smaller than axis high"
        )


def check_interval(interval: Interval, scale: Scale, row: int) -> None:
    """Refuse numbers that have no place on the axis.

    Raises:
        DataError: NaN, an infinite estimate, a reversed interval, or, on a log scale, an estimate
            that is not positive or an interval that reaches below zero.
    """
    estimate = interval.high if interval.estimate is None else interval.estimate
    sound = interval.low <= interval.high and not math.isnan(estimate)
    sound = sound and (interval.estimate is None or math.isfinite(estimate))
    on_scale = scale == "linear" or (interval.low >= 0 and interval.high > 0 and estimate > 0)
    if not (sound and on_scale):
        raise DataError(
            f"Row {row + 1} cannot be drawn on a {scale} scale: "
            f"{interval.estimate} [{interval.low}, {interval.high}].",
            rows=(row,),
            rule="low <= high, nothing is NaN, and a log scale has positive values only",
        )


def choose_range(axis: Axis, intervals: Sequence[Interval]) -> tuple[float, float]:
    """Choose the axis range, or take the ends the axis fixes.

    The null (if any), the thresholds and every estimate are always inside. Interval ends are inside too,
    unless that would stretch the axis beyond the larger of the span of the estimates and two and a
    half times the median half-width: then they are clipped, so that one imprecise trial does not
    squeeze all others. Ratios beyond 10²⁹⁰, or below its inverse, lie outside too.
    """
    low, high = _automatic_range(axis, intervals)
    if axis.low is not None:
        high = high if high > axis.low else _beyond(axis, axis.low, 1)
        low = axis.low
    if axis.high is not None:
        low = low if low < axis.high else _beyond(axis, axis.high, -1)
        high = axis.high
    return low, high


def _beyond(axis: Axis, end: float, direction: int) -> float:
    """Give an end for a range of which the other end is fixed beyond all data."""
    return end * 10.0**direction if axis.scale == "log" else end + direction * max(abs(end), 1.0)


def _automatic_range(axis: Axis, intervals: Sequence[Interval]) -> tuple[float, float]:
    core = [transform(axis.scale, value) for value in _always_inside(axis, intervals)]
    ends = [(transform(axis.scale, row.low), transform(axis.scale, row.high)) for row in intervals]
    half_widths = [(high - low) / 2 for low, high in ends if math.isfinite(high - low)]
    reach = max(max(core) - min(core), _REACH * median(half_widths or [0.0]))
    reach = reach or (math.log(2) if axis.scale == "log" else max(abs(core[0]), 1.0))
    low = max(min([*core, *(low for low, _ in ends)]), min(core) - reach)
    high = min(max([*core, *(high for _, high in ends)]), max(core) + reach)
    if low == high:
        low, high = low - reach, high + reach
    padding = _PADDING * (high - low)
    low, high = low - padding, high + padding
    if axis.scale == "log":  # ratios nobody can draw sit on the edge, as far as floats reach
        edge = math.log(_LARGEST)
        low, high = max(low, -edge), min(high, edge)
    low, high = restore(axis.scale, low), restore(axis.scale, high)
    if not (max(abs(low), abs(high)) <= _LARGEST * (1 + 1e-9) and low < high):
        raise DataError(
            "The numbers are too far apart for one axis.", rule="the axis range is finite"
        )
    return rounded(axis.scale, low, high)


def _always_inside(axis: Axis, intervals: Sequence[Interval]) -> list[float]:
    """List the values no range may leave out; with none at all, the middle of the scale."""
    marks = [] if axis.null is None else [axis.null]
    marks.extend(value for value, _ in axis.thresholds)
    marks.extend(row.estimate for row in intervals if row.estimate is not None)
    return marks or [1.0 if axis.scale == "log" else 0.0]


def rounded(scale: Scale, low: float, high: float) -> tuple[float, float]:
    """Move the ends out to round values where that costs little room."""
    costs = _ROUNDING * (transform(scale, high) - transform(scale, low))
    if scale == "log" and high / low >= 10**_NARROW_DECADES:
        digits = (1,) if high / low >= _WIDE_RATIO else (1, 2, 5)
        values = [value for value, _ in _powers(low / 10, high * 10, digits, 1)]
    else:
        step = (high - low) / _ROUND_STEPS
        values = [value for value, _ in _even(low - 2 * step, high + 2 * step, step)]
        values = [value for value in values if scale == "linear" or value > 0]
    below = max((value for value in values if value <= low), default=low)
    above = min((value for value in values if value >= high), default=high)
    return (
        below if transform(scale, low) - transform(scale, below) <= costs else low,
        above if transform(scale, above) - transform(scale, high) <= costs else high,
    )


def ticks(projection: Projection, *, vertical: bool = False) -> tuple[Tick, ...]:
    """Choose round tick values whose labels do not touch each other.

    Candidates run from dense to sparse; the first that fits is taken. A log axis narrower than
    about two thirds of a decade has evenly spaced round numbers, a wider one 1, 2, 5, 10, …, and a
    very wide one powers of ten.
    """
    chosen: tuple[Tick, ...] = ()
    for chosen in _candidates(projection):
        if 0 < len(chosen) <= _MOST_TICKS and _fit(chosen, projection, vertical=vertical):
            return chosen
    return chosen[:1] or ((projection.low, format_value(projection.low)),)


def _candidates(projection: Projection) -> Iterable[tuple[Tick, ...]]:
    low, high = projection.low, projection.high
    if projection.scale == "log":
        decades = math.log10(high) - math.log10(low)
        if decades >= _NARROW_DECADES:
            yield _powers(low, high, (1, 2, 5), 1)
            yield from (_powers(low, high, (1,), every) for every in range(1, math.ceil(decades)))
    for wanted in range(_MOST_TICKS, 0, -1):
        yield _even(low, high, (high - low) / wanted)


def _powers(low: float, high: float, digits: Sequence[int], every: int) -> tuple[Tick, ...]:
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    exponents = (exponent for exponent in range(first, last + 1) if exponent % every == 0)
    values = (float(f"{digit}e{exponent}") for exponent in exponents for digit in digits)
    return tuple((value, format_value(value)) for value in values if low <= value <= high)


def _even(low: float, high: float, at_least: float) -> tuple[Tick, ...]:
    """Place ticks at multiples of the smallest of 1, 2, 2.5, 5 × 10ⁿ that is ``at_least``."""
    power = math.floor(math.log10(at_least))
    forms = ((1, power), (2, power), (2.5, power), (5, power), (1, power + 1))
    steps = [(float(f"{digit}e{exponent}"), digit, exponent) for digit, exponent in forms]
    enough = (form for form in steps if form[0] >= at_least * (1 - 1e-9))
    step, digit, exponent = next(enough, steps[-1])
    decimals = max(0, (1 if digit == 2.5 else 0) - exponent)  # noqa: PLR2004  a digit more
    count = range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)
    return tuple((i * step, _tick_label(i * step, decimals)) for i in count)


def _tick_label(value: float, decimals: int) -> str:
    plain = decimals <= 4 and abs(value) < 1e6  # noqa: PLR2004  where format_value is plain too
    if not plain:
        return format_value(float(f"{value:.6g}"))
    return _grouped(value, decimals).replace("-", "−") if value else "0"


def _fit(chosen: Sequence[Tick], projection: Projection, *, vertical: bool) -> bool:
    """Tell whether labels keep a gap; on a vertical axis they take their height, not width."""
    extents = [TICK_SIZE if vertical else text_width(label, TICK_SIZE) for _, label in chosen]
    places = [projection.position(value) for value, _ in chosen]
    distinct = len({label for _, label in chosen}) == len(chosen)
    return distinct and all(
        abs(here - before) >= (extent + extent_before) / 2 + _TICK_GAP
        for (before, extent_before), (here, extent) in pairwise(zip(places, extents, strict=True))
    )


def _grouped(value: float, decimals: int) -> str:
    """Write a number, its thousands apart from five digits on: four may be a year."""
    plain = f"{value:.{decimals}f}"
    return plain if abs(float(plain)) < 10_000 else f"{value:,.{decimals}f}"  # noqa: PLR2004  # five digits


def format_value(value: float) -> str:
    """Write a value with up to three significant decimals, as tick labels and text twins do.

    Very large and very small values are written as powers of ten.
    """
    if value == 0:
        return "0"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if 1e-4 <= abs(value) < 1e6:  # noqa: PLR2004  beyond this, zeros are hard to count
        decimals = max(0, min(6, 2 - math.floor(math.log10(abs(value)))))
        text = _grouped(value, decimals)
        return (text.rstrip("0").rstrip(".") if "." in text else text).replace("-", "−")
    mantissa, exponent = f"{value:.2e}".split("e")
    mantissa = mantissa.rstrip("0").rstrip(".").replace("-", "−")
    power = "10" + str(int(exponent)).translate(_SUPERSCRIPTS)
    return {"1": power, "−1": f"−{power}"}.get(mantissa, f"{mantissa}×{power}")


def decimals_for(values: Sequence[float]) -> int | None:
    """Choose the decimals that suit a whole column; ``None`` where powers of ten suit it better."""
    typical = median(abs(each) for each in values)
    if not 1e-4 <= typical < 1e6:  # noqa: PLR2004  as format_value
        return None
    magnitude = math.floor(math.log10(typical))
    return max(0, (2 if magnitude >= 0 else 1) - magnitude)


def format_alike(value: float, decimals: int | None) -> str:
    """Write a value of a column with the decimals that :func:`decimals_for` chose for all of it."""
    if decimals is None or not math.isfinite(value):
        return format_value(value)
    rounded = _grouped(value, decimals)
    return (rounded if float(rounded.replace(",", "")) else rounded.lstrip("-")).replace("-", "−")
