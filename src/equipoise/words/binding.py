"""Bind text to values: find a value by its path, write it, and check what was written.

A path names a value from ``Findings`` down: names of fields, keys of mappings and keys of members
of tuples, joined by ``/``. A key that holds ``/`` or ``~`` is escaped as in JSON Pointer
(``~1`` and ``~0``). A member's key is its ``id``, else its ``anchor``, ``domain``, ``by``,
``level`` or ``code``; a cell of the gap grid is ``comparison.outcome`` or
``comparison.outcome.time``; anything else is reached by its position, from 0.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Mapping
from functools import lru_cache
from typing import Any

from equipoise.errors import DataError
from equipoise.findings import Findings, GapCell
from equipoise.words import method_phrases, numbers, phrases
from equipoise.words.model import Bound, Sentence

Part = str | Bound
Parts = tuple[Part, ...]

_KEYS = ("id", "anchor", "domain", "by", "level", "code")
_FEW = 8
"""Up to so many members are searched in order; more are looked up in an index."""
_DIGITS = re.compile(r"\d[\d.,]*")
STYLES: Mapping[str, Callable[[Any], str]] = {
    rule.__name__: rule
    for rule in (
        numbers.estimate,
        numbers.ratio,
        numbers.magnitude,
        numbers.p_value,
        numbers.p_in_table,
        numbers.count,
        numbers.trials,
        numbers.people,
        numbers.analyses,
        numbers.defensible_analyses,
        numbers.files,
        numbers.per_thousand,
        numbers.per_thousand_size,
        numbers.more_or_fewer,
        numbers.percent,
        numbers.weight,
        numbers.share,
        numbers.tau2,
        numbers.statistic,
        numbers.degrees_of_freedom,
        numbers.bound_of_scale,
        phrases.name,
        phrases.name_start,
        phrases.name_inside,
        phrases.measure,
        phrases.measures,
        phrases.lower_or_higher,
        phrases.fewer_or_more,
        phrases.choice,
        phrases.word,
        phrases.reduce_or_increase,
        phrases.reduces_or_increases,
        phrases.improve_if_lower,
        phrases.improves_if_lower,
        phrases.improve_if_higher,
        phrases.improves_if_higher,
        phrases.tally,
        phrases.receipt,
        phrases.clause,
        method_phrases.preset,
        method_phrases.preset_in_brief,
        method_phrases.weighting,
        method_phrases.between_trial_variance,
        method_phrases.confidence_interval,
        method_phrases.prediction_interval,
        method_phrases.variance_interval,
        method_phrases.inconsistency,
        method_phrases.empty_cells,
        method_phrases.standardised_variance,
        method_phrases.changes,
    )
}


def join_path(*keys: str | None) -> str:
    """Join keys to a path, escaping what a key must not contain; ``None`` keys are left out."""
    return "/".join([_escaped(key) for key in keys if key is not None])


def lookup(findings: Findings, path: str) -> object:
    """Give the value a path names.

    Raises:
        DataError: Nothing is there; the message names the step that failed.
    """
    value: object = findings
    for step in path.split("/"):
        key = step.replace("~1", "/").replace("~0", "~") if "~" in step else step
        value = _step(value, key, path)
    return value


def bind(findings: Findings, path: str, style: str, *, finding: str | None = None) -> Bound:
    """Write the value at ``path`` with the rule named ``style`` and remember both.

    Raises:
        DataError: Nothing is at the path, nobody knows the value, or no such style exists.
    """
    return Bound(text=_write(findings, path, style), path=path, style=style, finding=finding)


def verify(findings: Findings, sentence: Sentence) -> tuple[str, ...]:
    """Write every bound piece again and tell what differs; an empty tuple means all agree."""
    return tuple(filter(None, (_difference(findings, piece) for piece in sentence.bound)))


def loose_digits(sentence: Sentence) -> tuple[str, ...]:
    """Give the numbers in text that is not bound to a value.

    The unit *per 1,000* is a unit, not a result, and is allowed.
    """
    free = (part for part in sentence.parts if isinstance(part, str))
    return tuple(
        found for text in free for found in _DIGITS.findall(text.replace(numbers.PER_THOUSAND, ""))
    )


def make_sentence(*parts: Part | Iterable[Part]) -> Sentence:
    """Make a sentence of parts and of groups of parts, joining neighbouring plain texts."""
    joined: list[Part] = []
    for part in _flat(parts):
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        elif part != "":
            joined.append(part)
    return Sentence(tuple(joined))


def listed(groups: Iterable[Parts], last: str = " and ", between: str = ", ") -> Parts:
    """Join groups as a list in prose: ``a, b and c``."""
    items = list(groups)
    joined: list[Part] = []
    for position, item in enumerate(items):
        if position:
            joined.append(last if position == len(items) - 1 else between)
        joined.extend(item)
    return tuple(joined)


def gap_key(cell: GapCell) -> str:
    """Give the key of a planned cell, which is also the id of its finding."""
    return ".".join(part for part in (cell.comparison, cell.outcome, cell.time) if part)


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1") if "/" in key or "~" in key else key


def _flat(parts: Iterable[Part | Iterable[Part]]) -> Iterable[Part]:
    for part in parts:
        if isinstance(part, str | Bound):
            yield part
        else:
            yield from part


def _write(findings: Findings, path: str, style: str) -> str:
    rule = STYLES.get(style)
    if rule is None:
        raise DataError(f"no style '{style}'; there are {', '.join(STYLES)}", rule="style")
    value = lookup(findings, path)
    if value is None:
        raise DataError(f"nobody knows '{path}', so it cannot be written", rule="path")
    return rule(value)


def _difference(findings: Findings, piece: Bound) -> str | None:
    try:
        again = _write(findings, piece.path, piece.style)
    except DataError as error:
        return f"'{piece.text}': {error}"
    return None if again == piece.text else f"'{piece.text}' at {piece.path} should be '{again}'"


def _step(value: object, key: str, path: str) -> object:
    if key in _fields_of(value):
        return getattr(value, key)
    if isinstance(value, tuple):
        return _member(value, key, path)
    if isinstance(value, Mapping) and key in value:
        return value[key]
    raise DataError(f"no '{key}' on the way to '{path}'", rule="path")


def _member(members: tuple[object, ...], key: str, path: str) -> object:
    if len(members) > _FEW:
        found = _index(_Members(members))
        if key in found:
            return found[key]
    else:
        for member in members:
            if _key_of(member) == key:
                return member
    if key.isdecimal() and int(key) < len(members):
        return members[int(key)]
    raise DataError(f"no member '{key}' on the way to '{path}'", rule="path")


class _Members:
    """A tuple of members known by its identity, as not all members can be hashed."""

    __slots__ = ("members",)

    def __init__(self, members: tuple[object, ...]) -> None:
        self.members = members

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Members) and other.members is self.members

    def __hash__(self) -> int:
        return id(self.members)


@lru_cache(maxsize=8)
def _index(of: _Members) -> Mapping[str, object]:
    """Find the members of a tuple by key; of two with one key, the first.

    The cache holds on to its tuples, so that an identity cannot come to mean another tuple; it is
    small, so that it does not keep old findings for long.
    """
    keyed = ((_key_of(member), member) for member in reversed(of.members))
    return {key: member for key, member in keyed if key is not None}


def _key_of(member: object) -> str | None:
    if isinstance(member, GapCell):
        return gap_key(member)
    names = _fields_of(member)
    for key in _KEYS:
        if key in names:
            return str(getattr(member, key))
    return None


def _fields_of(value: object) -> Container[str]:
    """Give a dataclass's names of fields; empty for anything else."""
    names: Container[str] = getattr(value, "__dataclass_fields__", ())
    return names
