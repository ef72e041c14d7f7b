"""Trim and fill: what the mean would be if the funnel's missing side were mirrored."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from equipoise.errors import ConvergenceError, MethodError
from equipoise.kernels import regression
from equipoise.kernels.batches import Floats, Ints, single
from equipoise.kernels.ranks import signed_ranks
from equipoise.stats import printing
from equipoise.stats._requirements import inverse_variance_only
from equipoise.stats.effects.effect_sizes import SCHEMA_VERSION, EffectSizes
from equipoise.stats.notes import Note
from equipoise.stats.pooling import pool
from equipoise.stats.presets import MethodSpec
from equipoise.stats.small_studies._common import (
    Side,
    TrimEstimator,
    cautions,
    check_choice,
    legacy,
    trials_of,
)
from equipoise.stats.small_studies._lines import residual_tau2
from equipoise.stats.subsets import pool_subsets

if TYPE_CHECKING:
    from equipoise.stats.results import MetaAnalysis

_MAX_ITERATIONS: Final = 100
_SIZES: Final = ("n_1", "n_2", "n", "time_1", "time_2", "time")


@dataclass(frozen=True, slots=True, eq=False)
class TrimAndFill:
    """How many trials one side of the funnel lacks, and the mean with their mirror images.

    ``k0`` trials are added on ``side`` with the standard error ``k0_se``; ``p`` tests that none is
    missing (``R0`` only). ``filled`` is ``fit`` by inverse variance with the images of the trials
    at positions ``mirrored``; where ``k0`` is zero it holds the trials of ``fit`` alone.
    """

    fit: MetaAnalysis
    filled: MetaAnalysis
    estimator: TrimEstimator
    side: Side
    k0: int
    k0_se: float
    p: float | None
    mirrored: tuple[int, ...]
    caution: tuple[Note, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return strict JSON data."""
        return {
            "schema_version": SCHEMA_VERSION,
            "kind": "trim-and-fill",
            **{name: getattr(self, name) for name in ("estimator", "side", "k0", "k0_se", "p")},
            "mirrored": list(self.mirrored),
            "filled": self.filled.to_dict(),
            "caution": [note.to_dict() for note in self.caution],
        }

    def __str__(self) -> str:
        number = f"  Missing on the {self.side}: {self.k0} (SE {printing.number(self.k0_se)})"
        lines = [
            f"Trim and fill by {self.estimator}",
            number if self.p is None else f"{number}, {printing.p_value(self.p)}",
            f"  As found: {_effect(self.fit)}, k = {self.fit.k}",
            f"  Filled:   {_effect(self.filled)}, k = {self.filled.k}",
        ]
        return "\n".join([*lines, *(f"  Caution: {note.text}" for note in self.caution)])


def trim_and_fill(
    fit: MetaAnalysis, estimator: TrimEstimator = "L0", *, side: Side | None = None
) -> TrimAndFill:
    r"""Estimate how many trials are missing on one side, and add their mirror images.

    The mean of the trials left after trimming the ``k0`` most extreme ones of the other side is
    found; signed ranks of the distances of all trials from it give the next ``k0``, until it stays.
    With ``S`` the sum of the ranks on the crowded side,

    - ``L0``: :math:`k_0 = (4 S - k (k + 1)) / (2 k - 1)`,
    - ``Q0``: :math:`k_0 = k - 1/2 - \sqrt{2 k^2 - 4 S + 1/4}`,
    - ``R0``: the number of ranks beyond the highest one of the sparse side, less one,

    rounded, zero at least. Trials are pooled by inverse variance with the model and τ² of ``fit``.
    Without ``side`` it is the one where small trials are lacking: left if effects rise with the
    standard error in a regression by the same model. The R call is ``metafor::trimfill(fit,
    estimator = )``. Duval and Tweedie 2000, doi:10.1111/j.0006-341X.2000.00455.x.

    Raises:
        DataError: If there are fewer than three trials.
        MethodError: If the estimator is not defined for these trials (``Q0`` of a square root
            below zero), or the fit has weights of its own.
        ConvergenceError: If ``k0`` goes round in circles.
    """
    check_choice("estimator", estimator)
    trials_of(fit)
    spec = _by_inverse_variance(fit.methods)
    if side is None:
        side = _sparse_side(fit)
    check_choice("side", side)
    k0, k0_se, order = _count_missing(fit.effects, spec, estimator, side)
    mirrored = order[order.size - k0 :]
    centre = _mean_without(fit.effects, spec, mirrored)
    return TrimAndFill(
        fit=fit,
        filled=pool(_fill(fit.effects, mirrored, centre), methods=spec),
        estimator=estimator,
        side=side,
        k0=k0,
        k0_se=k0_se,
        p=0.5 ** (k0 + 1) if estimator == "R0" else None,
        mirrored=tuple(int(row) for row in mirrored),
        caution=(legacy("trim and fill"), *cautions(fit, order.size, of_asymmetry=True)),
    )


