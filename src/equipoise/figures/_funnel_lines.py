"""The regions and lines of a funnel plot."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import Final, Literal

from equipoise.figures._plane import Spot, ends, fixed_axis
from equipoise.figures.axis import restore, transform
from equipoise.figures.model import Area, AreaTone, Curve, PlotAxis

Precision = Literal["se", "variance", "precision", "n"]

LABELS: Final[dict[Precision, str]] = {
    "se": "Standard error",
    "variance": "Variance",
    "precision": "Precision (1 / standard error)",
    "n": "Sample size",
}
_CONTOURS: Final[tuple[tuple[float, AreaTone, str], ...]] = (
    (0.01, "middle", "0.01 ≤ p < 0.05"),
    (0.05, "dark", "0.05 ≤ p < 0.10"),
    (0.10, "paper", "p ≥ 0.10"),
)
_STEPS: Final = 48
# Beyond this a logarithm's ratio is nothing anybody could draw.
_LARGEST_LOG: Final = 400.0


@dataclass(frozen=True, slots=True)
class Sheet:
    """The two axes of a funnel plot, both with fixed ends, and what the upright one shows."""

    x: PlotAxis
    y: PlotAxis
    precision: Precision

    def errors(self, *, bent: bool) -> list[float]:
        """Give standard errors down the upright axis; where sides are straight, its ends."""
        low, high = ends(self.y)
        steps = _STEPS if bent or self.precision != "se" else 1
        # Against variance a side is a parabola, steepest at the top: its steps are shorter there.
        power = 2 if self.precision == "variance" else 1
        heights = [low + (high - low) * (i / steps) ** power for i in range(steps + 1)]
        return [_error_at(height, self.precision) for height in heights]

    def sides(self, centre: float, z: float, *, tau2: float = 0.0) -> tuple[list[Spot], list[Spot]]:
        """Give both sides of the funnel ``centre ± z √(se² + tau2)``."""
        left: list[Spot] = []
        right: list[Spot] = []
        for se in self.errors(bent=tau2 > 0):
            half = z * math.sqrt(se * se + tau2)
            height = height_of(se, self.precision)
            left.append((_shifted(centre, -half, self.x), height))
            right.append((_shifted(centre, half, self.x), height))
        return left, right


def height_of(se: float, precision: Precision) -> float:
    """Give the place of a standard error on the upright axis."""
    if precision == "variance":
        return se * se
    return 1.0 / se if precision == "precision" else se


def _error_at(height: float, precision: Precision) -> float:
    if precision == "variance":
        return math.sqrt(height)
    return 1.0 / height if precision == "precision" else height


def upright_axis(values: Sequence[float], precision: Precision) -> PlotAxis:
    """Fix the upright axis: from zero, but for precision, where zero is infinitely wide."""
    held = list(values) or [1.0]
    low = 0.8 * min(held) if precision == "precision" else 0.0
    reverse = precision in ("se", "variance")
    return fixed_axis(PlotAxis(LABELS[precision], low=low, reverse=reverse), [*held, low])


def foot(pooled: float, largest_se: float, confidence: float, x: PlotAxis) -> list[float]:
    """Give the ends of the funnel at its widest, which the range must hold."""
    half = critical(1.0 - confidence) * largest_se
    return [_shifted(pooled, side * half, x) for side in (-1, 1)]


def regions(null: float, sheet: Sheet) -> list[Area]:
    """Shade the plane by the p-value a trial there has, the regions around no effect on top."""
    low, high = ends(sheet.x)
    bottom, top = ends(sheet.y)
    corners = ((low, bottom), (high, bottom), (high, top), (low, top))
    areas = [Area("p < 0.01", corners, "light")]
    for p, tone, label in _CONTOURS:
        left, right = sheet.sides(null, critical(p))
        areas.append(Area(label, (*left, *reversed(right)), tone))
    return areas


def funnels(pooled: float, tau2: float | None, sheet: Sheet, confidence: float) -> list[Curve]:
    """Draw the funnel of chance alone and, with a variance between trials, the wider one."""
    z, share = critical(1.0 - confidence), f"{100 * confidence:g}%"
    chance = Curve(f"{share} of trials, chance alone", (), "dashed", "interval")
    curves = _mirrored(chance, sheet.sides(pooled, z))
    if tau2:
        wider = Curve(f"{share} of trials, with heterogeneity", (), "dotted", "prediction", 1.6)
        curves += _mirrored(wider, sheet.sides(pooled, z, tau2=tau2))
    return curves


def critical(p: float) -> float:
    """Give the normal deviate with the two-sided p-value ``p``."""
    return -NormalDist().inv_cdf(p / 2.0)


def _shifted(value: float, by: float, x: PlotAxis) -> float:
    """Move a value along the scale of analysis; ratios stay within what floats hold."""
    moved = transform(x.scale, value) + by
    if x.scale == "log":
        moved = min(max(moved, -_LARGEST_LOG), _LARGEST_LOG)
    return restore(x.scale, moved)


def _mirrored(like: Curve, sides: tuple[Sequence[Spot], Sequence[Spot]]) -> list[Curve]:
    left, right = sides
    return [
        replace(like, points=tuple(left)),
        replace(like, points=tuple(right), in_legend=False),
    ]
