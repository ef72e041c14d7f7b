"""What a finding says, in the informative statements of GRADE."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import pytest

from equipoise.findings import CertaintyLevel, Effect, Finding, Findings, VerdictCategory
from equipoise.words import certainty_tag, certainty_text, finding_statement, make_sentence, verify
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
        (NAUSEA, "high", "Drug A increases the risk of nausea"),
        (NAUSEA, "moderate", "Drug A probably increases the risk of nausea"),
        (NAUSEA, "low", "Drug A may increase the risk of nausea"),
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
    assert said.endswith(
        ", though the interval also allows little or no difference; this depends on how the trials "
        "are analysed."
    )


def test_a_ceiling_is_never_worded_more_strongly_than_may(
    findings: Findings, by_id: dict[str, Finding]
) -> None:
    finding = by_id[NAUSEA]
    assert finding.certainty is not None
    ceiling = replace(finding, certainty=replace(finding.certainty, level="high", proposal="high"))
    assert _say(findings, ceiling) == (
        "Drug A may increase the risk of nausea. Nobody has yet rated the certainty; what "
        "can be computed does not lower it."
    )
    assert make_sentence(certainty_tag(findings, ceiling)).plain == "certainty not yet rated"


def test_an_unrated_finding_says_that_nobody_rated_it(
    findings: Findings, by_id: dict[str, Finding]
) -> None:
    assert _say(findings, by_id[NAUSEA]) == (
        "Drug A may increase the risk of nausea. Nobody has yet rated the certainty; on the "
        "domains that can be computed it is at most low."
    )
    without = replace(by_id[NAUSEA], certainty=None)
    assert _say(findings, without).endswith("Nobody has yet rated the certainty.")


def test_very_low_certainty_has_no_ceiling_above_it(
    findings: Findings, by_id: dict[str, Finding]
) -> None:
    finding = by_id[NAUSEA]
    assert finding.certainty is not None
    lowest = replace(finding, certainty=replace(finding.certainty, level="very low"))
    whole = replace(
        findings, findings=tuple(lowest if f.id == NAUSEA else f for f in findings.findings)
    )
    assert make_sentence(certainty_tag(whole, lowest)).plain == "certainty very low, not yet rated"
    assert _say(whole, lowest).endswith("on the domains that can be computed it is very low.")


@pytest.mark.parametrize("finding_id", [PAIN, NAUSEA, "drug-a-placebo.response.short"])
def test_a_table_can_leave_out_who_rated_the_certainty(
    findings: Findings, by_id: dict[str, Finding], finding_id: str
) -> None:
    finding = by_id[finding_id]
    said = finding_statement(findings, finding).plain
    brief = finding_statement(findings, finding, with_certainty=False).plain
    assert said.startswith(brief)
    assert "rated" not in brief


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
        "Drug A probably increases the risk of nausea. The certainty, moderate, was computed "
        "by rule; no person has decided it."
    )
    assert make_sentence(certainty_tag(whole, complete)).plain == "certainty moderate by rule"


def test_one_trial_is_named_as_one(findings: Findings, by_id: dict[str, Finding]) -> None:
    said = _say(findings, by_id["drug-a-placebo.response.short"])
    assert (
        "short term, is unclear; the interval allows both an increase and a reduction. It rests on "
        "one trial." in said
    )


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
    assert _say(findings, level).startswith("Whether drug A changes the risk of nausea is unclear")


def _kind(findings: Findings, outcome: str, kind: str) -> Findings:
    """Make an outcome of another kind."""
    outcomes = (replace(o, kind=kind) if o.id == outcome else o for o in findings.outcomes)
    return replace(findings, outcomes=tuple(outcomes))


@pytest.mark.parametrize(
    ("kind", "direction", "said"),
    [
        ("binary", "lower", "Drug A may increase the risk of nausea."),
        ("binary", "higher", "Drug A may increase the chance of nausea."),
        ("time-to-event", "lower", "Drug A may increase the risk of nausea."),
        ("time-to-event", "higher", "Drug A may increase the chance of nausea."),
        ("rate", "lower", "Drug A may increase the rate of nausea."),
        ("rate", "higher", "Drug A may increase the rate of nausea."),
    ],
)
def test_events_have_a_risk_a_chance_or_a_rate(
    findings: Findings,
    by_id: dict[str, Finding],
    kind: str,
    direction: Literal["lower", "higher"],
    said: str,
) -> None:
    whole = _kind(findings, "nausea", kind)
    outcomes = (replace(o, direction=direction) if o.id == "nausea" else o for o in whole.outcomes)
    finding = replace(by_id[NAUSEA], direction=direction)
    brief = finding_statement(
        replace(whole, outcomes=tuple(outcomes)), finding, with_certainty=False
    )
    assert brief.plain == said


def test_an_event_to_avoid_is_a_risk_even_among_the_benefits(
    findings: Findings, by_id: dict[str, Finding]
) -> None:
    finding = replace(by_id[NAUSEA], domain="benefit")
    assert "the risk of nausea" in _say(findings, finding)


def _on_a_turned_scale(
    findings: Findings,
    finding: Finding,
    *,
    better: Literal["lower", "higher"],
    effect: tuple[float, float, float],
    turned: bool = True,
) -> str:
    """Say what happens to an outcome whose scale runs the other way, without a threshold.

    ``turned`` False lets the scale run the same way.
    """
    other: Literal["lower", "higher"] = "higher" if (better == "lower") is turned else "lower"
    primary = finding.estimates[finding.primary]
    estimate, low, high = effect
    gains = (low, high) if better == "higher" else (-high, -low)
    category: VerdictCategory = "benefit" if gains[0] > 0 else "harm" if gains[1] < 0 else "unclear"
    changed = replace(
        finding,
        direction=better,
        favours_low="treatment" if better == "lower" else "comparator",
        verdicts={
            p: replace(v, category=category, mid=None, mid_unit=None)
            for p, v in finding.verdicts.items()
        },
        estimates={
            finding.primary: replace(primary, effect=Effect(estimate, low, high, estimate, 1.0))
        },
    )
    outcomes = (
        replace(o, direction=other) if o.id == finding.outcome else o for o in findings.outcomes
    )
    whole = replace(
        findings,
        outcomes=tuple(outcomes),
        findings=tuple(changed if f.id == finding.id else f for f in findings.findings),
    )
    sentence = finding_statement(whole, changed, with_certainty=False)
    assert verify(whole, sentence) == ()
    return sentence.plain.replace(" pain intensity, short term,", " it").replace(
        " pain intensity, short term", " it"
    )


@pytest.mark.parametrize(
    ("better", "effect", "said"),
    [
        ("lower", (-6.0, -9.0, -3.0), "Drug A may improve it."),
        ("lower", (6.0, 3.0, 9.0), "Drug A may worsen it."),
        ("higher", (6.0, 3.0, 9.0), "Drug A may improve it."),
        ("higher", (-6.0, -9.0, -3.0), "Drug A may worsen it."),
        (
            "lower",
            (-6.0, -19.0, 7.0),
            "Whether drug A changes it is unclear; the interval allows both an improvement and a worsening.",
        ),
        (
            "higher",
            (-6.0, -19.0, 7.0),
            "Whether drug A changes it is unclear; the interval allows both an improvement and a worsening.",
        ),
        (
            "lower",
            (0.0, -7.0, 7.0),
            "Whether drug A changes it is unclear; the interval allows both an improvement and a worsening.",
        ),
        (
            "higher",
            (0.0, -7.0, 7.0),
            "Whether drug A changes it is unclear; the interval allows both an improvement and a worsening.",
        ),
    ],
)
def test_on_a_turned_scale_people_get_better_or_worse(
    findings: Findings,
    by_id: dict[str, Finding],
    better: Literal["lower", "higher"],
    effect: tuple[float, float, float],
    said: str,
) -> None:
    finding = by_id["drug-a-placebo.pain.short"]
    assert _on_a_turned_scale(findings, finding, better=better, effect=effect) == said


@pytest.mark.parametrize(
    ("effect", "said"),
    [
        ((0.3, 0.1, 0.5), "Drug A may improve it."),
        ((-0.3, -0.5, -0.1), "Drug A may worsen it."),
        (
            (-0.3, -0.7, 0.1),
            "Whether drug A changes it is unclear; the interval allows both an improvement and a worsening.",
        ),
        (
            (5.55e-17, -0.1, 0.1),
            "Whether drug A changes it is unclear; the interval allows both an improvement and a worsening.",
        ),
    ],
)
def test_where_more_is_better_people_get_better_or_worse_without_any_scale(
    findings: Findings,
    by_id: dict[str, Finding],
    effect: tuple[float, float, float],
    said: str,
) -> None:
    finding = replace(
        by_id["drug-a-placebo.pain.short"],
        measure="SMD", scale=None, scale_low=None, scale_high=None, scale_unit=None,
    )  # fmt: skip
    assert (
        _on_a_turned_scale(findings, finding, better="higher", effect=effect, turned=False) == said
    )


def test_where_less_is_better_it_is_reduced_or_increased(
    findings: Findings, by_id: dict[str, Finding]
) -> None:
    finding, effect = by_id["drug-a-placebo.pain.short"], (0.3, -0.1, 0.7)
    assert (
        _on_a_turned_scale(findings, finding, better="lower", effect=effect, turned=False)
        == "Whether drug A changes it is unclear; the interval allows both an increase and a "
        "reduction."
    )


@pytest.mark.parametrize(
    ("level", "said"),
    [("high", "Drug A improves it."), ("moderate", "Drug A probably improves it.")],
)
def test_improvement_is_said_as_firmly_as_the_certainty_allows(
    findings: Findings, by_id: dict[str, Finding], level: CertaintyLevel, said: str
) -> None:
    finding = _rated(by_id["drug-a-placebo.pain.short"], level)
    effect = (-6.0, -9.0, -3.0)
    assert _on_a_turned_scale(findings, finding, better="lower", effect=effect) == said


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
        "Drug B (β-form) increases the risk of nausea, though the interval allows both little or "
        "no difference and an important harm."
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
        ": the interval allows anything from an important benefit to an important harm"
    )
    assert what_it_is_compatible_with(wide) == (
        "anything from an important benefit to an important harm"
    )
