"""The harms of a treatment in one sentence that can be read aloud."""

from __future__ import annotations

from collections.abc import Sequence

from equipoise.findings import Finding, Findings
from equipoise.words.binding import Parts, listed, make_sentence
from equipoise.words.certainty import certainty_tag
from equipoise.words.effects import absolute_in_brief, compact_effect, trials_counted
from equipoise.words.estimates import interval_warning, is_estimated
from equipoise.words.gaps import RANK
from equipoise.words.listing import all_are_listed, no_trial_of
from equipoise.words.model import Sentence
from equipoise.words.other_methods import differing_presets, other_verdicts_tag
from equipoise.words.robustness import agreement_tag, most_analyses_differ
from equipoise.words.subjects import comparator, comparison_name, outcome_name, treatment

_WORSE = frozenset({"harm", "important harm"})
_MOST_HARMS = 3


def harms_sentence(findings: Findings, comparison: str) -> Sentence:
    """Say which harms were more common with the treatment of a comparison, or what is not known.

    Harms most analyses agree on come first, those that hang on the analysis after them.
    """
    found = _harm_findings(findings, comparison)
    if not found:
        opening: Parts = ("What harm ", *treatment(findings, comparison), " does is not known: ")
        return make_sentence(opening, _why_not_known(findings, comparison), ".")
    worse = [f for f in found if f.verdicts[f.primary].category in _WORSE]
    rest = [f for f in found if f.verdicts[f.primary].category not in _WORSE]
    if worse:
        return _harms_shown(findings, comparison, worse, rest)
    return _harms_unsettled(findings, comparison, rest)


def _why_not_known(findings: Findings, comparison: str) -> Parts:
    """Say why no harm can be told: none planned, none reported, or none that can be compared."""
    if all(outcome.domain != "harm" for outcome in findings.outcomes):
        return ("the protocol plans no harm outcome, which does not mean that there is no harm",)
    if not any(f.comparison == comparison and f.domain == "harm" for f in findings.findings):
        return (
            *no_trial_of(findings, comparison_name(findings, comparison)),
            " reported a planned harm, which does not mean that there are none",
        )
    trials = "included trials" if all_are_listed(findings) else "trials listed here"
    return (
        f"the {trials} allow no comparison of harms with ",
        *comparator(findings, comparison),
        ", which does not mean that there are none",
    )


def _harm_findings(findings: Findings, comparison: str) -> list[Finding]:
    """Give harms with an estimate: one per outcome, the most important and largest first."""
    found = [
        finding
        for finding in findings.findings
        if finding.comparison == comparison and finding.domain == "harm" and is_estimated(finding)
    ]
    found.sort(key=lambda f: (RANK.get(f.importance, 3), -(f.participants or 0)))
    return list({finding.outcome: finding for finding in reversed(found)}.values())[::-1]


def _harms_shown(
    findings: Findings, comparison: str, worse: Sequence[Finding], rest: Sequence[Finding]
) -> Sentence:
    """Say which harms were more common; three get their numbers, further ones their names."""
    firm = [finding for finding in worse if not most_analyses_differ(finding)]
    shaky = [finding for finding in worse if most_analyses_differ(finding)]
    # The harm in doubt that matters most keeps its numbers: a reader has met them elsewhere.
    doubtful = _harms_listed(findings, shaky, max(1, _MOST_HARMS - len(firm)))
    if not firm:
        return make_sentence(
            _more_common("Whether harms are more common", findings, comparison),
            " depends on how the trials are analysed: ",
            doubtful,
            ".",
        )
    depending: Parts = ("; depending on how the trials are analysed, also ", *doubtful)
    return make_sentence(
        _more_common("Harms were more common", findings, comparison),
        ": ",
        _harms_listed(findings, firm, _MOST_HARMS),
        depending if shaky else (),
        _unsettled_clause(findings, rest) if len(worse) < _MOST_HARMS else (),
        ".",
    )


def _more_common(opening: str, findings: Findings, comparison: str) -> Parts:
    return (
        f"{opening} with ",
        *treatment(findings, comparison),
        " than with ",
        *comparator(findings, comparison),
    )


def _harms_listed(findings: Findings, harms: Sequence[Finding], most: int) -> Parts:
    """List harms: so many with their numbers, the rest by name."""
    numbered, named = harms[: max(most, 0)], harms[max(most, 0) :]
    return (
        *_with_numbers(findings, numbered),
        ", and also " if numbered and named else "",
        *_by_name(findings, named),
    )


def _by_name(findings: Findings, harms: Sequence[Finding]) -> Parts:
    return listed(
        _harm(
            findings,
            harm,
            agreement_tag(findings, harm),
            other_verdicts_tag(findings, harm),
        )
        for harm in harms
    )


def _with_numbers(findings: Findings, harms: Sequence[Finding]) -> Parts:
    """List harms with their numbers; a certainty they all share is said once."""
    tags = [certainty_tag(findings, finding) for finding in harms]
    if len(harms) > 1 and len({make_sentence(tag).plain for tag in tags}) == 1:
        items = listed(_harm(findings, harm, *_numbers(findings, harm)) for harm in harms)
        return (*items, ", each with ", *tags[0])
    return listed(
        _harm(findings, harm, *_numbers(findings, harm), tag)
        for harm, tag in zip(harms, tags, strict=True)
    )


def _harm(findings: Findings, finding: Finding, *details: Parts) -> Parts:
    """Name a harm, with what is known of it in brackets."""
    named = outcome_name(findings, finding.outcome)
    known = list(filter(None, details))
    return (*named, " (", *listed(known, "; ", "; "), ")") if known else named


def _numbers(findings: Findings, finding: Finding) -> tuple[Parts, ...]:
    return (
        absolute_in_brief(findings, finding),
        _without_brackets(compact_effect(findings, finding)),
        (interval_warning(finding, brief=True),) if interval_warning(finding) else (),
        agreement_tag(findings, finding),
        other_verdicts_tag(findings, finding),
        trials_counted(findings, finding) if finding.status == "single trial" else (),
    )


def _unsettled_clause(findings: Findings, rest: Sequence[Finding]) -> Parts:
    unclear = [f for f in rest if f.verdicts[f.primary].category == "unclear"]
    if not unclear:
        return ()
    contested = [f for f in unclear if differing_presets(f)]
    named: Parts = ("the other harms reported",)
    if len(unclear) <= _MOST_HARMS:
        named = listed(_beside(findings, finding) for finding in unclear)
    elif contested:
        named = (*named, ", among them ", *listed(_beside(findings, f) for f in contested), ",")
    return ("; for ", *named, " the trials leave open which way the groups differ")


def _beside(findings: Findings, finding: Finding) -> Parts:
    return _harm(findings, finding, other_verdicts_tag(findings, finding))


def _harms_unsettled(findings: Findings, comparison: str, found: Sequence[Finding]) -> Sentence:
    unclear = [f for f in found if f.verdicts[f.primary].category == "unclear"]
    shown = (unclear or found)[:_MOST_HARMS]
    opening: Parts = ("For harms the trials found: ",)
    if unclear:
        whether = _more_common("Whether harms are more common", findings, comparison)
        opening = (*whether, " is not settled: ")
    return make_sentence(opening, _harms_listed(findings, shown, _MOST_HARMS), ".")


def _without_brackets(parts: Parts) -> Parts:
    """Write ``RR 2 (95% CI 1 to 3)`` as ``RR 2, 95% CI 1 to 3``, for use inside brackets."""
    plain = {" (": ", ", ")": ""}
    return tuple(plain.get(part, part) if isinstance(part, str) else part for part in parts)
