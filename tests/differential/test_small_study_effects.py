"""Small-study effects against loops over trials that write out each definition.

Lines are fitted by the sums of school books, distributions by exact fractions, radial plots as the
plots they are; nothing is shared with the kernels.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given

from differential.engine import effects_of
from differential.strategies import MODEST, Rows, contrasts, full_tables, means
from equipoise import stats
from equipoise.kernels import asymmetry as kernel
from equipoise.kernels.batches import Batch, from_ragged, single
from equipoise.kernels.effects.two_by_two import tables
from equipoise.kernels.limit_meta import limit_meta
from equipoise.stats.small_studies.doi_plot import lfk_index
from equipoise.stats.small_studies.limit_meta import limit_meta_analysis
from equipoise.stats.small_studies.pet_peese import pet_peese
from equipoise.stats.small_studies.weighted_averages import uwls, waap_wls

several = contrasts(min_size=4, max_size=8).filter(lambda rows: len({se for _, se in rows}) > 2)
tables_of_size = full_tables(min_size=4, max_size=8).filter(
    lambda rows: len({n_1 + n_2 for _, n_1, _, n_2 in rows}) > 2
)


def near(value: Any, scale: float = 1.0) -> object:
    return pytest.approx(value, rel=1e-7, abs=1e-9 * scale)


def line(y: Sequence[float], x: Sequence[float], w: Sequence[float]) -> tuple[float, float, float]:
    """Give intercept, slope and the slope's t by the sums of weighted least squares."""
    total = sum(w)
    mean_x = sum(a * b for a, b in zip(w, x, strict=True)) / total
    mean_y = sum(a * b for a, b in zip(w, y, strict=True)) / total
    across = sum(a * (b - mean_x) ** 2 for a, b in zip(w, x, strict=True))
    both = sum(a * (b - mean_x) * (c - mean_y) for a, b, c in zip(w, x, y, strict=True))
    slope = both / across
    rest = sum(
        a * (c - mean_y - slope * (b - mean_x)) ** 2 for a, b, c in zip(w, x, y, strict=True)
    )
    t = slope / math.sqrt(rest / (len(y) - 2) / across) if rest > 0.0 else math.inf
    return mean_y - slope * mean_x, slope, t


def agrees(found: Any, expected: tuple[float, float, float]) -> None:
    intercept, slope, t = expected
    assume(abs(t) < 1e5)
    assert found.slope == near(slope, 1.0 + abs(slope))
    assert found.statistic == near(t, 1.0 + abs(t))
    if found.limit is not None:
        assert found.limit.estimate == near(intercept, 1.0 + abs(slope))


def pooled(measure: Any, rows: Rows) -> stats.MetaAnalysis:
    return stats.pool(effects_of(measure, rows), tau2="DL", ci="wald", tau2_ci="none")


@pytest.mark.parametrize("measure", ["OR", "RR"])
@MODEST
@given(rows=tables_of_size)
def test_harbord(measure: Any, rows: Rows) -> None:
    y, x, w = [], [], []
    for a, n_1, c, n_2 in rows:
        n, events = n_1 + n_2, a + c
        if measure == "OR":
            z = a - events * n_1 / n
            v = n_1 * n_2 * events * (n - events) / (n * n * (n - 1.0))
        else:
            z = (a * n - events * n_1) / (n - events)
            v = n_1 * n_2 * events / (n * (n - events))
        y.append(z / v)
        x.append(v**-0.5)
        w.append(v)
    assume(max(x) > min(x) * 1.001)
    agrees(pooled(measure, rows).asymmetry("harbord"), line(y, x, w))


@MODEST
@given(rows=tables_of_size)
def test_peters_macaskill_and_deeks(rows: Rows) -> None:
    fit = pooled("OR", rows)
    y = [math.log(a / (n_1 - a)) - math.log(c / (n_2 - c)) for a, n_1, c, n_2 in rows]
    n = [n_1 + n_2 for _, n_1, _, n_2 in rows]
    events = [a + c for a, _, c, _ in rows]
    w = [1.0 / (1.0 / e + 1.0 / (size - e)) for e, size in zip(events, n, strict=True)]
    agrees(fit.asymmetry("peters"), line(y, [1.0 / size for size in n], w))
    agrees(fit.asymmetry("macaskill"), line(y, n, w))
    effective = [4.0 * n_1 * n_2 / (n_1 + n_2) for _, n_1, _, n_2 in rows]
    assume(max(effective) > min(effective) * 1.001)
    agrees(fit.asymmetry("deeks"), line(y, [e**-0.5 for e in effective], effective))


@MODEST
@given(rows=means(min_size=4, max_size=8))
def test_pustejovsky_and_rodgers(rows: Rows) -> None:
    fit = pooled("SMD", rows)
    x = [math.sqrt(1.0 / row[2] + 1.0 / row[5]) for row in rows]
    assume(max(x) > min(x) * 1.001)
    expected = line(fit.effects.yi.tolist(), x, (1.0 / fit.effects.vi).tolist())
    agrees(fit.asymmetry("pustejovsky-rodgers"), expected)


