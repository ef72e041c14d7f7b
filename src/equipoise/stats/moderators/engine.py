"""The one engine under every meta-regression: batches of effects and designs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np

from equipoise.errors import ConvergenceError
from equipoise.kernels import regression, regression_moments
from equipoise.kernels.batches import Batch, Floats, from_block
from equipoise.kernels.regression import Design, Regression, residual_df
from equipoise.kernels.tau2 import BetweenStudy
from equipoise.stats.moderators.options import RegressionOptions

_ESTIMATORS: Final[dict[str, Callable[[Batch, Design], BetweenStudy]]] = {
    "REML": partial(regression.maximum_likelihood, restricted=True),
    "ML": partial(regression.maximum_likelihood, restricted=False),
    "DL": regression.dersimonian_laird,
    "PM": regression.paule_mandel,
    "EB": regression.paule_mandel,
    "HE": regression_moments.hedges_cochran,
    "HS": partial(regression_moments.hunter_schmidt, small_sample=False),
    "HSk": partial(regression_moments.hunter_schmidt, small_sample=True),
    "SJ": regression_moments.sidik_jonkman,
}


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """Regressions of ``B`` rows: ``fit`` at ``between.tau2``, covariances scaled for the interval.

    ``scale`` is Hartung and Knapp's factor, one without it; ``df`` is infinite for the normal.
    """

    fit: Regression
    between: BetweenStudy
    scale: Floats
    df: Floats

    @property
    def se(self) -> Floats:
        """Standard errors of the coefficients, shape ``(B, p)``."""
        variance = np.diagonal(self.fit.covariance, axis1=1, axis2=2)
        return np.asarray(np.sqrt(variance * self.scale[:, None]), dtype=np.float64)


def residual_variance(batch: Batch, design: Design, options: RegressionOptions) -> BetweenStudy:
    """Estimate the residual between-study variance of each row as the options say."""
    if options.tau2 is None or options.tau2_value is not None:
        return regression_moments.fixed(batch, design, options.tau2_value or 0.0)
    return _ESTIMATORS[options.tau2](batch, design)


def fit_rows(batch: Batch, design: Design, options: RegressionOptions) -> Fitted:
    """Fit each row; ``nan`` where the columns cannot be told apart or no df is left."""
    between = residual_variance(batch, design, options)
    tau2 = np.nan_to_num(between.tau2)
    fit = regression.weighted_regression(batch, design, tau2)
    df = residual_df(batch, design)
    normal = np.full(df.shape, np.inf) if options.ci == "wald" else df
    return Fitted(fit, between, knapp_hartung(fit.q, df, options.ci), normal)


def knapp_hartung(q: Floats, df: Floats, ci: str) -> Floats:
    r"""Return the factor of the covariance, :math:`Q(\hat\tau^2) / (k - p)`, one without it.

    ``hksj-floor`` keeps it from falling below one (metafor's ``test = "adhoc"``). Knapp and Hartung
    2003, doi:10.1002/sim.1482.
    """
    if not ci.startswith("hksj"):
        return np.ones(q.shape)
    with np.errstate(invalid="ignore", divide="ignore"):
        factor = q / df
    return np.asarray(np.maximum(factor, 1.0) if ci == "hksj-floor" else factor, dtype=np.float64)


def block(yi: Floats, vi: Floats, columns: Floats, *, intercept: bool) -> tuple[Batch, Design]:
    """Make a batch of equal sizes: arrays ``(B, k)`` and designs ``(B, k, p)``, broadcast."""
    size = max(yi.shape[0], columns.shape[0])
    shape = (size, yi.shape[1])
    batch = from_block(
        np.broadcast_to(yi, shape), np.broadcast_to(vi, shape), np.ones(shape, dtype=np.bool_)
    )
    whole = np.broadcast_to(columns, (*shape, columns.shape[2]))
    return batch, Design(np.ascontiguousarray(whole), intercept)


def check_converged(between: BetweenStudy, name: str | None) -> None:
    """Raise `ConvergenceError` where an iteration did not reach its answer."""
    if between.converged.all():
        return
    row = int(np.flatnonzero(~between.converged)[0])
    raise ConvergenceError(
        f"the residual tau2 by {name} did not converge; use tau2='DL' and report these data",
        diagnostics={"iterations": int(between.iterations[row])},
    )
