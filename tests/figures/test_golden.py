"""Finished figures, byte for byte. Set EQUIPOISE_WRITE_GOLDEN=1 to write them anew, then look."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from figures.invented import FIGURES

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_and_its_twin_stay_as_they_were_reviewed(name: str) -> None:
    figure = FIGURES[name]()
    for suffix, content in ((".svg", figure.svg + "\n"), (".txt", figure.text)):
        file = GOLDEN / (name + suffix)
        if os.environ.get("EQUIPOISE_WRITE_GOLDEN"):
            file.write_text(content, encoding="utf-8", newline="\n")
        assert content == file.read_text(encoding="utf-8")


def test_the_folder_holds_no_figure_that_is_not_drawn() -> None:
    assert {file.stem for file in GOLDEN.iterdir()} == set(FIGURES)
