"""Harms side by side: how many people in 1,000 have each, with and without the treatment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from equipoise.findings import AbsoluteEffect, ComparisonInfo, Finding
from equipoise.report.anchors import finding_anchor
from equipoise.report.certainty import CertaintyMark, certainty_mark
from equipoise.report.directory import Directory
from equipoise.report.effects import measured_effect
from equipoise.report.summary import NONE, notes_on_risks, per_thousand_difference, trials_text
from equipoise.words import numbers


@dataclass(frozen=True, slots=True)
class Bars:
    """Risks as percentages of the longest bar's length: comparator, treatment, its interval."""

    comparator: str
    treatment: str
    low: str
    width: str


@dataclass(frozen=True, slots=True)
class HarmRow:
    """One harm. ``bars`` is ``None`` where risks per 1,000 cannot be given."""

    title: str
    finding: str | None
    comparator: str
    treatment: str
    interval: str
    difference: str
    effect: str
    trials: str
    certainty: CertaintyMark | None
    bars: Bars | None
    notes: tuple[str, ...]


def harm_rows(names: Directory, comparison: ComparisonInfo) -> tuple[HarmRow, ...]:
    """List a comparison's harms; those nobody reported come last."""
    measured = [_row(names, f) for f in names.of(comparison) if f.domain == "harm"]
    missing = [
        _without_data(names.cell_title(gap.outcome, gap.time))
        for gap in names.gaps_of(comparison)
        if names.outcomes[gap.outcome].domain == "harm"
    ]
    return (*measured, *missing)


def notes_on_harms(rows: Iterable[HarmRow]) -> tuple[tuple[str, str], ...]:
    """List the notes on a table's risks, each once, with the harms it is about."""
    about: dict[str, list[str]] = {}
    for row in rows:
        for note in row.notes:
            about.setdefault(note, []).append(row.title)
    return tuple((", ".join(titles), note) for note, titles in about.items())


def _row(names: Directory, finding: Finding) -> HarmRow:
    absolute = finding.absolute.get(finding.primary)
    estimate = finding.estimates.get(finding.primary)
    return HarmRow(
        title=names.short_title(finding),
        finding=finding_anchor(finding.id),
        comparator=_per_thousand(absolute.comparator_per_1000 if absolute else None),
        treatment=_per_thousand(absolute.treatment_per_1000 if absolute else None),
        interval=_interval(absolute),
        difference=per_thousand_difference(absolute) if absolute else NONE,
        effect=measured_effect(finding, estimate.effect) if estimate else "Not estimable",
        trials=_basis(finding),
        certainty=certainty_mark(finding.id, finding.certainty) if finding.certainty else None,
        bars=_bars(absolute) if absolute else None,
        notes=notes_on_risks(finding),
    )


def _without_data(title: str) -> HarmRow:
    return HarmRow(title, None, NONE, NONE, "", NONE, "No data", NONE, None, None, ())


def _basis(finding: Finding) -> str:
    trials = trials_text(finding)
    people = finding.participants
    return trials if people is None else f"{trials} ({numbers.count(people)})"


def _per_thousand(value: float | None) -> str:
    return NONE if value is None else numbers.per_thousand(value)


def _interval(absolute: AbsoluteEffect | None) -> str:
    if absolute is None:
        return ""
    low = numbers.per_thousand(absolute.treatment_low_per_1000)
    return f"{low} to {numbers.per_thousand(absolute.treatment_high_per_1000)}"


def _bars(absolute: AbsoluteEffect) -> Bars:
    low, high = absolute.treatment_low_per_1000, absolute.treatment_high_per_1000
    return Bars(
        comparator=_percentage(absolute.comparator_per_1000),
        treatment=_percentage(absolute.treatment_per_1000),
        low=_percentage(low),
        width=_percentage(high - low),
    )


def _percentage(per_thousand: float) -> str:
    """Write a length for the style sheet: everyone, 1,000 in 1,000, is the whole width."""
    return f"{min(max(per_thousand, 0.0), 1000.0) / 10:.1f}%"
