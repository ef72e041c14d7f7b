"""Mappings (TOML tables, JSON objects) to dataclasses of the model, collecting every problem."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from equipoise.review.fields import FieldSpec, fields_of, is_ordinary
from equipoise.review.model import Problem
from equipoise.review.problems import Place, did_you_mean, error, one_of
from equipoise.review.toml_lines import KeyPath

T = TypeVar("T")

_LARGEST_INTEGER = 10**15
_WANTED = {
    "text": "text in quotes",
    "integer": "a whole number",
    "number": "a number",
    "flag": "true or false",
    "choice": "text in quotes",
    "texts": "a list of texts",
    "numbers": "a list of numbers",
    "options": "a table of texts and numbers",
    "table": "a table",
    "tables": "a list of tables",
}


class _Unusable(Exception):  # noqa: N818 - control flow inside this module, never seen outside
    """The value cannot be used; the problem is already noted."""


class Decoder:
    """Reads one file's mappings into dataclasses.

    Args:
        file: The file's name, for problems.
        line_of: The line of a key path.
        problems: Where problems are collected.
    """

    def __init__(
        self, file: str, line_of: Callable[[KeyPath], int | None], problems: list[Problem]
    ) -> None:
        self.file = file
        self.problems = problems
        self._line_of = line_of
        # Keyed by identity; the entry is kept beside its path so that its id stays its own.
        self._made: dict[int, tuple[object, KeyPath]] = {}

    def place(self, path: KeyPath) -> Place:
        """Return the place of a key path; its last name is the field."""
        names = [part for part in path if isinstance(part, str)]
        return Place(self.file, self._line_of(path), names[-1] if names else None)

    def place_of(self, entry: object, field: str) -> Place:
        """Return the place of a field of an entry this decoder made."""
        return self.place((*self.path_of(entry), field))

    def path_of(self, entry: object) -> KeyPath:
        """Return the key path of an entry this decoder made."""
        return self._made[id(entry)][1]

    def decode(self, cls: type[T], raw: Mapping[str, object], path: KeyPath = ()) -> T | None:
        """Make a ``cls`` from ``raw``; ``None`` where something required is missing or unusable.

        An optional value that cannot be used leaves a problem and its default.
        """
        values = self.values(cls, raw, path)
        if any(spec.required and spec.name not in values for spec in fields_of(cls)):
            return None
        entry = cls(**values)
        self._made[id(entry)] = (entry, path)
        return entry

    def values(
        self, cls: type[Any], raw: Mapping[str, object], path: KeyPath = ()
    ) -> dict[str, Any]:
        """Return the fields of ``cls`` that ``raw`` holds and that can be used."""
        specs = fields_of(cls)
        self._report_unknown(raw, [spec.name for spec in specs], path)
        values: dict[str, Any] = {}
        for spec in specs:
            if spec.name not in raw:
                self._report_missing(spec, path)
                continue
            try:
                values[spec.name] = self._value(spec, raw[spec.name], (*path, spec.name))
            except _Unusable:
                continue
        return values

    def _report_unknown(self, raw: Mapping[str, object], allowed: list[str], path: KeyPath) -> None:
        for key in raw:
            if key not in allowed:
                self.problems.append(
                    error(
                        self.place((*path, key)),
                        "unknown-key",
                        f"This key is not part of the format.{did_you_mean(key, allowed)}",
                        found=key,
                        allowed=", ".join(allowed),
                    )
                )

    def _report_missing(self, spec: FieldSpec, path: KeyPath) -> None:
        if spec.required:
            place = Place(self.file, self._line_of(path), spec.name)
            message = f"'{spec.name}' is required here."
            self.problems.append(
                error(place, "missing-key", message, found="nothing", allowed=_wanted(spec))
            )

    def _value(self, spec: FieldSpec, raw: object, path: KeyPath) -> Any:
        readers: dict[str, Callable[[FieldSpec, Any, KeyPath], Any]] = {
            "text": self._text,
            "integer": self._integer,
            "number": self._number,
            "flag": self._flag,
            "choice": self._choice,
            "texts": self._list,
            "numbers": self._list,
            "options": self._options,
            "table": self._table,
            "tables": self._tables,
        }
        return readers[spec.kind](spec, raw, path)

    def _text(self, spec: FieldSpec, raw: object, path: KeyPath) -> str | None:
        if not isinstance(raw, str):
            raise self._wrong_type(spec, raw, path)
        text = raw.strip()
        if text:
            return text
        if spec.required:
            message = f"'{spec.name}' must not be empty."
            self.problems.append(error(self.place(path), "missing-key", message, found="nothing"))
            raise _Unusable
        return None

    def _integer(self, spec: FieldSpec, raw: object, path: KeyPath) -> int:
        if isinstance(raw, bool) or not isinstance(raw, int):
            raise self._wrong_type(spec, raw, path)
        if abs(raw) > _LARGEST_INTEGER:
            raise self._out_of_range(raw, path)
        return raw

    def _number(self, spec: FieldSpec, raw: object, path: KeyPath) -> float:
        if isinstance(raw, bool) or not isinstance(raw, int | float):
            raise self._wrong_type(spec, raw, path)
        if isinstance(raw, int) and abs(raw) > _LARGEST_INTEGER:
            raise self._out_of_range(raw, path)
        if not is_ordinary(raw):
            raise self._out_of_range(raw, path)
        return float(raw)

    def _flag(self, spec: FieldSpec, raw: object, path: KeyPath) -> bool:
        if not isinstance(raw, bool):
            raise self._wrong_type(spec, raw, path)
        return raw

    def _choice(self, spec: FieldSpec, raw: object, path: KeyPath) -> str:
        if not isinstance(raw, str):
            raise self._wrong_type(spec, raw, path)
        if raw not in spec.choices:
            message = f"This word is not on the list.{did_you_mean(raw, spec.choices)}"
            allowed = one_of(spec.choices)
            self.problems.append(
                error(self.place(path), "not-allowed", message, found=raw, allowed=allowed)
            )
            raise _Unusable
        return raw

    def _list(self, spec: FieldSpec, raw: object, path: KeyPath) -> tuple[Any, ...]:
        if not isinstance(raw, list):
            raise self._wrong_type(spec, raw, path)
        # An item is required text: an empty text in a list names nothing.
        item = FieldSpec(spec.name, "text" if spec.kind == "texts" else "number", required=True)
        return tuple(self._value(item, value, path) for value in raw)

    def _options(self, spec: FieldSpec, raw: object, path: KeyPath) -> dict[str, str | float]:
        if not isinstance(raw, dict):
            raise self._wrong_type(spec, raw, path)
        options: dict[str, str | float] = {}
        for key, value in raw.items():
            kind = "text" if isinstance(value, str) else "number"
            item = FieldSpec(key, "text" if kind == "text" else "number", required=True)
            try:
                options[key] = self._value(item, value, (*path, key))
            except _Unusable:
                continue
        return options

    def _table(self, spec: FieldSpec, raw: object, path: KeyPath) -> object:
        if not isinstance(raw, dict) or spec.of is None:
            raise self._wrong_type(spec, raw, path)
        entry = self.decode(spec.of, raw, path)
        if entry is None:
            raise _Unusable
        return entry

    def _tables(self, spec: FieldSpec, raw: object, path: KeyPath) -> tuple[object, ...]:
        if not isinstance(raw, list) or spec.of is None:
            raise self._wrong_type(spec, raw, path)
        entries = []
        for index, item in enumerate(raw):
            if not isinstance(item, dict):
                self._wrong_type(FieldSpec(spec.name, "table", required=True), item, (*path, index))
                continue
            entries.append(self.decode(spec.of, item, (*path, index)))
        return tuple(entry for entry in entries if entry is not None)

    def _wrong_type(self, spec: FieldSpec, raw: object, path: KeyPath) -> _Unusable:
        message = f"'{spec.name}' must be {_WANTED[spec.kind]}."
        self.problems.append(
            error(self.place(path), "wrong-type", message, found=_kind(raw), allowed=_wanted(spec))
        )
        return _Unusable()

    def _out_of_range(self, raw: object, path: KeyPath) -> _Unusable:
        message = "Write an ordinary number; leave the key out when it is not known."
        self.problems.append(
            error(
                self.place(path),
                "not-a-number",
                message,
                found=raw,
                allowed="a number of ordinary size",
            )
        )
        return _Unusable()


def _wanted(spec: FieldSpec) -> str:
    return one_of(spec.choices) if spec.choices else _WANTED[spec.kind]


def _kind(raw: object) -> object:
    """Name what was found: the thing itself where it is short, else its kind."""
    if isinstance(raw, bool):
        return str(raw).lower()
    if isinstance(raw, str):
        return f'text "{raw[:40]}"'
    kinds: dict[type, str] = {dict: "a table", list: "a list", type(None): "nothing"}
    return kinds.get(type(raw), raw)
