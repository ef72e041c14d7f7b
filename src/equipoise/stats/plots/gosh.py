"""The GOSH plot: a figure of the pooled estimates of many subsets of trials."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from equipoise.errors import DataError
from equipoise.figures import DensityGrid, Figure, PlotAxis
from equipoise.figures import gosh as draw
from equipoise.kernels.batches import Floats
from equipoise.stats.effects.effect_sizes import EffectSizes
from equipoise.stats.plots import _common as common

_BINS: Final = (48, 40)
_TAIL: Final = 0.001


def gosh_figure(
    effects: EffectSizes,
    estimate: ArrayLike,
    i2: ArrayLike,
    *,
    marked: ArrayLike | None = None,
    marked_name: str = "",
    pooled: float | None = None,
    bins: tuple[int, int] = _BINS,
    title: str = "",
    width: float = 560.0,
) -> Figure:
    """Draw the density of subsets by their pooled estimate and their I².

    Bins are even on the scale of analysis. A thousandth of the subsets at each end lies outside the
    plane if that narrows it, and the text twin says how many. The R call is ``metafor::gosh``.

    Args:
        effects: The trials, for the axis.
        estimate: The pooled estimate of each subset, on the scale of analysis.
        i2: The I² of each subset, in per cent.
        marked: Booleans: the subsets to draw in the other colour, such as those with a trial.
        marked_name: What they are, for example ``with Alder 2001``.
        pooled: The estimate of all trials, on the scale of analysis.
        bins: How many bins each axis has.
        title: What the figure is.
        width: Width of the figure.

    Raises:
        DataError: If nothing is finite, or lengths differ.
    """
    x, y = np.asarray(estimate, dtype=np.float64), np.asarray(i2, dtype=np.float64)
    chosen = np.zeros(x.shape, dtype=np.bool_) if marked is None else np.asarray(marked)
    if x.ndim != 1 or x.shape != y.shape or chosen.shape != x.shape:
        raise DataError(
            "estimate, i2 and marked must be one value for each subset", rule="equal lengths"
        )
    known = np.isfinite(x) & np.isfinite(y)
    if not known.any():
        raise DataError("no subset has an estimate and an I²", rule="finite values")
    x, y, chosen = x[known], y[known], chosen[known].astype(np.bool_)
    edges = (_edges(x, bins[0]), np.linspace(0.0, max(100.0, float(y.max())), bins[1] + 1))
    grid = DensityGrid(
        x_edges=tuple(common.drawn(effects, edges[0]).tolist()),
        y_edges=tuple(edges[1].tolist()),
        counts=_counts(x, y, edges),
        marked=None if marked is None else _counts(x[chosen], y[chosen], edges),
        marked_name=marked_name,
    )
    outside = int(np.count_nonzero((x < edges[0][0]) | (x > edges[0][-1])))
    notes = [f"Outside the plane: {outside}."] if outside else []
    if not known.all():
        notes.append(f"Without an estimate or an I²: {np.count_nonzero(~known)}.")
    return draw(
        grid,
        x=common.effect_axis(effects),
        y=PlotAxis("I² (%)"),
        title=title or f"GOSH plot, {x.size} subsets of {common.count(effects.k)}",
        description="How many subsets gave which pooled estimate and which heterogeneity.",
        pooled=None if pooled is None else common.drawn_one(effects, pooled),
        notes=notes,
        width=width,
    )


def _edges(x: Floats, bins: int) -> Floats:
    """Return even edges over nearly all values, a little wider."""
    low, high = np.quantile(x, [_TAIL, 1.0 - _TAIL])
    if not high > low:
        low, high = float(x.min()), float(x.max())
    room = 0.03 * (high - low) or max(abs(high), 1.0) * 0.1
    return np.linspace(low - room, high + room, bins + 1)


def _counts(x: Floats, y: Floats, edges: tuple[Floats, Floats]) -> tuple[tuple[int, ...], ...]:
    counts, _, _ = np.histogram2d(x, y, bins=[edges[0], edges[1]])
    return tuple(tuple(int(value) for value in column) for column in counts)
