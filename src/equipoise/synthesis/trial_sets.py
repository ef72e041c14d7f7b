"""The sets of trials on which a finding is analysed again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from equipoise.appraisal import standing
from equipoise.findings import Note, Trial
from equipoise.review.model import Sensitivity
from equipoise.synthesis.deciding import WITHOUT

ALL = "all"
ALL_TRIALS = "all trials"
WITH_EMPTY = "all trials, and those without events with half an event added"
LOW_RISK = "low risk of bias only"


@dataclass(frozen=True, slots=True)
class TrialSet:
    """A set of trials: what it is called, which trials stay, and which studies are left out."""

    id: str
    label: str
    keep: NDArray[np.bool_]
    omitted: tuple[str, ...]
    leaves_one_out: bool = False


def trial_sets(
    trials: Sequence[Trial], planned: Sequence[Sensitivity]
) -> tuple[tuple[TrialSet, ...], tuple[Note, ...]]:
    """List the sets of estimable trials worth analysing, and why others were not formed.

    All trials; all but one in turn (from three trials on); those at low risk of bias, where overall
    judgements separate them from others; and each planned exclusion of studies. The protocol's
    list of sensitivity analyses adds exclusions but never narrows the sets: what is defensible does
    not depend on who thought of it first.

    Args:
        trials: The estimable trials, in the order of the effect sizes.
        planned: The protocol's sensitivity analyses.
    """
    everything = _set(ALL, ALL_TRIALS, trials, np.ones(len(trials), dtype=bool))
    low, notes = _low_risk(trials)
    exclusions = [_excluding(plan, trials) for plan in planned if plan.kind == "exclude-studies"]
    formed = [each for each in exclusions if isinstance(each, TrialSet)]
    not_formed = [each for each in exclusions if isinstance(each, Note)]
    found = (everything, *low, *formed, *_leave_one_out(trials))
    return found, (*notes, *not_formed)


def with_empty(k: int) -> TrialSet:
    """Make the set of ``k`` trials that takes in those without events in either group."""
    return TrialSet("with-empty", WITH_EMPTY, np.ones(k, dtype=bool), ())


def _set(name: str, label: str, trials: Sequence[Trial], keep: NDArray[np.bool_]) -> TrialSet:
    gone = dict.fromkeys(
        trial.study for trial, stays in zip(trials, keep, strict=True) if not stays
    )
    return TrialSet(name, label, keep, tuple(gone))


def _leave_one_out(trials: Sequence[Trial]) -> list[TrialSet]:
    """Leave out each trial in turn; strata of one study are left out one by one."""
    if len(trials) < 3:  # noqa: PLR2004 - two trials leave one, which is no synthesis
        return []
    names = _distinct([trial.label for trial in trials])
    return [
        replace(
            _set(
                f"without-{position + 1}", f"{WITHOUT}{name}", trials, _but(position, len(trials))
            ),
            leaves_one_out=True,
        )
        for position, name in enumerate(names)
    ]


def _but(position: int, k: int) -> NDArray[np.bool_]:
    keep = np.ones(k, dtype=bool)
    keep[position] = False
    return keep


def _distinct(labels: Sequence[str]) -> list[str]:
    repeated = {label for label in labels if labels.count(label) > 1}
    return [
        f"{label} [{position + 1}]" if label in repeated else label
        for position, label in enumerate(labels)
    ]


def _low_risk(trials: Sequence[Trial]) -> tuple[list[TrialSet], tuple[Note, ...]]:
    standings = [standing(trial.risk_of_bias) for trial in trials]
    if "unknown" in standings and "low" not in standings:
        reason = "no trial has an overall judgement of low, and for some none is recorded"
    elif "low" not in standings:
        reason = "no trial is judged at low risk of bias overall"
    elif set(standings) == {"low"}:
        reason = "all trials are judged at low risk of bias, so this is the analysis of all"
    else:
        keep = np.array([where == "low" for where in standings])
        return [_set("low-risk-of-bias", LOW_RISK, trials, keep)], ()
    text = f"Trials at low risk of bias only: not run, because {reason}."
    return [], (Note("low-risk-of-bias-not-run", text),)


def _excluding(plan: Sensitivity, trials: Sequence[Trial]) -> TrialSet | Note:
    """Leave out the planned studies; a note says why that makes no analysis of its own here."""
    keep = np.array([trial.study not in plan.studies for trial in trials])
    if keep.all():
        reason = "none of the studies it leaves out is here, so this is the analysis of all"
    elif not keep.any():
        reason = "it leaves out every trial"
    else:
        return _set(f"planned-{plan.id}", plan.name, trials, keep)
    return Note("planned-exclusion-not-run", f"{plan.name}: not run, because {reason}.")
