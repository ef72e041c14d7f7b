"""What each route of a special design does, in words, and what it supposes.

Kept apart from the routes of parallel trials, and of the same form: a code, the formula, what it
supposes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_PERIODS: Final = "no carry-over, and as many people in each order"
_PARALLEL: Final = "the first period of each order, before anything can carry over"

DESIGN_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "paired-estimate": ("the reported paired effect with its error", _PERIODS),
    "paired-se": ("variance from the standard error of the paired difference", _PERIODS),
    "paired-ci": ("variance from the confidence interval of the paired difference", _PERIODS),
    "paired-sd": ("variance from the standard deviation of people's differences", _PERIODS),
    "paired-t": ("variance from the paired t statistic", _PERIODS),
    "paired-p": (
        "variance from the p-value of the paired t test", f"{_PERIODS}; p not rounded much"
    ),
    "paired-r": ("variance from the correlation of a person's outcomes", _PERIODS),
    "paired-assumed-r": (
        "variance from an assumed correlation of a person's outcomes",
        f"{_PERIODS}; the correlation, on which the error depends",
    ),
    "paired-table": ("variance from the table of pairs", _PERIODS),
    "paired-margins-r": (
        "variance from events and the correlation of a person's outcomes", _PERIODS
    ),
    "paired-margins-assumed-r": (
        "variance from events and an assumed correlation of a person's outcomes",
        f"{_PERIODS}; the correlation, on which the error depends",
    ),
    "first-period": ("first period only, as a parallel trial", _PARALLEL),
    "cluster-effective-size": (
        "people (and events) divided by the design effect",
        "the intracluster correlation; analysed by the trial as if people had been randomised",
    ),
    "cluster-inflated": (
        "variance multiplied by the design effect",
        "the intracluster correlation; analysed by the trial as if people had been randomised",
    ),
    "cluster-inflated-estimate": (
        "the reported error multiplied by the root of the design effect",
        "the intracluster correlation; an error that does not account for clusters",
    ),
    "cluster-ratio": (
        "people and events divided by the ratio estimator's design effect", "many clusters an arm"
    ),
    "change-reported": (
        "changes with their reported standard deviations", "nothing beyond what was reported"
    ),
    "change-r": (
        "standard deviations of changes from baseline, final values and their correlation",
        "nothing beyond what was reported",
    ),
    "change-assumed-r": (
        "standard deviations of changes from an assumed correlation",
        "the correlation, on which the error depends",
    ),
    "final-values": ("final values", "groups alike at baseline, as randomised"),
}  # fmt: skip
"""Each route's formula in words, and what it supposes; in the order in which notes name them."""

ASSUMED_ROUTES: Final = frozenset(
    {"paired-assumed-r", "paired-margins-assumed-r", "change-assumed-r"}
)
"""Routes by a correlation that nobody reported."""
