"""What resampling must not depend on: order, unit, direction, how work is parted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from differential.engine import effects_of
from differential.strategies import MODEST, Rows, contrasts, tables
from equipoise import stats
from equipoise.stats.heterogeneity.gosh import gosh
from equipoise.stats.heterogeneity.normality import normality
from equipoise.stats.heterogeneity.outliers import outliers
from equipoise.stats.resampling import _refits
from equipoise.stats.resampling.bootstrap import bootstrap
from equipoise.stats.resampling.permutation import permutation_test
from equipoise.stats.resampling.prediction import prediction_interval_bootstrap
from equipoise.stats.stratified import stratified_tests

DL: dict[str, Any] = {"tau2": "DL", "ci": "wald"}
TRIALS = contrasts(min_size=6, max_size=8)


def pooled(rows: Rows, **options: Any) -> stats.MetaAnalysis:
    return stats.pool(effects_of("GENERIC", rows), **options)


def near(value: float | None, scale: float = 1.0) -> object:
    return None if value is None else pytest.approx(value, rel=1e-7, abs=1e-7 * scale)


@MODEST
@given(rows=TRIALS, data=st.data())
def test_permutation_does_not_see_the_order(rows: Rows, data: Any) -> None:
    shuffled = data.draw(st.permutations(rows))
    one, other = (permutation_test(pooled(r, **DL)) for r in (rows, shuffled))
    assert (one.p, one.exact) == (other.p, other.exact)
    assert other.ci_low == near(one.ci_low)
    assert other.ci_high == near(one.ci_high)


@MODEST
@given(rows=TRIALS)
def test_permutation_mirrors_and_moves_with_the_estimates(rows: Rows) -> None:
    found = permutation_test(pooled(rows, **DL))
    mirrored = permutation_test(pooled([(-y, s) for y, s in rows], **DL))
    moved = permutation_test(pooled([(10 * y + 5, 10 * s) for y, s in rows], **DL))
    assert mirrored.p == found.p
    assert found.ci_low is not None
    assert found.ci_high is not None
    assert mirrored.ci_low == near(-found.ci_high)
    assert moved.ci_low == near(10 * found.ci_low + 5, 10)
    assert moved.ci_high == near(10 * found.ci_high + 5, 10)


@MODEST
@given(rows=TRIALS)
def test_zero_is_outside_the_interval_where_p_is_small(rows: Rows) -> None:
    """Interval and test are one, but for ties and gaps: neither may claim what the other denies."""
    found = permutation_test(pooled(rows, model="common", ci="wald"))
    assert found.ci_low is not None
    assert found.ci_high is not None
    inside = found.ci_low < 0.0 < found.ci_high
    near_limit = min(abs(found.ci_low), abs(found.ci_high)) < 1e-9
    assert inside == (found.p > 0.05) or near_limit


@MODEST
@given(rows=TRIALS, seed=st.integers(0, 99))
def test_a_sample_is_near_the_whole(rows: Rows, seed: int) -> None:
    fit = pooled(rows, model="common", ci="wald")
    whole, sample = (
        permutation_test(fit, ci=False),
        permutation_test(fit, exact=False, iterations=2000, seed=seed, ci=False),
    )
    assert abs(whole.p - sample.p) < 6 * np.sqrt(whole.p * (1 - whole.p) / 2000) + 1 / 2000


def test_the_same_seed_gives_the_same_numbers_however_work_is_parted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows: Rows = [(0.1 * i, 0.1 + 0.02 * i) for i in range(9)]
    fit = pooled(rows, **DL)

    def all_of_them() -> list[Any]:
        boot = bootstrap(fit, iterations=499)
        resampled = bootstrap(fit, "nonparametric", iterations=499, interval="bca")
        tested = permutation_test(fit, exact=False, iterations=300)
        cloud = gosh(fit, subsets=200)
        envelope = normality(fit, iterations=300)
        return [
            boot.to_dict(), resampled.to_dict(), tested.to_dict(), cloud.to_dict(),
            cloud.members.tolist(), envelope.to_dict(),
        ]  # fmt: skip

    one = all_of_them()
    assert all_of_them() == one
    monkeypatch.setattr(_refits, "_BLOCK", 64)
    assert all_of_them() == one
    assert bootstrap(fit, iterations=499, seed=2).to_dict()["terms"] != one[0]["terms"]


@MODEST
@given(rows=contrasts(min_size=3, max_size=8), data=st.data())
def test_prediction_moves_with_the_estimates(rows: Rows, data: Any) -> None:
    shuffled = data.draw(st.permutations(rows))
    found = prediction_interval_bootstrap(pooled(rows, **DL))
    moved = prediction_interval_bootstrap(pooled([(10 * y + 5, 10 * s) for y, s in shuffled], **DL))
    width = found.high - found.low
    assert moved.low == near(10 * found.low + 5, 10 * width)
    assert moved.high == near(10 * found.high + 5, 10 * width)
    assert moved.tau2_zero == pytest.approx(found.tau2_zero, abs=1e-9)


@MODEST
@given(rows=contrasts(min_size=4, max_size=6), data=st.data())
def test_subsets_are_the_same_in_any_order(rows: Rows, data: Any) -> None:
    shuffled = data.draw(st.permutations(rows))
    one, other = (gosh(pooled(r, model="common", ci="wald")) for r in (rows, shuffled))
    assert np.sort(other.estimate) == pytest.approx(np.sort(one.estimate), rel=1e-9, abs=1e-9)
    assert np.sort(other.i2) == pytest.approx(np.sort(one.i2), rel=1e-6, abs=1e-6)


@MODEST
@given(rows=contrasts(min_size=4, max_size=8), data=st.data())
def test_outliers_are_the_same_in_any_order_and_unit(rows: Rows, data: Any) -> None:
    order = data.draw(st.permutations(range(len(rows))))
    found = outliers(pooled(rows, **DL))
    other = outliers(pooled([(3 * rows[i][0], 3 * rows[i][1]) for i in order], **DL))
    assert tuple(found.outlier[i] for i in order) == other.outlier


@MODEST
@given(rows=tables(min_size=2, max_size=5))
def test_swapping_arms_turns_the_odds_ratio_over(rows: Rows) -> None:
    found = stratified_tests(effects_of("OR", rows))
    other = stratified_tests(effects_of("OR", [(c, n2, a, n1) for a, n1, c, n2 in rows]))
    assert (found.cmh is None) == (other.cmh is None)
    if found.cmh is not None and other.cmh is not None:
        assert other.cmh.statistic == near(found.cmh.statistic)
    if found.tarone is not None and other.tarone is not None:
        assert other.tarone.statistic == near(found.tarone.statistic)
    if found.exact_p is not None:
        assert other.exact_p == near(found.exact_p)
    if found.exact_ci_low and other.exact_ci_high and other.exact_ci_high < float("inf"):
        assert other.exact_ci_high == near(1.0 / found.exact_ci_low)
