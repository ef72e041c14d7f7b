"""Colours and letters all figures share.

Text has a contrast of at least 7:1 on the white paper and marks of at least 3:1. No meaning hangs
on a colour alone: marks differ in shape too, and the shades differ in lightness, so that they stay
apart in greyscale and for colour-blind readers.

Arial and the faces with its widths come first, because the layout is computed from those widths.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

FONT: Final = "Arial, Helvetica, 'Liberation Sans', 'Noto Sans', sans-serif"

PAPER: Final = "#ffffff"
INK: Final = "#1a1a1a"
MUTED: Final = "#555555"
RULE: Final = "#8c8c8c"
HATCH: Final = "#bcbcbc"
FAINT: Final = "#d9d9d9"
BAND: Final = "#ececec"
LINK: Final = "#0b4a86"

SQUARE: Final = "#4a86c5"
INTERVAL: Final = "#12263f"
PREDICTION: Final = "#a85508"
THRESHOLD: Final = "#6d3a96"

# Dark to light; each a step in lightness, for categories that also differ in shape.
SHADES: Final = ("#0b3c6f", "#c2570c", "#3d8b6e", "#8e5ea8", "#7a7a7a", "#b0892b")

# Areas behind marks and lines; each is light enough for every mark to stand out from it by 3:1.
AREAS: Final[Mapping[str, str]] = {
    "paper": PAPER,
    "light": "#f3f3f3",
    "middle": "#e4e4e4",
    "dark": "#d2d2d2",
    "interval": "#d9e6f4",
    "prediction": "#f7e6d6",
}

LINES: Final[Mapping[str, str]] = {
    "ink": INK,
    "muted": MUTED,
    "faint": RULE,
    "interval": SHADES[0],
    "prediction": PREDICTION,
    "threshold": THRESHOLD,
}
