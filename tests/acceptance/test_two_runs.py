"""Same input, same bytes: whatever the hash seed, the folder's name, the locale or the line ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from acceptance.reviews import findings_validator
from equipoise.review import new_review


def run(review: str | Path, out: str | Path, where: Path, **environment: str) -> dict[str, bytes]:
    """Run the command line somewhere and read all it wrote, by name."""
    done = subprocess.run(
        [sys.executable, "-m", "equipoise", "run", str(review), "--out", str(out), "--quiet"],
        capture_output=True,
        check=False,
        cwd=where,
        env={**os.environ, **environment},
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    folder = where / out
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("runs")


@pytest.fixture(scope="module")
def first(here: Path) -> dict[str, bytes]:
    new_review(here / "review")
    return run("review", "out", here, PYTHONHASHSEED="0")


def test_the_hash_seed_changes_nothing(here: Path, first: dict[str, bytes]) -> None:
    assert run("review", "again", here, PYTHONHASHSEED="4242") == first
    findings_validator().validate(json.loads(first["findings.json"]))


def test_neither_do_place_name_and_locale(here: Path, first: dict[str, bytes]) -> None:
    elsewhere = here / "an other place, ünïcode 渡"
    elsewhere.mkdir()
    (here / "review").rename(elsewhere / "re view é")
    try:
        made = run("re view é", "o ut", elsewhere, LC_ALL="C", TZ="Asia/Tokyo")
    finally:
        (elsewhere / "re view é").rename(here / "review")
    assert made == first


def test_line_ends_change_only_the_hashes_of_the_inputs(
    here: Path, first: dict[str, bytes]
) -> None:
    for path in (here / "review").rglob("*.*"):
        text = path.read_bytes()
        path.with_name(path.name).write_bytes(text.replace(b"\n", b"\r\n"))
    made = run("review", "windows", here)
    before, after = (json.loads(files["findings.json"]) for files in (first, made))
    assert before["provenance"].pop("inputs") != after["provenance"].pop("inputs")
    assert before == after
    assert made.keys() == first.keys()
    figures = [name for name in made if name.endswith(".svg")]
    assert figures
    assert all(made[name] == first[name] for name in figures)
