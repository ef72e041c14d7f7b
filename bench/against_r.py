"""The same analyses by R's metafor, where the machine has it, timed inside R in the same run."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from bench.batches import trials_of
from bench.figure import Figure
from equipoise.kernels.batches import from_block
from equipoise.kernels.tau2 import maximum_likelihood
from equipoise.stats import MetaAnalysis, pool

RUNS = 3


@dataclass(frozen=True, slots=True)
class Task:
    """One analysis: what it is, R's call, ours, and how many items each of the two does."""

    name: str
    r_name: str
    r_call: str
    ours: Callable[[], object]
    r_items: int = 1
    our_items: int = 1


def figures() -> Iterator[Figure]:
    """Measure each task in R and here, in turn."""
    tasks = list(_tasks())
    theirs = _seconds_in_r([task.r_call for task in tasks])
    if theirs is None:
        return
    for task, r_seconds in zip(tasks, theirs, strict=True):
        ours = [_seconds(task.ours) / task.our_items for _ in range(RUNS + 1)][1:]
        ratios = tuple(a / (b / task.r_items) for a, b in zip(ours, r_seconds, strict=True))
        yield Figure(task.name, task.r_name, float(np.median(ours)), ratios, "far below 1")


def _tasks() -> Iterator[Task]:
    small, large = trials_of(13), trials_of(1000)
    fit = pool(small)
    batch = from_block(
        np.tile(small.yi, (10_000, 1)), small.vi[None, :], np.ones((10_000, 13), dtype=np.bool_)
    )
    yield Task(
        "pool 13 trials (REML, Hartung-Knapp, Q-profile, prediction interval)",
        "rma, confint and predict of metafor",
        "f <- rma(y13, v13, test = 'knha'); confint(f); predict(f)",
        lambda: pool(small),
    )
    yield Task(
        "REML of 13 trials, as one of 10,000 in a batch",
        "rma of metafor",
        "rma(y13, v13)",
        lambda: maximum_likelihood(batch, restricted=True),
        our_items=10_000,
    )
    yield Task("leave one out of 13", "leave1out of metafor", "leave1out(fit)", fit.leave_one_out)
    yield Task("influence of 13", "influence of metafor", "influence(fit)", lambda: _influence(fit))
    yield Task("pool 1,000 trials", "rma of metafor", "rma(y1000, v1000)", lambda: pool(large))


def _influence(fit: MetaAnalysis) -> object:
    return fit.influence()


def _seconds_in_r(calls: list[str]) -> list[list[float]] | None:
    """Time R's calls in one process; ``None`` where there is no R with metafor."""
    rscript = shutil.which("Rscript")
    if rscript is None:
        return None
    lines = ["suppressMessages(library(metafor))", *(_vectors(k) for k in (13, 1000))]
    lines.append("fit <- rma(y13, v13, test = 'knha')")
    for call in calls:
        timed = f"invisible(system.time({{{call}}})); cat(replicate({RUNS}, system.time({{{call}}})[['elapsed']]), '\\n')"
        lines.append(timed)
    done = subprocess.run(
        [rscript, "-"], input="\n".join(lines), capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        return None
    return [[float(v) for v in line.split()] for line in done.stdout.strip().splitlines()]


def _vectors(k: int) -> str:
    trials = trials_of(k)
    y, v = (", ".join(repr(float(x)) for x in values) for values in (trials.yi, trials.vi))
    return f"y{k} <- c({y}); v{k} <- c({v})"


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
