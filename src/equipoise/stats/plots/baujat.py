"""The Baujat plot of a meta-analysis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from equipoise.figures import Figure, Point
from equipoise.figures import baujat as draw
from equipoise.stats.diagnostics import influence
from equipoise.stats.plots import _common as common

if TYPE_CHECKING:
    from equipoise.stats.results import MetaAnalysis


def baujat(fit: MetaAnalysis, *, title: str = "", width: float = 560.0) -> Figure:
    """Draw each trial's contribution to heterogeneity against its influence on the mean.

    Trials to the right do not agree with the others, trials on top move the pooled estimate; those in
    the upper right corner do both. The numbers are those of ``fit.influence()``. The R call is
    ``metafor::baujat(fit)``.

    Raises:
        MethodError: For Mantel-Haenszel and Peto pooling, and for fewer than three trials.
    """
    table = influence(fit)
    points, missing = [], []
    for name, x, y, reason in zip(
        table.study, table.baujat_x, table.baujat_y, table.reason, strict=True
    ):
        if x is None or y is None:
            missing.append(f"Not drawn: {name}, {reason}.")
        else:
            points.append(Point(x, y, name))
    return draw(
        points,
        title=title or f"Baujat plot, {common.count(fit.k)}",
        description=(
            f"{common.pooled_text(fit)}. x: squared distance from the pooled estimate over its "
            "variance. y: squared change of the pooled estimate without the trial, over its "
            "variance."
        ),
        notes=missing,
        width=width,
    )
