"""Routes with impossible, incomplete, contradictory and extreme reports."""

from __future__ import annotations

import json
import math
from itertools import product
from typing import Any

import numpy as np
import pandas as pd  # type: ignore[import-untyped]  # it has no types
import polars as pl
import pytest

from equipoise import stats
from equipoise.errors import DataError, MethodError
from equipoise.stats.effects.counts import known_scores
from equipoise.stats.effects.delta_method import delta_method
from equipoise.stats.effects.reported import NAMES
from equipoise.stats.effects.route_words import ROUTE_WORDS

SIZES = {"n_1": 20.0, "n_2": 22.0}
MEANS = {"mean_1": 5.0, "mean_2": 4.0}
MARGINS = SIZES | {"events_total": 17.0}
ACCURACY = {"sensitivity": 0.8, "specificity": 0.9}
QUARTILES = {f"{name}_1": v for name, v in (("q1", 3.0), ("median", 4.0), ("q3", 6.0))}
RANGE_2 = {f"{name}_2": v for name, v in (("min", 1.0), ("median", 4.0), ("max", 9.0))}
ROWS: list[tuple[str, str, dict[str, float]]] = [
    ("MD", "means-se", MEANS | SIZES | {"se_1": 0.5, "se_2": 0.6}),
    ("SMD", "means-ci", SIZES | {
        "mean_ci_low_1": 4.0, "mean_ci_high_1": 6.0, "mean_ci_low_2": 3.0, "mean_ci_high_2": 5.0}),
    ("SMD", "means-iqr", MEANS | SIZES | {"q1_1": 3, "q3_1": 6, "q1_2": 2, "q3_2": 6}),
    ("MD", "means-range", MEANS | SIZES | {"min_1": 0, "max_1": 11, "min_2": 1, "max_2": 9}),
    ("VR", "means-se", SIZES | {"se_1": 0.5, "se_2": 0.6}),
    ("ROM", "median-iqr+median-range", SIZES | QUARTILES | RANGE_2),
    ("MD", "means-md-se", MEANS | SIZES | {"se": 0.5}),
    ("SMDH", "means-md-ci", MEANS | SIZES | {"ci_low": 0.1, "ci_high": 1.9}),
    ("SMD", "means-t", MEANS | SIZES | {"t": 2.0}),
    ("SMD", "means-p", MEANS | SIZES | {"p": 0.03}),
    ("SMD", "t-statistic", SIZES | {"t": 2.0}),
    ("SMD", "f-statistic", SIZES | {"f": 4.0, "sign": -1}),
    ("D2ORN", "d", SIZES | {"d": 0.4}),
    ("SMD", "g", SIZES | {"g": 0.4}),
    ("RPB", "point-biserial", SIZES | {"r": 0.4}),
    ("ZBIS", "p-value", SIZES | {"p": 0.03, "sign": 1}),
    ("SMD", "estimate-ci", {"estimate": 0.4, "ci_low": 0.1, "ci_high": 0.7}),
    ("MD", "estimate-t", {"estimate": 0.4, "t": 2.0}),
    ("RR", "estimate-p", {"estimate": 0.4, "p": 0.02}),
    ("IRR", "estimate-se", {"estimate": 0.4, "se": 0.2}),
    ("PETO", "o-minus-e", {"o_minus_e": -3.0, "variance": 6.0}),
    ("HR", "log-rank-events", {"p": 0.04, "sign": 1, "events_1": 20, "events_2": 30}),
    ("HR", "log-rank-sizes", MARGINS | {"p": 0.04, "sign": 1}),
    ("HR", "log-rank-equal", {"p": 0.04, "sign": 1, "events_total": 40}),
    ("ZCOR", "correlation-t", {"t": 2.0, "n": 30}),
    ("PCOR", "correlation-p", {"p": 0.04, "sign": -1, "n": 30, "covariates": 2}),
    ("SPCOR", "semi-partial-t", {"t": 2.0, "n": 30, "covariates": 2, "r_squared": 0.5}),
    ("ZSPCOR", "semi-partial-p", {
        "p": 0.04, "sign": -1, "n": 30, "covariates": 2, "r_squared": 0.5}),
    ("ZR2", "determination-f", {"f": 4.0, "n": 30, "predictors": 3}),
    ("CLES", "auc", SIZES | {"auc": 0.7}),
    ("MPORM", "margins", {"events_1": 12, "events_2": 9, "n": 30, "r": 0.4}),
    ("REH", "genotypes", {"homozygous_a": 9, "heterozygous": 15, "homozygous_b": 6}),
    ("OR", "table-from-odds-ratio", MARGINS | {"odds_ratio": 2.0}),
    ("RD", "table-from-phi", MARGINS | {"phi": 0.2}),
    ("PHI", "table-from-chi2", MARGINS | {"chi2": 2.0, "sign": -1}),
    ("OR", "table-from-accuracy", SIZES | ACCURACY),
    ("RR", "table-from-prevalence", ACCURACY | {"prevalence": 0.4, "n": 80}),
    ("OR", "table-from-ppv", ACCURACY | {"ppv": 0.8, "n": 80}),
    ("OR", "table-from-npv", ACCURACY | {"npv": 0.9, "n": 80}),
    ("SMN", "median-five", {"min": 1, "q1": 3, "median": 4, "q3": 6, "max": 9, "n": 40}),
]  # fmt: skip
IDS = [f"{measure} {code}" for measure, code, _ in ROWS]
EXTREME = (-1e300, -1.0, 0.0, 1e-300, 0.5, 1.0, 2.0, 4.0, 5.0, 1e15, 1e300)


