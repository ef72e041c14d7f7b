"""The simulation behind docs/statistics/coverage.md, and that the page shows what it gives."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from bench.pages import put, table
from bench.simulations import page
from bench.simulations.coverage import (
    SCENARIOS,
    Cell,
    probability,
    relative_width,
    simulate,
)
from bench.simulations.draws import LARGEST, SMALLEST, Draws, Scenario, draw
from bench.simulations.methods import METHODS, Fits, Method
from scipy import stats

from equipoise.stats import effect_sizes, pool
from equipoise.stats.resampling.prediction import prediction_interval_bootstrap

ONE_OF_EACH = Scenario(5, 1.0)


def drawn(scenario: Scenario = ONE_OF_EACH, rows: int = 200) -> Draws:
    return draw(scenario, rows, scenario.generator())


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda s: f"{s.k}-{s.ratio}")
def test_tau2_is_what_makes_i2_the_scenarios(scenario: Scenario) -> None:
    draws = drawn(scenario, 10)
    w = 1.0 / draws.effects.vi
    for row in range(10):
        total = w[row].sum()
        typical = (scenario.k - 1) * total / (total**2 - (w[row] ** 2).sum())
        assert draws.tau2[row] / (draws.tau2[row] + typical) == pytest.approx(scenario.i2)


def test_variances_are_a_quarter_of_chi_square_between_two_limits() -> None:
    vi = np.sort(drawn(Scenario(20, 0.0), 500).effects.vi.ravel())
    assert SMALLEST <= vi[0] < vi[-1] <= LARGEST
    low, high = (stats.chi2.cdf(4 * limit, 1) for limit in (SMALLEST, LARGEST))
    expected = (stats.chi2.cdf(4 * vi, 1) - low) / (high - low)
    # Kolmogorov and Smirnov's distance stays below this in all but one of 10,000 samples.
    assert np.abs(expected - (np.arange(vi.size) + 0.5) / vi.size).max() < 2.23 / vi.size**0.5


def test_estimates_are_normal_with_both_variances() -> None:
    draws = drawn(rows=4_000)
    z = draws.effects.yi / np.sqrt(draws.effects.vi + draws.tau2[:, None])
    assert stats.kstest(z.ravel(), "norm").pvalue > 1e-4


@pytest.mark.parametrize(
    "method", [m for m in METHODS if m.name != "NNF"], ids=lambda m: f"{m.target}-{m.name}"
)
def test_limits_of_a_batch_are_those_of_pool(method: Method) -> None:
    """Each interval of the tables is the one that a person gets from `pool`."""
    draws = drawn(rows=5)
    low, high = Fits(draws).limits(method)
    for row in range(5):
        yi, vi = draws.effects.yi[row], draws.effects.vi[row]
        fit = pool(effect_sizes("GENERIC", estimate=yi, se=np.sqrt(vi)), **method.options)
        ends = {
            "mean": (fit.ci_low, fit.ci_high),
            "new trial": (fit.pi_low, fit.pi_high),
            "tau2": fit.tau2_ci or (None, None),
        }[method.target]
        for limit, end in zip((low[row], high[row]), ends, strict=True):
            assert math.isnan(limit) if end is None else limit == pytest.approx(end, rel=1e-9)


def test_limits_from_the_confidence_distribution_are_those_of_the_public_function() -> None:
    draws = drawn(rows=2)
    (method,) = (m for m in METHODS if m.name == "NNF")
    low, high = Fits(draws).limits(method)
    for row in range(2):
        yi, vi = draws.effects.yi[row], draws.effects.vi[row]
        fit = pool(effect_sizes("GENERIC", estimate=yi, se=np.sqrt(vi)))
        expected = prediction_interval_bootstrap(fit)
        assert (low[row], high[row]) == pytest.approx((expected.low, expected.high), rel=1e-9)


def test_a_mean_is_covered_where_zero_lies_between_the_limits() -> None:
    draws = drawn(rows=4)
    limits = np.array([-1.0, 0.0, 0.1, np.nan]), np.array([1.0, 2.0, 1.0, np.nan])
    np.testing.assert_array_equal(probability("mean", draws, limits), [1.0, 1.0, 0.0, np.nan])


def test_a_new_trial_is_covered_with_the_probability_between_the_limits() -> None:
    draws = replace(drawn(rows=2), tau2=np.array([0.25, 0.0]))
    limits = np.array([-0.5, -0.5]), np.array([1.0, 1.0])
    expected = [stats.norm.cdf(2.0) - stats.norm.cdf(-1.0), 1.0]
    np.testing.assert_allclose(probability("new trial", draws, limits), expected, rtol=1e-12)


def test_the_interval_that_knows_tau2_has_width_one() -> None:
    draws = drawn(rows=3)
    w = 1.0 / (draws.effects.vi + draws.tau2[:, None])
    half = stats.norm.ppf(0.975) / np.sqrt(w.sum(axis=1))
    np.testing.assert_allclose(relative_width("mean", draws, (-half, half)), 1.0, rtol=1e-12)


def test_exact_intervals_of_tau2_keep_their_level() -> None:
    """The Q-profile is exact for normal effects: 95 %, but for the Monte Carlo error."""
    exact = [m for m in METHODS if m.name == "Q-profile"]
    (found,) = simulate(ONE_OF_EACH, exact, 4_000)
    assert abs(found.coverage - 0.95) < 4.0 * found.error


def test_the_page_shows_what_the_simulation_gives() -> None:
    """Two methods of one row, in full, as the command writes them; else the page is old."""
    chosen = [m for m in METHODS if m.target == "mean" and m.name in {"Wald", "HK"}]
    wald, hk = simulate(Scenario(3, 1.0), chosen)
    row = _row(page.PAGE.read_text(encoding="utf-8"), "| 3 | 50% |")
    for name, found in (("Wald", wald), ("HK", hk)):
        shown = float(row[name].strip("*"))
        # Other processors may round a limit to the other side of zero, once or twice.
        assert abs(shown - 100.0 * found.coverage) < 0.1


def _row(text: str, start: str) -> dict[str, str]:
    lines = text.splitlines()
    place = next(i for i, line in enumerate(lines) if line.startswith(start))
    head = next(line for line in reversed(lines[:place]) if line.startswith("| trials"))
    cells = ([cell.strip() for cell in line.strip("|").split("|")] for line in (head, lines[place]))
    return dict(zip(*cells, strict=True))


def cell(**changes: float) -> Cell:
    usual = Cell(
        scenario=ONE_OF_EACH,
        target="mean",
        method="Wald",
        coverage=0.95,
        error=0.01,
        mean_width=1.2,
        median_width=1.1,
        defined=1.0,
        replicates=100,
    )
    return replace(usual, **changes)  # type: ignore[arg-type]  # all of them are numbers


def test_low_coverage_is_bold_and_missing_a_dash() -> None:
    shares = (0.95, 0.93, 0.9296, 0.9294)
    shown = [page.coverage_text(cell(coverage=share)) for share in shares]
    assert shown == ["95.0", "93.0", "93.0", "**92.9**"]
    assert page.coverage_text(cell(defined=0.9)) == "–"


def test_widths_are_means_unless_a_few_make_the_mean() -> None:
    wide = cell(mean_width=math.inf, median_width=4e6)
    assert not page.by_median([cell(), cell(mean_width=11.0)])
    assert page.by_median([cell(), wide])
    assert page.by_median([cell(), cell(mean_width=-math.inf), cell(mean_width=math.nan)])
    assert not page.by_median([cell(), replace(wide, defined=0.9)])
    assert page.width_text(cell(), median=False) == "1.20"
    assert page.width_text(cell(mean_width=23.4), median=False) == "23"
    assert page.width_text(wide, median=True) == "> 999"
    assert page.width_text(cell(defined=0.9), median=True) == "–"


def test_a_command_writes_between_its_own_lines_only(tmp_path: Path) -> None:
    place = tmp_path / "page.md"
    place.write_text(
        "before\n<!-- written by it -->\nold\n<!-- end of what the command writes -->\nafter\n",
        encoding="utf-8",
    )
    for _ in range(2):
        put(place, "it", table(["a", "b"], [("x", "1")]))
        assert place.read_text(encoding="utf-8") == (
            "before\n<!-- written by it -->\n\n| a | b |\n| --- | ---: |\n| x | 1 |\n\n"
            "<!-- end of what the command writes -->\nafter\n"
        )
    with pytest.raises(ValueError, match="lacks the lines"):
        put(place, "another", "")
