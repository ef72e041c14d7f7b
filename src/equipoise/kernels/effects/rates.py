"""Effect sizes of event counts over person-time: incidence rate ratio and difference."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equipoise.kernels.batches import Bools, Floats


@dataclass(frozen=True, slots=True, eq=False)
class Rates:
    """Events and person-time of two arms, shape ``(k,)`` each."""

    events_1: Floats
    time_1: Floats
    events_2: Floats
    time_2: Floats


def corrected_rates(r: Rates, where: Bools, add: float, *, reciprocal: bool = False) -> Rates:
    """Add to the events of the studies in ``where``; ``reciprocal`` shares by person-time."""
    total = r.time_1 + r.time_2
    first = 2.0 * add * r.time_1 / total if reciprocal else np.full(total.shape, add)
    second = 2.0 * add * r.time_2 / total if reciprocal else np.full(total.shape, add)
    return Rates(
        r.events_1 + np.where(where, first, 0.0),
        r.time_1,
        r.events_2 + np.where(where, second, 0.0),
        r.time_2,
    )


def log_rate_ratio(r: Rates) -> tuple[Floats, Floats]:
    """Return the log incidence rate ratio and its variance; the R call is ``escalc("IRR")``."""
    with np.errstate(divide="ignore", invalid="ignore"):
        yi = np.log(r.events_1) - np.log(r.time_1) - np.log(r.events_2) + np.log(r.time_2)
        vi = 1.0 / r.events_1 + 1.0 / r.events_2
    return yi, vi


def rate_difference(r: Rates) -> tuple[Floats, Floats]:
    """Return the incidence rate difference and its variance; the R call is ``escalc("IRD")``."""
    yi = r.events_1 / r.time_1 - r.events_2 / r.time_2
    return yi, r.events_1 / r.time_1**2 + r.events_2 / r.time_2**2
