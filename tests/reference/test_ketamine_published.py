"""A published Cochrane review, recomputed: Ferraro and others (2025), doi:10.1002/14651858.CD015373.pub2.

Every effect, interval and weight of the review's 95 analyses, to the digits printed, and the totals
of its abstract. What is printed has six decimals and so have the means and standard deviations it
was computed from, so that agreement is to one unit of the sixth decimal: half a unit for each.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal

import pytest

from equipoise import stats
from reference.load import ketamine_rows

LAST_DIGIT = 1e-6
NOT_BINARY = {("2", "1")}
"""The export calls the one ketorolac trial's pain scores binary; they are means."""
STANDARDISED = {("7", "19"), ("7", "21")}
"""Several instruments in one analysis."""
BINARY_COLUMNS = ("events_1", "n_1", "events_2", "n_2")
CONTINUOUS_COLUMNS = ("mean_1", "sd_1", "n_1", "mean_2", "sd_2", "n_2")

ROWS = ketamine_rows()
KEYS = list(dict.fromkeys((row["comparison_no"], row["analysis_no"]) for row in ROWS))


def rows_of(key: tuple[str, str]) -> list[dict[str, str]]:
    return [row for row in ROWS if (row["comparison_no"], row["analysis_no"]) == key]


def effects_of(key: tuple[str, str], **options: Any) -> stats.EffectSizes:
    """Give one analysis's effects, by the measure the review used."""
    rows = rows_of(key)
    continuous = rows[0]["data_type"] == "continuous" or key in NOT_BINARY
    names = CONTINUOUS_COLUMNS if continuous else BINARY_COLUMNS
    columns: dict[str, Any] = {name: [float(row[name]) for row in rows] for name in names}
    study = [row["study"] for row in rows]
    if continuous:
        measure: Literal["SMD", "MD"] = "SMD" if key in STANDARDISED else "MD"
        return stats.effect_sizes(measure, study=study, smd_variance="revman", **columns)
    return stats.effect_sizes("RR", study=study, **columns, **options)


def printed(rows: Sequence[dict[str, str]], column: str) -> list[float]:
    """Give a printed column; what was not estimable is NaN."""
    return [float(row[column]) if row[column] else math.nan for row in rows]


@pytest.mark.parametrize("key", KEYS, ids=".".join)
def test_every_trial(key: tuple[str, str]) -> None:
    rows = rows_of(key)
    estimate, low, high = effects_of(key).transformed(0.95)
    for got, column in ((estimate, "effect"), (low, "ci_low"), (high, "ci_high")):
        expected = printed(rows, f"published_{column}")
        assert got.tolist() == pytest.approx(expected, rel=0, abs=LAST_DIGIT, nan_ok=True)


def test_the_whole_review_is_compared() -> None:
    assert len(ROWS) == 176
    assert len(KEYS) == 95
    assert sum(bool(row["published_effect"]) for row in ROWS) > 150


@pytest.mark.parametrize("key", KEYS, ids=".".join)
def test_every_weight(key: tuple[str, str]) -> None:
    """Weights are percentages of the whole analysis, also where the analysis shows subgroups."""
    effects = effects_of(key)
    if not effects.estimable.any():
        assert not any(row["published_weight"] for row in rows_of(key))
        return
    fit = stats.pool(effects, preset="as-published")
    expected = [float(row["published_weight"] or 0) for row in rows_of(key)]
    assert fit.weights.tolist() == pytest.approx(expected, rel=0, abs=LAST_DIGIT)


def display(fit: stats.MetaAnalysis) -> tuple[float, float, float]:
    """Give estimate and interval as the abstract prints them."""
    shown = fit.transformed
    return round(shown.estimate, 2), round(shown.ci_low, 2), round(shown.ci_high, 2)


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (("1", "1"), (-15.79, -32.09, 0.51)),
        (("1", "4"), (-5.32, -15.51, 4.87)),
        (("1", "9"), (3.26, 1.05, 10.09)),
        (("1", "15"), (3.82, 1.75, 8.36)),
    ],
    ids=["pain, immediate", "pain, short term", "any adverse event", "nausea"],
)
def test_published_totals(key: tuple[str, str], expected: tuple[float, float, float]) -> None:
    assert display(stats.pool(effects_of(key), preset="as-published")) == expected


def test_published_i2_of_immediate_pain() -> None:
    assert round(stats.pool(effects_of(("1", "1")), preset="as-published").i2 or 0.0) == 69


def test_published_total_of_psychotomimetic_effects_counts_a_trial_without_events() -> None:
    """The published 4.97 needs the trial with no event in either arm, shown as not estimable."""
    kept = effects_of(("1", "12"), double_zero="keep")
    assert display(stats.pool(kept, preset="as-published")) == (4.97, 2.32, 10.66)
    dropped = effects_of(("1", "12"))
    assert display(stats.pool(dropped, preset="as-published")) == (5.29, 2.43, 11.52)


def test_immediate_pain_by_current_cochrane_methods() -> None:
    fit = stats.pool(effects_of(("1", "1")), preset="cochrane-2025")
    assert display(fit) == (-15.80, -49.81, 18.21)
    assert round(fit.tau2 or 0.0, 2) == 132.36
    assert round(fit.p or 0.0, 2) == 0.18


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"model": "common"}, 0.0003),
        ({"tau2": "PM"}, 0.046),
        ({"tau2": "REML"}, 0.051),
        ({"tau2": "DL"}, 0.058),
        ({"tau2": "REML", "ci": "hksj"}, 0.18),
    ],
    ids=["common", "PM", "REML", "DL", "Hartung-Knapp"],
)
def test_the_p_value_depends_on_the_method(options: dict[str, Any], expected: float) -> None:
    fit = stats.pool(effects_of(("1", "1")), **{"ci": "wald", **options})
    decimals = len(str(f"{expected:f}").rstrip("0")) - 2
    assert round(fit.p or 0.0, decimals) == expected
