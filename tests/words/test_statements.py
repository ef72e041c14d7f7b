"""What a finding says, in the informative statements of GRADE."""

from __future__ import annotations

from dataclasses import replace

import pytest

from equipoise.findings import CertaintyLevel, Finding, Findings
from equipoise.words import certainty_tag, certainty_text, finding_statement, make_sentence
from equipoise.words.verdicts import what_else_it_allows, what_it_is_compatible_with

PAIN = "drug-a-placebo.pain.immediate"
NAUSEA = "drug-a-placebo.nausea"
PAIN_B = "drug-b-placebo.pain.short"


def _rated(finding: Finding, level: CertaintyLevel) -> Finding:
    assert finding.certainty is not None
    return replace(finding, certainty=replace(finding.certainty, level=level, decided_by="am"))


def _say(findings: Findings, finding: Finding) -> str:
    return finding_statement(findings, finding).plain


@pytest.mark.parametrize(
    ("finding_id", "level", "said"),
    [
        (PAIN, "high", "Drug A reduces pain intensity, immediate term (up to 1 day)"),
        (PAIN, "moderate", "Drug A probably reduces pain intensity, immediate term (up to 1 day)"),
        (PAIN, "low", "Drug A may reduce pain intensity, immediate term (up to 1 day)"),
        (NAUSEA, "high", "Drug A leads to more people with nausea"),
        (NAUSEA, "moderate", "Drug A probably leads to more people with nausea"),
        (NAUSEA, "low", "Drug A may lead to more people with nausea"),
        (PAIN_B, "high", "Drug B (β-form) results in little to no difference in pain intensity"),
        (PAIN_B, "moderate", "Drug B (β-form) probably results in little to no difference in"),
        (PAIN_B, "low", "Drug B (β-form) may result in little to no difference in pain intensity"),
    ],
)
def test_certainty_and_size_choose_the_words(
    findings: Findings, by_id: dict[str, Finding], finding_id: str, level: CertaintyLevel, said: str
) -> None:
    assert _say(findings, _rated(by_id[finding_id], level)).startswith(said)


@pytest.mark.parametrize("finding_id", [PAIN, NAUSEA, PAIN_B])
def test_very_low_certainty_says_nothing_of_direction(
    findings: Findings, by_id: dict[str, Finding], finding_id: str
) -> None:
    said = _say(findings, _rated(by_id[finding_id], "very low"))
    assert said.startswith("The evidence is very uncertain about the effect of drug ")
    assert said.count(".") == 1


def test_what_the_interval_also_allows_is_said(
    findings: Findings, by_id: dict[str, Finding]
) -> None:
    said = _say(findings, _rated(by_id[PAIN], "low"))
    assert said.endswith(", though the interval also allows little or no difference.")


def test_a_ceiling_is_never_worded_more_strongly_than_may(
    findings: Findings, by_id: dict[str, Finding]
) -> None:
    finding = by_id[NAUSEA]
    assert finding.certainty is not None
    ceiling = replace(finding, certainty=replace(finding.certainty, level="high", proposal="high"))
    assert _say(findings, ceiling) == (
        "Drug A may lead to more people with nausea. Nobody has yet rated the certainty; what "
        "can be computed does not lower it."
    )
    assert make_sentence(certainty_tag(findings, ceiling)).plain == "certainty not yet rated"


def test_an_unrated_finding_says_that_nobody_rated_it(
    findings: Findings, by_id: dict[str, Finding]
) -> None:
    assert _say(findings, by_id[NAUSEA]) == (
        "Drug A may lead to more people with nausea. Nobody has yet rated the certainty; on the "
        "domains that can be computed it is at most low."
    )
    without = replace(by_id[NAUSEA], certainty=None)
    assert _say(findings, without).endswith("Nobody has yet rated the certainty.")


def test_a_complete_proposal_is_said_to_be_computed(
    findings: Findings, by_id: dict[str, Finding]
) -> None:
    finding = by_id[NAUSEA]
    assert finding.certainty is not None
    complete = replace(
        finding, certainty=replace(finding.certainty, level="moderate", not_judged=())
    )
    whole = replace(
        findings,
        findings=tuple(complete if f.id == NAUSEA else f for f in findings.findings),
    )
    assert _say(whole, complete) == (
        "Drug A probably leads to more people with nausea. The certainty, moderate, was computed "
        "by rule; no person has decided it."
    )
    assert make_sentence(certainty_tag(whole, complete)).plain == "certainty moderate by rule"


def test_one_trial_is_named_as_one(findings: Findings, by_id: dict[str, Finding]) -> None:
    said = _say(findings, by_id["drug-a-placebo.response.short"])
    assert "though the interval also allows fewer. It rests on one trial." in said


