"""Influence diagnostics equal what refitting by hand gives, in any order, unit and block."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from differential.engine import effects_of
from differential.strategies import MODEST, Rows, contrasts
from equipoise import stats
from equipoise.stats import diagnostics

MEASURES = (
    "rstudent", "rstandard", "dffits", "cook", "cov_ratio", "tau2_deleted", "q_deleted", "hat",
    "weight", "dfbetas", "baujat_x", "baujat_y", "radial_x", "radial_y",
)  # fmt: skip
OPTIONS: list[dict[str, Any]] = [
    {"tau2": "REML", "ci": "wald"},
    {"tau2": "DL", "ci": "hksj"},
    {"tau2": "PM", "ci": "hksj-floor"},
    {"tau2": "ML", "ci": "hksj-if-wider"},
    {"tau2": "ML", "ci": "profile-likelihood"},
    {"tau2": 0.25, "ci": "t"},
    {"model": "common", "ci": "wald"},
]
TRIALS = contrasts().filter(lambda rows: len(rows) >= 4)


def name(value: object) -> str:
    assert isinstance(value, dict)
    return "-".join(str(v) for v in value.values())


def pooled(rows: Sequence[Sequence[float]], **options: Any) -> stats.MetaAnalysis:
    return stats.pool(effects_of("GENERIC", rows), **options)


def near(values: Sequence[float | None]) -> list[object]:
    """Give what equals a column but for rounding."""
    return [None if v is None else pytest.approx(v, rel=1e-6, abs=1e-7) for v in values]


def refitted(rows: Rows, place: int, options: dict[str, Any]) -> dict[str, float | None]:
    """Compute a trial's measures from the definitions, by pooling twice with `stats.pool`."""
    whole = pooled(rows, **options)
    others = pooled([row for i, row in enumerate(rows) if i != place], **options)
    (y, se), tau2, without = rows[place], whole.tau2 or 0.0, others.tau2 or 0.0
    total = sum(1 / (s**2 + tau2) for _, s in rows)
    hat = 1 / (se**2 + tau2) / total
    classic = 1 / sum(1 / (s**2 + without) for i, (_, s) in enumerate(rows) if i != place)
    scale = others.se**2 / classic
    moved = whole.estimate - others.estimate
    everyone = 1 / sum(1 / (s**2 + without) for _, s in rows)
    return {
        "rstudent": (y - others.estimate) / math.sqrt(scale * (se**2 + without) + others.se**2),
        "rstandard": (y - whole.estimate) / math.sqrt((se**2 + tau2) - 1 / total),
        "dffits": moved / math.sqrt(scale * hat * (se**2 + without)),
        "cook": moved**2 / whole.se**2,
        "cov_ratio": others.se**2 / whole.se**2,
        "tau2_deleted": others.tau2,
        "q_deleted": others.q,
        "hat": hat,
        "weight": 100 * hat,
        "dfbetas": moved / math.sqrt(scale * everyone),
        "baujat_x": (y - whole.estimate) ** 2 / (se**2 + tau2),
        "baujat_y": moved**2 / others.se**2,
        "radial_x": 1 / math.sqrt(se**2 + tau2),
        "radial_y": y / math.sqrt(se**2 + tau2),
    }


@pytest.mark.parametrize("options", OPTIONS, ids=name)
@MODEST
@given(rows=TRIALS, data=st.data())
def test_one_batch_equals_refitting(options: dict[str, Any], rows: Rows, data: Any) -> None:
    place = data.draw(st.integers(0, len(rows) - 1))
    table = pooled(rows, **options).influence()
    if (reason := table.reason[place]) is not None:
        assert "standard error is zero" in reason
        return
    for measure, value in refitted(rows, place, options).items():
        assert [getattr(table, measure)[place]] == near([value]), measure


@pytest.mark.parametrize("options", OPTIONS, ids=name)
@MODEST
@given(rows=TRIALS, seed=st.randoms(use_true_random=False))
def test_the_order_of_trials_does_not_matter(
    options: dict[str, Any], rows: Rows, seed: Any
) -> None:
    order = list(range(len(rows)))
    seed.shuffle(order)
    fits = pooled(rows, **options), pooled([rows[i] for i in order], **options)
    one, other = (fit.influence() for fit in fits)
    for measure in MEASURES:
        column = getattr(one, measure)
        assert list(getattr(other, measure)) == near([column[i] for i in order]), measure


@MODEST
@given(rows=TRIALS, shift=st.sampled_from([-1e6, 30.0]), factor=st.sampled_from([0.125, 64.0]))
def test_neither_zero_nor_unit_matters(rows: Rows, shift: float, factor: float) -> None:
    """Shifts and factors are powers of two or whole, so that the data are the same to the digit."""
    rows = [(round(y * 16) / 16, se) for y, se in rows]
    moved = [((y + shift) * factor, se * factor) for y, se in rows]
    one, other = pooled(rows, ci="wald").influence(), pooled(moved, ci="wald").influence()
    for measure in ("rstudent", "rstandard", "dffits", "cook", "cov_ratio", "hat", "dfbetas"):
        assert list(getattr(other, measure)) == near(getattr(one, measure)), measure
    assert other.flags == one.flags


@MODEST
@given(rows=TRIALS)
def test_baujats_contributions_to_a_common_effect_add_up_to_q(rows: Rows) -> None:
    fit = pooled(rows, model="common", ci="wald")
    assert sum(x or 0.0 for x in fit.influence().baujat_x) == pytest.approx(fit.q, rel=1e-9)


@MODEST
@given(rows=TRIALS)
def test_with_known_variances_both_residuals_agree(rows: Rows) -> None:
    """Leaving a trial out or in changes both the residual and its error, by the same factor."""
    table = pooled(rows, model="common", ci="wald").influence()
    assert list(table.rstudent) == near(table.rstandard)


@MODEST
@given(rows=TRIALS)
def test_the_pooled_estimate_is_the_slope_of_the_radial_plot(rows: Rows) -> None:
    fit = pooled(rows)
    table = fit.influence()
    points = [(x or 0.0, y or 0.0) for x, y in zip(table.radial_x, table.radial_y, strict=True)]
    slope = sum(x * y for x, y in points) / sum(x * x for x, _ in points)
    assert slope == pytest.approx(fit.estimate, rel=1e-9, abs=1e-9)


@MODEST
@given(rows=contrasts())
def test_predictions_lie_between_the_trial_and_the_mean(rows: Rows) -> None:
    fit = pooled(rows, ci="wald")
    table = fit.blup()
    for (y, _), value in zip(rows, table.estimate, strict=True):
        assert value is not None
        low, high = sorted((y, fit.estimate))
        assert low - 1e-9 <= value <= high + 1e-9


@MODEST
@given(rows=TRIALS, block=st.integers(1, 40))
def test_blocks_give_the_same(rows: Rows, block: int) -> None:
    one = pooled(rows).influence()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(diagnostics, "_BLOCK", block)
        other = pooled(rows).influence()
    for measure in MEASURES:
        assert list(getattr(other, measure)) == near(getattr(one, measure)), measure
