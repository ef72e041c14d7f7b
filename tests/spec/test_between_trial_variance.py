"""τ²: how much the true effects differ.

Trials of equal variance make every estimator a sum on the back of an envelope. With s² the sample
variance of the k estimates and v their common variance, DL, PM and REML all give s² − v, and ML
gives s² (k − 1) / k − v; below zero they give zero.
"""

from __future__ import annotations

import math
from typing import Literal

import pytest

import equipoise.stats as eq
from spec.manual import printed, table

Tau2 = Literal["DL", "PM", "REML", "ML"]


def trials(*estimates: float, variance: float) -> eq.EffectSizes:
    return eq.effect_sizes(
        "GENERIC", estimate=list(estimates), se=[math.sqrt(variance)] * len(estimates)
    )


@pytest.mark.parametrize(
    ("tau2", "expected"), [("DL", 17 / 3), ("PM", 17 / 3), ("REML", 17 / 3), ("ML", 4.0)]
)
def test_equal_variances(tau2: Tau2, expected: float) -> None:
    """0, 2, 4, 6 with v = 1: s² = 20/3. R: ``rma(c(0,2,4,6), 1, method=tau2)``."""
    fit = eq.pool(trials(0, 2, 4, 6, variance=1), tau2=tau2)
    assert fit.tau2 == printed(expected, 9)
    assert fit.tau2_method == tau2
    assert fit.diagnostics.converged
    assert not fit.diagnostics.at_boundary


@pytest.mark.parametrize("tau2", ["DL", "PM", "REML", "ML"])
def test_less_spread_than_chance_gives_zero(tau2: Tau2) -> None:
    """1, 2, 3 with v = 4: s² = 1 < 4. The result says that it lies on the boundary."""
    fit = eq.pool(trials(1, 2, 3, variance=4), tau2=tau2)
    assert fit.tau2 == 0
    assert fit.diagnostics.at_boundary


def test_ml_reaches_zero_before_reml() -> None:
    """−3, 0, 3 with v = 8: REML 9 − 8 = 1; ML 6 − 8 < 0. ML forgets that the mean is estimated."""
    three = trials(-3, 0, 3, variance=8)
    assert eq.pool(three, tau2="REML").tau2 == printed(1.0, 9)
    assert eq.pool(three, tau2="ML").tau2 == 0


def test_exactly_on_the_boundary() -> None:
    """−1, 0, 1 with v = 1: s² − v is exactly zero, and not a little more by rounding."""
    for tau2 in ("DL", "PM", "REML"):
        assert eq.pool(trials(-1, 0, 1, variance=1), tau2=tau2).tau2 == pytest.approx(0, abs=1e-12)


BCG = table("""
    study                | events_1 |   n_1 | events_2 |   n_2
    Aronson 1948         |        4 |   123 |       11 |   139
    Ferguson 1949        |        6 |   306 |       29 |   303
    Rosenthal 1960       |        3 |   231 |       11 |   220
    Hart 1977            |       62 | 13598 |      248 | 12867
    Frimodt-Moller 1973  |       33 |  5069 |       47 |  5808
    Stein 1953           |      180 |  1541 |      372 |  1451
    Vandiviere 1973      |        8 |  2545 |       10 |   629
    TPT Madras 1980      |      505 | 88391 |      499 | 88391
    Coetzee 1968         |       29 |  7499 |       45 |  7277
    Rosenthal 1961       |       17 |  1716 |       65 |  1665
    Comstock 1974        |      186 | 50634 |      141 | 27338
    Comstock 1969        |        5 |  2498 |        3 |  2341
    Comstock 1976        |       27 | 16913 |       29 | 17854
""")


@pytest.mark.parametrize(
    ("tau2", "expected"), [("DL", 0.308760), ("PM", 0.318068), ("REML", 0.313243), ("ML", 0.280028)]
)
def test_thirteen_trials_of_bcg(tau2: Tau2, expected: float) -> None:
    """Real trials differ in size, and the estimators differ. Values of R's metafor.

    Colditz and others (1994), doi:10.1001/jama.1994.03510330076038.
    """
    fit = eq.pool(eq.effect_sizes("RR", **BCG), tau2=tau2)
    assert fit.tau2 == printed(expected)


def interval(effects: eq.EffectSizes) -> tuple[float, float]:
    """Give the Q-profile interval of τ²."""
    bounds = eq.pool(effects, tau2_ci="q-profile").tau2_ci
    assert bounds is not None
    return bounds


def test_an_interval_for_tau2_by_inverting_q() -> None:
    """−20, 0, 20 with v = 8. Q(τ²) = 800 / (v + τ²); with two degrees of freedom the quantiles of
    chi-squared are −2 log of the tails: 800 / 7.377759 − 8 and 800 / 0.050636 − 8.

    R: ``confint(rma(c(-20,0,20), 8))``. Viechtbauer (2007), doi:10.1002/sim.2514.
    """
    low, high = interval(trials(-20, 0, 20, variance=8))
    assert low == pytest.approx(800 / (-2 * math.log(0.025)) - 8, rel=1e-10)
    assert high == pytest.approx(800 / (-2 * math.log(0.975)) - 8, rel=1e-10)


def test_the_interval_for_tau2_starts_at_zero_where_chance_explains_the_spread() -> None:
    """−3, 0, 3 with v = 8: 18 / 7.38 − 8 is below zero; the upper end is 18 / 0.050636 − 8."""
    low, high = interval(trials(-3, 0, 3, variance=8))
    assert low == 0
    assert high == pytest.approx(18 / (-2 * math.log(0.975)) - 8, rel=1e-10)


def test_two_definitions_of_i2() -> None:
    """0, 2, 4, 6 with v = 1: Q = 20 on 3 degrees of freedom, so that I² from Q is 17/20.

    By τ², the share of the total variance: REML (17/3) / (17/3 + 1) = 85 %, ML 4 / (4 + 1) = 80 %.
    ``i2`` is the one that was asked for; both travel with the result. Higgins and Thompson (2002),
    doi:10.1002/sim.1186.
    """
    four = trials(0, 2, 4, 6, variance=1)
    by_tau2 = eq.pool(four, tau2="ML", i2="tau2")
    by_q = eq.pool(four, tau2="ML", i2="q")
    assert by_tau2.q == printed(20.0)
    assert by_tau2.q_df == 3
    assert by_tau2.i2 == printed(80.0)
    assert by_q.i2 == printed(85.0)
    assert (by_q.i2_q, by_q.i2_tau2) == (printed(85.0), printed(80.0))
    assert eq.pool(four, tau2="REML").h2 == printed(20 / 3)


def test_i2_is_never_negative() -> None:
    """1, 2, 3 with v = 4: Q = 0.5 on 2 degrees of freedom."""
    fit = eq.pool(trials(1, 2, 3, variance=4))
    assert (fit.i2_q, fit.i2_tau2) == (0, 0)
    assert fit.q_p == printed(math.exp(-0.25))


def test_an_interval_for_i2_follows_from_the_one_for_tau2() -> None:
    """−20, 0, 20 with v = 8: each bound as a share, τ² / (τ² + 8). R: ``confint(rma(...))``."""
    fit = eq.pool(trials(-20, 0, 20, variance=8), tau2_ci="q-profile")
    low, high = (800 / (-2 * math.log(tail)) - 8 for tail in (0.025, 0.975))
    assert fit.i2_ci == (printed(100 * low / (low + 8)), printed(100 * high / (high + 8)))
