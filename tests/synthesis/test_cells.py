"""The planned grid follows the protocol's order and its departures."""

from __future__ import annotations

from dataclasses import replace

from equipoise.review.model import Comparison, Subgroup, SubgroupUse
from equipoise.synthesis import planned_cells
from equipoise.synthesis.cells import ProtocolIndex
from support.review_factory import EVENTS, PAIN, planned, protocol

TIMED = replace(PAIN, times=("short", "long"))
SECOND = Comparison("other-placebo", "other v placebo", "other", ("placebo",))


def test_cells_stand_in_protocol_order() -> None:
    plan = protocol(TIMED, EVENTS)
    plan = replace(plan, comparisons=(*plan.comparisons, SECOND))
    assert [cell.id for cell in planned_cells(plan)] == [
        "drug-placebo.pain.short",
        "drug-placebo.pain.long",
        "drug-placebo.events",
        "other-placebo.pain.short",
        "other-placebo.pain.long",
        "other-placebo.events",
    ]


def test_a_plan_changes_one_cell_only() -> None:
    plan = protocol(TIMED, analyses=(planned(time="long", number="1.4", measure="SMD"),))
    short, long = planned_cells(plan)
    assert (short.measure, short.number) == ("MD", None)
    assert (long.measure, long.number) == ("SMD", "1.4")


def test_groupings_named_by_the_plan_come_before_those_planned_everywhere() -> None:
    groupings = (Subgroup("dose", "dose", "dose", everywhere=True), Subgroup("age", "age", "age"))
    plan = protocol(
        PAIN, subgroups=groupings, analyses=(planned(subgroups=(SubgroupUse("age", "1.2"),)),)
    )
    (cell,) = planned_cells(plan)
    found = ProtocolIndex(plan).groupings(cell)
    assert [(grouping.id, number) for grouping, number in found] == [("age", "1.2"), ("dose", None)]
