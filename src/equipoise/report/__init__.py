"""Reports: pages, tables and figures as pure functions of the findings."""

from equipoise.report.figures import report_figures
from equipoise.report.outputs import Written, write_outputs
from equipoise.report.page import render_report
from equipoise.report.summary import SummaryRow, summary_of_findings

__all__ = [
    "SummaryRow",
    "Written",
    "render_report",
    "report_figures",
    "summary_of_findings",
    "write_outputs",
]
