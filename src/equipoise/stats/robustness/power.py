"""Power: what the meta-analysis, and each trial, could have found."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from equipoise.errors import MethodError
from equipoise.kernels.batches import Floats, single
from equipoise.kernels.distributions import normal_critical, t_critical
from equipoise.kernels.inverse_variance import weighted_mean
from equipoise.kernels.robustness.power import normal_power, scaled_power, shift_for_power
from equipoise.stats import printing
from equipoise.stats._requirements import inverse_variance_only
from equipoise.stats.effects.effect_sizes import SCHEMA_VERSION
from equipoise.stats.effects.inputs import to_frame
from equipoise.stats.notes import Note
from equipoise.stats.options import check_fraction, check_tau2_value
from equipoise.stats.robustness import _common as common
from equipoise.stats.small_studies._common import check_null

if TYPE_CHECKING:
    from equipoise.stats.results import MetaAnalysis

_LARGE_SHIFT = 16.0


_NORMAL: Final = ("wald", "profile-likelihood")
_INTERVALS: Final = (*_NORMAL, "t", "hksj", "hksj-floor", "hksj-if-wider")


@dataclass(frozen=True, slots=True, eq=False)
class Power:
    """Power to detect ``effect`` (analysis scale) at the two-sided level ``alpha``.

    ``pooled`` is that of the meta-analysis by its own test at ``tau2``; ``trials`` those of z-tests
    of each trial (``None`` where it cannot be estimated), ``median`` their median. ``se`` is the
    standard error of the pooled estimate.
    """

    fit: MetaAnalysis
    effect: float
    alpha: float
    tau2: float
    se: float
    pooled: float
    trials: tuple[float | None, ...]
    median: float
    caution: tuple[Note, ...]

    def tidy(self) -> Any:
        """Return a row a trial and one for the pooled estimate, as the user's kind of frame."""
        names = self.fit.effects.study
        columns: dict[str, Sequence[Any]] = {
            "term": [*names, "pooled"],
            "type": [*("study" for _ in names), "pooled"],
            "power": [*self.trials, self.pooled],
        }
        return to_frame(columns, self.fit.effects.backend)

    def to_dict(self) -> dict[str, Any]:
        """Return strict JSON data."""
        names = ("effect", "alpha", "tau2", "se", "pooled", "median")
        return {
            "schema_version": SCHEMA_VERSION,
            "kind": "power",
            **{name: getattr(self, name) for name in names},
            "trials": list(self.trials),
            "caution": common.notes_json(self.caution),
        }

    def __str__(self) -> str:
        effects = self.fit.effects
        rows = [("Study", "Power")]
        rows += [
            (name, printing.percent(None if power is None else 100.0 * power))
            for name, power in zip(effects.study, self.trials, strict=True)
        ]
        rows += [("Median trial", f"{100.0 * self.median:.0f}%")]
        rows += [("Meta-analysis", f"{100.0 * self.pooled:.0f}%")]
        value = common.shown_value(effects, self.effect)
        head = f"Power to detect {printing.short_name(effects)} {value} (two-sided {self.alpha:g})"
        tau2 = printing.number(self.tau2, printing.decimals(self.tau2))
        of = f"  Test of the meta-analysis: {self.fit.methods.ci}, τ² taken as {tau2}"
        return "\n".join([head, of, *printing.table(rows), *common.caution_lines(self.caution)])


