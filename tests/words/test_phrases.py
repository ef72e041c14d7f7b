"""How names, directions and choices are written."""

from __future__ import annotations

from dataclasses import replace

import pytest

from equipoise.findings import Methods
from equipoise.words import method_phrases, phrases


@pytest.mark.parametrize(
    ("value", "inside"),
    [
        ("Pain intensity", "pain intensity"),
        ("Nausea", "nausea"),
        ("Adverse events (total)", "adverse events (total)"),
        ("EQ-5D", "EQ-5D"),
        ("SF-36 general health", "SF-36 general health"),
        ("Crohn's disease activity", "Crohn's disease activity"),
        ("Crohn’s disease activity", "Crohn’s disease activity"),
        ("Überleben", "überleben"),
        ("pain", "pain"),
        ("T", "T"),
        ("", ""),
    ],
)
def test_a_name_inside_a_sentence_loses_only_an_ordinary_capital(value: str, inside: str) -> None:
    assert phrases.name_inside(value) == inside


def test_a_name_cannot_drive_a_terminal_or_break_a_line() -> None:
    assert phrases.name("red\x1b[31m\nalert\u202e") == "red�[31m alert�"
    assert phrases.name("  two   words ") == "two words"
    assert phrases.name("two\u00a0\u2028words") == "two words"


def test_a_name_starts_a_sentence_with_a_capital() -> None:
    assert phrases.name_start("drug A") == "Drug A"


@pytest.mark.parametrize(
    ("value", "lower", "fewer", "reduce", "reduces"),
    [
        (-2.0, "lower", "fewer", "reduce", "reduces"),
        (2.0, "higher", "more", "increase", "increases"),
        (0.0, "lower or higher", "fewer or more", "increase", "increases"),
        (-5.55e-17, "lower or higher", "fewer or more", "reduce", "reduces"),
    ],
)
def test_directions_follow_the_sign(
    value: float, lower: str, fewer: str, reduce: str, reduces: str
) -> None:
    assert phrases.lower_or_higher(value) == lower
    assert phrases.fewer_or_more(value) == fewer
    assert phrases.reduce_or_increase(value) == reduce
    assert phrases.reduces_or_increases(value) == reduces


@pytest.mark.parametrize(
    ("value", "lower_is_better", "higher_is_better"),
    [(-2.0, "improve", "worsen"), (2.0, "worsen", "improve")],
)
def test_improvement_follows_the_better_end_of_the_scale(
    value: float, lower_is_better: str, higher_is_better: str
) -> None:
    assert phrases.improve_if_lower(value) == lower_is_better
    assert phrases.improves_if_lower(value) == f"{lower_is_better}s"
    assert phrases.improve_if_higher(value) == higher_is_better
    assert phrases.improves_if_higher(value) == f"{higher_is_better}s"


def test_an_unknown_measure_is_quoted() -> None:
    assert phrases.measure("RR") == "risk ratio"
    assert phrases.measure("XYZ") == "XYZ"


def test_a_receipt_tells_what_was_read() -> None:
    read = {
        "trials": 4,
        "weight_at_risk": 21.5,
        "known": None,
        "decided": True,
        "rule": "x",
        "reason": "y",
    }
    assert phrases.receipt(read) == (
        "trials: 4, weight at risk: 21.50, known: unknown, decided: yes, rule: x"
    )


def test_a_receipt_can_hold_any_finite_number() -> None:
    read = {"huge": 1.7e308, "tiny": -5e-324, "whole": 10**30, "large": 123456789.5}
    assert phrases.receipt(read) == (
        "huge: 1.70 × 10³⁰⁸, tiny: 0.00, whole: 1.00 × 10³⁰, large: 1.23 × 10⁸"
    )


def test_a_tally_counts_verdicts() -> None:
    assert phrases.tally({"benefit": 1200, "unclear": 11}) == "benefit (1,200), unclear (11)"


def _methods(model: str, method: str) -> Methods:
    return Methods(
        "as-published",
        "RR",
        model,
        method,
        None,
        "wald",
        None,
        None,
        "q",
        0.95,
        None,
        None,
        None,
        None,
        {},
    )


def test_mantel_haenszel_weights_are_claimed_only_under_a_common_effect() -> None:
    common = method_phrases.weighting(_methods("common", "MH"))
    random = method_phrases.weighting(_methods("random", "MH"))
    assert common.startswith("a common-effect model, each trial weighted by the method of Mantel")
    assert random.startswith("a random-effects model, each trial weighted by the inverse")
    assert "measured around the estimate of Mantel" in random


@pytest.mark.parametrize(
    ("rule", "options"),
    [
        (method_phrases.between_trial_variance, ("DL", "PM", "REML", "ML")),
        (method_phrases.confidence_interval, ("hksj", "hksj-floor")),
        (method_phrases.prediction_interval, ("follow-ci", "HTS", "V", "HK")),
        (method_phrases.variance_interval, ("q-profile",)),
        (method_phrases.inconsistency, ("q", "tau2")),
        (method_phrases.standardised_variance, ("hedges-ls", "revman")),
    ],
)
def test_every_method_of_the_literature_carries_its_doi(
    rule: object, options: tuple[str, ...]
) -> None:
    assert callable(rule)
    texts = [rule(option) for option in options]
    assert all("doi:10." in text for text in texts)
    assert len(set(texts)) == len(options)


def test_an_unknown_option_is_quoted_not_guessed() -> None:
    assert method_phrases.between_trial_variance("XX") == "XX"


def test_changes_are_named_in_words() -> None:
    assert method_phrases.changes({"ci": "t", "tau2": "PM"}) == (
        "confidence interval: t; between-trial variance: PM"
    )


def _counted(zero_cells: str, add: float | None, double_zero: str, measure: str = "RR") -> str:
    methods = replace(
        _methods("random", "IV"),
        measure=measure, zero_cells=zero_cells, add=add, double_zero=double_zero,
    )  # fmt: skip
    return method_phrases.empty_cells(methods)


def test_empty_cells_are_told_with_the_constant_and_the_trials_without_events() -> None:
    assert _counted("only-zero", 0.5, "revman") == (
        "0.50 was added to each cell of trials with an empty cell, and of no others; "
        "trials with no event in either group were not estimable"
    )
    assert _counted("all", 1.0, "keep").endswith("were counted too")
    assert "trials" not in _counted("none", None, "drop", measure="IRR")
    assert "doi:10.1002/sim.1761" in _counted("treatment-arm", 0.5, "drop")
