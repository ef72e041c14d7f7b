"""What must change in a known way when arms, units, signs or names change."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from differential.strategies import MODEST
from equipoise import stats

ODD_TABLES = (
    *("AS", "PHI", "ZPHI", "YUQ", "YUY", "RTET", "ZTET", "PBIT"),
    *("OR2D", "OR2DN", "OR2DL"),
)
ODD_MEANS = (
    *("SMDH", "ROM", "VR", "CVR", "D2OR", "D2ORN", "D2ORL"),
    *("RPB", "ZPB", "RBIS", "ZBIS"),
)
ODD_PAIRED = ("MC", "SMCC", "SMCRP", "SMCRPH", "ROMC", "VRC", "CVRC")
UNIT_FREE = ("SMDH", "SMD1", "SMD1H", "CLESN", "ROM", "VR", "CVR", "D2OR", "RPB", "RBIS")
UNIT_FREE_PAIRED = (
    *("SMCC", "SMCR", "SMCRH", "SMCRP", "SMCRPH", "CLESCN"),
    *("ROMC", "VRC", "CVRC"),
)

Row = dict[str, float]
counts = st.integers(1, 60).map(float)
sizes = st.integers(4, 80).map(float)
positive = st.integers(5, 200).map(lambda x: x / 10)
correlation = st.integers(-95, 95).map(lambda x: x / 100)

tables = st.tuples(counts, counts, counts, counts).map(
    lambda c: {"events_1": c[0], "n_1": c[0] + c[1], "events_2": c[2], "n_2": c[2] + c[3]}
)
groups = st.fixed_dictionaries(
    {
        **dict.fromkeys(("mean_1", "sd_1", "mean_2", "sd_2"), positive),
        **dict.fromkeys(("n_1", "n_2"), sizes),
    }
)
twice = st.fixed_dictionaries(
    {
        **dict.fromkeys(("mean_1", "sd_1", "mean_2", "sd_2"), positive),
        "r": correlation,
        "n": sizes,
    }
)
pairs = st.fixed_dictionaries(dict.fromkeys(("both", "only_1", "only_2", "neither"), counts))


def values(measure: Any, row: Row) -> tuple[float, float] | None:
    """Give a row's estimate and variance, ``None`` where it is not estimable."""
    if measure == "VRC":
        row = {name: row[name] for name in ("sd_1", "sd_2", "r", "n")}
    columns: dict[str, Any] = {name: [value] for name, value in row.items()}
    trials = stats.effect_sizes(measure, **columns)
    return None if trials.reasons[0] else (float(trials.yi[0]), float(trials.vi[0]))


def swapped(row: Row) -> Row:
    """Exchange what ends in 1 and in 2."""
    other = {"1": "2", "2": "1"}
    return {name[:-1] + other.get(name[-1], name[-1]): value for name, value in row.items()}


def times(row: Row, factor: float) -> Row:
    """Express means and standard deviations in another unit."""
    return {n: v * factor if n.startswith(("mean", "sd")) else v for n, v in row.items()}


def same(got: tuple[float, float] | None, yi: float, vi: float, relative: float = 1e-9) -> None:
    assert got is not None
    assert got[0] == pytest.approx(yi, rel=relative, abs=1e-9)
    assert got[1] == pytest.approx(vi, rel=relative, abs=1e-13)


def mirrored(measure: str, row: Row, other: Row) -> None:
    """Demand the same size with the other sign, and the same variance."""
    one = values(measure, row)
    if one is None:
        assert values(measure, other) is None
    else:
        same(values(measure, other), -one[0], one[1])


@pytest.mark.parametrize("measure", ODD_TABLES)
@MODEST
@given(row=tables)
def test_exchanging_arms_or_events_changes_the_sign(measure: str, row: Row) -> None:
    mirrored(measure, row, swapped(row))
    without = {f"events_{arm}": row[f"n_{arm}"] - row[f"events_{arm}"] for arm in (1, 2)}
    mirrored(measure, row, row | without)


