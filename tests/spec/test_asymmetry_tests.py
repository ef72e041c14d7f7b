"""Tests of small-study effects that are made for one kind of measure.

Most paragraphs have four trials in two groups of one size each. A weighted line then goes through
the two group means, and with two degrees of freedom p = 1 - |t|/√(2 + t²).
"""

from __future__ import annotations

import json
import math
from typing import Any, get_args

import numpy as np
import pytest

import equipoise as eq
from equipoise.errors import MethodError
from equipoise.kernels import asymmetry as kernel
from equipoise.kernels.effects.two_by_two import tables
from equipoise.stats.options import Measure
from equipoise.stats.small_studies.asymmetry import RECOMMENDED, allowed_tests, asymmetry
from spec.manual import printed, table


def pooled(measure: Any, text: str, **options: Any) -> Any:
    return eq.pool(eq.effect_sizes(measure, **table(text)), ci="wald", tau2_ci="none", **options)


def p_of(t: float) -> float:
    return 1.0 - abs(t) / math.sqrt(2.0 + t * t)


def codes(result: Any) -> set[str]:
    return {note.code for note in result.caution}


SCORES = """
    events_1 | n_1 | events_2 | n_2
    4        | 5   | 1        | 5
    3        | 5   | 2        | 5
    8        | 13  | 5        | 13
    7        | 13  | 6        | 13
"""


def test_harbords_scores_of_odds_ratios() -> None:
    """Half of all people have an event and arms are equal: V = N²/(16(N - 1)), Z = a - E/2.

    N = 10 gives V = 25/36 and Z = 1.5, 0.5; N = 26 gives V = 1.69 and Z = 1.5, 0.5. The means of
    Z/V are 1/V in both groups, the deviations ±0.5/V: t = √8 (V₂ - V₁)/(V₂ + V₁). The line runs
    over 1/√V, that is from 1/1.3 to 1.2.
    R: ``metabias(metabin(..., sm = "OR"), method.bias = "Harbord", k.min = 4)``.
    """
    found = pooled("OR", SCORES).asymmetry("harbord")
    v_1, v_2 = 25.0 / 36.0, 1.69
    t = math.sqrt(8.0) * (v_2 - v_1) / (v_2 + v_1)
    assert (found.test, found.predictor, found.df, found.k) == ("harbord", "1/sqrt(V)", 2.0, 4)
    assert found.slope == printed((1.0 / v_1 - 1.0 / v_2) / (1.2 - 1.0 / 1.3))
    assert found.statistic == printed(t)
    assert found.p == printed(p_of(t))
    assert found.limit is None


def test_harbords_test_is_eggers_test_of_petos_estimates() -> None:
    """Z/V and 1/V are Peto's log odds ratio and its variance, also where only these are known."""
    peto = pooled("PETO", SCORES)
    z, v = np.array([1.5, 0.5, 1.5, 0.5]), np.array([25 / 36, 25 / 36, 1.69, 1.69])
    only = eq.pool(eq.effect_sizes("PETO", o_minus_e=z, variance=v))
    expected = printed(pooled("OR", SCORES).asymmetry("harbord").statistic)
    assert peto.asymmetry("egger").statistic == expected
    assert peto.asymmetry("harbord").statistic == expected
    assert only.asymmetry("harbord").statistic == expected


def test_harbords_scores_of_risk_ratios() -> None:
    """Half have an event: V = N/4, Z = 2(a - E/2): 4 and (2, 0), 9 and (2, 0): t = √2 · 5/13.

    R: ``metabias(metabin(..., sm = "RR"), method.bias = "Harbord", k.min = 4)``; with arms of one
    size R's V, (N/4) E/(N - E), is the information n₁n₂E/(N(N - E)). With 4 and 12 people and half
    of them with an event the information is 3, and R's V is 4.
    """
    found = pooled("RR", """
        events_1 | n_1 | events_2 | n_2
        5        | 8   | 3        | 8
        4        | 8   | 4        | 8
        10       | 18  | 8        | 18
        9        | 18  | 9        | 18
    """).asymmetry("harbord")  # fmt: skip
    assert found.statistic == printed(math.sqrt(2.0) * 5.0 / 13.0)
    assert "no-guidance" in codes(found)
    one = [np.array([value]) for value in (3.0, 4.0, 5.0, 12.0)]
    score, information = kernel.risk_ratio_score(tables(*one))
    assert (score[0], information[0]) == (printed(2.0), printed(3.0))


