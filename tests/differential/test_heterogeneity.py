"""Subsets, tables and normality against plain loops and other people's routines."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp, mpf  # type: ignore[import-untyped]  # it ships no types
from scipy import stats as scipy_stats

from differential.engine import effects_of
from differential.strategies import MODEST, Rows, contrasts, tables
from equipoise import stats
from equipoise.kernels.mixtures import assign, fit_mixture, modes
from equipoise.kernels.normality import anderson_darling, shapiro_wilk
from equipoise.stats.heterogeneity.gosh import gosh
from equipoise.stats.stratified import stratified_tests

OPTIONS: list[dict[str, Any]] = [
    {"tau2": "REML", "ci": "wald"},
    {"tau2": "DL", "ci": "wald", "i2": "q"},
    {"model": "common", "ci": "wald"},
]


def name(value: object) -> str:
    assert isinstance(value, dict)
    return "-".join(str(v) for v in value.values())


@pytest.mark.parametrize("options", OPTIONS, ids=name)
@MODEST
@given(rows=contrasts(min_size=3, max_size=5))
def test_every_subset_pooled_one_by_one(options: dict[str, Any], rows: Rows) -> None:
    found = gosh(stats.pool(effects_of("GENERIC", rows), **options))
    place = {
        tuple(bool(found.includes(i)[row]) for i in range(len(rows))): row
        for row in range(found.estimate.size)
    }
    assert len(place) == 2 ** len(rows) - 1 - len(rows)
    for members, row in place.items():
        chosen = [r for r, m in zip(rows, members, strict=True) if m]
        fit = stats.pool(effects_of("GENERIC", chosen), **options)
        assert found.estimate[row] == pytest.approx(fit.estimate, rel=1e-9, abs=1e-12)
        assert found.i2[row] == pytest.approx(fit.i2, rel=1e-6, abs=1e-6)
        assert found.k[row] == fit.k
        if found.tau2 is not None:
            assert found.tau2[row] == pytest.approx(fit.tau2, rel=1e-7, abs=1e-10)


def test_common_effect_subsets_far_from_zero_keep_their_digits() -> None:
    """Estimates of 1e8 that differ by units: Q of the differences."""
    near = [(0.0, 1.0), (1.0, 2.0), (3.0, 1.5), (-2.0, 0.7)]
    far = [(1e8 + y, s) for y, s in near]
    options: dict[str, Any] = {"model": "common", "ci": "wald"}
    one, other = (gosh(stats.pool(effects_of("GENERIC", r), **options)) for r in (near, far))
    assert other.i2 == pytest.approx(one.i2, rel=1e-12)


@MODEST
@given(rows=tables(min_size=1, max_size=5), level=st.sampled_from([0.9, 0.95]))
def test_tables_by_fractions_and_high_precision(rows: Rows, level: float) -> None:
    """The exact p by whole numbers; fitted cells of Breslow and Day by bisection, thirty digits."""
    found = stratified_tests(effects_of("OR", rows), level=level)
    weights, first = [1], 0
    for a, n1, c, n2 in rows:
        m, one, two = int(a + c), int(n1), int(n2)
        low, high = max(0, m - two), min(one, m)
        own = [math.comb(one, x) * math.comb(two, m - x) for x in range(low, high + 1)]
        weights = [
            sum(weights[j] * own[i - j] for j in range(len(weights)) if 0 <= i - j < len(own))
            for i in range(len(weights) + len(own) - 1)
        ]
        first += low
    place = int(sum(row[0] for row in rows)) - first
    if found.exact_p is not None:
        few = sum(w for w in weights if w <= weights[place] * (1 + Fraction(1, 10**7)))
        assert found.exact_p == pytest.approx(float(Fraction(few, sum(weights))), rel=1e-9)
    if found.breslow_day is not None:
        assert found.odds_ratio is not None
        expected = sum(breslow_day_of(row, found.odds_ratio) for row in rows)
        assert found.breslow_day.statistic == pytest.approx(expected, rel=1e-8, abs=1e-9)


def breslow_day_of(row: Any, odds_ratio: float) -> float:
    """Give a table's share of Breslow and Day's statistic."""
    a, n1, c, n2 = (mpf(value) for value in row)
    m = a + c
    if not (n1 > 0 and n2 > 0 and 0 < m < n1 + n2):
        return 0.0
    low, high = max(mpf(0), m - n2), min(n1, m)
    with mp.workdps(30):
        for _ in range(100):
            x = (low + high) / 2
            short = x * (n2 - m + x) < mpf(odds_ratio) * (n1 - x) * (m - x)
            low, high = (x, high) if short else (low, x)
        variance = 1 / sum(1 / cell for cell in (x, n1 - x, m - x, n2 - m + x))
        return float((a - x) ** 2 / variance)


@pytest.mark.parametrize("n", [3, 4, 5, 6, 7, 11, 12, 20, 100, 1000])
@pytest.mark.parametrize("shape", ["normal", "exponential", "standard_cauchy"])
def test_normality_against_scipy(n: int, shape: str) -> None:
    """Scipy's normal scores are those of the 1995 routine, good to seven digits: W to 1e-6."""
    values = getattr(np.random.Generator(np.random.PCG64(n)), shape)(size=n)
    expected = scipy_stats.shapiro(values)
    found = shapiro_wilk(values)
    assert found is not None
    assert found.statistic == pytest.approx(expected.statistic, rel=1e-6)
    assert found.p == pytest.approx(expected.pvalue, rel=1e-5, abs=1e-12)
    z = np.sort((values - values.mean()) / values.std(ddof=1))
    below, odd = scipy_stats.norm.cdf(z), 2 * np.arange(1, n + 1) - 1
    other = anderson_darling(values)
    assert (other is None) == (n < 8)
    if other is not None and shape != "standard_cauchy":
        statistic = -n - (odd * (np.log(below) + np.log1p(-below[::-1]))).mean()
        assert other.statistic == pytest.approx(statistic, rel=1e-8)


def test_two_clouds_are_found_and_one_crooked_cloud_is_not_cut() -> None:
    generator = np.random.Generator(np.random.PCG64(5))
    two = np.concatenate(
        (
            generator.normal((-1.0, 0.0), 0.3, size=(300, 2)),
            generator.normal((1.0, 0.0), 0.3, size=(300, 2)),
        )
    )
    mixture = fit_mixture(two)
    label = modes(mixture)[assign(mixture, two)]
    assert set(label[:300]) != set(label[300:])
    assert len(set(label)) == 2
    angle = generator.uniform(0.0, 0.5 * math.pi, 600)
    arc = np.stack((np.cos(angle), np.sin(angle)), axis=1) + generator.normal(0, 0.05, (600, 2))
    mixture = fit_mixture((arc - arc.mean(axis=0)) / arc.std(axis=0))
    assert mixture.weights.size > 1
    assert set(modes(mixture)) == {0}


def test_subsets_in_any_order_and_number() -> None:
    """Pairs by combination equal those by bits."""
    rows = [(0.1 * i, 0.1 + 0.02 * i) for i in range(9)]
    found = gosh(stats.pool(effects_of("GENERIC", rows), model="common", ci="wald"))
    pairs = {round(float(e), 12) for e, k in zip(found.estimate, found.k, strict=True) if k == 2}
    expected = set()
    for (y1, s1), (y2, s2) in itertools.combinations(rows, 2):
        expected.add(round((y1 / s1**2 + y2 / s2**2) / (1 / s1**2 + 1 / s2**2), 12))
    assert pairs == expected
