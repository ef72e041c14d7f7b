"""What the review rests on, other analyses, gaps, arms and methods, as the report lays them out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from equipoise.findings import ArmSummary, Findings, Note, Robustness
from equipoise.report import basis, render_report
from equipoise.report.arms import arm_cells, arm_kind, arm_totals
from equipoise.report.directory import directory
from equipoise.report.effects import (
    difference_text,
    heterogeneity_text,
    measured_effect,
    overall_test_text,
)
from equipoise.report.gaps import gap_rows
from equipoise.report.methods import method_rows
from equipoise.report.options import option_name
from equipoise.report.robustness import (
    MOST_DRAWN,
    curve_figure,
    notes_on_counting,
    robustness_views,
)
from equipoise.report.trials import overall_bias, trial_table
from equipoise.words import numbers
from report.reading import read
from support.findings_factory import example_findings, without_data


def test_what_is_stated_and_what_is_listed_are_told_apart() -> None:
    assert [(fact.value, fact.label.split(",")[0]) for fact in basis.facts(example_findings())] == [
        ("12", "trials included"),
        ("2,309", "people in them"),
        ("8", "trials listed here"),
        ("7", "of them with numbers that can be used"),
    ]
    unstated = replace(example_findings().included, trials=None, participants=None)
    facts = basis.facts(replace(example_findings(), included=unstated))
    assert [fact.value for fact in facts] == ["8", "7"]


def test_parts_say_only_what_is_known() -> None:
    assert basis.parts(example_findings()) == ("drug A: 6 trials, 310 people", "drug B: 6 trials")


def test_unknown_comes_last_and_is_counted() -> None:
    tallies = {tally.name: tally.values for tally in basis.tallies(example_findings())}
    assert tallies["Country"] == (("Österreich", "1"), ("not stated", "7"))
    assert tallies["Overall risk of bias"][-1] == ("not known", "5")
    for values in tallies.values():
        assert sum(int(count) for _, count in values) == 8


def test_a_study_without_numbers_is_listed() -> None:
    rows = basis.study_rows(directory(example_findings()))
    assert rows[-1].name == "Quist 2009"
    assert rows[-1].findings == ()
    assert rows[-1].randomised == "22"


def test_risk_of_bias_known_in_part_is_not_called_an_overall_judgement() -> None:
    trial = example_findings().findings[0].trials[0]
    assert overall_bias(trial) == "some concerns"
    assert overall_bias(replace(trial, risk_of_bias=trial.risk_of_bias[:1])) == "only in part"
    assert overall_bias(replace(trial, risk_of_bias=())) == "not judged"


def test_the_table_has_weights_for_both_sets_of_methods() -> None:
    findings = example_findings()
    table = trial_table(findings.findings[0], directory(findings))
    assert table.weight_headers == ("Weight, as published", "Weight, Cochrane 2025")
    assert table.groups == (("drug A", 3), ("placebo", 3))
    assert {len(row.cells) for row in table.rows} == {6}
    assert len(table.totals) == 2


@pytest.mark.parametrize(
    ("known", "kind", "cells"),
    [
        ({"events": 3.0, "n": 20.0}, "binary", ("3", "20")),
        ({"mean": 4.25, "sd": 1.0, "n": 20.0}, "continuous", ("4.25", "1.00", "20")),
        ({"events": 3.0, "person_time": 1200.5}, "rate", ("3", "1,200.5")),
        ({"n": 20.0}, "people", ("20",)),
        ({}, "none", ()),
    ],
)
def test_arms_show_the_numbers_they_have(
    known: dict[str, float], kind: str, cells: tuple[str, ...]
) -> None:
    trial = example_findings().findings[0].trials[0]
    names = trial.treatment
    arm = ArmSummary(names.arms, names.treatment, names.label, **known)
    one = replace(trial, treatment=arm, comparator=arm)
    assert arm_kind([one]) == kind
    assert arm_cells(arm_kind([one]), arm) == cells


def test_a_total_with_an_unknown_part_is_unknown() -> None:
    trials = example_findings().findings[0].trials
    assert arm_totals("continuous", trials).treatment == ("", "", "112")
    missing = replace(trials[0], treatment=replace(trials[0].treatment, n=None))
    assert arm_totals("continuous", (missing, *trials[1:])).treatment == ("", "", "–")


def test_standardised_differences_carry_their_unit() -> None:
    finding = example_findings().findings[0]
    effect = finding.estimates[finding.primary].effect
    plain = difference_text(finding, effect)
    assert "SD" not in plain
    assert " SD lower (" in difference_text(replace(finding, measure="SMD"), effect)


def test_nothing_is_said_of_what_was_not_computed() -> None:
    single = next(f for f in example_findings().findings if f.status == "single trial")
    estimate = single.estimates[single.primary]
    assert heterogeneity_text(estimate) is None
    assert overall_test_text(replace(estimate, p=None)) is None


def test_other_analyses_are_counted_option_by_option() -> None:
    names = directory(example_findings())
    for view in robustness_views(names, names.comparisons["drug-a-placebo"]):
        found = names.findings[view.finding_id].robustness
        assert found is not None
        assert view.agreeing == f"{found.analysis_same} of {found.analysis_total}"
        left_out = found.total > found.analysis_total
        expected = f"{found.same_verdict} of {found.total}" if left_out else "none to leave out"
        assert view.with_left_out == expected
        assert len(view.analyses) == found.analysis_total
        for choice in {row.choice for row in view.options}:
            counted = [int(row.analyses) for row in view.options if row.choice == choice]
            assert sum(counted) == found.total
            assert len(counted) > 1


def test_what_decides_is_named_or_said_to_be_nothing() -> None:
    names = directory(example_findings())
    views = robustness_views(names, names.comparisons["drug-a-placebo"])
    deciding = {view.title: view.deciding for view in views}
    assert deciding["Nausea"] == "none: all analyses counted agree"
    assert deciding["Any adverse event"] == "how the interval is computed"


def test_a_measure_is_called_what_readers_call_it() -> None:
    finding = example_findings().findings[0]
    effect = finding.estimates[finding.primary].effect
    said = [measured_effect(replace(finding, measure=name), effect) for name in ("PETO", "GENERIC")]
    assert [text.rsplit(" ", 4)[0] for text in said] == ["Peto OR", "effect"]


FEW = Note("t-intervals-few-trials", "Two intervals not counted.")


def with_main_robustness(found: Robustness) -> Findings:
    findings = example_findings()
    first, *rest = findings.findings
    return replace(findings, findings=(replace(first, robustness=found), *rest))


@pytest.mark.parametrize(
    ("k_chosen", "k_left_out", "said"),
    [
        (3, 2, "All of these are analyses after leaving one trial out."),
        (2, 2, "Some of these are analyses after leaving one trial out."),
        (4, 3, ""),
    ],
)
def test_what_is_not_counted_is_named_whether_or_not_a_curve_is_drawn(
    k_chosen: int, k_left_out: int, said: str
) -> None:
    found = example_findings().findings[0].robustness
    assert found is not None
    assert {each.leave_one_out for each in found.specifications} == {False, True}
    made = tuple(
        replace(each, k=k_left_out if each.leave_one_out else k_chosen)
        for each in found.specifications
    )
    findings = with_main_robustness(replace(found, specifications=made, not_run=(FEW,)))
    names = directory(findings)
    views = robustness_views(names, findings.comparisons[0])
    expected = f"{FEW.text} {said}".strip()
    title = names.short_title(findings.findings[0])
    assert (title, expected) in notes_on_counting(views)
    assert notes_on_counting([views[0], replace(views[0], title="Nausea")])[0] == (
        f"{title}; Nausea",
        expected,
    )
    section = read(render_report(findings)).by_id("robustness")
    assert f"{title}: {expected}" in section.text
    assert "every defensible combination" not in section.text


def test_the_grid_has_a_cell_for_everything_planned() -> None:
    findings = example_findings()
    rows = gap_rows(findings, directory(findings))
    texts = {row.title: [cell.text if cell else None for cell in row.cells] for row in rows}
    assert texts["Depressive symptoms, short term"] == ["no data", "no data"]
    assert texts["Serious adverse events"] == ["2 trials, 116 people, not pooled", "no data"]
    assert texts["Pain reduced by 50 % or more, short term"][0] == "one trial, 78 people"
    assert sum(len(row.cells) for row in rows) == len(findings.gaps)
    first, *rest = findings.gaps
    fewer = replace(findings, gaps=(replace(first, k=3), *rest))
    cell = gap_rows(fewer, directory(fewer))[0].cells[0]
    assert cell is not None
    assert cell.text == "3 of 4 trials, 223 people"
    unplanned = replace(findings, gaps=findings.gaps[:-1])
    assert gap_rows(unplanned, directory(unplanned))[-1].cells[-1] is None


def test_every_estimate_is_counted_among_the_methods() -> None:
    findings = example_findings()
    rows = method_rows(findings)
    made = sum(len(finding.estimates) for finding in findings.findings)
    assert sum(int(row.estimates) for row in rows) == made
    assert {row.preset for row in rows} == {"As published", "Cochrane 2025"}
    assert method_rows(without_data()) == ()


def test_an_option_without_a_short_name_is_shown_as_spelt() -> None:
    assert option_name("brand-new") == "brand-new"
    assert option_name(None) == "–"


def many_analyses(each: int) -> Robustness:
    """Repeat the analyses that leave out a trial, as a finding of many trials has them."""
    found = example_findings().findings[0].robustness
    assert found is not None
    chosen = [s for s in found.specifications if not s.leave_one_out]
    left = [s for s in found.specifications if s.leave_one_out]
    repeated = [replace(s, trials=f"without {i}") for i in range(each) for s in left]
    return replace(found, specifications=(*chosen, *repeated))


def test_very_many_analyses_are_drawn_without_those_that_leave_out_one_trial() -> None:
    findings = example_findings()
    finding = replace(findings.findings[0], robustness=many_analyses(100))
    found = replace(findings, findings=(finding, *findings.findings[1:]))
    names = directory(found)
    (view, *_) = robustness_views(names, found.comparisons[0])
    figure = curve_figure(finding, names)
    assert finding.robustness is not None
    chosen = [s for s in finding.robustness.specifications if not s.leave_one_out]
    left = len(finding.robustness.specifications) - len(chosen)
    assert left + len(chosen) > MOST_DRAWN
    assert f"Specifications: {len(chosen)} (" in figure.text
    assert view.not_drawn in figure.description
    assert view.not_drawn.startswith(
        f"Not drawn: {numbers.analyses(left)} that leave out one trial, each in turn."
    )
    trials = {row.option: row.analyses for row in view.options if row.choice == "Trials"}
    assert trials["one trial left out, each in turn"] == numbers.count(left)
    assert len(trials) == 2
    assert view.not_drawn in render_report(found)


def test_up_to_that_number_every_analysis_is_drawn() -> None:
    findings = example_findings()
    finding = findings.findings[0]
    (view, *_) = robustness_views(directory(findings), findings.comparisons[0])
    assert finding.robustness is not None
    assert view.not_drawn == ""
    every = len(finding.robustness.specifications)
    assert f"Specifications: {every} (" in curve_figure(finding, directory(findings)).text
