"""How much a meta-analysis must hold before it can be relied on: the required information size."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from scipy import special

from equipoise.errors import DataError, MethodError
from equipoise.kernels.batches import Floats, single
from equipoise.kernels.inverse_variance import weighted_mean
from equipoise.stats.options import check_fraction
from equipoise.stats.robustness import _common as common

if TYPE_CHECKING:
    from equipoise.stats.results import MetaAnalysis

Unit = Literal["participants", "precision"]
"""What information is counted in: participants, or the sum of ``1 / vi``."""


@dataclass(frozen=True, slots=True)
class RequiredInformation:
    """The information needed for an effect, and what that rests on.

    ``unadjusted`` supposes that trials do not differ; ``required`` is that over ``1 - diversity``.
    """

    unit: Unit
    unadjusted: float
    required: float
    diversity: float
    alpha: float
    power: float
    effect: str

    def to_dict(self) -> dict[str, Any]:
        """Return strict JSON data."""
        return asdict(self)


def diversity(fit: MetaAnalysis) -> float:
    r"""Return D², the share of the variance of the random-effects mean that is heterogeneity.

    :math:`D^2 = 1 - V_{common} / V_{random}`, both by inverse variance, at the fit's τ². Wetterslev,
    Thorlund, Brok and Gluud 2009, doi:10.1186/1471-2288-9-86.
    """
    keep = fit.effects.estimable
    batch = single(fit.effects.yi[keep], fit.effects.vi[keep])
    common_se, random_se = (
        float(weighted_mean(batch, np.array([tau2])).se[0]) for tau2 in (0.0, fit.tau2 or 0.0)
    )
    return 1.0 - (common_se / random_se) ** 2


def required_information(
    fit: MetaAnalysis,
    *,
    effect: float | None = None,
    control_risk: float | None = None,
    relative_risk_reduction: float | None = None,
    minimal_difference: float | None = None,
    sd: float | None = None,
    diversity_share: float | None = None,
    alpha: float = 0.05,
    power: float = 0.8,
) -> RequiredInformation:
    r"""Return how much information is needed to find an effect with a given power.

    Events, in participants: :math:`4 (z_{1-\alpha/2} + z_{power})^2 \bar p (1 - \bar p) / (p_2 - p_1)^2`
    with the mean risk :math:`\bar p`. Means, in participants: :math:`4 (\ldots)^2 sd^2 / difference^2`.
    Any measure, in precision: :math:`(\ldots)^2 / effect^2`, to be held against the sum of ``1 / vi``.
    Trials that differ need more: all are divided by :math:`1 - D^2`. It equals R's
    ``RTSA::ris(outcome = , mc = , p0 = )`` before that rounds up to an even number.

    Args:
        fit: The meta-analysis.
        effect: An effect on the analysis scale.
        control_risk: Risk in arm 2, with ``relative_risk_reduction``.
        relative_risk_reduction: The share of that risk to find; negative for an increase.
        minimal_difference: A difference of means, with ``sd``.
        sd: The standard deviation within arms.
        diversity_share: D²; that of the fit unless told (zero for a common effect).
        alpha: The two-sided type I error.
        power: One minus the type II error.

    Raises:
        MethodError: Unless exactly one way of saying the effect is used; for values that cannot be.
        DataError: If participants are not known but needed.
    """
    check_fraction("alpha", alpha)
    check_fraction("power", power)
    z2 = float(special.ndtri(1.0 - alpha / 2.0) + special.ndtri(power)) ** 2
    share = _share(fit, diversity_share)
    ways: dict[str, tuple[float | None, ...]] = {
        "effect": (effect,),
        "risk": (control_risk, relative_risk_reduction),
        "means": (minimal_difference, sd),
    }
    given = [name for name, values in ways.items() if any(v is not None for v in values)]
    if len(given) != 1 or any(v is None for v in ways[given[0]]):
        raise MethodError(
            "give effect, or control_risk with relative_risk_reduction, or minimal_difference with sd",
            spec="required_information",
            reason="not one effect",
        )
    numbers = [common.check_number(given[0], value) for value in ways[given[0]]]
    need, words = _NEEDS[given[0]](numbers)
    unit: Unit = "precision" if given[0] == "effect" else "participants"
    if unit == "participants" and common.participants(fit) is None:
        raise DataError(
            "these trials have no participants to count: give effect= on the analysis scale",
            rule="participants",
        )
    if share >= 1.0:
        raise MethodError(
            "the trials differ so much that their diversity is 1: no amount of information is enough; "
            "give diversity_share",
            spec="diversity=1",
            reason="no finite information",
        )
    if share >= 1.0:
        raise MethodError(
            "the trials differ so much that no amount of information is enough (diversity 100%); "
            "give diversity_share",
            spec="diversity_share",
            reason="diversity of one",
        )
    return RequiredInformation(
        unit, z2 * need, z2 * need / (1.0 - share), share, alpha, power, words
    )


def information_of(fit: MetaAnalysis, unit: Unit) -> Floats:
    """Return the information in each trial."""
    counted = common.participants(fit) if unit == "participants" else 1.0 / fit.effects.vi
    assert counted is not None  # noqa: S101  # checked when the unit was chosen
    return np.asarray(counted, dtype=np.float64)


def _share(fit: MetaAnalysis, given: float | None) -> float:
    if given is None:
        return diversity(fit)
    value = common.check_number("diversity_share", given)
    if not 0.0 <= value < 1.0:
        raise MethodError(
            f"diversity_share must be from 0 to below 1, not {value:g}",
            spec=f"diversity_share={given!r}",
            reason="not a share",
        )
    return value


def _for_effect(numbers: list[float]) -> tuple[float, str]:
    if numbers[0] == 0.0:
        raise _no_effect()
    return numbers[0] ** -2, f"an effect of {numbers[0]:.4g} on the analysis scale"


def _for_risks(numbers: list[float]) -> tuple[float, str]:
    p2, reduction = numbers
    p1 = p2 * (1.0 - reduction)
    if not (0.0 < p2 < 1.0 and 0.0 <= p1 <= 1.0):
        raise DataError(
            f"a risk of {p2:g} cannot become {p1:g}; give a risk between 0 and 1",
            rule="risks between 0 and 1",
        )
    if reduction == 0.0:
        raise _no_effect()
    mean = 0.5 * (p1 + p2)
    words = f"a risk of {p2:.3g} reduced by {100.0 * reduction:.3g}%"
    return 4.0 * mean * (1.0 - mean) / (p2 - p1) ** 2, words


def _for_means(numbers: list[float]) -> tuple[float, str]:
    difference, sd = numbers
    if difference == 0.0 or not 0.0 < sd < math.inf:
        raise _no_effect()
    words = f"a difference of {difference:.4g} with a standard deviation of {sd:.4g}"
    return 4.0 * (sd / difference) ** 2, words


_NEEDS = {"effect": _for_effect, "risk": _for_risks, "means": _for_means}


def _no_effect() -> MethodError:
    return MethodError(
        "no amount of information finds an effect of zero; give the smallest that matters",
        spec="required_information",
        reason="no effect to find",
    )
