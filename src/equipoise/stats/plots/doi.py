"""The Doi plot beside the LFK index."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from equipoise.figures import Figure, Point
from equipoise.figures import doi as draw
from equipoise.stats.plots import _common as common

if TYPE_CHECKING:
    from equipoise.stats.small_studies.doi_plot import LfkIndex


def doi(index: LfkIndex, *, title: str = "", width: float = 560.0) -> Figure:
    """Draw the trials of an LFK index: effects against the normal deviates of their ranks.

    The index and its cautions are in the text twin.
    """
    effects = index.fit.effects
    x = common.drawn(effects, np.array([point.yi for point in index.points]))
    points = [
        Point(float(value), point.abs_z, point.study)
        for value, point in zip(x, index.points, strict=True)
    ]
    return draw(
        points,
        x=common.effect_axis(effects),
        title=title or f"Doi plot, {common.count(index.k)}",
        description=f"LFK index {index.index:.2f}: {index.verdict} asymmetry by its authors' limits.",
        notes=[f"Caution: {note.text}" for note in index.caution],
        width=width,
    )
