"""Pooling counts: Mantel-Haenszel and Peto, for a batch of subsets of the same trials."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from equipoise.errors import MethodError
from equipoise.kernels import mantel_haenszel as mh
from equipoise.kernels.batches import Batch, Bools, from_block
from equipoise.kernels.effects import two_by_two
from equipoise.kernels.effects.rates import Rates
from equipoise.kernels.inverse_variance import q_around
from equipoise.kernels.peto import peto
from equipoise.kernels.tau2 import dersimonian_laird
from equipoise.stats._core import Core, random_core
from equipoise.stats.effects._effect_routes import corrected_tables
from equipoise.stats.effects.counts import known_scores
from equipoise.stats.effects.effect_sizes import EffectSizes
from equipoise.stats.method_spec import MethodSpec
from equipoise.stats.options import RATE

TABLE_COLUMNS: Final = ("events_1", "n_1", "events_2", "n_2")
RATE_COLUMNS: Final = ("events_1", "time_1", "events_2", "time_2")
_NAMED: Final = 5


def mantel_haenszel_core(effects: EffectSizes, keep: Bools, batch: Batch, spec: MethodSpec) -> Core:
    """Pool counts; Q is the inverse-variance one around the Mantel-Haenszel estimate.

    With observed counts every trial enters, even one whose own ratio is not defined, and Q leaves
    out those without events (or with nothing but events) in both arms, as metafor does. With
    corrected counts the trials that can be estimated enter both (as RevMan does).
    """
    _check_counts(effects, RATE_COLUMNS if effects.measure in RATE else TABLE_COLUMNS)
    if effects.measure in RATE:
        fit, entering, judged = _rates(effects, keep, batch)
    elif spec.mh_counts == "corrected":
        tables = corrected_tables(effects.columns, spec.zero_cells, spec.add)
        fit, entering, judged = _pool_tables(tables, batch.present, spec), batch.present, batch
    else:
        fit, entering, judged = _observed_tables(effects, keep, batch, spec)
    defined = ~np.isnan(fit.estimate)
    q = np.where(defined, q_around(judged, np.where(defined, fit.estimate, 0.0)), np.nan)
    if spec.model == "random":
        core = random_core(batch, q, judged.k - 1, dersimonian_laird(batch, q))
        # Without that estimate there is no Q, so no τ²: nothing to pool by, not a τ² of zero.
        return replace(core, estimate=np.where(defined | (batch.k <= 1), core.estimate, np.nan))
    k = np.count_nonzero(entering, axis=1)
    weights = np.where(entering, fit.weights, 0.0)
    return Core(batch, k, fit.estimate, fit.se, q, q, judged.k - 1, weights, np.zeros(k.size), None)


def _check_counts(effects: EffectSizes, names: tuple[str, ...]) -> None:
    """Raise `MethodError` unless every trial that can be estimated gave its counts."""
    columns = effects.columns
    absent = [name for name in names if name not in columns]
    lacking = np.zeros(len(effects), dtype=np.bool_)
    for name in names:
        if name in columns:
            lacking |= np.isnan(columns[name]) & effects.estimable
    if not absent and not lacking.any():
        return
    trials = [effects.study[row] for row in np.flatnonzero(lacking)[:_NAMED]]
    who = f"; not given by {', '.join(trials)}" if trials else ""
    raise MethodError(
        f"Mantel-Haenszel pools counts, and needs {', '.join(names)} of every trial{who}; use method='IV'",
        spec="method=MH",
        reason="trials without counts",
    )


def _observed_tables(
    effects: EffectSizes, keep: Bools, batch: Batch, spec: MethodSpec
) -> tuple[mh.MantelHaenszel, Bools, Batch]:
    columns = effects.columns
    observed = two_by_two.tables(*(columns[c] for c in TABLE_COLUMNS))
    dull = two_by_two.without_events(observed) | two_by_two.only_events(observed)
    entering = keep & _contributing(observed, effects.measure)
    judged = from_block(effects.yi, effects.vi, batch.present & ~dull)
    return _pool_tables(observed, entering, spec), entering, judged


def _rates(
    effects: EffectSizes, keep: Bools, batch: Batch
) -> tuple[mh.MantelHaenszel, Bools, Batch]:
    """Pool rates; those without events in both arms say nothing of a ratio, and never enter Q."""
    columns = effects.columns
    rates = Rates(*(columns[c] for c in RATE_COLUMNS))
    eventful = rates.events_1 + rates.events_2 > 0.0
    judged = from_block(effects.yi, effects.vi, batch.present & eventful)
    if effects.measure == "IRD":
        return mh.rate_difference(rates, keep), keep, judged
    entering = keep & eventful
    return mh.log_rate_ratio(rates, entering), entering, judged


def _contributing(t: two_by_two.Tables, measure: str) -> Bools:
    if measure == "RD":
        return np.ones(t.a.shape, dtype=np.bool_)
    sums = t.a + t.c if measure == "RR" else t.a * t.d + t.b * t.c
    return np.asarray(sums > 0.0, dtype=np.bool_)


def _pool_tables(t: two_by_two.Tables, keep: Bools, spec: MethodSpec) -> mh.MantelHaenszel:
    if spec.measure == "RR":
        return mh.log_risk_ratio(t, keep)
    if spec.measure == "OR":
        return mh.log_odds_ratio(t, keep)
    return mh.risk_difference(t, keep, sato=spec.mh_rd_variance == "sato")


def peto_core(effects: EffectSizes, keep: Bools, batch: Batch) -> Core:
    """Pool observed minus expected events by Peto's one-step method."""
    o_minus_e, variance = known_scores(effects)
    informative = keep & (variance > 0.0)
    fit = peto(o_minus_e, variance, informative)
    k = np.count_nonzero(informative, axis=1)
    weights = np.where(informative, variance, 0.0)
    return Core(
        batch, k, fit.estimate, fit.se, fit.q, fit.q, k - 1, weights, np.zeros(k.size), None
    )
