"""Regressions as text: like a careful methods paper."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from equipoise.stats import printing
from equipoise.stats.effects.measure_words import MEASURE_WORDS

if TYPE_CHECKING:
    from equipoise.stats.effects.effect_sizes import EffectSizes
    from equipoise.stats.moderators.linear import Estimate
    from equipoise.stats.moderators.regression_result import MetaRegression
    from equipoise.stats.notes import Note

TAU2_WORDS = {
    "REML": "REML",
    "ML": "ML",
    "DL": "DerSimonian-Laird",
    "PM": "Paule-Mandel",
    "EB": "empirical Bayes (Paule-Mandel's equation)",
    "HE": "Hedges-Cochran",
    "HS": "Hunter-Schmidt",
    "HSk": "Hunter-Schmidt with k / (k − p)",
    "SJ": "Sidik-Jonkman",
}
CI_WORDS = {
    "wald": "Wald",
    "t": "t, k − p df",
    "hksj": "Knapp-Hartung",
    "hksj-floor": "Knapp-Hartung, not narrower than the classic standard error",
}


def measure_name(effects: EffectSizes) -> str:
    """Return the measure with a capital, and that ratios are analysed as logarithms."""
    words = MEASURE_WORDS[effects.measure]
    name = words[0].upper() + words[1:]
    return f"{name} (coefficients of its logarithm)" if effects.ratio else name


def estimate_rows(rows: Sequence[Estimate], level: float, head: str) -> list[str]:
    """Return the table of estimates with standard errors, intervals and tests."""
    by_t = any(row.df is not None for row in rows)
    table = [(head, "Estimate", "SE", f"{100 * level:g}% CI", "t" if by_t else "z", "p")]
    for row in rows:
        digits = printing.decimals(row.se)
        low, high = (printing.number(v, digits) for v in (row.ci_low, row.ci_high))
        table.append((
            row.name, printing.number(row.estimate, digits), printing.number(row.se, digits),
            printing.interval(low, high), printing.number(row.statistic), p_text(row.p),
        ))  # fmt: skip
    return printing.table(table)


def p_text(p: float | None) -> str:
    """Return a p-value without its letter, for tables."""
    return "–" if p is None else printing.p_value(p).removeprefix("p ").removeprefix("= ")


def note_lines(notes: Sequence[Note], word: str = "Note") -> list[str]:
    """Return a line for each note."""
    return [f"  {word}: {note.text}" for note in notes]


def regression_text(fit: MetaRegression) -> str:
    """Return the text of a meta-regression."""
    model = "random effects" if fit.options.model == "random" else "common effect"
    lines = [
        f"{measure_name(fit.effects)}: meta-regression, {model}, {fit.k} trials",
        _methods(fit),
        f"  Model: {fit.matrix.formula or ' + '.join(fit.matrix.names)}",
        "",
        *estimate_rows(fit.coefficients, fit.options.level, ""),
        "",
    ]
    if fit.omnibus is not None:
        lines.append(f"  {fit.omnibus}")
    lines.append(_residual(fit))
    if fit.r2 is not None:
        without = printing.number(fit.tau2_without, printing.decimals(fit.tau2_without or 0.0))
        lines.append(
            f"  Explained: R² = {printing.percent(fit.r2)} of τ² = {without} without moderators"
        )
    return "\n".join([*lines, *note_lines(fit.notes)])


def _methods(fit: MetaRegression) -> str:
    parts = ["inverse variance"]
    options = fit.options
    if options.tau2_value is not None:
        parts.append(f"residual τ² fixed at {options.tau2_value:g}")
    elif options.tau2 is not None:
        parts.append(f"residual τ² by {TAU2_WORDS[options.tau2]}")
    parts.append(f"{100 * options.level:g}% CI: {CI_WORDS[options.ci]}")
    return "  Methods: " + "; ".join(parts)


def _residual(fit: MetaRegression) -> str:
    parts = []
    if fit.tau2 is not None:
        digits = printing.decimals(fit.tau2)
        shown = f"τ² = {printing.number(fit.tau2, digits)}"
        if fit.tau2_ci is not None:
            limits = (printing.number(x, digits) for x in fit.tau2_ci)
            shown += f" ({printing.interval(*limits)})"
        parts.append(shown)
    parts.append(f"I² = {printing.percent(fit.i2)}")
    q = printing.number(fit.q)
    parts.append(f"QE = {q} ({fit.q_df} df), {printing.p_value(fit.q_p)}")
    return "  Heterogeneity left: " + "; ".join(parts)
