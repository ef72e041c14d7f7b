"""Two-by-two tables from their margins and one number more.

``n_1`` and ``n_2`` are the arms, ``events`` those of both arms together. Functions return the
events of arm 1 before rounding; everything else follows from the margins. Bonett 2007,
doi:10.1037/0003-066X.62.3.254; Di Pietrantonj 2006, doi:10.1002/sim.2287. The R call for odds ratios,
phi and χ² is ``metafor::conv.2x2``.
"""

from __future__ import annotations

import numpy as np

from equipoise.kernels.batches import Bools, Floats


def events_from_odds_ratio(odds_ratio: Floats, n_1: Floats, n_2: Floats, events: Floats) -> Floats:
    """Return the one number of events in arm 1 that gives the odds ratio with these margins.

    The root of (1 − ψ) a² + (n₂ − m + ψ (n₁ + m)) a − ψ n₁ m between the limits the margins set;
    in each case the form of the root that does not subtract like numbers.
    """
    linear = n_2 - events + odds_ratio * (n_1 + events)
    constant = odds_ratio * n_1 * events
    inner = np.sqrt(np.maximum(linear**2 + 4.0 * (1.0 - odds_ratio) * constant, 0.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        by_sum = 2.0 * constant / (linear + inner)
        by_difference = (inner - linear) / (2.0 * (1.0 - odds_ratio))
        return np.where(linear >= 0.0, by_sum, by_difference)


def events_from_phi(phi: Floats, n_1: Floats, n_2: Floats, events: Floats) -> Floats:
    """Return the events in arm 1 under a phi coefficient: (n₁ m + φ √(product of margins)) / N."""
    total = n_1 + n_2
    return (n_1 * events + phi * np.sqrt(n_1 * n_2 * events * (total - events))) / total


def phi_from_chi2(
    chi2: Floats, sign: Floats, n_1: Floats, n_2: Floats, events: Floats, *, yates: bool
) -> Floats:
    """Return φ = ±√(χ²/N), with Yates' correction undone: plus N / (2 √(product of margins)).

    A corrected χ² of zero stands for any table within half a count of independence; φ is then taken
    as zero.
    """
    total = n_1 + n_2
    size = np.sqrt(chi2 / total)
    if yates:
        with np.errstate(divide="ignore", invalid="ignore"):
            undone = total / (2.0 * np.sqrt(n_1 * n_2 * events * (total - events)))
        size = np.where(chi2 > 0.0, size + undone, 0.0)
    return np.sign(sign) * size


def ill_people(n: Floats, prevalence: Floats) -> Floats:
    """Return how many of ``n`` people have the condition."""
    return n * prevalence


def prevalence_from_ppv(sensitivity: Floats, specificity: Floats, ppv: Floats) -> Floats:
    """Return the prevalence behind a positive predictive value, by Bayes' rule turned round."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ill = ppv * (1.0 - specificity)
        return ill / (ill + (1.0 - ppv) * sensitivity)


def prevalence_from_npv(sensitivity: Floats, specificity: Floats, npv: Floats) -> Floats:
    """Return the prevalence behind a negative predictive value, by Bayes' rule turned round."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ill = (1.0 - npv) * specificity
        return ill / (ill + npv * (1.0 - sensitivity))


def possible(events_1: Floats, n_1: Floats, n_2: Floats, events: Floats) -> Bools:
    """Return where four counts of zero or more result."""
    with np.errstate(invalid="ignore"):
        low, high = np.maximum(0.0, events - n_2), np.minimum(n_1, events)
        return np.asarray((events_1 >= low) & (events_1 <= high), dtype=np.bool_)