EVENTS = """
    events_1 | n_1 | events_2 | n_2
    8        | 20  | 4        | 20
    6        | 20  | 6        | 20
    12       | 40  | 12       | 40
    12       | 40  | 12       | 40
"""


def test_peters_weighs_by_the_events_of_both_arms() -> None:
    """Weights E(N - E)/N: 12 · 28/40 = 8.4 and 16.8; log risk ratios log 2, 0 and 0, 0.

    The line falls from log(2)/2 at 1/40 to 0 at 1/80: slope 40 log 2. The squares left are 2 · 8.4
    (log(2)/2)², over 2 df; t = ½/√(2.1 (1/16.8 + 1/33.6)) = 2/√3.
    R: ``metabias(metabin(..., sm = "RR"), method.bias = "Peters", k.min = 4)``.
    """
    found = pooled("RR", EVENTS).asymmetry("peters")
    assert found.slope == printed(40.0 * math.log(2.0))
    assert found.statistic == printed(2.0 / math.sqrt(3.0))
    assert found.p == printed(1.0 - 2.0 / math.sqrt(10.0))
    assert (found.limit.name, found.limit.estimate) == ("limit", printed(-0.5 * math.log(2.0)))


def test_macaskill_takes_the_size_itself() -> None:
    """The same trials over 40 and 80: slope -log(2)/80, and the same t below zero.

    Macaskill's method FPV. R's ``metabias(method.bias = "Macaskill")`` says so too, but weighs by
    ``1 / seTE^2``, which is method FIV: ``asymmetry(predictor="n")``.
    """
    fit = pooled("RR", EVENTS)
    found = fit.asymmetry("macaskill")
    assert found.slope == printed(-math.log(2.0) / 80.0)
    assert found.statistic == printed(-2.0 / math.sqrt(3.0))
    assert found.limit is None
    assert "low-power" in codes(found)
    assert fit.asymmetry(predictor="n").statistic != printed(found.statistic)


def test_peters_of_single_proportions() -> None:
    """Logits log(1/3), 0 and 0, 0 of 4, 8 and 20, 20 in 16 and 40: weights 3 (and 4), 10, 10.

    R: ``metabias(metaprop(event, n, sm = "PLOGIT"), method.bias = "Peters", k.min = 4)``.
    """
    events, n = np.array([4.0, 8.0, 20.0, 20.0]), np.array([16.0, 16.0, 40.0, 40.0])
    found = eq.pool(eq.effect_sizes("PLO", events=events, n=n)).asymmetry("peters")
    mean = 3.0 * math.log(1.0 / 3.0) / 7.0
    assert found.slope == printed(mean / (1 / 16 - 1 / 40))


def test_deeks_takes_effective_sample_sizes() -> None:
    """4 n₁n₂/N is 40 and 80; log odds ratios log 4, 0 and 0, 0: t = 1/√(40 · 3/160) = 2/√3.

    R: ``metabias(metabin(TP, n1, FP, n2, sm = "DOR"), method.bias = "Deeks", k.min = 4)``.
    """
    found = pooled("OR", """
        events_1 | n_1 | events_2 | n_2
        10       | 20  | 4        | 20
        10       | 20  | 10       | 20
        20       | 40  | 20       | 40
        20       | 40  | 20       | 40
    """).asymmetry("deeks")  # fmt: skip
    assert found.slope == printed(math.log(2.0) / (1.0 / math.sqrt(40.0) - 1.0 / math.sqrt(80.0)))
    assert found.statistic == printed(2.0 / math.sqrt(3.0))
    assert "diagnostic" in codes(found)
    sizes = kernel.effective_sample_size(np.array([10.0]), np.array([40.0]))
    assert sizes[0] == printed(32.0)


