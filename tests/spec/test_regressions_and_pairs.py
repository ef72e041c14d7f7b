"""Measures of regressions, pooled changes, margins of pairs, ranks and genotypes.

Each paragraph gives small data and the numbers worked out by hand; ``docs/statistics/effect-sizes.md``
has every formula with its reference.
"""

from __future__ import annotations

import math
from typing import Any

import pytest

import equipoise.stats as eq
from spec.manual import printed, table

TWICE = table("""
    mean_1 | sd_1 | mean_2 | sd_2 | r   | n
        12 |    3 |     10 |    4 | 0.5 | 20
""")
MARGINS = table("""
    events_1 | events_2 | n  | r
          30 |       25 | 50 | 0.4082482904638630
""")
PAIRS = table("""
    both | only_1 | only_2 | neither
      20 |     10 |      5 |      15
""")


def values(measure: Any, columns: dict[str, Any], **options: Any) -> tuple[float, float]:
    trials = eq.effect_sizes(measure, **columns, **options)
    assert trials.reasons == (None,)
    return float(trials.yi[0]), float(trials.vi[0])


def j(df: float) -> float:
    """Hedges' exact factor."""
    return math.gamma(df / 2) / (math.sqrt(df / 2) * math.gamma((df - 1) / 2))


# Regressions ----------------------------------------------------------------------------------


def test_semi_partial_correlation() -> None:
    """t = 3, R² = 0.36, 64 degrees of freedom: 3 × 0.8 / 8 = 0.3, and 0.27 is left to the others.

    Variance (0.64² + 0.27 × 0.73) / 68. There are two other predictors, metafor's ``mi`` is 3. R:
    ``escalc("SPCOR", ti=3, ni=68, mi=3, r2i=0.36)``.
    """
    columns = {"t": [3], "n": [68], "covariates": [2], "r_squared": [0.36]}
    variance = (0.64**2 + 0.27 * 0.73) / 68
    assert values("SPCOR", columns) == (printed(0.3, 12), printed(variance, 12))
    known = {"r": [0.3], "n": [68], "r_squared": [0.36]}
    assert values("SPCOR", known) == pytest.approx(values("SPCOR", columns), rel=1e-14)
    z = (printed(math.atanh(0.3), 12), printed(variance / 0.91**2, 12))
    assert values("ZSPCOR", columns) == z


def test_semi_partial_correlation_of_a_p_value() -> None:
    """With 2 degrees of freedom p = 0.5 is t = √(2/3); the sign says which way."""
    columns = {"p": [0.5], "sign": [-1], "n": [6], "covariates": [2], "r_squared": [0.36]}
    assert values("SPCOR", columns)[0] == printed(-math.sqrt(2 / 3) * 0.8 / math.sqrt(2), 12)


def test_coefficient_of_determination() -> None:
    """4 × 0.36 × 0.64² / 50; z is artanh 0.6 with 1/50. R: ``R2`` and ``ZR2`` of metafor 4.8."""
    columns: dict[str, Any] = {"r_squared": [0.36], "n": [50]}
    assert values("R2", columns) == (0.36, printed(0.01179648, 12))
    assert values("ZR2", columns) == (printed(math.log(2), 12), printed(0.02, 12))
    assert float(eq.effect_sizes("ZR2", **columns).transformed()[0][0]) == printed(0.36, 12)


def test_coefficient_of_determination_of_an_f() -> None:
    """F = 4 with 3 and 36 degrees of freedom is 12 / 48. R: ``escalc("R2", fi=4, mi=3, ni=40)``."""
    columns: dict[str, Any] = {"f": [4], "predictors": [3], "n": [40]}
    assert values("R2", columns)[0] == printed(0.25, 12)
    assert eq.effect_sizes("R2", **columns).route == ("determination-f",)


def test_a_share_has_no_value_of_no_effect() -> None:
    """R² is never below zero, so a test of zero says nothing."""
    assert eq.effect_sizes("R2", r_squared=[0.36], n=[50]).null is None


# Measured twice -------------------------------------------------------------------------------


def test_change_in_pooled_standard_deviations() -> None:
    """2 / √12.5, corrected with 2 × 19 / 1.25 = 30.4 degrees of freedom; 2 × 0.5/20 + g² 1.25/80.

    R: ``escalc("SMCRP", ...)`` of metafor 4.8; the crossover design gives the same.
    """
    g = j(30.4) * 2 / math.sqrt(12.5)
    assert values("SMCRP", TWICE) == (printed(g, 12), printed(0.05 + g**2 / 64, 12))


