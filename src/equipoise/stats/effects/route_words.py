"""What each route from reported numbers to an effect size does, in words, and what it supposes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from equipoise.stats.effects.design_words import DESIGN_WORDS

_SD_KNOWN: Final = "nothing beyond what was reported"
_EQUAL_SD: Final = "both arms share one standard deviation"
_STUDENT: Final = "a t-test with the pooled variance"
_WHOLE: Final = "the margins are right, and rounding is the only error"

ROUTE_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "table": ("counts as reported", _SD_KNOWN),
    "rates": ("events and person-time as reported", "events at a constant rate"),
    "means": ("mean and standard deviation as reported", _SD_KNOWN),
    "means-se": ("SD = standard error × √n", "the error is that of this arm's own mean"),
    "means-ci": (
        "SD = √n × width of the mean's interval / (2 × quantile); mean as reported, else its middle",
        "the interval is of this arm's own mean, and symmetric",
    ),
    "means-iqr": ("SD = (q3 − q1) / (2 Φ⁻¹((0.75n − 0.125)/(n + 0.25))), Wan", "normal data"),
    "means-range": ("SD = (max − min) / (2 Φ⁻¹((n − 0.375)/(n + 0.25))), Wan", "normal data"),
    "means-five": ("SD from range and quartiles, optimally weighted, Shi", "normal data"),
    "median-iqr": ("mean and SD from median and quartiles", ""),
    "median-range": ("mean and SD from median and range", ""),
    "median-five": ("mean and SD from median, quartiles and range", ""),
    "means-md-se": ("SD = SE of the difference / √(1/n1 + 1/n2)", _EQUAL_SD),
    "means-md-ci": ("SE = width of the difference's interval / (2 × quantile); SD from it", _EQUAL_SD),
    "means-t": ("SE = |difference / t|; SD = SE / √(1/n1 + 1/n2)", f"{_EQUAL_SD}: {_STUDENT}"),
    "means-p": ("t from p; SE = |difference / t|; SD = SE / √(1/n1 + 1/n2)",
                f"{_EQUAL_SD}: {_STUDENT}, two-sided"),
    "t-statistic": ("d = t √(1/n1 + 1/n2)", _STUDENT),
    "f-statistic": ("t = ±√F; d = t √(1/n1 + 1/n2)", "one-way analysis of two groups, no covariates"),
    "p-value": ("t from p; d = t √(1/n1 + 1/n2)", f"{_STUDENT}, two-sided; p not rounded much"),
    "d": ("d as reported", "standardised by the pooled SD, not corrected"),
    "g": ("d = g / J", "standardised by the pooled SD, corrected by Hedges' exact factor"),
    "point-biserial": ("d = r √h / √(1 − r²), h = (N − 2)(1/n1 + 1/n2)", "r of group and outcome"),
    "estimate-se": ("estimate and standard error as reported", "the error is on the scale of analysis"),
    "estimate-ci": ("SE = width of the interval / (2 × quantile)", "a Wald interval on the scale of analysis"),
    "estimate-t": ("SE = |estimate / t|", "t is estimate over standard error"),
    "estimate-p": ("SE = |estimate / quantile of p|", "a two-sided Wald test on the scale of analysis"),
    "o-minus-e": ("(O − E)/V with variance 1/V", "an effect that is not large"),
    "log-rank-events": ("V = e1 e2 / (e1 + e2); O − E = ± z √V",
                        "p of a two-sided log-rank test; events as many as under no effect"),
    "log-rank-sizes": ("V = events × n1 n2 / N²; O − E = ± z √V",
                       "p of a two-sided log-rank test; people at risk as randomised"),
    "log-rank-equal": ("V = events / 4; O − E = ± z √V",
                       "p of a two-sided log-rank test; equal allocation"),
    "correlation": ("r as reported", _SD_KNOWN),
    "correlation-t": ("r = t / √(t² + df)", "t of the test that r is zero"),
    "correlation-p": ("t from p; r = t / √(t² + df)", "a two-sided t-test that r is zero"),
    "table-from-odds-ratio": ("the one table with these margins and this odds ratio", _WHOLE),
    "table-from-phi": ("the one table with these margins and this phi", _WHOLE),
    "table-from-chi2": ("phi = ±√(χ²/N), Yates' correction undone if said; its table", _WHOLE),
    "table-from-accuracy": ("positive tests = sensitivity × ill, (1 − specificity) × well",
                            "arm 1 is those with the condition; rounding is the only error"),
    "table-from-prevalence": ("ill = prevalence × n; positive tests from the accuracy",
                              "arm 1 is those with the condition; rounding is the only error"),
    "table-from-ppv": ("prevalence from the positive predictive value; then the accuracy",
                       "arm 1 is those with the condition; rounding is the only error"),
    "table-from-npv": ("prevalence from the negative predictive value; then the accuracy",
                       "arm 1 is those with the condition; rounding is the only error"),
    "semi-partial": ("semi-partial r and R² as reported", _SD_KNOWN),
    "semi-partial-t": ("r = t √((1 − R²) / df)", "t of one coefficient of the regression with this R²"),
    "semi-partial-p": ("t from p; r = t √((1 − R²) / df)",
                       "a two-sided t-test of one coefficient of the regression with this R²"),
    "determination": ("R² as reported, not adjusted", _SD_KNOWN),
    "determination-f": ("R² = m F / (m F + n − m − 1)", "F of the whole regression"),
    "auc": ("area under the curve as reported", _SD_KNOWN),
    "genotypes": ("counts of genotypes as reported", _SD_KNOWN),
    "margins": ("events under each treatment, and phi of the pairs, as reported", _SD_KNOWN),
    "pairs": ("counts of pairs as reported", _SD_KNOWN),
    "alpha": ("alpha as reported", _SD_KNOWN),
    "measured-twice": ("means, standard deviations and their correlation as reported", _SD_KNOWN),
    "proportion": ("events and participants as reported", _SD_KNOWN),
    "rate": ("events and person-time as reported", "events at a constant rate"),
}  # fmt: skip
"""Each route's formula in words, and what it supposes."""

