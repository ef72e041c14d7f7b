"""The presets against their owners: metafor's defaults, Henmi and Copas's published example."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

import pytest

from equipoise import stats
from equipoise.stats.new_effect import probability_above
from reference.agree import TAU2_ABSOLUTE, close
from reference.expected import STOPPED_EARLY
from reference.load import COLUMNS, Case, pairwise_cases, read, rows_of

MEASURES = ("RR", "OR", "RD", "MD", "SMD", "IRR", "IRD")
FITS = [
    (case, fit)
    for case in pairwise_cases(MEASURES)
    for fit in case.fits
    if (fit["method"], fit["test"]) == ("REML", "z") and (case.id, "REML") not in STOPPED_EARLY
]


def effects_of(case: Case) -> stats.EffectSizes:
    measure = cast("Any", case.measure)
    spec = stats.resolve_methods("metafor", measure)
    options: dict[str, Any] = {"double_zero": spec.double_zero, "zero_cells": spec.zero_cells}
    return stats.effect_sizes(measure, **case.columns, **options, smd_variance=spec.smd_variance)


@pytest.mark.parametrize(("case", "fit"), FITS, ids=[case.id for case, _ in FITS])
def test_metafors_defaults(case: Case, fit: Mapping[str, Any]) -> None:
    """``rma(measure=, ...)`` with nothing else said: REML, z, its prediction interval, I² by τ²."""
    found = stats.pool(effects_of(case), preset="metafor")
    assert found.methods.changed == ()
    assert found.tau2 == close(fit["tau2"], TAU2_ABSOLUTE)
    for field in ("estimate", "se", "ci_low", "ci_high", "pi_low", "pi_high"):
        assert getattr(found, field) == pytest.approx(fit[field], rel=1e-8, abs=1e-10), field
    assert found.i2 == pytest.approx(fit["i2"], rel=1e-7, abs=1e-6)


def test_the_prediction_interval_of_metafor_is_exceeded_as_often_as_it_should_be() -> None:
    case, fit = FITS[0]
    found = stats.pool(effects_of(case), preset="metafor")
    above = probability_above(found, fit["pi_high"], scale="analysis")
    assert above == pytest.approx(0.025, rel=1e-7)


def test_henmi_and_copass_example() -> None:
    """Sixteen trials of nausea (Lee and Done 2004): −0.5145 (−0.9994 to −0.0295), τ² 0.3325.

    Henmi and Copas 2010, p. 2978, doi:10.1002/sim.4029. R: ``hc(rma(yi, vi, method="DL"))``.
    """
    cases = json.loads(read("reference/pairwise.json"))
    data = next(each["data"] for each in cases if each["id"] == "lee2004/OR")
    rows = list(zip(*rows_of(data), strict=True))
    columns: dict[str, Any] = dict(zip(COLUMNS["twobytwo"], map(list, rows), strict=True))
    fit = stats.pool(stats.effect_sizes("OR", **columns), ci="henmi-copas")
    shown = [f"{v:.4f}" for v in (fit.tau2 or 0.0, fit.estimate, fit.ci_low, fit.ci_high)]
    assert shown == ["0.3325", "-0.5145", "-0.9994", "-0.0295"]
