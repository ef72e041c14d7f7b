"""Moderators: regression of effects on what is known of the trials.

Trials weigh one over their variance and the residual τ². Tests and intervals are Knapp and Hartung's
unless told otherwise, by t with k − p degrees of freedom.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import equipoise.stats as eq
from equipoise.errors import ConvergenceError, MethodError
from equipoise.stats.moderators.contrasts import likelihood_ratio
from equipoise.stats.moderators.credibility import subgroup_credibility
from equipoise.stats.moderators.location_scale import location_scale
from equipoise.stats.moderators.meta_regression import meta_regression
from equipoise.stats.moderators.multimodel import multimodel
from spec.manual import printed

formulas = pytest.importorskip("formulaic", reason="formulas need the extra equipoise[formula]")

# Doses 0, 1, 2, 3 and effects that a line does not meet; all variances are one.
DOSE = [0.0, 1.0, 2.0, 3.0]
TRIALS = eq.effect_sizes("GENERIC", estimate=[0.0, 5.0, 1.0, 10.0], se=[1.0] * 4)
GROUPS = {"drug": ["a", "a", "b", "b"], "dose": DOSE}


def test_a_line_through_four_trials() -> None:
    """Equal weights, so the line is that of least squares: mean 4, slope 13 / 5, intercept 0.1.

    Squares left: (−0.1)² + 2.3² + (−4.3)² + 2.1² = 28.2 = QE on 2 df. By DerSimonian and Laird and
    REML alike τ² = 28.2 / 2 − 1 = 13.1, and Knapp and Hartung's factor is then one: the slope has
    variance 14.1 / 5. R: ``rma(yi, vi, mods = ~ dose, test = "knha")``.
    """
    estimators: list[Any] = ["DL", "REML", "PM", "HE"]
    for tau2 in estimators:
        fit = meta_regression(TRIALS, "~ dose", data=GROUPS, tau2=tau2)
        intercept, slope = fit.coefficients
        assert [intercept.estimate, slope.estimate] == [printed(0.1), printed(2.6)]
        assert fit.q == printed(28.2)
        assert fit.tau2 == printed(13.1)
        assert slope.se == printed(math.sqrt(14.1 / 5.0))
        assert slope.df == 2.0


def test_what_the_moderator_explains() -> None:
    """Without dose the squares are 62 around 4, so τ² = 62 / 3 − 1 = 59 / 3.

    R² = (59/3 − 13.1) / (59/3) = 19.7 / 59 in percent; I² = 13.1 / 14.1; H² = 14.1 (the typical
    variance within is one).
    """
    fit = meta_regression(TRIALS, DOSE, names=["dose"])
    assert fit.tau2_without == printed(59.0 / 3.0)
    assert fit.r2 == printed(100.0 * 19.7 / 59.0)
    assert fit.i2 == printed(100.0 * 13.1 / 14.1)
    assert fit.h2 == printed(14.1)


def test_r2_is_cut_at_zero() -> None:
    """A moderator that explains nothing costs a degree of freedom, which raises τ²."""
    fit = meta_regression(TRIALS, [1.0, -1.0, -1.0, 1.0])
    assert fit.tau2 is not None
    assert fit.tau2_without is not None
    assert fit.tau2 > fit.tau2_without
    assert fit.r2 == 0.0


def test_the_omnibus_test_is_the_square_for_one_coefficient() -> None:
    """F = t² with Knapp and Hartung, chi-squared = z² with Wald: 2.6² · 5 / 14.1 both here."""
    expected = 2.6**2 * 5.0 / 14.1
    by_f = meta_regression(TRIALS, DOSE).omnibus
    wald = meta_regression(TRIALS, DOSE, ci="wald").omnibus
    assert by_f is not None
    assert wald is not None
    assert [by_f.statistic, wald.statistic] == [printed(expected), printed(expected)]
    assert (by_f.df, by_f.df2, wald.df2) == (1, 2.0, None)
    assert wald.p == printed(math.erfc(math.sqrt(expected / 2.0)), 9)


def test_prediction_at_a_dose() -> None:
    """At the mean dose 1.5 the mean effect is 4 with variance 14.1 / 4; a new trial adds τ².

    The t quantile on 2 df is 4.302653. R: ``predict(fit, newmods = 1.5)``.
    """
    found = meta_regression(TRIALS, "~ dose", data=GROUPS).predict({"dose": 1.5})
    row = found.rows[0]
    assert row.estimate == printed(4.0)
    assert row.ci_high == printed(4.0 + 4.30265273 * math.sqrt(14.1 / 4.0), 5)
    assert found.pi_high[0] == printed(4.0 + 4.30265273 * math.sqrt(14.1 / 4.0 + 13.1), 5)


def test_groups_are_coded_against_the_first() -> None:
    """Means 2.5 of a and 5.5 of b; squares left 12.5 + 40.5 = 53, τ² = 53 / 2 − 1 = 25.5.

    R: ``rma(yi, vi, mods = ~ drug)``.
    """
    fit = meta_regression(TRIALS, "~ drug", data=GROUPS)
    assert [row.name for row in fit.coefficients] == ["intercept", "drug[T.b]"]
    assert [row.estimate for row in fit.coefficients] == [printed(2.5), printed(3.0)]
    assert fit.tau2 == printed(25.5)


def test_marginal_means_of_groups() -> None:
    """Without other moderators they are the groups' means, 2.5 and 5.5, and their difference 3.

    All groups alike weigh (2.5 + 5.5) / 2; R: ``emmeans(emmprep(fit), ~ drug)``.
    """
    fit = meta_regression(TRIALS, "~ drug", data=GROUPS)
    means = fit.marginal_means("drug")
    assert [row.estimate for row in means.rows] == [printed(2.5), printed(5.5)]
    assert means.pairs().rows[0].estimate == printed(3.0)
    assert fit.marginal_means().rows[0].estimate == printed(4.0)


def test_marginal_means_by_number_of_trials() -> None:
    """Three trials of a (mean 2) and one of b (10): alike 6, by number (3 · 2 + 10) / 4 = 4."""
    fit = meta_regression(TRIALS, "~ drug", data={"drug": ["a", "a", "a", "b"]})
    assert fit.marginal_means().rows[0].estimate == printed(6.0)
    assert fit.marginal_means(weights="proportional").rows[0].estimate == printed(4.0)


def test_a_trial_whose_moderator_is_missing_is_left_out_and_named() -> None:
    fit = meta_regression(TRIALS, "~ dose", data={"dose": [0.0, None, 2.0, 3.0]})
    assert fit.k == 3
    assert fit.matrix.dropped == ((1, "dose not known"),)
    note = next(note for note in fit.notes if note.code == "moderator-missing")
    assert note.rows == (1,)
    assert "dose not known" in note.text


def test_columns_that_go_together_are_refused_by_name() -> None:
    data = GROUPS | {"double": [0.0, 2.0, 4.0, 6.0]}
    with pytest.raises(MethodError, match="double is a combination of dose"):
        meta_regression(TRIALS, "~ dose + double", data=data)


def test_as_many_coefficients_as_trials_are_refused() -> None:
    with pytest.raises(MethodError, match="4 trials cannot carry 4 coefficients"):
        meta_regression(TRIALS, "~ dose * drug", data=GROUPS)


def test_likelihood_ratio_needs_maximum_likelihood() -> None:
    """With all variances v + τ² = s the ML fit has s = RSS / 4: the ratio is 4 log(62 / 28.2).

    REML likelihoods of other moderators are of other data. R: ``anova(fit1, fit2)``.
    """
    larger = meta_regression(TRIALS, DOSE, tau2="ML")
    smaller = meta_regression(TRIALS, None, tau2="ML")
    found = likelihood_ratio(larger, smaller)
    assert found.statistic == printed(4.0 * math.log(62.0 / 28.2))
    assert found.df == 1
    with pytest.raises(MethodError, match="tau2='ML'"):
        likelihood_ratio(meta_regression(TRIALS, DOSE), meta_regression(TRIALS, None))


def test_criteria_count_tau2() -> None:
    """Log-likelihood −2 log(2π s) − 2 with s = 28.2 / 4, three parameters, four trials.

    AIC = −2 l + 6. AICc has max(k, q + 2) = 5 in place of 4 trials: 6 · 5 / (5 − 3 − 1) = 30. R:
    ``fitstats(fit)``.
    """
    ml = meta_regression(TRIALS, DOSE, tau2="ML").ml
    value = -2.0 * math.log(2.0 * math.pi * 28.2 / 4.0) - 2.0
    assert ml.log_likelihood == printed(value)
    assert ml.parameters == 3
    assert ml.aic == printed(-2.0 * value + 6.0)
    assert ml.bic == printed(-2.0 * value + 3.0 * math.log(4.0))
    assert ml.aicc == printed(-2.0 * value + 30.0)


def test_inflation_of_two_columns() -> None:
    """Columns with correlation r (equal weights): VIF = 1 / (1 − r²).

    Doses 0, 1, 2, 3 and ages 0, 2, 1, 3 have correlation 4 / 5: VIF = 1 / 0.36. R: ``vif(fit)``.
    """
    trials = eq.effect_sizes("GENERIC", estimate=[0.0, 5.0, 1.0, 10.0], se=[1.0] * 4)
    found = meta_regression(trials, np.array([DOSE, [0.0, 2.0, 1.0, 3.0]]).T).vif()
    assert [row.vif for row in found.rows] == [printed(1.0 / 0.36), printed(1.0 / 0.36)]


def test_permutation_of_all_orders() -> None:
    """Effects 0, 1, 2, 9 on doses 0, 1, 2, 3: of 24 orders two are as extreme, itself and reversed.

    R: ``permutest(fit, exact = TRUE)``.
    """
    trials = eq.effect_sizes("GENERIC", estimate=[0.0, 1.0, 2.0, 9.0], se=[1.0] * 4)
    found = meta_regression(trials, DOSE, ci="wald").permute()
    assert found.exact
    assert found.permutations == 24
    assert found.rows[1].p == printed(2.0 / 24.0)


def test_two_groups_with_one_variance() -> None:
    """Groups of 0, 2 and 4, 6 with variances one: squares within 2 + 2, τ² = 4 / 2 − 1 = 1.

    Means 1 and 5 with variance (1 + 1) / 2 each: Q = 16 / 2 = 8, and F is the same on 1 and 2 df,
    for Knapp and Hartung's factor is one. R: ``rma(yi, vi, mods = ~ group)``.
    """
    trials = eq.effect_sizes("GENERIC", estimate=[0.0, 2.0, 4.0, 6.0], se=[1.0] * 4)
    found = eq.subgroups(trials, ["a", "a", "b", "b"], common_tau2=True)
    assert found.common is not None
    assert found.common.tau2 == printed(1.0)
    assert found.q == printed(8.0)
    assert found.p == printed(math.erfc(2.0), 9)
    assert found.common.f is not None
    assert [found.common.f.statistic, found.common.f.df2] == [printed(8.0), 2.0]
    assert [fit.tau2 for _, fit in found.levels if fit is not None] == [1.0, 1.0]


def test_location_scale_with_groups_of_their_own() -> None:
    """Two groups with a mean and a variance each are two meta-analyses: τ² = 2 − 1 and 8 − 1.

    Effects 0, 2 (sample variance 2) and 3, 7 (8), variances one, REML. Log link: log 1 = 0 and
    log 7. R: ``rma(yi, vi, mods = ~ group, scale = ~ 0 + group)``.
    """
    trials = eq.effect_sizes("GENERIC", estimate=[0.0, 2.0, 3.0, 7.0], se=[1.0] * 4)
    data = {"group": ["a", "a", "b", "b"]}
    fit = location_scale(trials, "~ group", "~ 0 + group", data=data)
    assert [row.estimate for row in fit.scale] == [printed(0.0), printed(math.log(7.0))]
    identity = location_scale(trials, "~ group", "~ 0 + group", data=data, link="identity")
    assert [row.estimate for row in identity.scale] == [printed(1.0), printed(7.0)]


def test_location_scale_without_heterogeneity_has_no_logarithm() -> None:
    """Group a agrees exactly, so its log τ² has no estimate; the identity link says zero."""
    trials = eq.effect_sizes("GENERIC", estimate=[1.0, 1.0, 3.0, 7.0], se=[1.0] * 4)
    data = {"group": ["a", "a", "b", "b"]}
    with pytest.raises(ConvergenceError, match="link='identity'"):
        location_scale(trials, "~ group", "~ 0 + group", data=data)
    fit = location_scale(trials, "~ group", "~ 0 + group", data=data, link="identity")
    assert [row.estimate for row in fit.scale] == [printed(0.0), printed(7.0)]
    assert any(note.code == "scale-boundary" for note in fit.notes)


def test_an_interaction_enters_only_with_its_main_effects() -> None:
    """1, a, b, a + b, a + b + a:b: five models, not eight."""
    trials = eq.effect_sizes("GENERIC", estimate=[0.0, 5.0, 1.0, 10.0, 3.0, 2.0, 4.0], se=[1.0] * 7)
    data = {"a": [0, 1, 2, 3, 4, 5, 6], "b": [1, 0, 1, 0, 0, 1, 1]}
    found = multimodel(trials, "~ a * b", data=data)
    assert len(found.models) == 5
    assert sum(model.weight for model in found.models) == printed(1.0)


def test_credibility_of_a_subgroup_claim() -> None:
    """ICEMAN: aggregate data compare trials; two in the smallest group are very few; p decides 5.

    Between two groups of two trials Q = 8, F = 8 on 1 and 2 df, p = 0.106: chance explains it.
    """
    trials = eq.effect_sizes("GENERIC", estimate=[0.0, 2.0, 4.0, 6.0], se=[1.0] * 4)
    groups = ["a", "a", "b", "b"]
    found = subgroup_credibility(eq.subgroups(trials, groups, common_tau2=True))
    answers = {item.number: item.answer for item in found.items}
    assert answers[1] == "definitely no"
    assert answers[3] == "definitely no"
    assert answers[5] == "definitely no"
    assert answers[7] == "definitely yes"
    assert found.open == (4, 6, 8)
    told = subgroup_credibility(
        eq.subgroups(trials, groups, ci="wald", common_tau2=True),
        direction_anticipated="definitely yes",
        modifiers_tested=2,
        continuous=False,
    )
    assert told.open == ()
    assert {item.number: item.answer for item in told.items}[5] == "definitely yes"
    assert {item.number: item.answer for item in told.items}[6] == "probably yes"
