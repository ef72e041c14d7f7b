"""Funnel plots: estimates against how precise they are."""

from __future__ import annotations

import math
from collections.abc import Sequence

from equipoise.errors import DataError
from equipoise.figures._funnel_lines import (
    LABELS,
    Precision,
    Sheet,
    foot,
    funnels,
    height_of,
    regions,
    upright_axis,
)
from equipoise.figures._plane import check_place, fixed_axis, upright
from equipoise.figures.model import Curve, Figure, FunnelRow, PlotAxis, Point
from equipoise.figures.scatter import HEIGHT, WIDTH, Named, scatter


def funnel(
    rows: Sequence[FunnelRow],
    *,
    x: PlotAxis,
    title: str,
    description: str,
    pooled: float | None = None,
    null: float | None = None,
    tau2: float | None = None,
    precision: Precision = "se",
    contours: bool = True,
    confidence: float = 0.95,
    lines: Sequence[Curve] = (),
    named: Named | Sequence[str] = "none",
    notes: Sequence[str] = (),
    width: float = WIDTH,
    height: float = HEIGHT,
    prefix: str = "",
) -> Figure:
    """Draw a funnel plot: precise trials on top, no effect and the pooled estimate as uprights.

    The grey regions lie around no effect (``null``): within the innermost a trial has p ≥ 0.10, by
    the normal distribution (Peters and others 2008, doi:10.1016/j.jclinepi.2007.11.010). The dashed
    funnel lies around ``pooled`` and would hold ``confidence`` of the trials if chance alone made
    them differ; with ``tau2`` a dotted one adds the variance between trials. Against sample size
    neither is defined, and both are left out. The R call is ``metafor::funnel``.

    Args:
        rows: The trials; those trim and fill added are open.
        x: The axis of the effect.
        title: What the figure is.
        description: What it shows.
        pooled: The pooled estimate, on the display scale.
        null: The value of no effect; ``None`` for single groups, which then have no regions.
        tau2: The between-trial variance, on the scale of analysis.
        precision: What stands on the upright axis.
        contours: Whether to draw the regions.
        confidence: The share of trials the funnel would hold.
        lines: Further lines, for example of an asymmetry regression, in the units of both axes.
        named: Which trials have their names beside them.
        notes: Sentences for the text twin.
        width: Width of the figure.
        height: Height of the plane.
        prefix: Start of the ids in the SVG.

    Raises:
        DataError: Standard errors that are not positive, sizes that are missing where they are
            needed, or numbers that have no place on the axes.
    """
    _check(rows, x, precision, confidence)
    points = [
        Point(
            row.estimate,
            _height(row, precision),
            row.label,
            kind="added by trim and fill" if row.filled else "trial",
            hollow=row.filled,
            href=row.href,
        )
        for row in rows
    ]
    y = upright_axis([point.y for point in points], precision)
    inside = [row.estimate for row in rows]
    inside += [value for value in (pooled, null) if value is not None]
    if pooled is not None and rows and precision != "n":
        inside += foot(pooled, max(row.se for row in rows), confidence, x)
    sheet = Sheet(fixed_axis(x, inside), y, precision)
    shaded = contours and null is not None and precision != "n"
    areas = regions(null, sheet) if shaded and null is not None else []
    curves = []
    if pooled is not None and precision != "n":
        curves = funnels(pooled, tau2, sheet, confidence)
    if null is not None:
        curves.append(Curve("no effect", upright(null, y), "dotted", "ink"))
    if pooled is not None:
        curves.append(Curve("pooled estimate", upright(pooled, y), "solid", "interval", 1.6))
    return scatter(
        points,
        x=sheet.x,
        y=y,
        title=title,
        description=description,
        curves=[*curves, *lines],
        areas=areas,
        named=named,
        kinds=("trial", "added by trim and fill"),
        notes=notes,
        width=width,
        height=height,
        prefix=prefix,
    )


def _check(rows: Sequence[FunnelRow], x: PlotAxis, precision: Precision, confidence: float) -> None:
    if precision not in LABELS:
        raise DataError(
            f"“{precision}” cannot stand on the upright axis; allowed: {', '.join(LABELS)}.",
            rule="precision is one of those listed",
        )
    if not 0.0 < confidence < 1.0:
        raise DataError("Confidence is a share between 0 and 1.", rule="0 < confidence < 1")
    for i, row in enumerate(rows):
        check_place(row.estimate, x, i)
        if not (math.isfinite(row.se) and row.se > 0):
            raise DataError(
                f"Row {i + 1} has the standard error {row.se}.",
                rows=(i,),
                rule="standard errors are finite and positive",
            )
        if precision == "n" and row.n is None:
            raise DataError(
                f"“{row.label}” has no sample size.",
                rows=(i,),
                rule="every trial has a size where sizes are drawn",
            )


def _height(row: FunnelRow, precision: Precision) -> float:
    if precision == "n":
        return 0.0 if row.n is None else row.n
    return height_of(row.se, precision)
