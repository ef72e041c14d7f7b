"""Unrestricted weighted least squares, and its mean of the adequately powered trials."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from equipoise.kernels.batches import Floats, single
from equipoise.kernels.intervals import hartung_knapp, infer
from equipoise.kernels.inverse_variance import weighted_mean
from equipoise.stats import printing
from equipoise.stats.effects.effect_sizes import SCHEMA_VERSION
from equipoise.stats.effects.inputs import to_frame
from equipoise.stats.notes import Note
from equipoise.stats.pooling import finite
from equipoise.stats.small_studies._asymmetry_result import LimitEstimate
from equipoise.stats.small_studies._common import cautions, check_null, trials_of

if TYPE_CHECKING:
    from equipoise.stats.results import MetaAnalysis

POWER_RATIO: Final = 2.8
"""1.96 + 0.84: an effect this many standard errors from zero is found at the 5 percent level,
two-sided, with a power of 80 percent."""

_ENOUGH: Final = 2


@dataclass(frozen=True, slots=True, eq=False)
class WeightedAverage:
    """A mean by unrestricted weighted least squares, on the analysis scale.

    ``name`` is ``UWLS`` (all trials) or ``WAAP`` (the adequately powered ones). ``birge`` is √(Q /
    (k − 1)), the factor on the common-effect standard error. ``statistic`` is t with ``df``. It and
    ``p`` are ``None`` where the trials agree exactly; ``p`` also for measures without "no effect".
    """

    fit: MetaAnalysis
    name: str
    k: int
    estimate: float
    se: float
    statistic: float | None
    df: int
    p: float | None
    ci_low: float
    ci_high: float
    birge: float
    caution: tuple[Note, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return strict JSON data."""
        names = (
            "name", "k", "estimate", "se", "statistic", "df", "p", "ci_low", "ci_high", "birge",
        )  # fmt: skip
        return {
            "schema_version": SCHEMA_VERSION,
            "kind": "weighted-average",
            **{name: getattr(self, name) for name in names},
            "caution": [note.to_dict() for note in self.caution],
        }

    def __str__(self) -> str:
        test = f"t = {printing.number(self.statistic)} ({self.df} df), {printing.p_value(self.p)}"
        lines = [
            f"Unrestricted weighted least squares ({self.name})",
            f"  Mean: {_shown(self)}; {test}, k = {self.k}",
            f"  Birge ratio: {printing.number(self.birge)}",
        ]
        return "\n".join([*lines, *(f"  Caution: {note.text}" for note in self.caution)])


@dataclass(frozen=True, slots=True, eq=False)
class WaapWls:
    """The mean of the adequately powered trials, or of all where fewer than two are.

    ``powered`` says for each trial that can be estimated whether its standard error is at most
    ``threshold``, the absolute mean of all over 2.8. ``chosen`` is ``waap``, or ``uwls`` where that
    is ``None``.
    """

    fit: MetaAnalysis
    uwls: WeightedAverage
    waap: WeightedAverage | None
    threshold: float
    powered: tuple[bool, ...]
    caution: tuple[Note, ...]

    @property
    def chosen(self) -> WeightedAverage:
        """The mean to read: that of the adequately powered trials where there is one."""
        return self.waap or self.uwls

    def tidy(self) -> Any:
        """Return a row a trial: its standard error and whether its power is adequate."""
        effects = self.fit.effects
        keep = effects.estimable
        columns: dict[str, Sequence[Any]] = {
            "study": [name for name, used in zip(effects.study, keep, strict=True) if used],
            "yi": effects.yi[keep].tolist(),
            "se": effects.sei[keep].tolist(),
            "powered": list(self.powered),
        }
        return to_frame(columns, effects.backend)

    def to_dict(self) -> dict[str, Any]:
        """Return strict JSON data."""
        return {
            "schema_version": SCHEMA_VERSION,
            "kind": "waap-wls",
            "chosen": self.chosen.name,
            "uwls": self.uwls.to_dict(),
            "waap": None if self.waap is None else self.waap.to_dict(),
            "threshold": self.threshold,
            "powered": list(self.powered),
            "caution": [note.to_dict() for note in self.caution],
        }

    def __str__(self) -> str:
        count = sum(self.powered)
        se = printing.number(self.threshold, printing.decimals(self.threshold))
        lines = [
            "Weighted average of the adequately powered trials (WAAP-WLS)",
            f"  Adequately powered (SE at most {se}): {count} of {len(self.powered)} trials",
            f"  All trials (UWLS): {_shown(self.uwls)}",
        ]
        if self.waap is not None:
            lines.append(f"  Powered trials (WAAP): {_shown(self.waap)}")
        return "\n".join([*lines, *(f"  Caution: {note.text}" for note in self.caution)])


