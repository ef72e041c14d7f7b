"""Routes against slow derivations: bisection for tables, mpmath for quantiles, plain least squares."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import mp, mpf  # type: ignore[import-untyped]  # it has no types
from scipy import special

from equipoise import stats
from equipoise.kernels.effects import derivatives, quantile_fits
from equipoise.kernels.effects import reported_tests as tests
from equipoise.kernels.effects.quantile_summaries import FiveNumbers, normal_mean
from equipoise.kernels.effects.table_reconstruction import events_from_odds_ratio
from equipoise.stats.effects.delta_method import delta_method

MODEST = settings(max_examples=60, deadline=None)
CELL = st.integers(1, 400)


def one(value: float) -> Any:
    return np.array([value])


@MODEST
@given(a=CELL, b=CELL, c=CELL, d=CELL)
def test_every_table_comes_back_from_its_odds_ratio(a: int, b: int, c: int, d: int) -> None:
    """The exact table is known; the quadratic finds it, at odds ratios of one and at extreme ones."""
    psi = float(Fraction(a * d, b * c))
    found = events_from_odds_ratio(one(psi), one(a + b), one(c + d), one(a + c))
    assert found[0] == pytest.approx(a, rel=1e-9)
    table: dict[str, Any] = {"events_1": [a], "n_1": [a + b], "events_2": [c], "n_2": [c + d]}
    margins: dict[str, Any] = {"n_1": [a + b], "n_2": [c + d], "events_total": [a + c]}
    direct = stats.effect_sizes("OR", **table)
    n = a + b + c + d
    product = (a + b) * (c + d) * (a + c) * (b + d)
    gap = a * d - b * c
    sign: dict[str, Any] = {"sign": [1 if gap >= 0 else -1]}
    ways: list[dict[str, Any]] = [
        {"odds_ratio": [psi]},
        {"phi": [gap / math.sqrt(product)]},
        {"chi2": [n * gap**2 / product]} | sign,
    ]
    for way in ways:
        rebuilt = stats.effect_sizes("OR", **margins, **way)
        assert rebuilt.columns["events_1"][0] == a
        assert rebuilt.yi[0] == direct.yi[0]


@MODEST
@given(
    psi=st.floats(1e-6, 1e6), n_1=CELL, n_2=CELL, share=st.floats(0.01, 0.99)
)  # fmt: skip
def test_the_quadratic_agrees_with_bisection(psi: float, n_1: int, n_2: int, share: float) -> None:
    """Between the limits of the margins the odds ratio grows from 0 to infinity: bisect it."""
    events = share * (n_1 + n_2)
    low, high = max(mpf(0), mpf(events) - n_2), min(mpf(n_1), mpf(events))
    for _ in range(200):
        a = (low + high) / 2
        if a * (n_2 - events + a) < mpf(psi) * (n_1 - a) * (events - a):
            low = a
        else:
            high = a
    found = events_from_odds_ratio(one(psi), one(n_1), one(n_2), one(events))[0]
    assert found == pytest.approx(float(low), rel=1e-9, abs=1e-9 * (n_1 + n_2))


@pytest.mark.parametrize("df", [1.0, 2.0, 3.5, 18.0, 240.0, 1e5])
@pytest.mark.parametrize("p", [1e-12, 1e-6, 0.003, 0.05, 0.5, 0.99])
def test_students_quantile_gives_back_its_p(df: float, p: float) -> None:
    """The tail beyond the quantile, by mpmath's incomplete beta function with thirty digits."""
    t = float(tests.two_sided_quantile(one(p), one(df))[0])
    with mp.workdps(30):
        x = mpf(df) / (mpf(df) + mpf(t) ** 2)
        tail = mp.betainc(mpf(df) / 2, mpf("0.5"), 0, x, regularized=True)
    assert float(tail) == pytest.approx(p, rel=1e-10)


