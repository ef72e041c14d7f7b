"""One table from several: parallel, crossover and cluster trials pooled together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np

from equipoise.errors import DataError
from equipoise.kernels.batches import Floats
from equipoise.stats.effects.effect_table import EffectSizes
from equipoise.stats.notes import Note


def combine_effects(*tables: EffectSizes) -> EffectSizes:
    """Put tables of effect sizes of one measure under each other.

    Rows keep their order, their reasons and their notes. A column that a table does not have is
    empty (``nan``) for its rows. An option that only some tables used is kept; tables that used
    different values of one option cannot be combined.

    Raises:
        DataError: If there is no table, or the tables differ in measure or in an option.

    Example:
        >>> from equipoise.stats.effects.crossover import crossover_effects
        >>> from equipoise.stats.effects.effect_sizes import effect_sizes
        >>> both = combine_effects(
        ...     effect_sizes("MD", mean_1=[5], sd_1=[2], n_1=[30], mean_2=[4], sd_2=[2], n_2=[30]),
        ...     crossover_effects("MD", mean_1=[5], sd_1=[2], mean_2=[4], sd_2=[2], n=[30], r=[0.5]),
        ... )
        >>> [round(float(se), 3) for se in both.sei]
        [0.516, 0.365]
    """
    if not tables:
        raise DataError("there are no effect sizes to combine", rule="at least one table")
    _check_measures(tables)
    first = tables[0]
    return replace(
        first,
        study=tuple(name for table in tables for name in table.study),
        yi=np.concatenate([table.yi for table in tables]),
        vi=np.concatenate([table.vi for table in tables]),
        reasons=tuple(reason for table in tables for reason in table.reasons),
        columns=MappingProxyType(_columns(tables)),
        options=MappingProxyType(_options(tables)),
        notes=_notes(tables),
        route=tuple(code for table in tables for code in _routes(table)),
        settings=MappingProxyType(_settings(tables)),
        backend=next((t.backend for t in tables if t.backend is not None), None),
    )


def _check_measures(tables: Sequence[EffectSizes]) -> None:
    measures = dict.fromkeys(table.measure for table in tables)
    if len(measures) > 1:
        raise DataError(
            f"effect sizes of one measure can be combined, not {' and '.join(measures)}",
            rule="one measure",
        )


def _columns(tables: Sequence[EffectSizes]) -> dict[str, Floats]:
    names = dict.fromkeys(name for table in tables for name in table.columns)
    return {
        name: np.concatenate([t.columns.get(name, np.full(len(t), np.nan)) for t in tables])
        for name in names
    }


def _options(tables: Sequence[EffectSizes]) -> dict[str, Any]:
    options: dict[str, Any] = {}
    for table in tables:
        for name, value in table.options.items():
            if options.setdefault(name, value) != value:
                raise DataError(
                    f"these effect sizes were computed with {name}={options[name]!r} and {value!r}; "
                    "compute them with the same",
                    rule=f"one {name}",
                )
    return options


def _routes(table: EffectSizes) -> tuple[str | None, ...]:
    return table.route if len(table.route) == len(table) else (None,) * len(table)


def _settings(tables: Sequence[EffectSizes]) -> dict[str, Any]:
    """Return the settings of routes on which the tables agree.

    How means came from medians explains rows, and must be one where several tables used it.
    """
    medians = [t for t in tables if any("median" in (code or "") for code in t.route)]
    ways = dict.fromkeys(t.settings["medians"] for t in medians)
    if len(ways) > 1:
        raise DataError(
            f"these effect sizes use medians by {' and by '.join(ways)}; compute them by one way",
            rule="one medians",
        )
    names = dict.fromkeys(name for table in tables for name in table.settings)
    found = {name: [t.settings[name] for t in tables if name in t.settings] for name in names}
    agreed = {
        name: values[0] for name, values in found.items() if values.count(values[0]) == len(values)
    }
    return agreed | ({"medians": next(iter(ways))} if ways else {})


def _notes(tables: Sequence[EffectSizes]) -> tuple[Note, ...]:
    notes, start = [], 0
    for table in tables:
        notes += [replace(n, rows=tuple(row + start for row in n.rows)) for n in table.notes]
        start += len(table)
    return tuple(notes)