def test_schwarzer_ranks_counts() -> None:
    """Margins of one half: with a common odds ratio of 1, a has mean m/2, V = m²/(4(2m - 1)).

    For m = 2, 3, 4, 5 and a = 0, 1, 2, 4 the differences 2a - m sum to 0, which makes the odds ratio
    of Mantel and Haenszel 1. (a - m/2)/√V is -1.7, -0.7, 0, 1.8, while 1/V falls: τ = -1, and of 24
    orders two are as extreme.
    R: ``metabias(metabin(..., sm = "RD"), method.bias = "Schwarzer", k.min = 4)``, with a normal p.
    """
    found = pooled("RD", """
        events_1 | n_1 | events_2 | n_2
        0        | 2   | 2        | 2
        1        | 3   | 2        | 3
        2        | 4   | 2        | 4
        4        | 5   | 1        | 5
    """).asymmetry("schwarzer")  # fmt: skip
    assert (found.statistic, found.exact) == (-1.0, True)
    assert found.p == printed(2.0 / 24.0)
    assert str(found).startswith("Schwarzer's rank correlation test of counts of small-study")


def test_moments_of_the_noncentral_hypergeometric_distribution() -> None:
    """Arms of 2 and 2, two events, odds ratio 2: chances 1, 8, 4 of 13 for 0, 1, 2 events.

    Mean 16/13, second moment 24/13, variance 24/13 - 256/169 = 56/169.
    """
    one = [np.array([value]) for value in (1.0, 2.0, 1.0, 2.0)]
    mean, variance = kernel.first_cell_moments(tables(*one), math.log(2.0))
    assert (mean[0], variance[0]) == (printed(16.0 / 13.0), printed(56.0 / 169.0))


def test_pustejovsky_and_rodgers_leave_the_effect_out_of_the_predictor() -> None:
    """Arms of 8: g and -g, with one weight; arms of 18: h twice. √(1/8 + 1/8) = 1/2, and 1/3.

    The line goes through 0 at 1/2 and h at 1/3: slope -6h, limit 3h.
    R: ``metabias(metacont(..., sm = "SMD"), method.bias = "Pustejovsky", k.min = 4)``.
    """
    fit = pooled("SMD", """
        mean_1 | sd_1 | n_1 | mean_2 | sd_2 | n_2
        3      | 4    | 8   | 0      | 4    | 8
        0      | 4    | 8   | 3      | 4    | 8
        2      | 4    | 18  | 0      | 4    | 18
        2      | 4    | 18  | 0      | 4    | 18
    """)  # fmt: skip
    found = fit.asymmetry("pustejovsky-rodgers")
    h = fit.effects.yi[2]
    assert found.slope == printed(-6.0 * h)
    assert (found.limit.name, found.limit.estimate) == ("limit", printed(3.0 * h))
    assert "se-follows-effect" in codes(fit.asymmetry())
    assert "se-follows-effect" not in codes(found)


def test_thompson_and_sharp_add_a_variance_by_moments() -> None:
    """Trials 0, 2 and 4, 8 with errors 1 and 2: slope 5, and τ² = 2/(5/4) by moments.

    The slope's variance is (1 + 1.6)/2 + (4 + 1.6)/2 = 4.1; t has 2 df.
    R: ``metabias(metagen(yi, sei, method.tau = "DL"), method.bias = "Thompson", k.min = 4)``.
    """
    effects = eq.effect_sizes("GENERIC", estimate=[0.0, 2.0, 4.0, 8.0], se=[1.0, 1.0, 2.0, 2.0])
    found = eq.pool(effects).asymmetry("thompson-sharp")
    t = 5.0 / math.sqrt(4.1)
    assert (found.tau2, found.tau2_method, found.df) == (printed(1.6), "DL", 2.0)
    assert (found.statistic, found.p) == (printed(t), printed(p_of(t)))
    same = eq.pool(effects, tau2="DL").asymmetry(model="rma", ci="t")
    assert found.p == printed(same.p)


def test_trials_that_say_nothing_do_not_enter() -> None:
    """A trial without events, kept with a half in each cell, has no score and no weight."""
    rows = table(SCORES)
    more: dict[str, Any] = {
        name: [*column, extra]
        for (name, column), extra in zip(rows.items(), (0, 30, 0, 30), strict=True)
    }
    fit = eq.pool(eq.effect_sizes("OR", **more, double_zero="keep"))
    without = pooled("OR", SCORES)
    assert fit.k == 5
    for test in ("harbord", "peters", "schwarzer"):
        found = fit.asymmetry(test)
        assert (found.k, found.p) == (4, printed(without.asymmetry(test).p))
        assert [note.rows for note in found.caution if note.code == "without-information"] == [(4,)]


