"""Designs: crossover trials, clusters, changes from baseline, and trials of several arms."""

from __future__ import annotations

import math
from typing import Any

import pytest

from equipoise.errors import MethodError
from equipoise.stats.effects.arms import combine_arms, split_shared_control
from equipoise.stats.effects.change_scores import (
    change_score_effects,
    change_sd,
    implied_correlation,
)
from equipoise.stats.effects.cluster_counts import cluster_ratio_effects
from equipoise.stats.effects.clusters import cluster_adjust
from equipoise.stats.effects.combining import combine_effects
from equipoise.stats.effects.crossover import crossover_effects
from equipoise.stats.effects.effect_sizes import effect_sizes
from equipoise.stats.pooling import pool
from spec.manual import printed, table

# The example of the Cochrane Handbook, 23.2.7.3: two treatments, ten people.
HANDBOOK: dict[str, Any] = {
    "mean_1": [7.0], "sd_1": [2.38], "mean_2": [6.5], "sd_2": [2.21], "n": [10],
}  # fmt: skip


# Crossover trials: means ----------------------------------------------------------------------


def test_a_crossover_trial_with_an_assumed_correlation() -> None:
    """SD of differences √(2.38² + 2.21² − 2 × 0.68 × 2.38 × 2.21) = 1.8426; SE 1.8426 / √10 = 0.583.

    Cochrane Handbook 23.2.7.3. R: ``escalc("MC", m1i=7, m2i=6.5, sd1i=2.38, sd2i=2.21, ri=.68, ni=10)``.
    """
    trials = crossover_effects("MD", **HANDBOOK, assumed_r=0.68)
    assert trials.yi[0] == printed(0.5, 12)
    assert trials.sei[0] == printed(0.583, 3)
    assert trials.columns["sd_difference"][0] == printed(1.8426, 4)
    assert [note.code for note in trials.notes] == ["paired-assumed-r"]


def test_a_crossover_trial_with_the_sd_of_differences() -> None:
    """2 / √10 = 0.632. Cochrane Handbook 23.2.7.3. The correlation follows: (5.6644 + 4.8841 − 4) / 10.5196."""
    trials = crossover_effects("MD", **HANDBOOK, sd_difference=[2.0])
    assert trials.sei[0] == printed(0.632, 3)
    assert trials.columns["r"][0] == printed((5.6644 + 4.8841 - 4.0) / 10.5196, 12)


def test_treating_a_crossover_trial_as_parallel_is_a_correlation_of_zero() -> None:
    """√(2.38² / 10 + 2.21² / 10): the standard error of two groups of ten other people."""
    paired = crossover_effects("MD", **HANDBOOK, assumed_r=0.0)
    parallel = effect_sizes(
        "MD", mean_1=[7], sd_1=[2.38], n_1=[10], mean_2=[6.5], sd_2=[2.21], n_2=[10]
    )
    assert paired.sei[0] == printed(float(parallel.sei[0]), 14)


def test_the_standardised_difference_of_the_handbook() -> None:
    """0.5 / √((2.38² + 2.21²) / 2) = 0.218; SE √(1/10 + 0.218²/20) × √(2 × 0.32) = 0.256.

    Cochrane Handbook 23.2.7.3.
    """
    trials = crossover_effects("SMD", **HANDBOOK, r=[0.68], smd_formula="handbook")
    assert trials.yi[0] == printed(0.218, 3)
    assert trials.sei[0] == printed(0.256, 3)


def test_the_standardised_difference_by_cousineau() -> None:
    """m = 2 × 9 / (1 + 0.68²) = 12.309; J(m) × 0.2177; 0.64/10 + g² × 1.4624/40.

    R: ``escalc("SMCRP", m1i=7, m2i=6.5, sd1i=2.38, sd2i=2.21, ri=.68, ni=10)``.
    """
    trials = crossover_effects("SMD", **HANDBOOK, r=[0.68])
    m = 18 / 1.4624
    j = math.gamma(m / 2) / (math.sqrt(m / 2) * math.gamma((m - 1) / 2))
    g = j * 0.5 / math.sqrt((2.38**2 + 2.21**2) / 2)
    assert trials.yi[0] == printed(g, 12)
    assert trials.vi[0] == printed(0.064 + g * g * 1.4624 / 40, 12)


