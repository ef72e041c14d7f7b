"""What must hold of small-study effects, and of the regression below them, whatever the trials."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import permutations, product
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, reject
from hypothesis import strategies as st

from differential.engine import effects_of
from differential.strategies import MODEST, Rows, contrasts, decimals
from equipoise import stats
from equipoise.errors import EquipoiseError
from equipoise.kernels import ranks, regression
from equipoise.kernels.batches import from_ragged, single

ESTIMATORS = ["REML", "ML", "DL", "PM"]
several = contrasts(min_size=4, max_size=8).filter(lambda rows: len({se for _, se in rows}) > 2)


def pooled(rows: Rows, **options: Any) -> stats.MetaAnalysis:
    return stats.pool(effects_of("GENERIC", rows), **({"tau2_ci": "none"} | options))


def near(value: float, scale: float = 1.0) -> object:
    return pytest.approx(value, rel=1e-6, abs=1e-8 * scale)


def between(method: str, batch: Any, design: regression.Design) -> Any:
    if method in {"REML", "ML"}:
        return regression.maximum_likelihood(batch, design, restricted=method == "REML")
    return {"DL": regression.dersimonian_laird, "PM": regression.paule_mandel}[method](
        batch, design
    )


def columns_of(rows: Rows) -> tuple[Any, Any, Any]:
    """Give estimates, variances, and two columns: the standard error and the place."""
    y, se = (np.array(values) for values in zip(*rows, strict=True))
    return y, se**2, np.stack((se, np.arange(y.size) % 3.0), axis=1)


def projection(v: Any, x: Any, tau2: float) -> Any:
    """Give the k × k projection matrix as textbooks write it."""
    w = np.diag(1.0 / (v + tau2))
    return w - w @ x @ np.linalg.solve(x.T @ w @ x, x.T @ w)


@MODEST
@given(rows=several, shift=decimals(-50, 50, 1), scale=st.sampled_from([0.01, 3.0, 1000.0]))
def test_units_and_origins_do_not_matter(rows: Rows, shift: float, scale: float) -> None:
    one = pooled(rows)
    other = pooled([((y + shift) * scale, se * scale) for y, se in rows])
    for model in ("lm", "rma"):
        a, b = (fit.asymmetry(model=model) for fit in (one, other))
        assume(a.p > 1e-9)
        assert b.p == near(a.p, 1e3)
        assert b.slope == near(a.slope or 0.0, 1e3)
        assert a.limit is not None
        assert b.limit is not None
        assert b.limit.estimate == near((a.limit.estimate + shift) * scale, 1e3 * scale)


@MODEST
@given(rows=several, seed=st.randoms(use_true_random=False))
def test_the_order_of_trials_does_not_matter(rows: Rows, seed: Any) -> None:
    mixed = list(rows)
    seed.shuffle(mixed)
    one, other = pooled(rows), pooled(mixed)
    every: list[dict[str, Any]] = [{"test": "begg"}, {"model": "lm"}, {"model": "rma"}]
    for options in every:
        assert other.asymmetry(**options).p == near(one.asymmetry(**options).p)
    assert other.excess_significance().p == near(one.excess_significance().p or 0.0)
    assert other.fail_safe_n("General").n == one.fail_safe_n("General").n


@pytest.mark.parametrize("estimator", ["L0", "R0", "Q0"])
@MODEST
@given(rows=several)
def test_a_mirrored_funnel_lacks_trials_on_the_other_side(estimator: Any, rows: Rows) -> None:
    """Ties in the distances may fall otherwise, so that trials at the same place are left out."""
    assume(len({y for y, _ in rows}) == len(rows))
    try:
        one = pooled(rows, ci="wald").trim_and_fill(estimator)
    except EquipoiseError:
        reject()
    other = pooled([(-y, se) for y, se in rows], ci="wald").trim_and_fill(estimator)
    assert {one.side, other.side} == {"left", "right"}
    assert (other.k0, other.k0_se, other.mirrored) == (one.k0, near(one.k0_se), one.mirrored)
    assert other.filled.estimate == near(-one.filled.estimate)


@pytest.mark.parametrize("method", ESTIMATORS)
@MODEST
@given(rows=several)
def test_without_columns_it_is_the_pooled_mean(method: Any, rows: Rows) -> None:
    fit = pooled(rows, tau2=method, ci="wald")
    y, v, _ = columns_of(rows)
    batch = single(y, v)
    design = regression.with_intercept(batch, np.zeros((1, y.size, 0)))
    found = between(method, batch, design).tau2
    fitted = regression.weighted_regression(batch, design, found)
    assert found[0] == near(fit.tau2 or 0.0)
    assert fitted.coefficients[0, 0] == near(fit.estimate)
    assert math.sqrt(fitted.covariance[0, 0, 0]) == near(fit.se)


@pytest.mark.parametrize("method", ESTIMATORS)
@MODEST
@given(rows=several)
def test_each_estimate_solves_its_equation(method: str, rows: Rows) -> None:
    """With the k × k projection: y'Py = k - p, y'PPy = tr P (ML: tr W), or the method of moments."""
    y, v, columns = columns_of(rows)
    x = np.column_stack((np.ones(y.size), columns))
    assume(np.linalg.matrix_rank(x) == 3)
    batch = single(y, v)
    tau2 = float(between(method, batch, regression.with_intercept(batch, columns[None])).tau2[0])
    p = projection(v, x, 0.0 if method == "DL" else tau2)
    q, df = float(y @ p @ y), y.size - 3
    if method == "DL":
        assert tau2 == near(max(0.0, (q - df) / np.trace(p)))
        return
    trace = np.trace(p) if method == "REML" else (1.0 / (v + tau2)).sum()
    left, right = (q, df) if method == "PM" else (float(y @ p @ p @ y), trace)
    assert left == near(right) if tau2 > 0.0 else left <= right * (1.0 + 1e-9)


@pytest.mark.parametrize("restricted", [True, False])
@MODEST
@given(rows=several)
def test_no_other_variance_is_likelier(restricted: bool, rows: Rows) -> None:
    y, v, columns = columns_of(rows)
    batch = single(y, v)
    design = regression.with_intercept(batch, columns[None, :, :1])
    best = regression.maximum_likelihood(batch, design, restricted=restricted).tau2

    def height(tau2: Any) -> float:
        return float(regression.log_likelihood(batch, design, tau2, restricted=restricted)[0])

    others = [height(np.array([t])) for t in np.geomspace(1e-6, 1e3, 60)]
    assert height(best) >= max(others) - 1e-9


@pytest.mark.parametrize("method", ESTIMATORS)
@MODEST
@given(many=st.lists(several, min_size=2, max_size=4))
def test_a_batch_is_its_rows(method: str, many: list[Rows]) -> None:
    parts = [columns_of(rows) for rows in many]
    offsets = np.cumsum([0, *(len(rows) for rows in many)])
    batch = from_ragged(
        np.concatenate([y for y, _, _ in parts]), np.concatenate([v for _, v, _ in parts]), offsets
    )
    block = np.zeros((*batch.present.shape, 1))
    block[batch.present, 0] = np.concatenate([x[:, 0] for _, _, x in parts])
    design = regression.with_intercept(batch, block)
    together = between(method, batch, design).tau2
    fits = regression.weighted_regression(batch, design, together)
    for row, (y, v, x) in enumerate(parts):
        one = single(y, v)
        alone = regression.with_intercept(one, x[None, :, :1])
        tau2 = between(method, one, alone).tau2
        assert together[row] == near(tau2[0])
        expected = regression.weighted_regression(one, alone, tau2)
        assert fits.coefficients[row].tolist() == near(expected.coefficients[0].tolist())
        assert fits.q[row] == near(expected.q[0])


def test_through_the_origin_effects_keep_their_origin() -> None:
    """Without an intercept y = 2x fits exactly, and counting from another origin would not."""
    x = np.array([1.0, 2.0, 3.0, 5.0])
    batch = single(2.0 * x, np.array([1.0, 0.5, 2.0, 1.0]))
    design = regression.Design(x[None, :, None], intercept=False)
    fitted = regression.weighted_regression(batch, design, np.zeros(1))
    assert fitted.coefficients[0].tolist() == pytest.approx([2.0])
    assert fitted.q[0] == pytest.approx(0.0, abs=1e-24)


def test_columns_that_cannot_be_told_apart_are_not_fitted() -> None:
    batch = single(np.array([0.0, 1.0, 4.0, 2.0]), np.ones(4))
    design = regression.with_intercept(batch, np.full((1, 4, 1), 0.3))
    fitted = regression.weighted_regression(batch, design, np.zeros(1))
    assert not fitted.full_rank[0]
    assert np.isnan(fitted.coefficients).all()
    assert np.isnan(regression.maximum_likelihood(batch, design, restricted=True).tau2[0])


@pytest.mark.parametrize("k", [2, 3, 7, 30, 80])
def test_kendalls_distribution_in_whole_numbers(k: int) -> None:
    """Counted without rounding, the chances agree in the far tails too."""
    counts = [1]
    for size in range(2, k + 1):
        wider = [0] * (len(counts) + size - 1)
        for place, count in enumerate(counts):
            for shift in range(size):
                wider[place + shift] += count
        counts = wider
    total = math.factorial(k)
    expected = [float(Fraction(count, total)) for count in counts]
    assert ranks.discordance_probabilities(k).tolist() == pytest.approx(expected, rel=1e-11, abs=0)


@MODEST
@given(rows=contrasts(min_size=3, max_size=7))
def test_excess_significance_counts_every_outcome(rows: Rows) -> None:
    found = pooled(rows).excess_significance()
    total = 0.0
    for outcome in product((0, 1), repeat=len(rows)):
        if sum(outcome) >= found.observed:
            chances = (p if hit else 1.0 - p for hit, p in zip(outcome, found.power, strict=True))
            total += math.prod(chances)
    assert found.p == near(total)


@pytest.mark.parametrize("kind", ["Rosenberg", "General"])
@MODEST
@given(rows=contrasts(min_size=3))
def test_so_many_null_trials_and_not_one_fewer(kind: Any, rows: Rows) -> None:
    """Null trials of average weight are added, and pooled with the others at the same τ²."""
    fit = pooled(rows, ci="wald", model="common" if kind == "Rosenberg" else "random")
    n, tau2 = fit.fail_safe_n(kind).n, fit.tau2 or 0.0
    assume(n < 3000)
    weight = np.mean([1.0 / (se**2 + tau2) for _, se in rows])

    def p_with(count: int) -> float:
        w = [1.0 / (se**2 + tau2) for _, se in rows]
        top = sum(a * y for a, (y, _) in zip(w, rows, strict=True))
        return math.erfc(abs(top) / math.sqrt(2.0 * (sum(w) + count * weight)))

    assert p_with(n) >= 0.05 * (1.0 - 1e-9)
    assert n == 0 or p_with(n - 1) < 0.05 * (1.0 + 1e-9)


@pytest.mark.parametrize(("k", "k0"), [(30, 0), (27, 3), (32, 8)])
def test_the_error_of_trim_and_fill_is_that_of_thinned_funnels(k: int, k0: int) -> None:
    """Suppress the k0 leftmost of k + k0 equal trials around zero, 20,000 times."""
    from equipoise.stats.small_studies.trim_and_fill import _rank_sum_variance  # noqa: PLC0415  # no public way

    generator = np.random.default_rng(20_261)
    left = np.sort(generator.standard_normal((20_000, k + k0)), axis=1)[:, k0:]
    order = np.argsort(np.argsort(np.abs(left), axis=1), axis=1) + 1
    sums = (order * (left > 0.0)).sum(axis=1)
    assert _rank_sum_variance(k, k0) == pytest.approx(sums.var(), rel=0.03)


def test_the_p_value_of_r0_counts_signs() -> None:
    """Of the signs of ten ranks, the share in which the four highest are all on the crowded side."""
    share = sum(all(signs[-4:]) for signs in product((False, True), repeat=10)) / 2**10
    crowd = [-1.0, 0.0, 1.0, -0.8, -0.6, -0.4, -0.2, 0.2, 0.4, 0.6, 0.8, -0.9, 0.9]
    rows: Rows = [(y, 1.0) for y in [*crowd, 5.0, 6.0, 7.0, 8.0]]
    found = pooled(rows, model="common").trim_and_fill("R0", side="left")
    assert found.k0 == 3
    assert found.p == share


def test_the_variance_for_ties_is_that_of_all_orders() -> None:
    """Three alike in both variables: p has the normal distribution of the exact variance."""
    x, y = np.array([0.0, 0.0, 0.0, 1.0, 2.0, 2.0]), np.array([0.0, 1.0, 1.0, 1.0, 2.0, 3.0])
    scores = [ranks.concordance(x, y[list(order)]) for order in permutations(range(6))]
    found = ranks.kendall(x, y)
    spread = math.sqrt(2.0 * np.var(scores))
    assert not found.exact
    assert found.p == pytest.approx(math.erfc(found.statistic / spread), rel=1e-12)


@pytest.mark.parametrize("restricted", [True, False])
def test_steps_are_newtons(restricted: bool) -> None:
    """With the right derivatives a step on penalty / form equals that by finite differences."""
    y, v = np.array([0.1, 2.0, -1.0, 3.0, 0.4]), np.array([0.2, 0.5, 0.3, 0.9, 0.4])
    batch = single(y, v)
    design = regression.with_intercept(batch, np.sqrt(v)[None, :, None])

    def ratio(tau2: float) -> float:
        at = regression._Parts(batch, design, np.array([tau2]))
        return float(1.0 - at.score(restricted=restricted)[0] / at.form[0])

    slope = (ratio(0.7 + 1e-5) - ratio(0.7 - 1e-5)) / 2e-5
    step = regression._Parts(batch, design, np.array([0.7])).step(restricted=restricted)
    assert step[0] == pytest.approx((1.0 - ratio(0.7)) / slope, rel=1e-6)


VARIANCES = (0.4, 1.0, 2.9, 0.2, 8.0)
SIZES = (162.0, 81.0, 49.0, 299.0, 25.0)
COLUMNS = {
    "se": [v**0.5 for v in VARIANCES],
    "variance": list(VARIANCES),
    "n": list(SIZES),
    "1/n": [1 / n for n in SIZES],
    "sqrt(n)": [n**0.5 for n in SIZES],
    "1/sqrt(n)": [n**-0.5 for n in SIZES],
}


@pytest.mark.parametrize("predictor", COLUMNS)
def test_eggers_line_is_weighted_least_squares_on_the_named_predictor(predictor: Any) -> None:
    n_1, n_2 = np.array([80.0, 40, 25, 150, 12]), np.array([82.0, 41, 24, 149, 13])
    variances = np.array(VARIANCES) * n_1 * n_2 / (n_1 + n_2)
    sd = np.sqrt(variances)
    trials = stats.effect_sizes(
        "MD",
        mean_1=[2.1, 3.9, 5.2, 1.4, 6.8], sd_1=sd, n_1=n_1,
        mean_2=[0.9, 1.2, 1.8, 0.8, 1.5], sd_2=sd, n_2=n_2,
    )  # fmt: skip
    column = COLUMNS[predictor]
    root = 1 / np.sqrt(trials.vi)
    design = np.column_stack([np.ones(5), column]) * root[:, None]
    slope = np.linalg.lstsq(design, trials.yi * root, rcond=None)[0][1]
    found = stats.pool(trials).asymmetry(predictor=predictor)
    assert found.slope == pytest.approx(slope, rel=1e-9)
