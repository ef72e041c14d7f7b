"""An effect in words: how much lower or higher, how many more or fewer, and the interval."""

from __future__ import annotations

from dataclasses import dataclass

from equipoise.findings import Finding, Findings
from equipoise.words.binding import Part, Parts, bind, join_path
from equipoise.words.estimates import people_counted
from equipoise.words.model import Bound
from equipoise.words.numbers import PER_THOUSAND
from equipoise.words.subjects import comparator


@dataclass(frozen=True, slots=True)
class _Directed:
    """How a signed number is written in words: the rule for its size and for its direction."""

    size: str
    direction: str


_POINTS = _Directed("magnitude", "lower_or_higher")
_PEOPLE = _Directed("per_thousand_size", "fewer_or_more")


def trials_counted(findings: Findings, finding: Finding) -> Parts:
    """Say how many trials enter the estimate: ``one trial``, ``3 trials``."""
    path = join_path("findings", finding.id, "estimates", finding.primary, "k")
    return (bind(findings, path, "trials", finding=finding.id),)


def people_in_trials(findings: Findings, finding: Finding) -> Parts:
    """Say how many trials and people: ``one trial with 78 people``, ``3 trials with 173 people``.

    Trials are those that enter the estimate; people are those the finding counts.
    """
    counted, people = trials_counted(findings, finding), people_counted(findings, finding)
    return (*counted, " with ", *people) if people else counted


def compact_effect(findings: Findings, finding: Finding, preset: str | None = None) -> Parts:
    """Write an effect for a methodologist: ``risk ratio 4.97 (95% CI 2.32 to 10.66)``."""
    where = _effect_path(finding, preset)
    measure = join_path("findings", finding.id, "measure")
    style = "ratio" if finding.ratio else "estimate"
    return (
        bind(findings, measure, "measure", finding=finding.id),
        " ",
        bind(findings, f"{where}/estimate", style, finding=finding.id),
        " (",
        *_level(findings, finding, preset),
        bind(findings, f"{where}/ci_low", style, finding=finding.id),
        " to ",
        bind(findings, f"{where}/ci_high", style, finding=finding.id),
        ")",
    )


def difference_in_words(findings: Findings, finding: Finding) -> Parts:
    """Write a difference in means for anyone.

    For example ``15.79 points lower on a 0–100 scale than with B (95% CI 32.09 lower to 0.51
    higher)``. The treatment is left for the sentence around it to name.
    """
    where = _effect_path(finding, None)
    return (
        bind(findings, f"{where}/estimate", "magnitude", finding=finding.id),
        _unit(finding),
        " ",
        bind(findings, f"{where}/estimate", "lower_or_higher", finding=finding.id),
        *_range(findings, finding),
        " than with ",
        *comparator(findings, finding.comparison),
        " (",
        *_level(findings, finding, None),
        *_limits(findings, finding, (f"{where}/ci_low", f"{where}/ci_high"), _POINTS),
        ")",
    )


def absolute_in_words(findings: Findings, finding: Finding, preset: str | None = None) -> Parts:
    """Write the difference per 1,000 people: ``12 more per 1,000 people (from 3 to 40 more)``.

    Empty where the findings hold no absolute effect.
    """
    key = preset or finding.primary
    if key not in finding.absolute:
        return ()
    where = join_path("findings", finding.id, "absolute", key)
    limits = (f"{where}/difference_low_per_1000", f"{where}/difference_high_per_1000")
    return (
        *_people(findings, finding, f"{where}/difference_per_1000"),
        f" {PER_THOUSAND} people (from ",
        *_limits(findings, finding, limits, _PEOPLE),
        ")",
    )


def absolute_in_brief(findings: Findings, finding: Finding) -> Parts:
    """Write the difference per 1,000 people without its interval; empty where there is none."""
    if finding.primary not in finding.absolute:
        return ()
    where = join_path("findings", finding.id, "absolute", finding.primary)
    difference = _people(findings, finding, f"{where}/difference_per_1000")
    return (*difference, f" {PER_THOUSAND} people")


def is_difference_in_means(finding: Finding) -> bool:
    """Tell whether an effect reads best as so many points lower or higher."""
    return finding.measure in {"MD", "SMD"}


def effect_in_words(findings: Findings, finding: Finding) -> Parts:
    """Write the effect in the form that suits its measure, relative and absolute together."""
    if is_difference_in_means(finding):
        return difference_in_words(findings, finding)
    absolute = absolute_in_words(findings, finding)
    compact = compact_effect(findings, finding)
    return (*compact, "; ", *absolute) if absolute else compact


def _effect_path(finding: Finding, preset: str | None) -> str:
    return join_path("findings", finding.id, "estimates", preset or finding.primary, "effect")


def _level(findings: Findings, finding: Finding, preset: str | None) -> Parts:
    key = preset or finding.primary
    path = join_path("findings", finding.id, "estimates", key, "methods", "level")
    return (bind(findings, path, "share", finding=finding.id), " CI ")


def _unit(finding: Finding) -> str:
    if finding.measure == "SMD":
        return " standard deviations"
    return " points" if finding.scale_low is not None and finding.scale_high is not None else ""


def _range(findings: Findings, finding: Finding) -> Parts:
    if finding.measure == "SMD" or finding.scale_low is None or finding.scale_high is None:
        return ()
    ends = (join_path("findings", finding.id, end) for end in ("scale_low", "scale_high"))
    low, high = (bind(findings, path, "bound_of_scale", finding=finding.id) for path in ends)
    return (" on a ", low, "–", high, " scale")


def _limits(
    findings: Findings, finding: Finding, paths: tuple[str, str], directed: _Directed
) -> Parts:
    """Write two limits, with one word for their direction where they share it."""
    low, high = (_directed(findings, finding, path, directed) for path in paths)
    if _text(low[-1]) == _text(high[-1]):
        return (low[0], " to ", *high)
    return (*low, " to ", *high)


def _people(findings: Findings, finding: Finding, path: str) -> Parts:
    return (bind(findings, path, "more_or_fewer", finding=finding.id),)


def _directed(findings: Findings, finding: Finding, path: str, directed: _Directed) -> Parts:
    return (
        bind(findings, path, directed.size, finding=finding.id),
        " ",
        bind(findings, path, directed.direction, finding=finding.id),
    )


def _text(part: Part) -> str:
    return part.text if isinstance(part, Bound) else part
