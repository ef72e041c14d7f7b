"""Inconsistency: do the trials point to different conclusions, beyond what chance explains?

The rule follows the aim of GRADE guidance 36 (Guyatt et al., J Clin Epidemiol 2023;
doi:10.1016/j.jclinepi.2023.03.003): what matters is whether results lie on different sides of the
thresholds that a decision hangs on. I² is reported and does not decide. The cut-offs are project
defaults.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from equipoise.appraisal.evidence import Evidence
from equipoise.appraisal.receipts import Inputs, Limits, propose
from equipoise.appraisal.thresholds import Thresholds
from equipoise.findings import CertaintyDomain, Estimate

SERIOUS_FROM = 25.0
VERY_SERIOUS_FROM = 50.0

_LIMITS: Limits = {
    "serious_from_percent_of_weight_elsewhere": SERIOUS_FROM,
    "very_serious_from_percent_of_weight_elsewhere": VERY_SERIOUS_FROM,
}


def appraise_inconsistency(evidence: Evidence) -> CertaintyDomain:
    """Propose a rating from the weight of trials across a threshold from the pooled estimate.

    Thresholds are the minimal important differences in both directions, or no difference where
    none is set. Where the trials vary no more than chance explains (tau² = 0, or Q at most its
    degrees of freedom under a common-effect model), the domain is not serious. Otherwise 25 % of
    the weight across a threshold is serious and 50 % very serious; a prediction interval that
    crosses a threshold the confidence interval does not cross is at least serious.
    """
    if evidence.estimate.k == 1:
        inputs: Inputs = {"trials": 1, "reason": "one trial cannot be inconsistent with itself"}
        return propose("inconsistency", 0, "inconsistency/single-trial", inputs)
    share = _weight_elsewhere(evidence)
    crossed = _crossed_by_prediction_only(evidence.estimate, evidence.thresholds)
    chance = _no_more_than_chance(evidence.estimate)
    heterogeneity = evidence.estimate.heterogeneity
    inputs = {
        "trials": evidence.estimate.k,
        "weight_elsewhere_percent": share,
        "thresholds_crossed_by_prediction_interval_only": crossed,
        "tau2": heterogeneity.tau2,
        "i2_percent": heterogeneity.i2,
        "reason": _reason(chance=chance, crossed=crossed),
    }
    levels = 0 if chance else _levels(share, crossed)
    return propose("inconsistency", levels, "inconsistency/across-thresholds", inputs, _LIMITS)


def _levels(share: float, crossed: int | None) -> int:
    if share >= VERY_SERIOUS_FROM:
        return 2
    return 1 if share >= SERIOUS_FROM or crossed else 0


def _weight_elsewhere(evidence: Evidence) -> float:
    """Add up the weight of trials whose estimate lies in another zone than the pooled one."""
    here = _zone(evidence.estimate.effect.estimate, evidence.thresholds)
    return math.fsum(
        weighed.weight
        for weighed in evidence.trials
        if _zone(weighed.effect.estimate, evidence.thresholds) != here
    )


def _zone(effect: float, thresholds: Thresholds) -> int:
    value = thresholds.on_mid_scale(effect)
    return sum(value >= line for line in thresholds.lines)


def _crossed_by_prediction_only(estimate: Estimate, thresholds: Thresholds) -> int | None:
    if estimate.pi_low is None or estimate.pi_high is None:
        return None
    confidence = crossings(estimate.effect.ci_low, estimate.effect.ci_high, thresholds)
    prediction = crossings(estimate.pi_low, estimate.pi_high, thresholds)
    return len(set(prediction) - set(confidence))


def crossings(low: float, high: float, thresholds: Thresholds) -> Sequence[float]:
    """List the thresholds strictly inside an interval (display scale)."""
    worst, best = thresholds.oriented(low, high)
    return [line for line in thresholds.lines if worst < line < best]


def _no_more_than_chance(estimate: Estimate) -> bool:
    heterogeneity = estimate.heterogeneity
    if heterogeneity.tau2 is not None:
        return heterogeneity.tau2 == 0
    q, df = heterogeneity.q, heterogeneity.q_df
    return q is not None and df is not None and q <= df


def _reason(*, chance: bool, crossed: int | None) -> str:
    if chance:
        return "the trials vary no more than chance explains"
    if crossed is None:
        return "judged by the trials' estimates alone; the methods give no prediction interval"
    return "judged by the trials' estimates and the prediction interval"
