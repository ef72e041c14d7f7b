"""What must hold for any crossover trial, cluster trial, set of arms and block of covariances."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.stats.dependence import covariances
from equipoise.stats.effects.arms import combine_arms, split_shared_control
from equipoise.stats.effects.change_scores import change_sd, implied_correlation
from equipoise.stats.effects.clusters import cluster_adjust
from equipoise.stats.effects.combining import combine_effects
from equipoise.stats.effects.crossover import crossover_effects
from equipoise.stats.effects.effect_sizes import effect_sizes

SD = st.floats(0.1, 50.0)
MEAN = st.floats(-100.0, 100.0)
SIZE = st.integers(4, 400)
R = st.floats(-0.95, 0.95)
FEW = settings(max_examples=40, deadline=None)


@st.composite
def crossovers(draw: st.DrawFn) -> dict[str, list[float]]:
    """Give some crossover trials in means, each with its correlation."""
    k = draw(st.integers(1, 5))
    kinds = {"mean_1": MEAN, "sd_1": SD, "mean_2": MEAN, "sd_2": SD, "n": SIZE, "r": R}
    return {name: draw(st.lists(kind, min_size=k, max_size=k)) for name, kind in kinds.items()}


def swapped(columns: dict[str, Any]) -> dict[str, Any]:
    other = {"1": "2", "2": "1"}
    return {
        name[:-1] + other[name[-1]] if name[-1] in other else name: values
        for name, values in columns.items()
    }


@FEW
@given(crossovers(), st.sampled_from(["MD", "SMD"]))
def test_swapping_treatments_changes_the_sign_only(columns: dict[str, Any], measure: Any) -> None:
    one, other = (
        crossover_effects(measure, **columns),
        crossover_effects(measure, **swapped(columns)),
    )
    assert other.yi == pytest.approx(-one.yi, rel=1e-12, abs=1e-300)
    assert other.vi == pytest.approx(one.vi, rel=1e-10)


@FEW
@given(crossovers(), st.floats(0.01, 100.0))
def test_units_change_the_difference_but_not_the_standardised_one(
    columns: dict[str, Any], factor: float
) -> None:
    scaled: dict[str, Any] = {
        name: [factor * x for x in values] if name[0] in "ms" else values
        for name, values in columns.items()
    }
    raw, unit = crossover_effects("MD", **columns), crossover_effects("MD", **scaled)
    assert unit.sei == pytest.approx(factor * raw.sei, rel=1e-9)
    standard = crossover_effects("SMD", **columns)
    assert crossover_effects("SMD", **scaled).vi == pytest.approx(standard.vi, rel=1e-9)


@FEW
@given(crossovers())
def test_the_more_alike_people_are_the_smaller_the_error(columns: dict[str, Any]) -> None:
    known: dict[str, Any] = {name: values for name, values in columns.items() if name != "r"}
    errors = [crossover_effects("MD", **known, assumed_r=r).sei for r in (-0.5, 0.0, 0.5, 0.9)]
    assert all((low < high).all() for high, low in pairwise(errors))


@FEW
@given(crossovers())
def test_what_a_trial_reports_gives_back_its_correlation(columns: dict[str, Any]) -> None:
    told = crossover_effects("MD", **columns)
    known: dict[str, Any] = {name: values for name, values in columns.items() if name != "r"}
    derived = crossover_effects("MD", **known, se=told.sei)
    # A difference of two SDs that is almost all of one of them says little about r.
    ratio = np.array(columns["sd_1"]) / np.array(columns["sd_2"])
    slack = 1e-13 * (ratio + 1 / ratio)
    assert (np.abs(derived.columns["r"] - np.array(columns["r"])) <= 1e-12 + slack).all()


@FEW
@given(crossovers(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(columns: dict[str, Any], random: Any) -> None:
    order = list(range(len(columns["n"])))
    random.shuffle(order)
    moved: dict[str, Any] = {name: [values[i] for i in order] for name, values in columns.items()}
    one, other = crossover_effects("SMD", **columns), crossover_effects("SMD", **moved)
    assert other.yi.tolist() == one.yi[order].tolist()
    assert other.vi.tolist() == one.vi[order].tolist()


@FEW
@given(
    st.tuples(st.integers(1, 60), st.integers(1, 60)), st.floats(1.0, 200.0), st.floats(0.0, 1.0)
)
def test_clusters_never_add_knowledge(events: tuple[int, int], size: float, icc: float) -> None:
    arms: dict[str, Any] = {
        "events_1": [events[0]],
        "n_1": [80],
        "events_2": [events[1]],
        "n_2": [80],
    }
    plain = effect_sizes("OR", **arms)
    adjusted = cluster_adjust("OR", **arms, cluster_size=[size], icc=[icc])
    assert adjusted.yi == pytest.approx(plain.yi, rel=1e-12, abs=1e-13)
    factor = 1 + (size - 1) * icc
    assert adjusted.vi == pytest.approx(plain.vi * factor, rel=1e-10)
    none = cluster_adjust("OR", **arms, cluster_size=[size], icc=[0.0])
    assert none.vi.tolist() == plain.vi.tolist()


@FEW
@given(SD, SD, R)
def test_the_sd_of_changes_and_the_correlation_are_each_others_inverse(
    baseline: float, final: float, r: float
) -> None:
    between = change_sd(sd_baseline=[baseline], sd_final=[final], r=[r])
    back = implied_correlation(sd_1=[baseline], sd_2=[final], sd_difference=between)
    assert back[0] == pytest.approx(r, abs=1e-11)


@FEW
@given(st.lists(st.tuples(MEAN, SD, SIZE), min_size=3, max_size=6))
def test_combining_in_steps_is_combining_at_once(arms: list[tuple[float, float, int]]) -> None:
    def together(rows: list[Any]) -> tuple[float, float, float]:
        mean, sd, n = (list(column) for column in zip(*rows, strict=True))
        one = combine_arms(study=["A"] * len(n), group=["x"] * len(n), mean=mean, sd=sd, n=n)
        return one["mean"][0], one["sd"][0], one["n"][0]

    at_once, in_steps = together(list(arms)), together([together(arms[:2]), *arms[2:]])
    assert in_steps == pytest.approx(at_once, rel=1e-10, abs=1e-10)
    assert together(arms[::-1]) == pytest.approx(at_once, rel=1e-10, abs=1e-10)


@FEW
@given(st.integers(1, 6), st.integers(0, 30))
def test_splitting_a_control_loses_nobody(parts: int, events: int) -> None:
    split = split_shared_control(
        study=["A"] * parts, events_2=[events] * parts, n_2=[31] * parts
    )  # fmt: skip
    assert math.fsum(split["n_2"]) == pytest.approx(31, rel=1e-14)
    assert math.fsum(split["events_2"]) == pytest.approx(events, rel=1e-14)


@st.composite
def shared_tables(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """Give comparisons of several treatments with one control."""
    k = draw(st.integers(2, 5))
    measure = draw(st.sampled_from(["RR", "OR", "RD", "MD", "SMD", "ROM"]))
    sizes = draw(st.lists(SIZE, min_size=k, max_size=k))
    control = draw(SIZE)
    if measure in {"RR", "OR", "RD"}:
        share = st.floats(0.1, 0.9)
        events = [draw(share) * n for n in sizes]
        mine: dict[str, Any] = {"events_1": events, "events_2": [draw(share) * control] * k}
    else:
        mine = {
            "mean_1": draw(st.lists(st.floats(1.0, 60.0), min_size=k, max_size=k)),
            "sd_1": draw(st.lists(SD, min_size=k, max_size=k)),
            "mean_2": [draw(st.floats(1.0, 60.0))] * k,
            "sd_2": [draw(SD)] * k,
        }
    return measure, mine | {"n_1": sizes, "n_2": [control] * k}


@FEW
@given(shared_tables())
def test_a_shared_control_gives_possible_covariances(drawn: tuple[Any, dict[str, Any]]) -> None:
    measure, columns = drawn
    trials = effect_sizes(measure, study=["A"] * len(columns["n_1"]), **columns)
    block = covariances(trials, shared_control=True).blocks[0]
    assert (block.matrix == block.matrix.T).all()
    assert np.diag(block.matrix).tolist() == trials.vi.tolist()
    assert np.linalg.eigvalsh(block.correlations)[0] > 0.0


@FEW
@given(shared_tables())
def test_two_treatments_compared_by_way_of_their_control(drawn: tuple[Any, dict[str, Any]]) -> None:
    """The difference of two log odds ratios against one control has no control left in it."""
    _, columns = drawn
    if "events_1" not in columns:
        return
    trials = effect_sizes("OR", study=["A"] * len(columns["n_1"]), **columns)
    v = covariances(trials, shared_control=True).blocks[0].matrix
    a, b = (columns["events_1"][i] for i in (0, 1))
    n, m = (columns["n_1"][i] for i in (0, 1))
    direct = 1 / a + 1 / (n - a) + 1 / b + 1 / (m - b)
    assert v[0, 0] + v[1, 1] - 2 * v[0, 1] == pytest.approx(direct, rel=1e-9)


@FEW
@given(crossovers(), st.integers(1, 3))
def test_combined_tables_hold_what_they_were_made_of(columns: dict[str, Any], copies: int) -> None:
    one = crossover_effects("MD", **columns)
    parallel = effect_sizes("MD", mean_1=[5], sd_1=[2], n_1=[9], mean_2=[4], sd_2=[2], n_2=[8])
    both = combine_effects(parallel, *[one] * copies)
    assert both.yi.tolist() == [*parallel.yi, *(one.yi.tolist() * copies)]
    assert len(both) == 1 + copies * len(one)
    assert np.isnan(both.columns["n"][0])
    last = [row for note in both.notes for row in note.rows]
    assert sorted(last) == list(range(1, len(both)))
