"""Many analyses of the same trials: what they say, and which choice makes them differ."""

from __future__ import annotations

import json
import math
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd  # type: ignore[import-untyped]  # pandas ships no types
import pytest
from hypothesis import given
from hypothesis import strategies as st

import equipoise as eq
from equipoise.errors import DataError, MethodError
from equipoise.kernels.variation import conditional_entropy, variance_shares
from equipoise.stats import EffectSizes
from equipoise.stats.robustness.multiverse import METHODS, multiverse
from support.golden import reviewed

GOLDEN = Path(__file__).parent / "golden"
LOW_RISK = [True, True, False, True, True, True, True]


def trials(**options: object) -> EffectSizes:
    return eq.effect_sizes(
        "RR",
        study=["Ash", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Gum"],
        events_1=[13, 4, 5, 6, 0, 9, 22],
        n_1=[60, 40, 55, 66, 20, 90, 100],
        events_2=[1, 0, 4, 3, 0, 4, 11],
        n_2=[63, 35, 50, 73, 22, 88, 105],
        **options,  # type: ignore[arg-type]  # options of several kinds
    )


def test_every_analysis_equals_the_one_made_alone() -> None:
    many = multiverse(trials(), trials={"bias": {"all": None, "low": LOW_RISK}})
    for i, (model, tau2, ci, bias) in enumerate(many.options):
        some = trials().subset(LOW_RISK) if bias == "low" else trials()
        estimator = {} if model == "common" else {"tau2": tau2}
        fit = eq.pool(some, model=model, ci=ci, **estimator)  # type: ignore[arg-type]  # the words are options
        assert many.estimate[i] == pytest.approx(fit.estimate, rel=1e-12)
        assert many.ci_low[i] == pytest.approx(fit.ci_low, rel=1e-12)
        assert many.k[i] == fit.k


def test_combinations_that_do_not_differ_are_one_analysis() -> None:
    many = multiverse(trials())
    random = len(METHODS["tau2"]) * len(METHODS["ci"])
    assert len(many) == random + len(METHODS["ci"])
    assert {row[1] for row in many.options if row[0] == "common"} == {"–"}


def test_verdicts_say_where_the_interval_lies() -> None:
    many = multiverse(trials(), leave_one_out=True)
    for low, high, verdict in zip(many.ci_low, many.ci_high, many.verdict, strict=True):
        expected = "higher" if low > 0 else "lower" if high < 0 else "unclear"
        assert verdict == expected
    assert sum(many.shares.values()) == pytest.approx(1.0)
    shifted = multiverse(trials(), leave_one_out=True, threshold=10.0)
    assert shifted.share("lower") == 1.0
    assert shifted.deciding is None
    assert all(each.verdict is None for each in shifted.explained)


def test_the_deciding_choice_is_the_one_that_was_made_to_decide() -> None:
    """Half of the trials point one way, half the other: only the set of trials matters."""
    split = eq.effect_sizes("GENERIC", estimate=[1, 1.1, 0.9, -1, -1.1, -0.9], se=[0.1] * 6)
    first = [True, True, True, False, False, False]
    sets = {"half": {"first": first, "second": [not keep for keep in first]}}
    many = multiverse(split, methods={"tau2": ["DL", "PM"], "ci": ["wald"]}, trials=sets)
    assert many.deciding == "half"
    by_name = {each.choice: each for each in many.explained}
    assert by_name["half"].first == pytest.approx(1.0)
    assert by_name["half"].verdict == pytest.approx(1.0)
    assert by_name["tau2"].total == pytest.approx(0.0, abs=1e-12)


def test_what_cannot_be_made_is_listed_with_its_reason() -> None:
    methods = {"method": ["IV", "MH"], "tau2": ["DL", "REML"]}
    many = multiverse(trials(), methods=methods)
    assert [options for options, _ in many.skipped] == [("MH", "REML")]
    assert "Mantel-Haenszel" in many.skipped[0][1]
    assert "Not made: 1 combination" in str(many)


def test_an_empty_set_of_trials_is_listed() -> None:
    nobody = [False] * 7
    many = multiverse(trials(), trials={"age": {"any": None, "children": nobody}})
    assert {options[-1] for options, _ in many.skipped} == {"children"}
    assert {reason for _, reason in many.skipped} == {"no trial is left"}
    with pytest.raises(DataError, match="no trial is left"):
        multiverse(trials(), trials={"age": {"children": nobody}})


def test_bad_options_and_masks_are_refused() -> None:
    with pytest.raises(MethodError, match="'REML'"):
        multiverse(trials(), methods={"tau2": ["REMLL"]})
    with pytest.raises(DataError, match="7 booleans"):
        multiverse(trials(), trials={"age": {"old": [True, False]}})


def test_printed_tidy_and_json() -> None:
    many = multiverse(trials(), trials={"bias": {"all": None, "low": LOW_RISK}}, leave_one_out=True)
    text = str(many) + "\n"
    assert text == reviewed(GOLDEN / "multiverse.txt", text)
    data = many.to_dict()
    assert json.loads(json.dumps(data, allow_nan=False)) == data
    frame = {"a": [4, 5], "b": [9, 3], "n": [50, 40], "m": [50, 40]}
    table = eq.effect_sizes("OR", data=pd.DataFrame(frame), events_1="a", n_1="n", events_2="b", n_2="m")  # fmt: skip
    rows = multiverse(table).tidy()
    assert isinstance(rows, pd.DataFrame)
    assert len(rows) == len(multiverse(table))


def test_the_curve_shows_every_analysis_or_says_how_many() -> None:
    many = multiverse(trials(), leave_one_out=True)
    whole = many.specification_curve()
    assert f"{len(many)} analyses" in whole.title
    thinned = many.specification_curve(at_most=20)
    assert f"Drawn are 20 of {len(many)}" in thinned.description
    extremes = [f"{math.exp(value):.2f}" for value in (many.estimate.min(), many.estimate.max())]
    assert all(value in thinned.text for value in extremes)


@given(st.lists(st.floats(-10, 10), min_size=6, max_size=6))
def test_shares_of_a_full_grid_lie_between_zero_and_one_and_add_up(values: list[float]) -> None:
    """On a full grid the first-order shares add to at most one, and total is never below first."""
    options = np.array(list(product(range(2), range(3))), dtype=np.intp)
    shares = variance_shares(np.array(values), options)
    if np.isnan(shares.first).any():
        assert np.ptp(values) < 1e-12
        return
    assert (shares.first <= shares.total + 1e-9).all()
    assert shares.first.sum() <= 1.0 + 1e-9


def test_an_additive_table_is_explained_without_interaction() -> None:
    """Y = 3 a + b over a, b in {0, 1}: Var = 9/4 + 1/4; a explains 0.9, b 0.1, alone and in all."""
    options = np.array(list(product((0, 1), (0, 1))), dtype=np.intp)
    shares = variance_shares(np.array([0.0, 1.0, 3.0, 4.0]), options)
    assert shares.first.tolist() == pytest.approx([0.9, 0.1])
    assert shares.total.tolist() == pytest.approx([0.9, 0.1])


def test_entropy_in_bits() -> None:
    """Two equally likely verdicts are one bit; half known, half a coin's toss is half a bit."""
    verdicts = np.array([0, 1, 0, 1], dtype=np.intp)
    assert conditional_entropy(verdicts, np.zeros(4, dtype=np.intp)) == 1.0
    assert conditional_entropy(verdicts, verdicts) == 0.0
    assert conditional_entropy(np.array([0, 0, 0, 1], dtype=np.intp), np.array([0, 0, 1, 1], dtype=np.intp)) == 0.5  # fmt: skip
