"""The report: one HTML file that needs nothing else, made of the findings alone."""

from __future__ import annotations

from collections.abc import Mapping, Sized
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import jinja2
from markupsafe import Markup

from equipoise.figures import Figure
from equipoise.findings import ComparisonInfo, Finding, Findings
from equipoise.report import basis, methods
from equipoise.report.anchors import comparison_anchor, finding_anchor
from equipoise.report.certainty import CertaintyView, certainty_views
from equipoise.report.directory import Directory, directory
from equipoise.report.figures import (
    GAP_MAP,
    curve_name,
    forest_name,
    report_figures,
    subgroup_name,
)
from equipoise.report.gaps import gap_rows
from equipoise.report.harms import HarmRow, harm_rows, notes_on_harms
from equipoise.report.robustness import RobustnessView, notes_on_counting, robustness_views
from equipoise.report.sentences import marked_up, paragraph
from equipoise.report.summary import SummaryRow, risk_bases, scale_text, summary_of_findings
from equipoise.report.trials import TrialTable, trial_table
from equipoise.report.verdicts import interval_warnings, verdict_lines
from equipoise.words import answer, gap_text, methods_text, numbers, phrases, robustness_text

_PACKAGE = "equipoise.report"


@dataclass(frozen=True, slots=True)
class SubgroupView:
    """A planned subgroup analysis of a finding."""

    name: str
    number: str | None
    figure: Figure


@dataclass(frozen=True, slots=True)
class FindingView:
    """A finding with its plot and its trials."""

    anchor: str
    number: str | None
    title: str
    full_title: str
    scale: str
    status: str
    importance: str
    figure: Figure | None
    table: TrialTable | None
    subgroups: tuple[SubgroupView, ...]
    interval_warnings: tuple[str, ...]
    verdicts: tuple[str, ...]
    without_numbers: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OtherAnalyses:
    """A finding analysed otherwise: the words, the numbers, and the curve where there is one."""

    words: Markup
    view: RobustnessView
    figure: Figure | None


@dataclass(frozen=True, slots=True)
class ComparisonView:
    """Everything the report says about one comparison."""

    info: ComparisonInfo
    anchors: dict[str, str]
    main: bool
    summary: tuple[SummaryRow, ...]
    risk_bases: dict[str, str]
    findings: tuple[FindingView, ...]
    others: tuple[OtherAnalyses, ...]
    not_counted: tuple[tuple[str, str], ...]
    harms: tuple[HarmRow, ...]
    harm_notes: tuple[tuple[str, str], ...]
    certainty: tuple[CertaintyView, ...]
    gaps: Markup


_SECTIONS = ("summary", "risk", "trials", "robustness", "harms", "certainty")


def render_report(findings: Findings, figures: Mapping[str, Figure] | None = None) -> str:
    """Write the report of ``findings`` as one HTML page.

    The page loads nothing from anywhere: style, script and figures are in it. The same findings
    give the same bytes, so that a changed page means changed findings.

    Args:
        findings: The findings.
        figures: What :func:`report_figures` gives for them, where it is at hand already.
    """
    names = directory(findings)
    drawn = report_figures(findings) if figures is None else figures
    page = _environment().get_template("report.html.j2")
    return page.render(
        review=findings.review,
        findings=findings,
        names=names,
        style=Markup(_static("report.css")),  # noqa: S704 - our own file
        script=Markup(_static("report.js")),  # noqa: S704 - our own file
        answer=[marked_up(sentence, names) for sentence in answer(findings)],
        facts=basis.facts(findings),
        parts=basis.parts(findings),
        no_data=basis.no_data(findings),
        tallies=basis.tallies(findings),
        studies=basis.study_rows(names),
        comparisons=[
            _comparison(names, info, drawn, main=position == 0)
            for position, info in enumerate(findings.comparisons)
        ],
        gap_figure=drawn.get(GAP_MAP),
        gap_rows=gap_rows(findings, names),
        methods=[marked_up(sentence, names) for sentence in methods_text(findings)],
        method_rows=methods.method_rows(findings),
    )


def _comparison(
    names: Directory, info: ComparisonInfo, figures: Mapping[str, Figure], *, main: bool
) -> ComparisonView:
    summary = summary_of_findings(names.all, info.id)
    harms = harm_rows(names, info)
    views = robustness_views(names, info)
    return ComparisonView(
        info=info,
        anchors={section: comparison_anchor(section, info.id) for section in _SECTIONS},
        main=main,
        summary=summary,
        risk_bases=risk_bases(summary),
        findings=tuple(_finding(names, finding, figures) for finding in names.of(info)),
        others=tuple(_other(names, view, figures) for view in views),
        not_counted=notes_on_counting(views),
        harms=harms,
        harm_notes=notes_on_harms(harms),
        certainty=certainty_views(names, info),
        gaps=paragraph(gap_text(names.all, info.id), names),
    )


def _finding(names: Directory, finding: Finding, figures: Mapping[str, Figure]) -> FindingView:
    return FindingView(
        anchor=finding_anchor(finding.id),
        number=finding.number,
        title=names.short_title(finding),
        full_title=finding.title,
        scale=scale_text(names.outcomes[finding.outcome], finding),
        status=finding.status,
        importance=finding.importance,
        figure=figures.get(forest_name(finding)),
        table=trial_table(finding, names) if finding.trials else None,
        subgroups=tuple(
            SubgroupView(
                analysis.name, analysis.number, figures[subgroup_name(finding, analysis.by)]
            )
            for analysis in finding.subgroup_analyses
        ),
        interval_warnings=interval_warnings(finding),
        verdicts=verdict_lines(finding),
        without_numbers=finding.without_numbers,
        notes=tuple(note.text for note in finding.notes),
    )


def _other(names: Directory, view: RobustnessView, figures: Mapping[str, Figure]) -> OtherAnalyses:
    finding = names.findings[view.finding_id]
    return OtherAnalyses(
        words=paragraph(robustness_text(names.all, finding), names),
        view=view,
        figure=figures.get(curve_name(finding)),
    )


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader(_PACKAGE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    environment.filters["drawn"] = _drawn
    environment.filters["marked_up"] = marked_up
    environment.filters["kept"] = _kept
    environment.filters["counted"] = _counted
    environment.filters["name_start"] = phrases.name_start
    return environment


def _drawn(figure: Figure) -> Markup:
    """Let a figure through as it is: the figures room escapes every text it draws."""
    return Markup(figure.svg)  # noqa: S704 - see above


def _kept(effect: str) -> str:
    """Keep an interval on one line of its cell."""
    return effect.replace(" to ", "\N{NO-BREAK SPACE}to\N{NO-BREAK SPACE}")


def _counted(things: Sized, noun: str) -> str:
    """Count things with their noun: ``1 rating``, ``2 ratings``."""
    return f"{numbers.count(len(things))} {noun}{'' if len(things) == 1 else 's'}"


@cache
def _static(name: str) -> str:
    return files(_PACKAGE).joinpath("static", name).read_text(encoding="utf-8")
