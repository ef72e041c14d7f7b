"""Permutation tests of moderators: the trials' moderators are dealt out anew."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from equipoise.errors import MethodError
from equipoise.kernels import regression_tests
from equipoise.kernels.batches import Floats, Ints
from equipoise.stats import printing
from equipoise.stats.effects.effect_sizes import SCHEMA_VERSION
from equipoise.stats.effects.inputs import to_frame
from equipoise.stats.moderators import text
from equipoise.stats.moderators.engine import block, fit_rows

if TYPE_CHECKING:
    from equipoise.stats.moderators.regression_result import MetaRegression

_LARGEST_EXACT = 1_000_000
# Permutations are fitted in blocks of about this many numbers, so that memory stays flat.
_BLOCK = 400_000
_TIE = 1e-9
_NEEDED = 2


@dataclass(frozen=True, slots=True)
class PermutedCoefficient:
    """A coefficient's permutation p-value beside that of the model."""

    name: str
    statistic: float | None
    p_model: float | None
    p: float


@dataclass(frozen=True, slots=True, eq=False)
class ModeratorPermutation:
    """Permutation p-values of a regression's coefficients and of all its moderators together.

    ``permutations`` counts the orders fitted, the observed one among them; ``failed`` those whose
    residual variance could not be found, which are left out. ``exact``: all different orders.
    """

    fit: MetaRegression
    rows: tuple[PermutedCoefficient, ...]
    omnibus_p: float
    permutations: int
    exact: bool
    seed: int | None
    failed: int = 0

    def tidy(self) -> Any:
        """Return a row a coefficient, as the user's kind of frame (else a dict of lists)."""
        rows = [asdict(row) for row in self.rows]
        columns = {name: [row[name] for row in rows] for name in rows[0]}
        return to_frame(columns, self.fit.effects.backend)

    def to_dict(self) -> dict[str, Any]:
        """Return strict JSON data."""
        return {
            "schema_version": SCHEMA_VERSION,
            "kind": "moderator-permutation",
            "rows": [asdict(row) for row in self.rows],
            "omnibus_p": self.omnibus_p,
            "permutations": self.permutations,
            "exact": self.exact,
            "seed": self.seed,
            "failed": self.failed,
        }

    def __str__(self) -> str:
        table = [("", "p by permutation", "p of the model")]
        table += [(row.name, text.p_text(row.p), text.p_text(row.p_model)) for row in self.rows]
        how = "all" if self.exact else f"seed {self.seed}"
        shown = printing.p_value(self.omnibus_p)
        return "\n".join([
            f"Permutation test of moderators: {self.permutations} orders ({how})",
            *printing.table(table),
            f"  All moderators: {shown}",
        ])  # fmt: skip


def permute_moderators(
    fit: MetaRegression,
    iterations: int = 1000,
    *,
    seed: int = 20250101,
    exact: bool | None = None,
) -> ModeratorPermutation:
    """Test moderators by permuting the rows of the model matrix among the trials.

    Each order is fitted like the observed one, τ² included, and its test statistics compared in
    size with those observed. All different orders are taken where they are no more than
    ``iterations`` (or with ``exact=True``); else ``iterations`` orders, the observed one among them,
    so that p is never zero. If moderators are unrelated to effects and variances, p-values are
    valid in samples of any size. The R call is ``metafor::permutest(fit, exact = , iter = )``.
    Higgins and Thompson 2004, doi:10.1002/sim.1752; Follmann and Proschan 1999,
    doi:10.1111/j.0006-341X.1999.00732.x.

    Raises:
        MethodError: For a model without moderators, too few iterations, or too many orders.
    """
    if fit.omnibus is None:
        raise MethodError(
            "there are no moderators to permute; the mean is tested by changing signs",
            spec="permute",
            reason="no moderators",
        )
    if iterations < _NEEDED:
        raise MethodError(
            "give at least two iterations", spec=f"iterations={iterations}", reason="too few"
        )
    count = _orders(fit.matrix.values)
    everything = exact if exact is not None else count <= iterations
    if everything and count > _LARGEST_EXACT:
        raise MethodError(
            f"there are {count} different orders; leave exact out to sample them",
            spec="exact=True",
            reason="too many orders",
        )
    if everything:
        orders, seed_used = _all_orders(fit.matrix.values, count), None
    else:
        orders, seed_used = _sampled(fit.k, iterations, seed), seed
    return _counted(fit, orders, exact=everything, seed=seed_used)


