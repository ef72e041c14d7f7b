"""The legend below a scatter figure: samples of its marks, lines and areas with their names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from equipoise.figures._markers import marker
from equipoise.figures._palette import AREAS, INK, LINES, PAPER, RULE
from equipoise.figures._svg import Element, clean, line, tag, text
from equipoise.figures.model import Area, Curve
from equipoise.figures.text_width import text_width, wrap

SIZE: Final = 12.0
LINE: Final = 17.0
DASHES: Final = {"solid": None, "dashed": "6 4", "dotted": "1.5 3"}

_SAMPLE: Final = 24.0
_GAP: Final = 18.0


@dataclass(frozen=True, slots=True)
class MarkSample:
    """A category of marks: its name, its number, and whether it is drawn open."""

    label: str
    kind: int
    hollow: bool


Sample = MarkSample | Curve | Area


@dataclass(frozen=True, slots=True)
class Entry:
    """A sample with the lines of its name, and where it stands (from the legend's corner)."""

    sample: Sample
    lines: tuple[str, ...]
    x: float
    y: float


def lay_out_legend(samples: Sequence[Sample], width: float) -> tuple[list[Entry], float]:
    """Set the entries in rows no wider than ``width``; also give the legend's height."""
    entries: list[Entry] = []
    x = y = 0.0
    deepest = 0
    for sample in samples:
        lines = wrap(clean(sample.label), width - _SAMPLE - 6, SIZE)
        needed = _SAMPLE + 6 + max(text_width(part, SIZE) for part in lines)
        if x > 0 and x + needed > width:
            x, y, deepest = 0.0, y + deepest * LINE, 0
        entries.append(Entry(sample, lines, x, y))
        x += needed + _GAP
        deepest = max(deepest, len(lines))
    return entries, y + deepest * LINE


def legend_marks(entries: Sequence[Entry], left: float, top: float) -> list[Element]:
    """Draw the legend with its corner at ``left``, ``top``."""
    marks: list[Element] = []
    for entry in entries:
        x, y = left + entry.x, top + entry.y + LINE / 2
        marks.append(_sample_mark(entry.sample, x, y))
        marks.extend(
            text(x + _SAMPLE + 6, y + 4 + i * LINE, part, font_size=SIZE)
            for i, part in enumerate(entry.lines)
        )
    return marks


def _sample_mark(sample: Sample, x: float, y: float) -> Element:
    if isinstance(sample, MarkSample):
        return marker(sample.kind, x + _SAMPLE / 2, y, 4.5, hollow=sample.hollow)
    if isinstance(sample, Curve):
        return line(
            x, y, x + _SAMPLE, y,
            stroke=LINES[sample.tone],
            stroke_width=sample.width,
            stroke_dasharray=DASHES[sample.dash],
        )  # fmt: skip
    fill = AREAS[sample.tone]
    stroke = INK if fill == PAPER else RULE
    return tag(
        "rect", x=x + 2, y=y - 6, width=_SAMPLE - 4, height=12, fill=fill, stroke=stroke,
        stroke_width=0.7,
    )  # fmt: skip
