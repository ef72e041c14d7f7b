"""Ids of the places in the report that links lead to.

An id is a prefix that says what the place is, and the identifier the findings give it. Identifiers
of letters, digits, ``.``, ``_`` and ``-`` are kept as they are, so that a link reads as what it
leads to; any other identifier is shortened to those and made unique again by a piece of its hash.
"""

from __future__ import annotations

import hashlib
import re
from typing import Final

from equipoise.findings import Trial
from equipoise.words.binding import join_path
from equipoise.words.model import Bound

_PLAIN: Final = re.compile(r"[A-Za-z0-9._-]+")
_OTHER: Final = re.compile(r"[^A-Za-z0-9._-]+")

BASIS: Final = "basis"
GAPS: Final = "gaps"
METHODS: Final = "methods"


def safe(identifier: str) -> str:
    """Write an identifier with the letters an id, a link and a file name can all have."""
    if _PLAIN.fullmatch(identifier):
        return identifier
    digest = hashlib.sha256(identifier.encode()).hexdigest()[:8]
    return "-".join(part for part in (_OTHER.sub("-", identifier).strip("-"), digest) if part)


def finding_anchor(finding: str) -> str:
    """Give the id of a finding's plot and trials."""
    return f"f-{safe(finding)}"


def certainty_anchor(finding: str) -> str:
    """Give the id of a finding's row among the certainty ratings."""
    return f"c-{safe(finding)}"


def robustness_anchor(finding: str) -> str:
    """Give the id of a finding's row among the other analyses."""
    return f"r-{safe(finding)}"


def trial_anchor(trial: Trial) -> str:
    """Give the id of a trial's row in the table of a finding's trials."""
    return f"t-{safe(trial.anchor)}"


def plot_row_anchor(trial: Trial) -> str:
    """Give the id of a trial's row in the forest plot."""
    return f"p-{safe(trial.anchor)}"


def study_anchor(study: str) -> str:
    """Give the id of a study's row in the list of included studies."""
    return f"s-{safe(study)}"


def comparison_anchor(section: str, comparison: str) -> str:
    """Give the id of a comparison within a section of the report."""
    return f"{section}-{safe(comparison)}"


def leads_to(bound: Bound) -> str | None:
    """Give the id a number in words leads to: the trials behind it, or the statement it is from.

    Numbers on other analyses and on certainty lead to where those are set out, which in turn link
    to the trials. Names without a finding lead nowhere.
    """
    if bound.finding is not None:
        part = bound.path.removeprefix(join_path("findings", bound.finding) + "/").split("/")[0]
        place = {"robustness": robustness_anchor, "certainty": certainty_anchor}
        return place.get(part, finding_anchor)(bound.finding)
    first = bound.path.split("/")[0]
    return {"included": BASIS, "studies": BASIS, "gaps": GAPS}.get(first)
