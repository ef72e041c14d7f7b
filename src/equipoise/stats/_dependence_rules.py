"""What the labels, times and correlations of dependent effects must be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from equipoise.errors import DataError, MethodError
from equipoise.kernels.batches import Floats, Ints
from equipoise.stats.effects.effect_table import EffectSizes
from equipoise.stats.effects.inputs import read_columns

_COMPARATOR_COLUMNS: Final = ("events_2", "n_2", "mean_2", "sd_2", "time_2")
Rho = float | Mapping[tuple[str, str], float] | None


def labels_of(effects: EffectSizes, data: Any, name: str, value: Any) -> tuple[str, ...]:
    """Read a column of labels, one a row of ``effects``.

    Raises:
        DataError: If a label is missing, or there are more or fewer than rows.
    """
    try:
        labels = read_columns(data, value, {"rows": np.zeros(len(effects))}).study
    except DataError as error:
        raise DataError(f"{name}: {error}", rule=error.rule) from error
    missing = tuple(row for row, label in enumerate(labels) if not label)
    if missing:
        raise DataError(
            f"{name} must not be missing, as it is in row {missing[0]}", rows=missing, rule="labels"
        )
    return labels


def times_of(effects: EffectSizes, data: Any, value: Any, *, ordered: bool) -> Floats:
    """Read a column of times; with ``ordered`` number the occasions instead.

    Raises:
        DataError: If a time is missing, or there are more or fewer than rows.
    """
    columns = read_columns(data, None, {"time": value})
    columns.problems.check(
        columns.missing["time"], "time must not be missing", lambda _r: "no time"
    )
    columns.problems.raise_if_any()
    times = columns.values["time"]
    _check_length(effects, "time", times.size)
    return np.unique(times, return_inverse=True)[1].astype(np.float64) if ordered else times


def _check_length(effects: EffectSizes, name: str, size: int) -> None:
    if size != len(effects):
        raise DataError(f"{name} must have {len(effects)} values, not {size}", rule="one a row")


def check_correlations(rho: Rho, outcome: Sequence[str] | None) -> None:
    """Raise `MethodError` unless ``rho`` is a correlation, or one for each pair of outcomes."""
    if rho is None:
        return
    values = list(rho.values()) if isinstance(rho, Mapping) else [rho]
    for value in values:
        if isinstance(value, bool) or not -1.0 < value < 1.0:
            raise MethodError(
                f"rho must be a correlation above -1 and below 1, not {value!r}",
                spec=f"rho={value!r}",
                reason="not a correlation",
            )
    if isinstance(rho, Mapping):
        _check_pairs(rho, outcome)


def _check_pairs(rho: Mapping[tuple[str, str], float], outcome: Sequence[str] | None) -> None:
    if outcome is None:
        raise MethodError(
            "correlations of pairs of outcomes need outcome=", spec="rho", reason="no outcomes"
        )
    for one, other in rho:
        if rho.get((other, one), rho[one, other]) != rho[one, other]:
            raise MethodError(
                f"rho has two values for {one} and {other}",
                spec=f"rho[{one!r}, {other!r}]",
                reason="not symmetric",
            )


def check_phi(phi: object, structure: str) -> None:
    """Raise `MethodError` unless φ is a correlation that the time structure can use."""
    if phi is None:
        return
    number = isinstance(phi, (int, float)) and not isinstance(phi, bool)
    low = -1.0 if structure == "AR" else 0.0
    if not number or not low < float(phi) < 1.0:  # type: ignore[arg-type]  # checked
        raise MethodError(
            f"phi must be above {low:g} and below 1 for {structure}, not {phi!r}",
            spec=f"phi={phi!r}",
            reason="not a correlation of times",
        )


def outcome_correlations(rho: Rho, outcome: Sequence[str] | None, size: int) -> Floats:
    """Return the correlations between the outcomes of one cluster's rows.

    Raises:
        MethodError: If a pair of outcomes has none.
    """
    if not isinstance(rho, Mapping):
        different = np.ones((size, size), dtype=np.bool_)
        if outcome is not None:
            names = np.array(outcome)
            different = names[:, None] != names[None, :]
        np.fill_diagonal(different, val=False)
        return np.where(different, 0.0 if rho is None else rho, 1.0)
    assert outcome is not None  # noqa: S101  # checked before
    return np.array([[_between(rho, one, other) for other in outcome] for one in outcome])


def _between(rho: Mapping[tuple[str, str], float], one: str, other: str) -> float:
    if one == other:
        return 1.0
    for pair in ((one, other), (other, one)):
        if pair in rho:
            return float(rho[pair])
    raise MethodError(
        f"rho has no correlation for {one} and {other}",
        spec=f"rho[{one!r}, {other!r}]",
        reason="a pair without a correlation",
    )


def check_same_control(effects: EffectSizes, labels: Sequence[tuple[Any, ...]], rows: Ints) -> None:
    """Raise `DataError` if rows that share a comparator, outcome and time differ in its numbers.

    ``labels`` says of each of ``rows`` which these are.
    """
    for name in _COMPARATOR_COLUMNS:
        if name in effects.columns:
            _check_same(effects, name, labels, rows)


def _check_same(
    effects: EffectSizes, name: str, labels: Sequence[tuple[Any, ...]], rows: Ints
) -> None:
    first: dict[tuple[Any, ...], float] = {}
    for label, row in zip(labels, rows, strict=True):
        value = float(effects.columns[name][row])
        known = first.setdefault(label, value)
        if known != value:
            raise DataError(
                f"row {row} ({effects.study[row]}) shares a comparator but has {name} of {value:g}, "
                f"not {known:g}; name the comparators with control=, and do not split them before",
                rows=(int(row),),
                rule="one comparator, the same numbers",
            )
