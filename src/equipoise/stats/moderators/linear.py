"""What linear combinations of coefficients come to: an estimate with its interval, a joint test."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from equipoise.kernels.batches import Floats
from equipoise.kernels.intervals import infer
from equipoise.kernels.regression_tests import WaldTest
from equipoise.stats import printing


@dataclass(frozen=True, slots=True)
class Estimate:
    """A coefficient, contrast or mean on the analysis scale.

    ``df`` is ``None`` for the normal distribution; ``statistic`` and ``p`` test zero (or the
    ``right`` side of a hypothesis), ``None`` where the standard error is zero.
    """

    name: str
    estimate: float
    se: float
    statistic: float | None
    df: float | None
    p: float | None
    ci_low: float
    ci_high: float


@dataclass(frozen=True, slots=True)
class JointTest:
    """A joint test of several coefficients or contrasts.

    ``statistic`` is F with ``df`` and ``df2`` degrees of freedom, or chi-square with ``df`` where
    ``df2`` is ``None``.
    """

    what: tuple[str, ...]
    statistic: float | None
    df: int
    df2: float | None
    p: float | None

    def to_dict(self) -> dict[str, Any]:
        """Return strict JSON data."""
        return asdict(self) | {"what": list(self.what)}

    def __str__(self) -> str:
        shown = printing.number(self.statistic)
        if self.df2 is None:
            head = f"QM = {shown} ({self.df} df)"
        else:
            head = f"F = {shown} ({self.df} and {self.df2:g} df)"
        return f"Test of {', '.join(self.what)}: {head}, {printing.p_value(self.p)}"


def estimates_of(
    names: Sequence[str], values: Floats, se: Floats, df: float | None, level: float
) -> tuple[Estimate, ...]:
    """Return a row for each value, tested against zero."""
    degrees = np.full(values.shape, np.inf if df is None else df)
    found = infer(values, se, degrees, level)
    return tuple(
        Estimate(
            name=name,
            estimate=float(values[i]),
            se=float(se[i]),
            statistic=plain(found.statistic[i]),
            df=df,
            p=plain(found.p[i]),
            ci_low=float(found.low[i]),
            ci_high=float(found.high[i]),
        )
        for i, name in enumerate(names)
    )


def joint_test(what: Sequence[str], found: WaldTest) -> JointTest:
    """Return the joint test of a batch of one."""
    df2 = plain(found.df2[0])
    return JointTest(tuple(what), plain(found.statistic[0]), found.df, df2, plain(found.p[0]))


def plain(value: Any) -> Any:
    """Return a Python number, ``None`` where it is not finite; other values as they are."""
    if isinstance(value, (float, np.floating)):
        return float(value) if math.isfinite(value) else None
    return value
