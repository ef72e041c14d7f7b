"""The example, read and computed by Equipoise, gives the published review's numbers back.

Published effects, intervals and weights are printed to six decimals. Each must be the computed
number rounded; nothing looser is allowed.
"""

from __future__ import annotations

import math
import re
from dataclasses import replace

import pytest

from equipoise.findings import Finding, Findings, SubgroupAnalysis, Trial
from equipoise.review import load_review
from equipoise.review.model import Review
from equipoise.synthesis import synthesise
from example.folder import FOLDER, numbered_cells
from example.published import PublishedRow, needs_published_figures, numbers, rows_of

PUBLISHED = "as-published"
RECOMMENDED = "cochrane-2025"

# Half a unit of the sixth decimal, and a trace for the binary representation of its edge.
HALF_A_UNIT = 0.5e-6 + 1e-12

KETAMINE = (
    "ketamine-iv-placebo",
    "ketamine-iv-other-medicine",
    "ketamine-oral-placebo",
    "ketamine-oral-methadone",
    "ketamine-topical-placebo",
    "ketamine-topical-amitriptyline",
)

# Totals of intravenous ketamine against placebo, to two decimals.
TOTALS = {
    "1.1": ("-15.79", "-32.09", "0.51"),
    "1.4": ("-5.32", "-15.51", "4.87"),
    "1.9": ("3.26", "1.05", "10.09"),
    "1.15": ("3.82", "1.75", "8.36"),
}


@pytest.fixture(scope="module")
def review() -> Review:
    return load_review(FOLDER)


@pytest.fixture(scope="module")
def findings(review: Review) -> Findings:
    return synthesise(review, software_version="0")


def main_analysis(findings: Findings, number: str) -> Finding:
    return next(finding for finding in findings.findings if finding.number == number)


def finding_of(findings: Findings, number: str) -> Finding:
    """Find the finding a number leads to: the analysis, or the one it is a subgroup analysis of."""
    cell = numbered_cells()[number]
    where = cell.comparison, cell.outcome, cell.time or None
    return next(f for f in findings.findings if (f.comparison, f.outcome, f.time) == where)


def trial_of(finding: Finding, row: PublishedRow) -> Trial:
    where = row.study, row.stratum or None
    return next(trial for trial in finding.trials if (trial.study, trial.stratum) == where)


def subgroup_analysis(findings: Findings, number: str) -> SubgroupAnalysis:
    analyses = finding_of(findings, number).subgroup_analyses
    return next(analysis for analysis in analyses if analysis.number == number)


def printed(finding: Finding) -> tuple[str, str, str]:
    """Print the total and its interval as the review does."""
    effect = finding.estimates[PUBLISHED].effect
    return f"{effect.estimate:.2f}", f"{effect.ci_low:.2f}", f"{effect.ci_high:.2f}"


def main_numbers() -> list[str]:
    return [number for number in numbers() if numbered_cells()[number].by is None]


def subgroup_numbers() -> list[str]:
    return [number for number in numbers() if numbered_cells()[number].by is not None]


def test_it_warns_of_the_doubts_the_readme_names_and_of_nothing_else(review: Review) -> None:
    rows = {result.line: result.study for result in review.results}
    doubts: dict[str, set[str | None]] = {}
    for problem in review.warnings:
        doubts.setdefault(problem.code, set()).add(rows.get(problem.line))
    assert doubts == {
        # Crossover trials with figures of which nobody published how they were analysed.
        "analysis-unknown": {
            "Pickering 2020",
            "Nikolajsen 2000",
            "Carlsson 2004",
            "Gilron 2000",
            "Van Der Plas 2013",
        },
        # Means below zero on a scale from 0 to 100: changes from the start of treatment.
        "mean-outside-scale": {"NCT00961194", "Lynch 2005"},
    }


@needs_published_figures
@pytest.mark.parametrize("number", numbers())
def test_every_trial_has_its_published_effect_and_interval(findings: Findings, number: str) -> None:
    finding = finding_of(findings, number)
    for row in rows_of(number):
        effect = trial_of(finding, row).effect
        if row.effect is None:
            assert effect is None
        else:
            assert effect is not None
            computed = effect.estimate, effect.ci_low, effect.ci_high
            assert computed == pytest.approx(row.effect, rel=0, abs=HALF_A_UNIT)


