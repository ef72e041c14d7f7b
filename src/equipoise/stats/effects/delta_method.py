"""Estimates and variances of functions of estimates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from equipoise.errors import DataError, MethodError
from equipoise.kernels.batches import Floats
from equipoise.kernels.effects import derivatives
from equipoise.stats.effects.effect_table import SCHEMA_VERSION

_ORDERS: Final = (1, 2)
_SHARE: Final = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class DeltaMethod:
    """Functions of estimates with their sampling variances.

    Args:
        estimate: The function at each estimate, less ``bias`` where ``order`` is 2. Shape ``(k,)``;
            ``(1,)`` for a function of several estimates.
        variance: Its sampling variance, same shape.
        bias: Half the second derivative times the variance; zero where ``order`` is 1.
        gradient: The derivatives used: shape ``(k, 1)``, or ``(1, m)`` for m estimates.
        order: 1 or 2.
    """

    estimate: Floats
    variance: Floats
    bias: Floats
    gradient: Floats
    order: int

    @property
    def se(self) -> Floats:
        """Standard errors."""
        return np.sqrt(self.variance)

    def to_dict(self) -> dict[str, Any]:
        """Return strict JSON data."""
        return {
            "schema_version": SCHEMA_VERSION,
            "kind": "delta-method",
            "order": self.order,
            "estimate": self.estimate.tolist(),
            "variance": self.variance.tolist(),
            "bias": self.bias.tolist(),
            "gradient": self.gradient.tolist(),
        }

    def __str__(self) -> str:
        head = f"Delta method of order {self.order}: {self.estimate.size} estimate(s)"
        rows = [f"  {y:.6g} (SE {e:.6g})" for y, e in zip(self.estimate, self.se, strict=True)]
        return "\n".join([head, *rows])


def delta_method(
    transform: Callable[[Any], Any],
    yi: Any,
    vi: Any,
    *,
    derivative: Callable[[Any], Any] | None = None,
    order: int = 1,
) -> DeltaMethod:
    """Carry estimates and their variances through a function.

    With variances ``vi`` of shape ``(k,)`` every estimate goes through ``transform`` on its own,
    called with a number. With a covariance matrix of shape ``(m, m)`` the m estimates go through it
    together, called with an array of m, and one number comes back.

    Of first order the variance is g' Σ g, with g the derivatives at the estimates. Of second order the
    estimate is f(y) − ½ tr(H Σ), free of the bias that bending brings, and the variance
    g' Σ g + ½ tr(H Σ H Σ), for normal estimates; H is the matrix of second derivatives. Without
    ``derivative`` both are taken numerically by Richardson's extrapolation, to about ten digits. The
    first order for single estimates equals ``metafor::conv.delta``.

    Not for functions that bend sharply within a standard error or two, or at their edge: transform
    the ends of the interval instead. Oehlert 1992, doi:10.1080/00031305.1992.10475842.

    Args:
        transform: The function.
        yi: Estimates, shape ``(k,)``.
        vi: Their variances, shape ``(k,)``, or covariance matrix, shape ``(k, k)``.
        derivative: The first derivative, or the gradient; numerical if not given.
        order: 1 or 2.

    Raises:
        DataError: For shapes that do not fit, or values that are not finite.
        MethodError: For another order, or a function without a derivative at an estimate.

    Example:
        >>> import math
        >>> done = delta_method(math.exp, [0.0], [0.04])
        >>> float(done.estimate[0]), round(float(done.variance[0]), 10)
        (1.0, 0.04)
    """
    if order not in _ORDERS or isinstance(order, bool):
        raise MethodError(
            f"order must be 1 or 2, not {order!r}", spec=f"order={order!r}", reason="no such order"
        )
    y, v = _checked(yi, vi)
    together = v.ndim == 2  # noqa: PLR2004  # a matrix
    points = [y] if together else [y[i : i + 1] for i in range(y.size)]
    spreads = [v] if together else [v[i].reshape(1, 1) for i in range(y.size)]
    argument = (lambda x: x) if together else (lambda x: float(x[0]))
    function = _guarded(transform, argument)
    slope = None if derivative is None else (lambda x: derivative(argument(x)))
    rows = [_one(function, slope, at, s, order) for at, s in zip(points, spreads, strict=True)]
    size = y.size if together else 1
    return DeltaMethod(
        estimate=np.array([row[0] for row in rows], dtype=np.float64),
        variance=np.array([row[1] for row in rows], dtype=np.float64),
        bias=np.array([row[2] for row in rows], dtype=np.float64),
        gradient=np.array([row[3] for row in rows], dtype=np.float64).reshape(len(rows), size),
        order=order,
    )


def _one(
    function: derivatives.Function,
    slope: Callable[[Floats], Any] | None,
    at: Floats,
    spread: Floats,
    order: int,
) -> tuple[float, float, float, Floats]:
    """Return estimate, variance, bias and gradient at one point."""
    scale = _scale(at, spread)
    value = function(at)
    if slope is None:
        g = derivatives.gradient(function, at, scale)
    else:
        g = np.asarray(slope(at), dtype=np.float64).reshape(at.size)
    variance, bias = float(g @ spread @ g), 0.0
    if order > 1:
        bent = derivatives.hessian(function, at, scale) @ spread
        bias = 0.5 * float(np.trace(bent))
        variance += 0.5 * float(np.trace(bent @ bent))
    if not np.isfinite([value, variance, bias]).all():
        raise MethodError(
            f"the function has no value or derivative at {at.tolist()}; the delta method is not "
            "defined there",
            spec=f"order={order}",
            reason="not differentiable",
        )
    return value - bias, variance, bias, g


def _scale(at: Floats, spread: Floats) -> Floats:
    """Return how far derivatives may look: a standard error, or a share of the estimate."""
    far = np.maximum(np.sqrt(np.diagonal(spread)), _SHARE * np.abs(at))
    return np.where(far > 0.0, far, 1.0)


def _guarded(
    transform: Callable[[Any], Any], argument: Callable[[Floats], Any]
) -> derivatives.Function:
    """Return the function with ``nan`` outside its domain."""

    def function(x: Floats) -> float:
        with np.errstate(all="ignore"):
            try:
                return float(transform(argument(x)))
            except (ValueError, ZeroDivisionError, OverflowError):
                return float("nan")

    return function


def _checked(yi: Any, vi: Any) -> tuple[Floats, Floats]:
    y, v = np.asarray(yi, dtype=np.float64), np.asarray(vi, dtype=np.float64)
    if y.ndim != 1 or v.shape not in {(y.size,), (y.size, y.size)}:
        raise DataError(
            f"yi must have one dimension and vi be variances or a covariance matrix, not {y.shape} "
            f"and {v.shape}",
            rule="shapes of yi and vi",
        )
    if not (np.isfinite(y).all() and np.isfinite(v).all()):
        raise DataError("yi and vi must be finite; leave other rows out", rule="finite")
    variances = v if v.ndim == 1 else np.diagonal(v)
    if (variances < 0.0).any():
        rows = tuple(int(row) for row in np.flatnonzero(variances < 0.0))
        raise DataError("variances must not be below zero", rows=rows, rule="variances")
    if v.ndim > 1 and not np.allclose(v, v.T, rtol=1e-10, atol=0.0):
        raise DataError("the covariance matrix must be symmetric", rule="a covariance matrix")
    return y, v
