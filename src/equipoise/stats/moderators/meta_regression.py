"""Meta-regression: effects that depend on what is known of each trial."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from equipoise.errors import DataError
from equipoise.kernels import regression_moments, regression_tests
from equipoise.kernels.batches import Batch, Bools, Floats
from equipoise.kernels.distributions import chi2_upper, normal_critical
from equipoise.kernels.heterogeneity import i2_from_q, i2_from_tau2
from equipoise.kernels.intervals import critical
from equipoise.kernels.regression import Design
from equipoise.stats.effects.effect_sizes import EffectSizes
from equipoise.stats.fit_statistics import statistics_of
from equipoise.stats.moderators.engine import (
    Fitted,
    block,
    check_converged,
    fit_rows,
    residual_variance,
)
from equipoise.stats.moderators.formulas import from_formula
from equipoise.stats.moderators.linear import Estimate, JointTest, estimates_of, joint_test, plain
from equipoise.stats.moderators.model_matrix import ModelMatrix, check_rank, from_columns
from equipoise.stats.moderators.options import (
    RegressionOptions,
    RegressionTau2,
    RegressionTau2Ci,
    resolve,
)
from equipoise.stats.moderators.regression_result import MetaRegression
from equipoise.stats.moderators.tables import columns_for
from equipoise.stats.notes import Note
from equipoise.stats.options import Model
from equipoise.stats.results import Diagnostics
from equipoise.stats.small_studies._common import RegressionCi

# Cochrane Handbook 10.11.5.1: fewer than ten trials for each characteristic are generally too few.
_TRIALS_A_COEFFICIENT = 10


def meta_regression(
    effects: EffectSizes,
    moderators: Any,
    *,
    data: Any = None,
    names: Sequence[str] | None = None,
    intercept: bool = True,
    model: Model = "random",
    tau2: RegressionTau2 | float | None = None,
    ci: RegressionCi | None = None,
    tau2_ci: RegressionTau2Ci | None = None,
    level: float = 0.95,
) -> MetaRegression:
    r"""Regress the trials' effects on moderators.

    :math:`y_i \sim N(x_i'\beta, v_i + \tau^2)`, by weighted least squares at the estimated residual
    between-study variance. Without options as Cochrane advises since 2025: REML, and Knapp and
    Hartung's tests and intervals, by t with ``k - p`` degrees of freedom. The R call is
    ``metafor::rma(yi, vi, mods = ~ ..., method = "REML", test = "knha")``. Knapp and Hartung 2003,
    doi:10.1002/sim.1482; Thompson and Higgins 2002, doi:10.1002/sim.1187.

    Args:
        effects: The trials' effect sizes.
        moderators: A formula such as ``"~ year + C(allocation)"``, or numbers: one a trial, or a
            block with a row a trial.
        data: The table the formula refers to, a row a trial: any frame, or a dict. The columns the
            effects were computed from can be named too.
        names: Names of the block's columns.
        intercept: Whether a block gets an intercept; formulas say ``~ 0 + ...``.
        model: ``random``, or ``common`` for no variance beyond that within trials.
        tau2: The estimator of the residual variance, or its value; REML unless told otherwise.
        ci: ``hksj`` (``wald`` for the common effect), ``hksj-floor``, ``t`` or ``wald``.
        tau2_ci: The interval of the residual variance.
        level: The level of all intervals.

    Raises:
        DataError: If the table or the block does not fit the trials, or a column is not there.
        MethodError: For collinear columns (named), too few trials, options that do not exist, a
            formula that cannot be read, or a formula without formulaic.
        ConvergenceError: If the residual variance cannot be found.

    Example:
        >>> from equipoise.stats import effect_sizes
        >>> trials = effect_sizes("GENERIC", estimate=[0.0, 1.0, 2.0, 3.5], se=[1.0] * 4)
        >>> fit = meta_regression(trials, [1.0, 2.0, 3.0, 4.0], names=["dose"], ci="wald")
        >>> round(fit.coefficients[1].estimate, 2)
        1.15
    """
    options = resolve(model, tau2, ci, tau2_ci, level)
    matrix = model_matrix(effects, moderators, data=data, names=names, intercept=intercept)
    return fit_matrix(effects, matrix, options)


def model_matrix(
    effects: EffectSizes,
    moderators: Any,
    *,
    data: Any = None,
    names: Sequence[str] | None = None,
    intercept: bool = True,
    usable: Bools | None = None,
) -> ModelMatrix:
    """Make the model matrix of the estimable trials with all moderators known; see above.

    ``usable`` keeps further trials out; ``moderators`` may be ``None`` for the intercept alone.
    """
    if effects.k == 0:
        raise DataError("no trial can be estimated", rule="estimable trials")
    usable = effects.estimable if usable is None else usable & effects.estimable
    if moderators is None:
        moderators, names = np.empty((len(effects), 0)), ()
    if isinstance(moderators, str):
        return from_formula(moderators, columns_for(data, effects), usable)
    return from_columns(moderators, names, usable, intercept=intercept)


def fit_matrix(
    effects: EffectSizes, matrix: ModelMatrix, options: RegressionOptions
) -> MetaRegression:
    """Fit a model matrix; see `meta_regression`."""
    check_rank(matrix)
    yi, vi = effects.yi[matrix.rows], effects.vi[matrix.rows]
    batch, design = block(yi[None], vi[None], matrix.values[None], intercept=matrix.intercept)
    found = fit_rows(batch, design, options)
    check_converged(found.between, options.tau2)
    covariance = found.fit.covariance[0] * found.scale[0]
    df = None if math.isinf(found.df[0]) else float(found.df[0])
    coefficients = estimates_of(
        matrix.names, found.fit.coefficients[0], found.se[0], df, options.level
    )
    heterogeneity = _heterogeneity(batch, design, found, options)
    without = _without(batch, matrix, options)
    weights = 1.0 / (vi + found.between.tau2[0])
    statistics = partial(
        statistics_of,
        batch,
        design,
        found.between.tau2,
        tau2_estimated=options.tau2 is not None and options.tau2_value is None,
    )
    return MetaRegression(
        effects=effects,
        matrix=matrix,
        options=options,
        coefficients=coefficients,
        covariance=covariance,
        omnibus=_omnibus(matrix, found, covariance),
        tau2_without=without,
        r2=_r2(heterogeneity["tau2"], without),
        ml=statistics(restricted=False),
        reml=statistics(restricted=True),
        weights=100.0 * weights / weights.sum(),
        fitted=yi - found.fit.residuals[0],
        residuals=found.fit.residuals[0],
        diagnostics=_diagnostics(found),
        notes=(
            *_notes(effects, matrix, options, heterogeneity.pop("empty")),
            *_width_notes(found, coefficients, options),
        ),
        **heterogeneity,
    )


def _omnibus(matrix: ModelMatrix, found: Fitted, covariance: Floats) -> JointTest | None:
    """Test all coefficients but the intercept, which alone has nothing to test."""
    which = np.arange(int(matrix.intercept), len(matrix.names))
    if which.size == 0:
        return None
    tested = regression_tests.subset(found.fit.coefficients, covariance[None], which, found.df)
    what = [t.name for t in matrix.terms] if matrix.intercept else [matrix.names[i] for i in which]
    return joint_test(what, tested)


def _heterogeneity(
    batch: Batch, design: Design, found: Fitted, options: RegressionOptions
) -> dict[str, Any]:
    tau2 = found.between.tau2
    df = np.array([float(batch.k[0] - design.columns.shape[2])])
    q = fit_rows(batch, design, resolve("common", None, None, None, options.level)).fit.q
    common = {"q": float(q[0]), "q_df": int(df[0]), "q_p": plain(chi2_upper(q, df)[0])}
    if options.model == "common":
        shares = {"i2": plain(i2_from_q(q, df)[0]), "h2": float(q[0] / df[0])}
        blank = dict.fromkeys(("tau2", "tau2_se", "tau2_ci"))
        return common | shares | blank | {"empty": False}
    typical = regression_moments.typical_variance(batch, design)
    limits, empty = _tau2_interval(batch, design, tau2, options)
    return common | {
        "tau2": float(tau2[0]),
        "tau2_se": plain(regression_moments.tau2_se(batch, design, tau2, str(options.tau2))[0]),
        "tau2_ci": limits,
        "i2": plain(i2_from_tau2(tau2, typical)[0]),
        "h2": float(tau2[0] / typical[0] + 1.0),
        "empty": empty,
    }


def _tau2_interval(
    batch: Batch, design: Design, tau2: Floats, options: RegressionOptions
) -> tuple[tuple[float, float] | None, bool]:
    if options.tau2_ci == "none":
        return None, False
    if options.tau2_ci == "q-profile":
        found = regression_moments.q_profile(batch, design, options.level)
        return (float(found.low[0]), float(found.high[0])), bool(found.empty[0])
    se = regression_moments.tau2_se(batch, design, tau2, str(options.tau2))[0]
    half = normal_critical(options.level) * float(se)
    return (max(0.0, float(tau2[0]) - half), float(tau2[0]) + half), False


def _without(batch: Batch, matrix: ModelMatrix, options: RegressionOptions) -> float | None:
    """Return τ² of the same trials without moderators, where the model can be a constant."""
    if options.tau2 is None or options.tau2_value is not None:
        return None
    if not matrix.terms or not matrix.spans_constant:
        return None
    ones = np.ones((1, matrix.rows.size, 1))
    between = residual_variance(batch, Design(ones, intercept=True), options)
    check_converged(between, options.tau2)
    return float(between.tau2[0])


def _r2(tau2: float | None, without: float | None) -> float | None:
    """Return the share of τ² explained, in percent; Raudenbush 1994, as ``metafor::rma``."""
    if tau2 is None or without is None:
        return None
    return 0.0 if without == 0.0 else max(0.0, 100.0 * (without - tau2) / without)


def _diagnostics(found: Fitted) -> Diagnostics:
    between = found.between
    return Diagnostics(
        converged=bool(between.converged[0]),
        iterations=int(between.iterations[0]),
        at_boundary=bool(between.at_boundary[0]) and bool(between.tau2[0] == 0.0),
        last_step=float(between.last_step[0]),
    )


def _notes(
    effects: EffectSizes,
    matrix: ModelMatrix,
    options: RegressionOptions,
    empty: bool,
) -> tuple[Note, ...]:
    notes = list(effects.notes)
    out = tuple(int(row) for row in np.flatnonzero(~effects.estimable))
    if out:
        notes.append(Note("not-estimable", f"{_trials(len(out))} could not be estimated", out))
    for reason in dict.fromkeys(reason for _, reason in matrix.dropped):
        rows = tuple(row for row, why in matrix.dropped if why == reason)
        labels = ", ".join(effects.study[row] for row in rows)
        notes.append(Note("moderator-missing", f"left out, {reason}: {labels}", rows))
    k, moderators = matrix.rows.size, len(matrix.names) - int(matrix.intercept)
    if moderators and k < _TRIALS_A_COEFFICIENT * moderators:
        each = "one moderator column" if moderators == 1 else f"{moderators} moderator columns"
        text = f"{k} trials for {each}: fewer than ten each; associations will often be chance"
        notes.append(Note("few-trials", text))
    if empty:
        text = (
            "the Q-profile interval of tau2 lies below zero: trials agree more than chance allows"
        )
        notes.append(Note("tau2-ci-empty", text))
    if matrix.terms and options.model == "common":
        text = "a common-effect model takes the moderators to explain all heterogeneity"
        notes.append(Note("common-effect", text))
    return tuple(notes)


def _width_notes(
    found: Fitted, coefficients: tuple[Estimate, ...], options: RegressionOptions
) -> tuple[Note, ...]:
    """Warn of intervals without width, and of Knapp and Hartung's where Wald's are wider."""
    if any(row.se == 0.0 for row in coefficients):
        text = "the model fits every trial exactly, so its intervals have no width: do not use them"
        return (Note("zero-width-interval", text),)
    wald = normal_critical(options.level)
    used = float(critical(options.level, found.df)[0] * np.sqrt(found.scale[0]))
    if options.ci == "hksj" and used < wald:
        text = "the Knapp-Hartung intervals are narrower than Wald's: do not rely on how narrow they are"
        return (Note("hksj-narrower", text),)
    return ()


def _trials(n: int) -> str:
    return "1 trial" if n == 1 else f"{n} trials"
