"""Checks of judgements: risk of bias, and people's decisions on certainty."""

from __future__ import annotations

import re
from collections.abc import Iterator

from equipoise.review.checks.draft import Draft
from equipoise.review.model import BiasJudgement, CertaintyDecision, Problem
from equipoise.review.problems import Place, did_you_mean, error, one_of, warning
from equipoise.review.rows import JUDGEMENTS

ROB2_DOMAINS = (
    "randomisation",
    "deviations",
    "missing",
    "measurement",
    "selection",
    "period",
    "overall",
)
CERTAINTY_DOMAINS = (
    "risk of bias",
    "inconsistency",
    "indirectness",
    "imprecision",
    "publication bias",
)
SERIOUSNESS = ("not serious", "serious", "very serious", "extremely serious")
LEVELS = ("high", "moderate", "low", "very low")
_DATE = re.compile(r"[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?")


def check_bias(draft: Draft) -> Iterator[Problem]:
    """Check the rows of ``risk_of_bias.csv``."""
    review = draft.plan.review if draft.plan else None
    rob2 = (
        review is not None and (review.risk_of_bias_tool or "").replace(" ", "").lower() == "rob2"
    )
    first: dict[tuple[str | None, ...], BiasJudgement] = {}
    for row in draft.judgements.rows:
        if rob2:
            yield from _rob2(draft, row)
        key = (row.study, row.outcome, row.time, row.domain, row.assessor)
        if key in first:
            place = Place(JUDGEMENTS.file, row.line, "domain")
            message = f"Line {first[key].line} already judges this; two people name 'assessor'."
            yield error(place, "repeated-judgement", message, found=row.domain)
        first.setdefault(key, row)


def _rob2(draft: Draft, row: BiasJudgement) -> Iterator[Problem]:
    if row.domain not in ROB2_DOMAINS:
        place = Place(JUDGEMENTS.file, row.line, "domain")
        message = f"RoB 2 has no such domain.{did_you_mean(row.domain, ROB2_DOMAINS)}"
        yield error(
            place, "unknown-domain", message, found=row.domain, allowed=one_of(ROB2_DOMAINS)
        )
    study = draft.study_of.get(row.study)
    if row.domain == "period" and study is not None and study.design not in (None, "crossover"):
        place = Place(JUDGEMENTS.file, row.line, "domain")
        message = "Only crossover trials have periods."
        yield warning(place, "domain-of-another-design", message, found=row.domain)
    if row.judgement == "unclear":
        place = Place(JUDGEMENTS.file, row.line, "judgement")
        message = "'unclear' is a word of the first tool; RoB 2 says 'some concerns'."
        allowed = "low, some concerns, high"
        yield warning(place, "judgement-of-another-tool", message, found="unclear", allowed=allowed)


def check_decision(draft: Draft, decision: CertaintyDecision) -> Iterator[Problem]:
    """Check the words of one decision, and who took it."""

    def place(field: str) -> Place:
        return Place(decision.file or "decisions", decision.line, field)

    domains = (*CERTAINTY_DOMAINS, "overall")
    if decision.domain not in domains:
        message = f"GRADE has no such domain.{did_you_mean(decision.domain, domains)}"
        found = decision.domain
        yield error(
            place("domain"), "unknown-domain", message, found=found, allowed=one_of(domains)
        )
    elif not decision.withdrawn:
        words = LEVELS if decision.domain == "overall" else SERIOUSNESS
        if decision.judgement not in words:
            message = f"Not a judgement of this domain.{did_you_mean(decision.judgement, words)}"
            found = decision.judgement
            yield error(
                place("judgement"), "not-allowed", message, found=found, allowed=one_of(words)
            )
    reviewers = draft.plan.review.reviewers if draft.plan and draft.plan.review else ()
    if reviewers and decision.by not in reviewers:
        message = "The protocol does not list this reviewer."
        allowed = one_of(reviewers)
        yield warning(place("by"), "unknown-reviewer", message, found=decision.by, allowed=allowed)
    if decision.date is not None and not _DATE.fullmatch(decision.date):
        message = "Dates are written year-month-day."
        yield warning(
            place("date"), "odd-date", message, found=decision.date, allowed="as in 2025-06-01"
        )
