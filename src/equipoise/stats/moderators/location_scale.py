"""Location-scale models: moderators of the mean effect, and of how much effects differ."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from equipoise.errors import ConvergenceError
from equipoise.kernels import location_scale as kernel
from equipoise.kernels import regression_tests
from equipoise.kernels.batches import Floats, Ints
from equipoise.kernels.distributions import chi2_upper
from equipoise.kernels.regression import maximum_likelihood
from equipoise.stats import printing
from equipoise.stats.effects.effect_sizes import SCHEMA_VERSION, EffectSizes
from equipoise.stats.effects.inputs import to_frame
from equipoise.stats.fit_statistics import full_log_likelihood
from equipoise.stats.moderators import text
from equipoise.stats.moderators.engine import block
from equipoise.stats.moderators.linear import Estimate, JointTest, estimates_of, joint_test, plain
from equipoise.stats.moderators.meta_regression import model_matrix
from equipoise.stats.moderators.model_matrix import ModelMatrix, check_rank
from equipoise.stats.moderators.options import LikelihoodTau2, Link, check_choice
from equipoise.stats.notes import Note
from equipoise.stats.options import check_fraction, check_word

_FEW = 10


@dataclass(frozen=True, slots=True, eq=False)
class LocationScaleFit:
    """A location-scale model on the analysis scale.

    ``location`` are the coefficients of the mean effect, ``scale`` those of log τ² (link ``log``)
    or τ² (``identity``); errors of the latter are ``nan`` where a τ² is held at zero. ``tau2`` has a
    value for each trial that enters. ``location_test`` and ``scale_test`` are joint Wald tests of
    all but the intercepts; ``likelihood_ratio`` tests the scale moderators against one τ² for all
    (``None`` where the scale model cannot be a constant). ``gradient`` and ``agree`` of ``starts``
    certify the maximum.
    """

    effects: EffectSizes
    location_matrix: ModelMatrix
    scale_matrix: ModelMatrix
    link: Link
    method: LikelihoodTau2
    ci: str
    level: float
    location: tuple[Estimate, ...]
    scale: tuple[Estimate, ...]
    location_covariance: Floats
    scale_covariance: Floats
    location_test: JointTest | None
    scale_test: JointTest | None
    likelihood_ratio: JointTest | None
    tau2: Floats
    log_likelihood: float
    aic: float
    bic: float
    aicc: float
    gradient: float
    starts: int
    agree: int
    notes: tuple[Note, ...] = ()

    @property
    def k(self) -> int:
        """Number of trials that enter."""
        return int(self.location_matrix.rows.size)

    def tidy(self) -> Any:
        """Return a row a coefficient, as the user's kind of frame (else a dict of lists)."""
        parts = [("location", row) for row in self.location]
        parts += [("scale", row) for row in self.scale]
        rows = [{"part": part} | _plain_row(row) for part, row in parts]
        columns = {name: [row[name] for row in rows] for name in rows[0]}
        return to_frame(columns, self.effects.backend)

    def glance(self) -> Any:
        """Return one row that says how the model fits, as the user's kind of frame."""
        names = ("k", "log_likelihood", "aic", "bic", "aicc", "gradient")
        return to_frame({name: [getattr(self, name)] for name in names}, self.effects.backend)

    def augment(self) -> Any:
        """Return a row a trial that enters: effect, fitted mean and τ²."""
        rows = self.location_matrix.rows
        beta = np.array([row.estimate for row in self.location])
        columns = {
            "study": [self.effects.study[row] for row in rows.tolist()],
            "yi": self.effects.yi[rows].tolist(),
            "vi": self.effects.vi[rows].tolist(),
            "fitted": (self.location_matrix.values @ beta).tolist(),
            "tau2": self.tau2.tolist(),
        }
        return to_frame(columns, self.effects.backend)

    def to_dict(self) -> dict[str, Any]:
        """Return strict JSON data: no NaN, no infinity."""
        names = ("link", "method", "ci", "level", "k", "log_likelihood", "aic", "bic", "aicc")
        tests = ("location_test", "scale_test", "likelihood_ratio")
        return {
            "schema_version": SCHEMA_VERSION,
            "kind": "location-scale",
            "measure": self.effects.measure,
            **{name: plain(getattr(self, name)) for name in names},
            "location": [_plain_row(row) for row in self.location],
            "scale": [_plain_row(row) for row in self.scale],
            **{n: None if getattr(self, n) is None else getattr(self, n).to_dict() for n in tests},
            "tau2": self.tau2.tolist(),
            "rows": self.location_matrix.rows.tolist(),
            "certificate": {
                "gradient": self.gradient, "starts": self.starts, "agree": self.agree,
            },
            "notes": [note.to_dict() for note in self.notes],
        }  # fmt: skip

    def __str__(self) -> str:
        head = "log τ²" if self.link == "log" else "τ²"
        test = "Wald" if self.ci == "wald" else "t, k less the number of coefficients df"
        level = f"{100 * self.level:g}%"
        lines = [
            f"{text.measure_name(self.effects)}: location-scale model, {self.k} trials",
            f"  Methods: {self.method}; {head} linear in its moderators; {level} CI: {test}",
            "",
            *text.estimate_rows(self.location, self.level, "Mean effect"),
            "",
            *text.estimate_rows(self.scale, self.level, head),
            "",
        ]
        if self.location_test is not None:
            lines.append(f"  {self.location_test}")
        if self.scale_test is not None:
            lines.append(f"  Scale. {self.scale_test}")
        if self.likelihood_ratio is not None:
            found = self.likelihood_ratio
            shown = f"χ² = {printing.number(found.statistic)} ({found.df} df)"
            lines.append(f"  Likelihood ratio against one τ²: {shown}, {printing.p_value(found.p)}")
        return "\n".join([*lines, *text.note_lines(self.notes)])


