"""People's decisions on certainty: which of the logged lines still stand."""

from __future__ import annotations

from collections.abc import Iterable

from equipoise.findings import Decision
from equipoise.review.model import CertaintyDecision

OVERALL = "overall"


def standing_decisions(
    decisions: Iterable[CertaintyDecision], comparison: str, outcome: str, time: str | None
) -> dict[str, tuple[Decision, ...]]:
    """Find the decisions that stand for one cell, by domain, earliest first.

    A later line of the same person replaces their earlier one, and a withdrawn line takes it back.
    Decisions about a subgroup are not decisions about the cell. Dated decisions are ordered by
    date, undated ones come before them; ties keep the order of the logs.
    """
    latest: dict[tuple[str, str], CertaintyDecision] = {}
    for decision in decisions:
        cell = (decision.comparison, decision.outcome, decision.time)
        if cell == (comparison, outcome, time) and decision.subgroup is None:
            latest.pop((decision.domain, decision.by), None)
            latest[decision.domain, decision.by] = decision
    standing: dict[str, tuple[Decision, ...]] = {}
    for decision in sorted(latest.values(), key=lambda d: d.date or ""):
        if not decision.withdrawn:
            made = Decision(decision.by, decision.judgement, decision.reason, decision.date)
            standing[decision.domain] = (*standing.get(decision.domain, ()), made)
    return standing
