"""Effect sizes from changes since baseline, final values, or some of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

import numpy as np

from equipoise.errors import DataError, MethodError
from equipoise.kernels.batches import Bools, Floats
from equipoise.kernels.effects import change_scores as kernel
from equipoise.kernels.effects.crossover import implied_correlation as implied
from equipoise.kernels.effects.two_means import Groups
from equipoise.stats.effects._design_rows import (
    Rows,
    check_assumed,
    check_between,
    close_rows,
    column,
    fill_from_effect_sizes,
    open_rows,
)
from equipoise.stats.effects._effect_rules import check_sign
from equipoise.stats.effects.effect_table import EffectSizes
from equipoise.stats.options import SmdVariance, check_option, check_word

ChangeMeasure = Literal["MD", "SMD"]
ChangeAnalysis = Literal["change", "final"]
"""What a row that reports both is analysed by; a row that reports one is analysed by that."""

Standardiser = Literal["own", "final"]
"""The SD a standardised difference is in: that of the scores analysed, or of the final values."""

_ROUTES: Final = ("change-reported", "change-r", "change-assumed-r", "final-values")
_WITHOUT: Final = (
    "it has neither final values with standard deviations nor changes with theirs; a correlation or "
    "assumed_r would give the SD of changes"
)
_ONE: Final = 1.0 + 1e-9


def change_score_effects(
    measure: ChangeMeasure,
    *,
    data: Any = None,
    study: Any = None,
    n_1: Any,
    n_2: Any,
    baseline_mean_1: Any = None,
    baseline_sd_1: Any = None,
    baseline_mean_2: Any = None,
    baseline_sd_2: Any = None,
    final_mean_1: Any = None,
    final_sd_1: Any = None,
    final_mean_2: Any = None,
    final_sd_2: Any = None,
    change_mean_1: Any = None,
    change_sd_1: Any = None,
    change_mean_2: Any = None,
    change_sd_2: Any = None,
    r_1: Any = None,
    r_2: Any = None,
    assumed_r: float | None = None,
    analysis: ChangeAnalysis = "change",
    standardiser: Standardiser = "own",
    smd_variance: SmdVariance = "hedges-ls",
) -> EffectSizes:
    """Compute differences between two groups in change from baseline or in final values.

    A row may leave any cell but ``n_1`` and ``n_2`` empty. Mean changes are taken as reported, else
    as final less baseline. The SD of changes is taken as reported, else it is
    √(s_b² + s_f² − 2 r s_b s_f) with ``r_1`` and ``r_2`` or ``assumed_r`` (Cochrane Handbook
    6.5.2.8). Where an arm reports all three SDs, the correlation they imply is in the result's
    columns, and a row in which it is impossible is refused.

    Mean differences of changes and of final values estimate the same effect in a randomised trial
    and may be pooled together (Handbook 10.5.2). Standardised ones may not: they are in different
    units. With ``standardiser="final"`` changes are put in units of the final values' SD too. In R:
    ``metafor::escalc`` with ``"MD"`` or ``"SMD"`` on the numbers of this result's columns.

    Args:
        measure: ``MD`` or ``SMD``.
        data: The table that column names refer to.
        study: Labels; numbered from 1 if not given.
        n_1: Participants in arm 1.
        n_2: Participants in arm 2.
        baseline_mean_1: Mean at baseline in arm 1.
        baseline_sd_1: Standard deviation at baseline in arm 1.
        baseline_mean_2: Mean at baseline in arm 2.
        baseline_sd_2: Standard deviation at baseline in arm 2.
        final_mean_1: Mean final value in arm 1.
        final_sd_1: Standard deviation of final values in arm 1.
        final_mean_2: Mean final value in arm 2.
        final_sd_2: Standard deviation of final values in arm 2.
        change_mean_1: Mean change (final less baseline) in arm 1.
        change_sd_1: Standard deviation of changes in arm 1.
        change_mean_2: Mean change in arm 2.
        change_sd_2: Standard deviation of changes in arm 2.
        r_1: Correlation of baseline and final values in arm 1.
        r_2: That in arm 2.
        assumed_r: The correlation of arms that report neither it nor the SD of changes.
        analysis: ``change`` or ``final``: what is preferred where a row has both.
        standardiser: ``own`` or ``final``.
        smd_variance: How the standardised mean difference's variance is computed.

    Raises:
        DataError: For numbers that cannot be what they claim, all rows at once.
        MethodError: For an option that does not exist; for standardised differences of changes and
            of final values in one table with ``standardiser="own"``.

    Example:
        >>> trials = change_score_effects(
        ...     "MD", n_1=[50], n_2=[50], baseline_sd_1=[10], baseline_sd_2=[10], final_sd_1=[8],
        ...     final_sd_2=[8], change_mean_1=[-6], change_mean_2=[-2], assumed_r=0.5,
        ... )
        >>> round(float(trials.columns["sd_1"][0]), 3)
        9.165
    """
    check_word("measure", measure, get_args(ChangeMeasure))
    check_word("analysis", analysis, get_args(ChangeAnalysis))
    check_word("standardiser", standardiser, get_args(Standardiser))
    check_option("smd_variance", smd_variance)
    check_assumed("assumed_r", assumed_r, -1.0, 1.0)
    given = {
        "n_1": n_1, "n_2": n_2, "baseline_mean_1": baseline_mean_1,
        "baseline_sd_1": baseline_sd_1, "baseline_mean_2": baseline_mean_2,
        "baseline_sd_2": baseline_sd_2, "final_mean_1": final_mean_1, "final_sd_1": final_sd_1,
        "final_mean_2": final_mean_2, "final_sd_2": final_sd_2, "change_mean_1": change_mean_1,
        "change_sd_1": change_sd_1, "change_mean_2": change_mean_2, "change_sd_2": change_sd_2,
        "r_1": r_1, "r_2": r_2,
    }  # fmt: skip
    rows = open_rows(data, study, given, "give n_1, n_2 and changes or final values")
    _check(rows)
    arms = tuple(_arm(rows, side, assumed_r) for side in ("1", "2"))
    _refuse_impossible(rows, arms)
    routes = _routes(rows, arms, prefer_final=analysis == "final")
    _check_mixture(measure, routes, standardiser)
    used = _fill(rows, measure, arms, routes, standardiser=standardiser, smd_variance=smd_variance)
    options = {"smd_variance": smd_variance} if measure == "SMD" else {}
    return close_rows(
        measure, rows, used=used, options=options, without=_WITHOUT, assumed_r=assumed_r
    )


def change_sd(*, data: Any = None, sd_baseline: Any, sd_final: Any, r: Any) -> Floats:
    """Return the SD of changes from those of baseline and final values and their correlation.

    √(s_b² + s_f² − 2 r s_b s_f). Cochrane Handbook 6.5.2.8. Arguments are sequences, or column
    names of ``data``; ``nan`` where one is missing.

    Raises:
        DataError: For SDs that are not above zero and correlations outside −1 to 1.

    Example:
        >>> [round(float(x), 3) for x in change_sd(sd_baseline=[10], sd_final=[8], r=[0.5])]
        [9.165]
    """
    given = {"sd_baseline": sd_baseline, "sd_final": sd_final, "r": r}
    columns = open_rows(data, None, given, "").columns
    check_sign(columns, "sd_baseline", zero=False)
    check_sign(columns, "sd_final", zero=False)
    check_between(columns, "r", -1.0, 1.0)
    columns.problems.raise_if_any()
    return kernel.change_sd(*(columns.values[name] for name in given))


def implied_correlation(*, data: Any = None, sd_1: Any, sd_2: Any, sd_difference: Any) -> Floats:
    """Return the correlation of two measurements that three standard deviations imply.

    (s₁² + s₂² − s_d²) / (2 s₁ s₂): of baseline and final values with the SD of changes, or of the
    two treatments of a crossover trial with the SD of differences. Use it to borrow a correlation
    from trials that report all three (Cochrane Handbook 6.5.2.8 and 23.2.7.2).

    Raises:
        DataError: For SDs that are not above zero, and for three that cannot belong together.

    Example:
        >>> [round(float(x), 3) for x in implied_correlation(sd_1=[10], sd_2=[8], sd_difference=[9])]
        [0.519]
    """
    given = {"sd_1": sd_1, "sd_2": sd_2, "sd_difference": sd_difference}
    columns = open_rows(data, None, given, "").columns
    check_sign(columns, "sd_1", zero=False)
    check_sign(columns, "sd_2", zero=False)
    check_sign(columns, "sd_difference", zero=True)
    columns.problems.raise_if_any()
    r = implied(*(columns.values[name] for name in given))
    with np.errstate(invalid="ignore"):
        beyond = np.asarray(np.abs(r) > _ONE)
    columns.problems.check(
        beyond, "three SDs of paired measurements", lambda row: _impossible(float(r[row]))
    )
    columns.problems.raise_if_any()
    return np.clip(r, -1.0, 1.0)


def _impossible(r: float) -> str:
    return f"the three SDs imply a correlation of {r:.3g}, which is impossible"


@dataclass(frozen=True, slots=True, eq=False)
class _Arm:
    """One arm's numbers; ``told`` says whose SD of changes was reported, or r with it."""

    n: Floats
    change: Floats
    change_sd: Floats
    final: Floats
    final_sd: Floats
    r: Floats
    implied: Floats
    reported: Bools
    assumed: Bools


