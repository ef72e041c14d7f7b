"""The between-study variance: exact against high precision, global, and free of units."""

from __future__ import annotations

import mpmath  # type: ignore[import-untyped]  # it ships no types
import numpy as np
import pytest

from equipoise.kernels.batches import Batch, from_block, from_ragged, single, to_ragged
from equipoise.kernels.tau2 import (
    dersimonian_laird,
    log_likelihood,
    maximum_likelihood,
    paule_mandel,
)

YI = np.array([0.1, 0.9, -0.4, 1.5, 0.3])
VI = np.array([0.04, 0.1, 0.02, 0.3, 0.07])


def highest(batch: Batch, *, restricted: bool) -> tuple[float, float]:
    """Search a fine grid for the highest likelihood."""
    grid = np.concatenate(([0.0], np.geomspace(1e-6, 1e4, 20_000)))
    heights = log_likelihood(
        batch.rows(np.zeros(grid.size, dtype=np.intp)), grid, restricted=restricted
    )
    return float(grid[heights.argmax()]), float(heights.max())


@pytest.mark.parametrize("restricted", [True, False])
def test_the_score_is_zero_at_fifty_digits(restricted: bool) -> None:
    tau2 = float(maximum_likelihood(single(YI, VI), restricted=restricted).tau2[0])
    with mpmath.workdps(50):
        y = [mpmath.mpf(float(v)) for v in YI]
        w = [1 / (mpmath.mpf(float(v)) + mpmath.mpf(tau2)) for v in VI]
        total = mpmath.fsum(w)
        mean = mpmath.fsum(a * b for a, b in zip(w, y, strict=True)) / total
        form = mpmath.fsum(a**2 * (b - mean) ** 2 for a, b in zip(w, y, strict=True))
        trace = total - mpmath.fsum(a**2 for a in w) / total if restricted else total
        assert abs(form / trace - 1) < 1e-14


@pytest.mark.parametrize(
    ("yi", "vi"),
    [
        ([0.1, 0.2, 5.3], [0.164, 0.09, 3.415]),
        ([2.3, 0.0, -0.6, 0.0, 0.0], [0.492, 0.003, 34.005, 0.075, 0.105]),
        ([0.6, -2.6, -3.7, 0.0, 0.2], [3.907, 1.378, 2.921, 0.004, 0.007]),
    ],
)
def test_the_highest_of_several_maxima_is_taken(yi: list[float], vi: list[float]) -> None:
    batch = single(np.array(yi), np.array(vi))
    tau2, height = highest(batch, restricted=True)
    found = maximum_likelihood(batch, restricted=True)
    assert found.tau2[0] == pytest.approx(tau2, rel=2e-3)
    assert log_likelihood(batch, found.tau2, restricted=True)[0] >= height


def test_random_batches_reach_the_highest_likelihood() -> None:
    rng = np.random.default_rng(20250818)
    for _ in range(60):
        k = int(rng.integers(2, 7))
        batch = single(rng.normal(0, 1, k), 10.0 ** rng.uniform(-3, 1, k))
        for restricted in (True, False):
            found = maximum_likelihood(batch, restricted=restricted)
            _, height = highest(batch, restricted=restricted)
            assert found.converged.all()
            assert log_likelihood(batch, found.tau2, restricted=restricted)[0] >= height - 1e-12


def test_powers_of_two_change_the_unit_and_nothing_else() -> None:
    """No absolute tolerance: a unit a million times smaller gives the same digits."""
    for estimate in (paule_mandel, lambda b: maximum_likelihood(b, restricted=True)):
        one = estimate(single(YI, VI))
        other = estimate(single(YI * 2.0**-20, VI * 2.0**-40))
        assert other.tau2[0] == pytest.approx(one.tau2[0] * 2.0**-40, rel=1e-14)


def test_alike_trials_are_at_the_boundary() -> None:
    alike = single(np.array([0.1, 0.11, 0.09]), np.array([0.5, 0.4, 0.6]))
    for found in (
        dersimonian_laird(alike),
        paule_mandel(alike),
        maximum_likelihood(alike, restricted=True),
        maximum_likelihood(alike, restricted=False),
    ):
        assert found.tau2[0] == 0.0
        assert found.at_boundary[0]


def test_one_study_has_no_between_study_variance() -> None:
    alone = single(np.array([0.3]), np.array([0.1]))
    assert np.isnan(dersimonian_laird(alone).tau2[0])
    assert np.isnan(maximum_likelihood(alone, restricted=True).tau2[0])


def test_a_dominating_study_does_not_drown_the_others() -> None:
    """The weight of one study is 1e14 times the others': the closed form for DL is known."""
    yi, vi = np.array([1.0, 2.0, 4.0]), np.array([1e-14, 1.0, 1.0])
    q, trace = 1.0 + 9.0, 4.0
    assert dersimonian_laird(single(yi, vi)).tau2[0] == pytest.approx((q - 2) / trace, rel=1e-12)


def test_a_ragged_batch_goes_there_and_back() -> None:
    offsets = np.array([0, 5, 5, 7])
    yi, vi = np.concatenate((YI, YI[:2])), np.concatenate((VI, VI[:2]))
    batch = from_ragged(yi, vi, offsets)
    back = to_ragged(batch)
    assert batch.k.tolist() == [5, 0, 2]
    np.testing.assert_allclose(back[0], yi, rtol=0, atol=1e-16)
    np.testing.assert_array_equal(back[1], vi)
    np.testing.assert_array_equal(back[2], offsets)


def test_rows_of_a_batch_do_not_see_each_other() -> None:
    keep = np.array([[True] * 5, [True, True, True, False, False], [False] * 5])
    many = maximum_likelihood(from_block(YI, VI, keep), restricted=True).tau2
    assert many[0] == pytest.approx(
        maximum_likelihood(single(YI, VI), restricted=True).tau2[0], rel=1e-13
    )
    assert many[1] == pytest.approx(
        maximum_likelihood(single(YI[:3], VI[:3]), restricted=True).tau2[0], rel=1e-13
    )
    assert np.isnan(many[2])
