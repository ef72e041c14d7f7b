"""One planned cell with data, from its contrasts to a finding."""

from __future__ import annotations

from dataclasses import dataclass, replace

from equipoise.appraisal import Thresholds, appraise_certainty, standing_decisions
from equipoise.findings import (
    AbsoluteEffect,
    Certainty,
    Estimate,
    Finding,
    Note,
    Robustness,
    Status,
    SubgroupAnalysis,
    Trial,
    Verdict,
    VerdictCategory,
)
from equipoise.review.model import Review
from equipoise.stats import EffectSizes
from equipoise.synthesis.absolute import AssumedRisk, absolute, assumed_risk
from equipoise.synthesis.cells import Cell, ProtocolIndex
from equipoise.synthesis.contrasts import CellContrasts, Contrast, cell_contrasts
from equipoise.synthesis.estimates import cell_methods, estimate
from equipoise.synthesis.pooling import Pooled, pool_cell
from equipoise.synthesis.records import Records
from equipoise.synthesis.scales import ScaleUse, turned_note, use_scales
from equipoise.synthesis.sides import RATIO_MEASURES
from equipoise.synthesis.specifications import Question, robustness
from equipoise.synthesis.subgroups import subgroup_analysis
from equipoise.synthesis.trials import Computed, make_trials
from equipoise.synthesis.verdicts import verdict
from equipoise.synthesis.weighing import cell_evidence, cell_thresholds, participants


@dataclass(frozen=True, slots=True)
class Context:
    """What every cell of one synthesis shares."""

    review: Review
    index: ProtocolIndex
    records: Records


@dataclass(frozen=True, slots=True)
class Analysed:
    """A cell after pooling: everything the parts of its finding are made from."""

    cell: Cell
    found: CellContrasts
    use: ScaleUse
    pooled: Pooled
    trials: tuple[Trial, ...]
    estimates: dict[str, Estimate]
    assumed: AssumedRisk | None
    thresholds: Thresholds

    @property
    def primary(self) -> Estimate | None:
        """The estimate under the protocol's preset."""
        return self.estimates.get(self.pooled.primary)


def finding_of(cell: Cell, context: Context) -> Finding | None:
    """Build the finding of a planned cell; ``None`` when no trial has a row for it."""
    found = cell_contrasts(cell, context.records, context.index.treatments)
    if not found.contrasts and not found.without_numbers:
        return None
    return _finding(_analyse(cell, found, context), context)


def _analyse(cell: Cell, found: CellContrasts, context: Context) -> Analysed:
    use = use_scales(cell, found.contrasts, context.index.scales)
    contrasts = tuple(
        contrast if sign > 0 else _turned(contrast, context)
        for contrast, sign in zip(found.contrasts, use.signs, strict=True)
    )
    pooled = pool_cell(contrasts, use, cell_methods(context.review.protocol, cell))
    assumed = assumed_risk(cell.outcome, cell.measure, pooled.entered)
    return Analysed(
        cell=cell,
        found=replace(found, contrasts=contrasts),
        use=use,
        pooled=pooled,
        trials=_trials(cell, contrasts, pooled, context),
        estimates={name: estimate(fitted) for name, fitted in pooled.fits.items()},
        assumed=assumed,
        thresholds=cell_thresholds(cell, use, assumed),
    )


def _turned(contrast: Contrast, context: Context) -> Contrast:
    note = turned_note(contrast, context.index.scales)
    return replace(contrast, notes=(*contrast.notes, note))


def _trials(
    cell: Cell, contrasts: tuple[Contrast, ...], pooled: Pooled, context: Context
) -> tuple[Trial, ...]:
    computed = Computed(
        effects=pooled.effects.get(pooled.primary),
        fits=pooled.fits,
        rows=pooled.rows,
        level=pooled.methods[pooled.primary].level,
    )
    groupings = [grouping for grouping, _ in context.index.groupings(cell)]
    return make_trials(cell, contrasts, computed, context.records, groupings)


