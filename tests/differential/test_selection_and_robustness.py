"""Slow derivations of selection and robustness, with mpmath or plain loops, beside the fast ones."""

from __future__ import annotations

import itertools
import math
from functools import partial
from typing import Any

import mpmath  # type: ignore[import-untyped]  # it ships no types
import numpy as np
import pytest
from scipy import optimize

from differential.engine import effects_of
from equipoise import stats
from equipoise.kernels.robustness import group_sequential as gs
from equipoise.kernels.robustness.e_values import log_e_values, sequence_half_width
from equipoise.kernels.robustness.missing_outcomes import Arm, risk_of_all
from equipoise.kernels.robustness.power import scaled_power
from equipoise.kernels.selection import p_uniform_star as star
from equipoise.kernels.selection.irwin_hall import irwin_hall_cdf, irwin_hall_quantile
from equipoise.kernels.selection.p_curve import shift_of_power, stouffer
from equipoise.stats.robustness.fragility import fragility
from equipoise.stats.selection.p_curve import p_curve
from equipoise.stats.selection.p_uniform import p_uniform
from equipoise.stats.selection.p_uniform_star import p_uniform_star

ROWS = [(2.4, 1.0), (1.1, 0.5), (3.1, 0.9), (0.2, 0.7), (1.3, 0.4), (-0.4, 0.8), (2.0, 0.3)]
FIT = stats.pool(effects_of("GENERIC", ROWS), ci="wald", tau2_ci="none")


def phi(x: Any) -> Any:
    return mpmath.ncdf(x)


def root(function: Any, low: float, high: float) -> float:
    """Halve a bracket with thirty digits."""
    with mpmath.workdps(30):
        a, b = mpmath.mpf(low), mpmath.mpf(high)
        rising = function(b) > 0
        for _ in range(100):
            middle = (a + b) / 2
            if (function(middle) > 0) == rising:
                b = middle
            else:
                a = middle
        return float((a + b) / 2)


@pytest.mark.parametrize(
    ("n", "x"), [(1, 0.3), (3, 1.2), (7, 0.05), (24, 9.0), (40, 15.0), (60, 4.0)]
)
def test_irwin_hall_by_its_polynomial(n: int, x: float) -> None:
    with mpmath.workdps(120):
        terms = (
            (-1) ** j * mpmath.binomial(n, j) * (mpmath.mpf(x) - j) ** n
            for j in range(math.floor(x) + 1)
        )
        exact = mpmath.fsum(terms) / mpmath.factorial(n)
    assert irwin_hall_cdf(x, n) == pytest.approx(float(exact), rel=1e-9)
    assert irwin_hall_cdf(n - x, n) == pytest.approx(1.0 - float(exact), rel=1e-12)
    assert irwin_hall_cdf(irwin_hall_quantile(0.025, n), n) == pytest.approx(0.025, rel=1e-11)


def test_irwin_hall_limits_of_r() -> None:
    """R's puniform lists these quantiles, computed elsewhere, to seven digits."""
    found = [irwin_hall_quantile(0.025, n) for n in (1, 2, 3, 10, 100)]
    assert found == pytest.approx([0.025, 0.2236068, 0.5313293, 3.2185166, 44.3444582], abs=5.1e-8)


def test_p_curve_by_non_central_chi_squared() -> None:
    """z² has one degree of freedom, as R's p-curve has it: scores from P(χ² ≥ z²) given power."""
    z = [y / se for y, se in ROWS if y / se > 1.959964]
    with mpmath.workdps(40):
        critical = -mpmath.sqrt(2) * mpmath.erfinv(2 * mpmath.mpf("0.025") - 1)

        def tail(x: Any, shift: Any) -> Any:
            return phi(shift - x) + phi(-shift - x)

        third = root(lambda d: tail(critical, d) - mpmath.mpf(1) / 3, 0.0, 5.0)
        for shift in (0.0, third, 4.0):
            scores = [
                mpmath.sqrt(2) * mpmath.erfinv(2 * tail(x, shift) / tail(critical, shift) - 1)
                for x in z
            ]
            expected = float(mpmath.fsum(scores) / mpmath.sqrt(len(scores)))
            assert stouffer(np.array(z), float(critical), shift) == pytest.approx(
                expected, rel=1e-9
            )
    assert shift_of_power(1.0 / 3.0, float(critical)) == pytest.approx(third, rel=1e-12)
    found = p_curve(FIT)
    assert found.k == len(z)
    low, middle, high = found.power_low, found.power, found.power_high
    assert 0.05 <= low < middle < high < 1.0


