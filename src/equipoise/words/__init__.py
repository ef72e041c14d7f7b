"""Sentences written from findings, in which every number is bound to the value it came from."""

from equipoise.words.answer import answer, main_finding
from equipoise.words.binding import (
    STYLES,
    bind,
    join_path,
    lookup,
    loose_digits,
    make_sentence,
    verify,
)
from equipoise.words.certainty import certainty_tag, certainty_text
from equipoise.words.effects import absolute_in_words, compact_effect, effect_in_words
from equipoise.words.gaps import gap_text
from equipoise.words.methods import methods_text
from equipoise.words.model import Bound, Sentence
from equipoise.words.robustness import robustness_text
from equipoise.words.summary import terminal_summary
from equipoise.words.verdicts import finding_statement

__all__ = [
    "STYLES",
    "Bound",
    "Sentence",
    "absolute_in_words",
    "answer",
    "bind",
    "certainty_tag",
    "certainty_text",
    "compact_effect",
    "effect_in_words",
    "finding_statement",
    "gap_text",
    "join_path",
    "lookup",
    "loose_digits",
    "main_finding",
    "make_sentence",
    "methods_text",
    "robustness_text",
    "terminal_summary",
    "verify",
]
