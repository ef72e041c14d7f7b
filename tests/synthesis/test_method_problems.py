"""Planned methods that do not go together: where to look, and every cell they concern."""

from __future__ import annotations

from dataclasses import replace

import pytest

from equipoise.errors import MethodError
from equipoise.review import Problem
from equipoise.review.model import MethodPlan, Protocol
from equipoise.synthesis import method_problems, synthesise
from support.review_factory import EVENTS, PAIN, planned, protocol, review

MOOD = replace(PAIN, id="mood")
MH = MethodPlan("as-published", changes={"method": "MH"})


def found(plan: Protocol) -> tuple[Problem, ...]:
    return method_problems(review(plan=plan))


def test_methods_that_go_together_are_no_problem() -> None:
    assert found(protocol(EVENTS, methods=MH)) == ()
    assert found(protocol(PAIN, EVENTS)) == ()


def test_a_change_for_all_names_the_field_and_every_cell_with_or_without_data() -> None:
    (problem,) = found(protocol(PAIN, EVENTS, MOOD, methods=MH))
    assert (problem.file, problem.field) == ("review.toml", "methods.changes")
    assert (problem.code, problem.severity) == ("methods-not-defined", "error")
    assert problem.found == 'method = "MH"'
    assert problem.message.startswith(
        "Mantel-Haenszel pools RR, OR, RD, IRR and IRD; use method='IV'"
    )
    assert problem.message.endswith(
        "Planned in [methods.changes] for drug-placebo.pain, drug-placebo.mood."
    )


def test_a_change_for_one_analysis_names_its_entry() -> None:
    (problem,) = found(protocol(PAIN, MOOD, analyses=(planned(methods={"method": "MH"}),)))
    assert problem.field == "analyses"
    assert problem.message.endswith("Planned in the [[analyses]] entry of drug-placebo.pain.")


def test_an_entry_that_mends_the_change_for_all_is_no_problem() -> None:
    mended = planned(methods={"method": "IV"})
    assert found(protocol(PAIN, EVENTS, methods=MH, analyses=(mended,))) == ()


def test_an_entry_beside_a_broken_change_for_all_is_not_the_one_blamed() -> None:
    beside = planned(methods={"level": 0.9})
    (problem,) = found(protocol(PAIN, methods=MH, analyses=(beside,)))
    assert (problem.field, problem.found) == ("methods.changes", 'method = "MH"')


def test_different_mistakes_are_told_one_by_one() -> None:
    plan = protocol(PAIN, replace(MOOD, measure="SMD"), EVENTS, methods=MH)
    assert [problem.message.split()[-1] for problem in found(plan)] == [
        "drug-placebo.pain.",
        "drug-placebo.mood.",
    ]


def test_synthesis_refuses_and_says_the_same() -> None:
    with pytest.raises(MethodError) as refused:
        synthesise(review(plan=protocol(PAIN, MOOD, methods=MH)), software_version="1")
    assert str(refused.value).startswith('review.toml methods.changes: found method = "MH"')
    assert "drug-placebo.pain, drug-placebo.mood" in str(refused.value)
