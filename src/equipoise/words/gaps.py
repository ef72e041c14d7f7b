"""What nobody measured, in words: the empty cells of the planned grid."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from equipoise.findings import Findings, GapCell
from equipoise.words.binding import Parts, listed, make_sentence
from equipoise.words.listing import all_are_listed, no_trial_reported
from equipoise.words.model import Sentence
from equipoise.words.subjects import comparison_name, measured, outcome_name, outcome_of, time_name

RANK = {"critical": 0, "important": 1, "limited": 2}
"""The order in which outcomes are told: by importance to people."""


def gap_text(findings: Findings, comparison: str) -> tuple[Sentence, ...]:
    """Say what the trials of a comparison did not report.

    Also what was measured but cannot be compared, and what rests on one trial. Where nothing is
    missing, one sentence says so; empty where nothing was planned.
    """
    cells = cells_of(findings, comparison)
    if not cells:
        return ()
    sentences = (
        _unreported(findings, comparison, unreported_outcomes(cells)),
        _unreported_times(findings, cells),
        _not_comparable(findings, cells),
        _from_one_trial(findings, cells),
    )
    found = tuple(sentence for sentence in sentences if sentence.parts)
    if found:
        return found
    return (
        make_sentence(
            "Every planned outcome of ",
            comparison_name(findings, comparison),
            " has results from more than one trial.",
        ),
    )


def cells_of(findings: Findings, comparison: str) -> tuple[GapCell, ...]:
    """Give the planned cells of a comparison, the more important outcomes first."""
    cells = [cell for cell in findings.gaps if cell.comparison == comparison]
    return tuple(
        sorted(cells, key=lambda cell: RANK.get(outcome_of(findings, cell.outcome).importance, 3))
    )


def unreported_outcomes(cells: Sequence[GapCell]) -> tuple[str, ...]:
    """Give the outcomes for which no cell holds data, in the order of the cells."""
    outcomes = dict.fromkeys(cell.outcome for cell in cells)
    return tuple(
        outcome
        for outcome in outcomes
        if all(cell.status == "no data" for cell in cells if cell.outcome == outcome)
    )


def unreported_times(findings: Findings, cells: Sequence[GapCell]) -> tuple[Parts, ...]:
    """Name each outcome that has data at some times, with the times at which it has none."""
    missing = set(unreported_outcomes(cells))
    named = []
    for outcome in dict.fromkeys(cell.outcome for cell in cells if cell.outcome not in missing):
        times = [
            cell.time
            for cell in cells
            if cell.outcome == outcome and cell.status == "no data" and cell.time is not None
        ]
        if times:
            when = listed((time_name(findings, time) for time in times), " or ")
            named.append((*outcome_name(findings, outcome), ", ", *when))
    return tuple(named)


def cells_with_status(cells: Iterable[GapCell], status: str) -> tuple[GapCell, ...]:
    """Give the cells with this status."""
    return tuple(cell for cell in cells if cell.status == status)


def name_outcomes(findings: Findings, outcomes: Iterable[str], last: str = " and ") -> Parts:
    """List outcomes by name."""
    return listed((outcome_name(findings, outcome) for outcome in dict.fromkeys(outcomes)), last)


def _unreported(findings: Findings, comparison: str, outcomes: Sequence[str]) -> Sentence:
    if not outcomes:
        return make_sentence()
    return make_sentence(
        no_trial_reported(
            findings,
            name_outcomes(findings, outcomes, " or "),
            comparison_name(findings, comparison),
            start=True,
        ),
        ".",
    )


def _unreported_times(findings: Findings, cells: Sequence[GapCell]) -> Sentence:
    named = unreported_times(findings, cells)
    if not named:
        return make_sentence()
    return make_sentence("No results at some planned times: ", listed(named, "; ", "; "), ".")


def _not_comparable(findings: Findings, cells: Sequence[GapCell]) -> Sentence:
    outcomes = [cell.outcome for cell in cells_with_status(cells, "not poolable")]
    if not outcomes:
        return make_sentence()
    return make_sentence(
        "Measured, but the groups cannot be compared: ", name_outcomes(findings, outcomes), "."
    )


def _from_one_trial(findings: Findings, cells: Sequence[GapCell]) -> Sentence:
    alone = cells_with_status(cells, "single trial")
    if not alone:
        return make_sentence()
    named = listed((measured(findings, cell) for cell in alone), "; ", "; ")
    trial = "trial" if all_are_listed(findings) else "listed trial"
    return make_sentence(f"Known from one {trial} only: ", named, ".")
