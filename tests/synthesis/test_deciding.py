"""The deciding choice, on grids small enough to work out by hand."""

from __future__ import annotations

import pytest

from equipoise.findings import DecidingChoice, Specification, VerdictCategory
from equipoise.synthesis.deciding import deciding_choice

ESTIMATORS = ("DL", "PM", "REML", "ML")
INTERVALS = ("wald", "t", "hksj", "hksj-floor")


def analysis(
    tau2: str | None, ci: str, verdict: VerdictCategory, trials: str = "all trials"
) -> Specification:
    model = "common" if tau2 is None else "random"
    name = f"{model}-{tau2}-{ci}.{trials}"
    return Specification(
        id=name, label=name, model=model, method="IV", tau2=tau2, ci=ci, trials=trials, omitted=(),
        leave_one_out=False, k=3, estimate=1.0, ci_low=0.0, ci_high=2.0, p=0.1, verdict=verdict,
    )  # fmt: skip


def decided(grid: list[Specification]) -> DecidingChoice:
    found = deciding_choice(grid, "unclear", "own")
    assert found is not None
    return found


def full_grid(*benefits: str) -> list[Specification]:
    """Make 17 analyses: the common effect and these estimators' normal intervals see a benefit."""
    return [analysis(None, "wald", "benefit")] + [
        analysis(tau2, ci, "benefit" if ci == "wald" and tau2 in benefits else "unclear")
        for tau2 in ESTIMATORS
        for ci in INTERVALS
    ]


def test_the_choice_that_leaves_least_uncertainty_is_named() -> None:
    """Each choice predicts 15 of 17 verdicts; entropy, in bits, tells them apart.

    h(p) = −p log₂ p − (1 − p) log₂(1 − p), and a benefit is seen by

    - interval: 3 of 5 normal ones, no other: 5/17 · h(3/5) = 5/17 · 0.9710 = 0.286
    - tau²: PM and ML 1 of 4 each, the common effect alone: 8/17 · h(1/4) = 8/17 · 0.8113 = 0.382
    - model: 2 of 16 with random effects, the common effect: 16/17 · h(1/8) = 16/17 · 0.5436 = 0.512
    """
    found = decided(full_grid("PM", "ML"))
    assert found.choice == "interval"
    assert found.agreement == pytest.approx(15 / 17)
    assert found.baseline == pytest.approx(14 / 17)
    assert found.options["normal interval"] == pytest.approx(2 / 5)


def test_least_uncertainty_comes_before_fewest_options() -> None:
    """Twelve analyses, by estimator and interval; b benefit, u unclear.

    ======  ======  =====  ======
    ..      normal  t      HK
    ======  ======  =====  ======
    DL      b b b   u      u
    PM      u u     b      u u u u
    ======  ======  =====  ======

    tau²: DL 3 b of 5, PM 1 b of 7: (5 · 0.9710 + 7 · 0.5917) / 12 = 0.750, predicts 9 of 12.
    interval: normal 3 b of 5, t 1 b of 2, HK none of 5: (5 · 0.9710 + 2 · 1) / 12 = 0.571, and
    predicts 3 + 1 + 5 = 9 of 12 too. The interval is named though it has more options.
    """
    cells = {
        ("DL", "wald"): "bbb", ("DL", "t"): "u", ("DL", "hksj"): "u",
        ("PM", "wald"): "uu", ("PM", "t"): "b", ("PM", "hksj"): "uuuu",
    }  # fmt: skip
    grid = [
        analysis(tau2, ci, "benefit" if letter == "b" else "unclear")
        for (tau2, ci), letters in cells.items()
        for letter in letters
    ]
    found = decided(grid)
    assert found.choice == "interval"
    assert found.agreement == pytest.approx(9 / 12)


def test_of_choices_that_tell_as_much_the_one_with_fewest_options_is_named() -> None:
    """Only the common effect sees a benefit; model and tau² both leave nothing open."""
    found = decided(full_grid()[:1] + [analysis(tau2, "wald", "unclear") for tau2 in ESTIMATORS])
    assert found.choice == "model"
    assert found.agreement == 1


def test_then_the_order_decides() -> None:
    """Estimator and interval go together, two options each."""
    found = decided([analysis("DL", "wald", "benefit"), analysis("PM", "t", "unclear")])
    assert found.choice == "tau2"


def test_unequal_options_count_by_their_analyses() -> None:
    """Trials: 1 b of 2 on the small set, 0 of 6 on the other: 2/8 bits. Interval: 1 b of 4: more."""
    small = "low risk of bias only"
    grid = [analysis("DL", ci, "unclear") for ci in ("wald", "t") for _ in range(3)]
    grid += [analysis("DL", "wald", "benefit", small), analysis("DL", "t", "unclear", small)]
    assert decided(grid).choice == "trials"
