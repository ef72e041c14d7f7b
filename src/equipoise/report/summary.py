"""The summary-of-findings table: for each outcome the effect, its certainty, and what it means.

The layout is that of chapter 14 of the Cochrane Handbook: the risk without and with the treatment
and their difference per 1,000 people, the relative effect, the trials and people it rests on, and
the certainty. Planned outcomes that no trial reported are rows too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from string import ascii_lowercase

from equipoise.findings import (
    AbsoluteEffect,
    ComparisonInfo,
    Estimate,
    Finding,
    Findings,
    GapCell,
    OutcomeInfo,
)
from equipoise.report.anchors import finding_anchor
from equipoise.report.basis import no_data
from equipoise.report.certainty import CertaintyMark, certainty_mark
from equipoise.report.directory import Directory, directory
from equipoise.report.effects import difference_text, measured_effect
from equipoise.words import finding_statement, numbers
from equipoise.words.estimates import people_incomplete
from equipoise.words.model import Sentence

NONE = "–"
NO_DATA = "No data"


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """One outcome at one time.

    ``finding`` is the id of the finding and ``anchor`` its place in the report, ``None`` for an
    outcome without data. ``statement`` says what happens, in words.
    """

    finding: str | None
    anchor: str | None
    outcome: str
    time: str | None
    details: str
    domain: str
    comparator: str
    treatment: str
    difference: str
    effect: str
    trials: str
    people: str
    certainty: CertaintyMark | None
    statement: Sentence
    notes: tuple[str, ...]
    basis: str | None


def summary_of_findings(findings: Findings, comparison: str) -> tuple[SummaryRow, ...]:
    """Build the summary-of-findings rows of a comparison: benefits, then harms.

    Args:
        findings: The findings.
        comparison: Id of the comparison.

    Returns:
        A row for each finding, then one for each planned outcome with times nobody reported.
    """
    names = directory(findings)
    info = names.comparisons[comparison]
    measured = [_measured(names, finding) for finding in names.of(info)]
    missing = list(_missing(names, info))
    return tuple(
        row for domain in ("benefit", "harm") for row in (*measured, *missing)
        if row.domain == domain
    )  # fmt: skip


def scale_text(outcome: OutcomeInfo, finding: Finding | None = None) -> str:
    """Say on which scale an outcome is and which end of it is better."""
    direction = finding.direction if finding is not None else outcome.direction
    if outcome.kind in ("binary", "rate", "time-to-event"):
        return f"{'fewer' if direction == 'lower' else 'more'} is better"
    scale = outcome.scale if finding is None else _scale_name(finding)
    return f"{scale}; {direction} is better" if scale else f"{direction} is better"


def _scale_name(finding: Finding) -> str | None:
    """Name a finding's scale with its range, unless the name has the range already."""
    low, high = finding.scale_low, finding.scale_high
    if finding.scale is None or low is None or high is None:
        return finding.scale
    span = f"{numbers.bound_of_scale(low)} to {numbers.bound_of_scale(high)}"
    return finding.scale if span in finding.scale else f"{finding.scale}, {span}"


def _measured(names: Directory, finding: Finding) -> SummaryRow:
    outcome = names.outcomes[finding.outcome]
    estimate = finding.estimates.get(finding.primary)
    absolute = finding.absolute.get(finding.primary)
    comparator, treatment, difference = _absolute(finding, estimate)
    return SummaryRow(
        finding=finding.id,
        anchor=finding_anchor(finding.id),
        outcome=outcome.name,
        time=names.time(finding.time),
        details=scale_text(outcome, finding),
        domain=finding.domain,
        comparator=comparator,
        treatment=treatment,
        difference=difference,
        effect=measured_effect(finding, estimate.effect) if estimate else "Not estimable",
        trials=trials_text(finding),
        people=_people(finding),
        certainty=certainty_mark(finding.id, finding.certainty) if finding.certainty else None,
        statement=finding_statement(names.all, finding, with_certainty=False),
        notes=notes_on_risks(finding),
        basis=absolute.assumed_risk_basis if absolute else None,
    )


