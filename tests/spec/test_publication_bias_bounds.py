"""Publication bias by significance: how bad must it be, and what do significant results alone say?

Four trials with standard errors of one: estimates above 1.96 are significant.
"""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from scipy import special

import equipoise as eq
from equipoise.errors import DataError, MethodError
from equipoise.stats.selection.p_curve import p_curve
from equipoise.stats.selection.p_uniform import p_uniform
from equipoise.stats.selection.p_uniform_star import p_uniform_star
from equipoise.stats.selection.worst_case import significance_funnel, worst_case_bias
from spec.manual import printed


def pooled(estimate: list[float], se: list[float] | None = None, **options: Any) -> Any:
    effects = eq.effect_sizes("GENERIC", estimate=estimate, se=se or [1.0] * len(estimate))
    return eq.pool(effects, **({"ci": "wald", "tau2_ci": "none"} | options))


FOUR = pooled([3.0, 2.5, 1.0, -0.4], model="common")


def codes(result: Any) -> set[str]:
    return {note.code for note in result.caution}


def test_a_selection_ratio_weighs_the_other_trials_so_many_times() -> None:
    """Affirmative: 3 and 2.5, sum 5.5. The others: 1 and −0.4, sum 0.6. Each pair has the weight 2.

    At η = 3 the mean is (3 · 0.6 + 5.5) / (3 · 2 + 2) = 0.9125, its variance (9 · 2 + 2) / 64 with
    k − 1 = 3 degrees of freedom. R: ``pubbias_meta(yi, vi, selection_ratio = 3, model_type =
    "fixed")``.
    """
    found = worst_case_bias(FOUR, selection_ratio=[3.0])
    at_three = found.corrected[0]
    assert found.affirmative == (True, True, False, False)
    assert at_three.estimate == printed(0.9125)
    assert at_three.se == printed(math.sqrt(20.0 / 64.0))
    half = float(special.stdtrit(3.0, 0.975)) * math.sqrt(20.0 / 64.0)
    assert (at_three.ci_low, at_three.ci_high) == (printed(0.9125 - half), printed(0.9125 + half))


def test_the_worst_case_is_the_mean_of_the_other_trials() -> None:
    """(1 − 0.4) / 2 = 0.3 with the variance 1/2; R: ``return_worst_meta = TRUE``."""
    worst = worst_case_bias(FOUR).worst
    assert (worst.estimate, worst.se) == (printed(0.3), printed(math.sqrt(0.5)))
    assert worst.selection_ratio == math.inf


def test_the_s_value_brings_the_estimate_to_a_threshold() -> None:
    """To 0.5: 0.6 η + 5.5 = 0.5 (2 η + 2), so η = 4.5 / 0.4 = 11.25. To zero: never, as 0.3 > 0.

    R: ``pubbias_svalue(yi, vi, q = 0.5, model_type = "fixed")``. It prints a negative ratio where
    there is none.
    """
    assert worst_case_bias(FOUR, threshold=0.5).s_value_estimate == printed(11.25)
    assert worst_case_bias(FOUR).s_value_estimate is None


def test_the_s_value_of_a_limit_puts_the_limit_on_the_threshold() -> None:
    """It is 1 where the uncorrected limit is there already: 1.525 ± 3.182 / 2 for the four trials."""
    strong = pooled([4.0, 3.5, 1.0, -0.4], model="common")
    found = worst_case_bias(strong)
    assert found.s_value_ci is not None
    again = worst_case_bias(strong, selection_ratio=[found.s_value_ci]).corrected[0]
    assert again.ci_low == pytest.approx(0.0, abs=1e-12)
    assert worst_case_bias(FOUR).s_value_ci == 1.0


def test_robust_errors_of_equal_trials_are_those_of_a_t_test() -> None:
    """Without selection and with equal variances: s² / k and k − 1 degrees of freedom."""
    found = worst_case_bias(FOUR, model="robust").uncorrected
    mean = 6.1 / 4.0
    squares = sum((y - mean) ** 2 for y in (3.0, 2.5, 1.0, -0.4))
    assert found.estimate == printed(mean)
    assert found.se == printed(math.sqrt(squares / 3.0 / 4.0))
    assert found.df == printed(3.0)


