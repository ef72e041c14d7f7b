"""Root finding for a batch: Newton's method inside a bracket that always shrinks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from equipoise.kernels.batches import Bools, Floats, Ints

# Newton's error after a step is of the order of the step squared: a relative step below this
# leaves an error below machine precision.
_LAST_STEP = 1e-10
_EPSILON = float(np.finfo(np.float64).eps)


@dataclass(frozen=True, slots=True, eq=False)
class Roots:
    """Roots with the certificate of their search; all of shape ``(n,)``.

    ``last_step`` is the size of the last step taken, an upper bound of the remaining error.
    """

    x: Floats
    iterations: Ints
    converged: Bools
    last_step: Floats


def safeguarded_newton(
    function: Callable[[Floats, Ints], tuple[Floats, Floats]],
    low: Floats,
    high: Floats,
    *,
    start: Floats,
    scale: Floats,
    max_iterations: int = 200,
) -> Roots:
    """Find one root in each bracket ``[low, high]``.

    A step that leaves the bracket, or that is not at most half the step before the previous one,
    is replaced by halving the bracket: convergence is quadratic near the root and certain
    everywhere. The stopping rule is relative to ``|x| + scale``; there is no absolute tolerance,
    so results do not depend on the units of the data.

    Args:
        function: Called with the points and the indices of the problems still open; returns the
            value (positive where the root lies above the point) and the proposed step.
        low: Lower ends, where the value is positive or zero. Shape ``(n,)``, as all arrays here.
        high: Upper ends, where the value is negative or zero.
        start: First points, inside the brackets.
        scale: A magnitude of each problem, so that a root at or near zero can be reached.
        max_iterations: Give up after so many evaluations (never seen outside tests).
    """
    x, lo, hi = start.copy(), low.copy(), high.copy()
    n = x.size
    iterations = np.zeros(n, dtype=np.intp)
    last = hi - lo
    before_last = last.copy()
    open_rows = np.arange(n)
    for _ in range(max_iterations):
        if open_rows.size == 0:
            break
        at = x[open_rows]
        value, step = function(at, open_rows)
        iterations[open_rows] += 1
        above = value > 0.0
        lower = np.where(above, at, lo[open_rows])
        upper = np.where(above, hi[open_rows], at)
        lo[open_rows], hi[open_rows] = lower, upper
        magnitude = np.abs(at) + scale[open_rows]
        small = np.abs(step) <= _LAST_STEP * magnitude
        target = at + step
        unsafe = ~((target > lower) & (target < upper))
        unsafe |= np.abs(step) > 0.5 * before_last[open_rows]
        middle = 0.5 * (lower + upper)
        moved = np.where(unsafe, middle, target)
        moved = np.where(small, np.clip(target, lower, upper), moved)
        done = small | (value == 0.0) | (upper - lower <= 2.0 * _EPSILON * magnitude)
        moved = np.where(value == 0.0, at, moved)
        before_last[open_rows] = last[open_rows]
        last[open_rows] = np.abs(moved - at)
        x[open_rows] = moved
        open_rows = open_rows[~done]
    converged = np.ones(n, dtype=np.bool_)
    converged[open_rows] = False
    return Roots(x, iterations, converged, last)
