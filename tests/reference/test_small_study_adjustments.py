"""Adjustments for small-study effects against R where its values exist.

R's ``regtest`` gives PET and PEESE and their slopes; its common-effect fits give mean and Q, from
which unrestricted weighted least squares follow. ``meta`` and ``metasens`` are not in the reference.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest

from equipoise import stats
from equipoise.stats.small_studies.limit_meta import limit_meta_analysis
from equipoise.stats.small_studies.pet_peese import pet_peese
from equipoise.stats.small_studies.weighted_averages import uwls
from reference.agree import close
from reference.load import pairwise_cases, read

SETS: Mapping[str, Mapping[str, Any]] = json.loads(read("reference/bias.json"))
COMMON = [
    case
    for case in pairwise_cases()
    if sum(v is not None for v in case.vi) > 2 and any(fit["method"] == "FE" for fit in case.fits)
]

every_set = pytest.mark.parametrize("name", list(SETS))


@cache
def pooled(name: str, **options: Any) -> stats.MetaAnalysis:
    data = SETS[name]
    se = [math.sqrt(v) for v in data["vi"]]
    effects = stats.effect_sizes("GENERIC", estimate=list(data["yi"]), se=se)
    return stats.pool(effects, ci="wald", tau2_ci="none", **options)


@every_set
def test_pet_and_peese(name: str) -> None:
    found, want = pet_peese(pooled(name)), SETS[name]["results"]
    assert found.pet.estimate == close(want["regtest_lm_sei"]["limit"])
    assert found.peese.estimate == close(want["regtest_lm_vi"]["limit"])
    assert found.slope_p == close(want["regtest_lm_sei"]["p"])


@every_set
def test_the_test_of_limit_meta_analysis_is_eggers_with_known_variances(name: str) -> None:
    """t² of Egger's regression is the Q of its slope over the mean residual square."""
    found = limit_meta_analysis(pooled(name))
    t = SETS[name]["results"]["regtest_lm_sei"]["stat"]
    ratio = found.q_small / (found.q_residual / found.q_residual_df)
    assert ratio == pytest.approx(t**2, rel=1e-8, abs=1e-12)


@every_set
def test_limit_meta_analysis_without_heterogeneity_is_pet(name: str) -> None:
    found = limit_meta_analysis(pooled(name, tau2=0.0))
    assert found.estimate == close(SETS[name]["results"]["regtest_lm_sei"]["limit"])


@pytest.mark.parametrize("case", COMMON, ids=lambda case: case.id)
def test_unrestricted_weighted_least_squares(case: Any) -> None:
    want = next(fit for fit in case.fits if fit["method"] == "FE")
    rows = [(y, math.sqrt(v)) for y, v in zip(case.yi, case.vi, strict=True) if v is not None]
    estimate, se = (list(column) for column in zip(*rows, strict=True))
    effects = stats.effect_sizes("GENERIC", estimate=estimate, se=se)
    found = uwls(stats.pool(effects, model="common"))
    assert found.estimate == close(want["estimate"])
    assert found.se == close(want["se"] * math.sqrt(want["q"] / (len(rows) - 1)))