def _counted(
    fit: MetaRegression, orders: Iterator[Ints], *, exact: bool, seed: int | None
) -> ModeratorPermutation:
    observed, joint = _statistics(fit, np.arange(fit.k)[None])
    above, above_joint, total, failed = np.zeros(fit.p), 0.0, 0, 0
    limit = np.abs(observed[0]) * (1.0 - _TIE)
    for some in orders:
        drawn, drawn_joint = _statistics(fit, some)
        good = np.isfinite(drawn_joint)
        failed += int(np.count_nonzero(~good))
        total += int(np.count_nonzero(good))
        above += (np.abs(drawn[good]) >= limit).sum(axis=0)
        above_joint += float((drawn_joint[good] >= joint[0] * (1.0 - _TIE)).sum())
    if not exact:
        # The observed order is one of those sampled.
        above, above_joint, total = above + 1.0, above_joint + 1.0, total + 1
    rows = tuple(
        PermutedCoefficient(row.name, row.statistic, row.p, float(above[i] / total))
        for i, row in enumerate(fit.coefficients)
    )
    return ModeratorPermutation(fit, rows, above_joint / total, total, exact, seed, failed)


def _statistics(fit: MetaRegression, orders: Ints) -> tuple[Floats, Floats]:
    """Return the statistics of coefficients ``(B, p)`` and of all moderators ``(B,)``."""
    matrix = fit.matrix
    batch, design = block(
        fit.yi[None], fit.vi[None], matrix.values[orders], intercept=matrix.intercept
    )
    found = fit_rows(batch, design, fit.options)
    which = np.arange(int(matrix.intercept), len(matrix.names))
    covariance = found.fit.covariance * found.scale[:, None, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        single = found.fit.coefficients / found.se
        joint = regression_tests.subset(found.fit.coefficients, covariance, which, found.df)
    good = found.between.converged
    return single, np.where(good, joint.statistic, np.nan)


def _orders(values: Floats) -> int:
    """Return how many orders of the rows differ."""
    alike = Counter(map(tuple, values.tolist()))
    count = math.factorial(values.shape[0])
    for size in alike.values():
        count //= math.factorial(size)
    return count


def _chunk(k: int) -> int:
    return max(1, _BLOCK // (k * 4))


def _sampled(k: int, iterations: int, seed: int) -> Iterator[Ints]:
    """Give blocks of random orders, one fewer than asked: the observed one completes them."""
    draw = np.random.Generator(np.random.PCG64(seed))
    left, size = iterations - 1, _chunk(k)
    while left > 0:
        some = min(left, size)
        yield draw.permuted(np.tile(np.arange(k), (some, 1)), axis=1)
        left -= some


def _all_orders(values: Floats, count: int) -> Iterator[Ints]:
    """Give blocks of all orders that differ."""
    size, buffer = _chunk(values.shape[0]), []
    for order in _different(list(map(tuple, values.tolist()))):
        buffer.append(order)
        if len(buffer) == min(size, count):
            yield np.array(buffer, dtype=np.intp)
            buffer = []
    if buffer:
        yield np.array(buffer, dtype=np.intp)


def _different(rows: list[tuple[float, ...]]) -> Iterator[list[int]]:
    """Give each different order once, in lexicographic order of the kinds of rows."""
    kinds = {row: i for i, row in enumerate(dict.fromkeys(rows))}
    places: dict[int, list[int]] = {}
    for position, row in enumerate(rows):
        places.setdefault(kinds[row], []).append(position)
    sequence = sorted(kinds[row] for row in rows)
    while True:
        waiting = {kind: iter(positions) for kind, positions in places.items()}
        yield [next(waiting[kind]) for kind in sequence]
        pivot = next(
            (i for i in range(len(sequence) - 2, -1, -1) if sequence[i] < sequence[i + 1]), None
        )
        if pivot is None:
            return
        swap = next(j for j in range(len(sequence) - 1, pivot, -1) if sequence[j] > sequence[pivot])
        sequence[pivot], sequence[swap] = sequence[swap], sequence[pivot]
        sequence[pivot + 1 :] = reversed(sequence[pivot + 1 :])