def trials_of(measure: Any, row: dict[str, float], **options: Any) -> stats.EffectSizes:
    columns: dict[str, Any] = {name: [value] for name, value in row.items()}
    return stats.effect_sizes(measure, **columns, **options)


@pytest.mark.parametrize(("measure", "code", "row"), ROWS, ids=IDS)
def test_every_way_is_taken_explained_and_strict(
    measure: str, code: str, row: dict[str, float]
) -> None:
    trials = trials_of(measure, row)
    assert trials.route == (code,)
    assert trials.reasons == (None,)
    assert all(part in ROUTE_WORDS for part in code.split("+"))
    assert code in trials.explain()
    json.dumps(trials.to_dict(), allow_nan=False)
    assert trials.subset([0]).route == (code,)
    stats.pool(stats.effect_sizes(measure, **{n: [v, v] for n, v in row.items()}))  # type: ignore[arg-type]  # any measure


@pytest.mark.parametrize(("measure", "code", "row"), ROWS, ids=IDS)
def test_a_row_without_a_number_is_told_what_it_lacks(
    measure: str, code: str, row: dict[str, float]
) -> None:
    """Beside a complete row, each column left out in turn: another way, or a clear problem."""
    for name in row:
        columns: dict[str, Any] = {n: [v, math.nan if n == name else v] for n, v in row.items()}
        try:
            trials = stats.effect_sizes(measure, **columns)  # type: ignore[arg-type]  # any measure
        except DataError as error:
            refused = (error.rows, name in str(error))
            assert refused == ((1,), True)  # some have another way
        else:
            assert trials.route[0] == code
            assert trials.route[1] is not None


@pytest.mark.parametrize("medians", ["luo-wan-shi", "lognormal", "qe", "box-cox"])
@pytest.mark.parametrize(("measure", "code", "row"), ROWS, ids=IDS)
def test_extreme_numbers_give_a_number_a_reason_or_an_error(
    measure: str, code: str, row: dict[str, float], medians: str
) -> None:
    if medians != "luo-wan-shi" and "median" not in code:
        return
    values = EXTREME if medians == "luo-wan-shi" else (0.0, 1e-300, 4.0, 1e15)
    for name, value in product(row, values):
        try:
            trials = trials_of(measure, row | {name: value}, medians=medians)
        except DataError as error:
            assert error.rows == (0,)  # noqa: PT017  # some values are refused, some are not
            continue
        if trials.reasons[0] is None:
            assert np.isfinite(trials.yi[0])
            assert 0 < trials.vi[0] < math.inf
        else:
            assert np.isnan(trials.yi[0])
        json.dumps(trials.to_dict(), allow_nan=False)


