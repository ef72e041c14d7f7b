"""What a mean would be without small-study effects, by five rules; none of them the last word.

Four trials in two groups of one size each: a weighted line goes through the two group means.
"""

from __future__ import annotations

import json
import math
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest

import equipoise as eq
from equipoise.errors import MethodError
from equipoise.stats.small_studies.doi_plot import lfk_index
from equipoise.stats.small_studies.limit_meta import limit_meta_analysis
from equipoise.stats.small_studies.pet_peese import pet_peese
from equipoise.stats.small_studies.weighted_averages import uwls, waap_wls
from spec.manual import printed


def pooled(estimate: list[float], se: list[float], **options: Any) -> Any:
    options = {"ci": "wald", "tau2_ci": "none"} | options
    return eq.pool(eq.effect_sizes("GENERIC", estimate=estimate, se=se), **options)


def codes(result: Any) -> set[str]:
    return {note.code for note in result.caution}


FOUR = pooled([0.0, 2.0, 4.0, 8.0], [1.0, 1.0, 2.0, 2.0])
ROOT7 = math.sqrt(7.0)
LIMITS = pooled([0.0, 2.0, 4.0, 8.0], [ROOT7, ROOT7, 4.0, 4.0], tau2=9.0)
"""With τ² = 9 the total standard deviations are 4 and 5, and τ = 3."""


def test_the_expectation_of_a_trial_without_error() -> None:
    """The line on √(v + τ²) goes through 1 at 4 and 6 at 5: α = 5, β = -19; at τ = 3 it is at -4.

    That is twice the first mean less the second: its variance is 4 · 16/2 + 25/2 = 44.5.
    R: ``limitmeta(metagen(yi, sei, ...))`` at this τ².
    """
    found = limit_meta_analysis(LIMITS)
    assert (found.bias, found.intercept) == (printed(5.0), printed(-19.0))
    assert (found.estimate, found.se) == (printed(-4.0), printed(math.sqrt(44.5)))
    assert found.p == printed(math.erfc(4.0 / math.sqrt(89.0)))


def test_the_limits_of_the_trials() -> None:
    """They are drawn to -19 by 3/4 and 3/5: -4.75, -3.25 and -5.2, -2.8, both groups about -4.

    Their mean and their line therefore are at -4. The mean's variance is 1/(2/7 + 2/16); the line's
    intercept is (4 m₁ - √7 m₂)/(4 - √7), with the variance (16 · 7/2 + 7 · 16/2)/(4 - √7)².
    """
    found = limit_meta_analysis(LIMITS, "mulim")
    assert list(found.shrunken) == printed([-4.75, -3.25, -5.2, -2.8])
    assert (found.estimate, found.se) == (printed(-4.0), printed(math.sqrt(56.0 / 23.0)))
    line = limit_meta_analysis(LIMITS, "betalim")
    assert (line.estimate, line.se) == (printed(-4.0), printed(math.sqrt(112.0) / (4.0 - ROOT7)))
    assert found.tidy()["limit"] == list(found.shrunken)


def test_the_test_of_small_study_effects_splits_q() -> None:
    """About the line 2/7 + 8/16 = 11/14 is left on 2 df; the line takes 25/(7/2 + 16/2) = 50/23.

    G² is what the line leaves of the limits' radial plot: 1.125/7 + 2.88/16 of the spread of
    -4.75/√7, -3.25/√7, -1.3 and -0.7.
    """
    found = limit_meta_analysis(LIMITS)
    assert (found.q_residual, found.q_residual_df) == (printed(11.0 / 14.0), 2)
    assert found.q_residual_p == printed(math.exp(-11.0 / 28.0))
    assert found.q_small == printed(50.0 / 23.0)
    assert found.q_small_p == printed(math.erfc(math.sqrt(25.0 / 23.0)))
    heights = [-4.75 / ROOT7, -3.25 / ROOT7, -1.3, -0.7]
    middle = sum(heights) / 4.0
    spread = sum((height - middle) ** 2 for height in heights)
    assert found.g2 == printed(100.0 * (1.125 / 7.0 + 0.18) / spread)


