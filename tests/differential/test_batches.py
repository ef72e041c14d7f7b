"""One analysis against many at once: the batched kernel is the single one, repeated."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from differential import naive
from differential.engine import effects_of
from differential.strategies import MODEST, Rows, contrasts, tables
from equipoise import stats

SPECS = [
    stats.resolve_methods("cochrane-2025", "GENERIC", **changes)
    for changes in (
        {},
        {"ci": "wald"},
        {"ci": "hksj-floor"},
        {"tau2": "DL", "ci": "t"},
        {"tau2": "PM"},
        {"tau2": "ML"},
        {"model": "common", "ci": "wald"},
    )
]
FIELDS = ("estimate", "se", "ci_low", "ci_high", "p", "tau2")


def all_subsets(k: int, smallest: int) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Give every choice of at least so many studies out of k."""
    keep = [row for row in product([True, False], repeat=k) if sum(row) >= smallest]
    return np.array(keep, dtype=np.bool_)


@MODEST
@given(rows=contrasts(min_size=3, max_size=4))
def test_each_subset_of_a_batch_is_its_own_analysis(rows: Rows) -> None:
    effects = effects_of("GENERIC", rows)
    keep = all_subsets(len(rows), smallest=2)
    batch = stats.pool_subsets(effects, keep, SPECS)
    assert batch.k.tolist() == keep.sum(axis=1).tolist()
    for m, spec in enumerate(SPECS):
        for b, chosen in enumerate(keep):
            if len({row[0] for row, kept in zip(rows, chosen, strict=True) if kept}) == 1:
                continue  # equal estimates: Hartung and Knapp's variance is zero
            one = stats.pool(effects.subset(chosen), methods=spec)
            for field in FIELDS:
                alone = getattr(one, field)
                expected = np.nan if alone is None else alone
                got = float(getattr(batch, field)[m, b])
                agree = pytest.approx(expected, rel=1e-8, abs=1e-10, nan_ok=True)
                assert got == agree, (field, spec, b)


@MODEST
@given(rows=contrasts(min_size=3, max_size=6))
def test_a_batch_agrees_with_the_naive_engine(rows: Rows) -> None:
    keep = ~np.eye(len(rows), dtype=np.bool_)
    batch = stats.pool_subsets(effects_of("GENERIC", rows), keep, SPECS[:1])
    for b, chosen in enumerate(keep):
        kept = [(y, se * se) for (y, se), take in zip(rows, chosen, strict=True) if take]
        if len({y for y, _ in kept}) == 1:
            continue
        slow = naive.pool(kept, tau2="REML", ci="hksj")
        assert float(batch.estimate[0, b]) == pytest.approx(slow.estimate, rel=1e-8, abs=1e-9)
        assert float(batch.se[0, b]) == pytest.approx(slow.se, rel=1e-8, abs=1e-9)


@pytest.mark.parametrize("method", ["MH", "IV"])
@MODEST
@given(rows=tables(min_size=4, max_size=6))
def test_leaving_one_out_is_pooling_the_rest(method: Any, rows: Rows) -> None:
    effects = effects_of("RD", [(a + 1, n1 + 2, c + 1, n2 + 2) for a, n1, c, n2 in rows])
    fit = stats.pool(effects, model="common", method=method, ci="wald")
    without = fit.leave_one_out()
    assert without.trial == tuple(range(len(rows)))
    for i in without.trial:
        keep = np.arange(len(rows)) != i
        one = stats.pool(effects.subset(keep), model="common", method=method, ci="wald")
        for field in ("k", "estimate", "se", "ci_low", "ci_high", "p"):
            expected = pytest.approx(getattr(one, field), rel=1e-9, abs=1e-12)
            assert getattr(without, field)[i] == expected, field


@MODEST
@given(rows=contrasts(min_size=3, max_size=6), reverse=st.booleans())
def test_a_cumulative_analysis_is_pooling_the_first_ones(rows: Rows, reverse: bool) -> None:
    effects = effects_of("GENERIC", rows)
    order = list(range(len(rows)))[:: -1 if reverse else 1]
    growing = stats.pool(effects, ci="wald").cumulative(order)
    assert growing.trial == tuple(order)
    for step in range(len(order)):
        one = stats.pool(effects.subset(np.array(order[: step + 1])), ci="wald")
        for field in ("k", "estimate", "se", "ci_low", "ci_high", "p"):
            expected = pytest.approx(getattr(one, field), rel=1e-8, abs=1e-10)
            assert getattr(growing, field)[step] == expected, (field, step)
        assert (growing.tau2[step] is None) == (one.tau2 is None)
