"""Weights other than the inverse variances, and what becomes of the interval."""

from __future__ import annotations

import math
from typing import Any

import pytest

import equipoise.stats as eq
from equipoise.errors import MethodError
from spec.manual import printed, table

VARIED = table("""
    study | estimate | se
    A     |        0 |  1
    B     |        2 |  1
    C     |        7 |  2
""")
"""Weights 1, 1, 1/4 sum to 9/4: the common-effect mean is 15/9 = 1.666667.

Q = 25/9 + 1/9 + 1/4 × 256/9 = 10, C = 9/4 − (33/16) / (9/4) = 4/3, so DerSimonian and Laird's τ² is
(10 − 2) / (4/3) = 6.
"""

COUNTS = table("""
    study | events_1 | n_1 | events_2 | n_2
    A     |        4 |  10 |        2 |  30
    B     |       10 | 100 |       20 | 100
""")


def pooled(**options: Any) -> eq.MetaAnalysis:
    return eq.pool(eq.effect_sizes("GENERIC", **VARIED), **options)


def test_weights_of_ones_own() -> None:
    """The mean is Σ a y / A, its variance Σ a² (v + τ²) / A²; τ² and Q are left as they were.

    Weights 1, 2 and 3: the mean is 25/6; with τ² = 6 the variance is (7 + 4 × 7 + 9 × 10) / 36.
    R: ``rma(yi, vi, weights=c(1, 2, 3), method="DL")``.
    """
    fit = pooled(weights=[1, 2, 3], tau2="DL", ci="wald")
    assert fit.tau2 == printed(6.0)
    assert fit.q == printed(10.0)
    assert fit.estimate == printed(25 / 6)
    assert fit.se == printed(math.sqrt(125 / 36))
    assert fit.methods.weighting == "given"


def test_the_weights_may_be_in_any_unit() -> None:
    one, other = pooled(weights=[1, 2, 3]), pooled(weights=[1e200, 2e200, 3e200])
    assert other.estimate == pytest.approx(one.estimate, rel=1e-12)
    assert other.se == pytest.approx(one.se, rel=1e-12)


def test_equal_weights() -> None:
    """The mean is 3, its variance (7 + 7 + 10) / 9. R: ``rma(yi, vi, weighted=FALSE, method="DL")``."""
    fit = pooled(weighting="equal", tau2="DL", ci="wald")
    assert fit.estimate == printed(3.0)
    assert fit.se == printed(math.sqrt(24 / 9))


def test_equal_weights_under_a_common_effect() -> None:
    """The variance is (1 + 1 + 4) / 9. R: ``rma(yi, vi, weighted=FALSE, method="EE")``."""
    fit = pooled(weighting="equal", model="common")
    assert fit.se == printed(math.sqrt(6 / 9))


def test_inverse_variance_heterogeneity() -> None:
    """IVhet: the common-effect mean, 15/9, with the variance that τ² = 6 gives it.

    Σ w² (v + τ²) / W² = (7 + 7 + 10/16) / (81/16) = 26/9. It takes DerSimonian and Laird's τ² and
    Wald's interval, as it was defined. R: ``meta::metagen(TE, seTE, method.tau="DL",
    method.common.ci="IVhet")``. Doi and others 2015, doi:10.1016/j.cct.2015.05.009.
    """
    fit = pooled(weighting="ivhet")
    assert (fit.methods.tau2, fit.methods.ci) == ("DL", "wald")
    assert fit.estimate == printed(15 / 9)
    assert fit.se == printed(math.sqrt(26 / 9))


def test_sample_size_weights() -> None:
    """n₁ n₂ / (n₁ + n₂): 10 × 30 / 40 = 7.5 and 100 × 100 / 200 = 50.

    Risk differences 1/3 and −1/10; the mean is (7.5/3 − 5) / 57.5. R: ``meta::metabin(...,
    sm="RD", method="SSW")``.
    """
    trials = eq.effect_sizes("RD", **COUNTS)
    fit = eq.pool(trials, weighting="sample-size", model="common")
    assert fit.estimate == printed(-2.5 / 57.5)
    assert fit.weights.tolist() == pytest.approx([100 * 7.5 / 57.5, 100 * 50 / 57.5])


def test_effects_without_numbers_of_participants_have_no_sample_size_weights() -> None:
    with pytest.raises(MethodError, match="weights="):
        pooled(weighting="sample-size")


def test_hartung_and_knapps_factor_does_not_depend_on_the_weights_of_the_mean() -> None:
    """It says by how much the variances v + τ² misjudge the spread, with Σ (y − μ)² / (v + τ²).

    μ there is the inverse-variance mean: around any other the sum would be expected above k − 1.
    R: ``rma(yi, vi, weighted=FALSE, test="knha")``.
    """
    plain = pooled(tau2="DL", ci="hksj").se / pooled(tau2="DL", ci="wald").se
    equal = pooled(weighting="equal", tau2="DL", ci="hksj")
    assert equal.se / pooled(weighting="equal", tau2="DL", ci="wald").se == printed(plain)
    assert equal.df == 2


def test_the_heterogeneity_is_that_of_inverse_variance_whatever_the_weights() -> None:
    """Cochran's Q tests whether one mean fits all; arbitrary weights would only blunt it."""
    plain = pooled(tau2="DL")
    for options in ({"weighting": "equal"}, {"weights": [3, 1, 1]}):
        fit = pooled(tau2="DL", **options)
        assert (fit.q, fit.i2, fit.tau2) == (plain.q, plain.i2, plain.tau2)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"weights": [1, 2]}, "2 values for 3 trials"),
        ({"weights": [1, 2, 0]}, "above zero"),
        ({"weights": [1, 2, math.nan]}, "above zero"),
        ({"weights": "equal"}, "above zero"),
        ({"weighting": "given"}, "takes weights"),
        ({"weighting": "equal", "weights": [1, 2, 3]}, "takes weights"),
        ({"weighting": "ivhet", "model": "common"}, "ivhet"),
        ({"weighting": "equal", "ci": "kenward-roger"}, "inverse-variance"),
        ({"weighting": "equal", "ci": "henmi-copas"}, "ivhet"),
        ({"weighting": "equal", "ci": "profile-likelihood"}, "inverse-variance"),
        ({"weighting": "size"}, "sample-size"),
    ],
)
def test_what_is_not_defined_is_refused(options: dict[str, Any], says: str) -> None:
    with pytest.raises(MethodError, match=says):
        pooled(**options)


def test_mantel_and_haenszel_have_weights_of_their_own() -> None:
    with pytest.raises(MethodError, match="weights of its own"):
        eq.pool(eq.effect_sizes("RR", **COUNTS), method="MH", model="common", weighting="equal")


def test_a_single_trial_is_itself_whatever_its_weight() -> None:
    trials = eq.effect_sizes("GENERIC", estimate=[2.0], se=[0.5])
    fit = eq.pool(trials, weights=[7])
    assert (fit.estimate, fit.se) == (2.0, 0.5)
