"""The whole: the grid, presets, notes, purity, and that nothing leaks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from equipoise.errors import MethodError
from equipoise.findings import Findings, from_json, to_json
from equipoise.review.model import Included, MethodPlan, Problem, Result, Study
from equipoise.synthesis import synthesise
from support.review_factory import (
    EVENTS,
    PAIN,
    Trial,
    contrast,
    decided,
    events,
    means,
    planned,
    protocol,
    review,
    two_arms,
)
from synthesis.findings import codes, finding

TRIALS = (
    means("A", (40, 20, 30), (50, 20, 30)),
    means("B", (45, 25, 40), (48, 22, 41)),
    means("C", (30, 18, 12), (52, 21, 14)),
    events("D", (9, 40), (4, 40)),
    events("E", (12, 40), (6, 40)),
)
TIMED = replace(PAIN, times=("short", "long"))


def made(*trials: Trial, **parts: object) -> Findings:
    return synthesise(review(*trials, **parts), software_version="1.2.3")  # type: ignore[arg-type]  # each test names real parts


def test_every_planned_cell_is_in_the_grid() -> None:
    found = made(*TRIALS[:3], plan=protocol(PAIN, EVENTS))
    assert [(gap.outcome, gap.status, gap.k, gap.finding) for gap in found.gaps] == [
        ("pain", "pooled", 3, "drug-placebo.pain"),
        ("events", "no data", 0, None),
    ]
    assert found.gaps[0].studies == ("A", "B", "C")
    assert found.gaps[0].participants == 167


def test_the_protocols_preset_comes_first_and_the_other_beside_it() -> None:
    for methods, expected in (
        (MethodPlan("as-published"), ("as-published", "cochrane-2025")),
        (MethodPlan("cochrane-2025"), ("cochrane-2025", "as-published")),
        (MethodPlan("cochrane-2025", "cochrane-2025"), ("cochrane-2025",)),
    ):
        found = made(*TRIALS, plan=protocol(PAIN, methods=methods))
        assert found.presets == expected
        assert tuple(found.findings[0].estimates) == expected
        assert found.findings[0].primary == expected[0]


def test_changes_apply_to_the_protocols_preset_only() -> None:
    methods = MethodPlan("as-published", changes={"tau2": "PM"})
    found = finding(*TRIALS[:3], plan=protocol(PAIN, methods=methods))
    assert found.estimates["as-published"].methods.tau2 == "PM"
    assert found.estimates["as-published"].methods.changed == {"tau2": "PM"}
    assert found.estimates["cochrane-2025"].methods.changed == {}


def test_a_cells_own_methods_apply_to_it() -> None:
    plan = protocol(PAIN, analyses=(planned(methods={"model": "common"}, note="few trials"),))
    found = finding(*TRIALS[:3], plan=plan)
    assert found.estimates["as-published"].methods.model == "common"
    assert "from-protocol" in codes(found.notes)


def test_methods_that_are_not_defined_name_the_cell() -> None:
    plan = protocol(PAIN, analyses=(planned(methods={"method": "MH"}),))
    with pytest.raises(MethodError, match=r"\[\[analyses\]\] entry of drug-placebo\.pain\."):
        made(*TRIALS, plan=plan)


def test_zero_sums_fall_back_to_inverse_variance_with_a_note() -> None:
    plan = protocol(
        EVENTS, methods=MethodPlan("cochrane-2025", changes={"method": "MH", "model": "common"})
    )
    found = finding(
        events("A", (3, 20), (0, 20)), events("B", (2, 20), (0, 20)),
        plan=plan, cell="drug-placebo.events",
    )  # fmt: skip
    assert found.estimates["cochrane-2025"].methods.method == "IV"
    assert "inverse-variance-instead" in codes(found.notes)


def test_the_same_review_gives_the_same_bytes() -> None:
    assert to_json(made(*TRIALS)) == to_json(made(*TRIALS))


def test_findings_survive_json() -> None:
    found = made(*TRIALS, judgements=(), decisions=(decided("overall", "low"),))
    assert from_json(to_json(found)) == found


def test_one_number_changes_only_what_rests_on_it() -> None:
    before = made(*TRIALS)
    changed = replace(TRIALS[3].results[0], events=10)
    after = made(
        *TRIALS[:3], replace(TRIALS[3], results=(changed, TRIALS[3].results[1])), TRIALS[4]
    )
    assert after.findings[0] == before.findings[0]
    assert after.findings[1].trials[1].effect == before.findings[1].trials[1].effect
    assert after.findings[1].estimates != before.findings[1].estimates
    assert replace(after, findings=()) == replace(before, findings=())


def test_studies_without_numbers_are_listed() -> None:
    silent = Trial(Study("Z"), two_arms("Z"), ())
    found = made(*TRIALS, silent, plan=replace(protocol(PAIN, EVENTS), included=Included(trials=9)))
    last = found.studies[-1]
    assert (last.id, last.has_numbers, last.findings) == ("Z", False, ())
    assert last.treatments == ("drug", "placebo")
    assert (found.included.trials, found.included.listed, found.included.with_numbers) == (9, 6, 5)


def test_results_outside_the_plan_are_named() -> None:
    stray = replace(TRIALS[0], results=tuple(replace(r, time="long") for r in TRIALS[0].results))
    found = made(stray, TRIALS[1])
    note = next(note for note in found.notes if note.code == "results-outside-plan")
    assert "results.csv:2, results.csv:3" in note.text


def test_results_that_nothing_rests_on_are_named() -> None:
    lone = Trial(Study("L"), two_arms("L")[:1], (Result("L", "d", "pain", mean=1, sd=1, n=9),))
    found = made(TRIALS[0], lone)
    note = next(note for note in found.notes if note.code == "results-not-used")
    assert note.text.endswith("rests on: results.csv:4.")


def test_decisions_about_cells_nobody_planned_are_named() -> None:
    found = made(*TRIALS, decisions=(decided("overall", "low", time="long"),))
    assert "decisions-outside-plan" in codes(found.notes)


def test_decisions_about_planned_cells_without_data_are_named() -> None:
    made_by = (decided("overall", "low"), decided("imprecision", "serious", by="bk"))
    taken_back = decided("overall", "low", outcome="events")
    found = made(
        *TRIALS[:3],
        plan=protocol(TIMED, EVENTS),
        decisions=(
            *(replace(each, time="short") for each in made_by),
            taken_back,
            replace(taken_back, withdrawn=True),
        ),
    )
    (note,) = [note for note in found.notes if note.code == "decisions-without-data"]
    assert note.text.endswith("without any result: drug-placebo.pain.short (by am, bk).")
    assert "decisions-without-data" not in codes(made(*TRIALS, decisions=made_by).notes)


def test_warnings_of_the_folder_travel_once_for_each_kind() -> None:
    problem = Problem("a.csv", 2, "x", "y", "z", "looks odd", "odd", "warning")
    found = made(*TRIALS, warnings=(problem, problem))
    assert [(n.code, n.text) for n in found.notes] == [
        ("odd", "looks odd (2 warnings of this kind)")
    ]


def test_provenance_names_every_file() -> None:
    found = made(*TRIALS, hashes={"review.toml": "b", "arms.csv": "a"})
    assert found.provenance.version == "1.2.3"
    assert list(found.provenance.inputs.items()) == [("arms.csv", "a"), ("review.toml", "b")]


def test_scales_are_written_with_their_range() -> None:
    assert made(*TRIALS).outcomes[0].scale == "Pain intensity (0 to 100)"


def test_people_are_missing_where_nobody_counted_them() -> None:
    found = finding(TRIALS[0], contrast("X", estimate=-3, se=2))
    assert found.participants == 60
    assert "participants-incomplete" in codes(found.notes)


def test_times_make_cells_of_their_own() -> None:
    short = replace(TRIALS[0], results=tuple(replace(r, time="short") for r in TRIALS[0].results))
    found = made(short, plan=protocol(TIMED))
    assert [f.id for f in found.findings] == ["drug-placebo.pain.short"]
    assert found.findings[0].title == "drug v placebo: Pain, short term"
    assert [gap.status for gap in found.gaps] == ["single trial", "no data"]
