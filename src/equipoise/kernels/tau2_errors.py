r"""Large-sample standard errors of the between-study variance.

An estimator that is a multiple ``c`` of a Q statistic, less a constant, has the standard deviation
``c sd(Q)``: one formula covers all moment estimators, with the variance of Q taken at the estimate.
Likelihood estimators use the expected information. Values are those of ``metafor::rma``
(``se.tau2``); they describe an estimator far from its boundary and are poor near it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from equipoise.kernels.batches import Batch, Floats
from equipoise.kernels.inverse_variance import projection_trace_squared
from equipoise.kernels.quadratic_forms import expectation, variance
from equipoise.kernels.tau2_moments import crude_variance, held

Error = Callable[[Batch, Floats], Floats]


def tau2_se(batch: Batch, tau2: Floats, estimator: str) -> Floats:
    """Return the standard error of τ² by a named estimator, shape ``(B,)``.

    Undefined (``nan``) for a fixed τ², for fewer than two studies, and for the general-Q
    estimators, whose weights `general_q_se` needs.
    """
    formula = _FORMULAS.get(estimator)
    if formula is None:
        return np.full(tau2.shape, np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        value = formula(batch, tau2)
    return np.asarray(np.where(batch.k > 1, value, np.nan), dtype=np.float64)


def general_q_se(batch: Batch, tau2: Floats, weights: Floats) -> Floats:
    r"""Return :math:`sd(Q_a) / tr(P)`: the error of the general-Q estimators (GENQ, GENQM)."""
    a = held(batch, weights)
    trace = expectation(a, batch.present.astype(np.float64))
    return np.asarray(np.sqrt(variance(a, _total(batch, tau2))) / trace, dtype=np.float64)


def _total(batch: Batch, tau2: Floats) -> Floats:
    return np.asarray(np.where(batch.present, batch.vi + tau2[:, None], 0.0), dtype=np.float64)


def _dersimonian_laird(batch: Batch, tau2: Floats) -> Floats:
    return general_q_se(batch, tau2, 1.0 / batch.vi)


def _hedges_cochran(batch: Batch, tau2: Floats) -> Floats:
    return general_q_se(batch, tau2, np.ones(batch.vi.shape))


def _hunter_schmidt(batch: Batch, tau2: Floats) -> Floats:
    weights = 1.0 / batch.vi
    spread = np.sqrt(variance(weights, _total(batch, tau2)))
    return np.asarray(spread / weights.sum(axis=1), dtype=np.float64)


def _hunter_schmidt_small(batch: Batch, tau2: Floats) -> Floats:
    return np.asarray(_hunter_schmidt(batch, tau2) * batch.k / (batch.k - 1.0), dtype=np.float64)


def _sidik_jonkman(batch: Batch, tau2: Floats) -> Floats:
    """Return the error with the crude starting value taken as known."""
    start = crude_variance(batch)
    weights = held(batch, 1.0 / (batch.vi + start[:, None]))
    spread = np.sqrt(variance(weights, _total(batch, tau2)))
    return np.asarray(start * spread / (batch.k - 1.0), dtype=np.float64)


def _paule_mandel(batch: Batch, tau2: Floats) -> Floats:
    r"""Return :math:`\sqrt{2 k^2 / (k-1)} / \sum w_i`, ``w`` the weights at the estimate.

    The small-sample Hunter-Schmidt form with weights as if they were known; metafor gives it for
    all names of this estimator and for the median-unbiased one.
    """
    total = (1.0 / (batch.vi + tau2[:, None])).sum(axis=1)
    return np.asarray(np.sqrt(2.0 / (batch.k - 1.0)) * batch.k / total, dtype=np.float64)


def _maximum_likelihood(batch: Batch, tau2: Floats) -> Floats:
    weights = 1.0 / (batch.vi + tau2[:, None])
    return np.asarray(np.sqrt(2.0 / (weights**2).sum(axis=1)), dtype=np.float64)


def _restricted(batch: Batch, tau2: Floats) -> Floats:
    weights = 1.0 / (batch.vi + tau2[:, None])
    return np.asarray(np.sqrt(2.0 / projection_trace_squared(weights)), dtype=np.float64)


_FORMULAS: Final[dict[str, Error]] = {
    "DL": _dersimonian_laird,
    "HE": _hedges_cochran,
    "HS": _hunter_schmidt,
    "HSk": _hunter_schmidt_small,
    "SJ": _sidik_jonkman,
    "PM": _paule_mandel,
    "EB": _paule_mandel,
    "DLIT": _paule_mandel,
    "SJIT": _paule_mandel,
    "PMM": _paule_mandel,
    "ML": _maximum_likelihood,
    "REML": _restricted,
}