@MODEST
@given(rows=several)
def test_thompson_and_sharp(rows: Rows) -> None:
    """τ² by the moments of the residual squares, its trace written out as sums of powers of se."""
    y, se = zip(*rows, strict=True)
    w = [s**-2 for s in se]
    intercept, slope, _ = line(y, se, w)
    q = sum(a * (b - intercept - slope * s) ** 2 for a, b, s in zip(w, y, se, strict=True))
    sums = [sum(a * s**p for a, s in zip(w, se, strict=True)) for p in range(3)]
    twos = [sum(a * a * s**p for a, s in zip(w, se, strict=True)) for p in range(3)]
    determinant = sums[0] * sums[2] - sums[1] ** 2
    assume(determinant > 1e-6 * sums[0] * sums[2])
    above = twos[0] * sums[2] - 2.0 * twos[1] * sums[1] + sums[0] * twos[2]
    tau2 = max(0.0, (q - (len(rows) - 2)) / (sums[0] - above / determinant))
    w = [1.0 / (s * s + tau2) for s in se]
    intercept, slope, _ = line(y, se, w)
    mean = sum(a * s for a, s in zip(w, se, strict=True)) / sum(w)
    across = sum(a * (s - mean) ** 2 for a, s in zip(w, se, strict=True))
    found = pooled("GENERIC", rows).asymmetry("thompson-sharp")
    assert found.tau2 == pytest.approx(tau2, rel=1e-6, abs=1e-8)
    assert found.statistic == pytest.approx(slope * math.sqrt(across), rel=1e-5, abs=1e-7)


def moments(n_1: int, n_2: int, events: int, odds: Fraction) -> tuple[Fraction, Fraction]:
    values = range(max(0, events - n_2), min(n_1, events) + 1)
    chance = {a: math.comb(n_1, a) * math.comb(n_2, events - a) * odds**a for a in values}
    total = sum(chance.values())
    mean = sum((a * p for a, p in chance.items()), Fraction(0)) / total
    square = sum((a * a * p for a, p in chance.items()), Fraction(0)) / total
    return mean, square - mean**2


@pytest.mark.parametrize("odds", [Fraction(1, 50), Fraction(1), Fraction(7, 3), Fraction(400)])
@MODEST
@given(rows=full_tables(min_size=1, max_size=3))
def test_moments_of_the_first_cell(odds: Fraction, rows: Rows) -> None:
    t = tables(*(np.array(column) for column in zip(*rows, strict=True)))
    mean, variance = kernel.first_cell_moments(t, math.log(odds))
    for i, (a, n_1, c, n_2) in enumerate(rows):
        exact = moments(int(n_1), int(n_2), int(a + c), odds)
        assert mean[i] == pytest.approx(float(exact[0]), rel=1e-11)
        assert variance[i] == pytest.approx(float(exact[1]), rel=1e-9)


@MODEST
@given(rows=tables_of_size)
def test_schwarzer(rows: Rows) -> None:
    """Common odds ratio, moments, and pairs counted one by one."""
    above, below = Fraction(0), Fraction(0)
    for a, n_1, c, n_2 in rows:
        above += Fraction(int(a * (n_2 - c)), int(n_1 + n_2))
        below += Fraction(int(c * (n_1 - a)), int(n_1 + n_2))
    points = []
    for a, n_1, c, n_2 in rows:
        mean, variance = moments(int(n_1), int(n_2), int(a + c), above / below)
        points.append((float((Fraction(int(a)) - mean)) / math.sqrt(variance), 1.0 / variance))
    assume(len({round(x, 9) for x, _ in points}) == len({v for _, v in points}) == len(points))
    score = sum(
        math.copysign(1.0, (x - u) * (y - v)) for i, (x, y) in enumerate(points)
        for u, v in points[:i]
    )  # fmt: skip
    found = pooled("OR", rows).asymmetry("schwarzer")
    assert found.statistic == near(score / math.comb(len(points), 2))


