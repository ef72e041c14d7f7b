"""Trials that Hypothesis makes up: plausible ones, with zero cells more often than life has them.

Numbers have few decimals, so that a shrunken counter-example can be read and typed.
"""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

Row = tuple[float, ...]
Rows = list[Row]

MODEST = settings(
    max_examples=15,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
"""The same few examples each time: the suite stays fast and a failure stays a failure."""


def decimals(low: float, high: float, places: int = 2) -> st.SearchStrategy[float]:
    """Give numbers with a fixed count of decimals."""
    unit = 10**places
    return st.integers(round(low * unit), round(high * unit)).map(lambda i: i / unit)


@st.composite
def table(draw: st.DrawFn) -> tuple[float, ...]:
    """Give events and size of both groups."""
    n1, n2 = draw(st.integers(3, 250)), draw(st.integers(3, 250))
    rare = st.integers(0, 2)
    a = draw(rare | st.integers(0, n1))
    c = draw(rare | st.integers(0, n2))
    return float(a), float(n1), float(c), float(n2)


def tables(min_size: int = 2, max_size: int = 7) -> st.SearchStrategy[Rows]:
    return st.lists(table(), min_size=min_size, max_size=max_size)


def full_tables(min_size: int = 2, max_size: int = 7) -> st.SearchStrategy[Rows]:
    """Give tables without any zero cell."""
    whole = table().filter(lambda t: 0 < t[0] < t[1] and 0 < t[2] < t[3])
    return st.lists(whole, min_size=min_size, max_size=max_size)


def means(min_size: int = 2, max_size: int = 7) -> st.SearchStrategy[Rows]:
    """Give mean, standard deviation and size of both groups."""
    group = (decimals(-60, 60, 1), decimals(0.5, 40, 1), st.integers(3, 200).map(float))
    return st.lists(st.tuples(*group, *group), min_size=min_size, max_size=max_size)


def contrasts(min_size: int = 2, max_size: int = 8) -> st.SearchStrategy[Rows]:
    """Give estimates and standard errors, not all estimates the same."""
    row: st.SearchStrategy[Row] = st.tuples(
        decimals(-3, 3, 3), decimals(0.05, 2, 3) | decimals(0.002, 2, 3)
    )
    several = st.lists(row, min_size=min_size, max_size=max_size)
    return several.filter(lambda rows: len({row[0] for row in rows}) > 1)
