"""Which trials drive a meta-regression, and which do not fit it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from equipoise.errors import MethodError
from equipoise.kernels.batches import Batch, Floats, from_block
from equipoise.kernels.distributions import chi2_critical
from equipoise.kernels.regression import Design, weighted_regression
from equipoise.stats import printing
from equipoise.stats.effects.effect_sizes import SCHEMA_VERSION
from equipoise.stats.effects.inputs import to_frame
from equipoise.stats.moderators.engine import Fitted, block, fit_rows

if TYPE_CHECKING:
    from equipoise.stats.moderators.regression_result import MetaRegression

Column = tuple[float | None, ...]
_NOT_ALONE = "without this trial the coefficients cannot be told apart"
_NO_TAU2 = "tau2 did not converge without this trial"
_COOK_TAIL = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class RegressionInfluence:
    """Outlier and influence diagnostics of a meta-regression, a row a trial that enters.

    "Deleted" values are those of the other trials, τ² estimated again; ``None`` with a ``reason``
    where they are not defined. ``dfbetas`` has a column a coefficient. ``flags`` names the rules of
    metafor by which a trial is influential.
    """

    fit: MetaRegression
    study: tuple[str, ...]
    rstudent: Column
    dffits: Column
    cook: Column
    cov_ratio: Column
    tau2_deleted: Column
    q_deleted: Column
    hat: Column
    weight: Column
    dfbetas: tuple[tuple[str, Column], ...]
    flags: tuple[tuple[str, ...], ...]
    reason: tuple[str | None, ...]

    @property
    def influential(self) -> tuple[bool, ...]:
        """Whether any rule flags the trial."""
        return tuple(bool(names) for names in self.flags)

    def tidy(self) -> Any:
        """Return a row a trial, as the user's kind of frame (else a dict of lists)."""
        columns = self._columns() | {f"dfbetas {name}": values for name, values in self.dfbetas}
        columns["flags"] = [" ".join(names) for names in self.flags]
        return to_frame(columns | {"reason": self.reason}, self.fit.effects.backend)

    def to_dict(self) -> dict[str, Any]:
        """Return strict JSON data."""
        return {
            "schema_version": SCHEMA_VERSION,
            "kind": "regression-influence",
            **{name: list(values) for name, values in self._columns().items()},
            "dfbetas": {name: list(values) for name, values in self.dfbetas},
            "flags": [list(names) for names in self.flags],
            "reason": list(self.reason),
        }

    def _columns(self) -> dict[str, Sequence[Any]]:
        names = (
            "study", "rstudent", "dffits", "cook", "cov_ratio", "tau2_deleted", "q_deleted", "hat",
            "weight", "influential",
        )  # fmt: skip
        return {name: getattr(self, name) for name in names}

    def __str__(self) -> str:
        shown = ("rstudent", "dffits", "cook", "cov_ratio", "hat")
        table = [("Study", "Residual", "DFFITS", "Cook's D", "Cov. ratio", "Hat", "Flags")]
        for i, study in enumerate(self.study):
            numbers = [printing.number(getattr(self, name)[i]) for name in shown]
            flags = " ".join(self.flags[i]) or (self.reason[i] or "")
            table.append((study, *numbers, flags))  # type: ignore[arg-type]  # six cells, as the head
        return "\n".join(["Influence of each trial on the regression", *printing.table(table)])


def influence(fit: MetaRegression) -> RegressionInfluence:
    r"""Measure what each trial does to the regression, by fitting without each in turn.

    Definitions and rules are those of ``metafor::influence``: studentised deleted residuals,
    DFFITS (large beyond :math:`3\sqrt{p / (k - p)}`), Cook's distances (beyond the median of
    chi-square with p df), covariance ratios, hat values (beyond ``3 p / k``), DFBETAS (beyond 1).
    Viechtbauer and Cheung 2010, doi:10.1002/jrsm.11.

    Raises:
        MethodError: If ``k - 1`` trials cannot carry the coefficients.
    """
    if fit.k <= fit.p + 1:
        raise MethodError(
            f"leaving one of {fit.k} trials out leaves too few for {fit.p} coefficients",
            spec="influence",
            reason="too few trials",
        )
    deleted = _without_each(fit)
    moved = fit.estimates - deleted.fit.coefficients
    tau2 = np.nan_to_num(deleted.between.tau2)
    everything, all_design = _whole(fit, tau2)
    at_deleted = weighted_regression(everything, all_design, tau2)
    x, vi = fit.matrix.values, fit.vi
    hat = _hat(fit)
    spread = deleted.scale * (vi + tau2)
    columns = {
        "rstudent": _rstudent(fit, deleted, spread),
        "dffits": _ratio((x * moved).sum(axis=1), np.sqrt(spread * hat)),
        "cook": _cook(fit, moved),
        "cov_ratio": _cov_ratio(fit, deleted),
        "tau2_deleted": deleted.between.tau2 if fit.tau2 is not None else np.full(fit.k, np.nan),
        "q_deleted": _q_without_each(fit),
    }
    variance = np.diagonal(at_deleted.covariance, axis1=1, axis2=2) * deleted.scale[:, None]
    return _table(fit, deleted, columns, hat, _ratio(moved, np.sqrt(variance)))


