"""Read a figure's SVG back, the way a program would."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree as ET

SVG = "{http://www.w3.org/2000/svg}"
_NUMBER = re.compile(r"^-?\d+(\.\d{1,2})?$")
_IN_LISTS = re.compile(r"-?\d+(?:\.\d+)?")
_COORDINATES = {"x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "width", "height"}


def root(svg: str) -> ET.Element:
    """Parse the figure; raises where it is not well-formed."""
    return ET.fromstring(svg)  # noqa: S314  our own output


def texts(svg: str) -> list[str]:
    """Give the visible texts."""
    return [
        "".join([node.text or "", *(child.tail or "" for child in node)])
        for node in root(svg).iter(f"{SVG}text")
    ]


def all_named(svg: str, name: str) -> list[ET.Element]:
    """Give all elements of one name."""
    return list(root(svg).iter(SVG + name))


def odd_coordinates(svg: str) -> list[str]:
    """List coordinates that are not plain numbers with at most two decimals."""
    return [
        f"{node.tag} {name}={value}"
        for node in root(svg).iter()
        for name, value in node.attrib.items()
        if name in _COORDINATES and not _NUMBER.match(value)
    ]


def points_of(node: ET.Element) -> Iterator[tuple[float, float]]:
    """Give the corners of a polygon."""
    numbers = [float(number) for number in _IN_LISTS.findall(node.attrib["points"])]
    yield from zip(numbers[::2], numbers[1::2], strict=True)
