"""Writing what a run makes: all of it or nothing."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from equipoise.findings import to_json
from equipoise.report import write_outputs
from support.findings_factory import example_findings


def everything(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_run_leaves_its_files_and_nothing_beside_them(tmp_path: Path) -> None:
    written = write_outputs(example_findings(), tmp_path / "out")
    expected = {path.relative_to(tmp_path / "out").as_posix() for path in written.main}
    expected |= {path.relative_to(tmp_path / "out").as_posix() for path in written.figures}
    made = everything(tmp_path / "out")
    assert made.keys() == expected | {"equipoise.lock"}
    assert made["findings.json"].decode() == to_json(example_findings())


@pytest.mark.parametrize("name", ["findings.json", "report.html", "equipoise.lock"])
def test_a_folder_in_the_way_leaves_an_older_run_as_it_was(tmp_path: Path, name: str) -> None:
    write_outputs(example_findings(), tmp_path)
    (tmp_path / name).unlink()
    (tmp_path / name).mkdir()
    before = everything(tmp_path)
    with pytest.raises(IsADirectoryError, match="a folder stands where this file belongs"):
        write_outputs(replace(example_findings(), schema_version="9"), tmp_path)
    assert everything(tmp_path) == before


@pytest.mark.parametrize("place", ["out", "out/figures"])
def test_a_file_where_a_folder_is_needed_is_named(tmp_path: Path, place: str) -> None:
    (tmp_path / place).parent.mkdir(exist_ok=True)
    (tmp_path / place).write_text("mine", encoding="utf-8")
    with pytest.raises(NotADirectoryError, match="a file stands where a folder is needed") as got:
        write_outputs(example_findings(), tmp_path / "out")
    assert got.value.filename == str(tmp_path / place)
    assert everything(tmp_path) == {place: b"mine"}


def test_a_file_that_cannot_be_replaced_leaves_no_litter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(new: Path, old: Path) -> None:
        raise PermissionError(13, os.strerror(13), str(new), None, str(old))

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(PermissionError):
        write_outputs(example_findings(), tmp_path)
    assert everything(tmp_path) == {}