@dataclass(frozen=True, slots=True, eq=False)
class MinimumDetectableEffect:
    """The smallest distance from no effect, on the analysis scale, found with the given power.

    ``effect`` by the meta-analysis, ``trials`` by each trial's z-test.
    """

    fit: MetaAnalysis
    power: float
    alpha: float
    tau2: float
    effect: float
    trials: tuple[float | None, ...]
    caution: tuple[Note, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return strict JSON data."""
        names = ("power", "alpha", "tau2", "effect")
        return {
            "schema_version": SCHEMA_VERSION,
            "kind": "minimum-detectable-effect",
            **{name: getattr(self, name) for name in names},
            "trials": list(self.trials),
            "caution": common.notes_json(self.caution),
        }

    def __str__(self) -> str:
        effects = self.fit.effects
        both = " or ".join(common.shown_value(effects, sign * self.effect) for sign in (-1.0, 1.0))
        words = f"{100.0 * self.power:g}% power (two-sided {self.alpha:g})"
        head = f"Smallest effect the meta-analysis detects with {words}"
        line = f"  {printing.short_name(effects)} {both}"
        return "\n".join([head, line, *common.caution_lines(self.caution)])


def power(
    fit: MetaAnalysis,
    effect: float | None = None,
    *,
    tau2: float | None = None,
    alpha: float | None = None,
) -> Power:
    r"""Return the power of the meta-analysis, and of each trial, to detect an effect.

    With :math:`\lambda = \theta / se` the normal test has power
    :math:`\Phi(\lambda - z) + \Phi(-\lambda - z)`, for a common effect and for random effects with
    τ² in the weights (Hedges and Pigott 2001, doi:10.1037/1082-989X.6.3.203). Tests by Hartung and
    Knapp, with or without a floor, are integrated over their variance factor: exact if τ² is what it
    is taken to be. That the power of a random-effects meta-analysis can be *below* that of its
    trials is not a mistake: Jackson and Turner 2017, doi:10.1002/jrsm.1240, who also allow for the
    estimation of τ².

    Args:
        fit: The meta-analysis, whose test is taken (a profile-likelihood interval counts as Wald's).
        effect: The true effect on the analysis scale: best the minimal important difference. The
            pooled estimate unless told, which says nothing that its p-value does not.
        tau2: The between-study variance; the fit's unless told.
        alpha: The two-sided level; one minus the fit's confidence level unless told.

    Raises:
        MethodError: For measures without a value of no effect; for values that cannot be.

    Example:
        >>> from equipoise.stats import effect_sizes, pool
        >>> fit = pool(effect_sizes("GENERIC", estimate=[1, 2], se=[1, 1]), model="common")
        >>> round(power(fit, 2.0).pooled, 3)
        0.807
    """
    test = _Test.of(fit, tau2, alpha)
    notes = list(test.notes)
    if effect is None:
        text = (
            "the effect is the estimate itself: power for it only restates the p-value; give the "
            "minimal important difference"
        )
        notes.insert(0, Note("observed-power", text))
    theta = fit.estimate if effect is None else common.check_number("effect", effect)
    each = normal_power(theta / fit.effects.sei, normal_critical(1.0 - test.alpha))
    known = each[fit.effects.estimable]
    return Power(
        fit=fit,
        effect=theta,
        alpha=test.alpha,
        tau2=test.tau2,
        se=test.se,
        pooled=test.power(theta / test.se),
        trials=tuple(common.plain(float(value)) for value in each),
        median=float(np.median(known)),
        caution=tuple(notes),
    )


def minimum_detectable_effect(
    fit: MetaAnalysis,
    power: float = 0.8,
    *,
    tau2: float | None = None,
    alpha: float | None = None,
) -> MinimumDetectableEffect:
    """Return the smallest effect that the meta-analysis detects with the given power.

    The inverse of `power`, to machine precision, for the same tests.

    Args:
        fit: The meta-analysis.
        power: The power wanted, above ``alpha``.
        tau2: The between-study variance; the fit's unless told.
        alpha: The two-sided level; one minus the fit's confidence level unless told.

    Raises:
        MethodError: For measures without a value of no effect; for a power not above ``alpha``.
    """
    check_fraction("power", power)
    test = _Test.of(fit, tau2, alpha)
    if power <= test.power(0.0):
        raise MethodError(
            f"power must be above {test.power(0.0):.4g}, which the test has without any effect",
            spec=f"power={power!r}",
            reason="no effect needed",
        )
    z = normal_critical(1.0 - test.alpha)
    alone = shift_for_power(power, lambda shift: float(normal_power(shift, z)), _LARGE_SHIFT)
    shift = shift_for_power(power, test.power, _LARGE_SHIFT)
    return MinimumDetectableEffect(
        fit=fit,
        power=power,
        alpha=test.alpha,
        tau2=test.tau2,
        effect=shift * test.se,
        trials=tuple(common.plain(alone * float(se)) for se in fit.effects.sei),
        caution=test.notes,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Test:
    """The test of the pooled estimate, as a function of the shift of its statistic."""

    alpha: float
    tau2: float
    se: float
    df: float
    ci: str
    notes: tuple[Note, ...]

    @classmethod
    def of(cls, fit: MetaAnalysis, tau2: float | None, alpha: float | None) -> _Test:
        """Read the test of a fit.

        Raises:
            MethodError: For measures without a value of no effect; for values that cannot be.
        """
        check_null(fit, "power")
        level = 1.0 - fit.methods.level if alpha is None else alpha
        check_fraction("alpha", level)
        value = _tau2(fit, tau2)
        ci = _known_interval(fit)
        random = fit.methods.model == "random"
        se = fit.se
        if fit.methods.method == "IV" or random:
            keep = fit.effects.estimable
            batch = single(fit.effects.yi[keep], fit.effects.vi[keep])
            se = float(weighted_mean(batch, np.array([value])).se[0])
        notes = _assumed(fit, value, random=random, given=tau2 is not None)
        return cls(level, value, se, float(fit.k - 1), ci, notes)

    def power(self, shift: float) -> float:
        """Return the chance to reject if the statistic's mean is ``shift``."""
        z = normal_critical(1.0 - self.alpha)
        if self.ci in _NORMAL:
            return float(normal_power(shift, z))
        t = float(t_critical(1.0 - self.alpha, np.array([self.df]))[0])
        if self.ci == "t":
            return float(normal_power(shift, t))
        floor = {"hksj": 0.0, "hksj-floor": t, "hksj-if-wider": z}[self.ci]
        return min(1.0, scaled_power(shift, self.df, _limit(t, floor), t))


def _known_interval(fit: MetaAnalysis) -> str:
    """Return the interval whose test is meant.

    Raises:
        MethodError: For intervals and weights whose test has no power function here.
    """
    spec = fit.methods
    if spec.method == "IV":
        inverse_variance_only(spec, "power")
    if fit.k > 1 and spec.ci not in _INTERVALS:
        listed = ", ".join(repr(word) for word in _INTERVALS)
        raise MethodError(
            f"power is not known for ci={spec.ci!r}; pool with one of {listed}",
            spec=f"ci={spec.ci}",
            reason="no power function",
        )
    return spec.ci if fit.k > 1 else "wald"


def _limit(t: float, floor: float) -> Callable[[Floats], Floats]:
    return lambda s: np.maximum(t * s, floor)


def _tau2(fit: MetaAnalysis, tau2: float | None) -> float:
    if tau2 is None:
        return fit.tau2 or 0.0
    check_tau2_value(tau2)
    if fit.methods.model == "common" and tau2 > 0.0:
        raise MethodError(
            "a common-effect model has no tau2; pool with model='random'",
            spec=f"tau2={tau2!r}",
            reason="no between-study variance",
        )
    return float(tau2)


def _assumed(fit: MetaAnalysis, tau2: float, *, random: bool, given: bool) -> tuple[Note, ...]:
    if not random or math.isclose(tau2, 0.0) or given:
        return ()
    text = f"τ² is taken as known ({tau2:.3g}): from {fit.k} trials it is uncertain, and so is the power"
    return (Note("tau2-taken-as-known", text),)
