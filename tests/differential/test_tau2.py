"""The further estimators and intervals of τ²: the fast engine and the naive one agree."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from differential import naive, naive_tau2
from differential.engine import effects_of
from differential.naive_distributions import Real, mp, mpf, normal_quantile
from differential.strategies import MODEST, Rows, contrasts, decimals
from equipoise import stats

ITERATED = ["EB", "DLIT", "SJIT"]
MODERATE = st.lists(st.tuples(decimals(-3, 3), decimals(0.3, 1.5)), min_size=2, max_size=6).filter(
    lambda rows: len({row[0] for row in rows}) > 1
)
"""Trials of not too different size, for which the naive series and iterations end soon."""


def numbers(rows: Rows) -> tuple[list[Real], list[Real]]:
    return [mpf(y) for y, _ in rows], [mpf(se) ** 2 for _, se in rows]


def fast(rows: Rows, **options: Any) -> stats.MetaAnalysis:
    return stats.pool(effects_of("GENERIC", rows), **options)


def naive_estimate(name: str, y: list[Real], v: list[Real]) -> Real:
    return {
        "HE": naive_tau2.hedges_cochran,
        "HS": lambda y, v: naive_tau2.hunter_schmidt(y, v, small=False),
        "HSk": lambda y, v: naive_tau2.hunter_schmidt(y, v, small=True),
        "SJ": naive_tau2.sidik_jonkman,
        "PMM": naive_tau2.median_paule_mandel,
        "EB": naive_tau2.empirical_bayes,
        "DLIT": naive_tau2.iterated_dersimonian_laird,
        "SJIT": naive_tau2.iterated_sidik_jonkman,
    }[name](y, v)


@pytest.mark.parametrize("tau2", ["HE", "HS", "HSk", "SJ", "PMM"])
@MODEST
@given(rows=contrasts())
def test_estimators(tau2: str, rows: Rows) -> None:
    y, v = numbers(rows)
    fit = fast(rows, tau2=tau2)
    slow = naive_estimate(tau2, y, v)
    assert fit.tau2 == pytest.approx(float(slow), rel=1e-8, abs=1e-9 * float(min(v)))
    assert fit.diagnostics.converged
    assert fit.diagnostics.at_boundary == (fit.tau2 == 0)


@pytest.mark.parametrize("tau2", ITERATED)
@MODEST
@given(rows=MODERATE)
def test_iterating_ends_at_paule_and_mandel(tau2: str, rows: Rows) -> None:
    """The naive engine does iterate; the fast one solves the equation the iteration ends at."""
    y, v = numbers(rows)
    fit = fast(rows, tau2=tau2)
    if fit.diagnostics.at_boundary and tau2 == "SJIT":
        # The iteration creeps towards zero for ever: it is enough that it never stops falling.
        at = [mpf(10) ** -i for i in range(8)]
        assert all(naive_tau2.sidik_jonkman(y, v, t) <= t for t in at)
        return
    slow = naive_estimate(tau2, y, v)
    assert fit.tau2 == pytest.approx(float(slow), rel=1e-8, abs=1e-9 * float(min(v)))


@pytest.mark.parametrize("tau2", ["HE", "HS", "HSk", "SJ", "DL"])
@MODEST
@given(rows=MODERATE)
def test_standard_errors_of_moment_estimators(tau2: str, rows: Rows) -> None:
    y, v = numbers(rows)
    k, fit = len(y), fast(rows, tau2=tau2)
    inverse = [1 / vi for vi in v]
    crude = naive_tau2.form(y, [mpf(1)] * k) / k
    weights, factor = {
        "DL": (inverse, None),
        "HE": ([mpf(1)] * k, None),
        "HS": (inverse, 1 / mp.fsum(inverse)),
        "HSk": (inverse, mpf(k) / (k - 1) / mp.fsum(inverse)),
        "SJ": ([1 / (vi + crude) for vi in v], crude / (k - 1)),
    }[tau2]
    slow = naive_tau2.moment_error(v, mpf(fit.tau2), weights, factor)
    assert fit.tau2_se == pytest.approx(float(slow), rel=1e-9)


@MODEST
@given(rows=contrasts(), seed=st.lists(decimals(0.1, 9), min_size=8, max_size=8))
def test_general_q(rows: Rows, seed: list[float]) -> None:
    y, v = numbers(rows)
    weights = seed[: len(rows)]
    fit = fast(rows, tau2="GENQ", tau2_weights=weights)
    exact = [mpf(a) for a in weights]
    slow = naive_tau2.general_q(y, v, exact)
    assert fit.tau2 == pytest.approx(float(slow), rel=1e-8, abs=1e-9 * float(min(v)))
    error = naive_tau2.moment_error(v, mpf(fit.tau2), exact)
    assert fit.tau2_se == pytest.approx(float(error), rel=1e-9)


def probability(rows: Rows, weights: list[float], tau2: float) -> float:
    """Give P(Q ≤ observed) by the naive series."""
    y, v = numbers(rows)
    observed = float(naive_tau2.form(y, [mpf(a) for a in weights]))
    return naive_tau2.form_probability(observed, weights, [float(vi) + tau2 for vi in v])


def stands_at(rows: Rows, weights: list[float], tau2: float, target: float) -> None:
    """Demand that Q stands where it should at τ², or already below it at zero."""
    found = probability(rows, weights, tau2)
    if tau2 > 0:
        assert found == pytest.approx(target, rel=1e-8)
    else:
        assert found <= target + 1e-12


@MODEST
@given(rows=MODERATE, seed=st.lists(decimals(0.5, 2), min_size=6, max_size=6))
def test_median_general_q(rows: Rows, seed: list[float]) -> None:
    weights = seed[: len(rows)]
    fit = fast(rows, tau2="GENQM", tau2_weights=weights)
    assert fit.tau2 is not None
    stands_at(rows, weights, fit.tau2, 0.5)


@pytest.mark.parametrize(("kind", "power"), [("biggerstaff-jackson", -2), ("jackson", -1)])
@pytest.mark.parametrize("level", [0.8, 0.95])
@MODEST
@given(rows=MODERATE)
def test_general_q_intervals(kind: Any, power: int, level: float, rows: Rows) -> None:
    fit = fast(rows, tau2="DL", tau2_ci=kind, level=level)
    assert fit.tau2_ci is not None
    weights = [se**power for _, se in rows]
    stands_at(rows, weights, fit.tau2_ci[0], (1 + level) / 2)
    stands_at(rows, weights, fit.tau2_ci[1], (1 - level) / 2)


@pytest.mark.parametrize("tau2", ["REML", "ML"])
@MODEST
@given(rows=contrasts())
def test_profile_likelihood_of_tau2(tau2: Any, rows: Rows) -> None:
    """The limits are where the likelihood has fallen far enough, and beyond them it is lower."""
    y, v = numbers(rows)
    restricted = tau2 == "REML"

    def height(value: Real) -> Real:
        return naive.log_likelihood(y, v, value, restricted=restricted)

    top = height(naive.tau2_likelihood(y, v, restricted=restricted))
    floor = top - normal_quantile(0.95) ** 2 / 2
    fit = fast(rows, tau2=tau2, tau2_ci="profile-likelihood")
    assert fit.tau2_ci is not None
    low, high = (mpf(limit) for limit in fit.tau2_ci)
    assert float(height(high)) == pytest.approx(float(floor), abs=1e-9)
    assert all(height(high * mpf(10) ** (mpf(i) / 8)) < floor for i in range(1, 25))
    if low > 0:
        assert float(height(low)) == pytest.approx(float(floor), abs=1e-9)
        assert all(height(low * i / 25) < floor for i in range(25))
    else:
        assert height(mpf(0)) >= floor - mpf(10) ** -12


@MODEST
@given(rows=contrasts(max_size=5))
def test_profile_likelihood_of_the_mean(rows: Rows) -> None:
    y, v = numbers(rows)
    fit = fast(rows, ci="profile-likelihood")
    top = naive_tau2.profile(y, v, mpf(fit.estimate))
    drop = normal_quantile(0.95) ** 2 / 2
    for limit, side in ((fit.ci_low, -1), (fit.ci_high, 1)):
        at = naive_tau2.profile(y, v, mpf(limit))
        assert float(top - at) == pytest.approx(float(drop), abs=1e-9)
        width = abs(limit - fit.estimate)
        beyond = (mpf(limit) + side * width * i / 4 for i in range(1, 5))
        assert all(naive_tau2.profile(y, v, mean) < at for mean in beyond)
    ratio = 2 * (top - naive_tau2.profile(y, v, mpf(0)))
    assert fit.statistic is not None
    assert fit.statistic**2 == pytest.approx(float(ratio), rel=1e-7, abs=1e-9)
    assert fit.statistic * fit.estimate >= 0


@MODEST
@given(rows=contrasts())
def test_hksj_if_wider_is_the_wider_of_the_two(rows: Rows) -> None:
    wald, hksj, either = (fast(rows, ci=ci) for ci in ("wald", "hksj", "hksj-if-wider"))
    chosen = max(wald, hksj, key=lambda fit: fit.ci_high - fit.ci_low)
    for field in ("ci_low", "ci_high", "se", "statistic", "p", "df"):
        assert getattr(either, field) == getattr(chosen, field), field
