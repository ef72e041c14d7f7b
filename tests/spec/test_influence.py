"""Which trials drive the pooled estimate, and what each trial's own effect is.

Four trials with v = 1 say 0, 0, 0 and 4. Their mean is 1, its variance 1/4; without the last it is 0,
without one of the others 4/3, and the variance of either 1/3. Every number below is a line of
arithmetic from these.
"""

from __future__ import annotations

import json
import math
from dataclasses import replace
from statistics import NormalDist
from typing import Any

import numpy as np
import polars as pl
import pytest

import equipoise.stats as eq
from equipoise.errors import MethodError
from equipoise.stats import diagnostics
from equipoise.stats._engine import fit_core
from spec.manual import printed
from spec.test_between_trial_variance import BCG, trials

Z = NormalDist().inv_cdf(0.975)
FOUR = trials(0, 0, 0, 4, variance=1)
HARMS: dict[str, Any] = {
    "study": ["Ash 2001", "Birch 2004", "Cedar 2010", "Dogwood 2015", "Elm 2019", "Fir 2020"],
    "events_1": [29, 3, 3, 4, 0, 40],
    "n_1": [68, 20, 20, 40, 10, 200],
    "events_2": [1, 3, 2, 3, 0, 41],
    "n_2": [32, 21, 19, 40, 12, 200],
}


def test_a_common_effect() -> None:
    """R: ``influence(rma(c(0,0,0,4), 1, method="EE"))`` and ``rstandard``, ``baujat``."""
    table = eq.pool(FOUR, model="common", ci="wald").influence()
    assert table.rstudent == printed([-math.sqrt(4 / 3)] * 3 + [4 / math.sqrt(4 / 3)], 9)
    assert table.rstandard == printed([-1 / math.sqrt(3 / 4)] * 3 + [3 / math.sqrt(3 / 4)], 9)
    assert table.dffits == printed([-2 / 3] * 3 + [2], 9)
    assert table.dfbetas == printed([-2 / 3] * 3 + [2], 9)
    assert table.cook == printed([4 / 9] * 3 + [4], 9)
    assert table.cov_ratio == printed([4 / 3] * 4, 9)
    assert table.q_deleted == printed([32 / 3] * 3 + [0], 9)
    assert table.hat == printed([1 / 4] * 4, 9)
    assert table.weight == printed([25] * 4, 9)
    assert table.baujat_x == printed([1, 1, 1, 9], 9)
    assert table.baujat_y == printed([1 / 3] * 3 + [3], 9)
    assert table.radial_x == printed([1] * 4, 9)
    assert table.radial_y == printed([0, 0, 0, 4], 9)


def test_a_common_effect_has_no_variance_between_trials_to_lose() -> None:
    """R prints zeros here."""
    table = eq.pool(FOUR, model="common", ci="wald").influence()
    assert table.tau2_deleted == (None,) * 4
    assert table.reason == (None,) * 4


def test_random_effects_estimate_tau2_again() -> None:
    """HE: τ² = 4 − 1 = 3 of all, 0 without the last, 16/3 − 1 = 13/3 without another.

    R: ``influence(rma(c(0,0,0,4), 1, method="HE"))``.
    """
    table = eq.pool(FOUR, tau2="HE", ci="wald").influence()
    assert table.tau2_deleted == printed([13 / 3] * 3 + [0], 9)
    assert table.rstudent == printed([-0.5] * 3 + [4 / math.sqrt(4 / 3)], 9)
    assert table.rstandard == printed([-1 / math.sqrt(3)] * 3 + [3 / math.sqrt(3)], 9)
    assert table.dffits == printed([-math.sqrt(1 / 12)] * 3 + [2], 9)
    assert table.dfbetas == printed([-math.sqrt(1 / 12)] * 3 + [2], 9)
    assert table.cook == printed([1 / 9] * 3 + [1], 9)
    assert table.cov_ratio == printed([16 / 9] * 3 + [1 / 3], 9)
    assert table.baujat_x == printed([1 / 4] * 3 + [9 / 4], 9)


