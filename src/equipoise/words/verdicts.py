"""What a finding says, in the informative statements of GRADE.

The words follow Santesso and others (2020, doi:10.1016/j.jclinepi.2019.10.014): certainty chooses
between *reduces*, *probably reduces* and *may reduce*; the verdict chooses between these, *little
to no difference* and *is unclear*. An interval that leaves the verdict open gets no word for a
direction: there the sign of the point estimate would be read as a result. GRADE's *large* and
*slightly* need more thresholds than one, so they are not used.
"""

from __future__ import annotations

from collections.abc import Sequence

from equipoise.findings import CertaintyLevel, Finding, Findings
from equipoise.words.binding import Part, Parts, bind, join_path, make_sentence
from equipoise.words.certainty import certainty_remark, strength
from equipoise.words.estimates import interval_warning, is_estimated, people_counted
from equipoise.words.model import Sentence
from equipoise.words.numbers import without_noise
from equipoise.words.other_methods import differing_presets
from equipoise.words.robustness import most_analyses_differ
from equipoise.words.sizes import Region, oriented, region_of_estimate, regions
from equipoise.words.subjects import measured, outcome_of, treatment

_ALLOWED: dict[Region, str] = {
    "important benefit": "an important benefit",
    "benefit": "a benefit",
    "little or no difference": "little or no difference",
    "harm": "a harm",
    "important harm": "an important harm",
}
_RESULTS: dict[CertaintyLevel, str] = {
    "high": "results",
    "moderate": "probably results",
    "low": "may result",
}


def finding_statement(
    findings: Findings, finding: Finding, *, with_certainty: bool = True
) -> Sentence:
    """Say what a finding means, whatever became of its trials.

    The statement holds no effect; tables show it beside the numbers. Use
    :func:`equipoise.words.answer` for a sentence that carries them. ``with_certainty`` False
    leaves out the remark on who rated the certainty, for tables that show it in a column; the
    certainty still chooses between *reduces* and *may reduce*.
    """
    if not is_estimated(finding):
        return _without_estimate(findings, finding)
    return make_sentence(
        what_it_does(findings, finding),
        what_else_it_allows(findings, finding),
        _what_it_depends_on(finding),
        ".",
        _warning(finding),
        " It rests on one trial." if finding.status == "single trial" else "",
        certainty_remark(findings, finding) if with_certainty else (),
    )


def _what_it_depends_on(finding: Finding) -> str:
    """Warn that a statement follows from a verdict most analyses, or the other methods, deny.

    Very low certainty claims nothing of the effect, so there the warning is about the verdict.
    """
    if not (most_analyses_differ(finding) or differing_presets(finding)):
        return ""
    what = "the verdict" if strength(finding) == "very low" else "this"
    return f"; {what} depends on how the trials are analysed"


def _warning(finding: Finding) -> str:
    warning = interval_warning(finding)
    return f" {warning[0].upper()}{warning[1:]}." if warning else ""


def what_it_does(findings: Findings, finding: Finding, *, start: bool = True) -> Parts:
    """Give GRADE's informative statement without its full stop.

    ``start`` False is for the middle of a sentence.
    """
    level = strength(finding)
    subject = treatment(findings, finding.comparison, start=start)
    object_ = measured(findings, finding)
    if level == "very low":
        opening = "The" if start else "the"
        name = treatment(findings, finding.comparison)
        return (
            f"{opening} evidence is very uncertain about the effect of ", *name, " on ", *object_,
        )  # fmt: skip
    what: Parts = (_chance(findings, finding), *object_)
    if _is_unclear(finding):
        opening = "Whether " if start else "whether "
        ending = " is unclear" if finding.time is None else ", is unclear"
        name = treatment(findings, finding.comparison)
        return (opening, *name, " changes ", *what, ending)
    if finding.verdicts[finding.primary].category == "little or no difference":
        return (*subject, f" {_RESULTS[level]} in little to no difference in ", *what)
    return (*subject, *_changes(findings, finding, level), " ", *what)


def what_else_it_allows(findings: Findings, finding: Finding) -> str:
    """Name what else than the estimate's own region the interval reaches into.

    With a minimal important difference these are regions of benefit and harm; without one, the
    other direction. An unclear verdict has no region of its own, so all are named. Empty when
    there is nothing else, and when the evidence is very uncertain anyway.
    """
    if strength(finding) == "very low":
        return ""
    if _is_unclear(finding):
        return _what_leaves_it_unclear(findings, finding)
    if _may_be_too_small(finding):
        return f", though the interval allows {what_it_is_compatible_with(finding)}"
    others = [region for region in regions(finding) if region != region_of_estimate(finding)]
    if not others:
        return ""
    if oriented(finding).mid is None:
        return f", though the interval also allows {_other_direction(findings, finding)}"
    return f", though the interval also allows {_joined(others)}"


