"""The results that R's PublicationBias 2.3.0 prints in its own manual for the BCG trials.

Its pages show seven digits or fewer (``pubbias_meta`` and ``pubbias_svalue`` of ``dat.bcg``, risk
ratios, ``favor_positive = FALSE``); agreement is to what is shown. R's table of the robust
specification takes its degrees of freedom from robumeta, which there treats all residuals as equally
variable although it adjusts them by their variances; ours are those of clubSandwich. A slow matrix
calculation here gives both.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import special

from equipoise import stats
from equipoise.stats.selection.worst_case import worst_case_bias
from reference.load import pairwise_cases

AUTHORS = np.array([0, 1, 2, 3, 4, 5, 6, 7, 8, 2, 9, 10, 9])


@pytest.fixture(scope="module")
def bcg() -> stats.MetaAnalysis:
    case = next(c for c in pairwise_cases() if c.id.startswith("bcg") and c.measure == "RR")
    return stats.pool(stats.effect_sizes("RR", **case.columns))


def shown(value: float, digits: float) -> Any:
    return pytest.approx(value, abs=0.5001 * digits)


def test_common_specification(bcg: stats.MetaAnalysis) -> None:
    found = worst_case_bias(bcg, model="common", selection_ratio=[5.0])
    at_five = found.corrected[0]
    assert (found.k, found.k_affirmative) == (13, 8)
    assert (at_five.estimate, at_five.se) == (shown(-0.156, 1e-3), shown(0.0491, 1e-4))
    assert (at_five.ci_low, at_five.ci_high) == (shown(-0.263, 1e-3), shown(-0.0485, 1e-4))
    assert at_five.p == shown(0.00814, 1e-5)
    assert found.uncorrected.p == shown(0.000000185, 1e-9)


def test_s_values(bcg: stats.MetaAnalysis) -> None:
    """R prints −76.90313 for the estimate, which is its way to say that none exists."""
    to_null = worst_case_bias(bcg, model="common")
    assert to_null.s_value_estimate is None
    assert to_null.s_value_ci == shown(7.58431, 1e-5)
    to_ninety = worst_case_bias(bcg, model="common", threshold=math.log(0.9))
    assert to_ninety.s_value_estimate == shown(8.261336, 1e-6)
    assert to_ninety.s_value_ci == shown(3.406779, 1e-6)


def slow(fit: stats.MetaAnalysis, eta: float, cluster: Any, working: str) -> tuple[Any, ...]:
    """Give estimate, standard error and degrees of freedom with matrices as the papers write them."""
    y, v = fit.effects.yi, fit.effects.vi
    affirmative = y / np.sqrt(v) < special.ndtri(0.025)
    w = np.where(affirmative, 1.0, eta) / (v + (fit.tau2 or 0.0))
    v = np.array([v[cluster == c].mean() for c in cluster])
    projection = np.eye(y.size) - np.ones((y.size, 1)) @ (w / w.sum())[None, :]
    mean = float((w * y).sum() / w.sum())
    meat, g = 0.0, []
    for c in np.unique(cluster):
        own = cluster == c
        inside = projection[own] @ np.diag(v) @ projection[own].T
        values, vectors = np.linalg.eigh(inside)
        root = vectors @ np.diag(values**-0.5) @ vectors.T
        adjusted = np.diag(np.sqrt(v[own])) @ root
        meat += float(w[own] @ adjusted @ (y - mean)[own]) ** 2
        g.append(projection[own].T @ adjusted @ w[own] / w.sum())
    phi = np.diag(v) if working == "variances" else np.eye(y.size)
    m = np.array(g) @ phi @ np.array(g).T
    return mean, math.sqrt(meat) / w.sum(), np.trace(m) ** 2 / np.trace(m @ m)


def test_robust_specification_with_clusters(bcg: stats.MetaAnalysis) -> None:
    found = worst_case_bias(bcg, selection_ratio=[5.0], cluster=AUTHORS.tolist()).corrected[0]
    assert found.estimate == shown(-0.3686171, 1e-7)
    assert found.se == shown(0.1452243, 1e-7)
    mean, se, df = slow(bcg, 5.0, AUTHORS, "variances")
    assert (found.estimate, found.se, found.df) == pytest.approx((mean, se, df), rel=1e-9)
    df_of_r = slow(bcg, 5.0, AUTHORS, "equal")[2]
    half = float(special.stdtrit(df_of_r, 0.975)) * se
    assert mean - half == shown(-0.7849406, 2e-6)
    assert mean + half == shown(0.04770646, 2e-6)


def test_robust_s_value(bcg: stats.MetaAnalysis) -> None:
    """R prints 4.17; with R's degrees of freedom our limit is zero there, with ours a little before."""
    found = worst_case_bias(bcg)
    assert found.s_value_estimate is None
    assert found.s_value_ci is not None
    alone = np.arange(13)
    for working, at in (("variances", found.s_value_ci), ("equal", 4.17)):
        mean, se, df = slow(bcg, at, alone, working)
        limit = mean + float(special.stdtrit(df, 0.975)) * se
        assert limit == pytest.approx(0.0, abs=1e-9 if working == "variances" else 2e-3)
    assert found.s_value_ci < 4.17