def _people(finding: Finding) -> str:
    """Count people; *≥* where some trials do not say how many they had."""
    if finding.participants is None:
        return NONE
    return ("≥" if people_incomplete(finding) else "") + numbers.count(finding.participants)


def risk_bases(rows: Iterable[SummaryRow]) -> dict[str, str]:
    """List where the comparators' risks of a table come from: each basis once, with its letter.

    The letter stands beside each risk and before its basis below the table.
    """
    bases = dict.fromkeys(row.basis for row in rows if row.basis)
    return {basis: _letter(position) for position, basis in enumerate(bases)}


def _letter(position: int) -> str:
    """Give the letter of a note: a to z, then aa, ab and on."""
    before, last = divmod(position, len(ascii_lowercase))
    return (_letter(before - 1) if before else "") + ascii_lowercase[last]


def trials_text(finding: Finding) -> str:
    """Count a finding's trials: ``3``, or ``2 of 3`` where only two have an effect."""
    entered = len(finding.trials)
    estimable = sum(trial.status == "estimable" for trial in finding.trials)
    if not 0 < estimable < entered:
        return numbers.count(entered)
    return f"{numbers.count(estimable)} of {numbers.count(entered)}"


def notes_on_risks(finding: Finding) -> tuple[str, ...]:
    """Say why a finding's risks cannot be given, or which of them were capped."""
    absolute = finding.absolute.get(finding.primary)
    capped = absolute.notes if absolute else ()
    missing = [note for note in finding.notes if "assumed-risk" in note.code]
    return tuple(note.text for note in (*capped, *missing))


def _absolute(finding: Finding, estimate: Estimate | None) -> tuple[str, str, str]:
    absolute = finding.absolute.get(finding.primary)
    if absolute is not None:
        return (
            numbers.per_thousand(absolute.comparator_per_1000),
            numbers.per_thousand(absolute.treatment_per_1000),
            per_thousand_difference(absolute),
        )
    if estimate is None or finding.ratio:
        return NONE, NONE, NONE
    return _comparator_means(finding), NONE, difference_text(finding, estimate.effect)


def per_thousand_difference(absolute: AbsoluteEffect) -> str:
    """Write a difference per 1,000 people: ``88 more (from 4 fewer to 210 more)``."""
    value, low, high = (
        numbers.more_or_fewer(x)
        for x in (
            absolute.difference_per_1000,
            absolute.difference_low_per_1000,
            absolute.difference_high_per_1000,
        )
    )
    return f"{value} (from {low} to {high})"


def _comparator_means(finding: Finding) -> str:
    """Give the range of the comparators' means, where all trials use one scale."""
    means = [t.comparator.mean for t in finding.trials if t.comparator.mean is not None]
    if finding.measure != "MD" or not means:
        return NONE
    low, high = numbers.estimate(min(means)), numbers.estimate(max(means))
    return f"mean {low}" if low == high else f"means {low} to {high}"


def _missing(names: Directory, comparison: ComparisonInfo) -> Iterable[SummaryRow]:
    for outcome, cells in groupby(names.gaps_of(comparison), key=lambda gap: gap.outcome):
        yield _without_data(names, names.outcomes[outcome], tuple(cells))


def _without_data(names: Directory, outcome: OutcomeInfo, cells: tuple[GapCell, ...]) -> SummaryRow:
    times = [time for cell in cells if (time := names.time(cell.time)) is not None]
    return SummaryRow(
        finding=None,
        anchor=None,
        outcome=outcome.name,
        time=", ".join(times) or None,
        details=scale_text(outcome),
        domain=outcome.domain,
        comparator=NONE,
        treatment=NONE,
        difference=NONE,
        effect=NO_DATA,
        trials=numbers.count(0),
        people=NONE,
        certainty=None,
        statement=Sentence((no_data(names.all),)),
        notes=(),
        basis=None,
    )
