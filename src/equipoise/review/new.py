"""A new review folder: small, invented, and working, so that there is something to change."""

from __future__ import annotations

import json
import re
from importlib import resources
from pathlib import Path

from equipoise.errors import ProjectError

_TEMPLATE_TITLE = "Drug A for condition B (invented example)"
_TEMPLATE_ID = "new-review"
_FILES = (
    "review.toml",
    "studies.csv",
    "arms.csv",
    "results.csv",
    "risk_of_bias.csv",
    "decisions/am.jsonl",
)


def new_review(folder: str | Path, *, title: str | None = None) -> tuple[Path, ...]:
    """Write a review folder to start from; all its trials and numbers are invented.

    Args:
        folder: A folder that does not exist yet, or an empty one.
        title: The review's title; left out, the example's own.

    Returns:
        The files written.

    Raises:
        ProjectError: The folder is a file, is not empty, or cannot be written; nothing is left
            half written.
    """
    root = Path(folder)
    _refuse_unless_empty(root)
    contents = {name: _template(name) for name in _FILES}
    contents["review.toml"] = _entitled(contents["review.toml"], root.resolve().name, title)
    return _write_all(root, contents)


def _refuse_unless_empty(root: Path) -> None:
    try:
        root.resolve()  # refuses, on every system, a path that cannot be one
        if root.is_file() or (root.is_symlink() and not root.exists()):
            raise ProjectError(f"{root}: this is a file; name a folder that does not exist yet")
        if root.is_dir() and any(root.iterdir()):
            raise ProjectError(f"{root}: the folder is not empty; name one that does not exist yet")
    except (OSError, ValueError) as problem:
        raise ProjectError(f"{str(root)!r}: the folder cannot be used ({problem})") from problem


def _template(name: str) -> str:
    source = resources.files("equipoise.review").joinpath("template").joinpath(*name.split("/"))
    return source.read_text(encoding="utf-8")


def _entitled(text: str, name: str, title: str | None) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    text = text.replace(_toml_text(_TEMPLATE_ID), _toml_text(slug or _TEMPLATE_ID), 1)
    wanted = " ".join((title or "").split()) or _TEMPLATE_TITLE
    return text.replace(_toml_text(_TEMPLATE_TITLE), _toml_text(wanted), 1)


def _toml_text(text: str) -> str:
    # A JSON string is a TOML basic string, but for DEL, which TOML wants escaped.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _write_all(root: Path, contents: dict[str, str]) -> tuple[Path, ...]:
    made: list[Path] = []
    try:
        for folder in (*reversed(root.parents), root, root / "decisions"):
            if not folder.exists():
                folder.mkdir()
                made.append(folder)
        for name, text in contents.items():
            path = root / name
            with path.open("x", encoding="utf-8", newline="\n") as file:
                made.append(path)
                file.write(text)
    except (OSError, ValueError) as problem:
        _take_back(made)
        raise ProjectError(f"{root}: the review cannot be written ({problem})") from problem
    return tuple(root / name for name in contents)


def _take_back(made: list[Path]) -> None:
    for path in reversed(made):
        if path.is_dir():
            path.rmdir()
        else:
            path.unlink(missing_ok=True)
