"""The rules that trials' numbers must keep; every broken one is recorded with its row."""

from __future__ import annotations

import functools
from collections.abc import Iterable

import numpy as np

from equipoise.kernels.batches import Floats
from equipoise.stats.effects.inputs import Columns

SCORE_COLUMNS = ("o_minus_e", "variance")
CONTRAST_WAYS = (("estimate", "se"), ("estimate", "ci_low", "ci_high"), SCORE_COLUMNS)

# Third powers of weights times squares of effects stay within the range of floats.
_LARGEST = 1e32


def check_present(columns: Columns) -> None:
    """Record missing values."""
    for name, missing in columns.missing.items():
        columns.problems.check(
            missing, f"{name} must not be missing", functools.partial(_missing, name)
        )


def _missing(name: str, _row: int) -> str:
    return f"{name} is missing"


def _too_many(arm: str, events: Floats, n: Floats, row: int) -> str:
    return f"events_{arm} is {events[row]:g}, more than n_{arm}, {n[row]:g}"


def check_sign(columns: Columns, name: str, *, zero: bool) -> None:
    """Record values below zero, and zeros unless ``zero`` allows them."""
    values = columns.values[name]
    with np.errstate(invalid="ignore"):
        broken = (values < 0.0) if zero else (values <= 0.0)
    rule = f"{name} must be {'zero or more' if zero else 'above zero'}"
    columns.problems.check(
        np.asarray(broken), rule, lambda row: f"{name} is {values[row]:g}, but {rule}"
    )


def check_table(columns: Columns) -> None:
    """Record broken rules of events and arm sizes."""
    check_present(columns)
    for arm in ("1", "2"):
        events, n = columns.values[f"events_{arm}"], columns.values[f"n_{arm}"]
        check_sign(columns, f"events_{arm}", zero=True)
        check_sign(columns, f"n_{arm}", zero=False)
        with np.errstate(invalid="ignore"):
            broken = np.asarray((events > n) & (n > 0.0))
        columns.problems.check(
            broken,
            f"events_{arm} must not exceed n_{arm}",
            functools.partial(_too_many, arm, events, n),
        )


def check_means(columns: Columns) -> None:
    """Record broken rules of means, standard deviations and sizes."""
    check_present(columns)
    for name in ("sd_1", "sd_2", "n_1", "n_2"):
        check_sign(columns, name, zero=False)


def check_rates(columns: Columns) -> None:
    """Record broken rules of events and person-time."""
    check_present(columns)
    for arm in ("1", "2"):
        check_sign(columns, f"events_{arm}", zero=True)
        check_sign(columns, f"time_{arm}", zero=False)


def check_contrast(columns: Columns) -> None:
    """Record broken rules of estimates with errors or intervals, and of O - E and V."""
    for name in ("se", "variance"):
        if name in columns.values:
            check_sign(columns, name, zero=name == "variance")
    if "ci_low" in columns.values and "ci_high" in columns.values:
        low, high = columns.values["ci_low"], columns.values["ci_high"]
        with np.errstate(invalid="ignore"):
            crossed = np.asarray(low >= high)
        columns.problems.check(
            crossed,
            "ci_low must be below ci_high",
            lambda row: f"ci_low is {low[row]:g}, not below ci_high, {high[row]:g}",
        )
        _check_inside(columns)
    ways = [way for way in CONTRAST_WAYS if all(name in columns.values for name in way)]
    complete = np.zeros(len(columns.study), dtype=np.bool_)
    for way in ways:
        complete |= ~np.any([columns.missing[name] for name in way], axis=0)
    listed = ", or ".join(" and ".join(way) for way in ways)
    columns.problems.check(~complete, f"a row needs {listed}", lambda _row: f"it has no {listed}")


def _check_inside(columns: Columns) -> None:
    """Record estimates outside their own interval: a slip, or two different scales."""
    blank = np.full(len(columns.study), np.nan)
    estimate = columns.values.get("estimate", blank)
    low, high = columns.values["ci_low"], columns.values["ci_high"]
    with np.errstate(invalid="ignore"):
        outside = np.asarray(((estimate < low) | (estimate > high)) & (low < high))
    columns.problems.check(
        outside,
        "the estimate must lie between ci_low and ci_high",
        lambda row: (
            f"the estimate is {estimate[row]:g}, outside its interval {low[row]:g} to {high[row]:g}"
        ),
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
