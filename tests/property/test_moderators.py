"""What must hold of meta-regression whatever the trials."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from differential.engine import effects_of
from differential.strategies import MODEST, Rows, contrasts, decimals
from equipoise import stats
from equipoise.errors import DataError, EquipoiseError, MethodError
from equipoise.stats.moderators.collinearity import vif
from equipoise.stats.moderators.location_scale import location_scale
from equipoise.stats.moderators.meta_regression import meta_regression
from equipoise.stats.moderators.permutation import permute_moderators
from equipoise.stats.moderators.regression_result import MetaRegression

several = contrasts(min_size=6, max_size=9)
ESTIMATORS: list[Any] = ["REML", "ML", "DL", "PM", "HE", "HS", "SJ"]


def columns(k: int) -> Any:
    """Give two columns that no constant is made of."""
    place = np.arange(k)
    return np.column_stack((np.sin(3.0 * place) + 0.1 * place, place % 3 == 1)).astype(float)


def regress(rows: Rows, x: Any, **options: Any) -> MetaRegression:
    return meta_regression(effects_of("GENERIC", rows), x, **options)


def near(values: Any, scale: float = 1.0) -> object:
    return pytest.approx(values, rel=1e-6, abs=1e-8 * scale)


def summary(fit: MetaRegression) -> list[float]:
    """Give what does not depend on how the moderators are written down."""
    assert fit.omnibus is not None
    return [*unexplained(fit), fit.omnibus.statistic or 0.0]


def unexplained(fit: MetaRegression) -> list[float]:
    """Give what is said of the effects the moderators leave."""
    numbers = [fit.tau2, fit.i2, fit.h2, fit.q, fit.ml.log_likelihood]
    return [float(number or 0.0) for number in numbers]


@MODEST
@given(rows=several, estimator=st.sampled_from(ESTIMATORS))
def test_adding_a_combination_of_columns_moves_the_coefficients_by_it(
    rows: Rows, estimator: Any
) -> None:
    """SJ alone starts from the variance of the effects, moderators aside."""
    assume(estimator != "SJ")
    x = columns(len(rows))
    moved: Rows = [
        (y + 0.5 + 2.0 * a - b, se) for (y, se), (a, b) in zip(rows, x.tolist(), strict=True)
    ]
    one, other = regress(rows, x, tau2=estimator), regress(moved, x, tau2=estimator)
    assert (other.estimates - one.estimates).tolist() == near([0.5, 2.0, -1.0], 100.0)
    assert unexplained(other) == near(unexplained(one), 100.0)


@MODEST
@given(rows=several, estimator=st.sampled_from(ESTIMATORS))
def test_recoding_the_moderators_changes_nothing_that_is_tested(rows: Rows, estimator: Any) -> None:
    x = columns(len(rows))
    recoded = x @ np.array([[2.0, 1.0], [-1.0, 30.0]]) + np.array([5.0, -70.0])
    one, other = regress(rows, x, tau2=estimator), regress(rows, recoded, tau2=estimator)
    assert summary(other) == near(summary(one), 10.0)
    assert other.fitted.tolist() == near(one.fitted.tolist())


@MODEST
@given(rows=several, scale=st.sampled_from([0.01, 30.0]), order=st.randoms(use_true_random=False))
def test_units_and_the_order_of_trials_do_not_matter(rows: Rows, scale: float, order: Any) -> None:
    x = columns(len(rows))
    places = list(range(len(rows)))
    order.shuffle(places)
    other_rows: Rows = [(rows[i][0] * scale, rows[i][1] * scale) for i in places]
    one, other = regress(rows, x), regress(other_rows, x[places])
    assert other.estimates / scale == near(one.estimates)
    assert (other.tau2 or 0.0) / scale**2 == near(one.tau2 or 0.0)
    assert [row.p for row in other.coefficients] == near([row.p for row in one.coefficients])


@MODEST
@given(rows=several, estimator=st.sampled_from(["REML", "ML", "DL", "PM", "HE", "HS", "HSk", "SJ"]))
def test_the_intercept_alone_is_pooling(rows: Rows, estimator: Any) -> None:
    for ci in ("wald", "t", "hksj", "hksj-floor"):
        fit = regress(rows, None, tau2=estimator, ci=ci)
        pooled = stats.pool(effects_of("GENERIC", rows), tau2=estimator, ci=ci)
        row = fit.coefficients[0]
        assert [row.estimate, row.se, row.ci_low, row.ci_high] == near(
            [pooled.estimate, pooled.se, pooled.ci_low, pooled.ci_high]
        )
        assert [fit.tau2, fit.tau2_se, fit.i2, fit.h2, fit.q] == near(
            [pooled.tau2, pooled.tau2_se, pooled.i2, pooled.h2, pooled.q]
        )
        assert list(fit.tau2_ci or ()) == near(list(pooled.tau2_ci or ()))


@MODEST
@given(rows=several)
def test_the_saturated_group_model_gives_each_groups_own_mean(rows: Rows) -> None:
    """At a fixed τ² the groups share nothing."""
    group = np.arange(len(rows)) % 2
    fit = regress(rows, group.astype(float), tau2=0.3, ci="wald")
    alone = [
        stats.pool(effects_of("GENERIC", part), tau2=0.3, ci="wald")
        for part in (rows[0::2], rows[1::2])
    ]
    means = [fit.estimates[0], fit.estimates.sum()]
    assert means == near([pooled.estimate for pooled in alone])


@MODEST
@given(rows=several, shift=decimals(-3, 3, 1))
def test_a_location_scale_model_with_one_variance_is_a_meta_regression(
    rows: Rows, shift: float
) -> None:
    x = columns(len(rows))
    fit = regress([(y + shift, se) for y, se in rows], x, ci="wald")
    assume((fit.tau2 or 0.0) > 1e-3)
    found = location_scale(fit.effects, x)
    assert np.exp(found.scale[0].estimate) == near(fit.tau2)
    assert [row.estimate for row in found.location] == near(fit.estimates.tolist())
    assert found.log_likelihood == near(fit.reml.log_likelihood)


@MODEST
@given(rows=several)
def test_permutation_does_not_depend_on_the_coding_and_repeats_itself(rows: Rows) -> None:
    x = columns(len(rows))[:, 0]
    one = permute_moderators(regress(rows, x), 40, seed=7)
    other = permute_moderators(regress(rows, 100.0 - 5.0 * x), 40, seed=7)
    assert one.omnibus_p == other.omnibus_p
    assert one.rows[1].p == other.rows[1].p
    assert one.omnibus_p >= 1.0 / one.permutations


@MODEST
@given(rows=several)
def test_results_are_strict_json(rows: Rows) -> None:
    fit = regress(rows, columns(len(rows)))
    parts: list[Any] = [
        fit, fit.permute(20), vif(fit, simulations=10), fit.influence(), fit.predict(),
        fit.contrast([0, 1, -1]), fit.regplot_rows("x1", points=3), fit.marginal_means(),
    ]  # fmt: skip
    for part in parts:
        json.dumps(part.to_dict(), allow_nan=False)
        assert str(part)


BROKEN: list[tuple[Any, dict[str, Any], type[EquipoiseError], str]] = [
    ([1.0, 2.0], {}, DataError, "4 rows"),
    (["a", "b", "c", "d"], {}, DataError, "use a formula"),
    ([1.0, 2.0, np.inf, 3.0], {}, DataError, "finite"),
    ([[1.0, 2.0]] * 4, {"names": ["one"]}, DataError, "2 different names"),
    ([1.0, 1.0, 1.0, 1.0], {}, MethodError, "combination of intercept"),
    ([0.0, 0.0, 0.0, 0.0], {}, MethodError, "zero in every trial"),
    ([1.0, np.nan, np.nan, 2.0], {}, MethodError, "2 trials cannot carry 2"),
    ([1.0, 2.0, 3.0, 4.0], {"tau2": "REMEL"}, MethodError, "allowed"),
    ([1.0, 2.0, 3.0, 4.0], {"tau2": -1.0}, MethodError, "zero or above"),
    ([1.0, 2.0, 3.0, 4.0], {"ci": "bootstrap"}, MethodError, "allowed"),
    ([1.0, 2.0, 3.0, 4.0], {"model": "common", "tau2": "DL"}, MethodError, "no tau2"),
    ([1.0, 2.0, 3.0, 4.0], {"level": 95}, MethodError, "between 0 and 1"),
    ("~ nowhere", {}, DataError, "no column 'nowhere'"),
    ("~ dose +", {"data": {"dose": [1, 2, 3, 4]}}, MethodError, "cannot be applied"),
    ("y ~ dose", {"data": {"dose": [1, 2, 3, 4], "y": [1, 2, 3, 4]}}, MethodError, "alone"),
    ("~ np.log(dose)", {"data": {"dose": [0, 2, 3, 4]}}, MethodError, "cannot be applied|defined"),
    ("~ dose", {"data": {"dose": [1, 2, 3]}}, DataError, "4 rows"),
    ("~ dose", {"data": 7}, DataError, "dict of columns"),
]


@pytest.mark.parametrize(("moderators", "options", "kind", "text"), BROKEN)
def test_what_cannot_be_done_says_what_to_do(
    moderators: Any, options: dict[str, Any], kind: type[EquipoiseError], text: str
) -> None:
    if isinstance(moderators, str):
        pytest.importorskip("formulaic", reason="formulas need the extra equipoise[formula]")
    trials = stats.effect_sizes("GENERIC", estimate=[0.0, 1.0, 0.5, 2.0], se=[1.0] * 4)
    with pytest.raises(kind, match=text):
        meta_regression(trials, moderators, **options)


def test_effects_far_from_zero_and_of_very_different_precision_keep_their_digits() -> None:
    rng = np.random.Generator(np.random.PCG64(3))
    x = rng.normal(size=8)
    se = np.array([1e-3, 1.0, 2.0, 0.5, 3.0, 1.0, 0.1, 50.0])
    y = 0.3 * x + se * rng.normal(size=8)
    near_zero = meta_regression(
        stats.effect_sizes("GENERIC", estimate=y.tolist(), se=se.tolist()), x
    )
    far = meta_regression(
        stats.effect_sizes("GENERIC", estimate=(y + 1e6).tolist(), se=se.tolist()), x
    )
    assert far.coefficients[1].estimate == pytest.approx(
        near_zero.coefficients[1].estimate, rel=1e-6
    )
    assert far.tau2 == pytest.approx(near_zero.tau2, rel=1e-5, abs=1e-9)


def test_a_perfect_fit_says_that_its_intervals_have_no_width() -> None:
    trials = stats.effect_sizes("GENERIC", estimate=[1.0, 2.0, 3.0, 4.0], se=[1.0] * 4)
    fit = meta_regression(trials, [1.0, 2.0, 3.0, 4.0])
    assert fit.tau2 == 0.0
    assert any(note.code in {"zero-width-interval", "tau2-ci-empty"} for note in fit.notes)
    json.dumps(fit.to_dict(), allow_nan=False)
