"""Estimate how wide text will be, without a font file.

Advance widths are those of the Arial and Helvetica family in thousandths of an em. Digits share one
width, so columns of numbers line up. A margin of a few per cent absorbs other faces.
"""

from __future__ import annotations

import unicodedata
from typing import Final

_BY_WIDTH: Final[dict[int, str]] = {
    191: "'",
    222: "ijl",
    260: "|",
    278: " !,./:;[\\]ftI·",
    333: "()-`r",
    334: "{}",
    355: '"',
    389: "*",
    400: "°",
    469: "^",
    500: "cksvxyzJ",
    556: "#$?_abdeghnopquL0123456789–τχ",
    584: "+<=>~−×±≤≥",
    611: "FTZ",
    667: "&ABEKPSVXY",
    722: "CDHNRUw",
    778: "GOQ",
    833: "Mm",
    889: "%",
    944: "W",
    1000: "—…→←↑↓",
    1015: "@",
}
_WIDTHS: Final = {letter: width for width, letters in _BY_WIDTH.items() for letter in letters}
_OTHER_LETTER: Final = 600
_WIDE: Final = 1000
_BOLD: Final = 1.08
_MARGIN: Final = 1.03


def _letter_width(letter: str) -> int:
    """Look a letter up, or its base letter; East Asian letters and pictographs are an em wide."""
    if letter in _WIDTHS:
        return _WIDTHS[letter]
    if unicodedata.combining(letter) or unicodedata.category(letter) in ("Cf", "Mn", "Me"):
        return 0
    if unicodedata.east_asian_width(letter) in ("W", "F"):
        return _WIDE
    base = unicodedata.normalize("NFKD", letter)[0]
    return _WIDTHS.get(base, _OTHER_LETTER)


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Estimate the width of ``text`` at ``size``, in the units of ``size``."""
    thousandths = sum(map(_letter_width, text))
    return thousandths / 1000 * size * _MARGIN * (_BOLD if bold else 1.0)


def ellipsise(text: str, width: float, size: float, *, bold: bool = False) -> str:
    """Shorten ``text`` to ``width``, ending in an ellipsis if anything was cut off."""
    if text_width(text, size, bold=bold) <= width:
        return text
    kept = text
    while kept and text_width(kept + "…", size, bold=bold) > width:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def wrap(
    text: str, width: float, size: float, *, max_lines: int = 0, bold: bool = False
) -> tuple[str, ...]:
    """Break ``text`` into lines no wider than ``width``; never fewer than one line.

    Words wider than a line are broken inside. With ``max_lines`` (0: as many as needed) the last
    line ends in an ellipsis if something had to be left out.
    """
    lines = _lines(text.split(), width, size, bold=bold) or [""]
    if not max_lines or len(lines) <= max_lines:
        return tuple(lines)
    rest = " ".join(lines[max_lines - 1 :])
    return (*lines[: max_lines - 1], ellipsise(rest, width, size, bold=bold))


def balance(text: str, width: float, size: float, *, bold: bool = False) -> tuple[str, ...]:
    """Break ``text`` like :func:`wrap`, but into lines of similar length, as headers read best."""
    lines = wrap(text, width, size, bold=bold)
    while len(lines) > 1:
        narrower = max(text_width(line, size, bold=bold) for line in lines) - 0.5
        if any(text_width(word, size, bold=bold) > narrower for word in text.split()):
            break
        tried = wrap(text, narrower, size, bold=bold)
        if len(tried) > len(lines):
            break
        lines = tried
    return lines


def _lines(words: list[str], width: float, size: float, *, bold: bool) -> list[str]:
    lines: list[str] = []
    for word in words:
        together = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(together, size, bold=bold) <= width:
            lines[-1] = together
        else:
            lines.extend(_pieces(word, width, size, bold=bold))
    return lines


def _pieces(word: str, width: float, size: float, *, bold: bool) -> list[str]:
    """Break a word that is wider than a line."""
    pieces = [""]
    for letter in word:
        if pieces[-1] and text_width(pieces[-1] + letter, size, bold=bold) > width:
            pieces.append("")
        pieces[-1] += letter
    return pieces
