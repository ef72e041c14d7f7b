"""Risk of bias and decisions."""

from __future__ import annotations

import json

import pytest

from equipoise.review import load_review
from review.folders import Copy, codes, only

LINE = {
    "kind": "certainty",
    "comparison": "drug-a-placebo",
    "outcome": "pain",
    "time": "short",
    "domain": "indirectness",
    "judgement": "serious",
    "reason": "because",
    "by": "am",
    "date": "2025-06-01",
}


def log(*changes: dict[str, object]) -> str:
    lines = [{k: v for k, v in {**LINE, **change}.items() if v != ""} for change in changes]
    return "".join(json.dumps(line) + "\n" for line in lines)


@pytest.mark.parametrize(
    ("row", "code", "severity"),
    [
        ("Trial A,,,blinding,low,,am", "unknown-domain", "error"),
        ("Trial A,,,missing,Low risk,,am", "not-allowed", "error"),
        ("Trial A,,,missing,unclear,,am", "judgement-of-another-tool", "warning"),
        ("Trial A,,,overall,low,,am", "repeated-judgement", "error"),
        ("Trial A,,,period,low,,am", "domain-of-another-design", "warning"),
        ("Trial X,,,overall,low,,am", "unknown-study", "error"),
        ("Trial A,pian,,overall,low,,am", "unknown-outcome", "error"),
        ("Trial A,pain,shrot,overall,low,,am", "unknown-time", "error"),
        ("Trial A,,,,low,,am", "missing-value", "error"),
    ],
)
def test_mistakes_in_risk_of_bias(folder: Copy, row: str, code: str, severity: str) -> None:
    folder.append("risk_of_bias.csv", row + "\n")
    problem = only(folder.problems())
    assert (problem.file, problem.line) == ("risk_of_bias.csv", 11)
    assert (problem.code, problem.severity) == (code, severity)


@pytest.mark.parametrize(
    "row",
    ["Trial A,,,overall,high,,bk", "Trial A,pain,,overall,high,,am", "Trial A,,,missing,low,,"],
)
def test_other_people_and_other_results_may_be_judged_otherwise(folder: Copy, row: str) -> None:
    folder.append("risk_of_bias.csv", row + "\n")
    assert folder.problems() == ()


def test_another_tool_has_its_own_domains(folder: Copy) -> None:
    folder.replace("review.toml", '"RoB 2"', '"RoB 1"')
    folder.append("risk_of_bias.csv", "Trial A,,,blinding,unclear,,am\n")
    assert folder.problems() == ()


def test_decisions_are_typed_and_know_their_line(folder: Copy) -> None:
    first, second = load_review(folder.root).decisions
    assert (first.by, first.domain, first.judgement) == ("am", "indirectness", "not serious")
    assert (first.file, first.line, second.line) == ("decisions/am.jsonl", 1, 2)


def test_a_later_line_of_the_same_person_replaces_an_earlier_one(folder: Copy) -> None:
    folder.write("decisions/am.jsonl", log({}, {"judgement": "very serious"}, {"time": "long"}))
    assert [(d.judgement, d.time, d.line) for d in load_review(folder.root).decisions] == [
        ("very serious", "short", 2),
        ("serious", "long", 3),
    ]


def test_another_person_decides_beside_and_not_instead(folder: Copy) -> None:
    folder.replace("review.toml", '["am"]', '["am", "bk"]')
    folder.write("decisions/am.jsonl", log({}))
    folder.write("decisions/bk.jsonl", log({"by": "bk", "judgement": "not serious"}))
    assert [d.by for d in load_review(folder.root).decisions] == ["am", "bk"]


def test_subgroups_are_decided_apart(folder: Copy) -> None:
    folder.write("decisions/am.jsonl", log({}, {"subgroup": "men"}))
    assert [d.subgroup for d in load_review(folder.root).decisions] == [None, "men"]


def test_a_withdrawn_decision_is_gone_and_needs_no_judgement(folder: Copy) -> None:
    folder.write("decisions/am.jsonl", log({}, {"withdrawn": True, "judgement": "", "reason": ""}))
    assert folder.problems() == ()
    assert load_review(folder.root).decisions == ()


def test_withdrawing_does_not_bring_back_what_came_before(folder: Copy) -> None:
    folder.write("decisions/am.jsonl", log({"judgement": "not serious"}, {}, {"withdrawn": True}))
    assert load_review(folder.root).decisions == ()


def test_a_decision_can_be_taken_again(folder: Copy) -> None:
    folder.write("decisions/am.jsonl", log({}, {"withdrawn": True}, {"judgement": "not serious"}))
    assert [d.judgement for d in load_review(folder.root).decisions] == ["not serious"]


def test_overall_decisions_name_a_level(folder: Copy) -> None:
    folder.write("decisions/am.jsonl", log({"domain": "overall", "judgement": "very low"}))
    assert folder.problems() == ()


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"domain": "overall"}, "not-allowed", "judgement"),
        ({"judgement": "low"}, "not-allowed", "judgement"),
        ({"domain": "bias"}, "unknown-domain", "domain"),
        ({"comparison": "x"}, "unknown-comparison", "comparison"),
        ({"outcome": "x"}, "unknown-outcome", "outcome"),
        ({"time": "x"}, "unknown-time", "time"),
        ({"time": ""}, "unplanned-cell", "time"),
        ({"outcome": "nausea"}, "unplanned-cell", "time"),
        ({"reason": ""}, "missing-key", "reason"),
        ({"reason": " "}, "missing-key", "reason"),
        ({"by": ""}, "missing-key", "by"),
        ({"kind": ""}, "missing-key", "kind"),
        ({"judgment": "serious"}, "unknown-key", "judgment"),
        ({"withdrawn": "yes"}, "wrong-type", "withdrawn"),
        ({"date": 2025}, "wrong-type", "date"),
    ],
)
def test_mistakes_in_a_decision(
    folder: Copy, change: dict[str, object], code: str, field: str
) -> None:
    folder.write("decisions/am.jsonl", log({}, change))
    problem = only(folder.problems())
    assert (problem.file, problem.line) == ("decisions/am.jsonl", 2)
    assert (problem.code, problem.field, problem.severity) == (code, field, "error")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"by": "zz"}, "unknown-reviewer"),
        ({"date": "1 June"}, "odd-date"),
        ({"kind": "screening"}, "unknown-kind"),
    ],
)
def test_warnings_about_a_decision(folder: Copy, change: dict[str, object], code: str) -> None:
    folder.write("decisions/am.jsonl", log(change))
    problem = only(folder.problems())
    assert (problem.line, problem.code, problem.severity) == (1, code, "warning")


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[1]",
        "null",
        '"text"',
        "NaN",
        '{"kind": NaN}',
        "{'kind': 1}",
        "[" * 100_000,
        "9" * 5000,
    ],
)
def test_what_is_not_a_json_object_is_named_by_its_line(folder: Copy, line: str) -> None:
    folder.write("decisions/am.jsonl", log({}) + "\n" + line + "\n" + log({}))
    assert [(p.line, p.code) for p in folder.problems()] == [(3, "json-syntax")]


def test_without_a_list_of_reviewers_anybody_may_decide(folder: Copy) -> None:
    folder.replace("review.toml", 'reviewers = ["am"]\n', "")
    folder.write("decisions/zz.jsonl", log({"by": "zz"}))
    assert codes(folder.problems()) == []
