"""The pain verdict hangs on the analysis, the harms do not, and what nobody measured is a gap."""

from __future__ import annotations

import re

import pytest

from acceptance.reviews import EXAMPLE, Answer, answer
from equipoise.findings import Robustness, Specification

COMPARISON = "ketamine-iv-placebo"
PAIN = f"{COMPARISON}.pain.immediate"


@pytest.fixture(scope="module")
def made() -> Answer:
    return answer(EXAMPLE)


@pytest.fixture(scope="module")
def pain(made: Answer) -> Robustness:
    found = made.finding(PAIN).robustness
    assert found is not None
    return found


def of_all_trials(found: Robustness, tau2: str | None, ci: str) -> Specification:
    return next(
        s
        for s in found.specifications
        if (s.tau2, s.ci, s.omitted, s.leave_one_out) == (tau2, ci, (), False)
    )


@pytest.mark.parametrize(
    ("tau2", "ci", "printed"),
    [
        (None, "wald", ".0003"),
        ("PM", "wald", ".046"),
        ("REML", "wald", ".051"),
        ("DL", "wald", ".058"),
        ("REML", "hksj", ".18"),
    ],
)
def test_the_p_value_is_what_the_analyst_makes_it(
    pain: Robustness, tau2: str | None, ci: str, printed: str
) -> None:
    p = of_all_trials(pain, tau2, ci).p
    assert p is not None
    assert f"{p:.{len(printed) - 1}f}" == f"0{printed}"


def test_both_verdicts_on_pain_can_be_had(pain: Robustness) -> None:
    assert of_all_trials(pain, None, "wald").verdict == "benefit"
    assert of_all_trials(pain, "REML", "hksj").verdict == "unclear"
    assert 0 < pain.analysis_same < pain.analysis_total
    assert pain.deciding_choice is not None
    assert pain.deciding_choice.choice != "trials"


@pytest.mark.parametrize("harm", ["psychotomimetic-effects", "nausea"])
def test_the_verdicts_on_harms_do_not_hang_on_it(made: Answer, harm: str) -> None:
    found = made.finding(f"{COMPARISON}.{harm}")
    assert {verdict.against_null for verdict in found.verdicts.values()} <= {
        "favours comparator",
        "unclear",
    }
    assert found.robustness is not None
    assert found.verdicts[found.primary].category in {"harm", "important harm"}
    defended = [s for s in found.robustness.specifications if not s.leave_one_out]
    assert {s.verdict for s in defended} == {found.verdicts[found.primary].category}


@pytest.mark.parametrize("outcome", ["depressive-symptoms", "opioid-consumption"])
def test_what_nobody_measured_is_a_gap(made: Answer, outcome: str) -> None:
    cells = [
        gap for gap in made.findings.gaps if (gap.comparison, gap.outcome) == (COMPARISON, outcome)
    ]
    assert cells
    assert all((cell.status, cell.k, cell.finding) == ("no data", 0, None) for cell in cells)


def test_readers_of_the_answer_are_told(made: Answer) -> None:
    words = " ".join(made.summary.split())
    answered = words.split("Outcome ")[0]
    assert re.search(r"(hangs|depends) on", answered)
    for named in ("nausea", "psychotomimetic effects", "depressive symptoms", "opioid consumption"):
        assert named in answered
    for named in ("depressive symptoms", "opioid consumption"):
        assert named in made.page
