"""How likely the true effect of a new study lies beyond a value."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final, Literal

import numpy as np
from scipy import special

from equipoise.errors import MethodError
from equipoise.kernels.intervals import upper_tail
from equipoise.stats._engine import fit_core, intervals, prediction_spread
from equipoise.stats.effects import _display
from equipoise.stats.options import RATIO, check_word
from equipoise.stats.results import MetaAnalysis

Scale = Literal["display", "analysis"]
"""The scale of a value: as results are shown (a ratio as a ratio), or as they are analysed."""

_SCALES: Final = ("display", "analysis")
# From the display scale to that of analysis; all rise.
_INVERSE: Final[dict[str, Callable[[float], float]]] = {
    **dict.fromkeys(sorted(RATIO | {"PLN", "IRLN", "MNLN", "SDLN", "CVLN"}), math.log),
    **dict.fromkeys(("ZCOR", "ZPCOR", "ZPHI", "ZTET", "ZPB", "ZBIS"), math.atanh),
    "PLO": lambda p: math.log(p) - math.log1p(-p),
    "PRZ": lambda p: float(special.ndtri(p)),
    "PAS": lambda p: math.asin(math.sqrt(p)),
    "IRS": math.sqrt,
}


def probability_above(fit: MetaAnalysis, value: float, *, scale: Scale = "display") -> float:
    r"""Return the probability that the true effect of a new study exceeds ``value``.

    It has the distribution of the prediction interval that ``fit`` was made with: centred at the
    estimate, with the variance :math:`se^2 + \tau^2`, normal or t, so that a limit of the interval
    at 95 per cent is exceeded with a probability of 0.025. The R call is ``metafor::predict(fit,
    prob = value)``.

    Args:
        fit: A random-effects meta-analysis with a prediction interval.
        value: The value, in units of ``scale``.
        scale: ``display`` (a risk ratio of 1) or ``analysis`` (a log risk ratio of 0).

    Raises:
        MethodError: If no prediction interval is defined for ``fit``, or ``value`` is not one that
            the measure can take.

    Example:
        >>> from equipoise.stats import effect_sizes, pool
        >>> fit = pool(effect_sizes("GENERIC", estimate=[0.0, 2.0, 4.0, 6.0], se=[1.0] * 4))
        >>> probability_above(fit, 3.0)
        0.5
    """
    return _tail(fit, value, scale, sign=1.0)


def probability_below(fit: MetaAnalysis, value: float, *, scale: Scale = "display") -> float:
    """Return the probability that the true effect of a new study is less than ``value``.

    See `probability_above`; computed from its own side, so that small probabilities keep their
    digits.
    """
    return _tail(fit, value, scale, sign=-1.0)


def _tail(fit: MetaAnalysis, value: float, scale: Scale, *, sign: float) -> float:
    check_word("scale", scale, _SCALES)
    if fit.pi_low is None or fit.pi_high is None:
        raise MethodError(
            "there is no prediction interval to take the probability from: it needs random "
            "effects, pi= and enough trials",
            spec="pi",
            reason="no prediction interval",
        )
    spec = fit.methods
    core = fit_core(fit.effects, np.ones((1, len(fit.effects)), dtype=np.bool_), spec)
    se, df = prediction_spread(core, intervals(core, spec), spec)
    at = _on_analysis_scale(fit, value) if scale == "display" else _finite(value)
    distance = np.array([sign * (at - fit.estimate)])
    probability = float(upper_tail(distance, np.sqrt(se**2 + core.tau2), df)[0])
    if math.isnan(probability):
        raise MethodError(
            "the prediction interval has no width, and the value is its only point",
            spec=f"value={value!r}",
            reason="no width",
        )
    return probability


def _finite(value: float) -> float:
    number = float(value)
    if math.isfinite(number):
        return number
    raise MethodError(f"{value!r} is not a number", spec=f"value={value!r}", reason="not a number")


def _on_analysis_scale(fit: MetaAnalysis, value: float) -> float:
    measure = fit.effects.measure
    if not _display.is_transformed(measure):
        return _finite(value)
    if measure not in _INVERSE:
        raise MethodError(
            f"{measure} has no single way back; give the value with scale='analysis'",
            spec="scale='display'",
            reason="the display scale depends on the trials' sizes",
        )
    try:
        return _finite(_INVERSE[measure](float(value)))
    except (ValueError, MethodError):
        raise MethodError(
            f"a {measure} cannot be {value!r}",
            spec=f"value={value!r}",
            reason="outside the range of the measure",
        ) from None
