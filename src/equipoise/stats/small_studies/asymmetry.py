"""Whether small trials show other effects than large ones: Egger's and Begg's tests."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from equipoise.errors import ConvergenceError, MethodError
from equipoise.kernels import regression
from equipoise.kernels.batches import Batch, Floats, single
from equipoise.kernels.intervals import Inference, infer
from equipoise.kernels.inverse_variance import weighted_mean
from equipoise.kernels.ranks import kendall
from equipoise.kernels.tau2 import BetweenStudy
from equipoise.stats import printing
from equipoise.stats.effects.effect_sizes import SCHEMA_VERSION, EffectSizes
from equipoise.stats.notes import Note
from equipoise.stats.pooling import finite
from equipoise.stats.small_studies._common import (
    AsymmetryTest,
    Predictor,
    RegressionCi,
    RegressionModel,
    cautions,
    check_choice,
    trials_of,
)

if TYPE_CHECKING:
    from equipoise.stats.results import MetaAnalysis

_PREDICTOR_WORDS: Final[dict[str, str]] = {
    "se": "standard error",
    "variance": "variance",
    "n": "sample size",
    "1/n": "inverse of the sample size",
    "sqrt(n)": "root of the sample size",
    "1/sqrt(n)": "inverse root of the sample size",
}
_LIMIT_NAMES: Final[dict[str, str]] = {
    "se": "PET", "variance": "PEESE", "1/n": "limit", "1/sqrt(n)": "limit",
}  # fmt: skip
_REGRESSION_TAU2: Final[dict[str, str]] = {
    "REML": "REML", "ML": "ML", "DL": "DL", "PM": "PM", "EB": "PM", "DLIT": "PM", "SJIT": "PM",
    "fixed": "fixed",
}  # fmt: skip
_REGRESSION_CI: Final[dict[str, RegressionCi]] = {
    "wald": "wald", "t": "t", "hksj": "hksj", "hksj-floor": "hksj-floor",
    "hksj-if-wider": "hksj-floor", "profile-likelihood": "wald",
}  # fmt: skip
_SE_FOLLOWS_EFFECT: Final = frozenset({
    "RR", "OR", "PETO", "IRR", "SMD", "SMDH", "SMD1", "SMD1H", "PR", "PLN", "PLO",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class LimitEstimate:
    """The effect the regression gives a trial of boundless precision, on the analysis scale.

    ``name`` is ``PET`` (predictor: standard error), ``PEESE`` (variance) or ``limit``.
    """

    name: str
    estimate: float
    se: float
    ci_low: float
    ci_high: float


@dataclass(frozen=True, slots=True, eq=False)
class Asymmetry:
    """A test for small-study effects; ``None`` stands for what a test does not have.

    Egger: ``slope`` of the effects on the predictor with ``slope_se``, ``statistic`` with ``df``
    (``None`` for the normal), the ``limit`` estimate, and for the model ``rma`` the residual
    ``tau2``. Begg: ``statistic`` is Kendall's tau-b and ``exact`` says whether p is.
    """

    fit: MetaAnalysis
    test: AsymmetryTest
    k: int
    statistic: float
    p: float
    caution: tuple[Note, ...]
    df: float | None = None
    model: RegressionModel | None = None
    predictor: Predictor | None = None
    ci: RegressionCi | None = None
    slope: float | None = None
    slope_se: float | None = None
    limit: LimitEstimate | None = None
    tau2: float | None = None
    tau2_method: str | None = None
    exact: bool | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return strict JSON data."""
        names = ("test", "model", "predictor", "ci", "k", "df", "slope", "slope_se")
        more = ("tau2", "tau2_method", "exact")
        return {
            "schema_version": SCHEMA_VERSION,
            "kind": "asymmetry",
            **{name: getattr(self, name) for name in (*names, *more)},
            "statistic": finite(self.statistic),
            "p": finite(self.p),
            "limit": None if self.limit is None else asdict(self.limit),
            "caution": [note.to_dict() for note in self.caution],
        }

    def __str__(self) -> str:
        lines = _rank_lines(self) if self.test == "begg" else _regression_lines(self)
        return "\n".join([*lines, *(f"  Caution: {note.text}" for note in self.caution)])


