"""Each number in words leads to the trials behind it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.report.anchors import leads_to, safe
from equipoise.report.directory import directory
from equipoise.report.sentences import is_number, marked_up
from equipoise.words import answer
from equipoise.words.model import Bound, Sentence
from report.reading import example_page
from support.findings_factory import example_findings


def test_the_numbers_of_the_answer_are_links_in_the_order_they_are_said() -> None:
    said = [
        bound
        for sentence in answer(example_findings())
        for bound in sentence.bound
        if is_number(bound) and leads_to(bound)
    ]
    links = example_page().by_id("answer").all("a", "n")
    assert len(links) > 10
    assert [link.text for link in links] == [" ".join(bound.text.split()) for bound in said]
    assert [link.attributes["href"] for link in links] == [f"#{leads_to(b)}" for b in said]


def test_every_number_of_a_finding_leads_to_that_finding() -> None:
    page = example_page()
    for sentence in answer(example_findings()):
        for bound in sentence.bound:
            if bound.finding is not None and is_number(bound):
                target = page.by_id(str(leads_to(bound)))
                to_trials = [
                    a for a in target.all("a") if a.attributes["href"] == f"#f-{bound.finding}"
                ]
                assert target.attributes["id"] == f"f-{bound.finding}" or to_trials


def test_hovering_a_number_names_its_trials() -> None:
    findings = example_findings()
    link = example_page().by_id("answer").all("a", "n")[0]
    finding = findings.findings[0]
    assert link.attributes["href"] == f"#f-{finding.id}"
    for trial in finding.trials:
        assert trial.label in link.attributes["title"]


@pytest.mark.parametrize(
    ("path", "finding", "target"),
    [
        ("findings/a.b/estimates/x/effect/estimate", "a.b", "f-a.b"),
        ("findings/a.b/robustness/share", "a.b", "r-a.b"),
        ("findings/a.b/certainty/level", "a.b", "c-a.b"),
        ("findings/a~1b/robustness/share", "a/b", f"r-{safe('a/b')}"),
        ("included/trials", None, "basis"),
        ("gaps/a.b/k", None, "gaps"),
        ("outcomes/pain/name", None, None),
    ],
)
def test_where_a_number_leads(path: str, finding: str | None, target: str | None) -> None:
    assert leads_to(Bound("1", path, "count", finding)) == target


def test_names_are_written_plainly_and_escaped() -> None:
    sentence = Sentence(("<i>", Bound("<b>", "outcomes/pain/name", "name", None), " & "))
    assert str(marked_up(sentence, directory(example_findings()))) == "&lt;i&gt;&lt;b&gt; &amp; "


@given(st.text(), st.text())
def test_safe_identifiers_are_safe_and_stay_apart(one: str, other: str) -> None:
    written = safe(one)
    assert written.isascii()
    assert not set(written) - set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"
    )
    assert written
    assert (safe(other) == written) == (one == other)
