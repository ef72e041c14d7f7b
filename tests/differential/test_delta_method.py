"""Variances of effect sizes against the delta method, carried out numerically with thirty digits.

Each measure is written once more as a plain function of what varies between samples (cell counts,
means, standard deviations); its gradient is taken by mpmath; the variances and covariances of what
varies are those of multinomial, Poisson and normal samples. Estimates are compared on the way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from differential.naive_distributions import Real, mp, mpf
from equipoise import stats

Function = Callable[..., Real]


def gradient(function: Function, at: Sequence[Real]) -> list[Real]:
    """Give the partial derivatives by central differences, exact to about eighteen digits."""
    slopes = []
    for i, value in enumerate(at):
        step = mpf(10) ** -9 * max(abs(value), mpf(1))
        ends = [[*at[:i], value + sign * step, *at[i + 1 :]] for sign in (1, -1)]
        slopes.append((function(*ends[0]) - function(*ends[1])) / (2 * step))
    return slopes


def delta(function: Function, at: Sequence[Real], covariance: Sequence[Sequence[Real]]) -> Real:
    """Give the variance of a function of estimates with this covariance."""
    g = gradient(function, at)
    size = range(len(at))
    return sum(g[i] * g[j] * covariance[i][j] for i in size for j in size)


def diagonal(*variances: Real) -> list[list[Real]]:
    size = range(len(variances))
    return [[variances[i] if i == j else mpf(0) for j in size] for i in size]


def multinomial(cells: Sequence[Real]) -> list[list[Real]]:
    """Give the covariance of counts of which only the sum is fixed."""
    n = sum(cells)
    size = range(len(cells))
    return [[(cells[i] if i == j else 0) - cells[i] * cells[j] / n for j in size] for i in size]


def computed(measure: Any, **columns: float) -> tuple[float, float]:
    one_row: dict[str, Any] = {name: [value] for name, value in columns.items()}
    trials = stats.effect_sizes(measure, **one_row)
    assert trials.reasons == (None,)
    return float(trials.yi[0]), float(trials.vi[0])


def agrees(got: tuple[float, float], yi: Real, vi: Real, relative: float = 1e-10) -> None:
    assert got[0] == pytest.approx(float(yi), rel=relative, abs=1e-14)
    assert got[1] == pytest.approx(float(vi), rel=relative)


# Two-by-two tables ----------------------------------------------------------------------------

TABLES = [(12, 30, 25, 9), (40, 3, 2, 55), (7, 60, 8, 61)]


def quantile(p: Real) -> Real:
    """Give the value with probability p below it."""
    return mp.sqrt(2) * mp.erfinv(2 * p - 1)


def orthant(h: Real, k: Real, r: Real) -> Real:
    """Give P(X < h, Y < k) of correlated normals by one quadrature."""

    def slice_(x: Real) -> Real:
        below = mp.erfc(-(k - r * x) / mp.sqrt(2 * (1 - r * r))) / 2
        return mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi) * below

    return mp.quad(slice_, [mpf(-10), min(h, mpf(-3)) - 1, h])


def phi(a: Real, b: Real, c: Real, d: Real) -> Real:
    return (a * d - b * c) / mp.sqrt((a + b) * (c + d) * (a + c) * (b + d))


@pytest.mark.parametrize("cells", TABLES)
def test_phi_and_its_fisher_z(cells: tuple[float, ...]) -> None:
    a, b, c, d = (mpf(x) for x in cells)
    table = {"events_1": cells[0], "n_1": cells[0] + cells[1]}
    table |= {"events_2": cells[2], "n_2": cells[2] + cells[3]}
    vary = multinomial([a, b, c, d])
    agrees(computed("PHI", **table), phi(a, b, c, d), delta(phi, [a, b, c, d], vary))

    def z(*x: Real) -> Real:
        return mp.atanh(phi(*x))

    agrees(computed("ZPHI", **table), z(a, b, c, d), delta(z, [a, b, c, d], vary))


@pytest.mark.parametrize("cells", TABLES)
def test_tetrachoric_correlation(cells: tuple[float, ...]) -> None:
    """r solves its equation; its slopes are those of the equation in r and in each cell."""
    table = {"events_1": cells[0], "n_1": cells[0] + cells[1]}
    table |= {"events_2": cells[2], "n_2": cells[2] + cells[3]}
    yi, vi = computed("RTET", **table)

    def excess(r: Real, a: Real, b: Real, c: Real, d: Real) -> Real:
        n = a + b + c + d
        return orthant(quantile((a + b) / n), quantile((a + c) / n), r) - a / n

    at = [mpf(x) for x in (yi, *cells)]
    slope_r, *slopes = gradient(excess, at)
    assert float(excess(*at) / slope_r) == pytest.approx(0, abs=1e-13)
    vary = multinomial(at[1:])
    expected = (
        sum(slopes[i] * slopes[j] * vary[i][j] for i in range(4) for j in range(4)) / slope_r**2
    )
    assert vi == pytest.approx(float(expected), rel=1e-8)
    z, variance = computed("ZTET", **table)
    assert z == pytest.approx(float(mp.atanh(mpf(yi))), rel=1e-12)
    assert variance == pytest.approx(vi / (1 - yi**2) ** 2, rel=1e-12)


# Two groups' means ----------------------------------------------------------------------------

GROUPS = {"mean_1": 14.0, "sd_1": 3.0, "n_1": 22.0, "mean_2": 11.5, "sd_2": 4.5, "n_2": 31.0}


def exact_j(df: float) -> Real:
    """Give Hedges' factor by the gamma function."""
    m = mpf(df)
    return mp.gamma(m / 2) / (mp.sqrt(m / 2) * mp.gamma((m - 1) / 2))


