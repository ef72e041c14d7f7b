"""Which analyses are counted, and what decides the verdict."""

from __future__ import annotations

import math
import sys
from collections import Counter
from dataclasses import replace

import pytest

from equipoise.findings import Finding, Robustness
from equipoise.review.model import BiasJudgement, MethodPlan, Sensitivity
from support.review_factory import EVENTS, PAIN, Trial, contrast, events, judged, protocol
from synthesis.findings import codes, finding, primary

SPREAD = [(-1.3, 7.8), (-18, 9.5), (-27.7, 7.0)]
ALIKE = [(-20.0, 4.0), (-21.0, 4.0), (-22.0, 4.0)]
RANDOM, INTERVALS = 4, 4


def trials(effects: list[tuple[float, float]]) -> list[Trial]:
    return [contrast(f"T{i}", estimate=y, se=se) for i, (y, se) in enumerate(effects, start=1)]


def analysed(*made: Trial, **parts: object) -> tuple[Finding, Robustness]:
    found = finding(*made, **parts)  # type: ignore[arg-type]  # each test names real parts
    assert found.robustness is not None
    return found, found.robustness


def test_every_estimator_and_interval_is_tried_on_all_trials() -> None:
    _, found = analysed(*trials(SPREAD))
    on_all = [s for s in found.specifications if s.trials == "all trials"]
    assert Counter(s.model for s in on_all) == {"random": RANDOM * INTERVALS, "common": 1}
    assert len({s.id for s in found.specifications}) == found.total == len(found.specifications)
    assert sum(found.verdicts.values()) == found.total
    assert found.share == found.same_verdict / found.total


def test_counts_add_mantel_haenszel() -> None:
    made = [events(f"T{i}", (9 + 4 * i, 60), (6, 60)) for i in range(3)]
    _, found = analysed(*made, cell="drug-placebo.events")
    methods = {(s.model, s.method) for s in found.specifications}
    assert methods == {("common", "IV"), ("common", "MH"), ("random", "IV"), ("random", "MH")}


def test_the_primary_analysis_is_counted_and_gives_the_reference() -> None:
    plan = protocol(PAIN, methods=MethodPlan("cochrane-2025"))
    found, made = analysed(*trials(ALIKE[:2]), plan=plan)
    own = next(s for s in made.specifications if s.id == "random-iv-reml-hksj.all")
    estimate = primary(found)
    assert own.estimate == pytest.approx(estimate.effect.estimate, rel=1e-12)
    assert own.ci_low == pytest.approx(estimate.effect.ci_low, rel=1e-12)
    assert own.verdict == made.reference == found.verdicts["cochrane-2025"].category


def test_t_intervals_with_two_trials_are_not_counted_but_told() -> None:
    _, found = analysed(*trials(SPREAD[:2]))
    assert {s.ci for s in found.specifications} == {"wald"}
    note = next(n for n in found.not_run if n.code == "t-intervals-few-trials")
    assert "in 12 analyses" in note.text


def test_t_intervals_without_between_trial_variance_are_not_counted_but_told() -> None:
    _, found = analysed(*trials(ALIKE))
    on_all = [s for s in found.specifications if s.trials == "all trials"]
    assert {s.ci for s in on_all} == {"wald"}
    assert "t-intervals-no-variance" in codes(found.not_run)


def test_each_trial_is_left_out_once() -> None:
    _, found = analysed(*trials(SPREAD))
    omitted = {s.trials: s.omitted for s in found.specifications if s.omitted}
    assert omitted == {f"without T{i}": (f"T{i}",) for i in (1, 2, 3)}
    assert all(s.k == 2 for s in found.specifications if s.omitted)


def test_two_trials_are_not_left_out() -> None:
    _, found = analysed(*trials(SPREAD[:2]))
    assert {s.trials for s in found.specifications} == {"all trials"}


def test_low_risk_trials_alone_when_judgements_separate_them() -> None:
    judgements = (judged("T1", "low"), judged("T2", "high"), judged("T3", "low"))
    _, found = analysed(*trials(SPREAD), judgements=judgements)
    alone = [s for s in found.specifications if s.trials == "low risk of bias only"]
    assert {s.omitted for s in alone} == {("T2",)}
    assert "low-risk-of-bias-not-run" not in codes(found.not_run)


@pytest.mark.parametrize(
    ("judgements", "reason"),
    [
        ((), "none is recorded"),
        (tuple(judged(f"T{i}", "low") for i in (1, 2, 3)), "all trials are judged at low risk"),
        (tuple(judged(f"T{i}", "high") for i in (1, 2, 3)), "no trial is judged at low risk"),
    ],
)
def test_why_low_risk_trials_were_not_analysed_alone(
    judgements: tuple[BiasJudgement, ...], reason: str
) -> None:
    _, found = analysed(*trials(SPREAD), judgements=judgements)
    note = next(n for n in found.not_run if n.code == "low-risk-of-bias-not-run")
    assert reason in note.text