def test_hartung_knapp_gives_the_studentised_residuals_of_ordinary_regression() -> None:
    """With τ² = 0 and equal variances it *is* ordinary regression on a constant.

    R: ``influence(rma(c(0,0,0,4), 1, tau2=0, test="knha"))``, ``rstudent(lm(c(0,0,0,4) ~ 1))``.
    Without the last trial the others agree exactly and leave nothing to measure its residual in.
    """
    table = eq.pool(FOUR, tau2=0.0, ci="hksj").influence()
    assert table.rstudent[:3] == printed([-0.5] * 3, 9)
    assert table.dffits[:3] == printed([-math.sqrt(1 / 12)] * 3, 9)
    assert table.cook == printed([1 / 9] * 3 + [1], 9)
    assert table.rstudent[3] is None
    assert table.dffits[3] is None
    assert table.dfbetas[3] is None
    assert table.baujat_y[3] is None
    assert table.cov_ratio[3] == 0.0
    assert table.reason == (None,) * 3 + ("a standard error is zero, because estimates are equal",)
    assert not table.outlier[3]


def test_what_r_prints_for_the_tuberculosis_vaccine() -> None:
    """The first trial, by REML and Wald: the numbers of metafor's own test of ``influence``."""
    table = eq.pool(eq.effect_sizes("RR", **BCG), ci="wald").influence()
    assert table.rstudent[0] == printed(-0.218142)
    assert table.dffits[0] == printed(-0.040708)
    assert table.cook[0] == printed(0.001717)
    assert table.cov_ratio[0] == printed(1.116449)
    assert table.tau2_deleted[0] == printed(0.336157)
    assert table.q_deleted[0] == printed(151.582573)
    assert table.hat[0] == printed(0.050595)
    assert table.dfbetas[0] == printed(-0.040266)
    assert not any(table.influential)


def test_the_rules_that_flag_a_trial() -> None:
    """|DFFITS| > 3 √(1/(k − 1)), Cook beyond the median of χ² with 1 df, hat > 3/k, |DFBETAS| > 1.

    Cook's distance of 4/9 for the first three is just below the median, 0.4549.
    """
    table = eq.pool(FOUR, model="common", ci="wald").influence()
    assert table.limits["dffits"] == printed(math.sqrt(3), 9)
    assert table.limits["cook"] == printed(NormalDist().inv_cdf(0.75) ** 2, 9)
    assert table.limits["hat"] == 0.75
    assert table.limits["dfbetas"] == 1.0
    assert table.flags == ((), (), (), ("dffits", "cook", "dfbetas"))
    assert table.influential == (False, False, False, True)


def test_a_trial_with_most_of_the_weight_is_flagged_by_its_hat_value() -> None:
    """Weights 1, 1, 1 and 100: a share of 100/103, over 3/4, though all agree."""
    heavy = eq.effect_sizes("GENERIC", estimate=[1, 1, 1, 1.001], se=[1, 1, 1, 0.1])
    table = eq.pool(heavy, model="common", ci="wald").influence()
    assert table.hat[3] == printed(100 / 103, 9)
    assert table.flags == ((), (), (), ("hat",))


def test_outliers_lie_beyond_the_normal_limits_of_the_level() -> None:
    """3.46 is beyond 1.96 but not beyond 3.89 (the limits of 99.99%). It is no rule of R's."""
    assert eq.pool(FOUR, model="common", ci="wald").influence().outlier == (False,) * 3 + (True,)
    wide = eq.pool(FOUR, model="common", ci="wald", level=0.9999).influence()
    assert wide.outlier == (False,) * 4


def test_predictions_draw_each_trial_towards_the_mean() -> None:
    """HE: τ² = 3, so λ = 3/4. The last: 3/4 · 4 + 1/4 · 1 = 13/4, variance 3/4 + 1/16.

    R: ``blup(rma(c(0,0,0,4), 1, method="HE"))``.
    """
    table = eq.pool(FOUR, tau2="HE", ci="wald").blup()
    se = math.sqrt(13 / 16)
    assert table.estimate == printed([1 / 4] * 3 + [13 / 4], 9)
    assert table.se == printed([se] * 4, 9)
    assert table.ci_low[3] == printed(13 / 4 - Z * se, 9)
    assert table.ci_high[3] == printed(13 / 4 + Z * se, 9)


