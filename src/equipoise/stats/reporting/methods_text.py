"""The methods paragraph of a result, written from the options that were used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equipoise._version import __version__
from equipoise.literature import LITERATURE
from equipoise.stats.effects.measure_words import MEASURE_WORDS
from equipoise.stats.options import COUNTED, ONE_GROUP, RATIO, UNCORRECTED
from equipoise.stats.reporting import _phrases
from equipoise.stats.reporting._phrases import Method, Sentence

if TYPE_CHECKING:
    from equipoise.stats.effects.effect_table import EffectSizes
    from equipoise.stats.presets import MethodSpec
    from equipoise.stats.results import MetaAnalysis


def methods_text(fit: MetaAnalysis) -> str:
    """Describe in one paragraph how a result was made, with the papers behind each method.

    Every phrase is written from one resolved option, so the text can only say what was done. The
    references follow, in the order of their authors.
    """
    sentences = tuple(_sentences(fit))
    paragraph = " ".join(sentence.text for sentence in sentences)
    cited = sorted({key for sentence in sentences for key in sentence.cites})
    if not cited:
        return paragraph
    return "\n".join([paragraph, "", "References", *(str(LITERATURE[key]) for key in cited)])


def _sentences(fit: MetaAnalysis) -> Iterator[Sentence]:
    effects, spec = fit.effects, fit.methods
    percent = f"{100.0 * spec.level:g}%"
    yield _pooled(fit, percent)
    if fit.k > 1:
        if spec.model == "random":
            yield _variance(spec, percent)
        yield _say(
            f"The {percent} confidence interval of the pooled effect and its test were computed {{}}.",
            _phrases.INTERVAL[spec.ci],
        )
        if fit.pi_low is not None and spec.pi is not None:
            yield _say(
                f"The {percent} prediction interval, for the effect in a new trial, was computed {{}}.",
                _phrases.PREDICTION[spec.pi],
            )
        yield _say("Heterogeneity is described by {}.", _phrases.INCONSISTENCY[spec.i2])
    yield from _empty_cells(effects, spec)
    if effects.measure == "SMD" and spec.smd_variance in _phrases.STANDARDISED:
        yield _say("{}.", _phrases.STANDARDISED[spec.smd_variance])
    yield Sentence(f"The analysis was made with Equipoise {__version__}.")


def _say(template: str, *methods: Method) -> Sentence:
    cites = tuple(key for method in methods for key in method.cites)
    return Sentence(template.format(*methods), cites)


def _pooled(fit: MetaAnalysis, percent: str) -> Sentence:
    effects, spec = fit.effects, fit.methods
    what = MEASURE_WORDS[effects.measure]
    if fit.k == 1:
        text = f"Only one trial could be estimated: its own {what} is shown with its {percent} confidence interval, and nothing was pooled."
        return Sentence(text)
    scale = ", on the logarithmic scale," if effects.measure in RATIO else ""
    model = _phrases.MODEL[spec.model]
    opening = f"Results ({what}) of {fit.k} trials were pooled{scale} by {model} with {{}}"
    left = len(effects) - effects.k
    if not left:
        return _say(opening + ".", _phrases.weighting(spec))
    reasons = "; ".join(dict.fromkeys(reason for reason in effects.reasons if reason))
    trials = "1 more trial" if left == 1 else f"{left} more trials"
    rest = f"; {trials} could not be estimated ({reasons})."
    return _say(opening + rest, _phrases.weighting(spec))


def _variance(spec: MethodSpec, percent: str) -> Sentence:
    if spec.tau2_value is not None:
        return Sentence(f"The variance between trials, τ², was set to {spec.tau2_value:g}.")
    opening = "The variance between trials, τ², was estimated by {}"
    how = _phrases.TAU2[str(spec.tau2)]
    if spec.tau2_ci == "none":
        return _say(opening + ".", how)
    limits = _phrases.TAU2_INTERVAL[spec.tau2_ci]
    return _say(f"{opening}, with a {percent} confidence interval from {{}}.", how, limits)


def _empty_cells(effects: EffectSizes, spec: MethodSpec) -> Iterator[Sentence]:
    """Say what became of empty cells where any trial had one."""
    measure = effects.measure
    if measure not in COUNTED - UNCORRECTED or measure == "PETO":
        return
    if any(note.code == "zero-cells-corrected" for note in effects.notes):
        added = _say("{}", _phrases.ZERO_CELLS[spec.zero_cells])
        observed = spec.method == "MH" and spec.mh_counts == "observed"
        where = (
            ", for its own estimate; the pooled one uses the counts as observed" if observed else ""
        )
        yield Sentence(added.text.replace("{add}", f"{spec.add:g}") + where + ".", added.cites)
    dropped = any(reason is not None for reason in effects.reasons)
    if dropped and measure not in ONE_GROUP and spec.double_zero in _phrases.DOUBLE_ZERO:
        yield Sentence(_phrases.DOUBLE_ZERO[spec.double_zero])
