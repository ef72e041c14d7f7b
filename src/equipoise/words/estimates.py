"""The main estimate of a finding: whether there is one, and what must be said beside it."""

from __future__ import annotations

from equipoise.findings import Finding, Findings
from equipoise.words.binding import Parts, bind, join_path

_WARNINGS = {
    "zero-width-interval": (
        "do not rely on this interval, which has no width because the estimates of all trials "
        "are equal"
    ),
    "hksj-narrower": (
        "do not rely on how narrow this interval is, since the trials agree more closely than "
        "chance would make them"
    ),
}
_IN_BRIEF = {
    "zero-width-interval": "do not rely on this interval, which has no width",
    "hksj-narrower": "do not rely on how narrow this interval is",
}


def is_estimated(finding: Finding) -> bool:
    """Tell whether the main analysis gave an estimate.

    The preset shown beside it may give one where the main analysis does not; that is no answer
    under the methods the protocol chose, so sentences treat the finding as not poolable.
    """
    return finding.primary in finding.estimates


def interval_warning(finding: Finding, *, brief: bool = False) -> str:
    """Say, as a clause, that the main interval promises more than the trials give.

    The Hartung–Knapp interval shrinks below the classic one where trials agree more closely than
    chance would make them, and to nothing where their estimates are equal. Empty where there is
    nothing to warn of. ``brief`` leaves out the reason.
    """
    texts = _IN_BRIEF if brief else _WARNINGS
    codes = {note.code for note in finding.estimates[finding.primary].notes}
    return next((text for code, text in texts.items() if code in codes), "")


def people_counted(findings: Findings, finding: Finding) -> Parts:
    """Say how many people a finding counts: ``78 people``, ``at least 80 people``.

    *At least* where some trials do not say how many they had; empty where none does.
    """
    if finding.participants is None:
        return ()
    path = join_path("findings", finding.id, "participants")
    counted = bind(findings, path, "people", finding=finding.id)
    return ("at least ", counted) if people_incomplete(finding) else (counted,)


def people_incomplete(finding: Finding) -> bool:
    """Tell whether some trials of a finding do not say how many people they had."""
    return any(note.code == "participants-incomplete" for note in finding.notes)
