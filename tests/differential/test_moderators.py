"""The regression of the package against the slow one, and location-scale fits against derivatives."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest

from differential import naive_regression as slow
from differential.naive_distributions import mp, mpf
from equipoise import stats
from equipoise.kernels import location_scale as kernel
from equipoise.stats.moderators.meta_regression import meta_regression
from equipoise.stats.moderators.multimodel import multimodel
from equipoise.stats.moderators.permutation import permute_moderators

Y = [0.12, 0.83, -0.41, 1.27, 0.55, 2.10, 0.31]
V = [0.04, 0.11, 0.02, 0.30, 0.07, 0.52, 0.09]
X = [[1.0, 3.0, 0.0], [1.0, 1.0, 1.0], [1.0, 4.0, 0.0], [1.0, 1.5, 1.0], [1.0, 9.0, 0.0],
     [1.0, 2.0, 1.0], [1.0, 6.5, 1.0]]  # fmt: skip
CALM = [0.30, 0.42, 0.28, 0.35, 0.22, 0.50, 0.31]
EFFECTS = stats.effect_sizes("GENERIC", estimate=Y, se=np.sqrt(V).tolist())
AGREEING = stats.effect_sizes("GENERIC", estimate=CALM, se=np.sqrt(V).tolist())


def near(value: Any) -> object:
    return pytest.approx(float(value), rel=1e-10, abs=1e-13)


@pytest.mark.parametrize("estimator", list(slow.ESTIMATORS))
@pytest.mark.parametrize(("effects", "y"), [(EFFECTS, Y), (AGREEING, CALM)])
def test_every_estimator_against_whole_matrices(
    estimator: Any, effects: stats.EffectSizes, y: list[float]
) -> None:
    """Spread effects have a τ² above zero, agreeing ones mostly on the boundary."""
    one = slow.problem(y, V, X)
    tau2 = slow.ESTIMATORS[estimator](one)
    fit = meta_regression(effects, np.array(X)[:, 1:], tau2=estimator, ci="hksj")
    assert fit.tau2 == near(tau2)
    assert fit.tau2_se == near(slow.tau2_error(one, tau2, estimator))
    beta, covariance = slow.coefficients(one, tau2)
    factor = slow.q(one, tau2) / (one.k - one.p)
    for i, row in enumerate(fit.coefficients):
        assert row.estimate == near(beta[i])
        assert row.se == near(mp.sqrt(covariance[i, i] * factor))
    assert fit.q == near(slow.q(one, mpf(0)))


def test_heterogeneity_and_likelihoods() -> None:
    one = slow.problem(Y, V, X)
    fit = meta_regression(EFFECTS, np.array(X)[:, 1:])
    tau2 = mpf(fit.tau2 or 0.0)
    matrix = slow.projection(one, slow.weights_at(one, mpf(0)))
    typical = (one.k - one.p) / slow.trace(matrix)
    assert fit.i2 == near(100 * tau2 / (tau2 + typical))
    assert fit.h2 == near(1 + tau2 / typical)
    assert fit.ml.log_likelihood == near(slow.log_likelihood(one, tau2, restricted=False))
    assert fit.reml.log_likelihood == near(slow.log_likelihood(one, tau2, restricted=True))
    assert fit.tau2_ci is not None
    low, high = slow.q_profile(one)
    assert list(fit.tau2_ci) == [near(low), near(high)]


def test_without_an_intercept() -> None:
    columns = [row[1:] for row in X]
    one = slow.problem(Y, V, columns)
    fit = meta_regression(EFFECTS, np.array(columns), intercept=False)
    tau2 = slow.tau2_likelihood(one, restricted=True)
    assert fit.tau2 == near(tau2)
    assert fit.r2 is None
    beta, _ = slow.coefficients(one, tau2)
    assert [row.estimate for row in fit.coefficients] == [near(b) for b in beta]


def test_the_batch_of_permutations_is_a_loop_of_fits() -> None:
    column = np.array([1.0, 1.0, 0.0, 1.0, 0.0, 0.0, 0.0])
    fit = meta_regression(EFFECTS, column)
    statistics = []
    for ones in combinations(range(7), 3):
        other = np.zeros(7)
        other[list(ones)] = 1.0
        statistics.append(meta_regression(EFFECTS, other).coefficients[1].statistic or 0.0)
    observed = abs(fit.coefficients[1].statistic or 0.0)
    share = np.mean([abs(value) >= observed * (1 - 1e-9) for value in statistics])
    found = permute_moderators(fit, exact=True)
    assert found.permutations == len(statistics) == 35
    assert found.rows[1].p == pytest.approx(share, rel=1e-12)
    assert found.omnibus_p == pytest.approx(share, rel=1e-12)


def test_multimodel_is_a_loop_of_fits() -> None:
    x = np.array(X)[:, 1:]
    found = multimodel(EFFECTS, x, names=["dose", "new"])
    subsets: dict[tuple[str, ...], list[int]] = {
        (): [], ("dose",): [0], ("new",): [1], ("dose", "new"): [0, 1],
    }  # fmt: skip
    fits = {
        terms: meta_regression(EFFECTS, x[:, columns], names=terms, tau2="ML", ci="wald")
        for terms, columns in subsets.items()
    }
    best = min(fit.ml.aicc for fit in fits.values())
    raw = {terms: np.exp(-0.5 * (fit.ml.aicc - best)) for terms, fit in fits.items()}
    total = sum(raw.values())
    for model in found.models:
        assert model.weight == pytest.approx(raw[model.terms] / total, rel=1e-10)
        assert model.criterion == pytest.approx(fits[model.terms].ml.aicc, rel=1e-12)
    with_dose = {terms: raw[terms] for terms in fits if "dose" in terms}
    mean = sum(
        w / total * fits[t].coefficients[fits[t].matrix.names.index("dose")].estimate
        for t, w in with_dose.items()
    )
    assert found.coefficients[1].estimate == pytest.approx(mean, rel=1e-10)
    natural = multimodel(EFFECTS, x, names=["dose", "new"], averaging="natural")
    share = sum(with_dose.values()) / total
    assert natural.coefficients[1].estimate == pytest.approx(mean / share, rel=1e-10)
    assert dict(found.importance)["dose"] == pytest.approx(share, rel=1e-10)


TEN_Y = [-0.72, 0.18, -0.6, 0.6, 0.57, 0.31, -1.38, 0.06, 0.46, 0.81]
TEN_V = [0.2, 0.27, 0.24, 0.08, 0.1, 0.26, 0.02, 0.25, 0.24, 0.15]
TEN_X = [[1.0, x] for x in (1.5, 1.4, 1.3, 2.2, 2.5, 2.8, 5.0, 4.0, 3.1, 4.9)]
SCALE = [[1.0, z] for z in (0.1, 0.3, 0.5, 0.7, 0.9, 1.2, 1.4, 1.6, 1.8, 2.0)]


@pytest.mark.parametrize("restricted", [True, False])
@pytest.mark.parametrize("log_link", [True, False])
def test_location_scale_maximum_and_information(restricted: bool, log_link: bool) -> None:
    """The slope of thirty digits is zero there, and its own slope is the information."""
    one = slow.problem(TEN_Y, TEN_V, TEN_X)
    y, v, x, z = (np.array(part) for part in (TEN_Y, TEN_V, TEN_X, SCALE))
    found = kernel.fit(y, v, x, z, log_link=log_link, restricted=restricted)
    assert found.converged
    assert not found.at_boundary

    def value(*alpha: Any) -> Any:
        eta = [alpha[0] * row[0] + alpha[1] * row[1] for row in SCALE]
        tau2 = [mp.exp(e) for e in eta] if log_link else eta
        return slow.log_likelihood(one, tau2, restricted=restricted)

    at = [mpf(float(a)) for a in found.alpha]
    slopes = [mp.diff(value, at, unit) for unit in ((1, 0), (0, 1))]
    assert [float(s) for s in slopes] == pytest.approx([0.0, 0.0], abs=1e-9)
    second = [mp.diff(value, at, unit) for unit in ((2, 0), (1, 1), (0, 2))]
    information = -np.array([[second[0], second[1]], [second[1], second[2]]], dtype=np.float64)
    assert np.linalg.inv(found.alpha_covariance) == pytest.approx(information, rel=1e-7)
    beta, covariance = slow.coefficients(one, [mpf(float(t)) for t in found.tau2])
    assert found.beta.tolist() == [near(b) for b in beta]
    assert np.diagonal(found.beta_covariance).tolist() == [near(covariance[i, i]) for i in (0, 1)]


def test_a_likelihood_that_rises_for_ever_is_not_called_a_fit() -> None:
    """Only the trial with the smallest z wants a variance: the steeper the slope, the better."""
    y, v, x = np.array(Y), np.array(V), np.array(X)
    z = np.column_stack((np.ones(7), [0.2, 1.0, 0.1, 1.4, 0.3, 2.0, 0.7]))
    found = kernel.fit(y, v, x, z, log_link=True, restricted=False)
    assert not found.converged
    height = np.log(found.tau2.max())
    paths = [np.exp(z @ [height + 0.1 * slope, -slope]) for slope in (10.0, 20.0, 40.0, 60.0)]
    values = [kernel.log_likelihood(y, v, x, tau2, restricted=False) for tau2 in paths]
    assert values == sorted(values)
    assert found.log_likelihood >= values[-1] - 1e-4


def test_identity_link_holds_a_variance_at_zero_and_stops_at_the_edge() -> None:
    """Trials that agree where z is small: the free maximum would have a variance below zero."""
    y = np.array([0.50, 0.52, 0.49, 0.51, -1.4, 2.6, 1.9, -0.8])
    v = np.array([0.05, 0.06, 0.05, 0.07, 0.05, 0.06, 0.05, 0.06])
    z = np.column_stack((np.ones(8), [0.0, 0.1, 0.2, 0.1, 1.0, 1.0, 0.9, 1.1]))
    found = kernel.fit(y, v, np.ones((8, 1)), z, log_link=False, restricted=True)
    assert found.converged
    assert found.at_boundary
    assert found.tau2.min() == pytest.approx(0.0, abs=1e-12)
    assert found.gradient < 1e-8
    x = np.ones((8, 1))
    for tilt in np.linspace(-0.5, 0.5, 21):
        for lift in np.linspace(-0.05, 0.05, 11):
            tau2 = z @ (found.alpha + np.array([lift, tilt]))
            if (tau2 >= 0.0).all():
                value = kernel.log_likelihood(y, v, x, tau2, restricted=True)
                assert value <= found.log_likelihood + 1e-10
