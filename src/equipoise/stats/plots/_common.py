"""What the figures of a fit share: the axis of the effect, and the trials that have a place on it.

Scatter figures need a scale on which intervals are symmetric. Ratios are drawn on a logarithmic axis
with ratios at its ticks; other transformed measures (logits, Fisher's z, arcsines) stay on the scale
of analysis, and the axis says so.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from equipoise.errors import MethodError
from equipoise.figures import PlotAxis
from equipoise.kernels.batches import Floats, Ints
from equipoise.stats import printing
from equipoise.stats.effects import _display
from equipoise.stats.effects.effect_sizes import EffectSizes
from equipoise.stats.effects.measure_words import MEASURE_WORDS
from equipoise.stats.results import MetaAnalysis


def effect_axis(effects: EffectSizes) -> PlotAxis:
    """Return the axis of the effect, its range not yet chosen."""
    if effects.ratio:
        return PlotAxis(_name(effects), "log")
    if _display.is_transformed(effects.measure):
        return PlotAxis(f"{_name(effects)}, on the scale of analysis")
    return PlotAxis(_name(effects))


def _name(effects: EffectSizes) -> str:
    short, words = printing.short_name(effects), MEASURE_WORDS[effects.measure]
    return short if short.lower() == words else f"{words[0].upper()}{words[1:]}"


def drawn(effects: EffectSizes, values: Floats) -> Floats:
    """Return values of the scale of analysis as they stand on the axis."""
    if not effects.ratio:
        return values
    with np.errstate(over="ignore"):
        return np.asarray(np.exp(values), dtype=np.float64)


def drawn_one(effects: EffectSizes, value: float) -> float:
    """Return one value as it stands on the axis."""
    return float(drawn(effects, np.array([value]))[0])


def drawn_null(effects: EffectSizes) -> float | None:
    """Return the value of no effect on the axis; ``None`` for single groups."""
    if effects.null is None or not _display.is_transformed(effects.measure):
        return effects.null
    return 1.0 if effects.ratio else 0.0


def estimable(effects: EffectSizes) -> Ints:
    """Return the positions of the trials that can be drawn."""
    return np.flatnonzero(effects.estimable)


def left_out(effects: EffectSizes) -> tuple[str, ...]:
    """Say which trials are not in the figure, and why."""
    return tuple(
        f"Not drawn: {name}, {reason}."
        for name, reason in zip(effects.study, effects.reasons, strict=True)
        if reason is not None
    )


def sizes(effects: EffectSizes) -> Floats:
    """Return the trials' sample sizes.

    Raises:
        MethodError: If the trials gave none.
    """
    columns = effects.columns
    if "n_1" in columns and "n_2" in columns:
        return columns["n_1"] + columns["n_2"]
    if "n" in columns:
        return columns["n"]
    raise MethodError(
        "these trials came without sample sizes; draw them against precision='se'",
        spec="precision='n'",
        reason="no sample sizes",
    )


def count(k: int) -> str:
    """Return ``1 trial`` or ``5 trials``."""
    return "1 trial" if k == 1 else f"{k} trials"


def pooled_text(fit: MetaAnalysis) -> str:
    """Return the pooled estimate with its interval, in words."""
    shown = fit.transformed
    words = MEASURE_WORDS[fit.effects.measure]
    text = printing.effect_with_interval(fit.effects, shown.estimate, shown.ci_low, shown.ci_high)
    return f"Pooled {words} {text}, {100 * fit.methods.level:g}% CI"


def finite(values: Sequence[float]) -> bool:
    """Tell whether all values can be drawn."""
    return all(math.isfinite(value) for value in values)
