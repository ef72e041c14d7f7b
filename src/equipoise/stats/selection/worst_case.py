"""How bad publication bias would have to be: bounds that need no model of why trials are missing."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from equipoise.errors import DataError, MethodError
from equipoise.kernels.batches import Bools, Floats, Ints, single
from equipoise.kernels.distributions import normal_critical
from equipoise.kernels.intervals import infer
from equipoise.kernels.roots import safeguarded_newton
from equipoise.kernels.selection.robust_mean import robust_mean
from equipoise.kernels.tau2 import maximum_likelihood
from equipoise.stats.notes import Note
from equipoise.stats.options import check_fraction, check_word
from equipoise.stats.selection import _common as common
from equipoise.stats.selection._common import BiasModel, Direction, Turned
from equipoise.stats.selection.worst_case_results import (
    CorrectedMean,
    SignificanceFunnel,
    WorstCaseBias,
)

if TYPE_CHECKING:
    from equipoise.stats.results import MetaAnalysis

_TRUSTED_DF: Final = 4.0
"""Below this many degrees of freedom a robust t-test is not to be trusted. Tipton 2015."""
_SCAN: Final = np.concatenate((np.geomspace(1.0, 1e-6, 241), [0.0]))
"""Shares 1/η at which a limit is looked at before its first crossing is refined; 0 is η = ∞."""
_FEWEST_AFFIRMATIVE: Final = 1
_ROUNDING: Final = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class _Problem:
    """The turned trials, which are affirmative, and how they are weighed and grouped."""

    trials: Turned
    affirmative: Bools
    cluster: Ints
    model: BiasModel
    tau2: float
    level: float

    def mean(self, share: float) -> CorrectedMean:
        """Return the mean with affirmative trials given ``share`` = 1/η of their weight."""
        if share == 0.0:
            return self._of_rows(~self.affirmative, np.ones(int((~self.affirmative).sum())), share)
        everyone = np.ones(self.affirmative.size, dtype=np.bool_)
        return self._of_rows(everyone, np.where(self.affirmative, share, 1.0), share)

    def _of_rows(self, rows: Bools, factor: Floats, share: float) -> CorrectedMean:
        yi, vi = self.trials.yi[rows], self.trials.vi[rows]
        if yi.size == 1:
            return self._infer(float(yi[0]), math.sqrt(float(vi[0])), math.inf, share)
        if self.model == "common":
            total = float((factor / vi).sum())
            estimate = yi[0] + float((factor * (yi - yi[0]) / vi).sum()) / total
            se = math.sqrt(float((factor**2 / vi).sum())) / total
            return self._infer(float(estimate), se, float(yi.size - 1), share)
        _, groups = np.unique(self.cluster[rows], return_inverse=True)
        found = robust_mean(yi, vi, factor / (vi + self.tau2), groups.astype(np.intp))
        return self._infer(float(found.estimate), found.se, found.df, share)

    def _infer(self, estimate: float, se: float, df: float, share: float) -> CorrectedMean:
        """Test and bound a mean of turned trials (they are turned back at the end)."""
        ratio = math.inf if share == 0.0 else 1.0 / share
        if not df > 0.0:
            return CorrectedMean(ratio, estimate, None, None, None, None, None)
        of = infer(np.array([estimate]), np.array([se]), np.array([df]), self.level)
        low, high, p = float(of.low[0]), float(of.high[0]), float(of.p[0])
        return CorrectedMean(ratio, estimate, se, df if df < math.inf else None, low, high, p)


def worst_case_bias(
    fit: MetaAnalysis,
    *,
    selection_ratio: Sequence[float] = (),
    model: BiasModel | None = None,
    favours: Direction | None = None,
    threshold: float = 0.0,
    alpha: float = 0.05,
    cluster: Sequence[Any] | None = None,
) -> WorstCaseBias:
    r"""Bound what publication bias could have done to the pooled estimate.

    Trials are affirmative if they are significant (two-sided p below ``alpha``) in the favoured
    direction. If those are :math:`\eta` times as likely to be published as the others, weighing
    every other trial :math:`\eta` times undoes it; as :math:`\eta \to \infty` only the others count,
    which is the worst case of any bias of this kind. The S-value is the :math:`\eta` that brings the
    estimate, or its confidence limit, to ``threshold``.

    ``common`` weighs by ``1 / vi``; its variance is
    :math:`(\eta^2 \nu_N + \nu_A) / (\eta \nu_N + \nu_A)^2`, :math:`\nu` being sums of ``1 / vi``, and
    its test has k − 1 degrees of freedom. ``robust`` weighs by :math:`1 / (v_i + \tau^2)`, τ² being
    that of all trials by REML, with standard errors that allow for clusters of trials and for
    weights that are not inverse variances. The worst case of ``common`` is tested by t as the
    others are; a single trial is tested by the normal.

    S-values are found to machine precision, the first crossing from η = 1; R's optimiser stops at
    four digits and at a ratio of 200. The R calls are ``PublicationBias::pubbias_meta`` and
    ``pubbias_svalue``. Mathur and VanderWeele 2020, doi:10.1111/rssc.12440.

    Args:
        fit: The meta-analysis; its confidence level is used.
        selection_ratio: Values of η, 1 or more, at which to correct.
        model: ``common`` or ``robust``; as the fit's model unless told otherwise.
        favours: The favoured sign on the analysis scale; the pooled estimate's unless told.
        threshold: Where S-values bring the result to, on the analysis scale.
        alpha: The two-sided level of significance that publication looks at.
        cluster: Labels of trials that belong together, one a trial; only for ``robust``.

    Raises:
        DataError: If there are fewer than three trials, or none (or nothing but) affirmative ones.
        MethodError: For a threshold beyond the uncorrected estimate; for options that do not exist.

    Example:
        >>> from equipoise.stats import effect_sizes, pool
        >>> trials = effect_sizes("GENERIC", estimate=[3.0, 2.5, 1.0, -0.4], se=[1, 1, 1, 1])
        >>> found = worst_case_bias(pool(trials, model="common"))
        >>> round(found.worst.estimate, 2), found.s_value_estimate
        (0.3, None)
    """
    problem = _problem(fit, model, favours, alpha, cluster)
    ratios = _checked_ratios(selection_ratio)
    goal = problem.trials.sign * _checked_threshold(threshold)
    uncorrected, worst = problem.mean(1.0), problem.mean(0.0)
    if not goal <= uncorrected.estimate:
        raise _beyond(problem.trials.sign * uncorrected.estimate, threshold)
    flags: list[bool | None] = [None] * len(fit.effects)
    for row, flag in zip(problem.trials.rows, problem.affirmative, strict=True):
        flags[row] = bool(flag)
    sign = problem.trials.sign
    return WorstCaseBias(
        fit=fit,
        model=problem.model,
        favours=problem.trials.favours,
        alpha=alpha,
        level=problem.level,
        threshold=float(threshold),
        k=problem.affirmative.size,
        k_affirmative=int(problem.affirmative.sum()),
        affirmative=tuple(flags),
        tau2=problem.tau2,
        uncorrected=_turned_back(uncorrected, sign),
        corrected=tuple(_turned_back(problem.mean(1.0 / eta), sign) for eta in ratios),
        worst=_turned_back(worst, sign),
        s_value_estimate=_s_value(problem, lambda m: m.estimate, goal),
        s_value_ci=_s_value(problem, _lower_limit, goal),
        caution=_cautions(fit, problem, uncorrected, worst),
    )


def significance_funnel(
    fit: MetaAnalysis, *, favours: Direction | None = None, alpha: float = 0.05
) -> SignificanceFunnel:
    """Return the rows of a funnel plot that tells affirmative trials from the others.

    The means are those of `worst_case_bias`: of all trials and of those not affirmative. The R call
    is ``PublicationBias::significance_funnel``.

    Raises:
        DataError: As `worst_case_bias`.
        MethodError: As `worst_case_bias`.
    """
    problem = _problem(fit, None, favours, alpha, None)
    trials, names = problem.trials, fit.effects.study
    return SignificanceFunnel(
        study=tuple(names[row] for row in trials.rows),
        yi=tuple((trials.sign * trials.yi).tolist()),
        sei=tuple(np.sqrt(trials.vi).tolist()),
        affirmative=tuple(bool(flag) for flag in problem.affirmative),
        slope=trials.sign * normal_critical(1.0 - alpha),
        all_trials=trials.sign * problem.mean(1.0).estimate,
        nonaffirmative=trials.sign * problem.mean(0.0).estimate,
        backend=fit.effects.backend,
    )


def _problem(
    fit: MetaAnalysis,
    model: BiasModel | None,
    favours: Direction | None,
    alpha: float,
    cluster: Sequence[Any] | None,
) -> _Problem:
    trials = common.turned(fit, favours, "a bound of publication bias")
    check_fraction("alpha", alpha)
    if model is None:
        model = "common" if fit.methods.model == "common" else "robust"
    check_word("model", model, common.ALLOWED["model"])
    affirmative = trials.z > normal_critical(1.0 - alpha)
    count = int(affirmative.sum())
    if count < _FEWEST_AFFIRMATIVE or count == affirmative.size:
        which = "affirmative" if count == 0 else "non-affirmative"
        raise DataError(
            f"there are no {which} trials (favoured direction: {trials.favours}, alpha {alpha:g}), "
            "so that nothing can be said of their selection",
            rule="affirmative and non-affirmative trials",
        )
    tau2 = 0.0
    if model == "robust":
        tau2 = float(maximum_likelihood(single(trials.yi, trials.vi), restricted=True).tau2[0])
    groups = _groups(fit, cluster, trials.rows, model)
    return _Problem(trials, affirmative, groups, model, tau2, fit.methods.level)


def _groups(
    fit: MetaAnalysis, cluster: Sequence[Any] | None, rows: tuple[int, ...], model: BiasModel
) -> Ints:
    if cluster is None:
        return np.arange(len(rows))
    if model == "common":
        raise MethodError(
            "clusters need standard errors that allow for them; use model='robust'",
            spec="model=common",
            reason="clusters would be ignored",
        )
    if len(cluster) != len(fit.effects):
        raise DataError(
            f"cluster must have {len(fit.effects)} labels, not {len(cluster)}",
            rule="one label a trial",
        )
    number: dict[Any, int] = {}
    return np.array([number.setdefault(cluster[row], len(number)) for row in rows], dtype=np.intp)


def _checked_ratios(values: Sequence[float]) -> tuple[float, ...]:
    ratios = tuple(float(value) for value in values)
    if any(not 1.0 <= ratio < math.inf for ratio in ratios):
        raise MethodError(
            f"selection ratios must be numbers from 1, not {list(ratios)}; the worst case is given "
            "in any case",
            spec="selection_ratio",
            reason="bias against affirmative trials is another question",
        )
    return ratios


def _checked_threshold(value: float) -> float:
    if not math.isfinite(value):
        raise MethodError(
            f"threshold must be a number on the analysis scale, not {value!r}",
            spec=f"threshold={value!r}",
            reason="not a number",
        )
    return float(value)


def _beyond(estimate: float, threshold: float) -> MethodError:
    return MethodError(
        f"the uncorrected estimate {estimate:.4g} is already beyond the threshold {threshold:.4g}: "
        "correcting moves it further away; choose a threshold on the other side, or favours=",
        spec=f"threshold={threshold!r}",
        reason="nothing to explain away",
    )


def _lower_limit(mean: CorrectedMean) -> float:
    return -math.inf if mean.ci_low is None else mean.ci_low


def _s_value(problem: _Problem, of: Callable[[CorrectedMean], float], goal: float) -> float | None:
    """Return the smallest η at which ``of`` the mean is at the goal; ``None`` if there is none.

    Limits need not move steadily with η (the degrees of freedom change too), so the whole range is
    scanned in steps of 6% before the first crossing is halved down.
    """

    def gap(share: float) -> float:
        return of(problem.mean(share)) - goal

    gaps = np.array([gap(float(share)) for share in _SCAN])
    # A goal that only the worst case reaches is reached by no finite ratio, rounding aside.
    below = np.flatnonzero(gaps <= min(0.0, -_ROUNDING * gaps[0]))
    if below.size == 0:
        return None
    if below[0] == 0:
        return 1.0
    high, low = float(_SCAN[below[0] - 1]), float(_SCAN[below[0]])

    def function(share: Floats, _index: Ints) -> tuple[Floats, Floats]:
        return np.array([-gap(float(share[0]))]), np.array([math.inf])

    roots = safeguarded_newton(
        function, np.array([low]), np.array([high]),
        start=np.array([0.5 * (low + high)]), scale=np.zeros(1),
    )  # fmt: skip
    return float(1.0 / roots.x[0]) if roots.x[0] > 0.0 else None


def _turned_back(mean: CorrectedMean, sign: float) -> CorrectedMean:
    if sign > 0.0:
        return mean
    low = None if mean.ci_high is None else -mean.ci_high
    high = None if mean.ci_low is None else -mean.ci_low
    return CorrectedMean(mean.selection_ratio, -mean.estimate, mean.se, mean.df, low, high, mean.p)


def _cautions(
    fit: MetaAnalysis, problem: _Problem, uncorrected: CorrectedMean, worst: CorrectedMean
) -> tuple[Note, ...]:
    notes = []
    left = int((~problem.affirmative).sum())
    if worst.df is not None and worst.df < _TRUSTED_DF and problem.model == "robust":
        text = (
            f"the worst case rests on {left} trials, with {worst.df:.1f} degrees of freedom: below "
            f"{_TRUSTED_DF:g} its interval is not to be trusted"
        )
        notes.append(Note("few-degrees-of-freedom", text))
    elif left == 1:
        notes.append(Note("one-trial-left", "the worst case rests on a single trial"))
    if worst.estimate > uncorrected.estimate:
        text = (
            "the other trials show a larger effect than the affirmative ones (imprecise trials can "
            "have large estimates): correcting does not weaken the result"
        )
        notes.append(Note("correction-strengthens", text))
    sign = problem.trials.sign
    if sign * fit.estimate < 0.0:
        text = "the favoured direction is opposite to the pooled estimate"
        notes.append(Note("against-the-estimate", text))
    text = (
        "only bias by significance is covered: selective reporting by other rules, flawed trials "
        "and small-study effects of other kinds are not"
    )
    notes.append(Note("one-kind-of-bias", text))
    return tuple(notes)
