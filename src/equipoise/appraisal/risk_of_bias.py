"""Risk of bias: which judgements hold for a result, and what they say about a finding.

A trial counts as *low* only when its overall judgement is low. Where the overall judgement is not
recorded, a domain can still settle the question in one direction: the overall judgement is at
least as bad as the worst domain (RoB 2 guidance, section 8), so a domain judged *some concerns*,
*unclear* or *high* makes the trial *not low*. A domain judged low settles nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from equipoise.appraisal.evidence import Weighed
from equipoise.appraisal.receipts import Inputs, Limits, propose
from equipoise.findings import Bias, CertaintyDomain
from equipoise.review.model import BiasJudgement

OVERALL = "overall"
NOT_SERIOUS_FROM = 75.0
VERY_SERIOUS_FROM = 50.0

Standing = Literal["low", "some concerns", "high", "not low", "unknown"]

_LIMITS: Limits = {
    "not_serious_from_percent_low": NOT_SERIOUS_FROM,
    "very_serious_from_percent_high": VERY_SERIOUS_FROM,
}


def judgements_for(
    judgements: Iterable[BiasJudgement], outcome: str, time: str | None
) -> tuple[Bias, ...]:
    """Choose the judgements that hold for one result of one study.

    For each domain the most specific wins: outcome and time, then outcome, then the whole study.
    Where several assessors are recorded equally specifically, all are kept.

    Args:
        judgements: All judgements of the study.
        outcome: The outcome's id.
        time: The time window's id, or ``None``.
    """
    best: dict[str, int] = {}
    held: list[tuple[int, BiasJudgement]] = []
    for judgement in judgements:
        if judgement.outcome in {None, outcome} and judgement.time in {None, time}:
            fit = (judgement.outcome is not None) + (judgement.time is not None)
            best[judgement.domain] = max(fit, best.get(judgement.domain, 0))
            held.append((fit, judgement))
    return tuple(_bias(j) for fit, j in held if fit == best[j.domain])


def study_judgements(judgements: Iterable[BiasJudgement]) -> tuple[Bias, ...]:
    """Choose the judgements that hold for the whole of a study."""
    return tuple(_bias(j) for j in judgements if j.outcome is None and j.time is None)


def _bias(judgement: BiasJudgement) -> Bias:
    return Bias(judgement.domain, judgement.judgement, judgement.support)


def standing(biases: Sequence[Bias]) -> Standing:
    """Place a trial's result by its overall risk of bias, as far as it is known.

    Where assessors disagree the worse judgement counts. *Not low* means that a domain rules out
    low and nobody recorded whether the whole is of some concern or high.
    """
    overall = {bias.judgement for bias in biases if bias.domain == OVERALL}
    if "high" in overall or any(bias.judgement == "high" for bias in biases if not overall):
        return "high"
    if overall:
        return "low" if overall == {"low"} else "some concerns"
    return "not low" if any(bias.judgement != "low" for bias in biases) else "unknown"


def appraise_risk_of_bias(trials: Sequence[Weighed]) -> CertaintyDomain:
    """Propose a rating from the share of weight carried by trials at low and at high risk of bias.

    From 75 % low: not serious. From 50 % high: very serious. Else: serious. (Project defaults;
    published practice ranges from rating down for any majority not at low risk to asking whether
    trials at low risk agree with the rest, which a person should.)

    Where judgements are missing, the rating is computed for the best they could be and for the
    worst. The best is proposed when it already rates down (what is missing can only make it worse)
    or when both agree; otherwise nobody can tell yet.
    """
    shares = dict.fromkeys(("low", "some concerns", "high", "not low", "unknown"), 0.0)
    for weighed in trials:
        shares[standing(weighed.trial.risk_of_bias)] += weighed.weight
    best = _levels(low=shares["low"] + shares["unknown"], high=shares["high"])
    open_ = shares["not low"] + shares["unknown"]
    worst = _levels(low=shares["low"], high=shares["high"] + open_)
    inputs: Inputs = {
        "weight_low_percent": shares["low"],
        "weight_some_concerns_percent": shares["some concerns"],
        "weight_high_percent": shares["high"],
        "weight_not_low_percent": shares["not low"],
        "weight_unknown_percent": shares["unknown"],
        "reason": _reason(best, worst, known=open_ == 0),
    }
    levels = best if best == worst or best > 0 else None
    return propose("risk of bias", levels, "risk-of-bias/weight-by-judgement", inputs, _LIMITS)


def _levels(*, low: float, high: float) -> int:
    if low >= NOT_SERIOUS_FROM:
        return 0
    return 2 if high >= VERY_SERIOUS_FROM else 1


def _reason(best: int, worst: int, *, known: bool) -> str:
    if known:
        return "an overall judgement is recorded for every trial that carries weight"
    if best == worst:
        return "the judgements recorded so far settle the rating, whatever the missing ones say"
    if best:
        return "at least this: the judgements still missing could only make it worse"
    return "too few overall judgements are recorded to settle the rating"