def _finding(done: Analysed, context: Context) -> Finding:
    cell, pooled = done.cell, done.pooled
    people, people_notes = participants(pooled.entered or done.found.contrasts)
    verdicts = {name: verdict(done.estimates.get(name), done.thresholds) for name in pooled.methods}
    scale = done.use.shared if cell.measure == "MD" else None
    absolute_notes = done.assumed.notes if done.assumed and done.estimates else ()
    return Finding(
        id=cell.id,
        number=cell.number,
        title=cell.title,
        comparison=cell.comparison.id,
        outcome=cell.outcome.id,
        time=cell.time_id,
        status=_status(done.primary),
        measure=cell.measure,
        ratio=cell.measure in RATIO_MEASURES,
        scale=None if scale is None else scale.name,
        scale_low=None if scale is None else scale.low,
        scale_high=None if scale is None else scale.high,
        scale_unit=None if scale is None else scale.unit,
        direction=done.use.direction,
        favours_low="treatment" if done.use.direction == "lower" else "comparator",
        importance=cell.outcome.importance,
        domain=cell.outcome.domain,
        primary=pooled.primary,
        trials=done.trials,
        participants=people,
        estimates=done.estimates,
        absolute=_absolutes(done),
        verdicts=verdicts,
        verdict_alternatives=_alternatives(done),
        robustness=_robustness(done, context, verdicts[pooled.primary].category),
        certainty=_certainty(done, context),
        subgroup_analyses=_subgroup_analyses(done, context),
        without_numbers=done.found.without_numbers,
        notes=(
            *_plan_notes(cell), *done.use.notes, *pooled.notes, *absolute_notes, *people_notes,
        ),
    )  # fmt: skip


def _status(primary: Estimate | None) -> Status:
    if primary is None:
        return "not poolable"
    return "single trial" if primary.k == 1 else "pooled"


def _plan_notes(cell: Cell) -> tuple[Note, ...]:
    if cell.plan is None or not cell.plan.note:
        return ()
    return (Note("from-protocol", cell.plan.note),)


def _absolutes(done: Analysed) -> dict[str, AbsoluteEffect]:
    if done.assumed is None:
        return {}
    found = {
        name: absolute(each.effect, done.cell.measure, done.assumed)
        for name, each in done.estimates.items()
    }
    return {name: effect for name, effect in found.items() if effect is not None}


def _alternatives(done: Analysed) -> tuple[Verdict, ...]:
    """Judge the primary estimate against the outcome's other minimal important differences."""
    if done.primary is None or done.thresholds.mid is None or done.cell.measure != "MD":
        return ()
    mids = done.cell.outcome.mid_alternatives
    return tuple(verdict(done.primary, done.thresholds.with_mid(mid)) for mid in mids)


def _robustness(done: Analysed, context: Context, reference: VerdictCategory) -> Robustness | None:
    fitted = done.pooled.fits.get(done.pooled.primary)
    if fitted is None or fitted.k == 1:
        return None
    entered = fitted.effects.estimable
    in_order = [
        trial for trial, row in zip(done.trials, done.pooled.rows, strict=True) if row is not None
    ]
    return robustness(
        Question(
            effects=fitted.effects.subset(entered),
            with_empty=_with_empty(done),
            trials=tuple(trial for trial, ok in zip(in_order, entered, strict=True) if ok),
            primary=fitted.methods,
            reference=reference,
            thresholds=done.thresholds,
            planned=context.review.protocol.sensitivity,
        )
    )


def _with_empty(done: Analysed) -> EffectSizes | None:
    """Compute the effects with trials without events counted too, where there are such trials.

    Many analysts, and R's metafor by default, add half an event to each cell of these trials and
    count them; Cochrane leaves them out of risk and odds ratios.
    """
    pooled = done.pooled
    spec, effects = pooled.methods[pooled.primary], pooled.effects[pooled.primary]
    if spec.measure not in {"RR", "OR"} or spec.double_zero == "keep" or effects.estimable.all():
        return None
    kept = pooled.again(replace(spec, double_zero="keep"), done.use.signs)
    return kept if kept.estimable.sum() > effects.estimable.sum() else None


def _certainty(done: Analysed, context: Context) -> Certainty | None:
    cell = done.cell
    decisions = standing_decisions(
        context.review.decisions, cell.comparison.id, cell.outcome.id, cell.time_id
    )
    if done.primary is None:
        return appraise_certainty(None, decisions)
    evidence = cell_evidence(done.pooled, done.primary, done.trials, done.thresholds, done.assumed)
    return appraise_certainty(evidence, decisions)


def _subgroup_analyses(done: Analysed, context: Context) -> tuple[SubgroupAnalysis, ...]:
    pooled = done.pooled
    ready = {name: (pooled.effects[name], pooled.methods[name]) for name in pooled.fits}
    if not ready:
        return ()
    return tuple(
        subgroup_analysis(grouping, number, done.trials, pooled.rows, ready)
        for grouping, number in context.index.groupings(done.cell)
        if any(grouping.id in trial.subgroups for trial in done.trials)
    )
