"""Further measures: associations, spreads, correlations, single groups, pairs and reliability.

Each paragraph gives small data and the numbers worked out by hand; ``docs/statistics/effect-sizes.md``
has every formula with its reference.
"""

from __future__ import annotations

import math
from typing import Any

import pytest

import equipoise.stats as eq
from equipoise.errors import MethodError
from spec.manual import printed, table

TABLE = table("""
    events_1 | n_1 | events_2 | n_2
    12       |  20 |        6 |  20
""")
GROUPS = table("""
    mean_1 | sd_1 | n_1 | mean_2 | sd_2 | n_2
        12 |    3 |  10 |     10 |    4 |  20
""")
TWICE = table("""
    mean_1 | sd_1 | mean_2 | sd_2 | r   | n
        12 |    3 |     10 |    4 | 0.5 | 20
""")
PAIRS = table("""
    both | only_1 | only_2 | neither
      20 |     10 |      5 |      15
""")


def values(measure: Any, columns: dict[str, Any], **options: Any) -> tuple[float, float]:
    trials = eq.effect_sizes(measure, **columns, **options)
    return float(trials.yi[0]), float(trials.vi[0])


def j(df: int) -> float:
    """Hedges' exact factor."""
    return math.gamma(df / 2) / (math.sqrt(df / 2) * math.gamma((df - 1) / 2))


# Two-by-two tables ----------------------------------------------------------------------------


def test_arcsine_difference() -> None:
    """arcsin √0.6 − arcsin √0.3; variance 1/80 + 1/80. R: ``escalc("AS", ...)``."""
    assert values("AS", TABLE) == (printed(0.306437), printed(0.025))


def test_arcsine_difference_keeps_trials_without_events() -> None:
    """It needs no correction, and a trial without events speaks for no difference.

    Rücker and others (2009), doi:10.1002/sim.3511.
    """
    trials = eq.effect_sizes("AS", events_1=[0], n_1=[20], events_2=[0], n_2=[50])
    assert trials.yi[0] == 0
    assert trials.vi[0] == printed(1 / 80 + 1 / 200, 12)
    assert trials.notes == ()


def test_phi_coefficient() -> None:
    """(12 × 14 − 8 × 6) / √(20 × 20 × 18 × 22) = 1/√11. R: ``escalc("PHI", ...)``.

    The rows are of one size, which leaves (1 − 1/11 − ¾ × 1/11 × 0.1² / 0.2475) / 40.
    """
    yi, vi = values("PHI", TABLE)
    assert yi == printed(1 / math.sqrt(11), 12)
    assert vi == printed((10 / 11 - 0.75 / 11 * 0.01 / 0.2475) / 40, 12)


def test_yules_q_and_y() -> None:
    """The odds ratio is 3.5 and Σ 1/cell 75/168: Q = 2.5/4.5, Y = (√3.5 − 1)/(√3.5 + 1).

    R: ``escalc("YUQ", ...)``, ``escalc("YUY", ...)``.
    """
    assert values("YUQ", TABLE) == (printed(5 / 9, 12), printed((56 / 81) ** 2 * 75 / 672, 12))
    y = (math.sqrt(3.5) - 1) / (math.sqrt(3.5) + 1)
    assert values("YUY", TABLE) == (printed(y, 12), printed((1 - y**2) ** 2 * 75 / 168 / 16, 12))


def test_tetrachoric_correlation() -> None:
    """Cut at both medians, a / n = ¼ + arcsin(r) / 2π: 0.3 gives r = sin 18°.

    Each threshold's slope is ½, which leaves 0.06 × 4π² (1 − r²) / 100.
    R: ``escalc("RTET", ai=30, bi=20, ci=20, di=30)``.
    """
    columns = {"events_1": [30], "n_1": [50], "events_2": [20], "n_2": [50]}
    r = math.sin(math.pi / 10)
    yi, vi = values("RTET", columns)
    assert yi == printed(r, 12)
    assert vi == printed(0.06 * 4 * math.pi**2 * (1 - r * r) / 100, 12)


