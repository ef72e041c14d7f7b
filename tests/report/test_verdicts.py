"""Verdicts beside the plot: the protocol's, other methods', other thresholds'."""

from __future__ import annotations

from dataclasses import replace

import pytest

from equipoise.findings import Finding, Note
from equipoise.report import render_report
from equipoise.report.verdicts import interval_warnings, other_verdicts, verdict_lines
from report.reading import read
from support.findings_factory import example_findings

PAIN = next(f for f in example_findings().findings if f.estimates and f.verdict_alternatives)


def test_the_protocols_verdict_comes_first_with_its_rule() -> None:
    own = PAIN.verdicts[PAIN.primary]
    assert verdict_lines(PAIN)[0] == f"Verdict: {own.category}. {own.rule}"


def test_other_methods_and_other_thresholds_say_what_they_make_of_it() -> None:
    wide = replace(PAIN.verdict_alternatives[0], mid=20.0, mid_unit="points", category="unclear")
    lines = verdict_lines(replace(PAIN, verdict_alternatives=(wide,)))
    other = next(name for name in PAIN.verdicts if name != PAIN.primary)
    assert lines[1].startswith("By the methods ")
    assert lines[1].endswith(f": {PAIN.verdicts[other].category}.")
    assert lines[2:] == ("With a minimal important difference of 20 points: unclear.",)


def test_nothing_is_judged_where_nothing_was_estimated() -> None:
    assert verdict_lines(replace(PAIN, estimates={})) == ()


def warned(preset: str, code: str) -> Finding:
    estimate = replace(PAIN.estimates[preset], notes=(Note(code, "In the words of the kernel."),))
    return replace(PAIN, estimates={**PAIN.estimates, preset: estimate})


@pytest.mark.parametrize(
    ("preset", "code", "said"),
    [
        (
            "cochrane-2025",
            "hksj-narrower",
            (
                "By Cochrane 2025 the interval is narrower than the classic one because the trials "
                "agree more than chance would make them; do not rely on its width."
            ),
        ),
        (
            "as-published",
            "zero-width-interval",
            (
                "By the methods as published the interval has no width because the estimates of all "
                "trials are equal; do not rely on it."
            ),
        ),
    ],
)
def test_an_interval_that_promises_too_much_is_warned_of_whichever_methods_give_it(
    preset: str, code: str, said: str
) -> None:
    finding = warned(preset, code)
    assert interval_warnings(PAIN) == ()
    assert interval_warnings(finding) == (said,)
    findings = example_findings()
    others = tuple(finding if f is PAIN else f for f in findings.findings)
    article = read(render_report(replace(findings, findings=others))).by_id(f"f-{finding.id}")
    assert [p.text for p in article.all("p", "warning")] == [said]
    totals = [row.text for foot in article.all("tfoot") for row in foot.all("tr")]
    clause = said[said.index("the interval") + len("the interval") :]
    assert [f"The interval{clause}" in total for total in totals] == [
        name == preset for name in finding.estimates
    ]


def test_a_verdict_of_other_methods_is_shown_where_it_differs() -> None:
    other = next(name for name in PAIN.verdicts if name != PAIN.primary)
    own = PAIN.verdicts[PAIN.primary]
    against = replace(own, category="harm")
    assert own.category != "harm"
    assert other_verdicts(replace(PAIN, verdicts={PAIN.primary: own, other: own})) == "the same"
    assert other_verdicts(replace(PAIN, verdicts={PAIN.primary: own})) == "–"
    differing = replace(PAIN, verdicts={PAIN.primary: own, other: against})
    assert other_verdicts(differing) == "Cochrane 2025: harm"
    findings = example_findings()
    others = tuple(differing if f is PAIN else f for f in findings.findings)
    page = read(render_report(replace(findings, findings=others)))
    assert "Cochrane 2025: harm" in page.by_id(f"r-{PAIN.id}").text
