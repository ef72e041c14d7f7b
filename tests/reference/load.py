"""Load the pinned values and published tables, which live beside the project.

Nothing of them is copied into the project: a checkout without them skips these tests and says so.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

import pytest

SHARED = Path(__file__).parents[2] / ".." / "shared"
MEASURES = ("RR", "OR", "RD", "PETO", "MD", "SMD", "GEN", "IRR", "IRD")
FURTHER = (
    *("AS", "PHI", "YUQ", "YUY", "PBIT", "OR2DN", "OR2DL"),
    *("SMDH", "SMD1", "ROM", "CVR", "VR", "D2ORN", "RPB", "RBIS"),
    *("COR", "UCOR", "ZCOR", "PR", "PLN", "PLO", "PAS", "PFT", "IRSD"),
)
METHODS = ("FE", "DL", "PM", "REML", "ML")
CI_OF_TEST = {"z": "wald", "knha": "hksj", "adhoc": "hksj-floor", "t": "t"}
COLUMNS = {
    "twobytwo": ("events_1", "n_1", "events_2", "n_2"),
    "twomeans": ("mean_1", "sd_1", "n_1", "mean_2", "sd_2", "n_2"),
    "rates": ("events_1", "time_1", "events_2", "time_2"),
    "corrs": ("r", "n"),
    "props": ("events", "n"),
}


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A data set under one measure, with what R made of it."""

    id: str
    kind: str
    measure: str
    rows: tuple[tuple[float, ...], ...]
    yi: tuple[float | None, ...]
    vi: tuple[float | None, ...]
    fits: tuple[Mapping[str, Any], ...]

    @property
    def columns(self) -> dict[str, Any]:
        """The rows as columns under the names ``effect_sizes`` uses."""
        return dict(zip(COLUMNS[self.kind], map(list, zip(*self.rows, strict=True)), strict=True))


def read(relative: str) -> str:
    """Read a shared file, or skip the module that needs it."""
    path = SHARED / relative
    if not path.exists():
        pytest.skip(f"needs shared/{relative} beside the project", allow_module_level=True)
    return path.read_text(encoding="utf-8")


def rows_of(data: Mapping[str, Sequence[float]]) -> tuple[tuple[float, ...], ...]:
    """Turn columns into one tuple per study, without its name."""
    return tuple(zip(*(column for name, column in data.items() if name != "study"), strict=True))


@cache
def pairwise_cases(measures: tuple[str, ...] = MEASURES) -> tuple[Case, ...]:
    """Give the cases of some measures."""
    return tuple(
        Case(
            raw["id"],
            raw["kind"],
            raw["measure"],
            rows_of(raw["data"]),
            tuple(raw["yi"]),
            tuple(raw["vi"]),
            tuple(fit for fit in raw["fits"] if fit["method"] in METHODS),
        )
        for raw in json.loads(read("reference/pairwise.json"))
        if raw["measure"] in measures
    )


def rare_events() -> Iterator[tuple[str, str, tuple[tuple[float, ...], ...], Mapping[str, Any]]]:
    """Give (data set, method, tables, result) of the Mantel–Haenszel and Peto fits."""
    for name, case in json.loads(read("reference/rare_events.json")).items():
        for method, result in case["results"].items():
            if method in ("MH_OR", "MH_RR", "MH_RD", "PETO"):
                yield name, method, rows_of(case["data"]), result


def ketamine_rows() -> list[dict[str, str]]:
    """Give the trial results of the ketamine review as they were printed."""
    text = read("data/ketamine/trial_results.csv")
    return cast("list[dict[str, str]]", list(csv.DictReader(text.splitlines())))
