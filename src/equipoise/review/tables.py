"""CSV files as spreadsheets write them: delimiters, headers, rows with their line numbers.

What differs between programs (byte order mark, line ends, ``;`` or tab instead of ``,``) is
accepted; what would have to be guessed (ragged rows, repeated columns) is a problem.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from equipoise.review.model import Problem
from equipoise.review.problems import Place, did_you_mean, error, warning

LONGEST_CELL = 100_000
_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}
_SEPARATOR_LINE = re.compile(r'"?sep=([,;\t])"?[,;\t ]*(?:\r\n|\r|\n)', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: its first line in the file, and its cells by column."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """A table as text. ``complete`` is false where rows had to be left out."""

    file: str
    delimiter: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    complete: bool


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns a table may have; ``others_kept`` where further ones are the person's own."""

    known: tuple[str, ...]
    required: tuple[str, ...]
    others_kept: bool = False


_Cells = tuple[int, list[str]]


def read_table(file: str, text: str, columns: Columns, problems: list[Problem]) -> Table | None:
    """Read a CSV file; ``None`` where its header cannot be used.

    Args:
        file: Name of the file, for problems.
        text: Its text.
        columns: What the header may hold.
        problems: Where problems are collected.
    """
    named, text = _named_separator(text)
    delimiter = named or _delimiter(text, columns.known)
    lines, whole = _split(file, text, delimiter, problems)
    if not lines:
        if whole:
            problems.append(_empty_file(file, columns))
        return None
    header_line, header = lines[0][0], [cell.strip() for cell in lines[0][1]]
    body = [line for line in lines[1:] if any(cell.strip() for cell in line[1])]
    if not _header_is_usable(Place(file, header_line), header, columns, problems):
        return None
    _report_header(Place(file, header_line), header, body, columns, problems)
    rows = tuple(_rows(file, header, body, problems))
    names = tuple(name for name in header if name)
    return Table(file, delimiter, names, rows, whole and len(rows) == len(body))


def _named_separator(text: str) -> tuple[str | None, str]:
    """Take off the first line by which Excel is told the separator (``sep=;``), if there is one.

    An empty line stays in its place, so that lines keep their numbers.
    """
    line = _SEPARATOR_LINE.match(text)
    if line is None:
        return None, text
    return line.group(1), "\n" + text[line.end() :]


def _delimiter(text: str, known: Collection[str]) -> str:
    first = text.lstrip("\r\n").split("\n", 1)[0].split("\r", 1)[0]
    counts = {
        mark: sum(name.strip().strip('"').strip() in known for name in first.split(mark))
        for mark in _DELIMITERS
    }
    return max(_DELIMITERS, key=lambda mark: counts[mark])


def _split(
    file: str, text: str, delimiter: str, problems: list[Problem]
) -> tuple[list[_Cells], bool]:
    """Split the text into rows of cells; the second value is false where the reader gave up."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    lines: list[_Cells] = []
    start = 1
    try:
        for cells in reader:
            if cells:
                lines.append((start, cells))
            start = reader.line_num + 1
    except csv.Error as problem:
        problems.append(_csv_error(Place(file, start), str(problem)))
        return lines, False
    return lines, True


def _csv_error(place: Place, reason: str) -> Problem:
    if "field larger" in reason:
        return _cell_too_long(place)
    message = (
        f"The row that begins here cannot be read: {reason}. A quotation mark opens a cell that is "
        "never closed, or stands inside one; inside a quoted cell it is written twice."
    )
    return error(place, "csv-syntax", message)


def _empty_file(file: str, columns: Columns) -> Problem:
    message = "The file is empty; its first line names the columns."
    return error(Place(file), "empty-file", message, allowed=", ".join(columns.known))


def _header_is_usable(
    place: Place, header: list[str], columns: Columns, problems: list[Problem]
) -> bool:
    before = len(problems)
    for name in dict.fromkeys(name for name in header if header.count(name) > 1 and name):
        message = "Two columns have this name; delete or rename one."
        field = Place(place.file, place.line, name)
        problems.append(error(field, "duplicate-column", message, found=name))
    for name in columns.required:
        if name not in header:
            others = [other for other in header if other not in columns.known]
            near = did_you_mean(name, others).replace("Did you mean", "Is it the column")
            message = f"The column '{name}' is required.{near}"
            field = Place(place.file, place.line, name)
            problems.append(error(field, "missing-column", message, allowed=_listed(columns)))
    return len(problems) == before


def _report_header(
    place: Place, header: list[str], body: list[_Cells], columns: Columns, problems: list[Problem]
) -> None:
    for position, name in enumerate(header):
        if not name:
            problems.extend(_unnamed(place.file, position, body))
        elif name not in columns.known:
            absent = [known for known in columns.known if known not in header]
            problems.extend(_unknown(place, name, columns, did_you_mean(name, absent)))


def _unnamed(file: str, position: int, body: list[_Cells]) -> Iterator[Problem]:
    for line, cells in body:
        if position < len(cells) and cells[position].strip():
            message = f"Column {position + 1} holds text but has no name in the header."
            yield error(Place(file, line), "unnamed-column", message, found=cells[position])
            return


def _unknown(place: Place, name: str, columns: Columns, near: str) -> Iterator[Problem]:
    if columns.others_kept and not near:
        return
    kept = "It is kept as a column of your own." if columns.others_kept else "It is not read."
    field = Place(place.file, place.line, name)
    message = f"The format has no such column. {kept}{near}"
    yield warning(field, "unknown-column", message, found=name, allowed=_listed(columns))


def _rows(
    file: str, header: list[str], body: list[_Cells], problems: list[Problem]
) -> Iterator[Row]:
    width = len(header)
    for line, cells in body:
        spare = cells[width:]
        if len(cells) < width or any(cell.strip() for cell in spare):
            problems.append(_ragged(Place(file, line), len(cells), width))
        elif max(map(len, cells)) > LONGEST_CELL:
            problems.append(_cell_too_long(Place(file, line)))
        else:
            named = zip(header, cells, strict=False)  # spare cells are empty
            yield Row(line, {name: cell.strip() for name, cell in named if name})


def _ragged(place: Place, found: int, width: int) -> Problem:
    message = (
        "The row does not have one cell for each column of the header, so nobody can tell which "
        "cell is which. A text that holds the separator stands in quotation marks."
    )
    return error(place, "ragged-row", message, found=f"{found} cells", allowed=f"{width} cells")


def _cell_too_long(place: Place) -> Problem:
    message = "A cell is too long; perhaps a quotation mark is never closed."
    return error(place, "cell-too-long", message, allowed=f"{LONGEST_CELL:,} characters")


def _listed(columns: Columns) -> str:
    return ", ".join(columns.known)


def delimiter_name(delimiter: str) -> str:
    """Return the word for a delimiter."""
    return _DELIMITERS[delimiter]
