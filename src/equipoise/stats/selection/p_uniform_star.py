"""p-uniform*: the mean of differing effects, from significant trials and the others."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from equipoise.errors import DataError, MethodError
from equipoise.kernels.batches import single
from equipoise.kernels.distributions import chi2_critical, chi2_upper, normal_critical
from equipoise.kernels.inverse_variance import weighted_mean
from equipoise.kernels.selection.p_uniform_star import (
    Maximum,
    Truncated,
    best_mean,
    best_variance,
    maximise,
    profile_limits,
    terms,
)
from equipoise.kernels.tau2 import paule_mandel
from equipoise.stats import printing
from equipoise.stats.effects.effect_sizes import SCHEMA_VERSION
from equipoise.stats.notes import Note
from equipoise.stats.options import check_fraction
from equipoise.stats.selection import _common as common
from equipoise.stats.selection._common import Direction, Turned
from equipoise.stats.small_studies._common import FEW

if TYPE_CHECKING:
    from equipoise.stats.results import MetaAnalysis


@dataclass(frozen=True, slots=True, eq=False)
class PUniformStar:
    """Mean and τ² by p-uniform*, on the analysis scale, with profile-likelihood intervals.

    Likelihood-ratio tests: ``p_effect`` of no effect (two-sided), ``p_heterogeneity`` of τ² = 0,
    ``p_bias`` of the random-effects mean and τ² of all trials (Paule and Mandel's). ``score`` holds
    the derivatives of the log-likelihood at the estimates, zero but for rounding or, in τ², below
    zero where ``at_boundary``. ``None`` is a limit that does not exist.
    """

    fit: MetaAnalysis
    favours: Direction
    alpha: float
    level: float
    k: int
    k_significant: int
    estimate: float
    ci_low: float | None
    ci_high: float | None
    tau2: float
    tau2_low: float
    tau2_high: float | None
    p_effect: float
    p_heterogeneity: float
    p_bias: float
    log_likelihood: float
    score: tuple[float, float]
    at_boundary: bool
    iterations: int
    caution: tuple[Note, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return strict JSON data."""
        names = (
            "favours", "alpha", "level", "k", "k_significant", "estimate", "ci_low", "ci_high",
            "tau2", "tau2_low", "tau2_high", "p_effect", "p_heterogeneity", "p_bias",
            "log_likelihood", "at_boundary", "iterations",
        )  # fmt: skip
        return {
            "schema_version": SCHEMA_VERSION,
            "kind": "p-uniform-star",
            **{name: getattr(self, name) for name in names},
            "score": list(self.score),
            "caution": [note.to_dict() for note in self.caution],
        }

    def __str__(self) -> str:
        low = -math.inf if self.ci_low is None else self.ci_low
        high = math.inf if self.ci_high is None else self.ci_high
        result = common.shown(self.fit.effects, self.estimate, low, high)
        digits = printing.decimals(self.tau2)
        ends = (self.tau2_low, math.inf if self.tau2_high is None else self.tau2_high)
        tau2 = printing.interval(*(printing.number(value, digits) for value in ends))
        name = printing.short_name(self.fit.effects)
        between = f"τ² = {printing.number(self.tau2, digits)} ({tau2})"
        lines = [
            f"p-uniform* of {self.k} trials, {self.k_significant} of them significant "
            + common.direction_words(self.fit, self.favours),
            f"  {name}: {result}; test of no effect: {printing.p_value(self.p_effect)}",
            f"  Heterogeneity: {between}, {printing.p_value(self.p_heterogeneity)}",
            f"  Test against the random-effects mean: {printing.p_value(self.p_bias)}",
        ]
        return "\n".join([*lines, *common.caution_lines(self.caution)])


def p_uniform_star(
    fit: MetaAnalysis, *, favours: Direction | None = None, alpha: float = 0.05
) -> PUniformStar:
    r"""Estimate mean and τ², allowing significant trials and the others to be published unequally.

    Each estimate enters with its density given that it is significant in the favoured direction, or
    given that it is not; how often either kind is published does not matter. Mean and τ² maximise
    that likelihood, here exactly: for each τ² it is concave in the mean, and along τ² all maxima and
    the boundary are compared. R searches a bounded range and stops at a tolerance.
    Intervals and tests compare likelihoods; the test of τ² = 0 takes one degree of freedom, as R
    does, and is cautious.

    The R call is ``puniform::puni_star(yi = , vi = , side = , method = "ML")``. Van Aert and van
    Assen 2021, doi:10.31222/osf.io/zqjr9.

    Args:
        fit: The meta-analysis; its confidence level is used.
        favours: The favoured sign on the analysis scale; the pooled estimate's unless told.
        alpha: The two-sided level at which a trial counts as significant.

    Raises:
        DataError: If there are fewer than three trials.
        MethodError: For measures without a value of no effect; where the likelihood has no
            maximum, as can be if all trials are significant, or none is.
    """
    turned = common.turned(fit, favours, "p-uniform*")
    check_fraction("alpha", alpha)
    trials = _truncated(turned, alpha)
    top = maximise(trials)
    if not top.bounded:
        raise _no_maximum(trials)
    level = fit.methods.level
    critical = float(chi2_critical(1.0 - level, np.ones(1))[0])
    low, high, tau2_low, tau2_high = profile_limits(trials, top, critical)
    if turned.sign < 0.0:
        low, high = -high, -low
    p_effect, p_heterogeneity, p_bias = _tests(trials, top, turned)
    return PUniformStar(
        fit=fit,
        favours=turned.favours,
        alpha=alpha,
        level=level,
        k=turned.yi.size,
        k_significant=int(trials.above.sum()),
        estimate=turned.sign * top.mu,
        ci_low=common.plain(low),
        ci_high=common.plain(high),
        tau2=top.tau2,
        tau2_low=tau2_low,
        tau2_high=common.plain(tau2_high),
        p_effect=p_effect,
        p_heterogeneity=p_heterogeneity,
        p_bias=p_bias,
        log_likelihood=top.log_likelihood,
        score=top.score,
        at_boundary=top.at_boundary,
        iterations=top.iterations,
        caution=_cautions(trials),
    )


def _truncated(turned: Turned, alpha: float) -> Truncated:
    critical = normal_critical(1.0 - alpha) * np.sqrt(turned.vi)
    above = turned.yi > critical
    if np.unique(turned.yi).size == 1:
        raise DataError(
            "all estimates are equal, so that their likelihood has no finite curvature to go by",
            rule="estimates that differ",
        )
    return Truncated(turned.yi, turned.vi, critical, above)


def _tests(trials: Truncated, top: Maximum, turned: Turned) -> tuple[float, float, float]:
    """Return the p-values of no effect, of no heterogeneity, and of no publication bias."""
    null = float(best_variance(trials, 0.0)[1].value[0])
    zero = np.zeros(1)
    alike = float(terms(trials, best_mean(trials, zero).x, zero).value[0])
    batch = single(turned.yi, turned.vi)
    tau2 = paule_mandel(batch).tau2
    usual = float(terms(trials, weighted_mean(batch, tau2).estimate, tau2).value[0])
    falls = np.maximum(2.0 * (top.log_likelihood - np.array([null, alike, usual])), 0.0)
    p = chi2_upper(falls, np.array([1.0, 1.0, 2.0]))
    return float(p[0]), float(p[1]), float(p[2])


def _no_maximum(trials: Truncated) -> MethodError:
    which = "significant" if trials.above.all() else "of one kind"
    return MethodError(
        "the likelihood of p-uniform* keeps rising with the variance: there is no estimate (all "
        f"trials may be {which}); use p_uniform, or worst_case_bias",
        spec="p_uniform_star",
        reason="no maximum",
    )


def _cautions(trials: Truncated) -> tuple[Note, ...]:
    notes = []
    k, significant = trials.above.size, int(trials.above.sum())
    if k < FEW:
        text = (
            f"{k} trials: with fewer than {FEW}, two kinds of trials are too few to estimate from"
        )
        notes.append(Note("few-trials", text))
    if significant in {0, k}:
        kind = "significant" if significant else "not significant"
        text = f"all trials are {kind}: mean and τ² can hardly be told apart"
        notes.append(Note("one-kind-of-trial", text))
    text = "trials are tested by z: their own tests may have given other p-values"
    notes.append(Note("tested-by-z", text))
    return tuple(notes)
