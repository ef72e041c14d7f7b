"""Routes: what a trial printed, and the effect size it leads to.

A row takes the first way it is complete for. Every number here can be checked with a pocket
calculator and a table of quantiles; the R calls are `metafor::conv.wald`, `conv.fivenum`, `conv.2x2`
and `escalc` with ``ti``, ``pi``, ``di``.
"""

from __future__ import annotations

import math
from typing import Any

import pytest
from scipy import special

import equipoise.stats as eq
from equipoise.stats.effects.delta_method import delta_method
from spec.manual import printed, table

ARMS = table("""
    study | mean_1 | sd_1 | n_1 | mean_2 | sd_2 | n_2
    A     |     12 |    2 |  10 |     10 |    2 |  10
""")
Z975 = 1.959963984540054
T18 = 2.10092204024096


def test_standard_deviation_from_the_standard_error_of_a_mean() -> None:
    """SD = SE √n = 0.5 × √16 = 2; Cochrane Handbook 6.5.2.2."""
    trials = eq.effect_sizes("MD", mean_1=[5], se_1=[0.5], n_1=[16], mean_2=[4], sd_2=[2], n_2=[16])
    assert trials.columns["sd_1"][0] == printed(2.0, 12)
    assert trials.vi[0] == printed(4 / 16 + 4 / 16, 12)
    assert trials.route == ("means-se+means",)


def test_standard_deviation_from_the_interval_of_a_mean() -> None:
    """SD = √25 × (34.2 − 30.0) / (2 × 2.0639) = 5.0875 with 24 degrees of freedom; Handbook 6.5.2.2.

    With ``mean_ci="normal"`` the divisor is 2 × 1.96. The mean is the middle where it was not reported.
    """
    columns: dict[str, Any] = {"mean_ci_low": [30.0], "mean_ci_high": [34.2], "n": [25]}
    student = eq.effect_sizes("MN", **columns)
    assert student.yi[0] == printed(32.1, 12)
    assert student.columns["sd"][0] == printed(5 * 4.2 / (2 * 2.0638986), 5)
    normal = eq.effect_sizes("MN", **columns, mean_ci="normal")
    assert normal.columns["sd"][0] == printed(5 * 4.2 / (2 * Z975), 10)
    assert student.route == normal.route == ("means-ci",)


def test_standard_deviation_from_t_p_error_or_interval_of_the_difference() -> None:
    """Four ways to say one thing: difference 3.8, SE 1.5, sizes 25 and 22; Handbook 6.5.2.3.

    SD = 1.5 / √(1/25 + 1/22) = 5.13 in both arms.
    """
    se, df = 1.5, 45.0
    t = 3.8 / se
    half = special.stdtrit(df, 0.975) * se
    ways: dict[str, Any] = {
        "means-md-se": {"se": [se]},
        "means-md-ci": {"ci_low": [3.8 - half], "ci_high": [3.8 + half]},
        "means-t": {"t": [t]},
        "means-p": {"p": [2 * special.stdtr(df, -t)]},
    }
    for code, column in ways.items():
        trials = eq.effect_sizes("SMD", mean_1=[13.8], n_1=[25], mean_2=[10], n_2=[22], **column)
        assert trials.route == (code,)
        assert trials.columns["sd_1"][0] == pytest.approx(se / math.sqrt(1 / 25 + 1 / 22), rel=1e-9)
        assert trials.columns["sd_2"][0] == trials.columns["sd_1"][0]


def test_an_effect_in_standard_deviations_from_a_test() -> None:
    """d = 1 with ten an arm is t = √5, F = 5, g = 0.957646 and r = 0.4663; each leads to that d.

    R: ``escalc("SMD", ti=, n1i=, n2i=)``; the point-biserial r is t / √(t² + 18).
    """
    arms = eq.effect_sizes("SMD", **ARMS)
    t = math.sqrt(5)
    ways: dict[str, Any] = {
        "t-statistic": {"t": [t]},
        "f-statistic": {"f": [5.0], "sign": [1]},
        "d": {"d": [1.0]},
        "g": {"g": [float(arms.yi[0])]},
        "point-biserial": {"r": [t / math.sqrt(t * t + 18)]},
        "p-value": {"p": [2 * special.stdtr(18.0, -t)], "sign": [1]},
    }
    for code, column in ways.items():
        trials = eq.effect_sizes("SMD", n_1=[10], n_2=[10], **column)
        assert trials.route == (code,)
        assert trials.yi[0] == pytest.approx(arms.yi[0], rel=1e-12)
        assert trials.vi[0] == pytest.approx(arms.vi[0], rel=1e-12)


