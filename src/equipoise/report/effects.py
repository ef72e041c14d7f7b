"""Effects, intervals and tests as they stand in tables and plots."""

from __future__ import annotations

from typing import Final

from equipoise.findings import Effect, Estimate, Finding, SubgroupTest
from equipoise.words import method_phrases, numbers, phrases

NOT_ESTIMABLE = "Not estimable"
_MEASURES: Final = {"PETO": "Peto OR", "GENERIC": "effect"}


def effect_text(effect: Effect) -> str:
    """Write an effect with its interval: ``−15.79 (−32.09 to 0.51)``."""
    limits = numbers.interval(effect.ci_low, effect.ci_high)
    return f"{numbers.estimate(effect.estimate)} ({limits})"


def measured_effect(finding: Finding, effect: Effect) -> str:
    """Write an effect with its measure: ``MD −15.79 (−32.09 to 0.51)``."""
    measure = _MEASURES.get(finding.measure, finding.measure)
    return f"{measure} {effect_text(effect)}"


def difference_text(finding: Finding, effect: Effect) -> str:
    """Write a difference with words for its direction, which need no knowledge of signs."""
    unit = " SD" if finding.measure == "SMD" else ""
    low, high = (_directed(value) for value in (effect.ci_low, effect.ci_high))
    size = numbers.magnitude(effect.estimate)
    return f"{size}{unit} {phrases.lower_or_higher(effect.estimate)} ({low} to {high})"


def level_text(estimate: Estimate) -> str:
    """Write the level of an interval: ``95%``."""
    return numbers.share(estimate.methods.level)


def preset_name(preset: str) -> str:
    """Name a set of methods in a few words, without the remark in brackets."""
    return method_phrases.preset(preset).split(" (")[0]


def heterogeneity_text(estimate: Estimate) -> str | None:
    """Write the variation between trials in one line, or ``None`` when there is none to speak of.

    Q is the statistic RevMan calls Chi²; a reader finds the same number under either name.
    """
    found = estimate.heterogeneity
    pieces = []
    if found.tau2 is not None:
        pieces.append(f"τ² = {numbers.tau2(found.tau2)}")
    if found.q is not None and found.q_df is not None and found.q_p is not None:
        pieces.append(
            f"Q = {numbers.statistic(found.q)}, df = {numbers.degrees_of_freedom(found.q_df)}"
            f" ({numbers.p_value(found.q_p)})"
        )
    if found.i2 is not None:
        pieces.append(f"I² = {numbers.percent(found.i2)}")
    return "; ".join(pieces) or None


def overall_test_text(estimate: Estimate) -> str | None:
    """Write the test of the overall effect: ``z = 1.90 (p = 0.058)``."""
    if estimate.statistic is None or estimate.p is None:
        return None
    freedom = "" if estimate.df is None else f"df = {numbers.degrees_of_freedom(estimate.df)}, "
    value = numbers.statistic(estimate.statistic)
    return f"{estimate.statistic_name} = {value} ({freedom}{numbers.p_value(estimate.p)})"


def subgroup_test_text(test: SubgroupTest) -> str:
    """Write the test for subgroup differences in one line."""
    return (
        f"Q = {numbers.statistic(test.q)}, df = {numbers.degrees_of_freedom(test.df)}"
        f" ({numbers.p_value(test.p)}); I² = {numbers.percent(test.i2)}"
    )


def _directed(value: float) -> str:
    return f"{numbers.magnitude(value)} {phrases.lower_or_higher(value)}"
