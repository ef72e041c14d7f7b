"""Subgroup analysis: a meta-analysis for each group and the test for their difference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from equipoise.errors import DataError
from equipoise.kernels.batches import single
from equipoise.kernels.distributions import chi2_upper
from equipoise.kernels.heterogeneity import i2_from_q
from equipoise.kernels.inverse_variance import weighted_mean
from equipoise.stats import printing
from equipoise.stats.effects.effect_sizes import SCHEMA_VERSION, EffectSizes
from equipoise.stats.moderators.common_variance import CommonVariance, common_variance
from equipoise.stats.notes import Note
from equipoise.stats.options import I2, Ci, Method, Model, Pi, Preset, Tau2, Tau2Ci
from equipoise.stats.pooling import finite, pool, resolve_for
from equipoise.stats.presets import MethodSpec
from equipoise.stats.results import MetaAnalysis

_HKSJ_TEXT = (
    "the test takes the subgroups' Hartung-Knapp standard errors as known; with few trials in a "
    "subgroup it can be far too sure"
)
# Below this many trials Hartung and Knapp's t interval is much wider than a normal one.
_FEW = 5


@dataclass(frozen=True, slots=True, eq=False)
class SubgroupAnalysis:
    """Subgroups in order of appearance, and the test for subgroup differences.

    ``levels`` pairs each name with its meta-analysis, ``None`` where nothing can be estimated.
    ``q``, ``df``, ``p`` and ``i2`` are ``None`` with fewer than two estimated subgroups.
    ``not_grouped`` are the positions of trials whose group is unknown. ``common`` is the regression
    on groups behind subgroups with one between-study variance, with its F test; else ``None``.
    """

    levels: tuple[tuple[str, MetaAnalysis | None], ...]
    q: float | None
    df: int | None
    p: float | None
    i2: float | None
    not_grouped: tuple[int, ...]
    methods: MethodSpec
    notes: tuple[Note, ...] = ()
    common: CommonVariance | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return strict JSON data."""
        methods = asdict(self.methods)
        methods["changed"] = [list(pair) for pair in self.methods.changed]
        return {
            "schema_version": SCHEMA_VERSION,
            "kind": "subgroups",
            "methods": methods,
            "levels": [
                {"level": name, "fit": None if fit is None else fit.to_dict()}
                for name, fit in self.levels
            ],
            "q": self.q,
            "df": self.df,
            "p": self.p,
            "i2": self.i2,
            "common": None if self.common is None else self.common.to_dict(),
            "not_grouped": list(self.not_grouped),
            "notes": [note.to_dict() for note in self.notes],
        }

    def __str__(self) -> str:
        shown = printing.subgroup_text(self)
        return shown if self.common is None else f"{shown}\n{self.common}"