def location_scale(
    effects: EffectSizes,
    location: Any = None,
    scale: Any = None,
    *,
    data: Any = None,
    location_names: Sequence[str] | None = None,
    scale_names: Sequence[str] | None = None,
    link: Link = "log",
    tau2: LikelihoodTau2 = "REML",
    ci: str = "wald",
    level: float = 0.95,
) -> LocationScaleFit:
    r"""Regress the mean effect and the between-study variance on moderators.

    :math:`y_i \sim N(x_i'\beta, v_i + \tau_i^2)`, :math:`\log\tau_i^2 = z_i'\alpha` or
    :math:`\tau_i^2 = z_i'\alpha \ge 0`. Errors of the scale coefficients are from the observed
    information; with few trials prefer the likelihood ratio. The R call is
    ``metafor::rma(yi, vi, mods = ~ ..., scale = ~ ..., link = "log")``. Viechtbauer and
    López-López 2022, doi:10.1002/jrsm.1562.

    Args:
        effects: The trials.
        location: Moderators of the mean, a formula or numbers as in `meta_regression`; the
            intercept alone if not given.
        scale: Moderators of the variance, likewise.
        data: The table the formulas refer to.
        location_names: Names of the columns of ``location`` where it is numbers.
        scale_names: Names of the columns of ``scale`` where it is numbers.
        link: ``log`` or ``identity``.
        tau2: ``REML`` or ``ML``.
        ci: ``wald`` or ``t``.
        level: The level of all intervals.

    Raises:
        ConvergenceError: If the likelihood has no maximum: with the log link where it rises towards
            no heterogeneity in some trials, with the identity link where no coefficients give every
            trial a variance.
        MethodError: As in `meta_regression`.
    """
    check_choice("link", link)
    check_choice("likelihood", tau2)
    check_word("ci", ci, ("wald", "t"))
    check_fraction("level", level)
    one, two = _matrices(effects, (location, location_names), (scale, scale_names), data)
    check_rank(one)
    check_rank(two)
    yi, vi = effects.yi[one.rows], effects.vi[one.rows]
    found = kernel.fit(
        yi, vi, one.values, two.values, log_link=link == "log", restricted=tau2 == "REML"
    )
    if not found.converged:
        raise _no_maximum(found, link)
    options = (link, tau2, ci, level)
    return _result(effects, one, two, found, options)


def _matrices(
    effects: EffectSizes,
    location: tuple[Any, Sequence[str] | None],
    scale: tuple[Any, Sequence[str] | None],
    data: Any,
) -> tuple[ModelMatrix, ModelMatrix]:
    """Return both model matrices of the trials that have all moderators."""

    def make(part: tuple[Any, Sequence[str] | None], rows: Ints) -> ModelMatrix:
        usable = np.zeros(len(effects), dtype=np.bool_)
        usable[rows] = True
        return model_matrix(effects, part[0], data=data, names=part[1], usable=usable)

    one = make(location, np.arange(len(effects)))
    two = make(scale, one.rows)
    return replace(make(location, two.rows), dropped=one.dropped), two


def _no_maximum(found: kernel.LocationScale, link: Link) -> ConvergenceError:
    if link == "log":
        text_of = (
            "the likelihood rises for ever towards no heterogeneity in some trials, so the log "
            "link has no estimate; use link='identity', or fewer scale moderators"
        )
    else:
        text_of = (
            "no scale coefficients give every trial a variance of at least zero at a maximum of "
            "the likelihood; use link='log', or keep the intercept"
        )
    return ConvergenceError(
        text_of, diagnostics={"iterations": found.iterations, "gradient": found.gradient}
    )


