"""The trials of a finding as a table: what a forest plot shows, for those who cannot see it."""

from __future__ import annotations

from dataclasses import dataclass

from equipoise.findings import Estimate, Finding, Trial
from equipoise.report.anchors import plot_row_anchor, study_anchor, trial_anchor
from equipoise.report.arms import HEADERS, arm_cells, arm_kind
from equipoise.report.directory import Directory
from equipoise.report.effects import (
    NOT_ESTIMABLE,
    effect_text,
    heterogeneity_text,
    level_text,
    preset_name,
)
from equipoise.report.verdicts import interval_warning
from equipoise.words import numbers

UNKNOWN_BIAS = "not judged"


@dataclass(frozen=True, slots=True)
class TrialRow:
    """One trial of the table. ``cells`` are both arms' numbers in the order of the headers."""

    anchor: str
    plot_row: str
    study: str
    label: str
    cells: tuple[str, ...]
    effect: str
    weights: tuple[str, ...]
    bias: str
    bias_details: tuple[str, ...]
    sources: tuple[str, ...]
    inputs: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TotalRow:
    """One pooled effect below the trials."""

    label: str
    effect: str
    details: str


@dataclass(frozen=True, slots=True)
class TrialTable:
    """The table. ``groups`` are the arms' names with the number of columns under each."""

    groups: tuple[tuple[str, int], ...]
    headers: tuple[str, ...]
    weight_headers: tuple[str, ...]
    rows: tuple[TrialRow, ...]
    totals: tuple[TotalRow, ...]


def trial_table(finding: Finding, names: Directory) -> TrialTable:
    """Build the table of a finding's trials, which must have numbers."""
    kind = arm_kind(finding.trials)
    headers = HEADERS[kind]
    compared = names.comparisons[finding.comparison]
    presets = tuple(finding.estimates) if finding.status == "pooled" else ()
    arms = (compared.treatment_name, compared.comparator_name) if headers else ()
    return TrialTable(
        groups=tuple((name, len(headers)) for name in arms),
        headers=headers * 2,
        weight_headers=tuple(f"Weight, {preset_name(preset)}" for preset in presets),
        rows=tuple(
            _row(
                trial,
                (*arm_cells(kind, trial.treatment), *arm_cells(kind, trial.comparator)),
                presets,
            )
            for trial in finding.trials
        ),
        totals=tuple(_totals(finding, presets)),
    )


def _row(trial: Trial, cells: tuple[str, ...], presets: tuple[str, ...]) -> TrialRow:
    return TrialRow(
        anchor=trial_anchor(trial),
        plot_row=plot_row_anchor(trial),
        study=study_anchor(trial.study),
        label=trial.label,
        cells=cells,
        effect=NOT_ESTIMABLE if trial.effect is None else effect_text(trial.effect),
        weights=tuple(_weight(trial.weights.get(preset)) for preset in presets),
        bias=overall_bias(trial),
        bias_details=tuple(
            f"{bias.domain}: {bias.judgement}" + (f" ({bias.support})" if bias.support else "")
            for bias in trial.risk_of_bias
        ),
        sources=trial.sources,
        inputs=trial.inputs,
        notes=tuple(note.text for note in trial.notes),
    )


def overall_bias(trial: Trial) -> str:
    """Name the overall risk of bias, or say that only parts of it, or none, were judged."""
    judged = {bias.domain: bias.judgement for bias in trial.risk_of_bias}
    if "overall" in judged:
        return judged["overall"]
    return "only in part" if judged else UNKNOWN_BIAS


def _totals(finding: Finding, presets: tuple[str, ...]) -> list[TotalRow]:
    return [
        TotalRow(
            label=f"Total, {preset_name(preset)} ({level_text(estimate)} CI)",
            effect=effect_text(estimate.effect),
            details=_details(estimate),
        )
        for preset in presets
        for estimate in (finding.estimates[preset],)
    ]


def _details(estimate: Estimate) -> str:
    """Give the variation between trials, and what is wrong with the interval's width."""
    warning = interval_warning(estimate)
    said = (heterogeneity_text(estimate), warning and f"The interval {warning}")
    return ". ".join(text for text in said if text)


def _weight(value: float | None) -> str:
    return "–" if value is None else numbers.weight(value)
