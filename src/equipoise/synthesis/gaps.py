"""The planned grid with what there is for each cell, so that what is missing shows."""

from __future__ import annotations

from equipoise.findings import Finding, GapCell
from equipoise.synthesis.cells import Cell


def gap_cell(cell: Cell, finding: Finding | None) -> GapCell:
    """Say what there is for one planned cell.

    ``k`` counts the trials that entered the estimate; ``studies`` are all that gave numbers, those
    that cannot be estimated included.
    """
    place = (cell.comparison.id, cell.outcome.id, cell.time_id)
    if finding is None:
        return GapCell(*place, "no data", 0, None, (), None)
    studies = dict.fromkeys(trial.study for trial in finding.trials)
    return GapCell(
        *place,
        status=finding.status,
        k=entered(finding),
        participants=finding.participants,
        studies=tuple(studies),
        finding=finding.id,
    )


def entered(finding: Finding) -> int:
    """Count the trials that entered the primary estimate."""
    estimate = finding.estimates.get(finding.primary)
    return 0 if estimate is None else estimate.k
