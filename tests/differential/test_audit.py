"""Values that other tests could not tell from a near miss, each derived another way."""

from __future__ import annotations

import math

import numpy as np
import pytest

import equipoise as eq
from equipoise.kernels.effects.quantile_summaries import FiveNumbers, skewness


@pytest.mark.parametrize("rho", [-0.8, 0.0, 0.6])
def test_correlated_odds_ratios_of_missingness_by_numerical_differences(rho: float) -> None:
    """The delta method on both log odds ratios at once: a difference, so that ``rho`` narrows it."""
    events, n, missing, imor, sd = (12, 18), (50, 52), (5, 7), (2.0, 0.5), (0.3, 0.7)
    fit = eq.pool(
        eq.effect_sizes(
            "RR",
            events_1=[events[0]],
            n_1=[n[0]],
            events_2=[events[1]],
            n_2=[n[1]],
        ),
        model="common",
    )

    def log_ratio(log_imor: np.ndarray) -> float:
        risks = []
        for arm in range(2):
            p, share = events[arm] / n[arm], missing[arm] / (n[arm] + missing[arm])
            odds = math.exp(log_imor[arm]) * p / (1 - p)
            risks.append((1 - share) * p + share * odds / (1 + odds))
        return math.log(risks[0] / risks[1])

    at, h = np.log(imor), 1e-5
    slope = [(log_ratio(at + step) - log_ratio(at - step)) / (2 * h) for step in np.eye(2) * h]
    unsure = np.array([[sd[0] ** 2, rho * sd[0] * sd[1]], [rho * sd[0] * sd[1], sd[1] ** 2]])

    def variance(log_imor_sd: tuple[float, float]) -> float:
        found = eq.missing_outcomes(
            fit,
            [missing[0]],
            [missing[1]],
            events_are="harmful",
            imor_1=imor[0],
            imor_2=imor[1],
            log_imor_sd=log_imor_sd,
            log_imor_correlation=rho,
        )
        return next(r for r in found.results if r.assumption == "IMOR").fit.se ** 2

    added = variance(sd) - variance((0.0, 0.0))
    assert added == pytest.approx(float(np.array(slope) @ unsure @ np.array(slope)), rel=1e-7)


@pytest.mark.parametrize("n", [20, 75, 400])
def test_skewness_of_five_numbers_when_the_extremes_decide(n: int) -> None:
    """S3 with symmetric quartiles: 2.65 ln(0.6 n)/√n times |0 + 12 − 2 × 5|/12."""
    one = [np.array([value]) for value in (0.0, 4.0, 5.0, 6.0, 12.0, float(n))]
    statistic, critical = skewness(FiveNumbers(*one))
    assert statistic[0] == pytest.approx(2.65 * math.log(0.6 * n) / math.sqrt(n) / 6, rel=1e-12)
    assert critical[0] == pytest.approx(3 / math.sqrt(n) - 40 / n**3, rel=1e-12)


@pytest.mark.parametrize("a", [3, 11, 60, 140])
def test_yates_correction_is_undone_in_tables_of_every_size(a: int) -> None:
    """The corrected χ² of a known table gives the table back: no rounding hides a wrong term."""
    n_1, n_2, c = 200, 180, 40
    b, d = n_1 - a, n_2 - c
    total, product = n_1 + n_2, n_1 * n_2 * (a + c) * (b + d)
    chi2 = total * (abs(a * d - b * c) - total / 2) ** 2 / product
    rebuilt = eq.effect_sizes(
        "OR",
        chi2=[chi2],
        sign=[1 if a * d > b * c else -1],
        n_1=[n_1],
        n_2=[n_2],
        events_total=[a + c],
        yates=True,
    )
    assert rebuilt.columns["events_1"].tolist() == [float(a)]
    assert rebuilt.yi[0] == pytest.approx(math.log(a * d / (b * c)), rel=1e-12)
