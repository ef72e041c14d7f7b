"""Figures of invented trials, shared by the tests of this folder."""

from __future__ import annotations

import math
from collections.abc import Callable

from equipoise.figures import (
    Axis,
    CurvePoint,
    Figure,
    ForestRow,
    GridCell,
    forest,
    gap_map,
    specification_curve,
)
from figures.invented_scatter import SCATTER_FIGURES

RATIO_AXIS = Axis(
    scale="log",
    null=1.0,
    label="Risk ratio (inverse variance, random effects)",
    favours_low="Favours drug A",
    favours_high="Favours placebo",
    thresholds=((0.8, "important benefit 0.80"),),
)
DIFFERENCE_AXIS = Axis(
    scale="linear",
    null=0.0,
    label="Mean difference, 0 to 100 points",
    favours_low="Favours drug A",
    favours_high="Favours usual care and watchful waiting",
    thresholds=((-10.0, "MID −10"), (-20.0, "twice the MID −20")),
)


def trial(label: str, estimate: float, factor: float, weight: float, **more: str) -> ForestRow:
    """Give a trial with a ratio and an interval a factor to either side of it."""
    low, high = estimate / factor, estimate * factor
    cells = ("12", "60", "15", "58", f"{weight:.1f}%")
    effect = f"{estimate:.2f} [{low:.2f}, {high:.2f}]"
    return ForestRow("study", label, cells, (effect,), estimate, low, high, weight, **more)


def events() -> Figure:
    """Draw subgroups, links, a trial without events, and a prediction interval."""
    rows = [
        ForestRow("heading", "Adults"),
        trial("Alder 2001", 0.62, 1.6, 30.0, href="#trial-alder", anchor="row-alder"),
        trial("Birch 2005", 1.10, 2.9, 12.0, href="https://example.org/birch"),
        ForestRow("subtotal", "Subtotal", ("24", "120", "30", "116", "42.0%"), (), 0.72, 0.5, 1.04),
        ForestRow("heading", "Children and adolescents"),
        trial("Cedar 2011", 0.85, 1.3, 58.0),
        ForestRow("study", "Dogwood 2014", ("0", "20", "0", "21"), ("Not estimable",)),
        ForestRow("note", "No events in either group of Dogwood 2014."),
        ForestRow("total", "Total (95% CI)", ("", "", "", "", "100.0%"), (), 0.79, 0.63, 0.99),
        ForestRow("prediction", "Prediction interval", (), ("[0.41, 1.52]",), None, 0.41, 1.52),
    ]
    return forest(
        rows,
        axis=RATIO_AXIS,
        left_columns=("Events", "Total", "Events", "Total", "Weight"),
        right_columns=("Risk ratio (95% CI)",),
        left_groups=(("Drug A", 2), ("Placebo", 2)),
        title="Relapse",
        description="Three of four trials could be pooled.",
        footer=("Heterogeneity: τ² = 0.02; I² = 21%", "Overall effect: Z = 2.05 (P = 0.04)"),
    )


def clipped() -> Figure:
    """Draw intervals that leave a fixed axis on either side, and one that never enters it."""
    rows = [
        ForestRow("study", "Elm 1999", (), ("−12 [−30, 6]",), -12.0, -30.0, 6.0, 55.0),
        ForestRow("study", "Fir 2003", (), ("4 [−90, 98]",), 4.0, -90.0, 98.0, 5.0),
        ForestRow("study", "Gorse 2008", (), ("−70 [−90, −50]",), -70.0, -90.0, -50.0, 40.0),
        ForestRow("study", "Hazel 2010, which was never pooled", (), (), 3.0, -9.0, 15.0, None),
        ForestRow("study", "Ivy 2012"),
        ForestRow("total", "Total", (), ("−20 [−60, 20]",), -20.0, -60.0, 20.0),
        ForestRow("prediction", "Prediction interval", (), (), -20.0, -math.inf, 35.0),
    ]
    return forest(
        rows,
        axis=Axis("linear", 0.0, "Difference", "A", "B", DIFFERENCE_AXIS.thresholds, -40.0, 40.0),
        left_columns=(),
        right_columns=("Mean difference (95% CI)",),
        title="Pain",
        description="Fixed axis.",
        panel_width=200.0,
        footer=(
            "A footer that is longer than the figure is wide and so goes on in a second line.",
        ),
    )


