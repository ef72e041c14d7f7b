"""A weighted line through the trials: the regression below most tests of small-study effects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from equipoise.errors import ConvergenceError
from equipoise.kernels import regression
from equipoise.kernels.batches import Batch, Floats, single
from equipoise.kernels.intervals import Inference, infer
from equipoise.kernels.tau2 import BetweenStudy
from equipoise.stats.notes import Note
from equipoise.stats.small_studies._common import RegressionCi, no_spread

if TYPE_CHECKING:
    from equipoise.stats.results import MetaAnalysis

_REGRESSION_TAU2: Final[dict[str, str]] = {
    "REML": "REML", "ML": "ML", "DL": "DL", "PM": "PM", "EB": "PM", "DLIT": "PM", "SJIT": "PM",
    "fixed": "fixed",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """Slope and intercept with their errors, the slope's test and the intercept's interval.

    ``df`` is ``None`` for the normal distribution.
    """

    slope: float
    slope_se: float
    statistic: float
    df: float | None
    p: float
    intercept: float
    intercept_se: float
    intercept_low: float
    intercept_high: float


def fit_line(
    yi: Floats,
    vi: Floats,
    predictor: Floats,
    *,
    named: str,
    level: float,
    tau2: float = 0.0,
    how: RegressionCi = "hksj",
) -> Line:
    """Regress on a predictor with the weights ``1 / (vi + tau2)``.

    ``hksj`` at τ² = 0 is classical weighted least squares with k − 2 degrees of freedom, which is
    ``lm(yi ~ predictor, weights = 1 / vi)`` in R.

    Raises:
        MethodError: If the predictor, ``named`` in the message, is the same in all trials.
    """
    batch = single(yi, vi)
    design = regression.with_intercept(batch, predictor[None, :, None])
    fitted = regression.weighted_regression(batch, design, np.array([tau2]))
    if not fitted.full_rank[0]:
        raise no_spread(named)
    result = _infer(fitted, yi.size - 2, how, level)
    return Line(
        slope=float(fitted.coefficients[0, 1]),
        slope_se=float(result.se[1]),
        statistic=float(result.statistic[1]),
        df=None if np.isinf(result.df[1]) else float(result.df[1]),
        p=float(result.p[1]),
        intercept=float(fitted.coefficients[0, 0]),
        intercept_se=float(result.se[0]),
        intercept_low=float(result.low[0]),
        intercept_high=float(result.high[0]),
    )


def _infer(fitted: regression.Regression, df: int, how: RegressionCi, level: float) -> Inference:
    """Test both coefficients."""
    se = np.sqrt(np.diagonal(fitted.covariance[0]))
    if how.startswith("hksj"):
        factor = np.sqrt(fitted.q[0] / df)
        se = se * (max(1.0, factor) if how == "hksj-floor" else factor)
    degrees = np.full(2, np.inf if how == "wald" else float(df))
    return infer(fitted.coefficients[0], se, degrees, level)


def moment_tau2(yi: Floats, vi: Floats, predictor: Floats) -> float:
    """Estimate by moments the variance that a regression on ``predictor`` leaves."""
    batch = single(yi, vi)
    design = regression.with_intercept(batch, predictor[None, :, None])
    return float(np.nan_to_num(regression.dersimonian_laird(batch, design).tau2[0]))


def residual_tau2(
    fit: MetaAnalysis, batch: Batch, design: regression.Design
) -> tuple[float, str | None, tuple[Note, ...]]:
    """Estimate the variance left by a regression as the fit estimated τ².

    Raises:
        ConvergenceError: If the iteration fails.
    """
    if fit.methods.model == "common":
        return 0.0, None, ()
    method = _REGRESSION_TAU2.get(str(fit.methods.tau2), "REML")
    if method == "fixed":
        return float(fit.methods.tau2_value or 0.0), method, ()
    between = _estimators(method, batch, design)
    if not between.converged[0]:
        raise ConvergenceError(
            f"the residual tau2 by {method} did not converge; pool with tau2='DL'",
            diagnostics={"iterations": int(between.iterations[0])},
        )
    tau2 = float(np.nan_to_num(between.tau2[0]))
    if str(fit.methods.tau2) in _REGRESSION_TAU2:
        return tau2, method, ()
    text = f"the regression estimates tau2 by REML: {fit.methods.tau2} is for means only"
    return tau2, method, (Note("tau2-by-reml", text),)


def _estimators(method: str, batch: Batch, design: regression.Design) -> BetweenStudy:
    if method == "DL":
        return regression.dersimonian_laird(batch, design)
    if method == "PM":
        return regression.paule_mandel(batch, design)
    return regression.maximum_likelihood(batch, design, restricted=method == "REML")
