"""Verdicts beside the plot: the protocol's, other methods', other thresholds'."""

from __future__ import annotations

from dataclasses import replace

from equipoise.report.verdicts import verdict_lines
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
