"""Effect sizes of two-by-two tables: risk ratio, odds ratio, risk difference, Peto's odds ratio.

A table is ``a`` events among ``n1`` and ``c`` events among ``n2``; ``b`` and ``d`` are those
without an event. Counts may be fractions (after an adjustment for clustering).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equipoise.kernels.batches import Bools, Floats


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """The four cells of each study's table, shape ``(k,)`` each."""

    a: Floats
    b: Floats
    c: Floats
    d: Floats

    @property
    def n1(self) -> Floats:
        """Participants in arm 1."""
        return self.a + self.b

    @property
    def n2(self) -> Floats:
        """Participants in arm 2."""
        return self.c + self.d

    @property
    def n(self) -> Floats:
        """Participants in both arms."""
        return self.n1 + self.n2


def tables(events_1: Floats, n_1: Floats, events_2: Floats, n_2: Floats) -> Tables:
    """Lay out events and arm sizes as tables."""
    return Tables(events_1, n_1 - events_1, events_2, n_2 - events_2)


def has_zero(t: Tables) -> Bools:
    """Return which tables have at least one empty cell."""
    return np.asarray((t.a == 0) | (t.b == 0) | (t.c == 0) | (t.d == 0), dtype=np.bool_)


def without_events(t: Tables) -> Bools:
    """Return which tables have no event in either arm."""
    return np.asarray((t.a == 0) & (t.c == 0), dtype=np.bool_)


def only_events(t: Tables) -> Bools:
    """Return which tables have nothing but events in both arms."""
    return np.asarray((t.b == 0) & (t.d == 0), dtype=np.bool_)


def corrected(t: Tables, where: Bools, add: float, *, reciprocal: bool = False) -> Tables:
    """Add to all four cells of the tables in ``where``.

    ``add`` goes to each cell; with ``reciprocal`` each arm instead gets its share of ``2 add``,
    its own size over both (so with ``add = 0.5`` the two sum to one): the reciprocal of the opposite
    arm's size up to a constant. Sweeting, Sutton and Lambert 2004, doi:10.1002/sim.1761.
    """
    first = 2.0 * add * t.n1 / t.n if reciprocal else np.full(t.a.shape, add)
    second = 2.0 * add * t.n2 / t.n if reciprocal else np.full(t.a.shape, add)
    x, y = np.where(where, first, 0.0), np.where(where, second, 0.0)
    return Tables(t.a + x, t.b + x, t.c + y, t.d + y)


def log_risk_ratio(t: Tables) -> tuple[Floats, Floats]:
    """Return the log risk ratio and its large-sample variance; the R call is ``escalc("RR")``."""
    with np.errstate(divide="ignore", invalid="ignore"):
        yi = np.log(t.a) - np.log(t.n1) - np.log(t.c) + np.log(t.n2)
        vi = t.b / (t.a * t.n1) + t.d / (t.c * t.n2)
    return yi, vi


def log_odds_ratio(t: Tables) -> tuple[Floats, Floats]:
    """Return the log odds ratio and Woolf's variance; the R call is ``escalc("OR")``."""
    with np.errstate(divide="ignore", invalid="ignore"):
        yi = np.log(t.a) - np.log(t.b) - np.log(t.c) + np.log(t.d)
        vi = 1.0 / t.a + 1.0 / t.b + 1.0 / t.c + 1.0 / t.d
    return yi, vi


def risk_difference(t: Tables) -> tuple[Floats, Floats]:
    """Return the risk difference and its variance; the R call is ``escalc("RD")``."""
    n1, n2 = t.n1, t.n2
    return t.a / n1 - t.c / n2, t.a * t.b / n1**3 + t.c * t.d / n2**3


def observed_minus_expected(t: Tables) -> tuple[Floats, Floats]:
    """Return O - E of the events in arm 1 and its hypergeometric variance.

    Yusuf et al. 1985, doi:10.1016/S0033-0620(85)80003-7.
    """
    n, events = t.n, t.a + t.c
    expected = events * t.n1 / n
    variance = t.n1 * t.n2 * events * (t.b + t.d) / (n * n * np.maximum(n - 1.0, 1.0))
    return t.a - expected, variance


def log_peto(o_minus_e: Floats, variance: Floats) -> tuple[Floats, Floats]:
    """Return Peto's log odds ratio (O - E) / V and its variance 1 / V; ``nan`` where V is zero."""
    informative = variance > 0.0
    safe = np.where(informative, variance, np.nan)
    return o_minus_e / safe, 1.0 / safe