def _without_each(fit: MetaRegression) -> Fitted:
    batch, design = _left_out(fit)
    return fit_rows(batch, design, fit.options)


def _left_out(fit: MetaRegression) -> tuple[Batch, Design]:
    keep = ~np.eye(fit.k, dtype=np.bool_)
    batch = from_block(fit.yi, fit.vi, keep)
    columns = np.where(keep[:, :, None], fit.matrix.values[None], 0.0)
    return batch, Design(columns, fit.matrix.intercept)


def _whole(fit: MetaRegression, tau2: Floats) -> tuple[Batch, Design]:
    return block(
        np.broadcast_to(fit.yi, (tau2.size, fit.k)),
        fit.vi[None],
        fit.matrix.values[None],
        intercept=fit.matrix.intercept,
    )


def _hat(fit: MetaRegression) -> Floats:
    batch, design = _whole(fit, np.zeros(1))
    found = weighted_regression(batch, design, np.array([fit.tau2 or 0.0]))
    return np.asarray(found.hat[0], dtype=np.float64)


def _rstudent(fit: MetaRegression, deleted: Fitted, spread: Floats) -> Floats:
    x = fit.matrix.values
    predicted = (x * deleted.fit.coefficients).sum(axis=1)
    variance = np.einsum("ij,ijk,ik->i", x, deleted.fit.covariance, x) * deleted.scale
    return _ratio(fit.yi - predicted, np.sqrt(spread + variance))


def _cook(fit: MetaRegression, moved: Floats) -> Floats:
    if not np.diagonal(fit.covariance).all():
        return np.full(fit.k, np.nan)
    return np.asarray((moved * np.linalg.solve(fit.covariance, moved.T).T).sum(axis=1), np.float64)


def _cov_ratio(fit: MetaRegression, deleted: Fitted) -> Floats:
    scaled = deleted.fit.covariance * deleted.scale[:, None, None]
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        value = np.exp(np.linalg.slogdet(scaled)[1] - np.linalg.slogdet(fit.covariance)[1])
    return np.asarray(np.where(np.isfinite(value), value, np.nan), dtype=np.float64)


def _q_without_each(fit: MetaRegression) -> Floats:
    batch, design = _left_out(fit)
    return weighted_regression(batch, design, np.zeros(fit.k)).q


def _ratio(above: Floats, below: Floats) -> Floats:
    known = below > 0.0
    value = above / np.where(known, below, 1.0)
    return np.asarray(np.where(known, value, np.nan), dtype=np.float64)


def _table(
    fit: MetaRegression,
    deleted: Fitted,
    columns: dict[str, Floats],
    hat: Floats,
    dfbetas: Floats,
) -> RegressionInfluence:
    good = deleted.fit.full_rank & deleted.between.converged
    reasons = tuple(
        None if fine else (_NO_TAU2 if rank else _NOT_ALONE)
        for fine, rank in zip(good.tolist(), deleted.fit.full_rank.tolist(), strict=True)
    )
    shown = {name: _column(np.where(good, values, np.nan)) for name, values in columns.items()}
    betas = np.where(good[:, None], dfbetas, np.nan)
    return RegressionInfluence(
        fit=fit,
        study=tuple(fit.effects.study[row] for row in fit.matrix.rows.tolist()),
        **shown,
        hat=_column(hat),
        weight=_column(fit.weights),
        dfbetas=tuple((name, _column(betas[:, i])) for i, name in enumerate(fit.matrix.names)),
        flags=_flags(fit, columns, hat, betas),
        reason=reasons,
    )


def _flags(
    fit: MetaRegression, columns: dict[str, Floats], hat: Floats, betas: Floats
) -> tuple[tuple[str, ...], ...]:
    k, p = fit.k, fit.p
    cook = chi2_critical(_COOK_TAIL, np.array([float(p)]))[0]
    with np.errstate(invalid="ignore"):
        large = {
            "dffits": np.abs(columns["dffits"]) > 3.0 * np.sqrt(p / (k - p)),
            "cook": columns["cook"] > cook,
            "hat": hat > 3.0 * p / k,
            "dfbetas": (np.abs(betas) > 1.0).any(axis=1),
        }
    return tuple(tuple(name for name, rule in large.items() if rule[i]) for i in range(k))


def _column(values: Floats) -> Column:
    return tuple(float(v) if np.isfinite(v) else None for v in values)
