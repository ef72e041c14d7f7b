"""The summary-of-findings table and the harms beside it."""

from __future__ import annotations

from dataclasses import replace

from equipoise.findings import Decision, Note
from equipoise.report import render_report, summary_of_findings
from equipoise.report.basis import no_data
from equipoise.report.certainty import certainty_mark
from equipoise.report.directory import directory
from equipoise.report.harms import harm_rows, notes_on_harms
from equipoise.report.summary import risk_bases, scale_text, trials_text
from equipoise.words import numbers
from report.reading import example_page, read
from support.findings_factory import example_findings, without_data

MAIN = "drug-a-placebo"


def test_planned_outcomes_are_all_there_benefits_first() -> None:
    rows = [
        (row.outcome, row.time, row.finding is not None)
        for row in summary_of_findings(example_findings(), MAIN)
    ]
    assert rows == [
        ("Pain intensity", "immediate term (up to 1 day)", True),
        ("Pain intensity", "short term", True),
        ("Pain reduced by 50 % or more", "short term", True),
        ("Depressive symptoms", "short term", False),
        ("Any adverse event", None, True),
        ("Nausea", None, True),
        ("Serious adverse events", None, True),
    ]


def test_a_difference_in_means_names_its_direction() -> None:
    finding = example_findings().findings[0]
    effect = finding.estimates[finding.primary].effect
    row = summary_of_findings(example_findings(), MAIN)[0]
    assert effect.estimate < 0
    assert row.difference.startswith(f"{numbers.magnitude(effect.estimate)} lower (")
    assert row.effect == (
        f"MD {numbers.estimate(effect.estimate)}"
        f" ({numbers.estimate(effect.ci_low)} to {numbers.estimate(effect.ci_high)})"
    )
    assert row.comparator == "means 47.00 to 58.00"
    assert row.treatment == "–"
    assert row.details == "Pain intensity (0 to 100); lower is better"


def test_risks_are_per_thousand_with_the_difference_in_words() -> None:
    findings = example_findings()
    finding = next(f for f in findings.findings if f.outcome == "nausea")
    absolute = finding.absolute[finding.primary]
    row = next(r for r in summary_of_findings(findings, MAIN) if r.outcome == "Nausea")
    assert row.comparator == numbers.per_thousand(absolute.comparator_per_1000)
    assert row.treatment == numbers.per_thousand(absolute.treatment_per_1000)
    assert row.difference.startswith(
        f"{numbers.per_thousand_size(absolute.difference_per_1000)} more (from "
    )


def test_fewer_people_are_said_to_be_fewer() -> None:
    findings = example_findings()
    finding = next(f for f in findings.findings if f.outcome == "nausea")
    absolute = replace(
        finding.absolute[finding.primary],
        difference_per_1000=-40.0,
        difference_low_per_1000=-60.4,
        difference_high_per_1000=3.0,
    )
    changed = replace(finding, absolute={finding.primary: absolute})
    others = tuple(changed if f is finding else f for f in findings.findings)
    rows = summary_of_findings(replace(findings, findings=others), MAIN)
    row = next(r for r in rows if r.outcome == "Nausea")
    assert row.difference == "40 fewer (from 60 fewer to 3 more)"


def test_what_cannot_be_estimated_is_a_row_that_says_so() -> None:
    row = summary_of_findings(example_findings(), MAIN)[-1]
    assert row.effect == "Not estimable"
    assert (row.trials, row.people) == ("2", "116")
    assert row.certainty is None


def test_trials_without_an_effect_are_told_from_those_with_one() -> None:
    finding = example_findings().findings[0]
    assert trials_text(finding) == "4"
    first, *rest = finding.trials
    none = replace(first, status="not estimable", effect=None)
    assert trials_text(replace(finding, trials=(none, *rest))) == "3 of 4"


