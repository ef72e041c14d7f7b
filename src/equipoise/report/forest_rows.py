"""Lay a finding out as a forest plot: its trials, its totals, what varies between them.

The columns stand as in the plots of Cochrane reviews: the numbers of each arm, the weight and the
effect, then the picture. Totals are given under every set of methods the findings hold, the
protocol's first, so that a reader sees what the methods alone change.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from equipoise.figures import Axis, Figure, ForestRow, forest
from equipoise.findings import Estimate, Finding, SubgroupAnalysis, SubgroupLevel, Trial
from equipoise.report.anchors import finding_anchor, plot_row_anchor, safe, trial_anchor
from equipoise.report.arms import HEADERS, ArmKind, arm_cells, arm_kind, arm_totals
from equipoise.report.directory import Directory
from equipoise.report.effects import (
    NOT_ESTIMABLE,
    effect_text,
    heterogeneity_text,
    level_text,
    overall_test_text,
    preset_name,
    subgroup_test_text,
)
from equipoise.words import numbers, phrases


@dataclass(frozen=True, slots=True)
class _Columns:
    """What the columns of one plot hold."""

    kind: ArmKind
    weighted: bool

    @property
    def headers(self) -> tuple[str, ...]:
        weight = ("Weight",) if self.weighted else ()
        return (*HEADERS[self.kind] * 2, *weight, "Effect")

    def cells(
        self, treatment: Sequence[str], comparator: Sequence[str], weight: str, effect: str
    ) -> tuple[str, ...]:
        return (*treatment, *comparator, *((weight,) if self.weighted else ()), effect)


def forest_figure(finding: Finding, names: Directory) -> Figure:
    """Draw the forest plot of a finding, which must have trials with numbers."""
    columns = _columns(finding)
    rows = [
        *(_trial_row(t, columns, t.weights.get(finding.primary), linked=True)
          for t in finding.trials),
        *_totals(finding, columns),
    ]  # fmt: skip
    return forest(
        rows,
        axis=finding_axis(finding, names),
        left_columns=columns.headers,
        right_columns=(),
        title=f"Forest plot: {finding.title}",
        description=_description(finding),
        footer=tuple(_footer(finding)),
        left_groups=_groups(finding, columns, names),
        prefix=f"plot-{finding_anchor(finding.id)}",
    )


def subgroup_figure(finding: Finding, analysis: SubgroupAnalysis, names: Directory) -> Figure:
    """Draw the forest plot of a planned subgroup analysis, with the protocol's methods."""
    columns = _Columns(arm_kind(finding.trials), weighted=True)
    rows = [row for level in analysis.levels for row in _level_rows(finding, level, columns)]
    if not analysis.not_grouped:
        rows.extend(_totals(finding, columns))
    footer = [
        f"Differences between groups, {preset_name(preset)}: {subgroup_test_text(test)}"
        for preset, test in analysis.tests.items()
    ]
    if analysis.not_grouped:
        footer.append(f"In no group: {', '.join(analysis.not_grouped)}")
    return forest(
        rows,
        axis=finding_axis(finding, names),
        left_columns=columns.headers,
        right_columns=(),
        title=f"Forest plot by {analysis.name}: {finding.title}",
        description=f"The trials of {finding.title}, in groups by {analysis.name}.",
        footer=footer,
        left_groups=_groups(finding, columns, names),
        prefix=f"plot-{finding_anchor(finding.id)}-by-{safe(analysis.by)}",
    )


def _columns(finding: Finding) -> _Columns:
    return _Columns(arm_kind(finding.trials), weighted=finding.status == "pooled")


def _groups(finding: Finding, columns: _Columns, names: Directory) -> tuple[tuple[str, int], ...]:
    span = len(HEADERS[columns.kind])
    if not span:
        return ()
    compared = names.comparisons[finding.comparison]
    return ((compared.treatment_name, span), (compared.comparator_name, span))


def _trial_row(trial: Trial, columns: _Columns, weight: float | None, *, linked: bool) -> ForestRow:
    effect = trial.effect
    cells = columns.cells(
        arm_cells(columns.kind, trial.treatment),
        arm_cells(columns.kind, trial.comparator),
        "" if weight is None else numbers.weight(weight),
        NOT_ESTIMABLE if effect is None else effect_text(effect),
    )
    return ForestRow(
        kind="study",
        label=phrases.name(trial.label),
        left=cells,
        estimate=effect.estimate if effect else None,
        low=effect.ci_low if effect else None,
        high=effect.ci_high if effect else None,
        weight=weight,
        href=f"#{trial_anchor(trial)}",
        anchor=plot_row_anchor(trial) if linked else None,
    )


