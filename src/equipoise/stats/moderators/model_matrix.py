"""What the trials' effects are regressed on: columns, and the terms they belong to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from equipoise.errors import DataError, MethodError
from equipoise.kernels.batches import Bools, Floats, Ints

INTERCEPT = "intercept"
# A column that keeps less than this share of its length beside the others is no new column.
_NEW_COLUMN = 1e-9


class Encoder(Protocol):
    """Turns values of the variables into rows of the model matrix."""

    def __call__(self, columns: Mapping[str, Sequence[Any]]) -> Floats:
        """Return a block of shape ``(m, p)`` for ``m`` values of each variable."""
        ...


@dataclass(frozen=True, slots=True)
class Term:
    """A term of the formula (``C(allocation):dose``) and the columns it became."""

    name: str
    columns: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of the formula with its values in the trials that enter.

    ``levels`` lists the groups of a categorical variable, and is empty for a number.
    """

    name: str
    values: tuple[Any, ...]
    levels: tuple[Any, ...] = ()

    @property
    def categorical(self) -> bool:
        """Whether the variable stands for groups."""
        return bool(self.levels)

    @property
    def mean(self) -> float:
        """Return the plain mean of a numeric variable over the trials that enter."""
        return float(np.mean([float(value) for value in self.values]))


@dataclass(frozen=True, slots=True, eq=False)
class ModelMatrix:
    """The model matrix of the trials that enter, a row a trial.

    ``rows`` are the positions of these trials among the effect sizes; ``terms`` leaves the
    intercept out, which is the first column where there is one; ``encode`` makes rows for other
    values of the ``variables``; ``dropped`` pairs trials left out with the reason.
    """

    values: Floats
    rows: Ints
    names: tuple[str, ...]
    terms: tuple[Term, ...]
    intercept: bool
    formula: str | None
    variables: tuple[Variable, ...]
    encode: Encoder
    dropped: tuple[tuple[int, str], ...] = ()

    @property
    def spans_constant(self) -> bool:
        """Whether the columns can add up to one in every trial, as those of all groups do."""
        ones = np.ones(self.values.shape[0])
        coefficients = np.linalg.lstsq(self.values, ones, rcond=None)[0]
        return bool(np.abs(self.values @ coefficients - ones).max(initial=0.0) < _NEW_COLUMN)

    def positions(self, what: Any) -> tuple[int, ...]:
        """Return the columns that ``what`` names: terms, columns, positions, or ``"1:2"``.

        Positions count from zero, the intercept included; both ends of ``"1:2"`` are taken.

        Raises:
            MethodError: If there is no such term or column.
        """
        parts = what if isinstance(what, (list, tuple)) else [what]
        found = [position for part in parts for position in self._positions_of(part)]
        if not found:
            raise MethodError(
                "name at least one term or column", spec="columns", reason="nothing to test"
            )
        return tuple(dict.fromkeys(found))

    def _positions_of(self, part: Any) -> tuple[int, ...]:
        p = len(self.names)
        if isinstance(part, (int, np.integer)) and not isinstance(part, bool):
            if 0 <= int(part) < p:
                return (int(part),)
        elif isinstance(part, str):
            term = next((term for term in self.terms if term.name == part), None)
            if term is not None:
                return term.columns
            if part in self.names:
                return (self.names.index(part),)
            low, colon, high = part.partition(":")
            if colon and low.strip().isdigit() and high.strip().isdigit():
                span = range(int(low), int(high) + 1)
                if span and span[-1] < p:
                    return tuple(span)
        listed = ", ".join([*(term.name for term in self.terms), *self.names])
        raise MethodError(
            f"there is no term or column {part!r}; there are: {listed}",
            spec=f"columns={part!r}",
            reason="not in the model",
        )


@dataclass(frozen=True, slots=True)
class ColumnEncoder:
    """Makes rows from plain numeric columns, after an intercept where there is one."""

    names: tuple[str, ...]
    intercept: bool

    def __call__(self, columns: Mapping[str, Sequence[Any]]) -> Floats:
        """Return a row for each value; see `Encoder`."""
        size = len(next(iter(columns.values()))) if columns else 1
        block = [np.ones(size)] if self.intercept else []
        block += [np.asarray(columns[name], dtype=np.float64) for name in self.names]
        return np.stack(block, axis=1) if block else np.ones((size, 0))