def test_planned_exclusions_add_a_set_and_narrow_nothing() -> None:
    planned = (Sensitivity("old", "newer trials only", "exclude-studies", ("T1",)),)
    _, plain = analysed(*trials(SPREAD))
    _, found = analysed(*trials(SPREAD), plan=protocol(PAIN, sensitivity=planned))
    assert {s.trials for s in found.specifications} - {s.trials for s in plain.specifications} == {
        "newer trials only"
    }
    assert found.total > plain.total


@pytest.mark.parametrize(
    ("studies", "reason"),
    [
        (("Elsewhere",), "none of the studies it leaves out is here"),
        (("T1", "T2", "T3"), "it leaves out every trial"),
    ],
)
def test_planned_exclusions_that_make_no_analysis_say_why(
    studies: tuple[str, ...], reason: str
) -> None:
    planned = (Sensitivity("old", "newer trials only", "exclude-studies", studies),)
    _, plain = analysed(*trials(SPREAD))
    _, found = analysed(*trials(SPREAD), plan=protocol(PAIN, sensitivity=planned))
    assert found.specifications == plain.specifications
    (note,) = [n for n in found.not_run if n.code == "planned-exclusion-not-run"]
    assert note.text.startswith(f"newer trials only: not run, because {reason}")


@pytest.mark.parametrize("sign", [1, -1])
def test_ratios_beyond_all_floats_are_held_there(sign: int) -> None:
    made = [
        replace(each, results=tuple(replace(r, outcome="hazard") for r in each.results))
        for each in trials([(sign * 700.0, 30.0), (sign * 720.0, 30.0), (sign * 600.0, 30.0)])
    ]
    outcome = replace(EVENTS, id="hazard", kind="time-to-event", measure="HR")
    found, robust = analysed(*made, plan=protocol(outcome), cell="drug-placebo.hazard")
    numbers = [x for s in robust.specifications for x in (s.estimate, s.ci_low, s.ci_high)]
    numbers += [x for t in found.trials if t.effect for x in (t.effect.ci_low, t.effect.ci_high)]
    assert all(math.isfinite(x) and x >= 0 for x in numbers)
    assert [trial.status for trial in found.trials] == ["estimable"] * 3
    held = sys.float_info.max if sign > 0 else 0.0
    assert held in numbers


def test_a_verdict_that_hangs_on_the_analysis_names_the_choice() -> None:
    _, found = analysed(*trials(SPREAD))
    deciding = found.deciding_choice
    assert deciding is not None
    assert deciding.choice == "interval"
    assert deciding.agreement > deciding.baseline
    assert deciding.options["normal interval"] < deciding.options["t interval"] == 1
    head = "The verdict “unclear” hangs most on how the interval is computed; reached by:"
    assert deciding.text.startswith(head)
    assert deciding.text.endswith("By the primary methods, leaving out one trial turns it too: T1.")


def test_a_verdict_that_rests_on_one_trial_names_the_trial_not_the_analysis() -> None:
    small, large = (2, 30), (19, 30)
    made = [
        events("T1", small, (1, 30)), events("T2", small, (1, 30)), events("T3", large, (5, 30)),
    ]  # fmt: skip
    _, found = analysed(*made, cell="drug-placebo.events")
    deciding = found.deciding_choice
    assert found.reference == "harm"
    assert deciding is not None
    assert deciding.choice == "trials"
    assert deciding.agreement == 1
    assert deciding.options["without T3"] == 0
    assert deciding.options["all trials"] == deciding.options["without T1"] == 1
    assert "single trials carry it" in deciding.text
    assert "without T3 0 of" in deciding.text


def test_where_all_agree_nothing_decides() -> None:
    _, found = analysed(*trials(ALIKE))
    assert found.share == 1
    assert found.deciding_choice is None


def test_ties_go_to_the_choice_with_fewest_options() -> None:
    made = [contrast("T1", estimate=-30, se=5), contrast("T2", estimate=-2, se=5)]
    _, found = analysed(*made)
    assert found.deciding_choice is not None
    assert found.deciding_choice.choice == "model"
    assert found.deciding_choice.agreement == 1


def test_a_single_trial_has_no_other_analysis() -> None:
    assert finding(*trials(SPREAD[:1])).robustness is None


def test_trials_without_counts_leave_out_methods_that_need_them() -> None:
    ready = replace(contrast("T1", estimate=0.7, se=0.3), arms=contrast("T1").arms)
    rows = tuple(replace(row, outcome="events") for row in ready.results)
    made = [replace(ready, results=rows), events("T2", (9, 40), (4, 40))]
    _, found = analysed(*made, plan=protocol(EVENTS), cell="drug-placebo.events")
    assert {s.method for s in found.specifications} == {"IV"}
