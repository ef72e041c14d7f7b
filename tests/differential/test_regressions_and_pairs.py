"""Measures of regressions, pooled changes, margins of pairs, ranks and genotypes, done twice.

Where metafor 3.8 has a measure, R judges; the others are derived once more with thirty digits: by the
delta method from the distribution of what varies, or by quadrature.
"""

from __future__ import annotations

from typing import Any

import pytest

from differential.naive_distributions import Real, mp, mpf
from differential.test_delta_method import (
    agrees,
    computed,
    delta,
    diagonal,
    exact_j,
    multinomial,
)
from equipoise import stats
from support import r

needs_r = pytest.mark.skipif(not r.has_metafor(), reason="needs R with the package metafor")

SCRIPT = """
suppressMessages(library(metafor))
show <- function(d) cat(sprintf("%.17g", c(d$yi, d$vi)), sep = "\\n")
show(escalc("MPORM", ai = c(30, 12, 0), n1i = c(50, 40, 20), ci = c(25, 20, 4),
            n2i = c(50, 40, 20), ri = c(0.4, -0.2, 0)))
show(escalc("SPCOR", ti = c(4.61, -0.77, 1.16), ni = c(218, 382, 259), mi = c(4, 19, 15),
            r2i = c(0.24, 0.327, 0.117)))
show(escalc("REH", ai = c(298, 235, 3), bi = c(535, 541, 9), ci = c(221, 251, 40)))
"""
COLUMNS: dict[str, dict[str, list[float]]] = {
    "MPORM": {
        "events_1": [30, 12, 0],
        "events_2": [25, 20, 4],
        "n": [50, 40, 20],
        "r": [0.4, -0.2, 0],
    },
    "SPCOR": {
        "t": [4.61, -0.77, 1.16],
        "n": [218, 382, 259],
        "covariates": [3, 18, 14],
        "r_squared": [0.24, 0.327, 0.117],
    },
    "REH": {
        "homozygous_a": [298, 235, 3],
        "heterozygous": [535, 541, 9],
        "homozygous_b": [221, 251, 40],
    },
}


@needs_r
def test_r_agrees() -> None:
    printed = [float(line) for line in r.run(SCRIPT).split()]
    ours: list[float] = []
    for measure, columns in COLUMNS.items():
        trials = stats.effect_sizes(measure, **columns)  # type: ignore[call-overload, arg-type, unused-ignore]  # any measure
        ours += [*trials.yi, *trials.vi]
    assert ours == pytest.approx(printed, rel=1e-10)


# Regressions ----------------------------------------------------------------------------------


def correlation_covariance(m: list[list[Real]], n: Real) -> list[list[Real]]:
    """Give Pearson and Filon's covariance of the correlations y1, y2, 12 of normal variables."""
    pairs = ((0, 1), (0, 2), (1, 2))

    def one(i: int, j: int, k: int, h: int) -> Real:
        a = m[i][j] * m[k][h] * (m[i][k] ** 2 + m[i][h] ** 2 + m[j][k] ** 2 + m[j][h] ** 2) / 2
        b = m[i][k] * m[j][h] + m[i][h] * m[j][k]
        c = m[i][j] * m[i][k] * m[i][h] + m[j][i] * m[j][k] * m[j][h]
        d = m[k][i] * m[k][j] * m[k][h] + m[h][i] * m[h][j] * m[h][k]
        return (a + b - c - d) / n

    return [[one(*x, *y) for y in pairs] for x in pairs]


def explained(y1: Real, y2: Real, r12: Real) -> Real:
    """Give R² of two predictors."""
    return (y1**2 + y2**2 - 2 * y1 * y2 * r12) / (1 - r12**2)


def added(y1: Real, y2: Real, r12: Real) -> Real:
    """Give the semi-partial correlation of the first predictor."""
    return (y1 - y2 * r12) / mp.sqrt(1 - r12**2)


@pytest.mark.parametrize(
    "at", [("0.5", "0.3", "0.2"), ("-0.4", "0.6", "0.1"), ("0.2", "0.7", "-0.3")]
)
def test_regressions_on_random_predictors(at: tuple[str, str, str]) -> None:
    """R² and what a predictor adds to it are functions of the three correlations."""
    y1, y2, r12 = (mpf(x) for x in at)
    one = mpf(1)
    vary = correlation_covariance([[one, y1, y2], [y1, one, r12], [y2, r12, one]], mpf(80))
    share, part = explained(y1, y2, r12), added(y1, y2, r12)
    expected = delta(explained, [y1, y2, r12], vary)
    agrees(computed("R2", r_squared=float(share), n=80), share, expected, 1e-9)
    z = delta(lambda *x: mp.atanh(mp.sqrt(explained(*x))), [y1, y2, r12], vary)
    agrees(computed("ZR2", r_squared=float(share), n=80), mp.atanh(mp.sqrt(share)), z, 1e-9)
    columns = {"r": float(part), "n": 80, "r_squared": float(share)}
    agrees(computed("SPCOR", **columns), part, delta(added, [y1, y2, r12], vary), 1e-9)
    z = delta(lambda *x: mp.atanh(added(*x)), [y1, y2, r12], vary)
    agrees(computed("ZSPCOR", **columns), mp.atanh(part), z, 1e-9)


# Measured twice -------------------------------------------------------------------------------