def _totals(finding: Finding, columns: _Columns) -> Iterator[ForestRow]:
    """Give a total and, where there is one, a prediction interval for each set of methods."""
    if finding.status != "pooled":
        return
    totals = arm_totals(columns.kind, finding.trials)
    empty = ("",) * len(HEADERS[columns.kind])
    for preset, estimate in finding.estimates.items():
        first = preset == finding.primary
        yield _estimate_row(
            "total",
            f"Total, {preset_name(preset)} ({level_text(estimate)} CI)",
            estimate,
            columns.cells(
                totals.treatment if first else empty,
                totals.comparator if first else empty,
                "",
                effect_text(estimate.effect),
            ),
        )
        if estimate.pi_low is not None and estimate.pi_high is not None:
            limits = numbers.interval(estimate.pi_low, estimate.pi_high)
            yield ForestRow(
                kind="prediction",
                label=f"{level_text(estimate)} prediction interval",
                left=columns.cells(empty, empty, "", limits),
                low=estimate.pi_low,
                high=estimate.pi_high,
            )


def _estimate_row(
    kind: Literal["subtotal", "total"], label: str, estimate: Estimate, cells: tuple[str, ...]
) -> ForestRow:
    effect = estimate.effect
    return ForestRow(
        kind=kind,
        label=label,
        left=cells,
        estimate=effect.estimate,
        low=effect.ci_low,
        high=effect.ci_high,
    )


def _level_rows(finding: Finding, level: SubgroupLevel, columns: _Columns) -> Iterator[ForestRow]:
    by_anchor = {trial.anchor: trial for trial in finding.trials}
    members = [by_anchor[anchor] for anchor in level.trials]
    weights = level.weights.get(finding.primary, {})
    yield ForestRow(kind="heading", label=phrases.name(level.level))
    for trial in members:
        yield _trial_row(trial, columns, weights.get(trial.anchor), linked=False)
    estimate = level.estimates.get(finding.primary)
    if estimate is None or level.k < 2:  # noqa: PLR2004 - one trial is its own subtotal
        return
    totals = arm_totals(columns.kind, members)
    cells = columns.cells(totals.treatment, totals.comparator, "", effect_text(estimate.effect))
    yield _estimate_row("subtotal", f"Subtotal ({level_text(estimate)} CI)", estimate, cells)


def finding_axis(finding: Finding, names: Directory) -> Axis:
    """Build the axis of a finding's pictures: no effect, directions, important differences."""
    compared = names.comparisons[finding.comparison]
    sides = {
        "treatment": f"Favours {compared.treatment_name}",
        "comparator": f"Favours {compared.comparator_name}",
    }
    other = "comparator" if finding.favours_low == "treatment" else "treatment"
    level = next((f", {level_text(e)} CI" for e in finding.estimates.values()), "")
    return Axis(
        scale="log" if finding.ratio else "linear",
        null=1.0 if finding.ratio else 0.0,
        label=phrases.name_start(phrases.measure(finding.measure)) + level,
        favours_low=sides[finding.favours_low],
        favours_high=sides[other],
        thresholds=_thresholds(finding),
    )


def _thresholds(finding: Finding) -> tuple[tuple[float, str], ...]:
    """Mark the minimal important difference where the picture has the unit it is given in."""
    verdict = finding.verdicts.get(finding.primary)
    if verdict is None or not verdict.mid or finding.ratio or _per_thousand(verdict.mid_unit):
        return ()
    return ((-verdict.mid, "MID"), (verdict.mid, "MID"))


def _per_thousand(unit: str | None) -> bool:
    return unit is not None and "per" in unit


def _footer(finding: Finding) -> Iterator[str]:
    if finding.status != "pooled":
        return
    for preset, estimate in finding.estimates.items():
        between, overall = heterogeneity_text(estimate), overall_test_text(estimate)
        said = [text for text in (between, overall and f"overall effect: {overall}") if text]
        if said:
            yield f"{phrases.name_start(preset_name(preset))}: {'; '.join(said)}"


def _description(finding: Finding) -> str:
    """Say in a sentence what the plot shows, with the total of the protocol's methods."""
    shown = f"{numbers.trials(len(finding.trials))} of {finding.title}"
    estimate = finding.estimates.get(finding.primary)
    if estimate is None:
        return f"{shown}. No effect could be estimated."
    measure = phrases.measure(finding.measure)
    what = "Pooled" if finding.status == "pooled" else "Its"
    return f"{shown}. {what} {measure}: {effect_text(estimate.effect)}."
