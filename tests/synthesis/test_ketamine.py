"""The example review: what its verdicts hang on, and what they do not.

The p-values under different methods are those of the published figures analysed again; the review
itself is Ferraro et al. 2025 (doi:10.1002/14651858.CD015373.pub2).
"""

from __future__ import annotations

from pathlib import Path

import pytest

from equipoise.findings import Finding, Findings, Robustness, from_json, to_json
from equipoise.review import load_review
from equipoise.synthesis import synthesise
from synthesis.findings import primary

FOLDER = Path(__file__).parents[2] / "examples" / "ketamine-chronic-pain"
IV = "ketamine-iv-placebo"


@pytest.fixture(scope="module")
def findings() -> Findings:
    return synthesise(load_review(FOLDER), software_version="0")


def pick(findings: Findings, cell: str) -> Finding:
    return next(found for found in findings.findings if found.id == f"{IV}.{cell}")


def robustness(found: Finding) -> Robustness:
    assert found.robustness is not None
    return found.robustness


def test_pain_soon_after_treatment_hangs_on_the_analysis(findings: Findings) -> None:
    found = pick(findings, "pain.immediate")
    effect = primary(found).effect
    assert (effect.estimate, effect.ci_low, effect.ci_high) == pytest.approx(
        (-15.79, -32.09, 0.51), abs=0.005
    )
    assert found.verdicts[found.primary].category == "unclear"
    deciding = robustness(found).deciding_choice
    assert deciding is not None
    assert deciding.choice == "interval"
    assert deciding.options["normal interval"] == pytest.approx(2 / 5)
    assert {share for name, share in deciding.options.items() if name != "normal interval"} == {1}
    assert deciding.agreement == pytest.approx(15 / 17)
    assert deciding.baseline == pytest.approx(14 / 17)


def test_its_p_values_run_from_far_below_to_far_above_five_percent(findings: Findings) -> None:
    made = robustness(pick(findings, "pain.immediate")).specifications
    p = {each.id: each.p for each in made}
    assert p["common-iv-wald.all"] == pytest.approx(0.0003, abs=5e-5)
    assert p["random-iv-pm-wald.all"] == pytest.approx(0.046, abs=5e-4)
    assert p["random-iv-reml-wald.all"] == pytest.approx(0.051, abs=5e-4)
    assert p["random-iv-dl-wald.all"] == pytest.approx(0.058, abs=5e-4)
    assert p["random-iv-reml-hksj.all"] == pytest.approx(0.18, abs=5e-3)


@pytest.mark.parametrize("cell", ["psychotomimetic-effects", "nausea"])
def test_harms_do_not_hang_on_the_analysis(findings: Findings, cell: str) -> None:
    found = pick(findings, cell)
    assert found.verdicts[found.primary].category == "harm"
    on_all = [s for s in robustness(found).specifications if not s.omitted]
    assert len(on_all) > 1
    assert {s.verdict for s in on_all} == {"harm"}


def test_but_nausea_rests_on_one_trial_and_that_is_said(findings: Findings) -> None:
    deciding = robustness(pick(findings, "nausea")).deciding_choice
    assert deciding is not None
    assert deciding.choice == "trials"
    assert [name for name, share in deciding.options.items() if share < 1] == [
        "without Sigtermans 2009"
    ]


def test_what_is_not_counted_is_told(findings: Findings) -> None:
    codes = {note.code for note in robustness(pick(findings, "nausea")).not_run}
    assert {"t-intervals-few-trials", "t-intervals-no-variance"} <= codes


def test_published_decisions_stand_above_proposals(findings: Findings) -> None:
    levels = {}
    for cell in ("pain.immediate", "pain.short", "adverse-events"):
        certainty = pick(findings, cell).certainty
        assert certainty is not None
        levels[cell] = (certainty.level, certainty.decided_by)
    assert levels == {
        "pain.immediate": ("very low", "published review"),
        "pain.short": ("low", "published review"),
        "adverse-events": ("low", "published review"),
    }


def test_no_ketamine_trial_measured_mood_or_opioid_use(findings: Findings) -> None:
    asked = [
        gap
        for gap in findings.gaps
        if gap.comparison.startswith("ketamine")
        and gap.outcome in {"depressive-symptoms", "opioid-consumption"}
    ]
    assert len(asked) > 2
    assert {gap.status for gap in asked} == {"no data"}


def test_all_of_it_is_data(findings: Findings) -> None:
    assert from_json(to_json(findings)) == findings
    anchors = [trial.anchor for found in findings.findings for trial in found.trials]
    assert len(anchors) == len(set(anchors))
    assert (findings.included.trials, findings.included.with_numbers) == (67, 28)
