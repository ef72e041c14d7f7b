"""Impossible and extreme numbers for the further measures: a number, a reason, or an error."""

from __future__ import annotations

import json
import math
import re
from itertools import product
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest

from equipoise import stats
from equipoise.errors import DataError, MethodError
from equipoise.stats.effects.measure_words import MEASURE_WORDS
from equipoise.stats.options import Measure

GOOD: dict[str, dict[str, float]] = {
    "table": {"events_1": 4, "n_1": 20, "events_2": 9, "n_2": 21},
    "groups": {"mean_1": 5, "sd_1": 2, "n_1": 12, "mean_2": 4, "sd_2": 3, "n_2": 14},
    "rates": {"events_1": 4, "time_1": 20, "events_2": 9, "time_2": 21},
    "correlation": {"r": 0.4, "n": 30},
    "partial": {"r": 0.4, "n": 30, "covariates": 2},
    "proportion": {"events": 4, "n": 30},
    "rate": {"events": 4, "time": 30},
    "mean": {"mean": 5, "sd": 2, "n": 30},
    "spread": {"sd": 2, "n": 30},
    "twice": {"mean_1": 5, "sd_1": 2, "mean_2": 4, "sd_2": 3, "r": 0.4, "n": 30},
    "spread twice": {"sd_1": 2, "sd_2": 3, "r": 0.4, "n": 30},
    "pairs": {"both": 9, "only_1": 5, "only_2": 3, "neither": 8},
    "alpha": {"alpha": 0.8, "items": 6, "n": 30},
    "semi-partial": {"r": 0.4, "n": 30, "r_squared": 0.5},
    "regression": {"r_squared": 0.5, "n": 30},
    "auc": {"auc": 0.7, "n_1": 20, "n_2": 30},
    "margins": {"events_1": 12, "events_2": 9, "n": 30, "r": 0.4},
    "genotypes": {"homozygous_a": 9, "heterozygous": 15, "homozygous_b": 6},
    "contrast": {"estimate": 0.5, "se": 0.2},
}
MEASURES: dict[str, tuple[str, ...]] = {
    "table": ("RR", "OR", "RD", "PETO", "AS", "PHI", "ZPHI", "YUQ", "YUY", "RTET", "ZTET", "PBIT",
              "OR2D", "OR2DN", "OR2DL"),
    "groups": ("MD", "SMD", "SMDH", "SMD1", "SMD1H", "CLESN", "AUCN", "ROM", "VR", "CVR", "D2OR",
               "D2ORN", "D2ORL", "RPB", "ZPB", "RBIS", "ZBIS"),
    "rates": ("IRR", "IRD", "IRSD"),
    "correlation": ("COR", "UCOR", "ZCOR"),
    "partial": ("PCOR", "ZPCOR"),
    "proportion": ("PR", "PLN", "PLO", "PRZ", "PAS", "PFT"),
    "rate": ("IR", "IRLN", "IRS", "IRFT"),
    "mean": ("MN", "SMN", "MNLN", "CVLN"),
    "spread": ("SDLN",),
    "twice": ("MC", "SMCC", "SMCR", "SMCRH", "SMCRP", "SMCRPH", "CLESCN", "AUCCN", "ROMC", "CVRC"),
    "spread twice": ("VRC",),
    "pairs": ("MPRD", "MPRR", "MPOR", "MPORC", "MPPETO"),
    "alpha": ("ARAW", "AHW", "ABT"),
    "semi-partial": ("SPCOR", "ZSPCOR"),
    "regression": ("R2", "ZR2"),
    "auc": ("CLES", "AUC"),
    "margins": ("MPORM",),
    "genotypes": ("REH",),
    "contrast": ("HR", "GENERIC"),
}  # fmt: skip
EVERY = [(kind, measure) for kind, names in MEASURES.items() for measure in names]
EXTREME = {
    "events": (0.0, 1e-300, 1e15),
    "n": (1.0, 2.0, 3.0, 1e15),
    "time": (1e-30, 1e30),
    "mean": (-1e30, 0.0, 1e-30, 1e30),
    "sd": (1e-30, 1e30),
    "r": (-1.0, 0.0, 1.0, math.nextafter(1, 0)),
    "covariates": (0.0, 1e9),
    "pairs": (0.0, 1e15),
    "alpha": (-1e10, 1.0, math.nextafter(1, 0)),
    "items": (2.0, 1e15),
    "r_squared": (0.0, 1.0, math.nextafter(1, 0)),
    "auc": (0.0, 1.0, math.nextafter(1, 0)),
    "homozygous_a": (0.0, 1e15),
    "heterozygous": (0.0, 1e15),
    "homozygous_b": (0.0, 1e15),
}


