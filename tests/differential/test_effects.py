"""Effect sizes: the fast engine and the naive one agree on trials nobody chose."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from differential import naive_effects
from differential.engine import effects_of
from differential.naive_effects import Effect
from differential.strategies import MODEST, Rows, decimals, means, tables
from equipoise import stats

RULES = ["none", "only-zero", "if-any-zero", "all", "treatment-arm"]


def agree(fast: stats.EffectSizes, slow: Sequence[Effect | None]) -> None:
    """Demand the same estimable studies, and the same numbers to ten digits."""
    assert fast.estimable.tolist() == [effect is not None for effect in slow]
    for y, v, reason, effect in zip(fast.yi, fast.vi, fast.reasons, slow, strict=True):
        if effect is None:
            assert reason
            assert y != y  # noqa: PLR0124  # only NaN differs from itself
            assert v != v  # noqa: PLR0124  # only NaN differs from itself
        else:
            assert reason is None
            assert y == pytest.approx(float(effect[0]), rel=1e-10, abs=1e-13)
            assert v == pytest.approx(float(effect[1]), rel=1e-10)


@pytest.mark.parametrize("zero_cells", RULES)
@pytest.mark.parametrize("measure", ["RR", "OR", "RD", "PETO"])
@MODEST
@given(rows=tables(), double_zero=st.sampled_from(["drop", "keep"]))
def test_two_by_two(measure: str, zero_cells: str, rows: Rows, double_zero: str) -> None:
    fast = effects_of(measure, rows, zero_cells=zero_cells, double_zero=double_zero)
    slow = naive_effects.binary(
        measure,
        rows,
        zero_cells=zero_cells,
        double_zero=double_zero,
    )
    agree(fast, slow)


@MODEST
@given(rows=tables(), add=decimals(0.05, 1))
def test_another_constant_than_a_half(rows: Rows, add: float) -> None:
    slow = naive_effects.binary("OR", rows, add=add)
    agree(effects_of("OR", rows, add=add), slow)


@MODEST
@given(rows=means())
def test_mean_differences(rows: Rows) -> None:
    agree(effects_of("MD", rows), [naive_effects.mean_difference(row) for row in rows])


@pytest.mark.parametrize("variant", ["hedges-ls", "revman"])
@MODEST
@given(rows=means())
def test_standardised_mean_differences(variant: str, rows: Rows) -> None:
    slow = [naive_effects.standardised_mean_difference(row, variant=variant) for row in rows]
    agree(effects_of("SMD", rows, smd_variance=variant), slow)


@MODEST
@given(
    rows=st.lists(
        st.tuples(
            st.integers(0, 60).map(float),
            decimals(1, 900, 1),
            st.integers(0, 60).map(float),
            decimals(1, 900, 1),
        ).filter(lambda row: row[0] + row[2] > 0),
        min_size=1,
        max_size=6,
    )
)
def test_rates(rows: Rows) -> None:
    agree(effects_of("IRR", rows), [naive_effects.rate_ratio(row) for row in rows])
    agree(effects_of("IRD", rows), [naive_effects.rate_difference(row) for row in rows])


@MODEST
@given(
    rows=st.lists(st.tuples(decimals(-3, 3), decimals(0.1, 4)), min_size=1, max_size=5),
    level=st.sampled_from([0.9, 0.95, 0.99]),
)
def test_standard_errors_from_intervals(rows: Rows, level: float) -> None:
    bounds = [(y, y - half, y + half) for y, half in rows]
    slow = [naive_effects.from_interval(*bound, level) for bound in bounds]
    estimate, low, high = (list(column) for column in zip(*bounds, strict=True))
    fast = stats.effect_sizes("HR", estimate=estimate, ci_low=low, ci_high=high, level=level)
    agree(fast, slow)


@MODEST
@given(rows=st.lists(st.tuples(decimals(-9, 9), decimals(0.5, 20)), min_size=1, max_size=5))
def test_observed_minus_expected(rows: Rows) -> None:
    o_minus_e, variance = (list(column) for column in zip(*rows, strict=True))
    fast = stats.effect_sizes("HR", o_minus_e=o_minus_e, variance=variance)
    for y, v, (difference, information) in zip(fast.yi, fast.vi, rows, strict=True):
        assert y == pytest.approx(difference / information, rel=1e-12)
        assert v == pytest.approx(1 / information, rel=1e-12)
