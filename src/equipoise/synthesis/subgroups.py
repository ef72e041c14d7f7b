"""Planned subgroup analyses of one finding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from equipoise.errors import MethodError
from equipoise.findings import (
    Note,
    SubgroupAnalysis,
    SubgroupLevel,
    SubgroupTest,
    Trial,
)
from equipoise.review.model import Subgroup
from equipoise.stats import EffectSizes, MetaAnalysis, MethodSpec, subgroups
from equipoise.stats import SubgroupAnalysis as Fitted
from equipoise.synthesis.estimates import ZERO_SUM, estimate, inverse_variance_instead, number

_INSTEAD = Note(
    "inverse-variance-instead",
    "Pooled by inverse variance, because one side of a subgroup has no events.",
)


def subgroup_analysis(
    grouping: Subgroup,
    published_number: str | None,
    trials: Sequence[Trial],
    rows: Sequence[int | None],
    pooled: Mapping[str, tuple[EffectSizes, MethodSpec]],
) -> SubgroupAnalysis:
    """Analyse a finding by one grouping, under each preset.

    Each level has its own between-trial variance, and the test compares the levels' estimates
    (Cochrane Handbook, section 10.11.3.1). Trials whose group nobody recorded are listed apart and
    enter no level. Where a level has no events on one side, so that Mantel–Haenszel sums are zero,
    all levels are pooled by inverse variance and a note says so. Levels stand in the order in which
    the trials name them.

    Args:
        grouping: The planned grouping.
        published_number: The number the source gives this analysis.
        trials: The finding's trials.
        rows: For each trial its row in the effect sizes, ``None`` where it has no usable numbers.
        pooled: Effect sizes and methods, by preset.
    """
    tried = {preset: _fit(grouping, trials, rows, *with_) for preset, with_ in pooled.items()}
    fits = {preset: fit for preset, (fit, _) in tried.items()}
    names = dict.fromkeys(t.subgroups[grouping.id] for t in trials if grouping.id in t.subgroups)
    return SubgroupAnalysis(
        by=grouping.id,
        name=grouping.name,
        number=published_number,
        levels=tuple(_level(name, grouping, trials, rows, fits) for name in names),
        tests={preset: test for preset, fit in fits.items() if (test := _test(fit))},
        not_grouped=tuple(t.label for t in trials if grouping.id not in t.subgroups),
        notes=(_INSTEAD,) if any(instead for _, instead in tried.values()) else (),
    )


def _fit(
    grouping: Subgroup,
    trials: Sequence[Trial],
    rows: Sequence[int | None],
    effects: EffectSizes,
    spec: MethodSpec,
) -> tuple[Fitted, bool]:
    """Fit the levels; the second value says whether inverse variance had to take over."""
    by: list[str | None] = [None] * len(effects)
    for trial, row in zip(trials, rows, strict=True):
        if row is not None:
            by[row] = trial.subgroups.get(grouping.id)
    try:
        return subgroups(effects, by, methods=spec), False
    except MethodError as error:
        if error.reason != ZERO_SUM:
            raise
    return subgroups(effects, by, methods=inverse_variance_instead(spec)), True


def _level(
    name: str,
    grouping: Subgroup,
    trials: Sequence[Trial],
    rows: Sequence[int | None],
    fits: Mapping[str, Fitted],
) -> SubgroupLevel:
    members = [
        (trial, row)
        for trial, row in zip(trials, rows, strict=True)
        if trial.subgroups.get(grouping.id) == name
    ]
    found = {preset: dict(fit.levels).get(name) for preset, fit in fits.items()}
    estimated = {preset: fit for preset, fit in found.items() if fit is not None}
    estimates = {preset: estimate(fit) for preset, fit in estimated.items()}
    primary = next(iter(fits))
    return SubgroupLevel(
        level=name,
        k=estimates[primary].k if primary in estimates else 0,
        trials=tuple(trial.anchor for trial, _ in members),
        estimates=estimates,
        weights={preset: _weights(fit, members) for preset, fit in estimated.items()},
    )


def _weights(fit: MetaAnalysis, members: Sequence[tuple[Trial, int | None]]) -> dict[str, float]:
    """Read the weights within a level; its trials stand in the order of the effect sizes."""
    entered = [trial.anchor for trial, row in members if row is not None]
    shares = zip(entered, fit.weights, strict=True)
    return {anchor: float(weight) for anchor, weight in shares if np.isfinite(weight) and weight}


def _test(fit: Fitted) -> SubgroupTest | None:
    q, p, i2 = number(fit.q), number(fit.p), number(fit.i2)
    if q is None or p is None or fit.df is None or fit.df < 1:
        return None
    return SubgroupTest(q=q, df=int(fit.df), p=p, i2=i2 or 0.0)
