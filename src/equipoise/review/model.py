"""A review folder in memory: typed and frozen.

The classes here are the format. ``docs/review-folder.md`` explains them to people and
``docs/schema/review.schema.json`` is generated from them. A value nobody knows is ``None`` (or an
empty tuple), never a guess and never zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

OutcomeKind = Literal["binary", "continuous", "rate", "time-to-event"]
Measure = Literal["RR", "OR", "RD", "PETO", "MD", "SMD", "IRR", "IRD", "HR", "GENERIC"]
Direction = Literal["lower", "higher"]
Importance = Literal["critical", "important", "limited"]
Domain = Literal["benefit", "harm"]
Design = Literal["parallel", "crossover", "cluster"]
AnalysedAs = Literal[
    "parallel", "first period", "paired", "unpaired", "cluster-adjusted", "cluster-unadjusted"
]
Judgement = Literal["low", "some concerns", "high", "unclear"]
SensitivityKind = Literal[
    "model", "tau2", "interval", "leave-one-out", "low-risk-of-bias", "exclude-studies"
]
Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing in one place that is wrong or worth a look.

    ``line`` is one-based and counts the header of a table as line 1; ``None`` concerns the whole
    file. An ``error`` keeps the folder from being used; a ``warning`` does not.
    """

    file: str
    line: int | None
    field: str | None
    found: str
    allowed: str
    message: str
    code: str
    severity: Severity = "error"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a review or a number was published."""

    citation: str | None = None
    doi: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """The review's question, in words, by its parts (PICO)."""

    text: str
    population: str | None = None
    condition: str | None = None
    setting: str | None = None


@dataclass(frozen=True, slots=True)
class IncludedPart:
    """A part of the included trials the review counts apart."""

    label: str
    trials: int | None = None
    participants: int | None = None


@dataclass(frozen=True, slots=True)
class Included:
    """What the review says it included: may exceed the trials listed in ``studies.csv``."""

    trials: int | None = None
    participants: int | None = None
    parts: tuple[IncludedPart, ...] = ()
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Treatment:
    """A treatment that an arm may receive."""

    id: str
    name: str
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """A treatment held against one comparator, or against any of several."""

    id: str
    name: str
    treatment: str
    comparators: tuple[str, ...]
    number: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class TimeWindow:
    """A span of follow-up. Days are counted from the start of treatment unless a note says else."""

    id: str
    name: str
    from_days: float | None = None
    to_days: float | None = None


@dataclass(frozen=True, slots=True)
class Scale:
    """An instrument: its range and which end of it is better."""

    id: str
    name: str
    direction: Direction
    low: float | None = None
    high: float | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """A planned outcome.

    ``direction`` says whether a lower or a higher value (fewer or more events) is better.
    ``mid`` is the minimal important difference *between groups* in units of ``scale``;
    ``mid_alternatives`` are shown beside it. ``mid_smd`` and ``mid_per_1000`` are its counterparts
    for standardised differences and for absolute risks. ``assumed_risk`` is the comparator's risk
    (0 to 1); ``None`` means the median of the comparator risks in the trials.
    ``times`` empty means one planned cell without a time window.
    """

    id: str
    name: str
    kind: OutcomeKind
    measure: Measure
    direction: Direction
    importance: Importance
    domain: Domain
    scale: str | None = None
    times: tuple[str, ...] = ()
    mid: float | None = None
    mid_alternatives: tuple[float, ...] = ()
    mid_smd: float | None = None
    mid_per_1000: float | None = None
    assumed_risk: float | None = None
    assumed_risk_source: str | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class SubgroupUse:
    """A planned subgroup analysis of one analysis, with its published number if it has one."""

    by: str
    number: str | None = None