MEDIAN_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "luo-wan-shi": ("Luo's mean and Wan's or Shi's SD", "normal data"),
    "lognormal": ("Shi's estimates on the log scale, brought back", "log-normal data"),
    "qe": ("the closest of the normal, log-normal, gamma and Weibull distributions",
           "one of these four distributions"),
    "box-cox": ("Box and Cox's transformation towards symmetry", "normal data once transformed"),
}  # fmt: skip


def explanation(
    study: Sequence[str],
    route: Sequence[str | None],
    reasons: Sequence[str | None],
    settings: Mapping[str, Any],
) -> str:
    """Return a paragraph a row."""
    lines = []
    for name, code, reason in zip(study, route, reasons, strict=True):
        lines.append(f"{name}: {'no route recorded' if code is None else code}")
        lines += [] if code is None else _details(code, settings)
        lines += [] if reason is None else [f"  not estimable: {reason}"]
    return "\n".join(lines)


def _details(code: str, settings: Mapping[str, Any]) -> list[str]:
    """Return the lines of one route; those of both arms where they differ."""
    parts = code.split("+")
    if len(parts) == 1:
        formula, supposes = _words(code, settings)
        return [f"  {formula}", f"  supposes: {supposes}"]
    lines = []
    for arm, part in enumerate(parts, start=1):
        formula, supposes = _words(part, settings)
        lines.append(f"  arm {arm}, {part}: {formula}; supposes: {supposes}")
    return lines


def _words(code: str, settings: Mapping[str, Any]) -> tuple[str, str]:
    formula, supposes = {**ROUTE_WORDS, **DESIGN_WORDS}[code]
    if code.startswith("median"):
        how, supposes = MEDIAN_WORDS[settings["medians"]]
        formula = f"{formula}: {how}"
    return formula, supposes
