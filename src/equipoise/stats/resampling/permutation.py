"""A test of the pooled effect that needs no normal distribution, and the interval that goes with it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from equipoise.errors import MethodError
from equipoise.kernels.batches import Bools, Floats
from equipoise.kernels.permutation import acceptance_limit, exact_signs, sampled_signs
from equipoise.stats import printing
from equipoise.stats._requirements import at_least, inverse_variance_only, whole_number
from equipoise.stats.effects.effect_sizes import SCHEMA_VERSION
from equipoise.stats.notes import Note
from equipoise.stats.resampling._refits import statistics
from equipoise.stats.small_studies._common import check_null

if TYPE_CHECKING:
    from equipoise.stats.results import MetaAnalysis

_MOST_EXACT: Final = 20
_TIE: Final = 1e-8
"""Statistics this close (relative) are the same number after rounding."""
_FEWEST_ITERATIONS: Final = 100


@dataclass(frozen=True, slots=True, eq=False)
class PermutationTest:
    """The sign-flip permutation test of ``fit``.

    ``statistic`` is that of ``fit``; ``p`` (two-sided) the share of the sign patterns whose
    statistic is as large, the observed pattern among them. ``patterns`` were compared: all ``2**k``
    if ``exact``, else a sample drawn from ``seed``. ``smallest_p`` is the least p such data can
    give. The limits are on the analysis scale, ``None`` where the level cannot be had or none were
    asked for.
    """

    fit: MetaAnalysis
    k: int
    statistic: float | None
    p: float
    smallest_p: float
    exact: bool
    patterns: int
    seed: int | None
    ci_low: float | None
    ci_high: float | None
    caution: tuple[Note, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return strict JSON data."""
        names = (
            "k", "statistic", "p", "smallest_p", "exact", "patterns", "seed", "ci_low", "ci_high",
        )  # fmt: skip
        return {
            "schema_version": SCHEMA_VERSION,
            "kind": "permutation-test",
            "level": self.fit.methods.level,
            **{name: getattr(self, name) for name in names},
            "caution": [note.to_dict() for note in self.caution],
        }

    def __str__(self) -> str:
        how = f"all {self.patterns}" if self.exact else f"a sample of {self.patterns}"
        name = "t" if self.fit.df is not None else "z"
        lines = [
            f"Permutation test of no effect: {self.k} trials, {how} sign patterns",
            *printing.method_lines(self.fit.methods),
            f"  {name} = {printing.number(self.statistic)}, {printing.p_value(self.p)}",
        ]
        if self.ci_low is not None and self.ci_high is not None:
            values = np.array([self.fit.estimate, self.ci_low, self.ci_high])
            shown = (float(v) for v in self.fit.effects.pooled_transformed(values))
            text = printing.effect_with_interval(self.fit.effects, *shown)
            lines.append(f"  Effect with {100 * self.fit.methods.level:g}% permutation CI: {text}")
        return "\n".join([*lines, *(f"  Caution: {note.text}" for note in self.caution)])


