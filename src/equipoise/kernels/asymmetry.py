"""What tests of small-study effects make of two-by-two tables: scores, null variances, cell moments.

All take and give arrays of shape ``(k,)``, one value a study. ``nan`` marks a study that says
nothing: without events, or with nothing but events.
"""

from __future__ import annotations

import numpy as np

from equipoise.kernels.batches import Floats
from equipoise.kernels.effects.two_by_two import Tables, observed_minus_expected


def odds_ratio_score(t: Tables) -> tuple[Floats, Floats]:
    r"""Return the efficient score of the log odds ratio at zero, and its information.

    :math:`Z = a - E n_1 / N` with ``E`` the events of both arms, and :math:`V = n_1 n_2 E (N - E) /
    (N^2 (N - 1))`, the hypergeometric variance: Peto's O - E and V. Harbord, Egger and Sterne 2006,
    doi:10.1002/sim.2380.
    """
    score, information = observed_minus_expected(t)
    return _informative(t, score), _informative(t, information)


def risk_ratio_score(t: Tables) -> tuple[Floats, Floats]:
    r"""Return the efficient score of the log risk ratio at zero, and its information.

    The binomial likelihood of both arms with :math:`p_1 = p e^{\theta}` has the score :math:`(a - E
    n_1 / N) / (1 - p)` at :math:`\theta = 0` and :math:`p = E / N`, so that :math:`Z = (a N - E
    n_1) / (N - E)`; its information, ``p`` being estimated, is :math:`V = n_1 n_2 E / (N (N - E))`.
    Harbord, Harris and Sterne 2009, doi:10.1177/1536867X0900900202.
    """
    events, others = t.a + t.c, t.b + t.d
    with np.errstate(divide="ignore", invalid="ignore"):
        score = (t.a * t.n - events * t.n1) / others
        information = t.n1 * t.n2 * events / (t.n * others)
    return _informative(t, score), _informative(t, information)


def pooled_event_variance(events: Floats, others: Floats) -> Floats:
    r"""Return :math:`1 / E + 1 / (N - E)`, the variance of the log odds of an event in all people.

    It depends on the event rate of both arms together and so not on the effect, which is why tests
    weigh by it: Macaskill, Walter and Irwig 2001 (method FPV), doi:10.1002/sim.698; Peters and
    others 2006, doi:10.1001/jama.295.6.676.
    """
    known = (events > 0.0) & (others > 0.0)
    with np.errstate(divide="ignore"):
        variance = 1.0 / events + 1.0 / others
    return np.where(known, variance, np.nan)


def effective_sample_size(n_1: Floats, n_2: Floats) -> Floats:
    r"""Return :math:`4 n_1 n_2 / (n_1 + n_2)`: the size of a balanced study as informative.

    Deeks, Macaskill and Irwig 2005, doi:10.1016/j.jclinepi.2005.01.016.
    """
    return 4.0 * n_1 * n_2 / (n_1 + n_2)


def first_cell_moments(t: Tables, log_odds_ratio: float) -> tuple[Floats, Floats]:
    r"""Return mean and variance of the events in arm 1, given all margins and the odds ratio.

    The distribution is Fisher's noncentral hypergeometric one: :math:`P(a) \propto \binom{n_1}{a}
    \binom{n_2}{E - a} \psi^a`. Chances are summed from their ratios, taken as logarithms from the
    lowest possible value on, so that arms of any size stay within range. Counts must be whole.
    """
    pairs = [
        _moments(int(n_1), int(n_2), int(events), log_odds_ratio)
        for n_1, n_2, events in zip(t.n1, t.n2, t.a + t.c, strict=True)
    ]
    mean, variance = (np.array(values, dtype=np.float64) for values in zip(*pairs, strict=True))
    return mean, variance


def _moments(n_1: int, n_2: int, events: int, log_odds_ratio: float) -> tuple[float, float]:
    lowest, highest = max(0, events - n_2), min(n_1, events)
    value = np.arange(lowest, highest + 1, dtype=np.float64)
    after = value[1:]
    ratio = (n_1 - after + 1.0) * (events - after + 1.0) / (after * (n_2 - events + after))
    logs = np.concatenate(([0.0], np.cumsum(np.log(ratio) + log_odds_ratio)))
    chance = np.exp(logs - logs.max())
    chance /= chance.sum()
    mean = float((chance * value).sum())
    return mean, float((chance * (value - mean) ** 2).sum())


def _informative(t: Tables, values: Floats) -> Floats:
    known = (t.a + t.c > 0.0) & (t.b + t.d > 0.0)
    return np.where(known, values, np.nan)