@MODEST
@given(
    m=st.tuples(st.floats(-5, 5), st.floats(-5, 5)),
    s=st.tuples(st.floats(0.2, 4), st.floats(0.2, 4)),
    n=st.tuples(st.integers(3, 90), st.integers(3, 90)),
)
def test_a_t_test_says_what_the_arms_say(
    m: tuple[float, float], s: tuple[float, float], n: tuple[int, int]
) -> None:
    """t worked out by loops from means and SDs; d from it is d from the arms, and so is r's."""
    df = n[0] + n[1] - 2
    pooled = math.sqrt(sum((size - 1) * sd * sd for size, sd in zip(n, s, strict=True)) / df)
    t = (m[0] - m[1]) / (pooled * math.sqrt(sum(1 / size for size in n)))
    sizes: dict[str, Any] = {"n_1": [n[0]], "n_2": [n[1]]}
    arms = stats.effect_sizes(
        "SMD", mean_1=[m[0]], sd_1=[s[0]], mean_2=[m[1]], sd_2=[s[1]], **sizes
    )
    ways: list[dict[str, Any]] = [{"t": [t]}, {"r": [t / math.sqrt(t * t + df)]}]
    for way in ways:
        reported = stats.effect_sizes("SMD", **sizes, **way)
        assert reported.yi[0] == pytest.approx(arms.yi[0], rel=1e-9, abs=1e-12)
        assert reported.vi[0] == pytest.approx(arms.vi[0], rel=1e-9)


# Medians --------------------------------------------------------------------------------------

SUMMARIES = [
    (math.nan, 3.0, 4.0, 6.0, math.nan, 100.0),
    (2.0, math.nan, 4.0, math.nan, 9.0, 100.0),
    (1.0, 3.0, 4.0, 6.0, 15.0, 60.0),
    (0.5, 12.0, 20.0, 33.0, 90.0, 25.0),
    (math.nan, 3.0, 5.0, 6.5, math.nan, 50.0),
    (1.0, math.nan, 6.0, math.nan, 10.0, 80.0),
]


def naive_log_normal(row: Sequence[float]) -> tuple[float, float]:
    """Follow Shi (2020) one scenario at a time, in plain arithmetic."""
    low, q1, m, q3, high, n = row
    k: tuple[tuple[float, float], ...]
    a, b = (math.log(low), math.log(high)) if low == low else (0.0, 0.0)  # noqa: PLR0124  # nan
    c, d = (math.log(q1), math.log(q3)) if q1 == q1 else (0.0, 0.0)  # noqa: PLR0124  # nan
    mid, ln = math.log(m), math.log(n)
    xi = 2 * special.ndtri((n - 0.375) / (n + 0.25))
    eta = 2 * special.ndtri((0.75 * n - 0.125) / (n + 0.25))
    if a == b:
        w = 0.7 + 0.39 / n
        mu, s = w * (c + d) / 2 + (1 - w) * mid, (d - c) / eta
        v, f = s**2 / (1 + 1.58 / n), s**4 / (1 + 19.2 / n**1.2)
        k = ((0.57, 0.75), (2.28, 12), (2.28, 3))
    elif c == d:
        w = 4 / (4 + n**0.75)
        mu, s = w * (a + b) / 2 + (1 - w) * mid, (b - a) / xi
        v, f = s**2 / (1.01 + 0.25 / ln**2), s**4 / (1 + 2.23 / ln**2)
        k = ((0.565, 0.37), (2.26, 5.92), (2.26, 1.48))
    else:
        w1, w2 = 2.2 / (2.2 + n**0.75), 0.7 - 0.72 / n**0.55
        mu = w1 * (a + b) / 2 + w2 * (c + d) / 2 + (1 - w1 - w2) * mid
        w = 1 / (1 + 0.07 * n**0.6)
        s = w * (b - a) / xi + (1 - w) * (d - c) / eta
        v, f = s**2 / (1 + 0.28 / ln**2), s**4 / (1 + 3.93 / n)
        k = ((0.405, 0.315), (1.62, 5.04), (1.62, 1.26))
    phi = [1 + x * v / n + y * f / n for x, y in k]
    mean = math.exp(mu + v / 2) / phi[0]
    variance = math.exp(2 * mu + 2 * v) / phi[1] - math.exp(2 * mu + v) / phi[2]
    return mean, math.sqrt(variance)


def five(row: Sequence[float]) -> FiveNumbers:
    low, q1, median, q3, high, n = (one(value) for value in row)
    return FiveNumbers(low, q1, median, q3, high, n)


def summary_columns(row: Sequence[float]) -> dict[str, Any]:
    names = ("min", "q1", "median", "q3", "max", "n")
    return {name: [v] for name, v in zip(names, row, strict=True) if not math.isnan(v)}


