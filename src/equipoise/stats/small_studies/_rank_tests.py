"""Rank correlation tests of small-study effects: Begg and Mazumdar's, and Schwarzer's of counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from equipoise.errors import MethodError
from equipoise.kernels.asymmetry import first_cell_moments
from equipoise.kernels.batches import single
from equipoise.kernels.effects.two_by_two import Tables
from equipoise.kernels.inverse_variance import weighted_mean
from equipoise.kernels.mantel_haenszel import log_odds_ratio
from equipoise.kernels.ranks import kendall
from equipoise.stats.notes import Note
from equipoise.stats.small_studies._asymmetry_result import Asymmetry
from equipoise.stats.small_studies._common import cautions, check_enough, no_spread, trials_of
from equipoise.stats.small_studies._count_tests import tables_of, uninformative

if TYPE_CHECKING:
    from equipoise.stats.results import MetaAnalysis


def begg(fit: MetaAnalysis) -> Asymmetry:
    """Correlate ranks of standardised effects and variances; R: ``metafor::ranktest(fit)``.

    Effects are taken from the common-effect mean and divided by the standard error of that
    difference. Begg and Mazumdar 1994, doi:10.2307/2533446.
    """
    yi, vi = trials_of(fit)
    common = weighted_mean(single(yi, vi), np.zeros(1))
    variance = vi - common.se[0] ** 2
    if (variance <= 0.0).any():
        raise MethodError(
            "one trial has nearly all the weight, so that it has no distance from the mean; use "
            "test='egger'",
            spec="test=begg",
            reason="a distance without variance",
        )
    standardised = (yi - common.estimate[0]) / np.sqrt(variance)
    result = kendall(standardised, vi)
    if not np.isfinite(result.tau):
        raise no_spread("variance")
    caution = cautions(fit, yi.size, of_asymmetry=True)
    return Asymmetry(fit, "begg", yi.size, result.tau, result.p, caution, exact=result.exact)


def schwarzer(fit: MetaAnalysis) -> Asymmetry:
    r"""Correlate ranks of standardised event counts and of the inverse of their variances.

    Given all margins, the events in arm 1 follow Fisher's noncentral hypergeometric distribution
    with the Mantel-Haenszel odds ratio of the observed counts; each count is taken from its mean
    there and divided by its standard deviation. The measure of the fit does not matter. The R call is
    ``meta::metabias(m, method.bias = "Schwarzer")``, whose p is always normal; here, as for Begg's
    test, it is exact where there are no ties. Schwarzer, Antes and Schumacher 2007,
    doi:10.1002/sim.2588.

    Raises:
        DataError: If fewer than three tables can vary.
        MethodError: If counts are not whole, or the common odds ratio does not exist.
    """
    t = tables_of(fit)
    _check_whole(t)
    common = float(log_odds_ratio(t, np.ones((1, t.a.size), dtype=np.bool_)).estimate[0])
    if not np.isfinite(common):
        raise MethodError(
            "these tables have no Mantel-Haenszel odds ratio: one arm of all trials has no events, "
            "or nothing else; use test='harbord'",
            spec="test=schwarzer",
            reason="the common odds ratio does not exist",
        )
    mean, variance = first_cell_moments(t, common)
    keep = variance > 0.0
    k = int(np.count_nonzero(keep))
    check_enough(k, "trials with and without events")
    result = kendall((t.a - mean)[keep] / np.sqrt(variance[keep]), 1.0 / variance[keep])
    if not np.isfinite(result.tau):
        raise no_spread("variance of the count")
    text = "rank tests of counts have little power, also where small trials are missing"
    notes = (Note("low-power", text), *uninformative(fit, keep))
    caution = (*cautions(fit, k, of_asymmetry=True), *notes)
    return Asymmetry(fit, "schwarzer", k, result.tau, result.p, caution, exact=result.exact)


def _check_whole(t: Tables) -> None:
    if any((cell != np.round(cell)).any() for cell in (t.a, t.b, t.c, t.d)):
        raise MethodError(
            "the rank test of counts needs whole numbers; for adjusted counts use test='harbord'",
            spec="test=schwarzer",
            reason="the distribution is one of whole counts",
        )
