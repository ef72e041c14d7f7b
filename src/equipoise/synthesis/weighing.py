"""What a cell's numbers are held against: thresholds, and the evidence behind its certainty."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import replace

from equipoise.appraisal import Evidence, Thresholds, weighed
from equipoise.findings import Estimate, Note, Trial
from equipoise.synthesis.absolute import AssumedRisk
from equipoise.synthesis.cells import Cell
from equipoise.synthesis.contrasts import Contrast
from equipoise.synthesis.pooling import Pooled
from equipoise.synthesis.scales import ScaleUse
from equipoise.synthesis.sides import MEAN_MEASURES, RATIO_MEASURES


def cell_thresholds(cell: Cell, use: ScaleUse, assumed: AssumedRisk | None) -> Thresholds:
    """Choose the minimal important difference that fits how a cell was analysed.

    Mean differences take the outcome's ``mid`` when the trials are on the scale it is written in,
    standardised ones ``mid_smd``, and measures that compare risks ``mid_per_1000``, applied to the
    absolute difference at the assumed risk.
    """
    outcome, measure = cell.outcome, cell.measure
    bare = Thresholds(measure, measure in RATIO_MEASURES, 1 if use.direction == "higher" else -1)
    if measure == "MD" and outcome.mid is not None and _own_scale(cell, use):
        unit = None if use.shared is None else use.shared.unit
        return replace(bare, mid=outcome.mid, mid_unit=unit)
    if measure == "SMD" and outcome.mid_smd is not None:
        return replace(bare, mid=outcome.mid_smd, mid_unit="standard deviations")
    if outcome.mid_per_1000 is None or assumed is None or assumed.risk is None:
        return bare
    return replace(
        bare,
        mid=outcome.mid_per_1000,
        mid_unit="per 1,000",
        per_1000=True,
        assumed_risk=assumed.risk,
    )


def _own_scale(cell: Cell, use: ScaleUse) -> bool:
    shared = None if use.shared is None else use.shared.id
    return shared == cell.outcome.scale and use.poolable


def participants(contrasts: Sequence[Contrast]) -> tuple[int | None, tuple[Note, ...]]:
    """Count the people in trials, and say for how many trials nobody knows."""
    known = [contrast.people for contrast in contrasts if contrast.people is not None]
    if not known:
        return None, ()
    unknown = len(contrasts) - len(known)
    text = f"The number of people is not known for {unknown} of {len(contrasts)} trials."
    notes = (Note("participants-incomplete", text),) if unknown else ()
    return round(math.fsum(known)), notes


def cell_evidence(
    pooled: Pooled,
    primary: Estimate,
    trials: tuple[Trial, ...],
    thresholds: Thresholds,
    assumed: AssumedRisk | None,
) -> Evidence:
    """Gather what the certainty rules read: always the protocol's own preset."""
    return Evidence(
        estimate=primary,
        trials=weighed(trials, pooled.primary),
        thresholds=thresholds,
        participants=participants(pooled.entered)[0],
        everybody_counted=all(contrast.people is not None for contrast in pooled.entered),
        control_risk=None if assumed is None else assumed.risk,
        typical_sd=_typical_sd(thresholds.measure, pooled.entered),
    )


def _typical_sd(measure: str, contrasts: Sequence[Contrast]) -> float | None:
    if measure not in MEAN_MEASURES:
        return None
    found = [sd for contrast in contrasts if (sd := _pooled_sd(contrast)) is not None]
    return statistics.median(found) if found else None


def _pooled_sd(contrast: Contrast) -> float | None:
    sides = [(side.n, side.sd) for side in (contrast.treatment, contrast.comparator)]
    parts = [(n - 1, (n - 1) * sd**2) for n, sd in sides if n is not None and sd is not None]
    degrees = math.fsum(df for df, _ in parts)
    if len(parts) < len(sides) or degrees <= 0:
        return None
    return math.sqrt(math.fsum(square for _, square in parts) / degrees)