def test_favoured_results_may_be_negative() -> None:
    found = worst_case_bias(pooled([-3.0, -2.5, -1.0, 0.4], model="common"), threshold=-0.5)
    assert found.favours == "negative"
    assert (found.worst.estimate, found.s_value_estimate) == (printed(-0.3), printed(11.25))
    with pytest.raises(MethodError, match="already beyond the threshold"):
        worst_case_bias(FOUR, favours="negative", alpha=0.9)
    assert "against-the-estimate" in codes(
        worst_case_bias(FOUR, favours="negative", alpha=0.9, threshold=2.0)
    )


def test_the_significance_funnel_marks_the_affirmative_trials() -> None:
    rows = significance_funnel(FOUR)
    assert rows.slope == printed(1.959964)
    assert (rows.all_trials, rows.nonaffirmative) == (printed(6.1 / 4.0), printed(0.3))
    assert rows.tidy()["affirmative"] == [True, True, False, False]
    json.dumps(rows.to_dict(), allow_nan=False)


def test_what_cannot_be_bounded_is_refused() -> None:
    with pytest.raises(DataError, match="no affirmative trials"):
        worst_case_bias(pooled([0.1, 0.2, 0.3]))
    with pytest.raises(DataError, match="no non-affirmative trials"):
        worst_case_bias(pooled([5.0, 6.0, 7.0]))
    with pytest.raises(DataError, match="need 3"):
        worst_case_bias(pooled([5.0, 0.0]))
    with pytest.raises(MethodError, match="from 1"):
        worst_case_bias(FOUR, selection_ratio=[0.5])
    with pytest.raises(MethodError, match="model='robust'"):
        worst_case_bias(FOUR, cluster=["a", "a", "b", "b"])
    with pytest.raises(MethodError, match="must be a number"):
        worst_case_bias(FOUR, threshold=math.nan)


ONE = pooled([float(-special.ndtri(0.005)), 0.1, -0.3])
"""One significant result with p = 0.01."""


def test_a_p_curve_of_one_result_by_hand() -> None:
    """p = 0.01 is the lowest fifth of significant p-values, and two fifths of those below 0.025.

    The scores are Φ⁻¹(0.2) and Φ⁻¹(0.4); one of one p-value in the lower half has p = 1/2. The power
    of the trial is not to be told from that of the level: Stouffer's sum of one is zero where half
    of the significant results would be more extreme.
    """
    found = p_curve(ONE)
    assert (found.k, found.rows) == (1, (0,))
    assert (found.full.skew, found.full.skew_p) == (printed(-0.841621), printed(0.2))
    assert (found.half.skew, found.half.skew_p) == (printed(-0.253347), printed(0.4))
    assert found.binomial_skew_p == printed(0.5)
    assert found.observed == (1.0, 0.0, 0.0, 0.0, 0.0)
    assert sum(found.expected) == printed(1.0)
    assert not found.evidential


def test_a_p_curve_is_evidential_by_the_half_curve_alone_or_both() -> None:
    """Half below 0.05, or full and half below 0.1; Simonsohn and others 2015."""
    strong = p_curve(pooled([4.0, 3.5, 3.8, 0.2]))
    assert strong.evidential
    assert not strong.inadequate
    flat = p_curve(pooled([2.0, 2.02, 1.99, 1.98, 2.01, 2.03, 0.1], model="common"))
    assert flat.inadequate
    assert flat.power == printed(0.05)
    assert "evidential value is inadequate or absent" in str(flat)


def test_p_curve_power_is_where_stouffers_sum_is_zero() -> None:
    """One result of z = 2.5758 at power w: P(|Z| ≥ 2.5758) is w / 2 there."""
    low, high = 0.0, 5.0
    for _ in range(80):
        shift = 0.5 * (low + high)
        closer = _power(shift, 2.5758293035489) < 0.5 * _power(shift, 1.95996398454005)
        low, high = (shift, high) if closer else (low, shift)
    assert p_curve(ONE).power == pytest.approx(_power(low, 1.95996398454005), rel=1e-10)


