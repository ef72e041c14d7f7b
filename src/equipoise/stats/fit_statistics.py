"""The likelihood of a fit, and the criteria by which models are compared."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from equipoise.kernels import regression
from equipoise.kernels.batches import Batch, Floats, single
from equipoise.kernels.regression import Design, residual_df
from equipoise.stats._requirements import at_least, inverse_variance_only

if TYPE_CHECKING:
    from equipoise.stats.results import MetaAnalysis


@dataclass(frozen=True, slots=True)
class FitStatistics:
    """The log-likelihood and what is made of it; ``restricted`` for that of REML.

    As ``metafor::fitstats``: the residual variance counts as a parameter where it is estimated, and
    the number of observations is ``k``, or ``k - p`` for the restricted likelihood.
    """

    restricted: bool
    log_likelihood: float
    deviance: float
    aic: float
    bic: float
    aicc: float
    parameters: int


def fit_statistics(fit: MetaAnalysis, *, restricted: bool | None = None) -> FitStatistics:
    """Return the likelihood of a pooled result at its τ².

    The restricted one where τ² is by REML, unless told otherwise. The R call is
    ``metafor::fitstats(fit)``.

    Raises:
        MethodError: For one trial; for Mantel-Haenszel and Peto pooling, and for other weights than those of inverse
            variance: they maximise no likelihood.
    """
    inverse_variance_only(fit.methods, "the likelihood")
    at_least(fit, 2, "the likelihood")
    keep = fit.effects.estimable
    batch = single(fit.effects.yi[keep], fit.effects.vi[keep])
    design = Design(np.ones((1, batch.vi.shape[1], 1)), intercept=True)
    by_reml = fit.methods.tau2 == "REML"
    return statistics_of(
        batch,
        design,
        np.array([fit.tau2 or 0.0]),
        restricted=by_reml if restricted is None else restricted,
        tau2_estimated=fit.methods.model == "random" and fit.methods.tau2_value is None,
    )


def statistics_of(
    batch: Batch, design: Design, tau2: Floats, *, restricted: bool, tau2_estimated: bool
) -> FitStatistics:
    """Return the likelihood of the first row of a batch, with what is made of it."""
    k, p = int(batch.k[0]), design.columns.shape[2]
    value = full_log_likelihood(batch, design, tau2, restricted=restricted)[0]
    count, size = p + int(tau2_estimated), k - p if restricted else k
    # The likelihood in which every trial has its own mean; the restricted one has none.
    saturated = 0.0 if restricted else -0.5 * float(np.log(2.0 * np.pi * batch.vi[0]).sum())
    enough = max(size, count + 2)
    return FitStatistics(
        restricted=restricted,
        log_likelihood=float(value),
        deviance=float(-2.0 * (value - saturated)),
        aic=float(-2.0 * value + 2.0 * count),
        bic=float(-2.0 * value + count * math.log(size)),
        aicc=float(-2.0 * value + 2.0 * count * enough / (enough - count - 1)),
        parameters=count,
    )


def full_log_likelihood(batch: Batch, design: Design, tau2: Floats, *, restricted: bool) -> Floats:
    r"""Return the log-likelihood with its constants, as R's ``logLik`` gives it.

    The restricted one has :math:`\log|X'X| / 2`, so that it does not depend on the units of the
    columns.
    """
    value = regression.log_likelihood(batch, design, tau2, restricted=restricted)
    count = residual_df(batch, design) if restricted else batch.k
    value = value - 0.5 * count * math.log(2.0 * math.pi)
    if restricted:
        ones = np.where(batch.present, 1.0, np.inf)
        flat = Batch(batch.yi, ones, batch.present, batch.k, batch.centre)
        r = regression.decompose(flat, design, np.zeros(batch.k.size)).r
        value = value + np.log(np.abs(np.diagonal(r, axis1=1, axis2=2))).sum(axis=1)
    return np.asarray(value, dtype=np.float64)
