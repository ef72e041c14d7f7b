"""The other analyses of one example finding: specifications and subgroups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import product

from equipoise.findings import (
    DecidingChoice,
    Estimate,
    Finding,
    Note,
    OutcomeInfo,
    Robustness,
    Specification,
    SubgroupAnalysis,
    SubgroupLevel,
    SubgroupTest,
    VerdictCategory,
)
from support.factory_numbers import pool
from support.factory_parts import (
    OPTIONS,
    build_effect,
    build_estimate,
    build_verdict,
    yi_vi,
)
from support.factory_protocol import (
    DOSE,
    HOSTILE,
    OUTCOMES,
    PRESETS,
    Row,
)

_TAU2_LABEL = {None: "common effect", "DL": "random effects (DL)", "REML": "random effects (REML)"}
_CI_LABEL = {"wald": "normal interval", "hksj": "Hartung–Knapp interval"}


def build_robustness(
    outcome: OutcomeInfo,
    rows: Sequence[Row],
    yi: Sequence[float],
    vi: Sequence[float],
    primary: Estimate,
) -> Robustness:
    reference = build_verdict(outcome, primary.effect, outcome.mid).category
    left_out: list[int | None] = [None, *(range(len(rows)) if len(rows) > 2 else ())]
    grid = product(left_out, ((None, "wald"), *product(("DL", "REML"), ("wald", "hksj"))))
    specifications = tuple(
        _specification(outcome, rows, yi, vi, leave=leave, tau2=tau2, ci=ci)
        for leave, (tau2, ci) in grid
    )
    verdicts = dict(Counter(s.verdict for s in specifications).most_common())
    same = verdicts.get(reference, 0)
    total = len(specifications)
    return Robustness(
        reference=reference,
        total=total,
        same_verdict=same,
        share=same / total,
        analysis_total=sum(not s.leave_one_out for s in specifications),
        analysis_same=sum(s.verdict == reference for s in specifications if not s.leave_one_out),
        verdicts={str(name): count for name, count in verdicts.items()},
        deciding_choice=_deciding(specifications, reference) if len(verdicts) > 1 else None,
        specifications=specifications,
        not_run=(
            Note(
                "low-risk-of-bias",
                "Trials at low risk of bias only: not run, because some are not judged.",
            ),
        ),
    )


def _specification(
    outcome: OutcomeInfo,
    rows: Sequence[Row],
    yi: Sequence[float],
    vi: Sequence[float],
    *,
    leave: int | None,
    tau2: str | None,
    ci: str,
) -> Specification:
    keep = [i for i in range(len(yi)) if i != leave]
    fit = pool([yi[i] for i in keep], [vi[i] for i in keep], tau2=tau2, ci=ci)
    ratio = outcome.measure == "RR"
    effect = build_effect(fit.estimate, fit.se, fit.ci_low, fit.ci_high, ratio=ratio)
    trials = "all trials" if leave is None else f"without {rows[leave].study}"
    label = f"{_TAU2_LABEL[tau2]}, {_CI_LABEL[ci]}, {trials}"
    return Specification(
        id="-".join((tau2 or "common", ci, "all" if leave is None else str(leave + 1))).lower(),
        label=label,
        model="random" if tau2 else "common",
        method="IV",
        tau2=tau2,
        ci=ci,
        trials="all" if leave is None else "leave-one-out",
        omitted=() if leave is None else (rows[leave].study,),
        leave_one_out=leave is not None,
        k=len(keep),
        estimate=effect.estimate,
        ci_low=effect.ci_low,
        ci_high=effect.ci_high,
        p=fit.p,
        verdict=build_verdict(outcome, effect, outcome.mid).category,
    )


def _deciding(
    specifications: Sequence[Specification], reference: VerdictCategory
) -> DecidingChoice:
    total = len(specifications)
    by_interval = {
        label: [s.verdict for s in specifications if s.ci == ci] for ci, label in _CI_LABEL.items()
    }
    agreement = sum(max(Counter(v).values()) for v in by_interval.values()) / total
    baseline = max(Counter(s.verdict for s in specifications).values()) / total
    return DecidingChoice(
        choice="interval",
        agreement=agreement,
        baseline=baseline,
        options={name: v.count(reference) / len(v) for name, v in by_interval.items()},
        text="The way the interval is computed explains most of the disagreement.",
    )


def build_subgroup_analysis(finding: Finding, rows: Sequence[Row]) -> SubgroupAnalysis:
    outcome = OUTCOMES[0]
    levels = []
    for name in ("higher dose", "lower dose"):
        members = [row for row in rows if DOSE.get(row.study) == name]
        pairs = [yi_vi(outcome, row) for row in members]
        yi, vi = [p[0] for p in pairs], [p[1] for p in pairs]
        single = len(members) == 1
        fits = {
            preset: pool(yi, vi, tau2=None if single else tau2, ci="wald" if single else ci)
            for preset, (tau2, ci) in OPTIONS.items()
        }
        anchors = tuple(t.anchor for t in finding.trials if DOSE.get(t.study) == name)
        levels.append(
            SubgroupLevel(
                level=name,
                k=len(members),
                trials=anchors,
                estimates={
                    preset: build_estimate(preset, fit, outcome, ratio=False, k=len(members))
                    for preset, fit in fits.items()
                },
                weights={
                    preset: dict(zip(anchors, fit.weights, strict=True))
                    for preset, fit in fits.items()
                },
            )
        )
    tests = {preset: SubgroupTest(q=3.1, df=1, p=0.078, i2=67.7) for preset in PRESETS}
    return SubgroupAnalysis(
        by="dose",
        name="dose",
        number="1.2",
        levels=tuple(levels),
        tests=tests,
        not_grouped=(HOSTILE,),
        notes=(),
    )
