"""What a meta-regression says of trials with given moderators, and the rows of its bubble plot."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from equipoise.errors import MethodError
from equipoise.kernels.batches import Floats
from equipoise.kernels.intervals import critical
from equipoise.stats import printing
from equipoise.stats.effects.effect_sizes import SCHEMA_VERSION
from equipoise.stats.effects.inputs import to_frame
from equipoise.stats.moderators import text
from equipoise.stats.moderators.contrasts import combination
from equipoise.stats.moderators.linear import Estimate, plain
from equipoise.stats.moderators.marginal_means import grid_rows
from equipoise.stats.moderators.options import GridWeights
from equipoise.stats.moderators.tables import open_table

if TYPE_CHECKING:
    from equipoise.stats.moderators.regression_result import MetaRegression


@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
    """Mean effects at given moderators, on the analysis scale.

    ``pi_low`` and ``pi_high`` bound the true effect in a new trial with these moderators; ``None``
    for a common effect.
    """

    fit: MetaRegression
    rows: tuple[Estimate, ...]
    pi_low: tuple[float | None, ...]
    pi_high: tuple[float | None, ...]

    def shown(self) -> dict[str, Floats]:
        """Return estimate and limits on the display scale (ratios as ratios)."""
        columns = {
            "estimate": [row.estimate for row in self.rows],
            "ci_low": [row.ci_low for row in self.rows],
            "ci_high": [row.ci_high for row in self.rows],
            "pi_low": self.pi_low,
            "pi_high": self.pi_high,
        }
        back = self.fit.effects.pooled_transformed
        return {name: back(_numbers(values)) for name, values in columns.items()}

    def tidy(self) -> Any:
        """Return a row a prediction, as the user's kind of frame (else a dict of lists)."""
        columns = self._columns()
        shown = {f"effect_{name}": _listed(values) for name, values in self.shown().items()}
        return to_frame(columns | shown, self.fit.effects.backend)

    def to_dict(self) -> dict[str, Any]:
        """Return strict JSON data."""
        head = {"schema_version": SCHEMA_VERSION, "kind": "predictions"}
        return head | {name: list(values) for name, values in self._columns().items()}

    def _columns(self) -> dict[str, Sequence[Any]]:
        rows = [asdict(row) for row in self.rows]
        names = ("name", "estimate", "se", "df", "ci_low", "ci_high")
        columns: dict[str, Sequence[Any]] = {name: [row[name] for row in rows] for name in names}
        return columns | {"pi_low": self.pi_low, "pi_high": self.pi_high}

    def __str__(self) -> str:
        level = f"{100 * self.fit.options.level:g}%"
        table = [("", "Mean effect", f"{level} CI", f"{level} prediction interval")]
        shown = self.shown()
        for i, row in enumerate(self.rows):
            one = printing.effect_with_interval(
                self.fit.effects, *(float(shown[n][i]) for n in ("estimate", "ci_low", "ci_high"))
            )
            estimate, limits = one.removesuffix(")").split(" (", 1)
            future = "–"
            if self.pi_low[i] is not None:
                ends = (float(shown["pi_low"][i]), float(shown["pi_high"][i]))
                future = printing.interval_text(self.fit.effects, *ends)
            table.append((row.name, estimate, limits, future))
        head = text.measure_name(self.fit.effects).split(" (")[0]
        return "\n".join([f"{head}: predictions of the regression", *printing.table(table)])


@dataclass(frozen=True, slots=True, eq=False)
class BubbleRows:
    """What a bubble plot shows: the trials, and the fitted line with its bands on a grid.

    All on the analysis scale. ``weight`` are percentages. Other variables of the model are held at
    their means, groups averaged.
    """

    variable: str
    study: tuple[str, ...]
    x: tuple[float, ...]
    effect: tuple[float, ...]
    weight: tuple[float, ...]
    grid: tuple[float, ...]
    line: Predictions

    def to_dict(self) -> dict[str, Any]:
        """Return strict JSON data."""
        names = ("variable", "study", "x", "effect", "weight", "grid")
        values = {name: getattr(self, name) for name in names}
        listed = {n: list(v) if isinstance(v, tuple) else v for n, v in values.items()}
        head = {"schema_version": SCHEMA_VERSION, "kind": "bubble-rows"}
        return head | listed | {"line": self.line.to_dict()}


