"""Effect sizes of cluster-randomised trials, with the size they are really worth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal, get_args

import numpy as np

from equipoise.errors import DataError, MethodError
from equipoise.kernels.batches import Bools, Floats
from equipoise.kernels.distributions import normal_critical
from equipoise.kernels.effects.clusters import design_effect
from equipoise.stats.effects._design_rows import (
    Rows,
    check_assumed,
    check_between,
    close_rows,
    column,
    fill_from_effect_sizes,
    known,
    open_rows,
)
from equipoise.stats.effects._effect_rules import check_sign
from equipoise.stats.effects.effect_table import EffectSizes
from equipoise.stats.effects.inputs import Columns
from equipoise.stats.options import (
    CONTRAST,
    COUNTED,
    MEAN,
    RATE,
    TABLE,
    DoubleZero,
    Measure,
    SmdVariance,
    ZeroCells,
    check_fraction,
    check_option,
    check_word,
)

ClusterApproach = Literal["effective-size", "inflate-variance"]
"""Divide people and events by the design effect, or multiply the variance by it."""

Rounding = Literal["none", "nearest"]

_COUNTS: Final = {
    "table": ("events_1", "n_1", "events_2", "n_2"),
    "means": ("mean_1", "sd_1", "n_1", "mean_2", "sd_2", "n_2"),
    "rates": ("events_1", "time_1", "events_2", "time_2"),
}
_DESIGN: Final = ("cluster_size", "clusters_1", "clusters_2", "cv", "icc")
_WITHOUT: Final = "its numbers are not complete"


def cluster_adjust(
    measure: Measure,
    *,
    data: Any = None,
    study: Any = None,
    events_1: Any = None,
    n_1: Any = None,
    events_2: Any = None,
    n_2: Any = None,
    mean_1: Any = None,
    sd_1: Any = None,
    mean_2: Any = None,
    sd_2: Any = None,
    time_1: Any = None,
    time_2: Any = None,
    estimate: Any = None,
    se: Any = None,
    ci_low: Any = None,
    ci_high: Any = None,
    cluster_size: Any = None,
    clusters_1: Any = None,
    clusters_2: Any = None,
    cv: Any = None,
    icc: Any = None,
    assumed_icc: float | None = None,
    approach: ClusterApproach = "effective-size",
    rounding: Rounding = "none",
    zero_cells: ZeroCells = "only-zero",
    add: float = 0.5,
    double_zero: DoubleZero = "drop",
    smd_variance: SmdVariance = "hedges-ls",
    level: float = 0.95,
) -> EffectSizes:
    """Compute effect sizes of cluster trials that were analysed as if people had been randomised.

    The design effect is 1 + (M − 1) ICC for clusters of mean size M; with ``cv``, the coefficient
    of variation of their sizes, 1 + ((1 + cv²) M − 1) ICC. M is ``cluster_size``, or all people over
    all clusters, ``(n_1 + n_2) / (clusters_1 + clusters_2)``. By ``effective-size`` people and
    events (and person-time) are divided by it and means stay as they are; the columns of the result are
    those effective numbers, so that it can also be pooled by Mantel-Haenszel. By
    ``inflate-variance`` the variance of the unadjusted effect is multiplied by it, as it always is
    for rows that have only ``estimate`` with ``se`` or an interval (logarithms for ratios).

    Do not use it for a trial whose own analysis accounts for clustering: give that estimate to
    `effect_sizes`. Cochrane Handbook 23.1.4 and 23.1.5; in R, divide by hand and use
    ``metafor::escalc``.

    Args:
        measure: The effect measure.
        data: The table that column names refer to.
        study: Labels; numbered from 1 if not given.
        events_1: Events in arm 1.
        n_1: Participants in arm 1.
        events_2: Events in arm 2.
        n_2: Participants in arm 2.
        mean_1: Mean in arm 1.
        sd_1: Standard deviation of people in arm 1.
        mean_2: Mean in arm 2.
        sd_2: Standard deviation of people in arm 2.
        time_1: Person-time in arm 1.
        time_2: Person-time in arm 2.
        estimate: The trial's own estimate on the analysis scale.
        se: Its standard error, not accounting for clusters.
        ci_low: Its lower confidence limit, same scale.
        ci_high: Its upper confidence limit, same scale.
        cluster_size: Mean number of people analysed in a cluster.
        clusters_1: Clusters in arm 1.
        clusters_2: Clusters in arm 2.
        cv: Coefficient of variation of cluster sizes; 0 where empty.
        icc: Intracluster correlation of this outcome.
        assumed_icc: That of rows without one.
        approach: ``effective-size`` or ``inflate-variance``.
        rounding: ``nearest`` rounds effective people and events to whole numbers, as RevMan needs.
        zero_cells: Which trials get the zero-cell correction.
        add: What is added to each cell.
        double_zero: What becomes of trials with no (or only) events in both arms.
        smd_variance: How the standardised mean difference's variance is computed.
        level: The level of ``ci_low`` and ``ci_high``.

    Raises:
        DataError: For numbers that cannot be what they claim, all rows at once.
        MethodError: For an option that does not exist, or a measure that is not defined here.

    Example:
        >>> trials = cluster_adjust(
        ...     "RR", events_1=[63], n_1=[295], events_2=[84], n_2=[330], cluster_size=[29.76],
        ...     assumed_icc=0.02,
        ... )
        >>> round(float(trials.columns["n_1"][0]), 1)
        187.3
    """
    _check_measure(measure)
    check_word("approach", approach, get_args(ClusterApproach))
    check_word("rounding", rounding, get_args(Rounding))
    check_assumed("assumed_icc", assumed_icc, 0.0, 1.0)
    check_fraction("level", level)
    given = {
        "events_1": events_1, "n_1": n_1, "events_2": events_2, "n_2": n_2, "mean_1": mean_1,
        "sd_1": sd_1, "mean_2": mean_2, "sd_2": sd_2, "time_1": time_1, "time_2": time_2,
        "estimate": estimate, "se": se, "ci_low": ci_low, "ci_high": ci_high,
        "cluster_size": cluster_size, "clusters_1": clusters_1, "clusters_2": clusters_2,
        "cv": cv, "icc": icc,
    }  # fmt: skip
    names = _counts_of(measure)
    rows = _open(measure, data, study, given, names)
    design = _design(rows, assumed_icc)
    options: dict[str, Any] = {
        "zero_cells": zero_cells, "add": add, "double_zero": double_zero,
        "smd_variance": smd_variance,
    }  # fmt: skip
    used = dict(design)
    if approach == "effective-size":
        used |= _effective(rows, names, design["design_effect"], rounded=rounding == "nearest")
    _fill(rows, measure, names, used, approach=approach, **options)
    _fill_estimates(rows, design["design_effect"], level)
    recorded = _recorded(rows, measure, options)
    return close_rows(measure, rows, used=used, options=recorded, without=_WITHOUT)


def _check_measure(measure: object) -> None:
    check_option("measure", measure)
    if measure not in TABLE | MEAN | RATE | CONTRAST:
        raise MethodError(
            f"cluster trials compare two arms, which {measure} does not; use a measure of two "
            "groups",
            spec=f"measure={measure!r}",
            reason="not a comparison of two arms",
        )


def _counts_of(measure: str) -> tuple[str, ...]:
    if measure in TABLE:
        return _COUNTS["table"]
    if measure in MEAN:
        return _COUNTS["means"]
    return _COUNTS["rates"] if measure in RATE else ()


def _open(
    measure: str, data: Any, study: Any, given: dict[str, Any], names: tuple[str, ...]
) -> Rows:
    # Rates know their people only for the mean cluster size.
    people = ("n_1", "n_2") if measure in RATE else ()
    allowed = dict.fromkeys((*names, *people, "estimate", "se", "ci_low", "ci_high", *_DESIGN))
    extra = [name for name, value in given.items() if value is not None and name not in allowed]
    if extra:
        raise DataError(
            f"{measure} of cluster trials does not use {', '.join(extra)}; it uses "
            f"{', '.join(allowed)}",
            rule=f"columns of {measure}",
        )
    rows = open_rows(data, study, given, f"{measure} uses some of {', '.join(allowed)}")
    _check(rows.columns)
    rows.columns.problems.raise_if_any()
    return rows


def _check(columns: Columns) -> None:
    for name in (
        "n_1",
        "n_2",
        "time_1",
        "time_2",
        "sd_1",
        "sd_2",
        "se",
        "clusters_1",
        "clusters_2",
    ):
        if name in columns.values:
            check_sign(columns, name, zero=False)
    for name in ("events_1", "events_2", "cv"):
        if name in columns.values:
            check_sign(columns, name, zero=True)
    check_between(columns, "icc", 0.0, 1.0)
    check_between(columns, "cluster_size", 1.0, np.inf)
    low, high = column(columns, "ci_low"), column(columns, "ci_high")
    with np.errstate(invalid="ignore"):
        crossed = np.asarray(low >= high)
    columns.problems.check(
        crossed,
        "ci_low must be below ci_high",
        lambda row: f"ci_low is {low[row]:g}, not below ci_high, {high[row]:g}",
    )


def _design(rows: Rows, assumed_icc: float | None) -> dict[str, Floats]:
    """Return each row's cluster size, ICC and design effect; refuse rows that lack one."""
    c = rows.columns
    size = column(c, "cluster_size")
    clusters = column(c, "clusters_1") + column(c, "clusters_2")
    with np.errstate(invalid="ignore"):
        size = np.where(np.isfinite(size), size, (column(c, "n_1") + column(c, "n_2")) / clusters)
        too_small = size < 1.0
    told = column(c, "icc")
    icc = told if assumed_icc is None else np.where(np.isfinite(told), told, assumed_icc)
    rows.refuse(too_small, "it has more clusters than people")
    rows.refuse(~np.isfinite(size), "its cluster size is not known")
    rows.refuse(~np.isfinite(icc), "its intracluster correlation is not known; give assumed_icc")
    if assumed_icc is not None:
        text = f"{{trials}}: an intracluster correlation of {assumed_icc:g} was assumed"
        rows.note("icc-assumed", text, ~np.isfinite(told) & rows.open)
    factor = design_effect(icc, size, np.nan_to_num(column(c, "cv")))
    return {"cluster_size": size, "icc": icc, "design_effect": factor}


