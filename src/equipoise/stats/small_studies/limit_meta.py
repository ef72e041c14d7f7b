"""Limit meta-analysis: the effect in a trial without sampling error, and how small trials differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from equipoise.errors import MethodError
from equipoise.kernels.batches import single
from equipoise.kernels.distributions import chi2_upper
from equipoise.kernels.intervals import infer
from equipoise.kernels.limit_meta import LimitMeta, limit_meta
from equipoise.stats import printing
from equipoise.stats.effects.effect_sizes import SCHEMA_VERSION
from equipoise.stats.effects.inputs import to_frame
from equipoise.stats.notes import Note
from equipoise.stats.pooling import finite
from equipoise.stats.small_studies._asymmetry_result import LimitEstimate
from equipoise.stats.small_studies._common import (
    LimitMethod,
    cautions,
    check_choice,
    extrapolated,
    no_spread,
    tied,
    trials_of,
)

if TYPE_CHECKING:
    from equipoise.stats.results import MetaAnalysis

_METHOD_WORDS: Final[dict[LimitMethod, str]] = {
    "beta0": "expectation of a trial without sampling error",
    "betalim": "line through the limits of the trials",
    "mulim": "mean of the limits of the trials",
}


@dataclass(frozen=True, slots=True, eq=False)
class LimitMetaAnalysis:
    """A limit meta-analysis, on the analysis scale; ``None`` stands for what does not exist.

    ``estimate`` with ``se`` and its interval (normal) is adjusted by ``method``; ``bias`` is how
    many of its own standard deviations a trial of no precision is expected to be off, ``intercept``
    the model's β. ``q`` splits into ``q_small`` (1 df, the test of small-study effects) and
    ``q_residual``. ``g2`` (a percentage) is the heterogeneity left beside small-study effects.
    ``shrunken`` are the trials' limits, in the order of the trials that can be estimated.
    """

    fit: MetaAnalysis
    method: LimitMethod
    k: int
    estimate: float
    se: float
    statistic: float
    p: float | None
    ci_low: float
    ci_high: float
    bias: float
    intercept: float
    tau2: float
    q: float
    q_df: int
    q_p: float
    q_small: float
    q_small_p: float
    q_residual: float
    q_residual_df: int
    q_residual_p: float
    g2: float | None
    shrunken: tuple[float, ...]
    caution: tuple[Note, ...]

    def tidy(self) -> Any:
        """Return a row a trial: its estimate, its limit, and their standard error."""
        effects = self.fit.effects
        keep = effects.estimable
        columns: dict[str, Sequence[Any]] = {
            "study": [name for name, used in zip(effects.study, keep, strict=True) if used],
            "yi": effects.yi[keep].tolist(),
            "se": effects.sei[keep].tolist(),
            "limit": list(self.shrunken),
            "effect_limit": effects.pooled_transformed(np.array(self.shrunken)).tolist(),
        }
        return to_frame(columns, effects.backend)

    def to_dict(self) -> dict[str, Any]:
        """Return strict JSON data."""
        names = (
            "method", "k", "estimate", "se", "p", "ci_low", "ci_high", "bias", "intercept", "tau2",
            "q", "q_df", "q_p", "q_small", "q_small_p", "q_residual", "q_residual_df",
            "q_residual_p", "g2",
        )  # fmt: skip
        return {
            "schema_version": SCHEMA_VERSION,
            "kind": "limit-meta-analysis",
            **{name: getattr(self, name) for name in names},
            "statistic": finite(self.statistic),
            "shrunken": list(self.shrunken),
            "caution": [note.to_dict() for note in self.caution],
        }

    def __str__(self) -> str:
        shown, effects = self.fit.transformed, self.fit.effects
        adjusted = LimitEstimate(
            self.method, self.estimate, self.se, self.ci_low, self.ci_high
        ).shown(effects)
        before = printing.effect_with_interval(effects, shown.estimate, shown.ci_low, shown.ci_high)
        small = f"Q = {printing.number(self.q_small)} (1 df), {printing.p_value(self.q_small_p)}"
        rest = f"Q = {printing.number(self.q_residual)} ({self.q_residual_df} df)"
        rest += f", {printing.p_value(self.q_residual_p)}; G² = {printing.percent(self.g2)}"
        lines = [
            f"Limit meta-analysis: {_METHOD_WORDS[self.method]} ({self.method})",
            f"  Adjusted: {adjusted}, k = {self.k}",
            f"  As found: {before}",
            f"  Test of small-study effects: {small}",
            f"  Beside them: {rest}",
        ]
        return "\n".join([*lines, *(f"  Caution: {note.text}" for note in self.caution)])


def limit_meta_analysis(fit: MetaAnalysis, method: LimitMethod = "beta0") -> LimitMetaAnalysis:
    r"""Adjust a random-effects mean for small-study effects by letting all trials grow.

    The model is :math:`y_i = \beta + \sqrt{v_i + \tau^2} (\alpha + \epsilon_i)` with the fit's τ²:
    random effects in which every trial is off by ``alpha`` of its own standard deviations. A trial
    without sampling error is then expected at :math:`\beta_0 = \beta + \tau \alpha`.

    - ``beta0``: that expectation, with the error of the line through the generalised radial plot.
    - ``betalim``: every trial is drawn to its limit :math:`\beta + (y_i - \beta) \tau / \sqrt{v_i +
      \tau^2}`; the slope of the radial plot of these limits, with the trials' ``vi``.
    - ``mulim``: the common-effect mean of these limits.

    Intervals are normal. Small-study effects are tested by what a line takes from Cochran's Q,
    chi-squared with one degree of freedom. G² is the share of the limits' radial plot that its line
    leaves unexplained; it changes with the origin of the effects, which are not centred. Not for
    effects whose standard error depends on them, nor as the only result. The R call is
    ``metasens::limitmeta(m, method.adjust = )``. Rücker and others 2011,
    doi:10.1093/biostatistics/kxq046.

    Args:
        fit: A random-effects meta-analysis.
        method: Which adjusted estimate.

    Raises:
        DataError: If there are fewer than three trials.
        MethodError: For a common-effect fit; if all trials have one standard error.
    """
    check_choice("method", method)
    yi, vi = trials_of(fit)
    if fit.tau2 is None:
        raise MethodError(
            "limit meta-analysis extends the random-effects model; pool with model='random'",
            spec=f"model={fit.methods.model}",
            reason="there is no tau2",
        )
    found = limit_meta(single(yi, vi), np.array([fit.tau2]))
    if not found.full_rank[0]:
        raise no_spread("standard error")
    return _result(fit, method, yi.size, found)


def _result(fit: MetaAnalysis, method: LimitMethod, k: int, found: LimitMeta) -> LimitMetaAnalysis:
    estimate, se = (getattr(found, name) for name in (method, f"{method}_se"))
    inference = infer(estimate, se, np.array([np.inf]), fit.methods.level)
    small, rest = float(found.q_small[0]), float(found.q_residual[0])
    q = small + rest
    tests = chi2_upper(np.array([q, small, rest]), np.array([k - 1.0, 1.0, k - 2.0]))
    share = finite(found.g2[0])
    return LimitMetaAnalysis(
        fit=fit,
        method=method,
        k=k,
        estimate=float(estimate[0]),
        se=float(se[0]),
        statistic=float(inference.statistic[0]),
        p=finite(inference.p[0]) if fit.effects.zero_is_no_effect else None,
        ci_low=float(inference.low[0]),
        ci_high=float(inference.high[0]),
        bias=float(found.alpha[0]),
        intercept=float(found.beta[0]),
        tau2=float(fit.tau2 or 0.0),
        q=q,
        q_df=k - 1,
        q_p=float(tests[0]),
        q_small=small,
        q_small_p=float(tests[1]),
        q_residual=rest,
        q_residual_df=k - 2,
        q_residual_p=float(tests[2]),
        g2=None if share is None else 100.0 * share,
        shrunken=tuple(found.shrunken[0].tolist()),
        caution=(
            extrapolated("the adjusted estimate"),
            *cautions(fit, k, of_asymmetry=True),
            *tied(fit),
            *_without_heterogeneity(fit),
        ),
    )


def _without_heterogeneity(fit: MetaAnalysis) -> tuple[Note, ...]:
    if fit.tau2 != 0.0:
        return ()
    text = "τ² is 0, so that all trials shrink to one limit and G² says nothing"
    return (Note("no-heterogeneity", text),)
