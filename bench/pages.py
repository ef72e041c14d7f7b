"""The part of a page of the documentation that a benchmark writes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

STATISTICS = Path(__file__).parents[1] / "docs" / "statistics"
_END = "<!-- end of what the command writes -->"


def put(page: Path, command: str, text: str) -> None:
    """Replace what ``command`` wrote on the page before.

    Raises:
        ValueError: If the page has no place for it.
    """
    start = f"<!-- written by {command} -->"
    before, found, rest = page.read_text(encoding="utf-8").partition(start)
    _, ended, after = rest.partition(_END)
    if not (found and ended):
        raise ValueError(f"{page.name} lacks the lines {start!r} and {_END!r}")
    page.write_text(f"{before}{start}\n\n{text.strip()}\n\n{_END}{after}", encoding="utf-8")


def table(head: Sequence[str], rows: Iterable[Sequence[str]], *, words: int = 1) -> str:
    """Write a Markdown table: the first columns are words, the others numbers."""
    rule = ["---"] * words + ["---:"] * (len(head) - words)
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (head, rule, *rows))
