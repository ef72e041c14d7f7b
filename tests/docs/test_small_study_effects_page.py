"""The page on small-study effects names every test and every caution, and its example runs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from equipoise.stats.small_studies._common import AsymmetryName

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "statistics" / "small-study-effects.md").read_text(encoding="utf-8")
ROOM = ROOT / "src" / "equipoise" / "stats" / "small_studies"


def test_the_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    for block in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL):
        exec(compile(block, "small-study-effects.md", "exec"), {})  # noqa: S102 - our own page
    printed = capsys.readouterr().out
    for title in ("Egger's test", "Trim and fill", "Limit meta-analysis", "PET-PEESE", "WAAP-WLS"):
        assert title in printed


def test_every_test_and_every_caution_is_explained() -> None:
    named = set(re.findall(r"`\"?([^`\n\"]+)\"?`", PAGE))
    assert set(get_args(AsymmetryName)) <= named
    sources = [path.read_text(encoding="utf-8") for path in sorted(ROOM.glob("*.py"))]
    codes = {code for text in sources for code in re.findall(r'Note\("([a-z0-9-]+)"', text)}
    assert len(codes) > 10
    assert codes <= named
