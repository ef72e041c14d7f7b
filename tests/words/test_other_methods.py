"""Verdicts other methods give, trials nobody listed, and what these leave to say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from equipoise.findings import Finding, Findings
from equipoise.words import (
    answer,
    finding_statement,
    gap_text,
    robustness_text,
    terminal_summary,
    verify,
)

NAUSEA = "drug-a-placebo.nausea"
PAIN_B = "drug-b-placebo.pain.short"


def _contested(findings: Findings, cell: str) -> tuple[Findings, Finding]:
    """Let the methods shown beside a finding leave its verdict open."""
    finding = next(f for f in findings.findings if f.id == cell)
    beside = replace(finding.verdicts["cochrane-2025"], category="unclear")
    changed = replace(finding, verdicts={**finding.verdicts, "cochrane-2025": beside})
    found = tuple(changed if f.id == cell else f for f in findings.findings)
    return replace(findings, findings=found), changed


def test_a_harm_other_methods_leave_open_says_so_everywhere(findings: Findings) -> None:
    whole, finding = _contested(findings, NAUSEA)
    assert "7.62; unclear by the methods Cochrane 2025)" in answer(whole)[1].plain
    said = robustness_text(whole, finding)
    assert said[0].plain.startswith("All 5 analyses counted agree on the verdict (harm; p from ")
    assert said[0].plain.endswith("), but the methods shown beside them do not.")
    assert said[1].plain == (
        "By the methods shown beside it, Cochrane 2025, the verdict is “unclear”."
    )
    assert all(verify(whole, sentence) == () for sentence in said)
    assert "verdict: harm (in 5 of 5 analyses; Cochrane 2025: unclear)" in terminal_summary(whole)
    brief = finding_statement(whole, finding, with_certainty=False).plain
    assert brief.endswith("nausea; this depends on how the trials are analysed.")


def test_analyses_that_agree_do_not_hide_other_methods(findings: Findings) -> None:
    whole, _ = _contested(findings, PAIN_B)
    assert answer(whole, comparison="drug-b-placebo")[0].plain.endswith(
        "; all analyses counted agree (5 of 5), but by the methods Cochrane 2025 the verdict is "
        "“unclear”."
    )


def test_p_values_that_read_the_same_are_no_range(
    findings: Findings, by_id: dict[str, Finding]
) -> None:
    finding = by_id[PAIN_B]
    assert finding.robustness is not None
    specs = tuple(replace(s, p=0.02) for s in finding.robustness.specifications)
    same = replace(finding, robustness=replace(finding.robustness, specifications=specs))
    assert robustness_text(findings, same)[0].plain.endswith("little or no difference.")


@pytest.mark.parametrize("trials", [None, 8])
def test_all_included_trials_are_spoken_for_only_where_all_are_listed(
    findings: Findings, trials: int | None
) -> None:
    listed = replace(findings, included=replace(findings.included, trials=trials))
    assert gap_text(listed, "drug-a-placebo")[0].plain == (
        "No included trial of drug A v placebo reported depressive symptoms."
    )
    assert "no included trial of this comparison reported" in answer(listed)[2].plain
    assert "included trial" not in answer(findings)[2].plain


def test_without_data_unlisted_trials_are_not_spoken_for(empty: Findings) -> None:
    unlisted = replace(empty, included=replace(empty.included, trials=3))
    assert all("included trial" not in sentence.plain for sentence in answer(unlisted))
    assert "No trial listed here reported a planned outcome." in terminal_summary(unlisted)


def test_a_high_ceiling_is_not_drawn_as_a_high_rating(findings: Findings) -> None:
    def raised(finding: Finding) -> Finding:
        if finding.certainty is None or finding.certainty.decided_by is not None:
            return finding
        return replace(finding, certainty=replace(finding.certainty, level="high"))

    text = terminal_summary(replace(findings, findings=tuple(raised(f) for f in findings.findings)))
    assert "⊕⊕⊕⊕" not in text
    assert "  not yet rated\n" in text
    assert "≤" not in text


def test_an_unclear_verdict_with_a_threshold_names_what_the_interval_allows(
    findings: Findings, by_id: dict[str, Finding]
) -> None:
    said = finding_statement(findings, by_id["drug-a-placebo.pain.short"], with_certainty=False)
    assert said.plain == (
        "Whether drug A changes pain intensity, short term, is unclear: the interval allows both an "
        "important benefit and little or no difference; this depends on how the trials are "
        "analysed."
    )
