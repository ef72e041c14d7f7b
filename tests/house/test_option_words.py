"""Every option of the statistics has its words: in the methods text and in the report's tables."""

from __future__ import annotations

import pytest

from equipoise.findings import Methods
from equipoise.report.options import option_name
from equipoise.stats.effects.measure_words import MEASURE_WORDS
from equipoise.stats.options import ALLOWED
from equipoise.stats.presets import resolve_methods
from equipoise.words import method_phrases

PHRASES = {
    "tau2": method_phrases.between_trial_variance,
    "ci": method_phrases.confidence_interval,
    "pi": method_phrases.prediction_interval,
    "tau2_ci": method_phrases.variance_interval,
    "i2": method_phrases.inconsistency,
    "smd_variance": method_phrases.standardised_variance,
}
OPTIONS = [
    (option, word) for option in PHRASES for word in ALLOWED[option] if (option, word) != ("tau2_ci", "none")
]  # fmt: skip
TABLED = [(o, w) for o, w in OPTIONS if o in {"tau2", "ci", "tau2_ci"} and w != "REML"]


@pytest.mark.parametrize(("option", "word"), OPTIONS)
def test_the_methods_text_says_more_than_the_options_code(option: str, word: str) -> None:
    assert len(PHRASES[option](word)) > len(word) + 5


@pytest.mark.parametrize(("option", "word"), TABLED)
def test_the_tables_name_the_option(option: str, word: str) -> None:
    assert option_name(word) != word, option


@pytest.mark.parametrize("word", ALLOWED["preset"])
def test_every_preset_has_its_words(word: str) -> None:
    assert method_phrases.preset(word) != word
    assert method_phrases.preset_in_brief(word) != word


@pytest.mark.parametrize("word", [w for w in ALLOWED["weighting"] if w != "inverse-variance"])
def test_the_methods_text_says_which_weights_replaced_those_of_inverse_variance(word: str) -> None:
    def said(changed: dict[str, str]) -> str:
        spec = resolve_methods("cochrane-2025", "RR")
        fields = {name: getattr(spec, name) for name in Methods.__annotations__}
        return method_phrases.weighting(Methods(**fields | {"changed": changed}))

    assert said({"weighting": word}) != said({})
    assert option_name(word) != word


def test_every_measure_has_a_name() -> None:
    assert set(ALLOWED["measure"]) <= set(MEASURE_WORDS)
