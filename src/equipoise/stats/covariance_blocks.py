"""Covariance matrices in blocks, one a study."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from equipoise.errors import DataError
from equipoise.kernels.batches import Floats
from equipoise.stats import printing
from equipoise.stats.effects.effect_table import SCHEMA_VERSION, EffectSizes
from equipoise.stats.effects.inputs import to_frame
from equipoise.stats.notes import Note


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """The covariances of one cluster: its name, the rows of the table, their ``(m, m)`` matrix."""

    cluster: str
    rows: tuple[int, ...]
    matrix: Floats

    @property
    def correlations(self) -> Floats:
        """The correlations of the cluster's effects."""
        sd = np.sqrt(np.diag(self.matrix))
        return np.asarray(self.matrix / np.outer(sd, sd), dtype=np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Covariances:
    """Sampling covariances of effect sizes; effects of different blocks have none.

    Rows that cannot be estimated are in no block. ``notes`` says what was known and what assumed.
    """

    effects: EffectSizes
    blocks: tuple[Block, ...]
    notes: tuple[Note, ...]

    def dense(self) -> Floats:
        """Return the whole ``(n, n)`` matrix; ``nan`` in rows that cannot be estimated.

        Raises:
            DataError: If a row is in two blocks.
        """
        matrix = np.zeros((len(self.effects), len(self.effects)))
        out = ~self.effects.estimable
        matrix[out, :] = matrix[:, out] = np.nan
        seen: set[int] = set()
        for block in self.blocks:
            if seen & set(block.rows):
                raise DataError("a row is in two blocks", rule="one block a row")
            seen |= set(block.rows)
            index = np.array(block.rows, dtype=np.intp)
            matrix[np.ix_(index, index)] = block.matrix
        return matrix

    def tidy(self) -> Any:
        """Return a row a pair of rows of one block, as the user's kind of frame (else a dict)."""
        names = ("cluster", "row_1", "row_2", "covariance", "correlation")
        columns: dict[str, list[Any]] = {name: [] for name in names}
        for block in self.blocks:
            correlations = block.correlations
            for i, first in enumerate(block.rows):
                for j, second in enumerate(block.rows[: i + 1]):
                    numbers = (float(block.matrix[i, j]), float(correlations[i, j]))
                    values = (block.cluster, second, first, *numbers)
                    for name, value in zip(names, values, strict=True):
                        columns[name].append(value)
        return to_frame(columns, self.effects.backend)

    def to_dict(self) -> dict[str, Any]:
        """Return strict JSON data."""
        return {
            "schema_version": SCHEMA_VERSION,
            "kind": "covariances",
            "measure": self.effects.measure,
            "blocks": [
                {"cluster": b.cluster, "rows": list(b.rows), "matrix": b.matrix.tolist()}
                for b in self.blocks
            ],
            "notes": [note.to_dict() for note in self.notes],
        }

    def __str__(self) -> str:
        effects = sum(len(block.rows) for block in self.blocks)
        dependent = [block for block in self.blocks if len(block.rows) > 1]
        head = (
            f"Covariances of {_count(effects, 'effect')} in {_count(len(self.blocks), 'block')}, "
            f"{len(dependent)} with more than one"
        )
        rows = [("Block", "Effects", "Correlations")]
        rows += [(b.cluster, str(len(b.rows)), _range(b)) for b in dependent]
        table = printing.table(rows) if dependent else []
        return "\n".join([head, *table, *(f"  Note: {note.text}" for note in self.notes)])


def _range(block: Block) -> str:
    off = block.correlations[np.tril_indices(len(block.rows), -1)]
    low, high = printing.number(float(off.min())), printing.number(float(off.max()))
    return low if low == high else printing.interval(low, high)


def _count(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"