def test_limit_meta_analysis_without_heterogeneity_is_pet() -> None:
    """At τ² = 0 the line is that on the standard error; its errors are those of known variances."""
    fit = pooled([0.0, 2.0, 4.0, 8.0], [1.0, 1.0, 2.0, 2.0], tau2=0.0)
    found = limit_meta_analysis(fit)
    assert (found.estimate, found.se) == (printed(-4.0), printed(2.0))
    assert list(found.shrunken) == printed([-4.0] * 4)
    assert found.g2 == printed(0.0)
    assert "no-heterogeneity" in codes(found)
    with pytest.raises(MethodError, match="pool with model='random'"):
        limit_meta_analysis(pooled([0.0, 1.0, 3.0], [1.0, 2.0, 3.0], model="common"))


def test_pet_stands_where_it_finds_no_effect() -> None:
    """PET is -4 with √8, the common mean 2: t = -√2 is tested above zero, p = ½ + √2/(2 · 2).

    R: ``summary(lm(yi ~ sei, weights = 1/vi))``.
    """
    found = pet_peese(FOUR)
    assert (found.chosen, found.estimate) == ("PET", printed(-4.0))
    assert (found.statistic, found.alternative) == (printed(-math.sqrt(2.0)), "greater")
    assert found.p == printed(0.5 + math.sqrt(2.0) / 4.0)
    assert found.peese.estimate == printed(-2.0 / 3.0)
    assert pet_peese(FOUR, alternative="less").p == printed(0.5 - math.sqrt(2.0) / 4.0)
    assert pet_peese(FOUR, alternative="two-sided").p == printed(1.0 - math.sqrt(2.0) / 2.0)
    assert found.slope_p == FOUR.asymmetry().p


def test_peese_stands_where_pet_finds_an_effect() -> None:
    """Both groups about 6: PET is 6 with √8, t = 6/√8, p = ½ - t/(2√(2 + t²)) = 0.084.

    Below the 10 percent of Stanley 2017, above 5 percent. With 5, 7 and -5, -7 mirrored nothing
    changes but the side.
    """
    values = [5.0, 7.0, 4.0, 8.0]
    found = pet_peese(pooled(values, [1.0, 1.0, 2.0, 2.0]))
    assert found.p == printed(0.5 - (6.0 / math.sqrt(8.0)) / (2.0 * math.sqrt(6.5)))
    assert (found.chosen, found.estimate) == ("PEESE", printed(6.0))
    assert pet_peese(pooled(values, [1.0, 1.0, 2.0, 2.0]), alpha=0.05).chosen == "PET"
    mirror = pet_peese(pooled([-y for y in values], [1.0, 1.0, 2.0, 2.0]))
    assert (mirror.chosen, mirror.alternative, mirror.p) == ("PEESE", "less", printed(found.p))


def test_a_perfect_line_has_no_error() -> None:
    """Effects of 1 + se: PET is 1 and rejects whatever is not zero; through zero it does not."""
    assert pet_peese(pooled([2.0, 3.0, 4.0], [1.0, 2.0, 3.0])).pet.estimate == printed(1.0)
    text = json.dumps(pet_peese(pooled([2.0, 3.0, 4.0], [1.0, 2.0, 3.0])).to_dict())
    assert "Infinity" not in text
    assert "NaN" not in text


def test_unrestricted_weighted_least_squares() -> None:
    """Weights 1, 1, ¼, ¼: mean 5/2.5 = 2; Q = 4 + 0 + 1 + 9 = 14 over 3: variance (1/2.5) · 14/3.

    R: ``summary(lm(yi ~ 1, weights = 1/vi))``.
    """
    found = uwls(FOUR)
    assert (found.estimate, found.df) == (printed(2.0), 3)
    assert found.birge == printed(math.sqrt(14.0 / 3.0))
    assert found.se == printed(math.sqrt(0.4 * 14.0 / 3.0))
    assert found.statistic == printed(2.0 / math.sqrt(0.4 * 14.0 / 3.0))


def test_the_mean_of_the_adequately_powered_trials() -> None:
    """3, 5 with error 1 and 0, 0 with 4: the mean is 8/2.125, and over 2.8 it is 1.34.

    The first two are powered: mean 4, Q = 2 on 1 df, variance ½ · 2, t = 4.
    """
    found = waap_wls(pooled([3.0, 5.0, 0.0, 0.0], [1.0, 1.0, 4.0, 4.0]))
    assert found.threshold == printed(8.0 / 2.125 / 2.8)
    assert found.powered == (True, True, False, False)
    assert found.chosen is found.waap
    assert found.waap is not None
    assert (found.waap.estimate, found.waap.se) == (printed(4.0), printed(1.0))
    assert (found.waap.df, found.waap.statistic) == (1, printed(4.0))
    assert "depends-on-mean" in codes(found)


