"""The tables of docs/statistics/coverage.md."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Final

from bench.pages import STATISTICS, put, table
from bench.simulations.coverage import Cell
from bench.simulations.methods import Target

PAGE: Final = STATISTICS / "coverage.md"
COMMAND: Final = "python -m bench coverage --write"

_LOW: Final = 93.0
_HEAVY: Final = 10.0
_DEFINED: Final = 0.95
_WIDE: Final = 1_000.0
_FEW: Final = 6
_TITLES: Final[dict[Target, str]] = {
    "mean": "The mean",
    "new trial": "A new trial: prediction intervals",
    "tau2": "The between-study variance",
}
_UNITS: Final[dict[Target, str]] = {
    "mean": "in units of the interval that would be right if τ² was known",
    "new trial": "in units of the interval that would be right if τ² was known",
    "tau2": "in units of τ² plus the typical sampling variance",
}


def write(cells: Sequence[Cell]) -> None:
    """Put the tables on the page."""
    put(PAGE, COMMAND, text(cells))


def text(cells: Sequence[Cell]) -> str:
    """Write all tables, each target with its own, as Markdown."""
    parts = [_precision(cells)]
    for target, title in _TITLES.items():
        some = [cell for cell in cells if cell.target == target]
        parts += [
            f"### {title}",
            "Coverage in percent:",
            _coverage(some),
            f"Width, {_UNITS[target]}:",
            _widths(some),
        ]
    return "\n\n".join(parts)


def coverage_text(cell: Cell) -> str:
    """Return percent, bold where it is below 93; a dash where intervals are missing."""
    if cell.defined < _DEFINED:
        return "–"
    percent = round(100.0 * cell.coverage, 1)
    return f"**{percent:.1f}**" if percent < _LOW else f"{percent:.1f}"


def width_text(cell: Cell, *, median: bool) -> str:
    """Return the mean or median width; a dash where intervals are missing."""
    if cell.defined < _DEFINED:
        return "–"
    value = cell.median_width if median else cell.mean_width
    if value >= _WIDE:
        return f"> {_WIDE - 1:.0f}"
    return f"{value:.2f}" if value < 10.0 else f"{value:.0f}"


def by_median(cells: Sequence[Cell]) -> bool:
    """Say whether a few very wide intervals are all that a method's mean width shows."""
    shown = [cell for cell in cells if cell.defined >= _DEFINED]
    return not all(abs(cell.mean_width) <= _HEAVY * cell.median_width for cell in shown)


def _precision(cells: Sequence[Cell]) -> str:
    """Say how many meta-analyses each method was given, and what that leaves to chance."""
    ordered = sorted(cells, key=lambda cell: -cell.replicates)
    lines = ["Monte Carlo error, as the largest standard error of a coverage in percentage points:"]
    for count, group in groupby(ordered, key=lambda cell: cell.replicates):
        some = list(group)
        worst = max(100.0 * cell.error for cell in some if cell.defined >= _DEFINED)
        names = dict.fromkeys(f"{cell.method} ({cell.target})" for cell in some)
        which = ", ".join(names) if len(names) <= _FEW else "all other methods"
        lines.append(f"- {count:,} meta-analyses in each row: {which}; {worst:.2f}")
    return "\n".join([lines[0], "", *lines[1:]]).replace("tau2", "τ²")


def _coverage(cells: Sequence[Cell]) -> str:
    columns = _columns(cells)
    return _grid(cells, {name: [coverage_text(c) for c in some] for name, some in columns})


def _widths(cells: Sequence[Cell]) -> str:
    columns = {}
    for name, some in _columns(cells):
        median = by_median(some)
        head = f"{name} (median)" if median else name
        columns[head] = [width_text(cell, median=median) for cell in some]
    return _grid(cells, columns)


def _columns(cells: Sequence[Cell]) -> list[tuple[str, list[Cell]]]:
    names = dict.fromkeys(cell.method for cell in cells)
    return [(name, [cell for cell in cells if cell.method == name]) for name in names]


def _grid(cells: Sequence[Cell], columns: dict[str, list[str]]) -> str:
    """Write a row a scenario and a column a method."""
    scenarios = dict.fromkeys(cell.scenario for cell in cells)
    rows = [
        (f"{scenario.k}", f"{scenario.i2:.0%}", *values)
        for scenario, values in zip(scenarios, zip(*columns.values(), strict=True), strict=True)
    ]
    return table(["trials", "I²", *columns], rows, words=0)
