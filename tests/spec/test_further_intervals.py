"""Further intervals for the mean, for a new effect, and the probability of a new effect."""

from __future__ import annotations

import math
from typing import Any

import pytest
from scipy import special

import equipoise.stats as eq
from equipoise.errors import MethodError
from equipoise.stats.new_effect import probability_above, probability_below
from spec.manual import printed, table

ALIKE = table("""
    study | estimate | se
    A     |        0 |  1
    B     |        2 |  1
    C     |        4 |  1
    D     |        6 |  1
""")
"""τ² = 17/3 by every estimator of REML's kind; mean 3, se √(20/3 / 4) = 1.290994."""

CALM = table("""
    study | estimate | se
    A     |        1 |  2
    B     |        2 |  2
    C     |        3 |  2
""")
"""Closer together than chance would have them: τ² = 0, mean 2, se 2/√3, Hartung and Knapp's 1/√3."""


def pooled(data: Any, **options: Any) -> eq.MetaAnalysis:
    return eq.pool(eq.effect_sizes("GENERIC", **data), **options)


def t_quantile(df: float) -> float:
    return float(special.stdtrit(df, 0.975))


def test_kenward_roger_with_equal_variances() -> None:
    """Nothing to adjust: the weights do not depend on τ². The degrees of freedom are k − 1.

    With w = 3/20: I = (k − 1) w² / 2, and 2 I / (w² k / (k w))² = k − 1.
    R: ``meta::metagen(TE, seTE, method.random.ci="KR")``. Kenward and Roger 1997,
    doi:10.2307/2533558; Partlett and Riley 2017, doi:10.1002/sim.7140.
    """
    fit = pooled(ALIKE, ci="kenward-roger")
    assert fit.methods.tau2 == "REML"
    assert fit.se == printed(1.290994)
    assert fit.df == printed(3.0)
    assert fit.ci_high == printed(3 + t_quantile(3) * math.sqrt(5 / 3))


def test_kenward_roger_with_unequal_variances() -> None:
    """Weights 1 and 1/4 at τ² = 0 (variances 1 and 4, estimates alike).

    W₁ = 5/4, W₂ = 17/16, W₃ = 65/64; tr PP = W₂ − 2 W₃/W₁ + (W₂/W₁)² = 0.16, so I = 0.08;
    W₃/W₁ − (W₂/W₁)² = 0.09; V = (1 + 2 × 0.09/0.08) / 1.25 = 2.6; ν = 0.16 / (2.6 × 17/16)².
    """
    data = table("""
        study | estimate | se
        A     |        1 |  1
        B     |        1 |  2
    """)
    fit = pooled(data, ci="kenward-roger")
    assert fit.tau2 == 0
    assert fit.se == printed(math.sqrt(2.6))
    assert fit.df == printed(0.16 / (2.6 * 17 / 16) ** 2)
    assert "few-degrees-of-freedom" in [note.code for note in fit.notes]
    assert "few-degrees-of-freedom" not in [note.code for note in pooled(ALIKE).notes]


def test_kenward_roger_belongs_to_reml() -> None:
    with pytest.raises(MethodError, match="REML"):
        pooled(ALIKE, ci="kenward-roger", tau2="DL")
    with pytest.raises(MethodError, match="REML"):
        pooled(ALIKE, pi="KR", tau2="PM")


def test_henmi_and_copas_keep_the_common_effect_estimate() -> None:
    """Its standard error allows for τ², its quantile for τ² being estimated.

    R: ``metafor::hc(rma(yi, vi, method="DL"))``. Henmi and Copas 2010, doi:10.1002/sim.4029.
    """
    data = table("""
        study | estimate | se
        A     |        0 |  1
        B     |        2 |  1
        C     |        7 |  2
    """)
    fit, ivhet = pooled(data, ci="henmi-copas"), pooled(data, weighting="ivhet")
    assert (fit.methods.weighting, fit.methods.tau2) == ("ivhet", "DL")
    assert (fit.estimate, fit.se) == (ivhet.estimate, ivhet.se)
    assert fit.ci_high - fit.ci_low > ivhet.ci_high - ivhet.ci_low


def test_henmi_and_copas_where_tau2_is_zero() -> None:
    """The quantile is below Wald's: in repeated trials τ² would at times be above zero.

    By symmetry a p-value of one belongs to an estimate of zero, whatever the trials.
    """
    fit = pooled(CALM, ci="henmi-copas")
    assert fit.tau2 == 0
    assert 1.5 < (fit.ci_high - fit.estimate) / fit.se < 1.959964
    none = pooled(table("study | estimate | se\nA | -1 | 1\nB | 1 | 1"), ci="henmi-copas")
    assert none.p == printed(1.0, 12)


