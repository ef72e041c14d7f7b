"""Small reviews built by hand, so that each rule of synthesis has a test of its own."""

from __future__ import annotations

from dataclasses import dataclass, replace

from equipoise.review.model import (
    AnalysisPlan,
    Arm,
    BiasJudgement,
    CertaintyDecision,
    Comparison,
    MethodPlan,
    Outcome,
    Protocol,
    Question,
    Result,
    Review,
    Scale,
    Study,
    TimeWindow,
    Treatment,
)

PAIN = Outcome(
    id="pain",
    name="Pain",
    kind="continuous",
    measure="MD",
    direction="lower",
    importance="critical",
    domain="benefit",
    scale="pain-0-100",
    mid=10,
)
EVENTS = Outcome(
    id="events",
    name="Nausea",
    kind="binary",
    measure="RR",
    direction="lower",
    importance="important",
    domain="harm",
)
SCALES = (
    Scale("pain-0-100", "Pain intensity", "lower", 0, 100, "points"),
    Scale("relief", "Pain relief", "higher", 0, 10),
    Scale("distress", "Distress", "lower", 0, 50),
)


@dataclass(frozen=True)
class Trial:
    """One trial's rows in a review under test."""

    study: Study
    arms: tuple[Arm, ...]
    results: tuple[Result, ...]


def protocol(*outcomes: Outcome, **changes: object) -> Protocol:
    """Plan drug against placebo (and rest), with times ``short`` and ``long`` to choose from."""
    made = Protocol(
        id="review-under-test",
        title="Drug for condition",
        question=Question("Does the drug help?"),
        treatments=(
            Treatment("drug", "the drug"),
            Treatment("placebo", "placebo"),
            Treatment("other", "another drug"),
        ),
        comparisons=(Comparison("drug-placebo", "drug v placebo", "drug", ("placebo",)),),
        outcomes=outcomes,
        times=(TimeWindow("short", "short term"), TimeWindow("long", "long term")),
        scales=SCALES,
        methods=MethodPlan(preset="as-published", compare="cochrane-2025"),
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # each test names real fields


def two_arms(study: str, stratum: str | None = None) -> tuple[Arm, Arm]:
    """Describe a drug arm and a placebo arm."""
    tail = "" if stratum is None else f"-{stratum}"
    return (
        Arm(study, f"d{tail}", "drug", stratum=stratum),
        Arm(study, f"p{tail}", "placebo", stratum=stratum),
    )


def means(
    study: str,
    drug: tuple[float, float, float],
    placebo: tuple[float, float, float],
    **fields: object,
) -> Trial:
    """Report (mean, sd, n) of both arms for ``pain``."""
    rows = [
        Result(study, arm, "pain", mean=mean, sd=sd, n=n, source=f"{study}, table 2")
        for arm, (mean, sd, n) in (("d", drug), ("p", placebo))
    ]
    return _trial(study, rows, fields)


def events(
    study: str, drug: tuple[float, float], placebo: tuple[float, float], **fields: object
) -> Trial:
    """Report (events, n) of both arms for ``events``."""
    rows = [
        Result(study, arm, "events", events=count, n=n)
        for arm, (count, n) in (("d", drug), ("p", placebo))
    ]
    return _trial(study, rows, fields)


def _trial(study: str, rows: list[Result], fields: dict[str, object]) -> Trial:
    changed = tuple(replace(row, **fields) for row in rows)  # type: ignore[arg-type]  # each test names real fields
    return Trial(Study(study, year=2020), two_arms(study), changed)


def with_design(trial: Trial, **fields: object) -> Trial:
    """Change a trial's row of ``studies.csv``."""
    return replace(trial, study=replace(trial.study, **fields))  # type: ignore[arg-type]  # each test names real fields


def contrast(study: str, **fields: object) -> Trial:
    """Report one ready contrast of drug against placebo for ``pain``."""
    row = Result(study, "d", "pain", reference_arm="p")
    return _trial(study, [row], fields)


def judged(study: str, judgement: str, domain: str = "overall") -> BiasJudgement:
    """Judge all of a study."""
    return BiasJudgement(study, domain, judgement)  # type: ignore[arg-type]  # each test names a real judgement


def decided(domain: str, judgement: str, *, by: str = "am", **fields: object) -> CertaintyDecision:
    """Decide on the certainty of drug v placebo for ``pain``."""
    made = CertaintyDecision(by, "drug-placebo", "pain", domain, judgement, "because")
    return replace(made, **fields)  # type: ignore[arg-type]  # each test names real fields


def review(*trials: Trial, plan: Protocol | None = None, **parts: object) -> Review:
    """Put trials into a review; line numbers follow the order of the rows, from line 2."""
    rows = [row for trial in trials for row in trial.results]
    made = Review(
        protocol=plan or protocol(PAIN, EVENTS),
        studies=tuple(trial.study for trial in trials),
        arms=tuple(arm for trial in trials for arm in trial.arms),
        results=tuple(replace(row, line=line) for line, row in enumerate(rows, start=2)),
    )
    return replace(made, **parts)  # type: ignore[arg-type]  # each test names real fields


def planned(**fields: object) -> AnalysisPlan:
    """Plan a departure for ``pain``."""
    made = AnalysisPlan("drug-placebo", "pain")
    return replace(made, **fields)  # type: ignore[arg-type]  # each test names real fields