@pytest.mark.parametrize("row", SUMMARIES)
def test_log_normal_summaries(row: tuple[float, ...]) -> None:
    fast = stats.effect_sizes("MN", **summary_columns(row), medians="lognormal")
    mean, sd = naive_log_normal(row)
    assert fast.yi[0] == pytest.approx(mean, rel=1e-12)
    assert fast.columns["sd"][0] == pytest.approx(sd, rel=1e-10)


def brute(quantile: Callable[[float, float], Any], q: Any, low: float, high: float) -> Any:
    """Give the least distance over a fine grid of shapes, the scale by least squares."""
    best = (math.inf, 0.0, 0.0)
    for shape in np.geomspace(low, high, 20001):
        u = np.array(quantile(float(shape), 0.0))
        scale = float(u @ q / (u @ u))
        distance = float(np.sum((scale * u - q) ** 2))
        best = min(best, (distance, float(shape), scale))
    return best


@pytest.mark.parametrize("row", SUMMARIES)
def test_no_shape_on_a_fine_grid_comes_closer(row: tuple[float, ...]) -> None:
    """The distances of log-normal and Weibull fits are at most the least of twenty thousand shapes."""
    summary = five(row)
    p, q = quantile_fits._points(summary, 0)
    z, waiting = special.ndtri(p), -np.log1p(-p)
    least = [
        brute(lambda s, _: np.exp(s * z), q, 0.02, 5)[0],
        brute(lambda c, _: waiting ** (1 / c), q, 0.2, 50)[0],
    ]
    fits = [quantile_fits._log_normal(p, q), quantile_fits._weibull(p, q)]
    for fit, bound in zip(fits, least, strict=True):
        assert fit.distance <= bound * (1 + 1e-12) + 1e-20
        assert fit.distance == pytest.approx(bound, rel=2e-3, abs=1e-5)


@pytest.mark.parametrize(("family", "shape"), [("gamma", 2.5), ("weibull", 1.7), ("normal", 0.0)])
def test_exact_quantiles_give_the_distribution_back(family: str, shape: float) -> None:
    """Quartiles of a known distribution: the fit is that distribution, with its textbook moments."""
    p = np.array([0.25, 0.5, 0.75])
    q, mean, sd = {
        "gamma": (3 * special.gammaincinv(2.5, p), 3 * shape, 3 * math.sqrt(shape)),
        "weibull": (
            4 * (-np.log1p(-p)) ** (1 / 1.7),
            4 * math.gamma(1 + 1 / 1.7),
            4 * math.sqrt(math.gamma(1 + 2 / 1.7) - math.gamma(1 + 1 / 1.7) ** 2),
        ),
        "normal": (10 + 2 * special.ndtri(p), 10.0, 2.0),
    }[family]
    blank = one(math.nan)
    s = FiveNumbers(blank, q[:1], q[1:2], q[2:], blank, one(50.0))
    assert quantile_fits.closest_family(s) == [family]
    found = quantile_fits.quantile_estimation(s)
    assert found[0][0] == pytest.approx(mean, rel=1e-6)
    assert found[1][0] == pytest.approx(sd, rel=1e-5)


@pytest.mark.parametrize("row", SUMMARIES)
def test_box_cox_moments_by_quadrature(row: tuple[float, ...]) -> None:
    """λ from a fine grid, then mean and variance of the cut inverse transform by mpmath."""
    summary = five(row)
    power = quantile_fits._symmetric_power(summary, 0)
    _, q = quantile_fits._points(summary, 0)
    relative = q / row[2]

    def asymmetry(x: float) -> float:
        y = np.log(relative) if x == 0 else (relative**x - 1) / x
        pairs = [(0, -1)] if len(y) == 3 else [(0, -1), (1, -2)]
        return float(sum((y[j] / -y[i] - 1) ** 2 for i, j in pairs))

    least = min(asymmetry(float(x)) for x in np.linspace(0, 3, 3001))
    assert asymmetry(power) <= least * (1 + 1e-9) + 1e-14
    if power > 0.05:
        values = [
            math.nan if math.isnan(v) else (((v / row[2]) ** power) - 1) / power for v in row[:5]
        ]
        s = five([*values, row[5]])
        mu = float(normal_mean(s)[0])
        sigma = float(quantile_fits._wan_sd(s)[0])
        half = abs(mu + 1 / power)

        def density(x: Any) -> Any:
            return mp.exp(-(((x - mu) / sigma) ** 2) / 2)

        def back(x: Any) -> Any:
            return max(power * x + 1, 0) ** (1 / power)

        steps = [mu - half, mu - half / 2, mu, mu + half / 2, mu + half]
        mass = mp.quad(density, steps)
        mean = mp.quad(lambda x: density(x) * back(x), steps) / mass
        square = mp.quad(lambda x: density(x) * (back(x) - mean) ** 2, steps) / mass
        found = quantile_fits.box_cox(summary)
        assert found[0][0] == pytest.approx(float(mean) * row[2], rel=1e-6)
        assert found[1][0] == pytest.approx(float(mp.sqrt(square)) * row[2], rel=1e-5)


