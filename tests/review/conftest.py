from __future__ import annotations

from pathlib import Path

import pytest

from review.folders import Copy, copy_template


@pytest.fixture
def folder(tmp_path: Path) -> Copy:
    return copy_template(tmp_path / "review")
