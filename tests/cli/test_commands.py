"""The command line as a person uses it: whole processes, exit codes, what is printed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest


def equipoise(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "equipoise", *arguments],
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **environment},
    )


@pytest.fixture
def review(tmp_path: Path) -> Path:
    folder = tmp_path / "review"
    assert equipoise("new", str(folder)).returncode == 0
    return folder


def test_new_check_and_run_work_one_after_another(review: Path, tmp_path: Path) -> None:
    checked = equipoise("check", str(review))
    assert (checked.returncode, checked.stdout) == (0, "0 errors, 0 warnings\n")
    ran = equipoise("run", str(review), "--out", str(tmp_path / "out"))
    assert ran.returncode == 0, ran.stderr
    assert "wrote" in ran.stdout
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"findings.json", "report.html", "figures", "equipoise.lock"}


def test_check_lists_all_problems_at_once_and_leaves_with_1(review: Path) -> None:
    results = review / "results.csv"
    text = results.read_text(encoding="utf-8").replace("Trial A,", "Trial X,", 1)
    results.write_text(text, encoding="utf-8")
    protocol = review / "review.toml"
    text = protocol.read_text(encoding="utf-8").replace('measure = "MD"', 'measure = "MDD"', 1)
    protocol.write_text(text, encoding="utf-8")
    checked = equipoise("check", str(review))
    assert checked.returncode == 1
    assert "results.csv:2 study: found Trial X" in checked.stdout
    assert "found MDD, allowed" in checked.stdout
    assert "Traceback" not in checked.stdout + checked.stderr


def test_check_writes_json_on_request(review: Path) -> None:
    (review / "studies.csv").write_text("study\n\n\n", encoding="utf-8")
    checked = equipoise("check", str(review), "--json")
    problems = json.loads(checked.stdout)
    assert checked.returncode == 1
    assert {"file", "line", "field", "found", "allowed", "message", "code", "severity"} == set(
        problems[0]
    )


def test_run_on_a_broken_folder_prints_problems_and_writes_nothing(
    review: Path, tmp_path: Path
) -> None:
    (review / "results.csv").write_bytes(b"\xff\xfe\x00junk")
    ran = equipoise("run", str(review), "--out", str(tmp_path / "out"))
    assert ran.returncode == 1
    assert "results.csv" in ran.stderr
    assert "nothing was written" in ran.stderr
    assert not (tmp_path / "out").exists()


def test_two_runs_give_identical_bytes(review: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert equipoise("run", str(review), "--out", str(tmp_path / name)).returncode == 0
    one, two = (
        {path.relative_to(tmp_path / name): path.read_bytes() for path in files(tmp_path / name)}
        for name in ("one", "two")
    )
    assert one == two


def test_a_second_run_takes_away_figures_that_no_longer_exist_and_nothing_else(
    review: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    assert equipoise("run", str(review), "--out", str(out)).returncode == 0
    mine = out / "figures" / "mine.svg"
    mine.write_text("<svg/>", encoding="utf-8")
    before = {path.name for path in (out / "figures").iterdir()}
    results = review / "results.csv"
    header, *_ = results.read_text(encoding="utf-8").splitlines()
    results.write_text(header + "\n", encoding="utf-8")
    assert equipoise("run", str(review), "--out", str(out)).returncode == 0
    after = {path.name for path in (out / "figures").iterdir()}
    assert "mine.svg" in after
    assert after < before


@pytest.mark.parametrize("command", ["check", "run"])
def test_a_folder_that_does_not_exist_is_one_line(command: str, tmp_path: Path) -> None:
    done = equipoise(command, str(tmp_path / "nowhere"))
    assert done.returncode == 1
    assert "nowhere" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_new_refuses_a_folder_with_something_in_it(review: Path) -> None:
    again = equipoise("new", str(review))
    assert again.returncode == 1
    assert str(review) in again.stderr
    assert "Traceback" not in again.stderr


def test_a_place_that_cannot_be_written_is_one_line(review: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    done = equipoise("run", str(review), "--out", str(tmp_path / "file"))
    assert done.returncode == 74
    assert done.stderr == (
        f"equipoise: {tmp_path / 'file'}: a file stands where a folder is needed; "
        "move it away or name another folder\n"
    )


def test_an_unknown_command_is_usage(tmp_path: Path) -> None:
    assert equipoise("answer", str(tmp_path)).returncode == 2


def test_schema_writes_both_schemas(tmp_path: Path) -> None:
    assert equipoise("schema", "--out", str(tmp_path)).returncode == 0
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"review.schema.json", "findings.schema.json"}


def test_output_into_a_closed_pipe_is_quiet(review: Path, tmp_path: Path) -> None:
    head = shutil.which("true")
    if head is None:
        pytest.skip("no command 'true' to close the pipe with")
    line = f'"{sys.executable}" -m equipoise run "{review}" --out "{tmp_path / "out"}" | "{head}"'
    done = subprocess.run(line, shell=True, capture_output=True, text=True, check=False)  # noqa: S602
    assert "Traceback" not in done.stderr


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


@pytest.fixture
def undefined(review: Path) -> Path:
    """Plan Mantel-Haenszel for everything, means too."""
    protocol = review / "review.toml"
    text = protocol.read_text(encoding="utf-8")
    assert "[methods.changes]" not in text
    changed = text.replace(
        "[[treatments]]", '[methods.changes]\nmethod = "MH"\n\n[[treatments]]', 1
    )
    protocol.write_text(changed, encoding="utf-8")
    return review


def test_check_says_which_methods_are_not_defined_and_where(undefined: Path) -> None:
    checked = equipoise("check", str(undefined))
    assert checked.returncode == 1
    assert 'review.toml methods.changes: found method = "MH"' in checked.stdout
    assert "1 error, 0 warnings" in checked.stdout
    problems = json.loads(equipoise("check", str(undefined), "--json").stdout)
    assert [problem["code"] for problem in problems] == ["methods-not-defined"]


def test_run_says_the_same_and_writes_nothing(undefined: Path, tmp_path: Path) -> None:
    ran = equipoise("run", str(undefined), "--out", str(tmp_path / "out"))
    assert ran.returncode == 1
    assert ran.stderr.startswith('review.toml methods.changes: found method = "MH"')
    assert "1 error, 0 warnings; nothing was written" in ran.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "arguments", [("run", "{review}", "--out", ""), ("run", ""), ("check", ""), ("new", "")]
)
def test_an_empty_name_of_a_folder_is_usage(review: Path, arguments: tuple[str, ...]) -> None:
    done = equipoise(*(argument.format(review=review) for argument in arguments))
    assert done.returncode == 2
    assert "the name of the folder is empty" in done.stderr
