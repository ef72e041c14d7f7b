"""Effect sizes and inverse-variance pooling against R's metafor: every number of every fit.

Data sets of the ``metadat`` collection; ``escalc`` and ``rma`` with their defaults, iterated to
convergence. The rule of agreement is in ``reference/agree.py``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from typing import Any, Literal, cast

import pytest

from differential.naive_distributions import chi2_quantile
from differential.naive_effects import has_zero_cell, peto
from equipoise import stats
from reference.agree import (
    SMALLEST_P,
    TAU2_ABSOLUTE,
    agree_with,
    agree_with_r,
    close,
    name,
)
from reference.expected import STOPPED_EARLY, exact_fit
from reference.load import CI_OF_TEST, Case, pairwise_cases

CASES = pairwise_cases()
FITS = [(case, fit) for case in CASES for fit in case.fits]
WITH_TAU2_CI = [(case, fit) for case, fit in FITS if fit["method"] == "REML" and fit["test"] == "z"]
UNIROOT = 1.3e-4
"""R's root finder stops within its default tolerance, .Machine$double.eps^0.25, absolute."""


@cache
def effects_of(case: Case) -> stats.EffectSizes:
    """Give a case's effects, with ``escalc``'s defaults for zero cells and double zeros."""
    if case.measure == "GEN":
        yi = [math.nan if y is None else y for y in case.yi]
        se = [math.nan if v is None else math.sqrt(v) for v in case.vi]
        return stats.effect_sizes("GENERIC", estimate=yi, se=se)
    measure = cast("Literal['RR', 'OR', 'RD', 'MD', 'SMD', 'IRR', 'IRD']", case.measure)
    return stats.effect_sizes(measure, **case.columns, double_zero="keep")


def pooled(case: Case, fit: Mapping[str, Any]) -> stats.MetaAnalysis:
    """Pool a case as R did."""
    ci = cast("Any", CI_OF_TEST[fit["test"]])
    if fit["method"] == "FE":
        return stats.pool(effects_of(case), model="common", ci=ci)
    return stats.pool(
        effects_of(case),
        model="random",
        method="IV",
        tau2=fit["method"],
        ci=ci,
        pi="follow-ci",
        tau2_ci="q-profile",
        i2="tau2",
    )


@pytest.mark.parametrize("case", CASES, ids=name)
def test_effects(case: Case) -> None:
    effects = effects_of(case)
    for got_y, got_v, yi, vi in zip(effects.yi, effects.vi, case.yi, case.vi, strict=True):
        assert yi is not None
        assert vi is not None
        assert got_y == close(yi)
        assert got_v == close(vi, absolute=0.0)


@pytest.mark.parametrize("case", [c for c in CASES if c.measure == "PETO"], ids=name)
def test_peto_effects_need_no_correction(case: Case) -> None:
    """Without one, trials that have no zero cell are as R's; the rest are the textbook's."""
    effects = stats.effect_sizes("PETO", **case.columns, zero_cells="none")
    for i, table in enumerate(case.rows):
        exact = peto(table)
        if exact is None:
            assert effects.reasons[i]
            continue
        assert effects.yi[i] == close(float(exact[0]))
        assert effects.vi[i] == close(float(exact[1]), absolute=0.0)
        if not has_zero_cell(table):
            assert effects.yi[i] == close(cast("float", case.yi[i]))


@pytest.mark.parametrize(("case", "expected"), FITS, ids=name)
def test_fits(case: Case, expected: Mapping[str, Any]) -> None:
    fit = pooled(case, expected)
    if (case.id, expected["method"]) in STOPPED_EARLY:
        agree_with_the_exact(fit, case, expected)
    else:
        agree_with_r(fit, expected)
    common = expected["method"] == "FE"
    assert fit.q == close(expected["q"])
    if expected["q_p"] >= SMALLEST_P:
        assert fit.q_p == close(expected["q_p"])
    if not common:
        assert fit.tau2 == close(expected["tau2"], TAU2_ABSOLUTE)
        assert fit.diagnostics.converged


def agree_with_the_exact(fit: stats.MetaAnalysis, case: Case, expected: Mapping[str, Any]) -> None:
    """Hold the numbers against the naive engine at the exact τ², where R stopped early."""
    agree_with(fit, exact_fit(case, expected["method"], CI_OF_TEST[expected["test"]]))


@pytest.mark.parametrize(("case", "expected"), WITH_TAU2_CI, ids=name)
def test_q_profile(case: Case, expected: Mapping[str, Any]) -> None:
    """R's bounds loosely; and ours solve their equation, which R's do to four digits only.

    R looks no further than τ² = 100: where its upper bound says 100, ours must be larger.
    """
    fit = pooled(case, expected)
    assert fit.tau2_ci is not None
    low, high = fit.tau2_ci
    assert low == pytest.approx(expected["tau2_ci_low"], rel=UNIROOT, abs=UNIROOT)
    if expected["tau2_ci_high"] < 100:
        assert high == pytest.approx(expected["tau2_ci_high"], rel=UNIROOT, abs=UNIROOT)
    else:
        assert high > 100
    for bound, probability in ((low, 0.975), (high, 0.025)):
        target = float(chi2_quantile(probability, fit.k - 1))
        if bound > 0:
            assert generalised_q(case, bound) == pytest.approx(target, rel=1e-10)
        else:
            assert generalised_q(case, 0.0) <= target


def generalised_q(case: Case, tau2: float) -> float:
    """Give the weighted spread of a case's studies, by exact summation."""
    effects = effects_of(case)
    y, w = effects.yi.tolist(), [1 / (v + tau2) for v in effects.vi.tolist()]
    mean = math.fsum(wi * yi for wi, yi in zip(w, y, strict=True)) / math.fsum(w)
    return math.fsum(wi * (yi - mean) ** 2 for wi, yi in zip(w, y, strict=True))
