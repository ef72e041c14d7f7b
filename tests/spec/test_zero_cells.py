"""Zero cells: when nobody, or everybody, in an arm had the event.

A ratio with a zero in it has no logarithm and no standard error. What is added, to which cells of
which trials, is a choice; ``zero_cells`` names it. Only single-trial estimates are touched: the
Mantel–Haenszel and Peto totals need no correction.
"""

from __future__ import annotations

import math

import equipoise.stats as eq
from spec.manual import printed, table

TRIALS = table("""
    study | events_1 | n_1 | events_2 | n_2
    A     |        0 |  10 |        2 |  30
    B     |        5 |  20 |       10 |  20
""")


def test_only_trials_with_a_zero_cell_get_a_half() -> None:
    """The default. A: (0.5 × 28.5) / (10.5 × 2.5). B keeps its (5 × 10) / (15 × 10).

    R: ``escalc("OR", ..., add=1/2, to="only0")``.
    """
    trials = eq.effect_sizes("OR", **TRIALS, zero_cells="only-zero")
    assert [math.exp(y) for y in trials.yi] == printed([0.542857, 0.333333])
    assert trials.vi.tolist() == printed([2.530326, 0.466667])


def test_all_trials_when_any_has_a_zero_cell() -> None:
    """B becomes (5.5 × 10.5) / (15.5 × 10.5). R: ``escalc(..., to="if0all")``."""
    trials = eq.effect_sizes("OR", **TRIALS, zero_cells="if-any-zero")
    assert [math.exp(y) for y in trials.yi] == printed([0.542857, 0.354839])


def test_all_trials_always() -> None:
    """A half in every cell, zero or not. R: ``escalc(..., to="all")``."""
    without_zero = table("""
        study | events_1 | n_1 | events_2 | n_2
        B     |        5 |  20 |       10 |  20
    """)
    corrected = eq.effect_sizes("OR", **without_zero, zero_cells="all")
    assert math.exp(corrected.yi[0]) == printed(0.354839)
    left = eq.effect_sizes("OR", **without_zero, zero_cells="if-any-zero")
    assert math.exp(left.yi[0]) == printed(0.333333)


def test_no_correction_leaves_the_trial_out_and_says_why() -> None:
    """The row stays, without an estimate. R: ``escalc(..., to="none")``."""
    trials = eq.effect_sizes("OR", **TRIALS, zero_cells="none")
    assert trials.estimable.tolist() == [False, True]
    assert math.isnan(trials.yi[0])
    assert trials.reasons[0]
    assert trials.reasons[1] is None
    assert len(trials) == 2


def test_a_correction_in_proportion_to_the_other_arm() -> None:
    """Unequal arms: the larger arm gets the larger share, and the two shares sum to one.

    Arm 1 gets (1/30) / (1/10 + 1/30) = 0.25 in each of its cells, arm 2 gets 0.75: the corrected
    odds ratio of no difference is 1 whatever the sizes. Sweeting, Sutton and Lambert (2004),
    doi:10.1002/sim.1761. R: ``meta::metabin(..., incr="TACC")``.
    """
    trials = eq.effect_sizes("OR", **TRIALS, zero_cells="treatment-arm")
    assert [math.exp(y) for y in trials.yi] == printed([0.254989, 0.333333])


def test_another_constant() -> None:
    """``add`` is what goes into each cell: (0.1 × 28.1) / (10.1 × 2.1)."""
    trials = eq.effect_sizes("OR", **TRIALS, add=0.1)
    assert math.exp(trials.yi[0]) == printed(0.132485)


def test_a_risk_ratio_adds_to_the_sizes_too() -> None:
    """A cell more is a person more: (0.5 / 11) / (2.5 / 31). R: ``escalc("RR", ...)``."""
    trials = eq.effect_sizes("RR", **TRIALS)
    assert math.exp(trials.yi[0]) == printed(0.563636)
    assert trials.vi[0] == printed(1 / 0.5 - 1 / 11 + 1 / 2.5 - 1 / 31)


def test_everybody_having_the_event_is_a_zero_cell_too() -> None:
    """3 of 3 against 0 of 4: (3.5 / 4) / (0.5 / 5) = 8.75, as Review Manager prints it."""
    trials = eq.effect_sizes("RR", events_1=[3], n_1=[3], events_2=[0], n_2=[4])
    assert math.exp(trials.yi[0]) == printed(8.75)


DOUBLE = table("""
    study | events_1 | n_1 | events_2 | n_2
    A     |        0 |  10 |        0 |  10
    B     |        5 |  20 |       10 |  20
    C     |        8 |   8 |        9 |   9
""")


def test_trials_without_events_in_both_arms_say_nothing_about_a_ratio() -> None:
    """Nor do trials in which everybody had the event: both are shown and left out of the total.

    R: ``escalc(..., drop00=TRUE)``; Review Manager prints "Not estimable".
    """
    for measure in ("RR", "OR"):
        trials = eq.effect_sizes(measure, **DOUBLE)
        assert trials.estimable.tolist() == [False, True, False]
        fit = eq.pool(trials, model="common", ci="wald")
        assert fit.k == 1
        assert fit.weights.tolist() == [0, 100, 0]


def test_double_zeros_can_be_kept() -> None:
    """With a half in each cell A is (0.5 / 11) / (0.5 / 11) = 1. R: ``drop00=FALSE``."""
    trials = eq.effect_sizes("RR", **DOUBLE, double_zero="keep")
    assert trials.estimable.all()
    assert math.exp(trials.yi[0]) == printed(1.0)
    assert trials.vi[0] == printed(2 * (1 / 0.5 - 1 / 11))


def test_a_risk_difference_keeps_double_zeros() -> None:
    """No difference is a finding on this scale; a half in each cell gives it a variance."""
    trials = eq.effect_sizes("RD", **DOUBLE)
    assert trials.estimable.all()
    assert trials.yi[0] == printed(0.0)
    assert trials.vi[0] == printed(2 * 0.5 * 10.5 / 11**3)
