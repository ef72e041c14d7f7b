"""Which trials drive a pooled result, which do not fit it, and what each trial's own effect is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from equipoise.errors import MethodError
from equipoise.kernels import influence as kernel
from equipoise.kernels.batches import Floats, Ints, single
from equipoise.kernels.distributions import chi2_critical, normal_critical
from equipoise.kernels.intervals import critical
from equipoise.kernels.inverse_variance import weighted_mean
from equipoise.stats import _diagnostics_text
from equipoise.stats._engine import fit_core, intervals
from equipoise.stats._requirements import inverse_variance_only
from equipoise.stats.effects import _display
from equipoise.stats.effects.effect_sizes import SCHEMA_VERSION, EffectSizes
from equipoise.stats.effects.inputs import to_frame
from equipoise.stats.presets import MethodSpec
from equipoise.stats.results import MetaAnalysis

Column = tuple[float | None, ...]

FLAGS: Final = ("dffits", "cook", "hat", "dfbetas")
"""The names of metafor's four rules for an influential study, in the order it applies them."""

_FEWEST = 3
# Subsets are pooled in blocks of about this many numbers, so that memory stays flat as k grows.
_BLOCK = 100_000
_NEED_WIDTH = ("rstudent", "dffits", "cook", "baujat_y")
_NO_WIDTH = "a standard error is zero, because estimates are equal"
_NO_TAU2 = "tau2 did not converge without this trial"


@dataclass(frozen=True, slots=True, eq=False)
class Influence:
    """Outlier and influence diagnostics of the trials of ``fit``, a row a trial.

    Numbers are on the analysis scale; ``None`` where not defined, with the ``reason``. "Deleted"
    values are those of the other trials, τ² estimated again. ``flags`` names the rules of metafor
    by which a trial is influential (`FLAGS`); ``outlier`` says whether ``rstudent`` lies outside the
    normal limits at the level of the methods, where one trial in twenty lies by chance.
    """

    fit: MetaAnalysis
    study: tuple[str, ...]
    rstudent: Column
    rstandard: Column
    dffits: Column
    cook: Column
    cov_ratio: Column
    tau2_deleted: Column
    q_deleted: Column
    hat: Column
    weight: Column
    dfbetas: Column
    baujat_x: Column
    baujat_y: Column
    radial_x: Column
    radial_y: Column
    flags: tuple[tuple[str, ...], ...]
    outlier: tuple[bool, ...]
    reason: tuple[str | None, ...]

    @property
    def influential(self) -> tuple[bool, ...]:
        """Whether any rule flags the trial."""
        return tuple(bool(names) for names in self.flags)

    @property
    def limits(self) -> dict[str, float]:
        """What the absolute value of each measure must exceed to be flagged."""
        return _limits(self.fit)

    def tidy(self) -> Any:
        """Return a row a trial, as the user's kind of frame (else a dict of lists)."""
        flags = [" ".join(names) for names in self.flags]
        columns = self._columns() | {"flags": flags, "reason": self.reason}
        return to_frame(columns, self.fit.effects.backend)

    def to_dict(self) -> dict[str, Any]:
        """Return strict JSON data."""
        columns = {name: list(values) for name, values in self._columns().items()}
        flags = [list(names) for names in self.flags]
        return {
            "schema_version": SCHEMA_VERSION, "kind": "influence", "limits": self.limits, **columns,
            "flags": flags, "reason": list(self.reason),
        }  # fmt: skip

    def _columns(self) -> dict[str, Sequence[Any]]:
        names = (
            "study", "rstudent", "rstandard", "dffits", "cook", "cov_ratio", "tau2_deleted",
            "q_deleted", "hat", "weight", "dfbetas", "baujat_x", "baujat_y", "radial_x",
            "radial_y", "influential", "outlier",
        )  # fmt: skip
        return {name: getattr(self, name) for name in names}

    def __str__(self) -> str:
        return _diagnostics_text.influence_text(self)


