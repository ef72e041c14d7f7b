"""Reading people's columns: any frame or sequence in, checked float arrays out.

All rows that break a rule are reported at once.
"""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from equipoise.errors import DataError
from equipoise.kernels.batches import Bools, Floats

_SHOWN = 12


@dataclass(slots=True)
class Problems:
    """Broken rules collected while reading, to be raised together."""

    labels: tuple[str, ...]
    found: list[tuple[int, str, str]] = field(default_factory=list)

    def check(self, broken: Bools, rule: str, describe: Callable[[int], str]) -> None:
        """Record every row where ``broken`` holds."""
        if not broken.any():
            return
        self.found.extend((int(row), rule, describe(int(row))) for row in np.flatnonzero(broken))

    def raise_if_any(self) -> None:
        """Raise one `DataError` with all rows, in row order."""
        if not self.found:
            return
        ordered = sorted(self.found, key=lambda item: item[0])
        lines = [f"row {row} ({self.labels[row]}): {text}" for row, _, text in ordered[:_SHOWN]]
        if len(ordered) > _SHOWN:
            lines.append(f"and {len(ordered) - _SHOWN} more")
        rules = dict.fromkeys(rule for _, rule, _ in ordered)
        raise DataError(
            "correct these values: " + "; ".join(lines),
            rows=tuple(sorted({row for row, _, _ in ordered})),
            rule="; ".join(rules),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Columns of one length, the studies' labels, and the kind of frame they came in."""

    values: Mapping[str, Floats]
    missing: Mapping[str, Bools]
    study: tuple[str, ...]
    backend: str | None
    problems: Problems


def read_columns(data: Any, study: Any, arguments: Mapping[str, Any]) -> Columns:
    """Read the arguments that were given, as arrays or as column names of ``data``.

    Raises:
        DataError: If a column does not exist, or columns differ in length, or nothing was given.
    """
    frame, backend = _open_frame(data)
    raw = {name: _fetch(frame, name, value) for name, value in arguments.items()}
    lengths = {name: len(values) for name, values in raw.items()}
    labels = None if study is None else _fetch(frame, "study", study)
    if labels is not None:
        lengths["study"] = len(labels)
    if len(set(lengths.values())) > 1:
        listed = ", ".join(f"{name} has {n}" for name, n in lengths.items())
        raise DataError(f"columns must have one length: {listed}", rule="columns of one length")
    size = next(iter(lengths.values()))
    names = _labels(labels, size)
    problems = Problems(names)
    parsed = {name: _numbers(name, values, problems) for name, values in raw.items()}
    return Columns(
        {name: values for name, (values, _) in parsed.items()},
        {name: missing for name, (_, missing) in parsed.items()},
        names,
        backend,
        problems,
    )


def read_words(data: Any, name: str, value: Any) -> Sequence[Any]:
    """Read a column of words, as a sequence or as a column name of ``data``.

    Raises:
        DataError: If the column does not exist.
    """
    return _fetch(_open_frame(data)[0], name, value)


def _open_frame(data: Any) -> tuple[Any, str | None]:
    if data is None or isinstance(data, Mapping):
        return data, None
    import narwhals as nw  # noqa: PLC0415  # frames are rare: keep the import light

    try:
        frame = nw.from_native(data, eager_only=True)
    except TypeError as error:
        raise DataError(
            "data must be a dict of columns or a pandas, polars or pyarrow table, not "
            f"{type(data).__name__}",
            rule="a table",
        ) from error
    return frame, str(frame.implementation.value)


def _fetch(frame: Any, name: str, value: Any) -> Sequence[Any]:
    if isinstance(value, str):
        return _column(frame, name, value)
    if isinstance(value, (bytes, numbers.Number)) or not isinstance(value, Iterable):
        raise DataError(
            f"{name} must be a column of values, not {value!r}", rule="a column of values"
        )
    return value if isinstance(value, np.ndarray) else list(value)  # type: ignore[return-value]  # an array is a sequence of values here


def _column(frame: Any, name: str, column: str) -> Sequence[Any]:
    if frame is None:
        raise DataError(
            f"{name}={column!r} names a column, but there is no data; give data= or an array",
            rule="a column name needs data",
        )
    available = list(frame.keys()) if isinstance(frame, Mapping) else list(frame.columns)
    if column not in available:
        listed = ", ".join(map(str, available))
        raise DataError(f"{name}: there is no column {column!r}; columns: {listed}", rule="column")
    values = frame[column]
    return list(values) if isinstance(frame, Mapping) else list(values.to_list())


def _labels(values: Sequence[Any] | None, size: int) -> tuple[str, ...]:
    if values is None:
        return tuple(str(row) for row in range(1, size + 1))
    return tuple("" if value is None else str(value) for value in values)


def _numbers(name: str, values: Sequence[Any], problems: Problems) -> tuple[Floats, Bools]:
    """Return floats (``nan`` where missing) and where they are missing; record what is no number."""
    if isinstance(values, np.ndarray) and values.ndim != 1:
        raise DataError(f"{name} must have one dimension, not {values.ndim}", rule="one dimension")
    parsed = np.full(len(values), np.nan)
    missing = np.zeros(len(values), dtype=np.bool_)
    for row, value in enumerate(values):
        number = _number(value)
        if number is None:
            text = f"{name} is {value!r}, not a number"
            problems.found.append((row, f"{name} must be a number", text))
        else:
            parsed[row] = number
            missing[row] = math.isnan(number)
    infinite = np.isinf(parsed)
    problems.check(infinite, f"{name} must be finite", lambda _row: f"{name} is infinite")
    parsed[infinite] = np.nan
    return parsed, missing


def _number(value: Any) -> float | None:
    """Return a float, ``nan`` for a missing value, ``None`` for what is no number."""
    if isinstance(value, (bool, np.bool_)):
        return None
    if isinstance(value, (float, int, np.floating, np.integer, numbers.Real)):
        try:
            return float(value)
        except OverflowError:
            return math.inf
    if value is None or type(value).__name__ in {"NAType", "NaTType"}:
        return math.nan
    try:
        return None if isinstance(value, (str, bytes, complex)) else float(value)
    except (TypeError, ValueError):
        return None


def to_frame(columns: Mapping[str, Sequence[Any]], backend: str | None) -> Any:
    """Return columns as the user's kind of frame, or as a dict of lists."""
    plain = {name: list(values) for name, values in columns.items()}
    if backend is None:
        return plain
    import narwhals as nw  # noqa: PLC0415  # frames are rare: keep the import light

    kind: Any = backend  # one of the words narwhals itself gave
    return nw.from_dict(plain, backend=kind).to_native()
