"""One rule of agreement with printed reference values.

It stands apart from the tests, which skip as a whole where the values are absent.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, cast

import pytest

from differential import naive
from equipoise import stats
from reference.load import Case

RELATIVE = 1e-8
ABSOLUTE = 1e-12
"""Values that are zero but for rounding: the reference prints 15 digits of numbers of order one."""
TAU2_ABSOLUTE = 5e-12
"""R stopped iterating once a step fell below 1e-12; its iteration is linear, so the rest of the way
can be several steps long."""
SMALLEST_P = 1e-12
"""Below this the reference calls its own p-values loose."""


def close(expected: float, absolute: float = ABSOLUTE) -> object:
    """Give what equals ``expected`` within the rule."""
    return pytest.approx(expected, rel=RELATIVE, abs=absolute)


def name(value: object) -> str:
    """Name a case or a fit in the test's id."""
    if isinstance(value, Case):
        return value.id
    fit = cast("Mapping[str, Any]", value)
    return f"{fit['method']}-{fit['test']}"


def agree_with_r(
    fit: stats.MetaAnalysis, expected: Mapping[str, Any], *, tau2_se: bool = True
) -> None:
    """Hold every printed number against R's; ``tau2_se`` False leaves that one to another test."""
    assert fit.estimate == close(expected["estimate"])
    assert fit.se == close(expected["se"])
    assert fit.statistic == close(expected["stat"])
    assert fit.ci_low == close(expected["ci_low"])
    assert fit.ci_high == close(expected["ci_high"])
    if expected["p"] >= SMALLEST_P:
        assert fit.p == close(expected["p"])
    assert fit.h2 == close(expected["h2"])
    if expected.get("loglik") is not None:
        assert fit.fit_statistics().log_likelihood == close(expected["loglik"])
    if expected["method"] == "FE":
        assert fit.i2_q == close(expected["i2"])
        return
    assert fit.i2_tau2 == close(expected["i2"])
    assert fit.pi_low == close(expected["pi_low"])
    assert fit.pi_high == close(expected["pi_high"])
    if tau2_se:
        assert fit.tau2_se == close(expected["se_tau2"])


def agree_with(fit: stats.MetaAnalysis, exact: naive.Fit) -> None:
    """Hold the numbers against a fit of the naive engine."""
    for field in ("estimate", "se", "statistic", "p", "ci_low", "ci_high", "i2_tau2", "h2"):
        assert getattr(fit, field) == close(getattr(exact, field)), field
    half = (exact.ci_high - exact.ci_low) / 2 / exact.se
    reach = half * math.hypot(exact.se, math.sqrt(exact.tau2))
    assert fit.pi_low == close(exact.estimate - reach)
    assert fit.pi_high == close(exact.estimate + reach)