@needs_published_figures
@pytest.mark.parametrize("number", main_numbers())
def test_every_trial_has_its_published_weight(findings: Findings, number: str) -> None:
    finding = main_analysis(findings, number)
    assert len(finding.trials) == len(rows_of(number))
    for row in rows_of(number):
        weight = trial_of(finding, row).weights.get(PUBLISHED, 0.0)
        assert weight == pytest.approx(row.weight or 0.0, rel=0, abs=HALF_A_UNIT)


@needs_published_figures
@pytest.mark.parametrize("number", subgroup_numbers())
def test_subgroup_weights_are_shares_of_all_grouped_trials(review: Review, number: str) -> None:
    """The published weights of a subgroup analysis add up to 100 over its subgroups together.

    They are therefore those of the main analysis of the trials that have a group.
    """
    rows = rows_of(number)
    wanted = {(row.study, row.outcome) for row in rows}
    results = tuple(r for r in review.results if (r.study, r.outcome) in wanted)
    finding = finding_of(synthesise(replace(review, results=results), software_version="0"), number)
    # The weights are printed to six decimals: their sum is off by half a unit for each of them.
    rounding = HALF_A_UNIT * len(rows)
    assert sum(row.weight or 0.0 for row in rows) == pytest.approx(100, rel=0, abs=rounding)
    for row in rows:
        weight = trial_of(finding, row).weights[PUBLISHED]
        assert weight == pytest.approx(row.weight, rel=0, abs=HALF_A_UNIT)


@needs_published_figures
@pytest.mark.parametrize("number", subgroup_numbers())
def test_every_subgroup_holds_its_published_trials(findings: Findings, number: str) -> None:
    analysis = subgroup_analysis(findings, number)
    anchors = {trial.anchor: trial.study for trial in finding_of(findings, number).trials}
    computed = {level.level: {anchors[a] for a in level.trials} for level in analysis.levels}
    published: dict[str, set[str]] = {row.subgroup: set() for row in rows_of(number)}
    for row in rows_of(number):
        published[row.subgroup].add(row.study)
    assert computed == published


@pytest.mark.parametrize("number", TOTALS)
def test_totals_of_intravenous_ketamine_are_those_known(findings: Findings, number: str) -> None:
    assert printed(main_analysis(findings, number)) == TOTALS[number]


def test_the_readme_states_the_totals_that_come_out(findings: Findings) -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8").replace("−", "-")
    rows = re.findall(r"^\| (\d+\.\d+) .*?\| (?:MD|RR) (\S+) \((.*?)\) \|$", readme, re.MULTILINE)
    assert [number for number, _, _ in rows] == ["1.1", "1.4", "1.9"]
    for number, estimate, interval in rows:
        low, high = interval.removeprefix("95% CI ").split(" to ")
        assert printed(main_analysis(findings, number)) == (estimate, low, high)


def test_psychotomimetic_total_depends_on_the_trial_without_events(review: Review) -> None:
    """The published weights leave Schwartzman 2009 (no events in either arm) out of analysis 1.12.

    So does ``as-published``. Kept in with half an event in each arm, it gives the second total.
    """
    kept_in = replace(review.protocol.methods, changes={"double_zero": "keep"})
    totals = []
    for methods in (review.protocol.methods, kept_in):
        protocol = replace(review.protocol, methods=methods)
        found = synthesise(replace(review, protocol=protocol), software_version="0")
        totals.append(printed(main_analysis(found, "1.12")))
    assert totals == [("5.29", "2.43", "11.52"), ("4.97", "2.32", "10.66")]


