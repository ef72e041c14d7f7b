"""Write everything a run makes: the findings, the report, the figures, and the lock.

``equipoise.lock`` lists every output with its hash beside the hashes of the inputs, so that a later
run can say what changed and can take away figures that no longer exist, and only those.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

from equipoise.findings import Findings, to_json
from equipoise.report.figures import report_figures
from equipoise.report.page import render_report

LOCK = "equipoise.lock"


@dataclass(frozen=True, slots=True)
class Written:
    """The files a run wrote."""

    main: tuple[Path, ...]
    figures: tuple[Path, ...]


def write_outputs(findings: Findings, folder: Path) -> Written:
    """Write ``findings.json``, ``report.html``, ``figures/*.svg`` and ``equipoise.lock``.

    Everything is written beside its older self before anything is replaced, so that a full disk
    or a folder that may not be written leaves an earlier run whole; each file is then replaced in
    one step, so that nobody reads half a file.

    Raises:
        OSError: The system refuses to write; nothing of this run is left behind.
    """
    figures = report_figures(findings)
    texts = {
        "findings.json": to_json(findings),
        "report.html": render_report(findings, figures),
        **{f"figures/{name}.svg": figure.svg + "\n" for name, figure in figures.items()},
    }
    gone = _locked(folder / LOCK) - texts.keys()
    _replace_all(folder, texts | {LOCK: _lock(findings, texts)})
    for name in gone:
        (folder / name).unlink(missing_ok=True)
    paths = tuple(folder / name for name in texts)
    return Written(
        main=tuple(path for path in paths if path.suffix != ".svg"),
        figures=tuple(path for path in paths if path.suffix == ".svg"),
    )


def _lock(findings: Findings, texts: dict[str, str]) -> str:
    lock = {
        "software": findings.provenance.software,
        "version": findings.provenance.version,
        "inputs": findings.provenance.inputs,
        "outputs": {
            name: hashlib.sha256(text.encode()).hexdigest() for name, text in sorted(texts.items())
        },
    }
    return json.dumps(lock, indent=1, ensure_ascii=False) + "\n"


def _locked(path: Path) -> set[str]:
    """List the figures an earlier run wrote; a lock we cannot read claims nothing."""
    try:
        outputs = json.loads(path.read_text(encoding="utf-8"))["outputs"]
    except (OSError, ValueError, KeyError, TypeError):
        return set()
    return {name for name in outputs if _is_figure(name)}


def _is_figure(name: object) -> bool:
    """Tell whether a name from a lock is a figure of ours: a lock may never reach further."""
    return (
        isinstance(name, str)
        and name.startswith("figures/")
        and name.endswith(".svg")
        and name.count("/") == 1
        and "\\" not in name
    )


def _replace_all(folder: Path, texts: dict[str, str]) -> None:
    """Write every file under a name of its own, then put all in their places, in order."""
    new: dict[Path, Path] = {}
    try:
        for name, text in texts.items():
            path = folder / name
            _make_room(path)
            new[path] = path.with_name(f".{path.name}.new")
            new[path].write_text(text, encoding="utf-8", newline="\n")
        for path, temporary in new.items():
            os.replace(temporary, path)  # noqa: PTH105 - one step, over the old file
    finally:
        for temporary in new.values():
            temporary.unlink(missing_ok=True)


def _make_room(path: Path) -> None:
    """Make the folder of a file that will be written.

    Raises:
        OSError: A file stands where the folder must be, or a folder where the file must be.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        remedy = "a file stands where a folder is needed; move it away or name another folder"
        raise NotADirectoryError(errno.ENOTDIR, remedy, str(path.parent)) from error
    if path.is_dir():
        remedy = "a folder stands where this file belongs; move it away or name another folder"
        raise IsADirectoryError(errno.EISDIR, remedy, str(path))
