"""Rare events: Mantel–Haenszel and Peto, which use the counts themselves."""

from __future__ import annotations

import math
from typing import Any

import equipoise.stats as eq
from spec.manual import printed, table

TRIALS = table("""
    study | events_1 | n_1 | events_2 | n_2
    A     |       10 | 100 |       20 | 100
    B     |       20 | 100 |       10 | 100
    C     |       30 | 100 |       10 | 100
""")


def test_mantel_haenszel_risk_ratio() -> None:
    """Σ a n₂/N = 5 + 10 + 15 = 30 over Σ c n₁/N = 10 + 5 + 5 = 20, so RR = 1.5.

    Variance: Σ (n₁ n₂ (a + c) − a c N) / N² = 6.5 + 6.5 + 8.5 = 21.5, over 30 × 20.
    R: ``rma.mh(..., measure="RR")``. Greenland and Robins (1985), doi:10.2307/2530643.
    """
    fit = eq.pool(eq.effect_sizes("RR", **TRIALS), model="common", method="MH", ci="wald")
    assert math.exp(fit.estimate) == printed(1.5, 9)
    assert fit.se == printed(math.sqrt(21.5 / 600), 9)


def test_mantel_haenszel_odds_ratio() -> None:
    """Σ a d/N = (10 × 80 + 20 × 90 + 30 × 90) / 200 over Σ b c/N = (90 × 20 + 80 × 10 + 70 × 10) / 200.

    26.5 / 16.5. R: ``rma.mh(..., measure="OR")``.
    """
    fit = eq.pool(eq.effect_sizes("OR", **TRIALS), model="common", method="MH", ci="wald")
    assert math.exp(fit.estimate) == printed(26.5 / 16.5, 9)


def test_mantel_haenszel_risk_difference() -> None:
    """Equal arms weigh by size: the mean of −0.1, 0.1 and 0.2. R: ``rma.mh(..., measure="RD")``."""
    fit = eq.pool(eq.effect_sizes("RD", **TRIALS), model="common", method="MH", ci="wald")
    assert fit.estimate == printed(0.2 / 3, 9)


def test_zero_cells_need_no_correction() -> None:
    """D adds 0 × 100/200 above and 1 × 100/200 below: RR = 30 / 20.5. No half is added."""
    data: dict[str, Any] = {name: [*column] for name, column in TRIALS.items()}
    for name, value in {
        "study": "D",
        "events_1": 0.0,
        "n_1": 100.0,
        "events_2": 1.0,
        "n_2": 100.0,
    }.items():
        data[name].append(value)
    fit = eq.pool(eq.effect_sizes("RR", **data), model="common", method="MH", ci="wald")
    assert math.exp(fit.estimate) == printed(30 / 20.5, 9)


def test_review_managers_mantel_haenszel_with_random_effects() -> None:
    """Heterogeneity is measured from the M-H total, log 1.5, and not from the inverse-variance one.

    Log risk ratios −0.693147, 0.693147, 1.098612 with variances 0.13, 0.13, 0.113333.
    Q = Σ w (y − log 1.5)² = 14.551297; c = Σw − Σw²/Σw = 16.103229;
    τ² = (Q − 2) / c = 0.779427. Then inverse-variance weights 1 / (v + τ²).
    From the inverse-variance mean, 0.400430, Q would be 14.550683 and τ² 0.779389.
    Deeks and Higgins (2010), Statistical algorithms in Review Manager 5.
    """
    trials = eq.effect_sizes("RR", **TRIALS)
    mh = eq.pool(trials, model="random", method="MH", tau2="DL", ci="wald")
    iv = eq.pool(trials, model="random", method="IV", tau2="DL", ci="wald")
    w = [1 / 0.13, 1 / 0.13, 1 / (1 / 30 - 0.01 + 0.09)]
    y = [-math.log(2), math.log(2), math.log(3)]
    c = sum(w) - sum(x * x for x in w) / sum(w)
    q = sum(wi * (yi - math.log(1.5)) ** 2 for wi, yi in zip(w, y, strict=True))
    assert mh.tau2 == printed((q - 2) / c, 9)
    mean = sum(wi * yi for wi, yi in zip(w, y, strict=True)) / sum(w)
    about_mean = q - sum(w) * (mean - math.log(1.5)) ** 2
    assert iv.tau2 == printed((about_mean - 2) / c, 9)
    assert (mh.tau2 or 0) > (iv.tau2 or 0)


def test_peto() -> None:
    """1 of 100 against 4 of 100: expected 2.5, so O − E = −1.5.

    V = 5 × 195 × 100 × 100 / (200² × 199) = 1.224874; log OR = −1.5 / V; se = 1 / √V.
    R: ``rma.peto``. Yusuf and others (1985), doi:10.1016/S0033-0620(85)80003-7.
    """
    trials = eq.effect_sizes("PETO", events_1=[1], n_1=[100], events_2=[4], n_2=[100])
    assert trials.yi[0] == printed(-1.224615)
    assert trials.sei[0] == printed(0.903554)
    assert trials.ratio


def test_peto_totals_add_up_observed_minus_expected() -> None:
    """Two such trials: twice O − E over twice V is the same estimate, with 1 / √(2V)."""
    trials = eq.effect_sizes(
        "PETO", events_1=[1, 1], n_1=[100, 100], events_2=[4, 4], n_2=[100, 100]
    )
    fit = eq.pool(trials, model="common", method="Peto", ci="wald")
    assert fit.estimate == printed(-1.224615)
    assert fit.se == printed(0.903554 / math.sqrt(2), 5)
    assert fit.q == printed(0.0)


def test_peto_leaves_out_only_what_says_nothing() -> None:
    """One zero cell is no problem: 0 of 10 against 2 of 10 has O − E = −1, V = 36/76.

    The presets compute Peto's estimates without a correction, as ``rma.peto`` and Review Manager
    do; ``zero_cells="only-zero"`` is what R's ``escalc("PETO")`` does.
    """
    assert eq.resolve_methods("cochrane-2025", "PETO").zero_cells == "none"
    assert eq.resolve_methods("as-published", "PETO").zero_cells == "none"
    trials = eq.effect_sizes(
        "PETO", events_1=[0, 0], n_1=[10, 10], events_2=[2, 0], n_2=[10, 10], zero_cells="none"
    )
    assert trials.yi[0] == printed(-1 / (2 * 18 * 100 / (400 * 19)))
    assert trials.estimable.tolist() == [True, False]
