"""Certainty as readers see it: the level, who decided it, and the receipts behind a proposal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from equipoise.findings import Certainty, CertaintyLevel, ComparisonInfo, Finding
from equipoise.report.anchors import certainty_anchor, finding_anchor
from equipoise.report.directory import Directory
from equipoise.report.sentences import marked_up
from equipoise.words import certainty_text

_SYMBOLS: Final[dict[CertaintyLevel, str]] = {
    "high": "⊕⊕⊕⊕",
    "moderate": "⊕⊕⊕⊖",
    "low": "⊕⊕⊖⊖",
    "very low": "⊕⊖⊖⊖",
}

NOT_YET_RATED: Final = "not yet rated"


@dataclass(frozen=True, slots=True)
class CertaintyMark:
    """A level of certainty: ``basis`` says whether people decided it, disagree, or nobody has yet.

    ``symbols`` are empty where nothing can be said yet.
    """

    level: str
    symbols: str
    basis: str
    decided: bool
    anchor: str


@dataclass(frozen=True, slots=True)
class CertaintyView:
    """The rating of one finding. ``words`` are its receipts and decisions, a sentence each.

    ``domains`` are names with proposals; ``versions`` are those of the rules behind them.
    """

    anchor: str
    finding: str
    title: str
    start: str
    proposal: str
    mark: CertaintyMark
    domains: tuple[tuple[str, str], ...]
    words: tuple[Markup, ...]
    versions: str


def certainty_mark(finding: str, certainty: Certainty) -> CertaintyMark:
    """Say how certain a finding is and on whose word.

    A proposal with domains nobody has judged is the most the certainty can be, and says so. Where
    even that is *high*, it tells nothing but that nobody has looked: it is not shown as a rating.
    """
    rated = not _is_open(certainty)
    return CertaintyMark(
        level=certainty.level if rated else NOT_YET_RATED,
        symbols=_SYMBOLS[certainty.level] if rated else "",
        basis=_basis(certainty),
        decided=certainty.decided_by is not None,
        anchor=certainty_anchor(finding),
    )


def certainty_views(names: Directory, comparison: ComparisonInfo) -> tuple[CertaintyView, ...]:
    """List the ratings of a comparison's findings."""
    return tuple(
        _view(names, finding, finding.certainty)
        for finding in names.of(comparison)
        if finding.certainty is not None
    )


def _view(names: Directory, finding: Finding, certainty: Certainty) -> CertaintyView:
    return CertaintyView(
        anchor=certainty_anchor(finding.id),
        finding=finding_anchor(finding.id),
        title=names.short_title(finding),
        start=certainty.start,
        proposal=certainty.proposal,
        mark=certainty_mark(finding.id, certainty),
        domains=tuple((domain.domain, domain.proposal) for domain in certainty.domains),
        words=tuple(marked_up(sentence, names) for sentence in certainty_text(names.all, finding)),
        versions=", ".join(sorted({domain.receipt.version for domain in certainty.domains})),
    )


def _is_open(certainty: Certainty) -> bool:
    """Tell a ceiling that rules out nothing: no decision, parts not judged, and *high* so far."""
    undecided = certainty.decided_by is None and bool(certainty.not_judged)
    return undecided and certainty.level == "high"


def _basis(certainty: Certainty) -> str:
    if len({decision.judgement for decision in certainty.decisions}) > 1:
        each = ", ".join(f"{made.by} {made.judgement}" for made in certainty.decisions)
        return f"reviewers disagree: {each}"
    if certainty.decided_by is not None:
        return f"decided by {certainty.decided_by}"
    if _is_open(certainty):
        return f"nobody has judged: {', '.join(certainty.not_judged)}"
    if certainty.not_judged:
        return f"proposal: {certainty.level} at most"
    return "proposal: nobody has decided"
