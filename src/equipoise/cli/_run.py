"""``equipoise run``: from a review folder to findings, a report and a summary."""

from __future__ import annotations

from pathlib import Path

import click

from equipoise._version import __version__
from equipoise.cli._check import all_problems, count_problems, has_errors, show_problems
from equipoise.cli._folder import FolderPath

SUMMARY_WIDTH = 80


@click.command()
@click.argument("folder", type=FolderPath())
@click.option(
    "--out",
    type=FolderPath(),
    default=Path("out"),
    show_default=True,
    help="Where findings.json, report.html and figures/ are written.",
)
@click.option("--quiet", is_flag=True, help="Write the files and print nothing but problems.")
def run(folder: Path, out: Path, quiet: bool) -> int:
    """Answer the review in FOLDER: pool, rate, and write the report."""
    from equipoise.report import write_outputs
    from equipoise.review import read_review
    from equipoise.synthesis import synthesise
    from equipoise.words import terminal_summary

    reading = read_review(folder)
    problems = all_problems(reading)
    if reading.review is None or has_errors(problems):
        show_problems(problems, err=True)
        click.echo(f"equipoise: {count_problems(problems)}; nothing was written", err=True)
        return 1
    findings = synthesise(reading.review, software_version=__version__)
    written = write_outputs(findings, out)
    if quiet:
        return 0
    click.echo(terminal_summary(findings, width=SUMMARY_WIDTH))
    if problems:
        click.echo(f"{count_problems(problems)}; to see them: equipoise check {folder}")
    for path in written.main:
        click.echo(f"wrote {path}")
    click.echo(f"wrote {len(written.figures)} figures in {out / 'figures'}")
    return 0