def test_a_mean_difference_with_its_interval_uses_student_where_sizes_are_known() -> None:
    """Half-width 2.1009 × 0.5 with 18 degrees of freedom gives SE 0.5; without sizes z gives 0.536."""
    half = T18 * 0.5
    columns: dict[str, Any] = {"estimate": [2.0], "ci_low": [2 - half], "ci_high": [2 + half]}
    known = eq.effect_sizes("MD", **columns, n_1=[10], n_2=[10])
    unknown = eq.effect_sizes("MD", **columns)
    assert known.sei[0] == printed(0.5, 9)
    assert unknown.sei[0] == printed(half / Z975, 9)


def test_a_ratio_on_the_natural_scale() -> None:
    """HR 0.80 (0.64 to 1.00): SE = (0 − ln 0.64) / (2 × 1.96) = 0.113851. R: ``conv.wald(transf=log)``."""
    trials = eq.effect_sizes("HR", estimate=[0.8], ci_low=[0.64], ci_high=[1.0], scale="natural")
    assert trials.yi[0] == printed(math.log(0.8), 12)
    assert trials.sei[0] == printed(0.113851)
    assert trials.columns["estimate"][0] == 0.8


def test_a_ratio_with_its_p_value() -> None:
    """ln 0.8 = −0.223144 with p = 0.05: SE = 0.223144 / 1.96 = 0.113851; Handbook 6.3.2."""
    trials = eq.effect_sizes("RR", estimate=[math.log(0.8)], p=[0.05])
    assert trials.sei[0] == printed(-math.log(0.8) / Z975, 10)


def test_a_hazard_ratio_from_a_log_rank_test() -> None:
    """p = 0.05 with 100 events: V = 25, O − E = −1.96 × 5, ln HR = −0.391993, SE = 0.2.

    With 40 and 60 events by arm V = 40 × 60 / 100 = 24; with 300 and 100 people V = 100 × 3/16.
    Parmar, Torri and Stewart (1998).
    """
    p: dict[str, Any] = {"p": [0.05], "sign": [-1]}
    equal = eq.effect_sizes("HR", **p, events_total=[100])
    assert equal.yi[0] == printed(-0.391993)
    assert equal.vi[0] == printed(0.04, 12)
    by_arm = eq.effect_sizes("HR", **p, events_1=[40], events_2=[60])
    assert by_arm.vi[0] == printed(1 / 24, 12)
    sizes = eq.effect_sizes("HR", **p, events_total=[100], n_1=[300], n_2=[100])
    assert sizes.vi[0] == printed(16 / 300, 12)
    assert by_arm.columns["variance"][0] == printed(24.0, 10)


def test_a_correlation_from_its_t() -> None:
    """r = t / √(t² + n − 2) = 3 / √(9 + 27) = 0.5; with two covariates df is 25."""
    assert eq.effect_sizes("COR", t=[3.0], n=[29]).yi[0] == printed(0.5, 12)
    partial = eq.effect_sizes("PCOR", t=[3.0], n=[29], covariates=[2])
    assert partial.yi[0] == printed(3 / math.sqrt(34), 12)


def test_a_table_from_its_margins_and_an_odds_ratio() -> None:
    """Two arms of 20, 18 events in all and an odds ratio of 3.5: only 12 against 6 fits.

    a (n₂ − m + a) = ψ (n₁ − a)(m − a) with a = 12, n₁ = n₂ = 20, m = 18: ψ = 12 × 14 / (8 × 6) = 3.5.
    R: ``conv.2x2(ori=, ni=, n1i=, n2i=)``.
    """
    trials = eq.effect_sizes("OR", odds_ratio=[3.5], n_1=[20], n_2=[20], events_total=[18])
    assert trials.columns["events_1"].tolist() == [12.0]
    assert trials.columns["events_2"].tolist() == [6.0]
    assert trials.yi[0] == printed(math.log(3.5), 12)
    assert trials.notes == ()


