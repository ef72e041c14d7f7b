"""The naive engine that judges the fast one is itself held against R."""

from __future__ import annotations

import pytest

from differential import naive, naive_effects
from differential.naive_distributions import mpf
from reference.agree import RELATIVE, SMALLEST_P, TAU2_ABSOLUTE, close
from reference.expected import STOPPED_EARLY, exact_tau2, naive_effects_of
from reference.load import CI_OF_TEST, Case, pairwise_cases, rare_events

CASES = [case for case in pairwise_cases() if case.measure != "PETO"]
SMALL = [case for case in CASES if len(case.yi) <= 20 and case.measure != "OR"]
RARE = list(rare_events())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_effects_of_the_judge_agree_with_escalc(case: Case) -> None:
    for effect, yi, vi in zip(naive_effects_of(case), case.yi, case.vi, strict=True):
        assert effect is not None
        assert float(effect[0]) == close(yi or 0.0)
        assert float(effect[1]) == close(vi or 0.0, absolute=0.0)


@pytest.mark.parametrize("case", SMALL, ids=lambda case: case.id)
def test_fits_of_the_judge_agree_with_rma(case: Case) -> None:
    """At R's own τ², so that the formulas are judged apart from R's stopping rule."""
    effects = [effect for effect in naive_effects_of(case) if effect is not None]
    for expected in case.fits:
        method, test = expected["method"], expected["test"]
        tau2 = None if method == "FE" else method
        fit = naive.pool(effects, tau2=tau2, ci=CI_OF_TEST[test], tau2_value=mpf(expected["tau2"]))
        assert fit.estimate == close(expected["estimate"])
        assert fit.se == close(expected["se"])
        assert fit.ci_low == close(expected["ci_low"])
        assert fit.ci_high == close(expected["ci_high"])
        assert (fit.i2_q if tau2 is None else fit.i2_tau2) == close(expected["i2"])
        assert fit.h2 == close(expected["h2"])
        assert fit.q == close(expected["q"])
        if min(expected["p"], expected["q_p"]) >= SMALLEST_P:
            assert fit.p == close(expected["p"])
            assert fit.q_p == close(expected["q_p"])


@pytest.mark.parametrize("case", SMALL, ids=lambda case: case.id)
def test_tau2_of_the_judge_agrees_with_rma(case: Case) -> None:
    for expected in case.fits:
        if expected["method"] != "FE" and expected["test"] == "z":
            tau2 = float(exact_tau2(case, expected["method"]))
            assert tau2 == close(expected["tau2"], TAU2_ABSOLUTE)
            early = abs(tau2 - expected["tau2"]) > RELATIVE / 10 * tau2
            assert early == ((case.id, expected["method"]) in STOPPED_EARLY)


@pytest.mark.parametrize(("name", "method", "tables", "expected"), RARE)
def test_rare_event_methods_of_the_judge_agree(
    name: str, method: str, tables: list[naive_effects.Table], expected: dict[str, float]
) -> None:
    """``metafor::rma.mh`` (Sato's variance for RD) and ``metafor::rma.peto``."""
    fit = naive.peto(tables) if method == "PETO" else naive.mantel_haenszel(method[3:], tables)
    assert float(fit[0]) == close(expected["estimate"]), name
    assert float(fit[1]) == close(expected["se"] ** 2), name
