"""Incidence rates of single groups, and the square-root difference of two."""

from __future__ import annotations

import numpy as np

from equipoise.kernels.batches import Floats
from equipoise.kernels.effects.rates import Rates


def rate(events: Floats, time: Floats) -> tuple[Floats, Floats]:
    """Return the rate x/t and its variance x/t²; the R call is ``escalc("IR")``."""
    return events / time, events / time**2


def log_rate(events: Floats, time: Floats) -> tuple[Floats, Floats]:
    """Return the log rate and its variance 1/x; the R call is ``escalc("IRLN")``."""
    with np.errstate(divide="ignore"):
        return np.log(events / time), 1.0 / events


def root_rate(events: Floats, time: Floats) -> tuple[Floats, Floats]:
    """Return √(x/t) and its variance 1/(4t); the R call is ``escalc("IRS")``."""
    return np.sqrt(events / time), 0.25 / time


def freeman_tukey_rate(events: Floats, time: Floats) -> tuple[Floats, Floats]:
    """Return ½ (√(x/t) + √((x+1)/t)) and its variance 1/(4t); the R call is ``escalc("IRFT")``.

    Freeman and Tukey 1950, doi:10.1214/aoms/1177729756.
    """
    return (np.sqrt(events / time) + np.sqrt((events + 1.0) / time)) / 2.0, 0.25 / time


def root_rate_difference(r: Rates) -> tuple[Floats, Floats]:
    """Return √(x₁/t₁) − √(x₂/t₂) and its variance 1/(4t₁) + 1/(4t₂).

    Needs no correction for arms without events. The R call is ``escalc("IRSD")``. Bagos and
    Nikolopoulos 2009, doi:10.2202/1557-4679.1168.
    """
    (y1, v1), (y2, v2) = root_rate(r.events_1, r.time_1), root_rate(r.events_2, r.time_2)
    return y1 - y2, v1 + v2


def inverse_root(values: Floats) -> Floats:
    """Return the rate whose square root is ``values``; a limit below zero becomes 0."""
    return np.maximum(values, 0.0) ** 2


def inverse_freeman_tukey_rate(values: Floats, time: Floats) -> Floats:
    """Return the rate whose Freeman-Tukey transform over ``time`` is ``values``.

    With √((x+1)/t) − √(x/t) = 1 / (2ty), √(x/t) is y − 1/(4ty). Values below the transform of no
    events become 0. For a pooled value ``time`` is the harmonic mean, as in R's ``transf.iirft``.
    """
    lowest = 0.5 / np.sqrt(time)
    inside = values > lowest
    y = np.where(inside, values, 1.0)
    root = y - 1.0 / (4.0 * time * y)
    return np.asarray(
        np.where(np.isnan(values), np.nan, np.where(inside, root**2, 0.0)), dtype=np.float64
    )
