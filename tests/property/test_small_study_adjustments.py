"""What must hold of tests of counts and of adjustments for small-study effects, whatever the trials."""

from __future__ import annotations

import math
from typing import Any, get_args

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from differential.engine import effects_of
from differential.strategies import MODEST, Rows, contrasts, decimals, full_tables
from equipoise import stats
from equipoise.stats.options import Measure
from equipoise.stats.small_studies._common import AsymmetryName
from equipoise.stats.small_studies.asymmetry import RECOMMENDED, allowed_tests
from equipoise.stats.small_studies.doi_plot import lfk_index
from equipoise.stats.small_studies.limit_meta import limit_meta_analysis
from equipoise.stats.small_studies.pet_peese import pet_peese
from equipoise.stats.small_studies.weighted_averages import uwls, waap_wls
from equipoise.stats.small_studies.which_test import MEASURES

several = contrasts(min_size=4, max_size=8).filter(lambda rows: len({se for _, se in rows}) > 2)
counted = full_tables(min_size=4, max_size=8).filter(
    lambda rows: len({n_1 + n_2 for _, n_1, _, n_2 in rows}) > 2
)
OF_COUNTS: tuple[Any, ...] = ("harbord", "peters", "macaskill", "deeks", "schwarzer")
METHODS: tuple[Any, ...] = ("beta0", "betalim", "mulim")


def pooled(rows: Rows, measure: Any = "GENERIC") -> stats.MetaAnalysis:
    return stats.pool(effects_of(measure, rows), tau2="DL", ci="wald", tau2_ci="none")


def near(value: float, scale: float = 1.0) -> object:
    return pytest.approx(value, rel=1e-6, abs=1e-8 * scale)


@pytest.mark.parametrize("test", OF_COUNTS)
@MODEST
@given(rows=counted, seed=st.randoms(use_true_random=False))
def test_tests_of_counts_do_not_know_arms_or_order(test: Any, rows: Rows, seed: Any) -> None:
    """Arms exchanged, trials shuffled: the statistic changes its sign with the arms, p nothing."""
    one = pooled(rows, "OR").asymmetry(test)
    assume(math.isfinite(one.p) and one.p > 1e-9)
    mixed: Rows = [(c, n_2, a, n_1) for a, n_1, c, n_2 in rows]
    seed.shuffle(mixed)
    other = pooled(mixed, "OR").asymmetry(test)
    assert other.p == near(one.p, 1e2)
    assert other.statistic == near(-one.statistic, 1e2 * (1.0 + abs(one.statistic)))


@pytest.mark.parametrize("test", ["harbord", "peters", "schwarzer"])
@MODEST
@given(rows=counted)
def test_odds_ratios_of_events_and_of_their_absence_are_alike(test: Any, rows: Rows) -> None:
    one = pooled(rows, "OR").asymmetry(test)
    assume(math.isfinite(one.p) and one.p > 1e-9)
    without: Rows = [(n_1 - a, n_1, n_2 - c, n_2) for a, n_1, c, n_2 in rows]
    assert pooled(without, "OR").asymmetry(test).p == near(one.p, 1e2)


@MODEST
@given(rows=several, shift=decimals(-50, 50, 1), scale=st.sampled_from([0.01, 3.0, 1000.0]))
def test_adjusted_means_keep_to_units_and_origin(rows: Rows, shift: float, scale: float) -> None:
    one, other = pooled(rows), pooled([((y + shift) * scale, se * scale) for y, se in rows])
    for method in METHODS:
        a, b = limit_meta_analysis(one, method), limit_meta_analysis(other, method)
        assert b.estimate == near((a.estimate + shift) * scale, 1e4 * scale)
        assert b.se == near(a.se * scale, 1e3 * scale)
        assert b.q_small == near(a.q_small, 1e3 * (1.0 + a.q))
    one_pet, other_pet = pet_peese(one), pet_peese(other)
    for name in ("pet", "peese"):
        a_limit, b_limit = getattr(one_pet, name), getattr(other_pet, name)
        assert b_limit.estimate == near((a_limit.estimate + shift) * scale, 1e4 * scale)
    assert uwls(other).estimate == near((uwls(one).estimate + shift) * scale, 1e3 * scale)
    assert uwls(other).birge == near(uwls(one).birge, 1e3)
    assert lfk_index(other).index == near(lfk_index(one).index, 1e4)


