"""More ways to estimate τ², to bound it, and to allow for it.

With equal variances v within the trials, every estimator is a line of arithmetic. Write s² for the
sample variance of the estimates and Q for (k − 1) s² / v.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest

import equipoise.stats as eq
from equipoise.errors import MethodError
from spec.manual import printed, table
from spec.test_between_trial_variance import BCG, trials

Z = NormalDist().inv_cdf(0.975)
CHI2_2 = {tail: -2 * math.log(tail) for tail in (0.025, 0.5, 0.975)}
"""Upper quantiles of chi-squared with two degrees of freedom."""


@pytest.mark.parametrize(
    ("tau2", "expected"),
    [
        ("HE", 20 / 3 - 1),
        ("HS", (20 - 4) / 4),
        ("HSk", (20 * 4 / 3 - 4) / 4),
        ("SJ", 5 * (20 / 6) / 3),
        ("EB", 17 / 3),
        ("DLIT", 17 / 3),
        ("SJIT", 17 / 3),
    ],
)
def test_equal_variances(tau2: Any, expected: float) -> None:
    """0, 2, 4, 6 with v = 1: s² = 20/3, Q = 20, sum of weights 4.

    SJ starts at τ₀² = 20/4 = 5 and multiplies it by Q(5) / 3 = (20/6) / 3.
    R: ``rma(c(0,2,4,6), 1, method=tau2)``.
    """
    fit = eq.pool(trials(0, 2, 4, 6, variance=1), tau2=tau2)
    assert fit.tau2 == printed(expected, 9)
    assert fit.tau2_method == tau2
    assert not fit.diagnostics.at_boundary


def test_the_median_unbiased_estimate() -> None:
    """−20, 0, 20 with v = 8: 800 / (8 + τ²) is the median of chi-squared with 2 df, 2 log 2.

    R: ``rma(c(-20,0,20), 8, method="PMM")``. Paule and Mandel themselves set it to the mean, 2.
    """
    three = trials(-20, 0, 20, variance=8)
    assert eq.pool(three, tau2="PMM").tau2 == printed(800 / CHI2_2[0.5] - 8, 8)
    assert eq.pool(three, tau2="PM").tau2 == printed(800 / 2 - 8, 8)


def test_three_names_of_one_estimator() -> None:
    """Empirical Bayes, and DL and SJ iterated to the end, are Paule and Mandel's estimator."""
    bcg = eq.effect_sizes("RR", **BCG)
    found = {name: eq.pool(bcg, tau2=name) for name in ("PM", "EB", "DLIT", "SJIT")}
    assert {fit.tau2 for fit in found.values()} == {found["PM"].tau2}
    assert {fit.tau2_se for fit in found.values()} == {found["PM"].tau2_se}


@pytest.mark.parametrize("tau2", ["HE", "HS", "HSk", "EB", "PMM", "DLIT", "SJIT"])
def test_less_spread_than_chance_gives_zero(tau2: Any) -> None:
    """1, 2, 3 with v = 4: s² = 1 < 4."""
    fit = eq.pool(trials(1, 2, 3, variance=4), tau2=tau2)
    assert fit.tau2 == 0
    assert fit.diagnostics.at_boundary


def test_sidik_and_jonkman_always_find_some() -> None:
    """1, 2, 3 with v = 4: τ₀² = 2/3, Q(2/3) = 2 / (14/3) = 3/7, so 2/3 × 3/7 / 2 = 1/7.

    Only trials with the very same estimate give zero.
    """
    fit = eq.pool(trials(1, 2, 3, variance=4), tau2="SJ")
    assert fit.tau2 == printed(1 / 7, 9)
    assert not fit.diagnostics.at_boundary
    same = eq.pool(trials(2, 2, 2, variance=4), tau2="SJ", tau2_ci="sidik-jonkman", ci="wald")
    assert same.tau2 == 0
    assert same.diagnostics.at_boundary
    assert same.tau2_ci == (0, 0)


