"""Covariances and the variances of special designs against the delta method and plain loops."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from differential.naive_covariances import (
    Function,
    binomial,
    covariance_of,
    diagonal,
    multinomial,
    of_sample_covariances,
)
from differential.naive_distributions import Real, mp, mpf
from equipoise.kernels.effects import change_scores, crossover
from equipoise.kernels.effects.two_means import Groups
from equipoise.stats.correlated_correlations import correlation_covariances
from equipoise.stats.dependence import covariances
from equipoise.stats.effects.arms import combine_arms
from equipoise.stats.effects.cluster_counts import cluster_ratio_effects
from equipoise.stats.effects.crossover import crossover_effects
from equipoise.stats.effects.effect_sizes import effect_sizes

# Many people: terms of the order 1/n, in which formulas of one effect differ, vanish.
MANY = 10**7


def shared(measure: Any, **columns: Sequence[float]) -> float:
    trials = effect_sizes(measure, study=["A", "A"], **columns)  # type: ignore[arg-type]  # columns only
    return float(covariances(trials, shared_control=True).blocks[0].matrix[0, 1])


# A shared comparator --------------------------------------------------------------------------


def log_odds(x: Real, n: int) -> Real:
    return mp.log(x / (n - x))


EVENTS: dict[str, tuple[Function, Function]] = {
    "RR": (lambda a, _b, c: mp.log(a / 50) - mp.log(c / 40), lambda _a, b, c: mp.log(b / 60) - mp.log(c / 40)),
    "OR": (lambda a, _b, c: log_odds(a, 50) - log_odds(c, 40), lambda _a, b, c: log_odds(b, 60) - log_odds(c, 40)),
    "RD": (lambda a, _b, c: a / 50 - c / 40, lambda _a, b, c: b / 60 - c / 40),
}  # fmt: skip


@pytest.mark.parametrize("measure", EVENTS)
def test_events_against_one_control(measure: str) -> None:
    at = [mpf(12), mpf(21), mpf(9)]
    sampling = diagonal(*(binomial(x, mpf(n)) for x, n in zip(at, (50, 60, 40), strict=True)))
    expected = covariance_of(*EVENTS[measure], at, sampling)
    found = shared(measure, events_1=[12, 21], n_1=[50, 60], events_2=[9, 9], n_2=[40, 40])
    assert found == pytest.approx(float(expected), rel=1e-12)


RATES: dict[str, tuple[Function, Function]] = {
    "IRR": (lambda a, _b, c: mp.log(a / 50) - mp.log(c / 40), lambda _a, b, c: mp.log(b / 60) - mp.log(c / 40)),
    "IRD": (lambda a, _b, c: a / 50 - c / 40, lambda _a, b, c: b / 60 - c / 40),
}  # fmt: skip


@pytest.mark.parametrize("measure", RATES)
def test_rates_against_one_control(measure: str) -> None:
    at = [mpf(12), mpf(21), mpf(9)]
    expected = covariance_of(*RATES[measure], at, diagonal(*at))
    found = shared(measure, events_1=[12, 21], time_1=[50, 60], events_2=[9, 9], time_2=[40, 40])
    assert found == pytest.approx(float(expected), rel=1e-12)


def test_ratios_of_means_against_one_control() -> None:
    at, sd, n = [mpf(8), mpf(9), mpf(5)], [2, 3, 1], [20, 25, 15]
    sampling = diagonal(*(mpf(s) ** 2 / k for s, k in zip(sd, n, strict=True)))
    expected = covariance_of(
        lambda a, _b, c: mp.log(a / c), lambda _a, b, c: mp.log(b / c), at, sampling
    )
    found = shared(
        "ROM", mean_1=[8, 9], sd_1=[2, 3], n_1=[20, 25], mean_2=[5, 5], sd_2=[1, 1], n_2=[15, 15]
    )
    assert found == pytest.approx(float(expected), rel=1e-12)


def test_standardised_differences_against_one_control() -> None:
    """Means and variances of three normal groups of one spread; sizes in the ratio 2 : 3 : 1."""
    sizes = [2 * MANY, 3 * MANY, MANY]
    at = [mpf("0.9"), mpf("-0.4"), mpf(0), mpf(1), mpf(1), mpf(1)]
    sampling = diagonal(*(mpf(1) / n for n in sizes), *(mpf(2) / (n - 1) for n in sizes))

    def g(arm: int) -> Function:
        def value(*x: Real) -> Real:
            n, c = sizes[arm], sizes[2]
            pooled = ((n - 1) * x[3 + arm] + (c - 1) * x[5]) / (n + c - 2)
            return (x[arm] - x[2]) / mp.sqrt(pooled)

        return value

    expected = covariance_of(g(0), g(1), at, sampling)
    found = shared(
        "SMD", mean_1=[0.9, -0.4], sd_1=[1, 1], n_1=sizes[:2], mean_2=[0, 0], sd_2=[1, 1],
        n_2=[MANY, MANY],
    )  # fmt: skip
    assert found == pytest.approx(float(expected), rel=1e-6)


# The same people ------------------------------------------------------------------------------


def test_standardised_differences_of_two_outcomes() -> None:
    """Means and variances of two outcomes with correlation r in two groups."""
    r, n = mpf("0.6"), [2 * MANY, MANY]
    mean = [[1 / mpf(k) * (1 if i == j else r) for j in range(2)] for k in n for i in range(2)]
    spread = [
        [2 / mpf(k - 1) * (1 if i == j else r * r) for j in range(2)] for k in n for i in range(2)
    ]
    sampling = [[mpf(0)] * 8 for _ in range(8)]
    for start, part in ((0, mean), (4, spread)):
        for group in range(2):
            for i in range(2):
                for j in range(2):
                    sampling[start + 2 * group + i][start + 2 * group + j] = part[2 * group + i][j]

    def g(outcome: int) -> Function:
        def value(*x: Real) -> Real:
            s1, s2 = x[4 + outcome], x[6 + outcome]
            pooled = ((n[0] - 1) * s1 + (n[1] - 1) * s2) / (sum(n) - 2)
            return (x[outcome] - x[2 + outcome]) / mp.sqrt(pooled)

        return value

    at = [mpf("0.8"), mpf("-1.1"), mpf(0), mpf(0), mpf(1), mpf(1), mpf(1), mpf(1)]
    expected = covariance_of(g(0), g(1), at, sampling)
    trials = effect_sizes(
        "SMD", study=["A", "A"], mean_1=[0.8, -1.1], sd_1=[1, 1], n_1=[n[0]] * 2, mean_2=[0, 0],
        sd_2=[1, 1], n_2=[n[1]] * 2,
    )  # fmt: skip
    found = covariances(trials, outcome=["a", "b"], rho=0.6).blocks[0].matrix[0, 1]
    assert found == pytest.approx(float(expected), rel=1e-6)


@pytest.mark.parametrize("measure", ["COR", "ZCOR"])
def test_correlations_of_the_same_people(measure: Any) -> None:
    """From Isserlis' theorem for the sample covariances, and numerical derivatives."""
    r = [[1, 0.5, 0.3, -0.2], [0.5, 1, 0.2, 0.1], [0.3, 0.2, 1, 0.4], [-0.2, 0.1, 0.4, 1]]
    sigma = [[mpf(repr(x)) for x in row] for row in r]
    pairs = [(i, j) for i in range(4) for j in range(i, 4)]
    place = {pair: k for k, pair in enumerate(pairs)}
    n = 41
    sampling = of_sample_covariances(sigma, pairs, mpf(n))
    at = [sigma[i][j] for i, j in pairs]

    def correlation(i: int, j: int) -> Function:
        def value(*s: Real) -> Real:
            found = s[place[i, j]] / mp.sqrt(s[place[i, i]] * s[place[j, j]])
            return mp.atanh(found) if measure == "ZCOR" else found

        return value

    functions = [correlation(i, j) for i, j in combinations(range(4), 2)]
    found = correlation_covariances([r], [n], measure=measure).blocks[0].matrix
    scale = mpf(n - 1) / (n - 3) if measure == "ZCOR" else mpf(1)
    for a, first in enumerate(functions):
        for b, second in enumerate(functions):
            expected = float(scale * covariance_of(first, second, at, sampling))
            assert found[a, b] == pytest.approx(expected, rel=1e-10, abs=1e-15)