def asymmetry(
    fit: MetaAnalysis,
    test: AsymmetryTest = "egger",
    *,
    model: RegressionModel | None = None,
    predictor: Predictor | None = None,
    ci: RegressionCi | None = None,
) -> Asymmetry:
    """Test whether small trials show other effects than large ones.

    Args:
        fit: The meta-analysis.
        test: ``egger``: regression of the effects on a measure of their precision. ``begg``: rank
            correlation of standardised effects and variances.
        model: Egger's regression as ``lm`` (the default, the classical one) or ``rma``.
        predictor: What the effects are regressed on; the standard error unless told otherwise.
            Sample sizes are the trials' totals.
        ci: How ``rma`` tests and bounds; as the fit does unless told otherwise (for
            ``hksj-if-wider`` by ``hksj-floor``, for ``profile-likelihood`` by ``wald``).

    Raises:
        DataError: If there are fewer than three trials.
        MethodError: For options that do not exist or do not apply; for a predictor that is not
            known, or the same in all trials.
    """
    check_choice("test", test)
    if test == "egger":
        return _egger(fit, model or "lm", predictor or "se", ci)
    for name, value in (("model", model), ("predictor", predictor), ("ci", ci)):
        _refuse(name, value, "Begg's test")
    return _begg(fit)


def _begg(fit: MetaAnalysis) -> Asymmetry:
    """Correlate ranks of standardised effects and variances; R: ``metafor::ranktest(fit)``.

    Effects are taken from the common-effect mean and divided by the standard error of that
    difference. Begg and Mazumdar 1994, doi:10.2307/2533446.
    """
    yi, vi = trials_of(fit)
    common = weighted_mean(single(yi, vi), np.zeros(1))
    variance = vi - common.se[0] ** 2
    if (variance <= 0.0).any():
        raise MethodError(
            "one trial has nearly all the weight, so that it has no distance from the mean; use "
            "test='egger'",
            spec="test=begg",
            reason="a distance without variance",
        )
    standardised = (yi - common.estimate[0]) / np.sqrt(variance)
    result = kendall(standardised, vi)
    if not np.isfinite(result.tau):
        raise _no_spread("variance")
    caution = cautions(fit, yi.size, of_asymmetry=True)
    return Asymmetry(fit, "begg", yi.size, result.tau, result.p, caution, exact=result.exact)


def _egger(
    fit: MetaAnalysis, model: RegressionModel, predictor: Predictor, ci: RegressionCi | None
) -> Asymmetry:
    """Regress effects on precision; R: ``metafor::regtest(fit, model = , predictor = )``.

    With ``lm`` and ``se`` this is the test of Egger and others 1997, doi:10.1136/bmj.315.7109.629:
    the slope here is the intercept of their regression of ``yi / sei`` on ``1 / sei``. The limit
    estimates by ``lm`` are Stanley and Doucouliagos's PET and PEESE, doi:10.1002/jrsm.1095.
    """
    check_choice("model", model)
    check_choice("predictor", predictor)
    yi, vi = trials_of(fit)
    batch = single(yi, vi)
    values = _predictor(fit.effects, predictor)[fit.effects.estimable]
    design = regression.with_intercept(batch, values[None, :, None])
    tau2, method = 0.0, None
    notes: tuple[Note, ...] = ()
    how: RegressionCi = "hksj"
    if model == "lm":
        _refuse("ci", ci, "model='lm'")
    else:
        tau2, method, notes = residual_tau2(fit, batch, design)
        how = ci or _REGRESSION_CI[fit.methods.ci]
        check_choice("ci", how)
    fitted = regression.weighted_regression(batch, design, np.array([tau2]))
    if not fitted.full_rank[0]:
        raise _no_spread(_PREDICTOR_WORDS[predictor])
    result = _infer(fitted, yi.size - 2, how, fit.methods.level)
    limits = (result.se[0], result.low[0], result.high[0])
    return Asymmetry(
        fit=fit,
        test="egger",
        k=yi.size,
        statistic=float(result.statistic[1]),
        df=None if np.isinf(result.df[1]) else float(result.df[1]),
        p=float(result.p[1]),
        model=model,
        predictor=predictor,
        ci=None if model == "lm" else how,
        slope=float(fitted.coefficients[0, 1]),
        slope_se=float(result.se[1]),
        limit=_limit(predictor, fitted.coefficients[0, 0], limits),
        tau2=None if model == "lm" else tau2,
        tau2_method=method,
        caution=(*cautions(fit, yi.size, of_asymmetry=True), *_tied(fit, predictor), *notes),
    )


def residual_tau2(
    fit: MetaAnalysis, batch: Batch, design: regression.Design
) -> tuple[float, str | None, tuple[Note, ...]]:
    """Estimate the variance left by a regression as the fit estimated τ².

    Raises:
        ConvergenceError: If the iteration fails.
    """
    if fit.methods.model == "common":
        return 0.0, None, ()
    method = _REGRESSION_TAU2.get(str(fit.methods.tau2), "REML")
    if method == "fixed":
        return float(fit.methods.tau2_value or 0.0), method, ()
    between = _estimators(method, batch, design)
    if not between.converged[0]:
        raise ConvergenceError(
            f"the residual tau2 by {method} did not converge; pool with tau2='DL'",
            diagnostics={"iterations": int(between.iterations[0])},
        )
    tau2 = float(np.nan_to_num(between.tau2[0]))
    if str(fit.methods.tau2) in _REGRESSION_TAU2:
        return tau2, method, ()
    text = f"the regression estimates tau2 by REML: {fit.methods.tau2} is for means only"
    return tau2, method, (Note("tau2-by-reml", text),)


