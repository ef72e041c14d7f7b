"""``decisions/*.jsonl`` and ``searches/*.toml``: what people decided and what was searched."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any, NoReturn

from equipoise.review.decode import Decoder
from equipoise.review.files import Folder
from equipoise.review.model import CertaintyDecision, Problem, Search
from equipoise.review.problems import Place, error, warning
from equipoise.review.toml_lines import parse_toml

_KINDS = ("certainty",)


def read_decisions(folder: Folder) -> tuple[CertaintyDecision, ...]:
    """Read every line of every log, in file and line order, withdrawn ones too."""
    decisions: list[CertaintyDecision] = []
    for name in folder.names("decisions", (".jsonl",)):
        text = folder.lines(name)
        if text is not None:
            decisions.extend(_log(name, text, folder.problems))
    return tuple(decisions)


def effective(decisions: tuple[CertaintyDecision, ...]) -> tuple[CertaintyDecision, ...]:
    """Keep what still holds: the last line of each person, cell and domain, unless withdrawn."""
    last = {
        (d.by, d.comparison, d.outcome, d.time, d.subgroup, d.domain): position
        for position, d in enumerate(decisions)
    }
    holding = set(last.values())
    return tuple(d for i, d in enumerate(decisions) if i in holding and not d.withdrawn)


def read_searches(folder: Folder) -> tuple[Search, ...]:
    """Read the record of each search; its id is the file's name without ``.toml``."""
    searches = [_search(folder, name) for name in folder.names("searches", (".toml",))]
    return tuple(search for search in searches if search is not None)


def _log(name: str, text: str, problems: list[Problem]) -> Iterator[CertaintyDecision]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            decision = _decision(name, number, line, problems)
            if decision is not None:
                yield decision


def _decision(
    name: str, number: int, line: str, problems: list[Problem]
) -> CertaintyDecision | None:
    raw = _json_object(Place(name, number), line, problems)
    if raw is None or not _is_certainty(Place(name, number, "kind"), raw, problems):
        return None
    del raw["kind"]
    if raw.get("withdrawn") is True:
        # Taking back needs no new judgement and no reason, but the same person, cell and domain.
        raw = {"judgement": "withdrawn", "reason": "withdrawn", **raw}
    decoder = Decoder(name, lambda _: number, problems)
    values = decoder.values(CertaintyDecision, raw)
    required = ("by", "comparison", "outcome", "domain", "judgement", "reason")
    if any(key not in values for key in required):
        return None
    return CertaintyDecision(**values, file=name, line=number)


def _json_object(place: Place, line: str, problems: list[Problem]) -> dict[str, Any] | None:
    try:
        raw = json.loads(line, parse_constant=_refuse)
    except (ValueError, RecursionError) as problem:
        message = f"This line is not JSON: {problem}."
        problems.append(error(place, "json-syntax", message, found=line[:40]))
        return None
    if isinstance(raw, dict):
        return raw
    message = "Each line of a log is one JSON object."
    problems.append(error(place, "json-syntax", message, found=line[:40], allowed="{…}"))
    return None


def _refuse(constant: str) -> NoReturn:
    message = f"{constant} is not a JSON number"
    raise ValueError(message)


def _is_certainty(place: Place, raw: dict[str, Any], problems: list[Problem]) -> bool:
    kind = raw.get("kind")
    if kind in _KINDS:
        return True
    if isinstance(kind, str) and kind:
        message = "This version does not know this kind of decision; the line is kept and not used."
        problems.append(
            warning(place, "unknown-kind", message, found=kind, allowed=", ".join(_KINDS))
        )
    else:
        message = "Each decision names its kind."
        problems.append(
            error(place, "missing-key", message, found="nothing", allowed=", ".join(_KINDS))
        )
    return False


def _search(folder: Folder, name: str) -> Search | None:
    text = folder.lines(name)
    document = None if text is None else parse_toml(name, text, folder.problems)
    if document is None:
        return None
    decoder = Decoder(name, document.line, folder.problems)
    raw = {key: _date_as_text(value) for key, value in document.data.items()}
    if "id" in raw:
        message = "A search takes its id from the name of its file."
        folder.problems.append(error(decoder.place(("id",)), "unknown-key", message, found="id"))
    raw["id"] = name.removeprefix("searches/").removesuffix(".toml")
    search = decoder.decode(Search, raw)
    if search is not None:
        folder.problems.extend(_search_problems(folder, decoder, search))
    return search


def _search_problems(folder: Folder, decoder: Decoder, search: Search) -> Iterator[Problem]:
    if search.hits is not None and search.hits < 0:
        message = "A search cannot find fewer than no records."
        yield error(
            decoder.place(("hits",)),
            "out-of-range",
            message,
            found=search.hits,
            allowed="0 or more",
        )
    if search.export and not _beside(folder, search.export):
        message = "There is no such file beside the record of this search."
        yield warning(decoder.place(("export",)), "missing-export", message, found=search.export)


def _beside(folder: Folder, export: str) -> bool:
    plain = "/" not in export and "\\" not in export and "\0" not in export
    return plain and export not in (".", "..") and _exists(folder, f"searches/{export}")


def _exists(folder: Folder, name: str) -> bool:
    try:
        return folder.has(name)
    except OSError:  # a name too long for the file system
        return False


def _date_as_text(value: object) -> object:
    return value.isoformat() if type(value) is dt.date else value
