"""What goes into a figure and what comes out: plain rows in, SVG with its text twin out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Scale = Literal["linear", "log"]
LineTone = Literal["ink", "muted", "faint", "interval", "prediction", "threshold"]
AreaTone = Literal["paper", "light", "middle", "dark", "interval", "prediction"]
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
    """The axis of the effect, on the display scale.

    ``null`` is the value of no effect; ``None`` for measures of single groups, which compare
    nothing. ``favours_low`` and ``favours_high`` are written as they
    stand ("Favours placebo"). ``thresholds`` are drawn as dashed lines with their labels
    (the minimal important difference, for example). ``low`` and ``high`` fix the range; ``None``
    lets the figure choose one and clip intervals beyond it, with an arrow.
    """

    scale: Scale
    null: float | None
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


@dataclass(frozen=True, slots=True)
class PlotAxis:
    """One of the two axes of a scatter figure, on the display scale.

    ``low`` and ``high`` fix the range; ``None`` lets the figure choose it from the data.
    ``reverse`` puts small values where large ones would be: standard errors fall upwards in a
    funnel plot.
    """

    label: str
    scale: Scale = "linear"
    low: float | None = None
    high: float | None = None
    reverse: bool = False


@dataclass(frozen=True, slots=True)
class Point:
    """A mark of a scatter figure, on the scales of its axes.

    The mark's area is proportional to ``size``; without one all marks are alike. ``kind`` is the
    category, shown by shape and shade; ``hollow`` marks are of things that were not observed.
    ``href`` makes the mark a link.
    """

    x: float
    y: float
    label: str
    size: float | None = None
    kind: str = "trial"
    hollow: bool = False
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Curve:
    """A line through ``points``; ``label`` names it in the legend unless ``in_legend`` is false."""

    label: str
    points: tuple[tuple[float, float], ...]
    dash: Literal["solid", "dashed", "dotted"] = "solid"
    tone: LineTone = "ink"
    width: float = 1.3
    in_legend: bool = True


@dataclass(frozen=True, slots=True)
class Area:
    """A filled region behind everything else, bounded by ``outline``."""

    label: str
    outline: tuple[tuple[float, float], ...]
    tone: AreaTone = "light"
    in_legend: bool = True


@dataclass(frozen=True, slots=True)
class FunnelRow:
    """A trial of a funnel plot.

    ``estimate`` is on the display scale (positive for ratios), ``se`` on the scale of analysis
    (of the logarithm for ratios). ``n`` is needed only where sizes stand on the upright axis.
    ``filled`` trials were added by trim and fill and are drawn open.
    """

    label: str
    estimate: float
    se: float
    n: float | None = None
    filled: bool = False
    href: str | None = None


@dataclass(frozen=True, slots=True)
class FittedPoint:
    """A place on a fitted line, with its confidence and prediction limits where there are any."""

    x: float
    estimate: float
    ci_low: float | None = None
    ci_high: float | None = None
    pi_low: float | None = None
    pi_high: float | None = None


@dataclass(frozen=True, slots=True)
class DensityGrid:
    """Counts of pairs of values on a grid, for a GOSH plot.

    ``x_edges`` and ``y_edges`` ascend; ``counts[i][j]`` are the pairs between ``x_edges[i]`` and
    ``x_edges[i + 1]`` and between ``y_edges[j]`` and ``y_edges[j + 1]``. ``marked`` counts those of
    them with a property (containing a trial, belonging to a cluster), called ``marked_name``.
    """

    x_edges: tuple[float, ...]
    y_edges: tuple[float, ...]
    counts: tuple[tuple[int, ...], ...]
    marked: tuple[tuple[int, ...], ...] | None = None
    marked_name: str = ""