def test_no_events_is_not_read_as_no_risk(findings: Findings, by_id: dict[str, Finding]) -> None:
    assert _say(findings, by_id["drug-a-placebo.serious-event"]) == (
        "Serious adverse events: no events in either group among 116 people, so the groups cannot "
        "be compared; this does not show that such events cannot happen."
    )


def test_measured_without_numbers_is_said(findings: Findings, by_id: dict[str, Finding]) -> None:
    bare = replace(by_id["drug-a-placebo.serious-event"], trials=(), participants=None)
    assert _say(findings, bare) == (
        "Serious adverse events: measured, but reported without numbers that could be used."
    )


def test_an_effect_of_exactly_nothing_has_no_direction(
    findings: Findings, by_id: dict[str, Finding]
) -> None:
    finding = _rated(by_id[NAUSEA], "high")
    estimate = finding.estimates["as-published"]
    effect = replace(estimate.effect, estimate=1.0, analysis_estimate=0.0)
    level = replace(finding, estimates={"as-published": replace(estimate, effect=effect)})
    assert _say(findings, level).startswith(
        "Drug A results in little to no difference in how many people have nausea"
    )


def test_a_mid_per_1000_is_held_against_the_absolute_difference(
    findings: Findings, by_id: dict[str, Finding]
) -> None:
    finding = _rated(by_id["drug-b-placebo.nausea"], "high")
    verdicts = {
        preset: replace(verdict, mid=60.0, mid_unit="per 1,000")
        for preset, verdict in finding.verdicts.items()
    }
    said = _say(findings, replace(finding, verdicts=verdicts))
    assert said == (
        "Drug B (β-form) results in little to no difference in how many people have nausea, though "
        "the interval also allows important harm."
    )


def test_certainty_is_explained_domain_by_domain(
    findings: Findings, by_id: dict[str, Finding]
) -> None:
    texts = [sentence.plain for sentence in certainty_text(findings, by_id[PAIN])]
    assert texts[0] == (
        "Trials start at high certainty; the domains judged so far lead to low at most, since "
        "nobody has judged indirectness and publication bias."
    )
    assert texts[1] == (
        "Risk of bias: serious, rated down one level. Rule: risk of bias against the project's "
        "default thresholds. Read: weight high risk: 21.50, trials: 4, unknown: unknown. "
        "Thresholds: serious from: 50."
    )
    assert texts[3].startswith("Indirectness: not judged")
    assert texts[-1] == (
        "Decision on the certainty by am: very low. Reason given: Agreed by two people."
    )
    assert len(texts) == 7


def test_certainty_that_was_not_assessed_has_no_text(
    findings: Findings, by_id: dict[str, Finding]
) -> None:
    assert certainty_text(findings, by_id["drug-a-placebo.serious-event"]) == ()


def test_a_reason_in_a_receipt_is_put_first(findings: Findings, by_id: dict[str, Finding]) -> None:
    finding = by_id[PAIN]
    assert finding.certainty is not None
    first, *rest = finding.certainty.domains
    receipt = replace(first.receipt, inputs={"trials": 4, "reason": "the weights are too even."})
    domains = (replace(first, receipt=receipt), *rest)
    changed = replace(finding, certainty=replace(finding.certainty, domains=domains))
    whole = replace(findings, findings=(changed, *findings.findings[1:]))
    assert certainty_text(whole, changed)[1].plain == (
        "Risk of bias: serious, rated down one level: the weights are too even. Rule: risk "
        "of bias against the project's default thresholds. Read: trials: 4. Thresholds: serious "
        "from: 50."
    )


def test_a_receipt_that_read_nothing_says_nothing_of_it(
    findings: Findings, by_id: dict[str, Finding]
) -> None:
    finding = by_id[PAIN]
    assert finding.certainty is not None
    first, *rest = finding.certainty.domains
    receipt = replace(first.receipt, inputs={"reason": "for people to judge"}, thresholds={})
    domains = (replace(first, receipt=receipt, levels=None, proposal="not judged"), *rest)
    changed = replace(finding, certainty=replace(finding.certainty, domains=domains))
    whole = replace(findings, findings=(changed, *findings.findings[1:]))
    assert certainty_text(whole, changed)[1].plain == (
        "Risk of bias: not judged: for people to judge. Rule: risk of bias against the project's "
        "default thresholds."
    )


def test_an_interval_that_allows_everything_says_so(
    findings: Findings, by_id: dict[str, Finding]
) -> None:
    finding = _rated(by_id["drug-a-placebo.pain.short"], "low")
    estimate = finding.estimates["as-published"]
    effect = replace(estimate.effect, ci_low=-30.0, ci_high=30.0)
    wide = replace(finding, estimates={"as-published": replace(estimate, effect=effect)})
    assert what_else_it_allows(findings, wide) == (
        ", though the interval also allows an important benefit and important harm"
    )
    assert what_it_is_compatible_with(wide) == (
        "an important benefit, with little or no difference and with important harm"
    )
