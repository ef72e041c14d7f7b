"""The page on ``findings.json`` names every object of the schema, and its example runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from equipoise.findings import findings_schema

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "findings.md").read_text(encoding="utf-8")


def test_every_object_of_the_schema_is_explained_and_described() -> None:
    definitions = findings_schema()["$defs"]
    assert isinstance(definitions, dict)
    assert definitions.keys() <= set(re.findall(r"`(\w+)`", PAGE))
    assert all(definition.get("description") for definition in definitions.values())


def test_the_example_prints_the_published_total(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    for block in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL):
        exec(compile(block, "findings.md", "exec"), {})  # noqa: S102 - our own page
    assert capsys.readouterr().out == "-15.79 (-32.09 to 0.51)\n"
