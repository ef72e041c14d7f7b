"""Findings to strict JSON and back, losslessly and with the same bytes every time."""

from __future__ import annotations

import json
import math
from dataclasses import fields, is_dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from equipoise.errors import DataError
from equipoise.findings.model import SCHEMA_VERSION, Findings

if TYPE_CHECKING:
    from pydantic import TypeAdapter


def to_json(findings: Findings) -> str:
    """Write findings as JSON text.

    Fields keep the order of their classes, floats are written with the shortest digits that read
    back to the same number, and nothing depends on the clock or on hashing, so equal findings give
    equal bytes.

    Raises:
        DataError: A number is NaN or infinite, which JSON cannot carry.
    """
    return json.dumps(plain(findings), ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def plain(value: object) -> object:
    """Turn dataclasses into dictionaries and tuples into lists, at any depth."""
    if is_dataclass(value) and not isinstance(value, type):
        return {name: plain(getattr(value, name)) for name in _field_names(type(value))}
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        raise DataError(f"findings hold the number {value}, which is not finite", rule="finite")
    return value


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
