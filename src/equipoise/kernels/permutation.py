r"""Sign-flip permutations: the patterns, and the limits of an interval by inverting their test.

If the estimates are distributed symmetrically around ``mu``, the signs of ``yi - mu`` are those of
coins, whatever the distribution: comparing a statistic with those of all sign patterns gives a
test of ``mu`` that is exact in any number of trials.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from equipoise.kernels.batches import Bools, Floats

_EPSILON = float(np.finfo(np.float64).eps)
_DOUBLINGS = 60


@dataclass(frozen=True, slots=True)
class Limit:
    """One end of an interval; ``single`` says that no pattern changed twice in the last bracket."""

    value: float
    single: bool


def exact_signs(k: int) -> Floats:
    """Return one of each pair of opposite sign patterns, the observed first; ``(2**(k-1), k)``.

    Opposite patterns have opposite statistics, so that half of the ``2**k`` patterns does for a
    two-sided test.
    """
    index = np.arange(2 ** (k - 1), dtype=np.uint64)
    bits = (index[:, None] >> np.arange(k - 1, dtype=np.uint64)[None, :]) & np.uint64(1)
    flips = np.concatenate((np.zeros((index.size, 1)), bits), axis=1)
    return np.asarray(1.0 - 2.0 * flips, dtype=np.float64)


def sampled_signs(k: int, count: int, generator: np.random.Generator) -> Floats:
    """Return ``count`` patterns of fair coins, the first of them the observed one."""
    signs = 1.0 - 2.0 * generator.integers(0, 2, size=(count, k))
    signs[0] = 1.0
    return np.asarray(signs, dtype=np.float64)


def acceptance_limit(
    extreme: Callable[[float, Bools], Bools],
    patterns: int,
    start: float,
    step: float,
    alpha: float,
) -> Limit | None:
    """Walk from ``start`` until the test rejects, and find the last accepted value.

    A value is accepted while more than ``alpha`` of the patterns are as extreme as the observed
    one. The bracket is halved to machine precision. Of the patterns only those that differ
    between the ends of the bracket are computed again, which halves them with the bracket; at the
    end both sides are checked with all of them (a pattern may change twice inside a bracket), and
    the search is repeated with all of them if they say otherwise.

    Args:
        extreme: Says which of the patterns asked for (a mask) are as extreme as the observed one
            at a value; the others it gives do not matter.
        patterns: How many there are.
        start: A value that is accepted: the estimate.
        step: The first step outwards, with its sign.
        alpha: One minus the level of the interval.

    Returns:
        ``None`` if no value within 2**60 steps is rejected.
    """
    everyone = np.ones(patterns, dtype=np.bool_)
    inside, outside, state = start, start + step, everyone
    for _ in range(_DOUBLINGS):
        beyond = extreme(outside, everyone)
        if beyond.mean() <= alpha:
            break
        inside, state = outside, beyond
        outside = start + 2.0 * (outside - start)
    else:
        return None
    scale = abs(start) + abs(step)
    found = _halve(extreme, (inside, outside), (state, beyond), alpha, scale)
    if _confirmed(extreme, found, everyone, alpha):
        return Limit(found[0], single=True)
    none = np.zeros(patterns, dtype=np.bool_)
    again = _halve(extreme, (inside, outside), (everyone, none), alpha, scale, narrow=False)
    return Limit(again[0], single=False)


def _halve(
    extreme: Callable[[float, Bools], Bools],
    ends: tuple[float, float],
    states: tuple[Bools, Bools],
    alpha: float,
    scale: float,
    *,
    narrow: bool = True,
) -> tuple[float, float]:
    (inside, outside), (near, far) = ends, states
    while abs(outside - inside) > _EPSILON * (abs(inside) + scale):
        middle = 0.5 * (inside + outside)
        if middle in (inside, outside):
            break
        open_patterns = near != far if narrow else np.ones(near.size, dtype=np.bool_)
        state = np.where(open_patterns, extreme(middle, open_patterns), near)
        if state.mean() > alpha:
            inside, near = middle, state if narrow else near
        else:
            outside, far = middle, state if narrow else far
    return inside, outside


def _confirmed(
    extreme: Callable[[float, Bools], Bools],
    ends: tuple[float, float],
    everyone: Bools,
    alpha: float,
) -> bool:
    inside, outside = ends
    accepted = extreme(inside, everyone).mean() > alpha
    return bool(accepted and extreme(outside, everyone).mean() <= alpha)
