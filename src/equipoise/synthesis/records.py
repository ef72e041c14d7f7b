"""The review's rows, grouped once so that each cell finds its own without a search."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from equipoise.review.model import Arm, BiasJudgement, Result, Review, Study

CellKey = tuple[str, str | None]

_Row = TypeVar("_Row", Arm, BiasJudgement)


@dataclass(frozen=True, slots=True)
class Records:
    """Studies, arms, results and judgements of a review, grouped for look-up.

    ``results`` is keyed by (outcome, time), then by study in the order of ``studies.csv``.
    """

    studies: dict[str, Study]
    arms: dict[str, tuple[Arm, ...]]
    results: dict[CellKey, dict[str, tuple[Result, ...]]]
    judgements: dict[str, tuple[BiasJudgement, ...]]

    def strata(self, study: str) -> Iterator[tuple[str | None, tuple[Arm, ...]]]:
        """Yield each stratum of a study with its arms, in the order of ``arms.csv``."""
        arms = self.arms.get(study, ())
        for stratum in dict.fromkeys(arm.stratum for arm in arms):
            yield stratum, tuple(arm for arm in arms if arm.stratum == stratum)


def index_review(review: Review) -> Records:
    """Group a review's rows by study and by cell, keeping their order."""
    studies = {study.id: study for study in review.studies}
    return Records(
        studies=studies,
        arms=_by_study(review.arms),
        results=_by_cell(review.results, list(studies)),
        judgements=_by_study(review.judgements),
    )


def row_reference(row: Result) -> str:
    """Name a row the way a person finds it: ``results.csv:14``."""
    return "results.csv" if row.line is None else f"results.csv:{row.line}"


def _by_study(rows: Sequence[_Row]) -> dict[str, tuple[_Row, ...]]:
    grouped: dict[str, list[_Row]] = defaultdict(list)
    for row in rows:
        grouped[row.study].append(row)
    return {study: tuple(found) for study, found in grouped.items()}


def _by_cell(
    rows: Sequence[Result], studies: Sequence[str]
) -> dict[CellKey, dict[str, tuple[Result, ...]]]:
    place = {study: position for position, study in enumerate(studies)}
    grouped: dict[CellKey, dict[str, list[Result]]] = defaultdict(lambda: defaultdict(list))
    for row in sorted(rows, key=lambda row: place[row.study]):
        grouped[row.outcome, row.time][row.study].append(row)
    return {
        key: {study: tuple(found) for study, found in by_study.items()}
        for key, by_study in grouped.items()
    }
