"""Effect sizes and their pooling: labelled columns in, results people print and plot out.

Names are loaded when they are first used: a script that only pools does not wait for the rest.
"""

from __future__ import annotations

import importlib

# Type checkers read this name as true.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from equipoise.stats.absolute import AbsoluteRisks, absolute_effect
    from equipoise.stats.correlated_correlations import correlation_covariances
    from equipoise.stats.covariance_blocks import Covariances
    from equipoise.stats.dependence import covariances
    from equipoise.stats.design_sensitivity import (
        DesignSensitivity,
        cluster_sensitivity,
        crossover_sensitivity,
    )
    from equipoise.stats.diagnostics import Influence, TrialPredictions
    from equipoise.stats.effects.arms import combine_arms, split_shared_control
    from equipoise.stats.effects.change_scores import (
        change_score_effects,
        change_sd,
        implied_correlation,
    )
    from equipoise.stats.effects.cluster_counts import cluster_ratio_effects
    from equipoise.stats.effects.clusters import cluster_adjust
    from equipoise.stats.effects.combining import combine_effects
    from equipoise.stats.effects.crossover import crossover_effects
    from equipoise.stats.effects.delta_method import DeltaMethod, delta_method
    from equipoise.stats.effects.effect_sizes import EffectSizes, effect_sizes
    from equipoise.stats.heterogeneity.gosh import Gosh, gosh
    from equipoise.stats.heterogeneity.normality import Normality, normality
    from equipoise.stats.heterogeneity.outliers import Outliers, outliers
    from equipoise.stats.heterogeneity_measures import HeterogeneityMeasures
    from equipoise.stats.information_size import InformationSize, optimal_information_size
    from equipoise.stats.method_spec import MethodSpec
    from equipoise.stats.moderators.contrasts import LikelihoodRatio, likelihood_ratio
    from equipoise.stats.moderators.credibility import SubgroupCredibility, subgroup_credibility
    from equipoise.stats.moderators.location_scale import LocationScaleFit, location_scale
    from equipoise.stats.moderators.meta_regression import meta_regression
    from equipoise.stats.moderators.multimodel import Multimodel, multimodel
    from equipoise.stats.moderators.permutation import ModeratorPermutation, permute_moderators
    from equipoise.stats.moderators.regression_result import MetaRegression
    from equipoise.stats.notes import Note
    from equipoise.stats.pooling import pool
    from equipoise.stats.presets import resolve_methods
    from equipoise.stats.resampling.bootstrap import Bootstrap, bootstrap
    from equipoise.stats.resampling.permutation import PermutationTest, permutation_test
    from equipoise.stats.resampling.prediction import (
        PredictionFromConfidence,
        prediction_interval_bootstrap,
    )
    from equipoise.stats.results import Diagnostics, MetaAnalysis, Transformed
    from equipoise.stats.robustness.anytime_valid import AnytimeValid, anytime_valid
    from equipoise.stats.robustness.fragility import Fragility, fragility
    from equipoise.stats.robustness.missing_outcomes import MissingOutcomes, missing_outcomes
    from equipoise.stats.robustness.multiverse import Multiverse, multiverse
    from equipoise.stats.robustness.power import (
        MinimumDetectableEffect,
        Power,
        minimum_detectable_effect,
        power,
    )
    from equipoise.stats.robustness.required_information import (
        RequiredInformation,
        diversity,
        required_information,
    )
    from equipoise.stats.robustness.sequential import Sequential, sequential
    from equipoise.stats.robustness.tipping_point import TippingPoint, tipping_point
    from equipoise.stats.selection.p_curve import PCurve, p_curve
    from equipoise.stats.selection.p_uniform import PUniform, p_uniform
    from equipoise.stats.selection.p_uniform_star import PUniformStar, p_uniform_star
    from equipoise.stats.selection.worst_case import significance_funnel, worst_case_bias
    from equipoise.stats.selection.worst_case_results import SignificanceFunnel, WorstCaseBias
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
    from equipoise.stats.stratified import StratifiedTests, stratified_tests
    from equipoise.stats.subgroup_analysis import SubgroupAnalysis, subgroups
    from equipoise.stats.subsets import SubsetFits, pool_subsets