def test_p_values_follow_henmi_and_copass_interval() -> None:
    """An interval that ends at zero has a p-value of one minus its level."""
    fit = pooled(ALIKE, ci="henmi-copas")
    moved = {**ALIKE, "estimate": [y - fit.ci_low for y in ALIKE["estimate"]]}
    assert pooled(moved, ci="henmi-copas").p == printed(0.05, 9)


def test_iqwigs_rule_takes_the_classic_standard_error_where_the_interval_is_too_narrow() -> None:
    """Too narrow: narrower than DerSimonian and Laird's, here ± 1.96 × 2/√3 = 2.263.

    Hartung and Knapp's is 4.303/√3 = 2.484, wide enough, though its standard error is half of the
    classic one (a floor would act). R: ``meta::metagen(..., method.tau="PM",
    method.random.ci="HK", adhoc.hakn.ci="IQWiG6")``. IQWiG, General Methods, version 6.
    """
    fit = pooled(CALM, tau2="PM", ci="hksj-iqwig")
    assert fit.se == printed(1 / math.sqrt(3))
    calmer = {**CALM, "estimate": [1.8, 2.0, 2.2]}
    corrected = pooled(calmer, tau2="PM", ci="hksj-iqwig")
    assert corrected.se == printed(2 / math.sqrt(3))
    assert corrected.df == 2
    assert "hksj-corrected" in [note.code for note in corrected.notes]
    assert "hksj-corrected" not in [note.code for note in fit.notes]


@pytest.mark.parametrize(
    ("pi", "df"), [("HK-PR", 2), ("HTS", 2), ("KR", 3), ("KR-PR", 2), ("V", 3), ("HK", 3)]
)
def test_degrees_of_freedom_of_prediction_intervals(pi: str, df: int) -> None:
    """With equal variances all standard errors are 1.290994; only the quantiles differ.

    Partlett and Riley take one degree of freedom fewer than the confidence interval has (HK-PR,
    KR-PR). R: ``meta::metagen(..., method.predict=...)``; HK-PR is ``predict(rma(..., test="knha"),
    predtype="Riley")`` too.
    """
    fit = pooled(ALIKE, pi=pi)
    assert fit.pi_high == printed(3 + t_quantile(df) * math.sqrt(22 / 3), 5)


def test_the_standard_error_of_a_prediction_interval_is_the_one_it_is_named_for() -> None:
    """With τ² = 0: Hartung and Knapp's is half the classic one."""
    fit = pooled(CALM, pi="HK-PR", ci="wald")
    assert fit.pi_high == printed(2 + t_quantile(1) / math.sqrt(3), 5)


def test_two_trials_leave_no_degrees_of_freedom_for_some() -> None:
    data = table("study | estimate | se\nA | 0 | 1\nB | 3 | 1")
    for pi in ("HTS", "HK-PR", "KR-PR"):
        assert pooled(data, pi=pi).pi_low is None


@pytest.mark.parametrize("pi", ["follow-ci", "HTS", "V", "HK", "HK-PR", "KR", "KR-PR", "normal"])
def test_the_prediction_interval_leaves_half_of_its_remainder_on_each_side(pi: str) -> None:
    """P(new effect > upper limit) = 0.025 at 95%. R: ``predict(fit, prob=...)``."""
    fit = pooled(ALIKE, pi=pi)
    assert fit.pi_low is not None
    assert fit.pi_high is not None
    assert probability_above(fit, fit.pi_high) == pytest.approx(0.025, rel=1e-10)
    assert probability_below(fit, fit.pi_low) == pytest.approx(0.025, rel=1e-10)
    assert probability_above(fit, 3.0) == pytest.approx(0.5, rel=1e-12)


def test_the_probability_of_a_new_effect_by_hand() -> None:
    """By the normal distribution: (3 − 0) / √(5/3 + 17/3) = 1.107823 standard deviations above 0."""
    fit = pooled(ALIKE, pi="normal")
    assert probability_below(fit, 0.0) == printed(0.5 * math.erfc(1.107823 / math.sqrt(2)))


def test_values_may_be_given_as_they_are_shown_or_as_they_are_analysed() -> None:
    trials = eq.effect_sizes(
        "RR", events_1=[4, 9, 30], n_1=[50, 60, 90], events_2=[9, 11, 20], n_2=[50, 60, 90]
    )
    fit = eq.pool(trials)
    shown = probability_above(fit, 0.8)
    assert shown == probability_above(fit, math.log(0.8), scale="analysis")
    with pytest.raises(MethodError, match="cannot be -1"):
        probability_above(fit, -1.0)
    with pytest.raises(MethodError, match="scale"):
        probability_above(fit, 0.8, scale="log")  # type: ignore[arg-type]  # what it is about


def test_without_a_prediction_interval_there_is_no_probability() -> None:
    with pytest.raises(MethodError, match="prediction interval"):
        probability_above(pooled(ALIKE, model="common"), 0.0)
