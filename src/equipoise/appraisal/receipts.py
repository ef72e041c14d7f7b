"""Proposals with receipts: which rule, what it read, and the cut-offs it used."""

from __future__ import annotations

from typing import Literal

from equipoise.findings import CertaintyDomain, CertaintyDomainName, Receipt

RULES_VERSION = "1"
PROJECT_DEFAULT = "project default"

Level = Literal[0, 1, 2, 3]
Proposal = Literal["not serious", "serious", "very serious", "extremely serious", "not judged"]

WORDS: tuple[Proposal, ...] = ("not serious", "serious", "very serious", "extremely serious")

Inputs = dict[str, float | int | str | None]
Limits = dict[str, float | int | str]


def propose(
    domain: CertaintyDomainName,
    levels: int | None,
    rule: str,
    inputs: Inputs,
    thresholds: Limits | None = None,
) -> CertaintyDomain:
    """Make a proposal for one domain; ``levels=None`` means nobody can judge it from the data."""
    limits = dict(thresholds or {})
    if limits:
        limits.setdefault("basis", PROJECT_DEFAULT)
    receipt = Receipt(rule=rule, inputs=inputs, thresholds=limits, version=RULES_VERSION)
    word: Proposal = "not judged" if levels is None else WORDS[levels]
    return CertaintyDomain(domain, word, levels, receipt, decisions=())