def test_predictions_use_t_where_the_mean_does() -> None:
    """The 97.5% point of t with 3 df is 3.182446. R: the same with ``test="knha"``."""
    table = eq.pool(FOUR, tau2="HE", ci="hksj").blup()
    assert table.ci_high[3] == printed(13 / 4 + 3.182446305 * math.sqrt(13 / 16), 6)


def test_without_heterogeneity_every_trial_is_predicted_to_have_the_mean() -> None:
    table = eq.pool(trials(1, 1.5, 2, variance=1), ci="wald").blup()
    assert table.estimate == printed([1.5] * 3, 9)
    assert table.se == printed([math.sqrt(1 / 3)] * 3, 9)


def test_predictions_are_shown_as_ratios_or_risks() -> None:
    """A double arcsine goes back by each trial's own size, and so stays between 0 and 1."""
    ratios = eq.pool(eq.effect_sizes("RR", **BCG)).blup()
    assert ratios.shown()[0].tolist() == printed([math.exp(v or 0.0) for v in ratios.estimate], 9)
    single = eq.effect_sizes("PFT", events=[1, 5, 30], n=[10, 20, 40])
    estimate, low, high = eq.pool(single, ci="wald").blup().shown()
    assert ((low >= 0) & (low < estimate) & (estimate < high) & (high <= 1)).all()
    assert estimate[2] == printed(0.75, 1)


def test_a_trial_that_is_not_estimable_keeps_its_row_and_its_reason() -> None:
    fit = eq.pool(eq.effect_sizes("RR", **HARMS), ci="wald")
    table, predicted = fit.influence(), fit.blup()
    assert table.rstudent[4] is None
    assert table.hat[4] is None
    assert table.flags[4] == ()
    assert predicted.estimate[4] is None
    assert table.reason[4] == predicted.reason[4] == fit.effects.reasons[4]
    rest = eq.effect_sizes("RR", **HARMS).subset([0, 1, 2, 3, 5])
    without = eq.pool(rest, ci="wald").influence()
    assert [v for v in table.cook if v is not None] == pytest.approx(list(without.cook), rel=1e-12)


