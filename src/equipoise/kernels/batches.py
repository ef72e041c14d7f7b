"""Batches: many meta-analyses side by side in one padded block.

A batch is a ``(B, k)`` block: a row for each meta-analysis, a column for each place a study may
take. A place without a study has an infinite variance and the value zero, so its weight
``1 / (vi + tau2)`` is exactly zero for every ``tau2`` and sums need no mask. Values are kept
relative to the most precise study of their row, because residuals of a study that holds nearly
all the weight would otherwise drown in rounding. One meta-analysis is
a batch of one; leaving studies out is a batch over the same values. Memory is ``O(B k)``; nothing
here forms a ``k × k`` matrix.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Estimates and variances of ``B`` meta-analyses.

    ``yi`` (relative to ``centre``) and ``vi`` have shape ``(B, k)``; ``present`` says which places
    hold a study; ``k`` counts them; ``centre`` and ``k`` have shape ``(B,)``.
    """

    yi: Floats
    vi: Floats
    present: Bools
    k: Ints
    centre: Floats

    def rows(self, index: Ints) -> Batch:
        """Take some of the meta-analyses (a row may be taken more than once)."""
        return Batch(
            self.yi[index], self.vi[index], self.present[index], self.k[index], self.centre[index]
        )


def from_block(yi: Floats, vi: Floats, present: Bools) -> Batch:
    """Make a batch from a block and its mask; ``yi`` and ``vi`` broadcast against ``present``."""
    values, variances = np.where(present, yi, 0.0), np.where(present, vi, np.inf)
    rows = np.arange(present.shape[0])
    empty = present.shape[1] == 0
    centre = np.zeros(rows.size) if empty else values[rows, variances.argmin(axis=1)]
    relative = np.where(present, values - centre[:, None], 0.0)
    return Batch(relative, variances, present, np.count_nonzero(present, axis=1), centre)


def single(yi: Floats, vi: Floats) -> Batch:
    """Make a batch of one from ``k`` estimates and variances."""
    return from_block(yi[None, :], vi[None, :], np.ones((1, yi.size), dtype=np.bool_))


def from_ragged(yi: Floats, vi: Floats, offsets: Ints) -> Batch:
    """Make a batch from concatenated values.

    Meta-analysis ``b`` has the values ``offsets[b]:offsets[b + 1]``; ``offsets`` has ``B + 1``
    entries and starts at zero.
    """
    sizes = np.diff(offsets)
    present = np.arange(int(sizes.max(initial=0)))[None, :] < sizes[:, None]
    block_y = np.zeros(present.shape)
    block_v = np.full(present.shape, np.inf)
    block_y[present] = yi
    block_v[present] = vi
    return from_block(block_y, block_v, present)


def to_ragged(batch: Batch) -> tuple[Floats, Floats, Ints]:
    """Return the values row after row with their offsets: the inverse of `from_ragged`."""
    offsets = np.concatenate(([0], np.cumsum(batch.k)))
    values = batch.yi + batch.centre[:, None]
    return values[batch.present], batch.vi[batch.present], offsets
