"""What the reference says, and what the naive engine says where R stopped a step early."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from differential import naive, naive_effects
from differential.naive_distributions import Real, mpf
from differential.naive_effects import Effect
from reference.load import Case

STOPPED_EARLY = frozenset(
    {
        ("greenland1992/GEN", "ML"),
        ("greenland1992/GEN", "REML"),
        ("hart1999/IRD", "REML"),
        ("graves2010/RD", "PM"),
        ("graves2010/RD", "REML"),
        ("graves2010/RD", "ML"),
        ("nielweise2007/RD", "REML"),
        ("nielweise2007/RD", "ML"),
        ("quan2000/RD", "PM"),
        ("quan2000/RD", "REML"),
    }
)
"""Fits with τ² of order 1e-7 to 1e-4, where R's absolute stopping rule (a step of 1e-12) leaves a
relative error above 1e-9. Everything that follows from τ² is expected at the exact τ² there."""


def naive_effects_of(case: Case) -> Sequence[Effect | None]:
    """Compute a case's effects by the textbook, as ``escalc`` is told to by default."""
    if case.measure in ("RR", "OR", "RD", "PETO"):
        return naive_effects.binary(case.measure, case.rows, double_zero="keep")
    if case.measure == "MD":
        return [naive_effects.mean_difference(row) for row in case.rows]
    if case.measure == "SMD":
        return [
            naive_effects.standardised_mean_difference(row, variant="hedges-ls")
            for row in case.rows
        ]
    if case.measure == "GEN":
        return [(mpf(yi), mpf(vi)) for yi, vi in case.rows]
    one = naive_effects.rate_ratio if case.measure == "IRR" else naive_effects.rate_difference
    return [one(row) for row in case.rows]


@cache
def exact_tau2(case: Case, method: str) -> Real:
    """Give τ² to full precision."""
    effects = [effect for effect in naive_effects_of(case) if effect is not None]
    return naive.estimate_tau2(method, [e[0] for e in effects], [e[1] for e in effects])


def exact_fit(case: Case, method: str, ci: str) -> naive.Fit:
    """Give the fit at the exact τ²."""
    effects = [effect for effect in naive_effects_of(case) if effect is not None]
    return naive.pool(effects, tau2=method, ci=ci, tau2_value=exact_tau2(case, method))
