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
        allowed_tests,
        anytime_valid,
        bootstrap,
        change_score_effects,
        change_sd,
        cluster_adjust,
        cluster_ratio_effects,
        cluster_sensitivity,
        combine_arms,
        combine_effects,
        correlation_covariances,
        covariances,
        crossover_effects,
        crossover_sensitivity,
        delta_method,
        diversity,
        effect_sizes,
        fragility,
        gosh,
        implied_correlation,
        lfk_index,
        likelihood_ratio,
        limit_meta_analysis,
        location_scale,
        meta_regression,
        minimum_detectable_effect,
        missing_outcomes,
        multimodel,
        multiverse,
        normality,
        optimal_information_size,
        outliers,
        p_curve,
        p_uniform,
        p_uniform_star,
        permutation_test,
        permute_moderators,
        pet_peese,
        pool,
        pool_subsets,
        power,
        prediction_interval_bootstrap,
        required_information,
        resolve_methods,
        sequential,
        significance_funnel,
        split_shared_control,
        stratified_tests,
        subgroup_credibility,
        subgroups,
        tipping_point,
        uwls,
        waap_wls,
        worst_case_bias,
    )
    from equipoise.synthesis import synthesise

_ROOMS = {
    "Findings": "findings",
    "absolute_effect": "stats",
    "allowed_tests": "stats",
    "anytime_valid": "stats",
    "bootstrap": "stats",
    "change_score_effects": "stats",
    "change_sd": "stats",
    "check_review": "review",
    "cluster_adjust": "stats",
    "cluster_ratio_effects": "stats",
    "cluster_sensitivity": "stats",
    "combine_arms": "stats",
    "combine_effects": "stats",
    "correlation_covariances": "stats",
    "covariances": "stats",
    "crossover_effects": "stats",
    "crossover_sensitivity": "stats",
    "delta_method": "stats",
    "diversity": "stats",
    "effect_sizes": "stats",
    "fragility": "stats",
    "from_json": "findings",
    "gosh": "stats",
    "implied_correlation": "stats",
    "lfk_index": "stats",
    "likelihood_ratio": "stats",
    "limit_meta_analysis": "stats",
    "load_review": "review",
    "location_scale": "stats",
    "meta_regression": "stats",
    "minimum_detectable_effect": "stats",
    "missing_outcomes": "stats",
    "multimodel": "stats",
    "multiverse": "stats",
    "new_review": "review",
    "normality": "stats",
    "optimal_information_size": "stats",
    "outliers": "stats",
    "p_curve": "stats",
    "p_uniform": "stats",
    "p_uniform_star": "stats",
    "permutation_test": "stats",
    "permute_moderators": "stats",
    "pet_peese": "stats",
    "pool": "stats",
    "pool_subsets": "stats",
    "power": "stats",
    "prediction_interval_bootstrap": "stats",
    "required_information": "stats",
    "resolve_methods": "stats",
    "sequential": "stats",
    "significance_funnel": "stats",
    "split_shared_control": "stats",
    "stratified_tests": "stats",
    "subgroup_credibility": "stats",
    "subgroups": "stats",
    "synthesise": "synthesis",
    "tipping_point": "stats",
    "to_json": "findings",
    "uwls": "stats",
    "waap_wls": "stats",
    "worst_case_bias": "stats",
}

__all__ = [
    "Findings",
    "__version__",
    "absolute_effect",
    "allowed_tests",
    "anytime_valid",
    "bootstrap",
    "change_score_effects",
    "change_sd",
    "check_review",
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
    "from_json",
    "gosh",
    "implied_correlation",
    "lfk_index",
    "likelihood_ratio",
    "limit_meta_analysis",
    "load_review",
    "location_scale",
    "meta_regression",
    "minimum_detectable_effect",
    "missing_outcomes",
    "multimodel",
    "multiverse",
    "new_review",
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
    "synthesise",
    "tipping_point",
    "to_json",
    "uwls",
    "waap_wls",
    "worst_case_bias",
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
