"""Input nobody should send: the answer is a number, a named row, or an error that says what to do."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pandas as pd  # type: ignore[import-untyped]  # its stubs are not installed
import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]  # it has no types
import pytest

from equipoise import stats
from equipoise.errors import DataError, EquipoiseError, MethodError

TABLE: dict[str, Any] = {
    "study": ["A", "B", "C"],
    "events_1": [1, 5, 9],
    "n_1": [20, 30, 40],
    "events_2": [4, 9, 12],
    "n_2": [21, 29, 41],
}


def binary(**changes: list[Any]) -> stats.EffectSizes:
    return stats.effect_sizes("RR", **(TABLE | changes))


def generic(estimate: Any, se: Any) -> stats.EffectSizes:
    return stats.effect_sizes("GENERIC", estimate=estimate, se=se)


# Sizes ----------------------------------------------------------------------------------------


def test_no_rows_make_an_empty_table_that_cannot_be_pooled() -> None:
    empty = generic([], [])
    assert len(empty) == 0
    assert empty.k == 0
    with pytest.raises(DataError):
        stats.pool(empty)


def test_one_row_is_pooled_as_itself() -> None:
    fit = stats.pool(generic([2.0], [1.0]))
    assert (fit.estimate, fit.se, fit.k) == (2.0, 1.0, 1)


def test_columns_of_different_length_are_named() -> None:
    with pytest.raises(DataError, match="events_1"):
        binary(events_1=[1, 5])


def test_a_column_left_out_is_named() -> None:
    with pytest.raises(DataError, match="n_2"):
        stats.effect_sizes("RR", events_1=[1], n_1=[10], events_2=[2])


def test_a_column_that_the_data_do_not_have_is_named() -> None:
    with pytest.raises(DataError, match="deaths"):
        stats.effect_sizes(
            "RR", data=TABLE, events_1="deaths", n_1="n_1", events_2="events_2", n_2="n_2"
        )


def test_columns_of_two_dimensions_are_refused() -> None:
    with pytest.raises(DataError, match="dimension"):
        generic(np.ones((2, 2)), [1.0, 1.0])


def test_ten_thousand_trials_are_pooled() -> None:
    """And by a kernel that needs no square table of trials by trials."""
    y = np.sin(np.arange(10_000.0))
    fit = stats.pool(generic(y, np.full(10_000, 0.1)))
    assert fit.tau2 == pytest.approx(float(np.var(y, ddof=1)) - 0.01, rel=1e-9)


# Values ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "row"),
    [
        ({"events_1": [21, 5, 9]}, 0),
        ({"events_2": [4, 30, 12]}, 1),
        ({"events_1": [1, -5, 9]}, 1),
        ({"n_2": [21, 29, 0]}, 2),
        ({"n_1": [20, 30, -40]}, 2),
        ({"n_1": [20, math.inf, 40]}, 1),
        ({"events_1": [1, 5, "nine"]}, 2),
        ({"events_1": [1, "5", 9]}, 1),
        ({"events_1": [1, 5, True]}, 2),
        ({"events_1": [1, 5, 2j]}, 2),
        ({"events_1": [1, [5], 9]}, 1),
    ],
    ids=str,
)
def test_impossible_counts_are_refused_with_their_row(
    changes: dict[str, list[Any]], row: int
) -> None:
    with pytest.raises(DataError) as caught:
        binary(**changes)
    assert caught.value.rows == (row,)
    assert TABLE["study"][row] in str(caught.value)
    assert "\n" not in str(caught.value)


def test_all_impossible_rows_are_reported_at_once() -> None:
    with pytest.raises(DataError) as caught:
        binary(events_1=[99, 5, -1], n_2=[21, 0, 41])
    assert caught.value.rows == (0, 1, 2)


@pytest.mark.parametrize("missing", [None, math.nan, np.nan, pd.NA], ids=repr)
def test_what_nobody_knows_is_asked_for_and_never_read_as_zero(missing: Any) -> None:
    with pytest.raises(DataError, match="missing") as caught:
        binary(events_1=[1, missing, 9])
    assert caught.value.rows == (1,)


@pytest.mark.parametrize(
    ("column", "value"),
    [("sd_1", 0.0), ("sd_1", -1.0), ("sd_2", math.inf), ("n_1", 0.0), ("mean_1", math.inf)],
)
def test_impossible_means_never_give_a_number(column: str, value: float) -> None:
    data = {"mean_1": 1.0, "sd_1": 1.0, "n_1": 9.0, "mean_2": 2.0, "sd_2": 0.0, "n_2": 9.0}
    row = {name: [number] for name, number in (data | {column: value}).items()}
    for measure in ("MD", "SMD"):
        never_a_number(measure, row)


@pytest.mark.parametrize("se", [0.0, -1.0, math.inf, math.nan])
def test_impossible_standard_errors_never_give_a_number(se: float) -> None:
    never_a_number("GENERIC", {"estimate": [1.0], "se": [se]})


@pytest.mark.parametrize(
    "bounds", [(2.0, 1.0), (0.5, 0.5), (1.5, 2.0)], ids=["reversed", "no width", "beside"]
)
def test_impossible_intervals_never_give_a_number(bounds: tuple[float, float]) -> None:
    """Upside down, without width, or not around the estimate 0.6."""
    low, high = bounds
    never_a_number("GENERIC", {"estimate": [0.6], "ci_low": [low], "ci_high": [high]})


def never_a_number(measure: Any, row: dict[str, Any]) -> None:
    """Demand an error with the row, or a trial that is not estimable and says why."""
    refused: tuple[int, ...] = ()
    reason: str | None = None
    try:
        trials = stats.effect_sizes(measure, **row)
    except DataError as error:
        refused = error.rows
    else:
        assert trials.estimable.tolist() == [False]
        reason = trials.reasons[0]
    assert refused == (0,) or reason


# Magnitudes -----------------------------------------------------------------------------------


@pytest.mark.parametrize("tau2", ["DL", "PM", "REML", "ML"])
@pytest.mark.parametrize("size", [1e-30, 1e30])
def test_results_do_not_depend_on_the_unit(tau2: Any, size: float) -> None:
    estimate, se = np.array([1.0, 2.0, 5.0, 4.0]), np.array([0.5, 1.0, 0.7, 0.6])
    one = stats.pool(generic(estimate, se), tau2=tau2)
    other = stats.pool(generic(estimate * size, se * size), tau2=tau2)
    assert other.estimate / size == pytest.approx(one.estimate, rel=1e-9)
    assert other.se / size == pytest.approx(one.se, rel=1e-9)
    assert other.i2 == pytest.approx(one.i2, rel=1e-9)


@pytest.mark.parametrize("tau2", ["DL", "PM", "REML", "ML"])
@pytest.mark.parametrize(
    ("estimate", "se"),
    [
        ([1e300, -1e300, 1.0], [1.0, 1.0, 1.0]),
        ([1.0, 2.0, 3.0], [1e300, 1e300, 1e300]),
        ([1.0, 2.0, 3.0], [1e-300, 1e-300, 1e-300]),
        ([1.0, 2.0, 3.0], [1e-160, 1.0, 1e160]),
        ([1e-300, 2e-300, 5e-300], [1.0, 1.0, 1.0]),
    ],
    ids=["huge estimates", "huge errors", "tiny errors", "every size", "tiny estimates"],
)
def test_numbers_at_the_edge_of_the_machine(
    tau2: Any, estimate: list[float], se: list[float]
) -> None:
    """A finite answer among the trials, or an error or a row that says why not: never NaN."""
    try:
        fit = stats.pool(generic(estimate, se), tau2=tau2)
    except EquipoiseError:
        return
    used = [y for y, ok in zip(estimate, fit.effects.estimable, strict=True) if ok]
    assert min(used) <= fit.estimate <= max(used)
    assert math.isfinite(fit.se)
    assert fit.p is not None
    json.dumps(fit.to_dict(), allow_nan=False)


@pytest.mark.parametrize("tau2", ["DL", "PM", "REML", "ML"])
@pytest.mark.parametrize("size", [1e-140, 1e-100, 1e100, 1e140])
def test_units_at_the_edge_of_the_machine_are_refused_or_right(tau2: Any, size: float) -> None:
    """Squared weights leave the range of a float here: I² must not quietly become another."""
    estimate, se = np.array([1.0, 2.0, 5.0, 4.0]), np.array([0.5, 1.0, 0.7, 0.6])
    one = stats.pool(generic(estimate, se), tau2=tau2)
    try:
        other = stats.pool(generic(estimate * size, se * size), tau2=tau2)
    except EquipoiseError:
        return
    assert other.estimate / size == pytest.approx(one.estimate, rel=1e-9)
    assert other.se / size == pytest.approx(one.se, rel=1e-9)
    assert other.i2 == pytest.approx(one.i2, rel=1e-9)


def test_one_enormous_trial_among_small_ones() -> None:
    """A weight of 1e12 to 1 leaves the small trials their share of τ² and no NaN."""
    fit = stats.pool(generic([0.0, 1.0, -1.0, 0.5], [1e-6, 1.0, 1.0, 1.0]))
    assert math.isfinite(fit.estimate)
    assert fit.weights.sum() == pytest.approx(100)


@pytest.mark.parametrize("ci", ["wald", "t", "hksj", "hksj-floor"])
def test_trials_that_agree_exactly(ci: Any) -> None:
    """Hartung and Knapp's variance is zero: no certainty of that kind, no NaN in strict JSON."""
    fit = stats.pool(generic([1.5, 1.5, 1.5], [0.1, 0.2, 0.3]), ci=ci)
    assert fit.estimate == pytest.approx(1.5, rel=1e-12)
    assert fit.tau2 == 0
    assert fit.i2 == 0
    json.dumps(fit.to_dict(), allow_nan=False)
    if ci == "hksj":
        assert fit.notes


