"""Where everything in a scatter figure goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from equipoise.figures._legend import Entry, Sample, lay_out_legend
from equipoise.figures._plane import Plane
from equipoise.figures._svg import clean
from equipoise.figures.axis import TICK_SIZE, Projection, Tick, ticks
from equipoise.figures.model import PlotAxis
from equipoise.figures.text_width import text_width, wrap

SIZE: Final = 13.0
MARGIN: Final = 12.0
LINE_HEIGHT: Final = 17.0
TICK: Final = 5.0

_NARROWEST: Final = 160.0


@dataclass(frozen=True, slots=True)
class ScatterLayout:
    """The finished measures: the plane, the ticks, the lines of the labels, and the legend."""

    plane: Plane
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    x_label: tuple[str, ...]
    y_label: tuple[str, ...]
    x_label_top: float
    y_label_top: float
    legend: tuple[Entry, ...]
    legend_top: float
    width: float
    height: float


def lay_out(
    x: PlotAxis,
    y: PlotAxis,
    spans: tuple[tuple[float, float], tuple[float, float]],
    *,
    samples: Sequence[Sample],
    width: float,
    height: float,
    room: tuple[float, float],
) -> ScatterLayout:
    """Measure the labels and place the plane between them.

    ``width`` is that of the whole figure and ``height`` that of the plane; ``room`` is kept free
    above the upright axis's label and to the right of the plane.
    """
    y_label = wrap(clean(y.label), width - 2 * MARGIN, SIZE, bold=True) if clean(y.label) else ()
    y_label_top = MARGIN + room[0]
    top = y_label_top + len(y_label) * LINE_HEIGHT + 8
    bottom = top + height
    up = (top, bottom) if y.reverse else (bottom, top)
    y_projection = Projection(y.scale, *spans[1], *up)
    y_ticks = ticks(y_projection, vertical=True)
    widest = max(text_width(label, TICK_SIZE) for _, label in y_ticks)
    left = MARGIN + widest + TICK + 4
    right = max(width - MARGIN - room[1], left + _NARROWEST)
    along = (right, left) if x.reverse else (left, right)
    x_projection = Projection(x.scale, *spans[0], *along)
    x_ticks = ticks(x_projection)
    # The last label may be wider than what is left of the margin.
    over = max(text_width(label, TICK_SIZE) / 2 + x_projection.position(v) for v, label in x_ticks)
    whole = max(right + room[1], over) + MARGIN
    x_label = wrap(clean(x.label), whole - left - MARGIN, SIZE, bold=True) if clean(x.label) else ()
    x_label_top = bottom + TICK + TICK_SIZE + 8
    below = x_label_top + len(x_label) * LINE_HEIGHT
    entries, legend_height = lay_out_legend(samples, whole - 2 * MARGIN)
    legend_top = below + (10 if entries else 0)
    return ScatterLayout(
        plane=Plane(left, right, top, bottom, x_projection, y_projection),
        x_ticks=x_ticks,
        y_ticks=y_ticks,
        x_label=x_label,
        y_label=y_label,
        x_label_top=x_label_top,
        y_label_top=y_label_top,
        legend=tuple(entries),
        legend_top=legend_top,
        width=whole,
        height=legend_top + legend_height + MARGIN,
    )
