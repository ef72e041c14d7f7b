"""Covariances: effects that share a comparator, people, or both."""

from __future__ import annotations

import math
from typing import Any

import pytest

from equipoise.errors import DataError, MethodError
from equipoise.stats.correlated_correlations import correlation_covariances
from equipoise.stats.dependence import covariances
from equipoise.stats.effects.effect_sizes import effect_sizes
from spec.manual import printed, table

COUNTS = table("""
    study | events_1 | n_1  | events_2 | n_2
    1     |      100 | 4000 |       40 | 1000
    1     |      150 | 4000 |       40 | 1000
    2     |       15 |  400 |       10 |  200
""")
MEANS = table("""
    study | mean_1 | sd_1 | n_1 | mean_2 | sd_2 | n_2
    1     |     12 |    2 |  20 |     10 |    2 |  25
    1     |     13 |    2 |  30 |     10 |    2 |  25
""")
RATES = table("""
    study | events_1 | time_1 | events_2 | time_2
    1     |       10 |    100 |       20 |    120
    1     |       12 |    110 |       20 |    120
""")


def between(measure: Any, columns: dict[str, Any], **options: Any) -> float:
    found = covariances(effect_sizes(measure, **columns), shared_control=True, **options)
    return float(found.blocks[0].matrix[0, 1])


@pytest.mark.parametrize(
    ("measure", "expected"),
    [("RR", 0.96 / 40), ("OR", 1 / 40 + 1 / 960), ("RD", 0.04 * 0.96 / 1000)],
)
def test_two_treatments_against_one_control_in_events(measure: str, expected: float) -> None:
    """What the control adds to each variance: (1 − p)/(n p), 1/c + 1/d, p (1 − p)/n with p = 40/1000.

    Gleser and Olkin (2009). R: ``vcalc(vi, cluster=study, grp1=trt, grp2=ctrl, w1=, w2=)`` comes close
    with the control's own weights.
    """
    assert between(measure, COUNTS) == printed(expected, 14)


def test_two_treatments_against_one_control_in_means() -> None:
    """s²/n₂ = 4/25; over the mean's square 4/2500 for the log ratio of means (Lajeunesse 2011)."""
    assert between("MD", MEANS) == printed(0.16, 14)
    assert between("ROM", MEANS) == printed(4 / 25 / 100, 14)


def test_two_treatments_against_one_control_in_rates() -> None:
    """1/20 for the log rate ratio, 20/120² for the rate difference."""
    assert between("IRR", RATES) == printed(0.05, 14)
    assert between("IRD", RATES) == printed(20 / 120**2, 14)


def test_two_treatments_against_one_control_in_standard_deviations() -> None:
    """1/25 + g₁ g₂ 25/(2 × 45 × 55): each g has the SD of its own two arms.

    Gleser and Olkin (2009) pool one SD over all arms, and have g₁ g₂/(2 × 75) instead.
    """
    trials = effect_sizes("SMD", **MEANS)
    product = float(trials.yi[0] * trials.yi[1])
    assert between("SMD", MEANS) == printed(1 / 25 + product * 25 / (2 * 45 * 55), 14)


def test_the_correction_for_an_empty_cell_is_in_the_covariance() -> None:
    """A treatment without events gets a half in each cell: its control is 10.5 of 51, the other's 10 of 50.

    √((1/10.5 − 1/51)(1/10 − 1/50)): the geometric mean of what the control adds to the two.
    """
    columns: dict[str, Any] = {
        "study": ["A", "A"], "events_1": [0, 4], "n_1": [50, 50], "events_2": [10, 10], "n_2": [50, 50],
    }  # fmt: skip
    expected = math.sqrt((1 / 10.5 - 1 / 51) * (1 / 10 - 1 / 50))
    assert between("RR", columns) == printed(expected, 14)


def test_studies_are_independent() -> None:
    """Rows of other studies have no covariance, and a study of one row is its variance."""
    found = covariances(effect_sizes("RR", **COUNTS), shared_control=True)
    matrix = found.dense()
    assert matrix[2, :2].tolist() == [0.0, 0.0]
    assert matrix[2, 2] == found.effects.vi[2]


def test_outcomes_of_the_same_people() -> None:
    """0.6 × 0.2 × 0.3. R: ``vcalc(vi, cluster=study, type=outcome, rho=0.6)``."""
    two = effect_sizes("GENERIC", estimate=[1, 2], se=[0.2, 0.3], study=["A", "A"])
    found = covariances(two, outcome=["pain", "sleep"], rho=0.6)
    assert found.blocks[0].matrix[0, 1] == printed(0.036, 14)


def test_a_correlation_for_each_pair_of_outcomes() -> None:
    """R: ``rho`` as a matrix with the outcomes' names."""
    three = effect_sizes("GENERIC", estimate=[1, 2, 3], se=[1, 1, 1], study=["A"] * 3)
    rho = {("a", "b"): 0.5, ("c", "a"): 0.4, ("b", "c"): 0.3}
    found = covariances(three, outcome=["a", "b", "c"], rho=rho).blocks[0].matrix
    assert [found[0, 1], found[0, 2], found[1, 2]] == [0.5, 0.4, 0.3]


