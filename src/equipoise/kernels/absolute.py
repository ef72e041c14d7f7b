"""From a relative effect and an assumed risk to the risk with treatment."""

from __future__ import annotations

import numpy as np

from equipoise.kernels.batches import Floats


def risk_from_ratio(ratio: Floats, risk: Floats) -> Floats:
    """Multiply a risk by a risk ratio; may exceed one, which the caller must say or cap."""
    return ratio * risk


def risk_from_odds_ratio(odds_ratio: Floats, risk: Floats) -> Floats:
    """Multiply the odds of a risk by an odds ratio and return the risk."""
    return odds_ratio * risk / (1.0 - risk + odds_ratio * risk)


def risk_from_difference(difference: Floats, risk: Floats) -> Floats:
    """Add a risk difference; may leave [0, 1], which the caller must say or cap."""
    return risk + difference


def risk_from_hazard_ratio(hazard_ratio: Floats, risk: Floats) -> Floats:
    """Return 1 - (1 - risk) ** HR, assuming proportional hazards."""
    with np.errstate(divide="ignore"):
        value = -np.expm1(hazard_ratio * np.log1p(-risk))
    return np.asarray(value, dtype=np.float64)
