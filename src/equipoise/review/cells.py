"""Cells to values. An empty cell is ``None``; anything that is not plainly a number is a problem."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from equipoise.review.fields import LARGEST, SMALLEST, FieldSpec, is_ordinary
from equipoise.review.model import Problem
from equipoise.review.problems import Place, did_you_mean, error, one_of, warning

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_COMMA_NUMBER = re.compile(r"[+-]?[0-9]+,[0-9]+(?:[eE][+-]?[0-9]+)?")
_INTEGER = re.compile(r"[+-]?[0-9]{1,15}")
_FORMULA = re.compile(r"[=+@-].")

# Why a text is not a number, and what to write; the first that matches is said.
_HINTS = tuple(
    (re.compile(pattern, re.IGNORECASE), hint)
    for pattern, hint in (
        (r"[−–—‐‑].*[0-9]", "Its minus sign is a dash; write a plain hyphen, as in -5."),
        (r".*%$", "Write the number without the percent sign, in the unit the column asks for."),
        (r"[<>≤≥~≈].*", "A bound is not a value; leave the cell empty and say it in 'note'."),
        (
            r"[+-]?[0-9]{1,3}(?:[, '\u2009\u202f\u00a0][0-9]{3})+(?:\.[0-9]+)?$",
            "Write it without separators of thousands, as in 1234.",
        ),
        (r"[+-]?[0-9]+,[0-9]+$", "Write a decimal point, as in 12.5."),
        (
            r"(?:n/?[ad]|nr|none|null|missing|unknown|not reported|-+|–|—|\?+|\.)$",
            "Leave the cell empty when the number is not known.",
        ),
        (r"[+-]?(?:nan|inf|infinity)$", "Leave the cell empty when there is no number."),
        (r"=.*", "A formula is not read; write its value."),
        (r".*[0-9]\s*\(.*", "One number to a cell; the rest has columns of its own."),
    )
)


@dataclass(slots=True)
class CellReader:
    """Reads the cells of one table.

    Decimal commas are accepted where the table's separator is not the comma, as a spreadsheet set
    to such a locale writes both; ``first_comma`` and ``first_point`` remember the lines where each
    decimal mark first stood, because a table that mixes them cannot be read without guessing.
    """

    file: str
    decimal_commas: bool
    problems: list[Problem]
    first_comma: int | None = None
    first_point: int | None = None
    damaged: set[int] = field(default_factory=set)

    def value(self, spec: FieldSpec, text: str, place: Place) -> Any:
        """Return what a cell says; ``None`` where it is empty or cannot be used."""
        if not text:
            return () if spec.kind == "texts" else None
        if spec.kind == "number":
            return self._number(text, place)
        if spec.kind == "integer":
            return self._integer(text, place)
        if spec.kind == "choice":
            return self._choice(spec, text, place)
        self.problems.extend(formula_warnings(text, place))
        if spec.kind == "texts":
            return tuple(part.strip() for part in text.split(";") if part.strip())
        return text

    def mixed_marks(self) -> Iterator[Problem]:
        """Report a table that has both decimal commas and decimal points."""
        if self.first_comma is None or self.first_point is None:
            return
        yield error(
            Place(self.file, max(self.first_comma, self.first_point)),
            "mixed-decimal-marks",
            "Numbers in this file have decimal commas in some rows and decimal points in others, "
            "so nobody can tell thousands from decimals. Use one of them.",
            found=f"a comma in line {self.first_comma}, a point in line {self.first_point}",
            allowed="one decimal mark",
        )

    def _number(self, text: str, place: Place) -> float | None:
        if _NUMBER.fullmatch(text):
            if "." in text and self.first_point is None:
                self.first_point = place.line
            plain = text
        elif self.decimal_commas and _COMMA_NUMBER.fullmatch(text):
            if self.first_comma is None:
                self.first_comma = place.line
            plain = text.replace(",", ".")
        else:
            self._report_number(text, place, "a number, or empty when unknown")
            return None
        number = float(plain)
        if not is_ordinary(number):
            allowed = f"0, or {SMALLEST:g} to {LARGEST:g} in size, or empty when unknown"
            self._report_number(text, place, allowed)
            return None
        return number

    def _integer(self, text: str, place: Place) -> int | None:
        if not _INTEGER.fullmatch(text):
            self._report_number(text, place, "a whole number, or empty when unknown")
            return None
        return int(text)

    def _report_number(self, text: str, place: Place, allowed: str) -> None:
        hint = next((hint for pattern, hint in _HINTS if pattern.match(text)), "")
        self._damage(place)
        self.problems.append(error(place, "not-a-number", hint, found=text, allowed=allowed))

    def _choice(self, spec: FieldSpec, text: str, place: Place) -> str | None:
        if text in spec.choices:
            return text
        self._damage(place)
        message = f"This word is not on the list.{did_you_mean(text, spec.choices)}"
        allowed = one_of(spec.choices)
        self.problems.append(error(place, "not-allowed", message, found=text, allowed=allowed))
        return None

    def _damage(self, place: Place) -> None:
        if place.line is not None:
            self.damaged.add(place.line)


def formula_warnings(text: str, place: Place) -> Iterator[Problem]:
    """Warn of a text that a spreadsheet would run as a formula; it is kept as it is."""
    if _FORMULA.match(text):
        message = (
            "A spreadsheet would run this text as a formula. It is kept as it stands; put a space "
            "or a word before the first character if it is only text."
        )
        yield warning(place, "formula-text", message, found=text)