# The delta method -----------------------------------------------------------------------------

SMOOTH: list[
    tuple[Callable[[float], float], Callable[[float], float], Callable[[float], float], float]
]
SMOOTH = [
    (math.exp, math.exp, math.exp, 0.7),
    (math.log, lambda x: 1 / x, lambda x: -1 / x**2, 0.02),
    (math.tanh, lambda x: 1 - math.tanh(x) ** 2, lambda x: -2 * math.tanh(x) * (1 - math.tanh(x) ** 2), 1.1),
    (math.sqrt, lambda x: 0.5 / math.sqrt(x), lambda x: -0.25 * x**-1.5, 400.0),
]  # fmt: skip


@pytest.mark.parametrize(("f", "first", "second", "at"), SMOOTH)
@pytest.mark.parametrize("se", [1e-3, 0.1])
def test_numerical_derivatives(
    f: Callable[[float], float], first: Callable[[float], float], second: Callable[[float], float],
    at: float, se: float,
) -> None:  # fmt: skip
    done = delta_method(f, [at], [se**2])
    exact = delta_method(f, [at], [se**2], derivative=first)
    assert done.gradient[0, 0] == pytest.approx(first(at), rel=1e-9)
    assert done.variance[0] == pytest.approx(exact.variance[0], rel=1e-9)
    bent = delta_method(f, [at], [se**2], order=2)
    assert bent.bias[0] == pytest.approx(0.5 * second(at) * se**2, rel=1e-6)


def test_mixed_derivatives() -> None:
    """f = x² y + exp(y): Hessian [[2y, 2x], [2x, exp y]]."""
    found = derivatives.hessian(
        lambda v: float(v[0] ** 2 * v[1] + math.exp(v[1])), np.array([1.5, 0.4]), np.ones(2)
    )
    assert found == pytest.approx(np.array([[0.8, 3.0], [3.0, math.exp(0.4)]]), rel=1e-8)


@pytest.mark.parametrize("delta", [0.0, 0.6, 2.0])
@pytest.mark.parametrize("n", [(4, 5), (30, 12)])
def test_the_unbiased_variance_is_unbiased(delta: float, n: tuple[int, int]) -> None:
    """Its mean over the noncentral t distribution is the true variance of g, by quadrature.

    d = t √u; t has the density of (z + δ/√u) / √(χ²/m). Expectations over z are exact, those over
    χ² are integrals.
    """
    m, u = n[0] + n[1] - 2, 1 / n[0] + 1 / n[1]
    with mp.workdps(20):
        half = mpf(m) / 2
        j = mp.gamma(half) / (mp.sqrt(half) * mp.gamma(half - mpf("0.5")))
        inverse = mp.quad(
            lambda x: x ** (half - 2) * mp.exp(-x / 2) / (2**half * mp.gamma(half)) * m,
            [0, 1, m, 4 * m, 20 * m],
        )
        square = (u + mpf(delta) ** 2) * inverse
        truth = j**2 * square - mpf(delta) ** 2
    found = []
    for d in (0.0, 1.0):
        trials = stats.effect_sizes("SMD", d=[d], n_1=[n[0]], n_2=[n[1]], smd_variance="hedges-ub")
        found.append(float(trials.vi[0]))
    expected = found[0] + (found[1] - found[0]) * float(square)
    assert expected == pytest.approx(float(truth), rel=1e-8)
