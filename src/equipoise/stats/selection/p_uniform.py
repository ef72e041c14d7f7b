"""p-uniform: the effect that makes the significant p-values what chance would make them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import special

from equipoise.errors import DataError
from equipoise.kernels.batches import Floats, single
from equipoise.kernels.distributions import normal_critical
from equipoise.kernels.inverse_variance import weighted_mean
from equipoise.kernels.selection.p_uniform import (
    STATISTICS,
    Significant,
    Statistic,
    log_conditional,
    solve,
)
from equipoise.stats import printing
from equipoise.stats.effects.effect_sizes import SCHEMA_VERSION
from equipoise.stats.notes import Note
from equipoise.stats.options import check_fraction, check_word
from equipoise.stats.selection import _common as common
from equipoise.stats.selection._common import Direction, PUniformMethod, Turned

if TYPE_CHECKING:
    from equipoise.stats.results import MetaAnalysis


@dataclass(frozen=True, slots=True, eq=False)
class PUniform:
    """The effect by p-uniform, on the analysis scale, with the common effect beside it.

    ``p_effect`` tests no effect in the favoured direction and ``p_bias`` that the common effect of
    all trials is too large, both one-sided. ``last_step`` bounds the error of the estimate.
    """

    fit: MetaAnalysis
    method: PUniformMethod
    favours: Direction
    alpha: float
    level: float
    k: int
    k_significant: int
    estimate: float
    ci_low: float
    ci_high: float
    p_effect: float
    p_bias: float
    common_effect: float
    iterations: int
    last_step: float
    caution: tuple[Note, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return strict JSON data."""
        names = (
            "method", "favours", "alpha", "level", "k", "k_significant", "estimate", "ci_low",
            "ci_high", "p_effect", "p_bias", "common_effect", "iterations", "last_step",
        )  # fmt: skip
        return {
            "schema_version": SCHEMA_VERSION,
            "kind": "p-uniform",
            **{name: getattr(self, name) for name in names},
            "caution": [note.to_dict() for note in self.caution],
        }

    def __str__(self) -> str:
        effects = self.fit.effects
        result = common.shown(effects, self.estimate, self.ci_low, self.ci_high)
        side = common.direction_words(self.fit, self.favours)
        of = f"{self.k_significant} significant results {side}, of {self.k} trials"
        test = f"test of no effect: {printing.p_value(self.p_effect)}"
        bias = f"the common effect of all trials is too large: {printing.p_value(self.p_bias)}"
        lines = [
            f"p-uniform ({self.method}) of {of}",
            f"  {printing.short_name(effects)}: {result}; {test}",
            f"  Test that {bias}",
        ]
        return "\n".join([*lines, *common.caution_lines(self.caution)])


def p_uniform(
    fit: MetaAnalysis,
    method: PUniformMethod = "P",
    *,
    favours: Direction | None = None,
    alpha: float = 0.05,
) -> PUniform:
    r"""Estimate one true effect from the trials significant in the favoured direction.

    Each significant estimate has a chance to be as large as observed, given that it is significant
    and given the effect; at the true effect these chances are uniform. ``P`` finds the effect at
    which their sum is half their number, ``LNP`` the one at which minus the sum of their logarithms
    is their number. Limits put the statistic on its quantiles; the tests are at no effect and at the
    common effect of all trials. Limits and tests by ``P`` are those of the exact distribution of a sum
    of uniform variables (R's tests take the normal one, and so do its limits beyond 100 trials).

    The R call is ``puniform::puniform(yi = , vi = , side = , method = )``, whose side is that of the
    significant estimates. Van Assen, van Aert and Wicherts 2015, doi:10.1037/met0000025; van Aert,
    Wicherts and van Assen 2016, doi:10.1177/1745691616650874.

    Args:
        fit: The meta-analysis; its confidence level is used.
        method: ``P`` or ``LNP``.
        favours: The favoured sign on the analysis scale; the pooled estimate's unless told.
        alpha: The two-sided level at which a trial counts as significant.

    Raises:
        DataError: If there are fewer than three trials, or none is significant.
        MethodError: For measures without a value of no effect; for options that do not exist.
        ConvergenceError: If all significant estimates lie on their critical values.
    """
    check_word("method", method, common.ALLOWED["method"])
    trials = common.turned(fit, favours, "p-uniform")
    check_fraction("alpha", alpha)
    significant, statistic = _significant(trials, alpha), STATISTICS[method]
    k, level = significant.yi.size, fit.methods.level
    tails = ((1.0 - level) / 2.0, (1.0 + level) / 2.0)
    limits = sorted(
        float(solve(significant, statistic, statistic.quantile(tail, k)).x[0]) for tail in tails
    )
    roots = solve(significant, statistic, statistic.centre(k))
    average = float(weighted_mean(single(trials.yi, trials.vi), np.zeros(1)).estimate[0])
    at_null, at_common = (
        _chance_of_less(significant, statistic, value) for value in (0.0, average)
    )
    low, high = limits if trials.sign > 0.0 else (-limits[1], -limits[0])
    return PUniform(
        fit=fit,
        method=method,
        favours=trials.favours,
        alpha=alpha,
        level=level,
        k=trials.yi.size,
        k_significant=k,
        estimate=trials.sign * float(roots.x[0]),
        ci_low=low,
        ci_high=high,
        p_effect=at_null[0],
        p_bias=at_common[1],
        common_effect=trials.sign * average,
        iterations=int(roots.iterations[0]),
        last_step=float(roots.last_step[0]),
        caution=_cautions(fit, significant, alpha),
    )


def _significant(trials: Turned, alpha: float) -> Significant:
    critical, sei = normal_critical(1.0 - alpha), np.sqrt(trials.vi)
    inside = trials.z > critical
    if not inside.any():
        raise DataError(
            f"no trial is significant in the favoured direction ({trials.favours}), so that "
            "p-uniform has nothing to go on; p_uniform_star uses the others too",
            rule="a significant trial",
        )
    return Significant(trials.yi[inside], sei[inside], critical * sei[inside])


def _chance_of_less(trials: Significant, statistic: Statistic, mu: float) -> tuple[float, float]:
    """Return the chances of estimates as large, and as small, as these if the effect is ``mu``."""
    log_q: Floats = log_conditional(trials, mu)[0]
    value, k = statistic.of(log_q)[0], log_q.size
    if statistic.rising:
        return statistic.below(value, k), statistic.below(k - value, k)
    return float(special.gammaincc(k, value)), statistic.below(value, k)


def _cautions(fit: MetaAnalysis, trials: Significant, alpha: float) -> tuple[Note, ...]:
    notes = list(
        common.heterogeneous(fit, "p-uniform supposes one true effect and overestimates the mean")
    )
    one_sided = special.ndtr(-trials.yi / trials.sei)
    if float(np.mean(one_sided)) > alpha / 4.0:
        text = (
            f"the average p-value of the significant trials is above {alpha / 2.0:g}: the estimate "
            "is below no effect, and its authors advise to take it as none"
        )
        notes.append(Note("p-values-high", text))
    text = "trials are tested by z: their own tests may have given other p-values"
    notes.append(Note("tested-by-z", text))
    return tuple(notes)
