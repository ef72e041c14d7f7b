"""Figures of fits: what stands in them is what the fit says."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pytest

from equipoise.errors import DataError, MethodError
from equipoise.figures import Figure, FittedPoint
from equipoise.figures.axis import format_value
from equipoise.stats import EffectSizes, MetaAnalysis, effect_sizes, pool
from equipoise.stats.moderators.meta_regression import meta_regression
from equipoise.stats.plots.baujat import baujat
from equipoise.stats.plots.doi import doi
from equipoise.stats.plots.drapery import drapery
from equipoise.stats.plots.forest import forest
from equipoise.stats.plots.funnel import funnel
from equipoise.stats.plots.gosh import gosh_figure
from equipoise.stats.plots.labbe import labbe
from equipoise.stats.plots.qq import order_envelope, qq
from equipoise.stats.plots.radial import radial
from equipoise.stats.plots.regplot import regplot_figure
from equipoise.stats.plots.sensitivity_forest import cumulative_forest, leave_one_out_forest
from equipoise.stats.robustness.sequential import sequential
from equipoise.stats.small_studies.doi_plot import lfk_index

NAMES = ("Ash 2001", "Birch 2004", "Cedar 2010", "Dogwood 2015", "Elm 2019", "Fir 2020")


def relapse(measure: Any = "RR") -> EffectSizes:
    """Six trials; the last has no events in either arm."""
    return effect_sizes(
        measure,
        study=NAMES,
        events_1=[4, 6, 12, 9, 7, 0],
        n_1=[30, 20, 40, 25, 50, 10],
        events_2=[9, 8, 15, 20, 6, 0],
        n_2=[31, 22, 38, 25, 52, 12],
    )


def pain() -> EffectSizes:
    """Five mean differences, to be counted by hand."""
    return effect_sizes(
        "GENERIC", study=NAMES[:5], estimate=[0.0, 0.0, 0.0, 0.0, 5.0], se=[1.0] * 5
    )


def row(figure: Figure, start: str) -> list[str]:
    """Give the cells after a row's name in the text twin."""
    line = next(line for line in figure.text.splitlines() if line.startswith(start))
    return line.removeprefix(start).split()


# --- what stands in the figures -----------------------------------------------------------------


def test_a_funnel_shows_each_estimable_trial_and_names_the_others() -> None:
    trials = relapse()
    figure = funnel(pool(trials))
    values, _, _ = trials.transformed()
    for i, name in enumerate(NAMES[:5]):
        shown = [float(cell) for cell in row(figure, name)]
        assert shown == pytest.approx([values[i], trials.sei[i]], abs=0.006)
    assert "Not drawn: Fir 2020, no events in either arm." in figure.text
    assert figure.svg.count("<title>Fir 2020") == 0


def test_a_funnel_stands_around_the_pooled_estimate_and_no_effect() -> None:
    fit = pool(relapse())
    text = funnel(fit).text
    assert f"Upright, pooled estimate: {format_value(math.exp(fit.estimate))}." in text
    assert "Upright, no effect: 1." in text
    assert ("with heterogeneity" in text) == (fit.tau2 is not None and fit.tau2 > 0)


def test_trials_that_trim_and_fill_added_are_open() -> None:
    trials = effect_sizes(
        "GENERIC",
        study=NAMES,
        estimate=[0.1, 0.2, 0.15, 0.6, 0.9, 1.3],
        se=[0.05, 0.1, 0.08, 0.3, 0.4, 0.5],
    )
    fit = pool(trials)
    filled = fit.trim_and_fill()
    figure = funnel(fit, filled=filled)
    assert filled.k0 > 0
    assert figure.text.count("added by trim and fill") == filled.k0
    images = filled.filled.effects.yi[6:]
    for place, image in zip(filled.mirrored, images, strict=True):
        shown = row(figure, f"filled: {NAMES[place]}")[0].replace("−", "-")
        assert float(shown) == pytest.approx(image, abs=0.006)