def from_columns(
    moderators: Any, names: Sequence[str] | None, usable: Bools, *, intercept: bool
) -> ModelMatrix:
    """Make a model matrix from numbers: a column, or a block with a row a trial.

    Trials with a missing value are left out and listed in ``dropped``.

    Raises:
        DataError: If it is no block of numbers with a row a trial, or names do not fit.
    """
    block = _block(moderators, usable.size)
    given = tuple(names) if names is not None else _numbered(block.shape[1])
    if len(given) != block.shape[1] or len(set(given)) != len(given):
        raise DataError(
            f"names must be {block.shape[1]} different names, one a column, not {len(given)}",
            rule="a name for each column",
        )
    complete = np.isfinite(block).all(axis=1)
    dropped = tuple(
        (int(row), _missing_text(given, block[row])) for row in np.flatnonzero(usable & ~complete)
    )
    rows = np.flatnonzero(usable & complete)
    kept = block[rows]
    columns = np.column_stack((np.ones(rows.size), kept)) if intercept else kept
    shift = int(intercept)
    return ModelMatrix(
        values=columns,
        rows=rows,
        names=((INTERCEPT,) if intercept else ()) + given,
        terms=tuple(Term(name, (i + shift,)) for i, name in enumerate(given)),
        intercept=intercept,
        formula=None,
        variables=tuple(Variable(name, tuple(kept[:, i].tolist())) for i, name in enumerate(given)),
        encode=ColumnEncoder(given, intercept),
        dropped=dropped,
    )


def check_rank(matrix: ModelMatrix) -> None:
    """Raise `MethodError` where columns cannot be told apart or trials are too few, naming them."""
    k, p = matrix.values.shape
    if p == 0:
        raise MethodError(
            "the model has no columns; keep the intercept or name a moderator",
            spec="moderators",
            reason="nothing to estimate",
        )
    if k <= p:
        raise MethodError(
            f"{k} trials cannot carry {p} coefficients; a regression needs more trials than "
            f"coefficients ({', '.join(matrix.names)}), and about ten a coefficient to be of use",
            spec="moderators",
            reason="too few trials",
        )
    length = np.sqrt((matrix.values**2).sum(axis=0))
    scaled = matrix.values / np.where(length > 0.0, length, 1.0)
    for column in range(p):
        others = scaled[:, :column]
        shares = np.linalg.lstsq(others, scaled[:, column], rcond=None)[0]
        left = scaled[:, column] - others @ shares
        if np.sqrt(left @ left) <= _NEW_COLUMN:
            raise _collinear(matrix, column, np.flatnonzero(np.abs(shares) > _NEW_COLUMN))


def _collinear(matrix: ModelMatrix, column: int, others: Ints) -> MethodError:
    name = matrix.names[column]
    listed = ", ".join(matrix.names[i] for i in others)
    told = f"is a combination of {listed}" if others.size else "is zero in every trial"
    return MethodError(
        f"in the {matrix.values.shape[0]} trials that enter, {name} {told}: their effects cannot "
        "be told apart; leave one out",
        spec=f"moderators: {name}",
        reason="collinear columns",
    )


def _block(moderators: Any, size: int) -> Floats:
    try:
        block = np.asarray(moderators, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(
            "moderators must be a formula (text that begins with ~) or numbers, a row a trial; "
            "for groups use a formula",
            rule="numbers or a formula",
        ) from error
    block = block[:, None] if block.ndim == 1 else block
    if block.ndim != 2 or block.shape[0] != size:  # noqa: PLR2004  # rows and columns
        raise DataError(
            f"moderators must have {size} rows, one a trial, not shape {block.shape}",
            rule="a row for each trial",
        )
    if np.isinf(block).any():
        rows = tuple(int(row) for row in np.flatnonzero(np.isinf(block).any(axis=1)))
        raise DataError("moderators must be finite", rows=rows, rule="finite moderators")
    return block


def _numbered(count: int) -> tuple[str, ...]:
    return tuple(f"x{i}" for i in range(1, count + 1))


def _missing_text(names: Sequence[str], values: Floats) -> str:
    missing = [name for name, value in zip(names, values, strict=True) if not np.isfinite(value)]
    return f"{' and '.join(missing)} not known"
