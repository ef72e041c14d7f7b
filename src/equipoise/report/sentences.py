"""Turn sentences into HTML in which each number leads to what it rests on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from markupsafe import Markup, escape

from equipoise.report.anchors import leads_to
from equipoise.report.directory import Directory
from equipoise.words import numbers
from equipoise.words.model import Bound, Sentence

# Markup escapes what is put in with "%", as with "format" but several times faster.
_LINK: Final = Markup('<a class="n" href="#%s" title="%s">%s</a>')


def marked_up(sentence: Sentence, names: Directory) -> Markup:
    """Write a sentence as HTML. Texts are escaped; bound numbers become links."""
    return Markup("").join(
        part if isinstance(part, str) else _linked(part, names) for part in sentence.parts
    )


def paragraph(sentences: Iterable[Sentence], names: Directory) -> Markup:
    """Write sentences one after the other, as they stand in a paragraph."""
    return Markup(" ").join(marked_up(sentence, names) for sentence in sentences)


def is_number(bound: Bound) -> bool:
    """Tell a number from a name or a word, which are bound too but lead nowhere."""
    return hasattr(numbers, bound.style)


def _linked(bound: Bound, names: Directory) -> Markup:
    target = leads_to(bound) if is_number(bound) else None
    if target is None:
        return escape(bound.text)
    return _LINK % (target, _tooltip(bound, names), bound.text)


def _tooltip(bound: Bound, names: Directory) -> str:
    """Say on hover what a number rests on: the finding and the trials in it."""
    if bound.finding is None:
        return f"From the review: {bound.path}"
    finding = names.findings[bound.finding]
    trials = "; ".join(trial.label for trial in finding.trials)
    return f"From {finding.title}. Trials: {trials}"
