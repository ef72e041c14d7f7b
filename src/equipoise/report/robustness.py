"""What the review would have said had it been analysed otherwise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from equipoise.figures import CurvePoint, Figure, specification_curve
from equipoise.findings import ComparisonInfo, Finding, Robustness, Specification
from equipoise.report.anchors import finding_anchor, robustness_anchor
from equipoise.report.directory import Directory
from equipoise.report.forest_rows import finding_axis
from equipoise.report.options import option_name
from equipoise.report.verdicts import other_verdicts
from equipoise.words import numbers, phrases

_FEWEST_FOR_A_CURVE: Final = 3
_FEWEST_FOR_T: Final = 3
MOST_DRAWN: Final = 300
"""Most analyses in one curve: beyond, points touch, and the text twin is too long to read."""

_EACH_IN_TURN: Final = "one trial left out, each in turn"


@dataclass(frozen=True, slots=True)
class OptionRow:
    """What the analyses with one option of one choice say."""

    choice: str
    option: str
    analyses: str
    estimates: str
    verdicts: str


@dataclass(frozen=True, slots=True)
class AnalysisRow:
    """One defensible analysis: what it does, what it finds, what that means."""

    label: str
    effect: str
    p: str
    verdict: str


@dataclass(frozen=True, slots=True)
class RobustnessView:
    """One finding analysed otherwise.

    ``agreeing`` counts the choices an analyst defends; ``with_left_out`` counts the analyses that
    leave out single trials too. ``not_drawn`` sums up what the curve leaves out,
    ``not_counted`` what was computed but not counted and what was planned but not run.
    """

    anchor: str
    finding_id: str
    finding: str
    title: str
    verdict: str
    by_other_methods: str
    agreeing: str
    with_left_out: str
    verdicts: str
    deciding: str
    analyses: tuple[AnalysisRow, ...]
    options: tuple[OptionRow, ...]
    not_drawn: str
    not_counted: tuple[str, ...]


def robustness_views(names: Directory, comparison: ComparisonInfo) -> tuple[RobustnessView, ...]:
    """List a comparison's findings that could be analysed otherwise."""
    return tuple(
        _view(finding, finding.robustness, names.short_title(finding))
        for finding in names.of(comparison)
        if finding.robustness is not None
    )


def shows_curve(finding: Finding, *, main: bool) -> bool:
    """Tell whether a finding gets a specification curve: where readers need one.

    In the main comparison that is each finding whose verdict depends on the analysis, and each
    critical outcome. Every other finding has its row in the table.
    """
    found = finding.robustness
    if not main or found is None or found.total < _FEWEST_FOR_A_CURVE:
        return False
    return finding.importance == "critical" or found.same_verdict < found.total


def curve_figure(finding: Finding, names: Directory) -> Figure:
    """Draw the specification curve of a finding that has other analyses.

    Where there are more than :data:`MOST_DRAWN`, those that leave out single trials are summed up
    in words instead.
    """
    found = finding.robustness
    specifications = found.specifications if found is not None else ()
    shown = _drawn(specifications)
    said = f"{numbers.analyses(len(shown))} of the same trials, sorted by their estimate."
    left = _not_drawn(specifications)
    verdicts = _tally_of(shown)
    return specification_curve(
        [_point(specification) for specification in shown],
        axis=finding_axis(finding, names),
        dimensions=tuple(name for name, _ in _CHOICES),
        title=f"Other analyses: {finding.title}",
        description=f"{said} Verdicts: {verdicts}.{' ' if left else ''}{left}",
        prefix=f"curve-{finding_anchor(finding.id)}",
    )


def _drawn(specifications: Sequence[Specification]) -> Sequence[Specification]:
    """Choose what a curve shows: everything, or without the analyses that leave out one trial."""
    if len(specifications) <= MOST_DRAWN:
        return specifications
    return [each for each in specifications if not each.leave_one_out]


def _not_drawn(specifications: Sequence[Specification]) -> str:
    """Sum up the analyses a curve leaves out; empty where it shows them all."""
    left = [each for each in specifications if each.leave_one_out]
    if len(specifications) <= MOST_DRAWN or not left:
        return ""
    return (
        f"Not drawn: {numbers.analyses(len(left))} that leave out one trial, each in turn. "
        f"Their estimates: {_span(left)}. Their verdicts: {_tally_of(left)}."
    )


def _model(specification: Specification) -> str:
    return f"{option_name(specification.model)}, {option_name(specification.method)}"


def _between(specification: Specification) -> str:
    return option_name(specification.tau2) if specification.tau2 else "assumed to be none"


def _interval(specification: Specification) -> str:
    return option_name(specification.ci)


def _trials(specification: Specification) -> str:
    return option_name(specification.trials)


