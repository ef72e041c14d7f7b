"""From a review to its findings: the one way into the waist of the house."""

from __future__ import annotations

from equipoise.appraisal import standing_decisions
from equipoise.errors import MethodError
from equipoise.findings import SCHEMA_VERSION, Finding, Findings, Note, Provenance
from equipoise.review import format_problem
from equipoise.review.model import Review
from equipoise.synthesis.cells import Cell, ProtocolIndex, planned_cells
from equipoise.synthesis.estimates import preset_names
from equipoise.synthesis.finding import Context, finding_of
from equipoise.synthesis.gaps import gap_cell
from equipoise.synthesis.method_problems import method_problems
from equipoise.synthesis.records import Records, index_review, row_reference
from equipoise.synthesis.sides import has_numbers
from equipoise.synthesis.studies import (
    comparison_infos,
    included_info,
    outcome_infos,
    review_info,
    study_infos,
    time_infos,
    treatment_infos,
)

SHOWN_ROWS = 5


def synthesise(review: Review, *, software_version: str) -> Findings:
    """Turn a review into findings: pure, and the same for the same review.

    Every planned cell of the protocol becomes a line of the gap grid, and a finding when any trial
    has a row for it. Nothing is dropped in silence: trials that cannot be estimated stay with
    their reason, and rows that fit no planned cell are named in the notes.

    Args:
        review: A review that was read and checked.
        software_version: The version recorded in the provenance.

    Raises:
        MethodError: The protocol's methods are not defined for a planned measure; the message names
            all cells this concerns.
        ConvergenceError: An iteration did not reach its answer.
    """
    _refuse_undefined_methods(review)
    index = ProtocolIndex(review.protocol)
    records = index_review(review)
    context = Context(review, index, records)
    cells = planned_cells(review.protocol)
    by_cell = [(cell, finding_of(cell, context)) for cell in cells]
    findings = tuple(finding for _, finding in by_cell if finding is not None)
    studies = study_infos(review, records, findings)
    return Findings(
        schema_version=SCHEMA_VERSION,
        review=review_info(review.protocol),
        included=included_info(review, studies),
        presets=preset_names(review.protocol),
        treatments=treatment_infos(review.protocol),
        comparisons=comparison_infos(index),
        outcomes=outcome_infos(index),
        times=time_infos(review.protocol),
        studies=studies,
        findings=findings,
        gaps=tuple(gap_cell(cell, finding) for cell, finding in by_cell),
        notes=_notes(review, records, cells, findings),
        provenance=Provenance("equipoise", software_version, dict(sorted(review.hashes.items()))),
    )


def _refuse_undefined_methods(review: Review) -> None:
    problems = method_problems(review)
    if problems:
        message = "; ".join(format_problem(problem) for problem in problems)
        raise MethodError(message, spec=problems[0].found, reason=problems[0].message)


def _notes(
    review: Review, records: Records, cells: tuple[Cell, ...], findings: tuple[Finding, ...]
) -> tuple[Note, ...]:
    return (
        *_warnings(review),
        *_outside_the_plan(records, cells),
        *_unused(records, cells, findings),
        *_decisions_without_cell(review, cells),
        *_decisions_without_data(review, cells, findings),
    )


def _warnings(review: Review) -> tuple[Note, ...]:
    """Carry over what the check of the folder warned about, one note for each kind."""
    by_code: dict[str, list[str]] = {}
    for problem in review.warnings:
        by_code.setdefault(problem.code, []).append(problem.message)
    return tuple(
        Note(code, messages[0] if len(messages) == 1 else _several(messages))
        for code, messages in by_code.items()
    )


def _several(messages: list[str]) -> str:
    return f"{messages[0]} ({len(messages)} warnings of this kind)"


def _outside_the_plan(records: Records, cells: tuple[Cell, ...]) -> tuple[Note, ...]:
    """Name rows whose outcome and time the protocol does not plan together."""
    planned = {(cell.outcome.id, cell.time_id) for cell in cells}
    stray = [
        row_reference(row)
        for key, by_study in records.results.items()
        if key not in planned
        for rows in by_study.values()
        for row in rows
    ]
    if not stray:
        return ()
    text = f"Results for an outcome and time that the protocol does not plan: {_listed(stray)}."
    return (Note("results-outside-plan", text),)


def _unused(
    records: Records, cells: tuple[Cell, ...], findings: tuple[Finding, ...]
) -> tuple[Note, ...]:
    """Name rows with numbers, in planned cells, that no finding rests on."""
    used = {row for finding in findings for trial in finding.trials for row in trial.inputs}
    idle = [
        row_reference(row)
        for key in dict.fromkeys((cell.outcome.id, cell.time_id) for cell in cells)
        for rows in records.results.get(key, {}).values()
        for row in rows
        if has_numbers(row) and row_reference(row) not in used
    ]
    if not idle:
        return ()
    text = f"Results that no planned comparison rests on: {_listed(idle)}."
    return (Note("results-not-used", text),)


def _decisions_without_cell(review: Review, cells: tuple[Cell, ...]) -> tuple[Note, ...]:
    planned = {(cell.comparison.id, cell.outcome.id, cell.time_id) for cell in cells}
    stray = [
        f"{d.comparison}/{d.outcome}/{d.time or 'no time'}"
        for d in review.decisions
        if (d.comparison, d.outcome, d.time) not in planned
    ]
    if not stray:
        return ()
    text = f"Certainty decisions about cells that are not planned: {_listed(stray)}."
    return (Note("decisions-outside-plan", text),)


def _decisions_without_data(
    review: Review, cells: tuple[Cell, ...], findings: tuple[Finding, ...]
) -> tuple[Note, ...]:
    """Name planned cells that people decided on although no trial has a row for them."""
    with_data = {finding.id for finding in findings}
    kept = [
        f"{cell.id} (by {', '.join(people)})"
        for cell in cells
        if cell.id not in with_data and (people := _deciders(review, cell))
    ]
    if not kept:
        return ()
    text = f"Certainty decisions about planned cells without any result: {_listed(kept)}."
    return (Note("decisions-without-data", text),)


def _deciders(review: Review, cell: Cell) -> tuple[str, ...]:
    standing = standing_decisions(
        review.decisions, cell.comparison.id, cell.outcome.id, cell.time_id
    )
    return tuple(dict.fromkeys(made.by for each in standing.values() for made in each))


def _listed(names: list[str]) -> str:
    unique = list(dict.fromkeys(names))
    shown = ", ".join(unique[:SHOWN_ROWS])
    more = len(unique) - SHOWN_ROWS
    return shown if more <= 0 else f"{shown} and {more} more"
