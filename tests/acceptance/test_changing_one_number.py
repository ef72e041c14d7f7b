"""Changing one trial's number changes what depends on it, and nothing else."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from acceptance.reviews import EXAMPLE, record

CELL = "ketamine-iv-placebo.pain.immediate"
BEFORE = "Lumanauw 2019,placebo,,pain,immediate,pain-0-100,30,,,61.3,"
AFTER = "Lumanauw 2019,placebo,,pain,immediate,pain-0-100,30,,,62.3,"


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], dict[str, Any]]:
    """Findings of the example as it is, and with one mean one point higher."""
    folder = tmp_path_factory.mktemp("example") / "review"
    shutil.copytree(EXAMPLE, folder)
    results = folder / "results.csv"
    text = results.read_text(encoding="utf-8")
    assert text.count(BEFORE) == 1
    before = record(folder)
    results.write_text(text.replace(BEFORE, AFTER), encoding="utf-8")
    return before, record(folder)


def differences(before: Any, after: Any, path: str = "") -> Iterator[str]:
    """Name every place where two documents differ; findings by their id, trials by their study."""
    if isinstance(before, dict) and isinstance(after, dict) and before.keys() == after.keys():
        for key in before:
            yield from differences(before[key], after[key], f"{path}/{key}")
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, (old, new) in enumerate(zip(before, after, strict=True)):
            named = old.get("id") or old.get("study") if isinstance(old, dict) else None
            yield from differences(old, new, f"{path}/{named or index}")
    elif before != after:
        yield path


def test_one_cell_and_the_hash_of_one_file_change(
    runs: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    changed = list(differences(*runs))
    elsewhere = {path for path in changed if not path.startswith(f"/findings/{CELL}/")}
    assert elsewhere == {"/provenance/inputs/results.csv"}


def test_within_the_cell_the_other_trials_keep_their_numbers(
    runs: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    trials = f"/findings/{CELL}/trials/"
    own = {path.removeprefix(trials) for path in differences(*runs) if path.startswith(trials)}
    others = {path for path in own if not path.startswith("Lumanauw 2019/")}
    assert all("/weights/" in path for path in others)
    effect = {f"Lumanauw 2019/effect/{end}" for end in ("estimate", "ci_low", "ci_high")}
    assert own - others >= {*effect, "Lumanauw 2019/comparator/mean"}
    assert not any("treatment" in path for path in own)


def test_what_rests_on_the_number_changes(runs: tuple[dict[str, Any], dict[str, Any]]) -> None:
    changed = set(differences(*runs))
    for preset in ("as-published", "cochrane-2025"):
        for field in ("effect/estimate", "p", "heterogeneity/q", "heterogeneity/tau2"):
            assert f"/findings/{CELL}/estimates/{preset}/{field}" in changed
    before, after = (
        next(f for f in run["findings"] if f["id"] == CELL)["estimates"]["as-published"]["effect"]
        for run in runs
    )
    assert after["estimate"] < before["estimate"]


def test_a_note_changes_no_number(tmp_path: Path) -> None:
    folder = tmp_path / "review"
    shutil.copytree(EXAMPLE, folder)
    before = record(folder)
    results = folder / "results.csv"
    text = results.read_text(encoding="utf-8")
    assert "read off a figure" in text
    results.write_text(text.replace("read off a figure", "read from a figure"), encoding="utf-8")
    changed = set(differences(before, record(folder)))
    assert "/provenance/inputs/results.csv" in changed
    changed.discard("/provenance/inputs/results.csv")
    assert changed
    assert all("/notes/" in path and path.endswith("/text") for path in changed)
