"""Pooling: the fast engine and the naive one agree on trials nobody chose."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given

from differential import naive, naive_effects
from differential.engine import effects_of
from differential.naive_distributions import mpf
from differential.naive_effects import Effect
from differential.strategies import MODEST, Rows, contrasts, full_tables, tables
from equipoise import stats

FIELDS = ("estimate", "se", "statistic", "p", "ci_low", "ci_high", "q", "q_p", "i2_q", "h2")


def as_effects(rows: Rows) -> list[Effect]:
    return [(mpf(y), mpf(se) ** 2) for y, se in rows]


def agree(fast: stats.MetaAnalysis, slow: naive.Fit, *, relative: float = 1e-8) -> None:
    """Demand the same numbers; what may be zero is held to the scale of its standard error."""
    floor = 1e-9 * min(1.0, slow.se)
    for field in FIELDS:
        expected = pytest.approx(getattr(slow, field), rel=relative, abs=floor)
        assert getattr(fast, field) == expected, field
    used = [weight for weight in fast.weights.tolist() if weight > 0]
    assert used == pytest.approx(slow.weights, rel=relative)


@pytest.mark.parametrize("ci", ["wald", "t", "hksj", "hksj-floor"])
@pytest.mark.parametrize("tau2", ["DL", "PM", "REML", "ML"])
@MODEST
@given(rows=contrasts())
def test_random_effects(tau2: Any, ci: Any, rows: Rows) -> None:
    slow = naive.pool(as_effects(rows), tau2=tau2, ci=ci)
    fast = stats.pool(effects_of("GENERIC", rows), model="random", method="IV", tau2=tau2, ci=ci)
    smallest = min(se for _, se in rows) ** 2
    assert fast.tau2 == pytest.approx(slow.tau2, rel=1e-8, abs=1e-9 * smallest)
    assert fast.i2_tau2 == pytest.approx(slow.i2_tau2, rel=1e-8, abs=1e-7)
    agree(fast, slow)
    assert fast.diagnostics.converged
    assert fast.diagnostics.at_boundary == (slow.tau2 == 0)


@pytest.mark.parametrize("ci", ["wald", "t", "hksj", "hksj-floor"])
@MODEST
@given(rows=contrasts())
def test_common_effect(ci: Any, rows: Rows) -> None:
    fast = stats.pool(effects_of("GENERIC", rows), model="common", method="IV", ci=ci)
    agree(fast, naive.pool(as_effects(rows), tau2=None, ci=ci), relative=1e-9)


@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
@MODEST
@given(rows=contrasts())
def test_levels(level: float, rows: Rows) -> None:
    fast = stats.pool(effects_of("GENERIC", rows), tau2="DL", ci="hksj", level=level)
    slow = naive.pool(as_effects(rows), tau2="DL", ci="hksj", level=level)
    agree(fast, slow, relative=1e-9)
    assert fast.tau2_ci == pytest.approx(
        naive.q_profile(as_effects(rows), level), rel=1e-8, abs=1e-12
    )


@pytest.mark.parametrize("pi", ["follow-ci", "HTS", "V", "HK", "normal"])
@pytest.mark.parametrize("ci", ["wald", "hksj"])
@MODEST
@given(rows=contrasts())
def test_prediction_intervals(ci: Any, pi: Any, rows: Rows) -> None:
    fast = stats.pool(effects_of("GENERIC", rows), tau2="DL", ci=ci, pi=pi)
    slow = naive.prediction_interval(as_effects(rows), tau2="DL", ci=ci, pi=pi)
    if slow is None:
        assert fast.pi_low is None
        assert fast.pi_high is None
    else:
        assert (fast.pi_low, fast.pi_high) == pytest.approx(slow, rel=1e-8, abs=1e-9)


def defined(measure: str, rows: Rows) -> bool:
    """Say whether the Mantel–Haenszel estimate exists: both of its sums are positive."""
    if measure == "RD":
        return True
    over = (
        any(c for _, _, c, _ in rows)
        if measure == "RR"
        else any(c * (n1 - a) for a, n1, c, _ in rows)
    )
    under = (
        any(a for a, *_ in rows) if measure == "RR" else any(a * (n2 - c) for a, _, c, n2 in rows)
    )
    return over and under


@pytest.mark.parametrize(
    ("measure", "variance_by"),
    [("OR", "sato"), ("RR", "sato"), ("RD", "sato"), ("RD", "greenland-robins")],
)
@MODEST
@given(rows=tables())
def test_mantel_haenszel(measure: str, variance_by: str, rows: Rows) -> None:
    """Zero cells need no correction here: the sums are over all tables."""
    assume(defined(measure, rows))
    estimate, variance = naive.mantel_haenszel(measure, rows, variance_by)
    assume(variance > 0)
    effects = effects_of(measure, rows)
    assume(effects.k > 1)
    spec = stats.resolve_methods(
        "cochrane-2025", measure, model="common", method="MH", mh_rd_variance=variance_by
    )
    fast = stats.pool(effects, methods=spec)
    assert fast.estimate == pytest.approx(float(estimate), rel=1e-9, abs=1e-12)
    assert fast.se**2 == pytest.approx(float(variance), rel=1e-9)


@pytest.mark.parametrize("measure", ["OR", "RR", "RD"])
@MODEST
@given(rows=full_tables())
def test_mantel_haenszel_random(measure: str, rows: Rows) -> None:
    """RevMan's: the heterogeneity that τ² is made of is measured from the M-H estimate."""
    each = [e for e in naive_effects.binary(measure, rows) if e is not None]
    slow = naive.mantel_haenszel_random(measure, rows, each)
    fast = stats.pool(effects_of(measure, rows), model="random", method="MH", tau2="DL", ci="wald")
    assert fast.tau2 == pytest.approx(slow.tau2, rel=1e-8, abs=1e-12)
    for field in ("estimate", "se", "ci_low", "ci_high"):
        assert getattr(fast, field) == pytest.approx(getattr(slow, field), rel=1e-8, abs=1e-11)


@MODEST
@given(rows=tables())
def test_peto(rows: Rows) -> None:
    effects = effects_of("PETO", rows, zero_cells="none")
    assume(effects.estimable.any())
    estimate, variance = naive.peto(rows)
    fast = stats.pool(effects, model="common", method="Peto", ci="wald")
    assert fast.estimate == pytest.approx(float(estimate), rel=1e-10, abs=1e-13)
    assert fast.se**2 == pytest.approx(float(variance), rel=1e-10)
