r"""Between-study variance by moments and medians of a Q statistic, for any weights.

With weights ``a`` that do not depend on τ² the expectation of :math:`Q_a = \sum a_i (y_i - \bar
y_a)^2` is :math:`tr(P V) + \tau^2 tr(P)`, ``P`` as in `quadratic_forms`: equating it to what is
observed gives an estimator for every choice of weights. All estimators are truncated at zero.

Iterating DerSimonian and Laird's estimator with the weights it implies ends where
:math:`Q - tr(PV) = \tau^2 tr(P)` with :math:`a_i = 1 / (v_i + \tau^2)`, that is at Q = k - 1;
iterating Sidik and Jonkman's ends at Q τ² / (k - 1) = τ², which is the same; and so is the equation
of Morris's empirical Bayes estimator. All three are Paule and Mandel's estimator under other names.
"""

from __future__ import annotations

import numpy as np

from equipoise.kernels.batches import Batch, Floats, Ints
from equipoise.kernels.distributions import chi2_critical
from equipoise.kernels.inverse_variance import weighted_mean
from equipoise.kernels.quadratic_forms import distribution, expectation, spread
from equipoise.kernels.roots import safeguarded_newton
from equipoise.kernels.tau2 import BetweenStudy, q_root

_WIDEN = 16.0


def general_q(batch: Batch, weights: Floats) -> BetweenStudy:
    r"""Estimate by :math:`\max(0, (Q_a - tr(PV)) / tr(P))` with weights ``a``, shape ``(B, k)``.

    ``weights = 1 / vi`` gives DerSimonian and Laird's estimator, equal weights Hedges and
    Cochran's. The R call is ``metafor::rma(yi, vi, weights = a, method = "GENQ")``, which however
    pools with ``a`` too. DerSimonian and Kacker 2007, doi:10.1016/j.cct.2006.04.004.
    """
    a = held(batch, weights)
    with np.errstate(invalid="ignore", divide="ignore"):
        excess = spread(batch, a) - expectation(a, within(batch))
        moment = excess / expectation(a, batch.present.astype(np.float64))
    return _truncated(batch, moment)


def median_general_q(batch: Batch, weights: Floats) -> BetweenStudy:
    r"""Estimate by the τ² under which the observed :math:`Q_a` is the median of its distribution.

    Zero where it is below the median already without heterogeneity. The R call is
    ``metafor::rma(yi, vi, weights = a, method = "GENQM")``. Viechtbauer 2021, Median-unbiased
    estimators for the amount of heterogeneity in meta-analysis (European Congress of Methodology).
    """
    return general_q_root(batch, weights, np.full(batch.k.size, 0.5))


def hedges_cochran(batch: Batch) -> BetweenStudy:
    r"""Estimate by :math:`s^2 - \bar v`: sample variance less the mean variance within studies.

    The R call is ``metafor::rma(yi, vi, method = "HE")``. Hedges 1983,
    doi:10.1037/0033-2909.93.2.388.
    """
    return general_q(batch, np.ones(batch.vi.shape))