@pytest.mark.parametrize("measure", ODD_MEANS)
@MODEST
@given(row=groups)
def test_exchanging_groups_changes_the_sign(measure: str, row: Row) -> None:
    mirrored(measure, row, swapped(row))


@MODEST
@given(row=groups)
def test_superiority_of_one_is_inferiority_of_the_other(row: Row) -> None:
    one = values("CLESN", row)
    if one is not None:
        same(values("CLESN", swapped(row)), 1 - one[0], one[1], 1e-7)


@pytest.mark.parametrize("measure", ODD_PAIRED)
@MODEST
@given(row=twice)
def test_exchanging_occasions_changes_the_sign(measure: str, row: Row) -> None:
    mirrored(measure, row, swapped(row))


@pytest.mark.parametrize("measure", ["MPRD", "MPRR", "MPOR", "MPORC", "MPPETO"])
@MODEST
@given(row=pairs)
def test_exchanging_treatments_of_pairs_changes_the_sign(measure: str, row: Row) -> None:
    mirrored(measure, row, swapped(row))


@pytest.mark.parametrize("measure", [*UNIT_FREE, *UNIT_FREE_PAIRED])
@MODEST
@given(row=groups, pair=twice, factor=st.sampled_from([0.001, 0.5, 1000.0]))
def test_the_unit_does_not_matter(measure: str, row: Row, pair: Row, factor: float) -> None:
    row = pair if measure in UNIT_FREE_PAIRED else row
    one, other = values(measure, row), values(measure, times(row, factor))
    if one is None:
        assert other is None
    else:
        same(other, *one)


@MODEST
@given(row=twice, factor=st.sampled_from([0.001, 0.5, 1000.0]))
def test_a_mean_change_is_in_the_unit(row: Row, factor: float) -> None:
    one = values("MC", row)
    assert one is not None
    other = values("MC", times(row, factor))
    assert other is not None
    assert other[0] == pytest.approx(one[0] * factor, abs=1e-12)
    assert other[1] == pytest.approx(one[1] * factor**2)


@pytest.mark.parametrize("measure", ["COR", "UCOR", "ZCOR"])
@MODEST
@given(r=correlation, n=sizes)
def test_turning_a_scale_round_changes_the_sign(measure: str, r: float, n: float) -> None:
    mirrored(measure, {"r": r, "n": n}, {"r": -r, "n": n})


@MODEST
@given(r=correlation, n=st.integers(5, 500))
def test_the_unbiased_correlation_is_larger_but_not_above_one(r: float, n: int) -> None:
    got = values("UCOR", {"r": r, "n": float(n)})
    assert got is not None
    assert abs(r) <= abs(got[0]) * (1 + 1e-14)
    assert abs(got[0]) <= 1


@pytest.mark.parametrize("measure", ["PR", "PLO", "PRZ", "PAS", "PFT"])
@MODEST
@given(n=st.integers(1, 200), data=st.data())
def test_events_and_their_absence_mirror_each_other(measure: Any, n: int, data: Any) -> None:
    """Their proportions add up to one, on the display scale, with limits changing places."""
    events = data.draw(st.integers(0, n))
    trials = stats.effect_sizes(measure, events=[events, n - events], n=[n, n])
    if trials.reasons == (None, None):
        shown, low, high = trials.transformed()
        assert shown[0] + shown[1] == pytest.approx(1, abs=1e-9)
        assert low[0] + high[1] == pytest.approx(1, abs=1e-9)


@MODEST
@given(events=st.integers(0, 50), n=st.integers(1, 50))
def test_freeman_tukey_goes_back_where_it_came_from(events: int, n: int) -> None:
    trials = stats.effect_sizes("PFT", events=[min(events, n)], n=[n])
    assert trials.transformed()[0][0] == pytest.approx(min(events, n) / n, abs=1e-9)


