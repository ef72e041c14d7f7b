"""The sequential plot: cumulative Z against its boundaries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from equipoise.figures import Curve, Figure, Point
from equipoise.figures import sequential as draw

if TYPE_CHECKING:
    from equipoise.stats.robustness.sequential import Sequential

_UNITS: Final = {"participants": "Information, in participants", "precision": "Information, as precision"}  # fmt: skip


def sequential(
    result: Sequential,
    *,
    title: str = "",
    favours_low: str = "",
    favours_high: str = "",
    width: float = 560.0,
) -> Figure:
    """Draw the cumulative Z of a sequential meta-analysis with its boundaries.

    Args:
        result: The sequential meta-analysis.
        title: What the figure is; by default the number of looks.
        favours_low: Who is favoured by Z below zero, as it should read.
        favours_high: Who is favoured by Z above zero.
        width: Width of the figure.
    """
    required = result.required
    looks = [Point(look.fraction * required.required, look.z, look.label) for look in result.looks]
    upper = _line(result, "bound", 1.0)
    curves = [
        Curve("Boundary of significance", upper, "dashed"),
        Curve("", _line(result, "bound", -1.0), "dashed", in_legend=False),
    ]
    futility = _line(result, "futility", 1.0)
    if len(futility) > 1:
        curves += [
            Curve("Boundary of futility", futility, "dotted"),
            Curve("", _line(result, "futility", -1.0), "dotted", in_legend=False),
        ]
    return draw(
        looks,
        [curve for curve in curves if curve.points],
        title=title or f"Sequential meta-analysis, {len(looks)} looks",
        description=f"Cumulative Z after each trial; conclusion: {result.conclusion}.",
        x_label=_UNITS[required.unit],
        required=required.required,
        favours_low=favours_low,
        favours_high=favours_high,
        width=width,
    )


def _line(result: Sequential, name: str, sign: float) -> tuple[tuple[float, float], ...]:
    """Return a boundary through the looks that have one."""
    pairs = ((look.fraction, getattr(look, name)) for look in result.looks)
    return tuple((f * result.required.required, sign * z) for f, z in pairs if z is not None)
