"""Scatter figures of invented trials, shared by the tests of this folder."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import accumulate
from statistics import NormalDist

from equipoise.figures import (
    Curve,
    DensityGrid,
    Figure,
    FittedPoint,
    FunnelRow,
    PlotAxis,
    Point,
    PooledLine,
    baujat,
    doi,
    drapery,
    funnel,
    gosh,
    labbe,
    qq,
    radial,
    regplot,
    sequential,
)

NAMES = (
    "Alder 2001", "Birch 2005", "Cedar 2011", "Dogwood 2014", "Elm 1999", "Fir 2003",
    "Gorse 2008", "Hazel 2010", "Ivy 2012", "Juniper 2020", "Kauri 2021", "Larch 1997",
    "Maple and the Northern Collaborative Group 2018",
)  # fmt: skip
EFFECTS = (-0.9, -1.6, -1.35, -1.44, -0.22, -0.79, -1.62, 0.01, -0.47, -1.37, -0.34, 0.45, -0.02)
ERRORS = (0.57, 0.44, 0.64, 0.14, 0.23, 0.08, 0.47, 0.06, 0.24, 0.27, 0.11, 0.73, 0.27)
POOLED, TAU2 = -0.71, 0.31
RATIO = PlotAxis("Risk ratio", "log")


def funnel_rows() -> list[FunnelRow]:
    return [
        FunnelRow(name, math.exp(y), se, n=round(400 / se))
        for name, y, se in zip(NAMES, EFFECTS, ERRORS, strict=True)
    ]


def funnel_contours() -> Figure:
    """Draw regions, both funnels, filled trials, and names of three trials."""
    filled = [
        FunnelRow(f"filled: {NAMES[i]}", math.exp(-0.4 - EFFECTS[i] / 2), ERRORS[i], filled=True)
        for i in (1, 6)
    ]
    line = Curve(
        "asymmetry regression",
        ((math.exp(-0.1), 0.0), (math.exp(-1.4), 0.75)),
        "dashed",
        "threshold",
    )
    return funnel(
        [*funnel_rows(), *filled],
        x=RATIO,
        title="Funnel plot",
        description="Thirteen trials and two that trim and fill added.",
        pooled=math.exp(POOLED),
        null=1.0,
        tau2=TAU2,
        lines=[line],
        named=["Hazel 2010", "Larch 1997", "Birch 2005"],
    )


def funnel_precision() -> Figure:
    """Draw a funnel on precision, whose sides are bent."""
    return funnel(
        funnel_rows(), x=RATIO, title="Funnel plot, precision", description="Against precision.",
        pooled=math.exp(POOLED), null=1.0, precision="precision", width=360.0,
    )  # fmt: skip


def funnel_sizes() -> Figure:
    """Draw a funnel on sample size, with every name."""
    return funnel(
        funnel_rows(), x=RATIO, title="Funnel plot, size", description="Against size.",
        pooled=math.exp(POOLED), null=1.0, precision="n", named="all",
    )  # fmt: skip


def baujat_names() -> Figure:
    """Draw a Baujat plot with a crowd near the origin."""
    points = [
        Point(abs(y - POOLED) ** 2 / se * 3, 0.3 * abs(y - POOLED) / (0.1 + se), name)
        for name, y, se in zip(NAMES, EFFECTS, ERRORS, strict=True)
    ]
    return baujat(points, title="Baujat plot", description="Thirteen trials.")


def radial_ratio() -> Figure:
    """Draw a radial plot whose arc shows ratios."""
    points = [
        Point(1 / se, y / se, name) for name, y, se in zip(NAMES, EFFECTS, ERRORS, strict=True)
    ]
    return radial(
        points, effect_label="Risk ratio", effect_scale="log", title="Radial plot",
        description="Thirteen trials.", pooled=math.exp(POOLED),
        limits=(math.exp(POOLED - 0.35), math.exp(POOLED + 0.35)), named=["Hazel 2010"],
    )  # fmt: skip


def labbe_lines() -> Figure:
    """Draw a L'Abbé plot with three pooled lines."""
    points = [
        Point(0.02 + 0.03 * i, (0.02 + 0.03 * i) * math.exp(y / 2), name, size=50.0 + 40 * i)
        for i, (name, y) in enumerate(zip(NAMES, EFFECTS, strict=True))
    ]
    return labbe(
        points, treatment="vaccine", comparator="none", title="L'Abbé plot",
        description="Risks in both arms.",
        pooled=[PooledLine("RR", 0.7), PooledLine("OR", 0.6), PooledLine("RD", -0.06)],
        named=["Hazel 2010", "Maple and the Northern Collaborative Group 2018"],
    )  # fmt: skip


def qq_envelope() -> Figure:
    """Draw a normal quantile plot with an envelope."""
    normal = NormalDist()
    at = [normal.inv_cdf((i + 0.5) / len(NAMES)) for i in range(len(NAMES))]
    residuals = sorted(
        (y - POOLED) / math.hypot(se, 0.55) for y, se in zip(EFFECTS, ERRORS, strict=True)
    )
    points = [Point(a, r, name) for a, r, name in zip(at, residuals, NAMES, strict=True)]
    envelope = [(a, a - 0.4 - 0.2 * a * a, a + 0.4 + 0.2 * a * a) for a in at]
    return qq(
        points, title="Normal Q–Q plot", description="Thirteen residuals.", envelope=envelope,
        envelope_name="95% pointwise envelope", named=[NAMES[0], NAMES[-1]],
    )  # fmt: skip