def test_fisher_z_of_other_correlations() -> None:
    """artanh r with variance vi / (1 − r²)²: z does not steady their variance, unlike Pearson's."""
    phi, variance = values("PHI", TABLE)
    assert values("ZPHI", TABLE) == (
        printed(math.atanh(phi), 12),
        printed(variance / (1 - phi**2) ** 2, 12),
    )


def test_standardised_differences_from_a_table() -> None:
    """log 3.5 over 1.65 or π/√3; or Φ⁻¹(0.6) − Φ⁻¹(0.3). R: ``OR2DN``, ``OR2DL``, ``PBIT``."""
    log_or, variance = math.log(3.5), 75 / 168
    assert values("OR2DN", TABLE) == (printed(log_or / 1.65, 12), printed(variance / 1.65**2, 12))
    scale = math.pi / math.sqrt(3)
    assert values("OR2DL", TABLE) == (printed(log_or / scale, 12), printed(variance / scale**2, 12))
    assert values("OR2D", TABLE) == values("OR2DL", TABLE)
    assert values("PBIT", TABLE) == (printed(0.777748), printed(0.167252))


# Two groups' means ----------------------------------------------------------------------------


def test_difference_over_the_average_variance() -> None:
    """2 / √12.5, corrected with 28 degrees of freedom. R: ``escalc("SMDH", ...)``."""
    yi = j(28) * 2 / math.sqrt(12.5)
    vi = yi**2 * (81 / 9 + 256 / 19) / (8 * 12.5**2) + (9 / 9 + 16 / 19) / 12.5
    assert values("SMDH", GROUPS) == (printed(yi, 12), printed(vi, 12))


def test_difference_over_the_comparators_standard_deviation() -> None:
    """2 / 4, corrected with 19 degrees of freedom. R: ``SMD1`` and ``SMD1H``."""
    yi = j(19) / 2
    assert values("SMD1", GROUPS) == (printed(yi, 12), printed(1 / 10 + 1 / 20 + yi**2 / 40, 12))
    unequal = 9 / 16 / 9 + 1 / 19 + yi**2 / 38
    assert values("SMD1H", GROUPS) == (printed(yi, 12), printed(unequal, 12))


def test_probability_of_superiority() -> None:
    """The groups differ by 2 with a spread of √(9 + 16) = 5: Φ(0.4).

    Variance φ(0.4)² × ((1 + 16/19)/25 + 0.16/2 × (0.36²/9 + 0.64²/19)); 0.36 and 0.64 are the shares
    of the spread. R: ``escalc("CLESN", ...)`` of metafor 4.8, and ``AUCN`` is the same.
    """
    density = math.exp(-0.08) / math.sqrt(2 * math.pi)
    spread = (9 / 9 + 16 / 19) / 25 + 0.08 * (0.36**2 / 9 + 0.64**2 / 19)
    assert values("CLESN", GROUPS) == (printed(0.655422), printed(density**2 * spread, 12))
    assert values("AUCN", GROUPS) == values("CLESN", GROUPS)


def test_ratio_of_means() -> None:
    """log 1.2 + ½ (c₁ − c₂), c₁ = 9/(10 × 144), c₂ = 16/(20 × 100). R: ``escalc("ROM", ...)``."""
    first, second = 0.00625, 0.008
    yi = math.log(1.2) + (first - second) / 2
    assert values("ROM", GROUPS) == (printed(yi, 12), printed(first + second, 12))


def test_ratio_of_spreads() -> None:
    """log ¾ + 1/18 − 1/38, variance 1/18 + 1/38. R: ``escalc("VR", ...)``; it needs no means."""
    expected = (printed(math.log(0.75) + 1 / 18 - 1 / 38, 12), printed(1 / 18 + 1 / 38, 12))
    assert values("VR", GROUPS) == expected
    spreads = {name: GROUPS[name] for name in ("sd_1", "n_1", "sd_2", "n_2")}
    assert values("VR", spreads) == expected


