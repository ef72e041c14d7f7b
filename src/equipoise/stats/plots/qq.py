"""The normal quantile plot of a meta-analysis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
from scipy import special

from equipoise.errors import MethodError
from equipoise.figures import Figure, Point
from equipoise.figures import qq as draw
from equipoise.kernels.batches import Floats
from equipoise.kernels.normality import normal_positions
from equipoise.stats.diagnostics import influence
from equipoise.stats.options import check_word
from equipoise.stats.plots import _common as common

if TYPE_CHECKING:
    from equipoise.stats.results import MetaAnalysis

ResidualKind = Literal["rstandard", "rstudent"]
Envelope = Sequence[tuple[float, float, float]]


def qq(
    fit: MetaAnalysis,
    *,
    residuals: ResidualKind = "rstandard",
    envelope: Envelope | None = None,
    names: Sequence[str] = (),
    title: str = "",
    width: float = 560.0,
) -> Figure:
    """Draw the trials' standardised residuals against normal quantiles.

    The positions are R's ``qqnorm`` (``ppoints``). Without an ``envelope`` of the caller's, the region is
    exact and pointwise for independent normal values: the ``i``-th smallest of ``k`` uniform values has
    the distribution Beta(i, k − i + 1). Residuals of one fit are not quite independent, so
    it is a guide and no test; and one of the points lies outside a pointwise 95% region more often
    than one time in twenty. The R call is ``metafor::qqnorm(fit, type = )``, whose region is simulated.

    Args:
        fit: The meta-analysis.
        residuals: Internally (``rstandard``) or externally (``rstudent``) standardised.
        envelope: Places (normal quantile, low, high) to draw instead.
        names: Labels of trials to write beside their marks.
        title: What the figure is.
        width: Width of the figure.

    Raises:
        MethodError: For Mantel-Haenszel and Peto pooling, for fewer than three trials, and where
            residuals are not defined.
    """
    check_word("residuals", residuals, get_args(ResidualKind))
    table = influence(fit)
    found = [
        (value, name)
        for value, name in zip(getattr(table, residuals), table.study, strict=True)
        if value is not None
    ]
    if not found:
        raise MethodError(
            "no residual is defined: " + "; ".join(dict.fromkeys(filter(None, table.reason))),
            spec=f"residuals={residuals!r}",
            reason="no residuals",
        )
    found.sort()
    positions = normal_positions(len(found))
    points = [
        Point(float(x), value, name) for x, (value, name) in zip(positions, found, strict=True)
    ]
    level = fit.methods.level
    kind = "Internally" if residuals == "rstandard" else "Externally"
    missing = [
        f"Not drawn: {name}, {reason}."
        for name, reason in zip(table.study, table.reason, strict=True)
        if reason is not None
    ]
    return draw(
        points,
        title=title or f"Normal Q–Q plot, {common.count(len(points))}",
        description=f"{kind} standardised residuals of the trials by their rank.",
        envelope=order_envelope(positions, level) if envelope is None else envelope,
        envelope_name=f"{100 * level:g}% pointwise" if envelope is None else "envelope",
        y_label=f"{kind} standardised residual",
        named=tuple(names),
        notes=missing,
        width=width,
    )


def order_envelope(positions: Floats, level: float) -> list[tuple[float, float, float]]:
    """Return for each position the limits that hold its order statistic with ``level``.

    ``k`` independent standard normal values; the limits are normal quantiles of those of a beta
    distribution, each tail from its own side.
    """
    k = positions.size
    rank = np.arange(1, k + 1, dtype=np.float64)
    tail = (1.0 - level) / 2.0
    low = special.ndtri(special.betaincinv(rank, k - rank + 1.0, tail))
    high = -special.ndtri(special.betaincinv(k - rank + 1.0, rank, tail))
    return [(float(x), float(a), float(b)) for x, a, b in zip(positions, low, high, strict=True)]