def test_why_a_risk_cannot_be_given_stands_in_the_table() -> None:
    findings = example_findings()
    finding = next(f for f in findings.findings if f.outcome == "nausea")
    note = Note("assumed-risk-zero", "No risk can be given.")
    changed = replace(finding, absolute={}, notes=(note,))
    others = tuple(changed if f is finding else f for f in findings.findings)
    changed_findings = replace(findings, findings=others)
    rows = summary_of_findings(changed_findings, MAIN)
    row = next(r for r in rows if r.outcome == "Nausea")
    assert (row.comparator, row.difference, row.notes) == ("–", "–", ("No risk can be given.",))
    names = directory(changed_findings)
    harm = next(r for r in harm_rows(names, names.comparisons[MAIN]) if r.title == "Nausea")
    assert harm.bars is None
    again = replace(harm, title="Vomiting")
    assert notes_on_harms([harm, again]) == (("Nausea, Vomiting", "No risk can be given."),)


def test_where_the_comparators_risks_come_from_is_said_once() -> None:
    rows = summary_of_findings(example_findings(), MAIN)
    assert risk_bases(rows) == {"median of the comparator risks in the trials": "a"}


def test_each_basis_has_its_own_letter_however_many_there_are() -> None:
    row = summary_of_findings(example_findings(), MAIN)[0]
    bases = [f"basis {number}" for number in range(28)]
    letters = risk_bases([replace(row, basis=basis) for basis in (*bases, bases[0])])
    assert list(letters) == bases
    assert list(letters.values())[:3] == ["a", "b", "c"]
    assert list(letters.values())[25:] == ["z", "aa", "ab"]


def test_a_risk_carries_the_letter_of_its_basis() -> None:
    findings = example_findings()
    nausea = next(f for f in findings.findings if f.outcome == "nausea")
    own = {
        preset: replace(absolute, assumed_risk_basis="from a register")
        for preset, absolute in nausea.absolute.items()
    }
    others = tuple(replace(f, absolute=own) if f is nausea else f for f in findings.findings)
    page = read(render_report(replace(findings, findings=others)))
    section = page.by_id(f"summary-{MAIN}")
    marks = {
        row.all("th")[0].all("a")[0].text: [note.attributes["href"][1:] for note in notes]
        for row in section.all("tr")
        if (notes := [a for sup in row.all("sup") for a in sup.all("a")])
    }
    (nausea_mark,) = marks.pop("Nausea")
    assert page.by_id(nausea_mark).text.endswith("from a register")
    assert marks
    for (mark,) in marks.values():
        assert page.by_id(mark).text.endswith("median of the comparator risks in the trials")
        assert mark != nausea_mark


def test_nothing_is_claimed_of_trials_that_are_not_listed() -> None:
    findings = example_findings()
    included = findings.included
    assert no_data(findings) == "No data in the 8 trials listed here."
    one = replace(findings, included=replace(included, listed=1))
    assert no_data(one) == "No data in the 1 trial listed here."
    none = replace(findings, included=replace(included, listed=0))
    assert no_data(none) == "No data: none of the trials is listed here."
    for trials in (None, included.listed):
        every = replace(findings, included=replace(included, trials=trials))
        assert no_data(every) == "No included trial of this comparison reported it."
    page = example_page()
    for section in ("summary", "harms"):
        assert "No data in the 8 trials listed here." in page.by_id(section).text
        assert "No included trial" not in page.by_id(section).text
    bare = read(render_report(without_data()))
    assert no_data(without_data()) in bare.by_id("trials").text


def test_a_scale_shows_its_range_once() -> None:
    finding = example_findings().findings[0]
    outcome = example_findings().outcomes[0]
    assert scale_text(outcome, finding) == "Pain intensity (0 to 100); lower is better"
    named = replace(finding, scale="Pain intensity")
    assert scale_text(outcome, named) == "Pain intensity, 0 to 100; lower is better"
    assert scale_text(outcome, replace(finding, scale=None)) == "lower is better"


