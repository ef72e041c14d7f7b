r"""p-uniform: one effect, estimated from significant trials alone.

At the true effect :math:`\mu`, the chance that a significant estimate is as large as observed, or
larger, :math:`q_i = \Phi(-(y_i - \mu)/s_i) / \Phi(-(c_i - \mu)/s_i)`, is uniform. All :math:`q_i`
rise with :math:`\mu`, so that every statistic made of them has one root.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import special

from equipoise.errors import ConvergenceError
from equipoise.kernels.batches import Floats, Ints
from equipoise.kernels.roots import Roots, safeguarded_newton
from equipoise.kernels.selection.irwin_hall import irwin_hall_cdf, irwin_hall_quantile

_DOUBLINGS = 200


@dataclass(frozen=True, slots=True, eq=False)
class Significant:
    """Significant estimates ``yi``, standard errors and critical values, all turned positive."""

    yi: Floats
    sei: Floats
    critical: Floats


@dataclass(frozen=True, slots=True)
class Statistic:
    """A statistic of the conditional chances: its value, its chance below it, its quantiles.

    ``rising`` says whether it rises with the effect.
    """

    of: Callable[[Floats], tuple[float, Floats]]
    below: Callable[[float, int], float]
    quantile: Callable[[float, int], float]
    centre: Callable[[int], float]
    rising: bool


def log_conditional(trials: Significant, mu: float) -> tuple[Floats, Floats]:
    """Return the logs of the conditional chances and their derivatives in the effect."""
    a, b = (trials.yi - mu) / trials.sei, (trials.critical - mu) / trials.sei
    log_q = np.minimum(special.log_ndtr(-a) - special.log_ndtr(-b), 0.0)
    return np.asarray(log_q), np.asarray((hazard(a) - hazard(b)) / trials.sei)


def hazard(x: Floats) -> Floats:
    """Return the normal density over its upper tail."""
    # The scaled complementary error function keeps its digits where density and tail both vanish.
    scaled = special.erfcx(x / np.sqrt(2.0))
    return np.asarray(np.sqrt(2.0 / np.pi) / scaled, dtype=np.float64)


def solve(trials: Significant, statistic: Statistic, goal: float) -> Roots:
    """Find the effect at which a statistic has the value ``goal``, to machine precision."""
    sign = 1.0 if statistic.rising else -1.0

    def function(mu: Floats, _index: Ints) -> tuple[Floats, Floats]:
        log_q, slope = log_conditional(trials, float(mu[0]))
        value, weight = statistic.of(log_q)
        gap, rise = sign * (goal - value), sign * float((weight * slope).sum())
        return np.array([gap]), np.array([gap / rise if rise > 0.0 else np.inf])

    low, high = _bracket(
        lambda mu: float(function(np.array([mu]), np.zeros(1, np.intp))[0][0]), trials
    )
    start = np.array([0.5 * (low + high)])
    scale = np.array([float(trials.sei.min())])
    return safeguarded_newton(function, np.array([low]), np.array([high]), start=start, scale=scale)


def _bracket(gap: Callable[[float], float], trials: Significant) -> tuple[float, float]:
    """Widen an interval around the estimates until the root is inside."""
    width = float(trials.sei.max())
    low, high = float(trials.yi.min()) - width, float(trials.yi.max()) + width
    for _ in range(_DOUBLINGS):
        below, above = gap(low) >= 0.0, gap(high) <= 0.0
        if below and above:
            return low, high
        width *= 2.0
        low, high = (low if below else low - width), (high if above else high + width)
    raise ConvergenceError(
        "the effect by p-uniform is beyond all bounds: the significant estimates lie on their "
        "critical values; report that no estimate exists",
        diagnostics={"low": low, "high": high},
    )


def _sum(log_q: Floats) -> tuple[float, Floats]:
    q = np.exp(log_q)
    return float(q.sum()), q


def _fisher(log_q: Floats) -> tuple[float, Floats]:
    return float(-log_q.sum()), -np.ones(log_q.size)


STATISTICS = {
    "P": Statistic(_sum, irwin_hall_cdf, irwin_hall_quantile, lambda k: 0.5 * k, rising=True),
    "LNP": Statistic(
        _fisher,
        lambda value, k: float(special.gammainc(k, value)),
        lambda tail, k: float(special.gammaincinv(k, tail)),
        float,
        rising=False,
    ),
}
"""``P`` sums the chances (Irwin-Hall), ``LNP`` minus their logarithms (Fisher's; gamma)."""
