"""Are these standard errors? Standard deviations far smaller than everybody else's.

A standard error entered as a standard deviation is the commonest way to give a trial many times
the weight it has. The two differ by ``sqrt(n)``: a suspect "SD" is too small as it stands and
ordinary once multiplied by ``sqrt(n)``.

The rule, for the arm-level rows of one outcome and scale: with the typical SDs of the *other*
studies (at least ``FEWEST_OTHERS`` of them) as yardstick, a study is reported where, for every one
of its arms at that time,

- SD / median of the others is below ``SMALL``,
- SD·√n / median lies within ``ORDINARY``, and
- log SD lies further from the log median than ``UNUSUAL`` times the spread of the others' (the
  scaled median absolute deviation), so that fields in which SDs differ widely anyway stay quiet.

Requiring it of every arm is what separates a wrong column from a small spread in one arm. It is a
warning: only the trial's report can say. ``docs/review-folder.md`` says how often it is right.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from statistics import median

from equipoise.review.checks.draft import Draft
from equipoise.review.model import Problem, Result
from equipoise.review.problems import Place, warning
from equipoise.review.rows import RESULTS

SMALL = 0.5
ORDINARY = (0.5, 2.0)
UNUSUAL = 3.0
FEWEST_OTHERS = 3
_MAD_TO_SD = 1.4826  # for a normal distribution

_Group = tuple[str, str | None]


def check_spreads(draft: Draft) -> Iterator[Problem]:
    """Report studies whose standard deviations look like standard errors."""
    groups: defaultdict[_Group, list[Result]] = defaultdict(list)
    for row in draft.sound_results:
        if row.reference_arm is None and row.sd and row.sd > 0 and row.n and row.n > 1:
            groups[row.outcome, draft.scale_id(row)].append(row)
    for rows in groups.values():
        for part, typical in suspects(rows):
            yield _report(part, typical)


def suspects(rows: Sequence[Result]) -> Iterator[tuple[Sequence[Result], float]]:
    """Yield each study's rows (at one time) that the rule reports, with the others' median SD."""
    spreads: defaultdict[str, list[float]] = defaultdict(list)
    parts: defaultdict[tuple[str, str | None], list[Result]] = defaultdict(list)
    for row in rows:
        spreads[row.study].append(row.sd or 0.0)
        parts[row.study, row.time].append(row)
    # One number for each study, so that a study with many arms or times weighs no more.
    typical = {study: median(values) for study, values in spreads.items()}
    ordered = sorted(typical.values())
    for (study, _), part in parts.items():
        if len(typical) <= FEWEST_OTHERS or len(part) == 1:
            continue
        yardstick = _median_without(ordered, typical[study])
        if all(_is_small_sd_and_ordinary_se(row, yardstick) for row in part):
            others = [value for other, value in typical.items() if other != study]
            largest = max(row.sd or 0.0 for row in part)
            if math.log(yardstick / largest) > UNUSUAL * _log_spread(others, yardstick):
                yield part, yardstick


def _median_without(ordered: Sequence[float], value: float) -> float:
    """Return the median of sorted values with one of them left out."""
    gap, count = bisect_left(ordered, value), len(ordered) - 1
    middle = ((count - 1) // 2, count // 2)
    low, high = (ordered[i if i < gap else i + 1] for i in middle)
    return (low + high) / 2


def _is_small_sd_and_ordinary_se(row: Result, yardstick: float) -> bool:
    ratio = (row.sd or 0.0) / yardstick
    low, high = ORDINARY
    return ratio < SMALL and low <= ratio * math.sqrt(row.n or 0.0) <= high


def _log_spread(values: Sequence[float], middle: float) -> float:
    return _MAD_TO_SD * median(abs(math.log(value / middle)) for value in values)


def _report(part: Sequence[Result], yardstick: float) -> Problem:
    spreads = ", ".join(f"{row.sd:.4g}" for row in part)
    as_se = ", ".join(f"{(row.sd or 0.0) * math.sqrt(row.n or 0.0):.4g}" for row in part)
    message = (
        f"Both far below the other studies' (median {yardstick:.4g}), but as standard errors they "
        f"would be ordinary (SD {as_se}). Check the report; a standard error goes into 'se'."
    )
    if len(part) > 2:  # noqa: PLR2004 - "both" is for two
        message = message.replace("Both", "All", 1)
    place = Place(RESULTS.file, part[0].line, "sd")
    return warning(place, "sd-looks-like-se", message, found=spreads)
