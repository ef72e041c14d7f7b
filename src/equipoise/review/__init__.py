"""Room ``review``: a folder of text files into a typed, checked ``Review``.

``read_review`` collects every problem of a folder; ``load_review`` insists on none; ``new_review``
writes a small folder that works; ``review_schema`` describes the files to other programs.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from equipoise.review.model import Problem, Review
from equipoise.review.new import new_review
from equipoise.review.problems import format_problem
from equipoise.review.reading import Reading, check_review, load_review, read_review
from equipoise.review.rows import column_value

if TYPE_CHECKING:
    from equipoise.review.schema import review_schema

__all__ = [
    "Problem",
    "Reading",
    "Review",
    "check_review",
    "column_value",
    "format_problem",
    "load_review",
    "new_review",
    "read_review",
    "review_schema",
]


def __getattr__(name: str) -> object:
    # The schema alone needs pydantic; reading a folder should not pay for importing it.
    if name == "review_schema":
        return import_module("equipoise.review.schema").review_schema
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)
