"""First and second derivatives of a person's function, by Richardson's extrapolation.

Central differences at steps halved again and again, their errors in even powers of the step removed
one after the other (Ridders 1982, doi:10.1016/S0141-1195(82)80057-0). The answer kept is the one whose
neighbours in the table agree best, so rounding does not spoil it; for smooth functions about ten digits
of the first and eight of the second derivative are right.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from equipoise.kernels.batches import Floats

_SHRINK: Final = 1.6
_ROUNDS: Final = 14
_FIRST_STEP: Final = 0.2

Function = Callable[[Floats], float]


def gradient(function: Function, at: Floats, scale: Floats) -> Floats:
    """Return the partial derivatives; ``scale`` is how far each argument may be moved."""
    return np.array([_first(function, at, i, scale[i]) for i in range(at.size)])


def hessian(function: Function, at: Floats, scale: Floats) -> Floats:
    """Return the matrix of second derivatives, shape ``(m, m)``."""
    m = at.size
    second = np.empty((m, m))
    for i in range(m):
        for j in range(i + 1):
            second[i, j] = second[j, i] = _second(function, at, (i, j), scale)
    return second


def _first(function: Function, at: Floats, i: int, scale: float) -> float:
    def difference(step: float) -> float:
        move = _unit(at.size, i) * step * scale
        return (function(at + move) - function(at - move)) / (2.0 * step * scale)

    return _extrapolate(difference)


def _second(function: Function, at: Floats, pair: tuple[int, int], scale: Floats) -> float:
    i, j = pair
    if i == j:
        middle = function(at)

        def difference(step: float) -> float:
            h = step * scale[i]
            move = _unit(at.size, i) * h
            return float((function(at + move) - 2.0 * middle + function(at - move)) / h**2)

        return _extrapolate(difference)

    def mixed(step: float) -> float:
        a, b = _unit(at.size, i) * step * scale[i], _unit(at.size, j) * step * scale[j]
        ahead = function(at + a + b) - function(at + a - b)
        behind = function(at - a + b) - function(at - a - b)
        return float((ahead - behind) / (4.0 * step**2 * scale[i] * scale[j]))

    return _extrapolate(mixed)


def _extrapolate(difference: Callable[[float], float]) -> float:
    """Return the limit of a central difference as its step goes to zero (Neville's table)."""
    best, least = np.nan, np.inf
    previous: list[float] = []
    for turn in range(_ROUNDS):
        row = [difference(_FIRST_STEP / _SHRINK**turn)]
        for order, before in enumerate(previous, start=1):
            factor = _SHRINK ** (2 * order)
            row.append((factor * row[-1] - before) / (factor - 1.0))
            error = max(abs(row[-1] - row[-2]), abs(row[-1] - before))
            if error <= least:
                best, least = row[-1], error
        previous = row
    return float(best)


def _unit(size: int, i: int) -> Floats:
    unit = np.zeros(size)
    unit[i] = 1.0
    return unit
