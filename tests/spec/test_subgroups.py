"""Subgroups: a total for each, and a test for whether they differ.

Each subgroup has its own τ². The test is Review Manager's: the spread of the subgroup totals, each
weighed by its own standard error, against chi-squared.
"""

from __future__ import annotations

import math

import equipoise.stats as eq
from spec.manual import printed

TRIALS = eq.effect_sizes("GENERIC", estimate=[0.0, 2.0, 4.0, 6.0], se=[1.0, 1.0, 1.0, 1.0])


def test_difference_between_two_subgroups() -> None:
    """Totals 1 and 5, both with τ² = 1 and se 1: Q = 4² / (1 + 1) = 8, I² = 7/8.

    On one degree of freedom p = erfc(√(8/2)). R: ``rma(..., mods=~group)`` with τ² by group;
    ``meta::metagen(..., subgroup=, tau.common=FALSE)``.
    """
    result = eq.subgroups(TRIALS, ["a", "a", "b", "b"], ci="wald")
    assert [name for name, _ in result.levels] == ["a", "b"]
    totals = [fit.estimate for _, fit in result.levels if fit is not None]
    assert totals == [printed(1.0), printed(5.0)]
    assert result.q == printed(8.0)
    assert result.df == 1
    assert result.p == printed(math.erfc(2.0), 9)
    assert result.i2 == printed(87.5)


def test_a_trial_without_a_subgroup_is_named_and_not_guessed() -> None:
    """The third trial belongs nowhere; b is then the single trial 6 with se 1: Q = 5² / 2."""
    result = eq.subgroups(TRIALS, ["a", "a", None, "b"], ci="wald")
    assert result.not_grouped == (2,)
    assert result.q == printed(12.5)


def test_one_subgroup_has_nothing_to_be_compared_with() -> None:
    result = eq.subgroups(TRIALS, ["a"] * 4, ci="wald")
    assert result.df in (0, None)
    assert result.p is None or math.isnan(result.p)


def test_a_subgroup_in_which_nothing_is_estimable_is_shown_empty() -> None:
    trials = eq.effect_sizes(
        "RR", events_1=[1, 2, 0], n_1=[10, 10, 10], events_2=[2, 5, 0], n_2=[10, 10, 10]
    )
    result = eq.subgroups(trials, ["a", "a", "b"], ci="wald")
    assert dict(result.levels)["b"] is None