def test_the_regression_line_is_eggers() -> None:
    """Its value at standard error s is intercept + slope s; at s = 0 it is the limit estimate."""
    fit = pool(relapse("OR"))
    test = fit.asymmetry("egger")
    assert test.limit is not None
    assert test.slope is not None
    text = funnel(fit, regression=test).text
    line = next(each for each in text.splitlines() if each.startswith("Line, asymmetry"))
    start = line.split(": ")[1].split(";")[0]
    assert start == f"({format_value(math.exp(test.limit.estimate))}, 0)"


def test_a_regression_or_trim_and_fill_of_another_fit_is_refused() -> None:
    fit, other = pool(relapse("OR")), pool(relapse("OR"), model="common")
    with pytest.raises(MethodError, match="another"):
        funnel(fit, regression=other.asymmetry("egger"))
    with pytest.raises(MethodError, match="another"):
        funnel(fit, filled=other.trim_and_fill())


def test_a_regression_on_something_else_has_no_line() -> None:
    fit = pool(relapse("OR"))
    with pytest.raises(MethodError, match="has a line"):
        funnel(fit, regression=fit.asymmetry("peters"))
    with pytest.raises(MethodError, match="no line"):
        funnel(fit, regression=fit.asymmetry("egger"), precision="n")


def test_sample_sizes_are_those_of_both_arms() -> None:
    assert row(funnel(pool(relapse()), precision="n"), "Ash 2001")[1] == "61"
    with pytest.raises(MethodError, match="precision='se'"):
        funnel(pool(pain()), precision="n")


def test_baujat_coordinates_by_hand() -> None:
    """Five trials of variance 1 with effects 0 0 0 0 5, common effect: the mean is 1.

    Contributions to Q are 1 for the zeros and 16 for the five. Without the five the mean is 0 with
    variance 1/4: influence 1² × 4 = 4; without a zero it is 5/4: influence (1/4)² × 4 = 1/4.
    """
    figure = baujat(pool(pain(), model="common"))
    assert [float(cell) for cell in row(figure, "Elm 2019")] == pytest.approx([16.0, 4.0])
    assert [float(cell) for cell in row(figure, "Ash 2001")] == pytest.approx([1.0, 0.25])


def test_radial_coordinates_by_hand() -> None:
    """Standard error 2 and effect 3 give precision 0.5 and 1.5 standard errors."""
    trials = effect_sizes("GENERIC", study=["A", "B"], estimate=[3.0, 1.0], se=[2.0, 1.0])
    figure = radial(pool(trials, model="common"))
    assert [float(cell) for cell in row(figure, "A")] == pytest.approx([0.5, 1.5])
    assert "Pooled: 1.4." in figure.text  # (3/4 + 1) / (1/4 + 1)


def test_a_radial_plot_of_random_effects_adds_the_variance_between_trials() -> None:
    fit = pool(pain(), tau2="DL")
    assert fit.tau2 is not None
    figure = radial(fit)
    assert "τ²" in figure.text
    shown = float(row(figure, "Elm 2019")[0])
    assert shown == pytest.approx(1 / math.sqrt(1 + fit.tau2), abs=0.006)


def test_labbe_shows_risks_as_observed_and_trials_without_a_ratio_open() -> None:
    figure = labbe(pool(relapse()), treatment="drug", comparator="placebo")
    assert "Risk, placebo" in figure.text
    shown = [float(cell) for cell in row(figure, "Birch 2004")[:3]]
    assert shown == pytest.approx([8 / 22, 6 / 20, 42], abs=0.006)
    assert row(figure, "Fir 2020")[-2:] == ["not", "pooled"]


@pytest.mark.parametrize(
    ("measure", "line"),
    [
        ("RR", "pooled risk ratio"), ("OR", "pooled odds ratio"), ("PETO", "pooled odds ratio"),
        ("RD", "pooled risk difference"), ("AS", "pooled arcsine difference"), ("PHI", ""),
    ],
)  # fmt: skip
def test_the_line_of_a_labbe_plot_is_that_of_the_measure(measure: str, line: str) -> None:
    text = labbe(pool(relapse(measure))).text
    assert ("Line, pooled" in text) == bool(line)
    assert line in text


def test_labbe_needs_risks() -> None:
    with pytest.raises(MethodError, match="events_1"):
        labbe(pool(pain()))