def test_ratio_of_coefficients_of_variation() -> None:
    """log(¼ / 0.4) + 1/18 − 1/38 − ½ (0.00625 − 0.008). R: ``escalc("CVR", ...)``, metafor 5."""
    yi = math.log(0.625) + 1 / 18 - 1 / 38 + 0.000875
    assert values("CVR", GROUPS) == (printed(yi, 12), printed(1 / 18 + 1 / 38 + 0.01425, 12))


def test_odds_ratios_from_means() -> None:
    """d = 2/√13.75, without Hedges' correction. R: ``escalc("D2ORN", ...)``."""
    d = 2 / math.sqrt(13.75)
    variance = 1 / 10 + 1 / 20 + d**2 / 60
    assert values("D2ORN", GROUPS) == (printed(1.65 * d, 12), printed(1.65**2 * variance, 12))
    scale = math.pi / math.sqrt(3)
    assert values("D2ORL", GROUPS) == (printed(scale * d, 12), printed(scale**2 * variance, 12))
    assert values("D2OR", GROUPS) == values("D2ORL", GROUPS)


def test_point_biserial_correlation() -> None:
    """d² = 4/13.75 and h = 28/10 + 28/20 = 4.2. R: ``escalc("RPB", ...)``."""
    square = 4 / 13.75
    variance = 4.2**2 / (4.2 + square) ** 3 * (0.15 + square / 60)
    expected = (printed(math.sqrt(square / (square + 4.2)), 12), printed(variance, 12))
    assert values("RPB", GROUPS) == expected


def test_biserial_correlation_of_equal_groups() -> None:
    """φ(0) = 1/√2π, so r_b = r_pb √(π/2); Soper's variance is (π/2 − 2.5 r² + r⁴) / (N − 1)."""
    equal = GROUPS | {"n_1": [15.0], "n_2": [15.0]}
    r = values("RPB", equal)[0] * math.sqrt(math.pi / 2)
    variance = (math.pi / 2 - 2.5 * r**2 + r**4) / 29
    assert values("RBIS", equal) == (printed(r, 12), printed(variance, 12))


def test_square_root_rate_difference() -> None:
    """√(9/100) − √(4/25) = −0.1; variance 1/400 + 1/100. R: ``escalc("IRSD", ...)``."""
    columns = {"events_1": [9], "time_1": [100], "events_2": [4], "time_2": [25]}
    assert values("IRSD", columns) == (printed(-0.1, 12), printed(0.0125, 12))


# Correlations and reliability -----------------------------------------------------------------


def test_correlations() -> None:
    """R: ``COR``: (1 − 0.36)² / 24; ``ZCOR``: artanh 0.6 = ln 2, 1/22."""
    columns = {"r": [0.6], "n": [25]}
    assert values("COR", columns) == (0.6, printed(0.64**2 / 24, 12))
    assert values("ZCOR", columns) == (printed(math.log(2), 12), printed(1 / 22, 12))


def test_unbiased_correlation_of_six_people() -> None:
    """₂F₁(½, ½; 2; z) is (4/πz) (E(z) − (1 − z) K(z)), complete elliptic integrals.

    With r = 0.6, z = 0.64: K = 1.995303, E = 1.276350. R: ``escalc("UCOR", ri=.6, ni=6)``.
    """
    factor = 4 / (math.pi * 0.64) * (1.2763499432 - 0.36 * 1.9953027777)
    yi, vi = values("UCOR", {"r": [0.6], "n": [6]})
    assert yi == printed(0.6 * factor, 8)
    assert vi == printed((1 - yi**2) ** 2 / 5, 12)


