"""Imprecision: how many decision thresholds does the interval cross, and is there enough data?

References: Zeng L et al. GRADE guidance 34. J Clin Epidemiol 2022;150:216
(doi:10.1016/j.jclinepi.2022.07.014), minimally contextualised; Guyatt GH et al. GRADE guidelines 6.
J Clin Epidemiol 2011;64:1283 (doi:10.1016/j.jclinepi.2011.01.012).
"""

from __future__ import annotations

from equipoise.appraisal.evidence import Evidence
from equipoise.appraisal.inconsistency import crossings
from equipoise.appraisal.receipts import PROJECT_DEFAULT, Inputs, Limits, propose
from equipoise.findings import CertaintyDomain
from equipoise.stats import optimal_information_size

APPRECIABLE_BENEFIT = 0.75
APPRECIABLE_HARM = 1.25
FAR_BELOW = 0.3
RELATIVE_REDUCTION = 0.25
RULE_OF_THUMB_PEOPLE = 400
ALPHA = 0.05
POWER = 0.8

_LIMITS: Limits = {
    "ratio_appreciable_low": APPRECIABLE_BENEFIT,
    "ratio_appreciable_high": APPRECIABLE_HARM,
    "alpha": ALPHA,
    "power": POWER,
    "relative_risk_reduction": RELATIVE_REDUCTION,
    "rule_of_thumb_people": RULE_OF_THUMB_PEOPLE,
    "very_serious_below_share_of_size": FAR_BELOW,
    "basis": f"ratios: GRADE guidelines 6 (2011), rough guide; otherwise {PROJECT_DEFAULT}",
}


def appraise_imprecision(evidence: Evidence) -> CertaintyDomain:
    """Propose the worse of two ratings: by the confidence interval and by the amount of data.

    *By thresholds*. With a minimal important difference: the interval crosses one of the two
    thresholds, serious; both, very serious. Without one, no difference is the threshold: crossed,
    serious; crossed by the interval of a ratio that also includes both 0.75 and 1.25, very serious.

    *By information size*. Fewer people than the optimal information size, serious; fewer than 30 %
    of it (a project default), very serious. Where not everybody's number is known this part is not
    judged, unless those known are enough; then an interval that crosses nothing leaves the domain
    not judged, because precision has not been shown.

    Both ratings are always looked at, so that a wider interval or fewer people never rate better.
    """
    effect = evidence.estimate.effect
    crossed = len(crossings(effect.ci_low, effect.ci_high, evidence.thresholds))
    needed, basis = _needed(evidence)
    by_thresholds = _by_thresholds(evidence, crossed)
    by_size = _by_size(evidence, needed)
    inputs: Inputs = {
        "ci_low": effect.ci_low,
        "ci_high": effect.ci_high,
        "mid": evidence.thresholds.mid,
        "thresholds_crossed": crossed,
        "levels_by_thresholds": by_thresholds,
        "people": evidence.participants,
        "people_needed": needed,
        "people_needed_basis": basis,
        "levels_by_information_size": by_size,
        "reason": f"{_interval_reason(crossed)}; {_size_reason(evidence, by_size)}",
    }
    levels = _worse(by_thresholds, by_size)
    return propose("imprecision", levels, "imprecision/thresholds-and-size", inputs, _LIMITS)


def _worse(by_thresholds: int, by_size: int | None) -> int | None:
    if by_size is None:
        return by_thresholds or None
    return max(by_thresholds, by_size)


def _by_thresholds(evidence: Evidence, crossed: int) -> int:
    effect = evidence.estimate.effect
    if not crossed or evidence.thresholds.mid is not None:
        return crossed
    wide = effect.ci_low < APPRECIABLE_BENEFIT and effect.ci_high > APPRECIABLE_HARM
    return 2 if evidence.thresholds.ratio and wide else 1


def _by_size(evidence: Evidence, needed: int) -> int | None:
    people = evidence.participants
    if people is None:
        return None
    if people >= needed:
        return 0
    if not evidence.everybody_counted:
        return None
    return 1 if people >= FAR_BELOW * needed else 2


def _interval_reason(crossed: int) -> str:
    if crossed:
        return "the confidence interval crosses a threshold that a decision hangs on"
    return "the confidence interval crosses no threshold that a decision hangs on"


def _size_reason(evidence: Evidence, by_size: int | None) -> str:
    if by_size == 0:
        return "there are enough people"
    if by_size is not None:
        return "there are fewer people than needed"
    unknown = "the number of people is not known"
    known_in_part = "" if evidence.participants is None else " for every trial"
    return f"{unknown}{known_in_part}, so the amount of data is not judged"


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