def _by_inverse_variance(spec: MethodSpec) -> MethodSpec:
    if spec.tau2_weights is not None:
        raise MethodError(
            "trim and fill has no weights for the trials it adds; pool without tau2_weights",
            spec="tau2_weights",
            reason="added trials have no weights",
        )
    by_inverse_variance = replace(spec, method="IV")
    inverse_variance_only(by_inverse_variance, "trim and fill")
    return by_inverse_variance


def _sparse_side(fit: MetaAnalysis) -> Side:
    yi, vi = trials_of(fit)
    batch = single(yi, vi)
    design = regression.with_intercept(batch, np.sqrt(vi)[None, :, None])
    tau2, _, _ = residual_tau2(fit, batch, design)
    slope = regression.weighted_regression(batch, design, np.array([tau2])).coefficients[0, 1]
    return "right" if slope < 0.0 else "left"


def _count_missing(
    effects: EffectSizes, spec: MethodSpec, estimator: TrimEstimator, side: Side
) -> tuple[int, float, Ints]:
    """Iterate to the number missing; return it, its error, and the trials towards the other side."""
    sign = -1.0 if side == "right" else 1.0
    rows = np.flatnonzero(effects.estimable)
    order = rows[np.argsort(sign * effects.yi[rows], kind="stable")]
    k0 = 0
    for _ in range(_MAX_ITERATIONS):
        centre = _mean_without(effects, spec, order[order.size - k0 :])
        ranks = signed_ranks(sign * (effects.yi[order] - centre))
        value, k0_se = _ESTIMATORS[estimator](ranks)
        before, k0 = k0, max(0, round(value))
        if k0 >= order.size:
            raise _not_defined(estimator)
        if k0 == before:
            return k0, k0_se, order
    raise ConvergenceError(
        f"trim and fill by {estimator} goes round in circles; use another estimator",
        diagnostics={"iterations": _MAX_ITERATIONS, "k0": k0},
    )


def _mean_without(effects: EffectSizes, spec: MethodSpec, out: Ints) -> float:
    keep = effects.estimable.copy()
    keep[out] = False
    estimate = float(pool_subsets(effects, keep[None, :], [spec]).estimate[0, 0])
    if not math.isfinite(estimate):
        raise ConvergenceError(
            "the trimmed trials could not be pooled; pool with tau2='DL'",
            diagnostics={"trimmed": int(out.size)},
        )
    return estimate


def _l0(ranks: Floats) -> tuple[float, float]:
    k = ranks.size
    value = (4.0 * ranks[ranks > 0.0].sum() - k * (k + 1)) / (2 * k - 1)
    return value, 4.0 * math.sqrt(_rank_sum_variance(k, value)) / (2 * k - 1)


def _q0(ranks: Floats) -> tuple[float, float]:
    k = ranks.size
    square = 2.0 * k**2 - 4.0 * ranks[ranks > 0.0].sum() + 0.25
    if square <= 0.0:
        raise _not_defined("Q0")
    value = k - 0.5 - math.sqrt(square)
    return value, 2.0 * math.sqrt(_rank_sum_variance(k, value) / square)


def _r0(ranks: Floats) -> tuple[float, float]:
    sparse = -ranks[ranks < 0.0]
    if sparse.size == 0:
        raise _not_defined("R0")
    value = ranks.size - sparse.max() - 1.0
    return value, math.sqrt(2.0 * max(0.0, value) + 2.0)


_ESTIMATORS: Final[dict[str, Callable[[Floats], tuple[float, float]]]] = {
    "L0": _l0, "Q0": _q0, "R0": _r0,
}  # fmt: skip


def _rank_sum_variance(k: int, k0: float) -> float:
    """Return the variance of the crowded side's rank sum where ``k0`` trials are missing."""
    missing = 10 * k0**3 + 27 * k0**2 + 17 * k0
    together = -18 * k * k0**2 - 18 * k * k0 + 6 * k**2 * k0
    return max(0.0, (k * (k + 1) * (2 * k + 1) + missing + together) / 24.0)


def _fill(effects: EffectSizes, mirrored: Ints, centre: float) -> EffectSizes:
    """Add the images of some trials on the other side of ``centre``, of the same size."""
    rows = np.concatenate((np.arange(len(effects)), mirrored)).astype(np.intp)
    yi = np.concatenate((effects.yi, 2.0 * centre - effects.yi[mirrored]))
    columns = {name: effects.columns[name][rows] for name in _SIZES if name in effects.columns}
    return replace(
        effects,
        study=(*effects.study, *(f"filled: {effects.study[row]}" for row in mirrored)),
        yi=yi,
        vi=effects.vi[rows],
        reasons=tuple(effects.reasons[row] for row in rows),
        columns=MappingProxyType(columns),
    )


def _not_defined(estimator: str) -> MethodError:
    return MethodError(
        f"{estimator} is not defined for these trials; use estimator='L0'",
        spec=f"estimator={estimator}",
        reason="too few trials on one side",
    )


def _effect(fit: MetaAnalysis) -> str:
    shown = fit.transformed
    return printing.effect_with_interval(fit.effects, shown.estimate, shown.ci_low, shown.ci_high)
