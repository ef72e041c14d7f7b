"""From a formula and a table to a model matrix, by the library formulaic.

Only the columns named in the formula are read, and only from the table: a variable of the calling
program never enters unseen. Formulas can call functions, so they are code: never take one from a
stranger. The choice of library is decision 7.
"""

from __future__ import annotations

import ast
import importlib
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from equipoise.errors import DataError, MethodError
from equipoise.kernels.batches import Bools, Floats
from equipoise.stats.moderators.model_matrix import INTERCEPT, ModelMatrix, Term, Variable

_ABSENT = (
    'formulas need the library formulaic: pip install "equipoise[formula]"; or give the '
    "moderators as a matrix with names"
)


@dataclass(frozen=True, slots=True, eq=False)
class FormulaEncoder:
    """Makes rows by the formula as it was applied to the trials (the same levels and centres)."""

    spec: Any
    variables: tuple[Variable, ...]

    def __call__(self, columns: Mapping[str, Sequence[Any]]) -> Floats:
        """Return a row for each value; see `Encoder`.

        Raises:
            DataError: If a variable is not given, or has a level that no trial had.
        """
        for variable in self.variables:
            if variable.name not in columns:
                raise DataError(
                    f"give a value of {variable.name}; the model has: "
                    + ", ".join(v.name for v in self.variables),
                    rule="a value for each variable",
                )
            _check_levels(variable, columns[variable.name])
        names = [variable.name for variable in self.variables]
        size = len(columns[names[0]]) if names else 1
        frame = _frame({name: list(columns[name]) for name in names}, size)
        block = np.asarray(_encoded(self.spec, frame), dtype=np.float64)
        if not np.isfinite(block).all():
            raise DataError(
                "the values make the formula undefined or missing; give numbers within its reach",
                rule="defined by the formula",
            )
        return block


def from_formula(formula: str, columns: Mapping[str, Sequence[Any]], usable: Bools) -> ModelMatrix:
    """Apply a formula to a table with a row a trial.

    Trials in which a variable is missing (``None``, ``nan`` or empty text) are left out and listed;
    levels, centres and splines are those of the trials that enter.

    Raises:
        MethodError: If formulaic is not installed, or the formula cannot be read or has a left
            side.
        DataError: If the table has no such column.
    """
    parsed = _parsed(formula)
    names = _variables(parsed, columns)
    absent = {name: _absent(columns[name]) for name in names}
    complete = np.ones(usable.size, dtype=np.bool_)
    for missing in absent.values():
        complete &= ~missing
    dropped = tuple(
        (int(row), " and ".join(n for n, m in absent.items() if m[row]) + " not known")
        for row in np.flatnonzero(usable & ~complete)
    )
    rows = np.flatnonzero(usable & complete)
    kept = {name: [columns[name][row] for row in rows.tolist()] for name in names}
    encoded = _encoded(parsed, _frame(kept, rows.size))
    spec = encoded.model_spec
    values = np.asarray(encoded, dtype=np.float64).reshape(rows.size, -1)
    _check_defined(formula, values)
    variables = tuple(_variable(name, kept[name], spec, columns) for name in names)
    return ModelMatrix(
        values=values,
        rows=rows,
        names=tuple(INTERCEPT if n == "Intercept" else str(n) for n in spec.column_names),
        terms=_terms(spec),
        intercept="Intercept" in spec.column_names,
        formula=formula,
        variables=variables,
        encode=FormulaEncoder(spec, variables),
        dropped=dropped,
    )


