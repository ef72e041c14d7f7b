"""The answer in three sentences."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from equipoise.errors import DataError
from equipoise.findings import Finding, Findings, GapCell
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
        "The evidence is very uncertain about the effect of drug A on pain intensity, immediate "
        "term (up to 1 day): in 4 trials with 223 people, the average was 12.78 points lower on a "
        "0–100 scale than with placebo (95% CI 23.46 to 2.10 lower), in the main analysis a "
        "benefit that may be too small to matter; calling this a benefit depends on how the "
        "interval is computed, and by the methods Cochrane 2025 the verdict is “unclear”."
    )
    assert harm == (
        "Harms were more common with drug A than with placebo: nausea (211 more per 1,000 people; "
        "risk ratio 3.75, 95% CI 1.85 to 7.62) and any adverse event (291 more per 1,000 people; "
        "risk ratio 2.21, 95% CI 1.20 to 4.08; found in 3 of 5 analyses; unclear by the methods "
        "Cochrane 2025), each with certainty at most low, not yet rated."
    )
    assert unknown == (
        "What nobody knows yet: none of the 8 trials listed here reported depressive "
        "symptoms for this comparison; and serious adverse events could not be compared."
    )


def test_a_settled_answer_is_said_plainly(findings: Findings) -> None:
    benefit, harm, unknown = _plain(findings, B)
    assert benefit == (
        "Drug B (β-form) results in little to no difference in pain intensity, short term "
        "(certainty high): in 3 trials with 2,706 people, the average was 1.71 points lower on a "
        "0–100 scale than with placebo (95% CI 3.29 to 0.14 lower), too small a difference to "
        "matter; all 5 defensible analyses agree."
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
        "What harm drug A does is not known: no included trial of drug A v placebo reported a "
        "planned harm, which does not mean that there are none."
    )
    assert unknown == (
        "What nobody knows yet: no included trial of this comparison reported pain intensity, "
        "depressive symptoms, serious adverse events, pain reduced by 50 % or more, any adverse "
        "event or nausea."
    )


def test_harms_nobody_planned_are_not_blamed_on_the_trials(findings: Findings) -> None:
    unplanned = replace(
        findings,
        outcomes=tuple(o for o in findings.outcomes if o.domain == "benefit"),
        findings=tuple(f for f in findings.findings if f.domain == "benefit"),
        gaps=tuple(c for c in findings.gaps if c.outcome in {"pain", "response", "depression"}),
    )
    assert _plain(unplanned)[1] == (
        "What harm drug A does is not known: the protocol plans no harm outcome, which does not "
        "mean that there is no harm."
    )


def test_one_trial_is_called_one_trial(findings: Findings) -> None:
    benefit = _plain(_only(findings, f"{A}.response.short"))[0]
    assert benefit == (
        "Whether drug A changes the chance of pain reduced by 50 % or more, short term, is unclear (certainty at "
        "most low, not yet rated): in one trial with 78 people, risk ratio 1.64 (95% CI 0.81 to "
        "3.33); 143 more per 1,000 people (from 44 fewer to 524 more), which fits both a benefit "
        "and a harm."
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
    assert benefit.endswith(
        ", which fits both an important benefit and little or no difference; ruling out a "
        "difference that matters depends on how the interval is computed, and by the methods "
        "Cochrane 2025 the verdict is “little or no difference”."
    )


def test_a_harmful_treatment_is_said_to_harm(findings: Findings) -> None:
    flipped = _flip(findings, f"{A}.pain.immediate")
    benefit = _plain(flipped)[0]
    assert "12.78 points higher on a 0–100 scale than with placebo" in benefit
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


def _changed(findings: Findings, change: Callable[[Finding], Finding]) -> Findings:
    return replace(findings, findings=tuple(change(f) for f in findings.findings))


def _doubtful(finding: Finding, same: int = 1) -> Finding:
    assert finding.robustness is not None
    return replace(finding, robustness=replace(finding.robustness, analysis_same=same))


def _many_harms(findings: Findings, number: int, *, doubtful: int = 0) -> Findings:
    """Give drug A so many more harms of the kind of nausea, the last of them doubtful."""
    nausea = next(f for f in findings.findings if f.outcome == "nausea")
    info = next(o for o in findings.outcomes if o.id == "nausea")
    names = [f"harm-{letter}" for letter in "abcdefgh"[:number]]
    added = [replace(nausea, id=f"{A}.{name}", outcome=name) for name in names]
    firm = number - doubtful
    return replace(
        findings,
        outcomes=(*findings.outcomes, *(replace(info, id=n, name=n.title()) for n in names)),
        findings=(
            *(f for f in findings.findings if f.comparison != A or f.domain != "harm"),
            *added[:firm],
            *(_doubtful(finding) for finding in added[firm:]),
        ),
        gaps=(),
    )


def test_a_harm_found_in_few_analyses_is_set_apart(findings: Findings) -> None:
    shaky = _changed(findings, lambda f: _doubtful(f) if f.outcome == "any-event" else f)
    harm = _plain(shaky)[1]
    assert harm == (
        "Harms were more common with drug A than with placebo: nausea (211 more per 1,000 people; "
        "risk ratio 3.75, 95% CI 1.85 to 7.62; certainty at most low, not yet rated); depending on "
        "how the trials are analysed, also any adverse event (291 more per 1,000 people; risk "
        "ratio 2.21, 95% CI 1.20 to 4.08; found in 1 of 5 analyses; unclear by the methods "
        "Cochrane 2025; certainty at most low, not yet rated)."
    )


def test_harms_that_all_hang_on_the_analysis_are_not_called_more_common(
    findings: Findings,
) -> None:
    shaky = _changed(findings, lambda f: _doubtful(f) if f.robustness is not None else f)
    assert _plain(shaky)[1].startswith(
        "Whether harms are more common with drug A than with placebo depends on how the trials "
        "are analysed: nausea (211 more per 1,000 people; "
    )


def test_three_harms_have_numbers_and_the_rest_names(findings: Findings) -> None:
    harm = _plain(_many_harms(findings, 6, doubtful=1))[1]
    assert harm.count("risk ratio") == 3 + 1  # three, and the one whose analyses disagree
    assert harm.endswith(
        "each with certainty at most low, not yet rated, and also harm-D and harm-E; depending on "
        "how the trials are analysed, also harm-F (211 more per 1,000 people; risk ratio 3.75, 95% "
        "CI 1.85 to 7.62; found in 1 of 5 analyses; certainty at most low, not yet rated)."
    )


def test_numbers_left_go_to_harms_in_doubt(findings: Findings) -> None:
    harm = _plain(_many_harms(findings, 5, doubtful=3))[1]
    assert harm.count("risk ratio") == 3
    assert harm.endswith(
        "not yet rated), and also harm-D (found in 1 of 5 analyses) and harm-E (found in 1 of 5 "
        "analyses)."
    )


def test_a_harm_known_from_one_trial_says_so(findings: Findings) -> None:
    def single(finding: Finding) -> Finding:
        primary = finding.estimates.get(finding.primary)
        if finding.outcome != "nausea" or primary is None:
            return finding
        estimates = {**finding.estimates, finding.primary: replace(primary, k=1)}
        return replace(finding, status="single trial", estimates=estimates, robustness=None)

    assert "95% CI 1.85 to 7.62; one trial) and any" in _plain(_changed(findings, single))[1]


def test_harms_rated_apart_keep_their_own_certainty(findings: Findings) -> None:
    rated = _changed(
        findings,
        lambda f: (
            replace(f, certainty=replace(f.certainty, level="moderate", decided_by="am"))
            if f.outcome == "nausea" and f.certainty is not None
            else f
        ),
    )
    harm = _plain(rated)[1]
    assert "95% CI 1.85 to 7.62; certainty moderate) and any adverse event (" in harm
    assert harm.endswith("; certainty at most low, not yet rated).")
    assert "each with" not in harm


def test_open_harms_are_dropped_where_three_are_told(findings: Findings) -> None:
    def with_open(number: int) -> str:
        more = _many_harms(findings, number + 1)
        *told, last = more.findings
        verdicts = {p: replace(v, category="unclear") for p, v in last.verdicts.items()}
        return _plain(replace(more, findings=(*told, replace(last, verdicts=verdicts))))[1]

    clause = "the trials leave open which way the groups differ"
    assert clause in with_open(2)
    assert clause not in with_open(3)


def test_an_equal_number_of_people_has_no_direction(findings: Findings) -> None:
    def equal(finding: Finding) -> Finding:
        absolute = {
            preset: replace(found, difference_per_1000=0.0, difference_low_per_1000=-44.0)
            for preset, found in finding.absolute.items()
        }
        return replace(finding, absolute=absolute)

    changed = _changed(_only(findings, f"{A}.response.short", f"{A}.nausea"), equal)
    benefit, harm, _ = _plain(changed)
    assert "; the same number per 1,000 people (from 44 fewer to 524 more)" in benefit
    assert "nausea (the same number per 1,000 people; risk ratio" in harm


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


def test_what_is_missing_takes_two_clauses_at_most(findings: Findings) -> None:
    def unreported(cell: GapCell) -> GapCell:
        missing = cell.outcome == "pain" and cell.time == "short"
        return replace(cell, status="no data") if missing else cell

    more = replace(findings, gaps=tuple(unreported(cell) for cell in findings.gaps))
    assert _plain(more)[2] == (
        "What nobody knows yet: none of the 8 trials listed here reported depressive "
        "symptoms for this comparison; and serious adverse events could not be compared."
    )
    stuck = replace(
        more, gaps=tuple(c for c in more.gaps if c.outcome not in {"depression", "serious-event"})
    )
    assert _plain(stuck)[2] == (
        "What nobody knows yet: there are no results for pain intensity, short term."
    )


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