def gosh_marked() -> Figure:
    """Draw two clouds of subsets, one of which contains a trial."""

    def count(i: int, j: int, x: float, y: float, total: float) -> int:
        return int(total * math.exp(-(((i - x) / 4) ** 2) - ((j - y) / 3) ** 2))

    without = [[count(i, j, 12, 9, 300) for j in range(24)] for i in range(32)]
    marked = [[count(i, j, 21, 15, 180) for j in range(24)] for i in range(32)]
    every = tuple(
        tuple(a + b for a, b in zip(u, v, strict=True))
        for u, v in zip(without, marked, strict=True)
    )
    grid = DensityGrid(
        tuple(math.exp(-1.2 + 0.05 * i) for i in range(33)), tuple(100 / 24 * j for j in range(25)),
        every, tuple(map(tuple, marked)), "with Hazel 2010",
    )  # fmt: skip
    return gosh(
        grid, x=RATIO, title="GOSH plot", description="All subsets.", pooled=math.exp(POOLED)
    )


def p_curve(y: float, se: float, **looks: object) -> Curve:
    """Draw a p-value function by the normal distribution."""
    values = [-2.5 + 0.05 * i for i in range(81)]
    places = tuple((math.exp(v), 2 * NormalDist().cdf(-abs(v - y) / se)) for v in values)
    return Curve(points=places, **looks)  # type: ignore[arg-type]  # labels and looks by name


def drapery_curves() -> Figure:
    """Draw p-value functions with a prediction region."""
    trials = [
        p_curve(y, se, label=name, tone="faint", width=0.8, in_legend=False)
        for name, y, se in zip(NAMES, EFFECTS, ERRORS, strict=True)
    ]
    pooled = [p_curve(POOLED, 0.18, label="random effects", tone="interval", width=2.4)]
    region = [
        (p, math.exp(POOLED - 0.58 * z), math.exp(POOLED + 0.58 * z))
        for p in (0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0)
        for z in (-NormalDist().inv_cdf(p / 2),)
    ]
    return drapery(
        trials, pooled, x=PlotAxis("Risk ratio", "log", 0.1, 3.0), title="Drapery plot",
        description="Thirteen p-value functions.", prediction=region, null=1.0,
    )  # fmt: skip


def regplot_bands() -> Figure:
    """Draw a meta-regression with both bands and two kinds of trials."""
    points = [
        Point(13.0 + 3.2 * i, math.exp(0.25 - 0.029 * (13 + 3.2 * i) + 0.4 * math.sin(5 * i)), name,
              size=1 / se, kind=("random", "alternate")[i % 2])
        for i, (name, se) in enumerate(zip(NAMES, ERRORS, strict=True))
    ]  # fmt: skip
    line = []
    for i in range(21):
        x = 10 + 2.25 * i
        mean, half = 0.25 - 0.029 * x, 0.15 + 0.0004 * (x - 33) ** 2
        line.append(FittedPoint(x, math.exp(mean), math.exp(mean - half), math.exp(mean + half),
                                math.exp(mean - half - 0.5), math.exp(mean + half + 0.5)))  # fmt: skip
    return regplot(
        points, line, x=PlotAxis("Absolute latitude (degrees)"), y=RATIO, title="Bubble plot",
        description="Thirteen trials.", null=1.0, named=["Hazel 2010", "Elm 1999"],
    )  # fmt: skip


def doi_limbs() -> Figure:
    """Draw a Doi plot."""
    ranked = sorted(zip(EFFECTS, NAMES, strict=True))
    points = [
        Point(math.exp(y), abs(NormalDist().inv_cdf((i + 0.5) / len(ranked))), name)
        for i, (y, name) in enumerate(ranked)
    ]
    return doi(points, x=RATIO, title="Doi plot", description="Thirteen trials.", named="all")


def sequential_boundaries() -> Figure:
    """Draw cumulative Z against boundaries."""
    n = list(accumulate(round(60 / se) for se in ERRORS))
    looks = [
        Point(float(at), -0.6 * math.sqrt(i + 1) + 0.3 * math.sin(3 * i), name)
        for i, (at, name) in enumerate(zip(n, NAMES, strict=True))
    ]
    required = 5200.0
    steps = [required * (0.1 + 0.045 * i) for i in range(21)]
    high = tuple((at, min(8.0, 1.96 / math.sqrt(at / required))) for at in steps)
    low = tuple((at, -z) for at, z in high)
    return sequential(
        looks, [Curve("benefit or harm", high, "solid", "prediction"), Curve("", low, "solid", "prediction", in_legend=False)],
        title="Sequential analysis", description="Thirteen looks.", required=required,
        favours_low="favours vaccine", favours_high="favours control",
    )  # fmt: skip


SCATTER_FIGURES: dict[str, Callable[[], Figure]] = {
    "funnel_contours": funnel_contours,
    "funnel_precision": funnel_precision,
    "funnel_sizes": funnel_sizes,
    "baujat": baujat_names,
    "radial": radial_ratio,
    "labbe": labbe_lines,
    "qq": qq_envelope,
    "gosh": gosh_marked,
    "drapery": drapery_curves,
    "regplot": regplot_bands,
    "doi": doi_limbs,
    "sequential": sequential_boundaries,
}
