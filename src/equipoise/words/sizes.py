"""How large an effect is and what its interval leaves open, in the words of GRADE.

The region of an estimate follows from the point estimate against the minimal important difference
(Santesso and others 2020, doi:10.1016/j.jclinepi.2019.10.014); what else the interval allows comes
from its limits. All comparisons are made on differences oriented so that positive is better for
people.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from equipoise.findings import Finding
from equipoise.words.numbers import without_noise

Region = Literal[
    "important benefit", "benefit", "little or no difference", "harm", "important harm"
]


@dataclass(frozen=True, slots=True)
class Oriented:
    """An effect as gains: positive favours the treatment; ``mid`` is in the same units."""

    estimate: float
    low: float
    high: float
    mid: float | None


def oriented(finding: Finding) -> Oriented:
    """Turn a finding's primary effect into gains over the comparator.

    Where the minimal important difference is given per 1,000 people, the gains are too. Without
    one, gains are on the analysis scale's side of no effect, and only their signs are used.
    Floating noise has no sign.
    """
    verdict = finding.verdicts[finding.primary]
    mid = verdict.mid
    absolute = finding.absolute.get(finding.primary)
    effect = finding.estimates[finding.primary].effect
    sign = 1 if finding.favours_low == "comparator" else -1
    per_thousand = (verdict.mid_unit or "").startswith("per ")
    if per_thousand and absolute is not None:
        values = (
            absolute.difference_per_1000,
            absolute.difference_low_per_1000,
            absolute.difference_high_per_1000,
        )
    else:
        null = 1.0 if finding.ratio else 0.0
        values = (effect.estimate - null, effect.ci_low - null, effect.ci_high - null)
        mid = None if per_thousand else mid
    estimate, one, other = (sign * without_noise(value) for value in values)
    return Oriented(estimate, min(one, other), max(one, other), mid)


def regions(finding: Finding) -> tuple[Region, ...]:
    """List the regions the interval reaches into, the best first.

    With a minimal important difference these are important benefit, little or no difference and
    important harm; without one, benefit and harm.
    """
    gains = oriented(finding)
    if gains.mid is None:
        sides: tuple[tuple[Region, bool], ...] = (
            ("benefit", gains.high > 0),
            ("harm", gains.low < 0),
        )
    else:
        sides = (
            ("important benefit", gains.high >= gains.mid),
            ("little or no difference", gains.low < gains.mid and gains.high > -gains.mid),
            ("important harm", gains.low <= -gains.mid),
        )
    reached = tuple(region for region, holds in sides if holds)
    return reached or ("little or no difference",)  # an interval without width, at no effect


def region_of_estimate(finding: Finding) -> Region:
    """Name the region the point estimate lies in."""
    gains = oriented(finding)
    if gains.mid is None:
        if gains.estimate == 0:
            return "little or no difference"
        return "benefit" if gains.estimate > 0 else "harm"
    if gains.estimate >= gains.mid:
        return "important benefit"
    return "important harm" if gains.estimate <= -gains.mid else "little or no difference"
