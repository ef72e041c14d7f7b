"""A review folder into a ``Review``: read everything, check everything, report everything."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from equipoise.errors import ProjectError
from equipoise.review.checks import Draft, check_draft
from equipoise.review.files import Folder, open_folder
from equipoise.review.logs import effective, read_decisions, read_searches
from equipoise.review.model import Problem, Review, Search
from equipoise.review.problems import format_problem, in_order
from equipoise.review.protocol import FILE, ReviewFile, protocol_of, read_plan
from equipoise.review.rows import ARMS, JUDGEMENTS, RESULTS, STUDIES, read_rows


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading a folder gave: the review, unless there are errors, and every problem."""

    review: Review | None
    problems: tuple[Problem, ...]


def read_review(folder: str | Path) -> Reading:
    """Read and check a review folder, collecting every problem in file and line order.

    Args:
        folder: The folder that holds ``review.toml``.

    Returns:
        The review (``None`` if and only if there is an error) and all problems.

    Raises:
        ProjectError: The folder itself does not exist, is a file, or cannot be read.
    """
    opened = open_folder(folder)
    draft = Draft(
        plan=read_plan(opened),
        studies=read_rows(opened, STUDIES),
        arms=read_rows(opened, ARMS),
        results=read_rows(opened, RESULTS),
        judgements=read_rows(opened, JUDGEMENTS),
        decisions=read_decisions(opened),
    )
    searches = read_searches(opened)
    opened.problems.extend(check_draft(draft))
    problems = in_order(opened.problems, _files(opened))
    file = draft.plan.file if draft.plan else None
    if file is None or any(problem.severity == "error" for problem in problems):
        return Reading(None, problems)
    return Reading(_review(opened, draft, file, searches, problems), problems)


def load_review(folder: str | Path) -> Review:
    """Read a review folder that has no errors; its warnings travel in the review.

    Raises:
        ProjectError: The folder cannot be used; ``problems`` holds everything found.
    """
    reading = read_review(folder)
    if reading.review is not None:
        return reading.review
    errors = [problem for problem in reading.problems if problem.severity == "error"]
    count = "1 error" if len(errors) == 1 else f"{len(errors)} errors"
    message = f"{folder}: {count} to mend before this review can be used; the first: "
    raise ProjectError(message + format_problem(errors[0]), reading.problems)


def check_review(folder: str | Path) -> tuple[Problem, ...]:
    """Return every problem of a review folder, in file and line order.

    Raises:
        ProjectError: The folder itself does not exist, is a file, or cannot be read.
    """
    return read_review(folder).problems


def _files(folder: Folder) -> tuple[str, ...]:
    """Name the files in the order people are told of them."""
    logs = folder.names("decisions", (".jsonl",)) + folder.names("searches", (".toml",))
    return (FILE, STUDIES.file, ARMS.file, RESULTS.file, JUDGEMENTS.file, *logs)


def _review(
    folder: Folder,
    draft: Draft,
    file: ReviewFile,
    searches: tuple[Search, ...],
    problems: tuple[Problem, ...],
) -> Review:
    articles = folder.names("articles", (".txt", ".md"))
    return Review(
        protocol=protocol_of(file),
        studies=draft.studies.rows,
        arms=draft.arms.rows,
        results=draft.results.rows,
        judgements=draft.judgements.rows,
        decisions=effective(draft.decisions),
        searches=searches,
        articles=tuple(name for name in articles if name != "articles/README.md"),
        hashes=dict(sorted(folder.hashes.items())),
        warnings=problems,
    )
