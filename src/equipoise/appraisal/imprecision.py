"""Imprecision: how many decision thresholds does the interval cross, and is there enough data?

References: Zeng L et al. GRADE guidance 34. J Clin Epidemiol 2022;150:216
(doi:10.1016/j.jclinepi.2022.07.014), minimally contextualised; Guyatt GH et al. GRADE guidelines 6.
J Clin Epidemiol 2011;64:1283 (doi:10.1016/j.jclinepi.2011.01.012).
"""

from __future__ import annotations

from equipoise.appraisal.evidence import Evidence
from equipoise.appraisal.inconsistency import crossings
from equipoise.appraisal.receipts import Inputs, Limits, propose
from equipoise.findings.model import CertaintyDomain
from equipoise.stats import optimal_information_size

APPRECIABLE_BENEFIT = 0.75
APPRECIABLE_HARM = 1.25
FAR_BELOW = 0.3
RELATIVE_REDUCTION = 0.25
RULE_OF_THUMB_PEOPLE = 400
ALPHA = 0.05
POWER = 0.8

_CI_LIMITS: Limits = {
    "ratio_appreciable_low": APPRECIABLE_BENEFIT,
    "ratio_appreciable_high": APPRECIABLE_HARM,
    "basis": "GRADE guidelines 6 (2011), rough guide",
}
_SIZE_LIMITS: Limits = {
    "alpha": ALPHA,
    "power": POWER,
    "relative_risk_reduction": RELATIVE_REDUCTION,
    "rule_of_thumb_people": RULE_OF_THUMB_PEOPLE,
    "very_serious_below_share_of_size": FAR_BELOW,
}


def appraise_imprecision(evidence: Evidence) -> CertaintyDomain:
    """Propose a rating from the confidence interval, then from the amount of data.

    With a minimal important difference: the interval crosses one of the two thresholds, serious;
    both, very serious. Without one, no difference is the threshold: crossed, serious; crossed by
    the interval of a ratio that also includes both 0.75 and 1.25, very serious. Where nothing is
    crossed the optimal information size is looked at: fewer people, serious; fewer than 30 % of it
    (a project default), very serious.
    """
    effect = evidence.estimate.effect
    crossed = crossings(effect.ci_low, effect.ci_high, evidence.thresholds)
    if not crossed:
        return _by_size(evidence)
    levels = len(crossed) if evidence.thresholds.mid is not None else _without_mid(evidence)
    inputs: Inputs = {
        "ci_low": effect.ci_low,
        "ci_high": effect.ci_high,
        "mid": evidence.thresholds.mid,
        "thresholds_crossed": len(crossed),
        "reason": "the confidence interval crosses a threshold that a decision hangs on",
    }
    return propose("imprecision", levels, "imprecision/thresholds-crossed", inputs, _CI_LIMITS)


def _without_mid(evidence: Evidence) -> int:
    effect = evidence.estimate.effect
    wide = effect.ci_low < APPRECIABLE_BENEFIT and effect.ci_high > APPRECIABLE_HARM
    return 2 if evidence.thresholds.ratio and wide else 1


def _by_size(evidence: Evidence) -> CertaintyDomain:
    needed, basis = _needed(evidence)
    inputs: Inputs = {
        "ci_low": evidence.estimate.effect.ci_low,
        "ci_high": evidence.estimate.effect.ci_high,
        "mid": evidence.thresholds.mid,
        "thresholds_crossed": 0,
        "people": evidence.participants,
        "people_needed": needed,
        "people_needed_basis": basis,
        "reason": "the confidence interval crosses no threshold; judged by the amount of data",
    }
    levels = _levels(evidence.participants, needed)
    return propose("imprecision", levels, "imprecision/information-size", inputs, _SIZE_LIMITS)


def _levels(people: int | None, needed: float) -> int | None:
    if people is None:
        return None
    if people >= needed:
        return 0
    return 1 if people >= FAR_BELOW * needed else 2


def _needed(evidence: Evidence) -> tuple[int, str]:
    """Compute how many people (both arms together) would be an adequate trial."""
    risk, mid, sd = evidence.control_risk, evidence.thresholds.mid, evidence.typical_sd
    if risk is not None and 0 < risk < 1:
        size = optimal_information_size(
            assumed_risk=risk, relative_risk_reduction=RELATIVE_REDUCTION, alpha=ALPHA, power=POWER
        )
        return size.total, "optimal information size for a relative risk reduction"
    spread = {"MD": sd, "SMD": 1.0}.get(evidence.thresholds.measure)
    if mid is None or spread is None:
        return RULE_OF_THUMB_PEOPLE, "rule of thumb"
    size = optimal_information_size(minimal_difference=mid, sd=spread, alpha=ALPHA, power=POWER)
    return size.total, "optimal information size for the minimal important difference"
