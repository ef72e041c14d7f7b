"""One trial, two trials, and none."""

from __future__ import annotations

import math

import pytest

import equipoise.stats as eq
from equipoise.errors import DataError
from spec.manual import printed


def test_one_trial_is_its_own_total() -> None:
    """Hartung and Knapp need two trials; the trial's own interval stands, and a note says so."""
    trials = eq.effect_sizes("GENERIC", estimate=[1.0], se=[0.5])
    fit = eq.pool(trials)
    assert fit.k == 1
    assert (fit.estimate, fit.se) == (1.0, 0.5)
    assert fit.ci_low == printed(0.020018)
    assert fit.ci_high == printed(1.979982)
    assert fit.p == printed(math.erfc(math.sqrt(2)), 9)
    assert fit.tau2 is None
    assert fit.pi_low is None
    assert fit.df is None
    assert fit.weights.tolist() == [100]
    assert fit.notes


def test_two_trials_have_one_degree_of_freedom() -> None:
    """0 and 2 with v = 1: τ² = 2 − 1, mean 1, se 1; t with one degree of freedom is 12.706205.

    An interval of ±12.7 is what two trials can say. R: ``rma(c(0,2), 1, test="knha")``.
    """
    fit = eq.pool(eq.effect_sizes("GENERIC", estimate=[0.0, 2.0], se=[1.0, 1.0]))
    assert fit.tau2 == printed(1.0, 9)
    assert fit.df == 1
    assert fit.ci_high == printed(13.706205)
    assert fit.p == printed(0.5, 9)
    assert fit.pi_high == printed(1 + 12.706205 * math.sqrt(2), 5)


def test_two_trials_have_no_prediction_interval_on_k_minus_two() -> None:
    """HTS has zero degrees of freedom: there is none, and no number pretends otherwise."""
    two = eq.effect_sizes("GENERIC", estimate=[0.0, 2.0], se=[1.0, 1.0])
    fit = eq.pool(two, pi="HTS")
    assert fit.pi_low is None
    assert fit.pi_high is None


def test_no_trial_that_can_be_estimated_is_an_error() -> None:
    """Nothing is pooled from nothing; the message says what is the matter."""
    nobody = eq.effect_sizes("RR", events_1=[0, 0], n_1=[10, 12], events_2=[0, 0], n_2=[9, 8])
    with pytest.raises(DataError, match="estimated"):
        eq.pool(nobody)


def test_a_trial_that_cannot_be_estimated_stays_in_the_table() -> None:
    trials = eq.effect_sizes(
        "RR",
        study=["A", "B", "C"],
        events_1=[1, 0, 2],
        n_1=[10, 9, 10],
        events_2=[2, 0, 5],
        n_2=[10, 8, 10],
    )
    fit = eq.pool(trials)
    assert fit.k == 2
    assert len(fit.effects) == 3
    assert fit.weights[1] == 0
    assert "B" in str(fit)
