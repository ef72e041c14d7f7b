"""Slow intervals of the mean: matrices, thirty digits, the general theory and no closed form.

Kenward and Roger's adjustment is written for any covariance matrix that is linear in its parameter
(1997, doi:10.2307/2533558); Henmi and Copas's (2010, doi:10.1002/sim.4029) from the conditional
normal distribution of the estimates.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from differential.naive_distributions import Real, mp, mpf


def kenward_roger(v: Sequence[Real], tau2: Real) -> tuple[Real, Real, Real]:
    """Give the adjusted standard error, its degrees of freedom, and Kenward and Roger's own.

    With covariance Σ = diag(v) + τ² I and design X = 1: Φ = (X'Σ⁻¹X)⁻¹, P = X' ∂Σ⁻¹ X,
    Q = X' ∂Σ⁻¹ Σ ∂Σ⁻¹ X, the variance w of τ² from the expected information of REML, and
    Φ_A = Φ + 2 Φ w (Q - P Φ P) Φ.
    """
    k = len(v)
    inverse = mp.diag([1 / (vi + tau2) for vi in v])
    x = mp.ones(k, 1)
    phi = 1 / (x.T * inverse * x)[0]
    projection = inverse - inverse * x * x.T * inverse * phi
    information = _trace(projection * projection) / 2
    p = -(x.T * inverse * inverse * x)[0]
    q = (x.T * inverse * inverse * inverse * x)[0]
    adjusted = phi + 2 * phi * (q - p * phi * p) * phi / information
    # The derivative of Φ in τ² is -Φ P Φ; Satterthwaite's degrees of freedom are 2 Φ² / var Φ.
    own = 2 * phi**2 * information / (phi * p * phi) ** 2
    return mp.sqrt(adjusted), 2 * information / (adjusted * p) ** 2, own


def henmi_copas(v: Sequence[Real], tau2: Real) -> tuple[Real, Callable[[Real], Real]]:
    """Give the standard error, and the upper tail of Henmi and Copas's U = estimate / error."""
    k = len(v)
    w = [1 / vi for vi in v]
    total = mp.fsum(w)
    weights, covariance = mp.matrix(w), mp.diag([vi + tau2 for vi in v])
    form = mp.diag(w) - weights * weights.T / total
    with_r = covariance * weights / mp.sqrt(total)
    variance = (weights.T * covariance * weights)[0] / total
    rest = covariance - with_r * with_r.T / variance
    product = form * rest
    mean, spread = _trace(product), 2 * _trace(product * product)
    mean_slope = (with_r.T * form * with_r)[0] / variance**2
    spread_slope = 4 * (with_r.T * form * rest * form * with_r)[0] / variance**2
    squares = mp.fsum(wi**2 for wi in w) / total
    deviation = mp.sqrt(variance)

    def tail(u: Real) -> Real:
        def integrand(r: Real) -> Real:
            e, s = mean + r**2 * mean_slope, spread + r**2 * spread_slope
            limit = (total / squares - 1) * ((r / u) ** 2 - 1) + k - 1
            below = mp.gammainc(e**2 / s, 0, limit * e / s, regularized=True)
            return below * mp.npdf(r, 0, deviation)

        with mp.workdps(15):
            return mp.quad(integrand, [u + deviation * mpf(i) / 2 for i in range(17)], maxdegree=5)

    return mp.sqrt(variance / total), tail


def _trace(matrix: Any) -> Real:
    return mp.fsum(matrix[i, i] for i in range(matrix.rows))
