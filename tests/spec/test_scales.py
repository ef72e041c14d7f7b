"""Two scales: ratios are pooled as logarithms and shown as ratios."""

from __future__ import annotations

import math
from typing import Any

import pytest

import equipoise.stats as eq
from spec.manual import printed


def test_a_risk_ratio_is_pooled_on_the_log_scale() -> None:
    """10 of 100 against 20 of 100: log 0.5, variance 1/10 − 1/100 + 1/20 − 1/100 = 0.13.

    Shown as 0.50 (0.25 to 1.01): exp(−0.693147 ± 1.959964 × 0.360555).
    """
    trials = eq.effect_sizes("RR", events_1=[10], n_1=[100], events_2=[20], n_2=[100])
    fit = eq.pool(trials)
    assert fit.estimate == printed(-0.693147)
    assert fit.se == printed(0.360555)
    shown = fit.transformed
    assert shown.estimate == printed(0.5)
    assert (shown.ci_low, shown.ci_high) == (printed(0.246641), printed(1.013620))


def test_each_trial_has_both_scales_too() -> None:
    trials = eq.effect_sizes("OR", events_1=[5], n_1=[20], events_2=[10], n_2=[20])
    estimate, low, high = trials.transformed(0.95)
    assert estimate[0] == printed(1 / 3)
    analysis_low, analysis_high = trials.intervals(0.95)
    assert math.log(low[0]) == pytest.approx(analysis_low[0], rel=1e-12)
    assert math.log(high[0]) == pytest.approx(analysis_high[0], rel=1e-12)


@pytest.mark.parametrize(
    ("measure", "ratio"),
    [("RR", True), ("OR", True), ("RD", False), ("PETO", True)],
)
def test_which_measures_are_ratios(measure: Any, ratio: bool) -> None:
    trials = eq.effect_sizes(measure, events_1=[5], n_1=[20], events_2=[10], n_2=[20])
    assert trials.ratio is ratio


def test_differences_are_the_same_on_both_scales() -> None:
    fit = eq.pool(eq.effect_sizes("GENERIC", estimate=[1.0, 3.0], se=[1.0, 1.0]))
    assert not fit.effects.ratio
    assert fit.transformed.estimate == fit.estimate
    assert fit.transformed.ci_high == fit.ci_high


def test_a_hazard_ratio_is_entered_as_a_logarithm() -> None:
    """log 0.8 with se 0.1: shown as 0.8. From an interval: (log 0.973255 − log 0.657587) / 3.919928.

    R: ``metagen(log(0.8), 0.1, sm="HR")``.
    """
    by_se = eq.effect_sizes("HR", estimate=[math.log(0.8)], se=[0.1])
    assert eq.pool(by_se).transformed.estimate == printed(0.8)
    half = 1.959963984540054 * 0.1
    by_interval = eq.effect_sizes(
        "HR",
        estimate=[math.log(0.8)],
        ci_low=[math.log(0.8) - half],
        ci_high=[math.log(0.8) + half],
    )
    assert by_interval.sei[0] == pytest.approx(0.1, rel=1e-9)


def test_a_hazard_ratio_from_observed_and_expected() -> None:
    """log HR = (O − E) / V = −4 / 20, se = 1 / √20."""
    trials = eq.effect_sizes("HR", o_minus_e=[-4.0], variance=[20.0])
    assert trials.yi[0] == printed(-0.2)
    assert trials.sei[0] == printed(1 / math.sqrt(20))


def test_rates() -> None:
    """10 events in 100 years against 20 in 100: log 0.5, variance 1/10 + 1/20; −0.1, 0.003.

    R: ``escalc("IRR" | "IRD", x1i=10, t1i=100, x2i=20, t2i=100)``.
    """
    counts: dict[str, Any] = {"events_1": [10], "time_1": [100], "events_2": [20], "time_2": [100]}
    ratio = eq.effect_sizes("IRR", **counts)
    assert (ratio.yi[0], ratio.vi[0]) == (printed(math.log(0.5)), printed(0.15))
    difference = eq.effect_sizes("IRD", **counts)
    assert (difference.yi[0], difference.vi[0]) == (printed(-0.1), printed(0.003))
