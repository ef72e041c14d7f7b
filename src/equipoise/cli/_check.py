"""``equipoise check``: list everything that is wrong with a review folder, at once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from equipoise.cli._folder import FolderPath

if TYPE_CHECKING:
    from equipoise.review import Problem, Reading


@click.command()
@click.argument("folder", type=FolderPath())
@click.option("--json", "as_json", is_flag=True, help="Write the problems as JSON.")
def check(folder: Path, as_json: bool) -> int:
    """List all problems in FOLDER, with file, line, what was found and what is allowed.

    Leaves with 1 when there is an error and with 0 when there are none or only warnings.
    """
    from equipoise.review import read_review

    problems = all_problems(read_review(folder))
    if as_json:
        click.echo(json.dumps([asdict(item) for item in problems], ensure_ascii=False, indent=1))
    else:
        show_problems(problems)
        click.echo(count_problems(problems))
    return int(has_errors(problems))


def all_problems(reading: Reading) -> tuple[Problem, ...]:
    """List the problems of a folder and, where it is sound, of the methods it plans."""
    if reading.review is None:
        return reading.problems
    from equipoise.synthesis import method_problems

    return (*method_problems(reading.review), *reading.problems)


def has_errors(problems: Sequence[Problem]) -> bool:
    """Say whether a problem keeps the folder from being used."""
    return any(item.severity == "error" for item in problems)


def show_problems(problems: Sequence[Problem], *, err: bool = False) -> None:
    """Print one problem a line."""
    from equipoise.review import format_problem

    for problem in problems:
        click.echo(format_problem(problem), err=err)


def count_problems(problems: Sequence[Problem]) -> str:
    """Say how many errors and warnings there are."""
    errors = sum(item.severity == "error" for item in problems)
    warnings = len(problems) - errors
    return f"{_counted(errors, 'error')}, {_counted(warnings, 'warning')}"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
