"""The certainty of a finding in words, and who says so.

A proposal computed while some domains are not judged is a ceiling, not a rating. Its words are
therefore never stronger than *may*, and the text says that nobody has rated it yet.
"""

from __future__ import annotations

from collections.abc import Sequence

from equipoise.findings import CertaintyDomain, CertaintyLevel, Decision, Finding, Findings
from equipoise.words.binding import Parts, bind, join_path, listed, make_sentence
from equipoise.words.model import Bound, Sentence


def strength(finding: Finding) -> CertaintyLevel:
    """Give the level whose words a statement may use."""
    certainty = finding.certainty
    if certainty is None:
        return "low"
    if certainty.level == "very low" or not is_ceiling(finding):
        return certainty.level
    return "low"


def is_ceiling(finding: Finding) -> bool:
    """Tell whether the level shown is a proposal with domains that nobody has judged."""
    certainty = finding.certainty
    return certainty is None or (certainty.decided_by is None and bool(certainty.not_judged))


def reviewers_disagree(finding: Finding) -> bool:
    """Tell whether people decided differently on the certainty as a whole."""
    return finding.certainty is not None and _differ(finding.certainty.decisions)


def certainty_tag(findings: Findings, finding: Finding) -> Parts:
    """Write the certainty in brief: ``certainty low``, ``certainty at most low, not yet rated``.

    Where people decided differently: ``certainty low; reviewers disagree``.
    """
    if finding.certainty is None:
        return ("certainty not yet rated",)
    level = _level(findings, finding)
    if is_ceiling(finding):
        if finding.certainty.level == "high":
            return ("certainty not yet rated",)
        if finding.certainty.level == "very low":  # nothing lies below it
            return ("certainty ", *level, ", not yet rated")
        return ("certainty at most ", *level, ", not yet rated")
    if reviewers_disagree(finding):
        return ("certainty ", *level, "; reviewers disagree")
    by_rule = finding.certainty.decided_by is None
    return ("certainty ", *level, " by rule" if by_rule else "")


def certainty_remark(findings: Findings, finding: Finding) -> Parts:
    """Say in a sentence of its own who rated the certainty, unless a person did.

    Where several people did and disagree, say what each decided.
    """
    certainty = finding.certainty
    if certainty is None:
        return (" Nobody has yet rated the certainty.",)
    if reviewers_disagree(finding):
        where = join_path("findings", finding.id, "certainty")
        return (
            " ",
            *_who_said_what(findings, finding, where, certainty.decisions, "the certainty"),
        )
    if certainty.decided_by is not None:
        return ()
    if certainty.not_judged and certainty.level == "high":
        return (" Nobody has yet rated the certainty; what can be computed does not lower it.",)
    if certainty.not_judged:
        so_far = " Nobody has yet rated the certainty; on the domains that can be computed it is "
        ceiling = "" if certainty.level == "very low" else "at most "
        return (so_far, ceiling, *_level(findings, finding), ".")
    return (
        " The certainty, ",
        *_level(findings, finding),
        ", was computed by rule; no person has decided it.",
    )


def certainty_text(findings: Findings, finding: Finding) -> tuple[Sentence, ...]:
    """Explain a finding's certainty: the level, every domain with its receipt, every decision.

    Empty where the certainty was not assessed at all.
    """
    certainty = finding.certainty
    if certainty is None:
        return ()
    where = join_path("findings", finding.id, "certainty")
    return (
        _overall(findings, finding),
        *(_domain(findings, finding, domain) for domain in certainty.domains),
        *_decisions(findings, finding, where, certainty.decisions, "the certainty"),
        *(
            said
            for domain in certainty.domains
            for said in _decisions(
                findings,
                finding,
                f"{where}/{join_path('domains', domain.domain)}",
                domain.decisions,
                domain.domain,
            )
        ),
    )


def _overall(findings: Findings, finding: Finding) -> Sentence:
    certainty = finding.certainty
    where = join_path("findings", finding.id, "certainty")
    proposal = bind(findings, f"{where}/proposal", "word", finding=finding.id)
    start = bind(findings, f"{where}/start", "word", finding=finding.id)
    begun: Parts = ("Trials start at ", start, " certainty; ")
    if certainty is None or not certainty.not_judged:
        return make_sentence(begun, "the domains as proposed lead to ", (proposal,), ".")
    unjudged = listed((name,) for name in certainty.not_judged)
    return make_sentence(
        begun,
        "the domains judged so far lead to ",
        (proposal,),
        " at most, since nobody has judged ",
        unjudged,
        ".",
    )


def _domain(findings: Findings, finding: Finding, domain: CertaintyDomain) -> Sentence:
    where = join_path("findings", finding.id, "certainty", "domains", domain.domain)

    def written(path: str, style: str) -> Bound:
        return bind(findings, f"{where}/{path}", style, finding=finding.id)

    receipt = domain.receipt
    reason = isinstance(receipt.inputs.get("reason"), str)
    read = len(receipt.inputs) > reason
    return make_sentence(
        (domain.domain.capitalize(), ": ", written("proposal", "word")),
        _rated_down(domain.levels),
        (": ", written("receipt/inputs/reason", "clause")) if reason else (),
        (". Rule: ", written("receipt/rule", "clause"), "."),
        (" Read: ", written("receipt/inputs", "receipt"), ".") if read else (),
        (" Thresholds: ", written("receipt/thresholds", "receipt"), ".")
        if receipt.thresholds
        else (),
    )


def _rated_down(levels: int | None) -> str:
    if not levels:
        return ""
    return f", rated down {('one level', 'two levels', 'three levels')[min(levels, 3) - 1]}"


def _decisions(
    findings: Findings, finding: Finding, where: str, decisions: Sequence[Decision], about: str
) -> tuple[Sentence, ...]:
    """Give every decision with its reason, after a sentence on who differs where people do."""
    each = tuple(
        make_sentence(
            f"Decision on {about} by ",
            _by(findings, finding, where, decision),
            ": ",
            _judged(findings, finding, where, decision),
            ". Reason given: ",
            (bind(findings, _decision(where, decision, "reason"), "name", finding=finding.id),),
        )
        for decision in decisions
    )
    if not _differ(decisions):
        return each
    return (make_sentence(_who_said_what(findings, finding, where, decisions, about)), *each)


def _differ(decisions: Sequence[Decision]) -> bool:
    return len({decision.judgement for decision in decisions}) > 1


def _who_said_what(
    findings: Findings, finding: Finding, where: str, decisions: Sequence[Decision], about: str
) -> Parts:
    """Say who decided what: ``On the certainty reviewers disagree: am low, bk high``."""
    named = listed(
        (
            (
                *_by(findings, finding, where, decision),
                " ",
                *_judged(findings, finding, where, decision),
            )
            for decision in decisions
        ),
        ", ",
    )
    return (f"On {about} reviewers disagree: ", *named, ".")


def _by(findings: Findings, finding: Finding, where: str, decision: Decision) -> Parts:
    return (bind(findings, _decision(where, decision, "by"), "name", finding=finding.id),)


def _judged(findings: Findings, finding: Finding, where: str, decision: Decision) -> Parts:
    return (bind(findings, _decision(where, decision, "judgement"), "word", finding=finding.id),)


def _decision(where: str, decision: Decision, key: str) -> str:
    """Reach a decision by its person, as each has one at most."""
    return f"{where}/{join_path('decisions', decision.by, key)}"


def _level(findings: Findings, finding: Finding) -> Parts:
    path = join_path("findings", finding.id, "certainty", "level")
    return (bind(findings, path, "word", finding=finding.id),)
