"""The certainty of one finding: the machine's proposal beside the people's decisions.

Randomised trials start at high certainty. Each domain's rule proposes how far to rate down and
leaves a receipt; a person's decision on a domain takes the place of the proposal in the sum, and a
person's overall decision is what readers are shown. Where people disagree the most cautious of
their decisions holds until they agree, and all of them are kept. Indirectness and publication bias
are always left to people: no number in a review folder decides them.

Reference: Guyatt GH et al. GRADE guidelines 1. J Clin Epidemiol 2011;64:383
(doi:10.1016/j.jclinepi.2010.04.026).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from equipoise.appraisal.decisions import OVERALL
from equipoise.appraisal.evidence import Evidence
from equipoise.appraisal.imprecision import appraise_imprecision
from equipoise.appraisal.inconsistency import appraise_inconsistency
from equipoise.appraisal.receipts import WORDS, propose
from equipoise.appraisal.risk_of_bias import appraise_risk_of_bias
from equipoise.findings import (
    Certainty,
    CertaintyDomain,
    CertaintyDomainName,
    CertaintyLevel,
    Decision,
)

LEVELS: tuple[CertaintyLevel, ...] = ("high", "moderate", "low", "very low")
FUNNEL_FROM = 10


def appraise_certainty(
    evidence: Evidence | None, decisions: Mapping[str, tuple[Decision, ...]]
) -> Certainty | None:
    """Rate one finding.

    Args:
        evidence: The primary estimate with its trials; ``None`` when nothing could be estimated.
        decisions: The people's standing decisions by domain (and ``overall``), one for
            each person.

    Returns:
        ``None`` when there is neither an estimate nor a decision.
    """
    if evidence is None and not decisions:
        return None
    proposals = _nothing_to_judge() if evidence is None else _proposals(evidence)
    domains = tuple(replace(p, decisions=decisions.get(p.domain, ())) for p in proposals)
    overall = decisions.get(OVERALL, ())
    proposal = _rate_down(domains)
    return Certainty(
        start="high",
        domains=domains,
        proposal=proposal,
        not_judged=tuple(d.domain for d in domains if effective_levels(d) is None),
        level=_lowest(overall) if overall else proposal,
        decided_by=", ".join(decision.by for decision in overall) or None,
        decisions=overall,
    )


def effective_levels(domain: CertaintyDomain) -> int | None:
    """Give the levels a domain takes off: by people's decisions the most, else the proposal's."""
    if domain.decisions:
        words: Sequence[str] = WORDS
        return max(words.index(decision.judgement) for decision in domain.decisions)
    return domain.levels


def _lowest(decisions: Sequence[Decision]) -> CertaintyLevel:
    words: Sequence[str] = LEVELS
    return LEVELS[max(words.index(decision.judgement) for decision in decisions)]


def _rate_down(domains: Sequence[CertaintyDomain]) -> CertaintyLevel:
    down = sum(effective_levels(domain) or 0 for domain in domains)
    return LEVELS[min(down, len(LEVELS) - 1)]


def _proposals(evidence: Evidence) -> tuple[CertaintyDomain, ...]:
    return (
        appraise_risk_of_bias(evidence.trials),
        appraise_inconsistency(evidence),
        _indirectness(),
        appraise_imprecision(evidence),
        _publication_bias(evidence.estimate.k),
    )


def _indirectness() -> CertaintyDomain:
    reason = "whether people, treatments and outcomes fit the question is for people to judge"
    return propose("indirectness", None, "indirectness/for-people", {"reason": reason})


def _publication_bias(k: int) -> CertaintyDomain:
    reason = (
        f"fewer than {FUNNEL_FROM} trials: a funnel plot or its tests cannot tell"
        if k < FUNNEL_FROM
        else "missing results are for people to judge, from registries, funding and funnel plots"
    )
    return propose(
        "publication bias", None, "publication-bias/for-people",
        {"trials": k, "reason": reason}, {"funnel_from_trials": FUNNEL_FROM},
    )  # fmt: skip


def _nothing_to_judge() -> tuple[CertaintyDomain, ...]:
    names: tuple[CertaintyDomainName, ...] = (
        "risk of bias", "inconsistency", "indirectness", "imprecision", "publication bias",
    )  # fmt: skip
    inputs: dict[str, float | int | str | None] = {"reason": "nothing could be estimated"}
    return tuple(propose(name, None, "no-estimate", dict(inputs)) for name in names)
