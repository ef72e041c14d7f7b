"""Means: differences in the instrument's own units and in standard deviations."""

from __future__ import annotations

import math
from typing import Any

import equipoise.stats as eq
from spec.manual import printed, table

TRIALS = table("""
    study | mean_1 | sd_1 | n_1 | mean_2 | sd_2 | n_2
    A     |     12 |    2 |  10 |     10 |    2 |  10
""")


def test_mean_difference() -> None:
    """12 − 10, variance 4/10 + 4/10. R: ``escalc("MD", ...)``."""
    trials = eq.effect_sizes("MD", **TRIALS)
    assert trials.yi[0] == printed(2.0)
    assert trials.vi[0] == printed(0.8)


def test_hedges_g_with_its_exact_correction() -> None:
    """d = 1 with 18 degrees of freedom; J = Γ(9) / (3 Γ(8.5)) = 0.957646.

    Variance 1/10 + 1/10 + g²/40. R: ``escalc("SMD", ..., vtype="LS")``.
    Hedges (1981), doi:10.3102/10769986006002107.
    """
    trials = eq.effect_sizes("SMD", **TRIALS, smd_variance="hedges-ls")
    j = math.gamma(9) / (3 * math.gamma(8.5))
    assert j == printed(0.957646)
    assert trials.yi[0] == printed(j, 12)
    assert trials.vi[0] == printed(0.2 + j * j / 40, 12)


def test_review_managers_standardised_mean_difference() -> None:
    """J = 1 − 3 / (4 × 20 − 9) = 68/71; variance 20/100 + g² / (2 × (20 − 3.94)).

    Deeks and Higgins (2010), Statistical algorithms in Review Manager 5.
    """
    trials = eq.effect_sizes("SMD", **TRIALS, smd_variance="revman")
    assert trials.yi[0] == printed(68 / 71, 12)
    assert trials.vi[0] == printed(0.2 + (68 / 71) ** 2 / 32.12, 12)


def test_groups_of_different_spread_share_a_pooled_standard_deviation() -> None:
    """(9 × 1 + 19 × 4) / 28 = 85/28 is the pooled variance."""
    trials = eq.effect_sizes(
        "SMD", mean_1=[1], sd_1=[1], n_1=[10], mean_2=[0], sd_2=[2], n_2=[20], smd_variance="revman"
    )
    assert trials.yi[0] == printed(math.sqrt(28 / 85) * (1 - 3 / 111), 12)


def test_other_variances_of_hedges_g() -> None:
    """The same trial, d = 1 and g = J = 0.957646 with N = 20; R: ``vtype="LS2"``, ``"UB"``, ``"AV"``.

    LS2: J² (0.2 + 1/40). UB: 0.2 + (1 − 16/(18 J²)) g². AV: the only trial is its own average. Cohen's d
    is not corrected: 1, with 0.2 + 1/40.
    """
    j = math.gamma(9) / (3 * math.gamma(8.5))
    expected: dict[Any, tuple[float, float]] = {
        "hedges-ls2": (j, j * j * 0.225),
        "hedges-ub": (j, 0.2 + (1 - 16 / (18 * j * j)) * j * j),
        "hedges-av": (j, 0.2 + j * j / 40),
        "cohens-d": (1.0, 0.225),
    }
    for name, (yi, vi) in expected.items():
        trials = eq.effect_sizes("SMD", **TRIALS, smd_variance=name)
        assert trials.yi[0] == printed(yi, 12)
        assert trials.vi[0] == printed(vi, 12)
        assert trials.options["smd_variance"] == name


def test_the_average_difference_in_every_variance() -> None:
    """Two trials with g = 0.957646 (N = 20) and 0 (N = 60): ḡ = 0.239412, vi = u + ḡ²/(2N)."""
    columns: dict[str, Any] = {"mean_1": [12, 10], "sd_1": [2, 2], "n_1": [10, 30], "mean_2": [10, 10],
               "sd_2": [2, 2], "n_2": [10, 30]}  # fmt: skip
    trials = eq.effect_sizes("SMD", **columns, smd_variance="hedges-av")
    mean = 0.25 * math.gamma(9) / (3 * math.gamma(8.5))
    assert trials.vi[0] == printed(0.2 + mean**2 / 40, 12)
    assert trials.vi[1] == printed(2 / 30 + mean**2 / 120, 12)


def test_hedges_correction_may_be_approximate() -> None:
    """J = 1 − 3 / (4 × 18 − 1) = 68/71 with the variance of any name."""
    trials = eq.effect_sizes("SMD", **TRIALS, j="approximate")
    assert trials.yi[0] == printed(68 / 71, 12)
    assert trials.vi[0] == printed(0.2 + (68 / 71) ** 2 / 40, 12)
