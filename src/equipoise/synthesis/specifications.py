"""Every defensible analysis of a finding, and how many reach the same verdict.

Counted are, on each set of trials (:mod:`equipoise.synthesis.trial_sets`):

- the common-effect model: inverse variance, and Mantel–Haenszel (or Peto) where counts allow;
- (for risk and odds ratios where a trial has no event in either group) all of these once more
  with half an event added to each such group, so that the trial counts instead of being left out;
- the random-effects model with each estimator of tau² (DL, PM, REML, ML; for counts also RevMan's
  Mantel–Haenszel weights) and each interval (normal, t, Hartung–Knapp, and Hartung–Knapp that is
  never narrower than normal).

Two kinds of random-effects analysis are computed but not counted, and are said so:

- with fewer than three trials, t and Hartung–Knapp intervals rest on one degree of freedom (a
  multiplier of 12.7), and say little about any data;
- with tau² estimated at zero there is no between-trial variance for them to allow for, and the
  plain Hartung–Knapp interval can even be *narrower* than a common-effect one
  (Röver C, Knapp G, Friede T. BMC Med Res Methodol 2015;15:99, doi:10.1186/s12874-015-0091-1).

The primary analysis is always counted, whatever its interval.

All counted analyses are kept in the findings, those that leave out one trial too: their number
grows in proportion to the number of trials (about twenty for each), so that 200 trials make some
four thousand of them, two megabytes of JSON, in a few tenths of a second. What a picture can show
of so many is for the report to say.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np

from equipoise.appraisal import Thresholds
from equipoise.errors import MethodError
from equipoise.findings import Note, Robustness, Specification, Trial
from equipoise.review.model import Sensitivity
from equipoise.stats import EffectSizes, MethodSpec, SubsetFits, pool_subsets, resolve_methods
from equipoise.synthesis.deciding import deciding_choice, interval_label
from equipoise.synthesis.estimates import ratio
from equipoise.synthesis.trial_sets import ALL, TrialSet, trial_sets, with_empty
from equipoise.synthesis.verdicts import category

TAU2 = ("DL", "PM", "REML", "ML")
INTERVALS = ("wald", "t", "hksj", "hksj-floor")
FEWEST_FOR_T = 3
"""Fewest trials with which t and Hartung–Knapp intervals are counted."""

_WORDS = {"IV": "inverse variance", "MH": "Mantel–Haenszel", "Peto": "Peto"}
_CLASSIC = {"PETO": ("IV", "Peto")} | dict.fromkeys(("RR", "OR", "RD"), ("IV", "MH"))
_KEPT = ("level", "zero_cells", "double_zero", "add", "smd_variance", "mh_counts", "mh_rd_variance")


@dataclass(frozen=True, slots=True)
class Question:
    """One finding as robustness sees it: the estimable trials and the primary analysis.

    ``with_empty`` has the effect sizes of all trials when those without events in either group are
    counted too, or is ``None`` where there are none.
    """

    effects: EffectSizes
    with_empty: EffectSizes | None
    trials: tuple[Trial, ...]
    primary: MethodSpec
    reference: str
    thresholds: Thresholds
    planned: tuple[Sensitivity, ...]


def robustness(question: Question) -> Robustness:
    """Analyse a finding in every defensible way and count the verdicts."""
    sets, not_formed = trial_sets(question.trials, question.planned)
    made = list(_analyses(question, question.effects, sets))
    if question.with_empty is not None:
        made += _analyses(question, question.with_empty, (with_empty(len(question.with_empty)),))
    counted = [each for each, counts in made if counts]
    uncounted = [each for each, counts in made if not counts]
    return _summary(question, counted, (*not_formed, *_uncounted_notes(uncounted)))


def _analyses(
    question: Question, effects: EffectSizes, sets: Sequence[TrialSet]
) -> Iterator[tuple[Specification, bool]]:
    """Analyse sets of trials by every method; the second value says whether it is counted."""
    methods = defensible_methods(question.primary, counts="events_1" in effects.columns)
    fits = pool_subsets(effects, np.stack([each.keep for each in sets]), methods)
    for (m, spec), (b, each) in product(enumerate(methods), enumerate(sets)):
        made = _specification(question, spec, each, fits, (m, b))
        if made is not None:
            own = each.id == ALL and _id(spec) == _id(question.primary)
            yield made, own or _counts(spec, fits, (m, b))


@lru_cache
def defensible_methods(primary: MethodSpec, *, counts: bool) -> tuple[MethodSpec, ...]:
    """List the methods worth trying beside the primary ones, the primary's own first.

    Options that shape the trials' own effects (zero cells, the variance of a standardised mean
    difference, the level) stay as the primary analysis has them.

    Args:
        primary: The primary methods.
        counts: Whether every trial gives the counts that Mantel–Haenszel and Peto need.
    """
    tried = [_resolved(primary, **options) for options in _options(primary.measure, counts=counts)]
    found = {_id(spec): spec for spec in (primary, *tried) if spec is not None}
    return tuple(found.values())


def _options(measure: str, *, counts: bool) -> list[dict[str, str]]:
    classic = _CLASSIC.get(measure, ("IV",)) if counts else ("IV",)
    common = [{"model": "common", "method": method, "ci": "wald"} for method in classic]
    random = [
        {"model": "random", "method": "IV", "tau2": tau2, "ci": ci}
        for tau2, ci in product(TAU2, INTERVALS)
    ]
    weighted = [
        {"model": "random", "method": "MH", "tau2": "DL", "ci": ci}
        for ci in INTERVALS
        if "MH" in classic
    ]
    return [*common, *random, *weighted]


def _resolved(primary: MethodSpec, **options: str) -> MethodSpec | None:
    kept = {name: getattr(primary, name) for name in _KEPT}
    try:
        return resolve_methods(primary.preset, primary.measure, **kept, **options)
    except MethodError:  # a combination that is not defined is not a defensible analysis
        return None


def _id(spec: MethodSpec) -> str:
    parts = (spec.model, spec.method, spec.tau2, spec.ci)
    return "-".join(part.lower() for part in parts if part is not None)


def _counts(spec: MethodSpec, fits: SubsetFits, at: tuple[int, int]) -> bool:
    if spec.model == "common" or spec.ci == "wald":
        return True
    return bool(fits.k[at[1]] >= FEWEST_FOR_T and fits.tau2[at] > 0)


def _specification(
    question: Question, spec: MethodSpec, each: TrialSet, fits: SubsetFits, at: tuple[int, int]
) -> Specification | None:
    if fits.k[at[1]] == 1 and spec.model == "random":  # one trial has no spread to model
        return None
    ends = [float(values[at]) for values in (fits.estimate, fits.ci_low, fits.ci_high)]
    if not all(math.isfinite(value) for value in ends):
        return None
    estimate, low, high = map(ratio, ends) if question.thresholds.ratio else ends
    p = float(fits.p[at])
    return Specification(
        id=f"{_id(spec)}.{each.id}",
        label=f"{method_label(spec)}, {each.label}",
        model=spec.model,
        method=spec.method,
        tau2=spec.tau2,
        ci=spec.ci,
        trials=each.label,
        omitted=each.omitted,
        leave_one_out=each.leaves_one_out,
        k=int(fits.k[at[1]]),
        estimate=estimate,
        ci_low=low,
        ci_high=high,
        p=p if math.isfinite(p) else None,
        verdict=category(low, high, question.thresholds),
    )


def method_label(spec: MethodSpec) -> str:
    """Describe methods in words: model, weights where they differ, tau², interval."""
    if spec.model == "common":
        return f"common effect ({_WORDS[spec.method]}), {interval_label(spec.ci)}"
    weights = "" if spec.method == "IV" else f"{_WORDS[spec.method]}, "
    return f"random effects ({weights}{spec.tau2}), {interval_label(spec.ci)}"


def _summary(
    question: Question, counted: Sequence[Specification], not_run: Sequence[Note]
) -> Robustness:
    verdicts: Mapping[str, int] = Counter(made.verdict for made in counted)
    same = verdicts.get(question.reference, 0)
    analyses = [made for made in counted if not made.leave_one_out]
    return Robustness(
        reference=question.reference,
        total=len(counted),
        same_verdict=same,
        share=same / len(counted),
        analysis_total=len(analyses),
        analysis_same=sum(made.verdict == question.reference for made in analyses),
        verdicts=dict(sorted(verdicts.items(), key=lambda item: -item[1])),
        deciding_choice=deciding_choice(counted, question.reference, _id(question.primary)),
        specifications=tuple(counted),
        not_run=tuple(not_run),
    )


def _uncounted_notes(uncounted: Sequence[Specification]) -> tuple[Note, ...]:
    few = [made for made in uncounted if made.k < FEWEST_FOR_T]
    rest = [made for made in uncounted if made.k >= FEWEST_FOR_T]
    notes = []
    if few:
        why = "fewer than three trials leave them one degree of freedom"
        notes.append(Note("t-intervals-few-trials", _uncounted_text(few, why)))
    if rest:
        why = "the between-trial variance is estimated at zero"
        notes.append(Note("t-intervals-no-variance", _uncounted_text(rest, why)))
    return tuple(notes)


def _uncounted_text(made: Sequence[Specification], why: str) -> str:
    verdicts = Counter(each.verdict for each in made).most_common()
    said = ", ".join(f"{verdict} in {count}" for verdict, count in verdicts)
    return (
        f"t and Hartung–Knapp intervals not counted in {len(made)} analyses, because {why}: {said}."
    )
