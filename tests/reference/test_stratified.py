"""Cochran–Mantel–Haenszel, Breslow–Day and Tarone against R's ``rma.mh(measure="OR")``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from equipoise import stats
from equipoise.stats.stratified import stratified_tests
from reference.agree import SMALLEST_P, close
from reference.load import COLUMNS, rare_events

CASES = [
    pytest.param(tables, expected, id=name)
    for name, method, tables, expected in rare_events()
    if method == "MH_OR"
]


@pytest.mark.parametrize(("tables", "expected"), CASES)
def test_tests_of_tables(tables: Sequence[tuple[float, ...]], expected: Mapping[str, Any]) -> None:
    """R's test of association takes a half from the distance unless told otherwise."""
    columns: dict[str, Any] = dict(
        zip(COLUMNS["twobytwo"], map(list, zip(*tables, strict=True)), strict=True)
    )
    found = stratified_tests(stats.effect_sizes("OR", **columns))
    assert found.cmh_corrected is not None
    assert found.breslow_day is not None
    assert found.tarone is not None
    assert found.cmh_corrected.statistic == close(expected["mh"])
    if expected["mh_p"] >= SMALLEST_P:
        assert found.cmh_corrected.p == close(expected["mh_p"])
    assert found.breslow_day.statistic == close(expected["breslow_day"])
    assert found.tarone.statistic == close(expected["tarone"])
