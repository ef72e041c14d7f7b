"""One benchmark figure: a thing, its yardstick, and the ratio of their times."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Figure:
    """The median ratio of the paired runs, with the spread that says how noisy the machine was."""

    name: str
    yardstick: str
    seconds: float
    ratios: tuple[float, ...]
    aim: str

    def __str__(self) -> str:
        low, high = min(self.ratios), max(self.ratios)
        return (
            f"{self.name}\n    {median(self.ratios):.2f} × {self.yardstick} "
            f"(range {low:.2f} to {high:.2f}; {self.seconds * 1000:.1f} ms) — aim: {self.aim}"
        )


def compare(
    name: str,
    work: Callable[[], object],
    yardstick: str,
    measure: Callable[[], object],
    *,
    aim: str,
    runs: int = 7,
) -> Figure:
    """Time ``work`` and its yardstick in turn, A B A B …, after one run of each to warm up."""
    _seconds(work)
    _seconds(measure)
    pairs = [(_seconds(work), _seconds(measure)) for _ in range(runs)]
    return Figure(
        name=name,
        yardstick=yardstick,
        seconds=median(first for first, _ in pairs),
        ratios=tuple(first / second for first, second in pairs),
        aim=aim,
    )


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
