"""The answer of a review in three sentences: what helps, what it costs, what nobody knows."""

from __future__ import annotations

from collections.abc import Sequence

from equipoise.errors import DataError
from equipoise.findings import Finding, Findings, GapCell
from equipoise.words.binding import Parts, listed, make_sentence
from equipoise.words.certainty import certainty_tag, strength
from equipoise.words.effects import (
    absolute_in_brief,
    compact_effect,
    effect_in_words,
    is_difference_in_means,
    people_in_trials,
)
from equipoise.words.gaps import (
    cells_of,
    cells_with_status,
    name_outcomes,
    unreported_outcomes,
    unreported_times,
)
from equipoise.words.model import Sentence
from equipoise.words.robustness import agreement_tag, hangs_on_a_choice, how_it_holds
from equipoise.words.subjects import (
    comparator,
    comparison_name,
    measured,
    outcome_name,
    treatment,
)
from equipoise.words.verdicts import what_it_does, what_it_is_compatible_with

_RANK = {"critical": 0, "important": 1, "limited": 2}
_WORSE = frozenset({"harm", "important harm"})
_MOST_HARMS = 3
_MOST_GAPS = 6


def answer(findings: Findings, *, comparison: str | None = None) -> tuple[Sentence, ...]:
    """Answer the review's question for one comparison in three sentences.

    The first gives the benefit, the second the harms, the third what is missing among critical
    and important outcomes. ``comparison`` left out is the protocol's first.

    Raises:
        DataError: The protocol has no such comparison, or none at all.
    """
    main = _main_comparison(findings, comparison)
    return (_benefit(findings, main), _harms(findings, main), _unknown(findings, main))


def main_finding(findings: Findings, comparison: str) -> Finding | None:
    """Choose the finding that answers for the benefit of a comparison.

    Of the benefit outcomes with an estimate: the most important; then the outcome that most
    trials measured at any one time; of its times the one with most people; then the protocol's
    order. Importance comes first so that a well-studied outcome of little importance cannot
    stand for what people care about.
    """
    candidates = [
        finding
        for finding in findings.findings
        if finding.comparison == comparison and finding.domain == "benefit" and finding.estimates
    ]
    if not candidates:
        return None
    most_trials: dict[str, int] = {}
    for finding in candidates:
        most_trials[finding.outcome] = max(most_trials.get(finding.outcome, 0), _k(finding))
    return min(
        candidates,
        key=lambda finding: (
            _RANK.get(finding.importance, 3),
            -most_trials[finding.outcome],
            _position(findings, finding.outcome),
            -(finding.participants or 0),
        ),
    )


def _main_comparison(findings: Findings, comparison: str | None) -> str:
    known = [info.id for info in findings.comparisons]
    if not known:
        raise DataError("the protocol has no comparison, so there is no question to answer")
    if comparison is None:
        return known[0]
    if comparison not in known:
        raise DataError(f"no comparison '{comparison}'; the protocol has {', '.join(known)}")
    return comparison


def _benefit(findings: Findings, comparison: str) -> Sentence:
    finding = main_finding(findings, comparison)
    if finding is None:
        return _benefit_unknown(findings, comparison)
    return make_sentence(
        _opening(findings, finding),
        _across(finding),
        people_in_trials(findings, finding),
        ", the average was " if is_difference_in_means(finding) else ", ",
        effect_in_words(findings, finding),
        _reading(finding),
        how_it_holds(findings, finding),
        ".",
    )


def _opening(findings: Findings, finding: Finding) -> Parts:
    tag: Parts = (" (", *certainty_tag(findings, finding), "): ")
    if strength(finding) != "very low":
        return (*what_it_does(findings, finding), *tag)
    said: Parts = (": ",) if _decided(finding) else tag
    return ("For ", *measured(findings, finding), ", the evidence is very uncertain", *said)


def _decided(finding: Finding) -> bool:
    return finding.certainty is not None and finding.certainty.decided_by is not None


def _across(finding: Finding) -> str:
    return "in " if _k(finding) == 1 else "across "


