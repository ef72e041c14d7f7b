"""Every measure goes from rows to findings that are finite, whatever the preset."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.findings import from_json, to_json
from equipoise.review.model import MethodPlan, Outcome, Result, Study
from equipoise.synthesis import synthesise
from support.review_factory import EVENTS, PAIN, Trial, events, protocol, review, two_arms
from synthesis.findings import finding, primary

PRESETS = ("as-published", "cochrane-2025")
CELL = "drug-placebo.events"


def counted(person_time: float | None = None) -> list[Trial]:
    made = [events(f"T{i}", (3 + 4 * i, 60), (4, 55)) for i in range(4)]
    rows = [tuple(replace(r, person_time=person_time) for r in trial.results) for trial in made]
    return [replace(trial, results=found) for trial, found in zip(made, rows, strict=True)]


def outcome(measure: str, kind: str = "binary") -> Outcome:
    return replace(EVENTS, measure=measure, kind=kind, mid_per_1000=20.0)  # type: ignore[arg-type]  # each test names a real measure


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("measure", ["RR", "OR", "RD", "PETO"])
def test_counts(measure: str, preset: str) -> None:
    plan = protocol(outcome(measure), methods=MethodPlan(preset))
    found = finding(*counted(), plan=plan, cell=CELL)
    assert found.status == "pooled"
    assert set(found.absolute) == set(PRESETS)
    assert found.robustness is not None
    own = [s for s in found.robustness.specifications if s.trials == "all trials"]
    assert any(
        s.ci_low == pytest.approx(primary(found).effect.ci_low, rel=1e-9)
        and s.verdict == found.verdicts[preset].category
        for s in own
    )


@pytest.mark.parametrize("measure", ["IRR", "IRD"])
def test_rates(measure: str) -> None:
    plan = protocol(outcome(measure, "rate"))
    found = finding(*counted(person_time=100.0), plan=plan, cell=CELL)
    assert primary(found).k == 4
    assert found.absolute == {}
    assert found.ratio == (measure == "IRR")


@pytest.mark.parametrize(("measure", "shown"), [("HR", math.exp(-0.3)), ("GENERIC", -0.3)])
def test_ready_estimates(measure: str, shown: float) -> None:
    plan = protocol(outcome(measure, "time-to-event"))
    made = [
        Trial(
            Study(study),
            two_arms(study),
            (Result(study, "d", "events", reference_arm="p", estimate=-0.3, se=0.1),),
        )
        for study in ("A", "B", "C")
    ]
    found = finding(*made, plan=plan, cell=CELL)
    assert primary(found).effect.estimate == pytest.approx(shown)
    assert found.verdicts["as-published"].category == "benefit"


def test_numbers_of_arms_cannot_give_a_hazard_ratio() -> None:
    found = finding(*counted(), plan=protocol(outcome("HR", "time-to-event")), cell=CELL)
    assert found.status == "not poolable"
    assert all("a reported contrast is needed" in t.notes[-1].text for t in found.trials)


counts = st.tuples(st.integers(0, 12), st.integers(12, 15))


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(counts, counts), min_size=1, max_size=5), st.sampled_from(["RR", "OR", "RD"])
)
def test_sparse_counts_never_break_the_data(
    tables: list[tuple[tuple[int, int], tuple[int, int]]], measure: str
) -> None:
    made = [events(f"T{i}", drug, placebo) for i, (drug, placebo) in enumerate(tables)]
    found = synthesise(review(*made, plan=protocol(outcome(measure))), software_version="1")
    assert from_json(to_json(found)) == found
    (only,) = found.findings
    weights = [trial.weights.get(only.primary, 0) for trial in only.trials]
    assert sum(weights) == pytest.approx(100 if only.estimates else 0)
    assert len(only.trials) == len(tables)


@settings(max_examples=40, deadline=None)
@given(st.permutations(range(4)))
def test_the_order_of_studies_does_not_change_the_answer(order: list[int]) -> None:
    made = counted()
    plan = protocol(PAIN, outcome("RR"))
    before = finding(*made, plan=plan, cell=CELL)
    after = finding(*(made[i] for i in order), plan=plan, cell=CELL)
    assert primary(after).effect.estimate == pytest.approx(
        primary(before).effect.estimate, rel=1e-12
    )
    assert (
        after.absolute["as-published"].assumed_risk == before.absolute["as-published"].assumed_risk
    )
    assert after.robustness is not None
    assert before.robustness is not None
    assert after.robustness.verdicts == before.robustness.verdicts
