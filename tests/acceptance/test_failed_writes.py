"""A run that cannot write leaves nothing half made, and says in one line what was in its way."""

from __future__ import annotations

import errno
import os
from dataclasses import replace
from pathlib import Path

import pytest

from acceptance.reviews import answer
from equipoise.findings import Findings
from equipoise.report import write_outputs
from equipoise.review import new_review


@pytest.fixture(scope="module")
def findings(tmp_path_factory: pytest.TempPathFactory) -> Findings:
    folder = tmp_path_factory.mktemp("written") / "review"
    new_review(folder)
    return answer(folder).findings


def everything(folder: Path) -> dict[str, bytes | None]:
    """Read all that is in a folder; a folder within it is ``None``."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
    }


@pytest.mark.parametrize("name", ["findings.json", "report.html"])
def test_a_folder_in_the_way_of_a_file_leaves_no_litter(
    findings: Findings, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).mkdir()
    with pytest.raises(OSError, match=name):
        write_outputs(findings, tmp_path)
    assert not list(tmp_path.rglob("*.new"))


def test_an_older_run_survives_one_that_cannot_write(
    findings: Findings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_outputs(findings, tmp_path)
    before = everything(tmp_path)
    write = Path.write_text

    def on_a_full_disk(path: Path, text: str, **how: str) -> int:
        if path.name.startswith(".report.html"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        return write(path, text, **how)

    monkeypatch.setattr(Path, "write_text", on_a_full_disk)
    with pytest.raises(OSError, match=r"report\.html"):
        write_outputs(replace(findings, schema_version="9"), tmp_path)
    assert everything(tmp_path) == before
