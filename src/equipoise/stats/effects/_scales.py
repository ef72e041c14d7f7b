"""Ratios reported as they are, or as logarithms."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np

from equipoise.errors import DataError, MethodError
from equipoise.kernels.batches import Bools, Floats
from equipoise.stats.effects.inputs import Columns, read_words
from equipoise.stats.options import ALLOWED, RATIO

_SCALED: Final = ("estimate", "ci_low", "ci_high")


def read_scale(data: Any, scale: Any, size: int) -> Bools:
    """Return which rows are on the natural scale; ``scale`` is a word, or a column of words.

    Raises:
        DataError: For a column of another length.
        MethodError: For a word that is not a scale.
    """
    if isinstance(scale, str) and scale in ALLOWED["scale"]:
        return np.full(size, scale == "natural")
    words = _words(data, scale)
    if len(words) != size:
        raise DataError(
            f"scale has {len(words)} values, the other columns have {size}",
            rule="columns of one length",
        )
    return np.array([word == "natural" for word in words], dtype=np.bool_)


def _words(data: Any, scale: Any) -> Sequence[Any]:
    """Return the words of a column, checked."""
    named = isinstance(scale, str) and data is not None
    if not named and (isinstance(scale, str) or not isinstance(scale, Iterable)):
        raise _unknown(scale)
    words = read_words(data, "scale", scale)
    for word in words:
        if word not in ALLOWED["scale"]:
            raise _unknown(word)
    return words


def _unknown(word: object) -> MethodError:
    listed = ", ".join(repr(name) for name in ALLOWED["scale"])
    return MethodError(
        f"scale cannot be {word!r}; allowed: {listed}, or a column of these",
        spec=f"scale={word!r}",
        reason="there is no such option",
    )


def on_analysis_scale(columns: Columns, measure: str, natural: Bools) -> Columns:
    """Return the columns with natural estimates and limits as logarithms.

    Raises:
        MethodError: If a measure that is no ratio has rows on the natural scale.
    """
    if not natural.any():
        return columns
    if measure not in RATIO:
        raise MethodError(
            f"{measure} is not a ratio and has one scale only; leave out scale",
            spec=f"measure={measure}, scale=natural",
            reason="not a ratio",
        )
    values = dict(columns.values)
    for name in _SCALED:
        if name in values:
            values[name] = _logarithms(columns, name, natural)
    return replace(columns, values=values)


def as_reported(values: Mapping[str, Floats], columns: Columns) -> dict[str, Floats]:
    """Return numbers with estimates and limits put back on the scale they were reported on."""
    back = {name: columns.values[name] for name in _SCALED if name in columns.values}
    return dict(values) | back


def _logarithms(columns: Columns, name: str, natural: Bools) -> Floats:
    values = columns.values[name]
    rule = f"{name} on the natural scale must be above zero"
    broken = np.asarray(natural & (values <= 0.0))
    columns.problems.check(broken, rule, functools.partial(_say, name, values))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(natural, np.log(values), values)


def _say(name: str, values: Floats, row: int) -> str:
    return f"{name} is {values[row]:g}: no ratio on the natural scale (is it a logarithm?)"