def test_probability_of_superiority() -> None:
    """Bonett's n − 1 throughout, as metafor has it."""
    m1, s1, n1, m2, s2, n2 = (mpf(x) for x in GROUPS.values())

    def superiority(m1: Real, m2: Real, u1: Real, u2: Real) -> Real:
        return 1 - mp.erfc((m1 - m2) / mp.sqrt(u1 + u2) / mp.sqrt(2)) / 2

    at = [m1, m2, s1**2, s2**2]
    rows = ((s1, n1 - 1), (s2, n2 - 1))
    vary = diagonal(*(s**2 / m for s, m in rows), *(2 * s**4 / m for s, m in rows))
    agrees(computed("CLESN", **GROUPS), superiority(*at), delta(superiority, at, vary))


def test_glass_delta_of_unequal_groups() -> None:
    """Bonett's n − 1 throughout, and the gradient at the corrected difference."""
    m1, s1, n1, m2, s2, n2 = (mpf(x) for x in GROUPS.values())
    corrected = exact_j(n2 - 1) * (m1 - m2)

    def glass(m1: Real, m2: Real, s2: Real) -> Real:
        return (m1 - m2) / s2

    vary = diagonal(s1**2 / (n1 - 1), s2**2 / (n2 - 1), s2**2 / (2 * (n2 - 1)))
    variance = delta(glass, [m2 + corrected, m2, s2], vary)
    agrees(computed("SMD1H", **GROUPS), corrected / s2, variance)


@pytest.mark.parametrize(("raw", "z"), [("RPB", "ZPB"), ("RBIS", "ZBIS")])
def test_fisher_z_of_biserial_correlations(raw: str, z: str) -> None:
    """R judges the correlations; this, what z makes of them."""
    yi, vi = computed(raw, **GROUPS)
    agrees(computed(z, **GROUPS), mp.atanh(mpf(yi)), delta(mp.atanh, [mpf(yi)], [[mpf(vi)]]))


@pytest.mark.parametrize(("normal", "logistic"), [("OR2DN", "OR2DL"), ("D2ORN", "D2ORL")])
def test_normal_and_logistic_conversions_differ_by_their_factor(normal: str, logistic: str) -> None:
    columns = GROUPS
    if normal == "OR2DN":
        columns = {"events_1": 12.0, "n_1": 42.0, "events_2": 25.0, "n_2": 34.0}
    factor = mpf("1.65") * mp.sqrt(3) / mp.pi
    power = 1 if normal == "OR2DN" else -1
    yi, vi = (mpf(x) for x in computed(normal, **columns))
    agrees(computed(logistic, **columns), yi * factor**power, vi * factor ** (2 * power))
    assert computed(logistic[:-1], **columns) == computed(logistic, **columns)