def test_the_first_way_that_a_row_allows_gives_its_standard_error() -> None:
    """SE as reported; 95% CI of t with 9 df, ± 2.262157 SE; SD/√n; d/t; |t| of p = 0.05 is 2.262157."""
    rows = table("""
        study    | estimate | se  | ci_low     | ci_high   | sd_difference | t   | p    | n
        error    |      0.6 | 0.3 |            |           |               |     |      | 10
        interval |      0.6 |     |  -0.078647 |  1.278647 |               |     |      | 10
        spread   |      0.6 |     |            |           |      0.948683 |     |      | 10
        test     |      0.6 |     |            |           |               | 2.0 |      | 10
        value    | 0.678647 |     |            |           |               |     | 0.05 | 10
    """)
    trials = crossover_effects("MD", **rows)
    assert list(trials.sei) == printed([0.3] * 5)
    codes = [note.code for note in trials.notes]
    assert codes == ["paired-se", "paired-ci", "paired-sd", "paired-t", "paired-p"]


def test_the_sd_within_a_treatment_from_that_of_the_differences() -> None:
    """s = s_d / √(2 (1 − r)) = 2 / √0.64 = 2.5, and d = 0.5 / 2.5. Cochrane Handbook 23.2.7.2."""
    trials = crossover_effects(
        "SMD", estimate=[0.5], sd_difference=[2.0], n=[10], r=[0.68], smd_formula="handbook"
    )
    assert trials.yi[0] == printed(0.2, 12)
    assert "sd-inferred" in [note.code for note in trials.notes]


def test_the_first_period_is_a_parallel_trial() -> None:
    """5 − 4 with 9/12 + 4/13: the first period, also where the pairs are known but not wanted."""
    first: dict[str, Any] = {
        "first_mean_1": [5], "first_sd_1": [3], "first_n_1": [12],
        "first_mean_2": [4], "first_sd_2": [2], "first_n_2": [13],
    }  # fmt: skip
    trials = crossover_effects("MD", **HANDBOOK, r=[0.5], **first, analysis="first-period")
    assert trials.yi[0] == printed(1.0, 12)
    assert trials.vi[0] == printed(9 / 12 + 4 / 13, 12)
    assert crossover_effects("MD", **HANDBOOK, r=[0.5], **first).yi[0] == printed(0.5, 12)


def test_an_impossible_correlation_shows_a_number_that_is_not_what_it_was_taken_for() -> None:
    """An SD of differences of 6 with SDs near 2.3 would need r = −2.42: the row is refused."""
    trials = crossover_effects("MD", **HANDBOOK, sd_difference=[6.0])
    assert trials.k == 0
    assert "imply a correlation of -2.42" in (trials.reasons[0] or "")


def test_a_ratio_of_means_of_the_same_people() -> None:
    """log(8/5) + ½ (0.0625 − 0.16)/20; variance (0.0625 + 0.16 − 2 × 0.5 × 0.25 × 0.4)/20.

    R: the variance is that of ``escalc("ROMC")``, the estimate that of ``escalc("ROM")`` with n in
    each arm.
    """
    trials = crossover_effects(
        "ROM", mean_1=[8], sd_1=[2], mean_2=[5], sd_2=[2], n=[20], r=[0.5]
    )  # fmt: skip
    assert trials.yi[0] == printed(math.log(1.6) + (0.0625 - 0.16) / 40, 12)
    assert trials.vi[0] == printed((0.0625 + 0.16 - 0.1) / 20, 12)


# Crossover trials: events ---------------------------------------------------------------------

PAIRS: dict[str, Any] = {"both": [9], "only_1": [5], "only_2": [3], "neither": [8]}


