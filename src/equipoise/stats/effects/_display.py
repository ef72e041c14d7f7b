"""From the scale of analysis back to the scale people read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
from scipy import special

from equipoise.kernels.batches import Bools, Floats
from equipoise.kernels.effects import determination, proportions, reliability, single_rates
from equipoise.stats.options import RATIO

_PLAIN: Final[Mapping[str, Callable[[Floats], Floats]]] = {
    **dict.fromkeys(sorted(RATIO | {"PLN", "IRLN", "MNLN", "SDLN", "CVLN"}), np.exp),
    **dict.fromkeys(("ZCOR", "ZPCOR", "ZSPCOR", "ZPHI", "ZTET", "ZPB", "ZBIS"), np.tanh),
    "ZR2": determination.inverse_fisher,
    "PLO": special.expit,
    "PRZ": special.ndtr,
    "PAS": proportions.inverse_arcsine,
    "IRS": single_rates.inverse_root,
    "AHW": reliability.inverse_hakstian_whalen,
    "ABT": reliability.inverse_bonett,
}

_SIZED: Final[Mapping[str, tuple[str, Callable[[Floats, Floats], Floats]]]] = {
    "PFT": ("n", proportions.inverse_freeman_tukey),
    "IRFT": ("time", single_rates.inverse_freeman_tukey_rate),
}


def is_transformed(measure: str) -> bool:
    """Return whether a measure is analysed on another scale than it is shown on."""
    return measure in _PLAIN or measure in _SIZED


def of_studies(measure: str, values: Floats, columns: Mapping[str, Floats]) -> Floats:
    """Return the studies' values on the display scale; Freeman-Tukey by each study's own size."""
    if measure in _SIZED:
        name, inverse = _SIZED[measure]
        return inverse(values, columns[name])
    return _plain(measure, values)


def of_pooled(
    measure: str, values: Floats, columns: Mapping[str, Floats], estimable: Bools
) -> Floats:
    """Return pooled values on the display scale; Freeman-Tukey by the harmonic mean of the sizes."""
    if measure in _SIZED:
        name, inverse = _SIZED[measure]
        mean = 1.0 / np.mean(1.0 / columns[name][estimable])
        return inverse(values, np.full(values.shape, mean))
    return _plain(measure, values)


def _plain(measure: str, values: Floats) -> Floats:
    if measure not in _PLAIN:
        return values
    with np.errstate(over="ignore"):
        return np.asarray(_PLAIN[measure](values), dtype=np.float64)
