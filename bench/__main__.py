"""Measure speed and coverage: ``python -m bench [speed | coverage] [--write]``."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence

from bench import against_r, batches, growth, moderators, processes, resampling, speed_page
from bench.figure import Figure
from bench.simulations import page
from bench.simulations.coverage import SCENARIOS, Cell, simulate
from bench.simulations.methods import METHODS, QUICK, Method

GROUPS = (processes, batches, moderators, resampling, growth, against_r)
SHORT = 1_000
"""Replicates of the coverage that is part of every run."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Print every figure, and short tables of coverage; or one of the two, in full."""
    asked = _parser().parse_args(arguments)
    if asked.what != "coverage":
        figures = list(_printed())
        if asked.write:
            speed_page.write(figures)
    if asked.what == "coverage":
        cells = _cells(METHODS, asked.replicates)
        print(page.text(cells))
        if asked.write:
            page.write(cells)
    elif asked.what == "all":
        print(f"\nCoverage in {SHORT:,} meta-analyses a row; `python -m bench coverage` has more\n")
        print(page.text(_cells(QUICK, SHORT)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=main.__doc__)
    parser.add_argument("what", nargs="?", choices=("all", "speed", "coverage"), default="all")
    parser.add_argument("--write", action="store_true", help="put the tables on their page")
    parser.add_argument("--replicates", type=int, default=10_000, help="of coverage, at most")
    return parser


def _printed() -> Iterator[Figure]:
    for group in GROUPS:
        for figure in group.figures():
            print(figure, flush=True)
            yield figure


def _cells(methods: Sequence[Method], replicates: int) -> list[Cell]:
    return [cell for scenario in SCENARIOS for cell in simulate(scenario, methods, replicates)]


if __name__ == "__main__":
    main()
