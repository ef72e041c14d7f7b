"""Build SVG as text: escaped, finite, and the same bytes for the same input."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from equipoise.figures._palette import FONT, INK, LINK, PAPER

Attribute = str | float | None

# Keeps text legible where a line runs behind it.
HALO: Final = {"stroke": PAPER, "stroke_width": "4", "paint_order": "stroke"}

# Everything XML 1.0 forbids, lone surrogates included; shown as U+FFFD rather than dropped.
_ILLEGAL = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\ud800-\\udfff\\ufffe\\uffff]")
# Explicit bidirectional controls can make a label read as something else. Plain right-to-left
# letters need none of them, because every label is a paragraph of its own.
_BIDI_CONTROL = re.compile("[\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]")
_SPACE = re.compile("[\\s\\u0085\\u2028\\u2029]+")
_NOT_SLUG = re.compile("[^a-z0-9]+")
_WEB_ADDRESS = re.compile("https?://[^\\s]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Element:
    """An SVG element whose attributes are already text."""

    name: str
    attributes: tuple[tuple[str, str], ...]
    children: tuple[Element | str, ...]

    def walk(self) -> Iterator[Element]:
        """Give this element and every element below it."""
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child.walk()


def clean(text: str) -> str:
    """Make any string printable in XML: one line, no control or direction-override characters."""
    if text.isprintable():  # nothing forbidden and no space but " ", so only spaces to collapse
        return " ".join(text.split())
    return _SPACE.sub(" ", _BIDI_CONTROL.sub("", _ILLEGAL.sub("\ufffd", text))).strip()


def number(value: float) -> str:
    """Write a coordinate with at most two decimals.

    Raises:
        ValueError: A coordinate that is not finite, which would be a defect of the layout.
    """
    if not math.isfinite(value):
        msg = f"a coordinate must be finite, not {value}"
        raise ValueError(msg)
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def tag(name: str, *children: Element | str, **attributes: Attribute) -> Element:
    """Build an element; ``stroke_width=1`` becomes ``stroke-width="1"`` and ``None`` is left out."""
    written = [
        (key.replace("_", "-"), clean(value) if isinstance(value, str) else number(value))
        for key, value in attributes.items()
        if value is not None
    ]
    return Element(name, tuple(written), children)


def group(children: Iterable[Element], **attributes: Attribute) -> Element:
    """Build a ``<g>``."""
    return tag("g", *children, **attributes)


def line(x1: float, y1: float, x2: float, y2: float, **attributes: Attribute) -> Element:
    """Build a ``<line>``."""
    return tag("line", x1=x1, y1=y1, x2=x2, y2=y2, **attributes)


def polygon(points: Iterable[tuple[float, float]], **attributes: Attribute) -> Element:
    """Build a ``<polygon>``."""
    written = " ".join(f"{number(x)},{number(y)}" for x, y in points)
    return tag("polygon", points=written, **attributes)


def text(x: float, y: float, content: str, *, full: str = "", **attributes: Attribute) -> Element:
    """Build a ``<text>``; ``full`` is its tooltip where ``content`` had to be shortened."""
    shown = clean(content)
    whole = clean(full)
    tooltip = (tag("title", whole),) if whole not in ("", shown) else ()
    return tag("text", *tooltip, shown, x=x, y=y, **attributes)


def safe_anchor(anchor: str | None) -> str | None:
    """Make a string usable as an id (no spaces); ``None`` when nothing is left."""
    return clean(anchor).replace(" ", "-") or None if anchor else None


def safe_href(href: str | None) -> str | None:
    """Let through links into the page (``#…``) and web addresses; anything else is no link."""
    if not href:
        return None
    target = clean(href)
    if target.startswith("#"):
        anchor = safe_anchor(target[1:])
        return f"#{anchor}" if anchor else None
    return target if _WEB_ADDRESS.fullmatch(target) else None


def linked(element: Element, href: str | None, *, label: str | None = None) -> Element:
    """Wrap an element in ``<a>`` when the address is one that may be followed."""
    target = safe_href(href)
    if target is None:
        return element
    return tag("a", element, href=target, fill=LINK, text_decoration="underline", aria_label=label)


def figure_id(prefix: str, *parts: str) -> str:
    """Derive an id from ``prefix`` or, without one, from what the figure says.

    Two figures of one page differ in title or description; the hash keeps long titles with the
    same beginning apart.
    """
    said = "\n".join(clean(part) for part in parts)
    digest = hashlib.sha256(said.encode("utf-8")).hexdigest()[:8]
    slug = _NOT_SLUG.sub("-", (prefix or parts[0]).lower()).strip("-")[:40].strip("-")
    return f"{slug or 'figure'}-{digest}"


def document(
    children: Iterable[Element],
    *,
    width: float,
    height: float,
    title: str,
    description: str,
    identifier: str,
) -> str:
    """Write the ``<svg>`` element.

    The figure is a sheet of white paper with explicit colours: the same picture in a light page,
    in a dark page, in a document and as a file. It has its natural size and shrinks to a narrower
    page. Its role is ``img``; with links in it the role is ``group``, because an image hides its
    contents from assistive technology and a link must not be hidden.
    """
    parts = tuple(children)
    has_links = any(node.name == "a" for part in parts for node in part.walk())
    root = tag(
        "svg",
        tag("title", clean(title), id=f"{identifier}-title"),
        tag("desc", clean(description), id=f"{identifier}-desc"),
        tag("rect", width=width, height=height, fill=PAPER),
        *parts,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {number(width)} {number(height)}",
        width=width,
        height=height,
        role="group" if has_links else "img",
        aria_labelledby=f"{identifier}-title",
        aria_describedby=f"{identifier}-desc",
        font_family=FONT,
        font_size=13,
        fill=INK,
        style="max-width:100%;height:auto;font-variant-numeric:tabular-nums",
    )
    lines: list[str] = []
    _write(root, lines)
    return "\n".join(lines)


def _escaped(text: str) -> str:
    """Write text as XML; the standard library's own loads its whole web client for this."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _quotable(text: str) -> str:
    """Write text so that it can stand between double quotes."""
    return _escaped(text).replace('"', "&quot;")


def _write(element: Element, lines: list[str]) -> None:
    """Add an element to ``lines``; one with text in it is a single line."""
    start = f"<{element.name}{_attributes(element)}"
    if not element.children:
        lines.append(f"{start}/>")
    elif any(isinstance(child, str) for child in element.children):
        lines.append(f"{start}>{_inline(element)}</{element.name}>")
    else:
        lines.append(f"{start}>")
        for child in element.children:
            if isinstance(child, Element):
                _write(child, lines)
        lines.append(f"</{element.name}>")


def _attributes(element: Element) -> str:
    return "".join([f' {name}="{_quotable(value)}"' for name, value in element.attributes])


def _inline(element: Element) -> str:
    """Write mixed content without line ends, which would show as spaces."""
    parts: list[str] = []
    for child in element.children:
        if isinstance(child, str):
            parts.append(_escaped(child))
        else:
            _write(child, parts)
    return "".join(parts)
