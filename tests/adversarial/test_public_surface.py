"""Everything that takes a fit, on trials that have little to say: an answer, or an error for people.

No traceback reaches a user: what a method does not define raises an error of the house, and what it
answers prints without ``nan`` and is strict JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import equipoise as eq
from equipoise.errors import EquipoiseError
from equipoise.stats import EffectSizes, MetaAnalysis

TRIALS: dict[str, EffectSizes] = {
    "one trial": eq.effect_sizes("RR", events_1=[4], n_1=[20], events_2=[2], n_2=[21]),
    "two trials": eq.effect_sizes(
        "RR", events_1=[4, 3], n_1=[20, 30], events_2=[2, 6], n_2=[21, 30]
    ),
    "empty cells": eq.effect_sizes(
        "OR", events_1=[0, 3, 0], n_1=[20, 30, 10], events_2=[2, 6, 0], n_2=[21, 30, 10]
    ),
    "equal": eq.effect_sizes("GENERIC", estimate=[1, 1, 1, 1], se=[0.5] * 4),
    "huge": eq.effect_sizes("GENERIC", estimate=[1e12, -1e12, 3e11], se=[1e3, 1e5, 1e-3]),
    "single groups": eq.effect_sizes("PLO", events=[3, 5, 2, 8], n=[20, 30, 25, 40]),
    "means": eq.effect_sizes(
        "SMD", mean_1=[1, 2, 3], sd_1=[1, 1, 2], n_1=[10, 20, 15],
        mean_2=[0, 1, 2.5], sd_2=[1, 1.2, 2], n_2=[11, 19, 15],
    ),
    "rates": eq.effect_sizes(
        "IRR", events_1=[4, 9, 2], time_1=[110, 200, 80], events_2=[7, 8, 6], time_2=[100, 190, 90]
    ),
}  # fmt: skip
METHODS: tuple[dict[str, Any], ...] = (
    {}, {"model": "common"}, {"method": "MH", "model": "common"}, {"weighting": "equal"},
    {"ci": "kenward-roger"}, {"ci": "henmi-copas"}, {"tau2": 0.0}, {"preset": "meta-8"},
    {"preset": "iqwig6"},
)  # fmt: skip
OF_FITS = (
    eq.permutation_test, eq.prediction_interval_bootstrap, eq.gosh, eq.outliers, eq.fragility,
    eq.limit_meta_analysis, eq.lfk_index, eq.p_curve, eq.p_uniform, eq.p_uniform_star, eq.pet_peese,
    eq.power, eq.minimum_detectable_effect, eq.tipping_point, eq.uwls, eq.waap_wls,
    eq.worst_case_bias, eq.significance_funnel, eq.diversity,
)  # fmt: skip
BY_NAME = (
    "leave_one_out", "cumulative", "influence", "blup", "trim_and_fill", "fail_safe_n",
    "excess_significance", "heterogeneity", "fit_statistics", "forest", "funnel", "baujat", "radial",
    "labbe", "qq", "drapery", "cumulative_forest", "leave_one_out_forest", "glance", "augment",
    "methods_text", "code", "tidy",
)  # fmt: skip
TESTS = ("begg", "egger", "thompson-sharp", "harbord", "peters", "schwarzer", "recommended")
MISSING = re.compile(r"(?<![\w.])[+-]?nan(?![\w-])", re.IGNORECASE)


def asked(fit: MetaAnalysis) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Give everything that can be asked of a fit."""
    for function in OF_FITS:
        yield function.__name__, lambda function=function: function(fit)  # type: ignore[misc]  # functions of a fit
    yield "bootstrap", lambda: eq.bootstrap(fit, iterations=199)
    yield "normality", lambda: eq.normality(fit, iterations=199)
    yield "sequential", lambda: eq.sequential(fit, effect=0.3)
    yield "anytime_valid", lambda: eq.anytime_valid(fit, 0.3)
    ones = [1] * len(fit.effects)
    yield "missing_outcomes", lambda: eq.missing_outcomes(fit, ones, ones, events_are="harmful")
    for name in BY_NAME:
        yield name, getattr(fit, name)
    for test in TESTS:
        yield test, lambda test=test: fit.asymmetry(test)  # type: ignore[misc]  # the words are options


def answered(ask: Callable[[], Any]) -> bool:
    """Ask; hold what is printed and written to files, or the length of what the refusal says."""
    refusal = ""
    try:
        answer = ask()
    except EquipoiseError as error:
        refusal = str(error)
    if refusal:
        assert len(refusal) > 20
        return False
    assert not MISSING.search(str(answer))
    if hasattr(answer, "to_dict"):
        json.dumps(answer.to_dict(), allow_nan=False)
    return True


@pytest.mark.parametrize("options", METHODS, ids=str)
@pytest.mark.parametrize("name", TRIALS)
def test_whatever_is_asked_of_a_fit_is_answered_or_refused_in_words(
    name: str, options: dict[str, Any]
) -> None:
    if not answered(lambda: eq.pool(TRIALS[name], **options)):
        return
    fit = eq.pool(TRIALS[name], **options)
    assert sum(answered(ask) for _, ask in asked(fit)) > 5


@pytest.mark.parametrize("name", TRIALS)
def test_whatever_is_asked_of_trials_is_answered_or_refused_in_words(name: str) -> None:
    trials = TRIALS[name]
    numbers = [[float(i)] for i in range(len(trials))]
    questions: tuple[Callable[[], Any], ...] = (
        trials.explain,
        lambda: eq.multiverse(trials),
        lambda: eq.stratified_tests(trials),
        lambda: eq.meta_regression(trials, numbers, names=["x"]),
        lambda: eq.multimodel(trials, numbers, names=["x"]),
        lambda: eq.location_scale(
            trials, numbers, numbers, location_names=["x"], scale_names=["z"]
        ),
    )
    answers = [answered(ask) for ask in questions]
    assert any(answers)
