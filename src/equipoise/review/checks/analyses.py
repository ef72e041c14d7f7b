"""Checks of what would meet in one analysis: repeated rows, arms counted twice, mixed scales."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from equipoise.review.checks.draft import Cell, Draft, has_numbers
from equipoise.review.model import Problem, Result
from equipoise.review.problems import Place, error, one_of, warning
from equipoise.review.protocol import Plan
from equipoise.review.rows import RESULTS


def check_repeated(draft: Draft) -> Iterator[Problem]:
    """Report rows that say the same thing in the same place."""
    first: dict[tuple[str | None, ...], Result] = {}
    for row in draft.results.rows:
        key = _key(draft, row)
        if key in first:
            message = f"Line {first[key].line} already gives this arm, outcome, time and scale."
            yield error(_place(row, "arm"), "repeated-row", message, found=row.arm)
        first.setdefault(key, row)


def check_analyses(draft: Draft) -> Iterator[Problem]:
    """Check the rows of each planned analysis together; a row is reported once for each mistake."""
    seen: set[tuple[str, int | None]] = set()
    for cell in draft.cells:
        for problem in (*_counted_twice(draft, cell), *_scales(draft, cell), *_measures(cell)):
            if (problem.code, problem.line) not in seen:
                seen.add((problem.code, problem.line))
                yield problem


def check_one_sided(draft: Draft) -> Iterator[Problem]:
    """Warn of an arm whose comparator's numbers are missing: alone it enters no analysis."""
    rows = draft.results.rows
    whole = draft.results.complete and not draft.results.damaged and draft.comparisons_are_sound
    if draft.plan is None or not whole or any(r.study not in draft.study_of for r in rows):
        return
    paired = {row.line for cell in draft.cells for row in cell.rows}
    unclear = {row.study for row in rows if not _is_known(draft, draft.plan, row)}
    for row in draft.sound_results:
        if row.line in paired or row.study in unclear or row.reference_arm is not None:
            continue
        if has_numbers(row) and _is_planned(draft, draft.plan, row):
            message = (
                "No numbers of an arm to compare it with are given for this outcome and time; "
                "alone this row enters no analysis."
            )
            yield warning(_place(row, "arm"), "one-sided", message, found=row.arm)


def _is_known(draft: Draft, plan: Plan, row: Result) -> bool:
    """Say whether a row's ids are declared; else its own mistake is reported, and enough."""
    arm = draft.arm_of.get((row.study, row.arm))
    times = row.time is None or row.time in plan.declared["times"]
    outcome = row.outcome in plan.outcome_of
    return arm is not None and arm.treatment in plan.declared["treatments"] and times and outcome


def _is_planned(draft: Draft, plan: Plan, row: Result) -> bool:
    outcome, arm = draft.outcome_of[row.outcome], draft.arm_of[row.study, row.arm]
    sides = {t for c in plan.comparisons for t in (c.treatment, *c.comparators)}
    return row.time in (outcome.times or (None,)) and arm.treatment in sides


def _key(draft: Draft, row: Result) -> tuple[str | None, ...]:
    scale = draft.scale_id(row)
    return (row.study, row.arm, row.reference_arm, row.outcome, row.time, scale)


def _place(row: Result, field: str) -> Place:
    return Place(RESULTS.file, row.line, field)


def _title(cell: Cell) -> str:
    parts = (cell.comparison.id, cell.outcome.id, cell.time)
    return " × ".join(part for part in parts if part)


def _counted_twice(draft: Draft, cell: Cell) -> Iterator[Problem]:
    by_arm: defaultdict[tuple[str, str], list[Result]] = defaultdict(list)
    for row in cell.rows:
        for arm in (row.arm, row.reference_arm):
            if arm is not None:
                by_arm[row.study, arm].append(row)
    for (_, arm), rows in by_arm.items():
        arm_rows = [row for row in rows if row.reference_arm is None]
        contrasts = [row for row in rows if row.reference_arm is not None]
        yield from _on_two_scales(draft, cell, arm_rows)
        yield from _in_two_contrasts(draft, cell, arm, contrasts)
        if arm_rows and contrasts:
            message = (
                f"The numbers of this arm (line {arm_rows[0].line}) and a contrast that holds it "
                f"are both given for {_title(cell)}. The numbers of the arms are used, unless the "
                "contrast is paired or cluster-adjusted."
            )
            yield warning(_place(contrasts[0], "arm"), "two-levels", message, found=arm)


def _on_two_scales(draft: Draft, cell: Cell, rows: list[Result]) -> Iterator[Problem]:
    for row in rows[1:]:
        scale, first = draft.scale_id(row), draft.scale_id(rows[0])
        if scale != first:  # else it is a repeated row
            message = (
                f"Its people would be counted twice in {_title(cell)}: line {rows[0].line} gives "
                f"them on '{first}'. One scale is used, the outcome's usual one where it is given."
            )
            yield warning(_place(row, "scale"), "arm-on-two-scales", message, found=scale or "none")


def _in_two_contrasts(draft: Draft, cell: Cell, arm: str, rows: list[Result]) -> Iterator[Problem]:
    for row in rows[1:]:
        if _key(draft, row) != _key(draft, rows[0]):  # else it is a repeated row
            message = (
                f"Its people would be counted twice in {_title(cell)}: line {rows[0].line} holds "
                "them too. Enter the numbers of the arms, or one contrast of them together."
            )
            yield error(_place(row, "arm"), "arm-counted-twice", message, found=arm)


def _scales(draft: Draft, cell: Cell) -> Iterator[Problem]:
    if cell.outcome.kind != "continuous":
        return
    # A row that names no scale where none is usual says nothing against the others.
    named = [(row, scale) for row in _used(draft, cell) if (scale := draft.scale(row))]
    for row, scale in named[1:]:
        first_row, first = named[0]
        if scale.id == first.id:
            continue
        if cell.measure == "MD":
            message = (
                f"Means on different scales cannot be pooled as mean differences in "
                f"{_title(cell)} (line {first_row.line}: {first.id}). Plan SMD, or another outcome."
            )
            yield error(
                _place(row, "scale"), "mixed-scales", message, found=scale.id, allowed=first.id
            )
        elif scale.direction != first.direction:
            message = (
                f"On this scale {scale.direction} is better, on '{first.id}' (line "
                f"{first_row.line}) {first.direction} is. In {_title(cell)} signs will be aligned "
                f"so that {cell.outcome.direction} is better."
            )
            yield warning(_place(row, "scale"), "mixed-directions", message, found=scale.id)


def _used(draft: Draft, cell: Cell) -> list[Result]:
    """Leave out rows on a second scale of studies that give the outcome's usual one."""
    usual = cell.outcome.scale
    on_usual = {row.study for row in cell.rows if draft.scale_id(row) == usual}
    return [r for r in cell.rows if r.study not in on_usual or draft.scale_id(r) == usual]


def _measures(cell: Cell) -> Iterator[Problem]:
    for row in cell.rows:
        if row.reference_arm is not None and row.measure not in (None, cell.measure):
            message = f"{_title(cell)} is pooled in {cell.measure}; this contrast cannot join it."
            yield warning(
                _place(row, "measure"),
                "measure-mismatch",
                message,
                found=row.measure,
                allowed=one_of([cell.measure]),
            )
