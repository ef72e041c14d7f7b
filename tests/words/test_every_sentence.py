"""What holds for every sentence that can be written about the examples."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

import pytest

from equipoise import words
from equipoise.findings import Certainty, CertaintyLevel, Decision, Finding, Findings, Note
from equipoise.words import Sentence
from support.findings_factory import example_findings, without_data

FORBIDDEN = re.compile(
    r"\b(significan\w*|trend\w*|proven?|proves?|safe|safely|no effect|no evidence of|non-inferior"
    r"|failed|promising|clearly|dramatic\w*)\b",
    re.IGNORECASE,
)


def _sentences(findings: Findings) -> Iterator[Sentence]:
    for comparison in findings.comparisons:
        yield from words.answer(findings, comparison=comparison.id)
        yield from words.gap_text(findings, comparison.id)
    for finding in findings.findings:
        yield words.finding_statement(findings, finding)
        yield words.finding_statement(findings, finding, with_certainty=False)
        yield from words.robustness_text(findings, finding)
        yield from words.certainty_text(findings, finding)
    yield from words.methods_text(findings)


def _rated(certainty: Certainty | None, level: CertaintyLevel) -> Certainty | None:
    if certainty is None:
        return None
    return replace(certainty, level=level, proposal=level)


LEVELS: tuple[CertaintyLevel, ...] = ("high", "moderate", "low", "very low")


def _variants() -> Iterator[tuple[str, Findings]]:
    yield "example", example_findings()
    yield "without data", without_data()
    for level in LEVELS:
        yield (
            f"{level} certainty",
            _changed(lambda f, level=level: replace(f, certainty=_rated(f.certainty, level))),
        )
    yield "not rated", _changed(lambda f: replace(f, certainty=None))
    yield (
        "second preset first",
        _changed(lambda f: replace(f, primary="cochrane-2025") if f.estimates else f),
    )
    yield "people unknown", _changed(lambda f: replace(f, participants=None))
    yield "no absolute effects", _changed(lambda f: replace(f, absolute={}))
    yield "no analysis agrees", _changed(_alone)
    yield "every scale is turned", _changed(_turned)
    yield "only the other preset estimates", _changed(_only_otherwise)
    yield "reviewers disagree", _changed(_split)
    yield "people incomplete", _changed(_incomplete)
    for code in ("hksj-narrower", "zero-width-interval"):
        yield code, _changed(lambda f, code=code: _noted(f, code))
    for kind in ("rate", "time-to-event"):
        yield kind, _events_of_kind(kind)


def _alone(finding: Finding) -> Finding:
    if finding.robustness is None:
        return finding
    return replace(finding, robustness=replace(finding.robustness, analysis_same=0))


def _only_otherwise(finding: Finding) -> Finding:
    estimates = {preset: e for preset, e in finding.estimates.items() if preset != finding.primary}
    return replace(finding, estimates=estimates, status="not poolable", robustness=None)


def _split(finding: Finding) -> Finding:
    if finding.certainty is None:
        return finding
    decisions = (Decision("am", "low", "A reason.", None), Decision("bk", "high", "Why.", None))
    certainty = replace(finding.certainty, level="low", decided_by="am, bk", decisions=decisions)
    return replace(finding, certainty=certainty)


def _incomplete(finding: Finding) -> Finding:
    return replace(finding, notes=(Note("participants-incomplete", "Not known for all."),))


def _noted(finding: Finding, code: str) -> Finding:
    estimates = {
        preset: replace(e, notes=(Note(code, "A remark."),))
        for preset, e in finding.estimates.items()
    }
    return replace(finding, estimates=estimates)


def _turned(finding: Finding) -> Finding:
    if finding.ratio:
        return finding
    turned: Literal["lower", "higher"] = "higher" if finding.direction == "lower" else "lower"
    favoured: Literal["treatment", "comparator"] = (
        "treatment" if turned == "lower" else "comparator"
    )
    return replace(finding, direction=turned, favours_low=favoured)


def _events_of_kind(kind: str) -> Findings:
    example = example_findings()
    outcomes = (replace(o, kind=kind) if o.kind == "binary" else o for o in example.outcomes)
    return replace(example, outcomes=tuple(outcomes))


def _changed(change: object) -> Findings:
    assert callable(change)
    example = example_findings()
    changed: list[Finding] = [change(finding) for finding in example.findings]
    return replace(example, findings=tuple(changed))


VARIANTS = list(_variants())


@pytest.mark.parametrize("variant", [v for _, v in VARIANTS], ids=[n for n, _ in VARIANTS])
def test_every_number_is_bound_and_every_sentence_is_plain(variant: Findings) -> None:
    sentences = list(_sentences(variant))
    assert len(sentences) >= 3 * len(variant.comparisons)
    for sentence in sentences:
        text = sentence.plain
        assert words.verify(variant, sentence) == ()
        assert words.loose_digits(sentence) == ()
        assert not FORBIDDEN.search(text), text
        assert text.endswith("."), text
        assert text[0].isupper() or text[0].isdigit(), text
        assert "  " not in text
        assert " ," not in text
        assert ".." not in text
        assert not re.search(r"None(?! of the )", text)


def test_the_forbidden_words_are_really_searched_for() -> None:
    for text in ("a significant trend", "proven safe", "there was no effect", "no evidence of"):
        assert FORBIDDEN.search(text)


def test_every_bound_piece_of_a_finding_names_it(findings: Findings) -> None:
    ids = {finding.id for finding in findings.findings}
    for sentence in words.answer(findings):
        for piece in sentence.bound:
            if piece.path.startswith("findings/"):
                assert piece.finding in ids
                assert f"/{piece.finding}/" in piece.path