_HOMES = {
    "AbsoluteRisks": "absolute",
    "AnytimeValid": "robustness.anytime_valid",
    "Asymmetry": "small_studies.asymmetry",
    "Bootstrap": "resampling.bootstrap",
    "Covariances": "covariance_blocks",
    "DeltaMethod": "effects.delta_method",
    "DesignSensitivity": "design_sensitivity",
    "Diagnostics": "results",
    "EffectSizes": "effects.effect_sizes",
    "ExcessSignificance": "small_studies.excess_significance",
    "FailSafeN": "small_studies.fail_safe",
    "Fragility": "robustness.fragility",
    "Gosh": "heterogeneity.gosh",
    "HeterogeneityMeasures": "heterogeneity_measures",
    "Influence": "diagnostics",
    "InformationSize": "information_size",
    "LfkIndex": "small_studies.doi_plot",
    "LikelihoodRatio": "moderators.contrasts",
    "LimitEstimate": "small_studies.asymmetry",
    "LimitMetaAnalysis": "small_studies.limit_meta",
    "LocationScaleFit": "moderators.location_scale",
    "MetaAnalysis": "results",
    "MetaRegression": "moderators.regression_result",
    "MethodSpec": "method_spec",
    "MinimumDetectableEffect": "robustness.power",
    "MissingOutcomes": "robustness.missing_outcomes",
    "ModeratorPermutation": "moderators.permutation",
    "Multimodel": "moderators.multimodel",
    "Multiverse": "robustness.multiverse",
    "Normality": "heterogeneity.normality",
    "Note": "notes",
    "Outliers": "heterogeneity.outliers",
    "PCurve": "selection.p_curve",
    "PUniform": "selection.p_uniform",
    "PUniformStar": "selection.p_uniform_star",
    "PermutationTest": "resampling.permutation",
    "PetPeese": "small_studies.pet_peese",
    "Power": "robustness.power",
    "PredictionFromConfidence": "resampling.prediction",
    "RequiredInformation": "robustness.required_information",
    "Sensitivity": "sensitivity",
    "Sequential": "robustness.sequential",
    "SignificanceFunnel": "selection.worst_case_results",
    "StratifiedTests": "stratified",
    "SubgroupAnalysis": "subgroup_analysis",
    "SubgroupCredibility": "moderators.credibility",
    "SubsetFits": "subsets",
    "TippingPoint": "robustness.tipping_point",
    "Transformed": "results",
    "TrialPredictions": "diagnostics",
    "TrimAndFill": "small_studies.trim_and_fill",
    "WaapWls": "small_studies.weighted_averages",
    "WeightedAverage": "small_studies.weighted_averages",
    "WorstCaseBias": "selection.worst_case_results",
    "absolute_effect": "absolute",
    "allowed_tests": "small_studies.asymmetry",
    "anytime_valid": "robustness.anytime_valid",
    "bootstrap": "resampling.bootstrap",
    "change_score_effects": "effects.change_scores",
    "change_sd": "effects.change_scores",
    "cluster_adjust": "effects.clusters",
    "cluster_ratio_effects": "effects.cluster_counts",
    "cluster_sensitivity": "design_sensitivity",
    "combine_arms": "effects.arms",
    "combine_effects": "effects.combining",
    "correlation_covariances": "correlated_correlations",
    "covariances": "dependence",
    "crossover_effects": "effects.crossover",
    "crossover_sensitivity": "design_sensitivity",
    "delta_method": "effects.delta_method",
    "diversity": "robustness.required_information",
    "effect_sizes": "effects.effect_sizes",
    "fragility": "robustness.fragility",
    "gosh": "heterogeneity.gosh",
    "implied_correlation": "effects.change_scores",
    "lfk_index": "small_studies.doi_plot",
    "likelihood_ratio": "moderators.contrasts",
    "limit_meta_analysis": "small_studies.limit_meta",
    "location_scale": "moderators.location_scale",
    "meta_regression": "moderators.meta_regression",
    "minimum_detectable_effect": "robustness.power",
    "missing_outcomes": "robustness.missing_outcomes",
    "multimodel": "moderators.multimodel",
    "multiverse": "robustness.multiverse",
    "normality": "heterogeneity.normality",
    "optimal_information_size": "information_size",
    "outliers": "heterogeneity.outliers",
    "p_curve": "selection.p_curve",
    "p_uniform": "selection.p_uniform",
    "p_uniform_star": "selection.p_uniform_star",
    "permutation_test": "resampling.permutation",
    "permute_moderators": "moderators.permutation",
    "pet_peese": "small_studies.pet_peese",
    "pool": "pooling",
    "pool_subsets": "subsets",
    "power": "robustness.power",
    "prediction_interval_bootstrap": "resampling.prediction",
    "required_information": "robustness.required_information",
    "resolve_methods": "presets",
    "sequential": "robustness.sequential",
    "significance_funnel": "selection.worst_case",
    "split_shared_control": "effects.arms",
    "stratified_tests": "stratified",
    "subgroup_credibility": "moderators.credibility",
    "subgroups": "subgroup_analysis",
    "tipping_point": "robustness.tipping_point",
    "uwls": "small_studies.weighted_averages",
    "waap_wls": "small_studies.weighted_averages",
    "worst_case_bias": "selection.worst_case",
}