@pytest.mark.parametrize("method", ["P", "LNP"])
def test_p_uniform_by_halving_with_thirty_digits(method: Any) -> None:
    found = p_uniform(FIT, method)
    significant = [(y, s) for y, s in ROWS if y / s > 1.959963984540054]
    k = len(significant)

    def statistic(mu: Any) -> Any:
        q = [
            phi((mu - y) / s) / phi((mu - mpmath.mpf("1.959963984540054235524594430520") * s) / s)
            for y, s in significant
        ]
        return mpmath.fsum(q) if method == "P" else -mpmath.fsum(mpmath.log(x) for x in q)

    goals = {"P": (k / 2, irwin_hall_quantile(0.025, k), k - irwin_hall_quantile(0.025, k))}
    for value, goal in zip(
        (found.estimate, found.ci_low, found.ci_high), goals.get(method, (k,)), strict=False
    ):
        expected = root(lambda mu, goal=goal: statistic(mu) - goal, -20.0, 20.0)
        assert value == pytest.approx(expected, rel=1e-9)
    if method == "P":
        at_null = float(statistic(mpmath.mpf(0)))
        assert found.p_effect == pytest.approx(irwin_hall_cdf(at_null, k), rel=1e-9)
    else:
        for limit, chance in ((found.ci_low, 0.975), (found.ci_high, 0.025)):
            below = mpmath.gammainc(k, 0, statistic(mpmath.mpf(limit)), regularized=True)
            assert float(below) == pytest.approx(chance, rel=1e-9)


def slow_likelihood(mu: float, tau2: float) -> float:
    total = mpmath.mpf(0)
    for y, se in ROWS:
        sigma = mpmath.sqrt(se**2 + tau2)
        cut = (1.959963984540054 * se - mu) / sigma
        above = y / se > 1.959963984540054
        tail = phi(-cut) if above else phi(cut)
        total += mpmath.log(mpmath.npdf((y - mu) / sigma) / sigma / tail)
    return float(total)


def test_p_uniform_star_by_searching() -> None:
    """A simplex search of the likelihood as written finds no higher point, and the same one."""
    found = p_uniform_star(FIT)

    def below(x: Any) -> float:
        return -slow_likelihood(float(x[0]), float(x[1]) ** 2)

    start = np.array([0.5, 0.5])
    place, value, *_ = optimize.fmin(
        below, start, xtol=1e-9, ftol=1e-13, maxiter=600, full_output=True, disp=False
    )
    assert found.log_likelihood == pytest.approx(-float(value), abs=1e-10)
    assert found.log_likelihood >= -float(value) - 1e-12
    assert found.estimate == pytest.approx(place[0], abs=1e-5)
    assert slow_likelihood(found.estimate, found.tau2) == pytest.approx(
        found.log_likelihood, abs=1e-11
    )


def test_p_uniform_star_limits_are_on_the_profile() -> None:
    found = p_uniform_star(FIT)
    for limit in (found.ci_low, found.ci_high):
        assert limit is not None
        best = optimize.minimize_scalar(
            lambda tau, mu=limit: -slow_likelihood(mu, tau**2), bounds=(0.0, 20.0), method="bounded",
            options={"xatol": 1e-8},
        )  # fmt: skip
        assert 2.0 * (found.log_likelihood + best.fun) == pytest.approx(3.841458820694124, abs=1e-5)


def test_p_uniform_star_derivatives() -> None:
    trials = star.Truncated(
        np.array([y for y, _ in ROWS]), np.array([s**2 for _, s in ROWS]),
        np.array([1.96 * s for _, s in ROWS]), np.array([y > 1.96 * s for y, s in ROWS]),
    )  # fmt: skip

    def at(mu: float, tau2: float) -> star.Terms:
        return star.terms(trials, np.array([mu]), np.array([tau2]))

    h = 1e-5
    for mu, tau2 in ((0.3, 0.2), (-2.0, 1.5), (1.0, 0.01)):
        here = at(mu, tau2)
        for name, by_mu, by_tau2 in (
            ("value", here.m, here.t),
            ("m", here.mm, here.mt),
            ("t", here.mt, here.tt),
        ):
            rise = getattr(at(mu + h, tau2), name) - getattr(at(mu - h, tau2), name)
            assert by_mu == pytest.approx(rise / (2.0 * h), rel=1e-6, abs=1e-7)
            rise = getattr(at(mu, tau2 + h * tau2), name) - getattr(at(mu, tau2 - h * tau2), name)
            assert by_tau2 == pytest.approx(rise / (2.0 * h * tau2), rel=1e-6, abs=1e-6)


