r"""Tests of two-by-two tables in strata: is there an association, and is it the same in each?

With the margins of a table fixed and its odds ratio ψ, the events ``a`` of arm 1 follow the
noncentral hypergeometric distribution. The tests of association compare their sum with what ψ = 1
makes of it; the tests of homogeneity compare each table with what the Mantel-Haenszel odds ratio
makes of it. Arrays have shape ``(k,)``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from equipoise.kernels.batches import Bools, Floats, Ints
from equipoise.kernels.distributions import chi2_upper
from equipoise.kernels.effects.two_by_two import Tables, observed_minus_expected
from equipoise.kernels.roots import safeguarded_newton

_TIE = 1e-7
"""Probabilities this close (relative) to the observed one count as equal to it, as in R."""
_UNDERFLOW = -650.0
"""Below this log probability the convolution has lost what the exact estimates need."""


@dataclass(frozen=True, slots=True)
class ChiSquare:
    """A statistic that is chi-square with ``df`` degrees of freedom; ``p`` is its upper tail."""

    statistic: float
    df: int
    p: float


@dataclass(frozen=True, slots=True)
class Exact:
    """The exact conditional test and the common odds ratio, which may be zero or infinite."""

    p: float
    odds_ratio: float
    low: float
    high: float


def mantel_haenszel_odds_ratio(t: Tables) -> float:
    r"""Return :math:`\sum ad/n / \sum bc/n`; zero, infinite or ``nan`` where the sums say so."""
    above, below = float((t.a * t.d / t.n).sum()), float((t.b * t.c / t.n).sum())
    if below > 0.0:
        return above / below
    return math.inf if above > 0.0 else math.nan


def cochran_mantel_haenszel(t: Tables, *, correct: bool) -> ChiSquare | None:
    r"""Test that the odds ratio is one in every table: :math:`(\sum a - \sum E)^2 / \sum V`.

    ``V`` is the hypergeometric variance, with ``n - 1``. ``correct`` takes a half from the distance
    and never more than the distance, as R's ``mantelhaen.test``; ``metafor::rma.mh`` takes it also
    from a distance below a half, which then grows. Both correct unless told otherwise. Mantel and Haenszel 1959,
    J Natl Cancer Inst 22:719. ``None`` where no table says anything.
    """
    distance, variance = observed_minus_expected(t)
    total = float(variance.sum())
    if total <= 0.0:
        return None
    away = abs(float(distance.sum()))
    away = max(away - 0.5, 0.0) if correct else away
    return _chi_square(away**2 / total, 1)


def breslow_day(t: Tables, odds_ratio: float) -> tuple[ChiSquare, ChiSquare] | None:
    r"""Test that all odds ratios are equal; return Breslow and Day's statistic and Tarone's.

    :math:`\sum (a - A)^2 / V`, A and V being the mean and variance (both asymptotic) of ``a`` under
    the common ``odds_ratio``. Tarone takes :math:`(\sum (a - A))^2 / \sum V` from it, because the
    Mantel-Haenszel odds ratio is not the efficient estimate. Tables with an empty margin say nothing
    and do not count; ``None`` where fewer than two say something, or the odds ratio is zero or
    infinite. The R call is ``metafor::rma.mh(measure = "OR")`` (``BD``, ``TA``). Breslow and Day
    1980, Statistical Methods in Cancer Research I, section 4.4; Tarone 1985,
    doi:10.1093/biomet/72.1.91.
    """
    events = t.a + t.c
    says = (t.n1 > 0.0) & (t.n2 > 0.0) & (events > 0.0) & (events < t.n)
    count = int(np.count_nonzero(says))
    if count <= 1 or not 0.0 < odds_ratio < math.inf:
        return None
    a, n1, n2, m = t.a[says], t.n1[says], t.n2[says], events[says]
    fitted = _fitted(n1, n2, m, odds_ratio)
    cells = (fitted, n1 - fitted, m - fitted, n2 - m + fitted)
    variance = 1.0 / sum(1.0 / cell for cell in cells)
    statistic = float(((a - fitted) ** 2 / variance).sum())
    taken = float((a - fitted).sum()) ** 2 / float(np.sum(variance))
    return _chi_square(statistic, count - 1), _chi_square(max(statistic - taken, 0.0), count - 1)


def exact_conditional(t: Tables, level: float) -> Exact | None:
    r"""Test and estimate a common odds ratio from the exact distribution of :math:`\sum a`.

    Given the margins, the sum has probabilities :math:`\propto h(x) \psi^x`, ``h`` the convolution
    of the tables' hypergeometric distributions. ``p`` adds what is no more probable than the
    observed sum at ψ = 1; the estimate makes the observed sum its expectation; each limit leaves
    half of ``1 - level`` beyond it. The R call is ``mantelhaen.test(exact = TRUE)``. Mehta, Patel
    and Gray 1985, doi:10.1080/01621459.1985.10478212. ``None`` where the observed sum lies so far
    out that its probability cannot be represented, or where nothing can vary.

    Counts must be whole numbers.
    """
    first, h = _convolved(t)
    place, last = round(float(t.a.sum())) - first, h.size - 1
    with np.errstate(divide="ignore"):
        log_h = np.asarray(np.log(h), dtype=np.float64)
    if last == 0 or log_h[place] < _UNDERFLOW:
        return None
    p = min(1.0, float(h[h <= h[place] * (1.0 + _TIE)].sum()))
    tail = (1.0 - level) / 2.0
    law = _Law(log_h, np.arange(-place, h.size - place, dtype=np.float64))
    low = 0.0 if place == 0 else math.exp(_root(law.excess_above, tail))
    high = math.inf if place == last else math.exp(_root(law.excess_below, tail))
    if 0 < place < last:
        return Exact(p, math.exp(_root(law.excess_mean, 0.0)), low, high)
    return Exact(p, 0.0 if place == 0 else math.inf, low, high)


@dataclass(frozen=True, slots=True, eq=False)
class _Law:
    """The distribution of the sum, as distances ``x`` from the observed one, at log odds ratios.

    Each method returns a function that rises with the log odds ratio, and its derivative.
    """

    log_h: Floats
    x: Floats

    def excess_above(self, log_or: float, goal: float) -> tuple[float, float]:
        """Return the log odds of a sum as large as observed, less those of ``goal``."""
        f = self._probabilities(log_or)
        return self._odds(f, self.x >= 0.0, goal)

    def excess_below(self, log_or: float, goal: float) -> tuple[float, float]:
        """Return the log odds of ``goal`` less those of a sum as small as observed."""
        f = self._probabilities(log_or)
        value, slope = self._odds(f, self.x <= 0.0, goal)
        return -value, -slope

    def excess_mean(self, log_or: float, _: float) -> tuple[float, float]:
        """Return the expected distance and its derivative, the variance."""
        f = self._probabilities(log_or)
        mean = float((f * self.x).sum())
        return mean, float((f * (self.x - mean) ** 2).sum())

    def _probabilities(self, log_or: float) -> Floats:
        exponent = self.log_h + log_or * self.x
        f = np.exp(exponent - exponent.max())
        return np.asarray(f / f.sum(), dtype=np.float64)

    def _odds(self, f: Floats, inside: Bools, goal: float) -> tuple[float, float]:
        part, rest = float(f[inside].sum()), float(f[~inside].sum())
        mean = float((f * self.x).sum())
        pull = f * (self.x - mean)
        # The two sides sum to zero; the lighter one has the digits.
        slope = float(pull[inside].sum() if part < rest else -pull[~inside].sum())
        with np.errstate(divide="ignore", invalid="ignore"):
            value = np.log(part) - np.log(rest) - math.log(goal / (1.0 - goal))
            steepness = slope / np.float64(part * rest)
        return float(value), float(steepness)


def _root(function: Callable[[float, float], tuple[float, float]], goal: float) -> float:
    """Solve a rising function of the log odds ratio, doubling the bracket until it holds the root."""
    reach = 1.0
    while function(-reach, goal)[0] > 0.0 or function(reach, goal)[0] < 0.0:
        reach *= 2.0

    def batched(at: Floats, _: Ints) -> tuple[Floats, Floats]:
        value, slope = function(float(at[0]), goal)
        step = -value / slope if slope > 0.0 and math.isfinite(value) else math.inf
        return np.array([-value]), np.array([step])

    one = np.array([1.0])
    return float(
        safeguarded_newton(batched, -reach * one, reach * one, start=0.0 * one, scale=one).x[0]
    )


def _convolved(t: Tables) -> tuple[int, Floats]:
    """Return the smallest possible sum of ``a`` and the probabilities from there on at ψ = 1."""
    total, first = np.ones(1), 0
    for n1, n2, m in zip(t.n1, t.n2, t.a + t.c, strict=True):
        low, p = _hypergeometric(n1, n2, m)
        total, first = np.convolve(total, p), first + low
    return first, np.asarray(total / total.sum(), dtype=np.float64)


def _hypergeometric(n1: float, n2: float, m: float) -> tuple[int, Floats]:
    """Return the smallest ``a`` and the probabilities from there on.

    From the ratios of neighbours: logarithms of factorials would lose six digits of large arms.
    """
    low, high = max(0.0, m - n2), min(n1, m)
    x = np.arange(low, high)
    ratio = (n1 - x) * (m - x) / ((x + 1.0) * (n2 - m + x + 1.0))
    log_p = np.concatenate(([0.0], np.cumsum(np.log(ratio))))
    p = np.exp(log_p - log_p.max())
    return int(low), np.asarray(p / p.sum(), dtype=np.float64)


def _fitted(n1: Floats, n2: Floats, m: Floats, odds_ratio: float) -> Floats:
    """Return the ``a`` that give each table the odds ratio with its margins kept.

    The root of a quadratic, in the form that does not cancel where the odds ratio is near one.
    """
    linear = odds_ratio * (n1 + m) + (n2 - m)
    product = odds_ratio * n1 * m
    root = np.sqrt(np.maximum(linear**2 - 4.0 * (odds_ratio - 1.0) * product, 0.0))
    return np.asarray(2.0 * product / (linear + root), dtype=np.float64)


def _chi_square(statistic: float, df: int) -> ChiSquare:
    p = chi2_upper(np.array([statistic]), np.array([float(df)]))
    return ChiSquare(statistic, df, float(p[0]))
