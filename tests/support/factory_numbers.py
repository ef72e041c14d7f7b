"""Short textbook formulas behind the example findings.

They exist so that the example's numbers agree with each other (intervals contain estimates,
weights sum to 100, verdicts follow from intervals). They are not the engine: tests of statistics
use ``equipoise.stats``, not this module.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from scipy.special import chdtrc, ndtr, ndtri, stdtr, stdtrit

Z95 = float(ndtri(0.975))


@dataclass(frozen=True, slots=True)
class Pooled:
    """A pooled estimate on the analysis scale."""

    estimate: float
    se: float
    ci_low: float
    ci_high: float
    df: float | None
    p: float
    tau2: float
    q: float
    q_df: int
    q_p: float
    pi_low: float | None
    pi_high: float | None
    weights: tuple[float, ...]


def mean_difference(*numbers: float) -> tuple[float, float]:
    """Difference in means and its variance, from people, mean and SD of one arm, then the other."""
    n_1, mean_1, sd_1, n_2, mean_2, sd_2 = numbers
    return mean_1 - mean_2, sd_1**2 / n_1 + sd_2**2 / n_2


def log_risk_ratio(events_1: float, n_1: float, events_2: float, n_2: float) -> tuple[float, float]:
    """Log risk ratio and its variance; one half is added to each cell if an arm has no events."""
    add = 0.5 if min(events_1, events_2) == 0 else 0.0
    a, b, m, n = events_1 + add, events_2 + add, n_1 + 2 * add, n_2 + 2 * add
    return math.log(a / m) - math.log(b / n), 1 / a - 1 / m + 1 / b - 1 / n


def tau2_of(yi: Sequence[float], vi: Sequence[float], method: str) -> float:
    """DerSimonian-Laird, or REML by repeated substitution."""
    weights = [1 / v for v in vi]
    mean = _mean(yi, weights)
    q = sum(w * (y - mean) ** 2 for w, y in zip(weights, yi, strict=True))
    spread = sum(weights) - sum(w**2 for w in weights) / sum(weights)
    tau2 = max(0.0, (q - (len(yi) - 1)) / spread)
    if method == "DL":
        return tau2
    for _ in range(500):
        weights = [1 / (v + tau2) for v in vi]
        mean = _mean(yi, weights)
        squares = sum(w**2 * ((y - mean) ** 2 - v) for w, y, v in zip(weights, yi, vi, strict=True))
        tau2 = max(0.0, squares / sum(w**2 for w in weights) + 1 / sum(weights))
    return tau2


def pool(yi: Sequence[float], vi: Sequence[float], *, tau2: str | None, ci: str) -> Pooled:
    """Pool by inverse variance: ``tau2`` None is the common-effect model; ``ci`` wald or hksj."""
    k = len(yi)
    between = tau2_of(yi, vi, tau2) if tau2 and k > 1 else 0.0
    weights = [1 / (v + between) for v in vi]
    estimate = _mean(yi, weights)
    se = math.sqrt(1 / sum(weights))
    df: float | None = None
    if ci == "hksj" and k > 1:
        squares = sum(w * (y - estimate) ** 2 for w, y in zip(weights, yi, strict=True))
        se, df = se * math.sqrt(squares / (k - 1)), float(k - 1)
    quantile = Z95 if df is None else float(stdtrit(df, 0.975))
    statistic = abs(estimate / se)
    p = 2 * float(ndtr(-statistic)) if df is None else 2 * float(stdtr(df, -statistic))
    q = _cochran_q(yi, vi)
    reach = quantile * math.sqrt(se**2 + between)
    has_pi = df is not None
    return Pooled(
        estimate=estimate,
        se=se,
        ci_low=estimate - quantile * se,
        ci_high=estimate + quantile * se,
        df=df,
        p=p,
        tau2=between,
        q=q,
        q_df=k - 1,
        q_p=float(chdtrc(k - 1, q)) if k > 1 else 1.0,
        pi_low=estimate - reach if has_pi else None,
        pi_high=estimate + reach if has_pi else None,
        weights=tuple(100 * w / sum(weights) for w in weights),
    )


def _mean(yi: Sequence[float], weights: Sequence[float]) -> float:
    return sum(w * y for w, y in zip(weights, yi, strict=True)) / sum(weights)


def _cochran_q(yi: Sequence[float], vi: Sequence[float]) -> float:
    weights = [1 / v for v in vi]
    mean = _mean(yi, weights)
    return sum(w * (y - mean) ** 2 for w, y in zip(weights, yi, strict=True))