def permutation_test(
    fit: MetaAnalysis,
    *,
    exact: bool | None = None,
    iterations: int = 10_000,
    ci: bool = True,
    seed: int = 20_110_906,
) -> PermutationTest:
    r"""Test no effect by flipping the signs of the estimates, and invert the test for an interval.

    Supposes that the estimates are independent and symmetric around the same mean, which random
    effects with a symmetric distribution are; normality, and that τ² is known, are not supposed.
    Every pattern is pooled by the methods of ``fit``, τ² estimated anew, and its statistic compared
    with the observed one.

    The R call is ``metafor::permutest(fit, exact = , iter = , permci = TRUE)`` with its definition
    of the two-sided p (``abs``), and with the observed pattern counted in a sample. The interval is
    the set of values not rejected, found outwards from the estimate: R's search stops at a
    tolerance of 1.2e-4, ours at machine precision. Follmann and Proschan 1999,
    doi:10.1111/j.0006-341X.1999.00732.x.

    Args:
        fit: The meta-analysis, by inverse variance.
        exact: Compare all patterns (up to 20 trials), or a sample. Unless told otherwise all, when
            that is no more work than the sample: half of the patterns mirror the others.
        iterations: How many patterns are sampled, the observed one among them.
        ci: Whether to find the interval.
        seed: The seed of the sample.

    Raises:
        MethodError: For Mantel-Haenszel and Peto pooling, fewer than two trials, measures without a
            value of no effect, and exact tests of more than 20 trials.

    Example:
        >>> from equipoise.stats import effect_sizes, pool
        >>> trials = effect_sizes("GENERIC", estimate=[0.2, 0.5, 0.1, 0.4], se=[0.1] * 4)
        >>> permutation_test(pool(trials)).p
        0.125
    """
    inverse_variance_only(fit.methods, "the permutation test")
    check_null(fit, "the permutation test")
    at_least(fit, 2, "the permutation test")
    whole_number("iterations", iterations, _FEWEST_ITERATIONS)
    every = _is_exact(fit.effects.k, exact, iterations)
    signs = _signs(fit, iterations, seed, exact=every)
    extreme = _comparison(fit, signs, _TIE)
    count = int(extreme(0.0, np.ones(signs.shape[0], dtype=np.bool_)).sum())
    k, alpha = fit.effects.k, 1.0 - fit.methods.level
    smallest = max(2.0 / 2.0**k, 1.0 / signs.shape[0])
    low = high = None
    single = True
    if ci and smallest <= alpha:
        low, high, single = _interval(fit, signs, alpha)
    return PermutationTest(
        fit=fit,
        k=k,
        statistic=fit.statistic,
        p=count / signs.shape[0],
        smallest_p=smallest,
        exact=every,
        patterns=2**k if every else signs.shape[0],
        seed=None if every else seed,
        ci_low=low,
        ci_high=high,
        caution=_cautions(fit, smallest, alpha, single=single),
    )


def _is_exact(k: int, exact: bool | None, iterations: int) -> bool:
    if exact is None:
        return k <= _MOST_EXACT and 2 ** (k - 1) <= iterations
    if exact and k > _MOST_EXACT:
        raise MethodError(
            f"an exact test of {k} trials compares {2.0**k:.1e} sign patterns; use exact=False, "
            "which samples them",
            spec=f"exact=True, k={k}",
            reason=f"more than {_MOST_EXACT} trials",
        )
    return exact


def _signs(fit: MetaAnalysis, iterations: int, seed: int, *, exact: bool) -> Floats:
    """Return the patterns over all trials; those not estimable keep their sign."""
    k = fit.effects.k
    generator = np.random.Generator(np.random.PCG64(seed))
    known = exact_signs(k) if exact else sampled_signs(k, iterations, generator)
    signs = np.ones((known.shape[0], len(fit.effects)))
    signs[:, fit.effects.estimable] = known
    return signs


def _comparison(fit: MetaAnalysis, signs: Floats, tie: float) -> Callable[[float, Bools], Bools]:
    """Return what says which patterns are as extreme as the observed one, about some mean.

    Statistics that fall short of the observed one by a share of ``tie`` count as equal to it.
    """
    effects, spec = fit.effects, fit.methods

    def extreme(mean: float, wanted: Bools) -> Bools:
        distance = effects.yi - mean
        observed = abs(float(statistics(effects, distance[None, :], spec)[0]))
        least = observed - tie * max(1.0, observed) if math.isfinite(observed) else observed
        out = np.zeros(wanted.size, dtype=np.bool_)
        out[wanted] = np.abs(statistics(effects, signs[wanted] * distance, spec)) >= least
        out[0] = True
        return out

    return extreme


def _interval(
    fit: MetaAnalysis, signs: Floats, alpha: float
) -> tuple[float | None, float | None, bool]:
    """Return the limits, and whether each is the only one of its side.

    No tie is granted here: it would move the limits. Ties last for single values only.
    """
    extreme = _comparison(fit, signs, 0.0)
    half = 0.5 * (fit.ci_high - fit.ci_low) or fit.se or 1.0
    ends = [
        acceptance_limit(extreme, signs.shape[0], fit.estimate, step, alpha)
        for step in (-half, half)
    ]
    low, high = (None if end is None else end.value for end in ends)
    return low, high, all(end is None or end.single for end in ends)


def _cautions(
    fit: MetaAnalysis, smallest: float, alpha: float, *, single: bool
) -> tuple[Note, ...]:
    notes = []
    if smallest > alpha:
        text = (
            f"{fit.effects.k} trials have so few sign patterns that p cannot fall below "
            f"{smallest:.3g}: no result could be significant, and there is no interval"
        )
        notes.append(Note("too-few-patterns", text))
    if not single:
        text = "the values not rejected have a gap near a limit, which is one of several ends"
        notes.append(Note("gaps", text))
    return tuple(notes)
