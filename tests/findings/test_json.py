"""``findings.json``: strict, lossless, described by its schema."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from equipoise.errors import DataError
from equipoise.findings import Findings, findings_schema, from_json, to_json
from support.findings_factory import example_findings

PUBLISHED_SCHEMA = Path(__file__).parents[2] / "docs" / "schema" / "findings.schema.json"


def valid(document: object) -> None:
    jsonschema.Draft202012Validator(findings_schema()).validate(document)


def test_findings_survive_the_round_trip() -> None:
    findings = example_findings()
    assert from_json(to_json(findings)) == findings


def test_equal_findings_give_equal_bytes() -> None:
    assert to_json(example_findings()) == to_json(example_findings())


def test_findings_validate_against_their_schema() -> None:
    valid(json.loads(to_json(example_findings())))


def test_the_schema_notices_a_field_that_does_not_exist() -> None:
    document = json.loads(to_json(example_findings()))
    document["findings"][0]["estimat"] = 1
    with pytest.raises(jsonschema.ValidationError, match="estimat"):
        valid(document)


def test_the_schema_notices_a_missing_field() -> None:
    document = json.loads(to_json(example_findings()))
    del document["findings"][0]["estimates"]
    with pytest.raises(jsonschema.ValidationError, match="estimates"):
        valid(document)


def test_the_published_schema_is_the_generated_one() -> None:
    published = json.loads(PUBLISHED_SCHEMA.read_text(encoding="utf-8"))
    assert published == json.loads(json.dumps(findings_schema()))


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_a_number_json_cannot_carry_is_refused(number: float) -> None:
    with pytest.raises(DataError, match="not finite"):
        to_json(_with_estimate(number))


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema_version": "1.0"}', "null"])
def test_text_that_is_not_findings_is_refused_with_the_place(text: str) -> None:
    with pytest.raises(DataError, match="not findings"):
        from_json(text)


def test_another_schema_version_is_refused_by_name() -> None:
    other = replace(example_findings(), schema_version="99.0")
    with pytest.raises(DataError, match=r"99\.0"):
        from_json(to_json(other))


def _with_estimate(number: float) -> Findings:
    findings = example_findings()
    first = findings.findings[0]
    estimate = first.estimates[first.primary]
    broken = replace(estimate, effect=replace(estimate.effect, estimate=number))
    finding = replace(first, estimates={**first.estimates, first.primary: broken})
    return replace(findings, findings=(finding, *findings.findings[1:]))
