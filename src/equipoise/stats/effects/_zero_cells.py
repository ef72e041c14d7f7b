"""Which studies get the zero-cell correction, and what is said about it."""

from __future__ import annotations

import numpy as np

from equipoise.errors import MethodError
from equipoise.kernels.batches import Bools
from equipoise.stats.effects._route_types import EffectOptions
from equipoise.stats.notes import Note
from equipoise.stats.options import ZeroCells


def corrected_rows(zero: Bools, rule: ZeroCells) -> Bools:
    """Return which studies get the correction; ``zero`` says which have an empty cell."""
    if rule == "none":
        return np.zeros(zero.shape, dtype=np.bool_)
    if rule == "all":
        return np.ones(zero.shape, dtype=np.bool_)
    if rule == "if-any-zero":
        return np.full(zero.shape, bool(zero.any()))
    return zero


def correction_note(rows: tuple[int, ...], options: EffectOptions) -> tuple[Note, ...]:
    """Return a note that says what was added to which studies; nothing for none."""
    if not rows:
        return ()
    trials = "1 trial" if len(rows) == 1 else f"{len(rows)} trials"
    where = {
        "only-zero": f"{options.add:g} was added to each count",
        "if-any-zero": f"{options.add:g} was added to each count",
        "all": f"{options.add:g} was added to each count",
        "treatment-arm": "each arm's counts got its share of a correction",
        "only-zero-variance": f"{options.add:g} was added to each count for the variance",
    }[options.zero_cells]
    return (
        Note(
            "zero-cells-corrected", f"{where} of {trials} (zero_cells: {options.zero_cells})", rows
        ),
    )


def refuse_correction(measure: str, options: EffectOptions) -> None:
    """Raise `MethodError` if a correction was chosen for a measure that has none.

    ``only-zero`` is what `effect_sizes` does unless told otherwise, and is let pass.
    """
    if options.zero_cells not in {"none", "only-zero"}:
        raise MethodError(
            f"{measure} is never corrected for empty cells; use zero_cells='none'",
            spec=f"measure={measure}, zero_cells={options.zero_cells}",
            reason="nothing to correct",
        )
