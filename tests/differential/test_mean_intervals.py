"""Kenward and Roger's, Henmi and Copas's and IQWiG's intervals against slow derivations."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from scipy import special

from differential import naive, naive_intervals
from differential.engine import effects_of
from differential.naive_distributions import mpf
from differential.strategies import MODEST, Rows, contrasts
from differential.test_batches import FIELDS, all_subsets
from equipoise import stats

SPECS: tuple[dict[str, Any], ...] = (
    {"ci": "kenward-roger", "pi": "KR-PR"},
    {"ci": "henmi-copas"},
    {"ci": "hksj-iqwig", "tau2": "PM"},
    {"weighting": "equal"},
    {"weighting": "equal", "model": "common", "ci": "t"},
    {"weighting": "ivhet"},
)


def numbers(rows: Rows) -> tuple[list[Any], list[Any]]:
    return [mpf(y) for y, _ in rows], [mpf(se) ** 2 for _, se in rows]


@MODEST
@given(rows=contrasts())
def test_kenward_roger(rows: Rows) -> None:
    fit = stats.pool(effects_of("GENERIC", rows), ci="kenward-roger", pi="KR")
    assert fit.tau2 is not None
    _, v = numbers(rows)
    se, df, own = naive_intervals.kenward_roger(v, mpf(fit.tau2))
    assert fit.se == pytest.approx(float(se), rel=1e-9)
    assert fit.df == pytest.approx(float(df), rel=1e-9)
    assert float(df) <= float(own) * (1 + 1e-12)
    quantile = -float(special.stdtrit(float(df), 0.025))
    assert fit.ci_high - fit.estimate == pytest.approx(quantile * float(se), rel=1e-8, abs=1e-12)


@pytest.mark.parametrize(
    ("level", "rows"),
    [
        (0.95, [(0.0, 1.0), (1.0, 1.4), (2.5, 0.7), (4.0, 1.0)]),
        (0.95, [(0.1, 0.3), (0.2, 0.5), (0.3, 0.4)]),
        (0.999, [(0.0, 1.0), (5.0, 0.7)]),
        (0.5, [(-3.0, 0.02), (3.0, 0.5), (0.5, 2.0), (0.1, 0.04)]),
    ],
)
def test_henmi_copas(rows: Rows, level: float) -> None:
    """The critical value leaves half of the remainder above it; the p-value is twice a tail."""
    fit = stats.pool(effects_of("GENERIC", rows), ci="henmi-copas", level=level)
    y, v = numbers(rows)
    se, tail = naive_intervals.henmi_copas(v, naive.tau2_dl(y, v))
    assert fit.se == pytest.approx(float(se), rel=1e-9)
    critical = mpf((fit.ci_high - fit.estimate) / fit.se)
    assert float(tail(critical)) == pytest.approx((1 - level) / 2, rel=1e-9)
    assert fit.p == pytest.approx(float(2 * tail(abs(mpf(fit.estimate) / se))), rel=1e-9)


@settings(MODEST, max_examples=4)
@given(rows=contrasts(max_size=4))
def test_iqwigs_rule(rows: Rows) -> None:
    fit = stats.pool(effects_of("GENERIC", rows), tau2="PM", ci="hksj-iqwig")
    effects = [(y, se**2) for y, se in rows]
    plain = naive.pool(effects, tau2="PM", ci="hksj")
    usual = naive.pool(effects, tau2="DL", ci="wald")
    narrow = plain.ci_high - plain.ci_low < usual.ci_high - usual.ci_low
    expected = naive.pool(effects, tau2="PM", ci="t") if narrow else plain
    assert fit.ci_low == pytest.approx(expected.ci_low, rel=1e-8, abs=1e-10)
    assert fit.ci_high == pytest.approx(expected.ci_high, rel=1e-8, abs=1e-10)
    assert any(note.code == "hksj-corrected" for note in fit.notes) == narrow


@pytest.mark.parametrize("options", SPECS, ids=str)
def test_a_batch_is_one_after_another(options: dict[str, Any]) -> None:
    rows = [(0.1, 0.3), (0.9, 0.2), (-0.4, 0.5), (0.3, 0.1)]
    effects = effects_of("GENERIC", rows)
    spec = stats.resolve_methods("cochrane-2025", "GENERIC", **options)
    keep = all_subsets(len(rows), 1)
    fits = stats.pool_subsets(effects, keep, [spec])
    for b, row in enumerate(keep):
        alone = stats.pool(effects.subset(row), methods=spec)
        for field in FIELDS:
            value = getattr(alone, field)
            if value is not None:
                assert getattr(fits, field)[0, b] == pytest.approx(value, rel=1e-12), field


def test_given_weights_stay_with_their_trials_in_a_batch() -> None:
    rows = [(0.1, 0.3), (0.9, 0.2), (-0.4, 0.5), (0.3, 0.1)]
    effects, weights = effects_of("GENERIC", rows), (1.0, 5.0, 2.0, 0.5)
    spec = stats.resolve_methods("cochrane-2025", "GENERIC", weights=weights)
    keep = all_subsets(len(rows), 2)
    fits = stats.pool_subsets(effects, keep, [spec])
    for b, row in enumerate(keep):
        alone = stats.pool(effects.subset(row), methods=spec.for_trials(row.tolist()))
        assert fits.estimate[0, b] == pytest.approx(alone.estimate, rel=1e-12)
        assert fits.ci_high[0, b] == pytest.approx(alone.ci_high, rel=1e-12)


@MODEST
@given(rows=contrasts())
def test_any_weights(rows: Rows) -> None:
    """The mean is Σ a y / A, its variance Σ a² (v + τ²) / A²; τ² is the estimator's own."""
    y, v = np.array(rows).T[0], np.array(rows).T[1] ** 2
    a = 1.0 + np.arange(len(rows)) ** 2
    fit = stats.pool(effects_of("GENERIC", rows), weights=a.tolist(), tau2="DL", ci="wald")
    plain = stats.pool(effects_of("GENERIC", rows), tau2="DL", ci="wald")
    assert fit.tau2 == plain.tau2
    assert fit.q == plain.q
    assert fit.estimate == pytest.approx(float((a * y).sum() / a.sum()), rel=1e-9, abs=1e-12)
    variance = (a**2 * (v + (fit.tau2 or 0.0))).sum() / a.sum() ** 2
    assert fit.se**2 == pytest.approx(float(variance), rel=1e-12)
    assert fit.weights == pytest.approx(100.0 * a / a.sum(), rel=1e-12)
