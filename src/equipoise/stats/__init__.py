"""Effect sizes and their pooling: labelled columns in, results people print and plot out."""

from equipoise.stats.absolute import AbsoluteRisks, absolute_effect
from equipoise.stats.asymmetry import Asymmetry, LimitEstimate
from equipoise.stats.diagnostics import Influence, TrialPredictions
from equipoise.stats.effect_sizes import EffectSizes, effect_sizes
from equipoise.stats.excess_significance import ExcessSignificance
from equipoise.stats.fail_safe import FailSafeN
from equipoise.stats.information_size import InformationSize, optimal_information_size
from equipoise.stats.notes import Note
from equipoise.stats.pooling import pool
from equipoise.stats.presets import MethodSpec, resolve_methods
from equipoise.stats.results import Diagnostics, MetaAnalysis, Transformed
from equipoise.stats.sensitivity import Sensitivity
from equipoise.stats.subgroups import SubgroupAnalysis, subgroups
from equipoise.stats.subsets import SubsetFits, pool_subsets
from equipoise.stats.trim_and_fill import TrimAndFill

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