@dataclass(frozen=True, slots=True)
class AnalysisPlan:
    """Where one planned cell departs from its outcome's defaults, or is numbered by the source.

    ``methods`` are changes to the preset for this analysis alone (``model``, ``method``, ``tau2``,
    ``ci``, …).
    """

    comparison: str
    outcome: str
    time: str | None = None
    number: str | None = None
    measure: Measure | None = None
    subgroups: tuple[SubgroupUse, ...] = ()
    methods: Mapping[str, str | float] = field(default_factory=dict)
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Subgroup:
    """A planned grouping of trials by a column of ``studies.csv``."""

    id: str
    name: str
    column: str
    everywhere: bool = False


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """A planned sensitivity analysis."""

    id: str
    name: str
    kind: SensitivityKind
    studies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MethodPlan:
    """The methods the protocol names: a preset, changes to it, and a preset shown beside it."""

    preset: str = "cochrane-2025"
    compare: str | None = None
    changes: Mapping[str, str | float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Protocol:
    """``review.toml``: the question, the planned grid and the methods."""

    id: str
    title: str
    question: Question
    treatments: tuple[Treatment, ...]
    comparisons: tuple[Comparison, ...]
    outcomes: tuple[Outcome, ...]
    times: tuple[TimeWindow, ...] = ()
    scales: tuple[Scale, ...] = ()
    analyses: tuple[AnalysisPlan, ...] = ()
    subgroups: tuple[Subgroup, ...] = ()
    sensitivity: tuple[Sensitivity, ...] = ()
    methods: MethodPlan = MethodPlan()
    source: Source = Source()
    included: Included = Included()
    risk_of_bias_tool: str | None = None
    reviewers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Study:
    """A row of ``studies.csv``; columns the format does not know are kept in ``extra``."""

    id: str
    year: int | None = None
    design: Design | None = None
    condition: str | None = None
    n_randomised: int | None = None
    country: str | None = None
    doi: str | None = None
    pmid: str | None = None
    registration: str | None = None
    reports: tuple[str, ...] = ()
    source: str | None = None
    note: str | None = None
    extra: Mapping[str, str] = field(default_factory=dict)
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Arm:
    """A row of ``arms.csv``. Arms are compared only within the same ``stratum`` of a study."""

    study: str
    id: str
    treatment: str
    description: str | None = None
    n_randomised: int | None = None
    stratum: str | None = None
    source: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """A row of ``results.csv``: one reported set of numbers.

    Arm-level when ``reference_arm`` is ``None`` (``n`` with ``events``; or with ``mean`` and ``sd``
    or ``se``; or ``events`` with ``person_time``); otherwise a contrast of ``arm`` against
    ``reference_arm`` in the measure ``measure`` (``estimate`` with ``se`` or ``ci_low`` and
    ``ci_high``; or ``o_minus_e`` with ``variance``). Estimates and intervals of ratio measures are
    on the log scale. A row with no number at all records that the outcome was measured but
    reported without usable numbers: ``note`` says what was said.
    """

    study: str
    arm: str
    outcome: str
    time: str | None = None
    reference_arm: str | None = None
    scale: str | None = None
    n: float | None = None
    events: float | None = None
    person_time: float | None = None
    mean: float | None = None
    sd: float | None = None
    se: float | None = None
    measure: Measure | None = None
    estimate: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    o_minus_e: float | None = None
    variance: float | None = None
    analysed_as: AnalysedAs | None = None
    source: str | None = None
    note: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class BiasJudgement:
    """A row of ``risk_of_bias.csv``; ``outcome`` and ``time`` ``None`` mean all of the study."""

    study: str
    domain: str
    judgement: Judgement
    outcome: str | None = None
    time: str | None = None
    support: str | None = None
    assessor: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class CertaintyDecision:
    """A person's decision on one domain of one cell's certainty (``decisions/*.jsonl``).

    ``domain`` is a GRADE domain or ``overall``. ``judgement`` is ``not serious``, ``serious``,
    ``very serious`` or ``extremely serious`` for a domain and a level for ``overall``. A later line
    replaces an earlier one of the same person, cell and domain; ``withdrawn`` takes it back.
    """

    by: str
    comparison: str
    outcome: str
    domain: str
    judgement: str
    reason: str
    time: str | None = None
    subgroup: str | None = None
    date: str | None = None
    withdrawn: bool = False
    file: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Search:
    """A search of one source (``searches/*.toml``)."""

    id: str
    database: str
    platform: str | None = None
    date: str | None = None
    hits: int | None = None
    export: str | None = None
    strategy: str | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """Everything in a review folder, read and checked.

    ``hashes`` maps each file read (path relative to the folder, with ``/``) to its SHA-256.
    ``warnings`` are the problems that did not keep the folder from being used.
    """

    protocol: Protocol
    studies: tuple[Study, ...]
    arms: tuple[Arm, ...]
    results: tuple[Result, ...]
    judgements: tuple[BiasJudgement, ...] = ()
    decisions: tuple[CertaintyDecision, ...] = ()
    searches: tuple[Search, ...] = ()
    articles: tuple[str, ...] = ()
    hashes: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[Problem, ...] = ()
