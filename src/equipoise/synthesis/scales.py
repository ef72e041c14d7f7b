"""Which scale a cell's trials share, and which way round their numbers point."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from equipoise.findings import Note
from equipoise.review.model import Direction, Scale
from equipoise.synthesis.cells import Cell
from equipoise.synthesis.contrasts import Contrast
from equipoise.synthesis.sides import MEAN_MEASURES


@dataclass(frozen=True, slots=True)
class ScaleUse:
    """How the scales of a cell's trials are used.

    ``shared`` is the one scale of all trials, if there is one. ``signs`` (one per contrast, +1 or
    −1) turn trials on scales that point the other way. ``poolable`` is false where mean differences
    would mix units.
    """

    shared: Scale | None
    direction: Direction
    signs: tuple[int, ...]
    poolable: bool
    notes: tuple[Note, ...]


def use_scales(cell: Cell, contrasts: Sequence[Contrast], scales: Mapping[str, Scale]) -> ScaleUse:
    """Decide how the scales of a cell's trials go together.

    All on one scale (or on scales that point the same way): nothing is turned and the direction is
    the scales'. On scales that point different ways, standardised differences are turned to the
    outcome's direction. Mean differences on different scales are not pooled.
    """
    if cell.measure not in MEAN_MEASURES:
        unturned = (1,) * len(contrasts)
        return ScaleUse(None, cell.outcome.direction, unturned, poolable=True, notes=())
    usable = [contrast for contrast in contrasts if contrast.problem is None] or contrasts
    ids = list(dict.fromkeys(contrast.scale for contrast in usable))
    shared = scales.get(ids[0] or "") if len(ids) == 1 else None
    found = {_direction(scale, cell, scales) for scale in ids}
    direction = found.pop() if len(found) == 1 else cell.outcome.direction
    signs = tuple(_sign(contrast, direction, cell, scales) for contrast in contrasts)
    mixed = len(ids) > 1
    poolable = not (mixed and cell.measure == "MD")
    notes = _mixed_notes(ids, scales) if not poolable else ()
    if cell.measure == "MD":
        signs = (1,) * len(contrasts)
    return ScaleUse(shared, direction, signs, poolable, notes)


def turned_note(contrast: Contrast, scales: Mapping[str, Scale]) -> Note:
    """Say that a trial's sign was turned to point the same way as the others."""
    scale = scales.get(contrast.scale or "")
    name = "its scale" if scale is None else scale.name
    text = f"The sign was turned: {name} points the other way from the outcome."
    return Note("sign-turned", text)


def _direction(scale: str | None, cell: Cell, scales: Mapping[str, Scale]) -> Direction:
    known = scales.get(scale or "")
    return cell.outcome.direction if known is None else known.direction


def _sign(contrast: Contrast, direction: Direction, cell: Cell, scales: Mapping[str, Scale]) -> int:
    return 1 if _direction(contrast.scale, cell, scales) == direction else -1


def _mixed_notes(ids: Sequence[str | None], scales: Mapping[str, Scale]) -> tuple[Note, ...]:
    known = [scales.get(i or "") for i in ids]
    names = ["a scale that is not named" if scale is None else scale.name for scale in known]
    text = (
        f"Mean differences on different scales are not pooled: {'; '.join(names)}. "
        "A standardised mean difference could be planned instead."
    )
    return (Note("mixed-scales", text),)
