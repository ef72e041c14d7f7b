"""Tails against arbitrary precision."""

from __future__ import annotations

import mpmath  # type: ignore[import-untyped]  # it ships no types
import numpy as np
import pytest

from equipoise.kernels import distributions as d


def one(value: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.array([float(value)])


@pytest.mark.parametrize("z", [0.1, 1.0, 5.0, 20.0, 37.0])
def test_normal_tails_do_not_become_zero(z: float) -> None:
    with mpmath.workdps(40):
        want = mpmath.erfc(mpmath.mpf(z) / mpmath.sqrt(2))
        # the tail's condition number is z squared: that many roundings of z are unavoidable
        assert abs(d.normal_two_sided(one(z))[0] / want - 1) < (1 + z**2) * 2.3e-16 * 4


@pytest.mark.parametrize("df", [1, 2, 3, 10, 100, 1000])
@pytest.mark.parametrize("t", [0.1, 2.0, 50.0, 1e6])
def test_t_tails(df: int, t: float) -> None:
    with mpmath.workdps(40):
        x = mpmath.mpf(df) / (mpmath.mpf(df) + mpmath.mpf(t) ** 2)
        want = mpmath.betainc(mpmath.mpf(df) / 2, 0.5, 0, x, regularized=True)
        if want > 1e-290:
            assert abs(d.t_two_sided(one(t), one(df))[0] / want - 1) < 1e-12


@pytest.mark.parametrize("df", [1, 2, 7, 100])
@pytest.mark.parametrize("level", [0.5, 0.9, 0.95, 0.999])
def test_critical_values_leave_their_tail(df: int, level: float) -> None:
    assert d.t_two_sided(d.t_critical(level, one(df)), one(df))[0] == pytest.approx(
        1 - level, rel=1e-12
    )
    for tail in ((1 - level) / 2, (1 + level) / 2):
        value = d.chi2_critical(tail, one(df))
        assert d.chi2_upper(value, one(df))[0] == pytest.approx(tail, rel=1e-12)


def test_no_degrees_of_freedom_give_no_number() -> None:
    assert np.isnan(d.t_critical(0.95, one(0))[0])
    assert np.isnan(d.chi2_upper(one(3), one(0))[0])
