"""Effect sizes of trials: what each one says, on the scale where they are pooled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np

from equipoise.errors import DataError
from equipoise.kernels.batches import Bools, Floats
from equipoise.kernels.distributions import normal_critical
from equipoise.stats import _effect_routes as routes
from equipoise.stats import printing
from equipoise.stats._effect_rules import check_range
from equipoise.stats.inputs import read_columns, to_frame
from equipoise.stats.notes import Note
from equipoise.stats.options import (
    RATE,
    RATIO,
    TABLE,
    DoubleZero,
    Measure,
    SmdVariance,
    ZeroCells,
    check_fraction,
    check_option,
)
from equipoise.stats.presets import check_add

SCHEMA_VERSION = "1.0"


@dataclass(frozen=True, slots=True, eq=False)
class EffectSizes:
    """Estimates and variances of trials, on the analysis scale (log for ratio measures).

    Args:
        measure: The effect measure.
        study: Labels, one a trial.
        yi: Estimates, ``nan`` where a trial is not estimable.
        vi: Sampling variances, ``nan`` where a trial is not estimable.
        reasons: Why a trial is not estimable, in words; ``None`` where it is.
        columns: The numbers the estimates were computed from.
        options: The options they were computed with.
        notes: Remarks about rows.
        backend: The kind of frame the data came in, for `tidy`.
    """

    measure: Measure
    study: tuple[str, ...]
    yi: Floats
    vi: Floats
    reasons: tuple[str | None, ...]
    columns: Mapping[str, Floats]
    options: Mapping[str, Any]
    notes: tuple[Note, ...] = ()
    backend: str | None = None

    @property
    def k(self) -> int:
        """Number of trials that can be estimated."""
        return int(np.count_nonzero(self.estimable))

    @property
    def sei(self) -> Floats:
        """Standard errors on the analysis scale."""
        return np.sqrt(self.vi)

    @property
    def estimable(self) -> Bools:
        """Which trials can be estimated."""
        return np.isfinite(self.yi)

    @property
    def ratio(self) -> bool:
        """Whether the measure is a ratio, analysed as a logarithm."""
        return self.measure in RATIO

    def __len__(self) -> int:
        return len(self.study)

    def intervals(self, level: float = 0.95) -> tuple[Floats, Floats]:
        """Return the trials' Wald limits on the analysis scale."""
        check_fraction("level", level)
        half = normal_critical(level) * self.sei
        return self.yi - half, self.yi + half

    def transformed(self, level: float = 0.95) -> tuple[Floats, Floats, Floats]:
        """Return estimates and limits on the display scale (ratios as ratios)."""
        low, high = self.intervals(level)
        if not self.ratio:
            return self.yi, low, high
        with np.errstate(over="ignore"):
            return np.exp(self.yi), np.exp(low), np.exp(high)

    def subset(self, mask: Any) -> EffectSizes:
        """Keep some trials: a boolean for each, or positions.

        Raises:
            DataError: If a boolean mask has another length than there are trials.
        """
        index = np.asarray(mask)
        if index.dtype == np.bool_:
            if index.shape != (len(self),):
                raise DataError(
                    f"the mask must have {len(self)} values, not {index.size}", rule="mask length"
                )
            index = np.flatnonzero(index)
        index = index.astype(np.intp)
        return replace(
            self,
            study=tuple(self.study[i] for i in index),
            yi=self.yi[index],
            vi=self.vi[index],
            reasons=tuple(self.reasons[i] for i in index),
            columns=MappingProxyType({name: c[index] for name, c in self.columns.items()}),
            notes=(),
        )

    def tidy(self, level: float = 0.95) -> Any:
        """Return a row a trial, as the kind of frame that came in (else a dict of lists)."""
        low, high = self.intervals(level)
        shown = self.transformed(level)
        columns: dict[str, list[Any]] = {"study": list(self.study)}
        columns |= {name: _plain(values) for name, values in self.columns.items()}
        columns |= {
            "yi": _plain(self.yi),
            "vi": _plain(self.vi),
            "se": _plain(self.sei),
            "ci_low": _plain(low),
            "ci_high": _plain(high),
            "effect": _plain(shown[0]),
            "effect_low": _plain(shown[1]),
            "effect_high": _plain(shown[2]),
            "reason": list(self.reasons),
        }
        return to_frame(columns, self.backend)

    def to_dict(self) -> dict[str, Any]:
        """Return strict JSON data: no NaN, no infinity."""
        return {
            "schema_version": SCHEMA_VERSION,
            "kind": "effect-sizes",
            "measure": self.measure,
            "options": dict(self.options),
            "study": list(self.study),
            "yi": _plain(self.yi),
            "vi": _plain(self.vi),
            "reasons": list(self.reasons),
            "columns": {name: _plain(values) for name, values in self.columns.items()},
            "notes": [note.to_dict() for note in self.notes],
        }

    def __str__(self) -> str:
        return printing.effect_sizes_text(self)


