"""What must not change, or must change in a known way, under every weighting and interval."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from differential.engine import effects_of
from differential.strategies import MODEST, Rows, contrasts, decimals
from equipoise import stats
from equipoise.stats.heterogeneity_measures import heterogeneity_measures
from equipoise.stats.new_effect import probability_above, probability_below

WAYS: list[dict[str, Any]] = [
    {"ci": "kenward-roger", "pi": "KR"},
    {"ci": "henmi-copas"},
    {"ci": "hksj-iqwig", "tau2": "DL"},
    {"weighting": "equal", "tau2": "DL"},
    {"weighting": "ivhet"},
]
SHOWN = ("estimate", "ci_low", "ci_high", "pi_low", "pi_high")


def pooled(rows: Rows, **options: Any) -> stats.MetaAnalysis:
    return stats.pool(effects_of("GENERIC", rows), **options)


def shown(fit: stats.MetaAnalysis) -> list[float | None]:
    return [getattr(fit, field) for field in SHOWN]


def near(values: list[float | None], size: float) -> list[object]:
    return [None if v is None else pytest.approx(v, rel=1e-7, abs=1e-8 * size) for v in values]


@pytest.mark.parametrize("options", WAYS, ids=str)
@MODEST
@given(rows=contrasts(min_size=3), seed=st.randoms(use_true_random=False))
def test_the_order_of_trials_does_not_matter(options: Any, rows: Rows, seed: Any) -> None:
    order = list(range(len(rows)))
    seed.shuffle(order)
    other = pooled([rows[i] for i in order], **options)
    assert shown(other) == near(shown(pooled(rows, **options)), 1.0)


@pytest.mark.parametrize("options", WAYS, ids=str)
@MODEST
@given(rows=contrasts(min_size=3), factor=st.sampled_from([-1.0, 1e-6, 100.0]))
def test_the_unit_of_the_effect_does_not_matter(options: Any, rows: Rows, factor: float) -> None:
    """A factor of −1 turns the comparison round: limits change places."""
    one = [None if v is None else factor * v for v in shown(pooled(rows, **options))]
    other = shown(pooled([(factor * y, abs(factor) * se) for y, se in rows], **options))
    if factor < 0:
        other = [other[0], other[2], other[1], other[4], other[3]]
    assert other == near(one, abs(factor))


@MODEST
@given(rows=contrasts(min_size=3), shift=decimals(-20, 20, 1))
def test_henmi_and_copass_interval_moves_with_the_estimates(rows: Rows, shift: float) -> None:
    one = pooled(rows, ci="henmi-copas")
    other = pooled([(y + shift, se) for y, se in rows], ci="henmi-copas")
    assert other.ci_low == pytest.approx(one.ci_low + shift, rel=1e-7, abs=1e-7)
    assert other.ci_high == pytest.approx(one.ci_high + shift, rel=1e-7, abs=1e-7)


@MODEST
@given(rows=contrasts(min_size=3))
def test_weights_of_inverse_variance_given_are_inverse_variance(rows: Rows) -> None:
    plain = pooled(rows, tau2="DL")
    weights = [1 / (se**2 + (plain.tau2 or 0.0)) for _, se in rows]
    given_them = pooled(rows, tau2="DL", weights=weights)
    assert shown(given_them) == near(shown(plain), 1.0)
    assert given_them.se == pytest.approx(plain.se, rel=1e-9)


@MODEST
@given(rows=contrasts(min_size=2))
def test_no_weights_are_more_precise_than_inverse_variance(rows: Rows) -> None:
    plain = pooled(rows, tau2="DL", ci="wald")
    for options in ({"weighting": "equal"}, {"weighting": "ivhet"}):
        assert pooled(rows, tau2="DL", ci="wald", **options).se >= plain.se * (1 - 1e-12)


@MODEST
@given(rows=contrasts(min_size=2))
def test_kenward_and_rogers_standard_error_is_not_below_the_classic_one(rows: Rows) -> None:
    """Not knowing τ² makes the mean less certain, the more so the fewer trials."""
    fit = pooled(rows, ci="kenward-roger")
    assert fit.df is not None
    assert fit.se >= pooled(rows, tau2="REML", ci="wald").se * (1 - 1e-12)
    assert fit.df <= len(rows) * (1 + 1e-9)


@pytest.mark.parametrize("pi", ["follow-ci", "HTS", "V", "HK", "HK-PR", "KR", "KR-PR", "normal"])
@MODEST
@given(rows=contrasts(min_size=4), at=decimals(-4, 4, 1))
def test_a_new_effect_lies_above_or_below(pi: Any, rows: Rows, at: float) -> None:
    fit = pooled(rows, pi=pi)
    if fit.pi_low is not None and fit.pi_high != fit.pi_low:
        above, below = probability_above(fit, at), probability_below(fit, at)
        assert above + below == pytest.approx(1.0, rel=1e-12)
        inside = fit.pi_low <= at <= (fit.pi_high or at)
        assert inside == (min(above, below) >= 0.025 - 1e-12)


@MODEST
@given(rows=contrasts(min_size=3))
def test_i2_from_q_is_h_in_another_unit(rows: Rows) -> None:
    found = heterogeneity_measures(pooled(rows))
    assert found.i2_q == pytest.approx(100 * (1 - 1 / found.h**2), rel=1e-9, abs=1e-9)
    assert found.h_ci is not None
    assert found.h_ci[0] <= found.h * (1 + 1e-12)
    assert found.r_b is not None
    assert 0.0 <= found.r_b <= 100.0


def test_with_many_trials_the_special_intervals_approach_walds() -> None:
    rng = np.random.Generator(np.random.PCG64(7))
    se = rng.uniform(0.1, 0.4, 2000)
    rows: Rows = list(
        zip(rng.normal(0.3, np.sqrt(se**2 + 0.05)).tolist(), se.tolist(), strict=True)
    )
    wald = pooled(rows, ci="wald")
    for ci in ("kenward-roger", "hksj-iqwig"):
        fit = pooled(rows, ci=ci)
        assert fit.ci_high - fit.ci_low == pytest.approx(wald.ci_high - wald.ci_low, rel=0.05)
    ivhet, henmi = pooled(rows, weighting="ivhet"), pooled(rows, ci="henmi-copas")
    width = ivhet.ci_high - ivhet.ci_low
    assert henmi.ci_high - henmi.ci_low == pytest.approx(width, rel=0.02)
