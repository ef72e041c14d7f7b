"""A folder with everything wrong with it: all of it is said at once, kindly, and nothing is made."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from acceptance.reviews import said
from equipoise.review import load_review, new_review

# file, what is replaced, by what, and how the line about it begins
MISTAKES = [
    ("review.toml", 'preset = "cochrane-2025"', 'preset = "cochrane-2052"', "review.toml:19 preset: "),
    ("review.toml", 'measure = "RR"', 'measure = "MD"', "review.toml:72 measure: "),
    ("studies.csv", "Trial C,2019,parallel", "Trial C,2019,paralell", "studies.csv:4 design: "),
    ("arms.csv", "Trial C,placebo,placebo", "Trial C,placebo,plcebo", "arms.csv:7 treatment: "),
    ("arms.csv", "Trial B,placebo,placebo,,40", "Trial B,drug A,placebo,,40", "arms.csv:5 arm: "),
    ("results.csv", "57,,52.6,23.1", "57,,52.6,-23.1", "results.csv:3 sd: found -23.1, "),
    ("results.csv", "39,,51.3,21.9", "39,,151.3,21.9", "results.csv:5 mean: found 151.3, "),
    ("results.csv", "96,,38.9,21.0", '96,,"38,9",21.0', "results.csv:6 mean: found 38,9, "),
    ("results.csv", "60,14,,", "60,77,,", "results.csv:10 events: found 77, allowed 0 to n (60)"),
    ("results.csv", "Trial C,placebo,,nausea", "Trial C,placebo,,=naus", "results.csv:15 outcome: "),
    ("risk_of_bias.csv", "Trial B,,,overall,some", "Trial Q,,,overall,some", "risk_of_bias.csv:5 study: "),
]  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    new_review(tmp_path / "review")
    return tmp_path / "review"


def break_it(folder: Path) -> None:
    for name, old, new, _ in MISTAKES:
        path = folder / name
        text = path.read_text(encoding="utf-8")
        assert old in text, old
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
    log = folder / "decisions/am.jsonl"
    log.write_text(log.read_text(encoding="utf-8") + '{"kind": "certainty"\n', encoding="utf-8")


def test_every_mistake_is_said_at_its_line_with_what_is_allowed(folder: Path) -> None:
    break_it(folder)
    lines = said(folder)
    for *_, beginning in MISTAKES:
        about = [line for line in lines if line.startswith(beginning)]
        assert about, beginning
        assert " — " in about[0] or "allowed" in about[0]
    assert any(line.startswith("decisions/am.jsonl:3: ") for line in lines)


def test_nothing_is_made_of_it_and_nothing_breaks(folder: Path, tmp_path: Path) -> None:
    break_it(folder)
    command = [sys.executable, "-m", "equipoise", "run", str(folder), "--out", str(tmp_path / "o")]
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(command, capture_output=True, check=False, env=environment)
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"Traceback" not in done.stderr
    assert done.stderr.count(b"\n") >= len(MISTAKES)
    assert not (tmp_path / "o").exists()


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "latin-1", "cp1252"])
def test_a_folder_saved_in_another_encoding_is_refused_file_by_file(
    folder: Path, encoding: str
) -> None:
    names = ("review.toml", "studies.csv", "arms.csv", "results.csv", "risk_of_bias.csv")
    for name in names:
        text = (folder / name).read_text(encoding="utf-8").replace("Trial A", "Étude A")
        text += "# Étude" if name == "review.toml" else ""
        (folder / name).write_bytes(text.encode(encoding))
    lines = said(folder)
    assert len(lines) == len(names)
    assert [line.split(":")[0] for line in lines] == list(names)
    assert all("UTF-8" in line for line in lines)


def test_a_spreadsheet_with_semicolons_and_commas_gives_the_same_review(folder: Path) -> None:
    before = load_review(folder)
    for path in folder.glob("*.csv"):
        text = path.read_text(encoding="utf-8").replace(",", ";").replace(".", ",")
        path.write_text("\ufeff" + text.replace("\n", "\r\n"), encoding="utf-8")
    after = load_review(folder)
    assert (after.studies, after.arms, after.results) == (
        before.studies,
        before.arms,
        before.results,
    )
    assert {problem.code for problem in after.warnings} == {"assumed-separator"}
