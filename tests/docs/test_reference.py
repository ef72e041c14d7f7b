"""The API reference: every public name has a page entry and says what it does."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

import equipoise
from equipoise import stats

pdoc = pytest.importorskip("pdoc", reason="needs the package pdoc")


@pytest.mark.parametrize("name", sorted(set(equipoise.__all__) - {"__version__"}))
def test_every_public_name_says_what_it_does(name: str) -> None:
    said = inspect.getdoc(getattr(equipoise, name))
    assert said is not None
    assert len(said.split()) > 3


@pytest.mark.parametrize("name", sorted(stats.__all__))
def test_every_name_of_the_statistics_says_what_it_does(name: str) -> None:
    assert len((inspect.getdoc(getattr(stats, name)) or "").split()) > 3


def test_the_reference_has_every_public_name(tmp_path: Path) -> None:
    pdoc.render.configure(docformat="google", show_source=False)
    pdoc.pdoc("equipoise", "!equipoise.", output_directory=tmp_path)
    page = (tmp_path / "equipoise.html").read_text(encoding="utf-8")
    missing = [name for name in equipoise.__all__ if f'id="{name}"' not in page]
    assert missing == ["__version__"] or not missing
