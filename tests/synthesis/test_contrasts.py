"""Which arms meet, what is combined, and what is said about it."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from equipoise.review.model import Arm, MethodPlan, Result, Study
from support.review_factory import (
    EVENTS,
    PAIN,
    Trial,
    contrast,
    events,
    means,
    planned,
    protocol,
    two_arms,
    with_design,
)
from synthesis.findings import codes, finding, primary

ONE = means("A", (40, 20, 30), (50, 20, 30))


def test_arm_rows_pair_up_and_name_their_rows() -> None:
    (trial,) = finding(ONE).trials
    assert (trial.treatment.mean, trial.comparator.mean) == (40, 50)
    assert trial.inputs == ("results.csv:2", "results.csv:3")
    assert trial.sources == ("A, table 2",)
    assert trial.effect is not None
    assert trial.effect.estimate == pytest.approx(-10)
    assert trial.effect.analysis_se == pytest.approx(math.sqrt(400 / 30 + 400 / 30))


def test_two_doses_are_combined_with_a_note() -> None:
    arms = (*two_arms("A"), Arm("A", "d2", "drug", "the drug, high dose"))
    rows = (
        Result("A", "d", "events", events=3, n=30),
        Result("A", "d2", "events", events=5, n=28),
        Result("A", "p", "events", events=2, n=29),
    )
    found = finding(Trial(Study("A"), arms, rows), cell="drug-placebo.events")
    (trial,) = found.trials
    assert (trial.treatment.events, trial.treatment.n) == (8, 58)
    assert trial.treatment.arms == ("d", "d2")
    assert trial.treatment.label == "the drug + the drug, high dose"
    assert "arms-combined" in codes(trial.notes)


def test_an_arm_without_numbers_is_left_out_of_its_side_with_a_note() -> None:
    arms = (*two_arms("A"), Arm("A", "d2", "drug"))
    rows = (
        Result("A", "d", "events", events=3, n=30),
        Result("A", "d2", "events", note="not reported"),
        Result("A", "p", "events", events=2, n=29),
    )
    (trial,) = finding(Trial(Study("A"), arms, rows), cell="drug-placebo.events").trials
    assert trial.treatment.arms == ("d",)
    assert "arms-left-out" in codes(trial.notes)


def test_strata_stay_apart() -> None:
    arms = (*two_arms("A", "men"), *two_arms("A", "women"))
    rows = tuple(
        Result("A", arm.id, "pain", mean=40 if arm.treatment == "drug" else 45, sd=10, n=10)
        for arm in arms
    )
    found = finding(Trial(Study("A"), arms, rows))
    assert [trial.label for trial in found.trials] == ["A (men)", "A (women)"]
    assert primary(found).k == 2
    assert len({trial.anchor for trial in found.trials}) == 2


def test_anchors_need_no_escaping_and_differ() -> None:
    names = ("Oliván-Blázquez 2014", "olivan blazquez 2014")
    found = finding(*(means(name, (40, 20, 30), (50, 20, 30)) for name in names))
    assert [trial.anchor for trial in found.trials] == [
        "drug-placebo.pain.olivan-blazquez-2014",
        "drug-placebo.pain.olivan-blazquez-2014-2",
    ]


def test_a_standard_error_becomes_a_standard_deviation() -> None:
    rows = (
        Result("A", "d", "pain", mean=40, se=2, n=25),
        Result("A", "p", "pain", mean=50, sd=10, n=25),
    )
    (trial,) = finding(Trial(Study("A"), two_arms("A"), rows)).trials
    assert trial.treatment.sd == pytest.approx(10)
    assert "sd-from-se" in codes(trial.notes)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (Result("A", "d", "pain", mean=40, n=25), "standard deviation missing"),
        (Result("A", "d", "pain", mean=40, sd=0, n=25), "not above zero"),
        (Result("A", "d", "pain", sd=10, n=25), "mean missing"),
        (Result("A", "d", "pain", note="not reported"), "no numbers for the drug"),
    ],
)
def test_a_trial_that_cannot_be_estimated_stays_with_the_reason(row: Result, reason: str) -> None:
    rows = (row, Result("A", "p", "pain", mean=50, sd=10, n=25))
    found = finding(Trial(Study("A"), two_arms("A"), rows))
    (trial,) = found.trials
    assert found.status == "not poolable"
    assert found.estimates == {}
    assert trial.status == "not estimable"
    assert trial.effect is None
    assert any(reason in note.text for note in trial.notes)


def test_double_zero_trials_stay_visible_without_weight() -> None:
    found = finding(
        events("A", (0, 9), (0, 10)), events("B", (28, 30), (5, 30)), cell="drug-placebo.events"
    )
    empty, full = found.trials
    assert empty.status == "not estimable"
    assert empty.weights == {}
    assert full.weights == {"as-published": 100.0, "cochrane-2025": 100.0}
    assert found.status == "single trial"
    assert found.participants == 60


def test_rows_without_any_number_make_a_finding_without_trials() -> None:
    rows = (Result("A", "d", "pain", note="“no difference”"),)
    found = finding(Trial(Study("A"), two_arms("A"), rows))
    assert found.status == "not poolable"
    assert found.trials == ()
    assert found.without_numbers == ("A",)


def test_arms_of_other_treatments_do_not_enter() -> None:
    arms = (*two_arms("A"), Arm("A", "o", "other"))
    rows = (*ONE.results, Result("A", "o", "pain", mean=0, sd=1, n=99))
    assert finding(replace(ONE, arms=arms, results=rows)).trials == finding(ONE).trials


def test_a_study_without_a_comparator_arm_does_not_enter() -> None:
    lone = Trial(
        Study("B"), (Arm("B", "d", "drug"),), (Result("B", "d", "pain", mean=1, sd=1, n=9),)
    )
    assert [trial.study for trial in finding(ONE, lone).trials] == ["A"]


def test_a_ready_contrast_enters_as_it_is() -> None:
    found = finding(contrast("A", estimate=-8, se=4, n=50))
    (trial,) = found.trials
    assert trial.effect is not None
    assert (trial.effect.estimate, trial.effect.analysis_se) == pytest.approx((-8, 4))
    assert found.participants == 50


def test_a_reversed_contrast_is_turned_with_a_note() -> None:
    row = Result("A", "p", "pain", reference_arm="d", estimate=8, ci_low=2, ci_high=14)
    (trial,) = finding(Trial(Study("A"), two_arms("A"), (row,))).trials
    assert trial.effect is not None
    assert (trial.effect.ci_low, trial.effect.ci_high) == pytest.approx((-14, -2))
    assert trial.treatment.treatment == "drug"
    assert "contrast-reversed" in codes(trial.notes)


def both(analysed_as: str) -> Trial:
    ready = contrast("A", estimate=-3, se=1, analysed_as=analysed_as)
    return replace(ONE, results=(*ONE.results, *ready.results))


@pytest.mark.parametrize(
    ("analysed_as", "estimate", "code"),
    [
        ("paired", -3, "contrast-preferred"),
        ("cluster-adjusted", -3, "contrast-preferred"),
        ("parallel", -10, "arms-preferred"),
    ],
)
def test_a_contrast_wins_over_arms_only_when_it_knows_more(
    analysed_as: str, estimate: float, code: str
) -> None:
    (trial,) = finding(both(analysed_as)).trials
    assert trial.effect is not None
    assert trial.effect.estimate == pytest.approx(estimate)
    assert code in codes(trial.notes)
    assert (trial.treatment.mean, trial.treatment.n) == (40, 30)


def test_arms_and_contrasts_pool_together_in_order() -> None:
    found = finding(contrast("B", estimate=-8, se=4), ONE, contrast("C", estimate=-2, se=3))
    effects = [trial.effect.estimate for trial in found.trials if trial.effect]
    assert effects == pytest.approx([-8, -10, -2])
    weights = [trial.weights["as-published"] for trial in found.trials]
    assert sum(weights) == pytest.approx(100)
    assert max(weights) == weights[2]


def test_counts_with_a_ready_ratio_pool_by_inverse_variance_with_a_note() -> None:
    row = Result("B", "d", "events", reference_arm="p", estimate=math.log(2), se=0.4)
    ready = Trial(Study("B"), two_arms("B"), (row,))
    methods = MethodPlan("as-published", changes={"method": "MH"})
    found = finding(
        events("A", (8, 40), (4, 40)), ready,
        plan=protocol(EVENTS, methods=methods), cell="drug-placebo.events",
    )  # fmt: skip
    assert primary(found).methods.method == "IV"
    assert primary(found).effect.estimate == pytest.approx(2.0)
    assert "inverse-variance-instead" in codes(found.notes)


def test_a_contrast_in_another_measure_is_not_mixed_in() -> None:
    (trial,) = finding(contrast("A", estimate=-0.5, se=0.2, measure="SMD")).trials
    assert trial.status == "not estimable"
    assert any("reported as SMD" in note.text for note in trial.notes)


def test_contrasts_that_share_arms_are_not_guessed_together() -> None:
    arms = (*two_arms("A"), Arm("A", "d2", "drug"))
    rows = tuple(
        Result("A", arm, "pain", reference_arm="p", estimate=-5, se=2) for arm in ("d", "d2")
    )
    (trial,) = finding(Trial(Study("A"), arms, rows)).trials
    assert trial.status == "not estimable"
    assert any("covariance" in note.text for note in trial.notes)


def test_hazard_ratios_come_from_observed_minus_expected() -> None:
    death = replace(EVENTS, id="death", kind="time-to-event", measure="HR")
    row = Result("A", "d", "death", reference_arm="p", o_minus_e=-4, variance=8)
    found = finding(
        Trial(Study("A"), two_arms("A"), (row,)), plan=protocol(death), cell="drug-placebo.death"
    )
    assert primary(found).effect.estimate == pytest.approx(math.exp(-0.5))
    assert primary(found).effect.analysis_se == pytest.approx(1 / math.sqrt(8))


@pytest.mark.parametrize(
    ("design", "analysed_as", "code"),
    [
        ("crossover", "unpaired", "crossover-unpaired"),
        ("crossover", None, "crossover-analysis-unknown"),
        ("cluster", "cluster-unadjusted", "cluster-unadjusted"),
        ("cluster", None, "cluster-unknown"),
    ],
)
def test_a_design_that_its_analysis_does_not_fit_is_cautioned(
    design: str, analysed_as: str | None, code: str
) -> None:
    trial = means("A", (40, 20, 30), (50, 20, 30), analysed_as=analysed_as)
    assert code in codes(finding(with_design(trial, design=design)).trials[0].notes)


@pytest.mark.parametrize(
    ("analysed_as", "people"), [("unpaired", 30), ("first period", 60), ("paired", 30)]
)
def test_people_who_cross_over_are_counted_once(analysed_as: str, people: int) -> None:
    trial = means("A", (40, 20, 30), (50, 20, 30), analysed_as=analysed_as)
    assert finding(with_design(trial, design="crossover")).participants == people


def test_one_scale_is_chosen_for_a_trial_that_reports_two() -> None:
    others = [replace(row, scale="distress", mean=5.0) for row in ONE.results]
    (trial,) = finding(replace(ONE, results=(*others, *ONE.results))).trials
    assert trial.treatment.mean == 40
    assert "other-scales" in codes(trial.notes)


def test_mean_differences_on_different_scales_are_not_pooled() -> None:
    found = finding(ONE, means("B", (8, 2, 30), (6, 2, 30), scale="relief"))
    assert found.status == "not poolable"
    assert found.scale is None
    assert "mixed-scales" in codes(found.notes)
    assert [trial.status for trial in found.trials] == ["estimable", "estimable"]


def test_standardised_differences_are_turned_to_the_outcomes_direction() -> None:
    plan = protocol(PAIN, analyses=(planned(measure="SMD"),))
    found = finding(ONE, means("B", (8, 2, 30), (6, 2, 30), scale="relief"), plan=plan)
    pain, relief = found.trials
    assert pain.effect is not None
    assert relief.effect is not None
    assert pain.effect.estimate < 0
    assert relief.effect.estimate < 0
    assert relief.treatment.mean == 8
    assert "sign-turned" in codes(relief.notes)
    assert found.direction == "lower"


def test_the_direction_is_the_scales_when_all_share_one() -> None:
    found = finding(*(means(s, (8, 2, 30), (6, 2, 30), scale="relief") for s in ("A", "B")))
    assert (found.scale, found.direction, found.favours_low) == (
        "Pain relief",
        "higher",
        "comparator",
    )
    assert primary(found).effect.estimate == pytest.approx(2)
    assert found.verdicts["as-published"].category == "benefit"
    assert found.verdicts["as-published"].mid is None
