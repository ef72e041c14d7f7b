"""One between-study variance for all subgroups: the regression of effects on groups."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np

from equipoise.errors import MethodError
from equipoise.kernels import regression_tests
from equipoise.kernels.distributions import chi2_upper
from equipoise.kernels.heterogeneity import i2_from_q
from equipoise.stats import printing
from equipoise.stats.effects.effect_sizes import EffectSizes
from equipoise.stats.moderators.engine import block, check_converged, fit_rows
from equipoise.stats.moderators.linear import JointTest, joint_test, plain
from equipoise.stats.moderators.options import RegressionOptions, RegressionTau2
from equipoise.stats.notes import Note
from equipoise.stats.presets import MethodSpec
from equipoise.stats.small_studies._common import RegressionCi

_ESTIMATOR: Final[dict[str, RegressionTau2]] = {
    "REML": "REML", "ML": "ML", "DL": "DL", "PM": "PM", "EB": "PM", "DLIT": "PM", "SJIT": "PM",
    "HE": "HE", "HS": "HS", "HSk": "HSk", "SJ": "SJ", "fixed": "fixed",
}  # fmt: skip
_CI: Final[dict[str, RegressionCi]] = {
    "wald": "wald", "t": "t", "hksj": "hksj", "hksj-floor": "hksj-floor",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CommonVariance:
    """The variance within all subgroups together, and the tests of their difference at it.

    ``q`` with ``df`` is Q between the subgroups (chi-square); ``f`` the test by Knapp and Hartung or
    by t, ``None`` for Wald intervals. Tests are ``None`` with fewer than two subgroups.
    """

    tau2: float
    tau2_method: str
    q: float | None
    df: int | None
    p: float | None
    i2: float | None
    f: JointTest | None
    notes: tuple[Note, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return strict JSON data."""
        test = None if self.f is None else self.f.to_dict()
        notes = [note.to_dict() for note in self.notes]
        return asdict(self) | {"f": test, "notes": notes}

    def __str__(self) -> str:
        shown = printing.number(self.tau2, printing.decimals(self.tau2))
        lines = [f"  Subgroups share one τ² = {shown}"]
        if self.f is not None:
            found, p = printing.number(self.f.statistic), printing.p_value(self.f.p)
            lines.append(
                f"  Test by the regression on groups: F = {found} "
                f"({self.f.df} and {self.f.df2 or math.inf:g} df), {p}"
            )
        return "\n".join(lines)


def common_variance(
    effects: EffectSizes, groups: Sequence[str | None], spec: MethodSpec
) -> CommonVariance:
    """Estimate one between-study variance around the means of all groups, and test the groups.

    Raises:
        MethodError: For methods without such a regression, or without a trial to spare.
    """
    options = _options(spec)
    known = np.array([group is not None for group in groups], dtype=np.bool_)
    rows = np.flatnonzero(effects.estimable & known)
    names = list(dict.fromkeys(groups[row] for row in rows.tolist()))
    if rows.size <= len(names):
        raise MethodError(
            f"{rows.size} estimable trials in {len(names)} subgroups leave nothing to estimate a "
            "common tau2 from",
            spec="common_tau2",
            reason="a trial a subgroup",
        )
    member = np.array([[groups[row] == name for name in names] for row in rows.tolist()])
    columns = member.astype(np.float64)
    columns[:, 0] = 1.0  # an intercept, so that effects far from zero keep their digits
    batch, design = block(
        effects.yi[rows][None], effects.vi[rows][None], columns[None], intercept=True
    )
    found = fit_rows(batch, design, options)
    check_converged(found.between, options.tau2)
    tau2, which = float(found.between.tau2[0]), np.arange(1, len(names))
    if which.size == 0:
        note = Note("no-test", "a test needs two subgroups that can be estimated")
        return CommonVariance(tau2, str(spec.tau2), None, None, None, None, None, (note,))
    q = regression_tests.subset(
        found.fit.coefficients, found.fit.covariance, which, np.array([np.inf])
    ).statistic
    df = np.array([float(which.size)])
    return CommonVariance(
        tau2=tau2,
        tau2_method=str(spec.tau2),
        q=plain(q[0]),
        df=int(which.size),
        p=plain(chi2_upper(q, df)[0]),
        i2=plain(i2_from_q(q, df)[0]),
        f=_f_test(found.fit.coefficients, found.fit.covariance * found.scale[0], found.df, which),
    )


def _f_test(coefficients: Any, covariance: Any, df: Any, which: Any) -> JointTest | None:
    if not math.isfinite(df[0]):
        return None
    tested = regression_tests.subset(coefficients, covariance, which, df)
    return joint_test(("subgroups",), tested)


def _options(spec: MethodSpec) -> RegressionOptions:
    if spec.model != "random" or spec.method != "IV":
        raise _undefined("a common tau2 goes with random effects and inverse variance")
    estimator = _ESTIMATOR.get(str(spec.tau2))
    if estimator is None:
        raise _undefined(f"tau2={spec.tau2!r} has no form for subgroups; use tau2='REML'")
    ci = _CI.get(spec.ci)
    if ci is None:
        raise _undefined(f"ci={spec.ci!r} has no form for a common tau2; use ci='hksj'")
    return RegressionOptions("random", estimator, spec.tau2_value, ci, "none", spec.level)


def _undefined(reason: str) -> MethodError:
    return MethodError(reason, spec="common_tau2=True", reason="not defined for these methods")
