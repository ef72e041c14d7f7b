"""Trials of several arms: made into one comparison, or into comparisons that share nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, get_args

import numpy as np

from equipoise.errors import DataError
from equipoise.kernels.batches import Floats, Ints
from equipoise.kernels.effects.arms import Arm, combined_means, totals
from equipoise.stats.effects._effect_rules import check_present, check_sign
from equipoise.stats.effects.inputs import Columns, read_columns, to_frame
from equipoise.stats.options import check_word

Rounding = Literal["none", "nearest"]

_ABOVE_ZERO: Final = frozenset({"sd", "n", "time"})
_KINDS: Final = (("events", "n"), ("events", "time"), ("mean", "sd", "n"), ("n",))


def combine_arms(
    *,
    data: Any = None,
    study: Any,
    group: Any,
    events: Any = None,
    n: Any = None,
    time: Any = None,
    mean: Any = None,
    sd: Any = None,
) -> Any:
    """Combine the arms of each trial that go into one group: all doses, or both kinds of placebo.

    A row is an arm; arms of one ``study`` with the same ``group`` become one. Events, people and
    person-time are added up. Means and SDs become those of all people taken together, exactly and
    for any number of arms: mean Σ n m / N, variance (Σ (n − 1) s² + Σ n (m − mean)²) / (N − 1),
    repeated pairwise use of the formula in Cochrane Handbook 6.5.2.10. Combining is what
    the Handbook recommends (23.3.4) for arms that belong together.

    Args:
        data: The table that column names refer to.
        study: The trial each arm belongs to.
        group: The group each arm goes into.
        events: Events in the arm.
        n: Participants in the arm.
        time: Person-time in the arm.
        mean: Mean in the arm.
        sd: Standard deviation in the arm.

    Returns:
        A row a trial and group, in order of appearance, with the columns that were given and
        ``arms``, the number combined; as the kind of frame that came in, else a dict of lists.

    Raises:
        DataError: For columns that do not go together, and for numbers that cannot be what they
            claim, all rows at once.

    Example:
        >>> combined = combine_arms(
        ...     study=["A", "A", "A"], group=["drug", "drug", "placebo"], mean=[4, 6, 2],
        ...     sd=[2, 2, 2], n=[10, 10, 20],
        ... )
        >>> [round(x, 3) for x in combined["sd"]]
        [2.2, 2.0]
    """
    given = {"events": events, "n": n, "time": time, "mean": mean, "sd": sd}
    arguments = {name: value for name, value in given.items() if value is not None}
    _check_kind(arguments)
    arms = _read(data, study, arguments)
    labels = _labels(data, group, arguments)
    keys = list(zip(arms.study, labels, strict=True))
    pairs = list(dict.fromkeys(keys))
    place = _places(keys, pairs)
    numbers = _combined(arms.values, place, len(pairs))
    columns: dict[str, Sequence[Any]] = {
        "study": [name for name, _ in pairs], "group": [name for _, name in pairs],
    }  # fmt: skip
    columns |= {name: _plain(values) for name, values in numbers.items()}
    columns["arms"] = np.bincount(place).tolist()
    return to_frame(columns, arms.backend)


def split_shared_control(
    *,
    data: Any = None,
    study: Any,
    control: Any = None,
    events_1: Any = None,
    n_1: Any = None,
    events_2: Any = None,
    n_2: Any = None,
    mean_1: Any = None,
    sd_1: Any = None,
    mean_2: Any = None,
    sd_2: Any = None,
    time_1: Any = None,
    time_2: Any = None,
    rounding: Rounding = "none",
) -> Any:
    """Divide a control group among the comparisons that share it.

    A row is a comparison. Rows of one ``study`` (and one ``control``, if given) share arm 2, and
    each gets an equal part of its people, events and person-time; means and SDs stay. It avoids
    counting people twice, but only approximately removes the correlation: Cochrane Handbook 23.3.4
    prefers to combine arms (`combine_arms`), and keeping them with their covariance
    (`equipoise.covariances`) loses nothing.

    Args:
        data: The table that column names refer to.
        study: The trial each comparison belongs to.
        control: The control group of each comparison, where a trial has several.
        events_1: Events in arm 1.
        n_1: Participants in arm 1.
        events_2: Events in the shared arm.
        n_2: Participants in the shared arm.
        mean_1: Mean in arm 1.
        sd_1: Standard deviation in arm 1.
        mean_2: Mean in the shared arm.
        sd_2: Standard deviation in the shared arm.
        time_1: Person-time in arm 1.
        time_2: Person-time in the shared arm.
        rounding: ``nearest`` rounds people and events to whole numbers.

    Returns:
        The columns that were given, and ``shared_by``, the number of comparisons that share arm 2;
        as the kind of frame that came in, else a dict of lists.

    Raises:
        DataError: If rows that share a control group give it different numbers, and for numbers
            that cannot be what they claim, all rows at once.

    Example:
        >>> split = split_shared_control(
        ...     study=["A", "A"], events_1=[4, 6], n_1=[20, 20], events_2=[8, 8], n_2=[40, 40]
        ... )
        >>> split["events_2"], split["n_2"]
        ([4.0, 4.0], [20.0, 20.0])
    """
    check_word("rounding", rounding, get_args(Rounding))
    given = {
        "events_1": events_1, "n_1": n_1, "events_2": events_2, "n_2": n_2, "mean_1": mean_1,
        "sd_1": sd_1, "mean_2": mean_2, "sd_2": sd_2, "time_1": time_1, "time_2": time_2,
    }  # fmt: skip
    arguments = {name: value for name, value in given.items() if value is not None}
    if "n_2" not in arguments and "time_2" not in arguments:
        raise DataError("there is no n_2 or time_2 to divide", rule="a shared arm")
    rows = _read(data, study, arguments)
    labels = [""] * len(rows.study) if control is None else _labels(data, control, arguments)
    keys = list(zip(rows.study, labels, strict=True))
    place = _places(keys, list(dict.fromkeys(keys)))
    _check_same_control(rows, place)
    shared = np.bincount(place)[place].astype(np.float64)
    columns: dict[str, Sequence[Any]] = {"study": list(rows.study)}
    for name, values in rows.values.items():
        columns[name] = _plain(_divided(name, values, shared, rounded=rounding == "nearest"))
    columns["shared_by"] = [int(count) for count in shared]
    return to_frame(columns, rows.backend)


def _check_kind(arguments: Mapping[str, Any]) -> None:
    if not any(set(arguments) == set(kind) for kind in _KINDS):
        listed = "; ".join(" ".join(kind) for kind in _KINDS)
        raise DataError(
            f"arms are described by {listed}; given: {' '.join(arguments) or 'nothing'}",
            rule="columns of arms",
        )


def _read(data: Any, study: Any, arguments: Mapping[str, Any]) -> Columns:
    columns = read_columns(data, study, arguments)
    check_present(columns)
    for name, values in columns.values.items():
        kind, _, side = name.partition("_")
        if kind != "mean":
            check_sign(columns, name, zero=kind not in _ABOVE_ZERO)
        whole = f"n_{side}" if side else "n"
        if kind == "events" and whole in columns.values:
            _check_part(columns, name, values, columns.values[whole])
    columns.problems.raise_if_any()
    return columns


def _check_part(columns: Columns, name: str, events: Floats, n: Floats) -> None:
    with np.errstate(invalid="ignore"):
        broken = np.asarray((events > n) & (n > 0.0))
    columns.problems.check(
        broken,
        f"{name} must not exceed the people in its arm",
        lambda row: f"{name} is {events[row]:g}, more than the {n[row]:g} people in its arm",
    )


def _labels(data: Any, group: Any, arguments: Mapping[str, Any]) -> list[str]:
    """Read a column of labels; it goes the way of the study's."""
    return list(read_columns(data, group, dict(arguments)).study)


