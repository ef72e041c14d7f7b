"""How little it takes to change a conclusion: power, fragility, tipping points, missing outcomes."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from scipy import special

import equipoise as eq
from equipoise.errors import DataError, MethodError
from equipoise.stats.robustness.fragility import fragility
from equipoise.stats.robustness.missing_outcomes import missing_outcomes
from equipoise.stats.robustness.power import minimum_detectable_effect, power
from equipoise.stats.robustness.tipping_point import tipping_point
from spec.manual import printed, table


def generic(estimate: list[float], se: list[float], **options: Any) -> Any:
    effects = eq.effect_sizes("GENERIC", estimate=estimate, se=se)
    return eq.pool(effects, **({"ci": "wald", "tau2_ci": "none"} | options))


def tables(text: str, measure: Any = "RR", **options: Any) -> Any:
    return eq.pool(eq.effect_sizes(measure, **table(text)), **({"tau2_ci": "none"} | options))


TWO = generic([2.0, 4.0], [1.0, 1.0], model="common")
TRIALS = """
    study | events_1 | n_1 | events_2 | n_2
    A     | 4        | 50  | 9        | 50
    B     | 6        | 60  | 12       | 60
    C     | 3        | 40  | 8        | 40
    D     | 5        | 55  | 7        | 55
"""


def test_power_of_a_common_effect_by_hand() -> None:
    """Two trials with standard error 1: se √½. An effect of 2 is λ = 2.828 of those away.

    Φ(2.828 − 1.960) + Φ(−2.828 − 1.960) = 0.8074; each trial alone has Φ(0.04) + Φ(−3.96) = 0.5160.
    """
    found = power(TWO, 2.0)
    assert found.pooled == printed(0.807430, 5)
    assert found.trials == (printed(0.516005, 5), printed(0.516005, 5))
    assert found.median == found.trials[0]


def test_heterogeneity_takes_power_away() -> None:
    """With τ² = 1 the variance of the mean is (1 + 1) / 2 = 1 and λ = 2: the power of one trial."""
    random = generic([2.0, 4.0], [1.0, 1.0], tau2=1.0)
    assert power(random, 2.0).pooled == printed(0.516005, 5)
    assert power(random, 2.0, tau2=0.0).pooled == printed(0.807430, 5)
    with pytest.raises(MethodError, match="no tau2"):
        power(TWO, 2.0, tau2=1.0)


def test_without_an_effect_power_is_the_level() -> None:
    for ci in ("wald", "t", "hksj"):
        fit = generic([2.0, 4.0, 1.0], [1.0, 1.0, 2.0], ci=ci, tau2=0.5)
        expected = 0.05 if ci != "t" else 2.0 * special.ndtr(-special.stdtrit(2.0, 0.975))
        assert power(fit, 0.0).pooled == pytest.approx(expected, rel=1e-12)
    floored = generic([2.0, 4.0, 1.0], [1.0, 1.0, 2.0], ci="hksj-floor", tau2=0.5)
    assert power(floored, 0.0).pooled < 0.05


def test_power_for_the_estimate_itself_is_cautioned() -> None:
    assert power(TWO).effect == TWO.estimate
    assert power(TWO).caution[0].code == "observed-power"


def test_the_minimum_detectable_effect_inverts_power() -> None:
    """0.8416 + 1.9600 standard errors for 80%, but for the other tail's share."""
    found = minimum_detectable_effect(TWO)
    assert found.effect == pytest.approx((0.841621 + 1.959964) * math.sqrt(0.5), rel=1e-5)
    assert found.trials[0] == pytest.approx(found.effect * math.sqrt(2.0), rel=1e-12)
    with pytest.raises(MethodError, match="which the test has without any effect"):
        minimum_detectable_effect(TWO, 0.05)


def test_fragility_changes_one_outcome_at_a_time() -> None:
    """Events are added to arm 1, or taken from arm 2, of whichever trial moves the limit most."""
    found = fragility(tables(TRIALS, model="common"))
    assert found.significant
    assert found.index == len(found.steps) == 4
    assert all((step.arm, step.change) in {(1, 1), (2, -1)} for step in found.steps)
    assert all(step.ci_high < 0.0 for step in found.steps[:-1])
    assert found.steps[-1].ci_high >= 0.0
    assert found.quotient == printed(4 / 410)
    assert (found.at_least, found.smallest) == (3, False)


