"""The four tables of a review folder as rows of the model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

from equipoise.review.cells import CellReader, formula_warnings
from equipoise.review.fields import FieldSpec, fields_of
from equipoise.review.files import Folder
from equipoise.review.model import Arm, BiasJudgement, Problem, Result, Study
from equipoise.review.problems import Place, error, warning
from equipoise.review.tables import Columns, Row, Table, delimiter_name, read_table

T = TypeVar("T")


@dataclass(frozen=True)
class TableFormat(Generic[T]):
    """How a file's columns become fields: the row's class, and columns named otherwise."""

    file: str
    row: type[T]
    renamed: Mapping[str, str]
    required: bool = True

    @cached_property
    def specs(self) -> Mapping[str, FieldSpec]:
        """The fields by their column."""
        return {self.renamed.get(spec.name, spec.name): spec for spec in fields_of(self.row)}

    @cached_property
    def columns(self) -> Columns:
        """The columns the file may have."""
        required = tuple(name for name, spec in self.specs.items() if spec.required)
        return Columns(tuple(self.specs), required, others_kept=self.row is Study)


STUDIES = TableFormat("studies.csv", Study, {"id": "study"})
ARMS = TableFormat("arms.csv", Arm, {"id": "arm"})
RESULTS = TableFormat("results.csv", Result, {})
JUDGEMENTS = TableFormat("risk_of_bias.csv", BiasJudgement, {}, required=False)


@dataclass(frozen=True, slots=True)
class Rows(Generic[T]):
    """The rows that could be read.

    ``damaged`` holds the lines of rows in which some cell could not be used. ``complete`` is false
    where whole rows are missing, so that ids cannot be called unknown.
    """

    rows: tuple[T, ...] = ()
    columns: tuple[str, ...] = ()
    damaged: frozenset[int] = frozenset()
    complete: bool = False


def read_rows(folder: Folder, table_format: TableFormat[T]) -> Rows[T]:
    """Read one of the folder's tables."""
    file = table_format.file
    if not folder.has(file):
        if table_format.required:
            header = ",".join(table_format.specs)
            message = f"The file is missing. It may hold its header alone: {header}"
            folder.problems.append(error(Place(file), "missing-file", message))
        return Rows(complete=not table_format.required)
    text = folder.text(file)
    if text is None:
        return Rows()
    table = read_table(file, text, table_format.columns, folder.problems)
    return Rows() if table is None else _from_table(folder, table_format, table)


def _from_table(folder: Folder, table_format: TableFormat[T], table: Table) -> Rows[T]:
    reader = CellReader(table.file, table.delimiter != ",", folder.problems)
    made = [_row(table_format, row, reader) for row in table.rows]
    folder.problems.extend(_assumptions(table, reader))
    rows = tuple(row for row in made if row is not None)
    return Rows(
        rows,
        table.columns,
        frozenset(reader.damaged),
        complete=table.complete and len(rows) == len(made),
    )


def _assumptions(table: Table, reader: CellReader) -> Iterator[Problem]:
    yield from reader.mixed_marks()
    if table.delimiter != ",":
        commas = ", and commas inside numbers as decimal marks" if reader.first_comma else ""
        message = (
            f"The columns were read as separated by a {delimiter_name(table.delimiter)}{commas}."
        )
        yield warning(Place(table.file, 1), "assumed-separator", message)


def _row(table_format: TableFormat[T], row: Row, reader: CellReader) -> T | None:
    file, values, usable = table_format.file, dict[str, Any](), True
    for column, spec in table_format.specs.items():
        text = row.cells.get(column, "")
        value = reader.value(spec, text, Place(file, row.line, column)) if text else None
        if value is not None:
            values[spec.name] = value
        elif spec.required:
            usable = False
            if not text:
                reader.problems.append(_missing(Place(file, row.line, column)))
    if table_format.row is Study:
        values["extra"] = _extra(table_format, row, reader)
    values["line"] = row.line
    return table_format.row(**values) if usable else None


def _missing(place: Place) -> Problem:
    return error(place, "missing-value", f"'{place.field}' must be filled in.", found="nothing")


def _extra(table_format: TableFormat[T], row: Row, reader: CellReader) -> dict[str, str]:
    extra = {name: cell for name, cell in row.cells.items() if name not in table_format.specs}
    for name, cell in extra.items():
        place = Place(table_format.file, row.line, name)
        reader.problems.extend(formula_warnings(cell, place))
    return extra


def column_value(study: Study, column: str) -> str | None:
    """Return what ``studies.csv`` says in ``column`` for a study, as text; ``None`` where empty.

    Serves subgroups, whose column may be one of the format's own or one of the person's.
    """
    if column in study.extra:
        return study.extra[column] or None
    spec = STUDIES.specs.get(column)
    value = getattr(study, spec.name) if spec else None
    if isinstance(value, tuple):
        return "; ".join(value) or None
    return None if value is None else str(value)
