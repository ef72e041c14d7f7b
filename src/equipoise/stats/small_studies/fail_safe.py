"""Fail-safe N: how many unseen null trials would undo a result."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy import special

from equipoise.errors import MethodError
from equipoise.kernels.batches import Floats, single
from equipoise.kernels.inverse_variance import weighted_mean
from equipoise.stats.effects.effect_sizes import SCHEMA_VERSION
from equipoise.stats.notes import Note
from equipoise.stats.options import check_fraction
from equipoise.stats.small_studies._common import (
    FailSafeKind,
    cautions,
    check_choice,
    check_null,
    legacy,
    trials_of,
)

if TYPE_CHECKING:
    from equipoise.stats.results import MetaAnalysis

_ROUNDING: Final = 1e-12
"""A share by which rounding may lift a whole number above itself."""


@dataclass(frozen=True, slots=True, eq=False)
class FailSafeN:
    """How many null trials it takes, ``n``, rounded up.

    ``alpha`` is the level at which the result would no longer be significant (one-sided for
    Rosenthal, else two-sided); ``target`` is Orwin's mean, on the analysis scale.
    """

    fit: MetaAnalysis
    kind: FailSafeKind
    k: int
    n: int
    alpha: float | None
    target: float | None
    caution: tuple[Note, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return strict JSON data."""
        names = ("k", "n", "alpha", "target")
        return {
            "schema_version": SCHEMA_VERSION,
            "kind": "fail-safe-n",
            "fail_safe_kind": self.kind,
            **{name: getattr(self, name) for name in names},
            "caution": [note.to_dict() for note in self.caution],
        }

    def __str__(self) -> str:
        goal = (
            f"to bring the mean effect to {self.target:.4g} on the analysis scale"
            if self.kind == "Orwin"
            else f"for p above {self.alpha:g}"
        )
        lines = [f"{self.kind}'s fail-safe N" if self.kind != "General" else "General fail-safe N"]
        lines.append(f"  Trials without effect needed {goal}: {self.n}; k = {self.k}")
        return "\n".join([*lines, *(f"  Caution: {note.text}" for note in self.caution)])


def fail_safe_n(
    fit: MetaAnalysis,
    kind: FailSafeKind = "Rosenthal",
    *,
    alpha: float = 0.05,
    target: float | None = None,
    weighted: bool = False,
) -> FailSafeN:
    r"""Return how many null trials would undo the result.

    - ``Rosenthal``: until the sum of z-values over the root of their number is no longer significant
      one-sided: :math:`(\sum z)^2 / z_\alpha^2 - k`. Rosenthal 1979,
      doi:10.1037/0033-2909.86.3.638.
    - ``Orwin``: until the mean effect is ``target`` (half of it unless told otherwise):
      :math:`k (\bar y - t) / t`. ``weighted`` takes the inverse-variance mean, and null trials of
      average weight. Orwin 1983, doi:10.3102/10769986008002157.
    - ``Rosenberg``: until the common effect is no longer significant, null trials being of average
      weight: :math:`k ((Z / z_{\alpha/2})^2 - 1)`. Rosenberg 2005,
      doi:10.1111/j.0014-3820.2005.tb01004.x.
    - ``General``: as Rosenberg's with the weights of ``fit``, its τ² kept.

    The R call is ``metafor::fsn(yi, vi, type = )``.

    Raises:
        DataError: If there are fewer than three trials.
        MethodError: For measures without a value of no effect; for a ``target`` not between zero
            and the mean.
    """
    check_choice("kind", kind)
    check_fraction("alpha", alpha)
    check_null(fit, "fail-safe N")
    yi, vi = trials_of(fit)
    if kind == "Orwin":
        number, target = _orwin(yi, vi, target, weighted=weighted)
    else:
        _refuse_orwins(kind, target, weighted=weighted)
        number = _COUNTS[kind](fit, yi, vi, alpha)
    return FailSafeN(
        fit=fit,
        kind=kind,
        k=yi.size,
        n=max(0, math.ceil(number * (1.0 - _ROUNDING))),
        alpha=None if kind == "Orwin" else alpha,
        target=target,
        caution=(legacy("fail-safe N"), *cautions(fit, yi.size, of_asymmetry=False)),
    )


def _rosenthal(_fit: MetaAnalysis, yi: Floats, vi: Floats, alpha: float) -> float:
    z = (yi / np.sqrt(vi)).sum()
    return float((z / special.ndtri(alpha)) ** 2 - yi.size)


def _rosenberg(_fit: MetaAnalysis, yi: Floats, vi: Floats, alpha: float) -> float:
    return _of_mean(yi, vi, 0.0, alpha)


def _general(fit: MetaAnalysis, yi: Floats, vi: Floats, alpha: float) -> float:
    return _of_mean(yi, vi, fit.tau2 or 0.0, alpha)


def _of_mean(yi: Floats, vi: Floats, tau2: float, alpha: float) -> float:
    """Null trials of average weight divide both the mean and its squared error by 1 + N / k."""
    mean = weighted_mean(single(yi, vi), np.array([tau2]))
    z = mean.estimate[0] / mean.se[0]
    return float(yi.size * ((z / special.ndtri(alpha / 2.0)) ** 2 - 1.0))


_COUNTS: Final[dict[str, Callable[[MetaAnalysis, Floats, Floats, float], float]]] = {
    "Rosenthal": _rosenthal, "Rosenberg": _rosenberg, "General": _general,
}  # fmt: skip


def _orwin(yi: Floats, vi: Floats, target: float | None, *, weighted: bool) -> tuple[float, float]:
    weights = 1.0 / vi if weighted else np.ones(yi.size)
    mean = float((weights * yi).sum() / weights.sum())
    goal = mean / 2.0 if target is None else float(target)
    if mean == 0.0 or not 0.0 < goal / mean <= 1.0:
        raise MethodError(
            f"target must lie between zero and the mean effect {mean:.4g}, not {goal:.4g}; null "
            "trials only bring it towards zero",
            spec=f"target={target!r}",
            reason="cannot be reached",
        )
    return yi.size * (mean - goal) / goal, goal


def _refuse_orwins(kind: str, target: float | None, *, weighted: bool) -> None:
    if target is not None or weighted:
        raise MethodError(
            f"target and weighted belong to kind='Orwin', not to {kind!r}",
            spec=f"kind={kind}",
            reason="the option does not apply",
        )