def test_the_same_outcome_at_several_times() -> None:
    """0.8^|t − t′|: 0.8² and 0.8⁶ for weeks 4, 6 and 12 in units of 1; by occasion 0.8 and 0.8².

    R: ``vcalc(vi, cluster=study, time1=week, phi=0.8)``.
    """
    three = effect_sizes("GENERIC", estimate=[1, 2, 3], se=[1, 1, 1], study=["A"] * 3)
    by_time = covariances(three, time=[4, 6, 12], phi=0.8).blocks[0].matrix
    assert [by_time[0, 1], by_time[1, 2], by_time[0, 2]] == printed([0.8**2, 0.8**6, 0.8**8], 14)
    ordered = covariances(three, time=[4, 6, 12], phi=0.8, time_structure="AR").blocks[0].matrix
    assert [ordered[0, 1], ordered[1, 2], ordered[0, 2]] == printed([0.8, 0.8, 0.64], 14)


def test_outcomes_and_times_multiply() -> None:
    """Another outcome one unit later: 0.6 × 0.8."""
    four = effect_sizes("GENERIC", estimate=[1, 2, 3, 4], se=[1] * 4, study=["A"] * 4)
    found = covariances(four, outcome=["a", "b", "a", "b"], rho=0.6, time=[0, 0, 1, 1], phi=0.8)
    assert found.blocks[0].matrix[0].tolist() == printed([1.0, 0.6, 0.8, 0.48], 14)


def test_standardised_differences_of_two_outcomes() -> None:
    """r (1/n₁ + 1/n₂) + r² g₁ g₂/(2N). Gleser and Olkin (2009), two outcomes of the same people."""
    columns: dict[str, Any] = {
        "study": ["A", "A"], "mean_1": [12, 8], "sd_1": [2, 3], "n_1": [30, 30], "mean_2": [10, 6],
        "sd_2": [2, 3], "n_2": [20, 20],
    }  # fmt: skip
    trials = effect_sizes("SMD", **columns)
    found = covariances(trials, outcome=["a", "b"], rho=0.5).blocks[0].matrix
    expected = 0.5 * (1 / 30 + 1 / 20) + 0.25 * float(trials.yi[0] * trials.yi[1]) / 100
    assert found[0, 1] == printed(expected, 14)


def test_two_outcomes_of_two_treatments() -> None:
    """Same arms, other outcome: ρ√(v v′). Other treatment, other outcome: ρ times the control's part."""
    columns: dict[str, Any] = {
        "study": ["A"] * 4, "mean_1": [5, 6, 2, 3], "sd_1": [2] * 4, "n_1": [25] * 4,
        "mean_2": [4, 4, 1, 1], "sd_2": [2] * 4, "n_2": [25] * 4,
    }  # fmt: skip
    found = covariances(
        effect_sizes("MD", **columns), shared_control=True, treatment=["low", "high", "low", "high"],
        outcome=["pain", "pain", "sleep", "sleep"], rho=0.5,
    )  # fmt: skip
    assert found.blocks[0].matrix[0].tolist() == printed([0.32, 0.16, 0.16, 0.08], 14)


def test_correlations_that_are_impossible_together_are_refused() -> None:
    """Three outcomes cannot all have −0.6: at most −1/(3 − 1). The error names the study and the bound."""
    three = effect_sizes("GENERIC", estimate=[1, 2, 3], se=[1, 2, 3], study=["Ann"] * 3)
    with pytest.raises(MethodError, match=r"Ann \(rows 0, 1, 2\).*rho can be down to -0\.5$"):
        covariances(three, rho=-0.6)
    assert covariances(three, rho=-0.499).blocks[0].matrix.shape == (3, 3)


def test_the_same_effect_twice_is_refused() -> None:
    """Two rows of one outcome and time have correlation 1, and no matrix of covariances an inverse."""
    two = effect_sizes("GENERIC", estimate=[1, 2], se=[1, 1], study=["A", "A"])
    with pytest.raises(MethodError, match="the same comparison"):
        covariances(two, outcome=["pain", "pain"], rho=0.5)


def test_a_shared_control_has_one_set_of_numbers() -> None:
    """A control that was split before cannot be shared again."""
    split = effect_sizes("MD", **{**MEANS, "n_2": [25, 12]})
    with pytest.raises(DataError, match="has n_2 of 12, not 25"):
        covariances(split, shared_control=True)
    apart = covariances(split, control=["placebo", "waiting list"]).blocks[0].matrix
    assert apart[0, 1] == 0.0


def test_overlapping_correlations() -> None:
    """r₁₂ = 0.5, r₁₃ = 0.3, r₂₃ = 0.2, n = 101: 0.1035 + 0.35 − 0.368 = 0.0855, over 100.

    Steiger (1980). R: ``rcalc(R, ni=101)``. For Fisher's z over (0.75 × 0.91) and 98.
    """
    r = [[1, 0.5, 0.3], [0.5, 1, 0.2], [0.3, 0.2, 1]]
    raw = correlation_covariances([r], [101]).blocks[0].matrix
    assert raw[0, 1] == printed(0.000855, 14)
    assert raw[0, 0] == printed(0.75**2 / 100, 14)
    z = correlation_covariances([r], [101], measure="ZCOR").blocks[0].matrix
    assert z[0, 1] == printed(0.0855 / 0.75 / 0.91 / 98, 14)
    assert z[0, 0] == printed(1 / 98, 14)


def test_correlations_of_variables_without_overlap() -> None:
    """All six of four variables with r = 0.5: r₁₂ and r₃₄ have ½ r² 4r² + 2r² − 4r³ = 0.125.

    Olkin and Finn (1990).
    """
    r = [[1.0 if i == j else 0.5 for j in range(4)] for i in range(4)]
    found = correlation_covariances([r], [51], variables=["a", "b", "c", "d"], study=["Ann"])
    assert found.effects.study[0] == "Ann: a × b"
    assert found.effects.study[5] == "Ann: c × d"
    assert found.blocks[0].matrix[0, 5] == printed(0.125 / 50, 14)