def _check(rows: Rows) -> None:
    columns = rows.columns
    missing = [name for name in ("n_1", "n_2") if name not in columns.values]
    if missing:
        raise DataError(f"{' and '.join(missing)} must be given", rule="sizes are given")
    for name in ("n_1", "n_2"):
        gone = columns.missing[name]
        columns.problems.check(
            gone, f"{name} must not be missing", lambda _row: "a size is missing"
        )
    for name in columns.values:
        if name.startswith("n_") or "_sd_" in name:
            check_sign(columns, name, zero=False)
    check_between(columns, "r_1", -1.0, 1.0)
    check_between(columns, "r_2", -1.0, 1.0)
    columns.problems.raise_if_any()


def _arm(rows: Rows, side: str, assumed_r: float | None) -> _Arm:
    def of(name: str) -> Floats:
        return column(rows.columns, f"{name}_{side}")

    told, change, reported = of("r"), of("change_mean"), of("change_sd")
    r = np.where(np.isfinite(told), told, np.nan if assumed_r is None else assumed_r)
    computed = kernel.change_sd(of("baseline_sd"), of("final_sd"), r)
    direct = np.isfinite(reported)
    return _Arm(
        n=of("n"),
        change=np.where(np.isfinite(change), change, of("final_mean") - of("baseline_mean")),
        change_sd=np.where(direct, reported, computed),
        final=of("final_mean"),
        final_sd=of("final_sd"),
        r=np.where(direct, np.nan, r),
        implied=implied(of("baseline_sd"), of("final_sd"), reported),
        reported=direct,
        assumed=~direct & ~np.isfinite(told) & np.isfinite(computed),
    )


