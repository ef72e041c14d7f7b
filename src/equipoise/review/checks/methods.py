"""Checks of the methods a protocol names: the preset, and changes to it.

The review's room knows nothing of statistics; it knows which words the format has for them, as it
knows the effect measures. A test holds the two lists together. Whether options go together, and
whether they fit a measure, only the statistics can say: a run refuses what is not defined.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from equipoise.review.fields import LARGEST
from equipoise.review.model import Problem
from equipoise.review.problems import did_you_mean, error, one_of
from equipoise.review.protocol import Plan

PRESETS = ("cochrane-2025", "as-published", "revman5", "metafor", "meta-8", "iqwig6")
WORDS = {
    "model": ("random", "common"),
    "method": ("IV", "MH", "Peto"),
    "weighting": ("inverse-variance", "ivhet", "equal", "sample-size", "given"),
    "tau2": (
        *("DL", "PM", "REML", "ML", "HE", "HS", "HSk", "SJ"),
        *("EB", "PMM", "DLIT", "SJIT", "GENQ", "GENQM", "fixed"),
    ),
    "ci": (
        *("wald", "t", "hksj", "hksj-floor", "hksj-if-wider", "hksj-iqwig"),
        *("kenward-roger", "henmi-copas", "profile-likelihood"),
    ),
    "pi": ("follow-ci", "HTS", "V", "HK", "HK-PR", "KR", "KR-PR", "normal"),
    "tau2_ci": (
        *("q-profile", "biggerstaff-jackson", "jackson", "general-q"),
        *("profile-likelihood", "sidik-jonkman", "wald", "none"),
    ),
    "i2": ("q", "tau2"),
    "zero_cells": (
        "none",
        "only-zero",
        "if-any-zero",
        "all",
        "treatment-arm",
        "only-zero-variance",
    ),
    "double_zero": ("drop", "keep", "revman"),
    "smd_variance": (*("hedges-ls", "hedges-ls2", "hedges-ub", "hedges-av", "revman", "cohens-d"),),
    "mh_counts": ("observed", "corrected"),
    "mh_rd_variance": ("sato", "greenland-robins"),
}
# From and to. Nobody reports an interval beyond these levels, and its ends run off to infinity; a
# correction is a share of a person.
NUMBERS = {"level": (0.5, 0.9999), "add": (0.0001, 10.0), "tau2_value": (0.0, LARGEST)}
OPTIONS = (*WORDS, *NUMBERS)


def check_methods(plan: Plan) -> Iterator[Problem]:
    """Check the presets and every change to them, of the review and of single analyses."""
    methods = plan.methods
    for field, preset in (("preset", methods.preset), ("compare", methods.compare)):
        if (preset is None and field == "compare") or preset in PRESETS:
            continue
        place = plan.decoder.place(("methods", field))
        message = f"There is no such preset.{did_you_mean(preset or '', PRESETS)}"
        found = preset or "nothing"
        yield error(place, "unknown-preset", message, found=found, allowed=one_of(PRESETS))
    yield from _changes(plan, methods.changes, ("methods", "changes"))
    for analysis in plan.analyses:
        path = plan.decoder.path_of(analysis)
        yield from _changes(plan, analysis.methods, (*path, "methods"))


def _changes(
    plan: Plan, changes: Mapping[str, str | float], path: tuple[str | int, ...]
) -> Iterator[Problem]:
    for name, value in changes.items():
        place = plan.decoder.place((*path, name))
        if name not in OPTIONS:
            message = f"The methods have no such option.{did_you_mean(name, OPTIONS)}"
            allowed = ", ".join(OPTIONS)
            yield error(place, "unknown-option", message, found=name, allowed=allowed)
        elif name in WORDS and value not in WORDS[name]:
            near = did_you_mean(value, WORDS[name]) if isinstance(value, str) else ""
            message = f"This option has no such value.{near}"
            allowed = one_of(WORDS[name])
            yield error(place, "not-allowed", message, found=value, allowed=allowed)
        elif name in NUMBERS and not _within(value, *NUMBERS[name]):
            low, high = NUMBERS[name]
            message = "A proportion: write 0.95, not 95." if name == "level" else ""
            allowed = f"a number from {low:g} to {high:g}"
            yield error(place, "out-of-range", message, found=value, allowed=allowed)


def _within(value: str | float, low: float, high: float) -> bool:
    return not isinstance(value, str) and low <= value <= high
