"""Bytes to text: only UTF-8, nothing guessed, nothing outside the folder.

Each file read leaves the SHA-256 of its bytes, so that findings can say what they were made from.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path

from equipoise.errors import ProjectError
from equipoise.review.model import Problem
from equipoise.review.problems import Place, error, warning

_NEWLINE = re.compile(r"\r\n|\r|\n")
_NEWLINE_BYTES = re.compile(rb"\r\n|\r|\n")
_CONFLICT = re.compile(r"^(?:<{7}|>{7})(?: |$)", re.MULTILINE)
_CONTROL = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]")
# The longer marks first: that of UTF-32 begins as that of UTF-16 does.
_OTHER_MARKS = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
_SAVE_AS_UTF8 = (
    "Save the file as UTF-8 (in Excel: file type 'CSV UTF-8'; in LibreOffice: character set "
    "'Unicode (UTF-8)')."
)


@dataclass(slots=True)
class Folder:
    """A review folder being read: its path, the problems met so far, the hashes of files read."""

    root: Path
    problems: list[Problem] = field(default_factory=list)
    hashes: dict[str, str] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        """Say whether the folder has something of this name, readable or not."""
        path = self.root / name
        return path.exists() or path.is_symlink()

    def names(self, part: str, suffixes: tuple[str, ...]) -> tuple[str, ...]:
        """List the files of a sub-folder that end in one of ``suffixes``, sorted by name."""
        folder = self.root / part
        if not folder.is_dir():
            return ()
        try:
            entries = sorted(entry.name for entry in folder.iterdir())
        except OSError as problem:
            self.problems.append(_unreadable(part, problem))
            return ()
        return tuple(
            f"{part}/{name}"
            for name in entries
            if name.endswith(suffixes) and not name.startswith(".")
        )

    def text(self, name: str) -> str | None:
        """Read a file as UTF-8 text, with or without a byte order mark.

        Returns ``None``, leaving a problem, where that is not possible. The hash is kept for every
        file whose bytes could be read.
        """
        content = self._bytes(name)
        if content is None:
            return None
        self.hashes[name] = hashlib.sha256(content).hexdigest()
        text = _decoded(name, content, self.problems)
        return None if text is None or _has_conflict(name, text, self.problems) else text

    def lines(self, name: str) -> str | None:
        """Read a file as :meth:`text` does, with every kind of line end as a newline.

        Not for tables, whose quoted cells keep the line ends they were written with.
        """
        text = self.text(name)
        return None if text is None else _NEWLINE.sub("\n", text)

    def _bytes(self, name: str) -> bytes | None:
        try:
            path = (self.root / name).resolve(strict=True)
            if not path.is_relative_to(self.root.resolve()):
                self.problems.append(_outside(name))
                return None
            if not path.is_file():
                self.problems.append(_not_a_file(name))
                return None
            return path.read_bytes()
        except (OSError, RuntimeError) as problem:  # RuntimeError: a loop of symbolic links
            self.problems.append(_unreadable(name, problem))
            return None


def open_folder(folder: str | Path) -> Folder:
    """Open a review folder for reading.

    Raises:
        ProjectError: It does not exist, is not a folder, or may not be read.
    """
    root = Path(folder)
    name = str(root) if str(root).isprintable() else repr(str(root))
    try:
        if not root.exists():
            raise ProjectError(f"{name}: there is no such folder")
        if not root.is_dir():
            raise ProjectError(f"{name}: this is a file; give the folder that holds review.toml")
        next(root.iterdir(), None)
    except (OSError, ValueError) as problem:  # ValueError: a path with a NUL character
        raise ProjectError(f"{name}: the folder cannot be read ({problem})") from problem
    return Folder(root)


def line_at(text: str, position: int) -> int:
    """Return the one-based line of a position in ``text``."""
    return len(_NEWLINE.findall(text, 0, position)) + 1


def _decoded(name: str, content: bytes, problems: list[Problem]) -> str | None:
    marked = next((e for mark, e in _OTHER_MARKS if content.startswith(mark)), None)
    if marked:
        place = Place(name, 1)
        problems.append(error(place, "not-utf-8", _SAVE_AS_UTF8, found=marked, allowed="UTF-8"))
        return None
    if b"\0" in content:  # first of all: a letter beyond ASCII in UTF-16 is not UTF-8 either
        line = len(_NEWLINE_BYTES.findall(content[: content.index(b"\0")])) + 1
        message = f"The file may be UTF-16 or damaged. {_SAVE_AS_UTF8}"
        problems.append(
            error(Place(name, line), "nul-byte", message, found="a NUL byte", allowed="UTF-8 text")
        )
        return None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        problems.append(_not_utf8(name, content, problem))
        return None
    odd = _CONTROL.search(text)
    if odd:
        place = Place(name, line_at(text, odd.start()))
        message = "An invisible control character; it is kept, and shown as nothing."
        problems.append(warning(place, "control-character", message, found=odd.group()))
    return text


def _not_utf8(name: str, content: bytes, problem: UnicodeDecodeError) -> Problem:
    offset = problem.start + (3 if content.startswith(b"\xef\xbb\xbf") else 0)
    line = len(_NEWLINE_BYTES.findall(content[:offset])) + 1
    return error(
        Place(name, line),
        "not-utf-8",
        f"The file is in another encoding, perhaps Windows-1252. {_SAVE_AS_UTF8}",
        found=f"byte 0x{content[offset]:02X} at position {offset}",
        allowed="UTF-8",
    )


def _has_conflict(name: str, text: str, problems: list[Problem]) -> bool:
    marker = _CONFLICT.search(text)
    if not marker:
        return False
    place = Place(name, line_at(text, marker.start()))
    message = "A merge was left unfinished: keep one of the two versions and delete the markers."
    found = marker.group().strip()
    problems.append(error(place, "merge-conflict", message, found=found, allowed="one version"))
    return True


def _unreadable(name: str, problem: Exception) -> Problem:
    reason = getattr(problem, "strerror", None) or str(problem)
    return error(Place(name), "unreadable", f"The file cannot be read: {reason}.")


def _not_a_file(name: str) -> Problem:
    return error(Place(name), "unreadable", "This is not a file.", allowed="a file")


def _outside(name: str) -> Problem:
    message = "The link leads out of the folder; a review is read from its own folder only."
    return error(Place(name), "outside-folder", message, allowed="a file inside the folder")
