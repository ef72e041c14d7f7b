"""Checks that the analysis of a crossover or cluster trial is known, and says what follows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from equipoise.review.checks.draft import Draft, has_numbers
from equipoise.review.model import Problem, Result
from equipoise.review.problems import Place, one_of, warning
from equipoise.review.rows import RESULTS

_FITTING = {
    "parallel": ("parallel",),
    "crossover": ("first period", "paired", "unpaired"),
    "cluster": ("cluster-adjusted", "cluster-unadjusted"),
}
_UNKNOWN = {
    "crossover": (
        "A crossover trial; if both periods were analysed as if they were different people, its "
        "interval is too wide and its weight too small."
    ),
    "cluster": (
        "A cluster trial; unless clustering was allowed for, its interval is too narrow and its "
        "weight too large."
    ),
}
_CONSEQUENCE = {
    "unpaired": (
        "Both periods analysed as if they were different people: the interval is too wide and the "
        "weight too small."
    ),
    "cluster-unadjusted": (
        "Clustering was not allowed for: the interval is too narrow and the weight too large."
    ),
}


def check_designs(draft: Draft) -> Iterator[Problem]:
    """Warn once for each study and way of analysis, at its first row."""
    groups: defaultdict[tuple[str, str | None], list[Result]] = defaultdict(list)
    for row in draft.sound_results:
        if has_numbers(row):
            groups[row.study, row.analysed_as].append(row)
    for (name, analysed_as), rows in groups.items():
        study = draft.study_of.get(name)
        design = study.design if study else None
        if design is None:
            continue
        code, message = _finding(design, analysed_as)
        if code:
            yield warning(
                Place(RESULTS.file, rows[0].line, "analysed_as"),
                code,
                message + (f" {name}: {len(rows)} rows." if len(rows) > 1 else f" {name}."),
                found=analysed_as or "nothing",
                allowed=one_of(_FITTING[design]),
            )


def _finding(design: str, analysed_as: str | None) -> tuple[str, str]:
    if analysed_as is None:
        return ("analysis-unknown", _UNKNOWN[design]) if design in _UNKNOWN else ("", "")
    if analysed_as not in _FITTING[design]:
        return "analysis-of-another-design", f"{analysed_as!r} does not fit a {design} trial."
    if analysed_as in _CONSEQUENCE:
        return f"analysed-{analysed_as}", _CONSEQUENCE[analysed_as]
    return "", ""
