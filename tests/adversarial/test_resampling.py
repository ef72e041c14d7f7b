"""Input that breaks programs: too few trials, no spread, methods that do not fit."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pandas as pd  # type: ignore[import-untyped]  # it has no types
import pytest

from equipoise import stats
from equipoise.errors import MethodError
from equipoise.stats.heterogeneity.gosh import gosh
from equipoise.stats.heterogeneity.normality import normality
from equipoise.stats.heterogeneity.outliers import outliers
from equipoise.stats.resampling.bootstrap import bootstrap
from equipoise.stats.resampling.permutation import permutation_test
from equipoise.stats.resampling.prediction import prediction_interval_bootstrap
from equipoise.stats.stratified import stratified_tests

EVERY: list[Callable[[stats.MetaAnalysis], Any]] = [
    permutation_test, bootstrap, prediction_interval_bootstrap, gosh, outliers, normality,
]  # fmt: skip


def pooled(estimate: list[float], se: list[float] | None = None, **options: Any) -> Any:
    spread = [0.2] * len(estimate) if se is None else se
    return stats.pool(stats.effect_sizes("GENERIC", estimate=estimate, se=spread), **options)


@pytest.mark.parametrize("method", EVERY)
def test_a_single_trial_is_refused(method: Callable[[Any], Any]) -> None:
    with pytest.raises(MethodError, match=r"needs \d trials"):
        method(pooled([0.5]))


@pytest.mark.parametrize("method", EVERY[1:])
def test_two_trials_are_refused(method: Callable[[Any], Any]) -> None:
    with pytest.raises(MethodError, match=r"needs \d trials"):
        method(pooled([0.5, 0.2]))


def test_two_trials_can_be_permuted() -> None:
    assert permutation_test(pooled([0.5, 0.2])).p == 0.5


@pytest.mark.parametrize("method", EVERY)
@pytest.mark.parametrize("how", ["MH", "Peto"])
def test_other_than_inverse_variance_is_refused(method: Callable[[Any], Any], how: Any) -> None:
    measure: Any = "OR" if how == "MH" else "PETO"
    trials = stats.effect_sizes(
        measure, events_1=[3] * 4, n_1=[9] * 4, events_2=[5] * 4, n_2=[9] * 4
    )
    with pytest.raises(MethodError, match="inverse-variance"):
        method(stats.pool(trials, model="common", method=how, ci="wald"))


@pytest.mark.parametrize("method", EVERY)
def test_trials_that_cannot_be_estimated_stay_out(method: Callable[[Any], Any]) -> None:
    """A trial without events stands between the others: results are those without it."""
    whole = stats.effect_sizes(
        "RR", events_1=[3, 0, 8, 9, 4], n_1=[30] * 5, events_2=[6, 0, 9, 20, 4], n_2=[30] * 5
    )
    rest = whole.subset(whole.estimable)
    one, other = (method(stats.pool(trials)).to_dict() for trials in (whole, rest))
    for name in ("ci_low", "low", "high", "estimate_quartiles", "residual"):
        if name in one and method is not outliers:
            assert one[name] == pytest.approx(other[name])
    if method is bootstrap:
        draws = [method(stats.pool(trials)).draws["estimate"].mean() for trials in (whole, rest)]
        assert draws[0] == pytest.approx(draws[1], abs=0.05)
    if method is outliers:
        assert one["residual"] == pytest.approx(
            [other["residual"][0], None, *other["residual"][1:]]
        )


@pytest.mark.parametrize("method", EVERY)
def test_results_are_strict_json_and_can_be_read(method: Callable[[Any], Any]) -> None:
    for fit in (
        pooled([0.1, 0.4, 0.3, 0.9]),
        pooled([1e9, 1e9 + 1, 1e9 - 1, 1e9], [1e-3, 1e3, 1.0, 2.0]),
        pooled([1e-12, 4e-12, -2e-12, 1e-12], [1e-12] * 4),
    ):
        result = method(fit)
        data = json.loads(json.dumps(result.to_dict(), allow_nan=False))
        assert data["schema_version"] == "1.0"
        assert "nan" not in str(result)


@pytest.mark.parametrize("method", [bootstrap, gosh, outliers, normality])
def test_tables_come_back_as_the_users_kind(method: Callable[[Any], Any]) -> None:
    frame = pd.DataFrame({"y": [0.1, 0.4, 0.3, 0.9], "s": [0.2] * 4})
    trials = stats.effect_sizes("GENERIC", data=frame, estimate="y", se="s")
    assert isinstance(method(stats.pool(trials)).tidy(), pd.DataFrame)


def test_estimates_that_are_all_equal() -> None:
    """Nothing varies: what can be said is said, the rest refused with the reason."""
    fit = pooled([0.5] * 6)
    found = permutation_test(fit)
    assert found.p == 2 / 64
    with pytest.raises(MethodError, match="all equal"):
        prediction_interval_bootstrap(fit)
    assert normality(fit).shapiro_wilk is None
    assert len(gosh(fit).clusters.clusters) == 1
    assert outliers(fit).outlier == (False,) * 6
    assert bootstrap(fit, "nonparametric", interval="studentised").term("estimate").se == 0.0


def test_all_estimates_zero() -> None:
    assert permutation_test(pooled([0.0] * 6)).p == 1.0


def test_a_mean_of_single_groups_has_no_value_of_no_effect() -> None:
    trials = stats.effect_sizes("MN", mean=[1, 2, 3], sd=[1, 1, 1], n=[9, 9, 9])
    with pytest.raises(MethodError, match="no effect"):
        permutation_test(stats.pool(trials))


@pytest.mark.parametrize("iterations", [0, -5, 10.5, True, "many"])
def test_iterations_must_be_a_number_of_some_size(iterations: Any) -> None:
    fit = pooled([0.1, 0.4, 0.3, 0.9])
    for method in (permutation_test, bootstrap, normality):
        with pytest.raises(MethodError, match="whole number"):
            method(fit, iterations=iterations)


def test_options_that_do_not_exist_or_do_not_go_together() -> None:
    fit = pooled([0.1, 0.4, 0.3, 0.9])
    anything: Any = "anything"
    for call in (
        lambda: bootstrap(fit, anything),
        lambda: bootstrap(fit, interval=anything),
        lambda: bootstrap(fit, "parametric", interval="bca"),
        lambda: outliers(fit, anything),
        lambda: outliers(fit, "intervals-apart", adjustment="holm"),
        lambda: gosh(fit, model=anything),
        lambda: gosh(pooled([0.1, 0.4, 0.3], model="common"), model="random"),
        lambda: gosh(fit, subsets=2**30),
        lambda: bootstrap(fit).term("pi"),
        lambda: prediction_interval_bootstrap(fit, level=95.0),
        lambda: prediction_interval_bootstrap(pooled([0.1, 0.4, 0.3], model="common")),
    ):
        with pytest.raises(MethodError):
            call()


def test_exact_tests_have_an_end() -> None:
    with pytest.raises(MethodError, match="exact=False"):
        permutation_test(pooled([0.1] * 25 + [0.3]), exact=True)


def test_weights_of_tau2_belong_to_trials() -> None:
    fit = pooled([0.1, 0.4, 0.3, 0.9, 4.0], tau2="GENQ", tau2_weights=[1, 2, 1, 1, 1])
    with pytest.raises(MethodError, match="tau2_weights"):
        bootstrap(fit, "nonparametric")
    assert bootstrap(fit, iterations=199).failed == 0
    assert permutation_test(fit).p == 2 / 32
    assert gosh(fit).complete
    far = pooled([0.1, 0.4, 0.3, 0.9, 40.0], tau2="GENQ", tau2_weights=[1, 2, 1, 1, 1], ci="wald")
    assert outliers(far).rounds[0].fit.methods.tau2_weights == (1, 2, 1, 1)


@pytest.mark.parametrize("method", EVERY)
def test_other_weights_are_refused(method: Callable[[Any], Any]) -> None:
    fit = pooled([0.1, 0.4, 0.3, 0.9], model="common", ci="wald", weights=[1, 2, 3, 4])
    with pytest.raises(MethodError, match="inverse-variance weights"):
        method(fit)


def test_tables_are_needed() -> None:
    trials = stats.effect_sizes("GENERIC", estimate=[0.1], se=[0.2])
    with pytest.raises(MethodError, match="two-by-two"):
        stratified_tests(trials)


def test_tables_without_any_event() -> None:
    trials = stats.effect_sizes("OR", events_1=[0, 0], n_1=[5, 6], events_2=[0, 0], n_2=[4, 3])
    found = stratified_tests(trials)
    assert (found.informative, found.odds_ratio, found.cmh, found.exact_p) == (0, None, None, None)
    assert json.loads(json.dumps(found.to_dict(), allow_nan=False))["k"] == 2
    assert "nan" not in str(found)


def test_huge_and_fractional_tables() -> None:
    huge = stats.effect_sizes("OR", events_1=[5e8], n_1=[1e9], events_2=[5e8 + 4e4], n_2=[1e9])
    found = stratified_tests(huge)
    assert found.exact_p is None
    assert found.cmh is not None
    fractional = stats.effect_sizes(
        "OR", events_1=[3.5, 4], n_1=[9, 9], events_2=[5, 2], n_2=[9, 9]
    )
    other = stratified_tests(fractional)
    assert other.exact_p is None
    assert other.notes[-1].code == "no-exact-test"
