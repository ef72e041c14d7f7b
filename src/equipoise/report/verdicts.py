"""A finding's verdicts in words: by the protocol, by other methods, by other thresholds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from equipoise.findings import Estimate, Finding, Verdict
from equipoise.report.effects import preset_name
from equipoise.words import numbers

NO_OTHERS: Final = "–"

_WARNINGS: Final = {
    "zero-width-interval": (
        "has no width because the estimates of all trials are equal; do not rely on it."
    ),
    "hksj-narrower": (
        "is narrower than the classic one because the trials agree more than chance would make "
        "them; do not rely on its width."
    ),
}


def verdict_lines(finding: Finding) -> tuple[str, ...]:
    """Tell the verdict with its rule first, then what else it could have been held against.

    The minimal important difference is a choice of the protocol; where it names others beside it,
    each says what it would have made of the same interval.
    """
    return tuple(_lines(finding)) if finding.estimates else ()


def interval_warnings(finding: Finding) -> tuple[str, ...]:
    """Warn of each total whose interval promises more than its trials give.

    The Hartung–Knapp interval shrinks below the classic one where trials agree more closely than
    chance would make them, and to nothing where their estimates are equal.
    """
    return tuple(
        f"By {_methods(preset)} the interval {what}"
        for preset, estimate in finding.estimates.items()
        if (what := interval_warning(estimate))
    )


def interval_warning(estimate: Estimate) -> str:
    """Say what is wrong with the width of an estimate's interval; empty where nothing is."""
    codes = {note.code for note in estimate.notes}
    return next((text for code, text in _WARNINGS.items() if code in codes), "")


def other_verdicts(finding: Finding) -> str:
    """Name the other methods shown whose verdict is not the protocol's, with theirs."""
    own = finding.verdicts[finding.primary].category
    others = [(preset, v.category) for preset, v in _other_methods(finding)]
    if not others:
        return NO_OTHERS
    different = [
        f"{_methods(preset)}: {category}" for preset, category in others if category != own
    ]
    return "; ".join(different) or "the same"


def _other_methods(finding: Finding) -> Iterator[tuple[str, Verdict]]:
    for preset, verdict in finding.verdicts.items():
        if preset != finding.primary and preset in finding.estimates:
            yield preset, verdict


def _methods(preset: str) -> str:
    """Name a set of methods so that the name reads within a sentence."""
    name = preset_name(preset)
    return f"the methods {name}" if name[:1].islower() else name


def _lines(finding: Finding) -> Iterator[str]:
    own = finding.verdicts[finding.primary]
    yield f"Verdict: {own.category}. {own.rule}"
    for preset, verdict in _other_methods(finding):
        yield f"By the methods {preset_name(preset)}: {verdict.category}."
    for verdict in finding.verdict_alternatives:
        yield f"With a minimal important difference of {_threshold(verdict)}: {verdict.category}."


def _threshold(verdict: Verdict) -> str:
    size = "" if verdict.mid is None else numbers.bound_of_scale(verdict.mid)
    return f"{size} {verdict.mid_unit or ''}".strip()
