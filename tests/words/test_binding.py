"""Values found by their path, written, and checked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from equipoise.errors import DataError
from equipoise.findings import Effect, Findings
from equipoise.words import Bound, bind, join_path, lookup, loose_digits, make_sentence, verify
from support.findings_factory import HOSTILE

PAIN = "drug-a-placebo.pain.immediate"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("review/id", "example"),
        (f"findings/{PAIN}/estimates/as-published/k", 4),
        (f"findings/{PAIN}/trials/{PAIN}.abara-2019/year", 2019),
        (f"findings/{PAIN}/certainty/domains/risk of bias/levels", 1),
        (f"findings/{PAIN}/subgroup_analyses/dose/levels/higher dose/k", 2),
        (f"gaps/{PAIN}/k", 4),
        ("gaps/drug-a-placebo.nausea/k", 4),
        ("outcomes/pain/mid_alternatives/0", 20.0),
        ("notes/design-unknown/code", "design-unknown"),
    ],
)
def test_a_path_leads_through_fields_keys_and_members(
    findings: Findings, path: str, value: object
) -> None:
    assert lookup(findings, path) == value


def test_a_key_with_slashes_is_escaped(findings: Findings) -> None:
    path = join_path("studies", HOSTILE, "year")
    assert "~1script" in path
    assert lookup(findings, path) == 2016


def test_members_are_found_in_short_and_long_tuples_alike(findings: Findings) -> None:
    first = findings.studies[0]
    many = tuple(replace(first, id=f"study {number}", year=1900 + number) for number in range(40))
    for count in (1, 8, 9, 40):
        some = replace(findings, studies=(*many[:count], replace(many[0], year=2000)))
        assert lookup(some, "studies/study 0/year") == 1900  # the first of two with one key
        assert lookup(some, f"studies/study {count - 1}/year") == 1899 + count
        assert lookup(some, f"studies/{count}/year") == 2000
        with pytest.raises(DataError, match="study 40"):
            lookup(some, "studies/study 40")


def test_values_changed_under_one_path_are_not_confused(findings: Findings) -> None:
    for year in range(1950, 1980):
        studies = tuple(replace(study, year=year) for study in findings.studies * 2)
        assert lookup(replace(findings, studies=studies), "studies/Abara 2019/year") == year


@pytest.mark.parametrize(
    ("path", "step"),
    [
        ("findings/nowhere/k", "nowhere"),
        ("reviews", "reviews"),
        (f"findings/{PAIN}/estimates/bayes", "bayes"),
        ("outcomes/99", "99"),
        ("review/id/more", "more"),
    ],
)
def test_a_missing_step_is_named(findings: Findings, path: str, step: str) -> None:
    with pytest.raises(DataError, match=step):
        lookup(findings, path)


def test_what_nobody_knows_cannot_be_written(findings: Findings) -> None:
    with pytest.raises(DataError, match="nobody knows"):
        bind(findings, "outcomes/nausea/mid", "estimate")


def test_an_unknown_style_lists_what_there_is(findings: Findings) -> None:
    with pytest.raises(DataError, match="per_thousand"):
        bind(findings, "review/id", "roman_numerals")


def test_verify_accepts_what_was_written(findings: Findings) -> None:
    path = f"findings/{PAIN}/estimates/as-published/effect/estimate"
    sentence = make_sentence("It was ", (bind(findings, path, "estimate"),), ".")
    assert verify(findings, sentence) == ()


def test_verify_finds_a_number_that_no_longer_holds(findings: Findings) -> None:
    path = f"findings/{PAIN}/estimates/as-published/effect/estimate"
    sentence = make_sentence("It was ", (bind(findings, path, "estimate"),), ".")
    first = findings.findings[0]
    estimate = replace(first.estimates["as-published"], effect=Effect(-3.0, -4.0, -2.0, -3.0, 0.5))
    changed = replace(first, estimates={**first.estimates, "as-published": estimate})
    later = replace(findings, findings=(changed, *findings.findings[1:]))
    (problem,) = verify(later, sentence)
    assert "should be '−3.00'" in problem


def test_verify_finds_a_forged_number_and_a_dead_path(findings: Findings) -> None:
    forged = Bound("9.99", f"findings/{PAIN}/estimates/as-published/effect/estimate", "estimate")
    dead = Bound("1", "findings/gone/k", "count")
    assert len(verify(findings, make_sentence((forged, dead)))) == 2


def test_loose_digits_are_found_but_the_unit_is_not_a_number(findings: Findings) -> None:
    bound = bind(findings, f"findings/{PAIN}/participants", "people")
    sentence = make_sentence("In 2019, ", (bound,), ", 12.5% and 3 more per 1,000 people")
    assert loose_digits(sentence) == ("2019,", "12.5", "3")


def test_neighbouring_texts_are_joined_and_empty_ones_dropped() -> None:
    assert make_sentence("a", ("b", ""), (), "c").parts == ("abc",)
