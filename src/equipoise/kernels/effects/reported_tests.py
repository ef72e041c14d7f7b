"""From what papers print about a comparison (t, F, p, an interval, r) to its size and error."""

from __future__ import annotations

import numpy as np
from scipy import special

from equipoise.kernels.batches import Floats
from equipoise.kernels.effects.two_means import hedges_correction


def two_sided_quantile(p: Floats, df: Floats) -> Floats:
    """Return the size of the statistic with two-sided p-value ``p``.

    Student's with ``df`` degrees of freedom, the normal one where ``df`` is ``nan``. The R calls are
    ``qt(p / 2, df, lower.tail = FALSE)`` and ``qnorm(p / 2, lower.tail = FALSE)``.
    """
    student = -special.stdtrit(np.where(np.isnan(df), 1.0, df), p / 2.0)
    return np.asarray(np.where(np.isnan(df), -special.ndtri(p / 2.0), student), dtype=np.float64)


def error_from_interval(low: Floats, high: Floats, level: float, df: Floats) -> Floats:
    """Return the standard error behind a confidence interval: its width over twice the quantile.

    Cochrane Handbook 6.3.1 and 6.5.2.3; ``df`` as in `two_sided_quantile`.
    """
    alpha = np.full(low.shape, 1.0 - level)
    return (high - low) / (2.0 * two_sided_quantile(alpha, df))


def error_from_statistic(estimate: Floats, statistic: Floats) -> Floats:
    """Return |estimate / statistic|, ``nan`` where either is zero: then it says nothing of the error.

    Cochrane Handbook 6.3.2 and 6.5.2.3.
    """
    informative = (statistic != 0.0) & (estimate != 0.0)
    return np.abs(estimate / np.where(informative, statistic, np.nan))


def sd_from_mean_error(se: Floats, n: Floats) -> Floats:
    """Return the standard deviation behind a mean's standard error, se √n; Handbook 6.5.2.2."""
    return se * np.sqrt(n)


def sd_from_difference_error(se: Floats, n_1: Floats, n_2: Floats) -> Floats:
    """Return the standard deviation shared by two groups, se / √(1/n₁ + 1/n₂); Handbook 6.5.2.3."""
    return se / np.sqrt(1.0 / n_1 + 1.0 / n_2)


def difference_from_t(t: Floats, n_1: Floats, n_2: Floats) -> Floats:
    """Return d = t √(1/n₁ + 1/n₂), exactly Cohen's d of a t-test with the pooled variance."""
    return t * np.sqrt(1.0 / n_1 + 1.0 / n_2)


def difference_from_correlation(r: Floats, n_1: Floats, n_2: Floats) -> Floats:
    """Return d = r √h / √(1 − r²), h = (N − 2)(1/n₁ + 1/n₂): the point-biserial r turned round."""
    h = (n_1 + n_2 - 2.0) * (1.0 / n_1 + 1.0 / n_2)
    with np.errstate(divide="ignore", invalid="ignore"):
        return r * np.sqrt(h) / np.sqrt((1.0 - r) * (1.0 + r))


def difference_from_corrected(g: Floats, n_1: Floats, n_2: Floats) -> Floats:
    """Return d = g / J(n₁ + n₂ − 2), Hedges' correction undone."""
    return g / hedges_correction(n_1 + n_2 - 2.0)


def correlation_from_t(t: Floats, df: Floats) -> Floats:
    """Return r = t / √(t² + df): the correlation, or partial correlation, that a t tests."""
    return t / np.hypot(t, np.sqrt(np.where(df > 0.0, df, np.nan)))


def semi_partial_from_t(t: Floats, df: Floats, r_squared: Floats) -> Floats:
    """Return r = t √((1 − R²) / df), the semi-partial correlation that a regression's t tests."""
    return t * np.sqrt((1.0 - r_squared) / np.where(df > 0.0, df, np.nan))


def determination_from_f(f: Floats, predictors: Floats, df: Floats) -> Floats:
    """Return R² = m F / (m F + df) of a regression with m predictors."""
    explained = predictors * f
    return explained / (explained + np.where(df > 0.0, df, np.nan))


def log_rank_score(z: Floats, variance: Floats) -> Floats:
    """Return O − E = z √V of a log-rank test; Parmar, Torri and Stewart 1998.

    doi:10.1002/(SICI)1097-0258(19981230)17:24<2815::AID-SIM110>3.0.CO;2-8. Tierney and others 2007,
    doi:10.1186/1745-6215-8-16, walk through it.
    """
    return z * np.sqrt(variance)