def test_quantile_positions_are_those_of_ppoints() -> None:
    """For three values ppoints gives 0.1923, 0.5 and 0.8077: quantiles ∓0.8694 and 0."""
    trials = effect_sizes("GENERIC", study=["A", "B", "C"], estimate=[1.0, 2.0, 4.0], se=[1.0] * 3)
    figure = qq(pool(trials, model="common"))
    assert [float(row(figure, name)[0].replace("−", "-")) for name in "ABC"] == pytest.approx(
        [-0.87, 0.0, 0.87], abs=0.006
    )


@pytest.mark.parametrize("k", [1, 2, 5, 40])
def test_the_envelope_holds_each_order_statistic_with_its_level(k: int) -> None:
    """Independently: the i-th of k is below x when at least i values are (a binomial sum)."""

    def below(x: float, i: int) -> float:
        u = 0.5 * math.erfc(-x / math.sqrt(2.0))
        return sum(math.comb(k, j) * u**j * (1 - u) ** (k - j) for j in range(i, k + 1))

    places = order_envelope(np.zeros(k), 0.9)
    for i, (_, low, high) in enumerate(places, start=1):
        assert below(low, i) == pytest.approx(0.05, rel=1e-9)
        assert below(high, i) == pytest.approx(0.95, rel=1e-9)
    assert [low for _, low, _ in places] == pytest.approx([-high for *_, high in places[::-1]])


@pytest.mark.parametrize("residuals", ["rstandard", "rstudent"])
def test_the_largest_residual_is_the_outliers(residuals: Any) -> None:
    figure = qq(pool(pain(), ci="wald"), residuals=residuals)
    quantile, residual = (float(c.replace("−", "-")) for c in row(figure, "Elm 2019"))
    assert quantile > 1.0
    table = pool(pain(), ci="wald").influence()
    assert residual == pytest.approx(getattr(table, residuals)[4], abs=0.006)


@pytest.mark.parametrize("ci", ["wald", "t", "hksj", "hksj-floor", "profile-likelihood"])
def test_the_pooled_curve_of_a_drapery_plot_has_the_fits_own_intervals(ci: Any) -> None:
    method: Any = "ML" if ci == "profile-likelihood" else "REML"
    fit = pool(relapse("RD"), ci=ci, tau2=method)
    figure = drapery(fit, levels=[0.1, 0.05])
    cells = [float(c.replace("−", "-")) for c in row(figure, "pooled, random effects")]
    narrow = pool(relapse("RD"), ci=ci, tau2=method, level=0.9)
    expected = [fit.estimate, narrow.ci_low, narrow.ci_high, fit.ci_low, fit.ci_high]
    assert cells == pytest.approx(expected, rel=6e-3, abs=6e-4)


def test_the_prediction_region_has_the_fits_own_prediction_intervals() -> None:
    fit = pool(pain())
    cells = row(drapery(fit), "Prediction interval")
    assert [float(c.replace("−", "-")) for c in cells[2:]] == pytest.approx(
        [fit.pi_low, fit.pi_high], rel=6e-3
    )
    assert "Prediction" not in drapery(pool(pain(), model="common")).text


def test_cumulative_rows_are_pools_of_the_first_trials_in_order() -> None:
    trials = relapse()
    fit = pool(trials)
    figure = cumulative_forest(fit, order=[4, 3, 2, 1, 0, 5])
    names = [line[:9].strip() for line in figure.text.splitlines() if line[:3] in ("Elm", "Ash")]
    assert names == ["Elm 2019", "Ash 2001"]
    two = pool(trials.subset([4, 3]))
    assert f"{two.transformed.estimate:.2f}" in " ".join(row(figure, "Dogwood 2015"))
    assert row(figure, "Ash 2001")[1] == row(figure, "All trials")[1]


def test_leave_one_out_rows_are_pools_of_the_others() -> None:
    trials = relapse()
    figure = leave_one_out_forest(pool(trials), favours_low="Favours drug")
    for i in range(5):
        others = pool(trials.subset([j for j in range(5) if j != i]))
        assert row(figure, NAMES[i])[:2] == ["4", f"{others.transformed.estimate:.2f}"]
    assert "Fir 2020" not in figure.text


