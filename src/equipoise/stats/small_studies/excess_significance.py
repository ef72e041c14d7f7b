"""Whether more trials are significant than their power explains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import special

from equipoise.kernels.batches import Floats, single
from equipoise.kernels.distributions import normal_critical
from equipoise.kernels.inverse_variance import weighted_mean
from equipoise.stats import printing
from equipoise.stats.effects.effect_sizes import SCHEMA_VERSION
from equipoise.stats.notes import Note
from equipoise.stats.options import check_fraction
from equipoise.stats.small_studies._common import (
    ExcessTest,
    cautions,
    check_choice,
    check_null,
    trials_of,
)

if TYPE_CHECKING:
    from equipoise.stats.results import MetaAnalysis


@dataclass(frozen=True, slots=True, eq=False)
class ExcessSignificance:
    """Significant trials, ``observed`` and ``expected``, and a one-sided p-value for an excess.

    ``power`` of the estimable trials, in their order, to detect ``theta`` (the common effect on the
    analysis scale) at the two-sided level ``alpha``.
    """

    fit: MetaAnalysis
    test: ExcessTest
    k: int
    observed: int
    expected: float
    p: float | None
    theta: float
    alpha: float
    power: tuple[float, ...]
    caution: tuple[Note, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return strict JSON data."""
        names = ("test", "k", "observed", "expected", "p", "theta", "alpha")
        return {
            "schema_version": SCHEMA_VERSION,
            "kind": "excess-significance",
            **{name: getattr(self, name) for name in names},
            "power": list(self.power),
            "caution": [note.to_dict() for note in self.caution],
        }

    def __str__(self) -> str:
        found = f"  Significant trials: {self.observed} of {self.k}"
        lines = [
            f"Test of excess significance ({'exact' if self.test == 'exact' else 'chi-squared'})",
            f"{found}; {printing.number(self.expected)} expected; {printing.p_value(self.p)}",
        ]
        return "\n".join([*lines, *(f"  Caution: {note.text}" for note in self.caution)])


def excess_significance(
    fit: MetaAnalysis, test: ExcessTest = "exact", *, alpha: float = 0.05
) -> ExcessSignificance:
    r"""Compare the number of significant trials with the sum of the trials' power.

    The true effect is taken to be the common-effect mean in every trial. ``exact`` sums the
    distribution of the number of successes with unequal chances; ``chi2`` is the one-sided
    chi-squared test of :math:`O` among ``k`` with the mean power as chance. R takes the exact test
    where it can list all combinations, and otherwise ``chi2``; here it is a convolution, which is
    always possible. The R call is ``metafor::tes(yi, vi, test = )``. Ioannidis and Trikalinos 2007,
    doi:10.1177/1740774507079441.

    Raises:
        DataError: If there are fewer than three trials.
        MethodError: For measures without a value of no effect.
    """
    check_choice("excess_test", test)
    check_fraction("alpha", alpha)
    check_null(fit, "the test of excess significance")
    yi, vi = trials_of(fit)
    theta = float(weighted_mean(single(yi, vi), np.zeros(1)).estimate[0])
    critical = normal_critical(1.0 - alpha)
    power = _power(theta, np.sqrt(vi), critical)
    observed = int(np.count_nonzero(np.abs(yi) >= critical * np.sqrt(vi)))
    p = _exact(power, observed) if test == "exact" else _chi2(power, observed)
    return ExcessSignificance(
        fit=fit,
        test=test,
        k=yi.size,
        observed=observed,
        expected=float(power.sum()),
        p=p,
        theta=theta,
        alpha=alpha,
        power=tuple(power.tolist()),
        caution=(_one_effect(), *cautions(fit, yi.size, of_asymmetry=True)),
    )


def _power(theta: float, sei: Floats, critical: float) -> Floats:
    shift = theta / sei
    both = special.ndtr(shift - critical) + special.ndtr(-shift - critical)
    return np.asarray(both, dtype=np.float64)


def _exact(power: Floats, observed: int) -> float:
    """Return the chance of so many significant trials, or more."""
    chances = np.ones(1)
    for p in power:
        chances = np.convolve(chances, [1.0 - p, p])
    return float(min(1.0, chances[observed:].sum()))


def _chi2(power: Floats, observed: int) -> float | None:
    expected, k = float(power.sum()), power.size
    spread = expected * (1.0 - expected / k)
    if spread <= 0.0:
        return None
    return float(special.ndtr(-(observed - expected) / np.sqrt(spread)))


def _one_effect() -> Note:
    text = (
        "the power supposes one true effect in all trials; where it differs, an excess or a lack "
        "of significant trials says little about missing ones"
    )
    return Note("one-true-effect", text)
