"""R, where the machine has it: scripts are run as a user would run them."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache

RSCRIPT = shutil.which("Rscript")


@cache
def has_metafor() -> bool:
    """Whether R is here and can load metafor."""
    if RSCRIPT is None:
        return False
    done = subprocess.run(
        [RSCRIPT, "-e", "library(metafor)"], capture_output=True, check=False, timeout=60
    )
    return done.returncode == 0


def run(script: str) -> str:
    """Run a script and give what it printed."""
    assert RSCRIPT is not None
    done = subprocess.run(
        [RSCRIPT, "-"], input=script, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, f"{done.stderr}\n{script}"
    return done.stdout
