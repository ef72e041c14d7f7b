"""Newton's method inside a bracket."""

from __future__ import annotations

import numpy as np
import pytest

from equipoise.kernels.batches import Floats, Ints
from equipoise.kernels.roots import safeguarded_newton


def test_roots_of_a_batch_reach_machine_precision() -> None:
    goal = np.array([2.0, 1e-12, 1e12])

    def function(x: Floats, rows: Ints) -> tuple[Floats, Floats]:
        value = goal[rows] - x**3
        return value, value / (3.0 * x**2)

    found = safeguarded_newton(
        function, np.zeros(3), np.full(3, 1e13), start=np.full(3, 1.0), scale=np.zeros(3)
    )
    assert found.converged.all()
    np.testing.assert_allclose(found.x, np.cbrt(goal), rtol=4e-16)


def test_useless_steps_fall_back_on_halving() -> None:
    def function(x: Floats, rows: Ints) -> tuple[Floats, Floats]:
        return 0.3 - x, np.full(rows.size, np.inf)

    found = safeguarded_newton(
        function, np.zeros(1), np.ones(1), start=np.full(1, 0.9), scale=np.ones(1)
    )
    assert found.converged[0]
    assert found.x[0] == pytest.approx(0.3, abs=1e-15)


def test_giving_up_is_said() -> None:
    def function(x: Floats, rows: Ints) -> tuple[Floats, Floats]:
        return 0.3 - x, np.full(rows.size, np.inf)

    found = safeguarded_newton(
        function, np.zeros(1), np.ones(1), start=np.ones(1), scale=np.ones(1), max_iterations=3
    )
    assert not found.converged[0]
    assert found.iterations[0] == 3