_CHOICES: Final[tuple[tuple[str, Callable[[Specification], str]], ...]] = (
    ("Model", _model),
    ("Between-trial variance", _between),
    ("Interval", _interval),
    ("Trials", _trials),
)


def _point(specification: Specification) -> CurvePoint:
    return CurvePoint(
        label=specification.label,
        estimate=specification.estimate,
        low=specification.ci_low,
        high=specification.ci_high,
        category=specification.verdict,
        choices=tuple(chosen(specification) for _, chosen in _CHOICES),
    )


def _view(finding: Finding, found: Robustness, title: str) -> RobustnessView:
    return RobustnessView(
        anchor=robustness_anchor(finding.id),
        finding_id=finding.id,
        finding=finding_anchor(finding.id),
        title=title,
        verdict=found.reference,
        by_other_methods=other_verdicts(finding),
        agreeing=f"{numbers.count(found.analysis_same)} of {numbers.count(found.analysis_total)}",
        with_left_out=_with_left_out(found),
        verdicts=_tally(found.verdicts),
        deciding=_deciding(found),
        analyses=tuple(_analysis_rows(found.specifications)),
        options=tuple(_option_rows(found.specifications)),
        not_drawn=_not_drawn(found.specifications),
        not_counted=tuple(_not_counted(found)),
    )


def notes_on_counting(views: Iterable[RobustnessView]) -> tuple[tuple[str, str], ...]:
    """List what was not counted or not run, each remark once, with the findings it is about."""
    about: dict[str, list[str]] = {}
    for view in views:
        for note in view.not_counted:
            about.setdefault(note, []).append(view.title)
    return tuple(("; ".join(titles), note) for note, titles in about.items())


def _not_counted(found: Robustness) -> Iterator[str]:
    for note in found.not_run:
        few = note.code == "t-intervals-few-trials"
        yield f"{note.text}{_left_out_too(found) if few else ''}"


def _left_out_too(found: Robustness) -> str:
    """Say whether analyses of too few trials are so few because one was left out."""
    small = [each.leave_one_out for each in found.specifications if each.k < _FEWEST_FOR_T]
    if not any(small):
        return ""
    return f" {'All' if all(small) else 'Some'} of these are analyses after leaving one trial out."


def _with_left_out(found: Robustness) -> str:
    if found.total == found.analysis_total:
        return "none to leave out"
    return f"{numbers.count(found.same_verdict)} of {numbers.count(found.total)}"


def _analysis_rows(specifications: Sequence[Specification]) -> Iterator[AnalysisRow]:
    """List the choices an analyst defends, from the smallest p-value to the largest."""
    chosen = [each for each in specifications if not each.leave_one_out]
    for each in sorted(chosen, key=lambda each: 1.0 if each.p is None else each.p):
        low, high = numbers.estimate(each.ci_low), numbers.estimate(each.ci_high)
        yield AnalysisRow(
            label=each.label,
            effect=f"{numbers.estimate(each.estimate)} ({low} to {high})",
            p="–" if each.p is None else numbers.p_in_table(each.p),
            verdict=each.verdict,
        )


def _deciding(found: Robustness) -> str:
    if found.deciding_choice is None:
        return (
            "none: all analyses counted agree"
            if found.same_verdict == found.total
            else "none alone"
        )
    return phrases.choice(found.deciding_choice.choice)


def _option_rows(specifications: Sequence[Specification]) -> Iterator[OptionRow]:
    for choice, chosen in _CHOICES:
        together = chosen is _trials and len(specifications) > MOST_DRAWN
        by_option: dict[str, list[Specification]] = {}
        for each in specifications:
            option = _EACH_IN_TURN if together and each.leave_one_out else chosen(each)
            by_option.setdefault(option, []).append(each)
        if len(by_option) > 1:
            for option, members in by_option.items():
                yield _option_row(choice, option, members)


def _option_row(choice: str, option: str, members: Sequence[Specification]) -> OptionRow:
    return OptionRow(
        choice=choice,
        option=option,
        analyses=numbers.count(len(members)),
        estimates=_span(members),
        verdicts=_tally_of(members),
    )


def _span(specifications: Sequence[Specification]) -> str:
    """Give the range of estimates."""
    estimates = [each.estimate for each in specifications]
    low, high = numbers.estimate(min(estimates)), numbers.estimate(max(estimates))
    return low if low == high else f"{low} to {high}"


def _tally_of(specifications: Sequence[Specification]) -> str:
    verdicts = Counter(each.verdict for each in specifications)
    return _tally({str(name): count for name, count in verdicts.most_common()})


def _tally(verdicts: dict[str, int]) -> str:
    return ", ".join(f"{name} {numbers.count(count)}" for name, count in verdicts.items())
