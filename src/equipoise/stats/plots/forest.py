"""The forest plot of a meta-analysis: its numbers laid out as rows for `equipoise.figures`."""

from __future__ import annotations

from typing import Final

import numpy as np

from equipoise.figures import Axis, Figure, ForestRow
from equipoise.figures import forest as draw
from equipoise.kernels.batches import Floats
from equipoise.stats import printing
from equipoise.stats.effects.effect_sizes import EffectSizes
from equipoise.stats.effects.measure_words import MEASURE_WORDS
from equipoise.stats.options import ONE_GROUP
from equipoise.stats.results import MetaAnalysis


def forest(
    fit: MetaAnalysis,
    *,
    title: str = "",
    treatment: str = "Treatment",
    comparator: str = "Comparator",
    favours_low: str = "",
    favours_high: str = "",
) -> Figure:
    """Draw the forest plot of a meta-analysis.

    Measures of single groups compare nothing: their plot has no line of no effect. The R call is
    ``metafor::forest(fit)``.

    Args:
        fit: The meta-analysis.
        title: What the figure shows; by default the measure and the number of trials.
        treatment: Name of arm 1, above its columns.
        comparator: Name of arm 2, above its columns.
        favours_low: Who is favoured by values below no effect, as it should read.
        favours_high: Who is favoured by values above no effect.
    """
    effects = fit.effects
    columns, groups = _columns(effects, treatment, comparator)
    measure = printing.short_name(effects)
    words = MEASURE_WORDS[effects.measure]
    axis = Axis(
        scale="log" if effects.ratio else "linear",
        null=effects.null,
        label=measure,
        favours_low=favours_low,
        favours_high=favours_high,
    )
    plural = "trial" if fit.k == 1 else "trials"
    return draw(
        [*_trials(fit, columns), *_totals(fit, len(columns))],
        axis=axis,
        left_columns=[header for header, _ in columns],
        right_columns=[f"{measure} ({100 * fit.methods.level:g}% CI)", "Weight"],
        title=title or f"Forest plot: {words}, {fit.k} {plural}",
        description=_description(fit),
        footer=printing.footer_lines(fit),
        left_groups=groups,
    )


_ARM_COLUMNS: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "events_n": (("Events", "events"), ("Total", "n")),
    "events_time": (("Events", "events"), ("Time", "time")),
    "mean": (("Mean", "mean"), ("SD", "sd"), ("Total", "n")),
}
_ONE_ARM: Final = (
    ("Events", "events"), ("Time", "time"), ("Mean", "mean"), ("SD", "sd"), ("Total", "n"),
)  # fmt: skip


def _columns(
    effects: EffectSizes, treatment: str, comparator: str
) -> tuple[list[tuple[str, str]], list[tuple[str, int]]]:
    """Return (header, column) for each arm's numbers, and the arms' headers above them."""
    present = effects.columns
    if effects.measure in ONE_GROUP:
        return [(header, name) for header, name in _ONE_ARM if name in present], []
    if "mean_1" in present and "n_1" in present:
        arm = _ARM_COLUMNS["mean"]
    elif "time_1" in present:
        arm = _ARM_COLUMNS["events_time"]
    elif "events_1" in present:
        arm = _ARM_COLUMNS["events_n"]
    else:
        return [], []
    columns = [(header, f"{name}_{side}") for side in (1, 2) for header, name in arm]
    return columns, [(treatment, len(arm)), (comparator, len(arm))]


def _trials(fit: MetaAnalysis, columns: list[tuple[str, str]]) -> list[ForestRow]:
    effects = fit.effects
    estimate, low, high = effects.transformed(fit.methods.level)
    cells = {column: _cells(effects.columns[column]) for _, column in columns}
    rows = []
    for i, name in enumerate(effects.study):
        left = tuple(cells[column][i] for _, column in columns)
        if effects.reasons[i] is not None:
            rows.append(ForestRow("study", name, left, ("not estimable", "–")))
            continue
        numbers = (float(estimate[i]), float(low[i]), float(high[i]))
        weight = float(fit.weights[i])
        text = printing.effect_with_interval(effects, *numbers)
        rows.append(ForestRow("study", name, left, (text, f"{weight:.1f}%"), *numbers, weight))
    return rows


def _totals(fit: MetaAnalysis, columns: int) -> list[ForestRow]:
    shown = fit.transformed
    blank = ("",) * columns
    numbers = (shown.estimate, shown.ci_low, shown.ci_high)
    text = printing.effect_with_interval(fit.effects, *numbers)
    rows = [ForestRow("total", "Pooled", blank, (text, "100.0%"), *numbers, 100.0)]
    if shown.pi_low is not None and shown.pi_high is not None:
        text = printing.interval_text(fit.effects, shown.pi_low, shown.pi_high)
        limits = (shown.estimate, shown.pi_low, shown.pi_high)
        rows.append(ForestRow("prediction", "Prediction interval", blank, (text, ""), *limits))
    return rows


def _description(fit: MetaAnalysis) -> str:
    shown = fit.transformed
    text = printing.effect_with_interval(fit.effects, shown.estimate, shown.ci_low, shown.ci_high)
    words = MEASURE_WORDS[fit.effects.measure]
    return f"Pooled {words} {text}; {100 * fit.methods.level:g}% confidence interval in brackets."


def _cells(values: Floats) -> list[str]:
    """Return a column's numbers with the decimals they need, two at most, the same for all."""
    digits = next(
        (d for d in (0, 1) if np.array_equal(np.round(values, d), values, equal_nan=True)), 2
    )
    return [printing.number(float(value), digits) for value in values]
