"""From a pooled estimate to its test, confidence interval, and prediction interval."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from equipoise.kernels.batches import Floats
from equipoise.kernels.distributions import (
    normal_critical,
    normal_two_sided,
    t_critical,
    t_two_sided,
)


@dataclass(frozen=True, slots=True, eq=False)
class Inference:
    """Tests and intervals of a batch, shape ``(B,)``; ``df`` is infinite for the normal."""

    se: Floats
    statistic: Floats
    df: Floats
    p: Floats
    low: Floats
    high: Floats


def critical(level: float, df: Floats) -> Floats:
    """Return two-sided critical values; infinite ``df`` is the normal distribution."""
    normal = np.isinf(df)
    if normal.all():
        return np.full(normal.shape, normal_critical(level))
    values = t_critical(level, np.where(normal, 1.0, df))
    return np.asarray(np.where(normal, normal_critical(level), values), dtype=np.float64)


def infer(estimate: Floats, se: Floats, df: Floats, level: float) -> Inference:
    """Test ``estimate`` against zero and give its interval, by t with ``df`` or by the normal."""
    with np.errstate(invalid="ignore", divide="ignore"):
        statistic = estimate / se
    half = critical(level, df) * se
    return Inference(se, statistic, df, _two_sided(statistic, df), estimate - half, estimate + half)


def _two_sided(statistic: Floats, df: Floats) -> Floats:
    normal = np.isinf(df)
    p = normal_two_sided(statistic)
    if normal.all():
        return p
    return np.where(normal, p, t_two_sided(statistic, np.where(normal, 1.0, df)))


def wider(one: Inference, other: Inference) -> Inference:
    """Take of each row whichever interval is wider, with its test (``one`` where they are alike)."""
    keep = one.high - one.low >= other.high - other.low
    names = ("se", "statistic", "df", "p", "low", "high")
    return Inference(*(np.where(keep, getattr(one, name), getattr(other, name)) for name in names))


def hartung_knapp(se: Floats, q: Floats, k: Floats, *, floor: bool) -> Floats:
    r"""Return the Hartung-Knapp-Sidik-Jonkman standard error.

    The classic one times :math:`\sqrt{Q / (k-1)}`, Q the weighted sum of squared residuals at the
    random-effects weights. ``floor`` keeps the factor from falling below one (metafor's
    ``test = "adhoc"``). Hartung and Knapp 2001, doi:10.1002/sim.1009; Sidik and Jonkman 2002,
    doi:10.1002/sim.1262; Knapp and Hartung 2003, doi:10.1002/sim.1482.
    """
    factor = q / np.maximum(k - 1.0, 1.0)
    if floor:
        factor = np.maximum(factor, 1.0)
    return np.asarray(se * np.sqrt(factor), dtype=np.float64)


def upper_tail(distance: Floats, spread: Floats, df: Floats) -> Floats:
    """Return P(X > distance) for X = spread · t with ``df``, normal where that is infinite.

    Without spread X is zero: one below it, zero above, ``nan`` at it. Computed in the far tail.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        x = -distance / spread
    normal = np.isinf(df)
    positive = ~normal & (df > 0.0)
    by_t = np.where(positive, special.stdtr(np.where(positive, df, 1.0), x), np.nan)
    return np.asarray(np.where(normal, special.ndtr(x), by_t), dtype=np.float64)


def prediction(
    estimate: Floats, se: Floats, tau2: Floats, df: Floats, level: float
) -> tuple[Floats, Floats]:
    r"""Return where the true effect of a new study lies: estimate ± critical · √(se² + τ²).

    Higgins, Thompson and Spiegelhalter 2009, doi:10.1111/j.1467-985X.2008.00552.x. ``nan`` where
    ``df`` is not positive.
    """
    half = critical(level, df) * np.sqrt(se**2 + tau2)
    return estimate - half, estimate + half