@pytest.mark.parametrize(("measure", "code", "row"), ROWS, ids=IDS)
def test_no_rows_make_an_empty_table(measure: Any, code: str, row: dict[str, float]) -> None:
    columns: dict[str, Any] = {name: [] for name in row}
    trials = stats.effect_sizes(measure, **columns)
    assert (len(trials), trials.route) == (0, ())
    assert trials.explain() == "", code


def test_names_that_do_not_exist_are_met_with_the_nearest() -> None:
    with pytest.raises(DataError, match="knows no 'event_1' \\(did you mean 'events_1'"):
        stats.effect_sizes("RR", event_1=[1], n_1=[2], events_2=[1], n_2=[2])  # type: ignore[call-arg]  # the point
    with pytest.raises(DataError, match="knows no 'zzz'"):
        stats.effect_sizes("RR", zzz=[1])  # type: ignore[call-arg]  # the point


def test_a_column_no_way_can_use_is_an_error_not_a_silence() -> None:
    with pytest.raises(DataError, match="cannot use se without estimate"):
        trials_of("RR", {"events_1": 1, "n_1": 9, "events_2": 2, "n_2": 9, "se": 1})


def test_all_incomplete_rows_are_listed_at_once() -> None:
    columns: dict[str, Any] = {
        "mean_1": [5, 5, None], "sd_1": [2, None, None], "n_1": [9, 9, None], "mean_2": [4, 4, None],
        "sd_2": [2, 2, None], "n_2": [9, 9, None], "t": [None, None, 2.0],
    }  # fmt: skip
    with pytest.raises(DataError) as caught:
        stats.effect_sizes("SMD", **columns)
    assert caught.value.rows == (1, 2)
    assert "row 1 (2): it has mean_1, n_1, mean_2, sd_2, n_2; sd_1, or t would complete it" in str(
        caught.value
    )


@pytest.mark.parametrize(
    ("measure", "row", "match"),
    [
        ("SMD", SIZES | {"p": 0.0, "sign": 1}, "p is 0, but p must be above 0"),
        ("SMD", SIZES | {"p": 1.2, "sign": 1}, "p is 1.2"),
        ("SMD", SIZES | {"p": 0.1, "sign": 0}, "sign must be above or below zero"),
        ("OR", SIZES | {"sensitivity": 80, "specificity": 0.9}, "0.85, not 85"),
        ("MN", {"q1": 5, "median": 4, "q3": 6, "n": 40}, "q1 is 5, more than median, 4"),
        ("MN", {"mean": 9, "mean_ci_low": 1, "mean_ci_high": 2, "n": 40}, "outside its interval"),
        ("MN", {"mean_ci_low": 3, "mean_ci_high": 2, "n": 40}, "not below mean_ci_high"),
        ("OR", SIZES | {"events_total": 43, "odds_ratio": 2}, "more than the 42 participants"),
        ("OR", MARGINS | {"odds_ratio": 0}, "odds_ratio must be above zero"),
        ("OR", MARGINS | {"phi": 1.1}, "phi must be between"),
    ],
)
def test_impossible_numbers_are_refused(measure: str, row: dict[str, float], match: str) -> None:
    with pytest.raises(DataError, match=match) as caught:
        trials_of(measure, row)
    assert caught.value.rows == (0,)