@MODEST
@given(rows=several)
def test_limit_meta_analysis(rows: Rows) -> None:
    """Both radial plots as plots: ordinary least squares with the variance one."""
    fit = pooled("GENERIC", rows)
    tau2, k = fit.tau2 or 0.0, len(rows)
    y, se = (np.array(column) for column in zip(*rows, strict=True))
    x = 1.0 / np.sqrt(se**2 + tau2)
    assume(np.ptp(x) > 1e-3 * x.max())
    slope, intercept = np.polyfit(x, x * y, 1)
    tau, spread = math.sqrt(tau2), ((x - x.mean()) ** 2).sum()
    variance = 1.0 / spread + tau2 * (x**2).mean() / spread - 2.0 * tau * x.mean() / spread
    limits = slope + tau * x * (y - slope)
    u = 1.0 / se
    line_slope, line_intercept = np.polyfit(u, limits * u, 1)
    rest = limits * u - line_slope * u - line_intercept
    height = limits * u - (limits * u).mean()
    residual = np.polyfit(u, y * u, 1, full=True)[1][0] if k > 2 else 0.0
    mean = (u**2 * y).sum() / (u**2).sum()
    q = (u**2 * (y - mean) ** 2).sum()
    methods: tuple[Any, ...] = ("beta0", "betalim", "mulim")
    found = {method: limit_meta_analysis(fit, method) for method in methods}
    size = 1.0 + float(np.abs(y).max())

    def ok(value: Any) -> object:
        return pytest.approx(value, rel=1e-6, abs=1e-7 * size)

    assert found["beta0"].estimate == ok(slope + tau * intercept)
    assert found["beta0"].se == ok(math.sqrt(max(variance, 0.0)))
    assert found["betalim"].estimate == ok(line_slope)
    assert found["betalim"].se == ok(1.0 / math.sqrt(((u - u.mean()) ** 2).sum()))
    assert found["mulim"].estimate == ok((u**2 * limits).sum() / (u**2).sum())
    assert found["mulim"].se == ok((u**2).sum() ** -0.5)
    assert list(found["beta0"].shrunken) == ok(limits.tolist())
    assert found["beta0"].q_residual == pytest.approx(residual, rel=1e-6, abs=1e-9)
    assert found["beta0"].q_small == pytest.approx(q - residual, rel=1e-5, abs=1e-8)
    if tau > 0.0 and found["beta0"].g2 is not None:
        share = (rest**2).sum() / (height**2).sum()
        assert found["beta0"].g2 == pytest.approx(100.0 * share, rel=1e-5, abs=1e-6)


@MODEST
@given(first=several, second=several)
def test_limit_meta_analyses_side_by_side(first: Rows, second: Rows) -> None:
    """A batch of two of different length gives what each gives alone."""
    columns = [[np.array(c) for c in zip(*rows, strict=True)] for rows in (first, second)]
    y, v = (np.concatenate([c[i] ** (i + 1) for c in columns]) for i in (0, 1))
    batch = from_ragged(y, v, np.array([0, len(first), len(first) + len(second)]))
    tau2 = np.array([0.3, 0.01])
    together = limit_meta(batch, tau2)
    for row, (ys, se) in enumerate(columns):
        one: Batch = single(ys, se**2)
        alone = limit_meta(one, tau2[[row]])
        for name in ("beta0", "beta0_se", "betalim", "mulim", "q_residual", "g2"):
            assert getattr(together, name)[row] == near(getattr(alone, name)[0], 10.0)
        assert together.shrunken[row, : ys.size].tolist() == near(alone.shrunken[0].tolist())


@MODEST
@given(rows=several)
def test_pet_and_peese(rows: Rows) -> None:
    y, se = zip(*rows, strict=True)
    w = [s**-2 for s in se]
    found = pet_peese(pooled("GENERIC", rows))
    assert found.pet.estimate == near(line(y, se, w)[0], 10.0)
    assert found.peese.estimate == near(line(y, [s * s for s in se], w)[0], 10.0)


@MODEST
@given(rows=several)
def test_weighted_averages(rows: Rows) -> None:
    def average(some: Sequence[Sequence[float]]) -> tuple[float, float]:
        total = sum(se**-2 for _, se in some)
        mean = sum(y * se**-2 for y, se in some) / total
        q = sum(((y - mean) / se) ** 2 for y, se in some)
        return mean, math.sqrt(q / (len(some) - 1) / total)

    fit = pooled("GENERIC", rows)
    mean, se = average(rows)
    assert (uwls(fit).estimate, uwls(fit).se) == (near(mean), near(se))
    good = [row for row in rows if row[1] <= abs(uwls(fit).estimate) / 2.8]
    found = waap_wls(fit)
    assert sum(found.powered) == len(good)
    mean, se = average(good) if len(good) > 1 else (mean, se)
    assert (found.chosen.estimate, found.chosen.se) == (near(mean), near(se))


@MODEST
@given(rows=several)
def test_the_lfk_index(rows: Rows) -> None:
    ordered = sorted(rows, key=lambda row: (row[0], -row[1]))
    largest = max(se for _, se in rows) ** 2
    weights = [100.0 * largest / se**2 for _, se in ordered]
    middles = [sum(weights[:i]) + weights[i] / 2.0 - 0.5 for i in range(len(rows))]
    assume(max(middles) < sum(weights) * (1.0 - 1e-9))
    z = [NormalDist().inv_cdf(middle / sum(weights)) for middle in middles]
    y = [row[0] for row in ordered]
    tip = min(range(len(z)), key=lambda i: abs(z[i]))
    scale = (max(z) - min(z)) / (max(y) - min(y))
    index = 5.0 / (2.0 * len(z)) * sum(a + scale * (b - y[tip]) for a, b in zip(z, y, strict=True))
    found = lfk_index(pooled("GENERIC", rows))
    assert found.index == near(index, 10.0)
    assert [point.z for point in found.points] == near(z)
