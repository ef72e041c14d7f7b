"""How results depend on a correlation that nobody reported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np

from equipoise.errors import MethodError
from equipoise.stats import printing
from equipoise.stats.effects.clusters import cluster_adjust
from equipoise.stats.effects.combining import combine_effects
from equipoise.stats.effects.crossover import crossover_effects
from equipoise.stats.effects.design_words import ASSUMED_ROUTES
from equipoise.stats.effects.effect_table import SCHEMA_VERSION, EffectSizes
from equipoise.stats.effects.inputs import to_frame
from equipoise.stats.notes import Note
from equipoise.stats.pooling import pool
from equipoise.stats.presets import MethodSpec
from equipoise.stats.results import MetaAnalysis

Assumed = Literal["r", "icc"]
_COLUMNS: Final = ("estimate", "se", "ci_low", "ci_high", "p", "tau2", "i2")
_TITLE: Final = {
    "r": "Sensitivity to the correlation of a person's outcomes in crossover trials",
    "icc": "Sensitivity to the intracluster correlation of cluster trials",
}
_ALL_KNOWN: Final = (
    "every row tells its own correlation, so that nothing depends on an assumed one; use "
    "crossover_effects or cluster_adjust"
)


@dataclass(frozen=True, slots=True, eq=False)
class DesignSensitivity:
    """The effects and the pooled result for each assumed value of a correlation.

    ``effects`` holds the trials that were adjusted, ``fits`` the pooled results (with the trials they
    were pooled with); a fit is ``None`` where no trial can be estimated. ``assumed_rows`` are the
    trials that depend on the assumption.
    """

    kind: Assumed
    values: tuple[float, ...]
    effects: tuple[EffectSizes, ...]
    fits: tuple[MetaAnalysis | None, ...]
    assumed_rows: tuple[int, ...]
    notes: tuple[Note, ...]

    def tidy(self) -> Any:
        """Return a row a value: the pooled result, on the analysis scale."""
        columns: dict[str, list[Any]] = {self.kind: list(self.values)}
        columns["k"] = [0 if fit is None else fit.k for fit in self.fits]
        for name in _COLUMNS:
            columns[name] = [None if fit is None else getattr(fit, name) for fit in self.fits]
        return to_frame(columns, self.effects[0].backend)

    def trials(self) -> Any:
        """Return a row a value and adjusted trial: its effect and standard error, and if assumed."""
        names = (self.kind, "study", "yi", "se", "assumed", "reason")
        columns: dict[str, list[Any]] = {name: [] for name in names}
        for value, table in zip(self.values, self.effects, strict=True):
            for i, study in enumerate(table.study):
                row = (
                    value, study, _plain(table.yi[i]), _plain(table.sei[i]),
                    i in self.assumed_rows, table.reasons[i],
                )  # fmt: skip
                for name, cell in zip(names, row, strict=True):
                    columns[name].append(cell)
        return to_frame(columns, self.effects[0].backend)

    def to_dict(self) -> dict[str, Any]:
        """Return strict JSON data."""
        pooled = {
            name: [None if fit is None else getattr(fit, name) for fit in self.fits]
            for name in _COLUMNS
        }
        return {
            "schema_version": SCHEMA_VERSION,
            "kind": "design-sensitivity",
            "assumed": self.kind,
            "values": list(self.values),
            "study": list(self.effects[0].study),
            "assumed_rows": list(self.assumed_rows),
            "se": [[_plain(se) for se in table.sei] for table in self.effects],
            "pooled": pooled,
            "notes": [note.to_dict() for note in self.notes],
        }

    def __str__(self) -> str:
        measure = printing.short_name(self.effects[0])
        rows: list[tuple[str, ...]] = [
            ("ICC" if self.kind == "icc" else "r", "k", measure, "CI", "p", "τ²")
        ]
        rows += [_printed(v, fit) for v, fit in zip(self.values, self.fits, strict=True)]
        lines = [_TITLE[self.kind], *printing.table(rows), "", *_errors(self)]
        return "\n".join([*lines, *(f"  Note: {note.text}" for note in self.notes)])


def crossover_sensitivity(
    measure: Any,
    *,
    r: Sequence[float] = (0.0, 0.2, 0.4, 0.6, 0.8, 0.9),
    together_with: EffectSizes | None = None,
    methods: MethodSpec | None = None,
    **columns: Any,
) -> DesignSensitivity:
    """Compute crossover trials and pool them for several assumed correlations.

    Trials that tell their own correlation, or their paired standard error, stay as they are. r = 0 is
    what treating the trials as parallel would give.

    Args:
        measure: The effect measure.
        r: The correlations to assume.
        together_with: Further effect sizes of the same measure that are pooled too.
        methods: Resolved methods; those of `equipoise.pool` unless given.
        **columns: The columns and options of `equipoise.crossover_effects`, but ``assumed_r``.

    Raises:
        MethodError: If no trial depends on the assumption.
        DataError: As `equipoise.crossover_effects`.

    Example:
        >>> found = crossover_sensitivity(
        ...     "MD", r=(0.0, 0.5), mean_1=[5, 6], sd_1=[2, 2], mean_2=[4, 5], sd_2=[2, 2], n=[20, 30]
        ... )
        >>> [round(se, 3) for se in found.trials()["se"]]
        [0.632, 0.516, 0.447, 0.365]
    """
    _refuse_given(columns, "assumed_r", "r")
    values = _values("r", r)
    tables = tuple(crossover_effects(measure, assumed_r=v, **columns) for v in values)
    return _sensitivity("r", values, tables, together_with, methods)


def cluster_sensitivity(
    measure: Any,
    *,
    icc: Sequence[float] = (0.0, 0.01, 0.02, 0.05, 0.1),
    together_with: EffectSizes | None = None,
    methods: MethodSpec | None = None,
    **columns: Any,
) -> DesignSensitivity:
    """Compute cluster trials and pool them for several assumed intracluster correlations.

    Trials with an ICC of their own stay as they are. 0 is what ignoring the clusters would give.

    Args:
        measure: The effect measure.
        icc: The intracluster correlations to assume; a column of known ones is ``known_icc``.
        together_with: Further effect sizes of the same measure that are pooled too.
        methods: Resolved methods; those of `equipoise.pool` unless given.
        **columns: The columns and options of `equipoise.cluster_adjust`, with ``known_icc`` for its
            ``icc`` and without ``assumed_icc``.

    Raises:
        MethodError: If no trial depends on the assumption.
        DataError: As `equipoise.cluster_adjust`.

    Example:
        >>> found = cluster_sensitivity(
        ...     "MD", icc=(0.0, 0.05), mean_1=[5], sd_1=[2], n_1=[100], mean_2=[4], sd_2=[2], n_2=[100],
        ...     cluster_size=[21],
        ... )
        >>> [round(se, 3) for se in found.tidy()["se"]]
        [0.283, 0.4]
    """
    _refuse_given(columns, "assumed_icc", "icc")
    values = _values("icc", icc)
    known = columns.pop("known_icc", None)
    tables = tuple(cluster_adjust(measure, icc=known, assumed_icc=v, **columns) for v in values)
    return _sensitivity("icc", values, tables, together_with, methods)


def _refuse_given(columns: dict[str, Any], name: str, instead: str) -> None:
    if name in columns:
        raise MethodError(
            f"give the values to assume as {instead}, not {name}",
            spec=name,
            reason="it is what varies here",
        )


def _values(name: str, values: Sequence[float]) -> tuple[float, ...]:
    if not len(values):
        raise MethodError(
            f"{name} must be the values to assume, such as (0, 0.5)", spec=name, reason="no values"
        )
    return tuple(values)


def _sensitivity(
    kind: Assumed,
    values: tuple[float, ...],
    tables: tuple[EffectSizes, ...],
    together_with: EffectSizes | None,
    methods: MethodSpec | None,
) -> DesignSensitivity:
    rows = _assumed_rows(tables)
    if not rows:
        raise MethodError(_ALL_KNOWN, spec=kind, reason="no assumption enters")
    fits = tuple(_pooled(table, together_with, methods) for table in tables)
    return DesignSensitivity(kind, values, tables, fits, rows, _notes(values, tables))


def _assumed_rows(tables: Sequence[EffectSizes]) -> tuple[int, ...]:
    codes = ASSUMED_ROUTES | {"icc-assumed"}
    rows = {row for t in tables for note in t.notes if note.code in codes for row in note.rows}
    return tuple(sorted(rows))


def _pooled(
    table: EffectSizes, together_with: EffectSizes | None, methods: MethodSpec | None
) -> MetaAnalysis | None:
    effects = table if together_with is None else combine_effects(together_with, table)
    return pool(effects, methods=methods) if effects.k else None


def _notes(values: Sequence[float], tables: Sequence[EffectSizes]) -> tuple[Note, ...]:
    counts = {table.k for table in tables}
    if len(counts) == 1:
        return ()
    listed = ", ".join(f"{t.k} with {v:g}" for v, t in zip(values, tables, strict=True))
    text = f"the number of trials that can be estimated is not the same throughout: {listed}"
    return (Note("changed-k", text),)


def _printed(value: float, fit: MetaAnalysis | None) -> tuple[str, ...]:
    if fit is None:
        return (f"{value:g}", "0", "–", "not estimable", "–", "–")
    shown = fit.transformed
    text = printing.effect_with_interval(fit.effects, shown.estimate, shown.ci_low, shown.ci_high)
    effect, _, limits = text.partition(" (")
    p = printing.p_value(fit.p).removeprefix("p ").removeprefix("= ")
    tau2 = printing.number(fit.tau2, printing.decimals(fit.tau2 or 0.0))
    return (f"{value:g}", str(fit.k), effect, limits.rstrip(")"), p, tau2)


def _errors(result: DesignSensitivity) -> list[str]:
    """Return a table of the trials' standard errors, those that change."""
    rows = [("Standard errors", *(f"{value:g}" for value in result.values))]
    for row in result.assumed_rows:
        errors = [float(table.sei[row]) for table in result.effects]
        rows.append((result.effects[0].study[row], *(_three_digits(se) for se in errors)))
    return printing.table(rows)


def _three_digits(se: float) -> str:
    return printing.number(se, printing.decimals(se) + 1)


def _plain(value: Any) -> float | None:
    return float(value) if np.isfinite(value) else None
