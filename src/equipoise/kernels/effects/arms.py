"""Several arms of one trial made into one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equipoise.kernels.batches import Floats, Ints


@dataclass(frozen=True, slots=True, eq=False)
class Arm:
    """Means, standard deviations and sizes, shape ``(arms,)`` each."""

    mean: Floats
    sd: Floats
    n: Floats


def totals(values: Floats, group: Ints, groups: int) -> Floats:
    """Add up counts by group (numbered from 0)."""
    return np.bincount(group, weights=values, minlength=groups).astype(np.float64)


def combined_means(arms: Arm, group: Ints, groups: int) -> Arm:
    """Return the mean and SD of all people of each group, as if the trial had had one arm.

    Exact for any number of arms: mean Σ n m / N, variance
    (Σ (n − 1) s² + Σ n (m − mean)²) / (N − 1). Taken two at a time it is the formula of Cochrane
    Handbook 6.5.2.10. It is larger than the pooled SD where the arms' means differ. ``nan`` for
    groups of one person.
    """
    n = totals(arms.n, group, groups)
    start = _first_of_each(arms.mean, group, groups)
    # Relative to one of the group's own means: means far from zero would cancel otherwise.
    shift = totals(arms.n * (arms.mean - start[group]), group, groups) / n
    mean = start + shift
    between = totals(arms.n * (arms.mean - start[group] - shift[group]) ** 2, group, groups)
    within = totals((arms.n - 1.0) * arms.sd**2, group, groups)
    variance = (within + between) / np.where(n > 1.0, n - 1.0, np.nan)
    return Arm(mean, np.sqrt(variance), n)


def _first_of_each(values: Floats, group: Ints, groups: int) -> Floats:
    first = np.empty(groups)
    first[group[::-1]] = values[::-1]
    return first
