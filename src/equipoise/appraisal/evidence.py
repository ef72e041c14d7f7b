"""What the certainty rules read: one finding's primary estimate with its trials."""

from __future__ import annotations

from dataclasses import dataclass

from equipoise.appraisal.thresholds import Thresholds
from equipoise.findings import Effect, Estimate, Trial


@dataclass(frozen=True, slots=True)
class Weighed:
    """A trial that entered the estimate, with its weight in percent."""

    trial: Trial
    effect: Effect
    weight: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """One finding as the certainty rules see it.

    ``participants`` counts the people in the trials that entered, as far as their numbers are known;
    ``everybody_counted`` is false where some trials' numbers are not. ``control_risk`` is the
    assumed comparator risk where the measure compares risks. ``typical_sd`` is the median of the
    trials' pooled standard deviations where the measure compares means.
    """

    estimate: Estimate
    trials: tuple[Weighed, ...]
    thresholds: Thresholds
    participants: int | None
    control_risk: float | None = None
    typical_sd: float | None = None
    everybody_counted: bool = True


def weighed(trials: tuple[Trial, ...], preset: str) -> tuple[Weighed, ...]:
    """Keep the trials that entered the estimate of a preset, with their weights."""
    return tuple(
        Weighed(trial, trial.effect, trial.weights[preset])
        for trial in trials
        if trial.effect is not None and trial.weights.get(preset, 0.0) > 0
    )