def test_partial_correlations() -> None:
    """Three variables held constant cost three people. R: ``PCOR`` and ``ZPCOR`` with mi = 4."""
    columns = {"r": [0.6], "n": [28], "covariates": [3]}
    assert values("PCOR", columns) == (0.6, printed(0.64**2 / 24, 12))
    assert values("ZPCOR", columns) == (printed(math.log(2), 12), printed(1 / 22, 12))


def test_reliability() -> None:
    """α = 0.875 of 5 items, 52 people: 2 × 5 / (4 × 50) = 0.05. R: ``ARAW``, ``AHW``, ``ABT``."""
    columns = {"alpha": [0.875], "items": [5], "n": [52]}
    assert values("ARAW", columns) == (0.875, printed(0.05 / 64, 12))
    assert values("ABT", columns) == (printed(math.log(8), 12), printed(0.05, 12))
    cube = 18 * 5 * 51 * 0.25 / (4 * 457**2)
    assert values("AHW", columns) == (printed(0.5, 12), printed(cube, 12))


# Single groups --------------------------------------------------------------------------------


def test_proportions() -> None:
    """5 of 20. R: ``PR``, ``PLN``, ``PLO``, ``PAS``, ``PFT`` and ``PRZ``."""
    columns = {"events": [5], "n": [20]}
    assert values("PR", columns) == (0.25, printed(0.25 * 0.75 / 20, 12))
    assert values("PLN", columns) == (printed(math.log(0.25), 12), printed(0.15, 12))
    assert values("PLO", columns) == (printed(-math.log(3), 12), printed(1 / 5 + 1 / 15, 12))
    assert values("PAS", columns) == (printed(math.pi / 6, 12), printed(1 / 80, 12))
    double = (math.asin(math.sqrt(5 / 21)) + math.asin(math.sqrt(6 / 21))) / 2
    assert values("PFT", columns) == (printed(double, 12), printed(1 / 82, 12))
    assert values("PRZ", columns) == (printed(-0.674490), printed(0.092838))


def test_proportions_without_events() -> None:
    """A half is added to both counts, but not on arcsine scales. R: ``escalc(..., to="only0")``."""
    columns: dict[str, Any] = {"events": [0], "n": [9]}
    trials = eq.effect_sizes("PLO", **columns)
    assert trials.yi[0] == printed(math.log(0.5 / 9.5), 12)
    assert [note.code for note in trials.notes] == ["zero-cells-corrected"]
    assert values("PAS", columns) == (0.0, printed(1 / 36, 12))
    without = eq.effect_sizes("PLO", **columns, zero_cells="none")
    assert without.reasons == ("no events, or nothing but events, uncorrected",)


def test_rates() -> None:
    """16 events in 100 years. R: ``IR``, ``IRLN``, ``IRS`` and ``IRFT``."""
    columns = {"events": [16], "time": [100]}
    assert values("IR", columns) == (0.16, printed(0.0016, 12))
    assert values("IRLN", columns) == (printed(math.log(0.16), 12), printed(1 / 16, 12))
    assert values("IRS", columns) == (printed(0.4, 12), printed(0.0025, 12))
    both = (0.4 + math.sqrt(0.17)) / 2
    assert values("IRFT", columns) == (printed(both, 12), printed(0.0025, 12))


def test_means_of_groups() -> None:
    """Mean 12, SD 3, 10 people. R: ``MN``, ``MNLN``, ``SMN``, ``SDLN`` and ``CVLN``."""
    columns = {"mean": [12], "sd": [3], "n": [10]}
    assert values("MN", columns) == (12, printed(0.9, 12))
    assert values("MNLN", columns) == (printed(math.log(12), 12), printed(0.00625, 12))
    standardised = j(9) * 4
    assert values("SMN", columns) == (
        printed(standardised, 12),
        printed(0.1 + standardised**2 / 20, 12),
    )
    spread = {"sd": [3], "n": [10]}
    assert values("SDLN", spread) == (printed(math.log(3) + 1 / 18, 12), printed(1 / 18, 12))
    variation = (printed(math.log(0.25) + 1 / 18, 12), printed(1 / 18 + 0.00625, 12))
    assert values("CVLN", columns) == variation


