"""Covariances of effect sizes of the same people.

A block is the ``(m, m)`` matrix of the m effects of one study; nothing here is larger than that.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import linalg

from equipoise.kernels.batches import Floats, Ints

# Eigenvalues of a correlation matrix this small cannot be told from zero.
_SINGULAR = 1e-12
_HALVINGS = 60


def comparator_variance(measure: str, columns: dict[str, Floats]) -> Floats:
    """Return what arm 2 adds to the variance of an effect: the covariance of two that share it.

    ======  ===========================================================
    RR      1/c − 1/n₂
    OR      1/c + 1/d
    RD      p (1 − p)/n₂
    MD      s²/n₂
    ROM     s²/(n₂ m²)
    SMD     1/n₂ (the mean's part; see `shared_deviation`)
    IRR     1/c
    IRD     c/t²
    ======  ===========================================================

    Gleser and Olkin 2009, in The Handbook of Research Synthesis and Meta-Analysis, 2nd edition;
    for ROM Lajeunesse 2011, doi:10.1890/11-0423.1.
    """
    return _COMPARATOR[measure](columns)


def _risk_ratio(v: dict[str, Floats]) -> Floats:
    return (v["n_2"] - v["events_2"]) / (v["events_2"] * v["n_2"])


def _odds_ratio(v: dict[str, Floats]) -> Floats:
    return 1.0 / v["events_2"] + 1.0 / (v["n_2"] - v["events_2"])


def _risk_difference(v: dict[str, Floats]) -> Floats:
    return v["events_2"] * (v["n_2"] - v["events_2"]) / v["n_2"] ** 3


def _mean_difference(v: dict[str, Floats]) -> Floats:
    return v["sd_2"] ** 2 / v["n_2"]


def _ratio_of_means(v: dict[str, Floats]) -> Floats:
    return (v["sd_2"] / v["mean_2"]) ** 2 / v["n_2"]


_COMPARATOR: dict[str, Callable[[dict[str, Floats]], Floats]] = {
    "RR": _risk_ratio,
    "OR": _odds_ratio,
    "RD": _risk_difference,
    "MD": _mean_difference,
    "ROM": _ratio_of_means,
    "SMD": lambda v: 1.0 / v["n_2"],
    "IRR": lambda v: 1.0 / v["events_2"],
    "IRD": lambda v: v["events_2"] / v["time_2"] ** 2,
}
SHARED_CONTROL = tuple(_COMPARATOR)
"""Measures whose covariance by a shared comparator is known."""


def shared_deviation(n_1: Floats, n_2: Floats) -> Floats:
    """Return how much of the spread of two standardisers comes from the comparator they share.

    For effects i and j the product of these factors is n₂ / √(Nᵢ Nⱼ): the correlation of the two
    pooled SDs. The SD's part of the covariance of two g is then gᵢ gⱼ n₂ / (2 Nᵢ Nⱼ); with one SD
    pooled over all arms, which Gleser and Olkin use, it would be gᵢ gⱼ / (2N).
    """
    return np.sqrt(n_2 / (n_1 + n_2))


def outer_root(variances: Floats) -> Floats:
    """Return √(vᵢ vⱼ): v where all are equal, and always of rank one."""
    root = np.sqrt(variances)
    return np.outer(root, root)


def autocorrelation(times: Floats, phi: float) -> Floats:
    """Return φ^|tᵢ − tⱼ|."""
    distance = np.abs(times[:, None] - times[None, :])
    return np.asarray(np.power(phi, distance), dtype=np.float64)


def smallest_eigenvalue(covariance: Floats) -> float:
    """Return the smallest eigenvalue of the correlations in a covariance matrix."""
    sd = np.sqrt(np.diag(covariance))
    values = linalg.eigvalsh(covariance / np.outer(sd, sd))
    return float(values[0])


def is_positive_definite(covariance: Floats) -> bool:
    """Return whether all eigenvalues are above zero, by more than rounding."""
    return bool(smallest_eigenvalue(covariance) > _SINGULAR * covariance.shape[0])


def admissible_share(build: Callable[[float], Floats]) -> float:
    """Return the largest share of the wanted correlations that leaves a block positive definite.

    ``build(share)`` gives the block with all assumed correlations multiplied by ``share``. Those
    that are positive definite form an interval from 0, found by halving; 0 if even independent
    outcomes are not enough (the same effect entered twice).
    """
    if not is_positive_definite(build(0.0)):
        return 0.0
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2.0
        low, high = (middle, high) if is_positive_definite(build(middle)) else (low, middle)
    return low


def correlation_covariances(r: Floats, first: Ints, second: Ints) -> Floats:
    """Return n times the large-sample covariances of correlations of the same people.

    ``r`` is the ``(p, p)`` correlation matrix; effect e is the correlation of variables ``first[e]``
    and ``second[e]``. For normal variables, with i, j and k, l the two pairs,

    ½ rᵢⱼ rₖₗ (rᵢₖ² + rᵢₗ² + rⱼₖ² + rⱼₗ²) + rᵢₖ rⱼₗ + rᵢₗ rⱼₖ
    − (rᵢⱼ rᵢₖ rᵢₗ + rᵢⱼ rⱼₖ rⱼₗ + rᵢₖ rⱼₖ rₖₗ + rᵢₗ rⱼₗ rₖₗ),

    which is (1 − r²)² on the diagonal. The R call is ``metafor::rcalc``. Steiger 1980,
    doi:10.1037/0033-2909.87.2.245; Olkin and Finn 1990, doi:10.1037/0033-2909.108.2.330.
    """
    ij = r[first, second]
    own, other = ij[:, None], ij[None, :]
    ik, il = r[np.ix_(first, first)], r[np.ix_(first, second)]
    jk, jl = r[np.ix_(second, first)], r[np.ix_(second, second)]
    squares = ik**2 + il**2 + jk**2 + jl**2
    triples = own * (ik * il + jk * jl) + other * (ik * jk + il * jl)
    return np.asarray(0.5 * own * other * squares + ik * jl + il * jk - triples, dtype=np.float64)
