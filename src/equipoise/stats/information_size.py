"""How many participants one adequately powered trial would need: the optimal information size."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy import special

from equipoise.errors import DataError, MethodError


@dataclass(frozen=True, slots=True)
class InformationSize:
    """Participants needed, rounded up, and what that rests on."""

    per_arm: int
    total: int
    kind: str
    alpha: float
    power: float


def optimal_information_size(
    *,
    assumed_risk: float | None = None,
    relative_risk_reduction: float | None = None,
    minimal_difference: float | None = None,
    sd: float | None = None,
    alpha: float = 0.05,
    power: float = 0.8,
) -> InformationSize:
    r"""Return the size of one two-arm trial with the given power.

    Events: give ``assumed_risk`` and ``relative_risk_reduction``; then
    :math:`n = (z_{1-\alpha/2} + z_{power})^2 (p_0 q_0 + p_1 q_1) / (p_0 - p_1)^2` per arm.
    Means: give ``minimal_difference`` and ``sd``; then
    :math:`n = 2 (z_{1-\alpha/2} + z_{power})^2 sd^2 / difference^2` per arm. GRADE calls twice
    this number the optimal information size: Guyatt et al. 2011, doi:10.1016/j.jclinepi.2011.01.012.

    Args:
        assumed_risk: The comparator's risk, strictly between 0 and 1.
        relative_risk_reduction: Share of that risk to detect; negative for an increase.
        minimal_difference: The difference of means to detect.
        sd: The standard deviation within arms.
        alpha: The two-sided type I error.
        power: One minus the type II error.

    Raises:
        MethodError: If neither or both pairs are given.
        DataError: For values that cannot be.

    Example:
        >>> optimal_information_size(assumed_risk=0.2, relative_risk_reduction=0.25).total
        1806
    """
    if not (0.0 < alpha < 1.0 and 0.0 < power < 1.0):
        raise DataError("alpha and power must be between 0 and 1", rule="proportions")
    binary = (assumed_risk, relative_risk_reduction)
    means = (minimal_difference, sd)
    z2 = float(special.ndtri(1.0 - alpha / 2.0) + special.ndtri(power)) ** 2
    if None not in binary and means == (None, None):
        assert assumed_risk is not None and relative_risk_reduction is not None  # noqa: S101, PT018  # for the type checker
        ratio = _binary(assumed_risk, relative_risk_reduction)
        return _size(z2 * ratio, "events", alpha, power)
    if None not in means and binary == (None, None):
        assert minimal_difference is not None and sd is not None  # noqa: S101, PT018  # for the type checker
        return _size(z2 * _means(minimal_difference, sd), "means", alpha, power)
    raise MethodError(
        "give assumed_risk with relative_risk_reduction, or minimal_difference with sd",
        spec="optimal_information_size",
        reason="neither or both pairs given",
    )


def _binary(p0: float, reduction: float) -> float:
    p1 = p0 * (1.0 - reduction)
    if not (0.0 < p0 < 1.0 and 0.0 <= p1 <= 1.0) or reduction == 0.0:
        raise DataError(
            f"a risk of {p0!r} cannot fall by {reduction!r} to {p1:g}; give a risk between 0 and 1 "
            "and a reduction other than zero",
            rule="risks between 0 and 1",
        )
    return (p0 * (1.0 - p0) + p1 * (1.0 - p1)) / (p0 - p1) ** 2


def _means(difference: float, sd: float) -> float:
    if not (math.isfinite(difference) and difference != 0.0 and 0.0 < sd < math.inf):
        raise DataError(
            f"a difference of {difference!r} with a standard deviation of {sd!r} cannot be planned for",
            rule="a difference other than zero and a standard deviation above zero",
        )
    return 2.0 * (sd / difference) ** 2


def _size(n: float, kind: str, alpha: float, power: float) -> InformationSize:
    per_arm = math.ceil(n)
    return InformationSize(per_arm, 2 * per_arm, kind, alpha, power)