__all__ = [
    "AbsoluteRisks",
    "AnytimeValid",
    "Asymmetry",
    "Bootstrap",
    "Covariances",
    "DeltaMethod",
    "DesignSensitivity",
    "Diagnostics",
    "EffectSizes",
    "ExcessSignificance",
    "FailSafeN",
    "Fragility",
    "Gosh",
    "HeterogeneityMeasures",
    "Influence",
    "InformationSize",
    "LfkIndex",
    "LikelihoodRatio",
    "LimitEstimate",
    "LimitMetaAnalysis",
    "LocationScaleFit",
    "MetaAnalysis",
    "MetaRegression",
    "MethodSpec",
    "MinimumDetectableEffect",
    "MissingOutcomes",
    "ModeratorPermutation",
    "Multimodel",
    "Multiverse",
    "Normality",
    "Note",
    "Outliers",
    "PCurve",
    "PUniform",
    "PUniformStar",
    "PermutationTest",
    "PetPeese",
    "Power",
    "PredictionFromConfidence",
    "RequiredInformation",
    "Sensitivity",
    "Sequential",
    "SignificanceFunnel",
    "StratifiedTests",
    "SubgroupAnalysis",
    "SubgroupCredibility",
    "SubsetFits",
    "TippingPoint",
    "Transformed",
    "TrialPredictions",
    "TrimAndFill",
    "WaapWls",
    "WeightedAverage",
    "WorstCaseBias",
    "absolute_effect",
    "allowed_tests",
    "anytime_valid",
    "bootstrap",
    "change_score_effects",
    "change_sd",
    "cluster_adjust",
    "cluster_ratio_effects",
    "cluster_sensitivity",
    "combine_arms",
    "combine_effects",
    "correlation_covariances",
    "covariances",
    "crossover_effects",
    "crossover_sensitivity",
    "delta_method",
    "diversity",
    "effect_sizes",
    "fragility",
    "gosh",
    "implied_correlation",
    "lfk_index",
    "likelihood_ratio",
    "limit_meta_analysis",
    "location_scale",
    "meta_regression",
    "minimum_detectable_effect",
    "missing_outcomes",
    "multimodel",
    "multiverse",
    "normality",
    "optimal_information_size",
    "outliers",
    "p_curve",
    "p_uniform",
    "p_uniform_star",
    "permutation_test",
    "permute_moderators",
    "pet_peese",
    "pool",
    "pool_subsets",
    "power",
    "prediction_interval_bootstrap",
    "required_information",
    "resolve_methods",
    "sequential",
    "significance_funnel",
    "split_shared_control",
    "stratified_tests",
    "subgroup_credibility",
    "subgroups",
    "tipping_point",
    "uwls",
    "waap_wls",
    "worst_case_bias",
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
