"""Golden files: texts that a person reviewed, and the one way to write them anew."""

from __future__ import annotations

import os
from pathlib import Path

REWRITE = "EQUIPOISE_REWRITE_GOLDEN"


def reviewed(path: Path, text: str) -> str:
    """Give the reviewed text; with ``EQUIPOISE_REWRITE_GOLDEN=1`` write ``text`` there first."""
    if os.environ.get(REWRITE):
        path.write_text(text, encoding="utf-8", newline="\n")
    return path.read_text(encoding="utf-8")
