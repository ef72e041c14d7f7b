"""Reviewers who disagree about the certainty are not hidden by the level that is shown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from equipoise.findings import CertaintyLevel, Decision, Finding, Findings
from equipoise.words import (
    answer,
    certainty_tag,
    certainty_text,
    finding_statement,
    make_sentence,
    terminal_summary,
    verify,
)

PAIN = "drug-a-placebo.pain.immediate"
NAUSEA = "drug-a-placebo.nausea"


def _decided(
    findings: Findings, cell: str, shown: CertaintyLevel, **judgements: str
) -> tuple[Findings, Finding]:
    """Let people decide on the certainty of a finding."""
    finding = next(f for f in findings.findings if f.id == cell)
    assert finding.certainty is not None
    decisions = tuple(
        Decision(by.replace("_", ""), judgement, "A reason.", None)
        for by, judgement in judgements.items()
    )
    certainty = replace(
        finding.certainty,
        level=shown,
        decided_by=", ".join(decision.by for decision in decisions),
        decisions=decisions,
    )
    changed = replace(finding, certainty=certainty)
    found = tuple(changed if f.id == cell else f for f in findings.findings)
    return replace(findings, findings=found), changed


def test_two_reviewers_who_differ_are_both_heard(findings: Findings) -> None:
    whole, finding = _decided(findings, NAUSEA, "low", am="low", bk="high")
    assert make_sentence(certainty_tag(whole, finding)).plain == (
        "certainty low; reviewers disagree"
    )
    texts = [sentence.plain for sentence in certainty_text(whole, finding)]
    assert texts[-3:] == [
        "On the certainty reviewers disagree: am low, bk high.",
        "Decision on the certainty by am: low. Reason given: A reason.",
        "Decision on the certainty by bk: high. Reason given: A reason.",
    ]
    assert all(verify(whole, sentence) == () for sentence in certainty_text(whole, finding))
    assert finding_statement(whole, finding).plain == (
        "Drug A may increase the risk of nausea. On the certainty reviewers disagree: am low, "
        "bk high."
    )
    assert "7.62; certainty low; reviewers disagree)" in answer(whole)[1].plain
    summary = terminal_summary(whole)
    assert "⊕⊕⊖⊖ ≠" in summary
    assert "≠ reviewers disagree about the certainty." in summary


def test_reviewers_who_agree_need_no_mark(findings: Findings) -> None:
    whole, finding = _decided(findings, NAUSEA, "low", am="low", bk="low")
    said = " ".join(sentence.plain for sentence in certainty_text(whole, finding))
    assert "disagree" not in said
    assert make_sentence(certainty_tag(whole, finding)).plain == "certainty low"
    assert "disagree" not in finding_statement(whole, finding).plain
    assert "≠" not in terminal_summary(whole)


def test_very_low_certainty_does_not_hide_who_disagrees(findings: Findings) -> None:
    whole, _ = _decided(findings, PAIN, "very low", am="very low", bk="low")
    assert answer(whole)[0].plain.startswith(
        "The evidence is very uncertain about the effect of drug A on pain intensity, immediate "
        "term (up to 1 day) (certainty very low; reviewers disagree): in 4 trials"
    )


def test_those_who_differ_on_a_domain_are_named(findings: Findings) -> None:
    finding = next(f for f in findings.findings if f.id == PAIN)
    assert finding.certainty is not None
    first, *rest = finding.certainty.domains
    split = replace(
        first,
        decisions=(
            Decision("am", "serious", "A reason.", None),
            Decision("bk", "not serious", "A reason.", None),
        ),
    )
    changed = replace(finding, certainty=replace(finding.certainty, domains=(split, *rest)))
    whole = replace(
        findings, findings=tuple(changed if f.id == PAIN else f for f in findings.findings)
    )
    said = [sentence.plain for sentence in certainty_text(whole, changed)]
    assert f"On {first.domain} reviewers disagree: am serious, bk not serious." in said
    assert make_sentence(certainty_tag(whole, changed)).plain == "certainty very low"


@pytest.mark.parametrize("names", [("_1", "_0"), ("a/b", "a~b")])
def test_decisions_are_found_by_person_whatever_the_name(
    findings: Findings, names: tuple[str, str]
) -> None:
    one, other = names
    whole, finding = _decided(findings, NAUSEA, "low", **{one: "low", other: "high"})
    said = next(s for s in certainty_text(whole, finding) if "disagree" in s.plain)
    first, second = (name.replace("_", "") for name in names)
    assert said.plain == f"On the certainty reviewers disagree: {first} low, {second} high."
    assert verify(whole, said) == ()
