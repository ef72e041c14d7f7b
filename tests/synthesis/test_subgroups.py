"""Subgroup analyses: levels, weights, tests, and trials whose group nobody knows."""

from __future__ import annotations

import pytest

from equipoise.findings import SubgroupAnalysis
from equipoise.review.model import MethodPlan, Subgroup, SubgroupUse
from support.review_factory import (
    EVENTS,
    PAIN,
    contrast,
    events,
    planned,
    protocol,
    with_design,
)
from synthesis.findings import finding

PLAN = protocol(
    PAIN,
    subgroups=(Subgroup("dose", "dose of the drug", "dose_group"),),
    analyses=(planned(subgroups=(SubgroupUse("dose", "1.2"),)),),
)
GROUPS = {"A": "high", "B": "low", "C": "high", "D": ""}


def analysed() -> SubgroupAnalysis:
    trials = [
        with_design(contrast(study, estimate=-10 - 5 * i, se=4), extra={"dose_group": group})
        for i, (study, group) in enumerate(GROUPS.items())
    ]
    (analysis,) = finding(*trials, plan=PLAN).subgroup_analyses
    return analysis


def test_levels_stand_in_the_order_of_the_trials() -> None:
    analysis = analysed()
    assert (analysis.by, analysis.name, analysis.number) == ("dose", "dose of the drug", "1.2")
    assert [(level.level, level.k) for level in analysis.levels] == [("high", 2), ("low", 1)]


def test_a_level_pools_its_own_trials_with_their_weights() -> None:
    high = analysed().levels[0]
    assert high.estimates["as-published"].effect.estimate == pytest.approx(-15)
    assert high.weights["as-published"] == pytest.approx(
        {"drug-placebo.pain.a": 50, "drug-placebo.pain.c": 50}
    )
    assert tuple(high.weights["as-published"]) == high.trials


def test_the_test_compares_the_levels() -> None:
    test = analysed().tests["as-published"]
    high, low = (level.estimates["as-published"].effect for level in analysed().levels)
    expected = (high.estimate - low.estimate) ** 2 / (high.analysis_se**2 + low.analysis_se**2)
    assert test.df == 1
    assert test.q == pytest.approx(expected)


def test_trials_without_a_group_are_listed_apart() -> None:
    analysis = analysed()
    assert analysis.not_grouped == ("D",)
    assert all("drug-placebo.pain.d" not in level.trials for level in analysis.levels)


def test_a_grouping_nobody_recorded_makes_no_analysis() -> None:
    assert finding(contrast("A", estimate=-1, se=1), plan=PLAN).subgroup_analyses == ()


def test_a_level_without_events_on_one_side_is_pooled_by_inverse_variance() -> None:
    plan = protocol(
        EVENTS,
        subgroups=(Subgroup("dose", "dose", "dose_group", everywhere=True),),
        methods=MethodPlan("cochrane-2025", changes={"method": "MH", "model": "common"}),
    )
    tables = [("high", 3, 0), ("high", 2, 0), ("low", 6, 4)]
    trials = [
        with_design(events(f"T{i}", (drug, 30), (placebo, 30)), extra={"dose_group": group})
        for i, (group, drug, placebo) in enumerate(tables)
    ]
    found = finding(*trials, plan=plan, cell="drug-placebo.events")
    (analysis,) = found.subgroup_analyses
    assert found.estimates["cochrane-2025"].methods.method == "MH"
    used = {level.estimates["cochrane-2025"].methods.method for level in analysis.levels}
    assert used == {"IV"}
