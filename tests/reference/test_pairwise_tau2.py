"""The other estimators of τ² against R's metafor, on the effects R itself used.

Every data set and measure of the reference serves, because only estimates and variances matter
here. The rule of agreement is in ``reference/agree.py``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest

from equipoise import stats
from reference.agree import TAU2_ABSOLUTE, agree_with_r, close
from reference.load import CI_OF_TEST, read

NEW = ("HE", "HS", "HSk", "SJ", "EB", "PMM", "DLIT", "SJIT")
ITERATED = 1e-6
"""Where R iterates it stops at a step below 1e-12, which is early for a small τ²."""
CREEPING = 2e-11
"""A step of R's iterated Sidik-Jonkman estimator can be a tenth of the way that remains, or less
where the way ends at zero: it stops that far above."""


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A data set under one measure, with R's fits by the estimators of this page."""

    id: str
    yi: tuple[float, ...]
    vi: tuple[float, ...]
    fits: tuple[Mapping[str, Any], ...]


@cache
def cases() -> tuple[Case, ...]:
    """Give every case, whatever its measure."""
    return tuple(
        Case(
            raw["id"],
            tuple(y for y in raw["yi"] if y is not None),
            tuple(v for y, v in zip(raw["yi"], raw["vi"], strict=True) if y is not None),
            tuple(raw["fits"]),
        )
        for raw in json.loads(read("reference/pairwise.json"))
    )


CASES = cases()
FITS = [(case, fit) for case in CASES for fit in case.fits if fit["method"] in NEW]
WITH_ERROR = [
    (case, fit)
    for case in CASES
    for fit in case.fits
    if fit["method"] != "FE" and fit["test"] == "z"
]


def name(value: object) -> str:
    """Name a case or a fit in the test's id."""
    if isinstance(value, Case):
        return value.id
    assert isinstance(value, dict)
    return f"{value['method']}-{value['test']}"


@cache
def effects_of(case: Case) -> stats.EffectSizes:
    """Give the effects as R printed them."""
    return stats.effect_sizes("GENERIC", estimate=list(case.yi), se=[math.sqrt(v) for v in case.vi])


def pooled(case: Case, fit: Mapping[str, Any], tau2: Any) -> stats.MetaAnalysis:
    ci: Any = CI_OF_TEST[fit["test"]]
    return stats.pool(effects_of(case), tau2=tau2, ci=ci, pi="follow-ci", tau2_ci="none")


def test_the_reference_has_fits_by_all_of_them() -> None:
    assert {fit["method"] for _, fit in FITS} == set(NEW)


@pytest.mark.parametrize(("case", "expected"), FITS, ids=name)
def test_fits(case: Case, expected: Mapping[str, Any]) -> None:
    """Where R stopped early its other numbers are held against ours at R's own τ²."""
    fit = pooled(case, expected, expected["method"])
    assert fit.diagnostics.converged
    assert fit.q == close(expected["q"])
    if fit.tau2 != close(expected["tau2"], TAU2_ABSOLUTE / 1000):
        absolute = CREEPING if expected["method"] == "SJIT" else 0.0
        assert fit.tau2 == pytest.approx(expected["tau2"], rel=ITERATED, abs=absolute)
        assert expected["method"] not in {"HE", "HS", "HSk", "SJ"}
        fit = pooled(case, expected, expected["tau2"])
    agree_with_r(fit, expected, tau2_se=False)


@pytest.mark.parametrize(("case", "expected"), WITH_ERROR, ids=name)
def test_standard_errors_of_tau2(case: Case, expected: Mapping[str, Any]) -> None:
    """For all estimators R has one for. It follows from τ², so iterated ones are held as loosely."""
    fit = pooled(case, expected, expected["method"])
    exact = expected["method"] in {"DL", "HE", "HS", "HSk", "SJ"}
    assert fit.tau2_se == pytest.approx(expected["se_tau2"], rel=1e-8 if exact else ITERATED)


@pytest.mark.parametrize("case", CASES[::10], ids=name)
def test_a_fixed_value_is_used_as_it_is(case: Case) -> None:
    """R: ``rma(yi, vi, tau2 = x)``, which is also the fit by an estimator that gives x."""
    expected = next(fit for fit in case.fits if fit["method"] == "DL" and fit["test"] == "z")
    fit = pooled(case, expected, expected["tau2"])
    assert fit.tau2 == expected["tau2"]
    assert fit.tau2_method == "fixed"
    assert fit.tau2_se is None
    agree_with_r(fit, expected, tau2_se=False)
