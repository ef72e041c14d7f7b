"""Tables in strata: is there any association, and is the odds ratio the same in all?"""

from __future__ import annotations

import math

import equipoise.stats as eq
from equipoise.stats.stratified import stratified_tests
from spec.manual import printed, table

TRIALS = table("""
    study | events_1 | n_1 | events_2 | n_2
    A     |        3 |  10 |        6 |  10
    B     |        5 |  10 |        7 |  10
""")


def test_association_by_the_hypergeometric_variance() -> None:
    """A: 9 events of 20, so E = 4.5 and V = 10 · 10 · 9 · 11 / (20² · 19) = 9900 / 7600.

    B: 12 of 20, E = 6 and V = 9600 / 7600. The sum of a is 8, 2.5 below the sum of E:
    6.25 / (19500 / 7600) = 2.435897. R: ``rma.mh(..., measure="OR", correct=FALSE)``.
    """
    found = stratified_tests(eq.effect_sizes("OR", **TRIALS))
    assert found.cmh is not None
    assert found.cmh.statistic == printed(6.25 * 7600 / 19500, 12)
    assert found.cmh.p == printed(math.erfc(math.sqrt(found.cmh.statistic / 2)), 12)


def test_continuity_correction_takes_a_half_from_the_distance() -> None:
    """2² instead of 2.5². R: ``rma.mh(..., measure="OR")``, whose default it is."""
    found = stratified_tests(eq.effect_sizes("OR", **TRIALS))
    assert found.cmh_corrected is not None
    assert found.cmh_corrected.statistic == printed(4 * 7600 / 19500, 12)


def test_continuity_correction_stops_at_no_distance() -> None:
    """5 of 10 against 5 of 10: no distance, and none is made. R's ``rma.mh`` gives 0.25 / V here."""
    trials = eq.effect_sizes("OR", events_1=[5], n_1=[10], events_2=[5], n_2=[10])
    found = stratified_tests(trials)
    assert found.cmh_corrected is not None
    assert found.cmh_corrected.statistic == 0.0


def test_equal_odds_ratios_are_homogeneous() -> None:
    """Both tables have the odds ratio 4: nothing to explain. R: ``rma.mh(measure="OR")$BD``."""
    trials = eq.effect_sizes("OR", events_1=[20, 40], n_1=[30, 60], events_2=[10, 20], n_2=[30, 60])
    found = stratified_tests(trials)
    assert found.odds_ratio == printed(4.0, 12)
    assert found.breslow_day is not None
    assert found.breslow_day.statistic == printed(0.0, 12)
    assert found.breslow_day.df == 1


def test_breslow_and_day_compare_with_the_common_odds_ratio() -> None:
    """Opposite tables have the common odds ratio 1, so that E is half of the events in each.

    A: a = 8 of 10, c = 2 of 10; B the reverse. E = 5, each of the four cells is 5, V = 5/4:
    2 · 3² / 1.25 = 14.4 with 1 df. The distances sum to zero: Tarone takes nothing away.
    """
    trials = eq.effect_sizes("OR", events_1=[8, 2], n_1=[10, 10], events_2=[2, 8], n_2=[10, 10])
    found = stratified_tests(trials)
    assert found.breslow_day is not None
    assert found.tarone is not None
    assert found.breslow_day.statistic == printed(14.4, 9)
    assert found.tarone.statistic == printed(14.4, 9)


def test_tables_without_information_do_not_count() -> None:
    """No events, or nothing but events: two of four tables, 1 df. R counts ``k.pos`` likewise."""
    trials = eq.effect_sizes(
        "OR", events_1=[8, 2, 0, 9], n_1=[10, 10, 10, 9], events_2=[2, 8, 0, 9], n_2=[10, 10, 10, 9]
    )
    found = stratified_tests(trials)
    assert (found.k, found.informative) == (4, 2)
    assert found.breslow_day is not None
    assert found.breslow_day.df == 1
    assert found.notes[0].rows == (2, 3)


def test_exact_test_of_one_table_is_fishers() -> None:
    """The lady tasting tea: 3 of 4 against 1 of 4 has p = 34 / 70.

    The conditional odds ratio ψ makes 3 the expected count, when x events have a chance in proportion
    to (1, 16, 36, 16, 1) ψˣ. R: ``fisher.test(matrix(c(3, 1, 1, 3), 2))``, whose root finder stops at
    6.40831.
    """
    trials = eq.effect_sizes("OR", events_1=[3], n_1=[4], events_2=[1], n_2=[4])
    found = stratified_tests(trials)
    assert found.exact_p == printed(34 / 70, 12)
    psi = found.exact_odds_ratio
    assert psi is not None
    assert psi == printed(6.40832, 5)
    expected = 16 * psi + 2 * 36 * psi**2 + 3 * 16 * psi**3 + 4 * psi**4
    total = 1 + 16 * psi + 36 * psi**2 + 16 * psi**3 + psi**4
    assert expected / total == printed(3.0, 12)


def test_exact_limits_leave_a_fortieth_on_either_side() -> None:
    """At the lower limit the observed 3 or more has probability 0.025, at the upper 3 or fewer."""
    trials = eq.effect_sizes("OR", events_1=[3], n_1=[4], events_2=[1], n_2=[4])
    found = stratified_tests(trials)
    counts = (1, 16, 36, 16, 1)
    assert found.exact_ci_low is not None
    assert found.exact_ci_high is not None
    at_low = [c * found.exact_ci_low**x for x, c in enumerate(counts)]
    at_high = [c * found.exact_ci_high**x for x, c in enumerate(counts)]
    assert sum(at_low[3:]) / sum(at_low) == printed(0.025, 12)
    assert sum(at_high[:4]) / sum(at_high) == printed(0.025, 12)


def test_no_events_in_an_arm_of_any_trial() -> None:
    """The odds ratio is zero, its upper limit is not: the test stands, homogeneity does not."""
    trials = eq.effect_sizes("OR", events_1=[0, 0], n_1=[10, 10], events_2=[3, 4], n_2=[10, 10])
    found = stratified_tests(trials)
    assert found.odds_ratio == 0.0
    assert found.exact_odds_ratio == 0.0
    assert found.exact_ci_low == 0.0
    assert 0.0 < (found.exact_ci_high or 0.0) < 1.0
    assert found.breslow_day is None
    assert [note.code for note in found.notes] == ["no-homogeneity-test"]
