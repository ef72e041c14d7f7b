"""Small-study effects of hostile trials: too few, all alike, enormous, without counts."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest

from equipoise import stats
from equipoise.errors import DataError, MethodError
from equipoise.kernels import asymmetry as kernel
from equipoise.kernels.effects.two_by_two import tables
from equipoise.stats.small_studies.doi_plot import lfk_index
from equipoise.stats.small_studies.limit_meta import limit_meta_analysis
from equipoise.stats.small_studies.pet_peese import pet_peese
from equipoise.stats.small_studies.weighted_averages import uwls, waap_wls

ADJUST: tuple[Any, ...] = (limit_meta_analysis, pet_peese, uwls, waap_wls, lfk_index)
every_adjustment = pytest.mark.parametrize("adjust", ADJUST)


def pooled(estimate: list[float], se: list[float], **options: Any) -> stats.MetaAnalysis:
    effects = stats.effect_sizes("GENERIC", estimate=estimate, se=se)
    return stats.pool(effects, **({"tau2_ci": "none", "tau2": "DL", "ci": "wald"} | options))


def counted(rows: list[tuple[float, float, float, float]], **options: Any) -> stats.MetaAnalysis:
    names = ("events_1", "n_1", "events_2", "n_2")
    columns: Any = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
    return stats.pool(stats.effect_sizes("OR", **columns, **options), tau2="DL", tau2_ci="none")


@every_adjustment
@pytest.mark.parametrize("k", [1, 2])
def test_too_few_trials(adjust: Any, k: int) -> None:
    with pytest.raises(DataError, match="need 3 estimable trials"):
        adjust(pooled([0.5, 1.0][:k], [1.0, 2.0][:k]))


@pytest.mark.parametrize("adjust", [limit_meta_analysis, pet_peese])
def test_trials_of_one_precision_have_no_line(adjust: Any) -> None:
    with pytest.raises(MethodError, match="standard error is the same in all trials"):
        adjust(pooled([0.0, 1.0, 5.0], [1.0, 1.0, 1.0]))


@every_adjustment
def test_trials_that_cannot_be_estimated_are_left_out(adjust: Any) -> None:
    """The second trial has no events; the rows that a result names are those of the others."""
    rows = [(2.0, 20.0, 5.0, 25.0), (9.0, 40.0, 12.0, 50.0), (20.0, 90.0, 30.0, 95.0)]
    gaps, whole = counted([rows[0], (0.0, 30.0, 0.0, 30.0), *rows[1:]]), counted(rows)
    assert gaps.k == whole.k == 3
    one, other = adjust(gaps), adjust(whole)
    assert str(one) == str(other)
    if hasattr(one, "tidy"):
        assert sorted(one.tidy()["study"]) == ["1", "3", "4"]
        assert [v for n, v in one.tidy().items() if n != "study"] == [
            v for n, v in other.tidy().items() if n != "study"
        ]


@every_adjustment
@pytest.mark.parametrize("scale", [1e-25, 1e-8, 1e8, 1e25])
def test_units_of_any_size(adjust: Any, scale: float) -> None:
    values, errors = [0.1, 0.5, 0.9, 1.5], [0.1, 0.2, 0.3, 0.5]
    found = adjust(pooled([y * scale for y in values], [s * scale for s in errors]))
    plain = adjust(pooled(values, errors))
    assert json.dumps(found.to_dict(), allow_nan=False)
    for name in ("p", "index", "g2", "birge", "q_small"):
        if getattr(plain, name, None) is not None:
            assert getattr(found, name) == pytest.approx(getattr(plain, name), rel=1e-6, abs=1e-9)


@every_adjustment
def test_equal_estimates(adjust: Any) -> None:
    """Without any spread: refused, or a mean whose interval has no width, and never a NaN."""
    fit = pooled([1.0, 1.0, 1.0], [0.5, 1.0, 2.0])
    if adjust is lfk_index:
        with pytest.raises(MethodError, match="effects that differ"):
            adjust(fit)
        return
    found = adjust(fit)
    assert "NaN" not in json.dumps(found.to_dict(), allow_nan=False)
    assert getattr(found, "chosen", found) is not None
    if adjust is uwls:
        assert (found.estimate, found.se, found.p) == (1.0, 0.0, None)
        assert {note.code for note in found.caution} >= {"zero-width-interval"}
    if adjust is pet_peese:
        assert found.chosen == "PEESE"
        assert found.estimate == pytest.approx(1.0)


def test_all_effects_zero() -> None:
    """PET's line is zero without error: it does not reject, and PET stands."""
    found = pet_peese(pooled([0.0, 0.0, 0.0], [0.5, 1.0, 2.0]))
    assert (found.chosen, found.statistic, found.p) == ("PET", 0.0, 0.5)
    limit = limit_meta_analysis(pooled([0.0, 0.0, 0.0], [0.5, 1.0, 2.0]))
    assert (limit.estimate, limit.g2) == (0.0, None)


