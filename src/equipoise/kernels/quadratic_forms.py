r"""The spread of studies about their mean under any weights: its moments and its distribution.

For weights ``a`` the generalised Q statistic is :math:`Q_a = \sum a_i (y_i - \bar y_a)^2 = y'Py`
with :math:`P = diag(a) - a a' / A` and ``A`` the sum of the weights. With
:math:`y_i \sim N(\mu, s_i)` it is distributed as :math:`\sum \lambda_j \chi^2_1`, the λ being the
eigenvalues of ``P diag(s)``. Neither ``P`` nor the eigenvalues are needed: all is computed from
sums over studies. Everything has shape ``(B,)``, weights and variances ``(B, k)``; places without
a study have weight and variance zero.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from equipoise.kernels.batches import Batch, Floats

# The contour crosses the real axis at the scale of the integrand's saddle point and its branches
# turn left by thirty degrees from the vertical. With these steps the trapezoidal rule and the end
# of the contour each leave less than 1e-14.
_BEND = np.pi / 6.0
_STEP = 0.1
_NODES = 46
# Rows are taken together up to this many complex numbers at a time.
_CHUNK = 500_000


@dataclass(frozen=True, slots=True, eq=False)
class Distribution:
    """The probability that the form is at most a value, and its derivative in τ² (``s + τ²``)."""

    probability: Floats
    slope: Floats


def spread(batch: Batch, weights: Floats) -> Floats:
    """Return the weighted sum of squared distances from the mean with the same weights."""
    mean = (weights * batch.yi).sum(axis=1) / weights.sum(axis=1)
    residual = np.where(batch.present, batch.yi - mean[:, None], 0.0)
    total: Floats = (weights * residual**2).sum(axis=1)
    return total


def expectation(weights: Floats, variances: Floats) -> Floats:
    r"""Return :math:`E Q_a = tr(P S) = \sum a_i s_i (A - a_i) / A`, without cancellation."""
    total = weights.sum(axis=1)
    value: Floats = (weights * variances * _others(weights)).sum(axis=1) / total
    return value


def variance(weights: Floats, variances: Floats) -> Floats:
    r"""Return :math:`var Q_a = 2 tr(P S P S)`, without cancellation.

    The trace is the sum of :math:`P_{ij}^2 s_i s_j`: the diagonal of ``P`` is
    :math:`a_i (A - a_i) / A`, the rest :math:`-a_i a_j / A`.
    """
    total = weights.sum(axis=1)
    diagonal = ((weights * variances * _others(weights)) ** 2).sum(axis=1)
    product = weights**2 * variances
    rest = (product * _others(product)).sum(axis=1)
    value: Floats = 2.0 * (diagonal + rest) / total**2
    return value


def distribution(value: Floats, weights: Floats, variances: Floats) -> Distribution:
    r"""Return :math:`P(Q_a \le value)` for normal studies, to about 1e-13.

    The Laplace transform of the distribution, :math:`L(z) = \det(I + 2 z P S)^{-1/2}`, is by the
    determinant lemma :math:`\prod (1 + 2 z d_i)^{-1/2} (\sum a_i / (A (1 + 2 z d_i)))^{-1/2}` with
    :math:`d_i = a_i s_i`. Off the negative axis each factor keeps to the principal branch (in the
    second, a sum of numbers of one half-plane stays in it). It is inverted along a hyperbola
    around the negative axis, where the trapezoidal rule converges geometrically. The R call is
    ``CompQuadForm::farebrother`` on the eigenvalues. Weideman and Trefethen 2007,
    doi:10.1090/S0025-5718-07-01945-X (such contours); Imhof 1961, doi:10.1093/biomet/48.3-4.419.

    Args:
        value: Positive values.
        weights: The weights ``a``.
        variances: The variances ``s`` of the studies.
    """
    rows = max(1, _CHUNK // (_NODES * max(1, weights.shape[1])))
    parts = [
        _invert(value[i : i + rows], weights[i : i + rows], variances[i : i + rows])
        for i in range(0, value.size, rows)
    ]
    probability = np.concatenate([part.probability for part in parts] or [np.empty(0)])
    slope = np.concatenate([part.slope for part in parts] or [np.empty(0)])
    return Distribution(np.clip(probability, 0.0, 1.0), slope)


def _invert(value: Floats, weights: Floats, variances: Floats) -> Distribution:
    u = (np.arange(_NODES) + 0.5) * _STEP
    scale = 2.0 * _crossing(value, expectation(weights, variances), variance(weights, variances))
    z = scale[:, None] * (1.0 - np.sin(_BEND - 1j * u))
    dz = scale[:, None] * 1j * np.cos(_BEND - 1j * u)
    share = weights / weights.sum(axis=1)[:, None]
    logarithm, slope = _log_determinant(z, weights, share, weights * variances)
    density = np.exp(z * value[:, None] - 0.5 * logarithm) * dz / z
    probability = _STEP / np.pi * density.sum(axis=1).imag
    change = _STEP / np.pi * (-0.5 * slope * density).sum(axis=1).imag
    return Distribution(probability, change)


def _log_determinant(
    z: NDArray[np.complex128], weights: Floats, share: Floats, product: Floats
) -> tuple[NDArray[np.complex128], NDArray[np.complex128]]:
    """Return log det(I + 2 z P S) and its derivative when every variance grows alike."""
    double = 2.0 * z[:, :, None]
    factor = 1.0 + double * product[:, None, :]
    inverse = 1.0 / factor
    sides = share[:, None, :] * inverse
    last = sides.sum(axis=2)
    pull = double * weights[:, None, :] * inverse
    slope = pull.sum(axis=2) - (sides * pull).sum(axis=2) / last
    return np.log(factor).sum(axis=2) + np.log(last), slope


def _crossing(value: Floats, mean: Floats, spread_of: Floats) -> Floats:
    """Return the saddle point of exp(z value) L(z) / z for a gamma variable of these moments."""
    width = spread_of / (2.0 * mean)
    linear = value - mean - 2.0 * width
    both = np.abs(linear) + np.sqrt(linear**2 + 8.0 * width * value)
    return np.asarray(
        np.where(linear > 0.0, 2.0 / both, both / (4.0 * width * value)), dtype=np.float64
    )


def _others(values: Floats) -> Floats:
    """Return at each place the sum of the other places of its row, without cancellation."""
    before = np.zeros_like(values)
    after = np.zeros_like(values)
    np.cumsum(values[:, :-1], axis=1, out=before[:, 1:])
    np.cumsum(values[:, :0:-1], axis=1, out=after[:, -2::-1])
    return before + after
