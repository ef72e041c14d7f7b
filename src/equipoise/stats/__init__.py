"""Effect sizes and their pooling: labelled columns in, results people print and plot out."""

from equipoise.stats.absolute import AbsoluteRisks, absolute_effect
from equipoise.stats.effect_sizes import EffectSizes, effect_sizes
from equipoise.stats.information_size import InformationSize, optimal_information_size
from equipoise.stats.notes import Note
from equipoise.stats.pooling import pool
from equipoise.stats.presets import MethodSpec, resolve_methods
from equipoise.stats.results import Diagnostics, MetaAnalysis, Transformed
from equipoise.stats.sensitivity import Sensitivity
from equipoise.stats.subgroups import SubgroupAnalysis, subgroups
from equipoise.stats.subsets import SubsetFits, pool_subsets

__all__ = [
    "AbsoluteRisks",
    "Diagnostics",
    "EffectSizes",
    "InformationSize",
    "MetaAnalysis",
    "MethodSpec",
    "Note",
    "Sensitivity",
    "SubgroupAnalysis",
    "SubsetFits",
    "Transformed",
    "absolute_effect",
    "effect_sizes",
    "optimal_information_size",
    "pool",
    "pool_subsets",
    "resolve_methods",
    "subgroups",
]
