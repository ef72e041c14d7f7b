"""Every figure of the report, by the name it is saved under."""

from __future__ import annotations

from collections.abc import Iterator

from equipoise.figures import Figure
from equipoise.findings import Finding, Findings
from equipoise.report.anchors import safe
from equipoise.report.directory import Directory, directory
from equipoise.report.forest_rows import forest_figure, subgroup_figure
from equipoise.report.gaps import gap_figure
from equipoise.report.robustness import curve_figure, shows_curve

GAP_MAP = "gap-map"


def report_figures(findings: Findings) -> dict[str, Figure]:
    """Draw every figure of the report.

    Args:
        findings: The findings.

    Returns:
        Figures by name: ``gap-map``; for a finding its id, ``<id>-by-<subgroup>`` and
        ``<id>-other-analyses``. Names are safe to use as file names.
    """
    return dict(_drawn(findings, directory(findings)))


def forest_name(finding: Finding) -> str:
    """Name a finding's forest plot."""
    return safe(finding.id)


def subgroup_name(finding: Finding, by: str) -> str:
    """Name the forest plot of a finding's trials in groups."""
    return f"{safe(finding.id)}-by-{safe(by)}"


def curve_name(finding: Finding) -> str:
    """Name the specification curve of a finding."""
    return f"{safe(finding.id)}-other-analyses"


def _drawn(findings: Findings, names: Directory) -> Iterator[tuple[str, Figure]]:
    if findings.gaps:
        yield GAP_MAP, gap_figure(findings, names)
    main = findings.comparisons[0].id if findings.comparisons else None
    for finding in findings.findings:
        if finding.trials:
            yield forest_name(finding), forest_figure(finding, names)
        for analysis in finding.subgroup_analyses:
            drawn = subgroup_figure(finding, analysis, names)
            yield subgroup_name(finding, analysis.by), drawn
        if shows_curve(finding, main=finding.comparison == main):
            yield curve_name(finding), curve_figure(finding, names)
