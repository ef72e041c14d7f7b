"""L'Abbé plots: the risk with one treatment against the risk with the other."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from equipoise.errors import DataError
from equipoise.figures.model import Curve, Figure, LineTone, PlotAxis, Point
from equipoise.figures.scatter import Named, scatter

PooledMeasure = Literal["RR", "OR", "RD", "AS"]

_STEPS: Final = 60
_WORDS: Final[dict[PooledMeasure, str]] = {
    "RR": "risk ratio",
    "OR": "odds ratio",
    "RD": "risk difference",
    "AS": "arcsine difference",
}
_SIZE: Final = 430.0


@dataclass(frozen=True, slots=True)
class PooledLine:
    """A pooled effect to draw as a line: its measure, its value on the display scale."""

    measure: PooledMeasure
    value: float
    label: str = ""


def _arcsine(value: float, risk: float) -> float:
    angle = math.asin(math.sqrt(risk)) + value
    return math.sin(min(max(angle, 0.0), math.pi / 2)) ** 2


_RISK: Final[dict[PooledMeasure, Callable[[float, float], float]]] = {
    "RR": lambda value, risk: value * risk,
    "OR": lambda value, risk: value * risk / (1.0 - risk + value * risk),
    "RD": lambda value, risk: risk + value,
    "AS": _arcsine,
}


def labbe(
    points: Sequence[Point],
    *,
    treatment: str,
    comparator: str,
    title: str,
    description: str,
    pooled: Sequence[PooledLine] = (),
    size_name: str = "Participants",
    named: Named | Sequence[str] = "none",
    notes: Sequence[str] = (),
    width: float = 520.0,
    prefix: str = "",
) -> Figure:
    """Draw the risk with the treatment (y) against the risk with the comparator (x).

    Trials on the diagonal found no effect; a line for each pooled effect says which pairs of risks
    it stands for, so that a reader sees on which scale the trials agree. Both axes have the same
    scale. The R call is ``metafor::labbe(transf = )``. L'Abbé, Detsky and O'Rourke 1987,
    doi:10.7326/0003-4819-107-2-224.

    Raises:
        DataError: A risk outside 0 to 1, or a ratio that is not positive.
    """
    for i, point in enumerate(points):
        if not (0.0 <= point.x <= 1.0 and 0.0 <= point.y <= 1.0):
            raise DataError(
                f"Row {i + 1} has the risks {point.x} and {point.y}.",
                rows=(i,),
                rule="risks lie between 0 and 1",
            )
    edge = _edge(points)
    x = PlotAxis(f"Risk, {comparator}", low=0.0, high=edge)
    y = PlotAxis(f"Risk, {treatment}", low=0.0, high=edge)
    curves = [Curve("no effect", ((0.0, 0.0), (edge, edge)), "dotted", "ink")]
    tones: tuple[LineTone, ...] = ("interval", "prediction", "threshold")
    curves.extend(_line(each, edge, tones[i % len(tones)]) for i, each in enumerate(pooled))
    return scatter(
        points,
        x=x,
        y=y,
        title=title,
        description=description,
        curves=curves,
        named=named,
        size_name=size_name,
        notes=notes,
        width=width,
        height=min(_SIZE, width - 90.0),
        prefix=prefix,
    )


def _edge(points: Sequence[Point]) -> float:
    """Choose the end of both axes: the next tenth above all risks, or the next hundredth."""
    largest = max([point.x for point in points] + [point.y for point in points], default=1.0)
    for step in (0.01, 0.1):
        if largest * 1.05 <= 10 * step:
            return min(1.0, max(math.ceil(largest * 1.05 / step), 1) * step)
    return 1.0


def _line(pooled: PooledLine, edge: float, tone: LineTone) -> Curve:
    """Draw which risk with the treatment a pooled effect gives for each risk without it."""
    if pooled.measure not in _RISK:
        raise DataError(
            f"{pooled.measure} has no line in a L'Abbé plot; allowed: {', '.join(_RISK)}.",
            rule="the measure is one of those listed",
        )
    if not math.isfinite(pooled.value) or (pooled.measure in ("RR", "OR") and pooled.value <= 0):
        raise DataError(f"The pooled effect is {pooled.value}.", rule="ratios are positive")
    risks = [edge * i / _STEPS for i in range(_STEPS + 1)]
    places = tuple((risk, _RISK[pooled.measure](pooled.value, risk)) for risk in risks)
    label = pooled.label or f"pooled {_WORDS[pooled.measure]}"
    return Curve(label, places, "solid", tone, 1.6)
