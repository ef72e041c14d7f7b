"""The JSON Schema of a review folder, generated from the types that read it."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from equipoise.review.fields import SET_BY_READER
from equipoise.review.model import CertaintyDecision, Search
from equipoise.review.protocol import FILE, ReviewFile
from equipoise.review.rows import ARMS, JUDGEMENTS, RESULTS, STUDIES, TableFormat

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_DEFINITIONS = "#/$defs/{model}"


def review_schema() -> dict[str, Any]:
    """Return the schema of a folder as parsed: an object with a property for each file.

    TOML files are their tables, CSV files arrays of rows (an empty cell is left out or ``null``, a
    number is a number), logs arrays of lines. Cross-references and numeric limits are not part of
    the schema; ``check_review`` checks them.
    """
    definitions: dict[str, Any] = {}
    review = _definition(ReviewFile, definitions)
    decision = _definition(CertaintyDecision, definitions)
    decision["properties"] = {"kind": {"const": "certainty"}} | decision["properties"]
    decision["required"] = ["kind", *decision["required"]]
    search = _definition(Search, definitions)
    _without(search, {"id"})
    tables: dict[str, Any] = {}
    formats: tuple[TableFormat[Any], ...] = (STUDIES, ARMS, RESULTS, JUDGEMENTS)
    for table_format in formats:
        tables[table_format.file] = {"type": "array", "items": _row(table_format, definitions)}
    return {
        "$schema": _DIALECT,
        "title": "Equipoise review folder, format 1",
        "description": "The files of a review folder, as parsed; see docs/review-folder.md.",
        "type": "object",
        "properties": {FILE: review, **tables},
        "patternProperties": {
            r"^decisions/[^/]+\.jsonl$": {"type": "array", "items": _any_kind(decision)},
            r"^searches/[^/]+\.toml$": search,
        },
        "required": [FILE, STUDIES.file, ARMS.file, RESULTS.file],
        "additionalProperties": False,
        "$defs": dict(sorted(definitions.items())),
    }


def _definition(cls: type[Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a dataclass; those it is made of go into ``definitions``."""
    schema = TypeAdapter(cls).json_schema(ref_template=_DEFINITIONS)
    parts = schema.pop("$defs", {})
    for part in parts.values():
        _close(part)
    definitions.update(parts)
    _without(schema, set(SET_BY_READER))
    _close(schema)
    return schema


def _row(table_format: TableFormat[Any], definitions: dict[str, Any]) -> dict[str, Any]:
    schema = _definition(table_format.row, definitions)
    for name, column in table_format.renamed.items():
        renamed = {column if key == name else key: v for key, v in schema["properties"].items()}
        schema["properties"] = renamed
        schema["required"] = [column if key == name else key for key in schema["required"]]
    if table_format.columns.others_kept:
        schema["additionalProperties"] = {"type": "string"}
    return schema


def _any_kind(decision: dict[str, Any]) -> dict[str, Any]:
    """Decisions of this version are checked; lines of another kind pass."""
    other = {
        "type": "object",
        "properties": {"kind": {"type": "string", "not": {"const": "certainty"}}},
        "required": ["kind"],
    }
    return {"anyOf": [decision, other]}


def _without(schema: dict[str, Any], names: set[str]) -> None:
    for name in names:
        schema["properties"].pop(name, None)
    schema["required"] = [name for name in schema.get("required", []) if name not in names]


def _close(schema: dict[str, Any]) -> None:
    """Refuse further keys, and drop titles that only repeat the key."""
    schema["additionalProperties"] = False
    for field in schema["properties"].values():
        field.pop("title", None)
