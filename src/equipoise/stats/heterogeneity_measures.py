"""Every usual measure of how much the trials differ, side by side, each with its definition."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from equipoise.errors import MethodError
from equipoise.kernels import heterogeneity as kernel
from equipoise.kernels.batches import Batch, single
from equipoise.stats.effects.effect_sizes import SCHEMA_VERSION
from equipoise.stats.printing import interval, number, p_value, percent
from equipoise.stats.results import MetaAnalysis


@dataclass(frozen=True, slots=True, eq=False)
class HeterogeneityMeasures:
    """How much the trials of a meta-analysis differ; ``None`` where a measure is not defined.

    ``birge_ratio`` is √(Q / df); ``h`` the same but not below one, with Higgins and Thompson's
    test-based interval. I² and R_b are percentages: ``i2_q`` is max(0, 1 - df/Q), ``i2_tau2`` is
    τ² / (τ² + typical variance), ``r_b`` the mean of τ² / (τ² + vᵢ). The interval of ``i2_q`` is that
    of H; that of ``i2_tau2`` that of τ²; that of ``r_b`` Wald's, for DerSimonian and Laird's τ²
    above zero.
    """

    k: int
    q: float
    df: int
    p: float | None
    birge_ratio: float
    h: float
    h_ci: tuple[float, float] | None
    i2_q: float | None
    i2_q_ci: tuple[float, float] | None
    typical_variance: float
    tau2: float | None
    tau2_ci: tuple[float, float] | None
    i2_tau2: float | None
    i2_tau2_ci: tuple[float, float] | None
    r_b: float | None
    r_b_ci: tuple[float, float] | None
    level: float

    def to_dict(self) -> dict[str, Any]:
        """Return strict JSON data."""
        fields = {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(self).items()
        }
        return {"schema_version": SCHEMA_VERSION, "kind": "heterogeneity", **fields}

    def __str__(self) -> str:
        return _text(self)


def heterogeneity_measures(fit: MetaAnalysis) -> HeterogeneityMeasures:
    """Measure how much the trials of ``fit`` differ beyond chance.

    Q is that of ``fit``: around the Mantel-Haenszel estimate where that was pooled. The R calls are
    ``meta::metagen`` (``H``, ``I2``, ``Rb`` and their limits) and ``metafor::confint``. Higgins and
    Thompson 2002, doi:10.1002/sim.1186; Crippa and others 2016, doi:10.1002/sim.6980; Birge 1932,
    doi:10.1103/PhysRev.40.207.

    Raises:
        MethodError: With fewer than two trials that enter Q.
    """
    if fit.q is None or fit.q_df is None:
        raise MethodError(
            "heterogeneity needs two trials that can be compared",
            spec="heterogeneity",
            reason="fewer than two trials",
        )
    level = fit.methods.level
    q, df = np.array([fit.q]), np.array([float(fit.q_df)])
    birge = float(kernel.birge_ratio(q, df)[0])
    h_ci = _pair(*kernel.h_interval(q, df, level))
    batch = _trials(fit)
    return HeterogeneityMeasures(
        k=fit.k,
        q=fit.q,
        df=fit.q_df,
        p=fit.q_p,
        birge_ratio=birge,
        h=max(1.0, birge),
        h_ci=h_ci,
        i2_q=fit.i2_q,
        i2_q_ci=None if h_ci is None else (_share(h_ci[0]), _share(h_ci[1])),
        typical_variance=float(kernel.typical_variance(batch)[0]),
        tau2=fit.tau2,
        tau2_ci=fit.tau2_ci,
        i2_tau2=fit.i2_tau2,
        i2_tau2_ci=fit.i2_ci,
        r_b=None if fit.tau2 is None else float(kernel.r_b(batch, np.array([fit.tau2]))[0]),
        r_b_ci=_r_b_interval(fit, batch),
        level=level,
    )


def _r_b_interval(fit: MetaAnalysis, batch: Batch) -> tuple[float, float] | None:
    """Return the interval of R_b where its derivation holds."""
    if fit.tau2 is None or fit.q is None or fit.methods.tau2 != "DL" or fit.tau2 == 0.0:
        return None
    tau2, q = np.array([fit.tau2]), np.array([fit.q])
    return _pair(*kernel.r_b_interval(batch, tau2, q, fit.methods.level))


def _trials(fit: MetaAnalysis) -> Batch:
    rows = fit.effects.estimable
    return single(fit.effects.yi[rows], fit.effects.vi[rows])


def _share(h: float) -> float:
    """Return I² in percent from H."""
    return 100.0 * (1.0 - 1.0 / h**2)


def _pair(low: Any, high: Any) -> tuple[float, float] | None:
    limits = float(low[0]), float(high[0])
    return limits if all(math.isfinite(limit) for limit in limits) else None


def _text(m: HeterogeneityMeasures) -> str:
    level = f"{100 * m.level:g}%"
    lines = [
        f"Heterogeneity of {m.k} trials ({level} intervals in brackets)",
        f"  Q = {number(m.q)} ({m.df} df), {p_value(m.p)}",
        f"  Birge's ratio √(Q / df) = {number(m.birge_ratio)}; H = {number(m.h)}{_limits(m.h_ci)}",
        f"  I² from Q = {percent(m.i2_q)}{_percents(m.i2_q_ci)}",
    ]
    if m.tau2 is not None:
        lines += [
            f"  I² from τ² = {percent(m.i2_tau2)}{_percents(m.i2_tau2_ci)}",
            f"  R_b = {percent(m.r_b)}{_percents(m.r_b_ci)}",
        ]
    return "\n".join(lines)


def _limits(pair: tuple[float, float] | None) -> str:
    return "" if pair is None else f" ({interval(*(number(x) for x in pair))})"


def _percents(pair: tuple[float, float] | None) -> str:
    return "" if pair is None else f" ({interval(*(percent(x) for x in pair))})"
