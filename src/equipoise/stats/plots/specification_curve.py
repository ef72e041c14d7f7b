"""The specification curve of a multiverse: every analysis, and the choices behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from equipoise.figures import Axis, CurvePoint, Figure
from equipoise.figures import specification_curve as draw
from equipoise.kernels.batches import Ints
from equipoise.stats import printing
from equipoise.stats.robustness.multiverse import VERDICTS

if TYPE_CHECKING:
    from equipoise.stats.robustness.multiverse import Multiverse

AT_MOST: Final = 400
"""So many analyses can be told apart in a picture."""


def specification_curve(
    many: Multiverse,
    *,
    title: str = "",
    favours_low: str = "",
    favours_high: str = "",
    at_most: int = AT_MOST,
) -> Figure:
    """Draw a multiverse as a specification curve, ordered by estimate.

    Args:
        many: The analyses.
        title: What the figure is; by default the number of analyses and trials.
        favours_low: Who is favoured by values below the threshold, as it should read.
        favours_high: Who is favoured by values above it.
        at_most: Of more analyses than this, evenly spaced ones in their order are drawn, the first
            and the last among them; the description says so.
    """
    effects = many.effects
    shown = _drawn(many, at_most)
    columns = (effects.pooled_transformed(getattr(many, name)[shown]) for name in _LIMITS)
    points = [
        CurvePoint(
            label=f"{i + 1}: " + ", ".join(many.options[i]),
            estimate=float(estimate),
            low=float(low),
            high=float(high),
            category=many.verdict[i],
            choices=many.options[i],
        )
        for i, estimate, low, high in zip(shown.tolist(), *columns, strict=True)
    ]
    null = float(effects.pooled_transformed(np.array([many.threshold]))[0])
    axis = Axis(
        scale="log" if effects.ratio else "linear",
        null=null,
        label=printing.short_name(effects),
        favours_low=favours_low,
        favours_high=favours_high,
    )
    return draw(
        points,
        axis=axis,
        dimensions=many.choices,
        title=title or f"Specification curve: {len(many)} analyses of {effects.k} trials",
        description=_description(many, len(points)),
        categories=VERDICTS,
    )


_LIMITS: Final = ("estimate", "ci_low", "ci_high")


def _drawn(many: Multiverse, at_most: int) -> Ints:
    """Return positions of the analyses to draw, in the order of their estimates."""
    order = np.argsort(many.estimate, kind="stable")
    if order.size <= at_most:
        return order
    return order[np.unique(np.linspace(0, order.size - 1, at_most).round().astype(np.intp))]


def _description(many: Multiverse, drawn: int) -> str:
    shares = ", ".join(f"{name} in {100 * share:.0f}%" for name, share in many.shares.items())
    text = f"Verdicts: {shares}."
    if drawn < len(many):
        text += f" Drawn are {drawn} of {len(many)} analyses, evenly spaced in their order."
    return text
