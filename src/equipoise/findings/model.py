"""The waist of the house: everything a review found, as data.

``synthesis`` builds a ``Findings``; reports, sentences, exports and comparisons are pure functions
of it. The classes carry no behaviour. Numbers are floats on the scale their field names, ``None``
where nobody knows or nothing can be computed; never NaN, never infinity.

Two scales appear. The *analysis* scale is where trials are pooled (log for ratio measures); the
*display* scale is what people read. Fields of ``Effect`` say which they are on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from equipoise.findings.context import (
    Bias,
    ComparisonInfo,
    IncludedInfo,
    OutcomeInfo,
    Provenance,
    ReviewInfo,
    StudyInfo,
    TimeInfo,
    TreatmentInfo,
)

SCHEMA_VERSION = "1.0"

Status = Literal["pooled", "single trial", "not poolable", "no data"]
VerdictCategory = Literal[
    "important benefit",
    "benefit",
    "little or no difference",
    "harm",
    "important harm",
    "unclear",
]
CertaintyLevel = Literal["high", "moderate", "low", "very low"]
CertaintyDomainName = Literal[
    "risk of bias", "inconsistency", "indirectness", "imprecision", "publication bias"
]


@dataclass(frozen=True, slots=True)
class Note:
    """A coded remark: ``code`` for machines, ``text`` for people."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Effect:
    """An effect with its interval on the display scale, and as it was pooled.

    ``analysis_estimate`` and ``analysis_se`` are logarithms for ratio measures.
    """

    estimate: float
    ci_low: float
    ci_high: float
    analysis_estimate: float
    analysis_se: float


@dataclass(frozen=True, slots=True)
class ArmSummary:
    """What one side of a trial contributed, after combining arms where needed."""

    arms: tuple[str, ...]
    treatment: str
    label: str
    n: float | None = None
    events: float | None = None
    person_time: float | None = None
    mean: float | None = None
    sd: float | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """A trial in one finding.

    ``weights`` are percentages, by preset. A trial that cannot be estimated stays here with
    ``status`` ``not estimable`` and the reason in ``notes``. ``inputs`` name the rows its numbers
    were read from (``results.csv:14``). ``anchor`` is unique in the document. ``stratum`` tells parts of one trial apart. ``label`` is
    the name shown (study, with stratum where there is one).
    """

    anchor: str
    study: str
    label: str
    year: int | None
    stratum: str | None
    status: Literal["estimable", "not estimable"]
    treatment: ArmSummary
    comparator: ArmSummary
    effect: Effect | None
    weights: dict[str, float]
    risk_of_bias: tuple[Bias, ...]
    analysed_as: str | None
    sources: tuple[str, ...]
    inputs: tuple[str, ...]
    notes: tuple[Note, ...]
    subgroups: dict[str, str]


@dataclass(frozen=True, slots=True)
class Heterogeneity:
    """Between-trial variation.

    ``i2`` values are percentages; ``i2_definition`` says which of the two definitions the methods
    chose (``q`` or ``tau2``).
    """

    tau2: float | None
    tau2_ci_low: float | None
    tau2_ci_high: float | None
    i2: float | None
    i2_definition: str
    i2_q: float | None
    i2_tau2: float | None
    i2_ci_low: float | None
    i2_ci_high: float | None
    h2: float | None
    q: float | None
    q_df: int | None
    q_p: float | None


@dataclass(frozen=True, slots=True)
class Methods:
    """The fully resolved options of one estimate."""

    preset: str
    measure: str
    model: str
    method: str
    tau2: str | None
    ci: str
    pi: str | None
    tau2_ci: str | None
    i2: str
    level: float
    zero_cells: str | None
    add: float | None
    double_zero: str | None
    smd_variance: str | None
    changed: dict[str, str]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A pooled (or single-trial) effect under one set of methods."""

    methods: Methods
    k: int
    effect: Effect
    statistic: float | None
    statistic_name: Literal["z", "t"]
    df: float | None
    p: float | None
    pi_low: float | None
    pi_high: float | None
    heterogeneity: Heterogeneity
    diagnostics: dict[str, float | int | bool | str]
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class AbsoluteEffect:
    """Risks per 1,000 people. ``None`` bounds mean they cannot be computed; see ``notes``."""

    assumed_risk: float
    assumed_risk_basis: str
    comparator_per_1000: float
    treatment_per_1000: float
    treatment_low_per_1000: float
    treatment_high_per_1000: float
    difference_per_1000: float
    difference_low_per_1000: float
    difference_high_per_1000: float
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Where an interval lies against no effect and against the minimal important difference.

    ``rule`` is the sentence that decided it, with the numbers; ``mid`` is in units of the measure
    (or per 1,000 when ``mid_unit`` says so).
    """

    category: VerdictCategory
    against_null: Literal["favours treatment", "favours comparator", "unclear"]
    against_mid: (
        Literal["important benefit", "little or no difference", "important harm", "unclear"] | None
    )
    mid: float | None
    mid_unit: str | None
    rule: str


@dataclass(frozen=True, slots=True)
class Specification:
    """One defensible analysis and what it says.

    ``trials`` names the set of trials in words and ``omitted`` lists the studies left out of it.
    ``leave_one_out`` marks an analysis that leaves out a single trial to see what it carries, which
    is nobody's choice of analysis.
    """

    id: str
    label: str
    model: str
    method: str
    tau2: str | None
    ci: str
    trials: str
    omitted: tuple[str, ...]
    leave_one_out: bool
    k: int
    estimate: float
    ci_low: float
    ci_high: float
    p: float | None
    verdict: VerdictCategory