def test_a_known_value() -> None:
    """0, 2, 4, 6 with v = 1 and τ² = 3: the variance of the mean is (1 + 3) / 4.

    R: ``rma(c(0,2,4,6), 1, tau2=3)``. Nothing was estimated, so there is no interval of τ².
    """
    fit = eq.pool(trials(0, 2, 4, 6, variance=1), tau2=3, ci="wald")
    assert fit.se == printed(1.0, 9)
    assert fit.tau2 == 3
    assert fit.tau2_method == "fixed"
    assert fit.tau2_se is None
    assert fit.tau2_ci is None
    assert not fit.diagnostics.at_boundary
    assert "τ² fixed at 3" in str(fit)
    nothing = eq.pool(trials(0, 2, 4, 6, variance=1), tau2=0.0, ci="wald")
    assert nothing.se == printed(0.5, 9)


def test_weights_of_ones_own() -> None:
    """0, 2, 4 with v = 1 and weights 1, 2, 1: Q = 4 + 0 + 4, expected 2.5 without heterogeneity
    and 2.5 more for each unit of τ²: (8 − 2.5) / 2.5.

    R: ``rma(c(0,2,4), 1, weights=c(1,2,1), method="GENQ")``, whose pooled mean uses these weights
    too; here they are for τ² alone.
    """
    three = trials(0, 2, 4, variance=1)
    fit = eq.pool(three, tau2="GENQ", tau2_weights=[1, 2, 1])
    assert fit.tau2 == printed(2.2, 9)
    assert fit.weights.tolist() == pytest.approx([100 / 3] * 3)
    bcg = eq.effect_sizes("RR", **BCG)
    inverse = eq.pool(bcg, tau2="GENQ", tau2_weights=1 / bcg.vi)
    assert inverse.tau2 == pytest.approx(eq.pool(bcg, tau2="DL").tau2, rel=1e-12)
    assert inverse.tau2_se == pytest.approx(eq.pool(bcg, tau2="DL").tau2_se, rel=1e-12)


def test_weights_and_values_keep_to_their_trials_and_methods() -> None:
    """Subgroups take the weights of their trials; methods that differ in τ² share no fit."""
    six = trials(0, 2, 4, 0, 4, 8, variance=1)
    groups = ["a", "a", "a", "b", "b", "b"]
    spec = eq.resolve_methods("cochrane-2025", tau2="GENQ", tau2_weights=[1, 2, 1, 5, 10, 5])
    levels = dict(eq.subgroups(six, groups, methods=spec).levels)
    first, second = levels["a"], levels["b"]
    assert first is not None
    assert second is not None
    assert first.tau2 == printed(2.2, 9)
    assert second.tau2 == printed((32 - 2.5) / 2.5, 9)
    assert first.to_dict()["methods"]["tau2_weights"] == [1.0, 2.0, 1.0]
    keep = np.ones((1, 6), dtype=np.bool_)
    values = (0.5, 2.0)
    specs = [eq.resolve_methods("cochrane-2025", tau2=value) for value in values]
    assert eq.pool_subsets(six, keep, specs).tau2.ravel().tolist() == list(values)


def test_two_trials_need_no_weights() -> None:
    """0 and 10 with v = 1 and 3: their difference has the variance 4 + 2 τ² whatever the weights.

    The moment estimate is (100 − 4) / 2; the median-unbiased one divides 100 by the median of
    chi-squared with one degree of freedom, the square of 0.674.
    """
    two = eq.effect_sizes("GENERIC", estimate=[0, 10], se=[1, math.sqrt(3)])
    median = NormalDist().inv_cdf(0.75) ** 2
    for weights in ([1, 1], [1, 1 / 3], [5, 0.1]):
        mean_of = eq.pool(two, tau2="GENQ", tau2_weights=weights)
        median_of = eq.pool(two, tau2="GENQM", tau2_weights=weights)
        assert mean_of.tau2 == printed(48.0, 9)
        assert median_of.tau2 == pytest.approx((100 / median - 4) / 2, rel=1e-10)


