"""Mantel and Haenszel's method for rates over person-time."""

from __future__ import annotations

import math
from typing import Any

import pytest

import equipoise.stats as eq
from equipoise.errors import MethodError
from spec.manual import printed, table

SMOKERS = table("""
    study | events_1 |  time_1 | events_2 |  time_2
    35-44 |       32 |  5.2407 |        2 |  1.8790
    45-54 |      104 |  4.3248 |       12 |  1.0673
    55-64 |      206 |  2.8612 |       28 |  0.5710
    65-74 |      186 |  1.2663 |       28 |  0.2585
    75-84 |      102 |  0.5317 |       31 |  0.1462
""")
"""Coronary deaths of smokers and non-smokers, per 10,000 person-years, by age: Rothman, Greenland
and Lash 2008, Modern Epidemiology, table 15-2."""

HALVES = table("""
    study | events_1 | time_1 | events_2 | time_2
    A     |        4 |     10 |        2 |     10
    B     |        0 |     30 |        3 |     10
""")


def rates(measure: Any, data: dict[str, Any] = SMOKERS, **options: Any) -> eq.MetaAnalysis:
    trials = eq.effect_sizes(measure, **data)
    return eq.pool(trials, model="common", method="MH", **options)


def test_rate_ratios_of_the_textbook() -> None:
    """1.42 (90% CI 1.19 to 1.70). R: ``rma.mh(measure="IRR", level=90)``, which prints
    0.3539 (0.1776 to 0.5303), Q 10.4117.
    """
    fit = rates("IRR", level=0.9)
    assert (fit.estimate, fit.ci_low, fit.ci_high) == (
        printed(0.3539, 4), printed(0.1776, 4), printed(0.5303, 4),
    )  # fmt: skip
    assert fit.q == printed(10.4117, 4)
    assert math.exp(fit.estimate) == printed(1.42, 2)


def test_rate_differences_of_the_textbook() -> None:
    """11.44 (90% CI 6.35 to 16.53) deaths per 10,000 person-years. R: ``rma.mh(measure="IRD",
    level=90)``: Q 26.8758.
    """
    fit = rates("IRD", level=0.9)
    assert (fit.estimate, fit.ci_low, fit.ci_high) == (
        printed(11.4392, 4), printed(6.3498, 4), printed(16.5286, 4),
    )  # fmt: skip
    assert fit.q == printed(26.8758, 4)


def test_rate_ratio_by_hand() -> None:
    """Σ x₁t₂/T = 2 + 0 and Σ x₂t₁/T = 1 + 2.25; variance (1.5 + 0.5625) / (2 × 3.25).

    Trial B has no event in arm 1 and enters uncorrected all the same.
    """
    fit = rates("IRR", HALVES)
    assert fit.estimate == printed(math.log(2 / 3.25))
    assert fit.se == printed(math.sqrt(2.0625 / 6.5))


def test_rate_difference_by_hand() -> None:
    """Weights 5 and 7.5: (5 × 0.2 − 7.5 × 0.3) / 12.5; variance (25 × 0.06 + 56.25 × 0.03) / 156.25."""
    fit = rates("IRD", HALVES)
    assert fit.estimate == printed(-0.1)
    assert fit.se == printed(math.sqrt(3.1875 / 156.25))


def test_trials_without_events_count_for_differences_only() -> None:
    """A ratio they do not inform; to a difference they add time, but not to Q."""
    silent = {name: [*values, 0] for name, values in HALVES.items() if name != "study"}
    silent["time_1"][-1] = silent["time_2"][-1] = 20
    ratio, difference = rates("IRR", silent), rates("IRD", silent)
    assert ratio.k == 2
    assert ratio.estimate == pytest.approx(rates("IRR", HALVES).estimate, rel=1e-14)
    assert difference.k == 3
    assert difference.estimate == printed((1 - 2.25) / 22.5)
    assert difference.q_df == 1


def test_rates_are_never_corrected() -> None:
    """RevMan and meta correct tables; for rates there is nothing to agree with."""
    assert eq.resolve_methods("revman5", "IRR", method="MH", model="common").mh_counts == "observed"
    with pytest.raises(MethodError, match="observed"):
        eq.resolve_methods("cochrane-2025", "IRR", method="MH", mh_counts="corrected")


def test_swapping_the_arms_turns_the_ratio_over() -> None:
    turned = {name.translate(str.maketrans("12", "21")): v for name, v in SMOKERS.items()}
    assert rates("IRR", turned).estimate == pytest.approx(-rates("IRR").estimate, rel=1e-13)
    assert rates("IRD", turned).estimate == pytest.approx(-rates("IRD").estimate, rel=1e-13)


def test_random_effects_measure_heterogeneity_from_the_mantel_haenszel_estimate() -> None:
    """As RevMan's "M-H, random" does for tables: DerSimonian and Laird's τ² from that Q."""
    trials = eq.effect_sizes("IRR", **SMOKERS)
    fit = eq.pool(trials, method="MH", ci="wald")
    assert fit.q is not None
    assert fit.q == printed(10.4117, 4)
    w = 1 / trials.vi
    assert fit.tau2 == pytest.approx((fit.q - 4) / (w.sum() - (w**2).sum() / w.sum()), rel=1e-12)


def test_ratios_without_an_event_in_one_arm_of_all_trials_are_not_defined() -> None:
    with pytest.raises(MethodError, match="not defined"):
        rates("IRR", HALVES | {"events_1": [0, 0]})
