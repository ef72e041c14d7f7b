"""Read the small tables of the manual.

The modules beside this one are the manual of the statistics: a module is a section, a test is a
paragraph. Each gives a table of trials, an expression, and the numbers to expect, worked out by hand
or taken from R, with the R call that gives the same.
"""

from __future__ import annotations

import math
from typing import Any

import pytest


def table(text: str) -> dict[str, Any]:
    """Turn lines of cells parted by ``|`` into columns; the first line names them."""
    header, *rows = [
        [cell.strip() for cell in line.split("|")] for line in text.split("\n") if "|" in line
    ]
    return {name: _column([row[i] for row in rows]) for i, name in enumerate(header)}


def _column(cells: list[str]) -> list[float] | list[str]:
    """Give numbers where every filled cell is one (an empty cell is unknown), else words."""
    try:
        return [float(cell) if cell else math.nan for cell in cells]
    except ValueError:
        return cells


def printed(value: float | list[float], decimals: int = 6) -> object:
    """Give what rounds to a printed number: half a unit of the last decimal either way."""
    return pytest.approx(value, rel=0, abs=0.5001 * 10**-decimals, nan_ok=True)