CLASP = table("""
    events_1 |  n_1 | events_2 |  n_2
           5 |  156 |        8 |   74
           5 |  303 |       17 |  303
          12 |  565 |        9 |  477
          69 | 1570 |       94 | 1565
           9 |  103 |       11 |  105
         313 | 4659 |      352 | 4650
""")


@pytest.mark.parametrize(
    ("tau2", "tau", "estimate", "se"),
    [
        ("PM", 0.3681, -0.3811, 0.2060),
        ("EB", 0.3681, -0.3811, 0.2060),
        ("HE", 0.4410, -0.4035, 0.2327),
        ("DL", 0.2323, -0.3240, 0.1540),
        ("HS", 0.1330, -0.2666, 0.1125),
        ("SJ", 0.4572, -0.4079, 0.2386),
    ],
)
def test_a_published_comparison(tau2: Any, tau: float, estimate: float, se: float) -> None:
    """Six trials of aspirin before birth: τ by the estimator, and the log odds ratio that follows.

    DerSimonian and Kacker (2007), tables 3 and 4, doi:10.1016/j.cct.2006.04.004, as recomputed by R.
    """
    fit = eq.pool(eq.effect_sizes("OR", **CLASP), tau2=tau2, ci="wald")
    assert fit.tau2 is not None
    assert math.sqrt(fit.tau2) == printed(tau, 4)
    assert (fit.estimate, fit.se) == (printed(estimate, 4), printed(se, 4))


def test_a_published_value_that_was_an_early_stop() -> None:
    """For the same trials the tables have τ = 0.0023 by ML. The likelihood only falls from zero on."""
    fit = eq.pool(eq.effect_sizes("OR", **CLASP), tau2="ML", tau2_ci="profile-likelihood")
    assert fit.tau2 == 0
    assert fit.diagnostics.at_boundary
    assert fit.tau2_ci is not None
    assert fit.tau2_ci[0] == 0 < fit.tau2_ci[1]


@pytest.mark.parametrize(
    ("first", "tau", "estimate", "se"),
    [("HE", 0.3831, -0.3861, 0.2115), ("DL", 0.3254, -0.3655, 0.1901)],
)
def test_two_steps(first: Any, tau: float, estimate: float, se: float) -> None:
    """A second step uses the weights the first implies; the same trials and tables (HE2 and DL2).

    R: ``rma(yi, vi, method="GENQ", weights=1/(vi + first))``, then ``rma(yi, vi, tau2=...)``.
    """
    clasp = eq.effect_sizes("OR", **CLASP)
    start = eq.pool(clasp, tau2=first).tau2
    assert start is not None
    fit = eq.pool(clasp, tau2="GENQ", tau2_weights=1 / (clasp.vi + start), ci="wald")
    assert fit.tau2 is not None
    assert math.sqrt(fit.tau2) == printed(tau, 4)
    assert (fit.estimate, fit.se) == (printed(estimate, 4), printed(se, 4))


def test_standard_errors() -> None:
    """0, 2, 4, 6 with v = 1. Q is (1 + τ²) times a chi-squared of 3 df: its sd is √6 (1 + τ²).

    DL and HE divide Q by 3 and so does its sd; HS divides by 4; HSk by 4 × 3/4. For PM R gives
    √(2 k² / (k − 1)) over the sum of the weights 3/20, which is the same here.
    R: ``rma(c(0,2,4,6), 1, method=...)$se.tau2``.
    """
    four = trials(0, 2, 4, 6, variance=1)
    full = math.sqrt(6) * (20 / 3) / 3
    for tau2 in ("DL", "HE", "HSk", "PM", "EB", "DLIT", "SJIT"):
        assert eq.pool(four, tau2=tau2).tau2_se == printed(full, 9), tau2
    assert eq.pool(four, tau2="HS").tau2_se == printed(math.sqrt(6) * 5 / 4, 9)