def test_certainty_says_whether_people_decided_it() -> None:
    decided, proposed = (f.certainty for f in example_findings().findings[:2])
    assert decided is not None
    assert proposed is not None
    mark = certainty_mark("x", decided)
    assert (mark.symbols, mark.level, mark.basis) == ("⊕⊖⊖⊖", "very low", "decided by am")
    assert certainty_mark("x", proposed).basis == "proposal: low at most"
    judged = replace(proposed, not_judged=())
    assert certainty_mark("x", judged).basis == "proposal: nobody has decided"


def test_a_ceiling_of_high_is_no_rating() -> None:
    first, *rest = example_findings().findings
    assert first.certainty is not None
    unjudged = replace(
        first.certainty,
        proposal="high",
        level="high",
        decided_by=None,
        decisions=(),
        not_judged=("risk of bias", "indirectness"),
    )
    mark = certainty_mark("x", unjudged)
    assert (mark.symbols, mark.level) == ("", "not yet rated")
    assert mark.basis == "nobody has judged: risk of bias, indirectness"
    findings = replace(example_findings(), findings=(replace(first, certainty=unjudged), *rest))
    page = read(render_report(findings))
    own = page.by_id(f"c-{first.id}").text
    assert "not yet rated" in own
    assert "⊕" not in own
    summary = page.by_id(f"summary-{MAIN}").all("td")[5].text
    assert summary.startswith("not yet rated nobody has judged")
    assert certainty_mark("x", replace(unjudged, not_judged=())).symbols == "⊕⊕⊕⊕"
    decided = replace(unjudged, decided_by="am")
    assert (certainty_mark("x", decided).level, certainty_mark("x", decided).symbols) == (
        "high",
        "⊕⊕⊕⊕",
    )


def test_certainty_shows_where_reviewers_disagree() -> None:
    certainty = example_findings().findings[0].certainty
    assert certainty is not None
    low, high = (
        Decision("am", "low", "Few people.", None),
        Decision("bk", "high", "Large trials.", None),
    )
    split = replace(certainty, level="low", decided_by="am, bk", decisions=(low, high))
    mark = certainty_mark("x", split)
    assert (mark.level, mark.basis) == ("low", "reviewers disagree: am low, bk high")
    agreed = replace(split, decisions=(low, replace(low, by="bk")))
    assert certainty_mark("x", agreed).basis == "decided by am, bk"
    first, *rest = example_findings().findings
    page = render_report(
        replace(example_findings(), findings=(replace(first, certainty=split), *rest))
    )
    assert page.count("reviewers disagree: am low, bk high") >= 2


def test_the_page_shows_each_effect_as_a_link_to_its_trials() -> None:
    table = example_page().by_id("summary-drug-a-placebo").all("table")[0]
    links = [a.attributes["href"] for a in table.all("a", "n") if a.text.startswith(("MD", "RR"))]
    expected = [
        f"#f-{row.finding}"
        for row in summary_of_findings(example_findings(), MAIN)
        if row.effect.startswith(("MD", "RR"))
    ]
    assert links == expected


def test_harms_stand_side_by_side_and_unreported_ones_last() -> None:
    names = directory(example_findings())
    rows = harm_rows(names, names.comparisons["drug-b-placebo"])
    assert [row.title for row in rows] == ["Nausea", "Any adverse event", "Serious adverse events"]
    assert [row.finding is not None for row in rows] == [True, False, False]
    assert [row.effect for row in rows[1:]] == ["No data", "No data"]


def test_bars_are_drawn_to_the_scale_of_a_thousand_people() -> None:
    findings = example_findings()
    names = directory(findings)
    finding = next(f for f in findings.findings if f.outcome == "nausea")
    absolute = finding.absolute[finding.primary]
    row = next(r for r in harm_rows(names, names.comparisons[MAIN]) if r.title == "Nausea")
    assert row.bars is not None
    assert row.bars.comparator == f"{absolute.comparator_per_1000 / 10:.1f}%"
    assert row.bars.treatment == f"{absolute.treatment_per_1000 / 10:.1f}%"