def test_one_trial_with_all_the_weight() -> None:
    """The last place on the Doi plot is next to 1, and its quantile is still finite."""
    found = lfk_index(pooled([0.0, 1.0, 2.0], [1e-9, 1.0, 1.0]))
    assert all(math.isfinite(point.z) for point in found.points)
    assert math.isfinite(found.index)


def test_huge_and_tiny_arms() -> None:
    """A million people an arm: the moments are those of the normal limit; V = 0 says nothing."""
    one = [np.array([value]) for value in (5e5, 1e6, 5e5, 1e6)]
    mean, variance = kernel.first_cell_moments(tables(*one), 0.0)
    assert mean[0] == pytest.approx(5e5, rel=1e-9)
    assert variance[0] == pytest.approx(1e24 / (4e12 * (2e6 - 1.0)) * 1e6**2 / 1e12, rel=1e-6)
    edge = [np.array([value]) for value in (0.0, 3.0, 0.0, 2.0)]
    assert kernel.first_cell_moments(tables(*edge), 1.0)[1][0] == 0.0
    for function in (kernel.odds_ratio_score, kernel.risk_ratio_score):
        assert np.isnan(function(tables(*edge))).all()


def test_counts_that_are_not_whole() -> None:
    rows = [(1.5, 20.0, 3.0, 25.0), (9.0, 40.0, 9.0, 50.0), (20.0, 90.0, 30.0, 95.0)]
    fit = counted(rows)
    assert 0.0 < fit.asymmetry("harbord").p < 1.0
    with pytest.raises(MethodError, match="needs whole numbers"):
        fit.asymmetry("schwarzer")


def test_an_arm_without_events_in_all_trials() -> None:
    rows = [(0.0, 20.0, 3.0, 25.0), (0.0, 40.0, 9.0, 50.0), (0.0, 90.0, 30.0, 95.0)]
    fit = counted(rows)
    with pytest.raises(MethodError, match="no Mantel-Haenszel odds ratio"):
        fit.asymmetry("schwarzer")
    assert math.isfinite(fit.asymmetry("harbord").statistic)


def test_too_few_trials_with_events() -> None:
    rows = [(1.0, 20.0, 3.0, 25.0), (9.0, 40.0, 9.0, 50.0), (0.0, 90.0, 0.0, 95.0)]
    fit = counted(rows, double_zero="keep")
    assert fit.k == 3
    with pytest.raises(DataError, match="need 3 trials with and without events; there are 2"):
        fit.asymmetry("peters")


def test_trials_of_one_size() -> None:
    rows = [(1.0, 20.0, 3.0, 20.0), (9.0, 20.0, 9.0, 20.0), (10.0, 20.0, 3.0, 20.0)]
    tests: tuple[Any, ...] = ("peters", "macaskill", "deeks")
    for test in tests:
        with pytest.raises(MethodError, match="sample size is the same in all trials"):
            counted(rows).asymmetry(test)


@pytest.mark.parametrize("alpha", [0.0, 1.0, 5, "0.1", None, True])
def test_options_that_are_none(alpha: Any) -> None:
    fit = pooled([0.1, 0.9, 1.5], [0.1, 0.3, 0.5])
    with pytest.raises(MethodError, match="alpha must be"):
        pet_peese(fit, alpha=alpha)
    with pytest.raises(MethodError, match="alternative cannot be"):
        pet_peese(fit, alternative="left")  # type: ignore[arg-type]  # what it refuses is the point
    with pytest.raises(MethodError, match="method cannot be"):
        limit_meta_analysis(fit, "beta1")  # type: ignore[arg-type]  # as above