def test_walds_interval_of_tau2() -> None:
    """0, 2, 4, 6 with v = 1 by DL: 17/3 ± 1.96 × 5.443, cut off at zero."""
    fit = eq.pool(trials(0, 2, 4, 6, variance=1), tau2="DL", tau2_ci="wald")
    assert fit.tau2_ci == (0, printed(17 / 3 + Z * math.sqrt(6) * 20 / 9, 8))


def test_sidik_and_jonkmans_interval_of_tau2() -> None:
    """−20, 0, 20 with v = 8: two degrees of freedom times their τ², over the quantiles."""
    fit = eq.pool(trials(-20, 0, 20, variance=8), tau2="SJ", tau2_ci="sidik-jonkman")
    start = 800 / 3
    estimate = start * (800 / (8 + start)) / 2
    assert fit.tau2 == printed(estimate, 6)
    expected = (2 * estimate / CHI2_2[0.025], 2 * estimate / CHI2_2[0.975])
    assert fit.tau2_ci == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("kind", ["biggerstaff-jackson", "jackson"])
def test_general_q_intervals_of_equal_trials_are_q_profiles(kind: Any) -> None:
    """With equal variances all weights are equal, and Q over (v + τ²) is chi-squared."""
    three = trials(-20, 0, 20, variance=8)
    fit = eq.pool(three, tau2="DL", tau2_ci=kind)
    profile = eq.pool(three, tau2="DL", tau2_ci="q-profile")
    assert fit.tau2_ci == pytest.approx(profile.tau2_ci, rel=1e-10)


def test_general_q_intervals_of_two_trials() -> None:
    """0 and 10 with v = 1 and 3: 100 / (4 + 2 τ²) at the quantiles of chi-squared with one df."""
    two = eq.effect_sizes("GENERIC", estimate=[0, 10], se=[1, math.sqrt(3)])
    high, low = (NormalDist().inv_cdf(p) ** 2 for p in (0.9875, 0.5125))
    for kind in ("biggerstaff-jackson", "jackson", "q-profile"):
        fit = eq.pool(two, tau2="DL", tau2_ci=kind)
        expected = ((100 / high - 4) / 2, (100 / low - 4) / 2)
        assert fit.tau2_ci == pytest.approx(expected, rel=1e-9)


def test_an_interval_below_zero_is_said_to_be() -> None:
    """1.9, 2, 2.1 with v = 4: even without heterogeneity so little spread is rare."""
    for kind in ("biggerstaff-jackson", "jackson", "q-profile"):
        fit = eq.pool(trials(1.9, 2, 2.1, variance=4), tau2="DL", tau2_ci=kind)
        assert fit.tau2_ci == (0, 0)
        assert "tau2-ci-empty" in [note.code for note in fit.notes]
        some = eq.pool(trials(1, 2, 3, variance=4), tau2="DL", tau2_ci=kind)
        assert some.tau2_ci is not None
        assert some.tau2_ci[0] == 0 < some.tau2_ci[1]
        assert "tau2-ci-empty" not in [note.code for note in some.notes]


def test_the_profile_likelihood_interval_of_tau2() -> None:
    """Odds ratios of the thirteen trials of BCG by ML: 0.302, from 0.115 to 0.894.

    R: ``confint(rma(yi, vi, method="ML"), type="PL")``. Van Houwelingen, Arends and Stijnen (2002),
    doi:10.1002/sim.1040.
    """
    fit = eq.pool(eq.effect_sizes("OR", **BCG), tau2="ML", tau2_ci="profile-likelihood")
    assert fit.tau2 == printed(0.3025, 4)
    assert fit.tau2_ci == (printed(0.1151, 4), printed(0.8937, 4))


