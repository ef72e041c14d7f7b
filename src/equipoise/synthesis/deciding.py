"""Which one choice explains most of the disagreement among defensible analyses?

Told the option an analyst took, how uncertain is the verdict still? The choice that leaves the
least uncertainty, measured by entropy, is named. Counting the verdicts that a choice predicts
would be simpler, but cannot tell choices apart where one verdict prevails under nearly every
option: each predicts that verdict, however unevenly the others are spread over its options.

Two kinds of choice are kept apart, because they answer different questions.

*Choices an analyst defends*: the model, the estimator of tau², the interval, and planned sets of
trials (all; low risk of bias only; planned exclusions). If analyses that differ only in these
disagree, the verdict hangs on the analyst, and the choice named is one of these.

*Leaving out one trial* is nobody's choice of analysis; it asks whether a single trial carries the
verdict. It is named (``trials``) only when the analyst's choices all agree.

Without this distinction a review of three trials would nearly always seem to hang "on the trials",
which hides the choices that people really made.

Reference: Shannon CE. A mathematical theory of communication. Bell Syst Tech J 1948;27:379
(doi:10.1002/j.1538-7305.1948.tb01338.x), conditional entropy.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Literal

from equipoise.findings import DecidingChoice, Specification

Choice = Literal["model", "tau2", "interval", "trials"]

CHOICES: tuple[Choice, ...] = ("model", "tau2", "interval", "trials")
WITHOUT = "without "
_TIED_BITS = 12
"""Decimals of a bit beyond which two uncertainties differ by rounding error alone."""

_INTERVALS = {
    "wald": "normal interval",
    "t": "t interval",
    "hksj": "Hartung–Knapp interval",
    "hksj-floor": "Hartung–Knapp interval with a floor",
}
_HEADS: dict[Choice, str] = {
    "model": "the model",
    "tau2": "the estimator of between-trial variance",
    "interval": "how the interval is computed",
    "trials": "which trials are included",
}


def interval_label(ci: str) -> str:
    """Name an interval method in words."""
    return _INTERVALS.get(ci, ci)


def deciding_choice(
    specifications: Sequence[Specification], reference: str, own: str
) -> DecidingChoice | None:
    """Find the choice that explains most of the disagreement; ``None`` when all agree.

    Named is the choice with the smallest conditional entropy of the verdict given its option, each
    analysis counting the same; this is the choice with the greatest information gain. Ties go to
    the choice with fewest options, then to the order model, tau², interval, trials.

    Reported of it are *agreement*, the share of analyses predicted correctly when each option
    predicts its own most frequent verdict, and *baseline*, the share predicted by the most
    frequent verdict of all.

    The analyses counted are those that differ in analyst's choices; where these all agree, all
    analyses, and only ``trials`` can be named.

    Args:
        specifications: All analyses.
        reference: The verdict of the primary analysis.
        own: The id of the primary methods, with which ids of specifications begin.
    """
    chosen = [s for s in specifications if not s.leave_one_out]
    if len({s.verdict for s in chosen}) > 1:
        influence = _influence(specifications, reference, own)
        return _best(chosen, CHOICES, reference, lambda c, g: _text(c, g, reference) + influence)
    if len({s.verdict for s in specifications}) > 1:
        return _best(
            specifications, ("trials",), reference, lambda _, g: _single_trial_text(g, reference)
        )
    return None


def _best(
    specifications: Sequence[Specification],
    choices: Sequence[Choice],
    reference: str,
    write: Callable[[Choice, dict[str, list[Specification]]], str],
) -> DecidingChoice:
    grouped = {choice: _group(specifications, _OPTIONS[choice]) for choice in choices}
    left = {choice: _uncertainty(groups.values()) for choice, groups in grouped.items()}
    best = min(choices, key=lambda c: (left[c], len(grouped[c]), choices.index(c)))
    groups = grouped[best]
    return DecidingChoice(
        choice=best,
        agreement=_predicted(groups.values()),
        baseline=_predicted([specifications]),
        options={name: _share(group, reference) for name, group in groups.items()},
        text=write(best, groups),
    )


def _model(specification: Specification) -> str:
    return "common effect" if specification.model == "common" else "random effects"


def _tau2(specification: Specification) -> str:
    return specification.tau2 or "none (common effect)"


def _interval(specification: Specification) -> str:
    return interval_label(specification.ci)


def _trials(specification: Specification) -> str:
    return specification.trials


_OPTIONS: dict[Choice, Callable[[Specification], str]] = {
    "model": _model,
    "tau2": _tau2,
    "interval": _interval,
    "trials": _trials,
}


def _group(
    specifications: Sequence[Specification], option: Callable[[Specification], str]
) -> dict[str, list[Specification]]:
    groups: dict[str, list[Specification]] = defaultdict(list)
    for specification in specifications:
        groups[option(specification)].append(specification)
    return dict(groups)


def _uncertainty(groups: Iterable[Sequence[Specification]]) -> float:
    """Compute the conditional entropy of the verdict given the group, in bits.

    A group of n analyses, m of them with verdict v, adds n·log n − Σ m·log m; the sum over groups
    is divided by the number of analyses. Zero where every group has one verdict only.
    """
    terms: list[float] = []
    total = 0
    for group in groups:
        counts = Counter(specification.verdict for specification in group).values()
        terms += [len(group) * math.log2(len(group)), *(-m * math.log2(m) for m in counts)]
        total += len(group)
    return round(math.fsum(terms) / total, _TIED_BITS)


def _predicted(groups: Iterable[Sequence[Specification]]) -> float:
    """Give the share of analyses that each group's most frequent verdict predicts."""
    right = total = 0
    for group in groups:
        right += max(Counter(specification.verdict for specification in group).values())
        total += len(group)
    return right / total


def _share(group: Sequence[Specification], verdict: str) -> float:
    return sum(s.verdict == verdict for s in group) / len(group)


def _text(choice: Choice, groups: dict[str, list[Specification]], reference: str) -> str:
    told = ", ".join(f"{name} {_reached(group, reference)}" for name, group in groups.items())
    return f"The verdict “{reference}” hangs most on {_HEADS[choice]}; reached by: {told}."


def _single_trial_text(groups: dict[str, list[Specification]], reference: str) -> str:
    turned = {name: group for name, group in groups.items() if _share(group, reference) < 1}
    told = ", ".join(f"{name} {_reached(group, reference)}" for name, group in turned.items())
    return (
        f"Every analysis of all trials gives “{reference}”, but single trials carry it; "
        f"analyses that still give it: {told}."
    )


def _reached(group: Sequence[Specification], reference: str) -> str:
    return f"{sum(s.verdict == reference for s in group)} of {len(group)}"


def _influence(specifications: Sequence[Specification], reference: str, own: str) -> str:
    """Say which single trials, left out, turn the verdict of the primary methods."""
    turned = [
        specification.trials.removeprefix(WITHOUT)
        for specification in specifications
        if specification.leave_one_out
        and specification.id.startswith(f"{own}.")
        and specification.verdict != reference
    ]
    if not turned:
        return ""
    return f" By the primary methods, leaving out one trial turns it too: {'; '.join(turned)}."
