"""TOML with line numbers: the standard parser keeps none, people need them.

``parse_toml`` parses with ``tomllib`` and finds, by a second look at the text, the line where each
table and each key stands. Values inside one-line arrays and inline tables get the line of their
key.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass

from equipoise.review.files import line_at
from equipoise.review.model import Problem
from equipoise.review.problems import Place, error

KeyPath = tuple[str | int, ...]

_NAME = r"""(?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+)"""
_DOTTED = rf"{_NAME}(?:\s*\.\s*{_NAME})*"
_HEADER = re.compile(rf"^\s*(\[\[?)\s*({_DOTTED})\s*\]\]?")
_KEY = re.compile(rf"^\s*({_DOTTED})\s*=")
_NAME_ONLY = re.compile(_NAME)
_POSITION = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


@dataclass(frozen=True, slots=True)
class TomlDocument:
    """Parsed TOML and the line of each table and key."""

    data: dict[str, object]
    lines: dict[KeyPath, int]

    def line(self, path: KeyPath) -> int | None:
        """Return the line of a key, or of the nearest table around it."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.lines:
                return self.lines[path[:length]]
        return None


def parse_toml(file: str, text: str, problems: list[Problem]) -> TomlDocument | None:
    """Parse ``text``; leave a problem with its line and return ``None`` where it is not TOML."""
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as problem:  # ValueError: also impossible dates, huge ints
        problems.append(_syntax_error(file, text, str(problem)))
        return None
    return TomlDocument(data, _lines(text))


def _syntax_error(file: str, text: str, reason: str) -> Problem:
    position = _POSITION.search(reason)
    line = int(position.group(1)) if position and position.group(1) else line_at(text, len(text))
    message = (
        f"This is not TOML: {_POSITION.sub('', reason)}. Texts stand in quotes, lists in square "
        "brackets."
    )
    return error(Place(file, line), "toml-syntax", message)


def _lines(text: str) -> dict[KeyPath, int]:
    lines: dict[KeyPath, int] = {}
    last: dict[KeyPath, int] = {}
    table: KeyPath = ()
    quote: str | None = None
    for number, line in enumerate(text.split("\n"), start=1):
        if quote is None:
            header, key = _HEADER.match(line), _KEY.match(line)
            if header:
                table = _table_path(_names(header.group(2)), last, many=header.group(1) == "[[")
                lines.setdefault(table, number)
            elif key:
                _note_key(table, _names(key.group(1)), number, lines)
        quote = _open_quote(line, quote)
    return lines


def _names(dotted: str) -> list[str]:
    return [name.strip("\"'") for name in _NAME_ONLY.findall(dotted)]


def _table_path(names: list[str], last: dict[KeyPath, int], *, many: bool) -> KeyPath:
    path: KeyPath = ()
    for name in names[:-1]:
        path = (*path, name)
        if path in last:
            path = (*path, last[path])
    path = (*path, names[-1])
    if many:
        last[path] = last.get(path, -1) + 1
    return (*path, last[path]) if path in last else path


def _note_key(table: KeyPath, names: list[str], number: int, lines: dict[KeyPath, int]) -> None:
    for length in range(1, len(names) + 1):
        lines.setdefault((*table, *names[:length]), number)


def _open_quote(line: str, quote: str | None) -> str | None:
    """Return the multi-line string delimiter still open at the end of ``line``."""
    for mark in ('"""', "'''"):
        if quote in (None, mark) and line.count(mark) % 2:
            return None if quote else mark
    return quote
