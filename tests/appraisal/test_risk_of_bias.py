"""Risk of bias by weight, with what is not known kept in view."""

from __future__ import annotations

import pytest

from appraisal.evidence import weigh
from equipoise.appraisal import (
    Weighed,
    appraise_risk_of_bias,
    judgements_for,
    standing,
    study_judgements,
)
from equipoise.findings import Bias
from equipoise.review.model import BiasJudgement

LOW = Bias("overall", "low")
HIGH = Bias("overall", "high")
CONCERNS = Bias("overall", "some concerns")
CONCERNS_IN_A_DOMAIN = Bias("randomisation", "some concerns")
HIGH_IN_A_DOMAIN = Bias("randomisation", "high")
LOW_IN_A_DOMAIN = Bias("randomisation", "low")


def levels(*trials: Weighed) -> int | None:
    return appraise_risk_of_bias(trials).levels


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(100, 0, 0), (75, 25, 0), (74.9, 0, 1), (0, 0, 1), (0, 49.9, 1), (50, 50, 2), (0, 100, 2)],
)
def test_the_shares_of_weight_at_low_and_high_risk_decide(
    low: float, high: float, expected: int
) -> None:
    trials = weigh(0, low, LOW), weigh(0, high, HIGH), weigh(0, 100 - low - high, CONCERNS)
    assert levels(*trials) == expected


def test_missing_judgements_leave_the_domain_open() -> None:
    domain = appraise_risk_of_bias([weigh(0, 60, LOW), weigh(0, 40)])
    assert (domain.levels, domain.proposal) == (None, "not judged")
    assert domain.receipt.inputs["weight_unknown_percent"] == 40


def test_missing_judgements_that_cannot_matter_do_not() -> None:
    assert levels(weigh(0, 80, LOW), weigh(0, 20)) == 0
    assert levels(weigh(0, 60, HIGH), weigh(0, 40)) == 2


def test_a_rating_the_missing_judgements_can_only_worsen_is_proposed_as_at_least() -> None:
    domain = appraise_risk_of_bias([weigh(0, 40, CONCERNS), weigh(0, 60)])
    assert domain.levels == 1
    assert "at least" in str(domain.receipt.inputs["reason"])


def test_one_domain_can_show_that_a_trial_is_not_low_but_never_that_it_is() -> None:
    assert standing([CONCERNS_IN_A_DOMAIN]) == "not low"
    assert standing([LOW_IN_A_DOMAIN]) == "unknown"
    assert standing([HIGH_IN_A_DOMAIN]) == "high"
    assert levels(weigh(0, 100, CONCERNS_IN_A_DOMAIN)) == 1
    assert levels(weigh(0, 100, LOW_IN_A_DOMAIN)) is None


def test_the_overall_judgement_stands_above_domains() -> None:
    assert standing([LOW, CONCERNS_IN_A_DOMAIN]) == "low"
    assert standing([LOW, HIGH_IN_A_DOMAIN]) == "low"
    assert standing([LOW, HIGH]) == "high"


def test_the_most_specific_judgement_of_a_domain_holds() -> None:
    rows = [
        BiasJudgement("A", "overall", "low"),
        BiasJudgement("A", "overall", "high", outcome="pain"),
        BiasJudgement("A", "overall", "some concerns", outcome="pain", time="short"),
        BiasJudgement("A", "selection", "low"),
        BiasJudgement("A", "overall", "high", outcome="nausea"),
    ]

    def held(outcome: str, time: str | None) -> set[tuple[str, str]]:
        return {(b.domain, b.judgement) for b in judgements_for(rows, outcome, time)}

    assert held("pain", "short") == {("overall", "some concerns"), ("selection", "low")}
    assert held("pain", "long") == {("overall", "high"), ("selection", "low")}
    assert held("sleep", None) == {("overall", "low"), ("selection", "low")}
    assert [b.judgement for b in study_judgements(rows)] == ["low", "low"]


def test_assessors_who_disagree_are_both_kept() -> None:
    rows = [
        BiasJudgement("A", "overall", "low", assessor="am"),
        BiasJudgement("A", "overall", "high", assessor="bk"),
    ]
    held = judgements_for(rows, "pain", None)
    assert [b.judgement for b in held] == ["low", "high"]
    assert standing(held) == "high"


def test_the_receipt_names_rule_cut_offs_and_their_standing() -> None:
    receipt = appraise_risk_of_bias([weigh(0, 100, LOW)]).receipt
    assert receipt.rule == "risk-of-bias/weight-by-judgement"
    assert receipt.thresholds["not_serious_from_percent_low"] == 75
    assert receipt.thresholds["basis"] == "project default"
