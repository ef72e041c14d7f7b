"""Checks of contrasts: order and symmetry of intervals, and the scale ratio measures are on."""

from __future__ import annotations

import math
from collections.abc import Iterator

from equipoise.review.model import Problem, Result
from equipoise.review.problems import Place, error, shown, warning
from equipoise.review.rows import RESULTS

RATIOS = ("RR", "OR", "PETO", "IRR", "HR")

# Logarithms of ratios: a ratio of 148 deserves a second look, one of 485 million is a mistake.
DOUBTFUL_LOG = 5.0
IMPOSSIBLE_LOG = 20.0

# A normal or t interval is symmetric; rounding of short printed numbers moves its middle a little.
SYMMETRIC = 0.1
ASYMMETRIC = 0.2
# 95 % intervals are 2 × 1.96 standard errors long; t intervals of small trials somewhat longer.
_LENGTH_IN_SE = 2 * 1.959963984540054
SE_AGREES = (0.8, 1.25)


def check_contrast(row: Result) -> Iterator[Problem]:
    """Check one contrast-level row's interval against its estimate and standard error."""
    if row.reference_arm is not None and row.measure in RATIOS:
        too_large = next(_large_logarithms(row), None)
        if too_large is not None:
            yield too_large
            return
    if row.reference_arm is None or row.ci_low is None or row.ci_high is None:
        return
    low, high = row.ci_low, row.ci_high
    if low >= high or (row.estimate is not None and not low <= row.estimate <= high):
        message = "The interval does not run from its lower to its upper end around the estimate."
        found = f"{shown(low)} to {shown(high)} around {shown(_or_nothing(row.estimate))}"
        yield error(_place(row, "ci_low"), "ci-order", message, found=found)
    elif row.estimate is not None:
        yield from _shape(row, row.estimate, low, high)


def _large_logarithms(row: Result) -> Iterator[Problem]:
    """Report a log ratio that no trial finds: a percentage, or a ratio as printed."""
    from_counts = None
    if row.o_minus_e is not None and row.variance is not None and row.variance > 0:
        from_counts = row.o_minus_e / row.variance
    for field, value in (
        ("estimate", row.estimate),
        ("ci_low", row.ci_low),
        ("ci_high", row.ci_high),
        ("se", row.se),
        ("o_minus_e", from_counts),
    ):
        size = 0.0 if value is None else abs(value)
        if size <= DOUBTFUL_LOG or (field != "estimate" and size <= IMPOSSIBLE_LOG):
            continue
        message = "Ratios are entered as natural logarithms (0.79 as -0.2357)"
        if size <= IMPOSSIBLE_LOG:
            message += f"; this would be a ratio of {math.exp(size):,.0f} to 1."
            found = value if value is not None else ""
            yield warning(_place(row, field), "log-ratio-large", message, found=found)
        else:
            allowed = f"-{IMPOSSIBLE_LOG:g} to {IMPOSSIBLE_LOG:g}"
            message += "; no trial finds one of this size."
            found = value if value is not None else ""
            yield error(
                _place(row, field), "log-ratio-large", message, found=found, allowed=allowed
            )


def _place(row: Result, field: str) -> Place:
    return Place(RESULTS.file, row.line, field)


def _or_nothing(value: float | None) -> float | str:
    return "nothing" if value is None else value


def asymmetry(estimate: float, low: float, high: float) -> float:
    """Return 0 where the estimate is the middle of its interval, 1 where it is one of the ends."""
    return abs((high - estimate) - (estimate - low)) / (high - low)


def _shape(row: Result, estimate: float, low: float, high: float) -> Iterator[Problem]:
    found = f"{shown(estimate)} ({shown(low)} to {shown(high)})"
    if asymmetry(estimate, low, high) <= ASYMMETRIC:
        yield from _length(row, high - low)
    elif row.measure in RATIOS and _is_symmetric_as_ratio(estimate, low, high):
        message = f"This looks like a ratio as printed; enter its logarithm: {_logs(estimate, low, high)}."
        yield error(_place(row, "estimate"), "ratio-not-logged", message, found=found)
    else:
        message = (
            "The estimate is far from the middle of its interval; one of the three may be wrong."
        )
        yield warning(_place(row, "estimate"), "ci-asymmetric", message, found=found)


def _is_symmetric_as_ratio(estimate: float, low: float, high: float) -> bool:
    if low <= 0 or math.log(low) == math.log(high):
        return False
    return asymmetry(math.log(estimate), math.log(low), math.log(high)) <= SYMMETRIC


def _logs(*values: float) -> str:
    return ", ".join(f"{math.log(value):.4f}" for value in values)


def _length(row: Result, length: float) -> Iterator[Problem]:
    if row.se is None or row.se <= 0:
        return
    ratio = length / (_LENGTH_IN_SE * row.se)
    if not SE_AGREES[0] <= ratio <= SE_AGREES[1]:
        message = "The standard error does not fit the 95 % interval; the standard error is used."
        allowed = f"about {length / _LENGTH_IN_SE:.4g}"
        yield warning(_place(row, "se"), "se-against-ci", message, found=row.se, allowed=allowed)
