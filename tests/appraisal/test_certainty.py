"""Certainty: proposals summed, people's decisions beside and above them."""

from __future__ import annotations

from appraisal.evidence import evidence, weigh
from equipoise.appraisal import appraise_certainty, standing_decisions
from equipoise.findings import Bias, Certainty, Decision
from support.review_factory import decided

TRIALS = (weigh(-15, 60, Bias("overall", "low")), weigh(-14, 40, Bias("overall", "high")))
EVIDENCE = evidence((-15, -20, -9), *TRIALS, tau2=0.0)


def rated(*decisions: object) -> Certainty:
    standing = standing_decisions(decisions, "drug-placebo", "pain", None)  # type: ignore[arg-type]  # decisions of the factory
    certainty = appraise_certainty(EVIDENCE, standing)
    assert certainty is not None
    return certainty


def test_levels_add_up_from_high() -> None:
    certainty = rated()
    levels = {domain.domain: domain.levels for domain in certainty.domains}
    assert levels == {
        "risk of bias": 1,
        "inconsistency": 0,
        "indirectness": None,
        "imprecision": 1,
        "publication bias": None,
    }
    assert (certainty.start, certainty.proposal, certainty.level) == ("high", "low", "low")
    assert certainty.not_judged == ("indirectness", "publication bias")
    assert certainty.decided_by is None


def test_certainty_does_not_fall_below_very_low() -> None:
    certainty = rated(decided("indirectness", "extremely serious"))
    assert certainty.proposal == "very low"


def test_a_persons_decision_on_a_domain_takes_the_proposals_place() -> None:
    certainty = rated(decided("imprecision", "not serious"), decided("indirectness", "not serious"))
    imprecision = certainty.domains[3]
    assert imprecision.levels == 1
    assert imprecision.decisions == (Decision("am", "not serious", "because", None),)
    assert certainty.proposal == "moderate"
    assert certainty.not_judged == ("publication bias",)


def test_a_persons_overall_decision_is_what_readers_see() -> None:
    certainty = rated(decided("overall", "very low"))
    assert (certainty.proposal, certainty.level, certainty.decided_by) == ("low", "very low", "am")


def test_where_people_disagree_the_lowest_level_holds_and_all_are_named() -> None:
    high = decided("overall", "high", by="bk", date="2025-06-02")
    low = decided("overall", "low", by="am", date="2025-06-01")
    for made in ((high, low), (low, high)):
        certainty = rated(*made)
        assert (certainty.level, certainty.decided_by) == ("low", "am, bk")
        assert [(d.by, d.judgement) for d in certainty.decisions] == [("am", "low"), ("bk", "high")]


def test_where_people_disagree_on_a_domain_the_greatest_rating_down_counts() -> None:
    mild = decided("imprecision", "not serious", by="bk", date="2025-06-02")
    harsh = decided("imprecision", "very serious", by="am", date="2025-06-01")
    for made in ((mild, harsh), (harsh, mild)):
        certainty = rated(*made)
        assert certainty.proposal == "very low"
        assert [decision.by for decision in certainty.domains[3].decisions] == ["am", "bk"]


def test_one_persons_later_line_leaves_the_other_persons_standing() -> None:
    certainty = rated(
        decided("overall", "low", by="am"),
        decided("overall", "high", by="bk"),
        decided("overall", "moderate", by="am"),
    )
    assert (certainty.level, certainty.decided_by) == ("moderate", "bk, am")


def test_a_later_line_replaces_and_a_withdrawn_one_takes_back() -> None:
    first = decided("overall", "low")
    assert rated(first, decided("overall", "moderate")).level == "moderate"
    assert rated(first, decided("overall", "low", withdrawn=True)).decided_by is None


def test_decisions_on_other_cells_and_on_subgroups_do_not_count() -> None:
    others = (
        decided("overall", "very low", time="short"),
        decided("overall", "very low", outcome="nausea"),
        decided("overall", "very low", subgroup="women"),
    )
    assert rated(*others).decided_by is None


def test_a_decision_stands_even_where_nothing_was_estimated() -> None:
    assert appraise_certainty(None, {}) is None
    standing = standing_decisions([decided("overall", "very low")], "drug-placebo", "pain", None)
    certainty = appraise_certainty(None, standing)
    assert certainty is not None
    assert certainty.level == "very low"
    assert len(certainty.not_judged) == 5


def test_publication_bias_says_why_it_is_left_to_people() -> None:
    domain = rated().domains[4]
    assert domain.receipt.inputs["trials"] == 2
    assert "fewer than 10 trials" in str(domain.receipt.inputs["reason"])