def what_it_is_compatible_with(finding: Finding) -> str:
    """Name what the interval reaches into, for use after *fits*.

    ``both an important benefit and little or no difference``, or, where it reaches into all
    three, ``anything from an important benefit to an important harm``.
    """
    reached = regions(finding)
    if len(reached) == len(("benefit", "neither", "harm")):
        return f"anything from {_ALLOWED[reached[0]]} to {_ALLOWED[reached[-1]]}"
    return ("both " if len(reached) > 1 else "") + _joined(reached)


def _is_unclear(finding: Finding) -> bool:
    """Tell whether a statement can name no direction: by the verdict, or with none to name."""
    category = finding.verdicts[finding.primary].category
    if category == "little or no difference":
        return False
    return category == "unclear" or oriented(finding).estimate == 0


def _may_be_too_small(finding: Finding) -> bool:
    """Tell whether a verdict of benefit or harm has an estimate short of an important one."""
    settled = finding.verdicts[finding.primary].category in {"benefit", "harm"}
    short = region_of_estimate(finding) == "little or no difference"
    return settled and short and len(regions(finding)) > 1


def _what_leaves_it_unclear(findings: Findings, finding: Finding) -> str:
    gains = oriented(finding)
    if gains.mid is not None:
        return f": the interval allows {what_it_is_compatible_with(finding)}"
    if gains.low < 0 < gains.high:
        better_or_worse = _better_or_worse(findings, finding)
        both = (
            "an improvement and a worsening" if better_or_worse else "an increase and a reduction"
        )
        return f"; the interval allows both {both}"
    return "; the interval includes no difference" if gains.low <= 0 <= gains.high else ""


def _other_direction(findings: Findings, finding: Finding) -> str:
    estimate = without_noise(finding.estimates[finding.primary].effect.analysis_estimate)
    less, more = "a reduction", "an increase"
    if _better_or_worse(findings, finding):
        better, worse = "an improvement", "a worsening"
        less, more = (better, worse) if finding.direction == "lower" else (worse, better)
    if estimate == 0:
        return f"{less} or {more}"
    return more if estimate < 0 else less


def _chance(findings: Findings, finding: Finding) -> str:
    """Name what a treatment changes when an outcome is an event.

    Its rate where events are counted over time; else the risk of an event people want to avoid or
    the chance of one they hope for, whichever side of the balance it is on.
    """
    match outcome_of(findings, finding.outcome).kind:
        case "continuous":
            return ""
        case "rate":
            return "the rate of "
        case _:
            return "the risk of " if finding.direction == "lower" else "the chance of "


def _better_or_worse(findings: Findings, finding: Finding) -> bool:
    """Tell whether a statement must say *improve* or *worsen*, not *reduce* or *increase*.

    On a quality-of-life scale where lower is better, a lower score must not read as a reduction
    of quality of life; and where more of something is better, "may reduce function" leaves a
    reader to work out that this is a worsening. Events keep their chance, which says it.
    """
    outcome = outcome_of(findings, finding.outcome)
    more_is_better = finding.direction == "higher" and outcome.kind == "continuous"
    return more_is_better or finding.direction != outcome.direction


def _joined(reached: Sequence[Region]) -> str:
    return " and ".join(_ALLOWED[region] for region in reached)


def _changes(findings: Findings, finding: Finding, level: CertaintyLevel) -> Parts:
    modal = {"high": " ", "moderate": " probably ", "low": " may "}[level]
    ending = "" if level == "low" else "s"
    style = f"reduce{ending}_or_increase{ending}"
    if _better_or_worse(findings, finding):
        style = f"improve{ending}_if_{finding.direction}"
    return (modal, _direction(findings, finding, style))


def _direction(findings: Findings, finding: Finding, style: str) -> Part:
    keys = ("estimates", finding.primary, "effect", "analysis_estimate")
    return bind(findings, join_path("findings", finding.id, *keys), style, finding=finding.id)


def _without_estimate(findings: Findings, finding: Finding) -> Sentence:
    what = measured(findings, finding, start=True)
    if not finding.trials:
        return make_sentence(what, ": measured, but reported without numbers that could be used.")
    people = people_counted(findings, finding)
    if _nobody_had_it(finding):
        return make_sentence(
            what,
            ": no events in either group",
            *((" among ", people) if people else ()),
            ", so the groups cannot be compared; this does not show that such events cannot happen.",
        )
    return make_sentence(
        what,
        ": measured",
        *((" in ", people) if people else ()),
        ", but the groups cannot be compared ",
        "by the methods of the main analysis."
        if finding.estimates
        else "from the numbers reported.",
    )


def _nobody_had_it(finding: Finding) -> bool:
    counts = [arm.events for trial in finding.trials for arm in (trial.treatment, trial.comparator)]
    return bool(counts) and all(events == 0 for events in counts)
