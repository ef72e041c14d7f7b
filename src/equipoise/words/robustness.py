"""How much of a verdict is the data's and how much the analyst's, in words."""

from __future__ import annotations

from equipoise.findings import Finding, Findings, Robustness
from equipoise.words.binding import Parts, bind, join_path, make_sentence
from equipoise.words.estimates import is_estimated
from equipoise.words.model import Bound, Sentence
from equipoise.words.other_methods import (
    differing_presets,
    other_verdicts_clause,
    other_verdicts_text,
)

HOLDS_FROM = 0.9
"""Share of analyses with the same verdict from which a verdict is said to hold.

A choice of this software, not a published rule: the exact count always stands beside it.
"""
_GOOD = frozenset({"important benefit", "benefit"})
_BAD = frozenset({"important harm", "harm"})


def robustness_text(findings: Findings, finding: Finding) -> tuple[Sentence, ...]:
    """Say how many defensible analyses agree and which choice divides them.

    Where the methods shown beside the main analysis come to another verdict, say so. Empty where
    nothing was estimated.
    """
    robustness = finding.robustness
    if robustness is None:
        return (*_only_one(finding), *other_verdicts_text(findings, finding))
    not_run = (
        make_sentence((bind(findings, path, "name", finding=finding.id),))
        for path in (_path(finding, "not_run", note.code, "text") for note in robustness.not_run)
    )
    deciding = () if robustness.deciding_choice is None else (_deciding(findings, finding),)
    return (
        _agreement(findings, finding, robustness),
        *other_verdicts_text(findings, finding),
        *deciding,
        *_single_trials(findings, finding, robustness),
        *not_run,
    )


def how_it_holds(findings: Findings, finding: Finding) -> Parts:
    """Give the clause about robustness that ends the first sentence of an answer.

    The analyses counted all take the main methods for granted, so that they can agree where the
    methods shown beside these do not; then it says both. Empty when there is only one analysis and
    no other verdict.
    """
    other = other_verdicts_clause(findings, finding)
    counted = _how_many_agree(findings, finding)
    if not (counted and other):
        return ("; ", *counted, *other) if counted or other else ()
    return ("; ", *counted, ", and " if hangs_on_a_choice(finding) else ", but ", *other)


def _how_many_agree(findings: Findings, finding: Finding) -> Parts:
    robustness = finding.robustness
    if robustness is None or robustness.analysis_total < 2:  # noqa: PLR2004 - one has no others
        return ()
    if robustness.analysis_same == robustness.analysis_total:
        if not differing_presets(finding):
            return ("all ", _analyses(findings, finding), " agree")
        total = bind(findings, _path(finding, "analysis_total"), "count", finding=finding.id)
        of_all = (_agreeing(findings, finding), " of ", total)
        return ("all analyses counted agree (", *of_all, ")")
    if not hangs_on_a_choice(finding):
        agree = " agrees" if robustness.analysis_same == 1 else " agree"
        return (_agreeing(findings, finding), " of ", _analyses(findings, finding), agree)
    choice = _path(finding, "deciding_choice", "choice")
    return (
        f"{_what_is_at_stake(robustness)} depends on ",
        bind(findings, choice, "choice", finding=finding.id),
    )


def hangs_on_a_choice(finding: Finding) -> bool:
    """Tell whether a choice of the analyst decides the verdict too often to call it settled."""
    robustness = finding.robustness
    return (
        robustness is not None and robustness.deciding_choice is not None and not holds(robustness)
    )


def holds(robustness: Robustness) -> bool:
    """Tell whether enough of the choices an analyst defends give the same verdict."""
    return robustness.analysis_same >= HOLDS_FROM * robustness.analysis_total


def most_analyses_differ(finding: Finding) -> bool:
    """Tell whether more than half of the analyses counted give another verdict."""
    robustness = finding.robustness
    return robustness is not None and 2 * robustness.analysis_same < robustness.analysis_total


def agreement_tag(findings: Findings, finding: Finding) -> Parts:
    """Warn in brief that a verdict does not hold: ``found in 10 of 20 analyses``.

    Empty where it holds or where there are no other analyses.
    """
    robustness = finding.robustness
    if robustness is None or holds(robustness):
        return ()
    total = bind(findings, _path(finding, "analysis_total"), "analyses", finding=finding.id)
    return ("found in ", _agreeing(findings, finding), " of ", total)


