"""Which ways lead to which measure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from equipoise.stats.effects import _contrast_ways as contrasts
from equipoise.stats.effects import _mean_ways as means
from equipoise.stats.effects._effect_routes import (
    MEAN_COLUMNS,
    RATE_COLUMNS,
    TABLE_COLUMNS,
    compute_means,
    compute_rates,
    compute_tables,
)
from equipoise.stats.effects._further_routes import MEAN_MEASURES, further_columns
from equipoise.stats.effects._further_routes import compute as compute_further
from equipoise.stats.effects._route_types import Plan, Way
from equipoise.stats.effects._table_ways import MARGINS_OF_PAIRS, REBUILT
from equipoise.stats.options import MATCHED, MEAN, RATE, TABLE

_OF_D: Final = frozenset({"SMD", "D2OR", "D2ORN", "D2ORL", "RPB", "ZPB", "RBIS", "ZBIS"})
"""Measures that are functions of Cohen's d and the sizes alone."""

_WITH_ESTIMATE: Final = frozenset({"RR", "OR", "RD", "IRR", "IRD", "SMD", "ROM"})

_OWN_WAYS: Final[Mapping[str, tuple[Way, ...]]] = {
    **dict.fromkeys(("COR", "UCOR", "ZCOR"), contrasts.correlations()),
    **dict.fromkeys(("PCOR", "ZPCOR"), contrasts.correlations("covariates")),
    **dict.fromkeys(("SPCOR", "ZSPCOR"), contrasts.SEMI_PARTIAL),
    **dict.fromkeys(("R2", "ZR2"), contrasts.DETERMINATION),
    "MPORM": (MARGINS_OF_PAIRS,),
}

_BY_COLUMN: Final = {
    "alpha": "alpha", "auc": "auc", "heterozygous": "genotypes", "r": "measured-twice",
}  # fmt: skip

_SPREADS: Final = frozenset({"sd_1", "n_1", "sd_2", "n_2"})


def plan_for(measure: str, given: Mapping[str, Any]) -> Plan:
    """Return the ways to a measure; ``given`` matters to ratios of spread, which need no means."""
    if measure == "HR":
        return Plan(contrasts.HAZARD_RATIOS)
    if measure == "GENERIC":
        return Plan(contrasts.GENERIC)
    if measure in TABLE:
        return Plan(_table_ways(measure), TABLE_COLUMNS, compute_tables)
    if measure in MEAN:
        return _mean_plan(measure, given)
    if measure in RATE:
        ways = (Way("rates", RATE_COLUMNS), *_estimates(measure))
        return Plan(ways, RATE_COLUMNS, compute_rates)
    return _further_plan(measure)


def _estimates(measure: str) -> tuple[Way, ...]:
    return contrasts.ESTIMATES if measure in _WITH_ESTIMATE else ()


def _table_ways(measure: str) -> tuple[Way, ...]:
    score = (contrasts.SCORE,) if measure == "PETO" else ()
    return (Way("table", TABLE_COLUMNS), *REBUILT, *_estimates(measure), *score)


def _mean_plan(measure: str, given: Mapping[str, Any]) -> Plan:
    """Return the ways to a measure of two groups' means."""
    spread_only = measure == "VR" and not {"mean_1", "mean_2"} & given.keys()
    ways = means.two_groups(mean=not spread_only)
    if spread_only:
        base = tuple(name for name in MEAN_COLUMNS if name in _SPREADS)
        return Plan(ways, base, compute_means)
    if measure not in {"VR", "CVR"}:
        ways += means.SHARED_SD
    if measure in _OF_D:
        ways += means.STANDARDISED
    ways += contrasts.MEAN_DIFFERENCES if measure == "MD" else _estimates(measure)
    return Plan(ways, MEAN_COLUMNS, compute_means)


def _further_plan(measure: str) -> Plan:
    base = further_columns(measure)
    return Plan(_further_ways(measure, base), base, compute_further)


def _further_ways(measure: str, base: tuple[str, ...]) -> tuple[Way, ...]:
    if measure in _OWN_WAYS:
        return _OWN_WAYS[measure]
    if measure in MEAN_MEASURES:
        return means.one_group(mean="mean" in base)
    return (Way(_kind(measure, base), base),)


def _kind(measure: str, base: tuple[str, ...]) -> str:
    """Return the code of the only way there is."""
    if measure in MATCHED:
        return "pairs"
    for name, kind in _BY_COLUMN.items():
        if name in base:
            return kind
    return "rate" if "time" in base else "proportion"
