"""Who and what a sentence is about: names of treatments, outcomes, times and comparisons."""

from __future__ import annotations

from equipoise.findings import ComparisonInfo, Finding, Findings, GapCell, OutcomeInfo
from equipoise.words.binding import Parts, bind, join_path


def comparison_of(findings: Findings, comparison: str) -> ComparisonInfo:
    """Give the comparison with this id."""
    return next(info for info in findings.comparisons if info.id == comparison)


def outcome_of(findings: Findings, outcome: str) -> OutcomeInfo:
    """Give the outcome with this id."""
    return next(info for info in findings.outcomes if info.id == outcome)


def treatment(findings: Findings, comparison: str, *, start: bool = False) -> Parts:
    """Name the treatment of a comparison."""
    path = join_path("comparisons", comparison, "treatment_name")
    return (bind(findings, path, "name_start" if start else "name"),)


def comparator(findings: Findings, comparison: str) -> Parts:
    """Name the comparator of a comparison."""
    return (bind(findings, join_path("comparisons", comparison, "comparator_name"), "name"),)


def comparison_name(findings: Findings, comparison: str, *, start: bool = False) -> Parts:
    """Name a comparison."""
    path = join_path("comparisons", comparison, "name")
    return (bind(findings, path, "name_start" if start else "name"),)


def outcome_name(findings: Findings, outcome: str, *, start: bool = False) -> Parts:
    """Name an outcome without its time."""
    path = join_path("outcomes", outcome, "name")
    return (bind(findings, path, "name_start" if start else "name_inside"),)


def time_name(findings: Findings, time: str) -> Parts:
    """Name a time window."""
    return (bind(findings, join_path("times", time, "name"), "name_inside"),)


def measured(findings: Findings, cell: Finding | GapCell, *, start: bool = False) -> Parts:
    """Name an outcome with its time window, if it has one: ``pain intensity (short term)``."""
    named = outcome_name(findings, cell.outcome, start=start)
    if cell.time is None:
        return named
    return (*named, ", ", *time_name(findings, cell.time))