@MODEST
@given(events=st.integers(0, 500), time=positive)
def test_freeman_tukey_rates_go_back_where_they_came_from(events: int, time: float) -> None:
    trials = stats.effect_sizes("IRFT", events=[events], time=[time])
    assert trials.transformed()[0][0] == pytest.approx(events / time, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("measure", ["IRS", "IRFT", "IRSD"])
@MODEST
@given(first=counts, second=counts, factor=st.sampled_from([0.25, 100.0]))
def test_the_unit_of_time_scales_square_roots(
    measure: str, first: float, second: float, factor: float
) -> None:
    def row(unit: float) -> Row:
        if measure != "IRSD":
            return {"events": first, "time": 7 * unit}
        return {"events_1": first, "time_1": 7 * unit, "events_2": second, "time_2": 5 * unit}

    one = values(measure, row(1.0))
    assert one is not None
    same(values(measure, row(factor)), one[0] / factor**0.5, one[1] / factor)


@pytest.mark.parametrize("measure", ["ARAW", "AHW", "ABT"])
@MODEST
@given(alphas=st.tuples(correlation, correlation), items=st.integers(2, 30), n=sizes)
def test_transformed_reliability_keeps_the_order(
    measure: Any, alphas: tuple[float, float], items: int, n: float
) -> None:
    trials = stats.effect_sizes(measure, alpha=list(alphas), items=[items] * 2, n=[n] * 2)
    assert (trials.yi[0] < trials.yi[1]) == (alphas[0] < alphas[1])


@MODEST
@given(row=twice)
def test_exchanging_occasions_mirrors_the_probability_of_superiority(row: Row) -> None:
    one = values("CLESCN", row)
    if one is not None:
        same(values("CLESCN", swapped(row)), 1 - one[0], one[1], 1e-7)


@MODEST
@given(share=st.integers(1, 99).map(lambda x: x / 100), n_1=sizes, n_2=sizes)
def test_exchanging_arms_mirrors_the_area_under_the_curve(
    share: float, n_1: float, n_2: float
) -> None:
    one = values("CLES", {"auc": share, "n_1": n_1, "n_2": n_2})
    assert one is not None
    same(values("CLES", {"auc": 1 - share, "n_1": n_2, "n_2": n_1}), 1 - one[0], one[1])


@MODEST
@given(row=pairs)
def test_margins_and_phi_say_what_the_pairs_say(row: Row) -> None:
    """The marginal odds ratio needs nothing of the pairs but their correlation."""
    both, only_1, only_2, neither = (row[n] for n in ("both", "only_1", "only_2", "neither"))
    first, second = both + only_1, both + only_2
    n = sum(row.values())
    spread = (first * (n - first) * second * (n - second)) ** 0.5
    phi = (both * neither - only_1 * only_2) / spread
    known = values("MPOR", row)
    assert known is not None
    margins = {"events_1": first, "events_2": second, "n": n, "r": phi}
    same(values("MPORM", margins), *known, 1e-8)
    mirrored("MPORM", margins, swapped(margins))


@MODEST
@given(row=st.tuples(counts, counts, counts), factor=st.sampled_from([2.0, 10.0]))
def test_neither_allele_comes_first_and_size_is_not_excess(
    row: tuple[float, float, float], factor: float
) -> None:
    def excess(a: float, h: float, b: float) -> tuple[float, float] | None:
        return values("REH", {"homozygous_a": a, "heterozygous": h, "homozygous_b": b})

    one = excess(*row)
    assert one is not None
    same(excess(*row[::-1]), *one)
    same(excess(*(factor * x for x in row)), one[0], one[1] / factor)


@MODEST
@given(r=correlation, n=sizes, more=st.integers(0, 50).map(lambda x: x / 1000))
def test_turning_a_predictor_round_changes_the_sign(r: float, n: float, more: float) -> None:
    row = {"r": r, "n": n, "r_squared": r * r + more}
    mirrored("SPCOR", row, row | {"r": -r})
    mirrored("ZSPCOR", row, row | {"r": -r})


@MODEST
@given(share=st.integers(0, 99).map(lambda x: x / 100), n=sizes)
def test_fishers_z_of_a_share_goes_back_where_it_came_from(share: float, n: float) -> None:
    trials = stats.effect_sizes("ZR2", r_squared=[share], n=[n])
    assert trials.transformed()[0][0] == pytest.approx(share, abs=1e-12)
    assert trials.transformed()[1][0] >= 0
