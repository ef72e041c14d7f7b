"""Resampling against plain loops over every pattern, and against other derivations."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from differential.engine import effects_of
from differential.strategies import MODEST, Rows, contrasts
from equipoise import stats
from equipoise.kernels import bootstrap as bootstrap_kernel
from equipoise.kernels import permutation as permutation_kernel
from equipoise.kernels.batches import single
from equipoise.kernels.tau2_moments import general_q_root
from equipoise.stats.resampling.bootstrap import bootstrap
from equipoise.stats.resampling.permutation import permutation_test
from equipoise.stats.resampling.prediction import prediction_interval_bootstrap

OPTIONS: list[dict[str, Any]] = [
    {"tau2": "REML", "ci": "hksj"},
    {"tau2": "DL", "ci": "wald"},
    {"tau2": "PM", "ci": "t"},
    {"tau2": 0.25, "ci": "hksj-floor"},
    {"model": "common", "ci": "wald"},
]
ROWS: Rows = [
    (0.31, 0.12), (-0.15, 0.25), (0.72, 0.3), (0.44, 0.18), (0.05, 0.4), (0.93, 0.22), (0.2, 0.15),
]  # fmt: skip


def name(value: object) -> str:
    assert isinstance(value, dict)
    return "-".join(str(v) for v in value.values())


def pooled(rows: Rows, **options: Any) -> stats.MetaAnalysis:
    return stats.pool(effects_of("GENERIC", rows), **options)


def share_as_extreme(rows: Rows, mean: float, options: dict[str, Any]) -> float:
    """Pool every sign pattern about a mean, one at a time."""
    distances: Rows = [(y - mean, s) for y, s in rows]
    observed = abs(pooled(distances, **options).statistic or 0.0)
    count: int = 0
    for signs in itertools.product((1, -1), repeat=len(rows)):
        flipped: Rows = [(sign * y, s) for sign, (y, s) in zip(signs, distances, strict=True)]
        count += abs(pooled(flipped, **options).statistic or 0.0) >= observed - 1e-8
    return float(count) / 2.0 ** len(rows)


@pytest.mark.parametrize("options", OPTIONS, ids=name)
def test_every_pattern_pooled_one_by_one(options: dict[str, Any]) -> None:
    found = permutation_test(pooled(ROWS, **options))
    assert found.p == share_as_extreme(ROWS, 0.0, options)
    assert found.ci_low is not None
    assert found.ci_high is not None
    for inside, outside in (
        (found.ci_low + 1e-6, found.ci_low - 1e-6),
        (found.ci_high - 1e-6, found.ci_high + 1e-6),
    ):
        assert share_as_extreme(ROWS, inside, options) > 0.05
        assert share_as_extreme(ROWS, outside, options) <= 0.05


def test_profile_likelihood_has_a_statistic_too() -> None:
    options = {"tau2": "ML", "ci": "profile-likelihood"}
    found = permutation_test(pooled(ROWS[:5], **options), ci=False)
    assert found.p == share_as_extreme(ROWS[:5], 0.0, options)


@MODEST
@given(rows=contrasts(min_size=6, max_size=9), ci=st.sampled_from(["wald", "hksj", "t"]))
def test_limits_of_a_common_effect_are_means_of_subsets(rows: Rows, ci: Any) -> None:
    """With weights that do not change, a pattern is as extreme as observed about μ if the weighted
    mean of the trials it flips is below μ: the limits are order statistics of all these means.
    """
    found = permutation_test(pooled(rows, model="common", ci=ci))
    k = len(rows)
    means = sorted(
        sum(y / s**2 for y, s in chosen) / sum(1 / s**2 for _, s in chosen)
        for size in range(1, k + 1)
        for chosen in itertools.combinations(rows, size)
    )
    place = math.floor(0.05 * 2**k / 2)
    assert found.ci_low == pytest.approx(means[place - 1], rel=1e-9, abs=1e-9)
    assert found.ci_high == pytest.approx(means[-place], rel=1e-9, abs=1e-9)


def test_a_pattern_that_changes_twice_is_noticed() -> None:
    """A made-up test of 40 patterns: 2 are always extreme, 37 up to 3, one from 2.5 to 3.2 only.

    At the ends of the bracket, 2 and 4, the last one is not; the share falls to 5% at 3.2 all the
    same, not at 3.
    """

    def extreme(value: float, _: Any) -> Any:
        state = np.full(40, value < 3.0)
        state[:2], state[39] = True, value == 0.0 or 2.5 < value < 3.2
        return state

    limit = permutation_kernel.acceptance_limit(extreme, 40, 0.0, 2.0, 0.05)
    assert limit is not None
    assert not limit.single
    assert limit.value == pytest.approx(3.2, rel=1e-12)


def test_no_value_is_ever_rejected() -> None:
    found = permutation_kernel.acceptance_limit(
        lambda _, wanted: np.ones(wanted.size, dtype=np.bool_), 8, 0.0, 1.0, 0.05
    )
    assert found is None


def test_parametric_draws_are_pooled_as_any_trials() -> None:
    fit = pooled(ROWS, tau2="REML", ci="hksj")
    found = bootstrap(fit, iterations=199, seed=7)
    generator = np.random.Generator(np.random.PCG64(7))
    sd = np.sqrt([s**2 + (fit.tau2 or 0.0) for _, s in ROWS])
    for place in range(20):
        y = fit.estimate + sd * generator.standard_normal(len(ROWS))
        again = pooled([(float(v), s) for v, (_, s) in zip(y, ROWS, strict=True)])
        assert found.draws["estimate"][place] == pytest.approx(again.estimate, rel=1e-10)
        assert found.draws["tau2"][place] == pytest.approx(again.tau2, rel=1e-8, abs=1e-12)
        assert found.draws["i2"][place] == pytest.approx(again.i2, rel=1e-8, abs=1e-9)


def test_nonparametric_draws_are_pooled_as_any_trials() -> None:
    fit = pooled(ROWS, tau2="DL", ci="wald", i2="q")
    found = bootstrap(fit, "nonparametric", iterations=199, interval="studentised", seed=7)
    generator = np.random.Generator(np.random.PCG64(7))
    rows = generator.integers(0, len(ROWS), size=(199, len(ROWS)))
    fits = [pooled([ROWS[i] for i in row], tau2="DL", ci="wald", i2="q") for row in rows]
    assert found.draws["estimate"] == pytest.approx([f.estimate for f in fits], rel=1e-10)
    assert found.draws["i2"] == pytest.approx([f.i2 for f in fits], rel=1e-8, abs=1e-9)
    t = sorted((f.estimate - fit.estimate) / f.se for f in fits)
    # The 5th and the 195th of 199 are the 0.025 and 0.975 quantiles.
    term = found.term("estimate")
    assert term.ci_low == pytest.approx(fit.estimate - fit.se * t[194], rel=1e-9)
    assert term.ci_high == pytest.approx(fit.estimate - fit.se * t[4], rel=1e-9)


def test_acceleration_is_that_of_leaving_trials_out() -> None:
    fit = pooled(ROWS, tau2="DL", ci="wald")
    found = bootstrap(fit, "nonparametric", iterations=999, interval="bca", seed=7)
    left = np.array([v for v in fit.leave_one_out().estimate if v is not None])
    expected = bootstrap_kernel.bias_corrected(fit.estimate, found.draws["estimate"], left, 0.95)
    term = found.term("estimate")
    assert (term.ci_low, term.ci_high) == pytest.approx(expected, rel=1e-12)


def test_prediction_limits_by_another_integral() -> None:
    """Equal variances: Q (v / (v + τ²)) is chi-square, and the mean does not depend on τ².

    P(θ ≤ x) integrates over log u, u = P(chi-square ≤ that), and over z inside, with scipy's t.
    """
    y, v = np.array([0.1, 0.7, -0.4, 1.3, 0.5]), 0.09
    df, mean = y.size - 1, y.mean()
    q = ((y - mean) ** 2).sum() / v
    se = math.sqrt(((y - mean) ** 2).sum() / (df * y.size))
    found = prediction_interval_bootstrap(pooled([(float(value), 0.3) for value in y]))
    nodes, shares = np.polynomial.legendre.leggauss(300)
    most = float(scipy_stats.chi2.cdf(q, df))
    log_u = 0.5 * (math.log(most) + 25.0) * (nodes + 1.0) - 25.0
    tau2 = v * (q / scipy_stats.chi2.ppf(np.exp(log_u), df) - 1.0)
    z = 9.0 * nodes
    for x, goal in ((found.low, 0.025), (found.median, 0.5), (found.high, 0.975)):
        reach = (x - mean - np.sqrt(tau2)[:, None] * z) / se
        below = scipy_stats.t.cdf(reach, df) @ (9.0 * shares * scipy_stats.norm.pdf(z))
        total = (below * np.exp(log_u) * shares).sum() * 0.5 * (math.log(most) + 25.0)
        total += (1.0 - most) * scipy_stats.t.cdf((x - mean) / se, df)
        assert total == pytest.approx(goal, abs=1e-9)


def test_prediction_limits_by_drawing() -> None:
    """The published algorithm with 200,000 draws, τ² by inverting its confidence distribution."""
    fit = pooled(ROWS)
    found = prediction_interval_bootstrap(fit)
    y, v = np.array(ROWS).T[0], np.array(ROWS).T[1] ** 2

    generator = np.random.Generator(np.random.PCG64(1))
    rows, many = 4_000, 50
    batch = single(y, v).rows(np.zeros(rows, dtype=np.intp))
    u = (np.arange(rows) + 0.5) / rows
    tau2 = general_q_root(batch, 1.0 / batch.vi, u).tau2
    w = 1.0 / (v + tau2[:, None])
    mean = (w * y).sum(axis=1) / w.sum(axis=1)
    spread = (w * (y - mean[:, None]) ** 2).sum(axis=1)
    se = np.sqrt(spread / ((y.size - 1) * w.sum(axis=1)))
    z = generator.standard_normal((many, rows))
    t = generator.standard_t(y.size - 1, (many, rows))
    draws = mean + np.sqrt(tau2) * z - t * se
    assert float((draws < found.low).mean()) == pytest.approx(0.025, abs=0.0015)
    assert float((draws < found.high).mean()) == pytest.approx(0.975, abs=0.0015)
    assert found.probability_below(found.median) == pytest.approx(0.5, abs=1e-12)
