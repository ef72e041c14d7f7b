"""What the results of this room share: which direction is favoured, and how they are written out."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

import numpy as np

from equipoise.kernels.batches import Floats
from equipoise.stats import printing
from equipoise.stats.notes import Note
from equipoise.stats.options import check_word
from equipoise.stats.small_studies._common import HETEROGENEOUS, check_null, trials_of

if TYPE_CHECKING:
    from equipoise.stats.effects.effect_sizes import EffectSizes
    from equipoise.stats.results import MetaAnalysis

Direction = Literal["positive", "negative"]
"""The sign, on the analysis scale, of the results that publication is taken to favour."""

BiasModel = Literal["common", "robust"]
PUniformMethod = Literal["P", "LNP"]

ALLOWED: Final[dict[str, tuple[Any, ...]]] = {
    "favours": get_args(Direction),
    "model": get_args(BiasModel),
    "method": get_args(PUniformMethod),
}


@dataclass(frozen=True, slots=True, eq=False)
class Turned:
    """Trials turned so that favoured results are positive: multiply by ``sign`` to turn back."""

    yi: Floats
    vi: Floats
    rows: tuple[int, ...]
    sign: float
    favours: Direction

    @property
    def z(self) -> Floats:
        """Estimates over their standard errors."""
        return np.asarray(self.yi / np.sqrt(self.vi), dtype=np.float64)


def turned(fit: MetaAnalysis, favours: Direction | None, what: str) -> Turned:
    """Return the estimable trials so turned; the pooled estimate's sign is favoured unless told.

    Raises:
        DataError: If there are fewer than three trials.
        MethodError: For measures without a value of no effect.
    """
    check_null(fit, what)
    yi, vi = trials_of(fit)
    if favours is None:
        favours = "positive" if fit.estimate >= 0.0 else "negative"
    check_word("favours", favours, ALLOWED["favours"])
    sign = 1.0 if favours == "positive" else -1.0
    rows = tuple(int(row) for row in np.flatnonzero(fit.effects.estimable))
    return Turned(sign * yi, vi, rows, sign, favours)


def heterogeneous(fit: MetaAnalysis, so_what: str) -> tuple[Note, ...]:
    """Say that trials differ, where they do, and what that means for a result."""
    if fit.i2 is None or fit.i2 < HETEROGENEOUS:
        return ()
    return (Note("heterogeneous", f"I² is {fit.i2:.0f}%: {so_what}"),)


def plain(value: float | None) -> float | None:
    """Return a number JSON can hold, ``None`` where it is not finite."""
    return None if value is None or not math.isfinite(value) else float(value)


def caution_lines(notes: Iterable[Note]) -> list[str]:
    """Return the lines of cautions at the end of a printed result."""
    return [f"  Caution: {note.text}" for note in notes]


def shown(effects: EffectSizes, estimate: float, low: float, high: float) -> str:
    """Return an estimate with its interval on the display scale; infinite limits stay infinite."""
    values = effects.pooled_transformed(np.array([estimate, low, high]))
    return printing.effect_with_interval(effects, *(float(value) for value in values))


def direction_words(fit: MetaAnalysis, favours: Direction) -> str:
    """Return in words which results count as favoured."""
    if fit.effects.null == 1.0:
        return "above 1" if favours == "positive" else "below 1"
    return favours