def subgroups(
    effects: EffectSizes,
    by: Sequence[str | None],
    *,
    preset: Preset | None = None,
    model: Model | None = None,
    method: Method | None = None,
    tau2: Tau2 | float | None = None,
    ci: Ci | None = None,
    pi: Pi | None = None,
    tau2_ci: Tau2Ci | None = None,
    i2: I2 | None = None,
    level: float | None = None,
    methods: MethodSpec | None = None,
    common_tau2: bool = False,
) -> SubgroupAnalysis:
    """Pool each subgroup, with its own between-study variance, and test their difference.

    The test is RevMan's: Cochran's Q of the subgroups' pooled estimates, weighted by the inverse
    squares of their standard errors, against chi-square. In R: ``metafor::rma`` on the subgroup
    estimates with ``method = "FE"``. Borenstein and Higgins 2013, doi:10.1007/s11121-013-0377-7.

    With ``common_tau2`` one between-study variance is estimated within all subgroups together, which
    a few trials a subgroup cannot do by themselves: each subgroup is pooled at that variance, Q
    compares the subgroups' means with their classic standard errors, and where the interval is by t
    or Hartung and Knapp ``common`` has the F test of the regression on groups. In R:
    ``metafor::rma(yi, vi, mods = ~ group)``, ``meta::metagen(subgroup = , tau.common = TRUE)``.

    Args:
        effects: The trials.
        by: The group of each trial; ``None`` (or empty) where unknown: the trial stays out.
        preset: As in `pool`, like all options that follow.
        model: As in `pool`.
        method: As in `pool`.
        tau2: As in `pool`.
        ci: As in `pool`.
        pi: As in `pool`.
        tau2_ci: As in `pool`.
        i2: As in `pool`.
        level: As in `pool`.
        methods: As in `pool`.
        common_tau2: Whether the subgroups share one between-study variance.

    Raises:
        DataError: If ``by`` has another length than there are trials.
        MethodError: As in `pool`.
    """
    groups = [None if name is None or name == "" else str(name) for name in by]
    if len(groups) != len(effects):
        raise DataError(
            f"by must have {len(effects)} values, not {len(groups)}", rule="a group for each trial"
        )
    given = {
        "model": model, "method": method, "tau2": tau2, "ci": ci, "pi": pi,
        "tau2_ci": tau2_ci, "i2": i2, "level": level,
    }  # fmt: skip
    spec = resolve_for(effects, preset, given, methods)
    common = common_variance(effects, groups, spec) if common_tau2 else None
    levels = tuple(
        (name, _pool_level(effects, [g == name for g in groups], _at(spec, common)))
        for name in dict.fromkeys(g for g in groups if g is not None)
    )
    missing = tuple(i for i, name in enumerate(groups) if name is None)
    if common is not None:
        test = (common.q, common.df, common.p, common.i2)
        notes = (*_notes(missing, (), tested=True), *common.notes)
        return SubgroupAnalysis(levels, *test, missing, spec, notes, common)
    test = _difference([fit for _, fit in levels if fit is not None])
    return SubgroupAnalysis(levels, *test, missing, spec, _notes(missing, levels))


def _at(spec: MethodSpec, common: CommonVariance | None) -> MethodSpec:
    """Return the methods of one subgroup: at the common variance, where there is one."""
    if common is None:
        return spec
    return replace(spec, tau2="fixed", tau2_value=common.tau2, tau2_ci="none")


def _pool_level(effects: EffectSizes, mask: list[bool], spec: MethodSpec) -> MetaAnalysis | None:
    part = effects.subset(np.array(mask, dtype=np.bool_))
    return pool(part, methods=spec.for_trials(mask)) if part.k else None


def _difference(
    fits: list[MetaAnalysis],
) -> tuple[float | None, int | None, float | None, float | None]:
    if len(fits) <= 1 or any(fit.se == 0.0 for fit in fits):
        return None, None, None, None
    yi = np.array([fit.estimate for fit in fits])
    vi = np.array([fit.se**2 for fit in fits])
    df = len(fits) - 1
    q = weighted_mean(single(yi, vi), np.zeros(1)).q
    degrees = np.array([float(df)])
    return (
        float(q[0]), df, finite(chi2_upper(q, degrees)[0]), finite(i2_from_q(q, degrees)[0]),
    )  # fmt: skip


def _scaled(fit: MetaAnalysis) -> bool:
    """Return whether the standard error is Hartung and Knapp's and rests on few trials."""
    return fit.methods.ci.startswith("hksj") and 1 < fit.k < _FEW


def _notes(
    missing: tuple[int, ...],
    levels: tuple[tuple[str, MetaAnalysis | None], ...],
    *,
    tested: bool = False,
) -> tuple[Note, ...]:
    notes = []
    if missing:
        trials = "1 trial" if len(missing) == 1 else f"{len(missing)} trials"
        notes.append(Note("not-grouped", f"the group of {trials} is unknown", missing))
    if tested:
        return tuple(notes)
    if sum(fit is not None for _, fit in levels) <= 1:
        notes.append(Note("no-test", "a test needs two subgroups that can be estimated"))
    elif any(fit is not None and fit.se == 0.0 for _, fit in levels):
        notes.append(Note("no-test", "a subgroup's interval has no width, so there is no test"))
    elif any(_scaled(fit) for _, fit in levels if fit is not None):
        notes.append(Note("hksj-subgroups", _HKSJ_TEXT))
    return tuple(notes)
