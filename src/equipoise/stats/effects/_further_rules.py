"""The rules that numbers of single groups, pairs, correlations and scales must keep."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from equipoise.kernels.batches import Bools, Floats
from equipoise.stats.effects._effect_rules import check_present, check_sign
from equipoise.stats.effects.inputs import Columns

_ABOVE_ZERO: Final = frozenset({"n", "n_1", "n_2", "time", "sd", "sd_1", "sd_2"})
_NOT_NEGATIVE: Final = frozenset({"events", "both", "only_1", "only_2", "neither", "covariates"})
_FEWEST_ITEMS: Final = 2.0

_RANGES: Final[Mapping[str, tuple[Callable[[Floats], Bools], str]]] = {
    "r": (lambda values: np.abs(values) > 1.0, "between -1 and 1"),
    "alpha": (lambda values: values > 1.0, "at most 1"),
    "items": (lambda values: values < _FEWEST_ITEMS, "at least 2"),
}


def check_further(columns: Columns) -> None:
    """Record missing values, and every value outside the range of its column."""
    check_present(columns)
    for name, values in columns.values.items():
        if name in _ABOVE_ZERO or name in _NOT_NEGATIVE:
            check_sign(columns, name, zero=name in _NOT_NEGATIVE)
        if name in _RANGES:
            _check_range(columns, name, values)
    if "events" in columns.values and "n" in columns.values:
        _check_events(columns)
    if "neither" in columns.values:
        _check_pairs(columns)


def _check_range(columns: Columns, name: str, values: Floats) -> None:
    outside, words = _RANGES[name]
    rule = f"{name} must be {words}"
    columns.problems.check(
        np.asarray(outside(values)), rule, functools.partial(_say, name, values, rule)
    )


def _say(name: str, values: Floats, rule: str, row: int) -> str:
    return f"{name} is {values[row]:g}, but {rule}"


def _check_events(columns: Columns) -> None:
    events, n = columns.values["events"], columns.values["n"]
    columns.problems.check(
        np.asarray((events > n) & (n > 0.0)),
        "events must not exceed n",
        lambda row: f"events is {events[row]:g}, more than n, {n[row]:g}",
    )


def _check_pairs(columns: Columns) -> None:
    total = sum(columns.values[name] for name in ("both", "only_1", "only_2", "neither"))
    columns.problems.check(
        np.asarray(total == 0.0), "a table must hold pairs", lambda _row: "all four counts are zero"
    )