def test_a_trial_without_which_tau2_cannot_be_found_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No estimator has failed on such data yet, so one is made to."""

    def failing(*arguments: Any) -> Any:
        core = fit_core(*arguments)
        assert core.between is not None
        converged = np.array([True, False, True, True])
        return replace(core, between=replace(core.between, converged=converged))

    fit = eq.pool(FOUR, ci="wald")
    monkeypatch.setattr(diagnostics, "fit_core", failing)
    table = fit.influence()
    assert table.reason == (None, "tau2 did not converge without this trial", None, None)
    assert table.rstudent[1] is None
    assert table.q_deleted[1] is None
    assert table.rstandard[1] == printed(-1 / math.sqrt(3))


@pytest.mark.parametrize(
    ("measure", "options"),
    [
        ("RR", {"method": "MH", "model": "common"}),
        ("OR", {"method": "MH", "model": "random", "tau2": "DL"}),
        ("PETO", {"method": "Peto", "model": "common"}),
    ],
)
def test_other_ways_of_pooling_are_refused(measure: Any, options: Any) -> None:
    fit = eq.pool(eq.effect_sizes(measure, **HARMS), ci="wald", **options)
    with pytest.raises(MethodError, match="inverse-variance"):
        fit.influence()
    with pytest.raises(MethodError, match="inverse-variance"):
        fit.blup()


@pytest.mark.parametrize("estimates", [(1,), (1, 2)])
def test_fewer_than_three_trials_have_no_influence(estimates: tuple[float, ...]) -> None:
    with pytest.raises(MethodError, match="three estimable trials"):
        eq.pool(trials(*estimates, variance=1)).influence()


def test_predictions_need_a_variance_between_trials() -> None:
    for fit in (eq.pool(FOUR, model="common", ci="wald"), eq.pool(trials(1, variance=1))):
        with pytest.raises(MethodError, match="between-study variance"):
            fit.blup()
    assert eq.pool(trials(0, 4, variance=1), tau2="HE").blup().estimate == printed([2 / 8, 30 / 8])


def test_tables_come_back_as_they_were_given() -> None:
    names: dict[str, Any] = {name: name for name in HARMS}
    fit = eq.pool(eq.effect_sizes("RR", data=pl.DataFrame(HARMS), **names))
    table, predicted = fit.influence().tidy(), fit.blup().tidy()
    assert isinstance(table, pl.DataFrame)
    assert isinstance(predicted, pl.DataFrame)
    assert table["study"].to_list() == predicted["study"].to_list() == HARMS["study"]
    assert table["cook"].to_list() == list(fit.influence().cook)
    assert table["flags"].to_list()[4] == ""
    assert predicted["effect"].to_list()[0] == printed(math.exp(fit.blup().estimate[0] or 0.0), 9)


def test_json_is_strict() -> None:
    fit = eq.pool(eq.effect_sizes("RR", **HARMS), ci="wald")
    table, predicted = fit.influence().to_dict(), fit.blup().to_dict()
    for data in (table, predicted):
        assert json.loads(json.dumps(data, allow_nan=False)) == data
        assert data["schema_version"] == "1.0"
    assert (table["kind"], predicted["kind"]) == ("influence", "blup")
    assert table["flags"][0] == ["cook", "dfbetas"]
    assert table["cook"][4] is None


def lines(text: str) -> str:
    """Strip the margin these pages have."""
    return "\n".join(line.removeprefix("    ") for line in text.strip("\n").split("\n")[:-1])


def test_the_printed_table() -> None:
    """Elm 2019 has no events in either arm."""
    fit = eq.pool(eq.effect_sizes("RR", **HARMS), ci="wald")
    assert str(fit.influence()) == lines("""
    Influence of each trial
      Methods: inverse variance; τ² by REML; 95% CI: Wald
      Preset: cochrane-2025, changed: ci = wald

      Study         Residual  DFFITS  Cook  Cov. ratio  τ² without  Q without   Hat  DFBETAS  Flags
      Ash 2001         2.57*    1.03  0.88        0.30        0.00       0.34  0.09     1.76  cook, dfbetas
      Birch 2004       −0.42   −0.51  0.38        2.14        0.52       6.94  0.15    −0.47
      Cedar 2010       −0.08   −0.32  0.13        1.94        0.47       6.85  0.12    −0.28
      Dogwood 2015     −0.18   −0.39  0.23        2.21        0.54       6.87  0.15    −0.36
      Elm 2019             –       –     –           –           –          –     –        –
      Fir 2020         −0.90   −0.83  1.10        2.25        0.33       4.90  0.48    −0.91  cook

      Flags: |DFFITS| > 1.50, Cook > 0.45, hat > 0.60, |DFBETAS| > 1.00
      * residual beyond ±1.96, where 5% of trials lie by chance
      Elm 2019: not defined, no events in either arm
    """)


def test_the_printed_predictions() -> None:
    """Every interval is narrower than the one observed, and nearer the mean."""
    fit = eq.pool(eq.effect_sizes("RR", **HARMS), ci="wald")
    assert str(fit.blup()) == lines("""
    RR: predicted true effect in each trial
      Methods: inverse variance; τ² by REML; 95% CI: Wald
      Preset: cochrane-2025, changed: ci = wald

      Study                      Observed            Predicted
      Ash 2001      13.65 (1.94 to 95.80)  2.01 (0.77 to 5.24)
      Birch 2004      1.05 (0.24 to 4.61)  1.30 (0.53 to 3.15)
      Cedar 2010      1.43 (0.27 to 7.61)  1.40 (0.56 to 3.51)
      Dogwood 2015    1.33 (0.32 to 5.58)  1.37 (0.57 to 3.31)
      Elm 2019                          –                    –
      Fir 2020        0.98 (0.66 to 1.44)  1.04 (0.71 to 1.50)
      Elm 2019: not defined, no events in either arm
    """)
