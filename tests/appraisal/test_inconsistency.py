"""Inconsistency: trials on different sides of what a decision hangs on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from appraisal.evidence import MD, RR, evidence, weigh
from equipoise.appraisal.inconsistency import appraise_inconsistency

POOLED = (-15.0, -20.0, -11.0)


@pytest.mark.parametrize(("elsewhere", "expected"), [(24, 0), (25, 1), (49, 1), (50, 2)])
def test_the_weight_across_a_threshold_decides(elsewhere: float, expected: int) -> None:
    found = evidence(POOLED, weigh(-15, 100 - elsewhere), weigh(-9.9, elsewhere))
    domain = appraise_inconsistency(found)
    assert domain.levels == expected
    assert domain.receipt.inputs["weight_elsewhere_percent"] == pytest.approx(elsewhere)


def test_variation_that_chance_explains_is_not_serious() -> None:
    found = evidence(POOLED, weigh(-15, 40), weigh(20, 60), tau2=0.0)
    assert appraise_inconsistency(found).levels == 0


def test_without_tau2_chance_is_judged_by_q() -> None:
    found = evidence(POOLED, weigh(-15, 40), weigh(20, 60), tau2=None)
    quiet = replace(found.estimate.heterogeneity, q=0.9, q_df=1)
    loud = replace(found.estimate.heterogeneity, q=5.0, q_df=1)
    for heterogeneity, expected in ((quiet, 0), (loud, 2)):
        estimate = replace(found.estimate, heterogeneity=heterogeneity)
        assert appraise_inconsistency(replace(found, estimate=estimate)).levels == expected


def test_a_prediction_interval_that_crosses_more_is_serious() -> None:
    trials = (weigh(-15, 50), weigh(-16, 50))
    inside = evidence(POOLED, *trials, prediction=(-25, -10.5))
    across = evidence(POOLED, *trials, prediction=(-30, 5))
    assert appraise_inconsistency(inside).levels == 0
    assert appraise_inconsistency(across).levels == 1
    assert (
        appraise_inconsistency(across).receipt.inputs[
            "thresholds_crossed_by_prediction_interval_only"
        ]
        == 1
    )


def test_without_a_minimal_important_difference_no_difference_is_the_line() -> None:
    found = evidence((1.5, 1.2, 1.9), weigh(2.0, 70), weigh(0.8, 30), thresholds=RR)
    assert appraise_inconsistency(found).levels == 1


def test_one_trial_cannot_be_inconsistent() -> None:
    domain = appraise_inconsistency(evidence(POOLED, weigh(-15, 100), thresholds=MD))
    assert (domain.levels, domain.receipt.rule) == (0, "inconsistency/single-trial")