# Measured twice, and pairs --------------------------------------------------------------------


def test_mean_change() -> None:
    """12 − 10; the change's variance is 9 + 16 − 2 × 0.5 × 12 = 13. R: ``escalc("MC", ...)``."""
    assert values("MC", TWICE) == (2, printed(13 / 20, 12))


def test_standardised_mean_change() -> None:
    """Over √13 (``SMCC``) or over the first SD, 3 (``SMCR``, ``SMCRH``), with J(19)."""
    by_change = j(19) * 2 / math.sqrt(13)
    assert values("SMCC", TWICE) == (printed(by_change, 12), printed(0.05 + by_change**2 / 40, 12))
    by_first = j(19) * 2 / 3
    assert values("SMCR", TWICE) == (printed(by_first, 12), printed(0.05 + by_first**2 / 40, 12))
    unequal = 13 / 9 / 19 + by_first**2 / 38
    assert values("SMCRH", TWICE) == (printed(by_first, 12), printed(unequal, 12))


def test_paired_ratios() -> None:
    """c₁ = ¼, c₂ = 0.4: (1/16 + 0.16 − 0.1) / 20. R: ``ROMC``, ``VRC``, ``CVRC`` of metafor 4."""
    means, spreads = 0.1225 / 20, 0.75 / 19
    assert values("ROMC", TWICE) == (printed(math.log(1.2), 12), printed(means, 12))
    columns = {name: TWICE[name] for name in ("sd_1", "sd_2", "r", "n")}
    assert values("VRC", columns) == (printed(math.log(0.75), 12), printed(spreads, 12))
    assert values("CVRC", TWICE) == (printed(math.log(0.625), 12), printed(means + spreads, 12))


def test_marginal_measures_of_matched_pairs() -> None:
    """Risks 30/50 and 25/50. R: ``MPRD``, ``MPRR``, ``MPOR``."""
    assert values("MPRD", PAIRS) == (printed(0.1, 12), printed((15 - 25 / 50) / 2500, 12))
    assert values("MPRR", PAIRS) == (printed(math.log(1.2), 12), printed(15 / 750, 12))
    margins = 14.5 / 50**2 / (0.6 * 0.4 * 0.5 * 0.5)
    assert values("MPOR", PAIRS) == (printed(math.log(1.5), 12), printed(margins, 12))


def test_conditional_measures_of_matched_pairs() -> None:
    """Only the 15 pairs that differ count. R: ``MPORC``, ``MPPETO``."""
    assert values("MPORC", PAIRS) == (printed(math.log(2), 12), printed(0.3, 12))
    assert values("MPPETO", PAIRS) == (printed(10 / 15, 12), printed(4 / 15, 12))


def test_matched_pairs_with_an_empty_cell() -> None:
    """A half in each of the four counts, as ``escalc`` does."""
    empty = PAIRS | {"only_2": [0.0]}
    assert values("MPORC", empty) == (printed(math.log(21), 12), printed(1 / 10.5 + 2, 12))
    none = eq.effect_sizes("MPORC", **empty, zero_cells="none")
    assert none.reasons[0]


# Shown on the scale people read ---------------------------------------------------------------


@pytest.mark.parametrize("measure", ["PR", "PLN", "PLO", "PRZ", "PAS", "PFT"])
def test_proportions_are_shown_as_proportions(measure: Any) -> None:
    trials = eq.effect_sizes(measure, events=[5, 8], n=[20, 30])
    assert trials.transformed()[0].tolist() == printed([5 / 20, 8 / 30], 12)


@pytest.mark.parametrize("measure", ["IR", "IRLN", "IRS", "IRFT"])
def test_rates_are_shown_as_rates(measure: Any) -> None:
    trials = eq.effect_sizes(measure, events=[5, 8], time=[20, 30])
    assert trials.transformed()[0].tolist() == printed([5 / 20, 8 / 30], 12)


