"""Presets: named sets of methods, and how a choice carries others with it.

Every result carries its methods fully resolved: nothing is left to a default that may change.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

import equipoise.stats as eq
from equipoise.errors import MethodError
from equipoise.stats.options import ALLOWED


def chosen(spec: eq.MethodSpec, *names: str) -> tuple[Any, ...]:
    return tuple(getattr(spec, name) for name in names)


def test_cochrane_since_2025() -> None:
    """Random effects by REML; Hartung, Knapp, Sidik and Jonkman; Q-profile; I² by τ²; prediction.

    R: ``rma(yi, vi, method="REML", test="knha")``.
    """
    spec = eq.resolve_methods("cochrane-2025", "RR")
    assert chosen(spec, "model", "method", "tau2", "ci", "tau2_ci", "i2", "level") == (
        "random", "IV", "REML", "hksj", "q-profile", "tau2", 0.95,
    )  # fmt: skip
    assert spec.pi is not None
    assert spec.changed == ()


def test_what_reviews_published_before() -> None:
    """Review Manager 5: DerSimonian and Laird, Wald's interval, I² from Q, no prediction.

    R: ``rma(yi, vi, method="DL")``.
    """
    spec = eq.resolve_methods("as-published", "MD")
    assert chosen(spec, "model", "method", "tau2", "ci", "pi", "i2") == (
        "random", "IV", "DL", "wald", None, "q",
    )  # fmt: skip


def test_no_choice_is_the_current_cochrane_set() -> None:
    trials = eq.effect_sizes("GENERIC", estimate=[1.0, 2.0, 4.0], se=[1.0, 1.0, 1.0])
    fit, named = eq.pool(trials), eq.pool(trials, preset="cochrane-2025")
    assert fit.methods == named.methods
    assert (fit.estimate, fit.ci_low, fit.ci_high) == (named.estimate, named.ci_low, named.ci_high)


def test_peto_odds_ratios_were_published_as_a_common_effect() -> None:
    spec = eq.resolve_methods("as-published", "PETO")
    assert chosen(spec, "model", "method", "tau2") == ("common", "Peto", None)


def test_departures_from_a_preset_are_listed() -> None:
    spec = eq.resolve_methods("cochrane-2025", "RR", tau2="DL", ci="wald")
    assert dict(spec.changed) == {"tau2": "DL", "ci": "wald"}


def test_a_common_effect_has_neither_heterogeneity_nor_prediction() -> None:
    spec = eq.resolve_methods("cochrane-2025", "RR", model="common")
    assert chosen(spec, "tau2", "pi") == (None, None)


def test_mantel_haenszel_with_random_effects_knows_one_estimator() -> None:
    """DerSimonian and Laird's, chosen with it; another is refused and not replaced."""
    assert eq.resolve_methods("cochrane-2025", "RR", method="MH").tau2 == "DL"
    with pytest.raises(MethodError, match="DL"):
        eq.resolve_methods("cochrane-2025", "RR", method="MH", tau2="REML")


def test_resolved_methods_give_the_same_result_as_their_options() -> None:
    trials = eq.effect_sizes("GENERIC", estimate=[1.0, 2.0, 4.0], se=[1.0, 1.0, 1.0])
    spec = eq.resolve_methods("cochrane-2025", "GENERIC", tau2="PM", ci="wald")
    by_spec, by_options = eq.pool(trials, methods=spec), eq.pool(trials, tau2="PM", ci="wald")
    assert by_spec.to_dict() == by_options.to_dict()


def test_methods_of_another_measure_are_refused() -> None:
    trials = eq.effect_sizes("GENERIC", estimate=[1.0, 2.0], se=[1.0, 1.0])
    with pytest.raises(MethodError, match="GENERIC"):
        eq.pool(trials, methods=eq.resolve_methods("cochrane-2025", "RR"))


def test_how_the_effects_were_computed_is_recorded_as_it_was() -> None:
    """The preset would take only trials with a zero cell; these were all corrected."""
    trials = eq.effect_sizes(
        "OR", events_1=[1, 2], n_1=[9, 9], events_2=[2, 5], n_2=[9, 9], zero_cells="all"
    )
    fit = eq.pool(trials)
    assert fit.methods.zero_cells == "all"
    assert ("zero_cells", "all") in fit.methods.changed


def test_revman_5_is_what_reviews_published() -> None:
    """Two names of one set: ``as-published`` says why it is used, ``revman5`` what computed it."""
    for measure in ("RR", "OR", "RD", "PETO", "MD", "SMD", "IRR"):
        one, other = (
            eq.resolve_methods("revman5", measure),
            eq.resolve_methods("as-published", measure),
        )
        assert replace(one, preset="as-published") == other


def test_the_defaults_of_metafor() -> None:
    """R: ``rma(yi, vi)``, and ``rma(measure="RR", ...)``, which keeps trials without events."""
    spec = eq.resolve_methods("metafor", "RR")
    assert chosen(spec, "model", "tau2", "ci", "pi", "tau2_ci", "i2", "double_zero") == (
        "random", "REML", "wald", "follow-ci", "q-profile", "tau2", "keep",
    )  # fmt: skip
    assert eq.resolve_methods("metafor", "SMD").smd_variance == "hedges-ls"
    assert eq.resolve_methods("metafor", "RD").zero_cells == "only-zero"


def test_the_defaults_of_meta_8() -> None:
    """REML, Wald, I² from Q, the prediction interval with k − 1. R: ``metagen(TE, seTE)``."""
    spec = eq.resolve_methods("meta-8", "RR")
    assert chosen(spec, "tau2", "ci", "pi", "tau2_ci", "i2", "double_zero", "mh_counts") == (
        "REML", "wald", "V", "q-profile", "q", "drop", "corrected",
    )  # fmt: skip


def test_iqwigs_general_methods_6() -> None:
    """Paule and Mandel, and Hartung and Knapp under IQWiG's rule. R: ``settings.meta("IQWiG6")``."""
    spec = eq.resolve_methods("iqwig6", "RR")
    assert chosen(spec, "tau2", "ci", "pi", "i2") == ("PM", "hksj-iqwig", "V", "q")


@pytest.mark.parametrize("preset", ALLOWED["preset"])
@pytest.mark.parametrize("model", ["random", "common"])
def test_every_preset_resolves_for_every_measure(preset: str, model: str) -> None:
    for measure in ALLOWED["measure"]:
        assert eq.resolve_methods(preset, measure, model=model).model == model


def test_a_choice_carries_what_it_is_defined_with() -> None:
    """Named together: Kenward-Roger and REML, Henmi-Copas and IVhet weights with their τ²."""
    spec = eq.resolve_methods("iqwig6", "RR", ci="kenward-roger")
    assert spec.tau2 == "REML"
    spec = eq.resolve_methods("cochrane-2025", "RR", ci="henmi-copas")
    assert chosen(spec, "weighting", "tau2") == ("ivhet", "DL")
    spec = eq.resolve_methods("cochrane-2025", "RR", weights=[1, 2, 3])
    assert chosen(spec, "weighting", "weights") == ("given", (1.0, 2.0, 3.0))
    assert ("weights", "one for each trial") in spec.changed
