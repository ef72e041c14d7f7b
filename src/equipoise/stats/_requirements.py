"""What a result must be for a method to be defined on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from equipoise.errors import MethodError
from equipoise.stats.method_spec import MethodSpec

if TYPE_CHECKING:
    from equipoise.stats.results import MetaAnalysis


def inverse_variance_only(spec: MethodSpec, what: str) -> None:
    """Raise `MethodError` unless trials are pooled by the inverse of their variances."""
    if spec.method != "IV":
        raise MethodError(
            f"{what} needs inverse-variance pooling, not {spec.method}; pool with method='IV'",
            spec=f"method={spec.method}",
            reason="not inverse variance",
        )
    if spec.weighting != "inverse-variance":
        raise MethodError(
            f"{what} needs inverse-variance weights, not weighting={spec.weighting!r}; pool "
            "without weighting",
            spec=f"weighting={spec.weighting}",
            reason="not inverse variance",
        )


def at_least(fit: MetaAnalysis, fewest: int, what: str) -> None:
    """Raise `MethodError` for fewer than ``fewest`` trials that can be estimated."""
    if fit.effects.k < fewest:
        raise MethodError(
            f"{what} needs {fewest} trials that can be estimated; there are {fit.effects.k}",
            spec=what,
            reason=f"fewer than {fewest} trials",
        )


def whole_number(name: str, value: object, fewest: int) -> None:
    """Raise `MethodError` unless ``value`` is a whole number of at least ``fewest``."""
    if not isinstance(value, int) or isinstance(value, bool) or value < fewest:
        raise MethodError(
            f"{name} must be a whole number of at least {fewest}, not {value!r}",
            spec=f"{name}={value!r}",
            reason="not such a number",
        )