def _places(keys: Sequence[tuple[str, str]], known: Sequence[tuple[str, str]]) -> Ints:
    index = {key: place for place, key in enumerate(known)}
    return np.array([index[key] for key in keys], dtype=np.intp)


def _combined(values: Mapping[str, Floats], place: Ints, size: int) -> dict[str, Floats]:
    if "mean" in values:
        arms = Arm(values["mean"], values["sd"], values["n"])
        one = combined_means(arms, place, size)
        return {"mean": one.mean, "sd": one.sd, "n": one.n}
    return {name: totals(numbers, place, size) for name, numbers in values.items()}


def _check_same_control(rows: Columns, place: Ints) -> None:
    first = {int(p): row for row, p in reversed(list(enumerate(place)))}
    start = np.array([first[int(p)] for p in place], dtype=np.intp)
    for name, values in rows.values.items():
        if name.endswith("_2"):
            _check_column(rows, name, values, start)
    rows.problems.raise_if_any()


def _check_column(rows: Columns, name: str, values: Floats, start: Ints) -> None:
    rows.problems.check(
        np.asarray(values != values[start]),
        f"{name} must be the same in rows that share the control group",
        lambda row: (
            f"{name} is {values[row]:g}, but {values[start[row]]:g} in row {start[row]} with which "
            "it shares the control group; name the groups with control="
        ),
    )


def _divided(name: str, values: Floats, shared: Floats, *, rounded: bool) -> Floats:
    if not name.endswith("_2") or name.startswith(("mean", "sd")):
        return values
    parts = values / shared
    return np.rint(parts) if rounded and not name.startswith("time") else parts


def _plain(values: Floats) -> list[float | None]:
    return [float(value) if np.isfinite(value) else None for value in values]
