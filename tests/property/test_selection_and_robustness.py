"""What must hold of selection and robustness, whatever the trials."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, reject
from hypothesis import strategies as st

from differential.engine import effects_of
from differential.strategies import MODEST, Rows, contrasts, full_tables
from equipoise import stats
from equipoise.errors import EquipoiseError, MethodError
from equipoise.stats.robustness.anytime_valid import anytime_valid
from equipoise.stats.robustness.fragility import fragility
from equipoise.stats.robustness.missing_outcomes import missing_outcomes
from equipoise.stats.robustness.power import minimum_detectable_effect, power
from equipoise.stats.robustness.sequential import sequential
from equipoise.stats.robustness.tipping_point import tipping_point
from equipoise.stats.selection.p_curve import p_curve
from equipoise.stats.selection.p_uniform import p_uniform
from equipoise.stats.selection.p_uniform_star import p_uniform_star
from equipoise.stats.selection.worst_case import worst_case_bias

several = contrasts(min_size=4, max_size=8)


def pooled(rows: Rows, **options: Any) -> stats.MetaAnalysis:
    return stats.pool(effects_of("GENERIC", rows), **({"tau2_ci": "none", "ci": "wald"} | options))


def tried(call: Any, *args: Any, **options: Any) -> Any:
    """Give a result, or pass over trials the method refuses."""
    try:
        return call(*args, **options)
    except EquipoiseError:
        reject()


def near(value: float | None) -> Any:
    return None if value is None else pytest.approx(value, rel=1e-7, abs=1e-9)


@MODEST
@given(rows=several, scale=st.sampled_from([0.01, 7.0, 1000.0]))
def test_units_do_not_matter_to_bounds_of_bias(rows: Rows, scale: float) -> None:
    assume(abs(pooled(rows).estimate) > 1e-6)
    one = tried(worst_case_bias, pooled(rows), selection_ratio=[2.0])
    other = worst_case_bias(
        pooled([(y * scale, s * scale) for y, s in rows]), selection_ratio=[2.0]
    )
    assert other.worst.estimate == near(one.worst.estimate * scale)
    assert other.corrected[0].df == near(one.corrected[0].df)
    assert other.s_value_estimate == near(one.s_value_estimate)
    assert other.s_value_ci == near(one.s_value_ci)


@MODEST
@given(rows=several, order=st.randoms(use_true_random=False))
def test_the_other_sign_and_another_order_mirror_everything(rows: Rows, order: Any) -> None:
    fit = pooled(rows)
    assume(abs(fit.estimate) > 1e-6)
    mixed: Rows = [(-y, s) for y, s in rows]
    order.shuffle(mixed)
    mirror = pooled(mixed)
    curve, back = tried(p_curve, fit), p_curve(mirror)
    assert (back.k, back.power, back.full.skew) == (
        curve.k,
        near(curve.power),
        near(curve.full.skew),
    )
    uniform, turned = p_uniform(fit), p_uniform(mirror)
    assert turned.estimate == near(-uniform.estimate)
    assert (turned.ci_low, turned.ci_high) == (near(-uniform.ci_high), near(-uniform.ci_low))
    assert turned.p_bias == near(uniform.p_bias)


@MODEST
@given(rows=several)
def test_p_uniform_star_is_a_maximum_and_mirrors(rows: Rows) -> None:
    fit = pooled(rows)
    assume(abs(fit.estimate) > 1e-6)
    found = tried(p_uniform_star, fit)
    turned = p_uniform_star(pooled([(-y, s) for y, s in rows]))
    assert turned.estimate == near(-found.estimate)
    assert turned.tau2 == near(found.tau2)
    assert found.tau2_low <= found.tau2
    assert found.score[0] == pytest.approx(0.0, abs=1e-6 / min(s for _, s in rows))
    if found.at_boundary:
        assert found.score[1] <= 0.0
    for p in (found.p_effect, found.p_heterogeneity, found.p_bias):
        assert 0.0 <= p <= 1.0


@MODEST
@given(rows=several)
def test_correcting_moves_from_the_mean_to_the_worst_case(rows: Rows) -> None:
    ratios = [1.0, 2.0, 8.0, 64.0, 4096.0]
    found = tried(worst_case_bias, pooled(rows, model="common"), selection_ratio=ratios)
    sign = 1.0 if found.favours == "positive" else -1.0
    means = [sign * row.estimate for row in (*found.corrected, found.worst)]
    stronger = "correction-strengthens" in {note.code for note in found.caution}
    assert means == pytest.approx(sorted(means, reverse=not stronger), rel=1e-12)
    assert found.corrected[0].estimate == near(found.uncorrected.estimate)


@MODEST
@given(rows=several, effect=st.sampled_from([0.05, 0.3, 2.0]))
def test_power_rises_with_the_effect_and_is_inverted(rows: Rows, effect: float) -> None:
    for ci in ("wald", "t", "hksj", "hksj-floor", "hksj-if-wider"):
        fit = pooled(rows, ci=ci)
        low, high = power(fit, effect), power(fit, 2.0 * effect)
        assert 0.0 < low.pooled <= high.pooled <= 1.0
        assert power(fit, -effect).pooled == near(low.pooled)
        found = minimum_detectable_effect(fit, 0.7)
        assert power(fit, found.effect).pooled == pytest.approx(0.7, abs=1e-9)


@MODEST
@given(rows=several)
def test_a_tipping_trial_brings_the_limit_to_the_threshold(rows: Rows) -> None:
    for options in ({"model": "common"}, {"ci": "wald"}):
        fit = pooled(rows, **options)
        try:
            found = tipping_point(fit)
        except MethodError:
            continue
        if found.se is None:
            continue
        side = 1.0 if fit.estimate > 0.0 else -1.0
        around = []
        for nudge in (-1e-7, 1e-7):
            again = pooled([*rows, (0.0, found.se * (1.0 + nudge))], **options)
            around.append(side * (again.ci_low if side > 0.0 else again.ci_high))
        # τ² may jump from one maximum of the likelihood to another: then the limit jumps across.
        tolerance = 1e-5 * (1.0 + abs(fit.estimate))
        assert around[0] <= tolerance
        assert around[1] >= -tolerance
        if options.get("model") == "common":
            assert around == [pytest.approx(0.0, abs=tolerance)] * 2


@MODEST
@given(rows=full_tables(3, 4))
def test_fragility_turns_the_verdict_by_as_many_changes(rows: Rows) -> None:
    small = [
        tuple(min(v, 60.0) if i % 2 else min(v, 30.0) for i, v in enumerate(row)) for row in rows
    ]
    assume(all(0 < a < n and 0 < c < m for a, n, c, m in small))
    fit = stats.pool(effects_of("RR", small), model="common")
    assume((fit.p or 0.0) > 0.001)
    found = fragility(fit)
    if found.index is None:
        return
    counts = [list(row) for row in small]
    for step in found.steps:
        counts[step.row][0 if step.arm == 1 else 2] += step.change
    after = stats.pool(effects_of("RR", counts), model="common")
    assert (after.ci_low <= 0.0 <= after.ci_high) == found.significant
    assert found.at_least <= found.index
    assert found.smallest == (found.index <= found.at_least)


@MODEST
@given(rows=full_tables(3, 5), missing=st.lists(st.integers(0, 20), min_size=10, max_size=10))
def test_assumptions_lie_between_best_and_worst_case(rows: Rows, missing: list[int]) -> None:
    fit = stats.pool(effects_of("RD", rows), model="common", tau2_ci="none")
    one, two = missing[: len(rows)], missing[5 : 5 + len(rows)]
    found = missing_outcomes(fit, one, two, events_are="harmful", imor_1=3.0, imor_2=0.5)
    best, worst = found["best-case"].effects.yi, found["worst-case"].effects.yi
    for result in found.results:
        inside = np.where(np.isnan(result.fit.effects.yi), best, result.fit.effects.yi)
        assert (inside >= best - 1e-12).all(), result.assumption
        assert (inside <= worst + 1e-12).all(), result.assumption


@MODEST
@given(rows=several, effect=st.sampled_from([0.2, 0.7]))
def test_looks_agree_with_pooling_what_was_there(rows: Rows, effect: float) -> None:
    fit = pooled(rows, model="common")
    found = sequential(fit, effect=effect)
    fractions = [look.fraction for look in found.looks]
    assert fractions == sorted(fractions)
    for i, look in enumerate(found.looks):
        assert look.estimate == near(pooled(rows[: i + 1], model="common").estimate)
        assert look.bound is None or look.bound > 1.9
        assert look.futility is None or (
            look.bound is not None and 0.0 <= look.futility <= look.bound
        )
    sequence = anytime_valid(fit, effect).looks
    assert sequence[-1].estimate == near(fit.estimate)
    for at in sequence:
        refuted = at.ci_low > 0.0 or at.ci_high < 0.0
        assert refuted == (at.log_e > math.log(20.0))


@pytest.mark.parametrize("size", [1e-12, 1e12])
def test_extreme_units_are_no_trouble(size: float) -> None:
    rows = [(3.0, 1.0), (2.5, 1.0), (1.0, 1.0), (-0.4, 1.0), (2.2, 0.8)]
    one, other = (pooled([(y * u, s * u) for y, s in rows]) for u in (1.0, size))
    assert p_uniform(other).estimate / size == near(p_uniform(one).estimate)
    assert p_curve(other).power == near(p_curve(one).power)
    assert worst_case_bias(other).worst.estimate / size == near(worst_case_bias(one).worst.estimate)


@pytest.mark.parametrize("k", [1, 2])
def test_too_few_trials_are_refused_or_pooled(k: int) -> None:
    rows: Rows = [(3.0, 1.0), (2.5, 1.0)]
    fit = pooled(rows[:k])
    for call in (p_curve, p_uniform, p_uniform_star, worst_case_bias):
        with pytest.raises(EquipoiseError, match="need 3"):
            call(fit)
    assert 0.0 < power(fit, 1.0).pooled < 1.0
    assert len(sequential(fit, effect=1.0).looks) == k
    assert len(anytime_valid(fit, 1.0).looks) == k
