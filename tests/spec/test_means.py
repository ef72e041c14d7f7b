"""Means: differences in the instrument's own units and in standard deviations."""

from __future__ import annotations

import math

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