def predict(fit: MetaRegression, data: Any = None) -> Predictions:
    r"""Predict the mean effect, with the interval for a new trial's true effect.

    ``data`` is a table (any frame, or a dict) of the moderators' values; without it the trials that
    enter are predicted. The prediction interval is
    :math:`\hat\mu \pm c \sqrt{se^2 + \tau^2}`, ``c`` as in the confidence interval. The R call is
    ``metafor::predict(fit, newmods = )``.

    Raises:
        DataError: If a variable is not given or has a level that no trial had.
    """
    if data is None:
        rows = fit.matrix.values
        names = [fit.effects.study[i] for i in fit.matrix.rows.tolist()]
        return predictions_at(fit, rows, names)
    columns = open_table(data)
    rows = fit.matrix.encode(columns)
    known = [variable.name for variable in fit.matrix.variables]
    names = [
        ", ".join(f"{name} = {_value(columns[name][i])}" for name in known) or "all trials"
        for i in range(rows.shape[0])
    ]
    return predictions_at(fit, rows, names)


def predictions_at(fit: MetaRegression, rows: Floats, names: Sequence[str]) -> Predictions:
    """Predict at rows of the model matrix."""
    values = rows @ fit.estimates
    variance = np.einsum("ij,jk,ik->i", rows, fit.covariance, rows)
    se = np.sqrt(np.maximum(variance, 0.0))
    found = combination(fit, names, values, np.diag(se**2), np.zeros(values.size))
    if fit.tau2 is None:
        blank = (None,) * values.size
        return Predictions(fit, found, blank, blank)
    degrees = np.array([np.inf if fit.df is None else fit.df])
    half = critical(fit.options.level, degrees)[0] * np.sqrt(se**2 + fit.tau2)
    return Predictions(fit, found, tuple((values - half).tolist()), tuple((values + half).tolist()))


def regplot_rows(
    fit: MetaRegression, variable: str, *, points: int = 50, weights: GridWeights = "equal"
) -> BubbleRows:
    """Return the rows of a bubble plot over a numeric variable; R: ``metafor::regplot``.

    Raises:
        MethodError: If the model has no such numeric variable, or for fewer than two points.
    """
    found = next((v for v in fit.matrix.variables if v.name == variable), None)
    if found is None or found.categorical:
        listed = ", ".join(v.name for v in fit.matrix.variables if not v.categorical)
        raise MethodError(
            f"{variable!r} is not a number in this model; numbers: {listed or 'none'}",
            spec=f"variable={variable!r}",
            reason="not a numeric variable",
        )
    if points < 2:  # noqa: PLR2004  # a line has two ends
        raise MethodError("a line needs two points", spec=f"points={points}", reason="no line")
    x = [float(value) for value in found.values]
    grid = np.linspace(min(x), max(x), points).tolist()
    rows = np.stack([grid_rows(fit.matrix, {variable: value}, weights) for value in grid])
    line = predictions_at(fit, rows, [f"{variable} = {_value(value)}" for value in grid])
    return BubbleRows(
        variable=variable,
        study=tuple(fit.effects.study[i] for i in fit.matrix.rows.tolist()),
        x=tuple(x),
        effect=tuple(fit.yi.tolist()),
        weight=tuple(fit.weights.tolist()),
        grid=tuple(grid),
        line=line,
    )


def _numbers(values: Sequence[float | None]) -> Floats:
    return np.array([math.nan if value is None else value for value in values])


def _listed(values: Floats) -> list[Any]:
    return [plain(value) for value in values.tolist()]


def _value(value: Any) -> str:
    return f"{value:g}" if isinstance(value, (int, float)) else str(value)