def test_the_recommended_test_follows_the_measure() -> None:
    """Sterne and others 2011 for odds ratios and mean differences; none for risk differences."""
    assert pooled("OR", SCORES).asymmetry("recommended").test == "harbord"
    assert pooled("AS", SCORES).asymmetry("recommended").test == "thompson-sharp"
    generic = eq.pool(eq.effect_sizes("GENERIC", estimate=[0.0, 1.0, 3.0], se=[1.0, 2.0, 3.0]))
    assert generic.asymmetry("recommended").test == "egger"
    with pytest.raises(MethodError, match=r"recommended for risk differences.*'schwarzer'"):
        pooled("RD", SCORES).asymmetry("recommended")
    assert set(RECOMMENDED) < set(get_args(Measure))


def test_a_test_for_other_measures_names_those_allowed() -> None:
    fit = pooled("RD", SCORES)
    for measure in ("RD", "AS"):
        allowed = allowed_tests(pooled(measure, SCORES).effects)
        assert allowed == ("egger", "begg", "thompson-sharp", "schwarzer")
    with pytest.raises(MethodError, match="use 'egger', 'begg', 'thompson-sharp', 'schwarzer'"):
        fit.asymmetry("harbord")
    peto = eq.pool(eq.effect_sizes("PETO", o_minus_e=[1.0, 2.0, 0.5], variance=[2.0, 3.0, 5.0]))
    with pytest.raises(MethodError, match="came without the counts"):
        peto.asymmetry("peters")
    with pytest.raises(MethodError, match="has no predictor"):
        pooled("OR", SCORES).asymmetry("peters", predictor="n")
    with pytest.raises(MethodError, match="allowed: 'egger', 'begg'"):
        asymmetry(fit, "galbraith")  # type: ignore[arg-type]  # what it refuses is the point


def test_large_differences_between_odds_ratios_are_a_caution() -> None:
    """Above τ² = 0.1 Sterne and others advise the arcsine test that allows for it."""
    rows = """
        events_1 | n_1 | events_2 | n_2
        30       | 60  | 10       | 60
        10       | 60  | 30       | 60
        20       | 50  | 22       | 50
    """
    for test in ("harbord", "peters", "macaskill"):
        assert "odds-ratios-differ" in codes(pooled("OR", rows, tau2=0.11).asymmetry(test))
        assert "odds-ratios-differ" not in codes(pooled("OR", rows, tau2=0.1).asymmetry(test))


def test_correlations_are_tied_to_their_standard_errors_and_their_z_is_not() -> None:
    """The variance (1 - r²)²/(n - 1) is a function of r; that of Fisher's z is 1/(n - 3)."""
    r, n = [0.1, 0.3, 0.6], [80, 40, 20]
    for measure, tied in (("COR", True), ("ZCOR", False)):
        fit = eq.pool(eq.effect_sizes(measure, r=r, n=n))  # type: ignore[arg-type]  # both are measures
        for found in (fit.asymmetry(), fit.asymmetry("thompson-sharp")):
            assert ("se-follows-effect" in codes(found)) is tied


def test_all_results_are_strict_json_and_say_what_they_are() -> None:
    fit = pooled("OR", SCORES)
    titles = {
        "harbord": "Harbord's score test of small-study effects: weighted regression on the inverse",
        "peters": "Peters's test of small-study effects: weighted regression on the inverse of the",
        "macaskill": "Macaskill's test of small-study effects: weighted regression on the sample",
        "deeks": "Deeks's test of small-study effects: weighted regression on the inverse root of",
        "thompson-sharp": "Thompson and Sharp's test of small-study effects: mixed-effects",
    }
    for test, title in titles.items():
        found = fit.asymmetry(test)
        assert str(found).startswith(title)
        data = json.loads(json.dumps(found.to_dict(), allow_nan=False))
        assert (data["kind"], data["test"]) == ("asymmetry", test)
        assert "few-trials" in codes(found)
