"""Figures as SVG text: pure functions from plain rows to a picture and its text twin."""

from equipoise.figures.forest import forest
from equipoise.figures.gap_map import gap_map
from equipoise.figures.model import Axis, CurvePoint, Figure, ForestRow, GridCell, RowKind
from equipoise.figures.specification_curve import specification_curve

__all__ = [
    "Axis",
    "CurvePoint",
    "Figure",
    "ForestRow",
    "GridCell",
    "RowKind",
    "forest",
    "gap_map",
    "specification_curve",
]
