"""What must not change, or must change in a known way, whatever the trials are."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from differential.engine import effects_of
from differential.strategies import MODEST, Rows, contrasts, decimals, full_tables, means
from equipoise import stats

TAU2 = ["DL", "PM", "REML", "ML"]


def pooled(rows: Sequence[Sequence[float]], **options: Any) -> stats.MetaAnalysis:
    return stats.pool(effects_of("GENERIC", rows), **options)


def near(value: float | None, scale: float = 1.0) -> object:
    """Give what equals a value but for rounding on the scale of the data."""
    assert value is not None
    return pytest.approx(value, rel=1e-8, abs=1e-9 * scale)


@pytest.mark.parametrize("tau2", TAU2)
@MODEST
@given(rows=contrasts(), seed=st.randoms(use_true_random=False))
def test_the_order_of_trials_does_not_matter(tau2: str, rows: Rows, seed: Any) -> None:
    order = list(range(len(rows)))
    seed.shuffle(order)
    one, other = pooled(rows, tau2=tau2), pooled([rows[i] for i in order], tau2=tau2)
    for field in ("estimate", "se", "ci_low", "ci_high", "tau2", "q", "pi_low"):
        assert getattr(other, field) == near(getattr(one, field)), field
    assert other.weights.tolist() == near(one.weights[order].tolist(), 100.0)


@pytest.mark.parametrize("tau2", TAU2)
@MODEST
@given(rows=contrasts(), shift=decimals(-50, 50, 1))
def test_adding_a_constant_moves_the_estimate_and_nothing_else(
    tau2: str, rows: Rows, shift: float
) -> None:
    one = pooled(rows, tau2=tau2)
    other = pooled([(y + shift, se) for y, se in rows], tau2=tau2)
    assert other.estimate == near(one.estimate + shift, 50)
    for field in ("se", "tau2", "q"):
        assert getattr(other, field) == near(getattr(one, field), 50), field


@MODEST
@given(rows=means(), shift=decimals(-50, 50, 1))
def test_both_means_may_be_counted_from_another_zero(rows: Rows, shift: float) -> None:
    moved = [(m1 + shift, s1, n1, m2 + shift, s2, n2) for m1, s1, n1, m2, s2, n2 in rows]
    for measure in ("MD", "SMD"):
        one, other = effects_of(measure, rows), effects_of(measure, moved)
        assert other.yi.tolist() == pytest.approx(one.yi.tolist(), rel=1e-9, abs=1e-9)
        assert other.vi.tolist() == pytest.approx(one.vi.tolist(), rel=1e-9)


@pytest.mark.parametrize("tau2", TAU2)
@MODEST
@given(rows=contrasts(), factor=st.sampled_from([0.001, 0.1, 4.0, 1000.0]))
def test_another_unit_scales_everything(tau2: str, rows: Rows, factor: float) -> None:
    one = pooled(rows, tau2=tau2)
    other = pooled([(y * factor, se * factor) for y, se in rows], tau2=tau2)
    for field in ("estimate", "se", "ci_low", "ci_high", "pi_low", "pi_high"):
        assert getattr(other, field) == near(getattr(one, field) * factor, factor), field
    assert other.tau2 == near((one.tau2 or 0.0) * factor**2, factor**2)
    for field in ("p", "i2", "q", "statistic"):
        assert getattr(other, field) == near(getattr(one, field), 10), field


@MODEST
@given(rows=means(), factor=st.sampled_from([0.01, 8.0]))
def test_a_standardised_difference_has_no_unit(rows: Rows, factor: float) -> None:
    scaled = [
        (m1 * factor, s1 * factor, n1, m2 * factor, s2 * factor, n2)
        for m1, s1, n1, m2, s2, n2 in rows
    ]
    one, other = effects_of("SMD", rows), effects_of("SMD", scaled)
    assert other.yi.tolist() == pytest.approx(one.yi.tolist(), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("measure", ["RR", "OR", "RD", "PETO"])
@MODEST
@given(rows=full_tables())
def test_swapping_the_arms_swaps_the_sign_of_binary_effects(measure: str, rows: Rows) -> None:
    one = effects_of(measure, rows)
    other = effects_of(measure, [(c, n2, a, n1) for a, n1, c, n2 in rows])
    assert other.yi.tolist() == pytest.approx((-one.yi).tolist(), rel=1e-9, abs=1e-10)
    assert other.vi.tolist() == pytest.approx(one.vi.tolist(), rel=1e-9)


@pytest.mark.parametrize("measure", ["MD", "SMD"])
@MODEST
@given(rows=means())
def test_swapping_the_arms_swaps_the_sign_of_mean_differences(measure: str, rows: Rows) -> None:
    one = effects_of(measure, rows)
    other = effects_of(measure, [(*row[3:], *row[:3]) for row in rows])
    assert other.yi.tolist() == pytest.approx((-one.yi).tolist(), rel=1e-9, abs=1e-10)
    assert other.vi.tolist() == pytest.approx(one.vi.tolist(), rel=1e-9)


@MODEST
@given(rows=full_tables())
def test_counting_the_opposite_event_inverts_the_odds_ratio(rows: Rows) -> None:
    """The odds ratio and the risk difference do not care which outcome is counted; RR does."""
    opposite = [(n1 - a, n1, n2 - c, n2) for a, n1, c, n2 in rows]
    for measure in ("OR", "RD"):
        one, other = effects_of(measure, rows), effects_of(measure, opposite)
        assert other.yi.tolist() == pytest.approx((-one.yi).tolist(), rel=1e-9, abs=1e-10)
        assert other.vi.tolist() == pytest.approx(one.vi.tolist(), rel=1e-9)


@MODEST
@given(rows=contrasts())
def test_two_copies_of_half_the_information_are_one(rows: Rows) -> None:
    """Common effect: each trial twice, with twice the variance, is the same evidence."""
    twice = [(y, se * 2**0.5) for y, se in rows] * 2
    one = pooled(rows, model="common", ci="wald")
    other = pooled(twice, model="common", ci="wald")
    for field in ("estimate", "se", "ci_low", "ci_high", "p", "q"):
        assert getattr(other, field) == near(getattr(one, field)), field


@pytest.mark.parametrize("tau2", TAU2)
@MODEST
@given(rows=contrasts())
def test_without_heterogeneity_random_effects_are_the_common_effect(tau2: str, rows: Rows) -> None:
    """With estimates drawn together until Q is small, τ² is zero and the two models agree."""
    centre = sum(y for y, _ in rows) / len(rows)
    spread = max(abs(y - centre) for y, _ in rows)
    smallest = min(se for _, se in rows)
    drawn = [(centre + (y - centre) / spread * smallest / 10, se) for y, se in rows]
    random = pooled(drawn, tau2=tau2, ci="wald")
    common = pooled(drawn, model="common", ci="wald")
    assert random.tau2 == 0
    for field in ("estimate", "se", "ci_low", "ci_high", "p"):
        assert getattr(random, field) == near(getattr(common, field)), field


@MODEST
@given(rows=contrasts(min_size=3))
def test_much_heterogeneity_gives_every_trial_the_same_weight(rows: Rows) -> None:
    spread = [(1e6 * i + y, se) for i, (y, se) in enumerate(rows)]
    weights = pooled(spread, tau2="REML").weights
    assert weights.tolist() == pytest.approx([100 / len(rows)] * len(rows), rel=1e-6)


@pytest.mark.parametrize("ci", ["wald", "t", "hksj", "hksj-floor"])
@MODEST
@given(rows=contrasts())
def test_intervals_contain_the_estimate_and_widen_with_the_level(ci: str, rows: Rows) -> None:
    fits = [pooled(rows, ci=ci, level=level) for level in (0.5, 0.9, 0.95, 0.99)]
    for fit in fits:
        assert fit.ci_low < fit.estimate < fit.ci_high
        assert fit.pi_low is not None
        assert fit.pi_high is not None
        assert fit.pi_low <= fit.ci_low
        assert fit.pi_high >= fit.ci_high
    for narrow, wide in pairwise(fits):
        assert wide.ci_low < narrow.ci_low
        assert wide.ci_high > narrow.ci_high


@pytest.mark.parametrize("tau2", TAU2)
@MODEST
@given(rows=contrasts())
def test_weights_are_positive_and_sum_to_one_hundred(tau2: str, rows: Rows) -> None:
    weights = pooled(rows, tau2=tau2).weights
    assert (weights > 0).all()
    assert np.sum(weights) == pytest.approx(100, rel=1e-12)


@MODEST
@given(rows=contrasts())
def test_the_pooled_estimate_lies_among_the_trials(rows: Rows) -> None:
    estimates = [y for y, _ in rows]
    assert min(estimates) <= pooled(rows).estimate <= max(estimates)


@MODEST
@given(rows=contrasts())
def test_the_same_input_gives_the_same_bytes(rows: Rows) -> None:
    assert repr(pooled(rows).to_dict()) == repr(pooled(rows).to_dict())


@MODEST
@given(rows=contrasts(), level=st.sampled_from([0.9, 0.95]))
def test_the_interval_excludes_zero_exactly_when_p_is_small(rows: Rows, level: float) -> None:
    fit = pooled(rows, level=level)
    assert fit.p is not None
    excludes = fit.ci_low > 0 or fit.ci_high < 0
    assert excludes == (fit.p < 1 - level) or fit.p == pytest.approx(1 - level, rel=1e-9)
