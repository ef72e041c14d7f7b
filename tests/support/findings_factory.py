"""Example findings: small, made up, and complete enough to exercise every page and sentence.

``example_findings()`` has two comparisons and six planned outcomes, and holds a pooled finding in
doubt, a pooled finding of little or no difference, clear harms, a single trial, a finding where
nothing can be estimated, planned cells nobody measured, both presets, a subgroup analysis,
certainty as a proposal and as a person's decision, hostile text and letters beyond ASCII.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import product

from equipoise.findings import (
    SCHEMA_VERSION,
    CertaintyLevel,
    ComparisonInfo,
    Finding,
    Findings,
    GapCell,
    IncludedInfo,
    Note,
    OutcomeInfo,
    Provenance,
    ReviewInfo,
    Status,
    StudyInfo,
)
from support.factory_numbers import pool
from support.factory_parts import (
    OPTIONS,
    build_absolute,
    build_certainty,
    build_estimate,
    build_trial,
    build_verdict,
    people,
    slug,
    title_of,
    yi_vi,
)
from support.factory_protocol import (
    ANY_EVENT,
    BIAS,
    COMPARISONS,
    HOSTILE,
    NAUSEA,
    NAUSEA_B,
    OUTCOMES,
    PAIN_IMMEDIATE,
    PAIN_SHORT,
    PAIN_SHORT_B,
    PRESETS,
    RESPONSE,
    SERIOUS,
    TIMES,
    TREATMENTS,
    Row,
)
from support.factory_robustness import build_robustness, build_subgroup_analysis

__all__ = ["HOSTILE", "PRESETS", "example_findings", "without_data"]


def example_findings() -> Findings:
    """Build the example; equal on every call."""
    findings = _all_findings()
    return Findings(
        schema_version=SCHEMA_VERSION,
        review=ReviewInfo(
            id="example",
            title="Drug A and drug B for long-lasting pain",
            question="Do drug A or drug B reduce long-lasting pain in adults?",
            population="adults with long-lasting pain",
            condition="long-lasting pain",
            setting="any",
            citation="An example review made up for tests.",
            doi="10.1000/example",
            url="https://example.org/review",
            risk_of_bias_tool="RoB 2",
        ),
        included=IncludedInfo(
            trials=12,
            participants=2309,
            parts=(("drug A", 6, 310), ("drug B", 6, None)),
            note="listed trials are those with numbers",
            listed=len(_studies(findings)),
            with_numbers=len(_studies(findings)) - 1,
        ),
        presets=PRESETS,
        treatments=TREATMENTS,
        comparisons=COMPARISONS,
        outcomes=OUTCOMES,
        times=TIMES,
        studies=_studies(findings),
        findings=findings,
        gaps=_gaps(findings),
        notes=(Note("design-unknown", "The design of 2 studies is not recorded."),),
        provenance=Provenance(
            "equipoise",
            "0.0.0",
            {"review.toml": "0" * 64, "results.csv": "1" * 64, "studies.csv": "2" * 64},
        ),
    )


def without_data() -> Findings:
    """The same protocol before any trial was found: every planned cell is a gap."""
    example = example_findings()
    return replace(
        example,
        included=IncludedInfo(0, 0, (), None, 0, 0),
        studies=(),
        findings=(),
        gaps=_gaps(()),
        notes=(),
    )


@lru_cache(maxsize=1)
def _all_findings() -> tuple[Finding, ...]:
    a, b = COMPARISONS
    pain, response, _, any_event, nausea, serious = OUTCOMES
    main = build_finding(a, pain, "immediate", PAIN_IMMEDIATE, "1.1", decided="very low")
    return (
        replace(main, subgroup_analyses=(build_subgroup_analysis(main, PAIN_IMMEDIATE),)),
        build_finding(a, pain, "short", PAIN_SHORT, "1.3"),
        build_finding(a, response, "short", RESPONSE, "1.4"),
        build_finding(a, any_event, None, ANY_EVENT, "1.5"),
        build_finding(a, nausea, None, NAUSEA, "1.6"),
        build_not_poolable(a, serious, SERIOUS, "1.7"),
        build_finding(b, pain, "short", PAIN_SHORT_B, "2.1", decided="high"),
        build_finding(b, nausea, None, NAUSEA_B, "2.2", decided="moderate"),
    )


def build_finding(
    comparison: ComparisonInfo,
    outcome: OutcomeInfo,
    time: str | None,
    rows: Sequence[Row],
    number: str,
    *,
    decided: CertaintyLevel | None = None,
) -> Finding:
    pairs = [yi_vi(outcome, row) for row in rows]
    yi, vi = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    ratio = outcome.measure == "RR"
    single = len(rows) == 1
    fits = {
        preset: pool(yi, vi, tau2=None if single else tau2, ci="wald" if single else ci)
        for preset, (tau2, ci) in OPTIONS.items()
    }
    estimates = {
        preset: build_estimate(preset, fit, outcome, ratio=ratio, k=len(rows))
        for preset, fit in fits.items()
    }
    primary = estimates[PRESETS[0]]
    finding_id = ".".join(part for part in (comparison.id, outcome.id, time) if part)
    weights = [{preset: fit.weights[i] for preset, fit in fits.items()} for i in range(len(rows))]
    return Finding(
        id=finding_id,
        number=number,
        title=title_of(comparison, outcome, time),
        comparison=comparison.id,
        outcome=outcome.id,
        time=time,
        status="single trial" if single else "pooled",
        measure=outcome.measure,
        ratio=ratio,
        scale=outcome.scale,
        scale_low=0.0 if outcome.scale else None,
        scale_high=100.0 if outcome.scale else None,
        scale_unit="points" if outcome.scale else None,
        direction=outcome.direction,
        favours_low="treatment" if outcome.direction == "lower" else "comparator",
        importance=outcome.importance,
        domain=outcome.domain,
        primary=PRESETS[0],
        trials=tuple(
            build_trial(finding_id, comparison, outcome, row, pair=pair, weights=weight, line=line)
            for line, (row, pair, weight) in enumerate(
                zip(rows, pairs, weights, strict=True), start=2
            )
        ),
        participants=int(sum(people(outcome, row) for row in rows)),
        estimates=estimates,
        absolute=(
            {preset: build_absolute(rows, e.effect) for preset, e in estimates.items()}
            if ratio
            else {}
        ),
        verdicts={
            preset: build_verdict(outcome, e.effect, outcome.mid) for preset, e in estimates.items()
        },
        verdict_alternatives=tuple(
            build_verdict(outcome, primary.effect, mid) for mid in outcome.mid_alternatives
        ),
        robustness=None if single else build_robustness(outcome, rows, yi, vi, primary),
        certainty=build_certainty(decided),
        subgroup_analyses=(),
        without_numbers=("Quist 2009",) if number == "1.1" else (),
        notes=(
            (Note("no-prediction-interval", "This preset reports no prediction interval."),)
            if not single
            else (Note("single-trial", "One trial: nothing is pooled."),)
        ),
    )


def build_not_poolable(
    comparison: ComparisonInfo, outcome: OutcomeInfo, rows: Sequence[Row], number: str
) -> Finding:
    finding_id = f"{comparison.id}.{outcome.id}"
    reason = Note("double-zero", "No events in either arm: a ratio cannot be estimated.")
    trials = tuple(
        replace(
            build_trial(
                finding_id, comparison, outcome, row, pair=(0.0, 1.0), weights={}, line=line
            ),
            status="not estimable",
            effect=None,
            notes=(reason,),
        )
        for line, row in enumerate(rows, start=40)
    )
    return Finding(
        id=finding_id,
        number=number,
        title=title_of(comparison, outcome, None),
        comparison=comparison.id,
        outcome=outcome.id,
        time=None,
        status="not poolable",
        measure="RR",
        ratio=True,
        scale=None,
        scale_low=None,
        scale_high=None,
        scale_unit=None,
        direction="lower",
        favours_low="treatment",
        importance=outcome.importance,
        domain=outcome.domain,
        primary=PRESETS[0],
        trials=trials,
        participants=int(sum(people(outcome, row) for row in rows)),
        estimates={},
        absolute={},
        verdicts={},
        verdict_alternatives=(),
        robustness=None,
        certainty=None,
        subgroup_analyses=(),
        without_numbers=(),
        notes=(Note("nothing-estimable", "No trial has an effect that can be estimated."),),
    )


def _gaps(findings: Sequence[Finding]) -> tuple[GapCell, ...]:
    by_id = {finding.id: finding for finding in findings}
    cells = []
    for comparison, outcome in product(COMPARISONS, OUTCOMES):
        for time in outcome.times or (None,):
            finding = by_id.get(
                ".".join(part for part in (comparison.id, outcome.id, time) if part)
            )
            status: Status = finding.status if finding else "no data"
            cells.append(
                GapCell(
                    comparison=comparison.id,
                    outcome=outcome.id,
                    time=time,
                    status=status,
                    k=len(finding.trials) if finding else 0,
                    participants=finding.participants if finding else None,
                    studies=tuple(t.study for t in finding.trials) if finding else (),
                    finding=finding.id if finding else None,
                )
            )
    return tuple(cells)


def _studies(findings: Sequence[Finding]) -> tuple[StudyInfo, ...]:
    used: dict[str, list[Finding]] = {}
    for finding in findings:
        for trial in finding.trials:
            used.setdefault(trial.study, []).append(finding)
    listed = tuple(
        StudyInfo(
            id=study,
            year=int(study[-4:]),
            design="parallel" if study != "Œrsted 2021" else "crossover",
            condition="long-lasting pain",
            n_randomised=None,
            country="Österreich" if study == "Núñez 2014" else None,
            treatments=tuple(
                sorted({f.trials[0].treatment.treatment for f in within} | {"placebo"})
            ),
            has_numbers=True,
            findings=tuple(f.id for f in within),
            risk_of_bias=BIAS.get(study, ()),
            source="doi:10.1000/example." + slug(study),
            note=None,
        )
        for study, within in sorted(used.items())
    )
    unreported = StudyInfo(
        id="Quist 2009",
        year=2009,
        design="parallel",
        condition="long-lasting pain",
        n_randomised=22,
        country=None,
        treatments=("drug-a", "placebo"),
        has_numbers=False,
        findings=(),
        risk_of_bias=(),
        source=None,
        note="Pain was measured; the report gives no numbers.",
    )
    return (*listed, unreported)
