"""Fragility: how few patients with another outcome would turn the verdict of a meta-analysis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import combinations_with_replacement
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from equipoise.errors import MethodError
from equipoise.kernels.batches import Bools, Floats, Ints
from equipoise.stats import printing
from equipoise.stats.effects.effect_sizes import SCHEMA_VERSION, EffectSizes, effect_sizes
from equipoise.stats.effects.inputs import to_frame
from equipoise.stats.notes import Note
from equipoise.stats.robustness import _common as common
from equipoise.stats.subsets import SubsetFits, pool_subsets

if TYPE_CHECKING:
    from equipoise.stats.results import MetaAnalysis

_COUNTS: Final = ("events_1", "n_1", "events_2", "n_2")
_MOST_PAIRS: Final = 20_000
"""So many pairs of changes are tried to prove that none suffices."""
_AT_ONCE: Final = 500
"""Pairs pooled in one batch, so that memory stays small."""
_PAIR: Final = 2

Change = tuple[int, int, int]
"""A trial (its place among those with whole counts), an arm (0 or 1), and +1 or −1 events."""


@dataclass(frozen=True, slots=True)
class FragilityStep:
    """One patient's outcome changed, and the pooled result after it, on the analysis scale."""

    study: str
    row: int
    arm: int
    change: int
    estimate: float
    ci_low: float
    ci_high: float
    p: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Fragility:
    """The smallest number of changed outcomes found that turns significance, ``index``.

    ``None`` if no number does. ``smallest`` says whether a smaller number against the effect was ruled out by trying
    all, ``at_least`` the number below which all were tried. ``quotient`` is the index over all
    participants. ``steps`` are the changes in their order.
    """

    fit: MetaAnalysis
    significant: bool
    index: int | None
    at_least: int
    smallest: bool
    quotient: float | None
    participants: int
    steps: tuple[FragilityStep, ...]
    caution: tuple[Note, ...]

    def tidy(self) -> Any:
        """Return a row a change, as the user's kind of frame (else a dict of lists)."""
        names = tuple(FragilityStep.__dataclass_fields__)
        columns = {name: [getattr(step, name) for step in self.steps] for name in names}
        return to_frame(columns, self.fit.effects.backend)

    def to_dict(self) -> dict[str, Any]:
        """Return strict JSON data."""
        names = ("significant", "index", "at_least", "smallest", "quotient", "participants")
        return {
            "schema_version": SCHEMA_VERSION,
            "kind": "fragility",
            **{name: getattr(self, name) for name in names},
            "steps": [asdict(step) for step in self.steps],
            "caution": common.notes_json(self.caution),
        }

    def __str__(self) -> str:
        return "\n".join(_text(self))


@dataclass(frozen=True, slots=True, eq=False)
class _Counts:
    """Tables of the trials, shape ``(k,)`` each, and the rows of the fit they are."""

    a: Ints
    n1: Ints
    c: Ints
    n2: Ints
    fit: MetaAnalysis

    def after(self, *changes: Change) -> _Counts:
        """Return the tables after some changes."""
        events = [self.a.copy(), self.c.copy()]
        for trial, arm, by in changes:
            events[arm][trial] += by
        return _Counts(events[0], self.n1, events[1], self.n2, self.fit)

    def possible(self) -> bool:
        """Tell whether no arm has fewer events than none, or more than participants."""
        arms = ((self.a, self.n1), (self.c, self.n2))
        return all(bool((events >= 0).all() and (events <= n).all()) for events, n in arms)


def fragility(fit: MetaAnalysis) -> Fragility:
    """Count the patients whose outcome must change to turn significance into its absence, or back.

    As published, changes are made one at a time: of all single changes in any arm of any trial, the
    one that brings the confidence limit nearest to crossing no effect is kept, until it crosses
    (Atal, Porcher, Boutron and Ravaud 2019, doi:10.1016/j.jclinepi.2019.03.012). From significance
    changes go against the effect; towards significance both directions are followed and the
    shorter taken. That greedy path need not be the shortest; all single changes and, where there
    are not too many, all pairs are therefore tried, and ``smallest`` says whether the number is
    proved. All changes of a step are pooled in one batch, by the methods of the fit. The R call is
    ``fragility::frag.ma(e0, n0, e1, n1)``, which takes DerSimonian and Laird's τ² and Wald unless
    told otherwise.

    Raises:
        MethodError: Unless the trials are tables with whole counts (RR, OR, RD, Peto).
    """
    counts = _counts(fit)
    significant = not fit.ci_low <= 0.0 <= fit.ci_high
    sides = (-1 if fit.estimate > 0.0 else 1,) if significant else (-1, 1)
    paths = [_greedy(counts, side, significant=significant) for side in sides]
    found = [path for path in paths if path is not None]
    best = min(found, key=len) if found else None
    at_least = 1 if best is not None and len(best) == 1 else _PAIR
    if best is None or len(best) > _PAIR:
        pair, tried = _pair(counts, sides, significant=significant)
        best = pair or best
        at_least = _PAIR if pair or not tried else _PAIR + 1
    total = int((counts.n1 + counts.n2).sum())
    index = None if best is None else len(best)
    return Fragility(
        fit=fit,
        significant=significant,
        index=index,
        at_least=at_least,
        smallest=index is not None and index <= at_least,
        quotient=None if index is None else index / total,
        participants=total,
        steps=() if best is None else _steps(counts, best),
        caution=_cautions(),
    )


