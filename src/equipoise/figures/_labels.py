"""Put names beside marks so that no name covers another name or a mark."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from equipoise.figures._palette import INK, RULE
from equipoise.figures._plane import Plane, Spot
from equipoise.figures._svg import HALO, Element, clean, line, text
from equipoise.figures.text_width import ellipsise, text_width

_SIZE: Final = 12.0
_HALF_HEIGHT: Final = 6.5
_WIDEST: Final = 150.0
_MOST: Final = 60
_GAPS: Final = (3.0, 12.0, 24.0)
_LEADER: Final = 10.0
_DIRECTIONS: Final = (
    (1.0, 0.0), (-1.0, 0.0), (0.0, -1.0), (0.0, 1.0), (0.7, -0.7), (-0.7, -0.7), (0.7, 0.7), (-0.7, 0.7),
)  # fmt: skip

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Anchor:
    """A mark that wants a name: its middle, its radius, and the name."""

    spot: Spot
    radius: float
    name: str


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a name may stand: its box, the middle of its text, and its distance from the mark."""

    box: Box
    middle: Spot
    gap: float


def label_marks(anchors: Sequence[Anchor], others: Sequence[Anchor], plane: Plane) -> list[Element]:
    """Draw the names of ``anchors``, the first ones first; a name without room is left out.

    ``others`` are marks that want no name but must stay in sight. A name that had to move away
    from its mark is tied to it by a thin line.
    """
    taken = [_mark_box(each) for each in (*anchors, *others)]
    marks: list[Element] = []
    for anchor in anchors[:_MOST]:
        shown = ellipsise(clean(anchor.name), _WIDEST, _SIZE)
        place = next((p for p in _places(anchor, shown) if _is_free(p.box, taken, plane)), None)
        if place is None or not shown:
            continue
        taken.append(place.box)
        marks.extend(_drawn(anchor, place, shown))
    return marks


def _mark_box(anchor: Anchor) -> Box:
    x, y = anchor.spot
    r = anchor.radius
    return x - r, y - r, x + r, y + r


def _places(anchor: Anchor, shown: str) -> Iterator[_Place]:
    """Give the places around a mark, the nearest first."""
    half = text_width(shown, _SIZE) / 2
    x, y = anchor.spot
    for gap in _GAPS:
        reach = anchor.radius + gap
        for dx, dy in _DIRECTIONS:
            middle = (
                x + dx * reach + _side(dx) * half,
                y + dy * reach + _side(dy) * _HALF_HEIGHT * (1.0 if dx == 0 else 0.6),
            )
            box = (
                middle[0] - half, middle[1] - _HALF_HEIGHT,
                middle[0] + half, middle[1] + _HALF_HEIGHT,
            )  # fmt: skip
            yield _Place(box, middle, gap)


def _side(direction: float) -> int:
    return (direction > 0) - (direction < 0)


def _is_free(box: Box, taken: Sequence[Box], plane: Plane) -> bool:
    inside = plane.holds((box[0], box[1])) and plane.holds((box[2], box[3]))
    return inside and not any(_overlap(box, other) for other in taken)


def _overlap(one: Box, other: Box) -> bool:
    across = one[0] < other[2] and other[0] < one[2]
    return across and one[1] < other[3] and other[1] < one[3]


def _drawn(anchor: Anchor, place: _Place, shown: str) -> list[Element]:
    marks: list[Element] = []
    x, y = place.middle
    if place.gap > _LEADER:
        end_x = min(max(anchor.spot[0], place.box[0]), place.box[2])
        end_y = min(max(anchor.spot[1], place.box[1] + 2), place.box[3] - 2)
        marks.append(line(*_rim(anchor, (end_x, end_y)), end_x, end_y, stroke=RULE))
    marks.append(
        text(
            x,
            y + 4,
            shown,
            full=anchor.name,
            text_anchor="middle",
            font_size=_SIZE,
            fill=INK,
            **HALO,
        )
    )
    return marks


def _rim(anchor: Anchor, towards: Spot) -> Spot:
    """Give the point of a mark's edge nearest to ``towards``."""
    (x, y), r = anchor.spot, anchor.radius
    dx, dy = towards[0] - x, towards[1] - y
    far = max((dx * dx + dy * dy) ** 0.5, 1e-9)
    return x + r * dx / far, y + r * dy / far