def test_a_result_without_significance_is_turned_in_either_direction() -> None:
    weaker = (
        TRIALS.replace("9 ", "5 ").replace("12", "8 ").replace(" 8        | 40", " 4        | 40")
    )
    found = fragility(tables(weaker, model="common"))
    assert not found.significant
    assert found.index is not None
    last = found.steps[-1]
    assert last.ci_low > 0.0 or last.ci_high < 0.0
    before = found.steps[:-1]
    assert all(step.ci_low <= 0.0 <= step.ci_high for step in before)


def test_fragility_needs_whole_patients() -> None:
    with pytest.raises(MethodError, match="events of both arms"):
        fragility(TWO)
    half = tables(TRIALS.replace("4  ", "4.5"), model="common")
    with pytest.raises(MethodError, match="whole numbers"):
        fragility(half)
    linked = eq.effect_sizes("RR", zero_cells="all", **table(TRIALS))
    with pytest.raises(MethodError, match="only-zero"):
        fragility(eq.pool(linked, model="common"))


def test_the_tipping_point_of_a_common_effect_is_closed() -> None:
    """Weight 2, mean 3: a null trial of weight w leaves 6 / (2 + w) ± 1.96 / √(2 + w).

    The limit is zero at 2 + w = (6 / 1.96)² = 9.3714: 368.57% of the information there is.
    """
    found = tipping_point(TWO)
    assert found.share == printed((6.0 / 1.959963984540054) ** 2 / 2.0 - 1.0)
    assert found.se is not None
    again = generic([2.0, 4.0, 0.0], [1.0, 1.0, found.se], model="common")
    assert again.ci_low == pytest.approx(0.0, abs=1e-12)


def test_a_tipping_trial_may_find_anything() -> None:
    """One that finds harm needs less weight; one that finds more than the mean cannot tip."""
    against = tipping_point(TWO, -1.0)
    assert against.se is not None
    again = generic([2.0, 4.0, -1.0], [1.0, 1.0, against.se], model="common")
    assert again.ci_low == pytest.approx(0.0, abs=1e-12)
    null = tipping_point(TWO)
    assert against.share is not None
    assert null.share is not None
    assert against.share < null.share
    assert tipping_point(TWO, 3.0).variance is None
    with pytest.raises(MethodError, match="already includes"):
        tipping_point(TWO, threshold=2.5)


def test_with_random_effects_the_new_trial_changes_tau2_too() -> None:
    fit = generic([0.6, 0.9, 0.4, 0.7], [0.5, 0.5, 0.4, 0.6])
    found = tipping_point(fit)
    assert found.se is not None
    again = generic([0.6, 0.9, 0.4, 0.7, 0.0], [0.5, 0.5, 0.4, 0.6, found.se])
    assert again.ci_low == pytest.approx(0.0, abs=1e-10)
    assert not found.exact


def test_the_size_of_the_tipping_trial_goes_by_the_median_information() -> None:
    fit = tables(TRIALS, model="common")
    found = tipping_point(fit)
    assert (found.participants_now, found.participants is not None) == (410, True)
    each = sorted(1.0 / (v * n) for v, n in zip(fit.effects.vi, (100, 120, 80, 110), strict=True))
    assert found.variance is not None
    expected = math.ceil(1.0 / found.variance / (0.5 * (each[1] + each[2])))
    assert found.participants == expected


ARMS = """
    events_1 | n_1 | events_2 | n_2
    10       | 40  | 20       | 50
    12       | 60  | 15       | 60
    8        | 30  | 12       | 30
"""


def test_missing_outcomes_imputed_as_no_events() -> None:
    """Arm 1: 10 of 40, ten missing: 10 / 50; arm 2: 20 of 50, none missing. RR 0.5.

    R: ``metamiss(m, c(10, 0, 0), c(0, 0, 0), method.miss = "0")``.
    """
    found = missing_outcomes(tables(ARMS), [10, 0, 0], [0, 0, 0], events_are="harmful")
    assert found["ICA-0"].effects.yi[0] == printed(math.log(0.5))
    assert found["ICA-1"].effects.yi[0] == printed(0.0)
    assert found["best-case"].effects.yi[0] == printed(math.log(0.5))
    assert found["worst-case"].effects.yi[0] == printed(0.0)
    assert found["ICA-pC"].effects.yi[0] == printed(math.log(0.28 / 0.4))
    assert found["ICA-p"].effects.yi[0] == printed(math.log(0.25 / 0.4))
    assert list(found["ICA-0"].effects.yi[1:]) == pytest.approx(found.fit.effects.yi[1:])


