"""The result of a meta-regression."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from equipoise.kernels.batches import Floats
from equipoise.stats.effects.effect_sizes import SCHEMA_VERSION, EffectSizes
from equipoise.stats.effects.inputs import to_frame
from equipoise.stats.fit_statistics import FitStatistics
from equipoise.stats.moderators import text
from equipoise.stats.moderators.linear import Estimate, JointTest, plain
from equipoise.stats.moderators.model_matrix import ModelMatrix
from equipoise.stats.moderators.options import GridWeights, RegressionOptions
from equipoise.stats.notes import Note
from equipoise.stats.results import Diagnostics

if TYPE_CHECKING:
    from equipoise.figures.model import Figure
    from equipoise.stats.moderators.collinearity import Collinearity
    from equipoise.stats.moderators.contrasts import Contrasts
    from equipoise.stats.moderators.marginal_means import MarginalMeans
    from equipoise.stats.moderators.permutation import ModeratorPermutation
    from equipoise.stats.moderators.predictions import BubbleRows, Predictions
    from equipoise.stats.moderators.regression_influence import RegressionInfluence


@dataclass(frozen=True, slots=True, eq=False)
class MetaRegression:
    """A regression of the trials' effects on moderators, on the analysis scale.

    ``covariance`` is that of the coefficients as the interval uses it. ``tau2`` is the residual
    between-study variance, ``tau2_without`` that of the same trials without moderators, and ``r2``
    the share of the latter that the moderators explain, in percent, cut at zero (``None`` where the
    model cannot be a constant). ``i2`` and ``h2`` compare ``tau2`` with the typical variance within
    trials. ``q`` tests what the moderators leave, ``omnibus`` all coefficients but the intercept.
    ``weights`` are percentages of the trials that enter, whose positions are ``matrix.rows``.
    """

    effects: EffectSizes
    matrix: ModelMatrix
    options: RegressionOptions
    coefficients: tuple[Estimate, ...]
    covariance: Floats
    omnibus: JointTest | None
    tau2: float | None
    tau2_se: float | None
    tau2_ci: tuple[float, float] | None
    tau2_without: float | None
    r2: float | None
    i2: float | None
    h2: float | None
    q: float
    q_df: int
    q_p: float | None
    ml: FitStatistics
    reml: FitStatistics
    weights: Floats
    fitted: Floats
    residuals: Floats
    diagnostics: Diagnostics
    notes: tuple[Note, ...] = ()

    @property
    def k(self) -> int:
        """Number of trials that enter."""
        return int(self.matrix.rows.size)

    @property
    def p(self) -> int:
        """Number of coefficients."""
        return len(self.coefficients)

    @property
    def df(self) -> float | None:
        """Degrees of freedom of tests and intervals; ``None`` for the normal distribution."""
        return None if self.options.ci == "wald" else float(self.q_df)

    @property
    def estimates(self) -> Floats:
        """The coefficients as an array."""
        return np.array([row.estimate for row in self.coefficients])

    @property
    def yi(self) -> Floats:
        """The effects of the trials that enter."""
        return self.effects.yi[self.matrix.rows]

    @property
    def vi(self) -> Floats:
        """The sampling variances of the trials that enter."""
        return self.effects.vi[self.matrix.rows]

    def test(self, what: Any) -> JointTest:
        """Test some coefficients together; see `equipoise.stats.moderators.contrasts.test`."""
        from equipoise.stats.moderators.contrasts import test  # noqa: PLC0415  # it needs results

        return test(self, what)

    def contrast(
        self, weights: Any, right: Any = 0.0, *, names: Sequence[str] | None = None
    ) -> Contrasts:
        """Test linear hypotheses; see `equipoise.stats.moderators.contrasts.contrast`."""
        from equipoise.stats.moderators.contrasts import contrast  # noqa: PLC0415  # it needs results

        return contrast(self, weights, right, names=names)

    def predict(self, data: Any = None) -> Predictions:
        """Predict mean effects; see `equipoise.stats.moderators.predictions.predict`."""
        from equipoise.stats.moderators.predictions import predict  # noqa: PLC0415  # it needs results

        return predict(self, data)

    def regplot_rows(
        self, variable: str, *, points: int = 50, weights: GridWeights = "equal"
    ) -> BubbleRows:
        """Return what a bubble plot shows; see `equipoise.stats.moderators.predictions`."""
        from equipoise.stats.moderators.predictions import regplot_rows  # noqa: PLC0415  # it needs results

        return regplot_rows(self, variable, points=points, weights=weights)

    def regplot(self, variable: str, *, title: str = "", width: float = 560.0) -> Figure:
        """Draw the trials against a moderator, with the fitted line and its bands."""
        from equipoise.stats.plots.regplot import regplot  # noqa: PLC0415  # figures load when drawn

        return regplot(self, variable, title=title, width=width)

    def marginal_means(
        self,
        by: str | Sequence[str] = (),
        *,
        at: Mapping[str, Any] | None = None,
        weights: GridWeights = "equal",
    ) -> MarginalMeans:
        """Average predictions over a grid; see `equipoise.stats.moderators.marginal_means`."""
        from equipoise.stats.moderators import marginal_means as room  # noqa: PLC0415  # it needs results

        return room.marginal_means(self, by, at=at, weights=weights)

    def vif(self, *, simulations: int = 0, seed: int = 20250101) -> Collinearity:
        """Measure collinearity by term; see `equipoise.stats.moderators.collinearity.vif`."""
        from equipoise.stats.moderators.collinearity import vif  # noqa: PLC0415  # it needs results

        return vif(self, simulations=simulations, seed=seed)

    def permute(
        self, iterations: int = 1000, *, seed: int = 20250101, exact: bool | None = None
    ) -> ModeratorPermutation:
        """Test by permutation; see `equipoise.stats.moderators.permutation.permute_moderators`."""
        from equipoise.stats.moderators import permutation as room  # noqa: PLC0415  # it needs results

        return room.permute_moderators(self, iterations, seed=seed, exact=exact)

    def influence(self) -> RegressionInfluence:
        """Measure how each trial bears on the coefficients."""
        from equipoise.stats.moderators import regression_influence as room  # noqa: PLC0415  # it needs results

        return room.influence(self)

    def tidy(self) -> Any:
        """Return a row a coefficient, as the user's kind of frame (else a dict of lists)."""
        rows = [asdict(row) for row in self.coefficients]
        columns = {name: [row[name] for row in rows] for name in rows[0]}
        return to_frame(columns, self.effects.backend)

    def glance(self) -> Any:
        """Return one row that says how the model fits, as the user's kind of frame."""
        columns = {name: [value] for name, value in self._summary().items()}
        return to_frame(columns, self.effects.backend)

    def augment(self) -> Any:
        """Return a row a trial that enters: effect, fitted value, residual, leverage, weight."""
        rows = self.matrix.rows.tolist()
        columns: dict[str, Sequence[Any]] = {
            "study": [self.effects.study[row] for row in rows],
            "yi": self.yi.tolist(),
            "vi": self.vi.tolist(),
            "fitted": self.fitted.tolist(),
            "residual": self.residuals.tolist(),
            "weight": self.weights.tolist(),
        }
        return to_frame(columns, self.effects.backend)

    def to_dict(self) -> dict[str, Any]:
        """Return strict JSON data: no NaN, no infinity."""
        return {
            "schema_version": SCHEMA_VERSION,
            "kind": "meta-regression",
            "measure": self.effects.measure,
            "formula": self.matrix.formula,
            "options": self.options.to_dict(),
            "coefficients": [asdict(row) for row in self.coefficients],
            "covariance": [[plain(value) for value in row] for row in self.covariance.tolist()],
            "terms": [{"name": t.name, "columns": list(t.columns)} for t in self.matrix.terms],
            "omnibus": None if self.omnibus is None else self.omnibus.to_dict(),
            **self._summary(),
            "tau2_ci": None if self.tau2_ci is None else list(self.tau2_ci),
            "ml": {name: plain(value) for name, value in asdict(self.ml).items()},
            "reml": {name: plain(value) for name, value in asdict(self.reml).items()},
            "rows": self.matrix.rows.tolist(),
            "weights": self.weights.tolist(),
            "notes": [note.to_dict() for note in self.notes],
        }

    def _summary(self) -> dict[str, Any]:
        names = ("k", "p", "tau2", "tau2_se", "tau2_without", "r2", "i2", "h2", "q", "q_df", "q_p")
        criteria = self.ml if self.options.tau2 == "ML" else self.reml
        fit = ("log_likelihood", "aic", "bic", "aicc")
        return {name: getattr(self, name) for name in names} | {
            name: plain(getattr(criteria, name)) for name in fit
        }

    def __str__(self) -> str:
        return text.regression_text(self)
