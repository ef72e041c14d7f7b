"""What is said where the main estimate is missing, or promises more than the trials give."""

from __future__ import annotations

from dataclasses import replace

import pytest

from equipoise.findings import Finding, Findings, Note
from equipoise.words import (
    answer,
    finding_statement,
    main_finding,
    robustness_text,
    terminal_summary,
    verify,
)

A = "drug-a-placebo"
NAUSEA = f"{A}.nausea"
PAIN = f"{A}.pain.immediate"
PRIMARY, OTHER = "as-published", "cochrane-2025"


def _with(findings: Findings, *changed: Finding) -> Findings:
    """Put changed findings in the place of those with their ids."""
    by_id = {finding.id: finding for finding in changed}
    return replace(findings, findings=tuple(by_id.get(f.id, f) for f in findings.findings))


def _only_otherwise(finding: Finding) -> Finding:
    """Keep the estimate of the preset shown beside, as where the main analysis has none."""
    return replace(
        finding,
        status="not poolable",
        estimates={preset: e for preset, e in finding.estimates.items() if preset == OTHER},
        absolute={preset: a for preset, a in finding.absolute.items() if preset == OTHER},
        robustness=None,
    )


def _noted(finding: Finding, code: str) -> Finding:
    """Give the main estimate a note."""
    primary = finding.estimates[PRIMARY]
    noted = replace(primary, notes=(*primary.notes, Note(code, "a remark of the statistics")))
    return replace(finding, estimates={**finding.estimates, PRIMARY: noted})


def test_an_estimate_by_other_methods_alone_is_no_answer(
    findings: Findings, by_id: dict[str, Finding]
) -> None:
    otherwise = _only_otherwise(by_id[PAIN])
    whole = _with(findings, otherwise)
    main = main_finding(whole, A)
    assert main is not None
    assert main.id == f"{A}.pain.short"
    assert finding_statement(whole, otherwise).plain == (
        "Pain intensity, immediate term (up to 1 day): measured in 223 people, but the groups "
        "cannot be compared by the methods of the main analysis."
    )
    assert robustness_text(whole, otherwise) == ()
    assert "4/223          not estimable" in terminal_summary(whole)


def test_where_only_other_methods_estimate_anything_that_is_said(findings: Findings) -> None:
    whole = replace(
        findings,
        findings=tuple(_only_otherwise(f) for f in findings.findings),
        gaps=tuple(replace(c, status="not poolable") if c.finding else c for c in findings.gaps),
    )
    assert main_finding(whole, A) is None
    benefit, harm, _ = (sentence.plain for sentence in answer(whole))
    assert benefit == (
        "Whether drug A helps is not known: in the trials that measured pain intensity and pain "
        "reduced by 50 % or more the groups cannot be compared by the methods of the main analysis."
    )
    assert harm == (
        "What harm drug A does is not known: the trials listed here allow no comparison of harms with "
        "placebo, which does not mean that there are none."
    )


NARROW = (
    "o not rely on how narrow this interval is, since the trials agree more closely than chance "
    "would make them."
)
NO_WIDTH = (
    "o not rely on this interval, which has no width because the estimates of all trials are equal."
)


@pytest.mark.parametrize(
    ("code", "warning"), [("hksj-narrower", NARROW), ("zero-width-interval", NO_WIDTH)]
)
def test_an_interval_that_promises_too_much_is_warned_of(
    findings: Findings, by_id: dict[str, Finding], code: str, warning: str
) -> None:
    noted = _noted(by_id[PAIN], code)
    whole = _with(findings, noted)
    assert answer(whole)[0].plain.endswith(f"; d{warning}")
    assert f" D{warning}" in finding_statement(whole, noted, with_certainty=False).plain
    assert f"d{warning}" in " ".join(terminal_summary(whole).split())


def test_a_note_of_the_other_methods_warns_of_nothing(
    findings: Findings, by_id: dict[str, Finding]
) -> None:
    finding = by_id[PAIN]
    noted = replace(
        finding.estimates[OTHER], notes=(Note("hksj-narrower", "a remark of the statistics"),)
    )
    other = replace(finding, estimates={**finding.estimates, OTHER: noted})
    assert "rely" not in answer(_with(findings, other))[0].plain
    assert "rely" not in finding_statement(findings, other).plain


def test_a_harm_with_too_narrow_an_interval_says_so(
    findings: Findings, by_id: dict[str, Finding]
) -> None:
    whole = _with(findings, _noted(by_id[NAUSEA], "hksj-narrower"))
    assert (
        "95% CI 1.85 to 7.62; do not rely on how narrow this interval is) and any adverse event"
        in (answer(whole)[1].plain)
    )


def test_an_interval_without_width_at_no_effect_has_words(
    findings: Findings, by_id: dict[str, Finding]
) -> None:
    noted = _noted(by_id[PAIN], "zero-width-interval")
    primary = noted.estimates[PRIMARY]
    effect = replace(
        primary.effect, estimate=5.55e-17, ci_low=5.55e-17, ci_high=5.55e-17, analysis_estimate=0.0
    )
    level = replace(
        noted,
        estimates={PRIMARY: replace(primary, effect=effect)},
        verdicts={
            PRIMARY: replace(noted.verdicts[PRIMARY], category="unclear", mid=None, mid_unit=None)
        },
        robustness=None,
    )
    whole = _with(findings, level)
    assert (
        "the average was 0.00 points lower or higher on a 0–100 scale than with placebo (95% CI "
        "0.00 to 0.00 lower or higher), which fits little or no difference; do not rely on"
    ) in answer(whole)[0].plain


def test_people_nobody_counted_make_the_number_a_least(
    findings: Findings, by_id: dict[str, Finding]
) -> None:
    incomplete = Note("participants-incomplete", "Not known for one trial.")
    pain, serious = (
        replace(by_id[cell], notes=(*by_id[cell].notes, incomplete))
        for cell in (PAIN, f"{A}.serious-event")
    )
    whole = _with(findings, pain, serious)
    said = answer(whole)[0]
    assert ": in 4 trials with at least 223 people, the average" in said.plain
    assert verify(whole, said) == ()
    assert "in either group among at least 116 people," in finding_statement(whole, serious).plain
    summary = terminal_summary(whole)
    assert "4/≥223" in summary
    assert "2/126" in summary


def test_a_tiny_ratio_is_a_result_and_not_noise(
    findings: Findings, by_id: dict[str, Finding]
) -> None:
    finding = by_id[NAUSEA]
    primary = finding.estimates[PRIMARY]
    wide = replace(primary, effect=replace(primary.effect, ci_low=1.2e-13))
    whole = _with(findings, replace(finding, estimates={PRIMARY: wide}))
    assert "95% CI 1.20 × 10⁻¹³ to 7.62" in answer(whole)[1].plain
    assert "RR 3.75 (1.20 × 10⁻¹³ to 7.62)" in terminal_summary(whole)