@pytest.mark.parametrize(
    ("measure", "row", "reason"),
    [
        ("MD", {"mean_1": 4, "mean_2": 4, "t": 0} | SIZES, "says nothing of the spread"),
        ("MD", {"mean_1": 5, "mean_2": 4, "p": 1} | SIZES, "says nothing of the spread"),
        ("RR", {"estimate": 0, "p": 0.4}, "says nothing of the standard error"),
        ("HR", {"p": 0.4, "sign": 1, "events_1": 0, "events_2": 3}, "no events in one arm"),
        ("OR", MARGINS | {"phi": 0.95}, "no table of counts"),
        ("OR", ACCURACY | {"prevalence": 0.001, "n": 80}, "do not fit together"),
        ("MN", {"mean_ci_low": 1, "mean_ci_high": 2, "n": 1}, "one participant"),
        ("SMD", SIZES | {"r": 1.0}, "a correlation of 1 or -1"),
        ("MN", {"q1": 4, "median": 4, "q3": 4, "n": 40}, "not defined"),
    ],
)
def test_reports_without_an_answer_stay_as_rows(
    measure: str, row: dict[str, float], reason: str
) -> None:
    trials = trials_of(measure, row)
    assert trials.k == 0
    assert reason in str(trials.reasons[0])
    assert [note.code for note in trials.notes if note.code == "k-changed"] == ["k-changed"]
    assert reason in trials.explain()


def test_scales_of_ratios() -> None:
    row: dict[str, Any] = {"estimate": [0.8, -0.2], "se": [0.1, 0.1]}
    mixed = stats.effect_sizes("HR", **row, scale=["natural", "log"])
    assert mixed.yi == pytest.approx([math.log(0.8), -0.2])
    named = stats.effect_sizes(
        "HR", data={"e": [0.8, -0.2], "s": [0.1, 0.1], "how": ["natural", "log"]},
        estimate="e", se="s", scale="how",
    )  # fmt: skip
    assert named.yi == pytest.approx(mixed.yi)
    with pytest.raises(DataError, match="is it a logarithm"):
        stats.effect_sizes("HR", **row, scale="natural")
    with pytest.raises(MethodError, match="not a ratio"):
        stats.effect_sizes("GENERIC", **row, scale="natural")
    for wrong in ("logs", ["log", "ln"], 3):
        with pytest.raises(MethodError, match="scale cannot be"):
            stats.effect_sizes("HR", **row, scale=wrong)
    with pytest.raises(DataError, match="scale has 1 values"):
        stats.effect_sizes("HR", **row, scale=["log"])


@pytest.mark.parametrize("option", ["medians", "mean_ci"])
def test_options_that_do_not_exist_are_refused(option: str) -> None:
    with pytest.raises(MethodError, match=f"{option} cannot be"):
        trials_of("MD", ROWS[0][2], **{option: "best"})


@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame])
def test_frames_with_gaps_are_read_and_given_back(frame: Any) -> None:
    data = frame({"m": [5.0, None], "s": [2.0, None], "n": [20, 30], "q1": [None, 3.0],
                  "med": [None, 4.0], "q3": [None, 6.0]})  # fmt: skip
    trials = stats.effect_sizes(
        "MN", data=data, mean="m", sd="s", n="n", q1="q1", median="med", q3="q3"
    )
    assert trials.route == ("means", "median-iqr")
    assert isinstance(trials.tidy(), frame)


def test_rows_do_not_depend_on_their_neighbours() -> None:
    """Any order, and any company: the same numbers, routes and reasons."""
    rows = [row for measure, _, row in ROWS if measure == "SMD"]
    names = {name for row in rows for name in row}
    columns: dict[str, Any] = {name: [row.get(name) for row in rows] for name in names}
    together = stats.effect_sizes("SMD", **columns)
    order = np.arange(len(rows))[::-1]
    reordered: dict[str, Any] = {n: [values[i] for i in order] for n, values in columns.items()}
    turned = stats.effect_sizes("SMD", **reordered)
    assert turned.yi.tolist() == together.yi[order].tolist()
    assert turned.route == tuple(together.route[i] for i in order)
    for i, row in enumerate(rows):
        alone = trials_of("SMD", row)
        assert (alone.yi[0], alone.vi[0]) == (together.yi[i], together.vi[i])
        assert alone.route[0] == together.route[i]


