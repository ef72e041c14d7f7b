"""From rows to contrasts: which arms of which trial are held against each other in a cell.

A trial enters a cell once for each of its strata that has arms on both sides. Where a trial gives
both the numbers of its arms and a ready contrast, the arms' numbers are used, because then all
trials are analysed the same way; but a contrast analysed as *paired* or *cluster-adjusted* is
preferred, because the arms' numbers cannot carry the pairing or the clustering (Cochrane Handbook,
chapter 23). Either way a note says which was used.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from equipoise.findings import ArmSummary, Note
from equipoise.review.model import Arm, Result, Study
from equipoise.synthesis.cells import Cell
from equipoise.synthesis.records import Records, row_reference
from equipoise.synthesis.sides import Side, blank_side, has_numbers, read_side

_PREFERRED = frozenset({"paired", "cluster-adjusted"})


@dataclass(frozen=True, slots=True)
class Reported:
    """A contrast as the trial reports it, oriented as treatment minus comparator."""

    estimate: float | None
    se: float | None
    ci_low: float | None
    ci_high: float | None
    o_minus_e: float | None
    variance: float | None
    n: float | None


@dataclass(frozen=True, slots=True)
class Contrast:
    """One trial (or one stratum of it) in one cell.

    ``problem`` says in words why it cannot be estimated. ``reported`` is set when a ready contrast
    is used instead of the arms' numbers.
    """

    study: Study
    stratum: str | None
    treatment: ArmSummary
    comparator: ArmSummary
    scale: str | None
    reported: Reported | None
    problem: str | None
    analysed_as: str | None
    sources: tuple[str, ...]
    inputs: tuple[str, ...]
    notes: tuple[Note, ...]

    @property
    def label(self) -> str:
        """The name shown: the study, with the stratum where there is one."""
        return self.study.id if self.stratum is None else f"{self.study.id} ({self.stratum})"

    @property
    def people(self) -> float | None:
        """How many people it rests on.

        In a crossover trial analysed over both periods the same people are on both sides.
        """
        sides = (self.treatment.n, self.comparator.n)
        if None in sides:
            return None if self.reported is None else self.reported.n
        counted = [n for n in sides if n is not None]
        crossed = self.study.design == "crossover" and self.analysed_as in {"paired", "unpaired"}
        return max(counted) if crossed else sum(counted)


@dataclass(frozen=True, slots=True)
class CellContrasts:
    """All contrasts of a cell, and the labels of trials that reported it without any number."""

    contrasts: tuple[Contrast, ...]
    without_numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Pair:
    """The arms of one stratum on either side of a cell, and the rows about them."""

    cell: Cell
    study: Study
    stratum: str | None
    treated: tuple[Arm, ...]
    compared: tuple[Arm, ...]
    arm_rows: tuple[Result, ...]
    contrast_rows: tuple[Result, ...]
    names: dict[str, str]

    @property
    def label(self) -> str:
        return self.study.id if self.stratum is None else f"{self.study.id} ({self.stratum})"


def cell_contrasts(cell: Cell, records: Records, names: dict[str, str]) -> CellContrasts:
    """Pair the arms of every trial that has rows for a cell.

    Args:
        cell: The planned cell.
        records: The review's rows, grouped.
        names: Names of treatments by id.
    """
    contrasts: list[Contrast] = []
    without: list[str] = []
    for pair in _pairs(cell, records, names):
        if any(has_numbers(row) for row in (*pair.arm_rows, *pair.contrast_rows)):
            contrasts.append(_contrast(pair))
        else:
            without.append(pair.label)
    return CellContrasts(tuple(contrasts), tuple(without))


def _pairs(cell: Cell, records: Records, names: dict[str, str]) -> Iterator[_Pair]:
    comparison = cell.comparison
    for study, rows in records.results.get((cell.outcome.id, cell.time_id), {}).items():
        for stratum, arms in records.strata(study):
            treated = tuple(arm for arm in arms if arm.treatment == comparison.treatment)
            compared = tuple(arm for arm in arms if arm.treatment in comparison.comparators)
            if not treated or not compared:
                continue
            arm_rows = _arm_rows(rows, (*treated, *compared))
            contrast_rows = _contrast_rows(rows, treated, compared)
            if arm_rows or contrast_rows:
                yield _Pair(
                    cell, records.studies[study], stratum, treated, compared,
                    arm_rows, contrast_rows, names,
                )  # fmt: skip


def _arm_rows(rows: Sequence[Result], arms: Sequence[Arm]) -> tuple[Result, ...]:
    ids = {arm.id for arm in arms}
    return tuple(row for row in rows if row.reference_arm is None and row.arm in ids)


def _contrast_rows(
    rows: Sequence[Result], treated: Sequence[Arm], compared: Sequence[Arm]
) -> tuple[Result, ...]:
    ours = {(a.id, b.id) for a in treated for b in compared}
    ours |= {(b, a) for a, b in ours}
    return tuple(row for row in rows if (row.arm, row.reference_arm or "") in ours)


def _contrast(pair: _Pair) -> Contrast:
    from_arms = _from_arms(pair) if pair.arm_rows else None
    ready = _from_row(pair) if any(has_numbers(row) for row in pair.contrast_rows) else None
    if ready is None or from_arms is None:
        chosen = ready or from_arms
        assert chosen is not None, "a pair has rows of one kind or the other"  # noqa: S101 - invariant of _pairs
        return chosen
    if ready.problem is None and (from_arms.problem or ready.analysed_as in _PREFERRED):
        text = "The reported contrast was used; the numbers of the arms were not."
        kept = replace(ready, treatment=from_arms.treatment, comparator=from_arms.comparator)
        return _noted(kept, Note("contrast-preferred", text))
    text = "The numbers of the arms were used; the reported contrast was not."
    return _noted(from_arms, Note("arms-preferred", text))


def _from_arms(pair: _Pair) -> Contrast:
    scale, rows, notes = _one_scale(pair)
    measure = pair.cell.measure
    sides = [
        read_side(arms, _arm_rows(rows, arms), measure, pair.names)
        for arms in (pair.treated, pair.compared)
    ]
    problem = _only_contrasts(measure) or next((s.problem for s in sides if s.problem), None)
    duplicates = _duplicate_notes(rows)
    side_notes = tuple(note for side in sides for note in side.notes)
    return _assemble(
        pair, rows, sides, scale=scale, problem=problem, notes=(*notes, *duplicates, *side_notes)
    )


def _only_contrasts(measure: str) -> str | None:
    if measure not in {"HR", "GENERIC"}:
        return None
    return f"numbers of arms cannot give the measure {measure}; a reported contrast is needed"


def _assemble(
    pair: _Pair,
    rows: Sequence[Result],
    sides: Sequence[Side],
    *,
    scale: str | None,
    problem: str | None,
    notes: tuple[Note, ...],
) -> Contrast:
    analysed_as = _analysed_as(rows)
    return Contrast(
        study=pair.study,
        stratum=pair.stratum,
        treatment=sides[0].summary,
        comparator=sides[1].summary,
        scale=scale,
        reported=None,
        problem=problem,
        analysed_as=analysed_as,
        sources=_sources(rows),
        inputs=tuple(row_reference(row) for row in rows),
        notes=(*notes, *_design_notes(pair.study, analysed_as), *_row_notes(rows)),
    )


def _one_scale(pair: _Pair) -> tuple[str | None, tuple[Result, ...], tuple[Note, ...]]:
    """Choose one scale for a trial that reports several.

    The outcome's usual scale if both sides have it, else the first that both sides have.
    """
    usual = pair.cell.outcome.scale
    by_scale: dict[str | None, list[Result]] = {}
    for row in pair.arm_rows:
        by_scale.setdefault(row.scale or usual, []).append(row)
    treated = {arm.id for arm in pair.treated}

    def both_sides(rows: Sequence[Result]) -> bool:
        found = {row.arm in treated for row in rows if has_numbers(row)}
        return len(found) == len((True, False))

    ranked = sorted(by_scale, key=lambda scale: (not both_sides(by_scale[scale]), scale != usual))
    chosen, others = ranked[0], ranked[1:]
    notes: tuple[Note, ...] = ()
    if others:
        names = ", ".join(str(scale) for scale in others)
        notes = (Note("other-scales", f"Also reported, and not used here: {names}."),)
    return chosen, tuple(by_scale[chosen]), notes


def _from_row(pair: _Pair) -> Contrast:
    rows = tuple(row for row in pair.contrast_rows if has_numbers(row))
    row = rows[0]
    reversed_ = row.arm in {arm.id for arm in pair.compared}
    arm, reference = (row.reference_arm, row.arm) if reversed_ else (row.arm, row.reference_arm)
    sides = [
        Side(blank_side([a for a in arms if a.id == wanted], pair.names), None, ())
        for arms, wanted in ((pair.treated, arm), (pair.compared, reference))
    ]
    notes = (_reversed_note(),) if reversed_ else ()
    problem = _contrast_problem(rows, pair.cell.measure)
    scale = row.scale or pair.cell.outcome.scale
    contrast = _assemble(pair, rows, sides, scale=scale, problem=problem, notes=notes)
    return replace(contrast, reported=_reported(row, reversed_=reversed_))


def _reversed_note() -> Note:
    return Note("contrast-reversed", "Reported as comparator minus treatment; the sign was turned.")


def _reported(row: Result, *, reversed_: bool) -> Reported:
    sign = -1.0 if reversed_ else 1.0
    low, high = (row.ci_high, row.ci_low) if reversed_ else (row.ci_low, row.ci_high)

    def turned(value: float | None) -> float | None:
        return None if value is None else sign * value

    return Reported(
        turned(row.estimate), row.se, turned(low), turned(high),
        turned(row.o_minus_e), row.variance, row.n,
    )  # fmt: skip


def _contrast_problem(rows: Sequence[Result], measure: str) -> str | None:
    if len(rows) > 1:
        return (
            "several reported contrasts share arms and cannot be combined without their covariance"
        )
    row = rows[0]
    if row.measure is not None and row.measure != measure:
        return f"reported as {row.measure}, which cannot be pooled as {measure}"
    complete = (
        (row.estimate is not None and (row.se is not None or None not in (row.ci_low, row.ci_high)))
        or (measure in {"HR", "PETO"} and None not in (row.o_minus_e, row.variance))
    )  # fmt: skip
    return None if complete else "the reported contrast has no usable standard error or interval"


def _analysed_as(rows: Sequence[Result]) -> str | None:
    found = dict.fromkeys(row.analysed_as for row in rows if row.analysed_as is not None)
    return ", ".join(found) or None


def _sources(rows: Sequence[Result]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(row.source for row in rows if row.source))


def _duplicate_notes(rows: Sequence[Result]) -> tuple[Note, ...]:
    first = {row.arm: row for row in reversed(rows)}
    repeated = [row for row in rows if first[row.arm] is not row]
    return tuple(
        Note("duplicate-row", f"{row_reference(row)} repeats an earlier row and was not used.")
        for row in repeated
    )


def _row_notes(rows: Sequence[Result]) -> tuple[Note, ...]:
    texts = dict.fromkeys(row.note for row in rows if row.note)
    return tuple(Note("from-results", text) for text in texts)


def _design_notes(study: Study, analysed_as: str | None) -> tuple[Note, ...]:
    """Caution where the design and the analysis do not fit, or where nobody says."""
    analyses = set((analysed_as or "").split(", "))
    if study.design == "crossover" and "unpaired" in analyses:
        text = "Crossover trial analysed as unpaired: its interval is likely too wide."
        return (Note("crossover-unpaired", text),)
    if study.design == "crossover" and not analyses & {"paired", "first period", "parallel"}:
        text = "Crossover trial: how it was analysed is not recorded."
        return (Note("crossover-analysis-unknown", text),)
    if study.design == "cluster" and "cluster-adjusted" not in analyses:
        text = (
            "Cluster-randomised trial analysed without adjustment for clustering: "
            "its interval is likely too narrow."
            if "cluster-unadjusted" in analyses
            else "Cluster-randomised trial: whether clustering was adjusted for is not recorded."
        )
        code = "cluster-unadjusted" if "cluster-unadjusted" in analyses else "cluster-unknown"
        return (Note(code, text),)
    return ()


def _noted(contrast: Contrast, note: Note) -> Contrast:
    return replace(contrast, notes=(*contrast.notes, note))