# One group ------------------------------------------------------------------------------------


def test_probit() -> None:
    x, n = mpf(7), mpf(45)
    p = x / n
    variance = delta(quantile, [p], [[p * (1 - p) / n]])
    agrees(computed("PRZ", events=7, n=45), quantile(p), variance)


@pytest.mark.parametrize(
    ("measure", "function"),
    [
        ("IR", lambda x: x / 31),
        ("IRLN", lambda x: mp.log(x / 31)),
        ("IRS", lambda x: mp.sqrt(x / 31)),
    ],
)
def test_rates(measure: str, function: Function) -> None:
    x = mpf(17)
    agrees(computed(measure, events=17, time=31), function(x), delta(function, [x], [[x]]))


def test_freeman_tukey_rate_has_the_variance_of_the_square_root() -> None:
    yi, vi = computed("IRFT", events=17, time=31)
    assert vi == computed("IRS", events=17, time=31)[1]
    assert yi == pytest.approx(float((mp.sqrt(17) + mp.sqrt(18)) / 2 / mp.sqrt(31)), rel=1e-14)


M, S, N = mpf(9), mpf("2.5"), mpf(24)
ONE = {"mean": 9.0, "sd": 2.5, "n": 24.0}


def test_means() -> None:
    agrees(computed("MN", **ONE), M, S**2 / N)
    agrees(computed("MNLN", **ONE), mp.log(M), delta(mp.log, [M], [[S**2 / N]]))
    corrected = exact_j(23) * M
    variance = delta(lambda m, s: m / s, [corrected, S], diagonal(S**2 / N, S**2 / (2 * N)))
    agrees(computed("SMN", **ONE), corrected / S, variance)


def test_spread() -> None:
    half = 1 / (2 * (N - 1))
    vary = diagonal(S**2 / N, S**2 * half)
    agrees(computed("SDLN", sd=2.5, n=24), mp.log(S) + half, half)
    variance = delta(lambda m, s: mp.log(s / m), [M, S], vary)
    agrees(computed("CVLN", **ONE), mp.log(S / M) + half, variance)


# Measured twice -------------------------------------------------------------------------------

PAIRED = {"mean_1": 20.0, "sd_1": 5.0, "mean_2": 17.0, "sd_2": 6.5, "r": 0.6, "n": 26.0}
M1, S1, M2, S2, R, K = (mpf(str(x)) for x in PAIRED.values())
CHANGE = S1**2 + S2**2 - 2 * R * S1 * S2


def paired_means_covariance(n: Real) -> list[list[Real]]:
    return [[S1**2 / n, R * S1 * S2 / n], [R * S1 * S2 / n, S2**2 / n]]


def log_sd_covariance() -> list[list[Real]]:
    """Give the covariance of the logarithms of two correlated normal standard deviations."""
    return [[1 / (2 * (K - 1)), R**2 / (2 * (K - 1))], [R**2 / (2 * (K - 1)), 1 / (2 * (K - 1))]]


def test_mean_change() -> None:
    variance = delta(lambda a, b: a - b, [M1, M2], paired_means_covariance(K))
    agrees(computed("MC", **PAIRED), M1 - M2, variance)


def test_change_in_standard_deviations_of_change() -> None:
    corrected = exact_j(25) * (M1 - M2)
    spread = mp.sqrt(CHANGE)
    vary = diagonal(CHANGE / K, CHANGE / (2 * K))
    variance = delta(lambda change, s: change / s, [corrected, spread], vary)
    agrees(computed("SMCC", **PAIRED), corrected / spread, variance)


def test_change_in_first_standard_deviations() -> None:
    """``SMCR`` supposes equal spread; ``SMCRH`` does not, and has Bonett's n − 1."""
    corrected = exact_j(25) * (M1 - M2)

    def ratio(change: Real, s: Real) -> Real:
        return change / s

    equal = delta(ratio, [corrected, S1], diagonal(2 * S1**2 * (1 - R) / K, S1**2 / (2 * K)))
    agrees(computed("SMCR", **PAIRED), corrected / S1, equal)
    vary = diagonal(CHANGE / (K - 1), S1**2 / (2 * (K - 1)))
    agrees(computed("SMCRH", **PAIRED), corrected / S1, delta(ratio, [corrected, S1], vary))


