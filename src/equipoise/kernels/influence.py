r"""What each study does to a pooled estimate: residuals, influence, coordinates, predictions.

Everything is for the random-effects mean with the weights :math:`w_i = 1 / (v_i + \tau^2)`; a
common effect is :math:`\tau^2 = 0`. "Deleted" quantities are those of the other studies, τ²
estimated again without study i; they come from one batch of ``k`` rows. All arrays have shape
``(k,)``. The definitions are those of metafor's ``influence`` for a model without moderators:
Viechtbauer and Cheung 2010, doi:10.1002/jrsm.11.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equipoise.kernels.batches import Floats

COOK_TAIL = 0.5
"""A Cook's distance is large beyond this share of chi-square with one degree of freedom."""


@dataclass(frozen=True, slots=True, eq=False)
class Deleted:
    r"""The pooled results without each study in turn.

    ``se`` is the standard error used for the interval and ``scale`` its squared ratio to the
    classic one: 1, or Hartung and Knapp's factor. ``se_all`` is the classic standard error of all
    studies, but at the τ² of the others.
    """

    estimate: Floats
    se: Floats
    scale: Floats
    tau2: Floats
    q: Floats
    se_all: Floats


def weights_of_others(weights: Floats) -> Floats:
    """Return the sum of all weights but each study's own, without subtracting it from the total.

    The subtraction loses all digits where one study holds nearly all the weight.
    """
    before = np.concatenate(([0.0], np.cumsum(weights)[:-1]))
    after = np.concatenate((np.cumsum(weights[::-1])[-2::-1], [0.0]))
    return before + after


def hat_values(vi: Floats, tau2: float) -> Floats:
    r"""Return each study's share of the weight, :math:`h_i = w_i / W`."""
    weights = 1.0 / (vi + tau2)
    return np.asarray(weights / weights.sum(), dtype=np.float64)


def standardised_residuals(yi: Floats, vi: Floats, estimate: float, tau2: float) -> Floats:
    r"""Return internally standardised residuals.

    The variance of :math:`y_i - \hat\mu` is :math:`(v_i + \tau^2)(1 - h_i)`; the mean contains the
    study itself. The R call is ``metafor::rstandard``.
    """
    total = vi + tau2
    weights = 1.0 / total
    share_of_others = weights_of_others(weights) / weights.sum()
    return np.asarray((yi - estimate) / np.sqrt(total * share_of_others), dtype=np.float64)


def studentised_residuals(yi: Floats, vi: Floats, deleted: Deleted) -> Floats:
    r"""Return externally standardised (studentised deleted) residuals.

    :math:`(y_i - \hat\mu_{(i)}) / \sqrt{s_{(i)}^2 (v_i + \tau_{(i)}^2) + se_{(i)}^2}` with
    :math:`s^2` the Hartung-Knapp factor, 1 without it. The R call is ``metafor::rstudent``.
    """
    spread = deleted.scale * (vi + deleted.tau2) + deleted.se**2
    return _ratio(yi - deleted.estimate, np.sqrt(spread))


def dffits(vi: Floats, hat: Floats, estimate: float, deleted: Deleted) -> Floats:
    r"""Return how far each study moves its own fitted value, in standard errors.

    :math:`(\hat\mu - \hat\mu_{(i)}) / \sqrt{s_{(i)}^2 h_i (v_i + \tau_{(i)}^2)}`; the hat value is
    at the τ² of all studies, as metafor has it.
    """
    spread = deleted.scale * hat * (vi + deleted.tau2)
    return _ratio(estimate - deleted.estimate, np.sqrt(spread))


def dfbetas(estimate: float, deleted: Deleted) -> Floats:
    r"""Return how far each study moves the pooled estimate, in standard errors.

    The standard error is that of all studies at the τ² of the others.
    """
    spread = np.sqrt(deleted.scale) * deleted.se_all
    return _ratio(estimate - deleted.estimate, spread)


def cooks_distances(estimate: float, se: float, deleted: Deleted) -> Floats:
    r"""Return :math:`(\hat\mu - \hat\mu_{(i)})^2 / se^2`, the standard error that of all studies."""
    moved = estimate - deleted.estimate
    return _ratio(moved**2, np.full(moved.shape, se**2))


def covariance_ratios(se: float, deleted: Deleted) -> Floats:
    r"""Return :math:`se_{(i)}^2 / se^2`: below 1 where the estimate is more precise without i."""
    return _ratio(deleted.se**2, np.full(deleted.se.shape, se**2))


def baujat(
    yi: Floats, vi: Floats, estimate: float, tau2: float, deleted: Deleted
) -> tuple[Floats, Floats]:
    r"""Return Baujat's coordinates: contribution to heterogeneity and influence on the mean.

    :math:`(y_i - \hat\mu)^2 / (v_i + \tau^2)` and
    :math:`(\hat\mu - \hat\mu_{(i)})^2 / se_{(i)}^2`. For a common effect the first sum to Q. The R
    call is ``metafor::baujat``. Baujat and others 2002, doi:10.1002/sim.1221, who took τ² = 0.
    """
    contribution = np.asarray((yi - estimate) ** 2 / (vi + tau2), dtype=np.float64)
    return contribution, _ratio((estimate - deleted.estimate) ** 2, deleted.se**2)


def radial(yi: Floats, vi: Floats, tau2: float) -> tuple[Floats, Floats]:
    r"""Return Galbraith's coordinates: precision and estimate over its standard deviation.

    :math:`1 / \sqrt{v_i + \tau^2}` and :math:`y_i / \sqrt{v_i + \tau^2}`: the pooled estimate is
    the slope of the line through the origin. The R call is ``metafor::radial``. Galbraith 1988,
    doi:10.1002/sim.4780070807.
    """
    precision = np.asarray(1.0 / np.sqrt(vi + tau2), dtype=np.float64)
    return precision, yi * precision


def predictions(
    yi: Floats, vi: Floats, estimate: float, se: float, tau2: float
) -> tuple[Floats, Floats]:
    r"""Return best linear unbiased predictions of the studies' true effects, and their errors.

    With :math:`\lambda_i = \tau^2 / (\tau^2 + v_i)` the prediction is
    :math:`\lambda_i y_i + (1 - \lambda_i) \hat\mu` and its variance
    :math:`\lambda_i v_i + (1 - \lambda_i)^2 se^2`; τ² is taken as known. The R call is
    ``metafor::blup``. Raudenbush and Bryk 1985, doi:10.3102/10769986010002075.
    """
    towards_study, towards_mean = tau2 / (tau2 + vi), vi / (tau2 + vi)
    value = towards_study * yi + towards_mean * estimate
    variance = towards_study * vi + (towards_mean * se) ** 2
    return np.asarray(value, dtype=np.float64), np.asarray(np.sqrt(variance), dtype=np.float64)


def _ratio(above: Floats, below: Floats) -> Floats:
    """Divide; ``nan`` where a standard error of zero leaves nothing to measure in."""
    known = below > 0.0
    value = above / np.where(known, below, 1.0)
    return np.asarray(np.where(known, value, np.nan), dtype=np.float64)