@pytest.mark.parametrize(("measure", "paired"), [("RD", "MPRD"), ("RR", "MPRR"), ("OR", "MPOR")])
def test_marginal_effects_of_pairs(measure: Any, paired: Any) -> None:
    """Those of ``escalc("MPRD")``, ``escalc("MPRR")`` and, by Becker and Balagtas, ``escalc("MPOR")``."""
    ours, known = crossover_effects(measure, **PAIRS), effect_sizes(paired, **PAIRS)
    assert ours.yi[0] == printed(float(known.yi[0]), 13)
    assert ours.vi[0] == printed(float(known.vi[0]), 13)


def test_the_odds_ratio_from_margins_and_a_correlation() -> None:
    """14 and 12 of 25: φ of the pairs is (9 × 8 − 5 × 3)/√(14 × 11 × 12 × 13) = 0.3677.

    Becker and Balagtas (1993): Woolf's variance less 2 φ / (n √(p₁q₁p₂q₂)).
    """
    phi = 57 / math.sqrt(14 * 11 * 12 * 13)
    trials = crossover_effects("OR", events_1=[14], events_2=[12], n=[25], r=[phi])
    less = 2 * phi * 25 / math.sqrt(14 * 11 * 12 * 13)
    assert trials.vi[0] == printed(1 / 14 + 1 / 11 + 1 / 12 + 1 / 13 - less, 12)
    assert trials.vi[0] == printed(float(crossover_effects("OR", **PAIRS).vi[0]), 12)


def test_the_zero_cell_correction_of_pairs_is_that_of_a_parallel_trial() -> None:
    """A quarter to each count of pairs: each margin gets a half, as in a parallel trial with 0/20, 4/20.

    ``escalc("MPOR", to="only0")`` adds a half to each count of pairs and so one to each margin.
    """
    trials = crossover_effects("OR", both=[0], only_1=[0], only_2=[4], neither=[16])
    parallel = effect_sizes("OR", events_1=[0], n_1=[20], events_2=[4], n_2=[20])
    assert trials.yi[0] == printed(float(parallel.yi[0]), 13)


def test_an_empty_count_of_pairs_is_no_empty_cell() -> None:
    """No person with an event under both treatments: the margins 5/20 and 4/20 need no correction."""
    trials = crossover_effects("OR", both=[0], only_1=[5], only_2=[4], neither=[11])
    assert trials.yi[0] == printed(math.log(5 / 15) - math.log(4 / 16), 12)


def test_risks_confine_the_correlation() -> None:
    """3 and 15 of 20: at most (0.15 − 0.1125)/√(0.1275 × 0.1875) = 0.2425. Fréchet's bound."""
    trials = crossover_effects("OR", events_1=[3], events_2=[15], n=[20], assumed_r=0.4)
    assert trials.k == 0
    assert "between -0.728 and 0.243" in (trials.reasons[0] or "")
    assert crossover_effects("OR", events_1=[3], events_2=[15], n=[20], assumed_r=0.24).k == 1


# Cluster trials -------------------------------------------------------------------------------


def test_the_handbooks_cluster_trial() -> None:
    """M = (295 + 330)/(10 + 11) = 29.8; 1 + (29.8 − 1) × 0.02 = 1.576.

    63/295 and 84/330 become 40/187 and 53/209. Cochrane Handbook 23.1.4 (rounded there).
    """
    trials = cluster_adjust(
        "RR", events_1=[63], n_1=[295], events_2=[84], n_2=[330], clusters_1=[10], clusters_2=[11],
        icc=[0.02], rounding="nearest",
    )  # fmt: skip
    assert trials.columns["design_effect"][0] == printed(1.5752, 4)
    shown = [trials.columns[name][0] for name in ("events_1", "n_1", "events_2", "n_2")]
    assert shown == [40, 187, 53, 209]
    assert trials.columns["observed_n_1"][0] == 295


def test_unequal_clusters_know_less() -> None:
    """1 + ((1 + 0.5²) × 20 − 1) × 0.05 = 2.2, where equal clusters of 20 have 1.95.

    Eldridge, Ashby and Kerry (2006).
    """
    trials = cluster_adjust(
        "MD", mean_1=[5], sd_1=[2], n_1=[100], mean_2=[4], sd_2=[2], n_2=[100],
        cluster_size=[20], cv=[0.5], assumed_icc=0.05,
    )  # fmt: skip
    assert trials.columns["design_effect"][0] == printed(2.2, 12)
    assert trials.vi[0] == printed(0.08 * 2.2, 12)