def bare() -> Figure:
    """Draw a forest plot without columns, whose twin must spell the numbers out."""
    rows = [
        ForestRow("study", "Juniper 2020", (), (), -3.5, -8.25, 1.25),
        ForestRow("study", "Kauri 2021"),
    ]
    return forest(
        rows,
        axis=DIFFERENCE_AXIS,
        left_columns=(),
        right_columns=(),
        title="Bare",
        description="One trial.",
    )


def single_groups() -> Figure:
    """Draw proportions, which have no value of no effect."""
    rows = [
        ForestRow(
            "study", "Alder 2001", ("3", "30"), ("0.10 [0.03, 0.27]",), 0.10, 0.03, 0.27, 20.0
        ),
        ForestRow(
            "study", "Birch 2005", ("20", "90"), ("0.22 [0.15, 0.32]",), 0.22, 0.15, 0.32, 80.0
        ),
        ForestRow("total", "Total", ("", ""), ("0.19 [0.10, 0.33]",), 0.19, 0.10, 0.33),
    ]
    return forest(
        rows,
        axis=Axis("linear", None, "Proportion", "", ""),
        left_columns=("Events", "Total"),
        right_columns=("Proportion (95% CI)",),
        title="Proportions",
        description="Two trials.",
    )


_STATES = ("pooled", "single trial", "not poolable", "no data", "not planned")
_TEXTS = ("12", "1", "2", "", "")


def _cells(rows: int, columns: int) -> list[GridCell]:
    cells = []
    for i in range(rows):
        for j in range(columns):
            n = (2 * i + 3 * j) % 5
            href = f"#finding-{i}-{j}" if n == 0 else None
            detail = f"{_STATES[n]}, in detail"
            cells.append(GridCell(f"o{i}", f"c{j}", _STATES[n], _TEXTS[n], detail, href))  # type: ignore[arg-type]  # the tuple's members are the states
    return cells


def small_map() -> Figure:
    """Draw a gap map whose headers stand upright."""
    return gap_map(
        _cells(3, 3)[:-1],
        rows=[("o0", "Pain, short term"), ("o1", "Any adverse event"), ("o2", "Opioid use " * 5)],
        columns=[("c0", "drug A v placebo"), ("c1", "drug B v placebo"), ("c2", "drug A v drug B")],
        title="What is known",
        description="Three outcomes of three comparisons.",
    )


def wide_map() -> Figure:
    """Draw a gap map with so many columns that their headers are tilted."""
    return gap_map(
        _cells(4, 13),
        rows=[(f"o{i}", f"Outcome {i}") for i in range(4)],
        columns=[(f"c{j}", f"treatment number {j} v an active placebo") for j in range(13)],
        title="What is known, at length",
        description="Four outcomes of thirteen comparisons.",
    )


def points(n: int) -> list[CurvePoint]:
    """Give invented specifications with three verdicts and three choices."""
    made = []
    for i in range(n):
        estimate = math.exp(0.4 * math.sin(7.1 * i) + 0.3)
        factor = math.exp(0.3 + 0.05 * (i * 37 % 11))
        low, high = estimate / factor, estimate * factor
        verdict = "harm" if low > 1 else "unclear" if high > 2 else "little or no difference"
        choices = (
            ("common effect", "random effects")[i % 2],
            ("Wald", "Hartung–Knapp")[i // 2 % 2],
            ("all trials", "without Alder 2001", "without Birch 2005")[i // 4 % 3],
        )
        made.append(CurvePoint(f"specification {i}", estimate, low, high, verdict, choices))
    return made


def curve(n: int = 24) -> Figure:
    """Draw a specification curve with a reference."""
    return specification_curve(
        points(n),
        axis=RATIO_AXIS,
        dimensions=("Model", "Interval", "Trials"),
        title="Specifications",
        description=f"{n} analyses of the same trials.",
        reference="specification 1",
    )


FIGURES: dict[str, Callable[[], Figure]] = {
    "forest_events": events,
    "forest_clipped": clipped,
    "forest_bare": bare,
    "forest_single_groups": single_groups,
    "gap_map_small": small_map,
    "gap_map_wide": wide_map,
    "specification_curve": curve,
    **SCATTER_FIGURES,
}
