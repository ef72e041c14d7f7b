"""The grid of what was planned: where there are trials, and what nobody measured."""

from __future__ import annotations

from dataclasses import dataclass

from equipoise.figures import Figure, GridCell, gap_map
from equipoise.findings import Findings, GapCell
from equipoise.report.anchors import finding_anchor
from equipoise.report.directory import Directory
from equipoise.words import numbers


@dataclass(frozen=True, slots=True)
class GapView:
    """A cell of the grid as text; ``finding`` is where it leads."""

    text: str
    finding: str | None


@dataclass(frozen=True, slots=True)
class GapRow:
    """An outcome at one time, with a cell for each comparison (``None``: not planned)."""

    title: str
    cells: tuple[GapView | None, ...]


def gap_figure(findings: Findings, names: Directory) -> Figure:
    """Draw the grid of outcomes by comparisons."""
    rows = _rows(names)
    empty = sum(gap.status == "no data" for gap in findings.gaps)
    planned = len(findings.gaps)
    return gap_map(
        [_cell(gap, names) for gap in findings.gaps],
        rows=[(_key(outcome, time), names.cell_title(outcome, time)) for outcome, time in rows],
        columns=[(comparison.id, comparison.name) for comparison in findings.comparisons],
        title="What was measured and what nobody measured",
        description=(
            f"Planned outcomes by comparisons: {numbers.count(empty)} of"
            f" {numbers.count(planned)} planned cells have no data."
        ),
        prefix="gap-map",
    )


def gap_rows(findings: Findings, names: Directory) -> tuple[GapRow, ...]:
    """Build the grid as a table, row by row as in the figure."""
    cells = {(gap.comparison, gap.outcome, gap.time): gap for gap in findings.gaps}
    return tuple(
        GapRow(
            title=names.cell_title(outcome, time),
            cells=tuple(
                _view(cells.get((comparison.id, outcome, time)))
                for comparison in findings.comparisons
            ),
        )
        for outcome, time in _rows(names)
    )


def _rows(names: Directory) -> tuple[tuple[str, str | None], ...]:
    """List the outcomes and times that are planned anywhere, in the protocol's order."""
    planned = {(gap.outcome, gap.time) for gap in names.all.gaps}
    times = (None, *(time.id for time in names.all.times))
    return tuple(
        (outcome.id, time)
        for outcome in names.all.outcomes
        for time in times
        if (outcome.id, time) in planned
    )


def _key(outcome: str, time: str | None) -> str:
    return outcome if time is None else f"{outcome}.{time}"


def _cell(gap: GapCell, names: Directory) -> GridCell:
    title = names.cell_title(gap.outcome, gap.time)
    comparison = names.comparisons[gap.comparison].name
    return GridCell(
        row=_key(gap.outcome, gap.time),
        column=gap.comparison,
        state=gap.status,
        text=numbers.count(gap.k or len(gap.studies)) if gap.finding else "none",
        detail=f"{title}, {comparison}: {_said(gap)}",
        href=f"#{finding_anchor(gap.finding)}" if gap.finding else None,
    )


def _view(gap: GapCell | None) -> GapView | None:
    if gap is None:
        return None
    return GapView(_said(gap), finding_anchor(gap.finding) if gap.finding else None)


def _said(gap: GapCell) -> str:
    if gap.finding is None:
        return "no data"
    people = "" if gap.participants is None else f", {numbers.people(gap.participants)}"
    not_pooled = ", not pooled" if gap.status == "not poolable" else ""
    return f"{_trials(gap)}{people}{not_pooled}"


def _trials(gap: GapCell) -> str:
    """Count the trials with an effect, and say so where others have none."""
    entered = len(gap.studies)
    if not gap.k or gap.k >= entered:
        return numbers.trials(gap.k or entered)
    return f"{numbers.count(gap.k)} of {numbers.trials(entered)}"
