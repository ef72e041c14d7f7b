"""Where an interval lies: against no difference, and against the minimal important difference.

The rule reads the interval only, never the p-value alone:

==========================================  ============================
the interval lies …                         verdict
==========================================  ============================
beyond the MID on the side of benefit       important benefit
within ± MID                                little or no difference
beyond the MID on the side of harm          important harm
else, wholly on the side of benefit         benefit (importance open)
else, wholly on the side of harm            harm (importance open)
else                                        unclear
==========================================  ============================

Without a minimal important difference only the last three are possible. An effect of exactly the
MID counts as important, because the MID is the smallest difference that is.
"""

from __future__ import annotations

from typing import Literal

from equipoise.appraisal.thresholds import Thresholds
from equipoise.findings import Estimate, Verdict, VerdictCategory

AgainstMid = Literal["important benefit", "little or no difference", "important harm", "unclear"]
AgainstNull = Literal["favours treatment", "favours comparator", "unclear"]

_OPEN: dict[AgainstNull, VerdictCategory] = {
    "favours treatment": "benefit",
    "favours comparator": "harm",
    "unclear": "unclear",
}


def verdict(estimate: Estimate | None, thresholds: Thresholds) -> Verdict:
    """Judge one estimate's interval; ``unclear`` when there is none."""
    if estimate is None:
        rule = "Nothing could be estimated, so there is no interval to judge."
        return Verdict("unclear", "unclear", None, thresholds.mid, thresholds.mid_unit, rule)
    low, high = estimate.effect.ci_low, estimate.effect.ci_high
    null = against_null(low, high, thresholds)
    mid = against_mid(low, high, thresholds)
    rule = _rule(estimate, thresholds)
    return Verdict(_category(null, mid), null, mid, thresholds.mid, thresholds.mid_unit, rule)


def category(low: float, high: float, thresholds: Thresholds) -> VerdictCategory:
    """Judge an interval on the display scale."""
    return _category(against_null(low, high, thresholds), against_mid(low, high, thresholds))


def against_null(low: float, high: float, thresholds: Thresholds) -> AgainstNull:
    """Say whom an interval favours; one that touches no difference favours nobody."""
    ends = thresholds.from_null(low), thresholds.from_null(high)
    if min(ends) > 0:
        return "favours treatment"
    return "favours comparator" if max(ends) < 0 else "unclear"


def against_mid(low: float, high: float, thresholds: Thresholds) -> AgainstMid | None:
    """Place an interval against the minimal important difference; ``None`` without one."""
    mid = thresholds.mid
    if mid is None:
        return None
    worst, best = thresholds.oriented(low, high)
    if worst >= mid:
        return "important benefit"
    if best <= -mid:
        return "important harm"
    return "little or no difference" if -mid < worst and best < mid else "unclear"


def _category(null: AgainstNull, mid: AgainstMid | None) -> VerdictCategory:
    return _OPEN[null] if mid is None or mid == "unclear" else mid


def _rule(estimate: Estimate, thresholds: Thresholds) -> str:
    low, high = estimate.effect.ci_low, estimate.effect.ci_high
    level = _number(100 * estimate.methods.level)
    null = _null_words(thresholds, against_null(low, high, thresholds))
    mid = _mid_words(low, high, thresholds, against_mid(low, high, thresholds))
    return f"The {level}% confidence interval, {_span(low, high)}, {null}{mid}."


def _null_words(thresholds: Thresholds, null: AgainstNull) -> str:
    if null == "unclear":
        return f"includes no difference ({_number(thresholds.null)})"
    side = "benefit" if null == "favours treatment" else "harm"
    return f"excludes no difference ({_number(thresholds.null)}) on the side of {side}"


def _mid_words(low: float, high: float, thresholds: Thresholds, mid: AgainstMid | None) -> str:
    if mid is None or thresholds.mid is None:
        return "; no minimal important difference was applied"
    where = {
        "important benefit": "lies wholly at or beyond it on the side of benefit",
        "important harm": "lies wholly at or beyond it on the side of harm",
        "little or no difference": "lies wholly within it in either direction",
        "unclear": "does not lie wholly on one side of it",
    }[mid]
    unit = "" if thresholds.mid_unit is None else f" {thresholds.mid_unit}"
    line = f"the minimal important difference is {_number(thresholds.mid)}{unit}"
    if not thresholds.per_1000:
        return f"; {line}, and the interval {where}"
    ends = sorted(thresholds.sign * end for end in thresholds.oriented(low, high))
    return f"; {line}, and the absolute interval, {_span(*ends)} per 1,000, {where}"


def _span(low: float, high: float) -> str:
    return f"{_number(low, 2)} to {_number(high, 2)}"


def _number(value: float, decimals: int | None = None) -> str:
    """Write a number plainly: a true minus sign, no minus before zero."""
    text = f"{value:.10g}" if decimals is None else f"{value:.{decimals}f}"
    if float(text) == 0:
        text = text.lstrip("-")
    return text.replace("-", "\u2212")
