"""Hand the same rows to the fast engine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from equipoise import stats

NAMES = {
    "RR": ("events_1", "n_1", "events_2", "n_2"),
    "MD": ("mean_1", "sd_1", "n_1", "mean_2", "sd_2", "n_2"),
    "IRR": ("events_1", "time_1", "events_2", "time_2"),
    "GENERIC": ("estimate", "se"),
}
NAMES |= {"OR": NAMES["RR"], "RD": NAMES["RR"], "PETO": NAMES["RR"]}
NAMES |= {"SMD": NAMES["MD"], "IRD": NAMES["IRR"], "HR": NAMES["GENERIC"]}


def effects_of(measure: Any, rows: Sequence[Sequence[float]], **options: Any) -> stats.EffectSizes:
    """Give the fast engine's effects of some rows."""
    columns: dict[str, Any] = dict(
        zip(NAMES[measure], map(list, zip(*rows, strict=True)), strict=True)
    )
    return stats.effect_sizes(measure, **columns, **options)