def test_change_in_pooled_standard_deviations_of_unequal_spreads() -> None:
    """The change has variance 9 + 16 − 12 = 13; 81 + 256 + 2 × ¼ × 144 = 409.

    R: ``escalc("SMCRPH", ...)`` of metafor 4.8. Bonett (2008), equation 10.
    """
    g = j(30.4) * 2 / math.sqrt(12.5)
    variance = 13 / 12.5 / 19 + g**2 * 409 / (8 * 156.25 * 19)
    assert values("SMCRPH", TWICE) == (printed(g, 12), printed(variance, 12))


def test_probability_of_superiority_of_paired_measurements() -> None:
    """Φ(2 / 5), as for two groups: the pairing is in the variance alone.

    exp(−0.16) / 4π times Bonett's variance of d = 2/√12.5, d² = 0.32. It is not the share of people
    with a higher first value, Φ(2/√13). R: ``escalc("CLESCN", ...)`` of metafor 4.8.
    """
    variance = 13 / 12.5 / 19 + 0.32 * 409 / (8 * 156.25 * 19)
    expected = (printed(0.655422), printed(math.exp(-0.16) / (4 * math.pi) * variance, 12))
    assert values("CLESCN", TWICE) == expected
    assert values("AUCCN", TWICE) == values("CLESCN", TWICE)
    assert eq.effect_sizes("CLESCN", **TWICE).null == 0.5


# Matched pairs --------------------------------------------------------------------------------


def test_odds_ratio_of_pairs_known_by_their_margins() -> None:
    """log(30/20 ÷ 25/25); 1/30 + 1/20 + 2/25 less 2 × 50 × φ / √(30 × 20 × 25 × 25).

    φ = (20 × 15 − 10 × 5) / √375000 = 1/√6 of the pairs leaves what the pairs themselves give: the
    margins and φ are all that the marginal odds ratio needs. R: ``escalc("MPORM", ai=30, bi=20,
    ci=25, di=25, ri=0.408248290463863)``.
    """
    variance = 1 / 30 + 1 / 20 + 2 / 25 - 100 / math.sqrt(6 * 375_000)
    assert values("MPORM", MARGINS) == (printed(math.log(1.5), 12), printed(variance, 12))
    assert values("MPORM", MARGINS) == pytest.approx(values("MPOR", PAIRS), rel=1e-12)


def test_margins_without_events_get_a_half() -> None:
    """0 and 4 of 20 become 0.5 and 4.5 of 21, each way; φ is that of pairs that never differ so."""
    columns = {"events_1": [0], "events_2": [4], "n": [20], "r": [0.0]}
    yi, vi = values("MPORM", columns)
    assert yi == printed(math.log(0.5 / 20.5) - math.log(4.5 / 16.5), 12)
    assert vi == printed(1 / 0.5 + 1 / 20.5 + 1 / 4.5 + 1 / 16.5, 12)


# Ranks and genotypes --------------------------------------------------------------------------


def test_area_under_the_curve() -> None:
    """A = ½ of 11 and 21 people: ¼ (31 − 45/2.25) / 200 = 2.75/200.

    The mean size is 16, so 2N − 1 = 31 and 3N − 3 = 45. R: ``escalc("CLES", ai=0.5, n1i=11,
    n2i=21)`` of metafor 4.8, and ``AUC`` is the same.
    """
    columns: dict[str, Any] = {"auc": [0.5], "n_1": [11], "n_2": [21]}
    assert values("CLES", columns) == (0.5, printed(2.75 / 200, 12))
    assert values("AUC", columns) == values("CLES", columns)
    assert eq.effect_sizes("CLES", **columns).null == 0.5


def test_relative_excess_heterozygosity() -> None:
    """In equilibrium 16, 48 and 36 of 100 are expected: 48 / (2 √(16 × 36)) = 1, logarithm zero.

    With 60 instead of 48 the excess is 60/48; variance 1/60 + 1/64 + 1/144. R: ``escalc("REH",
    ai=16, bi=60, ci=36)``.
    """
    columns: dict[str, Any] = {"homozygous_a": [16], "heterozygous": [48], "homozygous_b": [36]}
    assert values("REH", columns)[0] == pytest.approx(0, abs=1e-15)
    excess = columns | {"heterozygous": [60]}
    expected = (printed(math.log(1.25), 12), printed(1 / 60 + 1 / 64 + 1 / 144, 12))
    assert values("REH", excess) == expected
    assert eq.effect_sizes("REH", **excess).null == 1