def _refuse_impossible(rows: Rows, arms: tuple[_Arm, ...]) -> None:
    for side, arm in enumerate(arms, start=1):
        with np.errstate(invalid="ignore"):
            beyond = np.asarray(np.abs(arm.implied) > _ONE)
        for row in np.flatnonzero(beyond):
            alone = np.arange(beyond.size) == row
            rows.refuse(alone, f"in arm {side} {_impossible(float(arm.implied[row]))}")
        text = f"{{trials}}: the three SDs of arm {side} cannot belong together"
        rows.note("impossible-correlation", text, beyond)


def _routes(rows: Rows, arms: tuple[_Arm, ...], *, prefer_final: bool) -> list[str | None]:
    """Return the way of each open row: its changes or its final values."""
    change = _all([np.isfinite(a.change) & np.isfinite(a.change_sd) for a in arms]) & rows.open
    final = _all([np.isfinite(a.final) & np.isfinite(a.final_sd) for a in arms]) & rows.open
    reported = _all([a.reported for a in arms])
    assumed = ~_all([~a.assumed for a in arms])
    routes: list[str | None] = []
    for row in range(change.size):
        if final[row] and (prefer_final or not change[row]):
            routes.append("final-values")
        elif not change[row]:
            routes.append(None)
        elif reported[row]:
            routes.append("change-reported")
        else:
            routes.append("change-assumed-r" if assumed[row] else "change-r")
    return routes


