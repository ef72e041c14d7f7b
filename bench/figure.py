"""One benchmark figure: a thing, its yardstick, and the ratio of their times."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Figure:
    """The median ratio of the paired runs, with the spread that says how noisy the machine was.

    ``seconds`` and ``ratios`` are for one item, where the two do many and not equally many.
    """

    name: str
    yardstick: str
    seconds: float
    ratios: tuple[float, ...]
    aim: str

    @property
    def ratio(self) -> str:
        """The median ratio with its range."""
        middle, low, high = (_short(f(self.ratios)) for f in (median, min, max))
        return f"{middle} ({low} to {high})"

    def __str__(self) -> str:
        return (
            f"{self.name}: {duration(self.seconds)}\n"
            f"    {self.ratio} × {self.yardstick} — aim: {self.aim}"
        )


def compare(
    name: str,
    work: Callable[[], object],
    yardstick: str,
    measure: Callable[[], object],
    *,
    aim: str,
    runs: int = 7,
    items: tuple[int, int] = (1, 1),
) -> Figure:
    """Time ``work`` and its yardstick in turn, A B A B …, after one run of each to warm up.

    ``items`` says how many items each of them does; times and ratios are those of one item.
    """
    seconds_of(work)
    seconds_of(measure)
    pairs = [(seconds_of(work) / items[0], seconds_of(measure) / items[1]) for _ in range(runs)]
    return Figure(
        name=name,
        yardstick=yardstick,
        seconds=median(first for first, _ in pairs),
        ratios=tuple(first / second for first, second in pairs),
        aim=aim,
    )


def seconds_of(work: Callable[[], object]) -> float:
    """Return how long one run takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def duration(seconds: float) -> str:
    """Return a time with two digits in the unit that suits it."""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{_short(seconds / size)} {unit}"
    return f"{_short(seconds * 1e6)} µs"


def _short(value: float) -> str:
    """Return two significant digits, without an exponent."""
    if value >= 10.0:
        return f"{value:.0f}"
    return f"{value:.2g}"
