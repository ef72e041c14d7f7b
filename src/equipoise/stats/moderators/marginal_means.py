"""Marginal means: what the regression says of each group, other moderators averaged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations, product
from typing import TYPE_CHECKING, Any

import numpy as np

from equipoise.errors import MethodError
from equipoise.kernels.batches import Floats
from equipoise.stats.effects.effect_sizes import SCHEMA_VERSION
from equipoise.stats.effects.inputs import to_frame
from equipoise.stats.moderators import text
from equipoise.stats.moderators.contrasts import Contrasts, combination, contrast
from equipoise.stats.moderators.linear import Estimate
from equipoise.stats.moderators.model_matrix import ModelMatrix, Variable
from equipoise.stats.moderators.options import GridWeights, check_choice

if TYPE_CHECKING:
    from equipoise.stats.moderators.regression_result import MetaRegression

_LARGEST_GRID = 100_000


@dataclass(frozen=True, slots=True, eq=False)
class MarginalMeans:
    """Marginal means on the analysis scale: a row for each combination of levels of ``by``.

    ``weights`` says how other groups were averaged; ``loadings`` has a row of the model matrix,
    averaged, for each mean.
    """

    fit: MetaRegression
    by: tuple[str, ...]
    weights: GridWeights
    rows: tuple[Estimate, ...]
    loadings: Floats

    def pairs(self) -> Contrasts:
        """Compare all means in pairs, the later less the earlier; p-values are not adjusted.

        Raises:
            MethodError: If there is only one mean.
        """
        if len(self.rows) < 2:  # noqa: PLR2004  # a pair
            raise MethodError(
                "there is one mean and nothing to compare it with; name groups in by=",
                spec="pairs",
                reason="one mean",
            )
        pairs = list(combinations(range(len(self.rows)), 2))
        block = np.array([self.loadings[j] - self.loadings[i] for i, j in pairs])
        names = [f"{self.rows[j].name} − {self.rows[i].name}" for i, j in pairs]
        return contrast(self.fit, block, names=names)

    def tidy(self) -> Any:
        """Return a row a mean, as the user's kind of frame (else a dict of lists)."""
        rows = [asdict(row) for row in self.rows]
        columns: dict[str, Sequence[Any]] = {name: [row[name] for row in rows] for name in rows[0]}
        back = self.fit.effects.pooled_transformed
        for name in ("estimate", "ci_low", "ci_high"):
            shown = back(np.array([row[name] for row in rows]))
            columns |= {f"effect_{name}": shown.tolist()}
        return to_frame(columns, self.fit.effects.backend)

    def to_dict(self) -> dict[str, Any]:
        """Return strict JSON data."""
        return {
            "schema_version": SCHEMA_VERSION,
            "kind": "marginal-means",
            "by": list(self.by),
            "weights": self.weights,
            "rows": [asdict(row) for row in self.rows],
        }

    def __str__(self) -> str:
        how = "averaged alike" if self.weights == "equal" else "averaged by number of trials"
        head = f"Marginal means (analysis scale); other groups {how}, numbers at their means"
        return "\n".join([head, *text.estimate_rows(self.rows, self.fit.options.level, "")])


def marginal_means(
    fit: MetaRegression,
    by: str | Sequence[str] = (),
    *,
    at: Mapping[str, Any] | None = None,
    weights: GridWeights = "equal",
) -> MarginalMeans:
    """Return the mean effect for each combination of levels of ``by``.

    The other groups are averaged over all their combinations, each alike (``equal``) or by the
    product of the groups' shares of the trials (``proportional``); numeric variables are at their
    plain mean over the trials that enter, or at a value given in ``at``. The R call is
    ``emmeans::emmeans(metafor::emmprep(fit), ~ by, weights = )``. Searle, Speed and Milliken 1980,
    doi:10.1080/00031305.1980.10483031.

    Raises:
        MethodError: If ``by`` is not a group of the model, or the grid is too large.
        DataError: If a value in ``at`` is not a level of the trials.
    """
    check_choice("weights", weights)
    names = (by,) if isinstance(by, str) else tuple(by)
    groups = [_group(fit.matrix, name) for name in names]
    fixed = dict(at or {})
    _check_known(fit.matrix, fixed)
    cells = list(product(*(group.levels for group in groups)))
    loadings = np.stack([
        grid_rows(fit.matrix, fixed | dict(zip(names, cell, strict=True)), weights)
        for cell in cells
    ])  # fmt: skip
    labels = [
        ", ".join(f"{n} = {v}" for n, v in zip(names, cell, strict=True)) or "all trials"
        for cell in cells
    ]
    covariance = loadings @ fit.covariance @ loadings.T
    rows = combination(fit, labels, loadings @ fit.estimates, covariance, np.zeros(len(cells)))
    return MarginalMeans(fit, names, weights, rows, loadings)


def grid_rows(matrix: ModelMatrix, fixed: Mapping[str, Any], weights: GridWeights) -> Floats:
    """Return the row of the model matrix averaged over the grid of all that is not ``fixed``."""
    free = [v for v in matrix.variables if v.categorical and v.name not in fixed]
    size = int(np.prod([len(v.levels) for v in free], dtype=np.float64))
    if size > _LARGEST_GRID:
        raise MethodError(
            f"the grid of all groups has {size} cells; fix some with at=",
            spec="marginal_means",
            reason="too large a grid",
        )
    cells = list(product(*(v.levels for v in free)))
    columns: dict[str, list[Any]] = {
        v.name: [fixed.get(v.name, None if v.categorical else v.mean)] * len(cells)
        for v in matrix.variables
        if v not in free
    }
    columns |= {v.name: [cell[i] for cell in cells] for i, v in enumerate(free)}
    share = np.array([np.prod([_share(v, cell[i], weights) for i, v in enumerate(free)]) for cell in cells])  # fmt: skip
    return np.asarray(share @ matrix.encode(columns), dtype=np.float64)


def _share(variable: Variable, level: Any, weights: GridWeights) -> float:
    if weights == "equal":
        return 1.0 / len(variable.levels)
    return variable.values.count(level) / len(variable.values)


def _group(matrix: ModelMatrix, name: str) -> Variable:
    found = next((v for v in matrix.variables if v.name == name and v.categorical), None)
    if found is None:
        listed = ", ".join(v.name for v in matrix.variables if v.categorical)
        raise MethodError(
            f"{name!r} is not a group of this model; groups: {listed or 'none'}; for a number use "
            "predict() or at=",
            spec=f"by={name!r}",
            reason="not a group",
        )
    return found


def _check_known(matrix: ModelMatrix, fixed: Mapping[str, Any]) -> None:
    known = [v.name for v in matrix.variables]
    unknown = [name for name in fixed if name not in known]
    if unknown:
        raise MethodError(
            f"the model has no variable {unknown[0]!r}; variables: {', '.join(known)}",
            spec=f"at={unknown[0]!r}",
            reason="not in the model",
        )
