"""Small-study effects against R's metafor: base fit by REML, tests by the normal distribution."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest

from equipoise import stats
from equipoise.errors import MethodError
from reference.agree import TAU2_ABSOLUTE, close
from reference.load import read
from reference.r_reml import reml

SETS: Mapping[str, Mapping[str, Any]] = json.loads(read("reference/bias.json"))
PREDICTORS: dict[str, Any] = {"sei": "se", "vi": "variance"}
TAIL = 1e-13
"""R takes an upper tail of Kendall's distribution as one less the lower one, which leaves the
rounding of one in a small p-value."""
LISTED = 20
"""With more trials R cannot list all combinations of significant ones and takes chi-squared."""

FILLED = [
    (name, estimator)
    for name, data in SETS.items()
    for estimator in ("L0", "R0", "Q0")
    if f"trimfill_{estimator}" in data["results"]
]
WITHOUT_Q0 = [name for name, data in SETS.items() if "trimfill_Q0" not in data["results"]]

every_set = pytest.mark.parametrize("name", list(SETS))


@cache
def pooled(name: str) -> stats.MetaAnalysis:
    """Pool a data set as the reference did."""
    data = SETS[name]
    se = [math.sqrt(v) for v in data["vi"]]
    effects = stats.effect_sizes("GENERIC", estimate=list(data["yi"]), se=se)
    return stats.pool(effects, tau2="REML", ci="wald", tau2_ci="none")


def expected(name: str) -> Mapping[str, Any]:
    results: Mapping[str, Any] = SETS[name]["results"]
    return results


@every_set
@pytest.mark.parametrize("predictor", list(PREDICTORS))
@pytest.mark.parametrize("model", ["lm", "rma"])
def test_egger(name: str, predictor: str, model: Any) -> None:
    found = pooled(name).asymmetry("egger", model=model, predictor=PREDICTORS[predictor])
    want = expected(name)[f"regtest_{model}_{predictor}"]
    assert found.statistic == close(want["stat"])
    assert found.p == close(want["p"])
    assert found.limit is not None
    assert found.limit.estimate == close(want["limit"])
    assert found.limit.name == {"sei": "PET", "vi": "PEESE"}[predictor]
    if model == "rma":
        assert [found.limit.ci_low, found.limit.ci_high] == close(want["limit_ci"])


@every_set
def test_begg(name: str) -> None:
    found, want = pooled(name).asymmetry("begg"), expected(name)["ranktest"]
    assert found.statistic == close(want["tau"])
    assert found.p == close(want["p"], TAIL)


@pytest.mark.parametrize(("name", "estimator"), FILLED)
def test_trim_and_fill(name: str, estimator: Any) -> None:
    """R hands its tight control to the trimming, but pools the filled trials by its default one.

    So R's own loop is run over our filled trials, and must end where R ended; run on, it must end
    where we do (1e-7, for near τ² = 0 it creeps). Where R found nothing to fill it kept its fit.
    """
    want = expected(name)[f"trimfill_{estimator}"]
    found = pooled(name).trim_and_fill(estimator)
    assert (found.k0, found.side) == (want["k0"], want["side"])
    trials = found.filled.effects
    assert trials.k == pooled(name).k + want["k0"]
    numbers = trials.yi.tolist(), trials.vi.tolist()
    r = reml(*numbers) if found.k0 else found.filled
    assert r.estimate == close(want["estimate"])
    assert r.se == close(want["se"])
    assert r.tau2 == close(want["tau2"], TAU2_ABSOLUTE)
    on = reml(*numbers, stop=1e-11)
    assert found.filled.estimate == pytest.approx(on.estimate, rel=1e-7)
    assert found.filled.se == pytest.approx(on.se, rel=1e-7)


@pytest.mark.parametrize("name", WITHOUT_Q0)
def test_q0_is_not_defined_for_all_trials(name: str) -> None:
    """Its square root is then below zero, and R stops."""
    with pytest.raises(MethodError, match="Q0 is not defined"):
        pooled(name).trim_and_fill("Q0")


@every_set
@pytest.mark.parametrize("kind", ["Rosenthal", "Orwin", "Rosenberg"])
def test_fail_safe_n(name: str, kind: Any) -> None:
    assert pooled(name).fail_safe_n(kind).n == expected(name)[f"fsn_{kind}"]


@every_set
def test_excess_significance(name: str) -> None:
    want = expected(name)["tes"]
    test: Any = "exact" if pooled(name).k <= LISTED else "chi2"
    found = pooled(name).excess_significance(test)
    assert found.observed == want["O"]
    assert found.expected == close(want["E"])
    assert found.p == close(want["p"])