def test_rounding_does_not_make_heterogeneity_of_agreeing_trials() -> None:
    """0.1 + 0.2 and 0.3 differ in the last bit and in nothing else."""
    fit = stats.pool(generic([0.1 + 0.2, 0.3, 0.3], [0.1, 0.1, 0.1]))
    assert fit.tau2 == 0
    assert fit.q == pytest.approx(0, abs=1e-25)


# Options --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("option", "value", "allowed"),
    [
        ("preset", "cochrane", "cochrane-2025"),
        ("model", "fixed", "common"),
        ("method", "mh", "MH"),
        ("tau2", "SJ2", "REML"),
        ("ci", "knha", "hksj"),
        ("pi", "Riley", "HTS"),
        ("tau2_ci", "QP", "q-profile"),
        ("i2", "both", "tau2"),
    ],
)
def test_unknown_methods_are_answered_with_what_is_allowed(
    option: str, value: str, allowed: str
) -> None:
    wrong: dict[str, Any] = {option: value}
    with pytest.raises(MethodError, match=allowed) as caught:
        stats.pool(binary(), **wrong)
    assert value in str(caught.value)


@pytest.mark.parametrize(
    ("option", "value", "allowed"),
    [
        ("zero_cells", "always", "only-zero"),
        ("double_zero", "omit", "drop"),
        ("smd_variance", "cohen", "hedges-ls"),
    ],
)
def test_unknown_effect_options_are_answered_with_what_is_allowed(
    option: str, value: str, allowed: str
) -> None:
    wrong: dict[str, Any] = {option: value}
    with pytest.raises(MethodError, match=allowed):
        stats.effect_sizes("RR", **TABLE, **wrong)


