"""Remarks on rows: standard errors taken for deviations, implausible effects, estimated spreads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np

from equipoise.kernels.batches import Bools, Floats
from equipoise.kernels.effects.conversions import cohens_d
from equipoise.kernels.effects.two_means import Groups
from equipoise.stats.effects._mean_ways import IMPUTED
from equipoise.stats.notes import Note
from equipoise.stats.options import MEAN

_IMPLAUSIBLE: Final = 3.0
"""Standard deviations between two groups above which they hardly overlap."""
_USUAL: Final = 1.5
"""Standard deviations that a difference may well have, if the "SD" was a standard error."""


def conversion_notes(
    measure: str,
    reported: Mapping[str, Floats],
    values: Mapping[str, Floats],
    *,
    remarks: Mapping[str, Floats],
    route: tuple[str | None, ...],
    failed: Mapping[int, str],
) -> tuple[Note, ...]:
    """Return the remarks on a table, each with the rows it concerns."""
    notes = _size_notes(measure, reported, values)
    imputed = [row for row, code in enumerate(route) if IMPUTED & set((code or "").split("+"))]
    notes += _note(
        "imputed-sd",
        "standard deviations estimated from ranges or quartiles, not reported, in",
        imputed,
    )
    for name, arm in (("_skewed", ""), ("_skewed_1", " of arm 1"), ("_skewed_2", " of arm 2")):
        if name in remarks:
            text = f"the quantiles{arm} are skewed (Shi's test at 5 %): mean and SD may mislead in"
            notes += _note("skewed", text, np.flatnonzero(remarks[name] == 1.0))
    if "_rounded" in remarks:
        text = "counts worked out from rounded numbers were brought to whole people in"
        notes += _note("table-rounded", text, np.flatnonzero(remarks["_rounded"] == 1.0))
    text = "the numbers reported lead to no effect size, so k is smaller, by"
    return tuple(notes + _note("k-changed", text, sorted(failed)))


def _note(code: str, text: str, rows: Iterable[int]) -> list[Note]:
    where = tuple(int(row) for row in rows)
    if not where:
        return []
    trials = "1 trial" if len(where) == 1 else f"{len(where)} trials"
    return [Note(code, f"{text} {trials}", where)]


def _size_notes(
    measure: str, reported: Mapping[str, Floats], values: Mapping[str, Floats]
) -> list[Note]:
    """Look for effects of more than three standard deviations.

    Where both standard deviations were reported and, taken as standard errors of the means, would
    make the effect a usual one, that is the likelier story.
    """
    names = ("mean_1", "sd_1", "n_1", "mean_2", "sd_2", "n_2")
    if measure not in MEAN or not all(name in values for name in names):
        return []
    v = {name: values[name] for name in names}
    with np.errstate(all="ignore"):
        d = np.abs(cohens_d(Groups(**v)))
        as_errors = v | {f"sd_{arm}": v[f"sd_{arm}"] * np.sqrt(v[f"n_{arm}"]) for arm in "12"}
        suspect = (d > _IMPLAUSIBLE) & (np.abs(cohens_d(Groups(**as_errors))) <= _USUAL)
    suspect &= _known(reported, "sd_1") & _known(reported, "sd_2")
    text = "so large an effect that the SDs may be standard errors; see the paper of"
    notes = _note("se-as-sd", text, np.flatnonzero(suspect))
    text = f"an effect of more than {_IMPLAUSIBLE:g} standard deviations; see the paper of"
    rows = np.flatnonzero(np.asarray((d > _IMPLAUSIBLE) & ~suspect))
    return notes + _note("implausible-d", text, rows)


def _known(reported: Mapping[str, Floats], name: str) -> Bools:
    if name not in reported:
        return np.zeros(next(iter(reported.values())).shape, dtype=np.bool_)
    return np.isfinite(reported[name])
