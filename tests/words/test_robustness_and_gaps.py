"""What a verdict hangs on, and what nobody measured."""

from __future__ import annotations

from dataclasses import replace

from equipoise.findings import Finding, Findings
from equipoise.words import answer, gap_text, robustness_text


def _robustness(findings: Findings, finding: Finding) -> list[str]:
    return [sentence.plain for sentence in robustness_text(findings, finding)]


def test_agreement_is_counted_and_the_deciding_choice_named(
    findings: Findings, by_id: dict[str, Finding]
) -> None:
    agreement, other, deciding, single, not_run = _robustness(
        findings, by_id["drug-a-placebo.pain.immediate"]
    )
    assert agreement == (
        "Of 5 defensible analyses, 3 give the verdict of the main analysis (benefit); p from "
        "0.0008 to 0.11."
    )
    assert other == "By the methods shown beside it, Cochrane 2025, the verdict is “unclear”."
    assert single == (
        "With each trial left out in turn as well, 11 of 25 analyses (44%) give it; in full: "
        "unclear (14), benefit (11)."
    )
    assert deciding == "The way the interval is computed explains most of the disagreement."
    assert not_run == "Trials at low risk of bias only: not run, because some are not judged."


def test_full_agreement_is_said_once(findings: Findings, by_id: dict[str, Finding]) -> None:
    first, *_ = _robustness(findings, by_id["drug-b-placebo.pain.short"])
    assert first == (
        "All 5 defensible analyses give the same verdict: little or no difference; p from 0.018 to "
        "0.033."
    )


def test_two_trials_are_not_left_out_in_turn(findings: Findings, by_id: dict[str, Finding]) -> None:
    said = _robustness(findings, by_id["drug-a-placebo.pain.short"])
    assert said[0] == (
        "Of 5 defensible analyses, 3 give the verdict of the main analysis (unclear); p from 0.036 "
        "to 0.32."
    )
    assert not any("left out in turn" in sentence for sentence in said)


def test_one_trial_has_no_other_analyses(findings: Findings, by_id: dict[str, Finding]) -> None:
    assert _robustness(findings, by_id["drug-a-placebo.response.short"]) == [
        "With one trial there is nothing to combine, so other analyses were not compared."
    ]
    assert _robustness(findings, by_id["drug-a-placebo.serious-event"]) == []


def _counted(findings: Findings, finding: Finding, same: int, total: int) -> list[str]:
    """Say what agrees if so many of so many analyses did."""
    assert finding.robustness is not None
    counted = replace(
        finding.robustness, analysis_same=same, analysis_total=total, same_verdict=same
    )
    changed = replace(finding, robustness=counted)
    whole = replace(
        findings,
        findings=tuple(changed if f.id == finding.id else f for f in findings.findings),
    )
    return _robustness(whole, changed)


def test_one_of_several_gives_and_several_give(
    findings: Findings, by_id: dict[str, Finding]
) -> None:
    finding = by_id["drug-a-placebo.pain.immediate"]
    one = _counted(findings, finding, 1, 6)
    assert one[0] == (
        "Of 6 defensible analyses, 1 gives the verdict of the main analysis (benefit); p from "
        "0.0008 to 0.11."
    )
    assert "1 of 25 analyses (44%) gives it; in full" in one[3]
    none = _counted(findings, finding, 0, 6)
    assert none[0].startswith("Of 6 defensible analyses, 0 give the verdict")


def test_a_single_analysis_is_not_called_all(findings: Findings, by_id: dict[str, Finding]) -> None:
    finding = by_id["drug-b-placebo.pain.short"]
    assert _counted(findings, finding, 1, 1)[0] == (
        "There is only one defensible analysis, so nothing to compare its verdict with (little or "
        "no difference)."
    )


def _with_agreement(findings: Findings, share: float, total: int) -> str:
    """Give the answer's first sentence if this share of analyses agreed."""

    def changed(finding: Finding) -> Finding:
        if finding.robustness is None:
            return finding
        agreed = replace(
            finding.robustness, analysis_total=total, analysis_same=round(share * total)
        )
        verdicts = {finding.primary: finding.verdicts[finding.primary]}
        return replace(finding, robustness=agreed, verdicts=verdicts)

    whole = replace(findings, findings=tuple(changed(f) for f in findings.findings))
    return answer(whole)[0].plain


def test_a_verdict_most_analyses_share_is_said_to_hold(findings: Findings) -> None:
    said = _with_agreement(findings, 0.95, 20)
    assert said.endswith("; 19 of 20 defensible analyses agree.")
    assert "main analysis" not in said


def test_a_verdict_few_analyses_share_hangs_on_the_choice(findings: Findings) -> None:
    said = _with_agreement(findings, 0.85, 20)
    assert said.endswith("; calling this a benefit depends on how the interval is computed.")
    assert "in the main analysis a benefit" in said


def test_gaps_tell_unreported_from_uncomparable_from_single(findings: Findings) -> None:
    assert [s.plain for s in gap_text(findings, "drug-a-placebo")] == [
        "None of the 8 trials listed here reported depressive symptoms for drug A v placebo.",
        "Measured, but the groups cannot be compared: serious adverse events.",
        "Known from one listed trial only: pain reduced by 50 % or more, short term.",
    ]
    assert [s.plain for s in gap_text(findings, "drug-b-placebo")][1] == (
        "No results at some planned times: pain intensity, immediate term (up to 1 day)."
    )


def test_a_full_grid_is_said_to_be_full(findings: Findings) -> None:
    full = replace(findings, gaps=tuple(replace(c, status="pooled") for c in findings.gaps))
    assert [s.plain for s in gap_text(full, "drug-a-placebo")] == [
        "Every planned outcome of drug A v placebo has results from more than one trial."
    ]
    assert gap_text(replace(findings, gaps=()), "drug-a-placebo") == ()
