"""Figures as SVG text: pure functions from plain rows to a picture and its text twin."""

from equipoise.figures.baujat import baujat
from equipoise.figures.doi import doi
from equipoise.figures.drapery import drapery
from equipoise.figures.forest import forest
from equipoise.figures.funnel import funnel
from equipoise.figures.gap_map import gap_map
from equipoise.figures.gosh import gosh
from equipoise.figures.labbe import PooledLine, labbe
from equipoise.figures.model import (
    Area,
    Axis,
    Curve,
    CurvePoint,
    DensityGrid,
    Figure,
    FittedPoint,
    ForestRow,
    FunnelRow,
    GridCell,
    PlotAxis,
    Point,
    RowKind,
)
from equipoise.figures.qq import qq
from equipoise.figures.radial import radial
from equipoise.figures.regplot import regplot
from equipoise.figures.scatter import scatter
from equipoise.figures.sequential import sequential
from equipoise.figures.specification_curve import specification_curve

__all__ = [
    "Area",
    "Axis",
    "Curve",
    "CurvePoint",
    "DensityGrid",
    "Figure",
    "FittedPoint",
    "ForestRow",
    "FunnelRow",
    "GridCell",
    "PlotAxis",
    "Point",
    "PooledLine",
    "RowKind",
    "baujat",
    "doi",
    "drapery",
    "forest",
    "funnel",
    "gap_map",
    "gosh",
    "labbe",
    "qq",
    "radial",
    "regplot",
    "scatter",
    "sequential",
    "specification_curve",
]