@pytest.mark.parametrize("measure", ["MD", "OR", "RR", "RD"])
def test_both_approaches_agree_where_the_variance_is_inverse_to_size(measure: Any) -> None:
    """Dividing people by the design effect multiplies the variance by it."""
    arms: dict[str, Any] = (
        {"mean_1": [5], "sd_1": [2], "n_1": [100], "mean_2": [4], "sd_2": [2], "n_2": [90]}
        if measure == "MD"
        else {"events_1": [30], "n_1": [100], "events_2": [40], "n_2": [90]}
    )
    divided = cluster_adjust(measure, **arms, cluster_size=[20], icc=[0.05])
    inflated = cluster_adjust(
        measure, **arms, cluster_size=[20], icc=[0.05], approach="inflate-variance"
    )
    assert divided.yi[0] == printed(float(inflated.yi[0]), 13)
    assert divided.vi[0] == printed(float(inflated.vi[0]), 13)


def test_an_estimate_keeps_its_value_and_its_error_grows() -> None:
    """0.2 × √1.95. Cochrane Handbook 23.1.5."""
    trials = cluster_adjust("HR", estimate=[-0.3], se=[0.2], cluster_size=[20], icc=[0.05])
    assert trials.yi[0] == -0.3
    assert trials.sei[0] == printed(0.2 * math.sqrt(1.95), 12)


def test_the_ratio_estimator() -> None:
    """Arm 1: 1/10 and 3/10. p = 0.2; Σ (x − n p)² = 2; 2/1 × 2/400 = 0.01 against 0.16/20 = 0.008: 1.25.

    Arm 2: 4/10 and 8/10: p = 0.6; 2 × 8/400 = 0.04 against 0.012: 3.333. The variance of the risk
    difference is the sum 0.05. Rao and Scott (1992).
    """
    clusters = table("""
        study | arm | events | n
        A     |   1 |      1 | 10
        A     |   1 |      3 | 10
        A     |   2 |      4 | 10
        A     |   2 |      8 | 10
    """)
    trials = cluster_ratio_effects("RD", **clusters)
    assert trials.columns["design_effect_1"][0] == printed(1.25, 12)
    assert trials.columns["n_2"][0] == printed(6.0, 12)
    assert trials.yi[0] == printed(-0.4, 12)
    assert trials.vi[0] == printed(0.05, 12)


# Changes from baseline ------------------------------------------------------------------------


def test_the_sd_of_changes() -> None:
    """√(100 + 64 − 2 × 0.5 × 80) = √84, and back: (100 + 64 − 84)/160 = 0.5. Cochrane Handbook 6.5.2.8."""
    assert change_sd(sd_baseline=[10], sd_final=[8], r=[0.5])[0] == printed(math.sqrt(84), 12)
    assert implied_correlation(sd_1=[10], sd_2=[8], sd_difference=[84**0.5])[0] == printed(0.5, 12)


def test_changes_and_final_values_in_one_table() -> None:
    """−4 and −6 + 2 = −4: one trial's changes, another's final values, on one scale.

    Variances 84/50 + 84/50 and 64/50 + 64/50. Cochrane Handbook 10.5.2.
    """
    trials = change_score_effects("MD", **MIXED, assumed_r=0.5)
    assert list(trials.yi) == printed([-4.0, -4.0], 12)
    assert list(trials.vi) == printed([3.36, 2.56], 12)
    codes = [note.code for note in trials.notes]
    assert codes == ["change-assumed-r", "final-values", "changes-and-final-values"]


MIXED = table("""
    study | n_1 | n_2 | baseline_sd_1 | baseline_sd_2 | final_sd_1 | final_sd_2 | change_mean_1 | change_mean_2 | final_mean_1 | final_mean_2
    A     |  50 |  50 |            10 |            10 |          8 |          8 |            -6 |            -2 |              |
    B     |  50 |  50 |               |               |          8 |          8 |               |               |           20 |           24
""")