def test_with_fewer_than_two_powered_trials_all_stand() -> None:
    """The mean of 2 over 2.8 is 0.71, and no standard error is that small."""
    found = waap_wls(FOUR)
    assert (found.waap, found.chosen.name, found.chosen.estimate) == (None, "UWLS", printed(2.0))
    assert "no-powered-trials" in codes(found)


def test_the_lfk_index_by_hand() -> None:
    """Three equal trials have the weights 100: middles 50, 150, 250 less ½, over 300.

    Their normal quantiles z are nearly symmetric. The second trial is the tip; the effects -1, 0, 1
    on the scale of z sum to zero, so that the index is 5/6 Σz. With -1, 0, 4 the middle stays the
    tip and the scaled effects sum to 3/5 of the range of z.
    R: ``lfkindex(yi, sei)``.
    """
    quantile = NormalDist().inv_cdf
    z = [quantile(middle / 300.0) for middle in (49.5, 149.5, 249.5)]
    even = lfk_index(pooled([-1.0, 0.0, 1.0], [1.0] * 3, model="common"))
    assert even.index == printed(5.0 / 6.0 * sum(z))
    assert even.verdict == "no"
    odd = lfk_index(pooled([4.0, -1.0, 0.0], [1.0] * 3, model="common"))
    assert odd.index == printed(5.0 / 6.0 * (sum(z) + 0.6 * (z[2] - z[0])))
    assert [point.study for point in odd.points] == ["2", "3", "1"]
    assert [point.tip for point in odd.points] == [False, True, False]
    assert odd.tidy()["abs_z"] == printed([abs(value) for value in z])
    assert "not-a-test" in codes(odd)
    with pytest.raises(MethodError, match="needs effects that differ"):
        lfk_index(pooled([1.0, 1.0, 1.0], [1.0, 2.0, 3.0], model="common"))


def test_results_read_as_sentences_and_say_when_not_to_use_them() -> None:
    limit = limit_meta_analysis(LIMITS)
    assert str(limit).split("\n")[0] == (
        "Limit meta-analysis: expectation of a trial without sampling error (beta0)"
    )
    assert "  Test of small-study effects: Q = 2.17 (1 df), p = 0.140" in str(limit)
    pet = pet_peese(FOUR)
    assert str(pet).split("\n")[1].endswith("p = 0.854 (one-sided, above 0), not below 0.1")
    assert {"extrapolated", "few-trials", "unreliable"} <= codes(pet)
    assert "  Adequately powered (SE at most 0.71): 0 of 4 trials" in str(waap_wls(FOUR))
    assert "Unrestricted weighted least squares (UWLS)" in str(uwls(FOUR))
    index = lfk_index(FOUR)
    assert "2.47 (major asymmetry by its authors' limits of 1 and 2" in str(index)
    results = (limit, pet, waap_wls(FOUR), uwls(FOUR), index)
    kinds = [json.loads(json.dumps(r.to_dict(), allow_nan=False))["kind"] for r in results]
    assert kinds == [
        "limit-meta-analysis", "pet-peese", "waap-wls", "weighted-average", "lfk-index",
    ]  # fmt: skip


def test_ratios_are_shown_as_ratios_and_single_groups_are_not_tested() -> None:
    effects = eq.effect_sizes(
        "OR", events_1=[3, 6, 12], n_1=[20, 50, 90], events_2=[6, 9, 15], n_2=[20, 50, 90]
    )
    fit = eq.pool(effects)
    found = limit_meta_analysis(fit)
    assert f"{math.exp(found.estimate):.2f} (" in str(found)
    assert found.tidy()["effect_limit"] == printed(np.exp(found.shrunken).tolist())
    for result in (found, pet_peese(fit)):
        assert "se-follows-effect" in codes(result)
    risks = eq.pool(eq.effect_sizes("PLO", events=[3, 5, 9], n=[10, 20, 30]))
    assert limit_meta_analysis(risks).p is None
    assert uwls(risks).p is None
    for adjust in (pet_peese, waap_wls):
        with pytest.raises(MethodError, match="needs a value of no effect"):
            adjust(risks)
