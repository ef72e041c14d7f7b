"""Coded remarks that travel with results."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Note:
    """A remark: ``code`` for machines, ``text`` for people, ``rows`` it concerns (zero-based)."""

    code: str
    text: str
    rows: tuple[int, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return strict JSON data."""
        return {"code": self.code, "text": self.text, "rows": list(self.rows)}
