"""The review's own parts, carried into the findings as they are."""

from __future__ import annotations

from collections.abc import Sequence

from equipoise.appraisal import study_judgements
from equipoise.findings import (
    ComparisonInfo,
    Finding,
    IncludedInfo,
    OutcomeInfo,
    ReviewInfo,
    StudyInfo,
    TimeInfo,
    TreatmentInfo,
)
from equipoise.review.model import Comparison, Outcome, Protocol, Review, Scale, Study
from equipoise.synthesis.cells import ProtocolIndex
from equipoise.synthesis.records import Records
from equipoise.synthesis.sides import has_numbers


def review_info(protocol: Protocol) -> ReviewInfo:
    """Carry over the review's words about itself."""
    return ReviewInfo(
        id=protocol.id,
        title=protocol.title,
        question=protocol.question.text,
        population=protocol.question.population,
        condition=protocol.question.condition,
        setting=protocol.question.setting,
        citation=protocol.source.citation,
        doi=protocol.source.doi,
        url=protocol.source.url,
        risk_of_bias_tool=protocol.risk_of_bias_tool,
    )


def included_info(review: Review, studies: Sequence[StudyInfo]) -> IncludedInfo:
    """Set what the review says it included beside what is listed here."""
    included = review.protocol.included
    return IncludedInfo(
        trials=included.trials,
        participants=included.participants,
        parts=tuple((part.label, part.trials, part.participants) for part in included.parts),
        note=included.note,
        listed=len(studies),
        with_numbers=sum(study.has_numbers for study in studies),
    )


def study_infos(
    review: Review, records: Records, findings: Sequence[Finding]
) -> tuple[StudyInfo, ...]:
    """Describe every included study, with or without usable numbers."""
    numbered = {row.study for row in review.results if has_numbers(row)}
    entered: dict[str, list[str]] = {}
    for finding in findings:
        for study in dict.fromkeys(trial.study for trial in finding.trials):
            entered.setdefault(study, []).append(finding.id)
    return tuple(
        _study_info(study, records, study.id in numbered, entered.get(study.id, []))
        for study in review.studies
    )


def _study_info(
    study: Study, records: Records, numbered: bool, findings: Sequence[str]
) -> StudyInfo:
    treatments = dict.fromkeys(arm.treatment for arm in records.arms.get(study.id, ()))
    return StudyInfo(
        id=study.id,
        year=study.year,
        design=study.design,
        condition=study.condition,
        n_randomised=study.n_randomised,
        country=study.country,
        treatments=tuple(treatments),
        has_numbers=numbered,
        findings=tuple(findings),
        risk_of_bias=study_judgements(records.judgements.get(study.id, ())),
        source=study.source,
        note=study.note,
    )


def treatment_infos(protocol: Protocol) -> tuple[TreatmentInfo, ...]:
    """Carry over the treatments."""
    return tuple(TreatmentInfo(t.id, t.name, t.description) for t in protocol.treatments)


def comparison_infos(index: ProtocolIndex) -> tuple[ComparisonInfo, ...]:
    """Carry over the comparisons, with the names of their treatments."""
    return tuple(_comparison_info(c, index) for c in index.protocol.comparisons)


def _comparison_info(comparison: Comparison, index: ProtocolIndex) -> ComparisonInfo:
    names = [index.treatments.get(t, t) for t in comparison.comparators]
    return ComparisonInfo(
        id=comparison.id,
        number=comparison.number,
        name=comparison.name,
        treatment=comparison.treatment,
        treatment_name=index.treatments.get(comparison.treatment, comparison.treatment),
        comparators=comparison.comparators,
        comparator_name=" or ".join(names),
        note=comparison.note,
    )


def outcome_infos(index: ProtocolIndex) -> tuple[OutcomeInfo, ...]:
    """Carry over the outcomes, with their scales in words."""
    return tuple(_outcome_info(outcome, index) for outcome in index.protocol.outcomes)


def _outcome_info(outcome: Outcome, index: ProtocolIndex) -> OutcomeInfo:
    scale = None if outcome.scale is None else scale_words(index.scales[outcome.scale])
    return OutcomeInfo(
        id=outcome.id,
        name=outcome.name,
        kind=outcome.kind,
        measure=outcome.measure,
        direction=outcome.direction,
        importance=outcome.importance,
        domain=outcome.domain,
        scale=scale,
        times=outcome.times,
        mid=outcome.mid,
        mid_alternatives=outcome.mid_alternatives,
        mid_per_1000=outcome.mid_per_1000,
        description=outcome.description,
    )


def scale_words(scale: Scale) -> str:
    """Name a scale with its range where it is known: ``Pain intensity (0 to 100)``."""
    if scale.low is None or scale.high is None:
        return scale.name
    return f"{scale.name} ({scale.low:g} to {scale.high:g})".replace("-", "\u2212")


def time_infos(protocol: Protocol) -> tuple[TimeInfo, ...]:
    """Carry over the time windows."""
    return tuple(TimeInfo(time.id, time.name) for time in protocol.times)
