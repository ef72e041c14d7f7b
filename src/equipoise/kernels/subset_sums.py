r"""Common-effect meta-analyses of every subset of the same studies, by adding one study at a time.

Study ``i`` is bit ``i`` of a subset's number. The subsets whose highest study is ``i`` are those of
the studies before it with ``i`` added: mean and Q of all of them follow from those of the others by
one update without cancellation, so that ``2**k`` meta-analyses cost a constant number of operations
each and hold nothing but their results.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from equipoise.kernels.batches import Bools, Floats

Bytes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class SubsetSums:
    """The pooled mean and Cochran's Q of subset number ``0 … 2**k - 1``; both zero for none."""

    estimate: Floats
    q: Floats


def every_subset(yi: Floats, vi: Floats) -> SubsetSums:
    """Pool every subset with the weights ``1 / vi``; arrays of length ``2**k``.

    The updates are those of West 1979, doi:10.1145/359146.359153.
    """
    size = 2**yi.size
    total, mean, q = np.zeros(size), np.zeros(size), np.zeros(size)
    smallest = vi.min(initial=np.inf)
    for i, (y, w) in enumerate(zip(yi, smallest / vi, strict=True)):
        half = 2**i
        old, new = slice(0, half), slice(half, 2 * half)
        total[new] = total[old] + w
        distance, share = y - mean[old], w / total[new]
        mean[new] = mean[old] + share * distance
        q[new] = q[old] + total[old] * share * distance**2
    return SubsetSums(mean, q / smallest)


def unpack(members: Bytes, k: int) -> Bools:
    """Return which studies are in each subset, ``(B, k)``, from packed bits (lowest first)."""
    bits = np.unpackbits(members, axis=1, count=k, bitorder="little")
    return bits.astype(np.bool_)


def pack(keep: Bools) -> Bytes:
    """Pack booleans of shape ``(B, k)`` into bits, lowest first."""
    return np.packbits(keep, axis=1, bitorder="little")


def numbered(numbers: NDArray[np.uint64], k: int) -> Bytes:
    """Return the packed bits of subsets given by their numbers."""
    width = (k + 7) // 8
    every = numbers.astype("<u8").view(np.uint8).reshape(-1, 8)
    return np.ascontiguousarray(every[:, :width])
