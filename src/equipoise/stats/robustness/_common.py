"""What the results of this room share: trials on a scale with a null, and how they are written."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from equipoise.errors import DataError, MethodError
from equipoise.kernels.batches import Floats
from equipoise.stats import printing
from equipoise.stats.notes import Note

if TYPE_CHECKING:
    from equipoise.stats.effects.effect_sizes import EffectSizes
    from equipoise.stats.results import MetaAnalysis


def plain(value: float | None) -> float | None:
    """Return a number JSON can hold, ``None`` where it is not finite."""
    return None if value is None or not math.isfinite(value) else float(value)


def caution_lines(notes: Iterable[Note]) -> list[str]:
    """Return the lines of cautions at the end of a printed result."""
    return [f"  Caution: {note.text}" for note in notes]


def shown(effects: EffectSizes, estimate: float, low: float, high: float) -> str:
    """Return an estimate with its interval on the display scale."""
    values = effects.pooled_transformed(np.array([estimate, low, high]))
    return printing.effect_with_interval(effects, *(float(value) for value in values))


def shown_value(effects: EffectSizes, value: float) -> str:
    """Return one effect on the display scale."""
    number = float(effects.pooled_transformed(np.array([value]))[0])
    return printing.ratio(number) if effects.ratio else f"{number:.3g}".replace("-", printing.MINUS)


def check_number(name: str, value: object) -> float:
    """Return ``value`` as a float.

    Raises:
        MethodError: Unless it is a finite number.
    """
    good = isinstance(value, (int, float, np.floating, np.integer)) and not isinstance(value, bool)
    if not good or not math.isfinite(float(value)):  # type: ignore[arg-type]  # checked above
        raise MethodError(
            f"{name} must be a number on the analysis scale, not {value!r}",
            spec=f"{name}={value!r}",
            reason="not a number",
        )
    return float(value)  # type: ignore[arg-type]  # checked above


def participants(fit: MetaAnalysis) -> Floats | None:
    """Return the participants of each trial, both arms together; ``None`` where not known."""
    columns = fit.effects.columns
    if {"n_1", "n_2"} <= columns.keys():
        return np.asarray(columns["n_1"] + columns["n_2"], dtype=np.float64)
    return columns.get("n")


def sequence_of(fit: MetaAnalysis, order: Sequence[int] | None) -> list[int]:
    """Return positions of the estimable trials in the order given (theirs unless told).

    Raises:
        DataError: If ``order`` does not name every trial once, or nothing can be estimated.
    """
    n = len(fit.effects)
    sequence = list(range(n)) if order is None else [int(row) for row in order]
    if sorted(sequence) != list(range(n)):
        raise DataError(f"order must name each of 0 to {n - 1} once", rule="a permutation")
    rows = [row for row in sequence if fit.effects.estimable[row]]
    if not rows:
        raise DataError("no trial can be estimated", rule="estimable trials")
    return rows


def notes_json(notes: Iterable[Note]) -> list[dict[str, Any]]:
    """Return notes as JSON data."""
    return [note.to_dict() for note in notes]
