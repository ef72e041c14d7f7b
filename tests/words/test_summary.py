"""The summary for a terminal."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from equipoise.findings import Findings
from equipoise.words import terminal_summary
from support.golden import reviewed

GOLDEN = Path(__file__).with_name("terminal_summary.txt")


def test_the_summary_reads_as_agreed(findings: Findings) -> None:
    text = terminal_summary(findings)
    assert text == reviewed(GOLDEN, text)


@pytest.mark.parametrize("width", [80, 100, 132])
def test_no_line_is_wider_than_the_terminal(findings: Findings, width: int) -> None:
    lines = terminal_summary(findings, width=width).splitlines()
    assert max(len(line) for line in lines) <= width
    assert all(line == line.rstrip() for line in lines)


def test_marks_are_explained_only_where_they_are_shown(findings: Findings) -> None:
    def rated(by: str | None, not_judged: tuple[str, ...]) -> str:
        changed = (
            replace(f, certainty=replace(f.certainty, decided_by=by, not_judged=not_judged))
            if f.certainty is not None
            else f
            for f in findings.findings
        )
        return terminal_summary(replace(findings, findings=tuple(changed)))

    decided, ceiling, computed = rated("am", ()), rated(None, ("indirectness",)), rated(None, ())
    assert "≤" not in decided
    assert "(rule)" not in decided
    assert "≤ at most: nobody has yet judged every domain of the certainty.\n" in ceiling
    assert "(rule)" not in ceiling
    assert "(rule): computed; no person has decided it.\n" in computed
    assert "≤" not in computed
    assert max(len(line) for line in computed.splitlines()) <= 80


def test_one_cell_has_data_and_several_have(findings: Findings) -> None:
    kept = (
        f"{c.comparison}.{c.outcome}" for c in findings.gaps if c.comparison == "drug-b-placebo"
    )
    first = next(kept)
    one = replace(
        findings,
        gaps=tuple(
            replace(c, status="pooled" if f"{c.comparison}.{c.outcome}" == first else "no data")
            for c in findings.gaps
            if c.outcome != "pain" or c.time == "immediate"
        ),
    )
    assert "Drug B (β-form) v placebo: 1 of 6 planned cells has data" in terminal_summary(one)


def test_before_any_trial_it_says_what_is_not_known(empty: Findings) -> None:
    text = terminal_summary(empty)
    assert "No included trial reported a planned outcome." in text
    assert "Whether drug A helps is not known" in text


def test_names_cannot_drive_the_terminal(findings: Findings) -> None:
    outcomes = tuple(replace(info, name=f"\x1b[2J{info.name}\x07") for info in findings.outcomes)
    review = replace(findings.review, title="\x1b]0;owned\x07" + findings.review.title)
    hostile = replace(findings, outcomes=outcomes, review=review)
    text = terminal_summary(hostile)
    assert "\x1b" not in text
    assert "\x07" not in text


def test_it_is_the_same_every_time(findings: Findings) -> None:
    assert terminal_summary(findings) == terminal_summary(findings)
