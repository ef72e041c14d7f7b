"""Observed minus expected events behind effect sizes, for Peto's method.

A table may mix trials that gave counts, trials that gave O − E and V, and trials that gave an estimate
only. The last are named, so that no trial is left out without a word.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from equipoise.errors import MethodError
from equipoise.kernels.batches import Bools, Floats
from equipoise.kernels.effects import two_by_two
from equipoise.stats.effects.effect_table import EffectSizes

_TABLE: Final = ("events_1", "n_1", "events_2", "n_2")
_SCORE: Final = ("o_minus_e", "variance")


def known_scores(effects: EffectSizes) -> tuple[Floats, Floats]:
    """Return O − E and V of every trial: as reported, else from its counts.

    Raises:
        MethodError: If a trial has an estimate but neither.
    """
    o_minus_e, variance = (_column(effects, name) for name in _SCORE)
    with np.errstate(invalid="ignore"):
        counted = two_by_two.observed_minus_expected(
            two_by_two.tables(*(_column(effects, name) for name in _TABLE))
        )
    reported = np.isfinite(o_minus_e) & np.isfinite(variance)
    scores = np.where(reported, o_minus_e, counted[0]), np.where(reported, variance, counted[1])
    _refuse(effects, _finite(*scores))
    return scores


def _column(effects: EffectSizes, name: str) -> Floats:
    return effects.columns.get(name, np.full(len(effects), np.nan))


def _finite(*columns: Floats) -> Bools:
    return np.asarray(np.isfinite(columns).all(axis=0), dtype=np.bool_)


def _refuse(effects: EffectSizes, known: Bools) -> None:
    without = np.flatnonzero(effects.estimable & ~known)
    if without.size:
        listed = ", ".join(effects.study[row] for row in without)
        raise MethodError(
            f"Peto's method needs events, or O - E and V, of every trial; not given by {listed}; use "
            "method='IV'",
            spec="method=Peto",
            reason="estimates without counts",
        )
