"""What a route from reported numbers to an effect size is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from equipoise.errors import DataError
from equipoise.kernels.batches import Floats
from equipoise.stats.effects.inputs import Columns
from equipoise.stats.notes import Note
from equipoise.stats.options import DoubleZero, SmdVariance, ZeroCells


@dataclass(frozen=True, slots=True)
class EffectOptions:
    """The options of `equipoise.stats.effect_sizes`."""

    zero_cells: ZeroCells
    add: float
    double_zero: DoubleZero
    smd_variance: SmdVariance
    level: float


@dataclass(frozen=True, slots=True, eq=False)
class Computed:
    """Raw effect sizes, the reasons known so far, and remarks."""

    yi: Floats
    vi: Floats
    reasons: dict[int, str]
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Route:
    """A route: the arguments to read, the rules, and the computation."""

    arguments: Mapping[str, Any]
    check: Callable[[Columns], None]
    compute: Callable[[Columns, str, EffectOptions], Computed]


def exactly(measure: str, given: Mapping[str, Any], needed: tuple[str, ...]) -> Mapping[str, Any]:
    """Return the arguments given if they are those a measure needs.

    Raises:
        DataError: If arguments are missing, or given that the measure does not use.
    """
    missing = [name for name in needed if name not in given]
    if missing:
        raise DataError(
            f"{measure} needs {', '.join(needed)}; not given: {', '.join(missing)}",
            rule=f"columns of {measure}",
        )
    return only(measure, given, needed)


def only(measure: str, given: Mapping[str, Any], allowed: tuple[str, ...]) -> Mapping[str, Any]:
    """Return the arguments given if the measure uses all of them.

    Raises:
        DataError: If arguments are given that the measure does not use.
    """
    extra = [name for name in given if name not in allowed]
    if extra:
        raise DataError(
            f"{measure} does not use {', '.join(extra)}; it uses {', '.join(allowed)}",
            rule=f"columns of {measure}",
        )
    return given
