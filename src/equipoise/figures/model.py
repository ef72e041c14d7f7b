"""What goes into a figure and what comes out: plain rows in, SVG with its text twin out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

RowKind = Literal["heading", "study", "subtotal", "total", "prediction", "note"]


@dataclass(frozen=True, slots=True)
class Figure:
    """A finished figure.

    ``svg`` is a complete ``<svg>`` element without an XML declaration, carrying ``<title>`` and
    ``<desc>``. ``text`` says the same in plain text, for people who do not see the picture.
    """

    svg: str
    title: str
    description: str
    text: str
    width: float
    height: float

    def save(self, path: str | Path) -> Path:
        """Write the SVG to ``path`` as UTF-8 with Unix line ends and return the path."""
        target = Path(path)
        target.write_text(self.svg + "\n", encoding="utf-8", newline="\n")
        return target

    def _repr_svg_(self) -> str:
        return self.svg


@dataclass(frozen=True, slots=True)
class ForestRow:
    """A row of a forest plot.

    ``left`` and ``right`` are the texts of the columns beside the picture, already formatted.
    ``estimate``, ``low`` and ``high`` are on the display scale (positive for ratio measures);
    ``None`` in a study row means not estimable: the row stays and the picture is empty.
    ``weight`` is a percentage and sizes the square. ``href`` makes the label a link;
    ``anchor`` becomes the row's ``id``. A ``prediction`` row draws the prediction interval.
    """

    kind: RowKind
    label: str
    left: tuple[str, ...] = ()
    right: tuple[str, ...] = ()
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    weight: float | None = None
    href: str | None = None
    anchor: str | None = None


@dataclass(frozen=True, slots=True)
class Axis:
    """The picture's horizontal axis, on the display scale.

    ``null`` is the value of no effect. ``favours_low`` and ``favours_high`` are written as they
    stand ("Favours placebo"). ``thresholds`` are drawn as dashed lines with their labels
    (the minimal important difference, for example). ``low`` and ``high`` fix the range; ``None``
    lets the figure choose one and clip intervals beyond it, with an arrow.
    """

    scale: Literal["linear", "log"]
    null: float
    label: str
    favours_low: str
    favours_high: str
    thresholds: tuple[tuple[float, str], ...] = ()
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell of a gap map. ``text`` is shown in it, ``detail`` is its tooltip and text twin."""

    row: str
    column: str
    state: Literal["pooled", "single trial", "not poolable", "no data", "not planned"]
    text: str
    detail: str
    href: str | None = None


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One specification of a specification curve. ``choices`` name its option per dimension."""

    label: str
    estimate: float
    low: float
    high: float
    category: str
    choices: tuple[str, ...]
