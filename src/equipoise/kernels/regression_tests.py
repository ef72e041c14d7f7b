"""Tests of linear hypotheses about coefficients: chi-square or F."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from equipoise.kernels.batches import Floats, Ints
from equipoise.kernels.distributions import chi2_upper


@dataclass(frozen=True, slots=True, eq=False)
class WaldTest:
    """Joint tests of a batch: ``statistic`` and ``p`` of shape ``(B,)``.

    The statistic is F with ``df`` and ``df2`` degrees of freedom where ``df2`` is finite, else
    chi-square with ``df``.
    """

    statistic: Floats
    p: Floats
    df: int
    df2: Floats


def wald(values: Floats, covariance: Floats, df2: Floats) -> WaldTest:
    r"""Test that all of ``values``, shape ``(B, m)``, are zero: :math:`b' V^{-1} b`, over m for F.

    ``covariance`` has shape ``(B, m, m)`` and is that of the interval (scaled where Knapp and
    Hartung's is). ``nan`` where it is singular.
    """
    m = values.shape[1]
    form = (values * _solve(covariance, values)).sum(axis=1)
    by_f = np.isfinite(df2)
    statistic = np.where(by_f, form / m, form)
    degrees = np.full(form.shape, float(m))
    p = np.where(
        by_f,
        special.fdtrc(m, np.where(by_f, df2, 1.0), np.maximum(statistic, 0.0)),
        chi2_upper(form, degrees),
    )
    return WaldTest(statistic, np.where(np.isfinite(statistic), p, np.nan), m, df2)


def subset(values: Floats, covariance: Floats, which: Ints, df2: Floats) -> WaldTest:
    """Test some coefficients: ``values`` of shape ``(B, p)``, ``covariance`` ``(B, p, p)``."""
    return wald(values[:, which], covariance[:, which][:, :, which], df2)


def f_upper(statistic: Floats, df: float, df2: float) -> Floats:
    """Return ``P(F > statistic)``."""
    return np.asarray(special.fdtrc(df, df2, np.maximum(statistic, 0.0)), dtype=np.float64)


def _solve(covariance: Floats, values: Floats) -> Floats:
    out = np.full(values.shape, np.nan)
    scale = np.sqrt(np.diagonal(covariance, axis1=1, axis2=2))
    with np.errstate(invalid="ignore", divide="ignore"):
        correlation = covariance / (scale[:, :, None] * scale[:, None, :])
    good = np.isfinite(correlation).all(axis=(1, 2))
    good[good] = np.linalg.eigvalsh(correlation[good])[:, 0] > 0.0
    if good.any():
        scaled = (values / scale)[good]
        out[good] = np.linalg.solve(correlation[good], scaled[:, :, None])[:, :, 0] / scale[good]
    return out