def _all(conditions: list[Bools]) -> Bools:
    return np.asarray(np.all(conditions, axis=0), dtype=np.bool_)


def _check_mixture(measure: str, routes: list[str | None], standardiser: str) -> None:
    kinds = {route == "final-values" for route in routes if route is not None}
    if measure == "SMD" and standardiser == "own" and len(kinds) > 1:
        raise MethodError(
            "standardised differences of changes and of final values are in different units and "
            "cannot be pooled; use standardiser='final', or measure='MD' if all have one scale",
            spec="measure=SMD, standardiser=own",
            reason="changes and final values have different standard deviations",
        )


def _fill(
    rows: Rows,
    measure: ChangeMeasure,
    arms: tuple[_Arm, ...],
    routes: list[str | None],
    *,
    standardiser: str,
    smd_variance: SmdVariance,
) -> dict[str, Floats]:
    """Compute every row by its route; return the means, SDs and correlations it was computed from."""
    final = np.array([route == "final-values" for route in routes], dtype=np.bool_)
    values = _analysed(arms, final)
    for route in _ROUTES:
        where = np.array([way == route for way in routes], dtype=np.bool_)
        if measure == "SMD" and standardiser == "final" and route != "final-values":
            _fill_by_final_sd(rows, where, arms, route, revman=smd_variance == "revman")
        else:
            fill_from_effect_sizes(rows, where, measure, values, route, smd_variance=smd_variance)
    mixed = final.any() and any(route not in {None, "final-values"} for route in routes)
    if mixed:
        text = "{trials} by changes, the others by final values"
        rows.note(
            "changes-and-final-values",
            text,
            np.array([r not in {None, "final-values"} for r in routes]),
        )
    shown = {
        f"r_{i}": np.where(np.isfinite(a.implied), a.implied, a.r) for i, a in enumerate(arms, 1)
    }
    return values | shown


def _analysed(arms: tuple[_Arm, ...], final: Bools) -> dict[str, Floats]:
    values: dict[str, Floats] = {}
    for side, arm in enumerate(arms, start=1):
        values |= {
            f"mean_{side}": np.where(final, arm.final, arm.change),
            f"sd_{side}": np.where(final, arm.final_sd, arm.change_sd),
            f"n_{side}": arm.n,
        }
    return values


def _fill_by_final_sd(
    rows: Rows, where: Bools, arms: tuple[_Arm, ...], route: str, *, revman: bool
) -> None:
    a, b = arms
    changes = Groups(a.change, a.change_sd, a.n, b.change, b.change_sd, b.n)
    yi, vi = kernel.difference_standardised_by(changes, a.final_sd, b.final_sd, revman=revman)
    without = ~(np.isfinite(a.final_sd) & np.isfinite(b.final_sd))
    rows.refuse(where & without, "the standard deviations of its final values are not known")
    rows.refuse(where & ~np.isfinite(vi), "too few participants to standardise")
    rows.fill(where & rows.open, yi, vi, route)
