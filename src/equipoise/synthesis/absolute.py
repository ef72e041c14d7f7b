"""Risks per 1,000 people, from a relative effect and an assumed comparator risk.

The interval's ends are moved at a fixed comparator risk, as GRADE does; the uncertainty of the
comparator's risk itself is not included. Reference: Cochrane Handbook, section 15.4.4.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import cast

from equipoise.appraisal.thresholds import takes_absolute_effects
from equipoise.findings import AbsoluteEffect, Effect, Note
from equipoise.review.model import Outcome
from equipoise.stats import absolute_effect
from equipoise.stats.options import Measure
from equipoise.synthesis.contrasts import Contrast

_CAPPED = Note(
    "risk-capped", "A computed risk beyond 0 or 1,000 per 1,000 is shown as the nearest possible."
)


@dataclass(frozen=True, slots=True)
class AssumedRisk:
    """The comparator's risk (0 to 1) and where it comes from; or why absolute effects are left out."""

    risk: float | None
    basis: str
    notes: tuple[Note, ...] = ()


def assumed_risk(outcome: Outcome, measure: str, entered: Iterable[Contrast]) -> AssumedRisk | None:
    """Choose the comparator's risk: the protocol's, else the median of the trials that entered.

    Where half of the trials or more had no event with the comparator, the median is zero and a
    ratio of risks gives no absolute effect; then the risk of all comparator groups together is
    used, and the basis says so.

    Returns:
        ``None`` when the measure has no absolute counterpart; an :class:`AssumedRisk` without a
        risk when there should be one but cannot.
    """
    if not takes_absolute_effects(measure):
        return None
    if outcome.assumed_risk is not None:
        basis = outcome.assumed_risk_source or "stated in the protocol"
        return _usable(outcome.assumed_risk, basis, measure)
    counts = [
        (contrast.comparator.events, contrast.comparator.n)
        for contrast in entered
        if contrast.comparator.events is not None and contrast.comparator.n
    ]
    if not counts:
        text = "No absolute effect: neither the protocol nor a trial gives the comparator's risk."
        return AssumedRisk(None, "", (Note("no-assumed-risk", text),))
    return _usable(*_observed(counts, measure), measure)


def _observed(counts: Sequence[tuple[float, float]], measure: str) -> tuple[float, str]:
    """Summarise the comparator's risk in the trials: the median, or all groups together."""
    if len(counts) == 1:
        return counts[0][0] / counts[0][1], "the comparator's risk in the trial that entered"
    trials = f"the {len(counts)} trials that entered"
    median = statistics.median(events / n for events, n in counts)
    events = math.fsum(events for events, _ in counts)
    if median > 0 or events == 0 or measure == "RD":
        return median, f"median of the comparator's risk in {trials}"
    together = events / math.fsum(n for _, n in counts)
    return together, f"the comparator's risk in {trials} together, because its median is zero"


def _usable(risk: float, basis: str, measure: str) -> AssumedRisk:
    if 0 < risk <= 1 or measure == "RD":
        return AssumedRisk(risk, basis)
    text = (
        f"No absolute effect: the comparator's assumed risk is {risk:g} ({basis}), "
        "from which a relative effect gives no absolute one."
    )
    return AssumedRisk(None, basis, (Note("assumed-risk-zero", text),))


def absolute(effect: Effect, measure: str, assumed: AssumedRisk) -> AbsoluteEffect | None:
    """Compute risks per 1,000 for one estimate; ``None`` without an assumed risk."""
    if assumed.risk is None:
        return None
    low, high = effect.ci_low, effect.ci_high
    risks = absolute_effect(cast("Measure", measure), effect.estimate, low, high, assumed.risk)
    return AbsoluteEffect(
        assumed_risk=assumed.risk,
        assumed_risk_basis=assumed.basis,
        comparator_per_1000=1000 * assumed.risk,
        treatment_per_1000=1000 * risks.risk,
        treatment_low_per_1000=1000 * risks.risk_low,
        treatment_high_per_1000=1000 * risks.risk_high,
        difference_per_1000=1000 * risks.difference,
        difference_low_per_1000=1000 * risks.difference_low,
        difference_high_per_1000=1000 * risks.difference_high,
        notes=(_CAPPED,) if risks.notes else (),
    )
