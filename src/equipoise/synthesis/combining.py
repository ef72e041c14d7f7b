"""Several arms on one side of a comparison, combined as if they had been one arm.

Reference: Higgins JPT, Li T, Deeks JJ. Choosing effect measures and computing estimates of effect.
Cochrane Handbook for Systematic Reviews of Interventions, section 6.5.2.10 (means) and 23.3.4
(multi-arm trials). https://training.cochrane.org/handbook
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from equipoise.errors import DataError


class Counts(NamedTuple):
    """Events among people, or events in person-time."""

    events: float
    exposure: float


class Means(NamedTuple):
    """A mean with its standard deviation and the number of people."""

    mean: float
    sd: float
    n: float


def combine_counts(arms: Sequence[Counts]) -> Counts:
    """Combine arms with events: both events and people (or person-time) are added up.

    Raises:
        DataError: There is no arm.
    """
    _require_arms(arms)
    return Counts(math.fsum(arm.events for arm in arms), math.fsum(arm.exposure for arm in arms))


def combine_means(arms: Sequence[Means]) -> Means:
    """Combine arms with means: the mean and standard deviation of all people together.

    The mean is weighted by numbers of people. The sum of squares has two parts, the spread within
    arms and the spread between their means, and is divided by N − 1::

        SD² = [Σ (nᵢ − 1) sdᵢ² + Σ nᵢ (meanᵢ − mean)²] / (N − 1)

    This equals the Handbook's two-arm formula applied arm after arm, in any order. It differs from
    a *pooled* SD, which leaves the second part out and so is too small when arms differ.

    Raises:
        DataError: There is no arm, or fewer than two people in all of several arms.
    """
    _require_arms(arms)
    if len(arms) == 1:
        return arms[0]
    n = math.fsum(arm.n for arm in arms)
    if n <= 1:
        raise DataError("cannot combine arms with fewer than two people in all", rule="n > 1")
    mean = math.fsum(arm.n * arm.mean for arm in arms) / n
    within = math.fsum((arm.n - 1) * arm.sd**2 for arm in arms)
    between = math.fsum(arm.n * (arm.mean - mean) ** 2 for arm in arms)
    return Means(mean, math.sqrt((within + between) / (n - 1)), n)


def _require_arms(arms: Sequence[object]) -> None:
    if not arms:
        raise DataError("there is no arm to combine", rule="at least one arm")
