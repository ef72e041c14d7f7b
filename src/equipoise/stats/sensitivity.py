"""Leave-one-out and cumulative meta-analysis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from equipoise.errors import DataError
from equipoise.kernels.batches import Bools
from equipoise.stats import printing
from equipoise.stats.effects.effect_sizes import SCHEMA_VERSION
from equipoise.stats.effects.inputs import to_frame
from equipoise.stats.results import MetaAnalysis
from equipoise.stats.subsets import pool_subsets


@dataclass(frozen=True, slots=True, eq=False)
class Sensitivity:
    """Pooled estimates of several subsets of the trials of ``fit``, by the same methods.

    Numbers are on the analysis scale; ``None`` where not defined. ``trial`` is the position of the
    trial left out or added.
    """

    kind: Literal["leave-one-out", "cumulative"]
    fit: MetaAnalysis
    trial: tuple[int, ...]
    label: tuple[str, ...]
    k: tuple[int, ...]
    estimate: tuple[float | None, ...]
    se: tuple[float | None, ...]
    ci_low: tuple[float | None, ...]
    ci_high: tuple[float | None, ...]
    p: tuple[float | None, ...]
    tau2: tuple[float | None, ...]

    @property
    def title(self) -> str:
        """What the table is, in words."""
        return "Leave-one-out" if self.kind == "leave-one-out" else "Cumulative meta-analysis"

    def shown(self, name: Literal["estimate", "ci_low", "ci_high"]) -> tuple[float, ...]:
        """Return a column on the display scale (``nan`` where not defined).

        Freeman-Tukey transforms of all rows go back by the sizes of all trials of ``fit``.
        """
        values = np.array([np.nan if v is None else v for v in getattr(self, name)])
        return tuple(self.fit.effects.pooled_transformed(values).tolist())

    def tidy(self) -> Any:
        """Return a row a subset, as the user's kind of frame (else a dict of lists)."""
        return to_frame(self._columns(), self.fit.effects.backend)

    def to_dict(self) -> dict[str, Any]:
        """Return strict JSON data."""
        columns = {name: list(values) for name, values in self._columns().items()}
        return {"schema_version": SCHEMA_VERSION, "kind": self.kind, **columns}

    def _columns(self) -> dict[str, Sequence[Any]]:
        names = ("label", "k", "estimate", "se", "ci_low", "ci_high", "p", "tau2")
        return {name: getattr(self, name) for name in names}

    def __str__(self) -> str:
        return printing.sensitivity_text(self)


def leave_one_out(fit: MetaAnalysis) -> Sensitivity:
    """Pool without each estimable trial in turn; the R call is ``metafor::leave1out``.

    Raises:
        DataError: If there are fewer than two trials.
    """
    rows = np.flatnonzero(fit.effects.estimable)
    if rows.size <= 1:
        raise DataError("leaving one out needs two estimable trials", rule="two trials")
    keep = np.ones((rows.size, len(fit.effects)), dtype=np.bool_)
    keep[np.arange(rows.size), rows] = False
    labels = tuple(f"without {fit.effects.study[row]}" for row in rows)
    return _table("leave-one-out", fit, rows.tolist(), labels, keep)


def cumulative(fit: MetaAnalysis, order: Sequence[int] | None = None) -> Sensitivity:
    """Pool the first trial, the first two, and so on; the R call is ``metafor::cumul``.

    Trials that cannot be estimated are passed over.

    Raises:
        DataError: If ``order`` does not name every trial once.
    """
    n = len(fit.effects)
    sequence = list(range(n)) if order is None else [int(i) for i in order]
    if sorted(sequence) != list(range(n)):
        raise DataError(f"order must name each of 0 to {n - 1} once", rule="a permutation")
    rows = [i for i in sequence if fit.effects.estimable[i]]
    keep = np.zeros((len(rows), n), dtype=np.bool_)
    for step, row in enumerate(rows):
        keep[step:, row] = True
    labels = tuple(f"+ {fit.effects.study[row]}" for row in rows)
    return _table("cumulative", fit, rows, labels, keep)


def _table(
    kind: Literal["leave-one-out", "cumulative"],
    fit: MetaAnalysis,
    rows: Sequence[int],
    labels: tuple[str, ...],
    keep: Bools,
) -> Sensitivity:
    fits = pool_subsets(fit.effects, keep, [fit.methods])
    columns = {
        name: tuple(None if np.isnan(v) else float(v) for v in getattr(fits, name)[0])
        for name in ("estimate", "se", "ci_low", "ci_high", "p", "tau2")
    }
    counts = tuple(int(k) for k in fits.k)
    return Sensitivity(kind=kind, fit=fit, trial=tuple(rows), label=labels, k=counts, **columns)
