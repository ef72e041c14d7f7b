"""Tests that go back to the two-by-two tables: Harbord, Peters, Macaskill, Deeks.

Their predictors and weights come from margins, not from the estimated effect, so that odds and risk
ratios do not correlate with them by themselves. Counts are taken as observed, without a zero-cell
correction; the effects that Peters, Macaskill and Deeks regress are those of the fit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from equipoise.kernels import asymmetry as kernel
from equipoise.kernels.batches import Bools, Floats
from equipoise.kernels.effects.two_by_two import Tables, tables
from equipoise.stats.notes import Note
from equipoise.stats.small_studies._asymmetry_result import PREDICTOR_WORDS, Asymmetry, from_line
from equipoise.stats.small_studies._common import (
    AsymmetryName,
    cautions,
    check_enough,
    trials_of,
)
from equipoise.stats.small_studies._lines import fit_line
from equipoise.stats.small_studies.which_test import COUNTS, ONE_GROUP_COUNTS

if TYPE_CHECKING:
    from equipoise.stats.results import MetaAnalysis

_LARGE_TAU2: Final = 0.1
"""The τ² of log odds ratios above which Sterne and others 2011, doi:10.1136/bmj.d4002, advise
against these tests."""


@dataclass(frozen=True, slots=True, eq=False)
class _Points:
    """What a line is drawn through, ``nan`` in ``vi`` where a trial says nothing."""

    yi: Floats
    vi: Floats
    predictor: Floats
    named: str


def harbord(fit: MetaAnalysis) -> Asymmetry:
    r"""Regress :math:`Z / V` on :math:`1 / \sqrt V` with weights ``V``: scores for estimates.

    The same line as :math:`Z / \sqrt V` on :math:`\sqrt V`, whose intercept is the slope here. The
    R call is ``meta::metabias(m, method.bias = "Harbord")``; for risk ratios with arms of unequal
    size R's information differs, see the page on what does not agree. Harbord, Egger and Sterne
    2006, doi:10.1002/sim.2380.
    """
    score, information = _score(fit)
    usable = np.where(information > 0.0, information, np.nan)
    points = _Points(score / usable, 1.0 / usable, 1.0 / np.sqrt(usable), "1/sqrt(V)")
    return _test(fit, "harbord", points, (*_guidance(fit), *_ratio_of_rates(fit)))


def peters(fit: MetaAnalysis) -> Asymmetry:
    r"""Regress effects on ``1 / n`` with the weights :math:`E (N - E) / N`.

    ``E`` are the events of both arms (or of the only one). The R call is ``meta::metabias(m,
    method.bias = "Peters")``. Peters and others 2006, doi:10.1001/jama.295.6.676.
    """
    n, vi = _pooled_events(fit)
    points = _Points(_effects(fit), vi, 1.0 / n, "1/n")
    return _test(fit, "peters", points, (*_guidance(fit), *_ratio_of_rates(fit)))


def macaskill(fit: MetaAnalysis) -> Asymmetry:
    """Regress effects on ``n`` with Peters's weights: method FPV.

    Macaskill, Walter and Irwig 2001, doi:10.1002/sim.698. Their method FIV, with the weights ``1 /
    vi``, is ``asymmetry(predictor="n")``.
    """
    n, vi = _pooled_events(fit)
    text = "Macaskill's test has little power; Peters's is the same with 1/n, and has more"
    caution = (*_guidance(fit), Note("low-power", text))
    return _test(fit, "macaskill", _Points(_effects(fit), vi, n, "n"), caution)


def deeks(fit: MetaAnalysis) -> Asymmetry:
    """Regress log diagnostic odds ratios on the inverse root of the effective sample size.

    Weights are effective sample sizes; group 1 are people with the condition, group 2 those
    without, events positive tests. The R call is ``meta::metabias(m, method.bias = "Deeks")``.
    Deeks, Macaskill and Irwig 2005, doi:10.1016/j.jclinepi.2005.01.016.
    """
    t = tables_of(fit)
    size = kernel.effective_sample_size(t.n1, t.n2)
    text = (
        "Deeks's test is for diagnostic odds ratios, with people who have the condition as group 1;"
        " for trials use test='harbord'"
    )
    points = _Points(_effects(fit), 1.0 / size, 1.0 / np.sqrt(size), "1/sqrt(ess)")
    return _test(fit, "deeks", points, (Note("diagnostic", text),))


def tables_of(fit: MetaAnalysis) -> Tables:
    """Return the observed tables of the trials that can be estimated."""
    return tables(*(_column(fit, name) for name in COUNTS))


def uninformative(fit: MetaAnalysis, keep: Bools) -> tuple[Note, ...]:
    """Say which trials did not enter; ``keep`` is over those that can be estimated."""
    if keep.all():
        return ()
    rows = np.flatnonzero(fit.effects.estimable)[~keep]
    text = "trials without events, or with nothing but events, say nothing here and do not enter"
    return (Note("without-information", text, tuple(int(row) for row in rows)),)


def _score(fit: MetaAnalysis) -> tuple[Floats, Floats]:
    if not all(name in fit.effects.columns for name in COUNTS):
        return _column(fit, "o_minus_e"), _column(fit, "variance")
    t = tables_of(fit)
    return kernel.risk_ratio_score(t) if fit.effects.measure == "RR" else kernel.odds_ratio_score(t)


def _pooled_events(fit: MetaAnalysis) -> tuple[Floats, Floats]:
    """Return sample sizes and the variance of the log odds of an event, both arms together."""
    if all(name in fit.effects.columns for name in COUNTS):
        t = tables_of(fit)
        return t.n, kernel.pooled_event_variance(t.a + t.c, t.b + t.d)
    events, n = (_column(fit, name) for name in ONE_GROUP_COUNTS)
    return n, kernel.pooled_event_variance(events, n - events)


def _test(
    fit: MetaAnalysis, name: AsymmetryName, points: _Points, extra: tuple[Note, ...]
) -> Asymmetry:
    keep = np.isfinite(points.vi)
    k = int(np.count_nonzero(keep))
    check_enough(k, "trials with and without events")
    line = fit_line(
        points.yi[keep], points.vi[keep], points.predictor[keep],
        named=PREDICTOR_WORDS[points.named], level=fit.methods.level,
    )  # fmt: skip
    caution = (*cautions(fit, k, of_asymmetry=True), *extra, *uninformative(fit, keep))
    return from_line(fit, name, line, k=k, predictor=points.named, caution=caution)


def _effects(fit: MetaAnalysis) -> Floats:
    return trials_of(fit)[0]


def _column(fit: MetaAnalysis, name: str) -> Floats:
    return fit.effects.columns[name][fit.effects.estimable]


def _guidance(fit: MetaAnalysis) -> tuple[Note, ...]:
    if fit.effects.measure not in {"OR", "PETO"} or (fit.tau2 or 0.0) <= _LARGE_TAU2:
        return ()
    text = (
        f"τ² of the log odds ratios is {fit.tau2:.2g}: above {_LARGE_TAU2:g} this test finds too "
        "much, and the arcsine test (measure 'AS', test='thompson-sharp') is preferred"
    )
    return (Note("odds-ratios-differ", text),)


def _ratio_of_rates(fit: MetaAnalysis) -> tuple[Note, ...]:
    if fit.effects.measure in {"OR", "PETO"}:
        return ()
    text = (
        f"this test was studied for odds ratios; there is no firm guidance for "
        f"{fit.effects.measure}"
    )
    return (Note("no-guidance", text),)