def _estimators(method: str, batch: Batch, design: regression.Design) -> BetweenStudy:
    if method == "DL":
        return regression.dersimonian_laird(batch, design)
    if method == "PM":
        return regression.paule_mandel(batch, design)
    return regression.maximum_likelihood(batch, design, restricted=method == "REML")


def _infer(fitted: regression.Regression, df: int, how: RegressionCi, level: float) -> Inference:
    """Test both coefficients; ``hksj`` at τ² = 0 is the classical weighted regression."""
    se = np.sqrt(np.diagonal(fitted.covariance[0]))
    if how.startswith("hksj"):
        factor = np.sqrt(fitted.q[0] / df)
        se = se * (max(1.0, factor) if how == "hksj-floor" else factor)
    degrees = np.full(2, np.inf if how == "wald" else float(df))
    return infer(fitted.coefficients[0], se, degrees, level)


def _limit(predictor: str, estimate: float, rest: tuple[float, ...]) -> LimitEstimate | None:
    """Return the intercept where it stands for a trial of boundless size."""
    if predictor not in _LIMIT_NAMES:
        return None
    return LimitEstimate(_LIMIT_NAMES[predictor], float(estimate), *(float(v) for v in rest))


def _predictor(effects: EffectSizes, predictor: Predictor) -> Floats:
    if predictor == "se":
        return effects.sei
    if predictor == "variance":
        return effects.vi
    n = _sizes(effects)
    if predictor.startswith("1/"):
        return 1.0 / (n if predictor == "1/n" else np.sqrt(n))
    return n if predictor == "n" else np.sqrt(n)


def _sizes(effects: EffectSizes) -> Floats:
    """Return the trials' total sample sizes.

    Raises:
        MethodError: If the effects came without them.
    """
    columns = effects.columns
    for names in (("n_1", "n_2"), ("n",), ("both", "only_1", "only_2", "neither")):
        if all(name in columns for name in names):
            total: Floats = np.sum([columns[name] for name in names], axis=0)
            if np.isfinite(total[effects.estimable]).all():
                return total
    raise MethodError(
        "these effect sizes came without sample sizes; use predictor='se' or 'variance'",
        spec="predictor",
        reason="sample sizes are not known",
    )


def _tied(fit: MetaAnalysis, predictor: str) -> tuple[Note, ...]:
    """Say when the standard error depends on the estimate, so that they correlate by themselves."""
    if fit.effects.measure not in _SE_FOLLOWS_EFFECT or predictor not in {"se", "variance"}:
        return ()
    text = (
        f"the standard error of {fit.effects.measure} depends on its estimate, which alone makes "
        "small p-values too frequent; a predictor made of sample sizes does not"
    )
    return (Note("se-follows-effect", text),)


def _refuse(name: str, value: object, owner: str) -> None:
    if value is not None:
        raise MethodError(
            f"{owner} has no {name}; leave it out",
            spec=f"{name}={value!r}",
            reason="the option does not apply",
        )


def _no_spread(what: str) -> MethodError:
    return MethodError(
        f"the {what} is the same in all trials: there are no small trials to tell apart",
        spec="predictor",
        reason="the predictor does not vary",
    )


def _rank_lines(result: Asymmetry) -> list[str]:
    how = "exact" if result.exact else "normal approximation"
    tau = printing.number(result.statistic)
    return [
        "Begg's rank correlation test of small-study effects",
        f"  Kendall's τ = {tau}, {printing.p_value(result.p)} ({how}), k = {result.k}",
    ]


def _regression_lines(result: Asymmetry) -> list[str]:
    assert result.predictor is not None  # noqa: S101  # for the type checker: regressions have one
    kind = "weighted regression" if result.model == "lm" else "mixed-effects meta-regression"
    statistic = printing.number(result.statistic)
    test = f"z = {statistic}" if result.df is None else f"t = {statistic} ({result.df:g} df)"
    slope, se = (printing.number(value) for value in (result.slope, result.slope_se))
    lines = [
        f"Egger's test of small-study effects: {kind} on the {_PREDICTOR_WORDS[result.predictor]}",
        f"  Slope {slope} (SE {se}), {test}, {printing.p_value(result.p)}, k = {result.k}",
    ]
    if result.limit is not None:
        limit = result.limit
        shown = result.fit.effects.pooled_transformed(
            np.array([limit.estimate, limit.ci_low, limit.ci_high])
        )
        name = "Limit estimate" if limit.name == "limit" else f"Limit estimate ({limit.name})"
        values = printing.effect_with_interval(result.fit.effects, *shown.tolist())
        lines.append(f"  {name}: {values}")
    return lines
