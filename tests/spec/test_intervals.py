"""Intervals for the mean effect and for the effect in the next setting."""

from __future__ import annotations

import math
from typing import Any

import pytest

import equipoise.stats as eq
from spec.manual import printed, table

CALM = table("""
    study | estimate | se
    A     |        1 |  2
    B     |        2 |  2
    C     |        3 |  2
""")
"""Closer together than chance would have them: τ² = 0, mean 2, classic se 2/√3 = 1.154701."""

VARIED = table("""
    study | estimate | se
    A     |        0 |  1
    B     |        2 |  1
    C     |        4 |  1
    D     |        6 |  1
""")
"""τ² = 17/3, mean 3, se √(20/3 / 4) = 1.290994."""


def pooled(data: Any, **options: Any) -> eq.MetaAnalysis:
    return eq.pool(eq.effect_sizes("GENERIC", **data), **options)


@pytest.mark.parametrize(
    ("ci", "se", "half"),
    [
        ("wald", 1.154701, 2.263171),
        ("t", 1.154701, 4.968275),
        ("hksj", 0.577350, 2.484138),
        ("hksj-floor", 1.154701, 4.968275),
    ],
)
def test_four_intervals_for_one_mean(ci: str, se: float, half: float) -> None:
    """Wald: 1.959964 se. The others use t with k − 1 = 2 degrees of freedom, 4.302653.

    Hartung and Knapp scale the variance by Σ w (y − μ)² / (k − 1), here 0.25.
    R: ``rma(..., test="z" | "t" | "knha" | "adhoc")``.
    """
    fit = pooled(CALM, ci=ci)
    assert fit.estimate == printed(2.0)
    assert fit.se == printed(se)
    assert fit.ci_high - fit.estimate == printed(half)
    assert fit.estimate - fit.ci_low == printed(half)
    assert fit.df == (None if ci == "wald" else 2)


def test_the_floor_keeps_hartung_and_knapp_from_being_narrower_than_the_common_effect() -> None:
    """The scale factor 0.25 would halve the standard error; the floor puts it back to 1."""
    common = pooled(CALM, model="common", ci="wald")
    assert pooled(CALM, ci="hksj").se < common.se
    assert pooled(CALM, ci="hksj-floor").se == pytest.approx(common.se, rel=1e-12)


def test_the_floor_does_nothing_where_the_trials_differ() -> None:
    """UNEQUAL: −1, 0, 4 with se 0.5, 1, 0.5: by DL the scale factor is above one.

    Both give the same interval; nothing else about the result changes.
    """
    data = table("""
        study | estimate |  se
        A     |       -1 | 0.5
        B     |        0 | 1.0
        C     |        4 | 0.5
    """)
    free, floored = (
        pooled(data, ci="hksj", model="common"),
        pooled(data, ci="hksj-floor", model="common"),
    )
    assert free.se > pooled(data, ci="wald", model="common").se
    assert floored.se == free.se
    assert (floored.ci_low, floored.ci_high) == (free.ci_low, free.ci_high)


def test_p_values_follow_the_interval() -> None:
    """t = 2 / 0.577350 on 2 degrees of freedom: p = 1 − t / √(t² + 2). z = 2 / 1.154701."""
    t = 2 / math.sqrt(1 / 3)
    assert pooled(CALM, ci="hksj").p == printed(1 - t / math.sqrt(t * t + 2), 9)
    assert pooled(CALM, ci="wald").p == printed(math.erfc(math.sqrt(3) / math.sqrt(2)), 9)


@pytest.mark.parametrize(
    ("pi", "quantile"),
    [("HTS", 4.302653), ("V", 3.182446), ("HK", 3.182446), ("normal", 1.959964)],
)
def test_prediction_intervals(pi: str, quantile: float) -> None:
    """Mean ± quantile √(se² + τ²) = 3 ± quantile × √(5/3 + 17/3).

    HTS has k − 2 = 2 degrees of freedom, V and HK k − 1 = 3. R: ``predict(rma(...), predtype=...)``,
    ``meta::metagen(..., method.predict=...)``. Higgins, Thompson and Spiegelhalter (2009),
    doi:10.1111/j.1467-985X.2008.00552.x.
    """
    fit = pooled(VARIED, tau2="REML", ci="wald", pi=pi)
    reach = quantile * math.sqrt(22 / 3)
    assert (fit.pi_low, fit.pi_high) == (printed(3 - reach, 5), printed(3 + reach, 5))


@pytest.mark.parametrize(
    ("pi", "half"),
    [("HTS", 14.671861), ("V", 4.968275), ("HK", 2.484138), ("normal", 2.263171)],
)
def test_prediction_without_heterogeneity(pi: str, half: float) -> None:
    """τ² = 0 leaves the mean's own uncertainty: HK takes Hartung and Knapp's, the rest the classic.

    HTS: one degree of freedom, 12.706205 × 1.154701.
    """
    fit = pooled(CALM, pi=pi)
    assert fit.pi_high == printed(2 + half, 5)


@pytest.mark.parametrize(("ci", "half"), [("wald", 5.307608), ("t", 8.618105), ("hksj", 8.618105)])
def test_a_prediction_interval_that_follows_the_confidence_interval(ci: str, half: float) -> None:
    """The default: same distribution and same standard error. R: ``predict(rma(...))``."""
    fit = pooled(VARIED, ci=ci, pi="follow-ci")
    assert fit.pi_high == printed(3 + half, 4)


def test_the_common_effect_predicts_nothing() -> None:
    """There is no distribution of effects to predict from."""
    fit = pooled(VARIED, model="common")
    assert fit.pi_low is None
    assert fit.pi_high is None
    assert not fit.tau2


def test_a_hartung_knapp_interval_narrower_than_walds_says_so_and_a_wider_one_does_not() -> None:
    """Compare intervals, not standard errors: t with few degrees of freedom can outweigh both.

    Equal variances of 1 and estimates 0, 1 and 2 give q = 2 / 2 = 1, so the same standard error of
    0.577 and t instead of z: wider. Estimates 0, 0.1 and 0.2 give q = 0.01, a tenth of the standard
    error, and 4.303 / 10 < 1.960: narrower.

    R: ``rma(yi, vi, method = "REML", test = "knha")``
    """

    def noted(*estimates: float) -> bool:
        fit = eq.pool(eq.effect_sizes("GENERIC", estimate=list(estimates), se=[1.0, 1.0, 1.0]))
        return any(note.code == "hksj-narrower" for note in fit.notes)

    assert noted(0.0, 0.1, 0.2)
    assert not noted(0.0, 1.0, 2.0)
    assert not noted(0.0, 0.8, 1.6)
