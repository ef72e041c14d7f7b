"""The results people print, tabulate and plot."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from equipoise.kernels.batches import Floats
from equipoise.stats import printing
from equipoise.stats.effects.effect_sizes import SCHEMA_VERSION, EffectSizes
from equipoise.stats.effects.inputs import to_frame
from equipoise.stats.notes import Note
from equipoise.stats.presets import MethodSpec

if TYPE_CHECKING:
    from equipoise.figures.model import Figure
    from equipoise.stats.diagnostics import Influence, TrialPredictions
    from equipoise.stats.fit_statistics import FitStatistics
    from equipoise.stats.heterogeneity_measures import HeterogeneityMeasures
    from equipoise.stats.new_effect import Scale
    from equipoise.stats.reporting.r_code import Language
    from equipoise.stats.sensitivity import Sensitivity
    from equipoise.stats.small_studies._common import (
        AsymmetryTest,
        ExcessTest,
        FailSafeKind,
        Predictor,
        RegressionCi,
        RegressionModel,
        Side,
        TrimEstimator,
    )
    from equipoise.stats.small_studies.asymmetry import Asymmetry
    from equipoise.stats.small_studies.excess_significance import ExcessSignificance
    from equipoise.stats.small_studies.fail_safe import FailSafeN
    from equipoise.stats.small_studies.trim_and_fill import TrimAndFill


@dataclass(frozen=True, slots=True)
class Diagnostics:
    """The certificate of the between-study variance's search.

    ``at_boundary``: the estimate is zero because it may not be negative. ``last_step`` bounds the
    remaining error.
    """

    converged: bool
    iterations: int
    at_boundary: bool
    last_step: float


@dataclass(frozen=True, slots=True)
class Transformed:
    """A pooled effect on the display scale (ratios as ratios, logits as proportions)."""

    estimate: float
    ci_low: float
    ci_high: float
    pi_low: float | None
    pi_high: float | None


@dataclass(frozen=True, slots=True, eq=False)
class MetaAnalysis:
    """A pooled estimate on the analysis scale, with how it was made.

    ``None`` stands for what the methods do not define: ``df`` for a normal test, heterogeneity of
    a single trial, τ² of a common effect. I² values are percentages; ``i2`` is the definition the
    methods chose. ``weights`` are percentages, zero where a trial did not enter.
    """

    effects: EffectSizes
    methods: MethodSpec
    k: int
    estimate: float
    se: float
    statistic: float | None
    df: float | None
    p: float | None
    ci_low: float
    ci_high: float
    pi_low: float | None
    pi_high: float | None
    tau2: float | None
    tau2_se: float | None
    tau2_ci: tuple[float, float] | None
    tau2_method: str | None
    i2: float | None
    i2_q: float | None
    i2_tau2: float | None
    i2_ci: tuple[float, float] | None
    h2: float | None
    q: float | None
    q_df: int | None
    q_p: float | None
    weights: Floats
    diagnostics: Diagnostics
    notes: tuple[Note, ...] = ()

    @property
    def transformed(self) -> Transformed:
        """The estimate and its intervals on the display scale."""
        values = (self.estimate, self.ci_low, self.ci_high, self.pi_low, self.pi_high)
        if not self.effects.ratio:
            pi = [None if v is None else self._shown(v) for v in (self.pi_low, self.pi_high)]
            middle = [self._shown(v) for v in (self.estimate, self.ci_low, self.ci_high)]
            return Transformed(*middle, *pi)
        estimate, low, high, pi_low, pi_high = (None if v is None else _exp(v) for v in values)
        assert estimate is not None and low is not None and high is not None  # noqa: S101, PT018  # for the type checker: they came from floats
        return Transformed(estimate, low, high, pi_low, pi_high)

    def _shown(self, value: float) -> float:
        return float(self.effects.pooled_transformed(np.array([value]))[0])

    def tidy(self) -> Any:
        """Return a row a trial and one for the pooled estimate, as the user's kind of frame."""
        effect, low, high = self.effects.transformed(self.methods.level)
        shown = self.transformed
        columns: dict[str, Sequence[Any]] = {
            "term": [*self.effects.study, "pooled"],
            "type": [*("study" for _ in self.effects.study), "pooled"],
            "estimate": [*_plain(effect), _plain_one(shown.estimate)],
            "ci_low": [*_plain(low), _plain_one(shown.ci_low)],
            "ci_high": [*_plain(high), _plain_one(shown.ci_high)],
            "analysis_estimate": [*_plain(self.effects.yi), self.estimate],
            "analysis_se": [*_plain(self.effects.sei), self.se],
            "weight": [*_plain(self.weights), 100.0],
            "p": [*(None for _ in self.effects.study), self.p],
            "reason": [*self.effects.reasons, None],
        }
        return to_frame(columns, self.effects.backend)

    def to_dict(self) -> dict[str, Any]:
        """Return strict JSON data: no NaN, no infinity."""
        fields = (
            "k", "estimate", "se", "statistic", "df", "p", "ci_low", "ci_high", "pi_low",
            "pi_high", "tau2", "tau2_se", "tau2_method", "i2", "i2_q", "i2_tau2", "h2", "q",
            "q_df", "q_p",
        )  # fmt: skip
        methods = asdict(self.methods)
        methods["changed"] = [list(pair) for pair in self.methods.changed]
        for name in ("tau2_weights", "weights"):
            values = methods[name]
            methods[name] = None if values is None else list(values)
        return {
            "schema_version": SCHEMA_VERSION,
            "kind": "meta-analysis",
            "methods": methods,
            **{name: getattr(self, name) for name in fields},
            "tau2_ci": None if self.tau2_ci is None else list(self.tau2_ci),
            "i2_ci": None if self.i2_ci is None else list(self.i2_ci),
            "weights": _plain(self.weights),
            "transformed": {
                name: None if value is None else _plain_one(value)
                for name, value in asdict(self.transformed).items()
            },
            "diagnostics": asdict(self.diagnostics),
            "notes": [note.to_dict() for note in self.notes],
            "effects": self.effects.to_dict(),
        }

    def leave_one_out(self) -> Sensitivity:
        """Pool again without each trial in turn, by the same methods."""
        from equipoise.stats.sensitivity import leave_one_out  # noqa: PLC0415  # it needs pooling

        return leave_one_out(self)

    def cumulative(self, order: Sequence[int] | None = None) -> Sensitivity:
        """Pool the first trial, the first two, and so on, in ``order`` (positions)."""
        from equipoise.stats.sensitivity import cumulative  # noqa: PLC0415  # it needs pooling

        return cumulative(self, order)

    def influence(self) -> Influence:
        """Measure how each trial bears on the pooled estimate, and which ones do not fit it."""
        from equipoise.stats.diagnostics import influence  # noqa: PLC0415  # it needs pooling

        return influence(self)

    def blup(self) -> TrialPredictions:
        """Predict the true effect in each trial: its estimate drawn towards the mean."""
        from equipoise.stats.diagnostics import blup  # noqa: PLC0415  # it needs pooling

        return blup(self)

    def asymmetry(
        self,
        test: AsymmetryTest = "egger",
        *,
        model: RegressionModel | None = None,
        predictor: Predictor | None = None,
        ci: RegressionCi | None = None,
    ) -> Asymmetry:
        """Test for small-study effects; see `equipoise.stats.small_studies.asymmetry.asymmetry`."""
        from equipoise.stats.small_studies import asymmetry as room  # noqa: PLC0415  # it needs results

        return room.asymmetry(self, test, model=model, predictor=predictor, ci=ci)

    def trim_and_fill(
        self, estimator: TrimEstimator = "L0", *, side: Side | None = None
    ) -> TrimAndFill:
        """Mirror the trials one side lacks; see `equipoise.stats.small_studies.trim_and_fill.trim_and_fill`."""
        from equipoise.stats.small_studies.trim_and_fill import trim_and_fill  # noqa: PLC0415  # it needs pooling

        return trim_and_fill(self, estimator, side=side)

    def fail_safe_n(
        self,
        kind: FailSafeKind = "Rosenthal",
        *,
        alpha: float = 0.05,
        target: float | None = None,
        weighted: bool = False,
    ) -> FailSafeN:
        """Count the null trials that undo the result; see `equipoise.stats.small_studies.fail_safe.fail_safe_n`."""
        from equipoise.stats.small_studies.fail_safe import fail_safe_n  # noqa: PLC0415  # loaded when asked for

        return fail_safe_n(self, kind, alpha=alpha, target=target, weighted=weighted)

    def excess_significance(
        self, test: ExcessTest = "exact", *, alpha: float = 0.05
    ) -> ExcessSignificance:
        """Compare significant trials with their power; see `equipoise.stats.small_studies.excess_significance`."""
        from equipoise.stats.small_studies import excess_significance as room  # noqa: PLC0415  # when asked for

        return room.excess_significance(self, test, alpha=alpha)

    def forest(self, **labels: str) -> Figure:
        """Draw the forest plot; see `equipoise.stats.plots.forest.forest` for the labels."""
        from equipoise.stats.plots.forest import forest  # noqa: PLC0415  # figures load when drawn

        return forest(self, **labels)

    def fit_statistics(self, *, restricted: bool | None = None) -> FitStatistics:
        """Return the log-likelihood and the information criteria, as ``metafor::fitstats``."""
        from equipoise.stats.fit_statistics import fit_statistics  # noqa: PLC0415  # loaded when asked for

        return fit_statistics(self, restricted=restricted)

    def heterogeneity(self) -> HeterogeneityMeasures:
        """Measure how much the trials differ: Q, Birge's ratio, H, both I², R_b, with intervals."""
        from equipoise.stats.heterogeneity_measures import heterogeneity_measures  # noqa: PLC0415  # it needs results

        return heterogeneity_measures(self)

    def probability_above(self, value: float, *, scale: Scale = "display") -> float:
        """Return the probability that the true effect of a new study exceeds ``value``."""
        from equipoise.stats.new_effect import probability_above  # noqa: PLC0415  # it needs pooling

        return probability_above(self, value, scale=scale)

    def probability_below(self, value: float, *, scale: Scale = "display") -> float:
        """Return the probability that the true effect of a new study is less than ``value``."""
        from equipoise.stats.new_effect import probability_below  # noqa: PLC0415  # it needs pooling

        return probability_below(self, value, scale=scale)

    def funnel(self, **options: Any) -> Figure:
        """Draw the funnel plot.

        The options are those of `equipoise.stats.plots.funnel.funnel`.
        """
        from equipoise.stats.plots.funnel import funnel  # noqa: PLC0415  # figures load when drawn

        return funnel(self, **options)

    def baujat(self, **options: Any) -> Figure:
        """Draw what each trial adds to heterogeneity against its influence on the mean.

        The options are those of `equipoise.stats.plots.baujat.baujat`.
        """
        from equipoise.stats.plots.baujat import baujat  # noqa: PLC0415  # figures load when drawn

        return baujat(self, **options)

    def radial(self, **options: Any) -> Figure:
        """Draw Galbraith's radial plot.

        The options are those of `equipoise.stats.plots.radial.radial`.
        """
        from equipoise.stats.plots.radial import radial  # noqa: PLC0415  # figures load when drawn

        return radial(self, **options)

    def labbe(self, **options: Any) -> Figure:
        """Draw the risk under treatment against the risk under the comparator.

        The options are those of `equipoise.stats.plots.labbe.labbe`.
        """
        from equipoise.stats.plots.labbe import labbe  # noqa: PLC0415  # figures load when drawn

        return labbe(self, **options)

    def qq(self, **options: Any) -> Figure:
        """Draw the normal Q-Q plot of standardised residuals.

        The options are those of `equipoise.stats.plots.qq.qq`.
        """
        from equipoise.stats.plots.qq import qq  # noqa: PLC0415  # figures load when drawn

        return qq(self, **options)

    def drapery(self, **options: Any) -> Figure:
        """Draw the p-value functions of the trials and of the pooled effect.

        The options are those of `equipoise.stats.plots.drapery.drapery`.
        """
        from equipoise.stats.plots.drapery import drapery  # noqa: PLC0415  # figures load when drawn

        return drapery(self, **options)

    def gosh(self, trial: str | None = None, **options: Any) -> Figure:
        """Draw the pooled results of every subset of the trials, those with ``trial`` standing out.

        The options are those of `equipoise.stats.heterogeneity.gosh`, which gives the numbers.
        """
        from equipoise.stats.heterogeneity.gosh import gosh  # noqa: PLC0415  # it needs pooling

        return gosh(self, **options).figure(trial)

    def cumulative_forest(self, **options: Any) -> Figure:
        """Draw the pooled effect as trials are added one by one.

        The options are those of `equipoise.stats.plots.sensitivity_forest.cumulative_forest`.
        """
        from equipoise.stats.plots.sensitivity_forest import cumulative_forest  # noqa: PLC0415  # figures load when drawn

        return cumulative_forest(self, **options)

    def leave_one_out_forest(self, **options: Any) -> Figure:
        """Draw the pooled effect without each trial in turn.

        The options are those of `equipoise.stats.plots.sensitivity_forest.leave_one_out_forest`.
        """
        from equipoise.stats.plots.sensitivity_forest import leave_one_out_forest  # noqa: PLC0415  # figures load when drawn

        return leave_one_out_forest(self, **options)

    def glance(self) -> Any:
        """Return one row that says all of the pooled result; see `equipoise.stats.reporting`."""
        from equipoise.stats.reporting.tables import glance  # noqa: PLC0415  # loaded when asked for

        return glance(self)

    def augment(self) -> Any:
        """Return a row a trial: what it reported, its effect, and how it stands to the whole."""
        from equipoise.stats.reporting.tables import augment  # noqa: PLC0415  # it needs pooling

        return augment(self)

    def methods_text(self) -> str:
        """Describe in one paragraph how the result was made, with the papers behind each method."""
        from equipoise.stats.reporting.methods_text import methods_text  # noqa: PLC0415  # when asked for

        return methods_text(self)

    def code(self, language: Language = "R") -> str:
        """Return an R script that gives the same numbers with metafor."""
        from equipoise.stats.reporting.r_code import code  # noqa: PLC0415  # loaded when asked for

        return code(self, language)

    def __str__(self) -> str:
        return printing.meta_analysis_text(self)


def _exp(value: float) -> float:
    try:
        return math.exp(value)
    except OverflowError:
        return math.inf


def _plain_one(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _plain(values: Floats) -> list[float | None]:
    return [float(v) if np.isfinite(v) else None for v in values]
