"""Who did not report something: every included trial, or only those that are listed.

A review can state that it included more trials than it lists. What an unlisted trial reported is
not known here, so a sentence must not speak for it.
"""

from __future__ import annotations

from equipoise.findings import Findings
from equipoise.words.binding import Parts, bind


def all_are_listed(findings: Findings) -> bool:
    """Tell whether every included trial is listed, as far as the review says how many it has."""
    included = findings.included
    return included.trials is None or included.trials <= included.listed


def no_trial_of(findings: Findings, comparison: Parts) -> Parts:
    """Name those that did not report something: ``no included trial of drug A v placebo``.

    Where some included trials are not listed: ``no trial of drug A v placebo listed here``.
    """
    if all_are_listed(findings):
        return ("no included trial of ", *comparison)
    return ("no trial of ", *comparison, " listed here")


def no_trial_reported(
    findings: Findings, outcomes: Parts, comparison: Parts, *, start: bool = False
) -> Parts:
    """Say that no trial of a comparison reported some outcomes, without a full stop.

    Where some included trials are not listed, count those that are: ``none of the 28 trials listed
    here reported nausea for this comparison``. ``start`` begins a sentence.
    """
    no, none = ("No", "None") if start else ("no", "none")
    if all_are_listed(findings):
        return (f"{no} included trial of ", *comparison, " reported ", *outcomes)
    who: Parts = (f"{no} trial listed here",)
    if findings.included.listed > 1:
        who = (f"{none} of the ", bind(findings, "included/listed", "trials"), " listed here")
    return (*who, " reported ", *outcomes, " for ", *comparison)
