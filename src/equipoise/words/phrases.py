"""How values that are not numbers are written: names, directions, choices.

These are styles too: a name from the protocol, the word *lower* or the phrase for a choice is
written from one value of the findings and can be written again and compared.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from equipoise.words.numbers import count, estimate, without_noise

MEASURE_NAMES = {
    "RR": "risk ratio",
    "OR": "odds ratio",
    "RD": "risk difference",
    "PETO": "Peto odds ratio",
    "MD": "mean difference",
    "SMD": "standardised mean difference",
    "IRR": "rate ratio",
    "IRD": "rate difference",
    "HR": "hazard ratio",
    "GENERIC": "effect",
}
_CHOICES = {
    "model": "whether all trials are assumed to share one effect",
    "tau2": "how the variation between trials is estimated",
    "interval": "how the interval is computed",
    "trials": "which trials are counted",
}
_ORDINARY_WORD = re.compile(r"[^\W\d_][^\W\d_A-Z]+(?:$|[\s,;:()/-])")


def name(value: str) -> str:
    """Write a name as the protocol has it, on one line and without control characters."""
    if value.isprintable():  # the usual case: neither control characters nor other kinds of space
        return " ".join(value.split())
    return " ".join("".join(_printable(character) for character in value).split())


def name_start(value: str) -> str:
    """Write a name at the start of a sentence: with a capital."""
    written = name(value)
    return written[:1].upper() + written[1:]


def name_inside(value: str) -> str:
    """Write a name inside a sentence: ``Pain intensity`` becomes ``pain intensity``.

    Only a plain capitalised first word is lowered. Abbreviations (``EQ-5D``) and possessives of
    people's names (``Crohn's disease``) keep their capital; a name such as *Hodgkin lymphoma*
    loses it, which a protocol can avoid by wording.
    """
    written = name(value)
    if _ORDINARY_WORD.match(written):
        return written[:1].lower() + written[1:]
    return written


def measure(value: str) -> str:
    """Write a measure in full: ``RR`` is ``risk ratio``."""
    return MEASURE_NAMES.get(value, name(value))


def measures(value: str) -> str:
    """Write a measure in full and in the plural: ``RR`` is ``risk ratios``."""
    return f"{measure(value)}s"


def lower_or_higher(value: float) -> str:
    """Name the direction of a difference; nought has both."""
    if without_noise(value) == 0:
        return "lower or higher"
    return "lower" if value < 0 else "higher"


def fewer_or_more(value: float) -> str:
    """Name the direction of a difference between numbers of people; nought has both."""
    if without_noise(value) == 0:
        return "fewer or more"
    return "fewer" if value < 0 else "more"


def choice(value: str) -> str:
    """Name the choice that decides a verdict, so that it can follow *depends on*."""
    return _CHOICES[value]


def word(value: str) -> str:
    """Write a word of a fixed vocabulary (a level of certainty, a verdict) as it stands."""
    return value


def reduce_or_increase(value: float) -> str:
    """Name what a treatment may do to an outcome, from the effect on the analysis scale."""
    return "reduce" if value < 0 else "increase"


def improve_if_lower(value: float) -> str:
    """Name what a treatment may do to an outcome on a scale where lower is better."""
    return "improve" if value < 0 else "worsen"


def improves_if_lower(value: float) -> str:
    """Name what a treatment does to an outcome on a scale where lower is better."""
    return "improves" if value < 0 else "worsens"


def improve_if_higher(value: float) -> str:
    """Name what a treatment may do to an outcome on a scale where higher is better."""
    return "improve" if value > 0 else "worsen"


def improves_if_higher(value: float) -> str:
    """Name what a treatment does to an outcome on a scale where higher is better."""
    return "improves" if value > 0 else "worsens"


def reduces_or_increases(value: float) -> str:
    """Name what a treatment does to an outcome, from the effect on the analysis scale."""
    return "reduces" if value < 0 else "increases"


def tally(value: Mapping[str, int]) -> str:
    """Write how often each verdict was reached: ``benefit (14), unclear (11)``."""
    return ", ".join(f"{verdict} ({count(times)})" for verdict, times in value.items())


def receipt(value: Mapping[str, float | int | str | None]) -> str:
    """Write what a rule read: ``trials: 4, weight at high risk: 21.50, known: no``.

    The reason a rule gives in words is left out; it is written on its own.
    """
    return ", ".join(
        f"{name(key.replace('_', ' '))}: {_receipt_value(read)}"
        for key, read in value.items()
        if key != "reason"
    )


def clause(value: str) -> str:
    """Write a remark inside a sentence: as :func:`name`, without its full stop."""
    return name(value).removesuffix(".")


def _receipt_value(value: float | str | None) -> str:
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return name(value)
    return count(value) if value == int(value) else estimate(value)


def _printable(character: str) -> str:
    if character.isspace():
        return " "
    return "�" if unicodedata.category(character).startswith("C") else character
