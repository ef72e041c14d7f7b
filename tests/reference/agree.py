"""One rule of agreement with printed reference values."""

from __future__ import annotations

import pytest

RELATIVE = 1e-8
ABSOLUTE = 1e-12
"""Values that are zero but for rounding: the reference prints 15 digits of numbers of order one."""
TAU2_ABSOLUTE = 5e-12
"""R stopped iterating once a step fell below 1e-12; its iteration is linear, so the rest of the way
can be several steps long."""
SMALLEST_P = 1e-12
"""Below this the reference calls its own p-values loose."""


def close(expected: float, absolute: float = ABSOLUTE) -> object:
    """Give what equals ``expected`` within the rule."""
    return pytest.approx(expected, rel=RELATIVE, abs=absolute)