def _reading(finding: Finding) -> str:
    """Say what the interval means, from the verdict of the main analysis."""
    where = ", in the main analysis " if hangs_on_a_choice(finding) else ", "
    return where + _meaning(finding)


def _meaning(finding: Finding) -> str:
    verdict = finding.verdicts[finding.primary]
    may_be_small = " that may be too small to matter" if verdict.mid is not None else ""
    match verdict.category:
        case "important benefit":
            return "a benefit large enough to matter"
        case "important harm":
            return "a harm large enough to matter"
        case "little or no difference":
            return "too small a difference to matter"
        case "benefit" | "harm":
            return f"a {verdict.category}{may_be_small}"
        case _:
            return f"compatible with {what_it_is_compatible_with(finding)}"


def _benefit_unknown(findings: Findings, comparison: str) -> Sentence:
    cells = [
        cell
        for cell in cells_of(findings, comparison)
        if _outcome_domain(findings, cell) == "benefit"
    ]
    reported = [cell.outcome for cell in cells if cell.status != "no data"]
    name = treatment(findings, comparison)
    if reported:
        return make_sentence(
            "Whether ",
            name,
            " helps is not known: the trials that measured ",
            name_outcomes(findings, reported),
            " give no numbers from which the groups can be compared.",
        )
    return make_sentence(
        "Whether ",
        name,
        " helps is not known: no included trial of ",
        comparison_name(findings, comparison),
        " reported any planned outcome that could show a benefit.",
    )


def _harms(findings: Findings, comparison: str) -> Sentence:
    found = _harm_findings(findings, comparison)
    if not found:
        return make_sentence(
            "What harm ",
            treatment(findings, comparison),
            " does is not known: the included trials allow no comparison of harms with ",
            comparator(findings, comparison),
            ", which does not mean that there are none.",
        )
    worse = [f for f in found if f.verdicts[f.primary].category in _WORSE]
    rest = [f for f in found if f.verdicts[f.primary].category not in _WORSE]
    if worse:
        return _harms_shown(findings, comparison, worse, rest)
    return _harms_unsettled(findings, comparison, rest)


def _harm_findings(findings: Findings, comparison: str) -> list[Finding]:
    """Give harms with an estimate: one per outcome, the most important and largest first."""
    found = [
        finding
        for finding in findings.findings
        if finding.comparison == comparison and finding.domain == "harm" and finding.estimates
    ]
    found.sort(key=lambda f: (_RANK.get(f.importance, 3), -(f.participants or 0)))
    return list({finding.outcome: finding for finding in reversed(found)}.values())[::-1]


def _harms_shown(
    findings: Findings, comparison: str, worse: Sequence[Finding], rest: Sequence[Finding]
) -> Sentence:
    firm = [finding for finding in worse if _most_analyses_agree(finding)]
    shaky = [finding for finding in worse if not _most_analyses_agree(finding)]
    others = [finding.outcome for finding in firm[_MOST_HARMS:]]
    clauses = [
        (*_harms_listed(findings, firm), *_also(findings, others)) if firm else (),
        ("in the main analysis but not in most others, ", *_harms_listed(findings, shaky))
        if shaky
        else (),
        _unsettled_clause(findings, rest),
    ]
    return make_sentence(
        "Harms were more common with ",
        treatment(findings, comparison),
        " than with ",
        comparator(findings, comparison),
        ": ",
        listed(filter(None, clauses), "; ", "; "),
        ".",
    )


def _harms_listed(findings: Findings, harms: Sequence[Finding]) -> Parts:
    """List harms with their numbers; a certainty they all share is said once."""
    shown = harms[:_MOST_HARMS]
    tags = [certainty_tag(findings, finding) for finding in shown]
    if len(shown) > 1 and len({make_sentence(tag).plain for tag in tags}) == 1:
        items = listed(_harm(findings, finding, ()) for finding in shown)
        return (*items, " (for each, ", *tags[0], ")")
    return listed(_harm(findings, finding, tag) for finding, tag in zip(shown, tags, strict=True))


