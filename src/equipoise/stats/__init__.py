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
    from equipoise.stats.small_studies.asymmetry import Asymmetry, LimitEstimate, allowed_tests
    from equipoise.stats.small_studies.doi_plot import LfkIndex, lfk_index
    from equipoise.stats.small_studies.excess_significance import ExcessSignificance
    from equipoise.stats.small_studies.fail_safe import FailSafeN
    from equipoise.stats.small_studies.limit_meta import LimitMetaAnalysis, limit_meta_analysis
    from equipoise.stats.small_studies.pet_peese import PetPeese, pet_peese
    from equipoise.stats.small_studies.trim_and_fill import TrimAndFill
    from equipoise.stats.small_studies.weighted_averages import (
        WaapWls,
        WeightedAverage,
        uwls,
        waap_wls,
    )
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
    "LfkIndex": "small_studies.doi_plot",
    "LimitEstimate": "small_studies.asymmetry",
    "LimitMetaAnalysis": "small_studies.limit_meta",
    "MetaAnalysis": "results",
    "MethodSpec": "presets",
    "Note": "notes",
    "PetPeese": "small_studies.pet_peese",
    "Sensitivity": "sensitivity",
    "SubgroupAnalysis": "subgroup_analysis",
    "SubsetFits": "subsets",
    "Transformed": "results",
    "TrialPredictions": "diagnostics",
    "TrimAndFill": "small_studies.trim_and_fill",
    "WaapWls": "small_studies.weighted_averages",
    "WeightedAverage": "small_studies.weighted_averages",
    "absolute_effect": "absolute",
    "allowed_tests": "small_studies.asymmetry",
    "effect_sizes": "effects.effect_sizes",
    "lfk_index": "small_studies.doi_plot",
    "limit_meta_analysis": "small_studies.limit_meta",
    "optimal_information_size": "information_size",
    "pet_peese": "small_studies.pet_peese",
    "pool": "pooling",
    "pool_subsets": "subsets",
    "resolve_methods": "presets",
    "subgroups": "subgroup_analysis",
    "uwls": "small_studies.weighted_averages",
    "waap_wls": "small_studies.weighted_averages",
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
    "LfkIndex",
    "LimitEstimate",
    "LimitMetaAnalysis",
    "MetaAnalysis",
    "MethodSpec",
    "Note",
    "PetPeese",
    "Sensitivity",
    "SubgroupAnalysis",
    "SubsetFits",
    "Transformed",
    "TrialPredictions",
    "TrimAndFill",
    "WaapWls",
    "WeightedAverage",
    "absolute_effect",
    "allowed_tests",
    "effect_sizes",
    "lfk_index",
    "limit_meta_analysis",
    "optimal_information_size",
    "pet_peese",
    "pool",
    "pool_subsets",
    "resolve_methods",
    "subgroups",
    "uwls",
    "waap_wls",
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
