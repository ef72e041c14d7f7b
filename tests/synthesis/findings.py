"""One way from trials to a finding, for the tests of this folder."""

from __future__ import annotations

from equipoise.findings import Estimate, Finding
from equipoise.review.model import Protocol
from equipoise.synthesis import synthesise
from support.review_factory import Trial, review


def finding(
    *trials: Trial,
    plan: Protocol | None = None,
    cell: str = "drug-placebo.pain",
    **parts: object,
) -> Finding:
    """Synthesise trials and pick one finding."""
    made = synthesise(review(*trials, plan=plan, **parts), software_version="1")
    return next(found for found in made.findings if found.id == cell)


def primary(found: Finding) -> Estimate:
    """Pick the estimate under the protocol's preset."""
    return found.estimates[found.primary]


def codes(notes: object) -> list[str]:
    """List the codes of notes."""
    return [note.code for note in notes]  # type: ignore[attr-defined]  # a tuple of notes
