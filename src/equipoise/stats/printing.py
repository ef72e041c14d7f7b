"""Results as text.

The rules: ratios have two decimals, three below 0.1, none from 100; other numbers have as many
decimals as show two digits of their standard error, at least two; p-values three, ``< 0.001`` below that. Minus
is U+2212. The layout is fixed by golden files.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from equipoise.stats.effects.measure_words import MEASURE_WORDS
from equipoise.stats.options import ONE_GROUP

if TYPE_CHECKING:
    from equipoise.stats.effects.effect_sizes import EffectSizes
    from equipoise.stats.presets import MethodSpec
    from equipoise.stats.results import MetaAnalysis
    from equipoise.stats.sensitivity import Sensitivity
    from equipoise.stats.subgroup_analysis import SubgroupAnalysis

MINUS = "\N{MINUS SIGN}"

_SMALL_RATIO, _LARGE_RATIO, _HUGE_RATIO = 0.1, 100.0, 1e6
_SMALL_P = 0.001

_TAU2_WORDS = {
    "DL": "DerSimonian-Laird",
    "PM": "Paule-Mandel",
    "REML": "REML",
    "ML": "ML",
    "HE": "Hedges-Cochran",
    "HS": "Hunter-Schmidt",
    "HSk": "Hunter-Schmidt with k / (k − 1)",
    "SJ": "Sidik-Jonkman",
    "EB": "empirical Bayes (Paule-Mandel's equation)",
    "PMM": "median-unbiased Paule-Mandel",
    "DLIT": "iterated DerSimonian-Laird (Paule-Mandel's equation)",
    "SJIT": "iterated Sidik-Jonkman (Paule-Mandel's equation)",
    "GENQ": "general Q with given weights",
    "GENQM": "median-unbiased general Q with given weights",
}
_CI_WORDS = {
    "wald": "Wald",
    "t": "t, k − 1 df",
    "hksj": "Hartung-Knapp-Sidik-Jonkman",
    "hksj-floor": "Hartung-Knapp-Sidik-Jonkman, not narrower than the classic standard error",
    "hksj-if-wider": "Hartung-Knapp-Sidik-Jonkman where wider than Wald, else Wald",
    "hksj-iqwig": "Hartung-Knapp-Sidik-Jonkman, corrected where narrower than DerSimonian-Laird's",
    "kenward-roger": "Kenward-Roger",
    "henmi-copas": "Henmi-Copas",
    "profile-likelihood": "profile likelihood",
}
_METHOD_WORDS = {"MH": "Mantel-Haenszel", "Peto": "Peto"}
_WEIGHTING_WORDS = {
    "inverse-variance": "inverse variance",
    "ivhet": "common-effect weights (IVhet)",
    "equal": "equal weights",
    "sample-size": "weights by sample size",
    "given": "given weights",
}
_MODEL_WORDS = {"random": "random effects", "common": "common effect"}


def number(value: float | None, decimals: int = 2) -> str:
    """Return a number with a real minus sign; a dash where there is none."""
    if value is None or math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    text = f"{value:.{decimals}f}"
    if float(text) == 0.0:
        text = text.lstrip("-")
    return text.replace("-", MINUS)


def ratio(value: float | None) -> str:
    """Return a ratio: two decimals, three below 0.1, none from 100."""
    if value is None or not math.isfinite(value):
        return number(value)
    if value >= _LARGE_RATIO:
        return number(value, 0) if value < _HUGE_RATIO else f"{value:.1e}"
    return number(value, 3 if value < _SMALL_RATIO else 2)


def decimals(se: float) -> int:
    """Return how many decimals show two digits of a standard error: 2 to 8."""
    if not math.isfinite(se) or se <= 0.0:
        return 2
    return min(8, max(2, 1 - math.floor(math.log10(se))))


def p_value(p: float | None) -> str:
    """Return ``p = 0.012`` or ``p < 0.001``."""
    if p is None:
        return "p not defined"
    return "p < 0.001" if p < _SMALL_P else f"p = {p:.3f}"


def table(rows: Sequence[Sequence[str]], *, left: int = 1) -> list[str]:
    """Align columns: the first ``left`` to the left, the others to the right."""
    widths = [max(len(row[c]) for row in rows) for c in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [
            cell.ljust(width) if c < left else cell.rjust(width)
            for c, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append(("  " + "  ".join(cells)).rstrip())
    return lines


def interval(low: str, high: str) -> str:
    """Return the text of an interval."""
    return f"{low} to {high}"


def effect_sizes_text(effects: EffectSizes) -> str:
    """Return the text of effect sizes: a row a trial, then the reasons and the notes."""
    show = formatter(effects)
    estimate, low, high = effects.transformed()
    rows = [("Study", short_name(effects), "95% CI")]
    reasons = []
    for i, name in enumerate(effects.study):
        reason = effects.reasons[i]
        if reason is not None:
            rows.append((name, "–", "not estimable"))
            reasons.append(f"  {name}: not estimable, {reason}")
        else:
            rows.append((name, show(estimate[i]), interval(show(low[i]), show(high[i]))))
    head = f"{_capital(MEASURE_WORDS[effects.measure])}: {_count(len(effects), 'trial')}"
    if effects.k < len(effects):
        head += f", {effects.k} estimable"
    notes = [f"  Note: {note.text}" for note in effects.notes]
    return "\n".join([head, *table(rows), *reasons, *notes])


def meta_analysis_text(fit: MetaAnalysis) -> str:
    """Return the text of a meta-analysis: trials, pooled estimate, test, heterogeneity, notes."""
    effects, spec = fit.effects, fit.methods
    model = f"{_MODEL_WORDS[spec.model]}, {_count(fit.k, 'trial')}"
    lines = [f"{_capital(MEASURE_WORDS[effects.measure])}: {model}", *method_lines(spec), ""]
    lines += _trial_table(fit)
    lines += ["", *_test_of_no_effect(fit), *_heterogeneity(fit)]
    lines += [
        f"  {name}: not estimable, {reason}"
        for name, reason in zip(effects.study, effects.reasons, strict=True)
        if reason is not None
    ]
    lines += [f"  Note: {note.text}" for note in fit.notes if note.code != "not-estimable"]
    return "\n".join(lines)


def method_lines(spec: MethodSpec) -> list[str]:
    """Return the resolved methods in words."""
    by_weights = spec.method == "IV"
    parts = [_WEIGHTING_WORDS[spec.weighting] if by_weights else _METHOD_WORDS[spec.method]]
    if spec.tau2_value is not None:
        parts.append(f"τ² fixed at {spec.tau2_value:g}")
    elif spec.tau2 is not None:
        parts.append(f"τ² by {_TAU2_WORDS[spec.tau2]}")
    parts.append(f"{_level(spec)} CI: {_CI_WORDS[spec.ci]}")
    lines = ["  Methods: " + "; ".join(parts)]
    preset = f"  Preset: {spec.preset}"
    if spec.changed:
        preset += ", changed: " + ", ".join(f"{name} = {value}" for name, value in spec.changed)
    return [*lines, preset]


def sensitivity_text(table_of: Sensitivity) -> str:
    """Return the text of a sensitivity table."""
    show = formatter(table_of.fit.effects)
    low, high = table_of.shown("ci_low"), table_of.shown("ci_high")
    estimates = table_of.shown("estimate")
    head = (
        "",
        "k",
        short_name(table_of.fit.effects),
        f"{_level(table_of.fit.methods)} CI",
        "p",
        "τ²",
    )
    digits = decimals(table_of.fit.tau2 or 0.0)
    rows = [head]
    for i, label in enumerate(table_of.label):
        p, tau2 = table_of.p[i], table_of.tau2[i]
        rows.append((
            label, str(table_of.k[i]), show(estimates[i]), interval(show(low[i]), show(high[i])),
            p_value(p).removeprefix("p ").removeprefix("= "), number(tau2, digits),
        ))  # fmt: skip
    return "\n".join([table_of.title, *method_lines(table_of.fit.methods), "", *table(rows)])


def subgroup_text(analysis: SubgroupAnalysis) -> str:
    """Return the text of a subgroup analysis."""
    rows = [("Subgroup", "k", "Effect", "CI", "τ²", "I²")]
    spec = analysis.methods
    for name, fit in analysis.levels:
        if fit is None:
            rows.append((name, "0", "–", "not estimable", "–", "–"))
            continue
        show, t = formatter(fit.effects), fit.transformed
        rows.append((
            name, str(fit.k), show(t.estimate), interval(show(t.ci_low), show(t.ci_high)),
            number(fit.tau2, decimals(fit.tau2 or 0.0)), percent(fit.i2),
        ))  # fmt: skip
    lines = [f"{_capital(MEASURE_WORDS[spec.measure])} by subgroup", *method_lines(spec), ""]
    lines += table(rows)
    if analysis.q is not None and analysis.df is not None:
        test = f"Q = {number(analysis.q)} ({analysis.df} df), {p_value(analysis.p)}"
        lines += ["", f"  Test for subgroup differences: {test}; I² = {percent(analysis.i2)}"]
    lines += [f"  Note: {note.text}" for note in analysis.notes]
    return "\n".join(lines)


def effect_with_interval(effects: EffectSizes, estimate: float, low: float, high: float) -> str:
    """Return ``0.49 (0.34 to 0.70)`` on the display scale."""
    show = formatter(effects)
    return f"{show(estimate)} ({interval(show(low), show(high))})"


def interval_text(effects: EffectSizes, low: float, high: float) -> str:
    """Return ``0.34 to 0.70`` on the display scale."""
    show = formatter(effects)
    return interval(show(low), show(high))


def footer_lines(fit: MetaAnalysis) -> list[str]:
    """Return the lines below a forest plot: the test, heterogeneity, methods."""
    lines = [*_test_of_no_effect(fit), *_heterogeneity(fit), *method_lines(fit.methods)]
    return [line.strip() for line in lines]


def percent(value: float | None) -> str:
    """Return a percentage without decimals."""
    return "–" if value is None else f"{value:.0f}%"


def _trial_table(fit: MetaAnalysis) -> list[str]:
    show, shown = formatter(fit.effects), fit.transformed
    estimate, low, high = fit.effects.transformed(fit.methods.level)
    rows = [("Study", short_name(fit.effects), f"{_level(fit.methods)} CI", "Weight")]
    for i, name in enumerate(fit.effects.study):
        if fit.effects.reasons[i] is not None:
            rows.append((name, "–", "not estimable", "–"))
            continue
        limits = interval(show(low[i]), show(high[i]))
        rows.append((name, show(estimate[i]), limits, f"{fit.weights[i]:.1f}%"))
    limits = interval(show(shown.ci_low), show(shown.ci_high))
    rows.append(("Pooled", show(shown.estimate), limits, "100.0%"))
    if shown.pi_low is not None and shown.pi_high is not None:
        limits = interval(show(shown.pi_low), show(shown.pi_high))
        rows.append(("Prediction interval", "", limits, ""))
    return table(rows)


def _test_of_no_effect(fit: MetaAnalysis) -> list[str]:
    """Return the test's line; nothing where zero on the analysis scale is not "no effect"."""
    return [f"  Test of no effect: {_test(fit)}"] if fit.effects.zero_is_no_effect else []


