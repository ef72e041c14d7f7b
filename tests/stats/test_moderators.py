"""Results of regressions as people use them: text, frames of their own kind, formulas."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np
import pytest

from equipoise import stats
from equipoise.errors import DataError, MethodError
from equipoise.stats.moderators.location_scale import location_scale
from equipoise.stats.moderators.meta_regression import meta_regression
from equipoise.stats.moderators.multimodel import multimodel

pytest.importorskip("formulaic", reason="formulas need the extra equipoise[formula]")

DATA: dict[str, list[Any]] = {
    "study": ["A", "B", "C", "D", "E", "F", "G", "H"],
    "yi": [0.1, 0.5, 0.3, 0.9, 0.6, 1.4, 0.2, 1.1],
    "sei": [0.2, 0.1, 0.3, 0.2, 0.4, 0.3, 0.2, 0.25],
    "dose": [1, 3, 2, 5, 4, 8, 2, 6],
    "setting": ["home", "ward", "home", "ward", "home", "ward", None, "clinic"],
}


def trials(data: Any = DATA) -> stats.EffectSizes:
    return stats.effect_sizes("GENERIC", data=data, study="study", estimate="yi", se="sei")


def test_the_text_reads_like_a_methods_paper() -> None:
    fit = meta_regression(trials(), "~ dose", data=DATA)
    text = str(fit)
    assert "meta-regression, random effects, 8 trials" in text.partition("\n")[0]
    assert "residual τ² by REML; 95% CI: Knapp-Hartung" in text
    assert "Test of dose: F = " in text
    assert "Heterogeneity left: τ² = " in text
    assert "fewer than ten each" in text


@pytest.mark.parametrize("library", ["pandas", "polars", "pyarrow"])
def test_frames_go_in_and_come_back(library: str) -> None:
    module = pytest.importorskip(library)
    make = module.table if library == "pyarrow" else module.DataFrame
    frame = make(DATA)
    fit = meta_regression(trials(frame), "~ dose + C(setting)", data=frame)
    assert fit.k == 7
    kind = type(frame)
    parts = [fit.tidy(), fit.glance(), fit.augment(), fit.vif().tidy(), fit.predict().tidy()]
    assert all(type(part) is kind for part in parts)
    plain = meta_regression(trials(), "~ dose + C(setting)", data=DATA)
    assert fit.estimates.tolist() == plain.estimates.tolist()


def test_columns_of_the_effects_can_be_named_without_data() -> None:
    effects = stats.effect_sizes(
        "RR", events_1=[4, 6, 3, 9], n_1=[50, 70, 40, 90], events_2=[8, 9, 9, 12],
        n_2=[52, 71, 39, 92],
    )  # fmt: skip
    fit = meta_regression(effects, "~ n_1")
    assert [row.name for row in fit.coefficients] == ["intercept", "n_1"]


def test_a_variable_of_the_program_never_enters_a_formula_unseen() -> None:
    dose_elsewhere = [1.0] * 8
    assert dose_elsewhere
    with pytest.raises(DataError, match="dose_elsewhere"):
        meta_regression(trials(), "~ dose_elsewhere", data=DATA)


def test_splines_and_centres_are_those_of_the_trials() -> None:
    """A new value is encoded by the trials' own mean, not by its own."""
    fit = meta_regression(trials(), "~ center(dose)", data=DATA)
    mean = float(np.mean([float(d) for d in DATA["dose"]]))
    assert fit.predict({"dose": [mean]}).rows[0].estimate == pytest.approx(
        fit.coefficients[0].estimate
    )


def test_levels_that_no_trial_had_are_refused() -> None:
    fit = meta_regression(trials(), "~ dose + setting", data=DATA)
    with pytest.raises(DataError, match="no level 'moon'"):
        fit.predict({"dose": 3, "setting": "moon"})
    with pytest.raises(DataError, match="give a value of setting"):
        fit.predict({"dose": 3})


def test_terms_are_tested_whole_and_by_name() -> None:
    fit = meta_regression(trials(), "~ dose + setting", data=DATA)
    assert fit.test("setting").df == 2
    assert fit.test(["setting", "dose"]).df == 3
    assert fit.test("1:3").statistic == pytest.approx(fit.test(["dose", "setting"]).statistic)
    with pytest.raises(MethodError, match="no term or column 'age'"):
        fit.test("age")


def test_influence_is_leaving_out_by_hand() -> None:
    fit = meta_regression(trials(), "~ dose", data=DATA)
    found = fit.influence()
    for i in range(fit.k):
        keep = [j for j in range(fit.k) if j != i]
        other = meta_regression(fit.effects.subset(keep), np.array(DATA["dose"])[keep])
        moved = fit.estimates - other.estimates
        assert found.tau2_deleted[i] == pytest.approx(other.tau2, rel=1e-9, abs=1e-12)
        assert found.cook[i] == pytest.approx(moved @ np.linalg.solve(fit.covariance, moved))
        assert found.q_deleted[i] == pytest.approx(other.q)
        ratio = np.linalg.det(other.covariance) / np.linalg.det(fit.covariance)
        assert found.cov_ratio[i] == pytest.approx(ratio)
    assert sum(h for h in found.hat if h is not None) == pytest.approx(2.0)


def test_a_trial_alone_in_its_group_has_no_deleted_residual() -> None:
    found = meta_regression(trials(), "~ dose + setting", data=DATA).influence()
    assert found.reason[-1] is not None
    assert found.rstudent[-1] is None
    assert found.hat[-1] == pytest.approx(1.0)


def test_simulated_inflation_repeats_itself() -> None:
    fit = meta_regression(trials(), "~ dose + setting", data=DATA)
    one, other = fit.vif(simulations=50, seed=3), fit.vif(simulations=50, seed=3)
    assert one.to_dict() == other.to_dict()
    assert all(row.p is not None and 1 / 51 <= row.p <= 1.0 for row in one.rows)
    assert all(row.vif >= 1.0 for row in one.rows)


def test_location_scale_leaves_out_trials_that_miss_either_moderator_and_names_them() -> None:
    data = DATA | {"dose": [1, 3, None, 5, 4, 8, 2, 6]}
    fit = location_scale(trials(), "~ dose", "~ C(setting)", data=data, link="identity")
    assert fit.k == 6
    notes = {note.rows: note.text for note in fit.notes if note.code == "moderator-missing"}
    assert notes == {
        (2,): "left out, dose not known: C",
        (6,): "left out, setting not known: G",
    }


def test_location_scale_and_multimodel_print() -> None:
    text = str(location_scale(trials(), "~ dose", "~ dose", data=DATA, link="identity"))
    assert "location-scale model, 8 trials" in text
    shown = str(multimodel(trials(), "~ dose + setting", data=DATA))
    assert "Caution: 4 models were compared" in shown


def test_without_the_library_a_formula_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = importlib.import_module

    def absent(name: str, package: str | None = None) -> Any:
        if name.partition(".")[0] == "formulaic":
            raise ImportError(name)
        return real(name, package)

    monkeypatch.setattr(importlib, "import_module", absent)
    with pytest.raises(MethodError, match=r"equipoise\[formula\]"):
        meta_regression(trials(), "~ dose", data=DATA)
    fit = meta_regression(trials(), [float(d) for d in DATA["dose"]], names=["dose"])
    assert fit.k == 8
