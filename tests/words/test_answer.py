"""The answer in three sentences."""

from __future__ import annotations

from dataclasses import replace

import pytest

from equipoise.errors import DataError
from equipoise.findings import Finding, Findings
from equipoise.words import answer, main_finding

A, B = "drug-a-placebo", "drug-b-placebo"


def _plain(findings: Findings, comparison: str | None = None) -> list[str]:
    return [sentence.plain for sentence in answer(findings, comparison=comparison)]


def _only(findings: Findings, *ids: str) -> Findings:
    """Keep some findings and turn the other cells into gaps."""
    return replace(
        findings,
        findings=tuple(finding for finding in findings.findings if finding.id in ids),
        gaps=tuple(
            cell if cell.finding in ids else replace(cell, status="no data", k=0, finding=None)
            for cell in findings.gaps
        ),
    )


def test_an_answer_in_doubt_says_what_it_hangs_on(findings: Findings) -> None:
    benefit, harm, unknown = _plain(findings)
    assert benefit == (
        "For pain intensity, immediate term (up to 1 day), the evidence is very uncertain: across "
        "4 trials with 223 people, the average was 12.78 points lower on a 0–100 scale with drug A than "
        "with placebo (95% CI 23.46 to 2.10 lower), in the main analysis a benefit that may be "
        "too small to matter; whether that counts as a benefit hangs on how the interval is "
        "computed."
    )
    assert harm == (
        "Harms were more common with drug A than with placebo: nausea (risk ratio 3.75, 95% CI "
        "1.85 to 7.62; 211 more per 1,000 people; certainty at most low, not yet rated) and any "
        "adverse event (risk ratio 2.21, 95% CI 1.20 to 4.08; 291 more per 1,000 people; found in "
        "10 of 20 defensible analyses; certainty at most low, not yet rated)."
    )
    assert unknown == (
        "What nobody knows yet: no included trial of this comparison reported depressive "
        "symptoms; and serious adverse events could not be compared."
    )


def test_a_settled_answer_is_said_plainly(findings: Findings) -> None:
    benefit, harm, unknown = _plain(findings, B)
    assert benefit == (
        "Drug B (β-form) results in little to no difference in pain intensity, short term "
        "(certainty high): across 3 trials with 2,706 people, the average was 1.71 points lower on a 0–100 "
        "scale with drug B (β-form) than with placebo (95% CI 3.29 to 0.14 lower), too small a "
        "difference to matter; all 20 defensible analyses agree."
    )
    assert "certainty moderate" in harm
    assert unknown.endswith(
        "and there are no results for pain intensity, immediate term (up to 1 day)."
    )


def test_without_data_nothing_is_claimed(empty: Findings) -> None:
    benefit, harm, unknown = _plain(empty)
    assert benefit == (
        "Whether drug A helps is not known: no included trial of drug A v placebo reported any "
        "planned outcome that could show a benefit."
    )
    assert harm == (
        "What harm drug A does is not known: the included trials allow no comparison of harms "
        "with placebo, which does not mean that there are none."
    )
    assert unknown == (
        "What nobody knows yet: no included trial of this comparison reported pain intensity, "
        "depressive symptoms, serious adverse events, pain reduced by 50 % or more, any adverse "
        "event or nausea."
    )


def test_one_trial_is_called_one_trial(findings: Findings) -> None:
    benefit = _plain(_only(findings, f"{A}.response.short"))[0]
    assert benefit == (
        "Drug A may lead to more people with pain reduced by 50 % or more, short term (certainty "
        "at most low, not yet rated): in one trial with 78 people, risk ratio 1.64 (95% CI 0.81 "
        "to 3.33); 143 more per 1,000 people (from 44 fewer to 524 more), compatible with a "
        "benefit and with harm."
    )


def test_nothing_poolable_is_not_called_nothing_measured(findings: Findings) -> None:
    kept = _only(findings, f"{A}.pain.immediate", f"{A}.serious-event")
    stuck = replace(
        kept,
        findings=tuple(
            replace(finding, status="not poolable", estimates={}, verdicts={}, robustness=None)
            for finding in kept.findings
        ),
        gaps=tuple(
            replace(cell, status="not poolable") if cell.finding else cell for cell in kept.gaps
        ),
    )
    benefit, harm, unknown = _plain(stuck)
    assert benefit == (
        "Whether drug A helps is not known: the trials that measured pain intensity give no "
        "numbers from which the groups can be compared."
    )
    assert harm.startswith("What harm drug A does is not known")
    assert "pain intensity and serious adverse events could not be compared" in unknown


