"""The one engine under `pool` and `pool_subsets`: a batch of subsets of the same trials."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equipoise.errors import MethodError
from equipoise.kernels import mantel_haenszel as mh
from equipoise.kernels.batches import Batch, Bools, Floats, Ints, from_block
from equipoise.kernels.distributions import normal_two_sided
from equipoise.kernels.effects import two_by_two
from equipoise.kernels.intervals import Inference, hartung_knapp, infer, prediction, wider
from equipoise.kernels.inverse_variance import q_around, weighted_mean
from equipoise.kernels.peto import peto
from equipoise.kernels.profile_mean import profile_mean
from equipoise.kernels.tau2 import BetweenStudy, dersimonian_laird
from equipoise.stats._between_study import between_study
from equipoise.stats.effects._effect_routes import corrected_tables
from equipoise.stats.effects.effect_sizes import EffectSizes
from equipoise.stats.presets import MethodSpec


@dataclass(frozen=True, slots=True, eq=False)
class Core:
    """Pooled estimates of ``B`` subsets before any interval; shape ``(B,)`` unless said.

    ``se`` is the classic standard error; ``spread`` the weighted sum of squared residuals at the
    pooling weights (for Hartung and Knapp); ``weights`` has shape ``(B, n)`` and is not scaled.
    ``tau2`` is ``nan`` where there are fewer than two trials, and zero for a common effect.
    """

    batch: Batch
    k: Ints
    estimate: Floats
    se: Floats
    spread: Floats
    q: Floats
    q_df: Ints
    weights: Floats
    tau2: Floats
    between: BetweenStudy | None


def core_key(spec: MethodSpec) -> tuple[str, ...]:
    """Return what of the methods bears on the estimate, so that intervals can share it."""
    between = (str(spec.tau2), str(spec.tau2_value), str(spec.tau2_weights))
    return (spec.model, spec.method, *between, spec.mh_counts, spec.mh_rd_variance)


def fit_core(effects: EffectSizes, keep: Bools, spec: MethodSpec) -> Core:
    """Pool each subset in ``keep`` (shape ``(B, n)``) by the methods of ``spec``."""
    batch = from_block(effects.yi, effects.vi, keep & effects.estimable)
    if spec.method == "MH":
        core = _mantel_haenszel(effects, keep, batch, spec)
    elif spec.method == "Peto":
        core = _peto(effects, keep, batch)
    else:
        core = _inverse_variance(batch, spec)
    return _single_trials(core)


def intervals(core: Core, spec: MethodSpec) -> Inference:
    """Test and interval of each subset; a single trial keeps its own Wald interval."""
    k = core.k.astype(np.float64)
    several = core.k > 1
    if spec.ci == "wald":
        return _wald(core, spec.level)
    if spec.ci == "profile-likelihood":
        return _profile(core, spec.level)
    se = core.se
    if spec.ci.startswith("hksj"):
        se = hartung_knapp(se, core.spread, k, floor=spec.ci == "hksj-floor")
    df = np.where(several, k - 1.0, np.inf)
    by_t = infer(core.estimate, np.where(several, se, core.se), df, spec.level)
    return wider(by_t, _wald(core, spec.level)) if spec.ci == "hksj-if-wider" else by_t


def _wald(core: Core, level: float) -> Inference:
    return infer(core.estimate, core.se, np.full(core.k.shape, np.inf), level)


def _profile(core: Core, level: float) -> Inference:
    """Take interval and test from the profile likelihood where there are several trials."""
    wald = _wald(core, level)
    profile = profile_mean(core.batch, core.estimate, core.tau2, level)
    several = core.k > 1
    statistic = np.where(several, profile.statistic, wald.statistic)
    low = np.where(several, profile.low, wald.low)
    high = np.where(several, profile.high, wald.high)
    return Inference(core.se, statistic, wald.df, normal_two_sided(statistic), low, high)


def predictions(core: Core, ci: Inference, spec: MethodSpec) -> tuple[Floats, Floats]:
    """Prediction intervals; ``nan`` where not defined."""
    k = core.k.astype(np.float64)
    if spec.pi == "follow-ci":
        se, df = ci.se, ci.df
    elif spec.pi == "HTS":
        se, df = core.se, k - 2.0
    elif spec.pi == "V":
        se, df = core.se, k - 1.0
    elif spec.pi == "HK":
        se, df = hartung_knapp(core.se, core.spread, k, floor=False), k - 1.0
    else:
        se, df = core.se, np.full(k.shape, np.inf)
    return prediction(core.estimate, se, core.tau2, df, spec.level)


def _inverse_variance(batch: Batch, spec: MethodSpec) -> Core:
    zero = np.zeros(batch.k.size)
    common = weighted_mean(batch, zero)
    if spec.model == "common":
        return Core(
            batch, batch.k, common.estimate, common.se, common.q, common.q,
            batch.k - 1, common.weights, zero, None,
        )  # fmt: skip
    return _random(batch, common.q, batch.k - 1, between_study(batch, spec, common.q))


def _random(batch: Batch, q: Floats, q_df: Ints, between: BetweenStudy) -> Core:
    fit = weighted_mean(batch, np.where(np.isnan(between.tau2), 0.0, between.tau2))
    return Core(
        batch, batch.k, fit.estimate, fit.se, fit.q, q, q_df, fit.weights, between.tau2, between
    )


def _mantel_haenszel(effects: EffectSizes, keep: Bools, batch: Batch, spec: MethodSpec) -> Core:
    """Pool tables; Q is the inverse-variance one around the Mantel-Haenszel estimate.

    With observed counts every table enters, even one whose own ratio is not defined, and Q leaves
    out those without events, or with nothing but events, in both arms (as metafor does). With
    corrected counts the trials that can be estimated enter both (as RevMan does).
    """
    columns = effects.columns
    observed = two_by_two.tables(*(columns[c] for c in ("events_1", "n_1", "events_2", "n_2")))
    if spec.mh_counts == "corrected":
        tables, entering, judged = (
            corrected_tables(columns, spec.zero_cells, spec.add), batch.present, batch,
        )  # fmt: skip
    else:
        dull = two_by_two.without_events(observed) | two_by_two.only_events(observed)
        tables, entering = observed, keep & _contributing(observed, effects.measure)
        judged = from_block(effects.yi, effects.vi, batch.present & ~dull)
    fit = _pool_tables(tables, entering, effects.measure, sato=spec.mh_rd_variance == "sato")
    q = q_around(judged, np.where(np.isnan(fit.estimate), 0.0, fit.estimate))
    q = np.where(np.isnan(fit.estimate), np.nan, q)
    if spec.model == "random":
        return _random(batch, q, judged.k - 1, dersimonian_laird(batch, q))
    k = np.count_nonzero(entering, axis=1)
    weights = np.where(entering, fit.weights, 0.0)
    return Core(batch, k, fit.estimate, fit.se, q, q, judged.k - 1, weights, np.zeros(k.size), None)


def _contributing(t: two_by_two.Tables, measure: str) -> Bools:
    if measure == "RD":
        return np.ones(t.a.shape, dtype=np.bool_)
    sums = t.a + t.c if measure == "RR" else t.a * t.d + t.b * t.c
    return np.asarray(sums > 0.0, dtype=np.bool_)


def _pool_tables(
    t: two_by_two.Tables, keep: Bools, measure: str, *, sato: bool
) -> mh.MantelHaenszel:
    if measure == "RR":
        return mh.log_risk_ratio(t, keep)
    if measure == "OR":
        return mh.log_odds_ratio(t, keep)
    return mh.risk_difference(t, keep, sato=sato)


def _peto(effects: EffectSizes, keep: Bools, batch: Batch) -> Core:
    o_minus_e, variance = _scores(effects)
    informative = keep & (variance > 0.0)
    fit = peto(o_minus_e, variance, informative)
    k = np.count_nonzero(informative, axis=1)
    weights = np.where(informative, variance, 0.0)
    return Core(
        batch, k, fit.estimate, fit.se, fit.q, fit.q, k - 1, weights, np.zeros(k.size), None
    )


def _scores(effects: EffectSizes) -> tuple[Floats, Floats]:
    """Return O - E and V of every trial.

    Raises:
        MethodError: If a trial gave only an estimate.
    """
    c = effects.columns
    if "events_1" in c:
        return two_by_two.observed_minus_expected(
            two_by_two.tables(c["events_1"], c["n_1"], c["events_2"], c["n_2"])
        )
    if "variance" in c and not np.isnan(c["variance"]).any():
        return c["o_minus_e"], c["variance"]
    raise MethodError(
        "Peto's method needs events, or O - E and V, of every trial; use method='IV'",
        spec="method=Peto",
        reason="no O - E and V",
    )


def _single_trials(core: Core) -> Core:
    """Give subsets of one trial that trial's own estimate and variance."""
    alone = (core.k == 1) & (core.batch.k == 1)
    if not alone.any():
        return core
    own = weighted_mean(core.batch, np.zeros(core.k.size))
    return Core(
        core.batch,
        core.k,
        np.where(alone, own.estimate, core.estimate),
        np.where(alone, own.se, core.se),
        np.where(alone, 0.0, core.spread),
        np.where(alone, 0.0, core.q),
        core.q_df,
        np.where(alone[:, None], core.batch.present.astype(np.float64), core.weights),
        np.where(alone, np.nan, core.tau2),
        core.between,
    )
