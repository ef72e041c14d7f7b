"""Effect sizes and their pooling: labelled columns in, results people print and plot out.

Names are loaded when they are first used: a script that only pools does not wait for the rest.
"""

from __future__ import annotations

import importlib

# Type checkers read this name as true.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from equipoise.stats.absolute import AbsoluteRisks, absolute_effect
    from equipoise.stats.diagnostics import Influence, TrialPredictions
    from equipoise.stats.effects.effect_sizes import EffectSizes, effect_sizes
    from equipoise.stats.information_size import InformationSize, optimal_information_size
    from equipoise.stats.notes import Note
    from equipoise.stats.pooling import pool
    from equipoise.stats.presets import MethodSpec, resolve_methods
    from equipoise.stats.results import Diagnostics, MetaAnalysis, Transformed
    from equipoise.stats.sensitivity import Sensitivity
    from equipoise.stats.small_studies.asymmetry import Asymmetry, LimitEstimate
    from equipoise.stats.small_studies.excess_significance import ExcessSignificance
    from equipoise.stats.small_studies.fail_safe import FailSafeN
    from equipoise.stats.small_studies.trim_and_fill import TrimAndFill
    from equipoise.stats.subgroup_analysis import SubgroupAnalysis, subgroups
    from equipoise.stats.subsets import SubsetFits, pool_subsets

_HOMES = {
    "AbsoluteRisks": "absolute",
    "Asymmetry": "small_studies.asymmetry",
    "Diagnostics": "results",
    "EffectSizes": "effects.effect_sizes",
    "ExcessSignificance": "small_studies.excess_significance",
    "FailSafeN": "small_studies.fail_safe",
    "Influence": "diagnostics",
    "InformationSize": "information_size",
    "LimitEstimate": "small_studies.asymmetry",
    "MetaAnalysis": "results",
    "MethodSpec": "presets",
    "Note": "notes",
    "Sensitivity": "sensitivity",
    "SubgroupAnalysis": "subgroup_analysis",
    "SubsetFits": "subsets",
    "Transformed": "results",
    "TrialPredictions": "diagnostics",
    "TrimAndFill": "small_studies.trim_and_fill",
    "absolute_effect": "absolute",
    "effect_sizes": "effects.effect_sizes",
    "optimal_information_size": "information_size",
    "pool": "pooling",
    "pool_subsets": "subsets",
    "resolve_methods": "presets",
    "subgroups": "subgroup_analysis",
}

__all__ = [
    "AbsoluteRisks",
    "Asymmetry",
    "Diagnostics",
    "EffectSizes",
    "ExcessSignificance",
    "FailSafeN",
    "Influence",
    "InformationSize",
    "LimitEstimate",
    "MetaAnalysis",
    "MethodSpec",
    "Note",
    "Sensitivity",
    "SubgroupAnalysis",
    "SubsetFits",
    "Transformed",
    "TrialPredictions",
    "TrimAndFill",
    "absolute_effect",
    "effect_sizes",
    "optimal_information_size",
    "pool",
    "pool_subsets",
    "resolve_methods",
    "subgroups",
]


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'equipoise.stats' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"equipoise.stats.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