def trials_of(measure: Any, row: dict[str, float], **options: Any) -> stats.EffectSizes:
    columns: dict[str, Any] = {name: [value] for name, value in row.items()}
    return stats.effect_sizes(measure, **columns, **options)


def extremes(name: str) -> tuple[float, ...]:
    stem = "pairs" if name in GOOD["pairs"] else name.removesuffix("_1").removesuffix("_2")
    return EXTREME.get(stem, ())


def test_every_measure_is_tried_and_has_a_name() -> None:
    assert {measure for _, measure in EVERY} == set(get_args(Measure)) == set(MEASURE_WORDS)


def test_every_measure_is_documented() -> None:
    page = Path(__file__).parents[2] / "docs" / "statistics" / "effect-sizes.md"
    named = set(re.findall(r"`([A-Z][A-Z0-9]+)`", page.read_text(encoding="utf-8")))
    assert set(get_args(Measure)) <= named


@pytest.mark.parametrize(("kind", "measure"), EVERY)
def test_every_measure_pools_and_prints(kind: str, measure: Any) -> None:
    columns: dict[str, Any] = {name: [v, v, v] for name, v in GOOD[kind].items()}
    trials = stats.effect_sizes(measure, **columns)
    fit = stats.pool(trials, ci="wald")
    assert fit.estimate == pytest.approx(float(trials.yi[0]))
    assert fit.se**2 == pytest.approx(float(trials.vi[0]) / 3)
    json.dumps(fit.to_dict(), allow_nan=False)
    assert "None" not in str(fit)
    low, middle, high = fit.transformed.ci_low, fit.transformed.estimate, fit.transformed.ci_high
    assert low < middle < high
    assert fit.leave_one_out().shown("estimate") == pytest.approx([middle] * 3)


@pytest.mark.parametrize(("kind", "measure"), EVERY)
def test_extreme_numbers_give_a_number_a_reason_or_an_error(kind: str, measure: Any) -> None:
    """One column at a time, and two at once."""
    good, refused = GOOD[kind], []
    for first, second in product(good, good):
        for one, two in product(extremes(first), extremes(second)):
            try:
                trials = trials_of(measure, good | {first: one} | {second: two})
            except DataError as error:
                refused.append(error.rows)
                continue
            if trials.reasons[0] is None:
                assert np.isfinite(trials.yi[0])
                assert 0 < trials.vi[0] < math.inf
                assert not any(np.isnan(values).any() for values in trials.transformed())
            else:
                assert np.isnan(trials.yi[0])
            json.dumps(trials.to_dict(), allow_nan=False)
    assert set(refused) <= {(0,)}


@pytest.mark.parametrize(
    ("measure", "kind", "column", "value"),
    [
        ("PR", "proportion", "events", 31),
        ("PR", "proportion", "events", -1),
        ("PFT", "proportion", "n", 0),
        ("IRS", "rate", "time", 0),
        ("IRLN", "rate", "events", -2),
        ("COR", "correlation", "r", 1.01),
        ("ZCOR", "correlation", "r", -1.01),
        ("PCOR", "partial", "covariates", -1),
        ("MN", "mean", "sd", 0),
        ("SDLN", "spread", "n", -3),
        ("MC", "twice", "r", 2),
        ("SMCC", "twice", "sd_2", 0),
        ("MPRD", "pairs", "only_1", -1),
        ("ABT", "alpha", "alpha", 1.2),
        ("ABT", "alpha", "items", 1),
        ("SPCOR", "semi-partial", "r_squared", 50),
        ("R2", "regression", "r_squared", -0.1),
        ("CLES", "auc", "auc", 1.1),
        ("MPORM", "margins", "events_2", 31),
        ("MPORM", "margins", "r", -1.2),
        ("REH", "genotypes", "heterozygous", -1),
        ("SMDH", "groups", "sd_1", -1),
        ("PHI", "table", "events_1", 21),
    ],
)
def test_impossible_numbers_are_refused_with_their_row(
    measure: str, kind: str, column: str, value: float
) -> None:
    with pytest.raises(DataError, match=column) as caught:
        trials_of(measure, GOOD[kind] | {column: value})
    assert caught.value.rows == (0,)