@MODEST
@given(rows=several, seed=st.randoms(use_true_random=False))
def test_adjusted_means_keep_to_the_order_of_trials(rows: Rows, seed: Any) -> None:
    mixed = list(rows)
    seed.shuffle(mixed)
    one, other = pooled(rows), pooled(mixed)
    assert limit_meta_analysis(other).estimate == near(limit_meta_analysis(one).estimate, 1e2)
    assert pet_peese(other).estimate == near(pet_peese(one).estimate, 1e2)
    assert waap_wls(other).chosen.estimate == near(waap_wls(one).chosen.estimate)
    assert lfk_index(other).index == near(lfk_index(one).index)


@MODEST
@given(rows=several)
def test_adjusted_means_change_sign_with_the_effects(rows: Rows) -> None:
    one, other = pooled(rows), pooled([(-y, se) for y, se in rows])
    for method in METHODS:
        a, b = limit_meta_analysis(one, method), limit_meta_analysis(other, method)
        assert (b.estimate, b.se, b.bias) == (near(-a.estimate), near(a.se), near(-a.bias))
        assert b.g2 == (a.g2 if a.g2 is None else near(a.g2, 1e2))
    a_pet, b_pet = pet_peese(one), pet_peese(other)
    assert (b_pet.chosen, b_pet.p) == (a_pet.chosen, near(a_pet.p))
    assert {a_pet.alternative, b_pet.alternative} == {"greater", "less"}
    assert waap_wls(other).powered == waap_wls(one).powered


@MODEST
@given(rows=several)
def test_what_the_line_takes_and_leaves_is_q(rows: Rows) -> None:
    """The residual Q is that of Egger's line, and the parts of Q are no less than zero."""
    fit = pooled(rows)
    found = limit_meta_analysis(fit)
    assert found.q == near(fit.q or 0.0, 1e2)
    assert found.q_small + found.q_residual == near(found.q, 1e2)
    assert found.g2 is None or 0.0 <= found.g2 <= 100.0
    egger = fit.asymmetry()
    assume(egger.slope_se is not None and egger.slope_se > 1e-9)
    factor = found.q_residual / found.q_residual_df
    assume(factor > 1e-6)
    assert egger.statistic**2 * factor == pytest.approx(found.q_small, rel=1e-5, abs=1e-6)


@MODEST
@given(rows=several)
def test_trials_lie_between_their_limits_and_the_line_that_shrank_them(rows: Rows) -> None:
    """A limit is nearer the model's intercept than its trial, by τ/√(v + τ²), a share below one."""
    found = limit_meta_analysis(pooled(rows))
    for (y, se), limit in zip(rows, found.shrunken, strict=True):
        share = math.sqrt(found.tau2 / (se**2 + found.tau2))
        assert limit - found.intercept == near(share * (y - found.intercept), 1e3)


@MODEST
@given(rows=several)
def test_powered_trials_are_the_most_precise_ones(rows: Rows) -> None:
    found = waap_wls(pooled(rows))
    inside = [se for (_, se), used in zip(rows, found.powered, strict=True) if used]
    outside = [se for (_, se), used in zip(rows, found.powered, strict=True) if not used]
    assert max(inside, default=0.0) <= found.threshold < min(outside, default=math.inf)


def test_every_measure_has_tests_and_every_recommendation_is_allowed() -> None:
    rows: Rows = [(3.0, 20.0, 6.0, 25.0), (9.0, 40.0, 9.0, 50.0), (20.0, 90.0, 30.0, 95.0)]
    for measure in ("OR", "RR", "RD", "PETO"):
        effects = effects_of(measure, rows)
        names = allowed_tests(effects)
        assert {"egger", "begg", "thompson-sharp"} < set(names)
        for name in names:
            assert stats.pool(effects).asymmetry(name).test == name
    for measure, name in RECOMMENDED.items():
        assert name not in MEASURES or measure in MEASURES[name]
    assert set(MEASURES) < set(get_args(AsymmetryName))
    assert set().union(*MEASURES.values()) <= set(get_args(Measure))
