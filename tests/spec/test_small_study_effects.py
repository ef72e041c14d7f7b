"""Small-study effects: do small trials show other effects than large ones?

Four trials with standard errors 1, 1, 2, 2 keep the arithmetic within reach of a pencil.
"""

from __future__ import annotations

import json
import math
from itertools import permutations
from typing import Any

import pytest

import equipoise as eq
from equipoise.errors import DataError, MethodError
from spec.manual import printed


def pooled(estimate: list[float], se: list[float], **options: Any) -> Any:
    options = {"ci": "wald", "tau2_ci": "none"} | options
    return eq.pool(eq.effect_sizes("GENERIC", estimate=estimate, se=se), **options)


FOUR = pooled([0.0, 2.0, 4.0, 8.0], [1.0, 1.0, 2.0, 2.0])


def codes(result: Any) -> set[str]:
    return {note.code for note in result.caution}


def test_eggers_regression_by_hand() -> None:
    """Two groups of trials: the line goes through their means, 1 at se 1 and 6 at se 2.

    The slope is 5 and the intercept -4. Their variances are 1/2 and 4/2: the slope's is 5/2, and the
    intercept's, being 2 · 1 - 6, is 4/2 + 2 = 4. The weighted squares left are 1 + 1 + 1 + 1 = 4, a
    factor of 4/2 on all variances: slope 5 with se √5, t = √5 on 2 degrees of freedom, and
    p = 1 - √(5/7), since P(|T| > t) = 1 - t/√(2 + t²). R: ``regtest(fit, model = "lm")``.
    """
    found = FOUR.asymmetry("egger", model="lm")
    assert found.slope == printed(5.0)
    assert found.slope_se == printed(math.sqrt(5.0))
    assert (found.statistic, found.df) == (printed(math.sqrt(5.0)), 2.0)
    assert found.p == printed(1.0 - math.sqrt(5.0 / 7.0))
    assert found.limit.name == "PET"
    assert found.limit.estimate == printed(-4.0)
    assert found.limit.se == printed(math.sqrt(8.0))


def test_peese_has_the_variance_as_predictor() -> None:
    """The variances are 1 and 4: slope 5/3, and 1 - 5/3 is left for a trial without error."""
    found = FOUR.asymmetry("egger", predictor="variance")
    assert found.slope == printed(5.0 / 3.0)
    assert (found.limit.name, found.limit.estimate) == ("PEESE", printed(-2.0 / 3.0))


def test_the_mixed_effects_model_by_hand() -> None:
    """Group totals 1 and 6 whatever the weights, if both groups have equal ones: slope 5 again.

    With τ² = 3 the variances are 4 and 7: the slope's is 4/2 + 7/2, the intercept's 4 · 4/2 + 7/2.
    R: ``regtest(rma(yi, vi, tau2 = 3))``.
    """
    found = pooled([0.0, 2.0, 4.0, 8.0], [1.0, 1.0, 2.0, 2.0], tau2=3.0).asymmetry(model="rma")
    assert (found.tau2, found.tau2_method, found.df) == (3.0, "fixed", None)
    assert found.slope == printed(5.0)
    assert found.slope_se == printed(math.sqrt(5.5))
    assert found.limit.se == printed(math.sqrt(11.5))
    assert found.p == printed(math.erfc(5.0 / math.sqrt(11.0)))


def test_the_residual_variance_by_moments() -> None:
    """Q = (1 + 1)/1 + (4 + 4)/4 = 4 on 2 df; tr P = (2 - 1) + (1/2 - 1/4) = 5/4: τ² = 2 / (5/4).

    By Paule and Mandel 2/(1 + τ²) + 8/(4 + τ²) = 2: times both denominators this is
    16 + 10 τ² = 8 + 10 τ² + 2 τ⁴, and τ² = 2. R: ``rma(yi, vi, mods = sqrt(vi), method = "DL")`` and ``"PM"``.
    """
    for method, tau2 in (("DL", 1.6), ("PM", 2.0)):
        fit = pooled([0.0, 2.0, 4.0, 8.0], [1.0, 1.0, 2.0, 2.0], tau2=method)
        assert fit.asymmetry(model="rma").tau2 == printed(tau2)


