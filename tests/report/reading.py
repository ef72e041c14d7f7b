"""Read a page as a browser's parser would, far enough to ask questions about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from html.parser import HTMLParser

from equipoise.report import render_report
from support.findings_factory import example_findings

_VOID = frozenset({"meta", "br", "hr", "img", "input", "link", "col", "wbr"})


@dataclass
class Node:
    tag: str
    attributes: dict[str, str]
    parent: Node | None = None
    children: list[Node | str] = field(default_factory=list)

    @property
    def text(self) -> str:
        parts = (child if isinstance(child, str) else child.text for child in self.children)
        return " ".join("".join(parts).split())

    def walk(self) -> Iterator[Node]:
        yield self
        for child in self.children:
            if isinstance(child, Node):
                yield from child.walk()

    def all(self, tag: str, css_class: str | None = None) -> list[Node]:
        return [
            node
            for node in self.walk()
            if node.tag == tag
            and (css_class is None or css_class in node.attributes.get("class", "").split())
        ]

    def by_id(self, identifier: str) -> Node:
        (found,) = [node for node in self.walk() if node.attributes.get("id") == identifier]
        return found

    def inside(self, tag: str) -> bool:
        node = self.parent
        while node is not None:
            if node.tag == tag:
                return True
            node = node.parent
        return False


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("#document", {})
        self._here = self.root

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs}, self._here)
        self._here.children.append(node)
        if tag not in _VOID:
            self._here = node

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs}, self._here)
        self._here.children.append(node)

    def handle_endtag(self, tag: str) -> None:
        if self._here.tag != tag:
            raise AssertionError(f"</{tag}> closes <{self._here.tag}>")
        if self._here.parent is None:
            raise AssertionError(f"</{tag}> closes nothing")
        self._here = self._here.parent

    def handle_data(self, data: str) -> None:
        self._here.children.append(data)


def read(html: str) -> Node:
    """Parse a page; a wrongly nested or unclosed element is an error."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    if reader._here is not reader.root:
        raise AssertionError(f"<{reader._here.tag}> is never closed")
    return reader.root


@lru_cache(maxsize=1)
def example_html() -> str:
    return render_report(example_findings())


@lru_cache(maxsize=1)
def example_page() -> Node:
    return read(example_html())