def uwls(fit: MetaAnalysis) -> WeightedAverage:
    r"""Return the common-effect mean with an error from the spread of the trials.

    Least squares of :math:`y_i / s_i` on :math:`1 / s_i` through the origin: the mean has the
    weights ``1 / vi``, its standard error the factor :math:`\sqrt{Q / (k - 1)}` (the Birge ratio,
    also below one), and t has k − 1 degrees of freedom. Heterogeneity multiplies variances instead
    of adding to them, so that small trials weigh less than in random effects. R: ``lm(yi ~ 1,
    weights = 1 / vi)``. Stanley and Doucouliagos 2015, doi:10.1002/sim.6481.

    Raises:
        DataError: If there are fewer than three trials.
    """
    yi, vi = trials_of(fit)
    return _average(fit, "UWLS", yi, vi, cautions(fit, yi.size, of_asymmetry=False))


def waap_wls(fit: MetaAnalysis) -> WaapWls:
    """Return the mean of the trials with a power of at least 80 percent for the mean of all.

    A trial has that power, at the 5 percent level and two-sided, if its standard error is at most
    the absolute UWLS mean of all trials over 2.8. Where fewer than two have it, UWLS of all trials
    stands. Stanley, Doucouliagos and Ioannidis 2017, doi:10.1002/sim.7228; Ioannidis, Stanley and
    Doucouliagos 2017, doi:10.1111/ecoj.12461. Large trials dominate and may be of other people; a
    mean near zero, or one inflated by missing trials, chooses the wrong ones.

    Raises:
        DataError: If there are fewer than three trials.
        MethodError: For measures without a value of no effect.
    """
    check_null(fit, "the power of trials")
    yi, vi = trials_of(fit)
    every = uwls(fit)
    threshold = abs(every.estimate) / POWER_RATIO
    powered = np.sqrt(vi) <= threshold
    enough = int(np.count_nonzero(powered)) >= _ENOUGH
    return WaapWls(
        fit=fit,
        uwls=every,
        waap=_average(fit, "WAAP", yi[powered], vi[powered], ()) if enough else None,
        threshold=threshold,
        powered=tuple(powered.tolist()),
        caution=(
            *cautions(fit, yi.size, of_asymmetry=True),
            *_depends_on_the_mean(int(np.count_nonzero(powered))),
        ),
    )


def _average(
    fit: MetaAnalysis, name: str, yi: Floats, vi: Floats, caution: tuple[Note, ...]
) -> WeightedAverage:
    k = yi.size
    mean = weighted_mean(single(yi, vi), np.zeros(1))
    se = hartung_knapp(mean.se, mean.q, np.array([float(k)]), floor=False)
    inference = infer(mean.estimate, se, np.array([k - 1.0]), fit.methods.level)
    exact = se[0] == 0.0
    if exact:
        text = "the trials' estimates are equal, so that this interval has no width"
        caution = (*caution, Note("zero-width-interval", text))
    tested = fit.effects.zero_is_no_effect and not exact
    return WeightedAverage(
        fit=fit,
        name=name,
        k=k,
        estimate=float(mean.estimate[0]),
        se=float(se[0]),
        statistic=None if exact else finite(inference.statistic[0]),
        df=k - 1,
        p=finite(inference.p[0]) if tested else None,
        ci_low=float(inference.low[0]),
        ci_high=float(inference.high[0]),
        birge=float(np.sqrt(mean.q[0] / (k - 1))),
        caution=caution,
    )


def _depends_on_the_mean(powered: int) -> tuple[Note, ...]:
    if powered < _ENOUGH:
        found = {0: "no trial has", 1: "only one trial has"}[powered]
        text = f"{found} adequate power: the mean of all trials stands, which adjusts for nothing"
        return (Note("no-powered-trials", text),)
    text = (
        "which trials count as adequately powered follows from the mean of all, missing trials "
        "included; it is a sensitivity analysis"
    )
    return (Note("depends-on-mean", text),)


def _shown(average: WeightedAverage) -> str:
    limit = LimitEstimate(
        average.name, average.estimate, average.se, average.ci_low, average.ci_high
    )
    return limit.shown(average.fit.effects)