def effect_sizes(
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
    o_minus_e: Any = None,
    variance: Any = None,
    zero_cells: ZeroCells = "only-zero",
    add: float = 0.5,
    double_zero: DoubleZero = "drop",
    smd_variance: SmdVariance = "hedges-ls",
    level: float = 0.95,
) -> EffectSizes:
    """Compute the effect size and its variance for each trial.

    Arguments are sequences, or, with ``data`` (a dict of columns, or a pandas, polars or pyarrow
    table), column names. Arm 1 is the treatment, arm 2 the comparator.

    ====================  ==================================================================
    ``RR OR RD PETO``     ``events_1 n_1 events_2 n_2`` (``PETO`` also ``o_minus_e variance``)
    ``MD SMD``            ``mean_1 sd_1 n_1 mean_2 sd_2 n_2``
    ``IRR IRD``           ``events_1 time_1 events_2 time_2``
    ``HR GENERIC``        ``estimate`` with ``se`` or ``ci_low ci_high``, or ``o_minus_e variance``;
                          hazard ratios as logarithms; each row may use another of the three
    ====================  ==================================================================

    The defaults equal ``metafor::escalc(add = 1/2, to = "only0")`` but for ``double_zero``, which
    metafor keeps. The zero-cell correction is for the trials' own estimates; Mantel-Haenszel and
    Peto pooling use the counts as observed unless told otherwise.

    Args:
        measure: The effect measure.
        data: The table that column names refer to.
        study: Labels; numbered from 1 if not given.
        events_1: Events in arm 1 (fractions are allowed after adjustment for clustering).
        n_1: Participants in arm 1.
        events_2: Events in arm 2.
        n_2: Participants in arm 2.
        mean_1: Mean in arm 1.
        sd_1: Standard deviation in arm 1.
        mean_2: Mean in arm 2.
        sd_2: Standard deviation in arm 2.
        time_1: Person-time in arm 1.
        time_2: Person-time in arm 2.
        estimate: The trial's own estimate on the analysis scale.
        se: Its standard error.
        ci_low: Its lower confidence limit, same scale.
        ci_high: Its upper confidence limit, same scale.
        o_minus_e: Observed minus expected events in arm 1.
        variance: The variance of ``o_minus_e``.
        zero_cells: Which trials get the zero-cell correction.
        add: What is added to each cell.
        double_zero: What becomes of trials with no (or only) events in both arms.
        smd_variance: How the standardised mean difference's variance is computed.
        level: The level of ``ci_low`` and ``ci_high``.

    Raises:
        DataError: For numbers that cannot be what they claim, all rows at once.
        MethodError: For an option that does not exist.

    Example:
        >>> trials = effect_sizes("RR", events_1=[4], n_1=[123], events_2=[11], n_2=[139])
        >>> round(float(trials.yi[0]), 4)
        -0.8893
    """
    check_option("measure", measure)
    check_option("zero_cells", zero_cells)
    check_option("double_zero", double_zero)
    check_option("smd_variance", smd_variance)
    check_add(add)
    check_fraction("level", level)
    given = {
        "events_1": events_1, "n_1": n_1, "events_2": events_2, "n_2": n_2,
        "mean_1": mean_1, "sd_1": sd_1, "mean_2": mean_2, "sd_2": sd_2,
        "time_1": time_1, "time_2": time_2, "estimate": estimate, "se": se,
        "ci_low": ci_low, "ci_high": ci_high, "o_minus_e": o_minus_e, "variance": variance,
    }  # fmt: skip
    route = routes.choose_route(measure, {name: v for name, v in given.items() if v is not None})
    columns = read_columns(data, study, route.arguments)
    route.check(columns)
    columns.problems.raise_if_any()
    options = routes.EffectOptions(zero_cells, add, double_zero, smd_variance, level)
    computed = route.compute(columns, measure, options)
    check_range(columns, computed.yi, computed.vi, computed.reasons)
    columns.problems.raise_if_any()
    yi, vi, reasons = routes.settle(computed)
    return EffectSizes(
        measure=measure,
        study=columns.study,
        yi=yi,
        vi=vi,
        reasons=reasons,
        columns=MappingProxyType(dict(columns.values)),
        options=MappingProxyType(_recorded(measure, options)),
        notes=computed.notes,
        backend=columns.backend,
    )


def _recorded(measure: str, options: routes.EffectOptions) -> dict[str, Any]:
    """Return the options that bear on this measure."""
    recorded: dict[str, Any] = {}
    if measure in TABLE | RATE:
        recorded = {
            "zero_cells": options.zero_cells,
            "add": options.add,
            "double_zero": options.double_zero,
        }
    if measure == "SMD":
        recorded = {"smd_variance": options.smd_variance}
    return recorded


def _plain(values: Floats) -> list[float | None]:
    """Return Python floats, ``None`` where not finite."""
    return [float(v) if np.isfinite(v) else None for v in values]
