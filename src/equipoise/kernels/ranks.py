"""Kendall's rank correlation, its exact null distribution, and ranks for trim and fill."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from equipoise.kernels.batches import Floats, Ints

LARGEST_EXACT = 300
"""The exact distribution takes O(k³) time; beyond this the normal one is as good."""


@dataclass(frozen=True, slots=True)
class Kendall:
    """Kendall's tau-b with its two-sided p-value; ``exact`` says from which distribution."""

    tau: float
    statistic: float
    p: float
    exact: bool


def kendall(x: Floats, y: Floats) -> Kendall:
    """Correlate the ranks of ``x`` and ``y``, shape ``(k,)``.

    ``statistic`` is the number of concordant less that of discordant pairs. Without ties p is
    exact up to `LARGEST_EXACT` pairs of values; otherwise normal with the variance for ties and
    without a continuity correction. The R call is ``cor.test(x, y, method = "kendall", exact =
    TRUE)``. Kendall 1970; ``nan`` where all values of a variable are equal.
    """
    k = x.size
    score = concordance(x, y)
    tied_x, tied_y = _tie_sizes(x), _tie_sizes(y)
    pairs = k * (k - 1) / 2.0
    free_x = pairs - (tied_x * (tied_x - 1.0)).sum() / 2.0
    free_y = pairs - (tied_y * (tied_y - 1.0)).sum() / 2.0
    if free_x <= 0.0 or free_y <= 0.0:
        return Kendall(np.nan, score, np.nan, exact=False)
    tau = score / np.sqrt(free_x * free_y)
    exact = free_x == free_y == pairs and k <= LARGEST_EXACT
    p = _exact_two_sided(k, score) if exact else _normal_two_sided(k, score, tied_x, tied_y)
    return Kendall(float(tau), score, p, exact=bool(exact))


def concordance(x: Floats, y: Floats) -> float:
    """Return the concordant less the discordant pairs, a row of pairs at a time."""
    total = 0.0
    for i in range(x.size - 1):
        total += float((np.sign(x[i + 1 :] - x[i]) * np.sign(y[i + 1 :] - y[i])).sum())
    return total


def signed_ranks(values: Floats) -> Floats:
    """Return ranks of the absolute values, with the values' signs; ties in order of appearance."""
    order = np.argsort(np.abs(values), kind="stable")
    ranks = np.empty(values.size)
    ranks[order] = np.arange(1, values.size + 1)
    return np.asarray(np.sign(values) * ranks, dtype=np.float64)


def discordance_probabilities(k: int) -> Floats:
    """Return the chances of 0, 1, … discordant pairs among ``k`` values in random order.

    The next value stands behind any number of those before it, each equally likely: a running
    mean of the distribution so far.
    """
    chances = np.ones(1)
    for size in range(2, k + 1):
        sums = np.cumsum(np.concatenate((chances, np.zeros(size - 1))))
        sums[size:] -= sums[: sums.size - size].copy()
        chances = sums / size
        half = (chances.size + 1) // 2
        chances[-half:] = chances[:half][::-1]  # symmetric: the far tail keeps its digits
    return chances


def _exact_two_sided(k: int, score: float) -> float:
    chances = discordance_probabilities(k)
    discordant = round((k * (k - 1) / 2.0 - abs(score)) / 2.0)
    return float(min(1.0, 2.0 * chances[: discordant + 1].sum()))


def _normal_two_sided(k: int, score: float, tied_x: Floats, tied_y: Floats) -> float:
    whole = k * (k - 1.0) * (2.0 * k + 5.0)
    ties = [(t * (t - 1.0) * (2.0 * t + 5.0)).sum() for t in (tied_x, tied_y)]
    pairs = [(t * (t - 1.0)).sum() for t in (tied_x, tied_y)]
    triples = [(t * (t - 1.0) * (t - 2.0)).sum() for t in (tied_x, tied_y)]
    variance = (whole - sum(ties)) / 18.0 + pairs[0] * pairs[1] / (2.0 * k * (k - 1.0))
    if k > 2:  # noqa: PLR2004  # there are no triples of two values
        variance += triples[0] * triples[1] / (9.0 * k * (k - 1.0) * (k - 2.0))
    return float(2.0 * special.ndtr(-abs(score) / np.sqrt(variance)))


def _tie_sizes(values: Floats) -> Floats:
    counts: Ints = np.unique(values, return_counts=True)[1]
    return counts.astype(np.float64)
