"""The L'Abbé plot of a meta-analysis of two-by-two tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from equipoise.errors import MethodError
from equipoise.figures import Figure, Point, PooledLine
from equipoise.figures import labbe as draw
from equipoise.stats.plots import _common as common

if TYPE_CHECKING:
    from equipoise.figures.labbe import PooledMeasure
    from equipoise.stats.results import MetaAnalysis

_LINES: Final[dict[str, PooledMeasure]] = {
    "RR": "RR", "OR": "OR", "PETO": "OR", "RD": "RD", "AS": "AS",
}  # fmt: skip
_TABLE: Final = ("events_1", "n_1", "events_2", "n_2")


def labbe(
    fit: MetaAnalysis,
    *,
    treatment: str = "treatment",
    comparator: str = "comparator",
    names: Sequence[str] = (),
    title: str = "",
    width: float = 520.0,
) -> Figure:
    """Draw each trial's risk in arm 1 against its risk in arm 2, as observed.

    Marks have areas in proportion to the number of participants. The line is that of the pooled effect
    (risk ratio, odds ratio, Peto's, risk difference or arcsine difference); other measures have only
    the diagonal of no effect. Trials that could not be pooled are drawn open. The R call is
    ``metafor::labbe(fit, transf = )``; metafor corrects empty cells first and sizes by precision.

    Args:
        fit: The meta-analysis.
        treatment: Name of arm 1.
        comparator: Name of arm 2.
        names: Labels of trials to write beside their marks.
        title: What the figure is.
        width: Width of the figure.

    Raises:
        MethodError: If the trials gave no events and sizes of two arms.
    """
    effects = fit.effects
    if any(name not in effects.columns for name in _TABLE):
        raise MethodError(
            "a L'Abbé plot needs events_1, n_1, events_2 and n_2 of the trials",
            spec=f"measure={effects.measure}",
            reason="no risks",
        )
    a, n_1, c, n_2 = (effects.columns[name] for name in _TABLE)
    with np.errstate(invalid="ignore", divide="ignore"):
        treated, compared = a / n_1, c / n_2
    known = np.flatnonzero(np.isfinite(treated) & np.isfinite(compared))
    points = [
        Point(
            float(compared[i]),
            float(treated[i]),
            effects.study[i],
            size=float(n_1[i] + n_2[i]),
            kind="pooled" if effects.estimable[i] else "not pooled",
            hollow=not effects.estimable[i],
        )
        for i in known
    ]
    measure = _LINES.get(effects.measure)
    pooled = [] if measure is None else [PooledLine(measure, fit.transformed.estimate)]
    return draw(
        points,
        treatment=treatment,
        comparator=comparator,
        title=title or f"L'Abbé plot, {common.count(len(points))}",
        description=f"{common.pooled_text(fit)}; risks as observed.",
        pooled=pooled,
        named=tuple(names),
        notes=[
            f"{effects.study[i]}: {effects.reasons[i]}."
            for i in range(len(effects))
            if effects.reasons[i] is not None
        ],
        width=width,
    )