# Designs --------------------------------------------------------------------------------------

PAIRED: dict[str, Function] = {
    "RD": lambda a, b, c, d: (b - c) / (a + b + c + d),
    "RR": lambda a, b, c, _d: mp.log((a + b) / (a + c)),
    "OR": lambda a, b, c, d: mp.log((a + b) / (c + d)) - mp.log((a + c) / (b + d)),
}


@pytest.mark.parametrize("measure", PAIRED)
def test_marginal_effects_of_crossover_trials(measure: Any) -> None:
    cells = [9, 5, 3, 8]
    at = [mpf(x) for x in cells]
    expected = covariance_of(PAIRED[measure], PAIRED[measure], at, multinomial(at))
    names = ("both", "only_1", "only_2", "neither")
    columns: dict[str, Any] = {name: [x] for name, x in zip(names, cells, strict=True)}
    trials = crossover_effects(measure, **columns)
    assert float(trials.vi[0]) == pytest.approx(float(expected), rel=1e-12)
    assert float(trials.yi[0]) == pytest.approx(float(PAIRED[measure](*at)), rel=1e-12)


def _crossover_smd(r: float, d: float) -> float:
    """Give n Var(d) from the means and variances of two measurements of n people."""
    rho, n = mpf(repr(r)), mpf(MANY)
    sampling = [[mpf(0)] * 4 for _ in range(4)]
    for i in range(2):
        for j in range(2):
            sampling[i][j] = (1 if i == j else rho) / n
            sampling[2 + i][2 + j] = 2 * (1 if i == j else rho * rho) / (n - 1)

    def value(*x: Real) -> Real:
        return (x[0] - x[1]) / mp.sqrt((x[2] + x[3]) / 2)

    return float(n * covariance_of(value, value, [mpf(repr(d)), mpf(0), mpf(1), mpf(1)], sampling))


