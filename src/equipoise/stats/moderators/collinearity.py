"""Variance inflation: what moderators that go together cost in precision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from equipoise.errors import MethodError
from equipoise.kernels.batches import Floats, Ints
from equipoise.kernels.regression import weighted_regression
from equipoise.stats import printing
from equipoise.stats.effects.effect_sizes import SCHEMA_VERSION
from equipoise.stats.effects.inputs import to_frame
from equipoise.stats.moderators import text
from equipoise.stats.moderators.engine import block
from equipoise.stats.moderators.linear import plain

if TYPE_CHECKING:
    from equipoise.stats.moderators.model_matrix import ModelMatrix
    from equipoise.stats.moderators.regression_result import MetaRegression


@dataclass(frozen=True, slots=True)
class Inflation:
    """The generalised variance inflation of a term with ``columns`` columns.

    ``vif`` is the factor by which the other terms enlarge the squared volume of its confidence
    region; ``per_coefficient`` its root for one dimension, comparable between terms, whose square
    is the usual VIF. ``p`` is the share of random re-orderings with at least this inflation, the
    observed order among them.
    """

    term: str
    columns: int
    vif: float
    per_coefficient: float
    p: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Collinearity:
    """Variance inflation of every term."""

    fit: MetaRegression
    rows: tuple[Inflation, ...]
    simulations: int
    seed: int

    def tidy(self) -> Any:
        """Return a row a term, as the user's kind of frame (else a dict of lists)."""
        rows = [asdict(row) for row in self.rows]
        columns: dict[str, Sequence[Any]] = {name: [row[name] for row in rows] for name in rows[0]}
        return to_frame(columns, self.fit.effects.backend)

    def to_dict(self) -> dict[str, Any]:
        """Return strict JSON data."""
        rows = [{n: plain(v) for n, v in asdict(row).items()} for row in self.rows]
        return {
            "schema_version": SCHEMA_VERSION, "kind": "collinearity", "rows": rows,
            "simulations": self.simulations, "seed": self.seed,
        }  # fmt: skip

    def __str__(self) -> str:
        table = [("Term", "Columns", "GVIF", "GVIF^(1/2m)", "p")]
        table += [
            (
                row.term, str(row.columns), printing.number(row.vif),
                printing.number(row.per_coefficient), text.p_text(row.p),
            )
            for row in self.rows
        ]  # fmt: skip
        lines = ["Variance inflation", *printing.table(table)]
        if self.simulations:
            lines.append(
                f"  p from {self.simulations} random re-orderings of each term, seed {self.seed}"
            )
        return "\n".join(lines)


def vif(fit: MetaRegression, *, simulations: int = 0, seed: int = 20250101) -> Collinearity:
    r"""Return generalised variance inflation factors by term.

    With ``R`` the correlations of the coefficients but the intercept's, that of a term is
    :math:`|R_{11}| |R_{22}| / |R|`; for a single column the usual VIF. Simulated p-values come from
    re-ordering the rows of each term by itself (its columns together), so that terms are unrelated,
    at the weights of the fit. An interaction is a term of its own. The R calls are
    ``metafor::vif(fit, btt = )`` and ``vif(fit, sim = )``. Fox and Monette 1992,
    doi:10.1080/01621459.1992.10475190.

    Raises:
        MethodError: For a model without two terms, or fewer than zero simulations.
    """
    matrix = fit.matrix
    if len(matrix.terms) < 2:  # noqa: PLR2004  # inflation is by other terms
        raise MethodError(
            "variance inflation needs two terms beside the intercept",
            spec="vif",
            reason="nothing to be collinear with",
        )
    if simulations < 0:
        raise MethodError(
            "simulations must be zero or more", spec=f"simulations={simulations}", reason="negative"
        )
    groups = [np.array(term.columns, dtype=np.intp) for term in matrix.terms]
    observed = _inflation(fit.covariance[None], groups, intercept=matrix.intercept)[0]
    shares = _simulated(fit, groups, observed, simulations, seed)
    rows = tuple(
        Inflation(
            term=term.name,
            columns=len(term.columns),
            vif=float(value),
            per_coefficient=float(value ** (0.5 / len(term.columns))),
            p=share,
        )
        for term, value, share in zip(matrix.terms, observed, shares, strict=True)
    )
    return Collinearity(fit, rows, simulations, seed)


def _inflation(covariance: Floats, groups: list[Ints], *, intercept: bool) -> Floats:
    """Return the factors of each term, shape ``(B, terms)``; ``nan`` where not defined."""
    start = int(intercept)
    scale = np.sqrt(np.diagonal(covariance, axis1=1, axis2=2))
    correlation = covariance / (scale[:, :, None] * scale[:, None, :])
    everything = np.arange(start, covariance.shape[1])
    whole = _log_volume(correlation, everything)
    parts = []
    for group in groups:
        rest = np.setdiff1d(everything, group)
        volume = _log_volume(correlation, group) + _log_volume(correlation, rest)
        parts.append(np.exp(volume - whole))
    return np.stack(parts, axis=1)


def _log_volume(correlation: Floats, which: Ints) -> Floats:
    if which.size == 0:
        return np.zeros(correlation.shape[0])
    part = correlation[:, which[:, None], which[None, :]]
    return np.asarray(np.linalg.slogdet(part)[1], dtype=np.float64)


def _simulated(
    fit: MetaRegression, groups: list[Ints], observed: Floats, simulations: int, seed: int
) -> list[float | None]:
    if simulations == 0:
        return [None] * len(groups)
    columns = _reordered(fit.matrix, groups, simulations, seed)
    batch, design = block(fit.yi[None], fit.vi[None], columns, intercept=fit.matrix.intercept)
    tau2 = np.full(simulations, fit.tau2 or 0.0)
    found = weighted_regression(batch, design, tau2)
    good = found.full_rank
    drawn = _inflation(found.covariance[good], groups, intercept=fit.matrix.intercept)
    # Rounding must not make an order that equals the observed one look smaller.
    reached = (drawn >= observed * (1.0 - 1e-10)).sum(axis=0)
    return [float(share) for share in (1.0 + reached) / (1.0 + np.count_nonzero(good))]


def _reordered(matrix: ModelMatrix, groups: list[Ints], simulations: int, seed: int) -> Floats:
    draw = np.random.Generator(np.random.PCG64(seed))
    k = matrix.values.shape[0]
    columns = np.repeat(matrix.values[None], simulations, axis=0)
    for group in groups:
        order = draw.permuted(np.tile(np.arange(k), (simulations, 1)), axis=1)
        columns[:, :, group] = matrix.values[order][:, :, group]
    return columns
