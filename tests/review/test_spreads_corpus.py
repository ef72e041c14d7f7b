"""How often the rule for standard errors in the place of standard deviations is right.

docs/review-folder.md quotes these shares; a change of the rule must change them there.
"""

from __future__ import annotations

import csv
import gzip
import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

import pytest

from equipoise.review.checks.spreads import suspects
from equipoise.review.model import Result
from review.folders import SHARED

CORPUS = SHARED / "data/cochrane"

pytestmark = pytest.mark.skipif(
    not (CORPUS / "rows.csv.gz").exists(), reason="the published reviews are not beside the project"
)


def table(name: str) -> Iterator[dict[str, str]]:
    with gzip.open(CORPUS / name, "rt", encoding="utf-8") as file:
        yield from csv.DictReader(file)


@pytest.fixture(scope="module")
def analyses() -> list[list[Result]]:
    """Published mean-difference analyses with at least four studies, as arm-level rows."""
    keys = ("review", "comparison", "analysis")
    wanted = {tuple(r[k] for k in keys) for r in table("analyses.csv.gz") if r["measure"] == "MD"}
    groups: defaultdict[tuple[str, ...], list[Result]] = defaultdict(list)
    for line, record in enumerate(table("rows.csv.gz")):
        key = tuple(record[k] for k in keys)
        if key in wanted:
            groups[key].extend(arms(record, line))
    return [rows for rows in groups.values() if len({row.study for row in rows}) >= 4]


def arms(record: dict[str, str], line: int) -> list[Result]:
    rows = []
    for side in "12":
        try:
            n, sd = float(record[f"n_{side}"]), float(record[f"sd_{side}"])
        except ValueError:
            continue
        if n > 1 and sd > 0:
            time = record["subgroup"]
            rows.append(Result(record["study"], side, "outcome", time=time, n=n, sd=sd, line=line))
    return rows


def flagged(rows: list[Result]) -> set[str]:
    return {part[0].study for part, _ in suspects(rows)}


def test_few_published_studies_are_reported(analyses: list[list[Result]]) -> None:
    studies = sum(len({row.study for row in rows}) for rows in analyses)
    share = sum(len(flagged(rows)) for rows in analyses) / studies
    assert len(analyses) > 1000
    assert round(share, 2) == 0.02


def test_half_of_swapped_studies_are_found(analyses: list[list[Result]]) -> None:
    found = 0
    for rows in analyses:
        first = min(row.study for row in rows)
        swapped = [
            replace(row, sd=(row.sd or 0) / math.sqrt(row.n or 1)) if row.study == first else row
            for row in rows
        ]
        found += first in flagged(swapped)
    assert round(found / len(analyses), 2) == 0.53
