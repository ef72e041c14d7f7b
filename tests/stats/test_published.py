"""Published Cochrane figures, reproduced by the ``as-published`` preset."""

from __future__ import annotations

import csv
import gzip
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from equipoise.errors import EquipoiseError
from equipoise.stats import EffectSizes, effect_sizes, pool, resolve_methods

DATA = Path(__file__).parents[2] / "../shared/data"
Row = dict[str, str]

needs_data = pytest.mark.skipif(not DATA.exists(), reason="the shared data are not here")

MEASURES = {"RR": "RR", "OR": "OR", "RD": "RD", "PETO_OR": "PETO"}
WAYS: tuple[dict[str, str], ...] = (
    {"method": "IV"},
    {"method": "IV", "model": "common"},
    {"method": "IV", "tau2": "REML"},
    {"method": "MH"},
    {"method": "MH", "model": "common"},
)


def column(rows: list[Row], name: str) -> Any:
    return np.array([float(row[name] or "nan") for row in rows])


def effects(rows: list[Row], measure: Any) -> EffectSizes:
    spec = resolve_methods("as-published", measure)
    if measure in {"MD", "SMD"}:
        names: tuple[str, ...] = ("mean_1", "sd_1", "n_1", "mean_2", "sd_2", "n_2")
        options: dict[str, Any] = {"smd_variance": spec.smd_variance} if measure == "SMD" else {}
    else:
        names = ("events_1", "n_1", "events_2", "n_2")
        options = {"zero_cells": spec.zero_cells, "double_zero": spec.double_zero}
    given: dict[str, Any] = {name: column(rows, name) for name in names} | options
    return effect_sizes(measure, study=[row["study"] for row in rows], **given)


def published(rows: list[Row]) -> Any:
    names = ("published_effect", "published_ci_low", "published_ci_high")
    return np.array([column(rows, name) for name in names])


def ketamine() -> dict[tuple[str, str], list[Row]]:
    groups = defaultdict(list)
    with (DATA / "ketamine/trial_results.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            groups[row["comparison_no"], row["analysis_no"]].append(row)
    return groups


def ketamine_measure(rows: list[Row]) -> str:
    """Tell the measure: the export carries only numbers."""
    if all(row["mean_1"] in {"", "0"} for row in rows):
        return "RR"
    raw = column(rows, "mean_1") - column(rows, "mean_2")
    # Not a test of agreement: it tells differences of means from standardised ones, far apart.
    return "MD" if np.allclose(raw, published(rows)[0], atol=1e-3) else "SMD"


@needs_data
@pytest.mark.parametrize("analysis", sorted(ketamine()) if DATA.exists() else [], ids="-".join)
def test_ketamine_effects_and_weights_to_the_printed_digits(analysis: tuple[str, str]) -> None:
    rows = ketamine()[analysis]
    measure = ketamine_measure(rows)
    trials = effects(rows, measure)
    want = published(rows)
    np.testing.assert_array_equal(trials.estimable, ~np.isnan(want[0]))
    np.testing.assert_allclose(trials.transformed(), want, rtol=0, atol=6e-7)
    if trials.k == 0:
        return
    weights = np.nan_to_num(column(rows, "published_weight"))
    subgroups = sorted({row["subgroup"] for row in rows})
    whole = pool(trials, preset="as-published").weights
    for name in subgroups:
        mask = np.array([row["subgroup"] == name for row in rows])
        part = trials.subset(mask)
        alone = pool(part, preset="as-published").weights if part.k else np.zeros(mask.sum())
        closest = min(np.abs(w - weights[mask]).max() for w in (alone, whole[mask]))
        assert closest < 6e-7


@needs_data
@pytest.mark.parametrize(
    ("analysis", "want"),
    [
        (("1", "1"), (-15.79, -32.09, 0.51)),
        (("1", "4"), (-5.32, -15.51, 4.87)),
        (("1", "9"), (3.26, 1.05, 10.09)),
        (("1", "15"), (3.82, 1.75, 8.36)),
    ],
)
def test_ketamine_pooled_estimates(
    analysis: tuple[str, str], want: tuple[float, float, float]
) -> None:
    rows = ketamine()[analysis]
    shown = pool(effects(rows, ketamine_measure(rows)), preset="as-published").transformed
    assert (shown.estimate, shown.ci_low, shown.ci_high) == pytest.approx(want, abs=0.005)


@needs_data
def test_the_corpus_of_binary_analyses_is_reproduced() -> None:
    """Published effects of risk ratios, odds ratios and risk differences, and their weights by
    one of RevMan's methods, among 8,508 analyses; what differs was entered as something else."""
    tally = Counter[str]()
    for measure, weights_known, rows in corpus():
        try:
            trials = effects(rows, measure)
        except EquipoiseError:
            continue
        tally["effects"] += 1
        tally["effects reproduced"] += effects_agree(trials, rows)
        weights = np.nan_to_num(column(rows, "published_weight"))
        if weights_known and np.sum(weights > 0) > 1 and abs(weights.sum() - 100) < 0.01:
            tally["weights"] += 1
            tally["weights reproduced"] += weights_agree(trials, weights)
    assert tally["effects"] > 2000
    assert tally["effects reproduced"] / tally["effects"] > 0.99
    assert tally["weights"] > 900
    assert tally["weights reproduced"] / tally["weights"] > 0.998


def effects_agree(trials: EffectSizes, rows: list[Row]) -> bool:
    want, got = published(rows), np.array(trials.transformed())
    blank = (want == 0).all(axis=0) & ~trials.estimable
    known = np.isfinite(want[0]) & ~blank
    if not np.array_equal(known, trials.estimable):
        return False
    close = np.abs(got - want) <= 1.5e-6 + 1e-6 * np.abs(want)
    return bool(close[:, known].all())


def weights_agree(trials: EffectSizes, weights: Any) -> bool:
    ways = ({},) if trials.measure == "PETO" else WAYS
    for way in ways:
        try:
            fit = pool(trials, methods=resolve_methods("as-published", trials.measure, **way))
        except EquipoiseError:
            continue
        if np.abs(fit.weights - weights).max() <= 2e-5:
            return True
    return False


def corpus() -> list[tuple[str, bool, list[Row]]]:
    """Return every third analysis, to keep the suite quick."""
    with gzip.open(DATA / "cochrane/analyses.csv.gz", "rt", encoding="utf-8", newline="") as file:
        kinds = {
            (row["review"], row["comparison"], row["analysis"]): row
            for row in csv.DictReader(file)
            if row["data_type"] == "bin" and row["measure"] in MEASURES
        }
    groups: dict[tuple[str, str, str], list[Row]] = {key: [] for key in list(kinds)[::3]}
    with gzip.open(DATA / "cochrane/rows.csv.gz", "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            key = (row["review"], row["comparison"], row["analysis"])
            if key in groups:
                groups[key].append(row)
    return [
        (MEASURES[kinds[key]["measure"]], kinds[key]["weights_scope"] == "overall", rows)
        for key, rows in groups.items()
        if rows
    ]