@pytest.mark.parametrize("measure", ["COR", "ZCOR"])
def test_correlations_are_shown_as_correlations(measure: Any) -> None:
    trials = eq.effect_sizes(measure, r=[0.3, -0.2], n=[20, 30])
    assert trials.transformed()[0].tolist() == printed([0.3, -0.2], 12)


@pytest.mark.parametrize("measure", ["ARAW", "AHW", "ABT"])
def test_reliability_is_shown_as_alpha(measure: Any) -> None:
    trials = eq.effect_sizes(measure, alpha=[0.7, 0.9], items=[4, 9], n=[20, 30])
    assert trials.transformed()[0].tolist() == printed([0.7, 0.9], 12)


@pytest.mark.parametrize(
    ("z", "raw", "columns"),
    [
        ("ZPHI", "PHI", TABLE),
        ("ZTET", "RTET", TABLE),
        ("ZPB", "RPB", GROUPS),
        ("ZBIS", "RBIS", GROUPS),
    ],
)
def test_fisher_z_is_shown_as_a_correlation(z: Any, raw: Any, columns: dict[str, Any]) -> None:
    shown = eq.effect_sizes(z, **columns).transformed()[0]
    assert shown[0] == printed(values(raw, columns)[0], 12)


@pytest.mark.parametrize("measure", ["ROM", "VR", "CVR", "D2ORN", "D2ORL"])
def test_ratios_are_shown_as_ratios(measure: Any) -> None:
    trials = eq.effect_sizes(measure, **GROUPS)
    assert trials.ratio
    assert trials.transformed()[0][0] == printed(math.exp(trials.yi[0]), 12)


def test_logarithms_of_one_group_are_shown_as_what_they_are_of() -> None:
    """The corrected SD is 3 exp(1/18); a mean and its limits come back as exponentials."""
    spread = eq.effect_sizes("SDLN", sd=[3], n=[10])
    assert spread.transformed()[0][0] == printed(3 * math.exp(1 / 18), 12)
    mean = eq.effect_sizes("MNLN", mean=[12], sd=[3], n=[10])
    assert mean.transformed()[0][0] == printed(12, 12)
    assert not mean.ratio


def test_pooled_freeman_tukey_goes_back_by_the_harmonic_mean() -> None:
    """2 / (1/20 + 1/60) = 30 people. R: ``predict(fit, transf=transf.ipft.hm, ...)``."""
    trials = eq.effect_sizes("PFT", events=[5, 18], n=[20, 60])
    fit = eq.pool(trials, model="common")
    p = fit.transformed.estimate
    double = (math.asin(math.sqrt(30 * p / 31)) + math.asin(math.sqrt((30 * p + 1) / 31))) / 2
    assert fit.estimate == printed(double, 12)


def test_limits_beyond_the_scale_end_at_its_end() -> None:
    trials = eq.effect_sizes("PFT", events=[0, 10], n=[10, 10])
    _, low, high = trials.transformed()
    assert (low[0], high[1]) == (0.0, 1.0)


# Pooling --------------------------------------------------------------------------------------


def test_single_groups_have_no_effect_to_test() -> None:
    """The printed result has no test of no effect, and a note says what the p-value tests."""
    fit = eq.pool(eq.effect_sizes("PLO", events=[5, 8, 4], n=[20, 30, 30]))
    assert "Test of no effect" not in str(fit)
    assert "p-tests-zero" in [note.code for note in fit.notes]
    assert "Proportion" in str(fit)
    assert "Favours" not in fit.forest().text


@pytest.mark.parametrize("method", ["MH", "Peto"])
def test_other_measures_are_pooled_by_inverse_variance_only(method: Any) -> None:
    trials = eq.effect_sizes("YUQ", **TABLE)
    with pytest.raises(MethodError, match="IV"):
        eq.pool(trials, method=method)
