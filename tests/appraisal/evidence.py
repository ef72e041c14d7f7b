"""Evidence built by hand, so that each certainty rule is tested on its own."""

from __future__ import annotations

from dataclasses import replace

from equipoise.appraisal import Evidence, Thresholds, Weighed
from equipoise.findings import ArmSummary, Bias, Effect, Estimate, Heterogeneity, Methods, Trial

METHODS = Methods(
    "as-published",
    "MD",
    "random",
    "IV",
    "DL",
    "wald",
    None,
    "none",
    "q",
    0.95,
    None,
    None,
    None,
    None,
    {},
)
MD = Thresholds("MD", ratio=False, sign=-1, mid=10)
RR = Thresholds("RR", ratio=True, sign=-1)
UNKNOWN = Heterogeneity(None, None, None, None, "q", None, None, None, None, None, None, None, None)


def effect(estimate: float, low: float, high: float) -> Effect:
    return Effect(estimate, low, high, estimate, 1.0)


def weigh(estimate: float, weight: float, *biases: Bias) -> Weighed:
    """Make a trial with an estimate, a weight and judgements."""
    side = ArmSummary((), "drug", "drug")
    made = Trial(
        "t", "T", "T", None, None, "estimable", side, side, effect(estimate, estimate, estimate),
        {}, biases, None, (), (), (), {},
    )  # fmt: skip
    return Weighed(made, effect(estimate, estimate, estimate), weight)


def evidence(
    pooled: tuple[float, float, float],
    *trials: Weighed,
    thresholds: Thresholds = MD,
    tau2: float | None = 1.0,
    prediction: tuple[float, float] | None = None,
    people: int | None = 1000,
    **parts: object,
) -> Evidence:
    """Put an estimate and its trials together."""
    low, high = prediction or (None, None)
    made = Estimate(
        METHODS, len(trials), effect(*pooled), None, "z", None, None, low, high,
        replace(UNKNOWN, tau2=tau2), {}, (),
    )  # fmt: skip
    return replace(Evidence(made, trials, thresholds, people), **parts)  # type: ignore[arg-type]  # each test names real parts
