"""Checks of means and standard deviations against what their scale allows.

On a scale from ``low`` to ``high``, ``n`` people with mean ``m`` have a standard deviation of at
most ``sqrt((high - m) * (m - low) * n / (n - 1))``, reached when everybody sits at one of the two
ends. A change from baseline lives on ``low - high`` to ``high - low`` instead. What only a change
can be is a warning, because changes and final values may be pooled as mean differences; what
neither can be is an error.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from equipoise.review.model import Problem, Result, Scale
from equipoise.review.problems import Place, error, warning
from equipoise.review.rows import RESULTS


def check_means(row: Result, scale: Scale | None) -> Iterator[Problem]:
    """Check one arm-level row's mean and spread."""
    yield from _spread_signs(row)
    yield from _of_one_person(row)
    if row.reference_arm is None and row.mean is not None and scale is not None:
        yield from _on_scale(row, row.mean, scale)


def _place(row: Result, field: str) -> Place:
    return Place(RESULTS.file, row.line, field)


def _spread_signs(row: Result) -> Iterator[Problem]:
    for field, code in (
        ("sd", "sd-not-positive"),
        ("se", "se-not-positive"),
        ("variance", "variance-not-positive"),
    ):
        value = getattr(row, field)
        if value is not None and value <= 0:
            message = "Results of several people vary; leave the cell empty when it is not known."
            yield error(_place(row, field), code, message, found=value, allowed="above 0")


def _of_one_person(row: Result) -> Iterator[Problem]:
    field = "sd" if row.sd is not None else "se"
    spread = getattr(row, field)
    if row.reference_arm is None and spread is not None and spread > 0 and row.n == 1:
        message = "The result of one person does not vary; right only if it was borrowed."
        yield warning(_place(row, field), "sd-of-one-person", message, found=spread)


def _on_scale(row: Result, mean: float, scale: Scale) -> Iterator[Problem]:
    if scale.low is None or scale.high is None or scale.low >= scale.high:
        yield from _half_open(row, mean, scale)
        return
    width = scale.high - scale.low
    if not -width <= mean <= width and not scale.low <= mean <= scale.high:
        message = f"Neither a value on '{scale.id}' nor a change along it can be this large."
        yield error(
            _place(row, "mean"), "mean-impossible", message, found=mean, allowed=_range(scale)
        )
        return
    if not scale.low <= mean <= scale.high:
        message = f"Outside '{scale.id}': right only if it is a change from baseline."
        yield warning(
            _place(row, "mean"), "mean-outside-scale", message, found=mean, allowed=_range(scale)
        )
    yield from _spread(row, mean, scale)


def _half_open(row: Result, mean: float, scale: Scale) -> Iterator[Problem]:
    below = scale.low is not None and scale.high is None and mean < scale.low
    above = scale.high is not None and scale.low is None and mean > scale.high
    if below or above:
        message = f"Outside '{scale.id}': right only if it is a change from baseline."
        allowed = f"{scale.low:g} or more" if below else f"{scale.high:g} or less"
        yield warning(
            _place(row, "mean"), "mean-outside-scale", message, found=mean, allowed=allowed
        )


def _spread(row: Result, mean: float, scale: Scale) -> Iterator[Problem]:
    sd = _standard_deviation(row)
    if sd is None or row.n is None or row.n <= 1 or scale.low is None or scale.high is None:
        return
    width = scale.high - scale.low
    as_change = largest_sd(mean, row.n, -width, width)
    as_value = largest_sd(mean, row.n, scale.low, scale.high)
    if as_value is not None and sd <= as_value:
        return
    field = "sd" if row.sd is not None else "se"
    if as_change is None or sd > as_change:
        limit = max(bound for bound in (as_value, as_change, 0.0) if bound is not None)
        message = f"{_n_people(row.n)} with this mean cannot vary this much on '{scale.id}'."
        yield error(
            _place(row, field), "sd-impossible", message, found=sd, allowed=f"up to {limit:.4g}"
        )
    elif as_value is not None:
        message = (
            f"{_n_people(row.n)} with this mean cannot vary this much on '{scale.id}'; right only "
            "for a change from baseline."
        )
        yield warning(
            _place(row, field),
            "sd-outside-scale",
            message,
            found=sd,
            allowed=f"up to {as_value:.4g}",
        )


def largest_sd(mean: float, n: float, low: float, high: float) -> float | None:
    """Return the largest standard deviation ``n`` values in ``[low, high]`` with this mean can have.

    ``None`` where the mean itself is outside. The divisor is ``n - 1``.
    """
    if not low <= mean <= high:
        return None
    return math.sqrt((high - mean) * (mean - low) * n / (n - 1))


def _standard_deviation(row: Result) -> float | None:
    if row.sd is not None:
        return row.sd if row.sd > 0 else None
    if row.se is None or row.n is None or row.se <= 0:
        return None
    return row.se * math.sqrt(row.n)


def _range(scale: Scale) -> str:
    return f"{scale.low:g} to {scale.high:g}"


def _n_people(n: float) -> str:
    return f"{n:g} people"
