"""Events in matched pairs, or in people who had both treatments: tables of pairs.

``both`` counts pairs with an event under either treatment, ``only_1`` and ``only_2`` those with an
event under one, ``neither`` those without. Marginal measures compare the two risks; conditional
ones look only at pairs that differ.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equipoise.kernels.batches import Bools, Floats


@dataclass(frozen=True, slots=True, eq=False)
class PairTables:
    """The four counts of pairs, shape ``(k,)`` each."""

    both: Floats
    only_1: Floats
    only_2: Floats
    neither: Floats

    @property
    def n(self) -> Floats:
        """Number of pairs."""
        return self.both + self.only_1 + self.only_2 + self.neither


def has_empty_cell(t: PairTables) -> Bools:
    """Return which tables have at least one count of zero."""
    zero = (t.both == 0) | (t.only_1 == 0) | (t.only_2 == 0) | (t.neither == 0)
    return np.asarray(zero, dtype=np.bool_)


def corrected_pairs(t: PairTables, where: Bools, add: float) -> PairTables:
    """Add to all four counts of the tables in ``where``."""
    more = np.where(where, add, 0.0)
    return PairTables(t.both + more, t.only_1 + more, t.only_2 + more, t.neither + more)


def paired_risk_difference(t: PairTables) -> tuple[Floats, Floats]:
    """Return (b − c)/n and its variance (b + c − (b − c)²/n)/n²; the R call is ``escalc("MPRD")``.

    b is ``only_1``, c ``only_2``. Newcombe 1998,
    doi:10.1002/(SICI)1097-0258(19981130)17:22<2635::AID-SIM954>3.0.CO;2-C.
    """
    difference = t.only_1 - t.only_2
    return difference / t.n, (t.only_1 + t.only_2 - difference**2 / t.n) / t.n**2


def paired_log_risk_ratio(t: PairTables) -> tuple[Floats, Floats]:
    """Return the log ratio of the marginal risks and its variance; the R call is ``escalc("MPRR")``.

    log((a + b)/(a + c)) with variance (b + c)/((a + b)(a + c)). Zou 2007,
    doi:10.1177/1740774506075667.
    """
    first, second = t.both + t.only_1, t.both + t.only_2
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log(first / second), (t.only_1 + t.only_2) / (first * second)


def paired_log_odds_ratio(t: PairTables) -> tuple[Floats, Floats]:
    """Return the log ratio of the marginal odds and its variance.

    The variance is the delta method's with the pairs' dependence, the variance of a pair's
    difference over n p₁ (1 − p₁) p₂ (1 − p₂): Woolf's of both margins less twice their covariance.
    The R call is ``escalc("MPOR")``. Becker and Balagtas 1993, doi:10.2307/2532242.
    """
    event_1, event_2 = t.both + t.only_1, t.both + t.only_2
    none_1, none_2 = t.only_2 + t.neither, t.only_1 + t.neither
    with np.errstate(divide="ignore", invalid="ignore"):
        yi = np.log(event_1 / none_1) - np.log(event_2 / none_2)
        spread = t.only_1 + t.only_2 - (t.only_1 - t.only_2) ** 2 / t.n
        vi = spread / event_1 / none_1 * (t.n / event_2) * (t.n / none_2)
    return yi, vi


def conditional_log_odds_ratio(t: PairTables) -> tuple[Floats, Floats]:
    """Return log(b/c) and its variance 1/b + 1/c; the R call is ``escalc("MPORC")``.

    Curtin, Elbourne and Altman 2002, doi:10.1002/sim.1206.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log(t.only_1 / t.only_2), 1.0 / t.only_1 + 1.0 / t.only_2


def conditional_log_peto(t: PairTables) -> tuple[Floats, Floats]:
    """Return Peto's conditional log odds ratio 2(b − c)/(b + c) and its variance 4/(b + c).

    Observed minus expected is (b − c)/2, its variance (b + c)/4. The R call is
    ``escalc("MPPETO")``. Curtin, Elbourne and Altman 2002, doi:10.1002/sim.1206.
    """
    differing = t.only_1 + t.only_2
    safe = np.where(differing > 0.0, differing, np.nan)
    return 2.0 * (t.only_1 - t.only_2) / safe, 4.0 / safe
