"""docs/review-folder.md is checked against the code: every code, every column, every example."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import equipoise.review
from equipoise.review.fields import fields_of
from equipoise.review.model import CertaintyDecision, Search
from equipoise.review.protocol import ReviewFile, ReviewTable
from equipoise.review.rows import ARMS, JUDGEMENTS, RESULTS, STUDIES
from review.folders import Copy

PAGE = Path(__file__).parents[2] / "docs/review-folder.md"
TEXT = PAGE.read_text(encoding="utf-8")
DOCUMENTED = set(re.findall(r"^\| `([a-z0-9-]+)` \|", TEXT, re.MULTILINE))
SOURCES = sorted(Path(equipoise.review.__file__).parent.rglob("*.py"))

# Codes made from a field's name or kept in a table instead of standing at the call.
COMPOSED = {
    *(f"unknown-{field}" for field in ("study", "arm", "reference-arm", "outcome", "time")),
    *(f"unknown-{field}" for field in ("scale", "treatment", "comparison", "column")),
    *("sd-not-positive", "se-not-positive", "variance-not-positive"),
    *("analysis-unknown", "analysis-of-another-design"),
    *("analysed-unpaired", "analysed-cluster-unadjusted"),
}


def codes_in(source: Path) -> set[str]:
    calls = (n for n in ast.walk(ast.parse(source.read_text("utf-8"))) if isinstance(n, ast.Call))
    return {
        call.args[1].value
        for call in calls
        if isinstance(call.func, ast.Name)
        and call.func.id in {"error", "warning", "report"}
        and isinstance(call.args[1], ast.Constant)
        and isinstance(call.args[1].value, str)
    }


def test_every_code_is_documented_and_every_documented_code_exists() -> None:
    written = set().union(*(codes_in(source) for source in SOURCES))
    assert written | COMPOSED == DOCUMENTED


@pytest.mark.parametrize("code", sorted(DOCUMENTED))
def test_every_documented_code_has_a_test(code: str) -> None:
    tests = [p for p in Path(__file__).parent.glob("test_*.py") if p != Path(__file__)]
    assert any(f'"{code}"' in path.read_text("utf-8") for path in tests)


@pytest.mark.parametrize("table", [STUDIES, ARMS, RESULTS, JUDGEMENTS], ids=lambda t: t.file)
def test_every_column_is_documented(table: object) -> None:
    assert isinstance(table, type(STUDIES))
    section = TEXT.split(f"## {table.file}\n")[1].split("\n## ")[0]
    assert [c for c in table.specs if f"`{c}`" not in section] == []


@pytest.mark.parametrize("cls", [CertaintyDecision, Search, ReviewTable])
def test_every_key_is_documented(cls: type[object]) -> None:
    assert [f.name for f in fields_of(cls) if f.name != "id" and f.name not in TEXT] == []


def test_the_example_of_review_toml_names_every_key_and_is_read(folder: Copy) -> None:
    example = TEXT.split("```toml\n")[1].split("```")[0]
    folder.write("review.toml", example)
    found = [p for p in folder.problems() if p.file == "review.toml" and p.severity == "error"]
    # The example's subgroup is by a column of its own, and it leaves out no study by name.
    assert {(p.code, p.field) for p in found} == {("unknown-column", "column")}
    for spec in fields_of(ReviewFile):
        for inner in fields_of(spec.of) if spec.of else ():
            assert re.search(rf"\b{inner.name}\b", example), (spec.name, inner.name)


def test_the_example_of_a_decision_is_read(folder: Copy) -> None:
    line = TEXT.split("```json\n")[1].split("```")[0]
    folder.write("decisions/am.jsonl", line)
    assert folder.problems() == ()
