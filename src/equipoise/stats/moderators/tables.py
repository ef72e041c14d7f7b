"""Columns of a table for a formula: the user's frame, or the numbers of the effect sizes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from equipoise.errors import DataError
from equipoise.stats.effects.effect_sizes import EffectSizes


def columns_for(data: Any, effects: EffectSizes) -> dict[str, Sequence[Any]]:
    """Return the columns of ``data`` (any frame, or a dict), a value a trial.

    The trials' own columns (``n_1`` and so on) can be used beside them, where no column has their
    name.

    Raises:
        DataError: If it is no table, or has another number of rows than there are trials.
    """
    own: dict[str, Sequence[Any]] = {name: c.tolist() for name, c in effects.columns.items()}
    given = {} if data is None else open_table(data)
    wrong = {name: len(values) for name, values in given.items() if len(values) != len(effects)}
    if wrong:
        name, size = next(iter(wrong.items()))
        raise DataError(
            f"data must have {len(effects)} rows, one a trial; {name} has {size}",
            rule="a row for each trial",
        )
    return own | given


def open_table(data: Any) -> dict[str, Sequence[Any]]:
    """Return the columns of any frame or dict as lists; single values of a dict become a row.

    Raises:
        DataError: If it is no table.
    """
    if isinstance(data, Mapping):
        columns = {str(name): _listed(values) for name, values in data.items()}
        size = max((len(values) for values in columns.values()), default=1)
        return {n: v * size if len(v) == 1 else v for n, v in columns.items()}
    import narwhals as nw  # noqa: PLC0415  # frames are rare: keep the import light

    try:
        frame = nw.from_native(data, eager_only=True)
    except TypeError as error:
        raise DataError(
            "data must be a dict of columns or a pandas, polars or pyarrow table, not "
            f"{type(data).__name__}",
            rule="a table",
        ) from error
    return {str(name): frame[name].to_list() for name in frame.columns}


def _listed(values: Any) -> list[Any]:
    if isinstance(values, np.ndarray):
        return list(values.tolist()) if values.ndim else [values.item()]
    if isinstance(values, (str, bytes)) or not isinstance(values, Iterable):
        return [values]
    return list(values)
