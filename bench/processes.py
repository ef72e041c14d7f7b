"""Whole processes, as a person waits for them."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.figure import Figure, compare

EXAMPLE = Path(__file__).parents[1] / "examples" / "ketamine-chronic-pain"


def figures() -> Iterator[Figure]:
    """Measure the run of the example, the help page and the import."""
    with tempfile.TemporaryDirectory() as out:
        yield compare(
            "equipoise run examples/ketamine-chronic-pain (read, pool, rate, report)",
            _python("-m", "equipoise", "run", str(EXAMPLE), "--out", out),
            "starting Python and importing numpy and scipy.special",
            _python("-c", "import numpy, scipy.special"),
            aim="under 5",
        )
    yield compare(
        "equipoise --help",
        _python("-m", "equipoise", "--help"),
        "starting Python and importing click",
        _python("-c", "import click"),
        aim="near 1",
    )
    yield compare(
        "import equipoise",
        _python("-c", "import equipoise"),
        "starting Python",
        _python("-c", "pass"),
        aim="near 1",
    )


def _python(*arguments: str) -> Callable[[], object]:
    # People's Pythons keep compiled modules; a shell that forbids it would time the compiler.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}

    def process() -> object:
        return subprocess.run(
            [sys.executable, *arguments], check=True, capture_output=True, env=environment
        )

    return process