def _power(shift: float, critical: float) -> float:
    return float(special.ndtr(shift - critical) + special.ndtr(-shift - critical))


def test_p_uniform_halves_the_conditional_chance_of_one_result() -> None:
    """P: the chance of a larger significant result is 1/2; LNP: it is 1/e; R: ``puniform(yi, vi)``."""
    z = float(-special.ndtri(0.005))
    chances: dict[Any, float] = {"P": 0.5, "LNP": math.exp(-1.0)}
    for method, chance in chances.items():
        found = p_uniform(ONE, method)
        ratio = special.ndtr(found.estimate - z) / special.ndtr(found.estimate - 1.959963984540054)
        assert ratio == pytest.approx(chance, rel=1e-12)
        assert found.p_effect == printed(0.2)
        assert found.ci_low < found.estimate < found.ci_high


def test_p_uniform_says_when_p_values_are_too_high() -> None:
    found = p_uniform(pooled([2.0, 2.02, 1.99, 0.1], model="common"))
    assert found.estimate < 0.0
    assert "p-values-high" in codes(found)


def test_p_uniform_star_needs_a_maximum() -> None:
    """All results just significant: the likelihood rises with ever larger variances; none exists.

    R gives ``NA``, or the end of the range it searched.
    """
    with pytest.raises(MethodError, match="keeps rising"):
        p_uniform_star(pooled([1.97, 2.6, 4.5, 9.0, 20.0], model="common"))


def test_p_uniform_star_ignores_how_often_either_kind_is_published() -> None:
    """Doubling the trials that are not significant moves the mean of all, far more than this one."""
    kept = [2.9, 2.4, 3.4, 2.1]
    dropped = [0.8, 1.5, 1.1, 0.4]
    one = p_uniform_star(pooled(kept + dropped))
    two = p_uniform_star(pooled(kept + dropped + dropped))
    plain = [pooled(kept + dropped * n).estimate for n in (1, 2)]
    assert abs(one.estimate - two.estimate) < 0.6 * abs(plain[0] - plain[1])


def test_p_uniform_star_carries_its_certificate() -> None:
    """Both derivatives are zero at the maximum; at the boundary that in τ² is not above zero."""
    inside = p_uniform_star(pooled([6.0, 2.4, 3.4, 0.3, -2.0, 1.2, 4.0]))
    assert not inside.at_boundary
    assert list(inside.score) == pytest.approx([0.0, 0.0], abs=1e-10)
    border = p_uniform_star(pooled([2.9, 2.4, 3.4, 2.1, 0.8, 1.5, 1.1, 0.4]))
    assert border.at_boundary
    assert border.tau2 == 0.0
    assert border.score[1] <= 0.0


@pytest.mark.parametrize("call", [p_curve, p_uniform, p_uniform_star, worst_case_bias])
def test_results_are_strict_json_and_say_their_cautions(call: Any) -> None:
    found = call(pooled([3.0, 2.5, 1.0, -0.4, 2.2], [1.0, 1.1, 1.0, 0.9, 1.0]))
    data = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert data["schema_version"] == "1.0"
    assert "Caution:" in str(found)


@pytest.mark.parametrize("call", [p_curve, p_uniform])
def test_nothing_significant_is_an_error(call: Any) -> None:
    with pytest.raises(DataError, match="no trial is significant"):
        call(pooled([0.1, 0.2, 0.3]))


@pytest.mark.parametrize("call", [p_curve, p_uniform, p_uniform_star, worst_case_bias])
def test_single_groups_have_no_favoured_direction(call: Any) -> None:
    single = eq.pool(eq.effect_sizes("PLO", events=[3, 5, 9], n=[30, 40, 60]))
    with pytest.raises(MethodError, match="no effect"):
        call(single)
    with pytest.raises(MethodError, match="favours cannot be"):
        call(FOUR, favours="up")
