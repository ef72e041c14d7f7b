"""What a route from reported numbers to an effect size is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from equipoise.kernels.batches import Floats
from equipoise.stats.effects.inputs import Columns
from equipoise.stats.notes import Note
from equipoise.stats.options import DoubleZero, HedgesJ, MeanCi, Medians, SmdVariance, ZeroCells

Values = Mapping[str, Floats]


@dataclass(frozen=True, slots=True)
class EffectOptions:
    """The options of `equipoise.stats.effect_sizes`."""

    zero_cells: ZeroCells = "only-zero"
    add: float = 0.5
    double_zero: DoubleZero = "drop"
    smd_variance: SmdVariance = "hedges-ls"
    level: float = 0.95
    medians: Medians = "luo-wan-shi"
    mean_ci: MeanCi = "t"
    yates: bool = False
    j: HedgesJ = "exact"


@dataclass(frozen=True, slots=True, eq=False)
class Computed:
    """Raw effect sizes, the reasons known so far, and remarks."""

    yi: Floats
    vi: Floats
    reasons: dict[int, str]
    notes: tuple[Note, ...] = ()


Compute = Callable[[Columns, str, EffectOptions], Computed]


@dataclass(frozen=True, slots=True)
class Way:
    """A way from reported numbers towards an effect size.

    Args:
        code: What it is called in results.
        needs: The columns a row must have.
        convert: Gives numbers under their own names: those the measure is computed from, or ``yi``
            and ``vi`` themselves. Names that start with an underscore are remarks, not data.
        may_use: Columns that are used where a row has them.
        standardised: Whether the numbers given are in standard deviations, not the paper's units.
        why: Why a row that has the columns may still have no answer.
    """

    code: str
    needs: tuple[str, ...]
    convert: Callable[[Values, EffectOptions], dict[str, Floats]] = lambda _values, _options: {}
    may_use: tuple[str, ...] = ()
    standardised: bool = False
    why: str = "the numbers reported have no answer"


@dataclass(frozen=True, slots=True)
class Plan:
    """What may lead to a measure: the ways in order, and what is done with the numbers they give.

    Args:
        ways: The first complete one wins, row by row.
        base: The numbers the measure is computed from.
        compute: From these numbers to effect sizes; ``None`` where all ways give them directly.
    """

    ways: tuple[Way, ...]
    base: tuple[str, ...] = ()
    compute: Compute | None = None