def _test(fit: MetaAnalysis) -> str:
    if fit.df is None:
        letter = "U" if fit.methods.ci == "henmi-copas" else "z"
        return f"{letter} = {number(fit.statistic)}, {p_value(fit.p)}"
    df = f"{fit.df:g}" if fit.df.is_integer() else number(fit.df, 1)
    return f"t = {number(fit.statistic)} ({df} df), {p_value(fit.p)}"


def _heterogeneity(fit: MetaAnalysis) -> list[str]:
    if fit.q is None:
        return []
    parts = []
    if fit.tau2 is not None:
        digits = decimals(fit.tau2)
        tau2 = f"τ² = {number(fit.tau2, digits)}"
        if fit.tau2_ci is not None:
            tau2 += f" ({interval(*(number(x, digits) for x in fit.tau2_ci))})"
        parts.append(tau2)
    i2 = f"I² = {percent(fit.i2)}"
    if fit.i2_ci is not None and fit.methods.i2 == "tau2":
        i2 += f" ({interval(*(percent(x) for x in fit.i2_ci))})"
    parts += [i2, f"Q = {number(fit.q)} ({fit.q_df} df), {p_value(fit.q_p)}"]
    return ["  Heterogeneity: " + "; ".join(parts)]


def formatter(effects: EffectSizes) -> Callable[[float], str]:
    """Return the function that formats these effect sizes' numbers on the display scale."""
    if effects.ratio:
        return ratio
    known = effects.shown_sei[effects.estimable]
    digits = decimals(float(known.min())) if known.size else 2
    return lambda value: number(value, digits)


def short_name(effects: EffectSizes) -> str:
    """Return the measure's short name for a header."""
    if effects.measure in ONE_GROUP or effects.measure.startswith("Z"):
        return _capital(MEASURE_WORDS[effects.measure])
    return "Effect" if effects.measure == "GENERIC" else effects.measure.replace("PETO", "Peto OR")


def _level(spec: MethodSpec) -> str:
    return f"{100 * spec.level:g}%"


def _count(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