def test_an_unknown_measure_is_answered_with_the_measures() -> None:
    with pytest.raises(MethodError, match="GENERIC"):
        stats.effect_sizes("rr", **TABLE)  # type: ignore[arg-type]  # wrong on purpose


def test_an_unknown_option_is_answered_with_the_options() -> None:
    with pytest.raises(MethodError, match="tau2"):
        stats.resolve_methods("cochrane-2025", "RR", estimator="REML")


@pytest.mark.parametrize("level", [0, 1, 95, -0.5, math.nan, "0.95", True])
def test_impossible_levels_are_refused(level: Any) -> None:
    with pytest.raises(MethodError, match="level"):
        stats.pool(binary(), level=level)


@pytest.mark.parametrize(
    "options",
    [
        {"model": "common", "tau2": "REML"},
        {"model": "random", "method": "MH", "tau2": "REML"},
        {"model": "random", "method": "Peto"},
        {"method": "Peto"},
    ],
    ids=str,
)
def test_combinations_that_are_not_defined_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(MethodError) as caught:
        stats.pool(binary(), **options)
    assert caught.value.reason


def test_mantel_haenszel_needs_counts() -> None:
    with pytest.raises(MethodError, match="IV"):
        stats.pool(generic([1.0, 2.0], [1.0, 1.0]), method="MH")