def _effective(
    rows: Rows, names: tuple[str, ...], factor: Floats, *, rounded: bool
) -> dict[str, Floats]:
    """Return the effective numbers under their names, and the observed under ``observed_…``."""
    observed = [n for n in names if n.startswith(("events", "n_", "time"))]
    columns: dict[str, Floats] = {}
    for name in observed:
        values = column(rows.columns, name)
        effective = values / factor
        if rounded and not name.startswith("time"):
            effective = np.rint(effective)
        columns |= {name: effective, f"observed_{name}": values}
    return columns


def _fill(
    rows: Rows,
    measure: Measure,
    names: tuple[str, ...],
    used: Mapping[str, Floats],
    *,
    approach: str,
    **options: Any,
) -> None:
    """Compute the rows that have counts or means."""
    needed = tuple(n for n in names if measure != "VR" or not n.startswith("mean"))
    where = rows.open & known(rows.columns, needed)
    if not needed or not where.any():
        return
    values = {name: used.get(name, column(rows.columns, name)) for name in needed}
    if approach == "effective-size":
        _refuse_vanished(rows, values, where)
        where &= rows.open
        fill_from_effect_sizes(rows, where, measure, values, "cluster-effective-size", **options)
        return
    fill_from_effect_sizes(rows, where, measure, values, "cluster-inflated", **options)
    rows.vi[where] *= used["design_effect"][where]


def _refuse_vanished(rows: Rows, values: Mapping[str, Floats], where: Bools) -> None:
    for name, numbers in values.items():
        if name.startswith("n_"):
            rows.refuse(where & (numbers == 0.0), f"its effective {name} rounds to nobody")


def _fill_estimates(rows: Rows, factor: Floats, level: float) -> None:
    c = rows.columns
    width = (column(c, "ci_high") - column(c, "ci_low")) / (2.0 * normal_critical(level))
    se = np.where(np.isfinite(column(c, "se")), column(c, "se"), width)
    ready = rows.open & known(c, ("estimate",)) & np.isfinite(se)
    with np.errstate(over="ignore"):  # refused when the table is closed
        rows.fill(ready, column(c, "estimate"), se**2 * factor, "cluster-inflated-estimate")


def _recorded(rows: Rows, measure: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options shared with other trials that were used."""
    if not {"cluster-effective-size", "cluster-inflated"} & set(rows.routes):
        return {}
    if measure == "SMD":
        return {"smd_variance": options["smd_variance"]}
    if measure not in COUNTED:
        return {}
    return {name: options[name] for name in ("zero_cells", "add", "double_zero")}
