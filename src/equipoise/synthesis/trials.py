"""The trials of one finding, as data."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from equipoise.appraisal import judgements_for
from equipoise.findings import Bias, Effect, Note, Trial
from equipoise.review import column_value
from equipoise.review.model import Subgroup
from equipoise.stats import EffectSizes, MetaAnalysis
from equipoise.synthesis.cells import Cell
from equipoise.synthesis.contrasts import Contrast
from equipoise.synthesis.estimates import effect, number
from equipoise.synthesis.records import Records


@dataclass(frozen=True, slots=True)
class Computed:
    """What was computed for the usable contrasts: effects, and pooled fits by preset.

    ``rows`` gives, for each contrast of the cell, its row in the effect sizes, or ``None``.
    """

    effects: EffectSizes | None
    fits: Mapping[str, MetaAnalysis]
    rows: tuple[int | None, ...]
    level: float


def make_trials(
    cell: Cell,
    contrasts: Sequence[Contrast],
    computed: Computed,
    records: Records,
    groupings: Sequence[Subgroup],
) -> tuple[Trial, ...]:
    """Describe each contrast of a cell with its effect, weights and risk of bias."""
    effects = _effects(computed)
    anchors = _anchors(cell, contrasts)
    return tuple(
        Trial(
            anchor=anchor,
            study=contrast.study.id,
            label=contrast.label,
            year=contrast.study.year,
            stratum=contrast.stratum,
            status="estimable" if _row_effect(effects, row) else "not estimable",
            treatment=contrast.treatment,
            comparator=contrast.comparator,
            effect=_row_effect(effects, row),
            weights=_weights(computed, row),
            risk_of_bias=_bias(cell, contrast, records),
            analysed_as=contrast.analysed_as,
            sources=contrast.sources,
            inputs=contrast.inputs,
            notes=(*contrast.notes, *_computed_notes(contrast, computed, row)),
            subgroups=_subgroups(contrast, groupings),
        )
        for contrast, row, anchor in zip(contrasts, computed.rows, anchors, strict=True)
    )


def _effects(computed: Computed) -> tuple[Effect | None, ...]:
    effects = computed.effects
    if effects is None:
        return ()
    columns = (*effects.transformed(computed.level), effects.yi, effects.sei)
    found: list[Effect | None] = []
    for values in zip(*columns, strict=True):
        estimate, low, high, yi, se = (float(value) for value in values)
        if number(yi) is None or number(se) is None:
            found.append(None)
            continue
        found.append(effect(estimate, low, high, analysis_estimate=yi, analysis_se=se))
    return tuple(found)


def _row_effect(effects: Sequence[Effect | None], row: int | None) -> Effect | None:
    return None if row is None else effects[row]


def _weights(computed: Computed, row: int | None) -> dict[str, float]:
    if row is None:
        return {}
    weights = {preset: number(found.weights[row]) for preset, found in computed.fits.items()}
    return {preset: weight for preset, weight in weights.items() if weight}


def _bias(cell: Cell, contrast: Contrast, records: Records) -> tuple[Bias, ...]:
    judgements = records.judgements.get(contrast.study.id, ())
    return judgements_for(judgements, cell.outcome.id, cell.time_id)


def _computed_notes(contrast: Contrast, computed: Computed, row: int | None) -> tuple[Note, ...]:
    if row is None or computed.effects is None:
        return (Note("not-estimable", _sentence(contrast.problem or "no usable numbers")),)
    reason = computed.effects.reasons[row]
    reasons = () if reason is None else (Note("not-estimable", _sentence(reason)),)
    corrected = any(
        note.code == "zero-cells-corrected" and row in note.rows for note in computed.effects.notes
    )
    zero = (Note("zero-cell-corrected", "A zero cell was corrected."),) if corrected else ()
    return (*reasons, *zero)


def _sentence(reason: str) -> str:
    return f"Not estimable: {reason}."


def _subgroups(contrast: Contrast, groupings: Sequence[Subgroup]) -> dict[str, str]:
    groups = {each.id: column_value(contrast.study, each.column) for each in groupings}
    return {name: group for name, group in groups.items() if group}


def _anchors(cell: Cell, contrasts: Sequence[Contrast]) -> tuple[str, ...]:
    """Make ids unique in the document that need no escaping in an address."""
    used: dict[str, int] = {}
    anchors = []
    for contrast in contrasts:
        base = f"{cell.id}.{slug(contrast.label)}"
        used[base] = used.get(base, 0) + 1
        anchors.append(base if used[base] == 1 else f"{base}-{used[base]}")
    return tuple(anchors)


def slug(text: str) -> str:
    """Reduce a label to lower-case letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-") or "trial"
