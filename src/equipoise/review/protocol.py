"""``review.toml``: what it holds, and the protocol made from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from equipoise.review.decode import Decoder
from equipoise.review.files import Folder
from equipoise.review.model import (
    AnalysisPlan,
    Comparison,
    Included,
    MethodPlan,
    Outcome,
    Protocol,
    Question,
    Scale,
    Sensitivity,
    Source,
    Subgroup,
    TimeWindow,
    Treatment,
)
from equipoise.review.problems import Place, error
from equipoise.review.toml_lines import parse_toml

FILE = "review.toml"
FORMAT = 1
_REQUIRED = ("treatments", "comparisons", "outcomes")
_COLLECTIONS = (
    "treatments",
    "comparisons",
    "times",
    "scales",
    "outcomes",
    "subgroups",
    "sensitivity",
)


@dataclass(frozen=True, slots=True)
class ReviewTable:
    """``[review]``: the review in its own words."""

    id: str
    title: str
    question: str
    population: str | None = None
    condition: str | None = None
    setting: str | None = None
    citation: str | None = None
    doi: str | None = None
    url: str | None = None
    risk_of_bias_tool: str | None = None
    reviewers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReviewFile:
    """``review.toml`` as a whole."""

    format: int
    review: ReviewTable
    treatments: tuple[Treatment, ...]
    comparisons: tuple[Comparison, ...]
    outcomes: tuple[Outcome, ...]
    included: Included = field(default_factory=Included)
    methods: MethodPlan = field(default_factory=MethodPlan)
    times: tuple[TimeWindow, ...] = ()
    scales: tuple[Scale, ...] = ()
    analyses: tuple[AnalysisPlan, ...] = ()
    subgroups: tuple[Subgroup, ...] = ()
    sensitivity: tuple[Sensitivity, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What could be read of ``review.toml``, sound or not.

    ``declared`` holds the ids of each collection, also of entries too damaged to be read, so that
    one mistake is not reported again wherever the entry is referred to. ``file`` is ``None``
    where something required is missing.
    """

    decoder: Decoder
    file: ReviewFile | None
    declared: Mapping[str, tuple[str, ...]]
    review: ReviewTable | None = None
    included: Included = field(default_factory=Included)
    methods: MethodPlan = field(default_factory=MethodPlan)
    treatments: tuple[Treatment, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    times: tuple[TimeWindow, ...] = ()
    scales: tuple[Scale, ...] = ()
    analyses: tuple[AnalysisPlan, ...] = ()
    subgroups: tuple[Subgroup, ...] = ()
    sensitivity: tuple[Sensitivity, ...] = ()
    outcome_of: Mapping[str, Outcome] = field(default_factory=dict)
    scale_of: Mapping[str, Scale] = field(default_factory=dict)

    def lists(self, collection: str) -> bool:
        """Say whether ids can be looked up: a required collection without entries is its own error."""
        return bool(self.declared[collection]) or collection not in _REQUIRED

    def measure(self, comparison: str, outcome: Outcome, time: str | None) -> str:
        """Return the measure a cell is pooled in: its own where planned, else the outcome's."""
        cell = (comparison, outcome.id, time)
        for plan in self.analyses:
            if (plan.comparison, plan.outcome, plan.time) == cell and plan.measure:
                return plan.measure
        return outcome.measure


def read_plan(folder: Folder) -> Plan | None:
    """Read ``review.toml``; ``None`` where it is missing or not TOML."""
    if not folder.has(FILE):
        message = "A review folder needs a protocol; 'equipoise new' writes one to start from."
        folder.problems.append(error(Place(FILE), "missing-file", message))
        return None
    text = folder.lines(FILE)
    if text is not None and not text.strip():
        message = "The file is empty; 'equipoise new' writes a protocol to start from."
        folder.problems.append(error(Place(FILE), "empty-file", message))
        return None
    document = None if text is None else parse_toml(FILE, text, folder.problems)
    if document is None:
        return None
    decoder = Decoder(FILE, document.line, folder.problems)
    values = decoder.values(ReviewFile, document.data)
    _check_format(values, decoder)
    if not any(name in document.data for name in _COLLECTIONS):
        return None  # without any entry, every reference to one would be reported again
    return _plan(decoder, values, document.data)


def protocol_of(file: ReviewFile) -> Protocol:
    """Arrange ``review.toml`` as the model's protocol."""
    words = file.review
    return Protocol(
        id=words.id,
        title=words.title,
        question=Question(words.question, words.population, words.condition, words.setting),
        source=Source(words.citation, words.doi, words.url),
        risk_of_bias_tool=words.risk_of_bias_tool,
        reviewers=words.reviewers,
        included=file.included,
        methods=file.methods,
        treatments=file.treatments,
        comparisons=file.comparisons,
        outcomes=file.outcomes,
        times=file.times,
        scales=file.scales,
        analyses=file.analyses,
        subgroups=file.subgroups,
        sensitivity=file.sensitivity,
    )


def _plan(decoder: Decoder, values: dict[str, Any], raw: Mapping[str, object]) -> Plan:
    required = {"format", "review", *_REQUIRED}
    parts = {k: v for k, v in values.items() if k != "format"}
    return Plan(
        decoder=decoder,
        file=ReviewFile(**values) if required <= values.keys() else None,
        declared={name: _ids(raw.get(name)) for name in _COLLECTIONS},
        outcome_of={outcome.id: outcome for outcome in values.get("outcomes", ())},
        scale_of={scale.id: scale for scale in values.get("scales", ())},
        **parts,
    )


def _ids(entries: object) -> tuple[str, ...]:
    if not isinstance(entries, list):
        return ()
    found = [entry.get("id") for entry in entries if isinstance(entry, dict)]
    return tuple(id_.strip() for id_ in found if isinstance(id_, str))


def _check_format(values: Mapping[str, Any], decoder: Decoder) -> None:
    if values.get("format", FORMAT) != FORMAT:
        message = "This version of Equipoise reads format 1; a newer version may read this folder."
        place = decoder.place(("format",))
        decoder.problems.append(
            error(place, "unknown-format", message, found=values["format"], allowed=str(FORMAT))
        )
