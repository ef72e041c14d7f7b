"""How much trials differ: the usual measures side by side."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

import equipoise.stats as eq
from equipoise.errors import MethodError
from equipoise.stats.heterogeneity_measures import HeterogeneityMeasures, heterogeneity_measures
from spec.manual import printed, table

VARIED = table("""
    study | estimate | se
    A     |        0 |  1
    B     |        2 |  1
    C     |        7 |  2
""")
"""Q = 10 on 2 degrees of freedom; DerSimonian and Laird's τ² = 6; typical variance 2 / (4/3) = 1.5."""


def measured(data: dict[str, Any] = VARIED, **options: Any) -> HeterogeneityMeasures:
    return heterogeneity_measures(eq.pool(eq.effect_sizes("GENERIC", **data), **options))


def test_birges_ratio() -> None:
    """√(Q / df) = √5: the spread is 2.24 times what chance would make it. Birge 1932,
    doi:10.1103/PhysRev.40.207.
    """
    assert measured().birge_ratio == printed(math.sqrt(5))


def test_birges_inflated_interval_is_hartung_and_knapps_under_a_common_effect() -> None:
    """R: ``lm(yi ~ 1, weights=1/vi)``: the common-effect error times Birge's ratio, t with k − 1.

    A floor of one keeps it from deflating: ``ci="hksj-floor"``.
    """
    trials = eq.effect_sizes("GENERIC", **VARIED)
    plain = eq.pool(trials, model="common")
    inflated = eq.pool(trials, model="common", ci="hksj")
    assert inflated.se == pytest.approx(plain.se * measured().birge_ratio, rel=1e-12)
    assert inflated.df == 2


def test_h_and_i2_from_q() -> None:
    """H = √5 and I² = 1 − 1/H² = 80%.

    Q > k: se(ln H) = (ln 10 − ln 2) / (2 (√20 − √3)) = 0.293681, so H is 1.2574 to 3.9764 and
    I² 1 − 1/H². R: ``meta::metagen(TE, seTE)``, as ``lower.H`` and ``lower.I2``. Higgins and
    Thompson 2002, doi:10.1002/sim.1186.
    """
    found = measured()
    se = (math.log(10) - math.log(2)) / (2 * (math.sqrt(20) - math.sqrt(3)))
    low, high = (math.sqrt(5) * math.exp(sign * 1.959963985 * se) for sign in (-1, 1))
    assert found.h == printed(math.sqrt(5))
    assert found.h_ci == (printed(low), printed(high))
    assert found.i2_q == printed(80.0)
    assert found.i2_q_ci == (printed(100 * (1 - 1 / low**2)), printed(100 * (1 - 1 / high**2)))


def test_h_is_never_below_one() -> None:
    """Q = 0.5 ≤ k: se(ln H) = √((1 − 1/3) / 2); the ratio itself may be below one."""
    calm = {**VARIED, "se": [4.0, 4.0, 8.0]}
    found = measured(calm)
    assert found.birge_ratio == printed(math.sqrt(10 / 16 / 2))
    assert found.h == 1.0
    assert found.h_ci == (
        1.0,
        printed(max(1.0, math.sqrt(5 / 16) * math.exp(1.959964 / math.sqrt(3))), 5),
    )
    assert found.i2_q == 0.0


def test_two_trials_that_agree_have_no_interval_of_h() -> None:
    """The formula divides by k − 2."""
    found = measured(table("study | estimate | se\nA | 0 | 1\nB | 1 | 1"))
    assert found.h_ci is None
    assert found.i2_q_ci is None


def test_i2_from_tau2_and_r_b() -> None:
    """τ² = 6: I² = 6 / 7.5 = 80%; R_b = (6/7 + 6/7 + 6/10) / 3.

    R: ``meta::metagen(TE, seTE, method.tau="DL")``, as ``Rb``. Crippa and others 2016,
    doi:10.1002/sim.6980.
    """
    found = measured(tau2="DL")
    assert found.typical_variance == printed(1.5)
    assert found.i2_tau2 == printed(80.0)
    assert found.r_b == printed(100 * (12 / 7 + 0.6) / 3)


def test_the_interval_of_r_b_by_hand() -> None:
    """aᵢ = vᵢ C = 4/3, 4/3, 16/3; the slope in Q is Σ a/(Q − 2 + a)² / 3; var Q = 2 tr(PSPS).

    P = diag(w) − ww'/W and S = diag(7, 7, 10) make tr(PSPS) = 71.
    """
    w, s = [1, 1, 0.25], [7, 7, 10]
    form = [[(i == j) * w[i] - w[i] * w[j] / 2.25 for j in range(3)] for i in range(3)]
    trace = sum(form[i][j] * s[j] * form[j][i] * s[i] for i in range(3) for j in range(3))
    slope = sum(a / (8 + a) ** 2 for a in (4 / 3, 4 / 3, 16 / 3)) / 3
    reach = 100 * 1.959963985 * slope * math.sqrt(2 * trace)
    found = measured(tau2="DL")
    assert found.r_b is not None
    assert found.r_b_ci == (
        printed(max(0, found.r_b - reach)),
        printed(min(100, found.r_b + reach)),
    )


def test_the_interval_of_r_b_belongs_to_dersimonian_and_laird() -> None:
    assert measured(tau2="REML").r_b_ci is None


def test_a_common_effect_has_the_measures_of_q_alone() -> None:
    found = measured(model="common")
    assert (found.tau2, found.i2_tau2, found.r_b) == (None, None, None)
    assert found.i2_q == printed(80.0)


def test_a_single_trial_cannot_differ() -> None:
    with pytest.raises(MethodError, match="two trials"):
        measured({"estimate": [1.0], "se": [1.0]})


def test_the_measures_are_data_and_text() -> None:
    found = measured(tau2="DL")
    assert json.loads(json.dumps(found.to_dict(), allow_nan=False))["kind"] == "heterogeneity"
    text = str(found)
    assert "Birge's ratio √(Q / df) = 2.24" in text
    assert "R_b = 77%" in text
