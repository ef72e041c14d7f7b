"""Problems in people's files: how they are made, ordered and put into words.

Nothing here raises. Reading a folder collects every problem it meets, so that a person can mend
all of them at once.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice

from equipoise.review.model import Problem

_LONGEST_SHOWN = 60
_MOST_LISTED = 12
_SIMILAR_ENOUGH = 0.8
_MOST_COMPARED = 300


@dataclass(frozen=True, slots=True)
class Place:
    """Where a problem is: file (relative, with ``/``), one-based line, field."""

    file: str
    line: int | None = None
    field: str | None = None


def error(
    place: Place, code: str, message: str, *, found: object = "", allowed: str = ""
) -> Problem:
    """Make a problem that keeps the folder from being used."""
    return Problem(place.file, place.line, place.field, shown(found), allowed, message, code)


def warning(
    place: Place, code: str, message: str, *, found: object = "", allowed: str = ""
) -> Problem:
    """Make a problem that is worth a look and stops nothing."""
    problem = error(place, code, message, found=found, allowed=allowed)
    return replace(problem, severity="warning")


def shown(value: object) -> str:
    """Put what was found into a few printable characters; whole numbers lose their ``.0``."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:  # noqa: PLR2004 - floats hold every whole number up to about 1e15
        value = int(value)
    text = "".join(c if c.isprintable() else repr(c)[1:-1] for c in _beginning(value))
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"


def _beginning(value: object) -> str:
    if isinstance(value, int) and value.bit_length() > 256:  # noqa: PLR2004 - str() refuses integers of thousands of digits
        return "a very large number"
    return str(value)[: _LONGEST_SHOWN + 1]


def one_of(options: Collection[str]) -> str:
    """List what is allowed; long lists are cut with their full length named."""
    if not options:
        return "nothing: none is declared"
    listed = ", ".join(islice(options, _MOST_LISTED))
    return listed if len(options) <= _MOST_LISTED else f"{listed}, … ({len(options)} in all)"


def did_you_mean(word: str, options: Collection[str]) -> str:
    """Return ``" Did you mean 'x'?"`` for a near miss, else an empty string."""
    if len(options) > _MOST_COMPARED:  # thousands of ids times thousands of rows would take minutes
        return ""
    near = _nearest(word.lower()[:_LONGEST_SHOWN], tuple(options))
    return f" Did you mean '{near}'?" if near else ""


@lru_cache(maxsize=1024)
def _nearest(word: str, options: tuple[str, ...]) -> str | None:
    by_lower = {option.lower(): option for option in options}
    near = difflib.get_close_matches(word, by_lower, n=1, cutoff=_SIMILAR_ENOUGH)
    return by_lower[near[0]] if near else None


def in_order(problems: Sequence[Problem], files: Sequence[str]) -> tuple[Problem, ...]:
    """Sort problems by file (in the order of ``files``), then line; the rest stays as found."""
    rank = {name: position for position, name in enumerate(files)}
    return tuple(sorted(problems, key=lambda p: (rank.get(p.file, len(rank)), p.line or 0)))


def format_problem(problem: Problem) -> str:
    """Write a problem on one line, place first so that editors can jump to it.

    >>> format_problem(error(Place("results.csv", 14, "events"), "events-above-n",
    ...     "More people with the event than people.", found=17, allowed="0 to n (12)"))
    'results.csv:14 events: found 17, allowed 0 to n (12) — More people with the event than people.'
    """
    place = problem.file if problem.line is None else f"{problem.file}:{problem.line}"
    field = f" {problem.field}" if problem.field else ""
    severity = " (warning)" if problem.severity == "warning" else ""
    facts = [
        f"{word} {value}"
        for word, value in (("found", problem.found), ("allowed", problem.allowed))
        if value
    ]
    return f"{place}{field}{severity}: " + " — ".join(
        part for part in (", ".join(facts), problem.message) if part
    )
