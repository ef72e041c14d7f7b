"""Forest plots of leave-one-out and cumulative meta-analysis."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from equipoise.figures import Axis, Figure, ForestRow
from equipoise.figures import forest as draw
from equipoise.stats import printing
from equipoise.stats.plots import _common as common
from equipoise.stats.sensitivity import Sensitivity, cumulative, leave_one_out

if TYPE_CHECKING:
    from equipoise.stats.results import MetaAnalysis


def cumulative_forest(
    fit: MetaAnalysis,
    *,
    order: Sequence[int] | None = None,
    title: str = "",
    favours_low: str = "",
    favours_high: str = "",
) -> Figure:
    """Draw the pooled estimate after the first trial, the first two, and so on.

    The R call is ``metafor::forest(metafor::cumul(fit, order = ))``.

    Args:
        fit: The meta-analysis.
        order: Positions of the trials in the order they are added; as given by default.
        title: What the figure is.
        favours_low: Who is favoured by values below no effect, as it should read.
        favours_high: Who is favoured by values above no effect.

    Raises:
        DataError: If ``order`` does not name every trial once.
    """
    return _draw(cumulative(fit, order), title, favours_low, favours_high)


def leave_one_out_forest(
    fit: MetaAnalysis, *, title: str = "", favours_low: str = "", favours_high: str = ""
) -> Figure:
    """Draw the pooled estimate without each trial in turn; the last row is that of all trials.

    The R call is ``meta::forest(meta::metainf(fit))``, or ``metafor::leave1out`` for its numbers.

    Raises:
        DataError: If there are fewer than two trials.
    """
    return _draw(leave_one_out(fit), title, favours_low, favours_high)


def _draw(table: Sensitivity, title: str, favours_low: str, favours_high: str) -> Figure:
    fit = table.fit
    effects = fit.effects
    axis = Axis(
        scale="log" if effects.ratio else "linear",
        null=effects.null,
        label=printing.short_name(effects),
        favours_low=favours_low,
        favours_high=favours_high,
    )
    headers = (f"{printing.short_name(effects)} ({100 * fit.methods.level:g}% CI)", "p")
    added = "Trial added" if table.kind == "cumulative" else "Trial left out"
    return draw(
        [*_rows(table), _total(fit)],
        axis=axis,
        left_columns=("Trials",),
        right_columns=headers if effects.zero_is_no_effect else headers[:1],
        title=title or f"{table.title}, {common.count(fit.k)}",
        description=f"{common.pooled_text(fit)}; each row pools again by the same methods.",
        footer=[line.strip() for line in printing.method_lines(fit.methods)],
        label_header=added,
    )


def _rows(table: Sensitivity) -> list[ForestRow]:
    effects = table.fit.effects
    columns = (table.shown("estimate"), table.shown("ci_low"), table.shown("ci_high"))
    rows = []
    for i, trial in enumerate(table.trial):
        name, k = effects.study[trial], str(table.k[i])
        estimate, low, high = (column[i] for column in columns)
        if not (math.isfinite(estimate) and low <= high):
            rows.append(ForestRow("study", name, (k,), ("not estimable", "–")[: _width(table)]))
            continue
        text = printing.effect_with_interval(effects, estimate, low, high)
        right = (text, _p(table.p[i]))[: _width(table)]
        rows.append(ForestRow("study", name, (k,), right, estimate, low, high))
    return rows


def _width(table: Sensitivity) -> int:
    return 2 if table.fit.effects.zero_is_no_effect else 1


def _total(fit: MetaAnalysis) -> ForestRow:
    shown = fit.transformed
    numbers = (shown.estimate, shown.ci_low, shown.ci_high)
    text = printing.effect_with_interval(fit.effects, *numbers)
    right = (text, _p(fit.p)) if fit.effects.zero_is_no_effect else (text,)
    return ForestRow("total", "All trials", (str(fit.k),), right, *numbers)


def _p(p: float | None) -> str:
    return printing.p_value(p).removeprefix("p ").removeprefix("= ")
