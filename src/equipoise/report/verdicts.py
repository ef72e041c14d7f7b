"""A finding's verdicts in words: by the protocol, by other methods, by other thresholds."""

from __future__ import annotations

from collections.abc import Iterator

from equipoise.findings import Finding, Verdict
from equipoise.report.effects import preset_name
from equipoise.words import numbers


def verdict_lines(finding: Finding) -> tuple[str, ...]:
    """Tell the verdict with its rule first, then what else it could have been held against.

    The minimal important difference is a choice of the protocol; where it names others beside it,
    each says what it would have made of the same interval.
    """
    return tuple(_lines(finding)) if finding.estimates else ()


def _lines(finding: Finding) -> Iterator[str]:
    own = finding.verdicts[finding.primary]
    yield f"Verdict: {own.category}. {own.rule}"
    for preset, verdict in finding.verdicts.items():
        if preset != finding.primary and preset in finding.estimates:
            yield f"By the methods {preset_name(preset)}: {verdict.category}."
    for verdict in finding.verdict_alternatives:
        yield f"With a minimal important difference of {_threshold(verdict)}: {verdict.category}."


def _threshold(verdict: Verdict) -> str:
    size = "" if verdict.mid is None else numbers.bound_of_scale(verdict.mid)
    return f"{size} {verdict.mid_unit or ''}".strip()
