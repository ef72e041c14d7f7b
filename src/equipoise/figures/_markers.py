"""Marks of categories: each differs in shape and in shade."""

from __future__ import annotations

from typing import Final

from equipoise.figures._palette import PAPER, SHADES
from equipoise.figures._svg import Element, polygon, tag

_SHAPES: Final = ("disc", "square", "triangle", "diamond", "fallen triangle", "cross")


def marker(
    kind: int,
    x: float,
    y: float,
    radius: float,
    *,
    hollow: bool = False,
    edge: str | None = None,
) -> Element:
    """Draw the mark of a category: a shape and a shade; after the sixth the shapes are open.

    ``hollow`` opens it in any case. ``edge`` is the colour around a filled mark, which keeps marks
    that lie on each other apart.
    """
    shade = SHADES[kind % len(SHADES)]
    shape = _SHAPES[kind % len(_SHAPES)]
    is_open = hollow or (kind // len(_SHAPES)) % 2 == 1
    looks = {"fill": PAPER if is_open else shade, "stroke": shade if is_open else edge}
    if shape == "disc":
        return tag("circle", cx=x, cy=y, r=radius, **looks)
    return polygon([(x + dx * radius, y + dy * radius) for dx, dy in _corners(shape)], **looks)


def _corners(shape: str) -> list[tuple[float, float]]:
    """Give a shape's corners around the origin; areas are close to the disc's."""
    if shape == "square":
        return [(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)]
    if shape == "diamond":
        return [(0, -1.25), (1.25, 0), (0, 1.25), (-1.25, 0)]
    if shape == "cross":
        arms = [(0.35, -1.1), (0.35, -0.35), (1.1, -0.35)]
        right = arms + [(x, -y) for x, y in reversed(arms)]
        return right + [(-x, -y) for x, y in right]
    up = [(0.0, -1.25), (1.15, 0.85), (-1.15, 0.85)]
    return up if shape == "triangle" else [(x, -y) for x, y in up]