def test_an_unclear_interval_names_what_it_is_compatible_with(findings: Findings) -> None:
    benefit = _plain(_only(findings, f"{A}.pain.short"))[0]
    assert "compatible with an important benefit and with little or no difference" in benefit
    assert benefit.endswith(
        "whether a difference that matters can be ruled out hangs on how the interval is computed."
    )


def test_a_harmful_treatment_is_said_to_harm(findings: Findings) -> None:
    flipped = _flip(findings, f"{A}.pain.immediate")
    benefit = _plain(flipped)[0]
    assert "12.78 points higher on a 0–100 scale with drug A than with placebo" in benefit
    assert "(95% CI 2.10 to 23.46 higher)" in benefit
    assert "a harm large enough to matter" in benefit


def _flip(findings: Findings, finding_id: str) -> Findings:
    """Turn a finding's effects round, with the verdict that follows."""

    def turned(finding: Finding) -> Finding:
        if finding.id != finding_id:
            return finding
        estimates = {
            preset: replace(
                e,
                effect=replace(
                    e.effect,
                    estimate=-e.effect.estimate,
                    ci_low=-e.effect.ci_high,
                    ci_high=-e.effect.ci_low,
                    analysis_estimate=-e.effect.analysis_estimate,
                ),
            )
            for preset, e in finding.estimates.items()
        }
        verdicts = {
            preset: replace(v, category="important harm") for preset, v in finding.verdicts.items()
        }
        return replace(finding, estimates=estimates, verdicts=verdicts)

    return replace(findings, findings=tuple(turned(f) for f in findings.findings))


def test_harms_that_are_unclear_are_not_hidden(findings: Findings) -> None:
    unclear = replace(
        findings,
        findings=tuple(
            replace(f, verdicts={p: replace(v, category="unclear") for p, v in f.verdicts.items()})
            for f in findings.findings
        ),
    )
    harm = _plain(unclear)[1]
    assert harm.startswith(
        "Whether harms are more common with drug A than with placebo is not settled: nausea ("
    )


def test_a_harm_found_in_few_analyses_is_set_apart(findings: Findings) -> None:
    def doubtful(finding: Finding) -> Finding:
        if finding.outcome != "any-event" or finding.robustness is None:
            return finding
        return replace(finding, robustness=replace(finding.robustness, same_verdict=3, share=0.15))

    shaky = replace(findings, findings=tuple(doubtful(f) for f in findings.findings))
    harm = _plain(shaky)[1]
    assert "not yet rated); in the main analysis but not in most others, any adverse event" in harm
    assert "found in 3 of 20 defensible analyses" in harm


def test_harms_beside_the_shown_ones_are_named(findings: Findings) -> None:
    mixed = replace(
        findings,
        findings=tuple(
            replace(f, verdicts={p: replace(v, category="unclear") for p, v in f.verdicts.items()})
            if f.outcome == "any-event"
            else f
            for f in findings.findings
        ),
    )
    assert _plain(mixed)[1].endswith(
        "; for any adverse event the trials leave open which way the groups differ."
    )


def test_importance_comes_before_numbers_of_trials(findings: Findings) -> None:
    found = main_finding(findings, A)
    assert found is not None
    assert found.id == f"{A}.pain.immediate"
    lowered = replace(
        findings,
        findings=tuple(
            replace(f, importance="limited") if f.outcome == "pain" else f
            for f in findings.findings
        ),
    )
    changed = main_finding(lowered, A)
    assert changed is not None
    assert changed.outcome == "response"


def test_nothing_missing_is_said_too(findings: Findings) -> None:
    complete = replace(
        findings, gaps=tuple(replace(cell, status="pooled") for cell in findings.gaps)
    )
    assert _plain(complete)[2] == (
        "Every planned outcome rated critical or important was reported by at least one included "
        "trial of drug A v placebo."
    )


def test_an_unknown_comparison_is_refused_with_what_there_is(findings: Findings) -> None:
    with pytest.raises(DataError, match="drug-b-placebo"):
        answer(findings, comparison="drug-z")
    with pytest.raises(DataError, match="no comparison"):
        answer(replace(findings, comparisons=()))