@needs_published_figures
@pytest.mark.parametrize("number", main_numbers())
def test_every_total_is_the_published_effects_in_their_published_weights(
    findings: Findings, number: str
) -> None:
    """Hold totals nobody published as such to the published effects and weights they rest on.

    The tolerance is what rounding those to six decimals can do, and no more.
    """
    finding = main_analysis(findings, number)
    total, rounding = 0.0, 1e-12
    for row in rows_of(number):
        if row.effect is None or row.weight is None:
            continue
        effect = math.log(row.effect[0]) if finding.ratio else row.effect[0]
        unit = HALF_A_UNIT / row.effect[0] if finding.ratio else HALF_A_UNIT
        total += row.weight / 100 * effect
        rounding += row.weight / 100 * unit + HALF_A_UNIT / 100 * abs(effect)
    if finding.status == "not poolable":
        assert not finding.estimates
        assert total == 0
    else:
        estimate = finding.estimates[PUBLISHED].effect.analysis_estimate
        assert estimate == pytest.approx(total, rel=0, abs=rounding)


def test_heterogeneity_of_the_first_analysis_is_that_printed(findings: Findings) -> None:
    i2 = main_analysis(findings, "1.1").estimates[PUBLISHED].heterogeneity.i2
    assert i2 is not None
    assert f"{i2:.0f}" == "69"


def test_recommended_methods_widen_the_first_analysis(findings: Findings) -> None:
    """REML with Hartung-Knapp, the reference value of ``metafor::rma(method="REML", test="knha")``."""
    estimate = main_analysis(findings, "1.1").estimates[RECOMMENDED]
    effect, tau2 = estimate.effect, estimate.heterogeneity.tau2
    computed = effect.estimate, effect.ci_low, effect.ci_high, tau2
    assert [f"{value:.2f}" for value in computed if value is not None] == [
        "-15.80",
        "-49.81",
        "18.21",
        "132.36",
    ]


def test_all_95_published_numbers_are_present(findings: Findings) -> None:
    main = [finding.number for finding in findings.findings]
    subgroups = [
        analysis.number for finding in findings.findings for analysis in finding.subgroup_analyses
    ]
    assert (len(main), len(subgroups)) == (85, 10)
    assert {*main, *subgroups} == set(numbered_cells())


def test_all_28_trials_have_numbers(findings: Findings) -> None:
    assert [study.has_numbers for study in findings.studies] == [True] * 28
    assert findings.included.listed == findings.included.with_numbers == 28
    assert (findings.included.trials, findings.included.participants) == (67, 2309)


def test_the_grid_shows_every_planned_cell(findings: Findings) -> None:
    with_windows = {"pain", "pain-30", "pain-50"} | {
        "disability",
        "depressive-symptoms",
        "opioid-consumption",
        "quality-of-life",
    }
    cells_per_comparison = sum(4 if o.id in with_windows else 1 for o in findings.outcomes)
    assert len(findings.gaps) == 13 * cells_per_comparison
    assert sum(cell.status != "no data" for cell in findings.gaps) == 85


@pytest.mark.parametrize("outcome", ["depressive-symptoms", "opioid-consumption"])
@pytest.mark.parametrize("comparison", KETAMINE)
def test_no_ketamine_trial_reported_these_outcomes(
    findings: Findings, comparison: str, outcome: str
) -> None:
    where = comparison, outcome
    cells = [cell for cell in findings.gaps if (cell.comparison, cell.outcome) == where]
    assert [cell.time for cell in cells] == ["immediate", "short", "medium", "long"]
    assert {cell.status for cell in cells} == {"no data"}


@pytest.mark.parametrize(("number", "level"), [("1.1", "very low"), ("1.4", "low"), ("1.9", "low")])
def test_published_certainty_is_what_readers_are_shown(
    findings: Findings, number: str, level: str
) -> None:
    certainty = main_analysis(findings, number).certainty
    assert certainty is not None
    assert (certainty.level, certainty.decided_by) == (level, "published review")


def test_medium_term_pain_rests_on_one_trial_of_19_people(findings: Findings) -> None:
    finding = main_analysis(findings, "1.8")
    assert finding.status == "single trial"
    assert finding.participants == 19


def test_long_term_pain_has_no_data_under_intravenous_ketamine(findings: Findings) -> None:
    cell = next(
        cell
        for cell in findings.gaps
        if (cell.comparison, cell.outcome, cell.time) == ("ketamine-iv-placebo", "pain", "long")
    )
    assert (cell.status, cell.k, cell.finding) == ("no data", 0, None)
