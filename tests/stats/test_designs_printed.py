"""Printed results of special designs, fixed by golden files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from equipoise.stats.dependence import covariances
from equipoise.stats.design_sensitivity import cluster_sensitivity, crossover_sensitivity
from equipoise.stats.effects.crossover import crossover_effects
from equipoise.stats.effects.effect_sizes import effect_sizes
from support.golden import reviewed

GOLDEN = Path(__file__).parent / "golden"

CASES: dict[str, Callable[[], object]] = {
    "crossover": lambda: crossover_effects(
        "MD", study=["Ash", "Birch", "Cedar", "Dogwood"], mean_1=[7.0, 6.1, 5.5, 6.0],
        sd_1=[2.4, 2.2, 2.1, 2.0], mean_2=[6.5, 4.9, 5.1, 5.0], sd_2=[2.2, 2.3, 2.0, 2.0],
        n=[20, 32, 18, 25], se=[None, 0.31, None, 4.0], t=[None, None, 0.9, None], assumed_r=0.6,
    ),
    "crossover_sensitivity": lambda: crossover_sensitivity(
        "MD", study=["Ash", "Birch", "Cedar"], r=(0.0, 0.3, 0.6, 0.9), mean_1=[7.0, 6.1, 5.5],
        sd_1=[2.4, 2.2, 2.1], mean_2=[6.5, 4.9, 5.1], sd_2=[2.2, 2.3, 2.0], n=[20, 32, 18],
        se=[None, 0.31, None],
    ),
    "cluster_sensitivity": lambda: cluster_sensitivity(
        "RR", study=["Elm", "Fir"], events_1=[12, 14], n_1=[200, 210], events_2=[20, 30],
        n_2=[190, 208], cluster_size=[20, 22], known_icc=[None, 0.03],
        together_with=effect_sizes(
            "RR", study=["Gum"], events_1=[29], n_1=[168], events_2=[41], n_2=[162]
        ),
    ),
    "covariances": lambda: covariances(
        effect_sizes(
            "RR", study=["Ash", "Ash", "Ash", "Birch"], events_1=[5, 9, 7, 3], n_1=[40, 40, 41, 30],
            events_2=[14, 14, 14, 9], n_2=[42, 42, 42, 28],
        ),
        shared_control=True,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_printed(name: str) -> None:
    text = f"{CASES[name]()}\n"
    assert text == reviewed(GOLDEN / f"{name}.txt", text)