def _library(name: str) -> Any:
    """Load formulaic, or pandas which comes with it, when a formula is used: both are heavy.

    Raises:
        MethodError: If it is not installed.
    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise MethodError(_ABSENT, spec="moderators", reason="formulaic is absent") from error


def _parsed(formula: str) -> Any:
    library, errors = _library("formulaic"), _library("formulaic.errors")
    try:
        parsed = library.Formula(formula)
    except errors.FormulaicError as error:
        raise _unreadable(formula, error) from error
    if not isinstance(parsed, library.SimpleFormula):
        raise MethodError(
            f"write the moderators alone, as in '~ year + C(allocation)', not {formula!r}: the "
            "effects are already given",
            spec=f"moderators={formula!r}",
            reason="a formula with several sides",
        )
    return parsed


def _encoded(what: Any, frame: Any) -> Any:
    """Materialise a formula, or one that was materialised before, on a frame."""
    errors = _library("formulaic.errors")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return what.get_model_matrix(frame, context={}, na_action="ignore", output="pandas")
    except (errors.FormulaicError, ValueError, TypeError, ArithmeticError, Warning) as error:
        raise _unreadable(str(getattr(what, "formula", what)), error) from error


def _unreadable(formula: str, error: Exception) -> MethodError:
    plain = str(error).split("\n")[0]
    return MethodError(
        f"the formula {formula!r} cannot be applied: {plain}",
        spec=f"moderators={formula!r}",
        reason="an unreadable formula",
    )


def _variables(parsed: Any, columns: Mapping[str, Sequence[Any]]) -> tuple[str, ...]:
    """Return the columns that the formula's factors name, in its order."""
    functions = _library("formulaic.transforms").TRANSFORMS
    found: dict[str, None] = {}
    for term in parsed:
        for factor in term.factors:
            used = [factor.expr] if factor.expr in columns else _names(factor.expr)
            unknown = [n for n in used if n not in columns and n not in functions]
            if unknown:
                listed = ", ".join(map(str, columns))
                raise DataError(
                    f"there is no column {unknown[0]!r} for the formula; columns: {listed}",
                    rule="column",
                )
            found |= dict.fromkeys(name for name in used if name in columns)
    return tuple(found)


def _names(expression: str) -> list[str]:
    try:
        tree = ast.parse(expression.strip(), mode="eval")
    except SyntaxError:
        return [expression]
    return [node.id for node in ast.walk(tree) if isinstance(node, ast.Name)]


def _frame(columns: dict[str, list[Any]], size: int) -> Any:
    """Return a pandas frame, which formulaic brings with it."""
    return _library("pandas").DataFrame(
        {name: _plain(values) for name, values in columns.items()}, index=range(size)
    )


def _plain(values: list[Any]) -> list[Any]:
    """Return floats where all are numbers, so that whole numbers do not overflow, else as they are."""
    numbers = all(
        isinstance(v, (int, float, np.number)) and not isinstance(v, (bool, np.bool_))
        for v in values
    )
    return [float(v) for v in values] if numbers else values


def _absent(values: Sequence[Any]) -> Bools:
    """Return where a value is missing: ``None``, not a number, or empty text."""
    missing = np.zeros(len(values), dtype=np.bool_)
    for row, value in enumerate(values):
        missing[row] = (
            value is None
            or type(value).__name__ in {"NAType", "NaTType"}
            or (isinstance(value, str) and not value.strip())
            or (isinstance(value, (float, np.floating)) and np.isnan(value))
        )
    return missing


def _variable(
    name: str, values: list[Any], spec: Any, columns: Mapping[str, Sequence[Any]]
) -> Variable:
    grouped = any(
        state[0].value == "categorical" and name in ([expr] if expr in columns else _names(expr))
        for expr, state in spec.encoder_state.items()
    )
    plain = _plain(values)
    levels = tuple(sorted(dict.fromkeys(plain), key=lambda v: (str(type(v)), v))) if grouped else ()
    return Variable(name, tuple(plain), levels)


def _terms(spec: Any) -> tuple[Term, ...]:
    return tuple(
        Term(str(term), tuple(range(part.start, part.stop)))
        for term, part in spec.term_slices.items()
        if str(term) != "1"
    )


def _check_levels(variable: Variable, values: Sequence[Any]) -> None:
    unknown = [v for v in _plain(list(values)) if variable.categorical and v not in variable.levels]
    if unknown:
        listed = ", ".join(repr(level) for level in variable.levels)
        raise DataError(
            f"{variable.name} has no level {unknown[0]!r} in these trials; levels: {listed}",
            rule="a level of the trials",
        )


def _check_defined(formula: str, values: Floats) -> None:
    if not np.isfinite(values).all():
        raise MethodError(
            f"the formula {formula!r} is not defined for every trial (a logarithm of zero?)",
            spec=f"moderators={formula!r}",
            reason="not a number",
        )
