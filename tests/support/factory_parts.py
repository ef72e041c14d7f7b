"""The pieces of one example finding: trials, estimates, absolute effects, verdicts, certainty."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median
from typing import Literal

from equipoise.findings import (
    AbsoluteEffect,
    ArmSummary,
    Certainty,
    CertaintyDomain,
    CertaintyDomainName,
    CertaintyLevel,
    ComparisonInfo,
    Decision,
    Effect,
    Estimate,
    Heterogeneity,
    Methods,
    Note,
    OutcomeInfo,
    Receipt,
    Trial,
    Verdict,
    VerdictCategory,
)
from support.factory_numbers import Z95, Pooled, log_risk_ratio, mean_difference
from support.factory_protocol import (
    BIAS,
    DOSE,
    TIMES,
    Row,
)

OPTIONS: dict[str, tuple[str, str]] = {
    "as-published": ("DL", "wald"),
    "cochrane-2025": ("REML", "hksj"),
}
_DOMAINS: tuple[CertaintyDomainName, ...] = (
    "risk of bias",
    "inconsistency",
    "indirectness",
    "imprecision",
    "publication bias",
)


def title_of(comparison: ComparisonInfo, outcome: OutcomeInfo, time: str | None) -> str:
    when = next((f", {t.name}" for t in TIMES if t.id == time), "")
    return f"{comparison.name}: {outcome.name}{when}"


def yi_vi(outcome: OutcomeInfo, row: Row) -> tuple[float, float]:
    if outcome.kind == "continuous":
        return mean_difference(*row.numbers)
    return log_risk_ratio(*row.numbers)


def people(outcome: OutcomeInfo, row: Row) -> float:
    if outcome.kind == "continuous":
        return row.numbers[0] + row.numbers[3]
    return row.numbers[1] + row.numbers[3]


def _arms(
    comparison: ComparisonInfo, outcome: OutcomeInfo, row: Row
) -> tuple[ArmSummary, ArmSummary]:
    first = ("active",), comparison.treatment, comparison.treatment_name
    second = ("placebo",), "placebo", "placebo"
    if outcome.kind == "continuous":
        n_1, mean_1, sd_1, n_2, mean_2, sd_2 = row.numbers
        return (
            ArmSummary(*first, n=n_1, mean=mean_1, sd=sd_1),
            ArmSummary(*second, n=n_2, mean=mean_2, sd=sd_2),
        )
    events_1, n_1, events_2, n_2 = row.numbers
    return ArmSummary(*first, n=n_1, events=events_1), ArmSummary(*second, n=n_2, events=events_2)


def slug(text: str) -> str:
    kept = "".join(c if c.isascii() and c.isalnum() else "-" for c in text.lower())
    return "-".join(part for part in kept.split("-") if part)


def build_trial(
    finding_id: str,
    comparison: ComparisonInfo,
    outcome: OutcomeInfo,
    row: Row,
    *,
    pair: tuple[float, float],
    weights: dict[str, float],
    line: int,
) -> Trial:
    treatment, comparator = _arms(comparison, outcome, row)
    estimate, se = pair[0], math.sqrt(pair[1])
    low, high = estimate - Z95 * se, estimate + Z95 * se
    return Trial(
        anchor=f"{finding_id}.{slug(row.study)}",
        study=row.study,
        label=row.study,
        year=int(row.study[-4:]),
        stratum=None,
        status="estimable",
        treatment=treatment,
        comparator=comparator,
        effect=build_effect(estimate, se, low, high, ratio=outcome.measure == "RR"),
        weights=weights,
        risk_of_bias=BIAS.get(row.study, ()),
        analysed_as=None,
        sources=(f"Example review, table for {outcome.name}",),
        inputs=(f"results.csv:{2 * line}", f"results.csv:{2 * line + 1}"),
        notes=(
            (Note("zero-cells", "No events in one arm: one half added to each cell."),)
            if outcome.kind == "binary" and 0 in (row.numbers[0], row.numbers[2])
            else ()
        ),
        subgroups={"dose": DOSE[row.study]} if row.study in DOSE else {},
    )


def build_effect(estimate: float, se: float, low: float, high: float, *, ratio: bool) -> Effect:
    shown = math.exp if ratio else float
    return Effect(shown(estimate), shown(low), shown(high), estimate, se)


def build_estimate(
    preset: str, fit: Pooled, outcome: OutcomeInfo, *, ratio: bool, k: int
) -> Estimate:
    tau2, ci = OPTIONS[preset]
    mantel_haenszel = ratio and preset == "as-published" and k > 1
    shown = math.exp if ratio else float
    by_tau2 = preset == "cochrane-2025"
    i2 = 100 * max(0.0, (fit.q - fit.q_df) / fit.q) if k > 1 and fit.q > 0 else None
    return Estimate(
        methods=Methods(
            preset=preset,
            measure=outcome.measure,
            model="random" if k > 1 else "common",
            method="MH" if mantel_haenszel else "IV",
            tau2=tau2 if k > 1 else None,
            ci=ci if k > 1 else "wald",
            pi="follow-ci" if by_tau2 and k > 1 else None,
            tau2_ci="q-profile",
            i2="tau2" if by_tau2 else "q",
            level=0.95,
            zero_cells="only-zero" if ratio else None,
            add=0.5 if ratio else None,
            double_zero="drop" if ratio else None,
            smd_variance=None,
            changed={},
        ),
        k=k,
        effect=build_effect(fit.estimate, fit.se, fit.ci_low, fit.ci_high, ratio=ratio),
        statistic=fit.estimate / fit.se,
        statistic_name="z" if fit.df is None else "t",
        df=fit.df,
        p=fit.p,
        pi_low=None if fit.pi_low is None else shown(fit.pi_low),
        pi_high=None if fit.pi_high is None else shown(fit.pi_high),
        heterogeneity=Heterogeneity(
            tau2=fit.tau2 if k > 1 else None,
            tau2_ci_low=0.0 if k > 1 else None,
            tau2_ci_high=12 * fit.tau2 + 0.5 if k > 1 else None,
            i2=i2,
            i2_definition="tau2" if by_tau2 else "q",
            i2_q=i2,
            i2_tau2=i2,
            i2_ci_low=0.0 if k > 1 else None,
            i2_ci_high=min(99.0, i2 + 30) if i2 is not None else None,
            h2=fit.q / fit.q_df if k > 1 else None,
            q=fit.q if k > 1 else None,
            q_df=fit.q_df if k > 1 else None,
            q_p=fit.q_p if k > 1 else None,
        ),
        diagnostics={"converged": True, "iterations": 6, "at_boundary": fit.tau2 == 0.0},
        notes=(),
    )


def build_absolute(rows: Sequence[Row], effect: Effect) -> AbsoluteEffect:
    risk = median(row.numbers[2] / row.numbers[3] for row in rows)
    base = 1000 * risk
    low, mid, high = (
        min(1000.0, base * ratio) for ratio in (effect.ci_low, effect.estimate, effect.ci_high)
    )
    return AbsoluteEffect(
        assumed_risk=risk,
        assumed_risk_basis="median of the comparator risks in the trials",
        comparator_per_1000=base,
        treatment_per_1000=mid,
        treatment_low_per_1000=low,
        treatment_high_per_1000=high,
        difference_per_1000=mid - base,
        difference_low_per_1000=low - base,
        difference_high_per_1000=high - base,
        notes=(),
    )


def build_verdict(outcome: OutcomeInfo, effect: Effect, mid: float | None) -> Verdict:
    null = 1.0 if outcome.measure == "RR" else 0.0
    sign = 1 if outcome.direction == "higher" else -1
    low, high = sorted((sign * (effect.ci_low - null), sign * (effect.ci_high - null)))
    against_null: Literal["favours treatment", "favours comparator", "unclear"] = (
        "favours treatment" if low > 0 else "favours comparator" if high < 0 else "unclear"
    )
    category: VerdictCategory = "benefit" if low > 0 else "harm" if high < 0 else "unclear"
    against_mid: (
        Literal["important benefit", "little or no difference", "important harm", "unclear"] | None
    ) = None
    if mid is not None:
        against_mid = (
            "important benefit" if low >= mid
            else "important harm" if high <= -mid
            else "little or no difference" if low > -mid and high < mid
            else "unclear"
        )  # fmt: skip
        if against_mid != "unclear":
            category = against_mid
    rule = (
        f"The interval ({effect.ci_low:.2f} to {effect.ci_high:.2f}) was held against no effect "
        f"({null:g}){'' if mid is None else f' and a difference of {mid:g}'}.".replace("-", "−")
    )
    return Verdict(
        category, against_null, against_mid, mid, None if mid is None else "points", rule
    )


def build_certainty(decided: CertaintyLevel | None) -> Certainty:
    rated: dict[str, int | None] = {"risk of bias": 1, "inconsistency": 0, "imprecision": 1}
    words: dict[int | None, Literal["not serious", "serious", "not judged"]] = {
        0: "not serious",
        1: "serious",
        None: "not judged",
    }
    decision = Decision("am", decided or "", "Agreed by two people.", "2025-06-01")
    domains = tuple(
        CertaintyDomain(
            domain=name,
            proposal=words[rated.get(name)],
            levels=rated.get(name),
            receipt=Receipt(
                rule=f"{name} against the project's default thresholds",
                inputs={"weight_high_risk": 21.5, "trials": 4, "unknown": None},
                thresholds={"serious_from": 50},
                version="1",
            ),
            decisions=(),
        )
        for name in _DOMAINS
    )
    return Certainty(
        start="high",
        domains=domains,
        proposal="low",
        not_judged=("indirectness", "publication bias"),
        level=decided or "low",
        decided_by="am" if decided else None,
        decisions=(decision,) if decided else (),
    )
