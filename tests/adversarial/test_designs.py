"""Impossible and extreme numbers for special designs: a number, a reason, or an error that helps."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd  # type: ignore[import-untyped]  # it has no types
import polars as pl
import pytest

from equipoise.errors import DataError, MethodError
from equipoise.stats.correlated_correlations import correlation_covariances
from equipoise.stats.dependence import covariances
from equipoise.stats.design_sensitivity import cluster_sensitivity, crossover_sensitivity
from equipoise.stats.effects.arms import combine_arms, split_shared_control
from equipoise.stats.effects.change_scores import change_score_effects, implied_correlation
from equipoise.stats.effects.cluster_counts import cluster_ratio_effects
from equipoise.stats.effects.clusters import cluster_adjust
from equipoise.stats.effects.combining import combine_effects
from equipoise.stats.effects.crossover import crossover_effects
from equipoise.stats.effects.effect_sizes import effect_sizes

MEANS: dict[str, Any] = {
    "mean_1": [5], "sd_1": [2], "mean_2": [4], "sd_2": [2], "n": [20],
}  # fmt: skip
ARMS: dict[str, Any] = {"events_1": [4], "n_1": [20], "events_2": [9], "n_2": [21]}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"sd_1": [0]}, "sd_1 is 0"),
        ({"sd_1": [-2]}, "sd_1 is -2"),
        ({"n": [0]}, "n is 0"),
        ({"r": [1.2]}, "r is 1.2, but r must be between -1 and 1"),
        ({"p": [1.5]}, "p is 1.5"),
        ({"mean_1": [float("inf")]}, "mean_1 is infinite"),
        ({"mean_1": ["five"]}, "not a number"),
        ({"ci_low": [3], "ci_high": [2]}, "not below ci_high"),
        ({"estimate": [9], "ci_low": [1], "ci_high": [2]}, "outside its interval"),
        ({"events_1": [3]}, "does not use events_1"),
    ],
)
def test_crossover_numbers_that_cannot_be(change: dict[str, Any], words: str) -> None:
    with pytest.raises(DataError, match=words):
        crossover_effects("MD", **(MEANS | change))


@pytest.mark.parametrize(
    "columns",
    [
        MEANS,
        {"estimate": [1], "n": [20]},
        MEANS | {"r": [1.0]},
        MEANS | {"n": [1], "p": [0.04]},
        {"estimate": [0.0], "t": [0.0], "n": [20]},
        {"estimate": [1.0], "p": [0.0], "n": [20]},
        {"estimate": [1.0], "p": [1.0], "n": [20]},
        {"mean_1": [None], "se": [None]},
    ],
)
def test_a_crossover_row_without_a_variance_has_a_reason(columns: dict[str, Any]) -> None:
    trials = crossover_effects("MD", **columns)
    assert trials.k == 0
    assert trials.reasons[0]


@pytest.mark.parametrize("scale", [1e-30, 1e-10, 1e10, 1e30])
def test_crossover_trials_in_extreme_units(scale: float) -> None:
    columns: dict[str, Any] = {
        name: [scale * v for v in values] for name, values in MEANS.items() if name != "n"
    }
    trials = crossover_effects("SMD", **columns, n=[20], assumed_r=0.5)
    known = crossover_effects("SMD", **MEANS, assumed_r=0.5)
    assert float(trials.yi[0]) == pytest.approx(float(known.yi[0]), rel=1e-12)


def test_a_table_of_pairs_that_contradicts_its_margins_is_an_error() -> None:
    pairs: dict[str, Any] = {"both": [9], "only_1": [5], "only_2": [3], "neither": [8]}
    with pytest.raises(DataError, match="events_1 is 13, but the table of pairs gives 14"):
        crossover_effects("OR", **pairs, events_1=[13])
    with pytest.raises(DataError, match="all four counts are zero"):
        crossover_effects("OR", **(pairs | {name: [0] for name in pairs}))


@pytest.mark.parametrize("measure", ["RR", "OR", "RD"])
@pytest.mark.parametrize("cells", [(0, 0, 0, 9), (9, 0, 0, 0), (5, 0, 0, 4)])
def test_pairs_that_do_not_differ_have_a_reason(measure: Any, cells: tuple[int, ...]) -> None:
    names = ("both", "only_1", "only_2", "neither")
    columns: dict[str, Any] = {name: [x] for name, x in zip(names, cells, strict=True)}
    trials = crossover_effects(measure, **columns, zero_cells="none")
    assert trials.k == 0
    assert trials.reasons[0]


@pytest.mark.parametrize(
    "call",
    [
        lambda: crossover_effects("HR", estimate=[1], se=[1]),  # type: ignore[arg-type]  # on purpose
        lambda: crossover_effects("MD", **MEANS, assumed_r=2),
        lambda: crossover_effects("MD", **MEANS, assumed_r=True),
        lambda: crossover_effects("MD", **MEANS, analysis="both"),  # type: ignore[arg-type]  # on purpose
        lambda: cluster_adjust("COR", estimate=[1], se=[1]),
        lambda: cluster_adjust("RR", **ARMS, assumed_icc=-0.1),
        lambda: cluster_adjust("RR", **ARMS, rounding="up"),  # type: ignore[arg-type]  # on purpose
        lambda: crossover_sensitivity("MD", **MEANS, se=[0.3]),
        lambda: crossover_sensitivity("MD", **MEANS, assumed_r=0.3),
        lambda: crossover_sensitivity("MD", r=(), **MEANS),
        lambda: cluster_sensitivity("RR", **ARMS, cluster_size=[9], known_icc=[0.1]),
    ],
)
def test_what_is_not_defined_is_refused(call: Any) -> None:
    with pytest.raises(MethodError):
        call()


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        (ARMS, "cluster size is not known"),
        (ARMS | {"cluster_size": [9]}, "intracluster correlation is not known"),
        (
            ARMS | {"clusters_1": [30], "clusters_2": [30], "icc": [0.1]},
            "more clusters than people",
        ),
        ({"cluster_size": [9], "icc": [0.1]}, "not complete"),
    ],
)
def test_a_cluster_row_without_its_design_has_a_reason(
    columns: dict[str, Any], reason: str
) -> None:
    trials = cluster_adjust("RR", **columns)
    assert trials.k == 0
    assert reason in (trials.reasons[0] or "")


def test_an_arm_that_rounds_to_nobody_has_a_reason() -> None:
    trials = cluster_adjust("RR", **ARMS, cluster_size=[500], icc=[1.0], rounding="nearest")
    assert "rounds to nobody" in (trials.reasons[0] or "")


def test_errors_of_a_mixed_table_name_the_row_of_the_table() -> None:
    columns: dict[str, Any] = {
        "events_1": [None, 30], "n_1": [None, 20], "events_2": [None, 9], "n_2": [None, 20],
        "estimate": [0.1, None], "se": [0.1, None], "cluster_size": [9, 9], "icc": [0.1, 0.1],
    }  # fmt: skip
    with pytest.raises(DataError, match=r"row 1 \(B\): events_1") as caught:
        cluster_adjust("RR", study=["A", "B"], **columns)
    assert caught.value.rows == (1,)


@pytest.mark.parametrize(
    ("events", "reason"),
    [
        ([0, 0, 1, 2], "no events"),
        ([2, 2, 1, 3], "equal proportions"),
        ([1, 3, 10, 10], "nothing but"),
    ],
)
def test_clusters_that_tell_no_variance(events: list[int], reason: str) -> None:
    trials = cluster_ratio_effects(
        "RR", study=["A"] * 4, arm=[1, 1, 2, 2], events=events, n=[10] * 4
    )
    assert reason in (trials.reasons[0] or "")


def test_clusters_that_cannot_be() -> None:
    with pytest.raises(DataError, match=r"none in A \(arm 2\)"):
        cluster_ratio_effects("RR", study=["A"], arm=[1], events=[1], n=[4])
    with pytest.raises(DataError, match="arm is 3"):
        cluster_ratio_effects("RR", study=["A"], arm=[3], events=[1], n=[4])
    alone = cluster_ratio_effects("RR", study=["A", "A"], arm=[1, 2], events=[1, 2], n=[4, 4])
    assert "single cluster" in (alone.reasons[0] or "")


def test_three_sds_that_cannot_belong_together() -> None:
    with pytest.raises(DataError, match=r"correlation of -1\.5"):
        implied_correlation(sd_1=[2], sd_2=[2], sd_difference=[20**0.5])
    trials = change_score_effects(
        "MD", n_1=[9], n_2=[9], baseline_sd_1=[2], final_sd_1=[2], change_sd_1=[20**0.5],
        change_sd_2=[2], change_mean_1=[1], change_mean_2=[0],
    )  # fmt: skip
    assert "in arm 1" in (trials.reasons[0] or "")


def test_a_change_without_a_correlation_has_a_reason() -> None:
    trials = change_score_effects(
        "MD", n_1=[9], n_2=[9], baseline_sd_1=[2], final_sd_1=[2], baseline_sd_2=[2],
        final_sd_2=[2], change_mean_1=[1], change_mean_2=[0],
    )  # fmt: skip
    assert "assumed_r" in (trials.reasons[0] or "")


def test_arms_that_do_not_go_together() -> None:
    with pytest.raises(DataError, match="arms are described by"):
        combine_arms(study=["A"], group=["x"], mean=[1], n=[2])
    with pytest.raises(DataError, match="sd is 0"):
        combine_arms(study=["A"], group=["x"], mean=[1], sd=[0], n=[2])
    with pytest.raises(DataError, match="n_2 is 12, but 10 in row 0"):
        split_shared_control(study=["A", "A"], n_2=[10, 12])
    single = combine_arms(study=["A"], group=["x"], mean=[1], sd=[2], n=[1])
    assert single["sd"] == [None]


def test_means_far_from_zero_keep_their_spread() -> None:
    one = combine_arms(
        study=["A"] * 2, group=["x"] * 2, mean=[1e15, 1e15 + 2], sd=[2, 2], n=[10, 10]
    )
    assert one["sd"][0] == pytest.approx((92 / 19) ** 0.5, rel=1e-12)


def test_tables_that_differ_cannot_be_combined() -> None:
    one = effect_sizes("SMD", smd_variance="revman", **_groups())
    other = effect_sizes("SMD", smd_variance="hedges-ls", **_groups())
    with pytest.raises(DataError, match="smd_variance"):
        combine_effects(one, other)
    with pytest.raises(DataError, match="MD and SMD"):
        combine_effects(effect_sizes("MD", **_groups()), one)
    with pytest.raises(DataError, match="no effect sizes"):
        combine_effects()


def _groups() -> dict[str, Any]:
    return {"mean_1": [5], "sd_1": [2], "n_1": [9], "mean_2": [4], "sd_2": [2], "n_2": [8]}


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"outcome": ["a", "b"]},
        {"time": [1, 2]},
        {"phi": 0.5},
        {"rho": 1.0},
        {"rho": True},
        {"rho": {("a", "b"): 0.5}},
        {"rho": {("a", "c"): 0.5}, "outcome": ["a", "b"]},
        {"rho": {("a", "b"): 0.5, ("b", "a"): 0.4}, "outcome": ["a", "b"]},
        {"time": [1, 2], "phi": -0.5},
        {"time": [1, 2], "phi": 1.0},
        {"time": [1, 1], "phi": 0.5},
        {"treatment": ["x", "y"], "rho": 0.5},
        {"shared_control": True},
    ],
)
def test_dependence_that_is_not_defined(options: dict[str, Any]) -> None:
    two = effect_sizes("GENERIC", estimate=[1, 2], se=[1, 1], study=["A", "A"])
    with pytest.raises(MethodError):
        covariances(two, **options)


def test_labels_of_another_length() -> None:
    two = effect_sizes("GENERIC", estimate=[1, 2], se=[1, 1], study=["A", "A"])
    with pytest.raises(DataError, match="outcome"):
        covariances(two, outcome=["a"], rho=0.5)
    with pytest.raises(DataError, match="missing"):
        covariances(two, outcome=["a", None], rho=0.5)


def test_rows_that_cannot_be_estimated_are_in_no_block() -> None:
    trials = effect_sizes(
        "RR", study=["A"] * 3, events_1=[0, 4, 5], n_1=[20] * 3, events_2=[9] * 3, n_2=[20] * 3,
        zero_cells="none",
    )  # fmt: skip
    found = covariances(trials, shared_control=True)
    assert found.blocks[0].rows == (1, 2)
    assert np.isnan(found.dense()[0]).all()
    assert np.isfinite(found.dense()[1:, 1:]).all()


@pytest.mark.parametrize(
    ("matrix", "n"),
    [
        ([[1, 2], [2, 1]], 50),
        ([[1, 0.5], [0.4, 1]], 50),
        ([[1, np.nan], [np.nan, 1]], 50),
        ([[1]], 50),
        ([[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]], 50),
        ([[1, 0.5], [0.5, 1]], 4),
        ([[1, "x"], [0.5, 1]], 50),
        ([[1, 0.5], [0.5]], 50),
    ],
)
def test_what_is_no_correlation_matrix(matrix: Any, n: float) -> None:
    with pytest.raises(DataError):
        correlation_covariances([matrix], [n])


def test_everything_is_strict_json() -> None:
    trials = effect_sizes("RD", study=["A", "A"], **{k: v * 2 for k, v in ARMS.items()})
    found = covariances(trials, shared_control=True)
    varied = crossover_sensitivity("OR", r=(0.0, 0.9), events_1=[3], events_2=[15], n=[20])
    for result in (found, varied, crossover_effects("MD", **MEANS)):
        assert json.loads(json.dumps(result.to_dict(), allow_nan=False))
    assert varied.fits[1] is None
    assert "not estimable" in str(varied)
    assert varied.tidy()["k"] == [1, 0]


@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame])
def test_frames_come_back_as_they_came(frame: Any) -> None:
    data = frame(
        {"trial": ["A", "A"], "drug": ["x", "x"], "m": [1.0, 2.0], "s": [1.0, 1.0], "k": [9, 9]}
    )
    one = combine_arms(data=data, study="trial", group="drug", mean="m", sd="s", n="k")
    assert isinstance(one, frame)
    trials = crossover_effects("MD", data=data, study="trial", mean_1="m", sd_1="s", mean_2="s", sd_2="s", n="k", assumed_r=0.5)  # fmt: skip
    assert isinstance(trials.tidy(), frame)
    found = covariances(trials, data=data, outcome="m", rho=0.5)
    assert isinstance(found.tidy(), frame)


@pytest.mark.parametrize("measure", ["MD", "SMD", "ROM"])
def test_tables_without_rows(measure: Any) -> None:
    none: dict[str, Any] = {name: [] for name in MEANS}
    trials = crossover_effects(measure, **none, assumed_r=0.5)
    assert len(trials) == 0
    assert len(combine_effects(trials, trials)) == 0
    assert covariances(trials, rho=0.5).dense().shape == (0, 0)


def test_numbers_beyond_the_range_are_refused() -> None:
    with pytest.raises(DataError, match="use another unit"):
        crossover_effects("MD", **(MEANS | {"mean_1": [1e40]}), assumed_r=0.5)
    assert crossover_effects("MD", **(MEANS | {"sd_1": [1e200]}), assumed_r=0.5).k == 0
    with pytest.raises(DataError, match="use another unit"):
        cluster_adjust("HR", estimate=[1], se=[1e200], cluster_size=[9], icc=[0.1])