def test_a_gosh_plot_counts_the_subsets_it_is_given() -> None:
    trials = pain()
    masks = np.array([m for m in product((False, True), repeat=5) if sum(m) > 1])
    weights = masks / trials.vi
    estimate = (weights * trials.yi).sum(axis=1) / weights.sum(axis=1)
    i2 = np.linspace(0.0, 90.0, len(masks))
    figure = gosh_figure(
        trials, estimate, i2, marked=masks[:, 4], marked_name="with Elm 2019", pooled=1.0
    )
    assert "Subsets: 26." in figure.text
    assert "All trials: 1." in figure.text
    table = figure.text.split("\n\n")[2].splitlines()
    rule = next(i for i, line in enumerate(table) if line.startswith("---"))
    counts = [line.split() for line in table[rule + 1 :]]
    assert sum(int(cells[2]) for cells in counts) == 26
    assert sum(int(cells[3]) for cells in counts) == int(masks[:, 4].sum())


def test_gosh_refuses_what_does_not_match() -> None:
    with pytest.raises(DataError, match="one value for each"):
        gosh_figure(pain(), [1.0, 2.0], [3.0])
    with pytest.raises(DataError, match="no subset"):
        gosh_figure(pain(), [math.nan], [3.0])
    assert "Without an estimate" in gosh_figure(pain(), [1.0, math.nan], [3.0, 3.0]).text


def test_a_bubble_plot_shows_ratios_and_leaves_out_trials_without_the_moderator() -> None:
    trials = relapse()
    line = [FittedPoint(0.0, 0.0, -1.0, 1.0), FittedPoint(10.0, math.log(2.0), 0.0, 1.4)]
    figure = regplot_figure(trials, [1, 2, math.nan, 4, 5, 6], line, moderator_name="Dose (mg)")
    assert "Line, fitted mean effect: (0, 1); (10, 2)." in figure.text
    assert "Not drawn: Cedar 2010, Fir 2020." in figure.text
    shown = [float(cell) for cell in row(figure, "Birch 2004")]
    assert shown == pytest.approx([2.0, (6 / 20) / (8 / 22), 1 / trials.vi[1]], rel=0.01)
    with pytest.raises(DataError, match="6 values"):
        regplot_figure(trials, [1, 2], line, moderator_name="Dose")


def test_a_doi_plot_shows_the_points_of_its_index() -> None:
    index = lfk_index(pool(relapse("OR")))
    figure = doi(index)
    for point in index.points:
        shown = [float(cell) for cell in row(figure, point.study)]
        assert shown == pytest.approx([point.effect, point.abs_z], abs=0.006)
    assert "Caution: " in figure.text


# --- measures without a value of no effect ------------------------------------------------------

COUNTS = {"events": [3, 10, 20], "n": [30, 40, 100]}
RATES = {"events": [3, 10, 20], "time": [30, 40, 100]}
MEANS = {"mean": [3, 4, 6], "sd": [1, 2, 2], "n": [30, 40, 100]}
ALPHAS = {"alpha": [0.7, 0.8, 0.9], "items": [5, 6, 7], "n": [30, 40, 100]}
ONE_GROUP: dict[str, dict[str, Any]] = {
    **dict.fromkeys(("PR", "PLN", "PLO", "PRZ", "PAS", "PFT"), COUNTS),
    **dict.fromkeys(("IR", "IRLN", "IRS", "IRFT"), RATES),
    **dict.fromkeys(("MN", "SMN", "MNLN", "CVLN"), MEANS),
    "SDLN": {"sd": [1, 2, 2], "n": [30, 40, 100]},
    **dict.fromkeys(("ARAW", "AHW", "ABT"), ALPHAS),
}


@pytest.mark.parametrize("measure", ONE_GROUP)
def test_single_groups_are_drawn_without_a_line_of_no_effect(measure: Any) -> None:
    fit = pool(effect_sizes(measure, study=["A", "B", "C"], **ONE_GROUP[measure]))
    for figure in (forest(fit), funnel(fit), cumulative_forest(fit), drapery(fit), radial(fit)):
        assert "no effect" not in figure.text
        assert "p < 0.01" not in figure.svg
    assert "40" in row(forest(fit), "B")[:3]


# --- small and unusual input --------------------------------------------------------------------

