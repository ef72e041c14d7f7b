"""Trials in which each person has both treatments: what the pairing does to the variance.

The effect is that of a parallel trial; only its variance is smaller, by the correlation ``r`` of a
person's two outcomes. Arm 1 and arm 2 are the two treatments, ``n`` the people who had both. There
is no term for the period: with as many people in each order, a period effect leaves the estimate
as it is and is part of its variance (Elbourne and others 2002, doi:10.1093/ije/31.1.140).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from equipoise.kernels.batches import Bools, Floats
from equipoise.kernels.effects.matched_pairs import PairTables
from equipoise.kernels.effects.paired_means import Pairs
from equipoise.kernels.effects.two_by_two import Tables
from equipoise.kernels.effects.two_means import hedges_correction


def implied_correlation(sd_1: Floats, sd_2: Floats, sd_difference: Floats) -> Floats:
    """Return the correlation of two measurements that their three standard deviations imply.

    (s₁² + s₂² − s_d²) / (2 s₁ s₂), not confined to −1 to 1: a value outside says that the three
    cannot belong together. Cochrane Handbook 6.5.2.8 and 23.2.7.2. ``nan`` where an SD is zero.
    """
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        ratio = sd_1 / sd_2
        return 0.5 * (ratio + 1.0 / ratio - (sd_difference / sd_1) * (sd_difference / sd_2))


def se_from_t(difference: Floats, t: Floats) -> Floats:
    """Return the standard error |d / t| of a difference with its paired t; ``nan`` where t is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(t == 0.0, np.nan, np.abs(difference / t))


def t_from_p(p: Floats, df: Floats) -> Floats:
    """Return the absolute t that has the two-sided p-value ``p``."""
    positive = np.where(df > 0.0, df, np.nan)
    return np.asarray(-special.stdtrit(positive, p / 2.0), dtype=np.float64)


def se_from_interval(low: Floats, high: Floats, df: Floats, level: float) -> Floats:
    """Return the standard error of a t interval; an infinite ``df`` makes it a normal one."""
    tail = (1.0 - level) / 2.0
    bounded = np.where(np.isinf(df), 1.0, np.where(df > 0.0, df, np.nan))
    critical = np.where(np.isinf(df), -special.ndtri(tail), -special.stdtrit(bounded, tail))
    return np.asarray((high - low) / (2.0 * critical), dtype=np.float64)


def pooled_sd(sd_1: Floats, sd_2: Floats) -> Floats:
    """Return √((s₁² + s₂²) / 2), the SD within a treatment, as a parallel trial would have it."""
    return np.asarray(np.hypot(sd_1, sd_2) / np.sqrt(2.0), dtype=np.float64)


def sd_within(sd_difference: Floats, r: Floats) -> Floats:
    """Return the SD within a treatment that an SD of differences implies: s_d / √(2 (1 − r)).

    Both treatments are taken to have the same. Cochrane Handbook 23.2.7.2. ``nan`` where r is 1.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        return sd_difference / np.sqrt(np.where(r < 1.0, 2.0 * (1.0 - r), np.nan))


def standardised_difference(
    difference: Floats, sd: Floats, r: Floats, n: Floats, *, handbook: bool
) -> tuple[Floats, Floats]:
    """Return the difference in standard deviations within a treatment, and its variance.

    The standardiser is `pooled_sd`, so that the value is comparable with parallel trials (that of
    the differences would make trials with a high correlation look better). By default
    g = J(m) d / s with m = 2 (n − 1) / (1 + r²), the degrees of freedom of s², and variance
    2 (1 − r)/n + g² (1 + r²) / (4n). The R call is ``escalc("SMCRP")``; Cousineau 2020,
    The Quantitative Methods for Psychology 16.

    With ``handbook`` there is no J, and the variance is 2 (1 − r) (1/n + d²/(2n)), which Cochrane
    Handbook 23.2.7.2 gives. It multiplies the second term by 2 (1 − r) too, and so is too small
    where r is high and the effect large: Kitchenham and Madeyski 2020, doi:10.1002/sim.8669.
    """
    rest = 2.0 * (1.0 - r)
    with np.errstate(divide="ignore", invalid="ignore"):
        if handbook:
            yi = difference / sd
            return yi, rest * (1.0 + yi**2 / 2.0) / n
        yi = hedges_correction(2.0 * (n - 1.0) / (1.0 + r**2)) * difference / sd
        return yi, (rest + yi**2 * (1.0 + r**2) / 4.0) / n


def log_ratio_of_means(p: Pairs) -> tuple[Floats, Floats]:
    """Return the bias-corrected log ratio of two means of the same people, and its variance.

    log(m₁/m₂) + ½ (c₁² − c₂²)/n with variance (c₁² + c₂² − 2 r c₁ c₂)/n, c = s/m: the estimate of a
    parallel trial with n in each arm, whatever r. Without the correction it is ``escalc("ROMC")``.
    Lajeunesse 2011, doi:10.1890/11-0423.1; Lajeunesse 2015, doi:10.1890/14-2402.1.
    """
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        first, second = p.sd_1 / p.mean_1, p.sd_2 / p.mean_2
        yi = np.log(p.mean_1 / p.mean_2) + (first**2 - second**2) / (2.0 * p.n)
        vi = ((first - second) ** 2 + 2.0 * (1.0 - p.r) * first * second) / p.n
    return yi, vi


@dataclass(frozen=True, slots=True, eq=False)
class Margins:
    """The margins of tables of pairs: events under each treatment, and how they go together.

    ``table`` has ``n`` people in either "arm"; ``covariance`` is that of a person's two outcomes,
    p₁₁ − p₁ p₂.
    """

    table: Tables
    covariance: Floats

    @property
    def r(self) -> Floats:
        """The correlation (φ) of a person's two outcomes; ``nan`` where one never varies."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return self.covariance / _spread(self.table)


