r"""A weighted mean whose standard error does not believe its own weights.

The mean :math:`\hat\mu = \sum p_i y_i` has weights :math:`p_i` that add up to one. Its variance is
estimated from the residuals, cluster by cluster, each inflated so that the estimate is unbiased if
the variances were :math:`v_i` (CR2, Bell and McCaffrey 2002, Survey Methodology), and its t-test
has the degrees of freedom of Satterthwaite under the same variances (Tipton 2015,
doi:10.1037/met0000011; Pustejovsky and Tipton 2018, doi:10.1080/07350015.2016.1247004).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equipoise.kernels.batches import Floats, Ints


@dataclass(frozen=True, slots=True)
class RobustMean:
    """A mean with its robust standard error; ``df`` is ``nan`` where there is a single cluster."""

    estimate: float
    se: float
    df: float


def robust_mean(yi: Floats, vi: Floats, weights: Floats, cluster: Ints) -> RobustMean:
    r"""Return the weighted mean of ``yi`` with its CR2 standard error and degrees of freedom.

    With one estimate a cluster it is a sum: :math:`\sum_i p_i^2 e_i^2 v_i / d_i` with
    :math:`d_i = v_i (1 - 2 p_i) + \sum_j p_j^2 v_j`, the variance of a residual. Time is ``O(k)``, but
    for the eigenvalues of a cluster with several estimates. Within a cluster ``vi`` is averaged, as
    robumeta does. The R call is ``clubSandwich::coef_test(robumeta::robu(yi ~ 1, userweights = w,
    var.eff.size = vi), "CR2")``; robumeta's own table has the same standard error.

    Args:
        yi: Estimates, shape ``(k,)``.
        vi: Working variances, above zero.
        weights: Weights, zero or above; they need not add up to one.
        cluster: Which cluster each estimate belongs to, numbered from zero without gaps.
    """
    share = weights / weights.sum()
    members = np.bincount(cluster)
    v = (np.bincount(cluster, vi) / members)[cluster]
    estimate = yi[0] + float((share * (yi - yi[0])).sum())
    residual = yi - estimate
    spread = float((share**2 * v).sum())
    beta = _adjusted(share, v, spread, cluster, members)
    scores = np.bincount(cluster, beta * residual)
    se = float(np.sqrt((scores**2).sum()))
    return RobustMean(estimate, se, _satterthwaite(beta, share, v, spread, cluster))


def _adjusted(share: Floats, v: Floats, spread: float, cluster: Ints, members: Ints) -> Floats:
    """Return the shares, each cluster's multiplied by its adjustment matrix."""
    with np.errstate(divide="ignore", invalid="ignore"):
        adjusted = share * np.sqrt(v / (v * (1.0 - 2.0 * share) + spread))
    for group in np.flatnonzero(members > 1):
        own = np.flatnonzero(cluster == group)
        a = share[own] * v[own]
        inside = np.diag(v[own]) - a[:, None] - a[None, :] + spread
        values, vectors = np.linalg.eigh(inside)
        adjusted[own] = np.sqrt(v[own]) * (vectors @ ((vectors.T @ share[own]) / np.sqrt(values)))
    return np.asarray(np.where(share == 0.0, 0.0, adjusted), dtype=np.float64)


def _satterthwaite(beta: Floats, share: Floats, v: Floats, spread: float, cluster: Ints) -> float:
    r"""Return :math:`tr(M)^2 / tr(M^2)`, M holding the covariances of the clusters' scores.

    :math:`M_{jl} = \delta_{jl} s_j + B_l r_j + B_j r_l`, so that both traces are sums over clusters.
    """
    b = np.bincount(cluster, beta)
    r = 0.5 * spread * b - np.bincount(cluster, beta * share * v)
    own = np.bincount(cluster, beta**2 * v)
    diagonal = own + 2.0 * b * r
    trace = float(diagonal.sum())
    crossed = 2.0 * (b**2).sum() * (r**2).sum() + 2.0 * (b * r).sum() ** 2
    squared = float(crossed + (diagonal**2 - (2.0 * b * r) ** 2).sum())
    if np.count_nonzero(b) < 2 or squared <= 0.0:  # noqa: PLR2004 - one cluster has no spread
        return float("nan")
    return trace**2 / squared