@pytest.mark.parametrize(
    ("df", "shift", "level"), [(1, 2.0, 0.95), (3, 5.0, 0.95), (2, 8.0, 0.999), (12, 2.5, 0.9)]
)
def test_hartung_knapp_power_by_quadrature(df: int, shift: float, level: float) -> None:
    """With mpmath's own quadrature over the chi-squared factor; with a floor and without."""
    with mpmath.workdps(20):
        t = root(
            lambda x: (
                mpmath.betainc(mpmath.mpf(df) / 2, 0.5, 0, df / (df + x * x), regularized=True)
                - (1 - mpmath.mpf(level))
            ),
            0.0,
            2000.0,
        )

        def inside(s: Any, floor: float) -> Any:
            density = (
                2
                * mpmath.power(df / mpmath.mpf(2), df / mpmath.mpf(2))
                / mpmath.gamma(df / mpmath.mpf(2))
                * s ** (df - 1)
                * mpmath.exp(-df * s * s / 2)
            )
            limit = max(t * s, floor)
            return density * (phi(shift - limit) + phi(-shift - limit))

        for floor in (0.0, t):
            cuts = sorted({0.0, shift / t, min(1.0, 4 * shift / t), 1.0, 2.0, 4.0, 9.0})
            exact = float(mpmath.quad(lambda s, floor=floor: inside(s, floor), cuts))
            limit = partial(_limit, t, floor)
            found = scaled_power(shift, float(df), limit, t)
            assert found == pytest.approx(exact, rel=1e-8)


def _limit(slope: float, floor: float, s: Any) -> Any:
    return np.maximum(slope * s, floor)


def test_fragility_by_plain_loops() -> None:
    """Every step of the greedy path, and every pair, pooled one by one."""
    rows: list[tuple[int, ...]] = [(4, 50, 9, 50), (6, 60, 12, 60), (3, 40, 8, 40), (0, 30, 3, 30)]
    for options in ({"model": "common"}, {"ci": "hksj"}, {"model": "common", "method": "MH"}):
        given: dict[str, Any] = {"tau2_ci": "none", **options}
        fit = stats.pool(effects_of("RR", rows), **given)
        path = slow_path(rows, given)
        found = fragility(fit)
        assert found.significant
        assert found.index == len(path)
        assert [(s.row, s.arm - 1, s.change) for s in found.steps] == path


def slow_path(rows: list[tuple[int, ...]], options: dict[str, Any]) -> list[tuple[int, int, int]]:
    now, path = [list(row) for row in rows], []
    for _ in range(30):
        best = None
        for trial, arm in itertools.product(range(len(now)), (0, 1)):
            change = 1 if arm == 0 else -1
            after = [row.copy() for row in now]
            after[trial][2 * arm] += change
            if not 0 <= after[trial][2 * arm] <= after[trial][2 * arm + 1]:
                continue
            high = stats.pool(effects_of("RR", after), **options).ci_high
            if best is None or high > best[0]:
                best = (high, (trial, arm, change), after)
        assert best is not None
        path.append(best[1])
        now = best[2]
        if best[0] >= 0.0:
            return path
    raise AssertionError("never turned")