def test_paired_ratios() -> None:
    means = delta(lambda a, b: mp.log(a / b), [M1, M2], paired_means_covariance(K))
    agrees(computed("ROMC", **PAIRED), mp.log(M1 / M2), means)
    spreads = delta(lambda a, b: a - b, [mp.log(S1), mp.log(S2)], log_sd_covariance())
    only_spread = {name: PAIRED[name] for name in ("sd_1", "sd_2", "r", "n")}
    agrees(computed("VRC", **only_spread), mp.log(S1 / S2), spreads)
    agrees(computed("CVRC", **PAIRED), mp.log(S1 / M1 / (S2 / M2)), means + spreads)


# Matched pairs --------------------------------------------------------------------------------

MATCHED: dict[str, Function] = {
    "MPRD": lambda a, b, c, d: (b - c) / (a + b + c + d),
    "MPRR": lambda a, b, c, _d: mp.log((a + b) / (a + c)),
    "MPOR": lambda a, b, c, d: mp.log((a + b) / (c + d) / ((a + c) / (b + d))),
    "MPORC": lambda _a, b, c, _d: mp.log(b / c),
}


@pytest.mark.parametrize("measure", MATCHED)
@pytest.mark.parametrize("cells", [(20, 9, 4, 31), (2, 15, 1, 3), (50, 6, 6, 8)])
def test_matched_pairs(measure: str, cells: tuple[float, ...]) -> None:
    at = [mpf(x) for x in cells]
    columns = dict(zip(("both", "only_1", "only_2", "neither"), cells, strict=True))
    function = MATCHED[measure]
    agrees(computed(measure, **columns), function(*at), delta(function, at, multinomial(at)))


# Correlations and reliability -----------------------------------------------------------------


@pytest.mark.parametrize(("partial", "plain"), [("PCOR", "COR"), ("ZPCOR", "ZCOR")])
@pytest.mark.parametrize("covariates", [0, 1, 7])
def test_each_variable_held_constant_costs_one_person(
    partial: str, plain: str, covariates: int
) -> None:
    """Fisher (1924): a partial correlation is distributed as a correlation of fewer people."""
    expected = computed(plain, r=0.37, n=40 - covariates)
    assert computed(partial, r=0.37, n=40, covariates=covariates) == expected


@pytest.mark.parametrize(("r", "n"), [(0.9, 5), (-0.04, 12), (1e-9, 8), (0.04, 13), (0.5, 5000)])
def test_unbiased_correlation(r: float, n: float) -> None:
    exact = mpf(r) * mp.hyp2f1("0.5", "0.5", (mpf(n) - 2) / 2, 1 - mpf(r) ** 2)
    agrees(computed("UCOR", r=r, n=n), exact, (1 - exact**2) ** 2 / (n - 1), 1e-14)


@pytest.mark.parametrize("items", [2, 5, 20])
def test_reliability_against_the_exact_distribution(items: int) -> None:
    """Feldt (1965): (1 − α) / (1 − α̂) follows F with n − 1 and (n − 1)(m − 1) degrees of freedom.

    The variance of its logarithm is a sum of two trigamma functions; Bonett's differs from it by a
    share of order 1/n², the others follow by the delta method to a share of order 1/n.
    """
    for n, share in ((100, 2e-2), (10_000, 2e-4)):
        columns = {"alpha": 0.8, "items": items, "n": n}
        degrees = (mpf(n - 1) / 2, mpf((n - 1) * (items - 1)) / 2)
        log_variance = float(sum(mp.psi(1, x) for x in degrees))
        assert computed("ABT", **columns)[1] == pytest.approx(log_variance, rel=share)
        assert computed("ARAW", **columns)[1] == pytest.approx(log_variance * 0.2**2, rel=share)
        cube = log_variance * 0.2 ** (2 / 3) / 9
        assert computed("AHW", **columns)[1] == pytest.approx(cube, rel=share)
