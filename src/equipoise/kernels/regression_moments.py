r"""Residual variance of a meta-regression by moments, its errors, and what it is compared with.

With fixed weights ``a`` and :math:`P_a` the projection of `regression` at them, the expectation of
:math:`y' P_a y` is :math:`tr(P_a V) + \tau^2 tr(P_a)`. Every moment estimator is a multiple ``c`` of
such a form less a constant, so its error is :math:`c \sqrt{2 tr(P_a S P_a S)}` with ``S`` the total
variances: one function gives them all. Traces are sums over studies and ``p × p`` entries.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from equipoise.kernels import regression
from equipoise.kernels.batches import Batch, Floats
from equipoise.kernels.distributions import chi2_critical
from equipoise.kernels.heterogeneity import Tau2Interval
from equipoise.kernels.regression import Decomposed, Design, decompose, residual_df
from equipoise.kernels.tau2 import BetweenStudy

Estimator = Callable[[Batch, Design], BetweenStudy]


def hedges_cochran(batch: Batch, design: Design) -> BetweenStudy:
    r"""Estimate by :math:`(y'P_1 y - tr(P_1 V)) / (k - p)`, ``P_1`` the unweighted projection.

    The R call is ``metafor::rma(yi, vi, mods = X, method = "HE")``. Hedges 1983,
    doi:10.1037/0033-2909.93.2.388; Raudenbush 2009.
    """
    at = _flat(batch, design)
    within = np.where(batch.present, batch.vi, 0.0)
    excess = _form(at) - (within * (1.0 - _hat(at))).sum(axis=1)
    return _truncated(batch, design, excess / _positive(residual_df(batch, design)))


def hunter_schmidt(batch: Batch, design: Design, *, small_sample: bool) -> BetweenStudy:
    r"""Estimate by :math:`(c Q_E - k) / \sum 1 / v_i`; ``c`` is 1, or ``k / (k - p)``.

    The R calls are ``metafor::rma(yi, vi, mods = X, method = "HS")`` and ``"HSk"``. Viechtbauer
    2005, doi:10.3102/10769986030003261.
    """
    at = decompose(batch, design, np.zeros(batch.k.size))
    df = _positive(residual_df(batch, design))
    factor = batch.k / df if small_sample else np.ones(df.shape)
    moment = (factor * _form(at) - batch.k) / at.weights.sum(axis=1)
    return _truncated(batch, design, moment)


def sidik_jonkman(batch: Batch, design: Design) -> BetweenStudy:
    r"""Estimate by :math:`\tau_0^2 Q(\tau_0^2) / (k - p)`, :math:`\tau_0^2` the variance of all ``yi``.

    The R call is ``metafor::rma(yi, vi, mods = X, method = "SJ")``. Sidik and Jonkman 2005,
    doi:10.1111/j.1467-9876.2005.00489.x.
    """
    start = _crude(batch)
    form = _form(decompose(batch, design, start))
    return _truncated(batch, design, start * form / _positive(residual_df(batch, design)))


def fixed(batch: Batch, design: Design, tau2: float) -> BetweenStudy:
    """Take the residual variance as known, for every row whatever its size."""
    found = _truncated(batch, design, np.full(batch.k.size, tau2))
    found.tau2[:] = tau2
    found.at_boundary[:] = False
    return found


def tau2_se(batch: Batch, design: Design, tau2: Floats, estimator: str) -> Floats:
    """Return the large-sample standard error of the residual variance, shape ``(B,)``.

    Values are those of ``metafor::rma`` (``se.tau2``); ``nan`` for an estimator without one.
    """
    formula = _ERRORS.get(estimator)
    if formula is None:
        return np.full(tau2.shape, np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(formula(batch, design, tau2), dtype=np.float64)


def typical_variance(batch: Batch, design: Design) -> Floats:
    r"""Return :math:`(k - p) / tr P`, the within-study variance that I² and H² compare τ² with.

    ``P`` is the projection at the weights ``1 / vi``: Higgins and Thompson's typical variance when
    the mean is all the model has, as ``metafor::rma`` defines it with moderators.
    """
    at = decompose(batch, design, np.zeros(batch.k.size))
    with np.errstate(invalid="ignore", divide="ignore"):
        value = residual_df(batch, design) / (at.weights * (1.0 - _hat(at))).sum(axis=1)
    return np.asarray(value, dtype=np.float64)


def q_profile(batch: Batch, design: Design, level: float) -> Tau2Interval:
    r"""Return the Q-profile interval of the residual variance, to machine precision.

    The limits solve :math:`Q_E(\tau^2) = \chi^2_{k-p}` at its upper and lower quantile, truncated
    at zero; ``empty`` marks intervals wholly below zero. The R call is
    ``metafor::confint(fit, type = "QP")``. Viechtbauer 2007, doi:10.1002/sim.2514.
    """
    tail = (1.0 - level) / 2.0
    df = residual_df(batch, design)
    upper, lower = chi2_critical(tail, df), chi2_critical(1.0 - tail, df)
    low = regression.q_root(batch, design, upper).tau2
    high = regression.q_root(batch, design, lower).tau2
    at_zero = _form(decompose(batch, design, np.zeros(batch.k.size)))
    return Tau2Interval(low, high, at_zero < lower)


def _spread(at: Decomposed, weights: Floats, total: Floats) -> Floats:
    r"""Return the standard deviation of the form at ``weights``, :math:`\sqrt{2 tr(PSPS)}`.

    With ``D`` the products of weights and total variances and :math:`M = I - Q Q'`, the trace is
    that of :math:`M D M D`.
    """
    product = weights * total
    inner = np.swapaxes(at.q, 1, 2) @ (product[:, :, None] * at.q)
    trace = (product**2 * (1.0 - 2.0 * _hat(at))).sum(axis=1) + (inner**2).sum(axis=(1, 2))
    return np.asarray(np.sqrt(2.0 * trace), dtype=np.float64)


def _total(batch: Batch, tau2: Floats) -> Floats:
    return np.asarray(np.where(batch.present, batch.vi + tau2[:, None], 0.0), dtype=np.float64)


def _at(batch: Batch, design: Design, tau2: Floats) -> tuple[Decomposed, Floats]:
    at = decompose(batch, design, tau2)
    return at, (at.weights * (1.0 - _hat(at))).sum(axis=1)


def _dersimonian_laird(batch: Batch, design: Design, tau2: Floats) -> Floats:
    at, trace = _at(batch, design, np.zeros(tau2.shape))
    return _spread(at, at.weights, _total(batch, tau2)) / trace


def _hedges_cochran(batch: Batch, design: Design, tau2: Floats) -> Floats:
    at = _flat(batch, design)
    return _spread(at, at.weights, _total(batch, tau2)) / residual_df(batch, design)


def _hunter_schmidt(batch: Batch, design: Design, tau2: Floats) -> Floats:
    at, _ = _at(batch, design, np.zeros(tau2.shape))
    return np.asarray(
        _spread(at, at.weights, _total(batch, tau2)) / at.weights.sum(axis=1), dtype=np.float64
    )


def _hunter_schmidt_small(batch: Batch, design: Design, tau2: Floats) -> Floats:
    factor = batch.k / residual_df(batch, design)
    return np.asarray(factor * _hunter_schmidt(batch, design, tau2), dtype=np.float64)


def _sidik_jonkman(batch: Batch, design: Design, tau2: Floats) -> Floats:
    start = _crude(batch)
    at, _ = _at(batch, design, start)
    spread = _spread(at, at.weights, _total(batch, tau2))
    return np.asarray(start * spread / residual_df(batch, design), dtype=np.float64)


def _paule_mandel(batch: Batch, design: Design, tau2: Floats) -> Floats:
    df, (at, _) = residual_df(batch, design), _at(batch, design, tau2)
    value = np.sqrt(2.0 * df) * batch.k / df / at.weights.sum(axis=1)
    return np.asarray(value, dtype=np.float64)


def _maximum_likelihood(batch: Batch, _: Design, tau2: Floats) -> Floats:
    weights = 1.0 / (batch.vi + tau2[:, None])
    return np.asarray(np.sqrt(2.0 / (weights**2).sum(axis=1)), dtype=np.float64)


def _restricted(batch: Batch, design: Design, tau2: Floats) -> Floats:
    at, _ = _at(batch, design, tau2)
    ones = np.where(batch.present, 1.0, 0.0)
    return np.asarray(2.0 / _spread(at, at.weights, ones), dtype=np.float64)


_ERRORS: Final[dict[str, Callable[[Batch, Design, Floats], Floats]]] = {
    "DL": _dersimonian_laird,
    "HE": _hedges_cochran,
    "HS": _hunter_schmidt,
    "HSk": _hunter_schmidt_small,
    "SJ": _sidik_jonkman,
    "PM": _paule_mandel,
    "EB": _paule_mandel,
    "ML": _maximum_likelihood,
    "REML": _restricted,
}


def _flat(batch: Batch, design: Design) -> Decomposed:
    """Decompose with weights of one."""
    ones = np.where(batch.present, 1.0, np.inf)
    flat = Batch(batch.yi, ones, batch.present, batch.k, batch.centre)
    return decompose(flat, design, np.zeros(batch.k.size))


def _hat(at: Decomposed) -> Floats:
    return np.asarray((at.q**2).sum(axis=2), dtype=np.float64)


def _form(at: Decomposed) -> Floats:
    return np.asarray((at.weights * at.residuals**2).sum(axis=1), dtype=np.float64)


def _crude(batch: Batch) -> Floats:
    """Return the mean squared distance of the effects from their mean, moderators aside."""
    mean = batch.yi.sum(axis=1) / batch.k
    squares = np.where(batch.present, batch.yi - mean[:, None], 0.0) ** 2
    return np.asarray(squares.sum(axis=1) / batch.k, dtype=np.float64)


def _positive(df: Floats) -> Floats:
    return np.asarray(np.where(df > 0.0, df, np.nan), dtype=np.float64)


def _truncated(batch: Batch, design: Design, moment: Floats) -> BetweenStudy:
    """Cut at zero; ``nan`` where no degree of freedom is left or columns cannot be told apart."""
    n = batch.k.size
    good = decompose(batch, design, np.zeros(n)).full_rank & (residual_df(batch, design) > 0.0)
    tau2 = np.where(good, np.maximum(moment, 0.0), np.nan)
    certain = np.ones(n, dtype=np.bool_)
    return BetweenStudy(tau2, np.zeros(n, dtype=np.intp), certain, tau2 == 0.0, np.zeros(n))