def test_knapp_and_hartung_in_the_mixed_effects_model() -> None:
    """At τ² = 3 the squares left are 2/4 + 8/7 = 23/14, over 2 df: variances times 23/28.

    As that is below one, the floor leaves the standard error as it was.
    """
    fit = pooled([0.0, 2.0, 4.0, 8.0], [1.0, 1.0, 2.0, 2.0], tau2=3.0)
    plain, floored = (fit.asymmetry(model="rma", ci=ci) for ci in ("hksj", "hksj-floor"))
    assert plain.slope_se == printed(math.sqrt(5.5 * 23.0 / 28.0))
    assert floored.slope_se == printed(math.sqrt(5.5))
    assert plain.df == floored.df == 2.0


def test_sample_sizes_as_predictor() -> None:
    """Effects of 1, 2 and 4 in 100, 50 and 25 people lie on 100/n: intercept 0, slope 100."""
    effects = eq.effect_sizes(
        "MD", mean_1=[1.0, 2.0, 4.0], mean_2=[0.0] * 3, sd_1=[3.0] * 3, sd_2=[2.0] * 3,
        n_1=[40, 20, 10], n_2=[60, 30, 15],
    )  # fmt: skip
    found = eq.pool(effects).asymmetry(predictor="1/n")
    assert found.slope == printed(100.0)
    assert found.limit is not None
    assert (found.limit.name, found.limit.estimate) == ("limit", printed(0.0))
    assert eq.pool(effects).asymmetry(predictor="n").limit is None
    with pytest.raises(MethodError, match="without sample sizes"):
        FOUR.asymmetry(predictor="n")


def test_beggs_rank_test_without_ties() -> None:
    """Effects that rise with the variance in every pair: τ = 1; of 24 orders two are as extreme."""
    fit = pooled([0.0, 5.0, 20.0, 60.0], [1.0, 2.0, 3.0, 4.0])
    found = fit.asymmetry("begg")
    assert (found.statistic, found.exact) == (1.0, True)
    assert found.p == printed(2.0 / 24.0)


def test_the_exact_distribution_is_that_of_all_orders() -> None:
    from equipoise.kernels.ranks import discordance_probabilities  # noqa: PLC0415  # a kernel

    counts = [0] * 16
    for order in permutations(range(6)):
        counts[sum(order[i] > order[j] for i in range(6) for j in range(i + 1, 6))] += 1
    assert discordance_probabilities(6).tolist() == pytest.approx([c / 720 for c in counts])


def test_trim_and_fill_by_hand() -> None:
    """Five equal trials at 1, 2, 3, 8, 9, their mean 4.6, are lopsided to the right.

    Distances -3.6, -2.6, -1.6, 3.4, 4.4 have ranks 4, 2, 1, 3, 5. ``L0``: S = 3 + 5 = 8 gives
    (32 - 30)/9 = 0.22, none. ``R0``: the highest rank on the left is 4, and 5 - 4 - 1 = 0. ``Q0``:
    4.5 - √(50 - 32 + 1/4) = 0.23.
    """
    fit = pooled([1.0, 2.0, 3.0, 8.0, 9.0], [1.0] * 5, model="common")
    for estimator in ("L0", "R0", "Q0"):
        found = fit.trim_and_fill(estimator, side="left")
        assert (found.k0, found.filled.estimate) == (0, printed(4.6))
    assert fit.trim_and_fill("R0", side="left").p == 0.5
    assert fit.trim_and_fill("L0", side="left").k0_se == printed(
        4.0 * math.sqrt((330 + _missing(5, 2 / 9)) / 24.0) / 9.0
    )
    root = math.sqrt(18.25)
    assert fit.trim_and_fill("Q0", side="left").k0_se == printed(
        2.0 * math.sqrt((330 + _missing(5, 4.5 - root)) / 24.0) / root
    )


