from __future__ import annotations

import csv
import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from equipoise.review import review_schema
from equipoise.review.fields import fields_of
from equipoise.review.rows import ARMS, JUDGEMENTS, RESULTS, STUDIES, TableFormat
from review.folders import EXAMPLE, TEMPLATE

TABLES: tuple[TableFormat[Any], ...] = (STUDIES, ARMS, RESULTS, JUDGEMENTS)


def parsed(folder: Path) -> dict[str, Any]:
    """Read a folder with the standard library alone, cells typed by their column."""
    document: dict[str, Any] = {
        "review.toml": tomllib.loads((folder / "review.toml").read_text(encoding="utf-8"))
    }
    for table in TABLES:
        with (folder / table.file).open(encoding="utf-8", newline="") as file:
            document[table.file] = [
                {k: typed(table, k, v) for k, v in row.items() if v} for row in csv.DictReader(file)
            ]
    for log in sorted((folder / "decisions").glob("*.jsonl")):
        lines = log.read_text(encoding="utf-8").splitlines()
        document[f"decisions/{log.name}"] = [json.loads(line) for line in lines]
    return document


def typed(table: TableFormat[Any], column: str, cell: str) -> object:
    kind = table.specs[column].kind if column in table.specs else "text"
    if kind in {"integer", "number"}:
        return float(cell)
    return [part.strip() for part in cell.split(";")] if kind == "texts" else cell


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    schema = review_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_the_template_is_valid(validator: jsonschema.Draft202012Validator) -> None:
    validator.validate(parsed(TEMPLATE))


@pytest.mark.skipif(not (EXAMPLE / "review.toml").exists(), reason="the example is not there")
def test_the_example_is_valid(validator: jsonschema.Draft202012Validator) -> None:
    validator.validate(parsed(EXAMPLE))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("review.toml", "review", "titel"), "x"),
        (("review.toml", "outcomes", 0, "kind"), "other"),
        (("review.toml", "outcomes", 0, "mid"), "ten"),
        (("review.toml", "treatments"), {}),
        (("studies.csv", 0, "design"), "cross-over"),
        (("results.csv", 0, "n"), "ten"),
        (("results.csv", 0, "nn"), 10),
        (("results.csv", 0, "line"), 2),
        (("decisions/am.jsonl", 0, "by"), 3),
        (("secrets.csv",), []),
    ],
)
def test_mistakes_are_not_valid(
    validator: jsonschema.Draft202012Validator, path: tuple[Any, ...], value: object
) -> None:
    document = parsed(TEMPLATE)
    target = document
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value
    assert not validator.is_valid(document)


def test_own_columns_and_unknown_kinds_are_valid(
    validator: jsonschema.Draft202012Validator,
) -> None:
    document = parsed(TEMPLATE)
    document["studies.csv"][0]["dose_group"] = "high"
    document["decisions/am.jsonl"].append({"kind": "screening", "anything": 1})
    document["searches/x.toml"] = {"database": "MEDLINE", "hits": 3}
    validator.validate(document)


def test_the_schema_describes_every_column_the_reader_takes() -> None:
    properties = review_schema()["properties"]
    for table in TABLES:
        assert list(properties[table.file]["items"]["properties"]) == list(table.specs)
        assert len(table.specs) == len(fields_of(table.row))


def test_the_schema_is_the_same_each_time_and_strict_json() -> None:
    assert json.dumps(review_schema(), allow_nan=False) == json.dumps(review_schema())


def test_reading_a_review_does_not_import_pydantic_or_numpy() -> None:
    script = (
        "import sys; from equipoise.review import read_review, load_review, new_review;"
        "sys.exit(any(m in sys.modules for m in ('pydantic', 'numpy', 'scipy')))"
    )
    source = str(Path(TEMPLATE).parents[2])
    done = subprocess.run([sys.executable, "-c", script], check=False, env={"PYTHONPATH": source})
    assert done.returncode == 0