def test_the_profile_likelihood_interval_of_equal_trials() -> None:
    """0, 2, 4, 6 with v = 1. With u = 1 + τ² twice the log-likelihood is −4 (log u + 5 / u), at its
    top at u = 5; the limits are where it is 3.84 lower.
    """
    fit = eq.pool(trials(0, 2, 4, 6, variance=1), tau2="ML", tau2_ci="profile-likelihood")
    assert fit.tau2_ci is not None
    for limit in fit.tau2_ci:
        u = 1 + limit
        assert 4 * (math.log(u / 5) + 5 / u - 1) == pytest.approx(Z**2, rel=1e-10)
    low, high = fit.tau2_ci
    assert 0 < low < 4 < high


def test_the_profile_likelihood_interval_of_the_mean() -> None:
    """0, 2, 4, 6 with v = 1: mean 3, mean square about it 5. About μ it is 5 + (μ − 3)², and twice
    the log-likelihood falls by 4 log(1 + (μ − 3)² / 5): to 3.84 at 3 ± √(5 (exp(3.84 / 4) − 1)).

    At μ = 0 it falls by 4 log(14/5), whose root is the test statistic. The variance is by ML.
    Hardy and Thompson (1996).
    """
    fit = eq.pool(trials(0, 2, 4, 6, variance=1), ci="profile-likelihood")
    half = math.sqrt(5 * (math.exp(Z**2 / 4) - 1))
    assert fit.tau2_method == "ML"
    assert (fit.ci_low, fit.ci_high) == (printed(3 - half, 8), printed(3 + half, 8))
    assert fit.statistic == printed(math.sqrt(4 * math.log(14 / 5)), 8)
    assert fit.df is None


def test_hartung_and_knapp_where_wider() -> None:
    """1, 2, 3 with v = 4: the classic standard error is √(4/3), theirs half of it. Times 4.303 that
    is still wider than 1.96 times the classic one, so that theirs is taken; the floor is wider yet.

    With 1.9, 2, 2.1 theirs is a twentieth and narrower: Wald's is taken, and the result says so.
    R: ``meta::metagen(..., method.random.ci="HK", adhoc.hakn.ci="ci")``. Jackson, Law, Rücker and
    Schwarzer (2017), doi:10.1002/sim.7411.
    """
    t2 = 0.95 * math.sqrt(2 / (1 - 0.95**2))
    some = eq.pool(trials(1, 2, 3, variance=4), ci="hksj-if-wider")
    assert some.ci_high - 2 == printed(t2 * math.sqrt(4 / 3) / 2, 8)
    assert some.df == 2
    little = eq.pool(trials(1.9, 2, 2.1, variance=4), ci="hksj-if-wider")
    assert little.ci_high - 2 == printed(Z * math.sqrt(4 / 3), 8)
    assert little.df is None
    assert "wald-wider" in [note.code for note in little.notes]
    assert "wald-wider" not in [note.code for note in some.notes]


@pytest.mark.parametrize(
    "options",
    [
        {"tau2": -0.1},
        {"tau2": math.nan},
        {"tau2": math.inf},
        {"tau2": True},
        {"tau2": "fixed"},
        {"tau2": "hs"},
        {"tau2": 0.1, "tau2_ci": "q-profile"},
        {"tau2": 0.1, "tau2_ci": "wald"},
        {"tau2": 0.1, "model": "common"},
        {"tau2": "GENQ"},
        {"tau2": "GENQM", "tau2_weights": [1, 2]},
        {"tau2": "GENQ", "tau2_weights": [1, 2, 0]},
        {"tau2": "GENQ", "tau2_weights": [1, 2, math.nan]},
        {"tau2": "GENQ", "tau2_weights": "123"},
        {"tau2": "DL", "tau2_weights": [1, 2, 1]},
        {"tau2": "DL", "tau2_ci": "general-q"},
        {"tau2": "DL", "tau2_ci": "sidik-jonkman"},
        {"tau2": "DL", "tau2_ci": "profile-likelihood"},
        {"tau2": "REML", "ci": "profile-likelihood"},
        {"model": "common", "ci": "profile-likelihood"},
    ],
)
def test_what_does_not_go_together_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(MethodError):
        eq.pool(trials(0, 2, 4, variance=1), **options)
