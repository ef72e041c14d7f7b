"""What a dataclass of the model says about the files: one description for reading and for the schema.

The types in ``model.py`` are the format. This module reads them once per class, so that TOML
tables, CSV rows and JSON lines are checked against the same declaration.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from typing import Any, Literal, cast

FieldKind = Literal[
    "text",
    "integer",
    "number",
    "flag",
    "choice",
    "texts",
    "numbers",
    "options",
    "table",
    "tables",
]

# Beyond these, squares and sums of results overflow or vanish; in another unit they do not.
LARGEST = 1e15
SMALLEST = 1e-15

# Filled in by the reader (where an entry stands, columns it does not know), never by people.
SET_BY_READER = frozenset({"file", "line", "extra"})

_SIMPLE: dict[object, FieldKind] = {str: "text", int: "integer", float: "number", bool: "flag"}
_LISTS: dict[object, FieldKind] = {str: "texts", float: "numbers"}


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field: its name, what it may hold, whether it must be there.

    ``choices`` lists the words of a ``choice``; ``of`` is the dataclass of a ``table``.
    """

    name: str
    kind: FieldKind
    required: bool
    choices: tuple[str, ...] = ()
    of: type[Any] | None = None


_KNOWN: dict[type[Any], tuple[FieldSpec, ...]] = {}


def is_ordinary(number: float) -> bool:
    """Say whether a number is finite and of a size that can be calculated with."""
    return number == 0 or SMALLEST <= abs(number) <= LARGEST


def fields_of(cls: type[Any]) -> tuple[FieldSpec, ...]:
    """Describe the fields of a model dataclass that people fill in, in order."""
    if cls not in _KNOWN:
        _KNOWN[cls] = tuple(_specs(cls))
    return _KNOWN[cls]


def _specs(cls: type[Any]) -> Iterator[FieldSpec]:
    hints = typing.get_type_hints(cls)
    for f in fields(cls):
        if f.name not in SET_BY_READER:
            required = f.default is MISSING and f.default_factory is MISSING
            yield _spec(f.name, hints[f.name], required)


def _spec(name: str, hint: Any, required: bool) -> FieldSpec:
    hint = _without_none(hint)
    if hint in _SIMPLE:
        return FieldSpec(name, _SIMPLE[hint], required)
    if isinstance(hint, type) and is_dataclass(hint):
        return FieldSpec(name, "table", required, of=hint)
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is Literal:
        return FieldSpec(name, "choice", required, choices=arguments)
    if origin is Mapping:
        return FieldSpec(name, "options", required)
    if origin is tuple and arguments[0] in _LISTS:
        return FieldSpec(name, _LISTS[arguments[0]], required)
    if origin is tuple and is_dataclass(arguments[0]):
        return FieldSpec(name, "tables", required, of=cast("type[Any]", arguments[0]))
    message = f"no way to read a field of type {hint!r}"
    raise TypeError(message)


def _without_none(hint: Any) -> Any:
    if typing.get_origin(hint) not in (types.UnionType, typing.Union):
        return hint
    return next(part for part in typing.get_args(hint) if part is not type(None))