def _missing(k: int, k0: float) -> float:
    """What missing trials add to 24 times the variance of the rank sum."""
    return 10 * k0**3 + 27 * k0**2 + 17 * k0 - 18 * k * k0**2 - 18 * k * k0 + 6 * k**2 * k0


def test_trials_are_mirrored_about_the_mean_of_those_left() -> None:
    """-1, 0, 1 and two trials at 7 and 10, equal weights; what is missing is on the left.

    The mean is 3.4: distances -4.4, -3.4, -2.4, 3.6, 6.6 with ranks 4, 2, 1, 3, 5: ``R0`` is
    5 - 4 - 1 = 0. With eight more between -1 and 1 the mean falls to 17/13; only 7 and 10 are then
    farther from it than -1, and ``R0`` is 13 - 11 - 1 = 1. Without the 10 the mean is 7/12, the two
    highest ranks stay where they are, and 10 has its image at 7/6 - 10. R0's error is √(2 · 1 + 2).
    """
    few = pooled([-1.0, 0.0, 1.0, 7.0, 10.0], [1.0] * 5, model="common")
    assert few.trim_and_fill("R0", side="left").k0 == 0
    crowd = [-1.0, 0.0, 1.0, -0.8, -0.6, -0.4, -0.2, 0.2, 0.4, 0.6, 0.8]
    fit = pooled([*crowd, 7.0, 10.0], [1.0] * 13, model="common")
    found = fit.trim_and_fill("R0", side="left")
    assert (found.k0, found.mirrored, found.p) == (1, (12,), 0.25)
    assert found.k0_se == printed(2.0)
    assert found.filled.effects.yi[-1] == printed(7.0 / 6.0 - 10.0)
    assert found.filled.estimate == printed((17.0 + 7.0 / 6.0 - 10.0) / 14.0)
    mirror = pooled([-y for y in [*crowd, 7.0, 10.0]], [1.0] * 13, model="common")
    assert mirror.trim_and_fill("R0", side="right").filled.estimate == -found.filled.estimate


def test_fail_safe_n() -> None:
    """Four trials with z = 2: the sum is 8, and 64 / 1.6449² = 23.66 trials make it 5 percent.

    Orwin: to halve a mean takes as many null trials again; to bring 2 to 0.5, 4 · 1.5/0.5 = 12.
    Rosenberg: Z = 2 · √4 = 4, and 4 · (16/1.96² - 1) = 12.66.
    """
    fit = pooled([2.0] * 4, [1.0] * 4)
    assert fit.fail_safe_n("Rosenthal").n == 20
    assert fit.fail_safe_n("Orwin").n == 4
    assert fit.fail_safe_n("Orwin", target=0.5).n == 12
    assert fit.fail_safe_n("Rosenberg").n == 13
    assert fit.fail_safe_n("General").n == 13
    with pytest.raises(MethodError, match="between zero and the mean"):
        fit.fail_safe_n("Orwin", target=-0.5)
    with pytest.raises(MethodError, match="belong to kind='Orwin'"):
        fit.fail_safe_n("Rosenberg", target=0.5)


def test_orwin_by_weights() -> None:
    """Means (0 + 2)/2 with weight 2 and (4 + 8)/2 with weight 1/2 make 2 · 1 + 0.5 · 6 over 2.5."""
    found = FOUR.fail_safe_n("Orwin", weighted=True, target=0.5)
    assert found.n == 12
    assert found.target == 0.5


def test_excess_significance() -> None:
    """Three trials at 1.96 standard errors below, at and above their mean 1.96.

    The two upper ones are significant, each trial had power 1/2 (and a little for the wrong sign,
    Φ(-3.92)): two or more of three happen with 3 (1/2)³ + (1/2)³ = 1/2.
    """
    z = 1.959963984540054
    fit = pooled([0.0, z + 1e-9, 2 * z], [1.0] * 3)
    found = fit.excess_significance()
    wrong = math.erfc(2 * z / math.sqrt(2.0)) / 2.0
    assert (found.observed, found.expected) == (2, printed(3 * (0.5 + wrong)))
    power = 0.5 + wrong
    assert found.p == printed(3 * power**2 * (1 - power) + power**3)
    spread = math.sqrt(3 * power * (1 - power))
    by_chi2 = fit.excess_significance("chi2")
    assert by_chi2.p == printed(math.erfc((2 - 3 * power) / spread / math.sqrt(2.0)) / 2.0)


