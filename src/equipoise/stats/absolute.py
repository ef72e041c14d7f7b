"""What a relative effect means for people: risks with and without treatment."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from equipoise.errors import DataError, MethodError
from equipoise.kernels import absolute as kernel
from equipoise.stats import printing
from equipoise.stats.notes import Note
from equipoise.stats.options import Measure, check_option

_KERNELS = {
    "RR": kernel.risk_from_ratio,
    "OR": kernel.risk_from_odds_ratio,
    "PETO": kernel.risk_from_odds_ratio,
    "HR": kernel.risk_from_hazard_ratio,
    "RD": kernel.risk_from_difference,
}


_FEW = 9.95


@dataclass(frozen=True, slots=True)
class AbsoluteRisks:
    """Risks from 0 to 1. ``difference`` is treatment minus comparator.

    ``nnt`` is 1 / |difference|, ``None`` where the interval of the difference includes zero: a
    number needed to treat then runs through infinity and misleads.
    """

    measure: str
    assumed_risk: float
    risk: float
    risk_low: float
    risk_high: float
    difference: float
    difference_low: float
    difference_high: float
    nnt: float | None
    notes: tuple[Note, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return strict JSON data."""
        return asdict(self) | {"notes": [note.to_dict() for note in self.notes]}

    def __str__(self) -> str:
        risks = (_per_thousand(v) for v in (self.risk, self.risk_low, self.risk_high))
        fewer = sorted((self.difference_low, self.difference_high))
        change = (_per_thousand(v) for v in (self.difference, *fewer))
        lines = [
            f"Of 1,000 people, {_per_thousand(self.assumed_risk)} have the event without treatment",
            "  With it {} ({} to {}): a difference of {} ({} to {})".format(*risks, *change),
        ]
        if self.nnt is not None:
            lines.append(f"  One in {math.ceil(self.nnt)} treated has another outcome for it")
        return "\n".join([*lines, *(f"  Note: {note.text}" for note in self.notes)])


def absolute_effect(
    measure: Measure, estimate: float, ci_low: float, ci_high: float, assumed_risk: float
) -> AbsoluteRisks:
    """Apply a relative effect to an assumed risk of the comparator.

    The assumed risk is taken as known: intervals carry only the uncertainty of the effect. A Peto
    odds ratio is taken as an odds ratio; a hazard ratio assumes proportional hazards. Risks beyond
    0 or 1 are capped and noted.

    Args:
        measure: ``RR``, ``OR``, ``PETO``, ``HR`` or ``RD``.
        estimate: The effect on the display scale (a ratio, not its logarithm).
        ci_low: Its lower limit.
        ci_high: Its upper limit.
        assumed_risk: The comparator's risk, 0 to 1.

    Raises:
        MethodError: For a measure without a risk.
        DataError: For a risk outside [0, 1], a negative ratio, or limits out of order.

    Example:
        >>> risks = absolute_effect("RR", 0.5, 0.25, 1.0, 0.1)
        >>> risks.risk, risks.difference
        (0.05, -0.05)
    """
    check_option("measure", measure)
    if measure not in _KERNELS:
        raise MethodError(
            f"{measure} has no risks; use one of {', '.join(_KERNELS)}",
            spec=f"measure={measure}",
            reason="not a measure of risk",
        )
    _check(measure, (estimate, ci_low, ci_high), assumed_risk)
    raw = _KERNELS[measure](np.array([estimate, ci_low, ci_high]), np.full(3, assumed_risk))
    capped = np.clip(raw, 0.0, 1.0)
    notes: tuple[Note, ...] = ()
    if not np.array_equal(raw, capped):
        notes = (
            Note("risk-capped", "a risk beyond 0 or 1 was capped; the effect does not fit it"),
        )
    risk, low, high = (float(value) for value in capped)
    nnt = None if ci_low <= _null(measure) <= ci_high else _inverse(risk - assumed_risk)
    return AbsoluteRisks(
        measure, assumed_risk, risk, low, high,
        risk - assumed_risk, low - assumed_risk, high - assumed_risk, nnt, notes,
    )  # fmt: skip


def _per_thousand(risk: float) -> str:
    """Return a risk or difference per 1,000, with a decimal below ten."""
    value = 1000.0 * risk
    return printing.number(value, 1 if abs(value) < _FEW else 0)


def _null(measure: str) -> float:
    return 0.0 if measure == "RD" else 1.0


def _inverse(difference: float) -> float | None:
    return None if difference == 0.0 else 1.0 / abs(difference)


def _check(measure: str, values: tuple[float, float, float], assumed_risk: float) -> None:
    if not 0.0 <= assumed_risk <= 1.0:
        raise DataError(
            f"the assumed risk must be between 0 and 1, not {assumed_risk!r}", rule="a risk"
        )
    if not all(math.isfinite(value) for value in values):
        raise DataError(f"the effect and its limits must be finite, not {values}", rule="finite")
    estimate, low, high = values
    if not low <= estimate <= high:
        raise DataError(
            f"the estimate {estimate:g} must lie between its limits, {low:g} and {high:g}",
            rule="limits in order",
        )
    if measure != "RD" and low < 0.0:
        raise DataError(
            f"a ratio cannot be negative ({low:g}); give ratios, not logarithms", rule="a ratio"
        )