@dataclass(frozen=True, slots=True, eq=False)
class TrialPredictions:
    """Best linear unbiased predictions of the true effect in each trial of ``fit``.

    On the analysis scale; ``None`` where a trial is not estimable, with the ``reason``.
    """

    fit: MetaAnalysis
    study: tuple[str, ...]
    estimate: Column
    se: Column
    ci_low: Column
    ci_high: Column
    reason: tuple[str | None, ...]

    def shown(self) -> tuple[Floats, Floats, Floats]:
        """Return predictions and limits on the display scale (``nan`` where not defined)."""
        effects = self.fit.effects
        columns = [
            np.array([np.nan if value is None else value for value in column])
            for column in (self.estimate, self.ci_low, self.ci_high)
        ]
        if _display.is_transformed(effects.measure):
            columns = [_display.of_studies(effects.measure, c, effects.columns) for c in columns]
        return columns[0], columns[1], columns[2]

    def tidy(self) -> Any:
        """Return a row a trial, as the user's kind of frame (else a dict of lists)."""
        effect, low, high = (_column(values) for values in self.shown())
        shown = {"effect": effect, "effect_low": low, "effect_high": high}
        columns = self._columns() | shown | {"reason": self.reason}
        return to_frame(columns, self.fit.effects.backend)

    def to_dict(self) -> dict[str, Any]:
        """Return strict JSON data."""
        columns = {name: list(values) for name, values in self._columns().items()}
        head = {"schema_version": SCHEMA_VERSION, "kind": "blup"}
        return {**head, **columns, "reason": list(self.reason)}

    def _columns(self) -> dict[str, Sequence[Any]]:
        names = ("study", "estimate", "se", "ci_low", "ci_high")
        return {name: getattr(self, name) for name in names}

    def __str__(self) -> str:
        return _diagnostics_text.predictions_text(self)


def influence(fit: MetaAnalysis) -> Influence:
    """Measure what each trial does to ``fit``, by pooling without each in turn.

    The R calls are ``metafor::influence``, ``rstandard``, ``baujat`` and ``radial``. The standard
    errors are those of the interval chosen: with Hartung and Knapp's, theirs, as in metafor.

    Raises:
        MethodError: For Mantel-Haenszel and Peto pooling, and for fewer than three trials.

    Example:
        >>> from equipoise.stats import effect_sizes, pool
        >>> trials = effect_sizes("GENERIC", estimate=[0.0, 0.0, 0.0, 4.0], se=[1.0] * 4)
        >>> pool(trials, model="common", ci="wald").influence().flags[3]
        ('dffits', 'cook', 'dfbetas')
    """
    spec = fit.methods
    inverse_variance_only(spec, "influence")
    if fit.k < _FEWEST:
        raise MethodError(
            f"influence diagnostics need three estimable trials, not {fit.k}; without one of two "
            "a single trial remains, whose heterogeneity is not defined",
            spec="influence",
            reason="fewer than three trials",
        )
    rows = np.flatnonzero(fit.effects.estimable)
    # Counted from the most precise trial, differences of estimates keep their digits.
    centre = fit.effects.yi[rows][fit.effects.vi[rows].argmin()]
    effects = replace(fit.effects, yi=fit.effects.yi - centre)
    columns = _measures(effects, rows, fit, _without_each(effects, rows, spec))
    if spec.model == "common":
        columns["tau2_deleted"] = np.full(rows.size, np.nan)
    return _table(fit, rows, columns)


def blup(fit: MetaAnalysis) -> TrialPredictions:
    """Predict the true effect in each trial: its estimate drawn towards the mean.

    The R call is ``metafor::blup``. The interval follows the interval of the mean: by t where that
    is by t, with its standard error. It takes τ² as known.

    Raises:
        MethodError: For Mantel-Haenszel and Peto pooling, for a common effect, and for one trial.
    """
    inverse_variance_only(fit.methods, "best linear unbiased predictions")
    if fit.tau2 is None:
        raise MethodError(
            "best linear unbiased predictions need a between-study variance: random effects and "
            "at least two estimable trials",
            spec="blup",
            reason="tau2 is not defined",
        )
    yi, vi = fit.effects.yi, fit.effects.vi
    value, se = kernel.predictions(yi, vi, fit.estimate, fit.se, fit.tau2)
    df = np.array([math.inf if fit.df is None else fit.df])
    half = critical(fit.methods.level, df)[0] * se
    return TrialPredictions(
        fit=fit,
        study=fit.effects.study,
        estimate=_column(value),
        se=_column(se),
        ci_low=_column(value - half),
        ci_high=_column(value + half),
        reason=fit.effects.reasons,
    )