def _counts(fit: MetaAnalysis) -> _Counts:
    columns = fit.effects.columns
    if fit.effects.measure not in {"RR", "OR", "RD", "PETO"} or not set(_COUNTS) <= columns.keys():
        raise MethodError(
            "fragility counts patients with another outcome: it needs RR, OR, RD or PETO with "
            "events of both arms",
            spec=f"measure={fit.effects.measure}",
            reason="no counts",
        )
    if fit.effects.options.get("zero_cells") in {"if-any-zero", "all"}:
        raise MethodError(
            "fragility changes one trial at a time, but zero_cells here lets one trial change all; "
            "use zero_cells='only-zero'",
            spec=f"zero_cells={fit.effects.options['zero_cells']}",
            reason="trials are not separate",
        )
    values = [columns[name] for name in _COUNTS]
    if any(not np.isfinite(v).all() or (v != np.round(v)).any() for v in values):
        raise MethodError(
            "fragility needs whole numbers of events and participants in every trial",
            spec="events",
            reason="no whole patients",
        )
    a, n1, c, n2 = (v.astype(np.intp) for v in values)
    return _Counts(a, n1, c, n2, fit)


def _singles(counts: _Counts, side: int) -> list[Change]:
    """Return the single changes that move the effect to ``side``: more events in arm 1, or fewer in 2."""
    every = (
        (trial, arm, side if arm == 0 else -side)
        for trial in range(counts.a.size)
        for arm in (0, 1)
    )
    return [change for change in every if counts.after(change).possible()]


def _greedy(counts: _Counts, side: int, *, significant: bool) -> list[Change] | None:
    """Follow the best single changes until significance has turned; ``None`` if it never does."""
    path: list[Change] = []
    while True:
        singles = _singles(counts, side)
        if not singles:
            return None
        versions = [counts.after(change) for change in singles]
        fits = _pooled(counts, versions, singles)
        reach = _reach(fits, side, significant=significant)
        best = int(np.argmax(reach))
        if not np.isfinite(reach[best]):
            return None
        path.append(singles[best])
        counts = versions[best]
        if reach[best] >= 0.0:
            return path


def _reach(fits: SubsetFits, side: int, *, significant: bool) -> Floats:
    """Return how far beyond no effect the limit that must cross it is (negative: not yet)."""
    ends = (fits.ci_low[0], fits.ci_high[0])
    if significant:
        limit = ends[1] if side > 0 else ends[0]
    else:
        limit = ends[0] if side > 0 else ends[1]
        # Significance needs a limit truly beyond no effect.
        limit = np.where(limit == 0.0, -side * np.finfo(np.float64).tiny, limit)
    return np.where(np.isnan(limit), -np.inf, side * limit)


def _pooled(counts: _Counts, versions: Sequence[_Counts], changes: Sequence[Change]) -> SubsetFits:
    """Pool once for each change: all trials as they are, but the changed one in its new version."""
    k = counts.a.size
    rows = [change[0] for change in changes]
    new = [(int(v.a[row]), int(v.c[row]), row) for v, row in zip(versions, rows, strict=True)]
    effects = _effects(counts, new)
    keep = np.zeros((len(rows), k + len(rows)), dtype=np.bool_)
    keep[:, :k] = True
    keep[np.arange(len(rows)), rows] = False
    keep[np.arange(len(rows)), k + np.arange(len(rows))] = True
    return _subsets(effects, keep, counts.fit)


