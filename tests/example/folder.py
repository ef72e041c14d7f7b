"""The example's files as plain rows: read with the standard library, not with the project."""

from __future__ import annotations

import csv
import json
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[2] / "examples" / "ketamine-chronic-pain"


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a published number leads: a planned cell, and a grouping of it or none."""

    comparison: str
    outcome: str
    time: str
    by: str | None


@cache
def protocol() -> dict[str, Any]:
    """Read ``review.toml``."""
    return tomllib.loads((FOLDER / "review.toml").read_text(encoding="utf-8"))


@cache
def table(name: str) -> tuple[dict[str, str], ...]:
    """Read one of the tables."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


@cache
def decisions() -> tuple[dict[str, Any], ...]:
    """Read the published certainty ratings."""
    text = (FOLDER / "decisions" / "published.jsonl").read_text(encoding="utf-8")
    return tuple(json.loads(line) for line in text.splitlines())


@cache
def numbered_cells() -> dict[str, Cell]:
    """Map every published number to its cell."""
    cells: dict[str, Cell] = {}
    for plan in protocol()["analyses"]:
        where = plan["comparison"], plan["outcome"], plan.get("time", "")
        cells[plan["number"]] = Cell(*where, by=None)
        cells |= {use["number"]: Cell(*where, by=use["by"]) for use in plan.get("subgroups", [])}
    return cells


@cache
def treatments(comparison: str) -> tuple[str, tuple[str, ...]]:
    """Give the treatment of a comparison and its comparators."""
    row = next(row for row in protocol()["comparisons"] if row["id"] == comparison)
    return row["treatment"], tuple(row["comparators"])


def arms(study: str, stratum: str, treatment: tuple[str, ...]) -> tuple[str, ...]:
    """List a study's arms, in one stratum, that received any of these treatments."""
    return tuple(
        row["arm"]
        for row in table("arms.csv")
        if (row["study"], row["stratum"]) == (study, stratum) and row["treatment"] in treatment
    )


def results(study: str, arms: tuple[str, ...], cell: Cell) -> list[dict[str, str]]:
    """List the rows of these arms for one outcome and window."""
    return [
        row
        for row in table("results.csv")
        if (row["study"], row["outcome"], row["time"]) == (study, cell.outcome, cell.time)
        and row["arm"] in arms
    ]
