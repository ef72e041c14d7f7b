"""Resampling: permutation tests, bootstrap intervals, a prediction interval without a known τ²."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest

import equipoise.stats as eq
from equipoise.kernels import bootstrap as kernel
from equipoise.stats.resampling.bootstrap import bootstrap
from equipoise.stats.resampling.permutation import permutation_test
from equipoise.stats.resampling.prediction import prediction_interval_bootstrap
from spec.manual import printed


def pooled(estimate: list[float], se: list[float] | None = None, **options: Any) -> eq.MetaAnalysis:
    spread = [1.0] * len(estimate) if se is None else se
    return eq.pool(eq.effect_sizes("GENERIC", estimate=estimate, se=spread), **options)


COMMON: dict[str, Any] = {"model": "common", "ci": "wald"}


def test_all_sign_patterns_are_compared() -> None:
    """1, 2, 3 with equal weights: of 8 patterns 6 have a smaller absolute sum than 6.

    R: ``permutest(rma(yi, vi, method="EE"), exact=TRUE)``.
    """
    found = permutation_test(pooled([1, 2, 3], **COMMON))
    assert found.p == 2 / 8
    assert (found.exact, found.patterns) == (True, 8)


def test_as_extreme_counts_as_extreme() -> None:
    """1, 1, 2: the sum is 4; no other pattern but its mirror has it. −1, 1, 2: sum 2, reached by
    ±1 ±1 +2 with opposite ones (2 patterns), by +1 +1 +2, and the mirrors of the three.
    """
    assert permutation_test(pooled([1, 1, 2], **COMMON)).p == 2 / 8
    assert permutation_test(pooled([-1, 1, 2], **COMMON)).p == 6 / 8


def test_few_trials_cannot_be_significant() -> None:
    """Two of 2⁵ patterns are as extreme as any: p is never below 0.0625, so there is no 95% interval.

    R warns only where 1 / 2ᵏ exceeds 0.05.
    """
    found = permutation_test(pooled([1, 1, 1, 1, 1.5]))
    assert found.p == found.smallest_p == 2 / 2**5
    assert (found.ci_low, found.ci_high) == (None, None)
    assert [note.code for note in found.caution] == ["too-few-patterns"]


def test_interval_of_six_trials_reaches_from_the_least_to_the_largest() -> None:
    """With equal weights a value μ is as extreme as observed for the patterns that flip trials of
    mean below μ (or above). At most one of 32 pairs may: the limits are the least and the largest of
    all means of subsets, which are single trials.

    R: ``permutest(fit, exact=TRUE, permci=TRUE)``.
    """
    found = permutation_test(pooled([0.3, -0.2, 0.8, 0.5, 0.1, 1.4], **COMMON))
    assert found.ci_low == printed(-0.2, 12)
    assert found.ci_high == printed(1.4, 12)


def test_a_sample_counts_the_observed_pattern() -> None:
    """Thirty equal trials: no sampled pattern comes near, and p is 1 in 1000, not zero. R: the same."""
    found = permutation_test(pooled([1.0] * 30, **COMMON), iterations=1000, ci=False)
    assert not found.exact
    assert found.p == 1 / 1000


def test_statistic_is_that_of_the_fit() -> None:
    """Patterns are ordered by z or t, not by the mean: with random effects these differ.

    1, 1, 1, −1 flipped to 1, 1, 1, 1 has no heterogeneity, and the largest t.
    """
    found = permutation_test(pooled([1.0, 1.1, 0.9, -0.2], [0.2] * 4, ci="wald"))
    assert found.statistic == pooled([1.0, 1.1, 0.9, -0.2], [0.2] * 4, ci="wald").statistic
    assert found.p == 4 / 16


def test_quantiles_are_those_of_boot() -> None:
    """Of the draws 1 … 999 the 0.025 quantile is the 25th; of 1 … 99, the 2.5th, on the normal scale.

    R: ``boot::boot.ci(type="perc")``.
    """
    assert kernel.percentile(np.arange(1.0, 1000.0), 0.95) == (25.0, 975.0)
    low, high = kernel.percentile(np.arange(1.0, 100.0), 0.95)
    assert 2.0 < low < 3.0
    assert low != printed(2.5)
    assert low + high == printed(100.0)


def test_too_few_draws_have_no_limits() -> None:
    """The first of 19 draws stands for the 5% quantile; the 2.5% quantile is not among them."""
    draws = np.arange(1.0, 20.0)
    assert kernel.quantile(draws, 0.05) == 1.0
    assert math.isnan(kernel.quantile(draws, 0.025))


def test_basic_limits_mirror_the_percentiles() -> None:
    """Percentiles 25 and 975 about the estimate 400: 2 · 400 − 975 and 2 · 400 − 25."""
    assert kernel.basic(400.0, np.arange(1.0, 1000.0), 0.95) == (-175.0, 775.0)


def test_bca_without_bias_or_acceleration_is_the_percentile() -> None:
    draws, jackknife = np.arange(1.0, 1000.0), np.array([-1.0, 0.0, 1.0])
    low, high = kernel.bias_corrected(500.0, draws, jackknife, 0.95)
    assert (low, high) == pytest.approx((25.0, 975.0), rel=1e-9)


def test_bca_moves_the_quantiles() -> None:
    """300 of 999 below: z₀ = −0.523537; distances 2, −1, −1: a = 6 / (6 · 6^1.5) = 0.068041.

    The lower limit is the quantile at Φ(z₀ + (z₀ − 1.96) / (1 − a (z₀ − 1.96))) = 0.00405 of 999 draws:
    Davison and Hinkley 1997, equation 5.21.
    """
    draws, normal = np.arange(1.0, 1000.0), NormalDist()
    low, _ = kernel.bias_corrected(300.5, draws, np.array([-2.0, 1.0, 1.0]), 0.95)
    z0, a = normal.inv_cdf(300 / 999), 6 / (6 * 6**1.5)
    end = z0 + normal.inv_cdf(0.025)
    assert low == pytest.approx(1000 * normal.cdf(z0 + end / (1 - a * end)), abs=0.02)


def test_parametric_bootstrap_keeps_the_variances() -> None:
    """With a known τ² the draws of the mean are normal with the classic standard error.

    The standard deviation of 4999 draws is within 4% of it (4 standard errors).
    """
    fit = pooled([0.1, 0.4, 0.3, 0.9], [0.1, 0.2, 0.2, 0.4], tau2=0.04, ci="wald")
    found = bootstrap(fit, iterations=4999).term("estimate")
    assert found.se == pytest.approx(fit.se, rel=0.04)
    assert abs(found.bias) < 4 * fit.se / math.sqrt(4999)


def test_confidence_that_there_is_no_heterogeneity_is_the_p_value_of_q() -> None:
    """The confidence distribution of τ² starts at P(Q ≥ observed) when τ² = 0."""
    fit = pooled([0.1, 0.4, 0.3, 0.9], [0.1, 0.2, 0.2, 0.4])
    assert fit.q_p is not None
    assert prediction_interval_bootstrap(fit).tau2_zero == pytest.approx(fit.q_p, rel=1e-9)


def test_prediction_without_heterogeneity_of_many_trials_is_hartungs_interval() -> None:
    """Twenty trials that agree too well: τ² is zero with confidence 1 − 1e-9, the interval that of
    μ by t with 19 df and Hartung's standard error.
    """
    estimate = [0.5 + 0.05 * (-1) ** i for i in range(20)]
    fit = pooled(estimate, [1.0] * 20, ci="hksj")
    found = prediction_interval_bootstrap(fit)
    assert found.low == pytest.approx(fit.ci_low, abs=1e-6)
    assert found.high == pytest.approx(fit.ci_high, abs=1e-6)
