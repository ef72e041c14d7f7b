"""The table of docs/statistics/speed.md."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bench.figure import Figure, duration
from bench.pages import STATISTICS, put, table

PAGE: Final = STATISTICS / "speed.md"
COMMAND: Final = "python -m bench speed --write"


def write(figures: Sequence[Figure]) -> None:
    """Put the table on the page."""
    put(PAGE, COMMAND, text(figures))


def text(figures: Sequence[Figure]) -> str:
    """Write a row a figure, as Markdown."""
    head = ("what", "time", "ratio (range)", "to", "aim")
    rows = [(f.name, duration(f.seconds), f.ratio, f.yardstick, f.aim) for f in figures]
    return table(head, rows, words=len(head))