@pytest.mark.parametrize("data", [42, "trials.csv", [1, 2], object()], ids=type)
def test_what_is_no_table_is_refused(data: Any) -> None:
    with pytest.raises(DataError, match="table"):
        stats.effect_sizes("GENERIC", data=data, estimate="y", se="s")


def test_a_word_where_a_column_should_be() -> None:
    with pytest.raises(DataError, match="estimate"):
        generic("yi", [1.0])


def test_a_number_where_a_column_should_be() -> None:
    with pytest.raises(DataError, match="estimate"):
        generic(1.0, 1.0)


def test_subgroup_labels_of_another_length_are_refused() -> None:
    with pytest.raises(DataError):
        stats.subgroups(binary(), ["a", "b"])


def test_a_mask_of_another_length_is_refused() -> None:
    with pytest.raises(DataError):
        binary().subset(np.array([True, False]))


def test_hostile_labels_come_back_as_they_were() -> None:
    names = ["<script>alert(1)</script>", "a\nb", "\N{RIGHT-TO-LEFT OVERRIDE}x"]
    trials = stats.effect_sizes("RR", **(TABLE | {"study": names}))
    assert list(trials.study) == names
    assert json.loads(json.dumps(stats.pool(trials).to_dict()))


# Frames ---------------------------------------------------------------------------------------

COLUMNS: dict[str, Any] = {name: name for name in TABLE}


@pytest.mark.parametrize(
    ("make", "kind"),
    [(pd.DataFrame, pd.DataFrame), (pl.DataFrame, pl.DataFrame), (pa.table, pa.Table)],
    ids=["pandas", "polars", "pyarrow"],
)
def test_frames_come_back_as_the_kind_that_was_given(make: Any, kind: type) -> None:
    trials = stats.effect_sizes("RR", data=make(TABLE), **COLUMNS)
    plain = binary()
    assert trials.study == plain.study
    assert trials.yi.tolist() == plain.yi.tolist()
    assert isinstance(trials.tidy(), kind)
    assert isinstance(stats.pool(trials).tidy(), kind)


def test_integers_with_gaps_in_a_frame() -> None:
    """The nulls of pandas, polars and pyarrow are unknown, not zero."""
    gap = TABLE | {"events_1": [1, None, 9]}
    nullable = pd.DataFrame(gap).astype({"events_1": "Int64"})
    for frame in (nullable, pl.DataFrame(gap), pa.table(gap)):
        with pytest.raises(DataError, match="missing") as caught:
            stats.effect_sizes("RR", data=frame, **COLUMNS)
        assert caught.value.rows == (1,)


def test_a_shuffled_index_does_not_reorder_rows() -> None:
    frame = pd.DataFrame(TABLE, index=[2, 0, 1])
    trials = stats.effect_sizes("RR", data=frame, **COLUMNS)
    assert trials.yi.tolist() == binary().yi.tolist()
    series = stats.effect_sizes("RR", **{name: frame[name] for name in TABLE})
    assert series.yi.tolist() == binary().yi.tolist()


def test_the_input_is_not_changed() -> None:
    estimate, se = np.array([1.0, 2.0, 4.0]), np.array([1.0, 1.0, 1.0])
    trials = generic(estimate, se)
    stats.pool(trials).leave_one_out()
    assert estimate.tolist() == [1.0, 2.0, 4.0]
    assert se.tolist() == [1.0, 1.0, 1.0]
