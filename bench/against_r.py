"""The same analyses by R's metafor, where the machine has it, timed inside R in the same run."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from bench.batches import FITS, simulated
from bench.figure import Figure, seconds_of
from bench.trials import moderators_of, trials_of
from equipoise.kernels.batches import Floats
from equipoise.kernels.tau2 import maximum_likelihood
from equipoise.stats import pool
from equipoise.stats.heterogeneity.gosh import gosh
from equipoise.stats.moderators.meta_regression import meta_regression

RUNS = 5
TRIALS = 13
MANY = 20
LARGE = 1_000
PERMUTATIONS = 1_000
SUBSETS = 2**TRIALS - 1 - TRIALS


@dataclass(frozen=True, slots=True)
class Task:
    """One analysis: what it is, R's call, ours, and how many items each of the two does.

    R's clock ticks in milliseconds: a call that is over sooner is repeated ``r_repeats`` times.
    """

    name: str
    r_name: str
    r_call: str
    ours: Callable[[], object]
    r_items: int = 1
    r_repeats: int = 1
    our_items: int = 1
    aim: str = "under 1"


def figures() -> Iterator[Figure]:
    """Measure each task in R and here; nothing where there is no R with metafor."""
    tasks = [*_single_fits(), *_many_fits()]
    theirs = _seconds_in_r(tasks)
    if theirs is None:
        print("(no R with metafor on this machine: nothing is measured against it)")
        return
    for task, r_seconds in zip(tasks, theirs, strict=True):
        seconds_of(task.ours)
        ours = [seconds_of(task.ours) / task.our_items for _ in range(RUNS)]
        each = [seconds / (task.r_repeats * task.r_items) for seconds in r_seconds]
        ratios = tuple(a / b for a, b in zip(ours, each, strict=True))
        yield Figure(task.name, task.r_name, float(np.median(ours)), ratios, task.aim)


def _single_fits() -> Iterator[Task]:
    small, large = trials_of(TRIALS), trials_of(LARGE)
    fit = pool(small)
    yield Task(
        f"pool {TRIALS} trials (REML, Hartung-Knapp, Q-profile, prediction interval)",
        "rma, confint and predict",
        "f <- rma(y13, v13, test = 'knha'); confint(f); predict(f)",
        lambda: pool(small),
        r_repeats=20,
    )
    yield Task(
        f"pool {LARGE:,} trials, the same",
        f"rma alone of {LARGE:,}",
        f"rma(y{LARGE}, v{LARGE})",
        lambda: pool(large),
        aim="under 0.1",
    )
    yield Task(
        f"leave one out of {TRIALS}", "leave1out", "leave1out(fit)", fit.leave_one_out, r_repeats=10
    )
    yield Task(f"influence of {TRIALS}", "influence", "influence(fit)", fit.influence, r_repeats=10)


def _many_fits() -> Iterator[Task]:
    small, batch = trials_of(TRIALS), simulated(FITS)
    fit, common = pool(small), pool(trials_of(MANY), model="common")
    every = 2**MANY - 1 - MANY
    regression = meta_regression(small, moderators_of(TRIALS))
    yield Task(
        f"a REML fit of {TRIALS} trials, one of {FITS:,} in a batch",
        "one rma",
        f"rma(y{TRIALS}, v{TRIALS})",
        lambda: maximum_likelihood(batch, restricted=True),
        r_repeats=20,
        our_items=FITS,
        aim="under 0.1",
    )
    yield Task(
        f"a permutation of 2 moderators, one of {PERMUTATIONS:,}",
        "one of 200 by permutest",
        "permutest(regression, iter = 200, progbar = FALSE)",
        lambda: regression.permute(PERMUTATIONS),
        r_items=200,
        our_items=PERMUTATIONS,
        aim="under 0.2",
    )
    yield Task(
        f"GOSH of {MANY} trials by a common effect: a subset of all {every:,}",
        "one of 2,000 by gosh",
        "gosh(common, subsets = 2000, progbar = FALSE)",
        lambda: gosh(common),
        r_items=2_000,
        our_items=every,
        aim="under 0.1",
    )
    yield Task(
        f"GOSH of {TRIALS} trials by REML: a subset of all {SUBSETS:,}",
        "one of 300 by gosh",
        "gosh(fit, subsets = 300, progbar = FALSE)",
        lambda: gosh(fit),
        r_items=300,
        our_items=SUBSETS,
        aim="under 0.1",
    )


def _seconds_in_r(tasks: list[Task]) -> list[list[float]] | None:
    """Time R's calls in one process; ``None`` where there is no R with metafor."""
    rscript = shutil.which("Rscript")
    if rscript is None or not _has_metafor(rscript):
        return None
    script = "\n".join([*_set_up(), *(_timed(task) for task in tasks)])
    done = subprocess.run([rscript, "-"], input=script, capture_output=True, text=True, check=True)
    return [[float(v) for v in line.split()] for line in done.stdout.strip().splitlines()]


def _has_metafor(rscript: str) -> bool:
    question = "quit(status = !requireNamespace('metafor', quietly = TRUE))"
    return (
        subprocess.run([rscript, "-e", question], capture_output=True, check=False).returncode == 0
    )


def _set_up() -> list[str]:
    columns = moderators_of(TRIALS).T
    bound = ", ".join(_vector(column) for column in columns)
    return [
        "suppressMessages(library(metafor))",
        *(_trials(k) for k in (TRIALS, MANY, LARGE)),
        "fit <- rma(y13, v13, test = 'knha')",
        "common <- rma(y20, v20, method = 'FE')",
        f"regression <- rma(y13, v13, mods = cbind({bound}), test = 'knha')",
    ]


def _timed(task: Task) -> str:
    """Write R code that runs a call once to warm up, and prints the seconds of each further run."""
    run = f"system.time(for (i in seq_len({task.r_repeats})) {{{task.r_call}}})[['elapsed']]"
    return f"invisible({run}); cat(replicate({RUNS}, {run}), '\\n')"


def _trials(k: int) -> str:
    trials = trials_of(k)
    return f"y{k} <- {_vector(trials.yi)}; v{k} <- {_vector(trials.vi)}"


def _vector(values: Floats) -> str:
    return f"c({', '.join(repr(float(x)) for x in values)})"
