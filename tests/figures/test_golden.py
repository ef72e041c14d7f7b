"""Finished figures, byte for byte."""

from __future__ import annotations

from pathlib import Path

import pytest

from figures.invented import FIGURES
from support.golden import reviewed

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_and_its_twin_stay_as_they_were_reviewed(name: str) -> None:
    figure = FIGURES[name]()
    for suffix, content in ((".svg", figure.svg + "\n"), (".txt", figure.text)):
        assert content == reviewed(GOLDEN / (name + suffix), content)


def test_the_folder_holds_no_figure_that_is_not_drawn() -> None:
    assert {file.stem for file in GOLDEN.iterdir()} == set(FIGURES)