def _effects(counts: _Counts, new: Sequence[tuple[int, int, int]]) -> EffectSizes:
    """Return the trials followed by new versions: events of both arms, and which trial it is."""
    rows = np.array([row for _, _, row in new], dtype=np.intp)
    given = counts.fit.effects
    a = np.concatenate((counts.a, [a for a, _, _ in new]))
    c = np.concatenate((counts.c, [c for _, c, _ in new]))
    n1, n2 = (np.concatenate((n, n[rows])) for n in (counts.n1, counts.n2))
    return effect_sizes(
        given.measure, events_1=a, n_1=n1, events_2=c, n_2=n2, **dict(given.options)
    )


def _subsets(effects: EffectSizes, keep: Bools, fit: MetaAnalysis) -> SubsetFits:
    if fit.methods.tau2_weights is not None:
        raise MethodError(
            "fragility cannot give changed trials weights of your own; use another tau2",
            spec="tau2_weights",
            reason="weights of changed trials are not known",
        )
    return pool_subsets(effects, keep, [fit.methods])


def _pair(
    counts: _Counts, sides: Sequence[int], *, significant: bool
) -> tuple[list[Change] | None, bool]:
    """Look for two changes that suffice; return them, and whether all pairs were tried."""
    for side in sides:
        singles = _singles(counts, side)
        pairs = list(combinations_with_replacement(singles, _PAIR))
        if len(pairs) > _MOST_PAIRS:
            return None, False
        for start in range(0, len(pairs), _AT_ONCE):
            possible, keep, effects = _pair_batch(counts, pairs[start : start + _AT_ONCE])
            if not possible:
                continue
            reach = _reach(_subsets(effects, keep, counts.fit), side, significant=significant)
            best = int(np.argmax(reach))
            if reach[best] >= 0.0:
                return list(possible[best]), True
    return None, True


def _pair_batch(
    counts: _Counts, pairs: Sequence[tuple[Change, ...]]
) -> tuple[list[tuple[Change, ...]], Bools, EffectSizes]:
    """Make a row for each possible pair, from versions of trials that pairs share."""
    k = counts.a.size
    place: dict[tuple[int, int, int], int] = {}
    possible, chosen = [], []
    for pair in pairs:
        after = counts.after(*pair)
        if not after.possible():
            continue
        rows = sorted({change[0] for change in pair})
        new = [(int(after.a[row]), int(after.c[row]), row) for row in rows]
        chosen.append([(k + place.setdefault(version, len(place)), version[2]) for version in new])
        possible.append(pair)
    keep = np.zeros((len(possible), k + len(place)), dtype=np.bool_)
    keep[:, :k] = True
    for b, versions in enumerate(chosen):
        for column, row in versions:
            keep[b, row], keep[b, column] = False, True
    return possible, keep, _effects(counts, list(place))


def _steps(counts: _Counts, path: Sequence[Change]) -> tuple[FragilityStep, ...]:
    """Pool after each change of the path."""
    names, steps = counts.fit.effects.study, []
    for change in path:
        after = counts.after(change)
        fits = _pooled(counts, [after], [change])
        estimate, low, high, p = (
            float(getattr(fits, name)[0, 0]) for name in ("estimate", "ci_low", "ci_high", "p")
        )
        row = change[0]
        steps.append(
            FragilityStep(
                names[row], row, change[1] + 1, change[2], estimate, low, high, common.plain(p)
            )
        )
        counts = after
    return tuple(steps)


def _cautions() -> tuple[Note, ...]:
    text = (
        "the index depends on the size of the trials and on how near p is to its threshold; it says "
        "nothing about how large or how certain the effect is"
    )
    return (Note("depends-on-size", text),)


def _text(found: Fragility) -> list[str]:
    was, becomes = ("significant", "not significant") if found.significant else (
        "not significant", "significant")  # fmt: skip
    if found.index is None:
        head = f"Fragility: no number of changed outcomes makes the result {becomes}"
        return [head, *common.caution_lines(found.caution)]
    patients = "1 patient" if found.index == 1 else f"{found.index} patients"
    share = f"{100.0 * (found.quotient or 0.0):.2g}% of {found.participants}"
    proof = (
        "no smaller number of changes against the effect does"
        if found.smallest
        else f"at least {found.at_least} changes against the effect are needed"
    )
    lines = [
        f"Fragility of a result that is {was}",
        f"  {patients} with another outcome ({share}) would make it {becomes}; {proof}",
    ]
    rows: list[tuple[str, ...]] = [
        ("Study", "Arm", "Events", printing.short_name(found.fit.effects))
    ]
    for step in found.steps:
        sign = "+1" if step.change > 0 else f"{printing.MINUS}1"
        after = common.shown(found.fit.effects, step.estimate, step.ci_low, step.ci_high)
        rows.append((step.study, str(step.arm), sign, after))
    return [*lines, *printing.table(rows), *common.caution_lines(found.caution)]
