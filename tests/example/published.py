"""The published figures, read without the project's own code, and where each belongs."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import pytest

DATA = Path(__file__).parents[2] / "../shared/data/ketamine"

needs_published_figures = pytest.mark.skipif(
    not DATA.is_dir(), reason="the published figures (../shared/data/ketamine) are not here"
)

STANDARDISED = {"7.19", "7.21"}

# Analysis titles, most telling phrase first, and the outcome each is about.
TITLES = {
    "≥ 30% reduction": "pain-30",
    "≥30% response": "pain-30",
    "≥ 50% reduction": "pain-50",
    "≥50% response": "pain-50",
    "pain intensity (continuous)": "pain",
    "serious adverse events": "serious-adverse-events",
    "other adverse events": "other-adverse-events",
    "adverse events (total)": "adverse-events",
    "psychotomimetic effects": "psychotomimetic-effects",
    "hallucinations": "hallucinations",
    "dissociative symptoms": "dissociative-symptoms",
    "sedation": "sedation",
    "nausea": "nausea",
    "vomiting": "vomiting",
    "dizziness": "dizziness",
    "headache": "headache",
    "disability": "disability",
    "depressive symptoms": "depressive-symptoms",
    "quality of life": "quality-of-life",
    "tolerability": "tolerability",
}
SUBGROUPS = {
    "clinical condition subgroup analysis": "condition",
    "duration of administration subgroup analysis": "duration",
    "medicine dose subgroup analysis": "dose",
}
CONTINUOUS = {"pain", "disability", "depressive-symptoms", "quality-of-life"}


@dataclass(frozen=True, slots=True)
class Figures:
    """What one side of a trial contributes; ``None`` where the outcome has no such number."""

    n: float
    events: float | None
    mean: float | None
    sd: float | None


@dataclass(frozen=True, slots=True)
class PublishedRow:
    """One trial in one published analysis. Effects are on the display scale."""

    comparison: str
    number: str
    title: str
    subgroup: str
    study: str
    stratum: str
    year: str
    randomisation: str
    note: str
    treatment: Figures
    comparator: Figures
    effect: tuple[float, float, float] | None
    weight: float | None

    @property
    def outcome(self) -> str:
        """The outcome the title is about."""
        title = self.title.lower()
        return next(outcome for phrase, outcome in TITLES.items() if phrase in title)

    @property
    def time(self) -> str:
        """The window the title names, or nothing."""
        found = re.search(r"(immediate|short|medium|long)-term", self.title)
        return found[1] if found else ""

    @property
    def by(self) -> str | None:
        """The grouping of a subgroup analysis; ``None`` in a main analysis."""
        return next((by for phrase, by in SUBGROUPS.items() if phrase in self.title), None)


def number(text: str) -> float | None:
    """Read a cell; an empty one is unknown."""
    return float(text) if text else None


def _figures(row: dict[str, str], side: Literal["1", "2"], *, continuous: bool) -> Figures:
    return Figures(
        n=float(row[f"n_{side}"]),
        events=None if continuous else number(row[f"events_{side}"]),
        mean=number(row[f"mean_{side}"]) if continuous else None,
        sd=number(row[f"sd_{side}"]) if continuous else None,
    )


def _stratum(row: dict[str, str]) -> str:
    if row["study"] != "Dadabayev 2020":
        return ""
    return "with PTSD" if "post-traumatic stress disorder" in row["note"] else "without PTSD"


def _effect(row: dict[str, str]) -> tuple[float, float, float] | None:
    if not row["published_effect"]:
        return None
    low, high = row["published_ci_low"], row["published_ci_high"]
    return float(row["published_effect"]), float(low), float(high)


def _published_row(row: dict[str, str]) -> PublishedRow:
    title = row["analysis"]
    # The type is read off the title: analysis 2.1 is labelled binary but holds means.
    outcome = next(outcome for phrase, outcome in TITLES.items() if phrase in title.lower())
    continuous = outcome in CONTINUOUS
    return PublishedRow(
        comparison=row["comparison_no"],
        number=f"{row['comparison_no']}.{row['analysis_no']}",
        title=title,
        subgroup=row["subgroup"],
        study=row["study"],
        stratum=_stratum(row),
        year=row["year"],
        randomisation=row["randomisation_bias"],
        note=row["note"],
        treatment=_figures(row, "1", continuous=continuous),
        comparator=_figures(row, "2", continuous=continuous),
        effect=_effect(row),
        weight=number(row["published_weight"]),
    )


@cache
def published_rows() -> tuple[PublishedRow, ...]:
    """Read every published row, or none where the figures are absent."""
    if not DATA.is_dir():
        return ()
    with (DATA / "trial_results.csv").open(encoding="utf-8", newline="") as file:
        return tuple(_published_row(row) for row in csv.DictReader(file))


@cache
def abstracts() -> tuple[dict[str, str], ...]:
    """Read what the trials' abstracts say, or nothing where the figures are absent."""
    if not DATA.is_dir():
        return ()
    with (DATA / "trials.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def numbers() -> tuple[str, ...]:
    """List the published analysis numbers in published order."""
    return tuple(dict.fromkeys(row.number for row in published_rows()))


def rows_of(analysis: str) -> tuple[PublishedRow, ...]:
    """List the published rows of one analysis."""
    return tuple(row for row in published_rows() if row.number == analysis)
