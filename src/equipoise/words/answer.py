"""The answer of a review in three sentences: what helps, what it costs, what nobody knows."""

from __future__ import annotations

from collections.abc import Sequence

from equipoise.errors import DataError
from equipoise.findings import Finding, Findings, GapCell
from equipoise.words.binding import Parts, listed, make_sentence
from equipoise.words.certainty import certainty_tag, reviewers_disagree, strength
from equipoise.words.effects import (
    effect_in_words,
    is_difference_in_means,
    people_in_trials,
)
from equipoise.words.estimates import interval_warning, is_estimated
from equipoise.words.gaps import (
    RANK,
    cells_of,
    cells_with_status,
    name_outcomes,
    unreported_outcomes,
    unreported_times,
)
from equipoise.words.harms import harms_sentence
from equipoise.words.listing import no_trial_of, no_trial_reported
from equipoise.words.model import Sentence
from equipoise.words.other_methods import differing_presets
from equipoise.words.robustness import hangs_on_a_choice, how_it_holds
from equipoise.words.subjects import (
    comparison_name,
    outcome_name,
    treatment,
)
from equipoise.words.verdicts import what_it_does, what_it_is_compatible_with

_MOST_GAPS = 6
_MOST_CLAUSES = 2


def answer(findings: Findings, *, comparison: str | None = None) -> tuple[Sentence, ...]:
    """Answer the review's question for one comparison in three sentences.

    The first gives the benefit, the second the harms, the third what is missing among critical
    and important outcomes. ``comparison`` left out is the protocol's first.

    Raises:
        DataError: The protocol has no such comparison, or none at all.
    """
    main = _main_comparison(findings, comparison)
    return (_benefit(findings, main), harms_sentence(findings, main), _unknown(findings, main))


def main_finding(findings: Findings, comparison: str) -> Finding | None:
    """Choose the finding that answers for the benefit of a comparison.

    Of the benefit outcomes with an estimate in the main analysis: the most important; then the outcome that most
    trials measured at any one time; of its times the one with most people; then the protocol's
    order. Importance comes first so that a well-studied outcome of little importance cannot
    stand for what people care about.
    """
    candidates = [
        finding
        for finding in findings.findings
        if finding.comparison == comparison
        and finding.domain == "benefit"
        and is_estimated(finding)
    ]
    if not candidates:
        return None
    most_trials: dict[str, int] = {}
    for finding in candidates:
        most_trials[finding.outcome] = max(most_trials.get(finding.outcome, 0), _k(finding))
    return min(
        candidates,
        key=lambda finding: (
            RANK.get(finding.importance, 3),
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
        "in ",
        people_in_trials(findings, finding),
        ", the average was " if is_difference_in_means(finding) else ", ",
        effect_in_words(findings, finding),
        _reading(finding),
        how_it_holds(findings, finding),
        _warning(finding),
        ".",
    )


def _warning(finding: Finding) -> str:
    warning = interval_warning(finding)
    return f"; {warning}" if warning else ""


def _opening(findings: Findings, finding: Finding) -> Parts:
    said = what_it_does(findings, finding)
    agreed = _decided(finding) and not reviewers_disagree(finding)
    if strength(finding) == "very low" and agreed:
        return (*said, ": ")
    return (*said, " (", *certainty_tag(findings, finding), "): ")


def _decided(finding: Finding) -> bool:
    return finding.certainty is not None and finding.certainty.decided_by is not None


def _reading(finding: Finding) -> str:
    """Say what the interval means, from the verdict of the main analysis."""
    settled = finding.verdicts[finding.primary].category != "unclear"
    contested = hangs_on_a_choice(finding) or bool(differing_presets(finding))
    where = ", in the main analysis " if settled and contested else ", "
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
            return f"which fits {what_it_is_compatible_with(finding)}"


def _benefit_unknown(findings: Findings, comparison: str) -> Sentence:
    cells = [
        cell
        for cell in cells_of(findings, comparison)
        if _outcome_domain(findings, cell) == "benefit"
    ]
    reported = [cell.outcome for cell in cells if cell.status != "no data"]
    name = treatment(findings, comparison)
    if reported and _estimated_otherwise(findings, cells):
        return make_sentence(
            "Whether ",
            name,
            " helps is not known: in the trials that measured ",
            name_outcomes(findings, reported),
            " the groups cannot be compared by the methods of the main analysis.",
        )
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
        " helps is not known: ",
        no_trial_of(findings, comparison_name(findings, comparison)),
        " reported any planned outcome that could show a benefit.",
    )


def _estimated_otherwise(findings: Findings, cells: Sequence[GapCell]) -> bool:
    """Tell whether methods other than the main analysis give an estimate for any cell."""
    ids = {cell.finding for cell in cells}
    return any(finding.estimates for finding in findings.findings if finding.id in ids)


def _unknown(findings: Findings, comparison: str) -> Sentence:
    """Say what is missing: outcomes never reported, and one gap more.

    Outcomes that could not be compared come before times without results, since among the former
    are the rare and serious harms. The gap map and its text tell all.
    """
    cells = [
        cell
        for cell in cells_of(findings, comparison)
        if RANK.get(_importance(findings, cell), 3) <= 1
    ]
    missing = unreported_outcomes(cells)
    clauses: list[Parts] = []
    if missing:
        clauses.append(no_trial_reported(findings, _some(findings, missing), ("this comparison",)))
    if stuck := cells_with_status(cells, "not poolable"):
        named = name_outcomes(findings, [cell.outcome for cell in stuck])
        clauses.append((*named, " could not be compared"))
    critical = [cell for cell in cells if _importance(findings, cell) == "critical"]
    if times := unreported_times(findings, critical):
        where = "for " if len(times) == 1 else "at some planned times, among them "
        clauses.append((f"there are no results {where}", *times[0]))
    if not clauses:
        return make_sentence(
            "Every planned outcome rated critical or important was reported by at least one "
            "included trial of ",
            comparison_name(findings, comparison),
            ".",
        )
    return make_sentence("What nobody knows yet: ", listed(clauses[:_MOST_CLAUSES], "; and "), ".")


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