def test_results_say_when_not_to_use_them() -> None:
    """Four trials are few, and these differ; statistics of another time are marked as such."""
    assert codes(FOUR.asymmetry()) == {"few-trials", "heterogeneous"}
    assert "legacy" in codes(FOUR.fail_safe_n())
    assert "legacy" in codes(FOUR.trim_and_fill("L0"))
    twelve = pooled([0.1, 0.3, 0.2] * 4, [0.2, 0.3, 0.4] * 4)
    assert codes(twelve.asymmetry()) == set()
    assert "Caution: 4 trials: with fewer than 10" in str(FOUR.asymmetry("begg"))


def test_results_read_as_sentences() -> None:
    """Text for people, strict JSON for machines; also where the line fits perfectly."""
    first, second, third, *_ = str(FOUR.asymmetry()).split("\n")
    assert first == "Egger's test of small-study effects: weighted regression on the standard error"
    assert second == "  Slope 5.00 (SE 2.24), t = 2.24 (2 df), p = 0.155, k = 4"
    assert third.startswith("  Limit estimate (PET): −4.00 (")
    assert "  Trials without effect needed for p above 0.05: 20; k = 4" in str(
        pooled([2.0] * 4, [1.0] * 4).fail_safe_n()
    )
    assert "Significant trials: 3 of 4; " in str(FOUR.excess_significance())
    assert "  Missing on the left: 0 (SE " in str(FOUR.trim_and_fill())
    perfect = pooled([1.0, 2.0, 3.0], [1.0, 2.0, 3.0])
    for fit in (FOUR, perfect):
        for result in (
            fit.asymmetry(), fit.asymmetry("begg"), fit.fail_safe_n(), fit.trim_and_fill(),
            fit.excess_significance(),
        ):  # fmt: skip
            text = json.dumps(result.to_dict(), allow_nan=False)
            assert [note["code"] for note in json.loads(text)["caution"]]


def test_odds_ratios_and_their_standard_errors_are_tied() -> None:
    effects = eq.effect_sizes(
        "OR", events_1=[3, 6, 12], n_1=[20, 50, 90], events_2=[6, 9, 15], n_2=[20, 50, 90]
    )
    fit = eq.pool(effects)
    assert "se-follows-effect" in codes(fit.asymmetry())
    assert "se-follows-effect" not in codes(fit.asymmetry(predictor="1/sqrt(n)"))


def test_what_cannot_be_asked_is_refused() -> None:
    with pytest.raises(DataError, match="need 3 estimable trials"):
        pooled([0.0, 1.0], [1.0, 2.0]).asymmetry()
    same = pooled([0.0, 1.0, 3.0], [1.0, 1.0, 1.0])
    for test in ("egger", "begg"):
        with pytest.raises(MethodError, match="the same in all trials"):
            same.asymmetry(test)
    alone = pooled([0.0, 1.0, 3.0], [1e-9, 1.0, 2.0])
    with pytest.raises(MethodError, match="nearly all the weight"):
        alone.asymmetry("begg")
    with pytest.raises(MethodError, match="has no predictor"):
        FOUR.asymmetry("begg", predictor="se")
    with pytest.raises(MethodError, match="has no ci"):
        FOUR.asymmetry(model="lm", ci="wald")
    with pytest.raises(MethodError, match="allowed: 'L0', 'R0', 'Q0'"):
        FOUR.trim_and_fill("S0")
    risks = eq.pool(eq.effect_sizes("PLO", events=[3, 5, 9], n=[10, 20, 30]))
    with pytest.raises(MethodError, match="needs a value of no effect"):
        risks.fail_safe_n()