@dataclass(frozen=True, slots=True)
class DecidingChoice:
    """The one choice that explains most of the disagreement among specifications.

    Looked for first among the choices an analyst defends (all specifications but leave-one-out);
    only when these all agree can it be ``trials``, meaning single trials that carry the verdict.
    ``agreement`` is the share of those specifications whose verdict is predicted by this choice
    alone (each option predicting its most frequent verdict); ``baseline`` is the share predicted
    without knowing any choice. ``options`` give each option's share with the reference verdict.
    """

    choice: Literal["model", "tau2", "interval", "trials"]
    agreement: float
    baseline: float
    options: dict[str, float]
    text: str


@dataclass(frozen=True, slots=True)
class Robustness:
    """How much of the verdict is the data's and how much the analyst's.

    ``total``, ``same_verdict`` and ``share`` count every specification; ``analysis_total`` and
    ``analysis_same`` leave out those that only ask what a single trial carries.
    """

    reference: str
    total: int
    same_verdict: int
    share: float
    analysis_total: int
    analysis_same: int
    verdicts: dict[str, int]
    deciding_choice: DecidingChoice | None
    specifications: tuple[Specification, ...]
    not_run: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Receipt:
    """Why a proposal is what it is: the rule, what it read, and the thresholds it used."""

    rule: str
    inputs: dict[str, float | int | str | None]
    thresholds: dict[str, float | int | str]
    version: str


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's decision, beside the machine's proposal."""

    by: str
    judgement: str
    reason: str
    date: str | None


@dataclass(frozen=True, slots=True)
class CertaintyDomain:
    """One GRADE domain.

    ``levels`` is how far the proposal rates down (0 to 3), ``None`` when it is not judged;
    ``proposal`` is the word for it.
    """

    domain: CertaintyDomainName
    proposal: Literal["not serious", "serious", "very serious", "extremely serious", "not judged"]
    levels: int | None
    receipt: Receipt
    decisions: tuple[Decision, ...]


@dataclass(frozen=True, slots=True)
class Certainty:
    """The certainty of one finding.

    ``proposal`` follows from the domains judged so far and so is a ceiling while ``not_judged`` is
    not empty. ``level`` is what readers are shown: the people's overall decision where there is
    one, else the proposal; ``decided_by`` is ``None`` for a proposal.
    Where people disagree, ``level`` is the lowest of their decisions and ``decided_by`` joins their
    names.
    """

    start: CertaintyLevel
    domains: tuple[CertaintyDomain, ...]
    proposal: CertaintyLevel
    not_judged: tuple[str, ...]
    level: CertaintyLevel
    decided_by: str | None
    decisions: tuple[Decision, ...]


@dataclass(frozen=True, slots=True)
class SubgroupLevel:
    """One subgroup's estimate; ``estimates`` by preset, empty when nothing could be estimated."""

    level: str
    k: int
    trials: tuple[str, ...]
    estimates: dict[str, Estimate]
    weights: dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class SubgroupTest:
    """The test for subgroup differences under one preset."""

    q: float
    df: int
    p: float
    i2: float


@dataclass(frozen=True, slots=True)
class SubgroupAnalysis:
    """A planned subgroup analysis of a finding.

    ``trials`` of a level are anchors; ``not_grouped`` lists the labels of trials whose group is
    unknown.
    """

    by: str
    name: str
    number: str | None
    levels: tuple[SubgroupLevel, ...]
    tests: dict[str, SubgroupTest]
    not_grouped: tuple[str, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One planned cell with data: comparison × outcome × time.

    ``estimates`` is keyed by preset, the protocol's first; ``primary`` is its key. ``favours_low``
    says who is favoured by values below no effect.
    """

    id: str
    number: str | None
    title: str
    comparison: str
    outcome: str
    time: str | None
    status: Status
    measure: str
    ratio: bool
    scale: str | None
    scale_low: float | None
    scale_high: float | None
    scale_unit: str | None
    direction: Literal["lower", "higher"]
    favours_low: Literal["treatment", "comparator"]
    importance: str
    domain: Literal["benefit", "harm"]
    primary: str
    trials: tuple[Trial, ...]
    participants: int | None
    estimates: dict[str, Estimate]
    absolute: dict[str, AbsoluteEffect]
    verdicts: dict[str, Verdict]
    verdict_alternatives: tuple[Verdict, ...]
    robustness: Robustness | None
    certainty: Certainty | None
    subgroup_analyses: tuple[SubgroupAnalysis, ...]
    without_numbers: tuple[str, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class GapCell:
    """One planned cell of the grid and what there is for it.

    ``studies`` were measured and entered; ``finding`` is the id of the finding, if there is one.
    """

    comparison: str
    outcome: str
    time: str | None
    status: Status
    k: int
    participants: int | None
    studies: tuple[str, ...]
    finding: str | None


@dataclass(frozen=True, slots=True)
class Findings:
    """The result of a review. ``schema_version`` follows ``docs/schema/findings.schema.json``."""

    schema_version: str
    review: ReviewInfo
    included: IncludedInfo
    presets: tuple[str, ...]
    treatments: tuple[TreatmentInfo, ...]
    comparisons: tuple[ComparisonInfo, ...]
    outcomes: tuple[OutcomeInfo, ...]
    times: tuple[TimeInfo, ...]
    studies: tuple[StudyInfo, ...]
    findings: tuple[Finding, ...]
    gaps: tuple[GapCell, ...]
    notes: tuple[Note, ...]
    provenance: Provenance
