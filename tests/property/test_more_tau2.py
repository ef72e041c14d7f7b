"""What must not change, or must change in a known way, by every estimator and interval of τ²."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from differential.engine import effects_of
from differential.strategies import MODEST, Rows, contrasts, decimals
from equipoise import stats

WEIGHTS = [0.3, 1.0, 2.0, 0.7, 5.0, 1.5, 0.9, 3.0]
METHODS: dict[str, dict[str, Any]] = {
    "HE": {"tau2": "HE"},
    "HS": {"tau2": "HS"},
    "HSk": {"tau2": "HSk"},
    "SJ": {"tau2": "SJ", "tau2_ci": "sidik-jonkman"},
    "PMM": {"tau2": "PMM", "tau2_ci": "wald"},
    "EB": {"tau2": "EB", "tau2_ci": "jackson"},
    "DL": {"tau2": "DL", "tau2_ci": "biggerstaff-jackson"},
    "REML": {"tau2": "REML", "tau2_ci": "profile-likelihood", "ci": "hksj-if-wider"},
    "ML": {"tau2": "ML", "tau2_ci": "profile-likelihood", "ci": "profile-likelihood"},
    "GENQ": {"tau2": "GENQ", "tau2_ci": "general-q"},
    "GENQM": {"tau2": "GENQM", "tau2_ci": "general-q"},
}
FEW = settings(MODEST, max_examples=6)
"""There are many methods: each gets few examples."""
every = pytest.mark.parametrize("name", list(METHODS))


def pooled(
    name: str, rows: Sequence[Sequence[float]], order: Sequence[int] | None = None, **more: Any
) -> stats.MetaAnalysis:
    """Pool by one of the methods; given weights belong to trials, and move with them."""
    options = METHODS[name] | more
    if name.startswith("GENQ"):
        places = range(len(rows)) if order is None else order
        options["tau2_weights"] = [WEIGHTS[i] for i in places]
    return stats.pool(effects_of("GENERIC", rows), **options)


def near(value: float | None, scale: float = 1.0) -> object:
    """Give what equals a value but for rounding on the scale of the data."""
    assert value is not None
    return pytest.approx(value, rel=1e-7, abs=1e-8 * scale)


def alike(one: stats.MetaAnalysis, other: stats.MetaAnalysis, factor: float = 1.0) -> None:
    """Demand the same results, ``other`` in a unit ``factor`` times as small."""
    for field in ("se", "ci_low", "ci_high"):
        assert getattr(other, field) == near(getattr(one, field) * factor, factor), field
    assert other.tau2 == near((one.tau2 or 0.0) * factor**2, factor**2)
    assert other.tau2_se == near((one.tau2_se or 0.0) * factor**2, factor**2)
    assert (one.tau2_ci is None) == (other.tau2_ci is None)
    for a, b in zip(one.tau2_ci or (), other.tau2_ci or (), strict=True):
        assert b == near(a * factor**2, factor**2)


@every
@FEW
@given(rows=contrasts(), seed=st.randoms(use_true_random=False))
def test_the_order_of_trials_does_not_matter(name: str, rows: Rows, seed: Any) -> None:
    order = list(range(len(rows)))
    seed.shuffle(order)
    alike(pooled(name, rows), pooled(name, [rows[i] for i in order], order))


@every
@FEW
@given(rows=contrasts(), shift=decimals(-50, 50, 1))
def test_adding_a_constant_moves_the_estimate_and_nothing_else(
    name: str, rows: Rows, shift: float
) -> None:
    one = pooled(name, rows)
    other = pooled(name, [(y + shift, se) for y, se in rows])
    assert other.tau2 == near(one.tau2, 50)
    assert other.ci_low == near(one.ci_low + shift, 50)
    assert other.ci_high == near(one.ci_high + shift, 50)
    for a, b in zip(one.tau2_ci or (), other.tau2_ci or (), strict=True):
        assert b == near(a, 50)


@every
@FEW
@given(rows=contrasts(), factor=st.sampled_from([1e-5, 0.1, 4.0, 1e5]))
def test_another_unit_scales_everything(name: str, rows: Rows, factor: float) -> None:
    alike(pooled(name, rows), pooled(name, [(y * factor, se * factor) for y, se in rows]), factor)


@every
@FEW
@given(rows=contrasts())
def test_the_interval_of_tau2_is_ordered_and_widens_with_the_level(name: str, rows: Rows) -> None:
    """And it holds the estimate, where both come from one function of τ²."""
    wide, narrow = pooled(name, rows, level=0.99), pooled(name, rows, level=0.8)
    if wide.tau2_ci is None or narrow.tau2_ci is None:
        pytest.fail("every method here has an interval")
    assert 0 <= wide.tau2_ci[0] <= narrow.tau2_ci[0] <= narrow.tau2_ci[1] <= wide.tau2_ci[1]
    if name in {"REML", "ML", "GENQM", "PMM", "SJ"}:
        assert wide.tau2 is not None
        assert wide.tau2_ci[0] <= wide.tau2 <= wide.tau2_ci[1]


@every
@FEW
@given(rows=contrasts(min_size=3))
def test_leaving_out_is_pooling_the_rest(name: str, rows: Rows) -> None:
    """One batch of all subsets gives what a loop gives, weights of the trials included."""
    sensitivity = pooled(name, rows).leave_one_out()
    for i in range(len(rows)):
        rest = [j for j in range(len(rows)) if j != i]
        if len({rows[j][0] for j in rest}) == 1:
            continue
        one = pooled(name, [rows[j] for j in rest], rest)
        assert sensitivity.tau2[i] == near(one.tau2)
        assert sensitivity.ci_low[i] == near(one.ci_low)
        assert sensitivity.ci_high[i] == near(one.ci_high)


@every
def test_one_trial_and_two_alike(name: str) -> None:
    one = pooled(name, [(0.4, 0.2)])
    assert (one.tau2, one.tau2_ci) == (None, None)
    assert one.ci_low < 0.4 < one.ci_high
    same = pooled(name, [(0.4, 0.2), (0.4, 0.3)])
    assert same.tau2 == 0
    assert same.diagnostics.at_boundary
    assert same.tau2_ci is not None
    assert same.tau2_ci[0] == 0
    assert len(pooled(name, [(0.4, 0.2), (0.9, 0.3)]).leave_one_out().tau2) == 2
