"""What a review says of itself: its question and grid, its studies, and what it was made from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Bias:
    """One recorded risk-of-bias judgement that applies to a trial's result."""

    domain: str
    judgement: str
    support: str | None = None


@dataclass(frozen=True, slots=True)
class TreatmentInfo:
    """A treatment of the protocol."""

    id: str
    name: str
    description: str | None


@dataclass(frozen=True, slots=True)
class ComparisonInfo:
    """A comparison of the protocol."""

    id: str
    number: str | None
    name: str
    treatment: str
    treatment_name: str
    comparators: tuple[str, ...]
    comparator_name: str
    note: str | None


@dataclass(frozen=True, slots=True)
class OutcomeInfo:
    """An outcome of the protocol. ``scale`` is the scale's name with its range."""

    id: str
    name: str
    kind: str
    measure: str
    direction: Literal["lower", "higher"]
    importance: str
    domain: Literal["benefit", "harm"]
    scale: str | None
    times: tuple[str, ...]
    mid: float | None
    mid_alternatives: tuple[float, ...]
    mid_per_1000: float | None
    description: str | None


@dataclass(frozen=True, slots=True)
class TimeInfo:
    """A time window of the protocol."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class StudyInfo:
    """An included study, with or without usable numbers."""

    id: str
    year: int | None
    design: str | None
    condition: str | None
    n_randomised: int | None
    country: str | None
    treatments: tuple[str, ...]
    has_numbers: bool
    findings: tuple[str, ...]
    risk_of_bias: tuple[Bias, ...]
    source: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class IncludedInfo:
    """What the review says it included, and what is listed here."""

    trials: int | None
    participants: int | None
    parts: tuple[tuple[str, int | None, int | None], ...]
    note: str | None
    listed: int
    with_numbers: int


@dataclass(frozen=True, slots=True)
class ReviewInfo:
    """The review's own words about itself."""

    id: str
    title: str
    question: str
    population: str | None
    condition: str | None
    setting: str | None
    citation: str | None
    doi: str | None
    url: str | None
    risk_of_bias_tool: str | None


@dataclass(frozen=True, slots=True)
class Provenance:
    """What the findings were made from: software version and SHA-256 of every file read."""

    software: str
    version: str
    inputs: dict[str, str]