@pytest.mark.parametrize("factor", [1e-6, 7.0, 1e6])
@pytest.mark.parametrize("medians", ["luo-wan-shi", "lognormal", "qe", "box-cox"])
def test_units_do_not_matter(factor: float, medians: Any) -> None:
    """A median in grams is a thousand times that in kilograms, and so are mean and SD."""
    row = {"min": 1.0, "q1": 3.0, "median": 4.0, "q3": 6.0, "max": 10.0}
    plain = trials_of("MN", row | {"n": 40}, medians=medians)
    scaled = trials_of("MN", {k: factor * v for k, v in row.items()} | {"n": 40}, medians=medians)
    assert scaled.yi[0] == pytest.approx(factor * plain.yi[0], rel=1e-6)
    assert scaled.vi[0] == pytest.approx(factor**2 * plain.vi[0], rel=1e-6)


def test_every_reported_name_is_tried() -> None:
    """Those of the older ways are tried elsewhere; none is forgotten."""
    older = {"mean", "sd", "sd_1", "sd_2", "time", "time_1", "time_2", "events", "both", "only_1",
             "only_2", "neither", "alpha", "items", "mean_ci_low", "mean_ci_high"}  # fmt: skip
    arms = {"min_1", "max_1", "q1_2", "q3_2", "median_2"}
    assert set(NAMES) <= older | arms | {name for _, _, row in ROWS for name in row}


def test_a_log_rank_test_with_events_draws_its_forest() -> None:
    """Events without arm sizes: the sizes are shown as unknown, not stumbled over."""
    trials = stats.effect_sizes(
        "HR", p=[0.04, 0.3], sign=[1, -1], events_1=[10, 20], events_2=[12, 23]
    )
    assert np.isnan(trials.columns["n_1"]).all()
    assert "12" in stats.pool(trials).forest().text


def test_petos_method_asks_every_trial_for_its_score() -> None:
    """O − E and V mix with counts; a trial with an estimate only is named, never left out."""
    columns: dict[str, Any] = {name: [v, None] for name, v in
                               (("events_1", 3), ("n_1", 10), ("events_2", 5), ("n_2", 10))}  # fmt: skip
    peto = stats.effect_sizes("PETO", **columns, o_minus_e=[None, -2.0], variance=[None, 3.0])
    o_minus_e, variance = known_scores(peto)
    assert o_minus_e.tolist() == [-1.0, -2.0]
    assert variance == pytest.approx([10 * 10 * 8 * 12 / (20 * 20 * 19), 3.0])
    with pytest.raises(MethodError, match="O - E and V"):
        known_scores(trials_of("HR", {"estimate": 0.1, "se": 0.2}))


def test_the_delta_method_refuses_what_has_no_derivative() -> None:
    with pytest.raises(MethodError, match="no value or derivative"):
        delta_method(math.log, [-1.0], [0.1])
    with pytest.raises(MethodError, match="order must be 1 or 2"):
        delta_method(math.exp, [1.0], [0.1], order=3)
    with pytest.raises(DataError, match="one dimension"):
        delta_method(math.exp, [[1.0]], [0.1])
    with pytest.raises(DataError, match="symmetric"):
        delta_method(sum, [1.0, 2.0], [[1.0, 0.5], [0.0, 1.0]])
    with pytest.raises(DataError, match="below zero"):
        delta_method(math.exp, [1.0], [-0.1])
    assert delta_method(math.exp, [], []).estimate.size == 0
    assert delta_method(math.exp, [0.0], [0.0]).variance.tolist() == [0.0]