def test_odds_ratios_of_missingness() -> None:
    """Odds of 1/3 among the observed are 2/3 among the missing at δ = 2: a risk of 0.4.

    0.8 · 0.25 + 0.2 · 0.4 = 0.28 of all randomised.
    """
    fit = tables(ARMS, "RD")
    found = missing_outcomes(fit, [10, 0, 0], [0, 0, 0], events_are="harmful", imor_1=2.0)
    assert found["IMOR"].effects.yi[0] == printed(0.28 - 0.4)
    unsure = missing_outcomes(
        fit, [10, 0, 0], [0, 0, 0], events_are="harmful", imor_1=2.0, log_imor_sd=0.5
    )
    slope = 0.2 * 2.0 * 0.25 * 0.75 / 1.25**2
    added = unsure["IMOR"].effects.vi[0] - found["IMOR"].effects.vi[0]
    assert added == printed((0.5 * slope) ** 2, 9)


def test_without_missing_outcomes_nothing_changes() -> None:
    fit = tables(ARMS)
    found = missing_outcomes(fit, [0, 0, 0], [0, 0, 0], events_are="beneficial", imor_1=3.0)
    for result in found.results:
        assert result.fit.estimate == pytest.approx(fit.estimate, rel=1e-12), result.words
        assert result.fit.se == pytest.approx(fit.se, rel=1e-9), result.words


def test_gamble_and_hollis_keep_the_effect_and_widen_its_error() -> None:
    """The interval runs from 10/50 against (20 + 5)/55 to (10 + 10)/50 against 20/55.

    R: ``metamiss(m, ..., method.miss = "GH")``.
    """
    fit = tables(ARMS)
    found = missing_outcomes(fit, [10, 0, 0], [5, 0, 0], events_are="harmful")["Gamble-Hollis"]
    low = math.log((10 / 50) / (25 / 55)) - 1.959964 * math.sqrt(1 / 10 - 1 / 50 + 1 / 25 - 1 / 55)
    high = math.log((20 / 50) / (20 / 55)) + 1.959964 * math.sqrt(1 / 20 - 1 / 50 + 1 / 20 - 1 / 55)
    assert math.sqrt(found.effects.vi[0]) == printed((high - low) / (2.0 * 1.959964))
    assert found.effects.yi[0] == fit.effects.yi[0]


def test_missing_outcomes_that_cannot_be() -> None:
    fit = tables(ARMS)
    with pytest.raises(DataError, match="zero or above"):
        missing_outcomes(fit, [-1, 0, 0], [0, 0, 0], events_are="harmful")
    with pytest.raises(MethodError, match="RR, OR or RD"):
        missing_outcomes(TWO, [0, 0], [0, 0], events_are="harmful")
    with pytest.raises(MethodError, match="give imor_1 and imor_2"):
        missing_outcomes(fit, [1, 0, 0], [0, 0, 0], events_are="harmful")["IMOR"]
    with pytest.raises(MethodError, match="zero or above"):
        missing_outcomes(fit, [1, 0, 0], [0, 0, 0], events_are="harmful", imor_1=-1.0)
    with pytest.raises(MethodError, match="events_are cannot be"):
        missing_outcomes(fit, [1, 0, 0], [0, 0, 0], events_are="bad")  # type: ignore[arg-type]  # on purpose


def test_results_are_strict_json_and_readable() -> None:
    fit = tables(TRIALS, model="common")
    missing = missing_outcomes(fit, [5, 6, 2, 1], [4, 3, 6, 8], events_are="harmful", imor_1=2.0)
    for found in (
        power(fit, -0.3), minimum_detectable_effect(fit), fragility(fit), tipping_point(fit), missing,
    ):  # fmt: skip
        data = json.loads(json.dumps(found.to_dict(), allow_nan=False))
        assert data["schema_version"] == "1.0"
        assert len(str(found).splitlines()) > 1
    assert missing.to_dict()["results"][0]["assumption"] == "available-case"
    assert missing.tidy()["assumption"][-1] == "IMOR"
    assert power(fit, -0.3).tidy()["term"][-1] == "pooled"
    assert fragility(fit).tidy()["arm"] == [step.arm for step in fragility(fit).steps]
