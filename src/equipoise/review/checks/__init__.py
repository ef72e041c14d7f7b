"""What must hold between the files of a review, and what deserves a second look.

Each module looks at one thing and yields problems; nothing here changes what was read.
"""

from __future__ import annotations

from collections.abc import Iterator

from equipoise.review.checks.analyses import check_analyses, check_one_sided, check_repeated
from equipoise.review.checks.contrasts import check_contrast
from equipoise.review.checks.counts import check_counts, check_randomised
from equipoise.review.checks.designs import check_designs
from equipoise.review.checks.draft import Draft
from equipoise.review.checks.entries import check_entry
from equipoise.review.checks.judgements import check_bias, check_decision
from equipoise.review.checks.means import check_means
from equipoise.review.checks.methods import check_methods
from equipoise.review.checks.protocol import check_protocol
from equipoise.review.checks.references import check_references, check_treatments_planned
from equipoise.review.checks.spreads import check_spreads
from equipoise.review.model import Problem

__all__ = ["Draft", "check_draft"]


def check_draft(draft: Draft) -> Iterator[Problem]:
    """Run every check on a folder as far as it could be read."""
    if draft.plan is not None:
        yield from check_protocol(draft.plan)
        yield from check_methods(draft.plan)
    yield from check_references(draft)
    yield from check_treatments_planned(draft)
    yield from check_randomised(draft)
    for row in draft.sound_results:
        yield from check_entry(row, draft.outcome_of.get(row.outcome))
        yield from check_counts(draft, row)
        yield from check_means(row, draft.scale(row))
        yield from check_contrast(row)
    yield from check_repeated(draft)
    yield from check_analyses(draft)
    yield from check_one_sided(draft)
    yield from check_spreads(draft)
    yield from check_designs(draft)
    yield from check_bias(draft)
    for decision in draft.decisions:
        yield from check_decision(draft, decision)
