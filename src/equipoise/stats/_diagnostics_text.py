"""Influence diagnostics and predictions as text; the rules of numbers are those of `printing`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from equipoise.kernels.distributions import normal_critical
from equipoise.stats import printing

if TYPE_CHECKING:
    from equipoise.stats.diagnostics import Influence, TrialPredictions


_HEAD = (
    "Study", "Residual", "DFFITS", "Cook", "Cov. ratio", "τ² without", "Q without", "Hat",
    "DFBETAS", "Flags",
)  # fmt: skip


def influence_text(table_of: Influence) -> str:
    """Return the text of influence diagnostics: a row a trial, the rules, the reasons."""
    fit = table_of.fit
    digits = printing.decimals(fit.tau2 or 0.0)
    number = printing.number
    rows: list[tuple[str, ...]] = [_HEAD]
    for i, study in enumerate(table_of.study):
        measures = (table_of.rstudent, table_of.dffits, table_of.cook, table_of.cov_ratio)
        later = (table_of.q_deleted, table_of.hat, table_of.dfbetas)
        residual, *others = (number(column[i]) for column in measures)
        star = "*" if table_of.outlier[i] else ""
        rows.append((
            study, residual + star, *others, number(table_of.tau2_deleted[i], digits),
            *(number(column[i]) for column in later), ", ".join(table_of.flags[i]),
        ))  # fmt: skip
    wide = max(len(row[-1]) for row in rows)
    rows = [(*row[:-1], row[-1].ljust(wide)) for row in rows]
    z, share = number(normal_critical(fit.methods.level)), 100.0 * (1.0 - fit.methods.level)
    lines = [
        *printing.table(rows),
        "",
        _rules(table_of),
        f"  * residual beyond ±{z}, where {share:.3g}% of trials lie by chance",
        *_reason_lines(table_of.study, table_of.reason),
    ]
    return "\n".join(["Influence of each trial", *printing.method_lines(fit.methods), "", *lines])


def _rules(table_of: Influence) -> str:
    limit = {name: printing.number(value) for name, value in table_of.limits.items()}
    distances = f"|DFFITS| > {limit['dffits']}, Cook > {limit['cook']}"
    return f"  Flags: {distances}, hat > {limit['hat']}, |DFBETAS| > {limit['dfbetas']}"


def predictions_text(table_of: TrialPredictions) -> str:
    """Return the text of predictions: a row a trial, as observed and as predicted."""
    fit = table_of.fit
    observed, shown = fit.effects.transformed(fit.methods.level), table_of.shown()
    show = printing.effect_with_interval
    rows = [("Study", "Observed", "Predicted")]
    for i, study in enumerate(table_of.study):
        pair = ("–", "–")
        if fit.effects.estimable[i]:
            pair = (
                show(fit.effects, *(float(column[i]) for column in observed)),
                show(fit.effects, *(float(column[i]) for column in shown)),
            )
        rows.append((study, *pair))
    head = f"{printing.short_name(fit.effects)}: predicted true effect in each trial"
    lines = [*printing.table(rows), *_reason_lines(table_of.study, table_of.reason)]
    return "\n".join([head, *printing.method_lines(fit.methods), "", *lines])


def _reason_lines(study: tuple[str, ...], reason: tuple[str | None, ...]) -> list[str]:
    known = zip(study, reason, strict=True)
    return [f"  {name}: not defined, {why}" for name, why in known if why is not None]