def _what_is_at_stake(robustness: Robustness) -> str:
    """Name what the analyses disagree about."""
    reached = set(robustness.verdicts)
    good, bad = bool(reached & _GOOD), bool(reached & _BAD)
    if good and bad:
        return "calling this a benefit or a harm"
    if good or bad:
        return f"calling this a {'benefit' if good else 'harm'}"
    return "ruling out a difference that matters"


def _only_one(finding: Finding) -> tuple[Sentence, ...]:
    if not is_estimated(finding):
        return ()
    return (
        make_sentence(
            "With one trial there is nothing to combine, so other analyses were not compared."
        ),
    )


def _agreement(findings: Findings, finding: Finding, robustness: Robustness) -> Sentence:
    reference = bind(findings, _path(finding, "reference"), "word", finding=finding.id)
    if robustness.analysis_total == 1:
        return make_sentence(
            "There is only ",
            (_analyses(findings, finding), ", so nothing to compare its verdict with ("),
            (reference, ")."),
        )
    p_values = _range_of_p(findings, finding, robustness)
    if robustness.analysis_same < robustness.analysis_total:
        return make_sentence(
            "Of ",
            (_analyses(findings, finding), ", ", _agreeing(findings, finding)),
            (_give(robustness.analysis_same), " the verdict of the main analysis (", reference),
            (")", *p_values, "."),
        )
    if differing_presets(finding):
        counted = bind(findings, _path(finding, "analysis_total"), "analyses", finding=finding.id)
        return make_sentence(
            ("All ", counted, " counted agree on the verdict (", reference, *p_values),
            "), but the methods shown beside them do not.",
        )
    return make_sentence(
        "All ",
        (_analyses(findings, finding), " give the same verdict: ", reference, *p_values, "."),
    )


def _range_of_p(findings: Findings, finding: Finding, robustness: Robustness) -> Parts:
    """Give the smallest and largest p-value of the analyses counted: ``; p from 0.02 to 0.20``.

    Empty where they are the same as written.
    """
    known = [
        (spec.p, spec.id)
        for spec in robustness.specifications
        if spec.p is not None and not spec.leave_one_out
    ]
    if not known:
        return ()
    low, high = (
        bind(
            findings,
            _path(finding, "specifications", spec, "p"),
            "p_in_table",
            finding=finding.id,
        )
        for _, spec in (min(known), max(known))
    )
    return () if low.text == high.text else ("; p from ", low, " to ", high)


def _single_trials(
    findings: Findings, finding: Finding, robustness: Robustness
) -> tuple[Sentence, ...]:
    """Say what becomes of the verdict when single trials are left out too, if any were."""
    if robustness.total == robustness.analysis_total:
        return ()
    same = bind(findings, _path(finding, "same_verdict"), "count", finding=finding.id)
    share = bind(findings, _path(finding, "share"), "share", finding=finding.id)
    tally = bind(findings, _path(finding, "verdicts"), "tally", finding=finding.id)
    total = bind(findings, _path(finding, "total"), "analyses", finding=finding.id)
    return (
        make_sentence(
            "With each trial left out in turn as well, ",
            (
                same,
                " of ",
                total,
                " (",
                share,
                ")",
                _give(robustness.same_verdict),
                " it; in full: ",
            ),
            (tally, "."),
        ),
    )


def _give(number: int) -> str:
    return " gives" if number == 1 else " give"


def _deciding(findings: Findings, finding: Finding) -> Sentence:
    path = _path(finding, "deciding_choice", "text")
    return make_sentence((bind(findings, path, "name", finding=finding.id),))


def _analyses(findings: Findings, finding: Finding) -> Bound:
    path = _path(finding, "analysis_total")
    return bind(findings, path, "defensible_analyses", finding=finding.id)


def _agreeing(findings: Findings, finding: Finding) -> Bound:
    return bind(findings, _path(finding, "analysis_same"), "count", finding=finding.id)


def _path(finding: Finding, *keys: str) -> str:
    return join_path("findings", finding.id, "robustness", *keys)
