"""Planned methods that are not defined for what they would pool.

The check of the folder knows which options there are; only the statistics know which of them go
together, and with which measure. So this check stands here, where both are at hand.
"""

from __future__ import annotations

from collections.abc import Mapping

from equipoise.errors import MethodError
from equipoise.review import Problem
from equipoise.review.model import Protocol, Review
from equipoise.stats import resolve_methods
from equipoise.synthesis.cells import Cell, planned_cells
from equipoise.synthesis.estimates import cell_changes

_WHERE = {"methods.changes": "[methods.changes] for", "analyses": "the [[analyses]] entry of"}


def method_problems(review: Review) -> tuple[Problem, ...]:
    """Find the planned methods that are not defined for a planned cell; empty when all are.

    Each mistake is one problem that names every cell it concerns, with data or without. Where the
    protocol's changes are sound by themselves for a cell, its own ``[[analyses]]`` entry is named.
    """
    concerned: dict[tuple[str, str, str], list[str]] = {}
    for cell in planned_cells(review.protocol):
        error = _error(review.protocol, cell, cell_changes(review.protocol, cell))
        if error is not None:
            field, changes = _blamed(review.protocol, cell)
            concerned.setdefault((field, _written(changes), str(error)), []).append(cell.id)
    return tuple(
        Problem(
            file="review.toml",
            line=None,
            field=field,
            found=found,
            allowed="",
            message=f"{message}. Planned in {_WHERE[field]} {', '.join(cells)}.",
            code="methods-not-defined",
        )
        for (field, found, message), cells in concerned.items()
    )


def _error(
    protocol: Protocol, cell: Cell, changes: Mapping[str, str | float]
) -> MethodError | None:
    try:
        resolve_methods(protocol.methods.preset, cell.measure, **changes)
    except MethodError as error:
        return error
    return None


def _blamed(protocol: Protocol, cell: Cell) -> tuple[str, Mapping[str, str | float]]:
    """Name the field to look in, and the changes it makes."""
    everywhere = protocol.methods.changes
    if cell.method_changes and _error(protocol, cell, everywhere) is None:
        return "analyses", cell.method_changes
    return "methods.changes", everywhere


def _written(changes: Mapping[str, str | float]) -> str:
    """Write changes as they stand in the file: ``method = "MH"``."""
    quoted = {k: f'"{v}"' if isinstance(v, str) else f"{v:g}" for k, v in changes.items()}
    return ", ".join(f"{name} = {value}" for name, value in quoted.items())
