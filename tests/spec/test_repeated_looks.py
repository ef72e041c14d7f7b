"""Repeated looks: how much information is needed, and what may be concluded on the way."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest

import equipoise as eq
from equipoise.errors import DataError, MethodError
from equipoise.kernels.robustness import group_sequential as gs
from equipoise.stats.robustness.anytime_valid import anytime_valid
from equipoise.stats.robustness.required_information import diversity, required_information
from equipoise.stats.robustness.sequential import sequential
from spec.manual import printed

FIFTHS = np.arange(1, 6) / 5.0


def generic(estimate: list[float], se: list[float], **options: Any) -> Any:
    effects = eq.effect_sizes("GENERIC", estimate=estimate, se=se)
    return eq.pool(effects, **({"ci": "wald", "tau2_ci": "none"} | options))


def crossing(bounds: Any) -> float:
    return 2.0 * float(gs.chances(FIFTHS, [(-b, b) for b in bounds], 0.0)[0].sum())


def test_published_constants_of_five_equal_looks() -> None:
    """Pocock's 2.413 at each look and O'Brien and Fleming's 2.040 / √t keep an error of 0.05.

    Jennison and Turnbull 2000, Group Sequential Methods, tables 2.1 and 2.3.
    """
    assert crossing([2.413] * 5) == pytest.approx(0.05, abs=5e-5)
    assert crossing(2.040 / np.sqrt(FIFTHS)) == pytest.approx(0.05, abs=5e-5)


def test_lan_and_demets_boundaries_of_five_equal_looks() -> None:
    """O'Brien-Fleming type: 4.877, 3.357, 2.680, 2.290, 2.031; Pocock type: 2.438 … 2.386.

    R: ``ldbounds::ldBounds(t, iuse = c(1, 1), alpha = c(0.025, 0.025))`` (``iuse = 2``).
    """
    spent = {name: 2.0 * spend(FIFTHS, 0.025) for name, spend in gs.SPENDING.items()}
    early = gs.symmetric_bounds(FIFTHS, spent["obrien-fleming"])
    assert early.tolist() == printed([4.877, 3.357, 2.680, 2.290, 2.031], 3)
    even = gs.symmetric_bounds(FIFTHS, spent["pocock"])
    assert even.tolist() == printed([2.438, 2.427, 2.410, 2.397, 2.386], 3)
    assert crossing(early) == pytest.approx(0.05, rel=1e-12)


def test_all_the_error_is_spent_when_the_information_is_there() -> None:
    for spend in gs.SPENDING.values():
        assert spend(np.array([1.0, 1.7]), 0.025).tolist() == pytest.approx([0.025, 0.025])


def test_one_look_with_all_the_information_is_the_usual_test() -> None:
    fit = generic([0.5], [0.1], model="common")
    found = sequential(fit, effect=0.1)
    assert found.looks[0].fraction < 1.0
    assert found.looks[0].bound is not None
    enough = sequential(fit, effect=0.5)
    assert enough.looks[0].bound == printed(1.959964)
    assert enough.conclusion == "effect"


def test_the_required_information_of_events_and_means() -> None:
    """Risks of 0.12 and 0.096: 4 · 10.507 · 0.108 · 0.892 / 0.024² = 7029.5; R's ``ris`` says 7030.

    Means: 4 · 7.849 · (10 / 5)² = 125.6. Half the variance is diversity: twice as many.
    """
    columns: dict[str, Any] = {
        "events_1": [4, 5],
        "n_1": [50, 60],
        "events_2": [6, 8],
        "n_2": [50, 60],
    }
    fit = eq.pool(eq.effect_sizes("RR", **columns), model="common")
    need = required_information(fit, control_risk=0.12, relative_risk_reduction=0.2, power=0.9)
    assert need.required == printed(7029.466, 3)
    means = required_information(fit, minimal_difference=5.0, sd=10.0)
    assert means.required == printed(125.582, 3)
    twice = required_information(fit, minimal_difference=5.0, sd=10.0, diversity_share=0.5)
    assert twice.required == pytest.approx(2.0 * means.required, rel=1e-12)


def test_diversity_compares_two_variances() -> None:
    """Variances 1 and 1, τ² = 1: the mean's is 1/2 or 1, and D² = 1/2. Without τ²: none."""
    assert diversity(generic([0.0, 3.0], [1.0, 1.0], tau2=1.0)) == printed(0.5)
    assert diversity(generic([0.0, 3.0], [1.0, 1.0], model="common")) == 0.0


