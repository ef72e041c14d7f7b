r"""How much of the variation of a result each choice explains.

Results of ``S`` analyses, each made with one option of each of ``D`` choices. Every analysis counts
the same. The shares are those of a decomposition of variance (Sobol 1993; Saltelli and others 2010,
doi:10.1016/j.cpc.2009.09.018), with means over the analyses that were made in place of integrals:

- *first*: :math:`Var(E[Y \mid X_d]) / Var(Y)`, what the choice explains by itself;
- *total*: :math:`E[Var(Y \mid X_{-d})] / Var(Y)`, what remains to it, alone or together with
  others, when every other choice is made.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from equipoise.kernels.batches import Floats, Ints


@dataclass(frozen=True, slots=True, eq=False)
class Shares:
    """Shares of the variance, shape ``(D,)``; ``nan`` where the results do not vary."""

    first: Floats
    total: Floats


def variance_shares(values: Floats, options: Ints) -> Shares:
    """Decompose the variance of ``values`` (shape ``(S,)``) by ``options`` (shape ``(S, D)``)."""
    number = options.shape[1]
    first, total = np.full(number, np.nan), np.full(number, np.nan)
    overall = float(np.var(values))
    scale = float(np.max(np.abs(values), initial=0.0))
    # Results that are equal but for rounding do not vary.
    if overall > (8.0 * np.finfo(np.float64).eps * scale) ** 2:
        for d in range(number):
            within = _mean_variance_within(values, options[:, [d]])
            first[d] = 1.0 - within / overall
            others = np.delete(options, d, axis=1)
            total[d] = _mean_variance_within(values, others) / overall
    return Shares(np.clip(first, 0.0, 1.0), np.clip(total, 0.0, 1.0))


def conditional_entropy(results: Ints, option: Ints) -> float:
    r"""Return how uncertain a result is still, in bits, once the option is known.

    :math:`H(Y \mid X) = -\sum_x p(x) \sum_y p(y \mid x) \log_2 p(y \mid x)`. Shannon 1948,
    doi:10.1002/j.1538-7305.1948.tb01338.x. With a constant ``option`` it is the entropy itself.
    """
    bits = 0.0
    for value in np.unique(option):
        _, counts = np.unique(results[option == value], return_counts=True)
        size = int(counts.sum())
        bits -= sum(count * math.log2(count / size) for count in counts.tolist())
    return bits / results.size


def _mean_variance_within(values: Floats, options: Ints) -> float:
    """Return the mean variance within groups that share all options, weighted by their sizes."""
    if options.shape[1] == 0:
        return float(np.var(values))
    _, group = np.unique(options, axis=0, return_inverse=True)
    group = group.ravel()
    sizes = np.bincount(group)
    means = np.bincount(group, weights=values) / sizes
    return float(np.mean((values - means[group]) ** 2))
