"""Mantel–Haenszel and Peto against R's ``rma.mh`` and ``rma.peto``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, cast

import pytest

from equipoise import stats
from reference.agree import SMALLEST_P, close
from reference.load import COLUMNS, rare_events

CASES = list(rare_events())
Tables = Sequence[tuple[float, float, float, float]]


def pooled(method: str, tables: Tables) -> stats.MetaAnalysis:
    """Pool tables with the common-effect method that a reference method names."""
    columns: dict[str, Any] = dict(
        zip(COLUMNS["twobytwo"], map(list, zip(*tables, strict=True)), strict=True)
    )
    measure = cast("Literal['RR', 'OR', 'RD', 'PETO']", method.removeprefix("MH_"))
    effects = stats.effect_sizes(measure, **columns)
    how: Literal["Peto", "MH"] = "Peto" if method == "PETO" else "MH"
    return stats.pool(effects, model="common", method=how, ci="wald")


@pytest.mark.parametrize(("name", "method", "tables", "expected"), CASES)
def test_estimates(name: str, method: str, tables: Tables, expected: Mapping[str, Any]) -> None:
    fit = pooled(method, tables)
    assert fit.estimate == close(expected["estimate"]), name
    assert fit.se == close(expected["se"])
    assert fit.ci_low == close(expected["ci_low"])
    assert fit.ci_high == close(expected["ci_high"])


@pytest.mark.parametrize(("name", "method", "tables", "expected"), CASES)
def test_heterogeneity(name: str, method: str, tables: Tables, expected: Mapping[str, Any]) -> None:
    """Trials without events in both arms are left out of Q, for the risk difference too."""
    fit = pooled(method, tables)
    assert fit.q == close(expected["q"]), name
    if expected.get("q_p") is not None and expected["q_p"] >= SMALLEST_P:
        assert fit.q_p == close(expected["q_p"])
