"""Few trials, extreme variances and huge numbers under every weighting and interval."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest

from equipoise import stats
from equipoise.errors import DataError, MethodError
from equipoise.stats.heterogeneity_measures import heterogeneity_measures
from equipoise.stats.new_effect import probability_above

WAYS: list[dict[str, Any]] = [
    {"ci": "kenward-roger", "pi": "KR-PR"},
    {"ci": "henmi-copas"},
    {"ci": "hksj-iqwig"},
    {"weighting": "equal"},
    {"weighting": "ivhet"},
    {"weighting": "equal", "model": "common"},
]


def generic(estimate: Any, se: Any) -> stats.EffectSizes:
    return stats.effect_sizes("GENERIC", estimate=estimate, se=se)


@pytest.mark.parametrize("options", WAYS, ids=str)
@pytest.mark.parametrize(
    ("estimate", "se"),
    [
        ([1.0, 2.0], [1.0, 1.0]),
        ([1.0, 1.0, 1.0], [0.5, 0.5, 0.5]),
        ([0.0, 1.0, 2.0], [1e-8, 1.0, 1e8]),
        ([1e30, 2e30, 4e30], [1e30, 1e30, 1e30]),
        ([1e-30, 2e-30, 9e-30], [1e-30, 1e-30, 2e-30]),
        ([0.0, 1e6, -1e6, 3.0], [0.1, 0.1, 0.1, 0.1]),
    ],
)
def test_extreme_trials_give_finite_limits_in_order(options: Any, estimate: Any, se: Any) -> None:
    fit = stats.pool(generic(estimate, se), **options)
    assert math.isfinite(fit.estimate)
    assert fit.ci_low <= fit.estimate <= fit.ci_high
    assert math.isfinite(fit.ci_low)
    assert math.isfinite(fit.ci_high)
    json.dumps(fit.to_dict(), allow_nan=False)
    assert str(fit)


@pytest.mark.parametrize("options", WAYS, ids=str)
def test_one_trial_keeps_its_own_interval(options: Any) -> None:
    fit = stats.pool(generic([2.0], [0.5]), **options)
    assert (fit.estimate, fit.se, fit.df) == (2.0, 0.5, None)
    assert fit.ci_high == pytest.approx(2 + 0.5 * 1.959963984540054, rel=1e-12)


@pytest.mark.parametrize("options", WAYS, ids=str)
def test_no_trial_is_an_error(options: Any) -> None:
    with pytest.raises(DataError):
        stats.pool(generic([], []), **options)


def test_a_subset_without_trials_is_nan_and_disturbs_no_other() -> None:
    effects = generic([1.0, 2.0, 4.0], [1.0, 1.0, 2.0])
    keep = np.array([[False] * 3, [True] * 3, [True, False, False]])
    for options in WAYS:
        spec = stats.resolve_methods("cochrane-2025", "GENERIC", **options)
        fits = stats.pool_subsets(effects, keep, [spec])
        assert np.isnan(fits.estimate[0, 0])
        assert np.isfinite(fits.ci_low[0, 1:]).all()


def test_weights_for_trials_that_cannot_be_estimated_do_nothing() -> None:
    effects = stats.effect_sizes(
        "OR", events_1=[4, 0, 9], n_1=[20, 20, 30], events_2=[5, 0, 3], n_2=[20, 20, 30]
    )
    one = stats.pool(effects, weights=[1, 1, 3])
    other = stats.pool(effects, weights=[1, 1e9, 3])
    assert one.estimate == other.estimate
    assert one.weights.tolist() == [25.0, 0.0, 75.0]
    by_size = stats.pool(effects, weighting="sample-size")
    assert by_size.weights.tolist() == pytest.approx([40.0, 0.0, 60.0])


def test_the_probability_far_out_keeps_its_digits() -> None:
    fit = stats.pool(generic([1.0, 2.0, 4.0, 3.0], [0.1] * 4), pi="normal")
    assert 0.0 < probability_above(fit, 30.0) < 1e-60
    for value in (math.inf, math.nan):
        with pytest.raises(MethodError, match="not a number"):
            probability_above(fit, value)


def test_trials_that_agree_to_the_last_digit_have_all_measures() -> None:
    found = heterogeneity_measures(stats.pool(generic([1.0] * 4, [0.5] * 4)))
    assert (found.birge_ratio, found.h, found.i2_q, found.r_b) == (0.0, 1.0, 0.0, 0.0)
    json.dumps(found.to_dict(), allow_nan=False)