def _without_each(effects: EffectSizes, rows: Ints, spec: MethodSpec) -> kernel.Deleted:
    """Pool without each of ``rows`` in turn, a block of them at a time."""
    step = max(1, _BLOCK // len(effects))
    parts = [
        _without(effects, rows, rows[start : start + step], spec)
        for start in range(0, rows.size, step)
    ]
    return kernel.Deleted(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def _without(effects: EffectSizes, rows: Ints, out: Ints, spec: MethodSpec) -> tuple[Floats, ...]:
    """Return the fields of `kernel.Deleted`; ``nan`` where τ² did not converge."""
    keep = np.ones((out.size, len(effects)), dtype=np.bool_)
    keep[np.arange(out.size), out] = False
    core = fit_core(effects, keep, spec)
    se = intervals(core, spec).se
    everyone = single(effects.yi[rows], effects.vi[rows]).rows(np.zeros(out.size, dtype=np.intp))
    se_all = weighted_mean(everyone, core.tau2).se
    fields = (core.estimate, se, (se / core.se) ** 2, core.tau2, core.q, se_all)
    if core.between is None:
        return fields
    return tuple(np.where(core.between.converged, field, np.nan) for field in fields)


def _measures(
    effects: EffectSizes, rows: Ints, fit: MetaAnalysis, deleted: kernel.Deleted
) -> dict[str, Floats]:
    """Return all measures of the estimable trials; ``effects`` are counted from the centre."""
    yi, vi, tau2 = effects.yi[rows], effects.vi[rows], fit.tau2 or 0.0
    mean = float(weighted_mean(single(yi, vi), np.array([tau2])).estimate[0])
    hat = kernel.hat_values(vi, tau2)
    baujat_x, baujat_y = kernel.baujat(yi, vi, mean, tau2, deleted)
    radial_x, radial_y = kernel.radial(fit.effects.yi[rows], vi, tau2)
    return {
        "rstudent": kernel.studentised_residuals(yi, vi, deleted),
        "rstandard": kernel.standardised_residuals(yi, vi, mean, tau2),
        "dffits": kernel.dffits(vi, hat, mean, deleted),
        "cook": kernel.cooks_distances(mean, fit.se, deleted),
        "cov_ratio": kernel.covariance_ratios(fit.se, deleted),
        "tau2_deleted": deleted.tau2,
        "q_deleted": deleted.q,
        "hat": hat,
        "weight": fit.weights[rows],
        "dfbetas": kernel.dfbetas(mean, deleted),
        "baujat_x": baujat_x,
        "baujat_y": baujat_y,
        "radial_x": radial_x,
        "radial_y": radial_y,
    }


def _limits(fit: MetaAnalysis) -> dict[str, float]:
    median = float(chi2_critical(kernel.COOK_TAIL, np.array([1.0]))[0])
    return {
        "dffits": 3.0 * math.sqrt(1.0 / (fit.k - 1)), "cook": median, "hat": 3.0 / fit.k,
        "dfbetas": 1.0,
    }  # fmt: skip


def _table(fit: MetaAnalysis, rows: Ints, columns: dict[str, Floats]) -> Influence:
    """Put the measures in the rows of their trials, with flags and reasons."""
    beyond = {name: np.abs(columns[name]) > limit for name, limit in _limits(fit).items()}
    far = normal_critical(fit.methods.level)
    flags: list[tuple[str, ...]] = [()] * len(fit.effects)
    outlier, reasons = [False] * len(fit.effects), list(fit.effects.reasons)
    for place, row in enumerate(rows.tolist()):
        flags[row] = tuple(name for name in FLAGS if beyond[name][place])
        outlier[row] = abs(float(columns["rstudent"][place])) > far
        if any(np.isnan(columns[name][place]) for name in _NEED_WIDTH):
            reasons[row] = _NO_TAU2 if np.isnan(columns["q_deleted"][place]) else _NO_WIDTH
    full = {name: _spread(values, rows, len(fit.effects)) for name, values in columns.items()}
    return Influence(
        fit=fit, study=fit.effects.study, flags=tuple(flags), outlier=tuple(outlier),
        reason=tuple(reasons), **full,
    )  # fmt: skip


def _spread(values: Floats, rows: Ints, n: int) -> Column:
    every = np.full(n, np.nan)
    every[rows] = values
    return _column(every)


def _column(values: Floats) -> Column:
    return tuple(float(v) if math.isfinite(v) else None for v in values)