def hunter_schmidt(batch: Batch, q: Floats, *, small_sample: bool) -> BetweenStudy:
    r"""Estimate by :math:`(Q - k) / \sum 1 / v_i` from Cochran's Q.

    Biased downwards by about 1 / k of the total variance; ``small_sample`` multiplies Q by
    ``k / (k - 1)`` against it. The R calls are ``metafor::rma(yi, vi, method = "HS")`` and
    ``"HSk"``. Viechtbauer 2005, doi:10.3102/10769986030003261; Brannick and others 2019,
    doi:10.1177/1094428117741966 (small samples).
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        factor = batch.k / (batch.k - 1.0) if small_sample else 1.0
        moment = (factor * q - batch.k) / (1.0 / batch.vi).sum(axis=1)
    return _truncated(batch, moment)


def sidik_jonkman(batch: Batch) -> BetweenStudy:
    r"""Estimate by :math:`\tau_0^2 Q(\tau_0^2) / (k - 1)`, :math:`\tau_0^2 = \sum (y_i-\bar y)^2/k`.

    Zero only where all estimates are equal, so that it finds heterogeneity in any data. The R call
    is ``metafor::rma(yi, vi, method = "SJ")``. Sidik and Jonkman 2005,
    doi:10.1111/j.1467-9876.2005.00489.x.
    """
    start = crude_variance(batch)
    with np.errstate(invalid="ignore", divide="ignore"):
        value = start * weighted_mean(batch, start).q / (batch.k - 1.0)
    return _truncated(batch, value)


def median_paule_mandel(batch: Batch) -> BetweenStudy:
    r"""Estimate by solving :math:`Q(\tau^2) =` the median of chi-square with k - 1 degrees.

    The true τ² is overestimated as often as underestimated (but for the truncation). The R call is
    ``metafor::rma(yi, vi, method = "PMM")``. Viechtbauer 2021, Median-unbiased estimators for the
    amount of heterogeneity in meta-analysis (European Congress of Methodology).
    """
    return q_root(batch, chi2_critical(0.5, (batch.k - 1).astype(np.float64)))


def crude_variance(batch: Batch) -> Floats:
    """Return the mean squared distance of the estimates from their unweighted mean."""
    equal = batch.present.astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(spread(batch, equal) / batch.k, dtype=np.float64)


def general_q_root(batch: Batch, weights: Floats, probability: Floats) -> BetweenStudy:
    r"""Solve :math:`P(Q_a \le observed; \tau^2) = probability`; zero where τ² = 0 is below it.

    The probability falls in τ² for any fixed weights, because every eigenvalue of the form grows
    with the variances: the root is unique. Newton's method is applied to the log odds as a
    function of log(v + τ²), in which the curve is close to straight.
    """
    a, v = held(batch, weights), within(batch)
    with np.errstate(invalid="ignore", divide="ignore"):
        observed = spread(batch, a)
    rows = np.flatnonzero((batch.k > 1) & (observed > 0.0))
    at_zero = distribution(observed[rows], a[rows], v[rows]).probability
    rows = rows[at_zero > probability[rows]]
    q, a, v, goal = observed[rows], a[rows], v[rows], probability[rows]
    present = batch.present[rows]
    smallest = np.where(present, v, np.inf).min(axis=1, initial=np.inf)

    def function(t: Floats, index: Ints) -> tuple[Floats, Floats]:
        variances = np.where(present[index], v[index] + t[:, None], 0.0)
        at = distribution(q[index], a[index], variances)
        p, target, base = at.probability, goal[index], smallest[index] + t
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            odds = np.log(p / target) - np.log((1.0 - p) / (1.0 - target))
            move = odds * p * (1.0 - p) / (-at.slope * base)
            step = base * np.expm1(np.clip(move, -50.0, 50.0))
        return p - target, np.where(np.isfinite(step), step, np.inf)

    high = np.maximum(smallest, q / expectation(a, present.astype(np.float64)))
    open_rows = np.arange(rows.size)
    while open_rows.size:
        above = function(high[open_rows], open_rows)[0] > 0.0
        open_rows = open_rows[above]
        high[open_rows] *= _WIDEN
    roots = safeguarded_newton(
        function, np.zeros(rows.size), high, start=0.5 * high, scale=smallest
    )
    result = _exact(np.where(batch.k > 1, 0.0, np.nan))
    result.tau2[rows] = roots.x
    result.iterations[rows] = roots.iterations
    result.converged[rows] = roots.converged
    result.last_step[rows] = roots.last_step
    result.at_boundary[rows] = roots.x == 0.0
    return result


def held(batch: Batch, weights: Floats) -> Floats:
    """Return the weights with zero where there is no study."""
    return np.asarray(np.where(batch.present, weights, 0.0), dtype=np.float64)


def within(batch: Batch) -> Floats:
    """Return the variances with zero where there is no study."""
    return np.asarray(np.where(batch.present, batch.vi, 0.0), dtype=np.float64)


def fixed(batch: Batch, tau2: float) -> BetweenStudy:
    """Take τ² as known; ``nan`` where there are fewer than two studies."""
    known = _exact(np.where(batch.k > 1, tau2, np.nan))
    known.at_boundary[:] = False
    return known


def _truncated(batch: Batch, moment: Floats) -> BetweenStudy:
    return _exact(np.where(batch.k > 1, np.maximum(moment, 0.0), np.nan))


def _exact(tau2: Floats) -> BetweenStudy:
    n = tau2.size
    return BetweenStudy(
        tau2, np.zeros(n, dtype=np.intp), np.ones(n, dtype=np.bool_), tau2 == 0.0, np.zeros(n)
    )
