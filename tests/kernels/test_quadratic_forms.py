"""The distribution of a weighted spread: against closed forms, in both tails, at any size."""

from __future__ import annotations

import time

import mpmath  # type: ignore[import-untyped]  # it ships no types
import numpy as np
import pytest
from scipy import special

from equipoise.kernels.batches import from_ragged, single
from equipoise.kernels.quadratic_forms import distribution, expectation, spread, variance
from equipoise.kernels.tau2_moments import general_q_root

TAILS = np.array([1e-6, 0.025, 0.3, 0.5, 0.9, 0.975, 1 - 1e-9])


@pytest.mark.parametrize("k", [2, 3, 4, 13, 60, 500, 3000])
def test_equal_variances_give_chi_squared(k: int) -> None:
    value = 2.0 * special.chdtri(k - 1, 1.0 - TAILS)
    found = distribution(value, np.ones((TAILS.size, k)), np.full((TAILS.size, k), 2.0))
    expected = special.gammainc((k - 1) / 2, value / 4)
    assert found.probability == pytest.approx(expected, rel=1e-9, abs=3e-13)


def two_terms(value: float, one: float, other: float) -> float:
    """Give P(one χ² + other χ² ≤ value) as an integral over the angle between the two normals."""
    with mpmath.workdps(30):
        a, b, x = mpmath.mpf(one), mpmath.mpf(other), mpmath.mpf(value)

        def below(angle: mpmath.mpf) -> mpmath.mpf:
            scale = a * mpmath.cos(angle) ** 2 + b * mpmath.sin(angle) ** 2
            return -mpmath.expm1(-x / (2 * scale))

        knots = [mpmath.pi / 2 * (1 - mpmath.mpf(10) ** -i) for i in range(7)]
        return float(mpmath.quad(below, [*knots, mpmath.pi / 2]) * 2 / mpmath.pi)


@pytest.mark.parametrize("ratio", [1.0, 3.0, 1e2, 1e4, 1e8])
@pytest.mark.parametrize("share", [1e-6, 1e-3, 0.1, 1.0, 4.0, 20.0])
def test_three_trials_of_very_different_size(ratio: float, share: float) -> None:
    weights, variances = np.array([1.0, 0.5, 2.0]), np.array([1.0, 2.0 * ratio, 0.3])
    root = np.sqrt(variances)
    form = np.diag(weights) - np.outer(weights, weights) / weights.sum()
    small, large = np.linalg.eigvalsh(root[:, None] * form * root[None, :])[1:]
    value = share * (small + large)
    found = distribution(np.array([value]), weights[None, :], variances[None, :])
    assert found.probability[0] == pytest.approx(two_terms(value, large, small), abs=1e-13)


def test_moments_are_the_traces() -> None:
    rng = np.random.default_rng(7)
    weights, variances = rng.uniform(0.1, 3, (5, 6)), rng.uniform(0.1, 3, (5, 6))
    for i in range(5):
        form = np.diag(weights[i]) - np.outer(weights[i], weights[i]) / weights[i].sum()
        product = form @ np.diag(variances[i])
        row = slice(i, i + 1)
        assert expectation(weights[row], variances[row])[0] == pytest.approx(np.trace(product))
        squared = 2 * np.trace(product @ product)
        assert variance(weights[row], variances[row])[0] == pytest.approx(squared)


def test_the_slope_is_the_derivative() -> None:
    weights, variances = np.array([[1.0, 0.5, 2.0, 0.7]]), np.array([[1.0, 2.0, 0.3, 1.1]])
    value, step = np.array([3.0]), 1e-5
    up = distribution(value, weights, variances + step).probability
    down = distribution(value, weights, variances - step).probability
    slope = distribution(value, weights, variances).slope
    assert slope[0] == pytest.approx((up - down)[0] / (2 * step), rel=1e-8)


def test_one_trial_with_nearly_all_the_weight_keeps_its_digits() -> None:
    """1e15 and 1: the expectation is 2 a₁ a₂ / A = 2, which a subtraction would lose."""
    weights, ones = np.array([[1e15, 1.0]]), np.ones((1, 2))
    assert expectation(weights, ones)[0] == pytest.approx(2.0, rel=1e-14)


def test_rows_of_different_length_do_not_touch_each_other() -> None:
    rng = np.random.default_rng(3)
    sizes = [2, 5, 1, 9, 3]
    y = [rng.normal(0, 2, k) for k in sizes]
    v = [rng.uniform(0.1, 1, k) for k in sizes]
    offsets = np.concatenate(([0], np.cumsum(sizes)))
    batch = from_ragged(np.concatenate(y), np.concatenate(v), offsets)
    goal = np.full(len(sizes), 0.2)
    together = general_q_root(batch, 1.0 / np.sqrt(batch.vi), goal).tau2
    assert spread(batch.rows(np.array([0])), batch.present[:1].astype(np.float64))[0] > 0
    for i, k in enumerate(sizes):
        alone = general_q_root(single(y[i], v[i]), 1.0 / np.sqrt(v[i])[None, :], goal[:1]).tau2[0]
        if k == 1:
            assert np.isnan(together[i])
        else:
            assert together[i] == pytest.approx(alone, rel=1e-12)


def test_memory_and_time_grow_with_k_and_not_with_its_square() -> None:
    """Twenty thousand trials: the k × k matrix alone would hold 3.2 gigabytes."""
    rng = np.random.default_rng(5)
    k = 20_000
    weights, variances = rng.uniform(0.5, 2, (1, k)), rng.uniform(0.5, 2, (1, k))
    mean = expectation(weights, variances)
    start = time.process_time()
    found = distribution(mean, weights, variances).probability[0]
    assert time.process_time() - start < 5.0
    assert found == pytest.approx(0.5, abs=0.01)
