"""Sentences in which every number is bound to a result.

A sentence is a sequence of plain texts and ``Bound`` pieces. A ``Bound`` carries the text a reader
sees and the path of the value it was written from, so that a page can lead from the number to the
trials behind it and a test can write the number again and compare.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bound:
    """A piece of text written from one value of the findings.

    ``path`` starts at ``Findings``: names of fields, keys of mappings, or ids of members, joined
    by ``/`` (for example ``findings/<id>/estimates/<preset>/effect/estimate``).
    ``finding`` is the id of the finding it belongs to, ``None`` for statements of the review.
    ``style`` names the rule that wrote it (a function of ``equipoise.words.numbers``).
    """

    text: str
    path: str
    style: str
    finding: str | None = None


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as a sequence of plain texts and bound pieces."""

    parts: tuple[str | Bound, ...]

    @property
    def plain(self) -> str:
        """The sentence as a reader sees it."""
        return "".join(part if isinstance(part, str) else part.text for part in self.parts)

    @property
    def bound(self) -> tuple[Bound, ...]:
        """The bound pieces, in order."""
        return tuple(part for part in self.parts if isinstance(part, Bound))