def test_standardised_changes_and_final_values_do_not_mix() -> None:
    """−4/√84 and −4/8 are in different units. Cochrane Handbook 10.5.2."""
    with pytest.raises(MethodError, match="different units"):
        change_score_effects("SMD", **MIXED, assumed_r=0.5)


def test_standardised_changes_in_units_of_final_values() -> None:
    """J(98) × −4/8 for both; the changes' variance is 3.36/64 + g²/200."""
    trials = change_score_effects("SMD", **MIXED, assumed_r=0.5, standardiser="final")
    j = math.exp(math.lgamma(49) - math.lgamma(48.5)) / 7
    assert list(trials.yi) == printed([-j / 2] * 2, 12)
    assert list(trials.vi) == printed([3.36 / 64 + j**2 / 800, 0.04 + j**2 / 800], 12)


# Several arms ---------------------------------------------------------------------------------


def test_combining_arms_is_as_if_there_had_been_one() -> None:
    """n = 20, mean 5; (9 × 4 + 9 × 4 + 10 × 1 + 10 × 1)/19 = 92/19. Cochrane Handbook 6.5.2.10."""
    one = combine_arms(
        study=["A", "A"], group=["drug", "drug"], mean=[4, 6], sd=[2, 2], n=[10, 10]
    )  # fmt: skip
    assert one["mean"] == [5.0]
    assert one["sd"] == printed([math.sqrt(92 / 19)], 12)
    assert one["n"] == [20.0]


def test_splitting_a_shared_control() -> None:
    """15/45 shared by two comparisons: 7.5/22.5 each, or 8/22 in whole numbers."""
    rows: dict[str, Any] = {
        "study": ["A", "A", "B"], "events_1": [4, 6, 5], "n_1": [40, 44, 30],
        "events_2": [15, 15, 9], "n_2": [45, 45, 31],
    }  # fmt: skip
    exact = split_shared_control(**rows)
    assert exact["events_2"] == [7.5, 7.5, 9.0]
    assert exact["n_2"] == [22.5, 22.5, 31.0]
    assert split_shared_control(**rows, rounding="nearest")["n_2"] == [22.0, 22.0, 31.0]
    trials = effect_sizes("RR", **{name: exact[name] for name in rows})
    assert trials.yi[0] == printed(math.log(4 / 40) - math.log(15 / 45), 12)


# All together ---------------------------------------------------------------------------------


def test_designs_are_pooled_together() -> None:
    """A parallel, a crossover and a cluster trial, each with the variance its design gives it.

    Variances 0.16, 0.08 and 0.32; estimates 1, 1.2 and 0.4; weights 2, 4 and 1 over 7 parts:
    (2 × 1 + 4 × 1.2 + 0.4)/7.
    """
    parallel = effect_sizes("MD", mean_1=[5], sd_1=[2], n_1=[50], mean_2=[4], sd_2=[2], n_2=[50])
    crossover = crossover_effects(
        "MD", mean_1=[5.2], sd_1=[2], mean_2=[4], sd_2=[2], n=[50], r=[0.5]
    )
    cluster = cluster_adjust(
        "MD", mean_1=[4.4], sd_1=[2], n_1=[50], mean_2=[4], sd_2=[2], n_2=[50],
        cluster_size=[21], icc=[0.05],
    )  # fmt: skip
    trials = combine_effects(parallel, crossover, cluster)
    assert list(trials.vi) == printed([0.16, 0.08, 0.32], 12)
    fit = pool(trials, model="common")
    assert fit.estimate == printed((2 * 1 + 4 * 1.2 + 0.4) / 7, 12)
    assert [note.rows for note in trials.notes] == [(1,), (2,)]


def test_every_row_says_which_way_it_took() -> None:
    """``explain()`` says what was computed and what it supposes; combined tables keep it."""
    paired = crossover_effects("MD", **HANDBOOK, assumed_r=0.68)
    told = effect_sizes("MD", mean_1=[5], sd_1=[2], n_1=[50], mean_2=[4], sd_2=[2], n_2=[50])
    both = combine_effects(told, paired)
    assert both.route == (*told.route, "paired-assumed-r")
    assert "an assumed correlation of a person's outcomes" in both.explain()
