"""The rules that reported numbers must keep; every broken one is recorded with its row.

A missing number breaks no rule here: whether a row has enough of them is for the ways to say.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from typing import Final

import numpy as np

from equipoise.kernels.batches import Bools, Floats
from equipoise.stats.effects.inputs import Columns

# Third powers of weights times squares of effects stay within the range of floats.
_LARGEST: Final = 1e32

_ABOVE_ZERO: Final = frozenset({
    "n", "n_1", "n_2", "time", "time_1", "time_2", "sd", "sd_1", "sd_2", "se", "se_1", "se_2",
    "odds_ratio", "predictors",
})  # fmt: skip
_NOT_NEGATIVE: Final = frozenset({
    "events", "events_1", "events_2", "events_total", "variance", "covariates", "both", "only_1",
    "only_2", "neither", "chi2", "f", "homozygous_a", "heterozygous", "homozygous_b",
})  # fmt: skip

_Outside = Callable[[Floats], Bools]


def _not_a_share(values: Floats) -> Bools:
    return np.asarray((values < 0.0) | (values > 1.0), dtype=np.bool_)


def _not_a_correlation(values: Floats) -> Bools:
    return np.asarray(np.abs(values) > 1.0, dtype=np.bool_)


_RANGES: Final[Mapping[str, tuple[_Outside, str]]] = {
    **dict.fromkeys(("r", "phi"), (_not_a_correlation, "between -1 and 1")),
    **dict.fromkeys(
        ("sensitivity", "specificity", "prevalence", "ppv", "npv", "r_squared", "auc"),
        (_not_a_share, "between 0 and 1 (0.85, not 85)"),
    ),
    "p": (lambda v: np.asarray((v <= 0.0) | (v > 1.0)), "above 0 and at most 1 (not '<0.001')"),
    "sign": (lambda v: np.asarray(v == 0.0), "above or below zero"),
    "alpha": (lambda v: np.asarray(v > 1.0), "at most 1"),
    "items": (lambda v: np.asarray(v < 2.0), "at least 2"),  # noqa: PLR2004  # said in the words
}

_ORDERED: Final = (
    ("ci_low", "ci_high"),
    *((f"mean_ci_low{arm}", f"mean_ci_high{arm}") for arm in ("", "_1", "_2")),
)
_INSIDE: Final = (
    ("estimate", "ci_low", "ci_high"),
    *((f"mean{arm}", f"mean_ci_low{arm}", f"mean_ci_high{arm}") for arm in ("", "_1", "_2")),
)
_WITHIN: Final = (
    ("events_1", "n_1"), ("events_2", "n_2"), ("events", "n"), ("events_1", "n"), ("events_2", "n"),
)  # fmt: skip


def check_values(columns: Columns) -> None:
    """Record every number outside the range of its column, and pairs that contradict each other."""
    for name, values in columns.values.items():
        if name in _ABOVE_ZERO or name in _NOT_NEGATIVE:
            check_sign(columns, name, zero=name in _NOT_NEGATIVE)
        if name in _RANGES:
            _check_range_of(columns, name, values)
    for low, high in _ORDERED:
        _check_order(columns, low, high)
    for value, low, high in _INSIDE:
        _check_inside(columns, value, low, high)
    for events, n in _WITHIN:
        _check_events(columns, events, n)
    for arm in ("", "_1", "_2"):
        _check_summary(columns, arm)
    if "neither" in columns.values:
        _check_pairs(columns)
    if {"events_total", "n_1", "n_2"} <= columns.values.keys():
        _check_total(columns)


def check_present(columns: Columns) -> None:
    """Record missing values."""
    for name, missing in columns.missing.items():
        columns.problems.check(
            missing, f"{name} must not be missing", functools.partial(say_missing, name)
        )


def say_missing(name: str, _row: int) -> str:
    """Return the remark on a missing number."""
    return f"{name} is missing"


def check_sign(columns: Columns, name: str, *, zero: bool) -> None:
    """Record values below zero, and zeros unless ``zero`` allows them."""
    values = columns.values[name]
    with np.errstate(invalid="ignore"):
        broken = np.asarray((values < 0.0) if zero else (values <= 0.0))
    rule = f"{name} must be {'zero or more' if zero else 'above zero'}"
    columns.problems.check(broken, rule, functools.partial(_say, name, values, rule))


def _check_range_of(columns: Columns, name: str, values: Floats) -> None:
    outside, words = _RANGES[name]
    rule = f"{name} must be {words}"
    columns.problems.check(outside(values), rule, functools.partial(_say, name, values, rule))


def _say(name: str, values: Floats, rule: str, row: int) -> str:
    return f"{name} is {values[row]:g}, but {rule}"


def _check_order(columns: Columns, low: str, high: str) -> None:
    if low not in columns.values or high not in columns.values:
        return
    below, above = columns.values[low], columns.values[high]
    columns.problems.check(
        np.asarray(below >= above),
        f"{low} must be below {high}",
        lambda row: f"{low} is {below[row]:g}, not below {high}, {above[row]:g}",
    )


def _check_inside(columns: Columns, value: str, low: str, high: str) -> None:
    """Record values outside their own interval: a slip, or two different scales."""
    if not {value, low, high} <= columns.values.keys():
        return
    middle, below, above = (columns.values[name] for name in (value, low, high))
    outside = ((middle < below) | (middle > above)) & (below < above)
    columns.problems.check(
        np.asarray(outside),
        f"the {value} must lie between {low} and {high}",
        lambda row: (
            f"the {value} is {middle[row]:g}, outside its interval {below[row]:g} to {above[row]:g}"
        ),
    )


def _check_events(columns: Columns, events: str, n: str) -> None:
    if not {events, n} <= columns.values.keys():
        return
    counted, people = columns.values[events], columns.values[n]
    columns.problems.check(
        np.asarray((counted > people) & (people > 0.0)),
        f"{events} must not exceed {n}",
        lambda row: f"{events} is {counted[row]:g}, more than {n}, {people[row]:g}",
    )


def _check_summary(columns: Columns, arm: str) -> None:
    """Record five-number summaries that are out of order, or have no spread."""
    names = [f"{stem}{arm}" for stem in ("min", "q1", "median", "q3", "max")]
    names = [name for name in names if name in columns.values]
    for i, first in enumerate(names):
        for second in names[i + 1 :]:
            low, high = columns.values[first], columns.values[second]
            columns.problems.check(
                np.asarray(low > high),
                f"{first} must not exceed {second}",
                functools.partial(_out_of_order, first, second, low, high),
            )


def _out_of_order(first: str, second: str, low: Floats, high: Floats, row: int) -> str:
    return f"{first} is {low[row]:g}, more than {second}, {high[row]:g}"


def _check_pairs(columns: Columns) -> None:
    names = ("both", "only_1", "only_2", "neither")
    if not set(names) <= columns.values.keys():
        return
    total = sum(columns.values[name] for name in names)
    columns.problems.check(
        np.asarray(total == 0.0), "a table must hold pairs", lambda _row: "all four counts are zero"
    )


def _check_total(columns: Columns) -> None:
    events, people = columns.values["events_total"], columns.values["n_1"] + columns.values["n_2"]
    columns.problems.check(
        np.asarray(events > people),
        "events_total must not exceed the participants",
        lambda row: f"events_total is {events[row]:g}, more than the {people[row]:g} participants",
    )


def check_range(columns: Columns, yi: Floats, vi: Floats, without: Iterable[int]) -> None:
    """Record effect sizes so large or small that sums of their powers leave the range of floats."""
    with np.errstate(invalid="ignore"):
        large = (np.abs(yi) > _LARGEST) | (vi > _LARGEST**2)
        small = vi < 1.0 / _LARGEST**2
    known = np.zeros(large.shape, dtype=np.bool_)
    known[list(without)] = True
    columns.problems.check(
        np.asarray((large | small) & ~known),
        f"effects and standard errors must be within {_LARGEST:g} and {1 / _LARGEST:g}",
        lambda row: f"an effect of {yi[row]:g} with variance {vi[row]:g}; use another unit",
    )
