"""Findings to strict JSON and back, losslessly and with the same bytes every time."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeGuard

from equipoise.errors import DataError
from equipoise.findings.model import SCHEMA_VERSION, Findings

if TYPE_CHECKING:
    from pydantic import TypeAdapter


# Broken into lines are the findings, each finding, and its trials; a trial is one line.
_LINES_DEEP: Final = 4


def to_json(findings: Findings) -> str:
    """Write findings as JSON text.

    Fields keep the order of their classes, floats are written with the shortest digits that read
    back to the same number, and nothing depends on the clock or on hashing, so equal findings give
    equal bytes. Each field of a finding, and each of its trials and estimates, has a line of its
    own, so that a comparison of two files by lines says what changed.

    Raises:
        DataError: A number is NaN or infinite, which JSON cannot carry.
    """
    encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, default=_members).encode
    try:
        return _laid_out(findings, encode) + "\n"
    except ValueError as error:
        raise DataError("findings hold a number that is not finite", rule="finite") from error


def _laid_out(value: object, encode: Callable[[object], str], depth: int = 0) -> str:
    """Break a value into lines as deep as ``_LINES_DEEP``; what has no parts in parts is one line."""
    parts = _members(value) if is_dataclass(value) else value
    if depth == _LINES_DEEP or not _is_nested(parts):
        return encode(parts)
    outer = "\n" + " " * depth
    inner = outer + " "
    if isinstance(parts, tuple):
        items = [_laid_out(part, encode, depth + 1) for part in parts]
        return "[" + inner + f",{inner}".join(items) + outer + "]"
    members = [
        f"{encode(key)}: {_laid_out(part, encode, depth + 1)}" for key, part in parts.items()
    ]
    return "{" + inner + f",{inner}".join(members) + outer + "}"


def _is_nested(parts: object) -> TypeGuard[dict[str, object] | tuple[object, ...]]:
    """Tell whether a dictionary or tuple has anything but plain values in it."""
    if not isinstance(parts, dict | tuple):
        return False
    held = parts.values() if isinstance(parts, dict) else parts
    return any(isinstance(part, dict | tuple) or is_dataclass(part) for part in held)


def _members(value: object) -> dict[str, object]:
    """Give the fields of a dataclass by name, as the encoder asks for what it does not know."""
    kind: type = type(value)
    return {name: getattr(value, name) for name in _field_names(kind)}


def from_json(text: str) -> Findings:
    """Read findings written by :func:`to_json`.

    Raises:
        DataError: The text is not findings of this schema version.
    """
    from pydantic import ValidationError  # noqa: PLC0415 - 100 ms nobody needs to write findings

    try:
        found = _adapter().validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        where = "/".join(str(part) for part in first["loc"]) or "the text"
        raise DataError(
            f"not findings of schema {SCHEMA_VERSION}: {where}: {first['msg']} "
            f"({error.error_count()} problems)",
            rule="schema",
        ) from error
    if found.schema_version != SCHEMA_VERSION:
        raise DataError(
            f"findings of schema {found.schema_version}; this version reads {SCHEMA_VERSION}",
            rule="schema",
        )
    return found


def findings_schema() -> dict[str, object]:
    """Describe ``findings.json`` as a JSON Schema (draft 2020-12), generated from the types."""
    schema = _adapter().json_schema(mode="serialization")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Equipoise findings {SCHEMA_VERSION}",
        **_closed(schema),
    }


def _closed(schema: dict[str, object]) -> dict[str, object]:
    """Forbid fields the types do not have, so that a misspelt field cannot pass."""
    definitions = schema.get("$defs", {})
    for definition in [schema, *definitions.values()]:  # type: ignore[attr-defined]
        if isinstance(definition, dict) and "properties" in definition:
            definition["additionalProperties"] = False
            definition["required"] = list(definition["properties"])
    return schema


@lru_cache
def _field_names(kind: type) -> tuple[str, ...]:
    return tuple(item.name for item in fields(kind))


@lru_cache
def _adapter() -> TypeAdapter[Findings]:
    from pydantic import TypeAdapter  # noqa: PLC0415 - see from_json

    return TypeAdapter(Findings)