PAIRED = {"mean_1": 20.0, "sd_1": 5.0, "mean_2": 17.0, "sd_2": 6.5, "r": 0.6, "n": 26.0}
M1, S1, M2, S2, R, N = (mpf(str(x)) for x in PAIRED.values())
POOLED = mp.sqrt((S1**2 + S2**2) / 2)
CHANGE = S1**2 + S2**2 - 2 * R * S1 * S2
J = exact_j(2 * (N - 1) / (1 + R**2))


def in_pooled(change: Real, u1: Real, u2: Real) -> Real:
    return change / mp.sqrt((u1 + u2) / 2)


def change_and_variances(change: Real, s1: Real, s2: Real, m: Real) -> list[list[Real]]:
    """Give the covariance of a change and of the two variances of correlated normal values."""
    rows = [[2 * s1**4 / m, 2 * R**2 * s1**2 * s2**2 / m]]
    rows += [[rows[0][1], 2 * s2**4 / m]]
    return [[change, mpf(0), mpf(0)], [mpf(0), *rows[0]], [mpf(0), *rows[1]]]


def test_change_in_pooled_standard_deviations() -> None:
    """One spread, the pooled one, and n throughout; J has the degrees of freedom of its variance."""
    vary = change_and_variances(2 * POOLED**2 * (1 - R) / N, POOLED, POOLED, N)
    corrected = J * (M1 - M2)
    variance = delta(in_pooled, [corrected, POOLED**2, POOLED**2], vary)
    agrees(computed("SMCRP", **PAIRED), corrected / POOLED, variance)
    # Satterthwaite: 2 mean² / variance, of s² with equal spreads.
    share = diagonal(mpf(1), mpf(1))
    share[0][1] = share[1][0] = R**2
    spread = delta(lambda a, b: (a + b) / 2, [mpf(1), mpf(1)], [[2 * x for x in y] for y in share])
    assert float(2 * (N - 1) / spread) == pytest.approx(float(2 * (N - 1) / (1 + R**2)))


def test_change_in_pooled_standard_deviations_of_unequal_spreads() -> None:
    """Both spreads, and Bonett's n − 1 throughout."""
    vary = change_and_variances(CHANGE / (N - 1), S1, S2, N - 1)
    corrected = J * (M1 - M2)
    variance = delta(in_pooled, [corrected, S1**2, S2**2], vary)
    agrees(computed("SMCRPH", **PAIRED), corrected / POOLED, variance)


def test_paired_probability_of_superiority() -> None:
    def superiority(change: Real, u1: Real, u2: Real) -> Real:
        return mp.ncdf(change / mp.sqrt(u1 + u2))

    vary = change_and_variances(CHANGE / (N - 1), S1, S2, N - 1)
    at = [M1 - M2, S1**2, S2**2]
    agrees(computed("CLESCN", **PAIRED), superiority(*at), delta(superiority, at, vary))


# Margins, ranks, genotypes --------------------------------------------------------------------


@pytest.mark.parametrize("cells", [(20, 9, 4, 31), (2, 15, 1, 3), (50, 6, 6, 8)])
def test_margins_of_pairs(cells: tuple[float, ...]) -> None:
    """The delta method on the four counts, of which the margins and φ are reported."""
    at = a, b, c, d = [mpf(x) for x in cells]
    phi = (a * d - b * c) / mp.sqrt((a + b) * (c + d) * (a + c) * (b + d))

    def log_odds_ratio(a: Real, b: Real, c: Real, d: Real) -> Real:
        return mp.log((a + b) / (c + d) / ((a + c) / (b + d)))

    columns = {"events_1": a + b, "events_2": a + c, "n": sum(at), "r": phi}
    numbers = {name: float(value) for name, value in columns.items()}
    expected = delta(log_odds_ratio, at, multinomial(at))
    agrees(computed("MPORM", **numbers), log_odds_ratio(*at), expected)


@pytest.mark.parametrize(("share", "n_1", "n_2"), [(0.7, 12, 30), (0.5, 9, 9), (0.05, 40, 7)])
def test_area_under_the_curve(share: float, n_1: int, n_2: int) -> None:
    """Hoeffding's variance of U, its two probabilities by quadrature over exponential values.

    X has rate 1, Y has rate θ = A/(1 − A), so that P(X > Y) = A. Both sizes in the numerator are
    their mean, and the denominator has one less of each.
    """
    a = mpf(str(share))
    rate = a / (1 - a)
    # Two X above one Y, and one X above two Y.
    above = mp.quad(lambda y: rate * mp.exp(-rate * y) * mp.exp(-y) ** 2, [0, mp.inf])
    below = mp.quad(lambda x: mp.exp(-x) * (1 - mp.exp(-rate * x)) ** 2, [0, mp.inf])
    more = mpf(n_1 + n_2) / 2 - 1
    variance = a * (1 - a) + more * (above - a**2) + more * (below - a**2)
    variance /= (n_1 - 1) * (n_2 - 1)
    agrees(computed("CLES", auc=share, n_1=n_1, n_2=n_2), a, variance)


@pytest.mark.parametrize("cells", [(298, 535, 221), (3, 9, 40), (1, 1, 1)])
def test_relative_excess_heterozygosity(cells: tuple[float, ...]) -> None:
    at = [mpf(x) for x in cells]

    def excess(a: Real, h: Real, b: Real) -> Real:
        return mp.log(h / (2 * mp.sqrt(a * b)))

    names = ("homozygous_a", "heterozygous", "homozygous_b")
    columns: dict[str, Any] = dict(zip(names, cells, strict=True))
    agrees(computed("REH", **columns), excess(*at), delta(excess, at, multinomial(at)))