def _result(
    effects: EffectSizes,
    one: ModelMatrix,
    two: ModelMatrix,
    found: kernel.LocationScale,
    options: tuple[Link, LikelihoodTau2, str, float],
) -> LocationScaleFit:
    link, method, ci, level = options
    k, p, q = one.rows.size, len(one.names), len(two.names)
    df = (None, None) if ci == "wald" else (float(k - p), float(k - q))
    value = _with_constants(effects, one, found, method)
    size, count = (k - p if method == "REML" else k), p + q
    enough = max(size, count + 2)
    return LocationScaleFit(
        effects=effects,
        location_matrix=one,
        scale_matrix=two,
        link=link,
        method=method,
        ci=ci,
        level=level,
        location=_rows(one, found.beta, found.beta_covariance, df[0], level),
        scale=_rows(two, found.alpha, found.alpha_covariance, df[1], level),
        location_covariance=found.beta_covariance,
        scale_covariance=found.alpha_covariance,
        location_test=_wald(one, found.beta, found.beta_covariance, df[0]),
        scale_test=_wald(two, found.alpha, found.alpha_covariance, df[1]),
        likelihood_ratio=_against_one(effects, one, two, value, method),
        tau2=found.tau2,
        log_likelihood=value,
        aic=-2.0 * value + 2.0 * count,
        bic=-2.0 * value + count * math.log(size),
        aicc=-2.0 * value + 2.0 * count * enough / (enough - count - 1),
        gradient=found.gradient,
        starts=found.starts,
        agree=found.agree,
        notes=_notes(effects, one, two, found),
    )


def _rows(
    matrix: ModelMatrix, values: Floats, covariance: Floats, df: float | None, level: float
) -> tuple[Estimate, ...]:
    return estimates_of(matrix.names, values, np.sqrt(np.diagonal(covariance)), df, level)


def _wald(
    matrix: ModelMatrix, values: Floats, covariance: Floats, df: float | None
) -> JointTest | None:
    which = np.arange(int(matrix.intercept), values.size)
    if which.size == 0 or not np.isfinite(covariance).all():
        return None
    degrees = np.array([np.inf if df is None else df])
    tested = regression_tests.subset(values[None], covariance[None], which, degrees)
    return joint_test([matrix.names[i] for i in which.tolist()], tested)


def _with_constants(
    effects: EffectSizes, one: ModelMatrix, found: kernel.LocationScale, method: LikelihoodTau2
) -> float:
    """Return the log-likelihood with the constants of R's ``logLik``."""
    vi = effects.vi[one.rows] + found.tau2
    batch, design = block(
        effects.yi[one.rows][None], vi[None], one.values[None], intercept=one.intercept
    )
    restricted = method == "REML"
    return float(full_log_likelihood(batch, design, np.zeros(1), restricted=restricted)[0])


def _against_one(
    effects: EffectSizes, one: ModelMatrix, two: ModelMatrix, value: float, method: LikelihoodTau2
) -> JointTest | None:
    """Test the scale moderators against one variance for all trials."""
    df = len(two.names) - 1
    if df == 0 or not two.spans_constant:
        return None
    restricted = method == "REML"
    batch, design = block(
        effects.yi[one.rows][None],
        effects.vi[one.rows][None],
        one.values[None],
        intercept=one.intercept,
    )
    between = maximum_likelihood(batch, design, restricted=restricted)
    smaller = full_log_likelihood(batch, design, between.tau2, restricted=restricted)[0]
    statistic = max(0.0, 2.0 * (value - float(smaller)))
    p = chi2_upper(np.array([statistic]), np.array([float(df)]))[0]
    names = tuple(term.name for term in two.terms)
    return JointTest(names, statistic, df, None, plain(p))


def _notes(
    effects: EffectSizes, one: ModelMatrix, two: ModelMatrix, found: kernel.LocationScale
) -> tuple[Note, ...]:
    notes = list(effects.notes)
    for row, reason in (*one.dropped, *two.dropped):
        text_of = f"left out, {reason}: {effects.study[row]}"
        notes.append(Note("moderator-missing", text_of, (row,)))
    missing = tuple(int(row) for row in np.flatnonzero(~effects.estimable))
    if missing:
        notes.append(
            Note("not-estimable", f"trials that could not be estimated: {len(missing)}", missing)
        )
    if found.at_boundary:
        notes.append(
            Note(
                "scale-boundary",
                "tau2 is held at zero in some trials: scale coefficients have no standard errors, "
                "and p-values of the likelihood ratio are too large",
            )
        )
    columns = len(two.names) - int(two.intercept)
    if columns and one.rows.size < 2 * _FEW * columns:
        what = (
            "one scale moderator column" if columns == 1 else f"{columns} scale moderator columns"
        )
        told = f"{one.rows.size} trials for {what}: fewer than twenty each; variances need many"
        notes.append(Note("few-trials", told))
    return tuple(notes)


def _plain_row(row: Estimate) -> dict[str, Any]:
    return {name: plain(value) for name, value in asdict(row).items()}