def _also(findings: Findings, outcomes: Sequence[str]) -> Parts:
    return (", and also ", *name_outcomes(findings, outcomes)) if outcomes else ()


def _most_analyses_agree(finding: Finding) -> bool:
    robustness = finding.robustness
    return robustness is None or 2 * robustness.analysis_same >= robustness.analysis_total


def _unsettled_clause(findings: Findings, rest: Sequence[Finding]) -> Parts:
    unclear = [f.outcome for f in rest if f.verdicts[f.primary].category == "unclear"]
    if not unclear:
        return ()
    named: Parts = ("the other harms reported",)
    if len(unclear) <= _MOST_HARMS:
        named = name_outcomes(findings, unclear)
    return ("for ", *named, " the trials leave open which way the groups differ")


def _harms_unsettled(findings: Findings, comparison: str, found: Sequence[Finding]) -> Sentence:
    unclear = [f for f in found if f.verdicts[f.primary].category == "unclear"]
    shown = (unclear or found)[:_MOST_HARMS]
    opening: Parts = (
        (
            "Whether harms are more common with ",
            *treatment(findings, comparison),
            " than with ",
            *comparator(findings, comparison),
            " is not settled: ",
        )
        if unclear
        else ("For harms the trials found: ",)
    )
    return make_sentence(opening, _harms_listed(findings, shown), ".")


def _harm(findings: Findings, finding: Finding, certainty: Parts) -> Parts:
    details = (
        _without_brackets(compact_effect(findings, finding)),
        absolute_in_brief(findings, finding),
        agreement_tag(findings, finding),
        certainty,
    )
    named = outcome_name(findings, finding.outcome)
    return (*named, " (", *listed(filter(None, details), "; ", "; "), ")")


def _without_brackets(parts: Parts) -> Parts:
    """Write ``RR 2 (95% CI 1 to 3)`` as ``RR 2, 95% CI 1 to 3``, for use inside brackets."""
    plain = {" (": ", ", ")": ""}
    return tuple(plain.get(part, part) if isinstance(part, str) else part for part in parts)


def _unknown(findings: Findings, comparison: str) -> Sentence:
    cells = [
        cell
        for cell in cells_of(findings, comparison)
        if _RANK.get(_importance(findings, cell), 3) <= 1
    ]
    missing = unreported_outcomes(cells)
    clauses: list[Parts] = []
    if missing:
        clauses.append(
            ("no included trial of this comparison reported ", *_some(findings, missing))
        )
    critical = [cell for cell in cells if _importance(findings, cell) == "critical"]
    if times := unreported_times(findings, critical):
        clauses.append(("there are no results for ", *listed(times, "; nor for ", "; nor for ")))
    if stuck := cells_with_status(cells, "not poolable"):
        named = name_outcomes(findings, [cell.outcome for cell in stuck])
        clauses.append((*named, " could not be compared"))
    if not clauses:
        return make_sentence(
            "Every planned outcome rated critical or important was reported by at least one "
            "included trial of ",
            comparison_name(findings, comparison),
            ".",
        )
    return make_sentence("What nobody knows yet: ", listed(clauses, "; and ", "; "), ".")


def _some(findings: Findings, outcomes: Sequence[str]) -> Parts:
    if len(outcomes) <= _MOST_GAPS:
        return name_outcomes(findings, outcomes, " or ")
    named = listed((outcome_name(findings, outcome) for outcome in outcomes[:_MOST_GAPS]), ", ")
    return (*named, " or several other planned outcomes")


def _importance(findings: Findings, cell: GapCell) -> str:
    return next(info.importance for info in findings.outcomes if info.id == cell.outcome)


def _outcome_domain(findings: Findings, cell: GapCell) -> str:
    return next(info.domain for info in findings.outcomes if info.id == cell.outcome)


def _position(findings: Findings, outcome: str) -> int:
    return [info.id for info in findings.outcomes].index(outcome)


def _k(finding: Finding) -> int:
    return finding.estimates[finding.primary].k
