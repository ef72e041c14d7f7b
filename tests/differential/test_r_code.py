"""The R script a result writes gives that result's numbers, when R runs it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest

import equipoise as eq
from equipoise.errors import MethodError
from equipoise.stats import EffectSizes, MetaAnalysis
from support import r


def harms(**options: Any) -> EffectSizes:
    return eq.effect_sizes(
        "RR",
        study=["Ash 2001", 'Birch "B" 2004', "Cedar\\Elm", "Dogwood \N{GREEK SMALL LETTER TAU}", "None"],
        events_1=[13, 4, 5, 6, 0],
        n_1=[60, 40, 55, 66, 20],
        events_2=[1, 0, 4, 3, 0],
        n_2=[63, 35, 50, 73, 22],
        **options,
    )  # fmt: skip


def pain() -> EffectSizes:
    return eq.effect_sizes(
        "SMD",
        study=["Ash", "Birch", "Cedar", "Elm"],
        mean_1=[60.0, 56.0, 26.8, 40.1],
        sd_1=[38.0, 31.2, 27.9, 20.2],
        n_1=[59, 12, 30, 44],
        mean_2=[61.3, 74.0, 54.5, 39.0],
        sd_2=[32.7, 10.4, 26.3, 22.0],
        n_2=[30, 12, 30, 40],
    )


def rates() -> EffectSizes:
    return eq.effect_sizes(
        "IRR", events_1=[4, 9, 2], time_1=[110.5, 200, 80], events_2=[7, 8, 6], time_2=[100, 190, 90]
    )  # fmt: skip


def proportions() -> EffectSizes:
    return eq.effect_sizes("PLO", events=[3, 0, 12], n=[30, 20, 100])


def hazards() -> EffectSizes:
    return eq.effect_sizes("HR", estimate=[-0.2, 0.1, -0.5], se=[0.1, 0.2, 0.3])


METHODS: dict[str, Mapping[str, Any]] = {
    "cochrane": {},
    "as-published": {"preset": "as-published"},
    "common": {"model": "common"},
    "t": {"ci": "t", "level": 0.9},
    "floor": {"ci": "hksj-floor", "tau2": "DL"},
    "if-wider": {"ci": "hksj-if-wider", "tau2": "PM"},
    "profile": {"ci": "profile-likelihood", "pi": "V"},
    "HTS": {"pi": "HTS", "tau2": "EB"},
    "HK": {"pi": "HK", "ci": "wald", "tau2": "SJ"},
    "normal": {"pi": "normal", "tau2": "HE"},
    "fixed": {"tau2": 0.25},
    "general Q": {"tau2": "GENQ", "tau2_weights": [1, 2, 3, 4, 5]},
    "HSk": {"tau2": "HSk"},
    "PMM": {"tau2": "PMM"},
    "equal weights": {"weighting": "equal"},
    "given weights": {"weights": [1, 2, 3, 4, 5], "ci": "wald", "pi": "HTS"},
    "IVhet": {"weighting": "ivhet"},
    "sample sizes": {"weighting": "sample-size", "ci": "wald"},
    "Henmi-Copas": {"ci": "henmi-copas"},
    "Mantel-Haenszel": {"model": "common", "method": "MH"},
    "Mantel-Haenszel, corrected": {"model": "common", "method": "MH", "preset": "as-published"},
}


LOOSE = {"profile-likelihood": 1e-6, "henmi-copas": 1e-4}
"""How far from the root R stops: `optimize` within `uniroot`, and `hc`, whose tolerance is 1.2e-4."""

EFFECT_OPTIONS = {
    "as-published": {"double_zero": "revman"},
    "Mantel-Haenszel, corrected": {"double_zero": "revman"},
}


def peto() -> EffectSizes:
    return eq.effect_sizes(
        "PETO",
        events_1=[3, 0, 6],
        n_1=[60, 40, 55],
        events_2=[1, 2, 4],
        n_2=[63, 35, 50],
    )


def numbers(printed: str) -> dict[str, float]:
    """Read the named numbers that end R's output: lines of names over lines of values."""
    tail = printed[printed.rindex("estimate") :] if "estimate" in printed else ""
    start = printed.rindex("\n", 0, printed.rindex("estimate")) if tail else 0
    names: list[str] = []
    values: list[float] = []
    for line in printed[start:].strip().splitlines():
        words = line.split()
        if words and all(re.fullmatch(r"[a-z_0-9]+[a-z_]*", word) for word in words):
            names += words
        else:
            values += [float(word) for word in words]
    return dict(zip(names, values, strict=True))


@cache
def printed_by_r() -> dict[str, str]:
    """Run every script in one R process, because loading metafor takes most of the time."""
    mark = "== next =="
    scripts = [f'rm(list = ls())\ncat("{mark}\\n")\n{fit.code("R")}' for fit in fits().values()]
    printed = r.run("\n".join(scripts)).split(mark)[1:]
    return dict(zip(fits(), printed, strict=True))


@cache
def fits() -> dict[str, MetaAnalysis]:
    """Fit trials of several measures by many methods."""
    found = {
        name: eq.pool(harms(**EFFECT_OPTIONS.get(name, {})), **options)
        for name, options in METHODS.items()
    }
    found |= {
        trials.measure: eq.pool(trials) for trials in (pain(), rates(), proportions(), hazards())
    }
    found["Mantel-Haenszel rates"] = eq.pool(rates(), method="MH", model="common")
    found["Peto"] = eq.pool(peto(), method="Peto")
    return found


@pytest.mark.skipif(not r.has_metafor(), reason="needs R with the package metafor")
@pytest.mark.parametrize("name", fits())
def test_r_prints_the_numbers_of_the_fit(name: str) -> None:
    fit = fits()[name]
    found = numbers(printed_by_r()[name])
    assert set(found) >= {"estimate", "se", "ci_low", "ci_high"}
    for field in found:
        expected = getattr(fit, field)
        if expected is not None:
            # R prints ten digits; its optimisers and root finders stop short of the last ones.
            loose = LOOSE.get(fit.methods.ci, 1e-9)
            assert found[field] == pytest.approx(expected, rel=2e-8, abs=loose), field


def test_what_r_has_no_call_for_is_said_in_the_script() -> None:
    script = eq.pool(harms(), method="MH").code()
    assert "# metafor has no Mantel-Haenszel random-effects model" in script


def test_only_r_is_written() -> None:
    with pytest.raises(MethodError, match="'R'"):
        eq.pool(hazards()).code("Stata")  # type: ignore[arg-type]  # the point is another language