def test_risks_of_all_randomised_by_differences() -> None:
    """The variance is that of a product of two binomial shares, by slopes taken numerically."""
    for p, n, m, delta in ((0.25, 40.0, 10.0, 2.0), (0.6, 33.0, 20.0, 0.3), (0.1, 80.0, 5.0, 1e-9)):

        def risk(pi: float, share: float, d: float = delta) -> float:
            return (1.0 - share) * pi + share * d * pi / (1.0 - pi + d * pi)

        share, h = m / (n + m), 1e-6
        by_p = (risk(p + h, share) - risk(p - h, share)) / (2.0 * h)
        by_share = (risk(p, share + h) - risk(p, share - h)) / (2.0 * h)
        expected = by_p**2 * p * (1 - p) / n + by_share**2 * share * (1 - share) / (n + m)
        found = risk_of_all(Arm(np.array([p * n]), np.array([n]), np.array([m])), np.array(delta))
        assert found.risk[0] == pytest.approx(risk(p, share), rel=1e-12)
        assert found.variance[0] == pytest.approx(expected, rel=1e-7)
        by_log = (risk(p, share, delta * (1 + h)) - risk(p, share, delta * (1 - h))) / (2.0 * h)
        assert found.slope[0] == pytest.approx(by_log, rel=1e-6, abs=1e-12)


def test_infinite_odds_ratios_are_limits() -> None:
    arm = Arm(np.array([10.0]), np.array([40.0]), np.array([10.0]))
    for limit, near in ((math.inf, 1e9), (0.0, 1e-9)):
        exact, close = (risk_of_all(arm, np.array(value)) for value in (limit, near))
        assert exact.risk[0] == pytest.approx(close.risk[0], rel=1e-8)
        assert exact.variance[0] == pytest.approx(close.variance[0], rel=1e-6)


@pytest.mark.parametrize(("second", "drift"), [(1.0, 0.0), (0.5001, 0.0), (0.9, 2.5)])
def test_two_looks_by_double_integration(second: float, drift: float) -> None:
    """The chance to cross ±2.3 first at the second of two looks, as an integral over the first."""
    first, bound = 0.5, 2.3
    upper, _ = gs.chances([first, second], [(-bound, bound)] * 2, drift)
    with mpmath.workdps(20):
        spread = mpmath.sqrt((mpmath.mpf(second) - first) / second)

        def path(z: Any) -> Any:
            mean = z * mpmath.sqrt(mpmath.mpf(first) / second) + drift * (
                second - first
            ) / mpmath.sqrt(second)
            return mpmath.npdf(z - drift * mpmath.sqrt(first)) * phi((mean - bound) / spread)

        cuts = [-bound, 0, 1.5, 2.0, 2.2, 2.27, bound]
        exact = float(mpmath.quad(path, cuts))
    assert upper[1] == pytest.approx(exact, rel=1e-10)


def test_spending_is_what_the_boundaries_spend() -> None:
    """Unequal looks, one adding a thousandth: cumulative chances are those of the function."""
    t = np.array([0.1, 0.3, 0.3003, 0.55, 0.8, 1.0])
    for spend in gs.SPENDING.values():
        bounds = gs.symmetric_bounds(t, 2.0 * spend(t, 0.025))
        upper, lower = gs.chances(t, [(-b, b) for b in bounds], 0.0)
        assert np.cumsum(upper + lower) == pytest.approx(2.0 * spend(t, 0.025), rel=1e-9)


def test_futility_bounds_spend_the_type_two_error() -> None:
    t = np.array([0.3, 0.6, 0.9])
    upper = gs.symmetric_bounds(t, 2.0 * gs.obrien_fleming_spending(t, 0.025))
    drift, spent = 2.801585, gs.obrien_fleming_spending(t, 0.2)
    inner = gs.futility_bounds(t, upper, spent, drift)
    known = np.isfinite(inner)
    low = np.where(known, inner, -upper)
    _, below = gs.chances(t, list(zip(low, upper, strict=True)), drift)
    assert known.any()
    assert below[known].sum() == pytest.approx(spent[-1], rel=1e-9)


def test_an_e_value_is_one_on_average_without_an_effect() -> None:
    """Integrated over the score's distribution; and the interval ends where it refutes."""
    information, precision = 3.0, 0.7
    score = np.linspace(-60.0, 60.0, 200_001)
    density = np.exp(-(score**2) / (2.0 * information)) / math.sqrt(2.0 * math.pi * information)
    e = np.exp(log_e_values(score, np.array(information), precision))
    assert float((e * density).sum() * (score[1] - score[0])) == pytest.approx(1.0, rel=1e-10)
    half = float(sequence_half_width(np.array(information), precision, 0.05))
    at = float(log_e_values(np.array(half * information), np.array(information), precision))
    assert at == pytest.approx(math.log(20.0), rel=1e-12)