@pytest.mark.parametrize(("r", "d"), [(0.0, 0.4), (0.5, 1.2), (0.9, 2.0), (-0.4, 0.8)])
def test_the_standardised_difference_of_crossover_trials(r: float, d: float) -> None:
    one = np.array([1.0])
    many = one * MANY
    yi, vi = crossover.standardised_difference(d * one, one, r * one, many, handbook=False)
    assert float(yi[0]) == pytest.approx(d, rel=1e-6)
    assert float(vi[0]) * MANY == pytest.approx(_crossover_smd(r, d), rel=1e-6)


def test_the_handbooks_variance_is_too_small_for_large_effects_of_alike_people() -> None:
    """r = 0.9, d = 2: 0.2 + 0.4 where the delta method has 0.2 + 1.81."""
    one = np.array([1.0])
    _, vi = crossover.standardised_difference(2 * one, one, 0.9 * one, MANY * one, handbook=True)
    assert float(vi[0]) * MANY == pytest.approx(0.6, rel=1e-6)
    assert _crossover_smd(0.9, 2.0) == pytest.approx(2.01, rel=1e-6)


def test_changes_in_units_of_final_values() -> None:
    """Mean changes with SDs 0.8 and 0.9, final values with SD 1, independent of each other."""
    n = [MANY, 2 * MANY]
    at = [mpf("-0.7"), mpf("-0.2"), mpf(1), mpf(1)]
    sampling = diagonal(
        mpf("0.64") / n[0], mpf("0.81") / n[1], mpf(2) / (n[0] - 1), mpf(2) / (n[1] - 1)
    )

    def value(*x: Real) -> Real:
        pooled = ((n[0] - 1) * x[2] + (n[1] - 1) * x[3]) / (sum(n) - 2)
        return (x[0] - x[1]) / mp.sqrt(pooled)

    one = np.array([1.0])
    changes = Groups(-0.7 * one, 0.8 * one, n[0] * one, -0.2 * one, 0.9 * one, n[1] * one)
    _, vi = change_scores.difference_standardised_by(changes, one, one, revman=False)
    assert float(vi[0]) == pytest.approx(float(covariance_of(value, value, at, sampling)), rel=1e-6)


def test_combined_arms_are_those_of_all_people() -> None:
    generator = np.random.Generator(np.random.PCG64(20))
    people = [generator.normal(mean, sd, n) for mean, sd, n in ((4, 2, 7), (6, 1, 12), (50, 9, 5))]
    one = combine_arms(
        study=["A"] * 3,
        group=["x"] * 3,
        mean=[float(x.mean()) for x in people],
        sd=[float(x.std(ddof=1)) for x in people],
        n=[x.size for x in people],
    )
    everyone = np.concatenate(people).tolist()
    assert one["mean"][0] == pytest.approx(statistics.fmean(everyone), rel=1e-13)
    assert one["sd"][0] == pytest.approx(statistics.stdev(everyone), rel=1e-13)


def test_the_ratio_estimator_by_a_loop() -> None:
    clusters = [(1, 3, 12), (1, 0, 8), (1, 5, 20), (2, 6, 10), (2, 9, 31), (2, 2, 4), (2, 7, 15)]
    expected = []
    for arm in (1, 2):
        own = [(x, n) for side, x, n in clusters if side == arm]
        m, events, people = len(own), sum(x for x, _ in own), sum(n for _, n in own)
        squares = sum((x - n * events / people) ** 2 for x, n in own)
        expected.append((events / people, m / (m - 1) * squares / people**2))
    columns: dict[str, Any] = dict(
        zip(("arm", "events", "n"), map(list, zip(*clusters, strict=True)), strict=True)
    )
    trials = cluster_ratio_effects("RR", study=["A"] * len(clusters), **columns)
    (p1, v1), (p2, v2) = expected
    assert float(trials.yi[0]) == pytest.approx(np.log(p1 / p2), rel=1e-12)
    assert float(trials.vi[0]) == pytest.approx(v1 / p1**2 + v2 / p2**2, rel=1e-12)
