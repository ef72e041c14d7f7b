"""Equipoise: from trial records to an answer people can weigh.

    >>> import equipoise as eq
    >>> trials = eq.effect_sizes(
    ...     "MD", study=["A", "B", "C"],
    ...     mean_1=[60.0, 56.0, 26.8], sd_1=[38.0, 31.2, 27.9], n_1=[59, 12, 30],
    ...     mean_2=[61.3, 74.0, 54.5], sd_2=[32.7, 10.4, 26.3], n_2=[30, 12, 30],
    ... )
    >>> fit = eq.pool(trials)
    >>> round(fit.estimate, 1)
    -15.8

Names are loaded when they are first used, so importing the package costs next to nothing.
"""

from __future__ import annotations

import importlib

from equipoise._version import __version__

# Type checkers read this name as true; importing ``typing`` for it would double our import time.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from equipoise.findings import Findings, from_json, to_json
    from equipoise.review import check_review, load_review, new_review
    from equipoise.stats import (
        absolute_effect,
        effect_sizes,
        optimal_information_size,
        pool,
        pool_subsets,
        resolve_methods,
        subgroups,
    )
    from equipoise.synthesis import synthesise

_ROOMS = {
    "Findings": "findings",
    "absolute_effect": "stats",
    "check_review": "review",
    "effect_sizes": "stats",
    "from_json": "findings",
    "load_review": "review",
    "new_review": "review",
    "optimal_information_size": "stats",
    "pool": "stats",
    "pool_subsets": "stats",
    "resolve_methods": "stats",
    "subgroups": "stats",
    "synthesise": "synthesis",
    "to_json": "findings",
}

__all__ = [
    "Findings",
    "__version__",
    "absolute_effect",
    "check_review",
    "effect_sizes",
    "from_json",
    "load_review",
    "new_review",
    "optimal_information_size",
    "pool",
    "pool_subsets",
    "resolve_methods",
    "subgroups",
    "synthesise",
    "to_json",
]


def __getattr__(name: str) -> object:
    room = _ROOMS.get(name)
    if room is None:
        raise AttributeError(f"module 'equipoise' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"equipoise.{room}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
