"""What drives heterogeneity: subsets of the trials, trials that do not fit, normality."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import equipoise.stats as eq
from equipoise.stats.heterogeneity.gosh import gosh
from equipoise.stats.heterogeneity.normality import normality
from equipoise.stats.heterogeneity.outliers import adjusted_p, outliers
from spec.manual import printed


def pooled(estimate: list[float], se: list[float], **options: Any) -> eq.MetaAnalysis:
    return eq.pool(eq.effect_sizes("GENERIC", estimate=estimate, se=se), **options)


def test_subsets_are_those_of_two_trials_or_more() -> None:
    """Four trials: 6 pairs, 4 triples, 1 of all. R counts the 4 single trials as well."""
    found = gosh(pooled([0, 1, 2, 4], [1.0] * 4, model="common", ci="wald"))
    assert sorted(found.k.tolist()) == [2] * 6 + [3] * 4 + [4]
    pair = found.includes(0) & found.includes(3) & (found.k == 2)
    assert found.estimate[pair].tolist() == [2.0]
    assert found.i2[pair].tolist() == pytest.approx([100 * 7 / 8])


def test_more_subsets_than_wanted_are_sampled() -> None:
    """Each trial is in or out by a fair coin: of 5 trials 26 subsets; of 20 of them, any may recur."""
    fit = pooled([0, 1, 2, 4, 3], [1.0] * 5)
    assert gosh(fit, subsets=26).complete
    found = gosh(fit, subsets=20)
    assert (found.complete, found.estimate.size) == (False, 20)
    assert found.k.min() >= 2


def test_the_trial_that_parts_the_subsets_is_named() -> None:
    """Nine trials about 0.2, J at 3: half of the subsets have it, and a cluster of their own."""
    estimate = [0.1, 0.3, 0.2, 0.15, 0.25, 0.1, 0.3, 0.2, 0.2, 3.0]
    found = gosh(pooled(estimate, [0.2] * 10, model="common", ci="wald"))
    assert found.separating == ("10",)
    last = found.clusters.trials[-1]
    assert last.association == printed(1.0, 2)
    assert last.heterogeneity_shift > 1.5


def test_trials_that_agree_make_one_cloud() -> None:
    """Evenly spread estimates of equal precision: no cluster, nobody named."""
    estimate = [0.1, 0.3, 0.2, 0.15, 0.25, 0.12, 0.28, 0.18, 0.22, 0.2]
    found = gosh(pooled(estimate, [0.1] * 10, model="common", ci="wald"))
    assert len(found.clusters.clusters) == 1
    assert found.separating == ()


def test_holm_steps_down() -> None:
    """0.01 · 4, then 0.02 · 3, then 0.03 · 2 but no less than before, then 0.5. R: ``p.adjust``."""
    p = np.array([0.02, 0.5, 0.01, 0.03])
    assert adjusted_p(p, "holm").tolist() == pytest.approx([0.06, 0.5, 0.04, 0.06])
    assert adjusted_p(p, "bonferroni").tolist() == pytest.approx([0.08, 1.0, 0.04, 0.12])
    assert adjusted_p(p, "none").tolist() == p.tolist()


def test_deleted_residual_of_a_common_effect() -> None:
    """0, 0, 0 against 4, each with variance 1: the last lies 4 from a mean of variance 1/3.

    4 / √(4/3) = 3.464102, p = 0.000532, four times that by Holm: named. The others:
    0 − 4/3 over √(4/3) = −1.154701.
    """
    found = outliers(pooled([0, 0, 0, 4], [1.0] * 4, model="common", ci="wald"))
    assert found.residual == pytest.approx((-(0.75**-0.5), -(0.75**-0.5), -(0.75**-0.5), 12**0.5))
    assert found.outlier == (False, False, False, True)
    assert found.p_adjusted[3] == printed(4 * 0.000532, 5)


def test_nothing_is_removed() -> None:
    """The result without the trial stands beside the one with it."""
    fit = pooled([0, 0, 0, 4], [1.0] * 4, model="common", ci="wald")
    found = outliers(fit)
    assert found.fit.k == 4
    assert found.without is not None
    assert (found.without.k, found.without.estimate) == (3, 0.0)


def test_intervals_apart() -> None:
    """The pooled interval is 1 ± 0.98; that of the trial at 4 starts at 2.04, those at 0 touch it.

    R: ``dmetar::find.outliers``.
    """
    found = outliers(pooled([0, 0, 0, 4], [1.0] * 4, model="common", ci="wald"), "intervals-apart")
    assert found.outlier == (False, False, False, True)
    assert found.p == (None,) * 4


def test_residuals_scaled_by_their_own_spread_are_t() -> None:
    """With Hartung and Knapp's factor and equal variances the residual is that of ordinary
    regression: 4 against 0, 0.3, −0.3 with s² = 0.09: 4 / (0.3 √(4/3)) = 11.547005 on 2 df.

    t on 2 df: p = 1 − t / √(2 + t²) = 0.007416; by the normal it would be below 1e-30.
    """
    found = outliers(pooled([0.0, 0.3, -0.3, 4.0], [1.0] * 4, model="common", ci="hksj"))
    t = 4 / (0.3 * (4 / 3) ** 0.5)
    assert found.residual[3] == printed(t, 9)
    assert found.p[3] == printed(1 - t / (2 + t**2) ** 0.5, 9)


def test_shapiro_and_wilks_first_example() -> None:
    """Weights of 11 men: W = 0.79 in the paper; p = 0.0067 by Royston. R: ``shapiro.test``."""
    weights = [148.0, 154, 158, 160, 161, 162, 166, 170, 182, 195, 236]
    found = normality(pooled(weights, [1.0] * 11, model="common", ci="wald"))
    assert found.shapiro_wilk is not None
    assert found.shapiro_wilk.statistic == printed(0.79, 2)
    assert found.shapiro_wilk.p == printed(0.0067, 4)


def test_residuals_are_standardised() -> None:
    """Equal variances 1, mean 1: (y − 1) / √(1 − 1/4). Expected: normal scores of (i − 3/8) / 4.25."""
    found = normality(pooled([4, 0, 0, 0], [1.0] * 4, model="common", ci="wald"))
    assert found.residual == pytest.approx((-(0.75**-0.5),) * 3 + (3 * 0.75**-0.5,))
    assert found.study[3] == "1"
    assert found.expected[3] == printed(1.049131)