def margins_of_pairs(t: PairTables) -> Margins:
    """Return the margins of tables of pairs."""
    table = Tables(t.both + t.only_1, t.only_2 + t.neither, t.both + t.only_2, t.only_1 + t.neither)
    return Margins(table, (t.both * t.neither - t.only_1 * t.only_2) / t.n**2)


def margins_with_correlation(table: Tables, r: Floats) -> Margins:
    """Return margins whose outcomes have correlation ``r``."""
    return Margins(table, r * _spread(table))


def correlation_range(t: Tables) -> tuple[Floats, Floats]:
    """Return the smallest and largest correlation that two outcomes with these risks can have.

    All four cells must be probabilities: p₁₁ lies between max(0, p₁ + p₂ − 1) and min(p₁, p₂).
    Fréchet's bounds; ``nan`` where a risk is 0 or 1.
    """
    p1, p2 = t.a / t.n1, t.c / t.n2
    with np.errstate(divide="ignore", invalid="ignore"):
        low = np.maximum(0.0, p1 + p2 - 1.0) - p1 * p2
        high = np.minimum(p1, p2) - p1 * p2
        return low / _spread(t), high / _spread(t)


def pairs_exist(m: Margins) -> Bools:
    """Return whether some table of pairs has these margins and this correlation.

    All four counts of pairs must be zero or more, with half a pair for what rounding did to r.
    """
    t, n, both = m.table, m.table.n1, _both(m)
    least, most = np.maximum(0.0, t.a + t.c - n), np.minimum(t.a, t.c)
    return np.asarray((both >= least - 0.5) & (both <= most + 0.5), dtype=np.bool_)


def pairs_differ(m: Margins) -> Bools:
    """Return whether at least one pair has an event under one treatment only.

    Else nothing varies, and what is left of the variance is rounding. Half a pair counts as one.
    """
    return np.asarray(m.table.a + m.table.c - 2.0 * _both(m) >= 0.5, dtype=np.bool_)  # noqa: PLR2004  # half a pair


def corrected_pairs(t: PairTables, where: Bools, add: float) -> PairTables:
    """Add half of ``add`` to each count of pairs, so that each marginal count gets ``add``."""
    more = np.where(where, add / 2.0, 0.0)
    return PairTables(t.both + more, t.only_1 + more, t.only_2 + more, t.neither + more)


def paired_variance(measure: str, m: Margins) -> Floats:
    """Return the variance of the marginal RD, log RR or log OR: a parallel trial's less the pairing.

    The covariance term is 2c/n for ``RD``, over p₁p₂ for ``RR``, over p₁q₁p₂q₂ for ``OR``. The last is
    Becker and Balagtas 1993, doi:10.2307/2532242, and equals ``escalc("MPOR")`` where the table of
    pairs is known; the others equal ``escalc("MPRD")`` and ``escalc("MPRR")``.
    """
    t, n = m.table, m.table.n1
    p1, q1, p2, q2 = t.a / n, t.b / n, t.c / n, t.d / n
    with np.errstate(divide="ignore", invalid="ignore"):
        if measure == "RD":
            return (p1 * q1 + p2 * q2 - 2.0 * m.covariance) / n
        if measure == "RR":
            return (q1 / p1 + q2 / p2 - 2.0 * m.covariance / p1 / p2) / n
        shared = m.covariance / (p1 * q1) / (p2 * q2)
        return (1.0 / (p1 * q1) + 1.0 / (p2 * q2) - 2.0 * shared) / n


def _both(m: Margins) -> Floats:
    """Return the number of pairs with an event under both treatments."""
    return m.table.a * (m.table.c / m.table.n1) + m.table.n1 * m.covariance


def _spread(t: Tables) -> Floats:
    """Return √(p₁q₁p₂q₂), the product of the outcomes' standard deviations."""
    return np.sqrt(t.a * t.b) / t.n1 * (np.sqrt(t.c * t.d) / t.n2)