FIGURES: dict[str, Callable[[MetaAnalysis], Figure]] = {
    "forest": forest,
    "funnel": funnel,
    "radial": radial,
    "drapery": drapery,
    "cumulative": cumulative_forest,
}


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize(
    ("measure", "estimate", "se"),
    [
        ("GENERIC", [0.3], [0.2]),
        ("HR", [0.3], [0.2]),
        ("HR", [0.3, 0.3], [0.2, 0.2]),
        ("GENERIC", [1e6, 1e6 + 1], [1e-3, 1e3]),
        ("HR", [0, 0, 0], [9, 1, 5]),
    ],
)
def test_few_equal_and_far_away_trials_are_drawn(
    name: str, measure: Any, estimate: list[float], se: list[float]
) -> None:
    fit = pool(effect_sizes(measure, estimate=estimate, se=se))
    figure = FIGURES[name](fit)
    assert figure.svg.startswith("<svg")
    assert figure.text.startswith(figure.title)


@pytest.mark.parametrize("name", FIGURES)
def test_a_ratio_beyond_floats_has_no_place(name: str) -> None:
    fit = pool(effect_sizes("HR", estimate=[1e6, 1e6 + 1], se=[1.0, 1.0]))
    with pytest.raises(DataError, match="scale"):
        FIGURES[name](fit)


@pytest.mark.parametrize("draw", [baujat, qq])
def test_influence_figures_need_three_trials_and_inverse_variance(
    draw: Callable[[MetaAnalysis], Figure],
) -> None:
    with pytest.raises(MethodError, match="three"):
        draw(pool(pain().subset([0, 4])))
    with pytest.raises(MethodError, match="inverse-variance"):
        draw(pool(relapse(), method="MH"))


@pytest.mark.parametrize("draw", [funnel, radial, labbe, drapery, leave_one_out_forest])
def test_other_poolings_are_drawn_too(draw: Callable[[MetaAnalysis], Figure]) -> None:
    for fit in (pool(relapse(), method="MH"), pool(relapse("PETO"), method="Peto")):
        assert "Ash 2001" in draw(fit).text


@pytest.mark.parametrize("draw", [funnel, baujat, radial, qq])
def test_the_order_of_trials_does_not_change_what_is_drawn(
    draw: Callable[[MetaAnalysis], Figure],
) -> None:
    trials = relapse("OR").subset(range(5))
    here = draw(pool(trials)).text.splitlines()
    there = draw(pool(trials.subset([3, 1, 4, 0, 2]))).text.splitlines()
    assert sorted(here) == sorted(there)


def test_a_meta_regression_draws_its_own_bubbles() -> None:
    years = [1990.0, 2001.0, 2003.0, 2010.0, 2015.0]
    trials = effect_sizes(
        "GENERIC", estimate=[0.1, 0.4, 0.3, 0.8, 0.7], se=[0.1, 0.2, 0.2, 0.1, 0.3]
    )
    fit = meta_regression(trials, "~ year", data={"year": years})
    figure = fit.regplot("year")
    assert "Bubble plot: year, 5 trials" in figure.text
    ends = fit.predict({"year": [1990.0, 2015.0]}).rows
    assert all(f"{end.estimate:.3g}" in figure.text for end in ends)
    assert "(1990, 0.0829)" in figure.text


def test_a_sequential_meta_analysis_draws_its_looks() -> None:
    trials = effect_sizes("GENERIC", estimate=[0.5, 0.4, 0.6], se=[0.2, 0.2, 0.2])
    result = sequential(pool(trials, model="common"), effect=0.5)
    figure = result.figure()
    assert "3 looks" in figure.title
    assert result.conclusion in figure.description
    assert all(f"{look.z:.2f}" in figure.text for look in result.looks)


def test_gosh_marks_the_trial_that_tells_the_subsets_apart_or_the_one_asked_for() -> None:
    trials = effect_sizes(
        "GENERIC", study=list("ABCDEFG"), estimate=[0, 0.1, -0.1, 0.05, 0, 0.1, 3], se=[0.1] * 7
    )
    fit = pool(trials, model="common")
    assert "with G" in fit.gosh().text
    assert "with B" in fit.gosh("B").text
    with pytest.raises(DataError, match="no trial 'Z'"):
        fit.gosh("Z")
