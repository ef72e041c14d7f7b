"""Risks per 1,000: where the comparator's risk comes from, and when there is none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from equipoise.findings import AbsoluteEffect, Finding
from support.review_factory import EVENTS, Trial, events, means, protocol
from synthesis.findings import codes, finding, primary

CELL = "drug-placebo.events"


def only(found: Finding) -> AbsoluteEffect:
    return found.absolute["as-published"]


def made(*trials: Trial, **changes: object) -> Finding:
    outcome = replace(EVENTS, **changes)  # type: ignore[arg-type]  # each test names real fields
    return finding(*trials, plan=protocol(outcome), cell=CELL)


def test_the_median_risk_of_the_trials_that_entered() -> None:
    found = made(
        events("A", (4, 40), (2, 40)),
        events("B", (9, 40), (8, 40)),
        events("C", (6, 40), (4, 40)),
        events("D", (0, 40), (0, 40)),
    )
    effect = only(found)
    assert effect.assumed_risk == pytest.approx(4 / 40)
    assert (
        effect.assumed_risk_basis == "median of the comparator's risk in the 3 trials that entered"
    )
    assert effect.treatment_per_1000 == pytest.approx(100 * primary(found).effect.estimate)
    assert effect.difference_low_per_1000 == pytest.approx(100 * (primary(found).effect.ci_low - 1))


def test_the_protocols_risk_comes_first() -> None:
    found = made(events("A", (4, 40), (2, 40)), assumed_risk=0.2, assumed_risk_source="registry X")
    assert only(found).comparator_per_1000 == pytest.approx(200)
    assert only(found).assumed_risk_basis == "registry X"
    assert only(found).treatment_per_1000 == pytest.approx(400)


def test_odds_ratios_move_odds() -> None:
    found = made(events("A", (10, 40), (5, 40)), measure="OR", assumed_risk=0.2)
    odds_ratio = primary(found).effect.estimate
    odds = 0.25 * odds_ratio
    assert only(found).treatment_per_1000 == pytest.approx(1000 * odds / (1 + odds))


def test_no_absolute_effect_from_a_risk_of_zero() -> None:
    found = made(events("A", (5, 40), (0, 40)))
    assert found.absolute == {}
    assert "assumed-risk-zero" in codes(found.notes)


def test_a_risk_difference_needs_no_risk_above_zero() -> None:
    found = made(events("A", (5, 40), (0, 40)), measure="RD")
    assert only(found).difference_per_1000 == pytest.approx(125)


def test_risks_above_all_people_are_held_and_noted() -> None:
    found = made(events("A", (30, 40), (8, 40)), assumed_risk=0.8)
    assert only(found).treatment_high_per_1000 == 1000
    assert codes(only(found).notes) == ["risk-capped"]


def test_mean_differences_have_no_absolute_effects() -> None:
    assert finding(means("A", (1, 1, 9), (2, 1, 9))).absolute == {}
