"""What results promise: frames come back in kind, JSON is strict, subsets equal single fits."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pandas as pd  # type: ignore[import-untyped]  # its stubs are not a dependency
import polars as pl
import pytest

from equipoise.errors import DataError, MethodError
from equipoise.stats import (
    EffectSizes,
    MethodSpec,
    effect_sizes,
    optimal_information_size,
    pool,
    pool_subsets,
    resolve_methods,
    subgroups,
)

TABLE = {"s": ["A", "B", "C"], "y": [0.1, 0.5, -0.2], "se": [0.1, 0.2, 0.3]}


def rates() -> EffectSizes:
    return effect_sizes(
        "OR",
        events_1=[4, 0, 12, 0, 7, 3],
        n_1=[30, 20, 40, 25, 50, 15],
        events_2=[9, 2, 15, 0, 6, 8],
        n_2=[31, 22, 38, 25, 52, 14],
    )


@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame])
def test_frames_come_back_in_kind(frame: Any) -> None:
    trials = effect_sizes("GENERIC", data=frame(TABLE), study="s", estimate="y", se="se")
    fit = pool(trials)
    for result in (trials.tidy(), fit.tidy(), fit.leave_one_out().tidy()):
        assert isinstance(result, frame)
    assert isinstance(pool(effect_sizes("GENERIC", estimate=[1], se=[1])).tidy(), dict)


def test_json_is_strict_and_complete() -> None:
    fit = pool(rates())
    back = json.loads(json.dumps(fit.to_dict(), allow_nan=False))
    assert back["schema_version"] == "1.0"
    assert back["estimate"] == fit.estimate
    assert back["effects"]["reasons"][3] == "no events in either arm"
    json.dumps(subgroups(rates(), ["a", "a", "b", "b", "b", ""]).to_dict(), allow_nan=False)
    json.dumps(fit.leave_one_out().to_dict(), allow_nan=False)


def specs() -> list[MethodSpec]:
    ways: list[dict[str, str]] = [
        {"tau2": tau2, "ci": ci}
        for tau2 in ("DL", "PM", "REML", "ML")
        for ci in ("wald", "t", "hksj", "hksj-floor")
    ]
    ways += [{"model": "common"}, {"method": "MH"}, {"method": "MH", "model": "common"}]
    return [resolve_methods("cochrane-2025", "OR", **way) for way in ways]


def test_subsets_equal_a_loop_over_single_fits() -> None:
    trials, methods = rates(), specs()
    n = len(trials)
    keep = np.array([[bool(b >> i & 1) for i in range(n)] for b in range(1, 2**n)])
    keep = keep[(keep & trials.estimable).any(axis=1)][::3]
    fits = pool_subsets(trials, keep, methods)
    assert fits.estimate.shape == (len(methods), len(keep))
    for m, spec in enumerate(methods):
        for b, mask in enumerate(keep):
            try:
                one = pool(trials.subset(mask), methods=spec)
            except MethodError:
                assert math.isnan(fits.estimate[m, b])
                continue
            want = (one.estimate, one.se, one.ci_low, one.ci_high, one.p, one.tau2)
            names = ("estimate", "se", "ci_low", "ci_high", "p", "tau2")
            for name, value in zip(names, want, strict=True):
                got = getattr(fits, name)[m, b]
                if value is None:
                    assert math.isnan(got)
                else:
                    assert got == pytest.approx(value, rel=1e-9, abs=1e-13)


def test_a_subset_without_estimable_trials_is_nan() -> None:
    keep = np.zeros((1, 6), dtype=np.bool_)
    keep[0, 3] = True
    fits = pool_subsets(rates(), keep, [resolve_methods("cochrane-2025", "OR")])
    assert fits.k[0] == 0
    assert math.isnan(fits.estimate[0, 0])


def test_leaving_one_out_passes_over_trials_without_an_estimate() -> None:
    table = pool(rates()).leave_one_out()
    assert table.trial == (0, 1, 2, 4, 5)
    assert table.k == (4,) * 5


def test_methods_record_how_the_effects_were_really_computed() -> None:
    trials = effect_sizes(
        "RR", events_1=[0, 4], n_1=[9, 9], events_2=[3, 5], n_2=[9, 9], zero_cells="all"
    )
    fit = pool(trials)
    assert fit.methods.zero_cells == "all"
    assert ("zero_cells", "all") in fit.methods.changed


def test_mantel_haenszel_without_events_in_one_arm_is_refused_in_words() -> None:
    trials = effect_sizes("RR", events_1=[3, 2], n_1=[9, 9], events_2=[0, 0], n_2=[9, 9])
    with pytest.raises(MethodError, match="no events"):
        pool(trials, method="MH", model="common")
    assert pool(trials, method="MH", preset="as-published", model="common").estimate > 0


def test_methods_and_single_options_exclude_each_other() -> None:
    spec = resolve_methods("as-published", "OR")
    with pytest.raises(MethodError, match="not both"):
        pool(rates(), methods=spec, ci="wald")
    with pytest.raises(MethodError, match="resolved for MD"):
        pool(rates(), methods=resolve_methods("as-published", "MD"))


@pytest.mark.parametrize(
    "changes",
    [
        {"model": "common", "tau2": "DL"},
        {"method": "MH", "tau2": "REML"},
        {"method": "Peto"},
        {"method": "MH", "model": "common", "ci": "hksj"},
        {"ci": "bootstrap"},
        {"colour": "red"},
        {"level": 95},
        {"add": 0},
    ],
    ids=str,
)
def test_undefined_methods_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(MethodError):
        resolve_methods("cochrane-2025", "RR", **changes)


def test_contrast_rows_may_each_use_another_way() -> None:
    trials = effect_sizes(
        "HR",
        estimate=[-0.2, -0.2, None],
        se=[0.1, None, None],
        ci_low=[None, -0.2 - 1.959963984540054 * 0.1, None],
        ci_high=[None, -0.2 + 1.959963984540054 * 0.1, None],
        o_minus_e=[None, None, -20.0],
        variance=[None, None, 100.0],
    )
    np.testing.assert_allclose(trials.yi, -0.2, rtol=1e-14)
    np.testing.assert_allclose(trials.vi, 0.01, rtol=1e-12)


def test_every_bad_row_is_reported_at_once() -> None:
    with pytest.raises(DataError) as caught:
        effect_sizes(
            "RR",
            study=["A", "B", "C", "D"],
            events_1=[5, "7", math.nan, -1],
            n_1=[3, 8, 8, 9],
            events_2=[1, 1, 1, math.inf],
            n_2=[5, 5, 5, 0],
        )
    assert caught.value.rows == (0, 1, 2, 3)
    for word in ("A", "more than", "not a number", "missing", "infinite"):
        assert word in str(caught.value)


def test_information_size_of_a_textbook_trial() -> None:
    """906 a group by the usual formula with rounded quantiles; 903 with exact ones."""
    size = optimal_information_size(assumed_risk=0.2, relative_risk_reduction=0.25)
    assert (size.per_arm, size.total) == (903, 1806)
    with pytest.raises(MethodError):
        optimal_information_size(assumed_risk=0.2)
    with pytest.raises(DataError):
        optimal_information_size(minimal_difference=0.0, sd=1.0)
