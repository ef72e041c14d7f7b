"""Whole reviews as folders on disk, and the whole way from a folder to what people read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

from equipoise.findings import Estimate, Finding, Findings, to_json
from equipoise.report import render_report
from equipoise.review import format_problem, load_review, read_review
from equipoise.synthesis import synthesise
from equipoise.words import terminal_summary

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples/ketamine-chronic-pain"
SCHEMA = ROOT / "docs/schema/findings.schema.json"
COLUMNS = [
    *("study", "arm", "reference_arm", "outcome", "time", "scale", "n", "events", "person_time"),
    *("mean", "sd", "se", "measure", "estimate", "ci_low", "ci_high", "o_minus_e", "variance"),
    *("analysed_as", "source", "note"),
]

PROTOCOL = """format = 1
[review]
id = "acceptance"
title = "Drug for condition"
question = "Does the drug help?"
[methods]
preset = "as-published"
compare = "cochrane-2025"
{changes}
[[treatments]]
id = "drug"
name = "the drug"
[[treatments]]
id = "high"
name = "a high dose"
[[treatments]]
id = "placebo"
name = "placebo"
[[comparisons]]
id = "c"
name = "drug v placebo"
treatment = "drug"
comparators = ["placebo"]
[[scales]]
id = "pain-0-100"
name = "Pain intensity"
direction = "lower"
low = 0
high = 100
[[scales]]
id = "relief-0-10"
name = "Pain relief"
direction = "higher"
low = 0
high = 10
{outcomes}
"""
Row = Mapping[str, object]


@dataclass(frozen=True)
class Answer:
    """Everything a run makes of a folder, as text and as data."""

    findings: Findings
    page: str
    summary: str

    def finding(self, cell: str) -> Finding:
        return next(found for found in self.findings.findings if found.id == cell)


def outcome(name: str, kind: str, measure: str, **more: object) -> str:
    """Write an ``[[outcomes]]`` entry."""
    fields: dict[str, object] = {
        "id": name,
        "name": name.capitalize(),
        "kind": kind,
        "measure": measure,
        "direction": "lower",
        "importance": "critical",
        "domain": "benefit",
    }
    lines = [f"{key} = {json.dumps(value)}" for key, value in (fields | more).items()]
    return "\n".join(["[[outcomes]]", *lines, ""])


def two_arms(studies: Iterable[str], *, stratum: str = "") -> list[Row]:
    """Give each study an arm ``d`` on the drug and an arm ``p`` on placebo."""
    return [
        {"study": study, "arm": arm, "treatment": treatment, "stratum": stratum}
        for study in studies
        for arm, treatment in (("d", "drug"), ("p", "placebo"))
    ]


def contrast(study: str, of: str, **numbers: object) -> Row:
    """Report a ready contrast of the drug against placebo."""
    return {"study": study, "arm": "d", "reference_arm": "p", "outcome": of, **numbers}


def both_arms(study: str, of: str, drug: Row, placebo: Row) -> list[Row]:
    """Report the numbers of both arms."""
    return [
        {"study": study, "arm": "d", "outcome": of, **drug},
        {"study": study, "arm": "p", "outcome": of, **placebo},
    ]


def write_review(
    folder: Path,
    *outcomes: str,
    studies: Sequence[str] = ("A", "B", "C"),
    design: str = "",
    arms: Sequence[Row] | None = None,
    results: Sequence[Row] = (),
    changes: str = "",
) -> Path:
    """Write a review folder."""
    folder.mkdir(parents=True, exist_ok=True)
    text = PROTOCOL.format(changes=changes, outcomes="\n".join(outcomes))
    (folder / "review.toml").write_text(text, encoding="utf-8")
    described: list[Row] = [{"study": study, "design": design} for study in studies]
    _write(folder / "studies.csv", ["study", "design"], described)
    columns = ["study", "arm", "treatment", "stratum"]
    _write(folder / "arms.csv", columns, two_arms(studies) if arms is None else arms)
    _write(folder / "results.csv", COLUMNS, results)
    return folder


def _write(path: Path, columns: Sequence[str], rows: Sequence[Row]) -> None:
    lines = [",".join(str(row.get(column, "")) for column in columns) for row in rows]
    path.write_text("\n".join([",".join(columns), *lines, ""]), encoding="utf-8")


def answer(folder: Path) -> Answer:
    """Go the whole way; findings that do not follow their schema are an error."""
    findings = synthesise(load_review(folder), software_version="0")
    findings_validator().validate(json.loads(to_json(findings)))
    return Answer(findings, render_report(findings), terminal_summary(findings))


def record(folder: Path) -> dict[str, Any]:
    """Read back what ``findings.json`` says of a folder."""
    made: dict[str, Any] = json.loads(
        to_json(synthesise(load_review(folder), software_version="0"))
    )
    return made


@cache
def findings_validator() -> jsonschema.Draft202012Validator:
    """Read the published schema."""
    return jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


def primary(found: Finding) -> Estimate:
    """Pick the estimate under the protocol's preset."""
    return found.estimates[found.primary]


def said(folder: Path) -> list[str]:
    """List what the check says of a folder, line by line."""
    return [format_problem(problem) for problem in read_review(folder).problems]
