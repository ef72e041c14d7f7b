"""Absolute effects: what a ratio means for a thousand people, and how many people it takes to know."""

from __future__ import annotations

from typing import Literal

import pytest

import equipoise.stats as eq
from equipoise.errors import DataError, MethodError
from spec.manual import printed


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        ("RR", (-64.0, -82.0, -42.0)),
        ("OR", (-54.7, -71.5, -35.1)),
        ("PETO", (-54.7, -71.5, -35.1)),
        ("HR", (-59.2, -76.6, -38.4)),
    ],
)
def test_the_same_number_means_less_as_an_odds_ratio(
    measure: Literal["RR", "OR", "PETO", "HR"], expected: tuple[float, float, float]
) -> None:
    """0.68 (0.59 to 0.79) where 200 in 1000 have the event: 64, 55 or 59 fewer.

    RR: p₁ = p₀ RR. OR: p₁ = p₀ OR / (1 − p₀ + p₀ OR). HR: p₁ = 1 − (1 − p₀)^HR.
    """
    risks = eq.absolute_effect(measure, 0.68, 0.59, 0.79, 0.2)
    per_1000 = [1000 * d for d in (risks.difference, risks.difference_low, risks.difference_high)]
    assert per_1000 == printed(list(expected), 1)


def test_a_risk_difference_is_added() -> None:
    risks = eq.absolute_effect("RD", -0.02, -0.06, 0.02, 0.1)
    assert (risks.risk, risks.risk_low, risks.risk_high) == (
        printed(0.08),
        printed(0.04),
        printed(0.12),
    )


@pytest.mark.parametrize(("measure", "nnt"), [("RR", 15.6), ("OR", 18.3), ("HR", 16.9)])
def test_number_needed_to_treat(measure: Literal["RR", "OR", "HR"], nnt: float) -> None:
    """One over the difference: 1 / 0.064 = 15.6."""
    assert eq.absolute_effect(measure, 0.68, 0.59, 0.79, 0.2).nnt == printed(nnt, 1)


def test_no_number_needed_to_treat_where_the_interval_includes_no_difference() -> None:
    """It would run from 17 to infinity and back to 50 the other way."""
    assert eq.absolute_effect("RD", -0.02, -0.06, 0.02, 0.1).nnt is None


def test_a_risk_above_one_is_capped_and_said() -> None:
    """RR 3 of a risk of one half is no risk: it is cut at 1, with a note."""
    risks = eq.absolute_effect("RR", 3.0, 1.5, 6.0, 0.5)
    assert risks.risk == 1.0
    assert risks.notes


def test_measures_without_a_risk_are_refused() -> None:
    with pytest.raises(MethodError, match="RR"):
        eq.absolute_effect("MD", 1.0, 0.5, 1.5, 0.2)


@pytest.mark.parametrize("risk", [-0.1, 1.1, float("nan")])
def test_impossible_risks_are_refused(risk: float) -> None:
    with pytest.raises(DataError):
        eq.absolute_effect("RR", 0.5, 0.4, 0.6, risk)


@pytest.mark.parametrize(
    ("risk", "power", "per_arm"),
    [
        (0.10, 0.8, 2002),
        (0.20, 0.8, 903),
        (0.40, 0.8, 354),
        (0.10, 0.9, 2680),
        (0.20, 0.9, 1209),
        (0.40, 0.9, 473),
    ],
)
def test_optimal_information_size_of_events(risk: float, power: float, per_arm: int) -> None:
    """To see a quarter fewer events: (z₁₋α⸝₂ + z_power)² (p₀q₀ + p₁q₁) / (p₀ − p₁)² in each arm.

    Guyatt and others (2011), doi:10.1016/j.jclinepi.2011.01.012.
    """
    size = eq.optimal_information_size(assumed_risk=risk, relative_risk_reduction=0.25, power=power)
    assert size.per_arm == per_arm
    assert size.total == 2 * per_arm


@pytest.mark.parametrize(("difference", "per_arm"), [(0.2, 393), (0.5, 63)])
def test_optimal_information_size_of_means(difference: float, per_arm: int) -> None:
    """2 (z + z)² / d² in each arm for a difference of d standard deviations."""
    size = eq.optimal_information_size(minimal_difference=difference, sd=1.0)
    assert size.per_arm == per_arm