def test_pairs_must_be_counted() -> None:
    with pytest.raises(DataError, match="zero"):
        trials_of("MPRD", dict.fromkeys(GOOD["pairs"], 0.0))


@pytest.mark.parametrize(("kind", "measure"), [pair for pair in EVERY if pair[0] != "contrast"])
def test_a_missing_value_is_asked_for(kind: str, measure: Any) -> None:
    """A contrast may use another of its three ways; every other measure needs all its columns."""
    for column in GOOD[kind]:
        with pytest.raises(DataError, match=f"{column} is missing"):
            trials_of(measure, GOOD[kind] | {column: math.nan})


@pytest.mark.parametrize(("kind", "measure"), EVERY)
def test_columns_of_another_kind_are_refused(kind: str, measure: Any) -> None:
    with pytest.raises(DataError, match="does not use"):
        trials_of(measure, GOOD[kind] | {"items" if kind != "alpha" else "r": 1.0})


@pytest.mark.parametrize(
    "measure", ["AS", "PHI", "RTET", "IRSD", "PAS", "PFT", "IRS", "IRFT", "REH"]
)
def test_measures_that_need_no_correction_refuse_one(measure: str) -> None:
    kind = next(kind for kind, name in EVERY if name == measure)
    with pytest.raises(MethodError, match="never corrected"):
        trials_of(measure, GOOD[kind], zero_cells="all")


@pytest.mark.parametrize("measure", ["PLO", "IRLN", "MPORC", "MPORM"])
def test_a_correction_by_arms_needs_arms(measure: str) -> None:
    kind = next(kind for kind, name in EVERY if name == measure)
    with pytest.raises(MethodError, match="arms"):
        trials_of(measure, GOOD[kind], zero_cells="treatment-arm")


@pytest.mark.parametrize("measure", ["RTET", "PHI"])
def test_tables_without_an_answer_say_why(measure: str) -> None:
    trials = trials_of(measure, {"events_1": 0, "n_1": 9, "events_2": 0, "n_2": 8})
    assert trials.reasons == ("no events in either arm",)


@pytest.mark.parametrize("measure", ["YUQ", "YUY", "PBIT", "OR2DN"])
def test_tables_without_events_are_dropped_as_for_odds_ratios(measure: str) -> None:
    row: dict[str, float] = {"events_1": 0, "n_1": 9, "events_2": 0, "n_2": 8}
    assert trials_of(measure, row).reasons == ("no events in either arm",)
    assert trials_of(measure, row, double_zero="keep").reasons == (None,)


def test_no_rows_make_an_empty_table() -> None:
    for kind, measure in EVERY:
        columns: Any = {name: [] for name in GOOD[kind]}
        assert len(stats.effect_sizes(measure, **columns)) == 0  # type: ignore[call-overload, arg-type, unused-ignore]  # any measure


def reason(measure: str, row: dict[str, float]) -> str | None:
    return trials_of(measure, row).reasons[0]


def test_numbers_that_contradict_each_other_have_a_reason() -> None:
    margins = {"events_1": 2, "events_2": 28, "n": 30}
    assert (
        reason("MPORM", margins | {"r": 0.9}) == "no pairs have these margins and this correlation"
    )
    assert reason("MPORM", margins | {"r": 0.05}) is None
    assert "exceeds" in str(reason("SPCOR", {"r": 0.8, "n": 30, "r_squared": 0.5}))
    assert reason("SPCOR", {"r": 0.71, "n": 30, "r_squared": 0.5}) is None  # rounding
    # Always alike; what the variance would be is rounding, and would weigh more than all else.
    assert "nothing varies" in str(reason("MPORM", {"events_1": 3, "events_2": 3, "n": 9, "r": 1}))
    assert "genotype" in str(reason("REH", GOOD["genotypes"] | {"homozygous_b": 0}))


def test_regressions_need_degrees_of_freedom() -> None:
    few = "too few participants"
    assert reason("SPCOR", {"t": 2, "n": 5, "covariates": 3, "r_squared": 0.5}) == few
    assert reason("R2", {"f": 2, "n": 4, "predictors": 3}) == few
    assert reason("R2", {"f": 2, "n": 5, "predictors": 3}) is None