def test_a_table_from_chi_square_with_and_without_yates() -> None:
    """12/20 against 6/20: ad − bc = 120; χ² = 40 × 120² / (20 × 20 × 18 × 22) = 3.636364.

    With Yates' correction (120 − 20)² takes the place of 120²: 2.525253.
    """
    margins: dict[str, Any] = {"sign": [1], "n_1": [20], "n_2": [20], "events_total": [18]}
    plain = eq.effect_sizes("RR", chi2=[40 * 120**2 / 158400], **margins)
    yates = eq.effect_sizes("RR", chi2=[40 * 100**2 / 158400], **margins, yates=True)
    phi = eq.effect_sizes(
        "RR", phi=[120 / math.sqrt(158400)], n_1=[20], n_2=[20], events_total=[18]
    )
    for trials in (plain, yates, phi):
        assert trials.columns["events_1"].tolist() == [12.0]
        assert trials.yi[0] == printed(math.log(2), 12)


def test_a_table_from_the_accuracy_of_a_test() -> None:
    """Sensitivity 0.9 and specificity 0.8 in 100 people, 40 of them ill: 36, 4, 12, 48.

    Prevalence 0.4, a positive predictive value of 36/48 and a negative one of 48/52 all say the same.
    """
    accuracy: dict[str, Any] = {"sensitivity": [0.9], "specificity": [0.8], "n": [100]}
    others: list[dict[str, Any]] = [
        {"prevalence": [0.4]}, {"ppv": [36 / 48]}, {"npv": [48 / 52]},
    ]  # fmt: skip
    for more in others:
        trials = eq.effect_sizes("OR", **accuracy, **more)
        counts = [trials.columns[n][0] for n in ("events_1", "n_1", "events_2", "n_2")]
        assert counts == [36.0, 40.0, 12.0, 60.0]


def test_rounded_counts_are_noted() -> None:
    """A sensitivity of 0.86 among 7 is 6.02 people; more than 0.01 from a whole one is noted."""
    trials = eq.effect_sizes("OR", sensitivity=[0.86], specificity=[0.8], n_1=[7], n_2=[10])
    assert trials.columns["events_1"][0] == 6.0
    assert [(note.code, note.rows) for note in trials.notes] == [("table-rounded", (0,))]


def test_the_first_complete_way_wins_and_is_recorded() -> None:
    """Means before tests: the t of row 1 is not used. The way is in ``route`` and in ``explain()``."""
    trials = eq.effect_sizes(
        "SMD", study=["A", "B"], mean_1=[12, None], sd_1=[2, None], n_1=[10, 10],
        mean_2=[10, None], sd_2=[2, None], n_2=[10, 10], t=[9.0, 2.0],
    )  # fmt: skip
    assert trials.route == ("means", "t-statistic")
    assert trials.yi[0] == eq.effect_sizes("SMD", **ARMS).yi[0]
    assert trials.tidy()["route"] == ["means", "t-statistic"]
    assert "B: t-statistic\n  d = t √(1/n1 + 1/n2)" in trials.explain()


def test_large_effects_are_questioned() -> None:
    """d = 5: with 100 an arm the "SDs" look like standard errors (d would be 0.5); with 4 they do not."""
    trials = eq.effect_sizes(
        "MD", mean_1=[10, 10], sd_1=[1, 1], n_1=[100, 4], mean_2=[5, 5], sd_2=[1, 1], n_2=[100, 4]
    )
    assert [(note.code, note.rows) for note in trials.notes] == [
        ("se-as-sd", (0,)),
        ("implausible-d", (1,)),
    ]


def test_the_delta_method() -> None:
    """Var exp(y) ≈ exp(2y) v; of second order the estimate loses ½ exp(y) v. R: ``conv.delta``.

    A product of independent estimates 2 (variance 0.1) and 3 (0.2): 9 × 0.1 + 4 × 0.2 = 1.7.
    """
    done = delta_method(math.exp, [0.5], [0.04], order=2)
    assert done.estimate[0] == printed(math.exp(0.5) * (1 - 0.02), 9)
    assert done.variance[0] == printed(math.e * (0.04 + 0.04**2 / 2), 9)
    product = delta_method(lambda x: x[0] * x[1], [2, 3], [[0.1, 0], [0, 0.2]])
    assert product.variance[0] == printed(1.7, 9)