def test_an_early_result_needs_more_than_two_standard_errors() -> None:
    """z = 2.2 with a quarter of the information is no proof; with all of it, it would be."""
    fit = generic([0.22, 0.22], [0.1, 10.0], model="common")
    found = sequential(fit, effect=(0.841621 + 1.959964) * 0.05)
    assert found.looks[0].fraction == pytest.approx(0.25, rel=1e-6)
    assert found.looks[0].bound is not None
    assert found.looks[0].bound > 4.0
    assert found.conclusion == "inconclusive"
    assert found.looks[1].bound is None


def test_the_adjusted_interval_is_as_wide_as_the_boundary() -> None:
    fit = generic([0.3, 0.5, 0.4], [0.2, 0.2, 0.2], model="common")
    for look in sequential(fit, effect=0.2).looks:
        assert look.bound is not None
        assert look.ci_low == pytest.approx(look.estimate - look.bound * look.se)
        assert look.z == pytest.approx(look.estimate / look.se)


def test_no_effect_with_most_of_the_information_is_futile() -> None:
    fit = generic([0.0, 0.01, -0.02, 0.0], [0.12] * 4, model="common")
    found = sequential(fit, effect=0.2)
    assert found.conclusion == "futility"
    assert sequential(fit, effect=0.2, futility=False).conclusion in {
        "inconclusive", "enough-without-effect",
    }  # fmt: skip


def test_looks_after_the_required_information_have_no_boundary() -> None:
    fit = generic([0.0, 0.02, 0.01], [0.05] * 3, model="common")
    found = sequential(fit, effect=0.3, futility=False)
    assert [look.bound is None for look in found.looks] == [False, True, True]
    assert found.conclusion == "enough-without-effect"
    assert "after-enough" in {note.code for note in found.caution}


def test_what_cannot_be_planned_is_refused() -> None:
    fit = generic([0.5, 0.4], [0.1, 0.1])
    unclear: list[dict[str, Any]] = [
        {},
        {"effect": 0.1, "sd": 1.0, "minimal_difference": 1.0},
        {"control_risk": 0.1},
    ]
    for given in unclear:
        with pytest.raises(MethodError, match="give effect"):
            sequential(fit, **given)
    with pytest.raises(MethodError, match="effect of zero"):
        sequential(fit, effect=0.0)
    with pytest.raises(DataError, match="no participants"):
        sequential(fit, control_risk=0.1, relative_risk_reduction=0.2)
    with pytest.raises(MethodError, match="spending cannot be"):
        sequential(fit, effect=0.1, spending="linear")  # type: ignore[arg-type]  # on purpose
    with pytest.raises(DataError, match="each of 0 to 1"):
        sequential(fit, effect=0.1, order=[0, 0])
    with pytest.raises(MethodError, match="must not be zero"):
        anytime_valid(fit, 0.0)


def test_an_e_value_by_hand() -> None:
    """One trial, 2 ± 1, mixture of variance 1: φ = 1, I = 1; √½ · exp(4 / 4) = 1.9221.

    The interval's half-width is √(2 (log 2 + 2 log 20)) = 3.6561.
    """
    look = anytime_valid(generic([2.0], [1.0], model="common"), 1.0).looks[0]
    assert math.exp(look.log_e) == printed(math.sqrt(0.5) * math.e)
    assert look.p == printed(math.sqrt(2.0) / math.e)
    assert look.ci_high - 2.0 == printed(math.sqrt(2.0 * (math.log(2.0) + 2.0 * math.log(20.0))))


def test_p_values_for_any_time_never_rise() -> None:
    fit = generic([1.0, 0.9, -2.0, 0.1], [0.3] * 4, model="common")
    p = [look.p for look in anytime_valid(fit, 0.5).looks]
    assert p == sorted(p, reverse=True)


def test_results_are_strict_json_and_readable() -> None:
    fit = generic([0.5, 0.4, 0.1], [0.2, 0.2, 0.2])
    for found in (sequential(fit, effect=0.2), anytime_valid(fit, 0.2)):
        assert json.loads(json.dumps(found.to_dict(), allow_nan=False))["schema_version"] == "1.0"
        assert "Caution: τ²" in str(found)
        assert len(found.tidy()["label"]) == 3
    assert "Conclusion: " in str(sequential(fit, effect=0.2))
