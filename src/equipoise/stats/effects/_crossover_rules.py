"""The rules that the numbers of crossover trials must keep; empty cells keep every rule."""

from __future__ import annotations

import functools
from typing import Final

import numpy as np

from equipoise.kernels.batches import Floats
from equipoise.stats.effects._design_rows import check_between, column, known
from equipoise.stats.effects._effect_rules import check_sign
from equipoise.stats.effects.inputs import Columns

_ABOVE_ZERO: Final = (
    "sd_1", "sd_2", "n", "se", "sd_difference",
    "first_sd_1", "first_n_1", "first_sd_2", "first_n_2",
)  # fmt: skip
_NOT_NEGATIVE: Final = (
    "both", "only_1", "only_2", "neither", "events_1", "events_2", "first_events_1",
    "first_events_2",
)  # fmt: skip
_PAIRS: Final = ("both", "only_1", "only_2", "neither")
_PARTS: Final = (
    ("events_1", "n"), ("events_2", "n"),
    ("first_events_1", "first_n_1"), ("first_events_2", "first_n_2"),
)  # fmt: skip


def check_crossover(columns: Columns) -> None:
    """Record every value outside the range of its column, and columns that contradict each other."""
    for name in (*_ABOVE_ZERO, *_NOT_NEGATIVE):
        if name in columns.values:
            check_sign(columns, name, zero=name in _NOT_NEGATIVE)
    check_between(columns, "r", -1.0, 1.0)
    check_between(columns, "p", 0.0, 1.0)
    for part, whole in _PARTS:
        _check_part(columns, part, whole)
    _check_limits(columns)
    _check_pairs(columns)


def _check_part(columns: Columns, part: str, whole: str) -> None:
    events, n = column(columns, part), column(columns, whole)
    with np.errstate(invalid="ignore"):
        broken = np.asarray((events > n) & (n > 0.0))
    say = functools.partial(_too_many, part, whole, events, n)
    columns.problems.check(broken, f"{part} must not exceed {whole}", say)


def _too_many(part: str, whole: str, events: Floats, n: Floats, row: int) -> str:
    return f"{part} is {events[row]:g}, more than {whole}, {n[row]:g}"


def _check_limits(columns: Columns) -> None:
    low, high, estimate = (column(columns, name) for name in ("ci_low", "ci_high", "estimate"))
    with np.errstate(invalid="ignore"):
        crossed = np.asarray(low >= high)
        outside = np.asarray(((estimate < low) | (estimate > high)) & (low < high))
    columns.problems.check(
        crossed,
        "ci_low must be below ci_high",
        lambda row: f"ci_low is {low[row]:g}, not below ci_high, {high[row]:g}",
    )
    columns.problems.check(
        outside,
        "the estimate must lie between ci_low and ci_high",
        lambda row: (
            f"the estimate is {estimate[row]:g}, outside its interval {low[row]:g} to {high[row]:g}"
        ),
    )


def _check_pairs(columns: Columns) -> None:
    """Record tables of pairs that are empty, or that n or the events contradict."""
    if not all(name in columns.values for name in _PAIRS):
        return
    both, only_1, only_2, neither = (columns.values[name] for name in _PAIRS)
    complete, total = known(columns, _PAIRS), both + only_1 + only_2 + neither
    columns.problems.check(
        complete & (total == 0.0),
        "a table must hold pairs",
        lambda _row: "all four counts are zero",
    )
    sums = {"n": total, "events_1": both + only_1, "events_2": both + only_2}
    for name, expected in sums.items():
        given = column(columns, name)
        differs = complete & np.isfinite(given) & (given != expected)
        say = functools.partial(_contradicts, name, given, expected)
        columns.problems.check(differs, f"{name} must agree with the table of pairs", say)


def _contradicts(name: str, given: Floats, expected: Floats, row: int) -> str:
    return f"{name} is {given[row]:g}, but the table of pairs gives {expected[row]:g}"
