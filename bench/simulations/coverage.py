"""Count how often each interval covers the truth, and how wide it is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

import numpy as np
from scipy import special

from bench.simulations.draws import Draws, Scenario, draw
from bench.simulations.methods import METHODS, Fits, Limits, Method, Target
from equipoise.kernels.batches import Floats

LEVEL: Final = 0.95
SCENARIOS: Final = tuple(
    Scenario(k, ratio) for k, ratio in product((2, 3, 5, 10, 20), (0.0, 0.25, 1.0, 4.0))
)
# Meta-analyses are pooled side by side up to so many; more only fills memory.
_CHUNK: Final = 500


@dataclass(frozen=True, slots=True)
class Cell:
    """What became of one method in one scenario.

    ``coverage`` is the mean over the ``replicates`` in which the interval is defined, ``error`` its
    Monte Carlo standard error; ``defined`` says in what share it is. Widths are relative, see
    `relative_width`. All are ``nan`` where the interval never is defined.
    """

    scenario: Scenario
    target: Target
    method: str
    coverage: float
    error: float
    mean_width: float
    median_width: float
    defined: float
    replicates: int


def simulate(
    scenario: Scenario, methods: Sequence[Method] = METHODS, most: int = 10_000
) -> list[Cell]:
    """Draw meta-analyses and hold every method's interval against the truth.

    All methods see the same draws, the slow ones the first of them.
    """
    generator = scenario.generator()
    covered: dict[Method, list[Floats]] = {method: [] for method in methods}
    widths: dict[Method, list[Floats]] = {method: [] for method in methods}
    for start in range(0, most, _CHUNK):
        draws = draw(scenario, min(_CHUNK, most - start), generator)
        fits = Fits(draws)
        for method in methods:
            count = min(method.replicates - start, draws.tau2.size)
            if count <= 0:
                continue
            some = fits if count == draws.tau2.size else Fits(draws.first(count))
            limits = some.limits(method)
            covered[method].append(probability(method.target, some.draws, limits))
            widths[method].append(relative_width(method.target, some.draws, limits))
    return [
        _cell(scenario, m, np.concatenate(covered[m]), np.concatenate(widths[m])) for m in methods
    ]


def probability(target: Target, draws: Draws, limits: Limits) -> Floats:
    """Return 0 or 1 for what is fixed, and for a new trial's effect its probability to be inside.

    The effect of a new trial is never drawn: given the limits, its probability is known.
    """
    low, high = limits
    undefined = np.isnan(low) | np.isnan(high)
    truth = draws.tau2 if target == "tau2" else np.zeros(low.size)
    inside = ((low <= truth) & (truth <= high)).astype(np.float64)
    if target == "new trial":
        tau = np.sqrt(np.where(draws.tau2 > 0.0, draws.tau2, 1.0))
        spread = special.ndtr(high / tau) - special.ndtr(low / tau)
        inside = np.where(draws.tau2 > 0.0, spread, inside)
    return np.where(undefined, np.nan, inside)


def relative_width(target: Target, draws: Draws, limits: Limits) -> Floats:
    """Return widths in units of the interval with τ² known; those of τ² by τ² + typical variance."""
    width = limits[1] - limits[0]
    if target == "tau2":
        return np.asarray(width / (draws.tau2 + draws.typical), dtype=np.float64)
    known = draws.known_width(LEVEL, new_trial=target == "new trial")
    return np.asarray(width / known, dtype=np.float64)


def _cell(scenario: Scenario, method: Method, covered: Floats, widths: Floats) -> Cell:
    good = ~np.isnan(covered)
    n = int(np.count_nonzero(good))
    coverage = error = mean = median = math.nan
    if n > 1:
        coverage = float(covered[good].mean())
        error = float(covered[good].std(ddof=1)) / n**0.5
        mean, median = float(widths[good].mean()), float(np.median(widths[good]))
    return Cell(
        scenario=scenario,
        target=method.target,
        method=method.name,
        coverage=coverage,
        error=error,
        mean_width=mean,
        median_width=median,
        defined=n / covered.size,
        replicates=covered.size,
    )
