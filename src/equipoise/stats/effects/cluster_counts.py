"""Effect sizes from the events of each cluster, without an assumed correlation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

import numpy as np

from equipoise.errors import DataError
from equipoise.kernels.batches import Floats, Ints
from equipoise.kernels.effects.clusters import cluster_totals, ratio_design_effect
from equipoise.stats.effects._design_rows import Rows, close_rows, fill_from_effect_sizes
from equipoise.stats.effects._effect_rules import check_present, check_sign
from equipoise.stats.effects.effect_table import EffectSizes
from equipoise.stats.effects.inputs import Columns, Problems, read_columns
from equipoise.stats.options import DoubleZero, ZeroCells, check_word

RatioMeasure = Literal["RR", "OR", "RD"]
_ARMS: Final = 2


def cluster_ratio_effects(
    measure: RatioMeasure,
    *,
    data: Any = None,
    study: Any,
    arm: Any,
    events: Any,
    n: Any,
    zero_cells: ZeroCells = "only-zero",
    add: float = 0.5,
    double_zero: DoubleZero = "drop",
) -> EffectSizes:
    """Compute effect sizes of trials that report the events of every cluster, by ratio estimators.

    A row is a cluster. For each arm the variance of its proportion Σx / Σn is that of a ratio of
    two sums over m clusters, m / (m − 1) Σ (x − n p)² / (Σn)²; its ratio to p (1 − p) / Σn is the
    arm's design effect, by which people and events are divided. No intracluster correlation is
    assumed, and the two arms may differ in theirs. The variance is poor with few clusters: below
    some ten an arm, prefer the trial's own analysis. Rao and Scott 1992, doi:10.2307/2532311. In R,
    ``aod::raoscott`` has the same design effects.

    Args:
        measure: ``RR``, ``OR`` or ``RD``.
        data: The table that column names refer to.
        study: The trial each cluster belongs to.
        arm: 1 (treatment) or 2 (comparator).
        events: Events in the cluster.
        n: People in the cluster.
        zero_cells: Which trials get the zero-cell correction.
        add: What is added to each cell.
        double_zero: What becomes of trials with no (or only) events in both arms.

    Raises:
        DataError: For numbers that cannot be what they claim, all rows at once.
        MethodError: For an option that does not exist.

    Example:
        >>> trials = cluster_ratio_effects(
        ...     "RD", study=["A"] * 4, arm=[1, 1, 2, 2], events=[1, 3, 4, 8], n=[10, 10, 10, 10]
        ... )
        >>> round(float(trials.columns["design_effect_1"][0]), 3)
        1.25
    """
    check_word("measure", measure, get_args(RatioMeasure))
    clusters = _read(data, study, arm, events, n)
    trials = _trials(clusters)
    rows = _rows(trials, clusters.backend)
    _refuse(rows, trials)
    values = {name: trials.columns[name] for name in ("events_1", "n_1", "events_2", "n_2")}
    fill_from_effect_sizes(
        rows, rows.open, measure, values, "cluster-ratio",
        zero_cells=zero_cells, add=add, double_zero=double_zero,
    )  # fmt: skip
    options = {"zero_cells": zero_cells, "add": add, "double_zero": double_zero}
    return close_rows(
        measure,
        rows,
        used={},
        options=options,
        without="its numbers are not complete",
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Trials:
    study: tuple[str, ...]
    columns: dict[str, Floats]


def _read(data: Any, study: Any, arm: Any, events: Any, n: Any) -> Columns:
    columns = read_columns(data, study, {"arm": arm, "events": events, "n": n})
    check_present(columns)
    check_sign(columns, "events", zero=True)
    check_sign(columns, "n", zero=False)
    x, size, side = (columns.values[name] for name in ("events", "n", "arm"))
    with np.errstate(invalid="ignore"):
        columns.problems.check(
            np.asarray((x > size) & (size > 0.0)),
            "events must not exceed n",
            lambda row: f"events is {x[row]:g}, more than n, {size[row]:g}",
        )
        columns.problems.check(
            ~np.isin(side, (1.0, 2.0)) & np.isfinite(side),
            "arm must be 1 or 2",
            lambda row: f"arm is {side[row]:g}, but must be 1 or 2",
        )
    columns.problems.raise_if_any()
    return columns


def _trials(clusters: Columns) -> _Trials:
    """Add up the clusters of each arm of each trial, in the order in which trials appear."""
    study = tuple(dict.fromkeys(clusters.study))
    arm = clusters.values["arm"].astype(np.intp) - 1
    place = _places(clusters.study, study) * _ARMS + arm
    size = _ARMS * len(study)
    _check_arms(study, place, size)
    totals = cluster_totals(clusters.values["events"], clusters.values["n"], place, size)
    deff = ratio_design_effect(totals)
    divisor = np.where(deff > 0.0, deff, np.nan)
    columns: dict[str, Floats] = {}
    for side in range(_ARMS):
        one = slice(side, None, _ARMS)
        columns |= {
            f"events_{side + 1}": (totals.events / divisor)[one],
            f"n_{side + 1}": (totals.n / divisor)[one],
            f"design_effect_{side + 1}": deff[one],
            f"clusters_{side + 1}": totals.clusters[one],
            f"observed_events_{side + 1}": totals.events[one],
            f"observed_n_{side + 1}": totals.n[one],
        }
    return _Trials(study, columns)


def _places(labels: Sequence[str], names: Sequence[str]) -> Ints:
    index = {name: place for place, name in enumerate(names)}
    return np.array([index[label] for label in labels], dtype=np.intp)


def _check_arms(study: Sequence[str], place: Ints, size: int) -> None:
    found = np.bincount(place, minlength=size) > 0
    empty = np.flatnonzero(~found).tolist()
    missing = [f"{study[p // _ARMS]} (arm {p % _ARMS + 1})" for p in empty]
    if missing:
        raise DataError(
            f"every trial needs clusters in both arms; there are none in {', '.join(missing)}",
            rule="clusters in both arms",
        )


def _rows(trials: _Trials, backend: str | None) -> Rows:
    size = len(trials.study)
    columns = Columns(trials.columns, {}, trials.study, backend, Problems(trials.study))
    return Rows(columns, np.full(size, np.nan), np.full(size, np.nan), routes=[None] * size)


def _refuse(rows: Rows, trials: _Trials) -> None:
    """Give the reason of trials whose variance the clusters do not tell; remark on odd ones."""
    for side in (1, 2):
        deff = trials.columns[f"design_effect_{side}"]
        alone = trials.columns[f"clusters_{side}"] == 1.0
        rows.refuse(alone, f"arm {side} is a single cluster, which says nothing of its variance")
        rows.refuse(np.isnan(deff), f"arm {side} has no events, or nothing but events")
        rows.refuse(deff == 0.0, f"the clusters of arm {side} have equal proportions")
        text = f"{{trials}}: the clusters of arm {side} differ less than chance would have it"
        rows.note("design-effect-below-1", text, (deff > 0.0) & (deff < 1.0))
